//! `kiem rules test` as a person runs it: the program itself, on files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/promotion-scenarios")
}

fn kiem(arguments: &[&str], path: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kiem"))
        .args(["rules", "test"])
        .args(arguments)
        .arg(path)
        .output()
        .unwrap()
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn files() -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(scenarios()).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap())
        })
        .collect()
}

#[test]
fn all_our_scenarios_are_decided_as_they_expect() {
    let output = kiem(&["--json"], &scenarios());
    let report = json_of(&output);
    let reports = report["files"].as_array().unwrap();
    let failed: Vec<&Value> = reports.iter().filter(|file| file["outcome"] != "passed").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(output.status.success());
    assert!(report["passed"].as_u64().unwrap() >= 150);
    let noted: Vec<&Value> = reports.iter().filter(|file| file["warnings"] != json!([])).collect();
    assert!(noted.is_empty(), "a field of a scenario is not read: {noted:#?}");
}

#[test]
fn order_and_repetition_of_events_change_no_outcome() {
    let folder = folder("rules-shuffled");
    for (name, mut scenario) in files() {
        let events = scenario["events"].as_array_mut().unwrap();
        // Clicks of the same instant are numbered by their place in the file, so that place must stay.
        let is_click_pair = |pair: &[Value]| pair[0]["type"] == "click" && pair[0]["at"] == pair[1]["at"];
        if !events.windows(2).any(is_click_pair) {
            events.reverse();
        }
        let again = events.clone();
        events.extend(again);
        std::fs::write(folder.join(name), scenario.to_string()).unwrap();
    }
    let output = kiem(&["--json"], &folder);
    let report = json_of(&output);
    assert_eq!(report["failed"], 0, "{report:#}");
    assert!(output.status.success());
}

#[test]
fn every_rule_every_label_and_every_event_has_a_story() {
    let all: String = files().into_iter().map(|(_, scenario)| scenario.to_string()).collect();
    for rule in ["R1", "R2", "R3", "R4", "R5", "R6"] {
        assert!(all.contains(&format!("\"rule\":\"{rule}\"")), "{rule} never fires");
    }
    for label in kiem_domain::engagement::reply::ReplyLabel::ALL {
        // Bounces and complaints have events of their own.
        if !matches!(label.as_str(), "bounce" | "complaint") {
            assert!(all.contains(&format!("\"label\":\"{label}\"")), "no story with the label {label}");
        }
    }
    for n in 1..=10 {
        assert!(all.contains(&format!("\"C{n}\"")), "no story with the click rule C{n}");
    }
    for kind in ["open", "bounce", "complaint", "objection", "unsubscribe_view", "override", "undo_promotion"]
    {
        assert!(all.contains(&format!("\"type\":\"{kind}\"")), "no story with {kind}");
    }
}

#[test]
fn a_mismatch_is_shown_and_fails() {
    let scenario = json!({
        "name": "wrongly expected",
        "events": [
            { "at": "2027-02-01T10:00:00+01:00", "type": "delivered", "message": "a" },
            { "at": "2027-02-02T10:00:00+01:00", "type": "click", "link": "x", "colour": "red" },
        ],
        "expect": { "state": "prospect", "rule": "R4", "grades": { "1": "machine", "2": "machine" } },
    });
    let file = folder("rules-mismatch").join("one.json");
    std::fs::write(&file, scenario.to_string()).unwrap();
    let output = kiem(&[], &file);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success());
    for line in [
        "MISMATCH  state: expected prospect, got lead",
        "MISMATCH  rule: expected R4, got none",
        "MISMATCH  grades.1: expected machine, got human_likely",
        "MISMATCH  grades.2: expected machine, got no such click",
        "note      event 2 (click): the field 'colour' is not known and not used",
        "0 passed, 1 failed",
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
}

#[test]
fn what_cannot_be_read_is_said_in_a_sentence_and_fails() {
    let folder = folder("rules-unreadable");
    let event = |fields: &str| format!(r#"{{"events": [{{"at": "2027-02-01T10:00:00+01:00", {fields}}}]}}"#);
    let cases = [
        ("{".to_owned(), "this is not a scenario"),
        ("[]".to_owned(), "this is not a scenario"),
        (r#"{"time_zone": "Europe/Zwolle"}"#.to_owned(), "'Europe/Zwolle' is not the name of a time zone"),
        (r#"{"config": {"case_page_min": 2}}"#.to_owned(), "there is no threshold called 'case_page_min'"),
        (r#"{"config": {"case_pages_min": 1.5}}"#.to_owned(), "must be a whole number"),
        (r#"{"config": {"r6_enabled": "yes"}}"#.to_owned(), "must be a number or true or false"),
        (r#"{"lead": {"email": "eva"}}"#.to_owned(), "the address needs exactly one @"),
        (r#"{"decide_at": "soon"}"#.to_owned(), "'soon' is not a time"),
        (r#"{"expect": {"stat": "lead"}}"#.to_owned(), "unknown field `stat`"),
        (r#"{"events": [{"at": "2027-02-01T10:00:00+01:00"}]}"#.to_owned(), "event 1 has no 'type'"),
        (r#"{"events": [{"type": "open"}]}"#.to_owned(), "event 1 has no 'at'"),
        (r#"{"events": [7]}"#.to_owned(), "event 1 is not an object"),
        (event(r#""type": "opened""#), "event 1 (opened): 'opened' is not an event that is known"),
        (
            event(r#""type": "reply", "label": "maybe""#),
            "event 1 (reply): 'maybe' is not a label that is known",
        ),
        (event(r#""type": "reply""#), "event 1 (reply): missing field `label`"),
        (event(r#""type": "reply", "label": "other", "match": "M9""#), "'m9' is not a match that is known"),
        (event(r#""type": "click", "network": "dark""#), "'dark' is not a network that is known"),
        (
            event(r#""type": "session", "pages": [{"trusted_events": -1}]"#),
            "event 1 (session): invalid value",
        ),
    ];
    for (place, (text, sentence)) in cases.into_iter().enumerate() {
        let file = folder.join(format!("{place}.json"));
        std::fs::write(&file, &text).unwrap();
        let output = kiem(&["--json"], &file);
        let report = json_of(&output);
        assert!(!output.status.success(), "{text}");
        assert_eq!(report["files"][0]["outcome"], "unreadable", "{text}");
        let error = report["files"][0]["error"].as_str().unwrap();
        assert!(error.contains(sentence), "{text}: {error}");
    }
}

#[test]
fn other_files_are_left_out_and_empty_places_are_mistakes() {
    let folder = folder("rules-folders");
    let says = |output: &Output, sentence: &str| String::from_utf8_lossy(&output.stdout).contains(sentence);
    let empty = kiem(&[], &folder);
    assert!(!empty.status.success() && says(&empty, "there are no scenario files (*.json) in this folder"));
    let nowhere = kiem(&[], &folder.join("nowhere"));
    assert!(!nowhere.status.success() && says(&nowhere, "there is no file or folder here"));
    std::fs::write(folder.join("README.md"), "text").unwrap();
    std::fs::create_dir(folder.join("deeper")).unwrap();
    std::fs::write(folder.join("deeper/a.json"), r#"{"expect": {"state": "lead"}}"#).unwrap();
    let found = kiem(&["--lang", "nl"], &folder);
    assert!(found.status.success() && says(&found, "1 passed, 0 failed"));
    assert!(says(&found, "why       Lead: nog niets dat telt."));
    let only_other = kiem(&[], &folder.join("README.md"));
    assert!(!only_other.status.success() && says(&only_other, "this is not a scenario file"));
}
