//! Throw-away stores on both engines for tests, here and in other crates (cargo feature `testing`).
//!
//! PostgreSQL is the cluster that `BAVN_TEST_POSTGRES` names (URL of its maintenance database), or one of our own:
//! Debian's `initdb` and `postgres` in a temporary folder on a free port, started once for the process and stopped when
//! the process ends, however it ends. A test that cannot have its engine fails; it is never skipped.

// Test code: what goes wrong here is to stop the test at once, and says why.
#![allow(clippy::expect_used, clippy::panic)]

use crate::{Engine, MasterKey, Store};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// A store that is gone with this value.
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// Its address: another store may be opened on it.
    pub url: String,
    /// The folder of the SQLite file.
    pub folder: Option<tempfile::TempDir>,
}

/// The key of every test store.
pub fn key() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

/// A time for tests: 1 October 2026, 08:00 UTC, plus minutes.
pub fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_790_841_600 + minutes * 60).expect("the test's time lies within the range")
}

/// A new store on an engine.
pub async fn on(engine: Engine) -> TestStore {
    match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let url = format!("sqlite:{}", folder.path().join("bavn.db").display());
            let store = Store::open(&url, key(), at(0)).await.expect("a new SQLite store opens");
            TestStore { store, url, folder: Some(folder) }
        }
        Engine::Postgres => {
            let url = postgres_url().await;
            let store = Store::open(&url, key(), at(0)).await.expect("a new PostgreSQL store opens");
            TestStore { store, url, folder: None }
        }
    }
}

/// A new PostgreSQL database with the newest schema and [`key`], made from a template.
pub async fn postgres_url() -> String {
    static TEMPLATE: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let template = TEMPLATE
        .get_or_init(|| async {
            let name = format!("bavn_template_{}", unique());
            let url = empty_database(&name, None).await;
            let store = Store::open(&url, key(), at(0)).await.expect("the template is migrated");
            store.close().await;
            name
        })
        .await;
    empty_database(&format!("bavn_test_{}", unique()), Some(template)).await
}

/// A new PostgreSQL database without any table.
pub async fn empty_postgres_url() -> String {
    empty_database(&format!("bavn_empty_{}", unique()), None).await
}

async fn empty_database(name: &str, template: Option<&str>) -> String {
    let maintenance = cluster();
    let from = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
    let mut connection =
        PgConnection::connect(maintenance).await.expect("the maintenance database of the test cluster answers");
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}{from}")))
        .execute(&mut connection)
        .await
        .expect("a test database can be created");
    connection.close().await.expect("the maintenance connection closes");
    match maintenance.rsplit_once('/') {
        Some((server, _)) => format!("{server}/{name}"),
        None => panic!("BAVN_TEST_POSTGRES names no database: {maintenance}"),
    }
}

fn unique() -> String {
    let mut bytes = [0; 8];
    crate::keys::fill_random(&mut bytes).expect("random numbers");
    crate::keys::to_hex(&bytes)
}

/// The URL of the maintenance database, after starting our own cluster where none is named.
pub fn cluster() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| match std::env::var("BAVN_TEST_POSTGRES") {
        Ok(url) if !url.is_empty() => url,
        _ => start_cluster(),
    })
}

/// Where Debian keeps the newest server's programs.
fn programs() -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect())
        .unwrap_or_default();
    versions.retain(|bin| bin.join("initdb").exists());
    versions.sort();
    versions.pop().expect("PostgreSQL is installed: apt-get install -y postgresql (with create_main_cluster = false)")
}

/// Starts a cluster whose keeper waits for our end of a pipe to close, which it does however this process ends.
fn start_cluster() -> String {
    let bin = programs();
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port on loopback")
        .port();
    let script = format!(
        r#"set -e
folder=$(mktemp -d /tmp/bavn-postgres-XXXXXX)
"{bin}/initdb" -D "$folder/data" -U bavn --auth=trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1
"{bin}/postgres" -D "$folder/data" -p {port} -k "$folder" -c listen_addresses=127.0.0.1 -c fsync=off \
    -c full_page_writes=off -c max_connections=300 </dev/null >"$folder/postgres.log" 2>&1 &
server=$!
trap '' INT TERM
for try in $(seq 200); do
    if "{bin}/pg_isready" -q -h 127.0.0.1 -p {port}; then break; fi
    sleep 0.05
done
echo ready
cat >/dev/null || true
kill -INT "$server" 2>/dev/null || true
wait "$server" 2>/dev/null || true
rm -rf "$folder"
"#,
        bin = bin.display(),
    );
    let mut command = as_postgres();
    let mut keeper = command
        .args(["sh", "-c", &script])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the keeper of the test cluster starts");
    let mut line = String::new();
    let out = keeper.stdout.take().expect("the keeper's output is a pipe");
    BufReader::new(out).read_line(&mut line).expect("the keeper says when the cluster is ready");
    assert_eq!(line.trim(), "ready", "the test cluster did not start");
    // The keeper lives as long as our end of its input: until this process ends.
    std::mem::forget(keeper);
    format!("postgres://bavn@127.0.0.1:{port}/postgres")
}

/// A cluster of one's own, to be stopped and started again as a test wants it.
pub struct OwnCluster {
    folder: String,
    port: u16,
    server: Option<Child>,
}

impl OwnCluster {
    /// Makes and starts it.
    pub fn start() -> Self {
        let made = as_postgres().args(["mktemp", "-d", "/tmp/bavn-postgres-XXXXXX"]).current_dir("/").output();
        let folder = String::from_utf8(made.expect("mktemp runs").stdout).expect("UTF-8").trim().to_owned();
        let initdb = programs().join("initdb");
        let data = format!("{folder}/data");
        let made = as_postgres()
            .arg(initdb)
            .args(["-D", &data, "-U", "bavn", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"])
            .current_dir("/")
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("initdb runs").success(), "initdb failed");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
        let mut cluster = Self { folder, port, server: None };
        cluster.start_again();
        cluster
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        format!("postgres://bavn@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it after [`OwnCluster::stop`]; answers when this returns.
    pub fn start_again(&mut self) {
        let (data, port) = (format!("{}/data", self.folder), self.port.to_string());
        let server = as_postgres()
            .arg(programs().join("postgres"))
            .args(["-D", &data, "-p", &port, "-k", &self.folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.server = Some(server.expect("the server starts"));
        for _ in 0..400 {
            let ready =
                Command::new(programs().join("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
            if ready.is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the server at port {port} does not answer");
    }

    /// Stops it at once; connections are cut.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let killed = Command::new("kill").args(["-INT", &server.id().to_string()]).status();
            assert!(killed.expect("kill runs").success() && server.wait().is_ok(), "the server does not stop");
        }
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            drop(Command::new("kill").args(["-INT", &server.id().to_string()]).status());
            drop(server.wait());
        }
        drop(as_postgres().args(["rm", "-rf", &self.folder]).current_dir("/").status());
    }
}

/// A command as the user `postgres` where we are root, since `initdb` refuses root.
fn as_postgres() -> Command {
    let root = std::fs::metadata(Path::new("/proc/self")).is_ok_and(|process| process.uid() == 0);
    if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]);
        command
    } else {
        Command::new("env")
    }
}
