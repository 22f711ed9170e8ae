//! What the modules share: the program as a child process, folders, ports.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program with these arguments, in a folder of its own, with nothing of the caller's environment that it reads.
pub fn bavn(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bavn"));
    command.args(arguments).current_dir(root());
    for name in [
        "BAVN_DATABASE",
        "BAVN_PROGRAMME",
        "BAVN_MASTER_KEY_FILE",
        "BAVN_MASTER_KEY",
        "CREDENTIALS_DIRECTORY",
        "BAVN_LOG",
    ] {
        command.env_remove(name);
    }
    command
}

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a finished command printed.
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ran {
    command.stdin(Stdio::null()).output().expect("the program starts").into()
}

/// Runs it and demands exit code 0.
pub fn done(command: &mut Command) -> Ran {
    let ran = run(command);
    assert_eq!(ran.code, 0, "{command:?}\n{}\n{}", ran.out, ran.err);
    ran
}

/// Runs the program on a store (the arguments that name it) and demands exit code 0.
pub fn with(store: &[String], rest: &[&str]) -> Ran {
    let mut arguments: Vec<&str> = store.iter().map(String::as_str).collect();
    arguments.extend(rest);
    done(&mut bavn(&arguments))
}

/// A new outreach worker of a team.
pub fn add_worker(store: &[String], login: &str, name: &str, team: &str, password: &str) {
    use std::io::Write as _;
    let mut arguments: Vec<&str> = store.iter().map(String::as_str).collect();
    arguments.extend(["user", "add", login, "--name", name, "--role", "outreach-worker", "--team", team]);
    let mut added = bavn(&arguments).stdin(Stdio::piped()).spawn().expect("starts");
    added.stdin.take().expect("input").write_all(format!("{password}\n").as_bytes()).expect("written");
    assert!(added.wait().expect("ends").success());
}

/// A store of each engine, SQLite first: the arguments that name it.
pub fn stores(folder: &Path) -> Vec<Vec<String>> {
    let key = folder.join("postgres.key");
    std::fs::write(&key, "ab".repeat(32)).expect("written");
    vec![
        data(folder).to_vec(),
        vec!["--database".to_owned(), postgres_url(), "--key".to_owned(), key.display().to_string()],
    ]
}

/// The mails that the tests' mail server keeps in a folder, in order.
pub fn mails(folder: &Path) -> Vec<String> {
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    names.retain(|path| path.extension().is_some_and(|end| end == "eml"));
    names.sort();
    names.iter().map(|path| std::fs::read_to_string(path).expect("a mail")).collect()
}

/// A data folder below `folder`, as arguments.
pub fn data(folder: &Path) -> [String; 2] {
    ["--data".to_owned(), folder.join("data").display().to_string()]
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// Waits until `url` answers at all, for at most `seconds`.
pub fn wait_for(address: &str, seconds: u64) {
    for _ in 0..seconds * 20 {
        if std::net::TcpStream::connect(address).is_ok() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("nobody answers at {address} after {seconds} s");
}

/// A child process that is killed when the test ends, however it ends.
pub struct Child(pub std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A new, empty PostgreSQL database of the tests' own cluster.
pub fn postgres_url() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(store::testing::empty_postgres_url())
}

/// Whether axe looks at the pages of a walk: those of both databases are the same, and it takes half of a walk's time.
pub fn axe(database: &str) -> &'static str {
    if database == "sqlite" { "yes" } else { "no" }
}

/// A variable that `./test` sets.
pub fn from_test_command(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run the tests by ./test, which installs what they need"))
}
