//! `bavn run` as its people meet it: alarms by mail (PyPI's aiosmtpd) and webhook (a real HTTP receiver), told once when they
//! begin and once when they are over, without anything personal; a configuration that is changed by hand, torn, and mended
//! while everything runs.

use crate::support::{Child, bavn, done, free_port, from_test_command, mails, root, wait_for};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A post that the webhook's receiver took.
#[derive(Clone)]
struct Post {
    signature: String,
    body: serde_json::Value,
    raw: String,
}

/// A receiver of posts, which answers 500 as long as it is told to.
#[derive(Clone)]
struct Receiver {
    port: u16,
    posts: Arc<Mutex<Vec<Post>>>,
    refuses: Arc<Mutex<bool>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let this = Self { port, posts: Arc::default(), refuses: Arc::new(Mutex::new(false)) };
        let receiver = this.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                receiver.take(stream);
            }
        });
        this
    }

    fn take(&self, stream: std::net::TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
        let (mut length, mut signature) = (0, String::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().expect("a length"),
                "x-bavn-signature" => signature = value.trim().to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let mut stream = stream;
        if *self.refuses.lock().expect("free") {
            _ = stream.write_all(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            return;
        }
        let raw = String::from_utf8(body).expect("UTF-8");
        let body = serde_json::from_str(&raw).expect("JSON");
        self.posts.lock().expect("free").push(Post { signature, body, raw });
        _ = stream.write_all(b"HTTP/1.1 204 Yes\r\nconnection: close\r\n\r\n");
    }

    fn posts(&self, kind: &str) -> Vec<Post> {
        self.posts.lock().expect("free").iter().filter(|post| post.body["kind"] == kind).cloned().collect()
    }
}

fn until(what: &str, seconds: u64, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(seconds), "not after {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn change(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).expect("read");
    assert!(text.contains(from), "{from}: {text}");
    std::fs::write(file, text.replacen(from, to, 1)).expect("written");
}

#[test]
fn alarms_are_told_once_when_they_begin_and_once_when_they_are_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let (inbox, port) = (folder.path().join("inbox"), free_port());
    std::fs::create_dir(&inbox).expect("made");
    let mut server = Command::new(from_test_command("BAVN_TEST_PYTHON"));
    server.arg(root().join("tests/notices/server.py")).arg(&inbox).arg(port.to_string());
    let _server = Child(server.stdin(Stdio::null()).spawn().expect("python starts"));
    wait_for(&format!("127.0.0.1:{port}"), 30);
    let receiver = Receiver::start();

    let config = folder.path().join("config");
    let config_text = config.display().to_string();
    done(&mut bavn(&["init", "--config", &config_text]));
    let (file, secret) = (config.join("bavn.toml"), folder.path().join("secret"));
    std::fs::write(&secret, "webhook secret\n").expect("written");
    change(&file, "listen   = \"127.0.0.1:8600\"", "listen   = \"127.0.0.1:0\"");
    change(&file, "server        = \"\"", "server        = \"127.0.0.1\"");
    change(&file, "port          = 587", &format!("port          = {port}"));
    change(&file, "security      = \"starttls\"", "security      = \"none\"");
    change(&file, "from          = \"\"", "from          = \"bavn <bavn@example.dk>\"");
    change(&file, "emails              = []", "emails              = [\"drift@example.dk\"]");
    change(&file, "auditor_emails      = []", "auditor_emails      = [\"revisor@example.dk\"]");
    change(
        &file,
        "webhook             = \"\"",
        &format!("webhook             = \"http://127.0.0.1:{}/\"", receiver.port),
    );
    change(&file, "webhook_secret_file = \"\"", &format!("webhook_secret_file = \"{}\"", secret.display()));
    change(&file, "exports_per_day = 20", "exports_per_day = 1");
    // A folder for backups that cannot be made: nobody is named for whom they are encrypted.
    change(&file, "folder      = \"\"", &format!("folder      = \"{}\"", folder.path().join("backups").display()));
    change(&file, "hour        = \"02:30\"", "hour        = \"00:00\"");

    let data = folder.path().join("data").display().to_string();
    let base = ["--config", &config_text, "--data", &data];
    let ads = folder.path().join("ads.jsonl");
    std::fs::write(
        &ads,
        r#"{"site":"s1","ad_id":"1","seen_at":["2026-10-01T15:00:00+02:00"],"title":"Mia i Aarhus","body":"Ring 34 00 00 61"}"#,
    )
    .expect("written");
    done(&mut bavn(&[&base[..], &["import", "ads", ads.to_str().expect("UTF-8")]].concat()));
    done(&mut bavn(&[&base[..], &["analyse"]].concat()));
    let log = folder.path().join("log");
    let errors = std::fs::File::create(&log).expect("a file");
    let mut run = bavn(&[&base[..], &["--log-level", "info", "run"]].concat());
    let _run = Child(run.stdout(Stdio::null()).stderr(errors).spawn().expect("starts"));
    let logged = || std::fs::read_to_string(&log).expect("the log");
    // Looks are counted by the Danish day: made while all runs, so that no midnight lies between them and their alarm.
    for _ in 0..3 {
        done(&mut bavn(&[&base[..], &["export", "mentions"]].concat()));
    }

    until("the auditor and the webhook are told", 60, || {
        !receiver.posts("looks").is_empty() && mails(&inbox).iter().any(|mail| mail.contains("revisor@example.dk"))
    });
    until("a backup that fails is told", 60, || !receiver.posts("backup-failed").is_empty());
    // The place is taken away by which the others are told: what follows is kept and told later.
    *receiver.refuses.lock().expect("free") = true;

    // A torn file leaves the last good one in force; nothing of its words stands in the log.
    let good = std::fs::read_to_string(&file).expect("read");
    std::fs::write(&file, format!("{good}\nhemmeligt_ord = \"hun er ny")).expect("torn");
    until("the torn file is noticed", 20, || logged().contains("the last good one stays in force"));
    until("it is told by mail", 60, || mails(&inbox).iter().any(|mail| mail.contains("er ikke gyldig")));
    assert!(!logged().contains("hemmeligt_ord") && !logged().contains("hun er ny"), "{}", logged());
    // Mended, and the backup with it.
    let passphrase = folder.path().join("passphrase");
    std::fs::write(&passphrase, "a passphrase of several words\n").expect("written");
    std::fs::create_dir_all(folder.path().join("backups")).expect("made");
    std::fs::write(&file, good.replace("secret_file = \"\"", &format!("secret_file = \"{}\"", passphrase.display())))
        .expect("mended");
    until("the mended file is in force", 20, || logged().contains("the configuration changed and is in force"));
    until("both are over", 120, || {
        let over = |mail: &String, words: &str| mail.contains("overst") && mail.contains(words);
        let mails = mails(&inbox);
        mails.iter().any(|mail| over(mail, "er ikke gyldig")) && mails.iter().any(|mail| over(mail, "sikkerhedskopi"))
    });
    *receiver.refuses.lock().expect("free") = false;
    until("what the webhook refused comes later", 240, || receiver.posts("configuration").len() == 2);

    let states: Vec<_> = receiver.posts("configuration").iter().map(|post| post.body["state"].clone()).collect();
    assert_eq!(states, ["begun", "over"], "that it is over is told after that it began");
    let sent = mails(&inbox);
    let count = |words: &str, over: bool| {
        sent.iter().filter(|mail| mail.contains(words) && mail.contains("overst") == over).count()
    };
    assert_eq!((count("er ikke gyldig", false), count("er ikke gyldig", true)), (1, 1), "{sent:?}");
    // A midnight that passes meanwhile ends the alarm of the day before.
    let begun = |post: &Post| post.body["state"] == "begun";
    assert_eq!(receiver.posts("looks").iter().filter(|post| begun(post)).count(), 1);
    let to_auditor: Vec<&String> =
        sent.iter().filter(|mail| mail.contains("revisor@example.dk") && !mail.contains("overst")).collect();
    assert!(to_auditor.len() == 1 && to_auditor[0].contains("export"), "{to_auditor:?}");
    let post = &receiver.posts("looks")[0];
    assert_eq!(post.signature, format!("sha256={}", hmac_sha256("webhook secret", &post.raw)));
    let all =
        sent.join("\n") + &receiver.posts.lock().expect("free").iter().map(|of| of.raw.clone()).collect::<String>();
    let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
    for personal in
        ["Mia", "34000061", "34 00 00 61", "Aarhus", "(root)", &format!("({user})"), "case_", "hemmeligt_ord"]
    {
        assert!(!all.contains(personal), "{personal}: {all}");
    }
    let alarms = logged().matches("an alarm could not be told").count();
    assert!(alarms >= 1, "the refusal is logged");
}

/// By Python's own, so that the signature is what others compute.
fn hmac_sha256(secret: &str, text: &str) -> String {
    let script = "import hmac,sys; print(hmac.new(sys.argv[1].encode(), sys.argv[2].encode(), 'sha256').hexdigest())";
    let mut python = Command::new(from_test_command("BAVN_TEST_PYTHON"));
    let out = python.args(["-c", script, secret, text]).output().expect("python runs").stdout;
    String::from_utf8(out).expect("hex").trim().to_owned()
}
