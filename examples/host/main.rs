//! A service over HTTP, to begin from: it reads a request, calls a verb, and says the answer. It keeps
//! nothing itself, so any number of processes may run over one database.
//!
//! ```sh
//! BACKSTOP_KEY=$(openssl rand -base64 32) cargo run --all-features --example host -- \
//!     --listen 127.0.0.1:8080 --store sqlite:accounts.db --smtp 127.0.0.1:2525
//! ```
//!
//! Without arguments it starts itself, speaks to itself and ends.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

mod answer;
mod demonstration;
mod request;
mod routes;
mod settings;
mod wire;

use std::{future::Future, time::Duration};

use backstop::Accounts;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use settings::Settings;

pub(crate) type Told<T = ()> = Result<T, Box<dyn std::error::Error>>;

const PURGE_EVERY: Duration = Duration::from_secs(5 * 60);

#[tokio::main]
async fn main() -> Told {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        return demonstration::run().await;
    }
    let settings = Settings::read(&arguments)?;
    let listener = TcpListener::bind(&settings.listen).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let accounts = settings.accounts().await?;
    println!("listening on {}", listener.local_addr()?);
    serve(accounts, listener, async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => (),
            _ = terminate.recv() => (),
        }
    })
    .await
}

/// Until `end`: then the requests that have begun are answered, and the mails that wait are sent.
async fn serve(
    accounts: Accounts,
    listener: TcpListener,
    end: impl Future<Output = ()> + Send + 'static,
) -> Told {
    let courier = tokio::spawn(accounts.courier(tokio::time::sleep));
    let purge = tokio::spawn(purge(accounts.clone()));
    axum::serve(listener, routes::router(accounts.clone()))
        .with_graceful_shutdown(end)
        .await?;
    // Whatever a pass of the courier has in hand when it is dropped is sent by the next one.
    courier.abort();
    purge.abort();
    accounts.deliver_due().await?;
    Ok(())
}

async fn purge(accounts: Accounts) {
    loop {
        // Batch after batch. What could not be deleted counts as absent all the same.
        while accounts.purge().await.is_ok_and(|deleted| deleted > 0) {}
        tokio::time::sleep(PURGE_EVERY).await;
    }
}
