//! Several programmes in one installation: each has its store, and none changes anything of another.

use crate::support::{Child, Ran, bavn, done, free_port, root, run, wait_for};
use std::path::Path;

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Ads of a site; the same few contacts and texts, so that they would be linked if they were in one store.
fn ads(site: &str) -> String {
    let ad = |number: usize| {
        let day = 1 + number;
        format!(
            "{{\"site\":\"{site}\",\"ad_id\":\"{number}\",\"seen_at\":[\"2026-10-{day:02}T15:00:00+02:00\"],\"title\":\"Anna i byen\",\"body\":\"Ring på 34 00 00 5{}. Hun er ny hos os, altid åbent, kontant 800 kr.\",\"fields\":{{\"place\":\"Aarhus C\"}}}}\n",
            number % 3
        )
    };
    (0..12).map(ad).collect()
}

struct Installation {
    folder: tempfile::TempDir,
}

impl Installation {
    fn new() -> Installation {
        let folder = tempfile::tempdir().expect("a folder");
        done(&mut bavn(&["init", "--config", text(&folder.path().join("config"))]));
        for site in ["one", "two"] {
            std::fs::write(folder.path().join(format!("{site}.jsonl")), ads(site)).expect("written");
        }
        Installation { folder }
    }

    fn path(&self, name: &str) -> String {
        text(&self.folder.path().join(name)).to_owned()
    }

    fn ran(&self, data: &str, arguments: &[&str]) -> Ran {
        let (config, data) = (self.path("config"), self.path(data));
        run(&mut bavn(&[&["--config", &config, "--data", &data], arguments].concat()))
    }

    fn add_clinics(&self, sites: &str) {
        let folder = self.folder.path().join("config/programmes/clinics");
        std::fs::create_dir_all(&folder).expect("a folder");
        let example = std::fs::read_to_string(root().join("docs/examples/programmes/clinics/programme.toml"));
        let example = example.expect("the example").replace("sites = []", &format!("sites = {sites}"));
        std::fs::write(folder.join("programme.toml"), example).expect("written");
    }

    fn exports(&self, data: &str, named: &[&str]) -> Vec<String> {
        let forms = ["mentions", "indicators", "links", "entities", "assessments"];
        let export = |form: &&str| {
            let ran = self.ran(data, &[named, &["export", form]].concat());
            assert_eq!(ran.code, 0, "{form}: {}", ran.err);
            assert!(ran.out.lines().count() > 0 || *form == "links", "{form} is empty");
            ran.out
        };
        forms.iter().map(export).collect()
    }
}

#[test]
fn a_programme_that_comes_or_goes_changes_nothing_in_another() {
    let here = Installation::new();
    let (one, two) = (here.path("one.jsonl"), here.path("two.jsonl"));
    assert_eq!(here.ran("data", &["import", "ads", &one]).code, 0);
    assert_eq!(here.ran("data", &["analyse"]).code, 0);
    let alone = here.exports("data", &[]);

    here.add_clinics("[\"two\"]");
    // Several are configured: each command says which.
    let unnamed = here.ran("data", &["analyse"]);
    assert!(unnamed.code == 1 && unnamed.err.contains("--programme"), "{}", unnamed.err);
    let first = ["--programme", "initiative-1"];
    let second = ["--programme", "clinics"];
    assert_eq!(here.ran("data-clinics", &[&second[..], &["import", "ads", &two]].concat()).code, 0);
    assert_eq!(here.ran("data-clinics", &[&second[..], &["analyse"]].concat()).code, 0);
    assert_eq!(here.ran("data", &[&first[..], &["analyse", "--all"]].concat()).code, 0);
    let beside = here.exports("data", &first);
    // "analyse --all" makes a new reference: all but its name is the same.
    let nameless = |forms: &[String]| -> Vec<String> {
        let strip = |line: &str| {
            let mut value: serde_json::Value = serde_json::from_str(line).expect("JSON");
            if let Some(object) = value.as_object_mut() {
                object.remove("reference");
            }
            value.to_string()
        };
        forms.iter().flat_map(|form| form.lines().map(strip).collect::<Vec<_>>()).collect()
    };
    assert_eq!(nameless(&alone), nameless(&beside));
    let clinics = here.exports("data-clinics", &second);
    assert!(clinics.iter().all(|form| !form.contains("\"one\"")), "the other's ads are here");

    // Neither store answers for the other.
    for (data, named, own) in [("data", second, "initiative-1"), ("data-clinics", first, "clinics")] {
        for command in [&["export", "entities"][..], &["analyse"], &["import", "ads", &two], &["user", "list"]] {
            let refused = here.ran(data, &[&named[..], command].concat());
            let told = refused.err.contains(&format!("belongs to the programme '{own}'"));
            assert!(refused.code == 1 && told, "{command:?} of {data}: {}", refused.err);
        }
    }
    // A site is taken in by its own programme alone.
    let refused = here.ran("data", &[&first[..], &["import", "ads", &two]].concat());
    assert!(refused.err.contains("no programme watches site 'two'"), "{}", refused.err);
    // Places are visited: there is no list of contacts.
    let list = here.ran("data-clinics", &[&second[..], &["list"]].concat());
    assert!(list.code == 1 && list.err.contains("visit places (clinic)"), "{}", list.err);
    let named = here.ran("data", &["programmes"]);
    assert!(named.out.contains("clinics (clinic)") && named.out.contains("instruments  clinic-visit"), "{}", named.out);

    // It goes again: the first is as before, and the second's store is not taken for the first's.
    std::fs::remove_dir_all(here.folder.path().join("config/programmes/clinics")).expect("removed");
    assert_eq!(here.exports("data", &[]), beside);
    let orphan = here.ran("data-clinics", &["export", "entities"]);
    assert!(orphan.code == 1 && orphan.err.contains("belongs to the programme 'clinics'"), "{}", orphan.err);
}

#[test]
fn programmes_that_want_the_same_are_refused() {
    let here = Installation::new();
    here.add_clinics("[\"*\"]");
    let both = here.ran("data", &["programmes"]);
    assert!(both.code == 1 && both.err.contains("both want all sites"), "{}", both.err);
    here.add_clinics("[\"two\"]");
    let file = here.folder.path().join("config/programmes/clinics/programme.toml");
    let good = std::fs::read_to_string(&file).expect("a programme");
    for (from, to, message) in [
        ("\"clinic-visit\"", "\"no-such-form\"", "names the instrument 'no-such-form'"),
        ("id             = \"sjaelland\"", "id             = \"oest\"", "team 'oest' is in"),
        ("id    = \"clinics\"", "id    = \"clinic\"", "is not the name of its file or folder, 'clinics'"),
        ("unit  = \"clinic\"", "unit  = \"person\"", "unknown variant"),
    ] {
        assert!(good.contains(from), "{from}");
        // A team's day begins somewhere: its base goes by the same name.
        let base = if from.contains("sjaelland") { "oest          = [" } else { "sjaelland     = [" };
        std::fs::write(&file, good.replace(from, to).replace("sjaelland     = [", base)).expect("written");
        let refused = here.ran("data", &["programmes"]);
        assert!(refused.code == 1 && refused.err.contains(message), "{}", refused.err);
    }
}

const AGREED: &str = "\n[register]\ncommon = true\nby = \"Test\"\nat = \"2026-11-01\"\nagreement = \"test 1\"\n";

#[test]
fn one_process_serves_all_and_those_that_agree_share_a_register() {
    let here = Installation::new();
    let (one, two) = (here.path("one.jsonl"), here.path("two.jsonl"));
    assert_eq!(here.ran("data", &["import", "ads", &one]).code, 0);
    here.add_clinics("[\"two\"]");
    // The store of before is not passed over in silence.
    for command in ["analyse", "run"] {
        let unsaid = here.ran("data", &[command]);
        assert!(unsaid.code == 1 && unsaid.err.contains("say whose it is with [store]"), "{}", unsaid.err);
    }
    let first = here.folder.path().join("config/programmes/initiative-1.toml");
    let second = here.folder.path().join("config/programmes/clinics/programme.toml");
    for (file, data) in [(&first, "data"), (&second, "data-clinics")] {
        let text = std::fs::read_to_string(file).expect("a programme");
        let store = format!("\n[store]\ndata = \"{}\"\n", here.path(data));
        std::fs::write(file, format!("{text}{store}{AGREED}")).expect("written");
    }
    let clinics = ["--programme", "clinics"];
    assert_eq!(here.ran("data-clinics", &[&clinics[..], &["import", "ads", &two]].concat()).code, 0);
    let analysed = here.ran("data", &["analyse"]);
    assert_eq!(analysed.code, 0, "both at once: {}", analysed.err);
    for (data, named) in [("data", ["--programme", "initiative-1"]), ("data-clinics", clinics)] {
        assert!(here.exports(data, &named).iter().all(|form| !form.is_empty()));
    }
    assert!(
        here.folder.path().join("register/bavn.sqlite").exists() && here.folder.path().join("register.key").exists()
    );

    // Who says no to one is left alone by the other.
    assert_eq!(here.ran("data-clinics", &[&clinics[..], &["objection", "add", "+4534000050"]].concat()).code, 0);
    let found =
        here.ran("data", &["--programme", "initiative-1", "subject", "find", "+4534000050", "--purpose", "test"]);
    assert!(found.out.contains("common register"), "{} {}", found.out, found.err);
    assert!(found.out.contains("another programme"), "{}", found.out);

    // Each on its own address, with its own cookie.
    let ports = (free_port(), free_port());
    for (file, port) in [(&first, ports.0), (&second, ports.1)] {
        let text = std::fs::read_to_string(file).expect("a programme");
        std::fs::write(file, format!("{text}\n[serve]\nlisten = \"127.0.0.1:{port}\"\n")).expect("written");
    }
    let (config, data) = (here.path("config"), here.path("data"));
    let mut command = bavn(&["--config", &config, "--data", &data, "serve"]);
    let _child = Child(command.stderr(std::process::Stdio::null()).spawn().expect("starts"));
    let get = |port: u16| {
        use std::io::{Read as _, Write as _};
        let address = format!("127.0.0.1:{port}");
        wait_for(&address, 60);
        let mut stream = std::net::TcpStream::connect(&address).expect("connected");
        write!(stream, "GET /sign-in HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let (ads, places) = (get(ports.0), get(ports.1));
    assert!(ads.contains("bavn-form-initiative-1=") && places.contains("bavn-form-clinics="), "{ads}\n{places}");
    assert!(ads.contains(&format!("http://127.0.0.1:{}/", ports.1)), "the sign-in page leads to the other: {ads}");

    // Without its register a programme that shares one does not answer.
    std::fs::remove_file(here.folder.path().join("register.key")).expect("removed");
    let refused = here.ran("data", &["--programme", "initiative-1", "export", "entities"]);
    assert!(refused.code == 1 && refused.err.contains("its key is not"), "{}", refused.err);
}
