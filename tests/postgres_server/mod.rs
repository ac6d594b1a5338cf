//! A PostgreSQL server for the tests of one file: a throw-away one, or the one that
//! `BACKSTOP_TEST_POSTGRES` names.

use std::{
    env, fs,
    io::{Read, Write},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{self, Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{Connection, PgConnection};

/// The URL of a server where databases may be created, such as `postgres://me:secret@db/postgres`.
const URL: &str = "BACKSTOP_TEST_POSTGRES";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A server and its databases.
pub(crate) struct Server(Kind);

enum Kind {
    Foreign { url: String },
    Own(Cluster),
}

impl Server {
    /// The server that the environment names, or else a new one.
    pub(crate) fn start() -> Self {
        match env::var(URL) {
            Ok(url) => Self(Kind::Foreign { url }),
            Err(_) => Self::own(&[]),
        }
    }

    /// A new one, which can be stopped. `settings`: such as `max_connections=50`.
    pub(crate) fn own(settings: &[&str]) -> Self {
        let mut cluster = Cluster::init(&Programs::find().unwrap_or_else(|text| panic!("{text}")));
        cluster.settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        cluster.start();
        Self(Kind::Own(cluster))
    }

    /// The URL of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        match &self.0 {
            Kind::Own(cluster) => {
                let folder = cluster.folder.to_str().unwrap().replace('/', "%2F");
                format!("postgres://postgres@localhost/{database}?host={folder}")
            }
            Kind::Foreign { url } => {
                let (before, parameters) = url.split_once('?').unwrap_or((url, ""));
                let server = before.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
                format!("{server}/{database}?{parameters}")
            }
        }
    }

    /// The URL of a new, empty database.
    pub(crate) fn database(&self) -> String {
        self.database_with("ENCODING 'UTF8'")
    }

    /// The same with options of `CREATE DATABASE`.
    pub(crate) fn database_with(&self, options: &str) -> String {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("backstop_{}_{count}", process::id());
        let mut commands = vec![format!(
            "CREATE DATABASE {name} TEMPLATE template0 {options}"
        )];
        if let Kind::Foreign { .. } = self.0 {
            commands.insert(0, format!("DROP DATABASE IF EXISTS {name}"));
        }
        run(self.url("postgres"), commands);
        self.url(&name)
    }

    /// The socket that its clients connect to.
    pub(crate) fn socket(&self) -> PathBuf {
        self.cluster().folder.join(".s.PGSQL.5432")
    }

    /// Ends it at once, as a lost machine does; all connections break.
    pub(crate) fn stop(&mut self) {
        self.cluster_mut().stop();
    }

    /// After [`stop`](Self::stop): the same server again.
    pub(crate) fn restart(&mut self) {
        self.cluster_mut().start();
    }

    fn cluster(&self) -> &Cluster {
        match &self.0 {
            Kind::Own(cluster) => cluster,
            Kind::Foreign { .. } => panic!("only a server of our own has a socket"),
        }
    }

    fn cluster_mut(&mut self) -> &mut Cluster {
        match &mut self.0 {
            Kind::Own(cluster) => cluster,
            Kind::Foreign { .. } => panic!("only a server of our own is stopped"),
        }
    }
}

/// A folder with a data directory and the socket, and the server while it runs.
struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    settings: Vec<String>,
    user: Option<(u32, u32)>,
    running: Option<(Child, ChildStdout)>,
}

impl Cluster {
    fn init(programs: &Programs) -> Self {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("backstop-pg-{}-{count}", process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        if let Some((uid, gid)) = programs.user {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let cluster = Self {
            bin: programs.bin.clone(),
            folder,
            settings: Vec::new(),
            user: programs.user,
            running: None,
        };
        let made = cluster
            .command("initdb")
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8"])
            .args(["--no-locale", "--no-sync", "--pgdata"])
            .arg(cluster.folder.join("data"))
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "initdb failed; as root it is run as the user postgres, who must be able to enter {}:\n{}",
            cluster.folder.display(),
            String::from_utf8_lossy(&made.stderr)
        );
        cluster
    }

    /// A shell stands between: it ends the server when it hears of it, or when this process is
    /// gone, however it ended.
    fn start(&mut self) {
        let mut server = self.command("sh");
        server
            .args(["-c", SUPERVISOR, "sh"])
            .arg(self.bin.join("postgres"))
            .arg(&self.folder)
            .args(["-c", "listen_addresses=", "-c", "max_connections=400"])
            // The machine itself is not lost in a test.
            .args(["-c", "fsync=off", "-c", "shared_buffers=32MB"]);
        for setting in &self.settings {
            server.args(["-c", setting]);
        }
        let mut child = server
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = child.stdout.take().unwrap();
        let mut word = [0; 6];
        let ready = output.read_exact(&mut word).is_ok() && &word == b"ready\n";
        assert!(
            ready,
            "the server did not start:\n{}",
            fs::read_to_string(self.folder.join("log")).unwrap_or_default()
        );
        self.running = Some((child, output));
    }

    fn stop(&mut self) {
        if let Some((mut child, _output)) = self.running.take() {
            let _told = child.stdin.take().unwrap().write_all(b"stop\n");
            child.wait().unwrap();
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = match program {
            "sh" => Command::new("sh"),
            program => Command::new(self.bin.join(program)),
        };
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command.current_dir(&self.folder);
        command
    }
}

/// `$1`: the program; `$2`: the folder; then its arguments. It says `ready` when the server takes
/// connections, ends it at once at `stop`, and takes the folder along when nobody is there to say so.
const SUPERVISOR: &str = r#"
program=$1 folder=$2; shift 2
rm -f "$folder/data/postmaster.pid"
"$program" -D "$folder/data" -k "$folder" "$@" >"$folder/log" 2>&1 &
server=$!
tries=0
until "${program%postgres}pg_isready" -q -h "$folder"; do
    kill -0 $server 2>/dev/null || exit 1
    tries=$((tries + 1))
    [ $tries -lt 600 ] || exit 1
    sleep 0.05
done
echo ready
word=
read -r word
kill -QUIT $server
wait $server
cd /
[ "$word" = stop ] || rm -rf "$folder"
"#;

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

/// Where PostgreSQL lies, and who runs it.
pub(crate) struct Programs {
    pub(crate) bin: PathBuf,
    pub(crate) user: Option<(u32, u32)>,
}

impl Programs {
    pub(crate) fn find() -> Result<Self, String> {
        let paths = env::var_os("PATH").unwrap_or_default();
        Self::find_in(
            &env::split_paths(&paths).collect::<Vec<_>>(),
            Path::new("/usr/lib/postgresql"),
        )
    }

    /// `debian`: holds a folder for each version; the newest counts.
    pub(crate) fn find_in(paths: &[PathBuf], debian: &Path) -> Result<Self, String> {
        let versions = fs::read_dir(debian).into_iter().flatten().flatten();
        let mut versions: Vec<PathBuf> = versions.map(|entry| entry.path()).collect();
        versions.sort_by_key(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.and_then(|name| name.parse::<u32>().ok())
        });
        let bin = versions
            .iter()
            .rev()
            .map(|version| version.join("bin"))
            .chain(paths.iter().cloned())
            .find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
            .ok_or_else(|| {
                format!(
                    "These tests need PostgreSQL. Run .ci/test, which installs it, or install it \
                     (`apt-get install postgresql`; no server needs to run). For those that stop no \
                     server, setting {URL} to the URL of a server where databases may be created \
                     and 300 connections opened will do as well, such as \
                     postgres://me:secret@localhost/postgres"
                )
            })?;
        let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let user = if is_root {
            Some(postgres_user().ok_or("PostgreSQL does not run as root: add a user `postgres`")?)
        } else {
            None
        };
        Ok(Self { bin, user })
    }
}

fn postgres_user() -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.starts_with("postgres:"))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// Commands outside any runtime of the caller's.
fn run(url: String, commands: Vec<String>) {
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            for command in commands {
                sqlx::raw_sql(sqlx::AssertSqlSafe(command))
                    .execute(&mut connection)
                    .await
                    .unwrap();
            }
            connection.close().await.unwrap();
        });
    });
    done.join().unwrap();
}
