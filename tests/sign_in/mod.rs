//! Signing in from outside: TLS by bavn itself and by Debian's nginx, two web processes behind it that are as one, an
//! identity provider (npm's oidc-provider), a database that goes away while forms are sent, the keys, the server's log.

mod keys;
mod visitor;

use crate::support::{Child, Ran, bavn, done, free_port, from_test_command, postgres_url, root, wait_for};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use store::testing::OwnCluster;
use visitor::Visitor;

const PASSWORD: &str = "gul cykel ved havnen";

/// An installation: configuration, key, store.
struct Place {
    folder: tempfile::TempDir,
    store: Vec<String>,
}

impl Place {
    fn new(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = folder.path().join("key");
        std::fs::write(&key, "ab".repeat(32)).expect("written");
        let mut store = vec!["--config".to_owned(), folder.path().join("config").display().to_string()];
        store.extend(match database {
            Some(url) => vec!["--database".to_owned(), url, "--key".to_owned(), key.display().to_string()],
            None => vec!["--data".to_owned(), folder.path().join("data").display().to_string()],
        });
        let place = Self { folder, store };
        place.run(&["init"]);
        place.set("sign_in", "second_factor", toml_edit::value(toml_edit::Array::new()));
        place
    }

    fn set(&self, section: &str, key: &str, value: toml_edit::Item) {
        let file = self.folder.path().join("config/bavn.toml");
        let mut settings: toml_edit::DocumentMut = std::fs::read_to_string(&file).expect("read").parse().expect("TOML");
        settings[section][key] = value;
        std::fs::write(file, settings.to_string()).expect("written");
    }

    fn command(&self, rest: &[&str]) -> Command {
        let mut arguments: Vec<&str> = self.store.iter().map(String::as_str).collect();
        arguments.extend(rest);
        let mut command = bavn(&arguments);
        // What is kept beside a store without a data folder (the anchors) stays with this place.
        command.current_dir(self.folder.path());
        command
    }

    fn run(&self, rest: &[&str]) -> Ran {
        done(&mut self.command(rest))
    }

    fn user(&self, login: &str, role: &[&str]) {
        let mut arguments = vec!["user", "add", login, "--name", "Ida Hansen", "--role"];
        arguments.extend(role);
        let mut child = self.command(&arguments).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        child.stdin.take().expect("input").write_all(format!("{PASSWORD}\n").as_bytes()).expect("written");
        assert!(child.wait().expect("ends").success());
    }

    /// Serves on a port; everything that it logs goes to a file.
    fn serve(&self, port: u16, log: &Path) -> Child {
        let errors = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("a file");
        let listen = format!("127.0.0.1:{port}");
        let mut command = self.command(&["serve", "--listen", &listen, "--log-level", "debug"]);
        let child = Child(command.stdout(Stdio::null()).stderr(errors).spawn().expect("starts"));
        wait_for(&listen, 120);
        child
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A certificate for loopback, signed by itself.
    fn certificate(&self) -> (PathBuf, PathBuf) {
        let (certificate, key) = (self.path("certificate.pem"), self.path("certificate.key"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"])
            .args(["-subj", "/CN=bavn", "-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE", "-out"])
            .arg(&certificate)
            .arg("-keyout")
            .arg(&key)
            .stderr(Stdio::null())
            .status();
        assert!(made.expect("openssl runs").success());
        (certificate, key)
    }
}

fn text(file: &Path) -> toml_edit::Item {
    toml_edit::value(file.display().to_string())
}

/// The documented configuration of the proxy, with the test's addresses, in an nginx of our own.
fn nginx(place: &Place, certificate: &(PathBuf, PathBuf), servers: &[u16]) -> (Child, String) {
    let port = free_port();
    let folder = place.path("nginx");
    std::fs::create_dir_all(&folder).expect("a folder");
    let at = |name: &str| folder.join(name).display().to_string();
    let upstream: String = servers.iter().map(|port| format!("server 127.0.0.1:{port};\n")).collect();
    let site = std::fs::read_to_string(root().join("docs/proxy/nginx.conf")).expect("the documented configuration");
    let mut site = site.replace("server 127.0.0.1:8600;", &upstream);
    for (from, to) in [
        ("listen 443 ssl", format!("listen 127.0.0.1:{port} ssl")),
        ("/etc/ssl/certs/bavn.pem", certificate.0.display().to_string()),
        ("/etc/ssl/private/bavn.key", certificate.1.display().to_string()),
        ("/var/log/nginx/bavn.log", at("access.log")),
        ("/var/log/nginx/bavn-error.log", at("site-error.log")),
    ] {
        assert!(site.contains(from), "{from}");
        site = site.replace(from, &to);
    }
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", at(kind)))
        .concat();
    let whole = format!(
        "daemon off;\nworker_processes 1;\npid {};\nerror_log {} warn;\nevents {{}}\nhttp {{\n{temporary}{site}}}\n",
        at("pid"),
        at("error.log")
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, whole).expect("written");
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-c").arg(&file).arg("-p").arg(&folder).arg("-e").arg(folder.join("start.log"));
    let child = Child(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("nginx starts"));
    wait_for(&format!("127.0.0.1:{port}"), 20);
    (child, format!("https://127.0.0.1:{port}"))
}

/// ASVS 12.1.1, 12.2.1, 12.3.1 (TLS), 4.1.3 (headers of a proxy), 7.4.1, 16.2.5 (the log): through the documented proxy two
/// processes are as one, and what they log names nobody.
#[test]
fn two_processes_behind_nginx_are_as_one_and_their_log_names_nobody() {
    let place = Place::new(Some(postgres_url()));
    place.set("serve", "https", toml_edit::value(true));
    place.set("serve", "proxies", toml_edit::value(toml_edit::Array::from_iter(["127.0.0.1"])));
    place.set("public", "objections_per_client_hour", toml_edit::value(6));
    place.user("canarylogin", &["researcher"]);
    place.user("ida", &["outreach-worker", "--team", "vest"]);
    let (ports, log) = ([free_port(), free_port()], place.path("log"));
    let mut processes: Vec<Child> = ports.iter().map(|port| place.serve(*port, &log)).collect();
    let certificate = place.certificate();
    let (_nginx, base) = nginx(&place, &certificate, &ports);
    let visitor = || Visitor::new(&base, Some(&certificate.0));
    let one = visitor();
    let answer = one.sign_in("canarylogin", PASSWORD);
    assert_eq!((answer.status, answer.location.as_str()), (303, "/queue"), "{}", answer.body);
    // Round and round: each process knows the session, and each form of the other.
    for _ in 0..6 {
        let page = one.get("/queue");
        assert!(page.status == 200 && page.hsts.contains("max-age"), "{}", page.status);
    }
    let two = visitor();
    assert_eq!(two.sign_in("canarylogin", PASSWORD).status, 303);
    one.get("/account");
    assert_eq!(one.post("/account/sessions-end", &[]).status, 303);
    for _ in 0..4 {
        assert_eq!((one.get("/queue").status, two.get("/queue").status), (200, 303), "ended for both");
    }
    // Guesses are counted together: five, not five each. So are objections by the public form: six.
    let thief = visitor();
    let told: Vec<u16> = (0..12).map(|_| thief.sign_in("ida", "canarypassword").status).collect();
    assert_eq!(told.iter().filter(|status| **status == 422).count(), 5, "{told:?}");
    assert_eq!(told[11], 429);
    let object = |n: u32| thief.post("/objection", &[("lang", "da"), ("contact", &format!("940000{n}"))]).status;
    let told: Vec<u16> = (10..19).map(object).collect();
    assert_eq!(told.iter().filter(|status| **status == 303).count(), 6, "{told:?}");
    // One goes; the other carries on with everybody's sessions.
    drop(processes.remove(0));
    for _ in 0..4 {
        assert_eq!(one.get("/queue").status, 200);
    }
    one.get("/search");
    one.post("/search", &[("words", "canarywords"), ("purpose", "canarypurpose")]);
    one.get("/invitation/canarytoken");
    drop(processes);
    for file in ["log", "nginx/access.log", "nginx/error.log", "nginx/site-error.log"] {
        let written = std::fs::read_to_string(place.path(file)).unwrap_or_default();
        for word in ["canary", "Ida", "94000010", PASSWORD, "bavn-known", "/invitation"] {
            assert!(!written.contains(word), "{file} holds {word}: {written}");
        }
    }
    assert!(!std::fs::read_to_string(place.path("nginx/access.log")).expect("a log").is_empty());
}

/// ASVS 12.1.1, 12.2.1, 3.4.1: bavn with a certificate of its own speaks TLS alone.
#[test]
fn bavn_serves_tls_by_itself() {
    let place = Place::new(None);
    place.user("forsker", &["researcher"]);
    let certificate = place.certificate();
    place.set("serve", "certificate", text(&certificate.0));
    place.set("serve", "certificate_key", text(&place.path("nothing.key")));
    let refused = crate::support::run(&mut place.command(&["serve", "--listen", "127.0.0.1:0"]));
    assert!(refused.code == 1 && refused.err.contains("nothing.key") && refused.err.contains("PEM"), "{}", refused.err);
    place.set("serve", "certificate_key", text(&certificate.1));
    let (port, log) = (free_port(), place.path("log"));
    let _process = place.serve(port, &log);
    let visitor = Visitor::new(&format!("https://127.0.0.1:{port}"), Some(&certificate.0));
    let answer = visitor.sign_in("forsker", PASSWORD);
    assert_eq!((answer.status, answer.location.as_str()), (303, "/queue"), "{}", answer.body);
    assert!(visitor.get("/queue").hsts.contains("max-age=31536000"));
    assert_eq!(Visitor::new(&format!("http://127.0.0.1:{port}"), None).get("/sign-in").status, 0, "nothing in clear");
    assert_eq!(
        Visitor::new(&format!("https://127.0.0.1:{port}"), None).get("/sign-in").status,
        0,
        "nobody is taken in"
    );
    // Whoever opens a connection and says nothing keeps nobody waiting.
    let silent: Vec<_> =
        (0..20).map(|_| std::net::TcpStream::connect(("127.0.0.1", port)).expect("connects")).collect();
    assert_eq!(visitor.get("/queue").status, 200);
    drop(silent);
}

/// OpenID Connect Core 1.0 with a provider that is not ours; ASVS 6.8, 10.5.1 to 10.5.4 (PKCE, state, nonce, issuer).
#[test]
fn an_identity_provider_says_who_somebody_is() {
    let place = Place::new(None);
    place.user("forsker", &["researcher"]);
    let (port, at) = (free_port(), free_port());
    let secret = place.path("secret");
    std::fs::write(&secret, "geheim & lang%\n").expect("written");
    for (key, value) in [
        ("issuer", toml_edit::value(format!("http://127.0.0.1:{at}"))),
        ("name", toml_edit::value("Kommunens login")),
        ("client_id", toml_edit::value("bavn")),
        ("client_secret_file", text(&secret)),
    ] {
        place.set("oidc", key, value);
    }
    let back = format!("http://127.0.0.1:{port}/sign-in/provider/back");
    let mut provider = Command::new(from_test_command("BAVN_TEST_NODE"));
    provider.arg("identity_provider.mjs").arg(at.to_string()).args([&back, "geheim & lang%"]);
    provider.current_dir(root().join("tests/ui")).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut provider = Child(provider.spawn().expect("node starts"));
    // Kept to the end: the provider dies where nobody listens to what it says.
    let mut lines = BufReader::new(provider.0.stdout.take().expect("piped")).lines();
    assert!(lines.by_ref().map_while(Result::ok).any(|line| line == "ready"), "the provider starts");
    let log = place.path("log");
    let _process = place.serve(port, &log);
    let comes = |name: &str| {
        let visitor = Visitor::new(&format!("http://127.0.0.1:{port}"), None);
        assert!(visitor.get("/sign-in").body.contains("Log ind med Kommunens login"));
        let asked = visitor.get("/sign-in/provider");
        for part in ["code_challenge_method=S256", "state=", "nonce=", "response_type=code"] {
            assert!(asked.location.contains(part), "{}", asked.location);
        }
        let mut at = visitor.get(&asked.location).location;
        for fields in [vec![("prompt", "login"), ("login", name), ("password", "x")], vec![("prompt", "consent")]] {
            visitor.get(&at);
            at = visitor.post(&at, &fields).location;
            at = visitor.get(&at).location;
        }
        assert!(at.starts_with(&back), "{at}");
        let answer = visitor.get(&at);
        (visitor, answer, at)
    };
    let (visitor, answer, at) = comes("forsker");
    assert_eq!((answer.status, answer.location.as_str()), (303, "/queue"), "{}", answer.body);
    assert_eq!(visitor.get("/queue").status, 200);
    assert_eq!(visitor.get(&at).status, 400, "an answer is good once");
    assert_eq!(comes("forsker").1.location, "/queue", "known by its subject");
    let (_, unknown, _) = comes("fremmed");
    assert!(unknown.status == 403 && unknown.body.contains("ingen bruger her"), "{}", unknown.body);
    // The provider goes away: it is said, and passwords still work.
    drop(provider);
    let away = Visitor::new(&format!("http://127.0.0.1:{port}"), None);
    assert_eq!(away.sign_in("forsker", PASSWORD).location, "/queue");
    let written = std::fs::read_to_string(&log).expect("a log");
    assert!(!written.contains("forsker") && !written.contains("fremmed") && !written.contains("code="), "{written}");
}

/// Forms that are sent while the database goes away and comes back, twice: each that was acknowledged is kept, once.
#[test]
fn a_database_that_restarts_loses_and_doubles_no_form() {
    const FORMS: u32 = 30;
    let mut cluster = OwnCluster::start();
    let place = Place::new(Some(cluster.url()));
    for key in ["objections_per_client_hour", "objections_per_minute"] {
        place.set("public", key, toml_edit::value(10_000));
    }
    place.user("forsker", &["researcher"]);
    let (ports, log) = ([free_port(), free_port()], place.path("log"));
    let _processes: Vec<Child> = ports.iter().map(|port| place.serve(*port, &log)).collect();
    let started = std::time::Instant::now();
    let sent = std::sync::atomic::AtomicU32::new(0);
    let refused = std::sync::atomic::AtomicU32::new(0);
    let count = |counter: &std::sync::atomic::AtomicU32| counter.load(std::sync::atomic::Ordering::SeqCst);
    std::thread::scope(|scope| {
        for sender in 0..3_u32 {
            let (sent, refused) = (&sent, &refused);
            scope.spawn(move || {
                for n in (0..FORMS).filter(|n| n % 3 == sender) {
                    // As a person does: sends it again until it is said that it was received.
                    for attempt in 0..200 {
                        let port = ports[(n + attempt) as usize % 2];
                        let visitor = Visitor::new(&format!("http://127.0.0.1:{port}"), None);
                        let contact = format!("940001{n:02}");
                        let answer = visitor.post("/objection", &[("lang", "da"), ("contact", &contact)]);
                        if answer.status == 303 {
                            sent.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                            break;
                        }
                        assert!(matches!(answer.status, 0 | 500..=599), "{}", answer.status);
                        refused.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        std::thread::sleep(std::time::Duration::from_millis(200));
                    }
                }
            });
        }
        for part in [1, 2] {
            while count(&sent) < FORMS * part / 3 {
                assert!(started.elapsed().as_secs() < 180, "{} of {FORMS}", count(&sent));
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            cluster.stop();
            std::thread::sleep(std::time::Duration::from_secs(2));
            cluster.start_again();
        }
    });
    assert_eq!(count(&sent), FORMS);
    assert!(count(&refused) > 0, "the database was away while forms were sent");
    let listed = place.run(&["objection", "list"]).out;
    assert_eq!(listed.lines().count(), FORMS as usize, "{listed}");
    let verified = place.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.err);
    // Whoever is signed in stays so over a restart.
    let visitor = Visitor::new(&format!("http://127.0.0.1:{}", ports[0]), None);
    assert_eq!(visitor.sign_in("forsker", PASSWORD).location, "/queue");
    cluster.stop();
    let away = visitor.get("/queue");
    assert!(away.status == 503 && away.body.contains("<html"), "{}: a page that says so", away.status);
    cluster.start_again();
    let back = (0..50).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        visitor.get("/queue").status == 200
    });
    assert!(back, "the session is there again");
}

/// ASVS 6.4.1: an account made on the server by a link, from its first look to the pages.
#[test]
fn a_link_made_on_the_server_lets_somebody_in() {
    let place = Place::new(None);
    place.user("forsker", &["researcher"]);
    let (port, log) = (free_port(), place.path("log"));
    place.set("smtp", "pages_url", toml_edit::value(format!("http://127.0.0.1:{port}/")));
    let invited = place.run(&["user", "invite", "Ida", "--name", "Ida Hansen", "--role", "researcher"]);
    let link = invited.out.trim().to_owned();
    assert!(link.starts_with(&format!("http://127.0.0.1:{port}/invitation/")), "{link}");
    assert!(invited.err.contains("works once and for 72 hours"), "{}", invited.err);
    assert!(place.run(&["user", "list"]).out.lines().any(|line| line.starts_with("ida ") && line.contains("invited")));
    let _process = place.serve(port, &log);
    let visitor = Visitor::new(&format!("http://127.0.0.1:{port}"), None);
    assert!(visitor.get(&link).body.contains("Ida Hansen"));
    let new = "æblegrød på tirsdage";
    assert_eq!(visitor.post(&link, &[("password", new), ("again", new)]).location, "/queue");
    assert!(place.run(&["user", "sessions", "ida"]).out.contains("last used"));
    place.run(&["user", "sessions", "ida", "--end"]);
    assert_eq!(visitor.get("/queue").status, 303);
    assert_eq!(visitor.get(&link).status, 410);
    let weak = crate::support::run(
        place.command(&["user", "add", "bo", "--name", "Bo", "--role", "auditor"]).stdin(Stdio::null()),
    );
    assert!(weak.code == 1 && weak.err.contains("at least 12 characters"), "{}", weak.err);
}
