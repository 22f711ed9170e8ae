//! What is deployed: the units under systemd's own checks, the container file under hadolint, the compose file's promises, and
//! that each file and test that docs/asvs.md names is there.

use crate::support::{from_test_command, root};
use std::process::{Command, Output};

fn ran(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; run the tests by ./test"))
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

const UNITS: [&str; 2] = ["bavn.service", "bavn-crawl@.service"];

#[test]
fn systemd_accepts_the_units_and_finds_them_well_sandboxed() {
    let folder = tempfile::tempdir().expect("a folder");
    for unit in UNITS {
        let text = std::fs::read_to_string(root().join("deploy/systemd").join(unit)).expect("a unit");
        // The program is looked for where it would be installed: here it stands elsewhere.
        let here = text.replace("/usr/bin/bavn", env!("CARGO_BIN_EXE_bavn"));
        let path = folder.path().join(unit);
        std::fs::write(&path, here).expect("written");
        let verified = ran(Command::new("systemd-analyze").arg("verify").arg(&path));
        assert!(verified.status.success() && told(&verified).trim().is_empty(), "{unit}: {}", told(&verified));
        let security =
            ran(Command::new("systemd-analyze").args(["security", "--offline=true", "--threshold=15"]).arg(&path));
        assert!(security.status.success(), "{unit}: exposed at more than 1.5 of 10\n{}", told(&security));
    }
}

#[test]
fn the_container_file_passes_hadolint_and_the_program_runs_as_nobody_special() {
    let python = from_test_command("BAVN_TEST_PYTHON");
    let hadolint = std::path::Path::new(&python).with_file_name("hadolint");
    let file = root().join("deploy/Containerfile");
    let linted = ran(Command::new(hadolint).arg(&file));
    assert!(linted.status.success(), "{}", told(&linted));
    let text = std::fs::read_to_string(file).expect("the file");
    assert!(text.contains("\nUSER 10001\n"));
}

#[test]
fn the_compose_file_keeps_its_promises() {
    let script = r#"
import sys, yaml
whole = yaml.safe_load(open(sys.argv[1]))
services = whole["services"]
assert set(services) == {"db", "bavn", "crawler", "proxy"}, services.keys()
for name in ("bavn", "crawler"):
    one = services[name]
    assert one["read_only"] and one["cap_drop"] == ["ALL"] and "no-new-privileges:true" in one["security_opt"], name
    assert one["secrets"][0]["source"] == "master.key" and "ports" not in one, name
assert services["crawler"]["deploy"]["replicas"] >= 2
assert whole["networks"]["inside"]["internal"] is True and services["db"]["networks"] == ["inside"]
assert [name for name in services if "ports" in services[name]] == ["proxy"], "one door"
assert "BAVN_MASTER_KEY=" not in open(sys.argv[1]).read()
"#;
    let mut python = Command::new(from_test_command("BAVN_TEST_PYTHON"));
    let checked = ran(python.args(["-c", script]).arg(root().join("deploy/compose/compose.yaml")));
    assert!(checked.status.success(), "{}", told(&checked));
}

/// Every name between backticks in the column of evidence: a file of the repository, or `file::test`.
#[test]
fn each_test_and_file_that_the_asvs_table_names_is_there() {
    let text = std::fs::read_to_string(root().join("docs/asvs.md")).expect("docs/asvs.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| V")).collect();
    assert!(rows.len() > 150, "the table has only {} rows", rows.len());
    let mut named = 0;
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [number, _, state, evidence] = cells.as_slice() else { panic!("four cells: {row}") };
        assert!(["met", "partly", "not met", "n/a"].contains(state), "{number}: {state}");
        let names: Vec<&str> = evidence.split('`').skip(1).step_by(2).collect();
        assert!(*state != "met" || !names.is_empty(), "{number} is said to be met and names nothing that shows it");
        for name in names {
            let (file, test) = name.split_once("::").unwrap_or((name, ""));
            let path = root().join(file);
            assert!(path.exists(), "{number}: {file} is not there");
            if !test.is_empty() {
                let text = std::fs::read_to_string(&path).expect("a file of text");
                assert!(
                    text.contains(&format!("fn {test}(")) || text.contains(&format!("{test}(test)")),
                    "{number}: {name}"
                );
                named += 1;
            }
        }
    }
    assert!(named > 40, "only {named} tests are named");
}
