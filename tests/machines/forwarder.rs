//! What a virtual address or a proxy is in production: one address, behind which the primary is.

use std::sync::{Arc, Mutex};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

pub(crate) struct Forwarder {
    port: u16,
    target: Arc<Mutex<u16>>,
    /// Every connection ends when this changes.
    switched: watch::Sender<u32>,
    listening: JoinHandle<()>,
}

impl Forwarder {
    /// `target`: a port of this machine.
    pub(crate) async fn start(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = Arc::new(Mutex::new(target));
        let (switched, heard) = watch::channel(0);
        let behind = Arc::clone(&target);
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (port, heard) = (*behind.lock().unwrap(), heard.clone());
                tokio::spawn(forward(client, port, heard));
            }
        });
        Self {
            port,
            target,
            switched,
            listening,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn switch(&self, target: u16) {
        *self.target.lock().unwrap() = target;
        self.switched.send_modify(|count| *count += 1);
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Until one of them closes it, or it leads to the wrong place.
async fn forward(mut client: TcpStream, port: u16, mut switched: watch::Receiver<u32>) {
    switched.mark_unchanged();
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    let _nodelay = (client.set_nodelay(true), server.set_nodelay(true));
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => (),
        _ = switched.changed() => (),
    }
}
