//! `kiem plan` through the binary.

use std::process::{Command, Output};

use serde_json::Value;

fn plan(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kiem"))
        .arg("plan")
        .args(arguments)
        .env("LANG", "C.UTF-8")
        .output()
        .expect("the program starts")
}

const BASE: [&str; 8] =
    ["--goal", "300000", "--deal", "12000", "--prospect-to-customer", "0.20", "--lead-to-prospect", "0.03"];

fn json(more: &[&str]) -> Value {
    let output = plan(&[&BASE[..], &["--json", "--year", "2026"], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn twenty_percent_means_five_prospects_for_one_customer() {
    let plan = json(&[]);
    assert_eq!(plan["customers"], 25);
    assert_eq!(plan["opportunities"], 63);
    assert_eq!(plan["prospects"], 125);
    assert_eq!(plan["leads"], 4167);
    assert_eq!(plan["mails"], 10418);
    assert_eq!(plan["assumptions"]["opportunity_to_customer"], 0.4);
    for (list, n) in [("months", 12), ("quarters", 4)] {
        let list = plan[list].as_array().expect("a list");
        assert_eq!(list.len(), n);
        for step in ["customers", "opportunities", "prospects", "leads", "mails"] {
            let sum: u64 = list.iter().map(|one| one[step].as_u64().expect("a count")).sum();
            assert_eq!(plan[step], sum, "{step}");
        }
    }
}

#[test]
fn the_share_of_opportunities_changes_only_the_opportunities() {
    let plan = json(&["--opportunity-share", "30%"]);
    assert_eq!((&plan["prospects"], &plan["opportunities"]), (&125.into(), &38.into()));
}

#[test]
fn the_table_speaks_both_languages() {
    let words = |more: &[&str]| {
        let output = plan(&[&BASE[..], &["--year", "2026"], more].concat());
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("text")
    };
    let english = words(&[]);
    assert!(english.contains("Customers") && english.contains("4,167"), "{english}");
    let dutch = words(&["--lang", "nl"]);
    assert!(dutch.contains("Klanten") && dutch.contains("4.167") && dutch.contains("2026 Q4"), "{dutch}");
}

#[test]
fn what_is_no_plan_is_refused_in_words() {
    let cases: [(&[&str], &str); 4] = [
        (
            &["--goal", "0", "--deal", "1", "--prospect-to-customer", "0.2", "--lead-to-prospect", "0.1"],
            "--goal",
        ),
        (
            &["--goal", "1", "--deal", "x", "--prospect-to-customer", "0.2", "--lead-to-prospect", "0.1"],
            "--deal",
        ),
        (
            &["--goal", "1", "--deal", "1", "--prospect-to-customer", "1.2", "--lead-to-prospect", "0.1"],
            "is not a ratio",
        ),
        (
            &[
                "--goal",
                "1",
                "--deal",
                "1",
                "--prospect-to-customer",
                "0.5",
                "--lead-to-prospect",
                "0.1",
                "--opportunity-share",
                "0.4",
            ],
            "every customer was an opportunity first",
        ),
    ];
    for (arguments, words) in cases {
        let output = plan(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}
