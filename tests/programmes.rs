//! Several programmes in one installation: each has its store, and none changes anything of another.

use crate::support::{Ran, bavn, done, root, run};
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
