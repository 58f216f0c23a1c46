use std::io::Write as _;

use kiem_domain::intent::Model;

use super::*;

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/intent").join(path)
}

/// A file that removes itself.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("kiem-intent-{}-{name}", std::process::id()));
        File::create(&path).unwrap().write_all(content).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing depends on it: the folder is the system's own scratch space.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn error_of(name: &str, content: &[u8]) -> String {
    let file = Scratch::new(name, content);
    match read_replies(&file.0) {
        Ok(replies) => format!("no error, {} replies", replies.len()),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn the_committed_model_was_trained_on_the_committed_texts() {
    let files = training_files(&data("train")).unwrap();
    assert_eq!(
        intent::built_in().digest(),
        intent::training_digest(&files),
        "texts, phrases or features changed: run `kiem intent train`"
    );
}

#[test]
fn the_model_file_is_small() {
    let bytes = std::fs::read(data("model.bin")).unwrap();
    assert!(bytes.len() <= 2 * 1024 * 1024, "{} bytes", bytes.len());
    assert!(Model::from_bytes(&bytes).is_ok());
}

#[test]
fn the_built_in_model_keeps_its_level_on_replies_that_nobody_learned_from() {
    let today: Date = "2026-11-28".parse().unwrap();
    let mut scores = Scores::default();
    for reply in read_replies(&data("blind.jsonl")).unwrap() {
        let answer = intent::classify(&stripped(&reply.text), today, intent::built_in());
        let truth = reply.label.unwrap();
        let is_missed = truth == Label::Unsubscribe && answer.label != truth;
        assert!(!is_missed || answer.needs_look, "an opt-out that nobody would see: {}", reply.text);
        scores.add(truth, answer.label, answer.needs_look);
    }
    assert!(scores.accuracy() >= Some(0.85), "{:?}", scores.accuracy());
    assert!(scores.macro_f1() >= Some(0.85), "{:?}", scores.macro_f1());
    assert!(scores.needs_look_share() <= Some(0.30), "{:?}", scores.needs_look_share());
    assert!(scores.n_sure_and_wrong() * 33 <= scores.n_all(), "{}", scores.n_sure_and_wrong());
}

/// Scores the built-in model on a file; every opt-out in it must be found.
fn scores_of(name: &str) -> Scores {
    let today: Date = "2026-11-04".parse().unwrap();
    let mut scores = Scores::default();
    for reply in read_replies(&data(name)).unwrap() {
        let answer = intent::classify(&stripped(&reply.text), today, intent::built_in());
        let truth = reply.label.unwrap();
        if truth == Label::Unsubscribe {
            assert_eq!(answer.label, Label::Unsubscribe, "{}", reply.text);
        } else if answer.label == Label::Unsubscribe {
            assert!(answer.needs_look, "an opt-out for sure: {}", reply.text);
        }
        scores.add(truth, answer.label, answer.needs_look);
    }
    scores
}

/// The replies of these files are in no training file.
#[test]
fn the_built_in_model_keeps_the_level_of_the_regression_file() {
    let scores = scores_of("regression.jsonl");
    assert!(scores.accuracy() >= Some(0.93), "{:?}", scores.accuracy());
    assert!(scores.macro_f1() >= Some(0.93), "{:?}", scores.macro_f1());
    assert!(scores.needs_look_share() <= Some(0.12), "{:?}", scores.needs_look_share());
    assert!(scores.n_sure_and_wrong() * 50 <= scores.n_all(), "{}", scores.n_sure_and_wrong());
}

#[test]
fn the_built_in_model_keeps_its_level_on_replies_of_another_author() {
    let scores = scores_of("unseen.jsonl");
    assert!(scores.accuracy() >= Some(0.95), "{:?}", scores.accuracy());
    assert!(scores.macro_f1() >= Some(0.95), "{:?}", scores.macro_f1());
    assert!(scores.needs_look_share() <= Some(0.15), "{:?}", scores.needs_look_share());
    assert!(scores.n_sure_and_wrong() * 50 <= scores.n_all(), "{}", scores.n_sure_and_wrong());
}

#[test]
fn no_measured_reply_is_trained_on() {
    let files = training_files(&data("train")).unwrap();
    let known: std::collections::HashSet<String> = files
        .iter()
        .filter(|(name, _)| name.ends_with(".jsonl"))
        .flat_map(|(name, _)| read_replies(&data("train").join(name)).unwrap())
        .map(|reply| reply.text)
        .collect();
    let measured =
        ["regression.jsonl", "unseen.jsonl", "blind.jsonl"].map(|name| read_replies(&data(name)).unwrap());
    // A bare "Unsubscribe" is the same in every collection.
    let copies = measured.into_iter().flatten().map(|r| r.text).filter(|text| text.len() > 40);
    let copied: Vec<String> = copies.filter(|text| known.contains(text)).collect();
    assert_eq!(copied, Vec::<String>::new());
}

#[test]
fn bad_lines_are_named_by_their_number() {
    let good = r#"{"id":"1","text":"Ja graag","label":"interested"}"#;
    let cases = [
        ("not-json", format!("{good}\n\nnonsense\n"), "line 3"),
        ("no-text", format!("{good}\n{{\"id\":\"2\"}}\n"), "missing field `text`"),
        (
            "label",
            format!("{good}\n{{\"id\":\"2\",\"text\":\"x\",\"label\":\"maybe\"}}\n"),
            "'maybe' is not one of the labels",
        ),
        (
            "date",
            format!("{good}\n{{\"id\":\"2\",\"text\":\"x\",\"date\":\"soon\"}}\n"),
            "'soon' is not a date",
        ),
        ("array", "[1,2]\n".to_owned(), "line 1"),
        ("empty", "\n\n".to_owned(), "there are no replies"),
        (
            "long",
            format!("{good}\n{}\n", "x".repeat(LINE_BYTES_MAX as usize + 1)),
            "line 2: the line is longer",
        ),
    ];
    for (name, content, want) in cases {
        let error = error_of(name, content.as_bytes());
        assert!(error.contains(want), "{name}: {error}");
    }
    assert!(error_of("latin1", b"{\"id\":\"1\",\"text\":\"caf\xe9\"}\n").contains("line 1: not UTF-8"));
    assert!(read_replies(Path::new("no-such-file.jsonl")).is_err());
}

#[test]
fn a_report_has_the_promised_fields() {
    let content = concat!(
        "\u{feff}{\"id\":\"a\",\"lang\":\"nl\",\"text\":\"Haal me van de lijst\",\"label\":\"unsubscribe\"}\r\n",
        "{\"id\":\"b\",\"lang\":\"en\",\"text\":\"Not now, try me in March\",\"date\":\"2026-11-04\"}\n",
    );
    let file = Scratch::new("report.jsonl", content.as_bytes());
    let replies = read_replies(&file.0).unwrap();
    let report = serde_json::to_value(evaluate(&replies, "2026-11-04".parse().unwrap()).1).unwrap();
    assert_eq!(report["accuracy"], 1.0);
    assert_eq!(report["macro_f1"], 1.0);
    assert_eq!(report["labels"]["unsubscribe"]["recall"], 1.0);
    assert_eq!(report["labels"]["question"]["recall"], serde_json::Value::Null);
    assert_eq!(report["confusion"]["unsubscribe"]["unsubscribe"], 1);
    assert!(report["needs_look_share"].is_number());
    let second = &report["predictions"][1];
    assert_eq!((second["id"].as_str(), second["label"].as_str()), (Some("b"), Some("not_now")));
    assert_eq!(second["flags"]["date"], "2027-03-01");
    assert_eq!(second["flags"]["postponed"], true);
    assert!(second["probability"].is_number() && second["needs_look"].is_boolean());
}

#[test]
fn without_labels_there_are_no_scores() {
    let file = Scratch::new("unlabelled.jsonl", b"{\"id\":\"a\",\"text\":\"Ja graag\"}\n");
    let replies = read_replies(&file.0).unwrap();
    let (scores, report) = evaluate(&replies, "2026-11-04".parse().unwrap());
    let value = serde_json::to_value(report).unwrap();
    assert_eq!(
        (&value["accuracy"], &value["macro_f1"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    assert_eq!(value["predictions"].as_array().map(Vec::len), Some(1));
    assert!(tables(&scores, 1, 0.0).contains("accuracy              -"));
}
