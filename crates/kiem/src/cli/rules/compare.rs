//! A decision beside what a scenario expects: only what the scenario names is compared.

use kiem_domain::promotion::{Decision, Sequence};
use serde::Serialize;

use super::scenario::Scenario;

/// One expectation that was not met.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Mismatch {
    /// The expectation, as the file names it.
    pub field: String,
    /// What the file expects.
    pub expected: String,
    /// What was decided.
    pub got: String,
}

/// Every expectation that was not met.
pub(super) fn mismatches(scenario: &Scenario, decision: &Decision) -> Vec<Mismatch> {
    let expect = &scenario.expect;
    let mut found = Found(Vec::new());
    found.text("state", expect.state.as_deref(), decision.state.as_str());
    found.optional("rule", &expect.rule, decision.rule.map(|rule| rule.to_string()));
    found.value("suppressed", expect.suppressed, decision.suppressed.is_some());
    found.text("sequence", expect.sequence.as_deref(), decision.sequence.as_str());
    found.value("needs_look", expect.needs_look, decision.needs_look.is_some());
    found.value("blocked", expect.blocked, decision.blocked_by.is_some());
    found.value("warmth", expect.warmth, decision.warmth);
    found.value("company_warmth", expect.company_warmth, decision.company_warmth);
    let paused_until = match decision.sequence {
        Sequence::Paused { until, .. } => until.map(|date| date.to_string()),
        _ => None,
    };
    found.optional("paused_until", &expect.paused_until, paused_until);
    found.optional(
        "nurture_until",
        &expect.nurture_until,
        decision.nurture_until.map(|date| date.to_string()),
    );
    let settle_at = decision.settle_at.map(|at| scenario.history.time_zone.to_datetime(at).to_string());
    found.optional("settle_at", &expect.settle_at, settle_at);
    let promoted_on = decision.promoted_on.map_or_else(|| "never".to_owned(), |date| date.to_string());
    found.text("promoted_on", expect.promoted_on.as_deref(), &promoted_on);
    if let Some(days) = &expect.evidence_on {
        let got: Vec<String> = decision.evidence.iter().map(|evidence| evidence.on.to_string()).collect();
        found.text("evidence_on", Some(&days.join(", ")), &got.join(", "));
    }
    for (number, grade) in &expect.grades {
        found.text(
            &format!("grades.{number}"),
            Some(grade),
            &click(scenario, decision, number, |c| c.grade.to_string()),
        );
    }
    for (number, rule) in &expect.click_rules {
        let got = click(scenario, decision, number, |c| c.rule.to_string());
        found.text(&format!("click_rules.{number}"), Some(rule), &got);
    }
    found.0
}

fn click(
    scenario: &Scenario,
    decision: &Decision,
    number: &str,
    say: impl FnOnce(&kiem_domain::engagement::click::GradedClick) -> String,
) -> String {
    let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let event = place.and_then(|place| scenario.clicks.get(place));
    let graded = event.and_then(|event| decision.grades.iter().find(|click| click.event == *event));
    graded.map_or_else(|| "no such click".to_owned(), say)
}

struct Found(Vec<Mismatch>);

impl Found {
    fn text(&mut self, field: &str, expected: Option<&str>, got: &str) {
        if let Some(expected) = expected.filter(|expected| *expected != got) {
            let mismatch =
                Mismatch { field: field.to_owned(), expected: expected.to_owned(), got: got.to_owned() };
            self.0.push(mismatch);
        }
    }

    fn value<T: PartialEq + std::fmt::Display>(&mut self, field: &str, expected: Option<T>, got: T) {
        let expected = expected.map(|expected| expected.to_string());
        self.text(field, expected.as_deref(), &got.to_string());
    }

    /// An expectation that may also be "nothing" (null in the file).
    fn optional(&mut self, field: &str, expected: &Option<Option<String>>, got: Option<String>) {
        let nothing = || "none".to_owned();
        let expected = expected.as_ref().map(|expected| expected.clone().unwrap_or_else(nothing));
        self.text(field, expected.as_deref(), &got.unwrap_or_else(nothing));
    }
}
