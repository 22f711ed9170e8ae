//! `bavn instrument`: the shipped forms, forms of other hands, pyxform's judgement, a form changed after its release.

use crate::support::{bavn, done, from_test_command, root, run};
use std::path::Path;
use std::process::Command;

fn python(arguments: &[&str]) -> String {
    let mut command = Command::new(from_test_command("BAVN_TEST_PYTHON"));
    command.arg(root().join("tests/instruments/forms.py")).args(arguments);
    done(&mut command).out
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn forms_go_out_to_pyxform_and_come_back_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    done(&mut bavn(&["init", "--config", text(&config)]));
    let ran = |arguments: &[&str]| run(&mut bavn(&[&["--config", text(&config), "instrument"], arguments].concat()));
    let listed = ran(&["list"]);
    assert!(listed.out.contains("clinic-visit") && listed.out.contains("not validated in Denmark"), "{}", listed.out);
    assert!(listed.out.contains("own-tool") && listed.out.contains("empty"), "{}", listed.out);
    let checked = ran(&["check"]);
    assert_eq!((checked.code, checked.out.as_str()), (0, "2 forms, 0 faults\n"), "{}", checked.err);

    for id in ["clinic-visit", "worker-labour"] {
        let file = folder.path().join(format!("{id}.xlsx"));
        assert_eq!(ran(&["export", id, text(&file)]).code, 0);
        let form = python(&["accept", text(&file)]);
        // Both languages, the skip logic, and the labels are there as pyxform understands them.
        assert!(form.contains("lang=\"Dansk (da)\"") && form.contains("lang=\"English (en)\""));
        assert!(form.contains("relevant=\" /data/consent  = 'yes'\""), "{form}");
        assert!(!form.contains("bavn_"), "bavn's own columns must not leak into the form");
        let again = ran(&["import", text(&file)]);
        assert!(again.code == 0 && again.err.contains("nothing to do"), "{}", again.err);
    }
    let shown = ran(&["show", "worker-labour", "--lang", "en"]);
    assert!(shown.out.contains("Retention of identity documents") && shown.out.contains("grade B"), "{}", shown.out);

    let forms = folder.path().join("forms");
    std::fs::create_dir(&forms).expect("a folder");
    python(&["write", text(&forms)]);
    for (name, id) in [("basic", "shops"), ("languages", "fruit-form"), ("older", "form"), ("cells", "cells")] {
        let file = forms.join(format!("{name}.xlsx"));
        let taken = ran(&["import", text(&file), "--add-consent"]);
        assert_eq!(taken.code, 0, "{name}: {}", taken.err);
        let checked = ran(&["check", id]);
        assert_eq!(checked.code, 0, "{name}: {}", checked.out);
        let out = folder.path().join("again.xlsx");
        assert_eq!(ran(&["export", id, text(&out)]).code, 0);
        python(&["accept", text(&out)]);
        let again = ran(&["import", text(&out)]);
        assert!(again.err.contains("nothing to do"), "{name}: {}", again.err);
    }
    let basic = ran(&["import", text(&forms.join("basic.xlsx")), "--id", "other"]);
    assert!(basic.err.contains("never asked") && basic.err.contains("asks for no consent"), "{}", basic.err);
    let refused = ran(&["import", text(&forms.join("repeat.xlsx"))]);
    assert!(refused.code == 1 && refused.err.contains("cell A2: repeats are not supported"), "{}", refused.err);
    let clash = ran(&["import", text(&forms.join("basic.xlsx")), "--id", "clinic-visit", "--form-version", "1"]);
    assert!(clash.code == 1 && clash.err.contains("--form-version N"), "{}", clash.err);
}

#[test]
fn an_institutions_own_tool_waits_for_consent_and_a_licence() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    done(&mut bavn(&["init", "--config", text(&config)]));
    python(&["write", text(folder.path())]);
    let file = folder.path().join("older.xlsx");
    let ran = |arguments: &[&str]| run(&mut bavn(&[&["--config", text(&config), "instrument"], arguments].concat()));
    assert_eq!(ran(&["import", text(&file), "--own-tool"]).code, 2, "no licence is wrong usage");
    let licence = ["--licence-holder", "Institute", "--licence-terms", "agreement 7", "--licence-until", "2020-01-31"];
    assert_eq!(ran(&[&["import", text(&file), "--own-tool"], &licence[..]].concat()).code, 0);
    assert!(!ran(&["list"]).out.contains("empty"));
    let ended = ran(&["check", "own-tool"]);
    assert!(ended.code == 1 && ended.out.contains("ended on 2020-01-31"), "{}", ended.out);

    let lines = folder.path().join("answers.jsonl");
    std::fs::write(&lines, "{}\n{\"bavn_consent\":\"no\",\"q1\":\"yes\"}\n{\"bavn_consent\":\"yes\",\"q1\":\"yes\"}\n")
        .expect("written");
    let tried = ran(&["try", "own-tool", text(&lines)]);
    let shown: Vec<serde_json::Value> =
        tried.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(shown[0]["next"], "bavn_consent");
    assert_eq!((&shown[1]["next"], &shown[1]["shown"]), (&"declined".into(), &serde_json::json!(["bavn_consent"])));
    assert_eq!(shown[2]["next"], "q2");
}

#[test]
fn a_form_changed_after_its_release_stops_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    done(&mut bavn(&["init", "--config", text(&config)]));
    let ran = |arguments: &[&str]| run(&mut bavn(&[&["--config", text(&config)], arguments].concat()));
    assert_eq!(ran(&["instrument", "release", "clinic-visit", "--by", "Ulla Test"]).code, 0);
    assert!(ran(&["instrument", "list"]).out.contains("released 20"));
    let file = config.join("instruments/clinic-visit/1.toml");
    let before = std::fs::read_to_string(&file).expect("a form");
    // A comment is no change; a question is.
    std::fs::write(&file, format!("# A remark.\n{before}")).expect("written");
    assert_eq!(ran(&["instrument", "check"]).code, 0);
    std::fs::write(&file, before.replace("Er du fyldt 18 år?", "Er du over 20 år?")).expect("written");
    for command in [&["instrument", "list"][..], &["programmes"]] {
        let refused = ran(command);
        assert!(refused.code == 1 && refused.err.contains("make the change in version 2"), "{}", refused.err);
    }
    std::fs::rename(&file, folder.path().join("1.toml")).expect("moved");
    let gone = ran(&["instrument", "list"]);
    assert!(gone.code == 1 && gone.err.contains("its file is gone"), "{}", gone.err);
}
