//! A primary, and a standby that has each commit before it is acknowledged.

use std::{
    fs,
    net::TcpListener,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use sqlx::{Connection, PgConnection};

use crate::{keeper::Keeper, postgres_server::Programs};

/// How long a server may take for a step.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Replicas {
    programs: Programs,
    folder: PathBuf,
    primary: Node,
    standby: Node,
    keeper: Keeper,
}

struct Node {
    data: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Replicas {
    pub(crate) async fn start() -> Self {
        let programs = Programs::find().unwrap_or_else(|text| panic!("{text}"));
        let folder = std::env::temp_dir().join(format!("backstop-replicas-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        if let Some((user, group)) = programs.user {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
        }
        let mut replicas = Self {
            primary: Node::new(&folder, "primary"),
            standby: Node::new(&folder, "standby"),
            keeper: Keeper::of(folder.to_str().unwrap()),
            programs,
            folder,
        };
        replicas.make_primary().await;
        replicas.make_standby().await;
        replicas
    }

    async fn make_primary(&mut self) {
        let mut command = self.command("initdb");
        command
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8"])
            .args(["--no-locale", "--no-sync", "--pgdata"])
            .arg(&self.primary.data);
        run(&mut command);
        // In its own arguments: the standby, which is a copy of its files, waits for nobody.
        let synchronous = "synchronous_standby_names=ANY 1 (standby)";
        let mut server = self.server(&self.primary);
        server.args(["-c", synchronous, "-c", "synchronous_commit=on"]);
        let process = server.spawn().unwrap();
        self.keeper.keep(&process);
        self.primary.process = Some(process);
        self.is_up(&self.primary, "SELECT TRUE").await;
    }

    async fn make_standby(&mut self) {
        let mut command = self.command("pg_basebackup");
        command
            .args(["--host=127.0.0.1", "--username=postgres", "--no-sync"])
            .args([
                "--wal-method=stream",
                "--checkpoint=fast",
                "--write-recovery-conf",
            ])
            .arg(format!(
                "--dbname=application_name=standby port={}",
                self.primary.port
            ))
            .arg("--pgdata")
            .arg(&self.standby.data);
        run(&mut command);
        let process = self.server(&self.standby).spawn().unwrap();
        self.keeper.keep(&process);
        self.standby.process = Some(process);
        let is_synchronous = "SELECT count(*) = 1 FROM pg_stat_replication \
                              WHERE sync_state = 'quorum' AND state = 'streaming'";
        self.is_up(&self.primary, is_synchronous).await;
    }

    pub(crate) fn primary_port(&self) -> u16 {
        self.primary.port
    }

    /// All of its processes at once, as when a machine loses its power.
    pub(crate) fn kill_primary(&mut self) {
        let mut process = self.primary.process.take().unwrap();
        let mut all = children_of(process.id());
        all.push(process.id());
        kill(&all);
        process.wait().unwrap();
    }

    /// Answers its port, once it takes writes.
    pub(crate) async fn promote_standby(&self) -> u16 {
        let mut command = self.command("pg_ctl");
        command
            .args(["promote", "--wait", "--pgdata"])
            .arg(&self.standby.data);
        run(&mut command);
        self.is_up(&self.standby, "SELECT NOT pg_is_in_recovery()")
            .await;
        self.standby.port
    }

    fn server(&self, node: &Node) -> Command {
        let mut server = self.command("postgres");
        server
            .arg("-D")
            .arg(&node.data)
            .arg("-k")
            .arg(&self.folder)
            .args([
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "max_connections=100",
            ])
            // No machine loses its power here: what is killed is processes.
            .args(["-c", "fsync=off", "-c", "shared_buffers=32MB"])
            .args(["-p", &node.port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(node.data.with_extension("log")).unwrap());
        server
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.bin.join(program));
        if let Some((user, group)) = self.programs.user {
            command.uid(user).gid(group);
        }
        command.current_dir(&self.folder);
        command
    }

    /// Until the server answers `TRUE`.
    async fn is_up(&self, node: &Node, question: &'static str) {
        let url = url(node.port);
        let asked = async {
            loop {
                if let Ok(mut connection) = PgConnection::connect(&url).await {
                    let answer = sqlx::query_scalar(question)
                        .fetch_one(&mut connection)
                        .await;
                    if answer.unwrap_or(false) {
                        return;
                    }
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let is_up = tokio::time::timeout(PATIENCE, asked).await.is_ok();
        let log = node.data.with_extension("log");
        assert!(
            is_up,
            "{question}\n{}",
            fs::read_to_string(log).unwrap_or_default()
        );
    }
}

/// Of the database that is there from the beginning.
pub(crate) fn url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

impl Node {
    fn new(folder: &std::path::Path, name: &str) -> Self {
        Self {
            data: folder.join(name),
            port: free_port(),
            process: None,
        }
    }
}

impl Drop for Replicas {
    fn drop(&mut self) {
        for node in [&mut self.standby, &mut self.primary] {
            if let Some(mut process) = node.process.take() {
                let mut all = children_of(process.id());
                all.push(process.id());
                kill(&all);
                let _reaped = process.wait();
            }
        }
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}\n{said}");
}

fn kill(processes: &[u32]) {
    let ids = processes.iter().map(u32::to_string);
    // Some may have ended by themselves.
    let _killed = Command::new("kill")
        .arg("-9")
        .args(ids)
        .stderr(Stdio::null())
        .status();
}

/// Each backend of a server is a process in a session of its own.
fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|process| {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            // `id (name) state parent ..`
            let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
            after.split_whitespace().nth(1) == Some(parent.to_string().as_str())
        })
        .collect()
}
