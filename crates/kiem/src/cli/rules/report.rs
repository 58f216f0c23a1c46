//! What `kiem rules test` prints.

use std::io::Write;
use std::path::Path;

use kiem_domain::locale::Lang;
use kiem_domain::promotion::{Decision, Evidence, Sequence, What, explain};
use serde::Serialize;

use super::compare::Mismatch;
use super::scenario::Scenario;

/// How a file fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Everything is as expected.
    Passed,
    /// Something is not.
    Failed,
    /// The file is no scenario.
    Unreadable,
}

/// One file with its decision.
#[derive(Debug, Serialize)]
pub(super) struct FileReport {
    file: String,
    /// How it fared.
    pub outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionReport>,
    mismatches: Vec<Mismatch>,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct DecisionReport {
    name: String,
    state: &'static str,
    rule: Option<String>,
    sequence: &'static str,
    paused_until: Option<String>,
    suppressed: bool,
    blocked: bool,
    needs_look: Option<String>,
    nurture_until: Option<String>,
    settle_at: Option<String>,
    warmth: u8,
    company_warmth: u8,
    config_version: u32,
    evidence: Vec<EvidenceReport>,
    grades: Vec<GradeReport>,
    explanation: String,
}

#[derive(Debug, Serialize)]
struct EvidenceReport {
    event: String,
    at: String,
    what: String,
}

#[derive(Debug, Serialize)]
struct GradeReport {
    click: usize,
    grade: &'static str,
    rule: &'static str,
    provisional: bool,
}

#[derive(Debug, Serialize)]
struct Summary<'a> {
    passed: usize,
    failed: usize,
    files: &'a [FileReport],
}

impl FileReport {
    /// A file that could not be read, with a sentence that says why.
    pub fn unreadable(path: &Path, sentence: String) -> Self {
        Self {
            file: path.display().to_string(),
            outcome: Outcome::Unreadable,
            error: Some(sentence),
            decision: None,
            mismatches: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// A file whose scenario was decided.
    pub fn decided(
        path: &Path,
        scenario: &Scenario,
        decision: &Decision,
        mismatches: Vec<Mismatch>,
        lang: Lang,
    ) -> Self {
        Self {
            file: path.display().to_string(),
            outcome: if mismatches.is_empty() { Outcome::Passed } else { Outcome::Failed },
            error: None,
            decision: Some(decision_report(scenario, decision, lang)),
            mismatches,
            warnings: scenario.warnings.clone(),
        }
    }
}

fn decision_report(scenario: &Scenario, decision: &Decision, lang: Lang) -> DecisionReport {
    let local = |at: jiff::Timestamp| scenario.history.time_zone.to_datetime(at).to_string();
    let evidence = decision.evidence.iter().map(|evidence| EvidenceReport {
        event: evidence.event.to_string(),
        at: local(evidence.at),
        what: what(evidence),
    });
    let grades = scenario.clicks.iter().enumerate().filter_map(|(place, event)| {
        let graded = decision.grades.iter().find(|click| click.event == *event)?;
        let (grade, rule) = (graded.grade.as_str(), graded.rule.as_str());
        Some(GradeReport { click: place + 1, grade, rule, provisional: graded.is_provisional })
    });
    DecisionReport {
        name: scenario.name.clone(),
        state: decision.state.as_str(),
        rule: decision.rule.map(|rule| rule.to_string()),
        sequence: decision.sequence.as_str(),
        paused_until: match decision.sequence {
            Sequence::Paused { until, .. } => until.map(|date| date.to_string()),
            _ => None,
        },
        suppressed: decision.suppressed.is_some(),
        blocked: decision.blocked_by.is_some(),
        needs_look: decision.needs_look.as_ref().map(|look| look.reason.to_string()),
        nurture_until: decision.nurture_until.map(|date| date.to_string()),
        settle_at: decision.settle_at.map(local),
        warmth: decision.warmth,
        company_warmth: decision.company_warmth,
        config_version: decision.config_version,
        evidence: evidence.collect(),
        grades: grades.collect(),
        explanation: explain(decision, lang),
    }
}

fn what(evidence: &Evidence) -> String {
    match &evidence.what {
        What::Reply { label, by } => format!("reply: {label} (by {by})"),
        What::Invitation(answer) => format!("invitation: {answer}"),
        What::Booking => "appointment".to_owned(),
        What::QuoteForm => "quote form".to_owned(),
        What::CasePage { path } => format!("case study read: {path}"),
        What::CaseClick => "case study link opened".to_owned(),
        What::Visit => "visit".to_owned(),
        What::Warmth(kind) => format!("warmth: {kind}"),
        What::Override { by } => format!("decided by {by}"),
    }
}

/// Writes the report as text or as one JSON object.
pub(super) fn write(out: &mut impl Write, reports: &[FileReport], as_json: bool) -> anyhow::Result<()> {
    let passed = reports.iter().filter(|report| report.outcome == Outcome::Passed).count();
    let failed = reports.len() - passed;
    if as_json {
        serde_json::to_writer_pretty(&mut *out, &Summary { passed, failed, files: reports })?;
        writeln!(out)?;
        return Ok(());
    }
    for report in reports {
        write_file(out, report)?;
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
    Ok(())
}

fn write_file(out: &mut impl Write, report: &FileReport) -> std::io::Result<()> {
    let mark = if report.outcome == Outcome::Passed { "ok  " } else { "FAIL" };
    writeln!(out, "{mark} {}", report.file)?;
    if let Some(error) = &report.error {
        writeln!(out, "     {error}")?;
    }
    if let Some(decision) = &report.decision {
        write_decision(out, decision)?;
    }
    for warning in &report.warnings {
        writeln!(out, "     note      {warning}")?;
    }
    for Mismatch { field, expected, got } in &report.mismatches {
        writeln!(out, "     MISMATCH  {field}: expected {expected}, got {got}")?;
    }
    Ok(())
}

fn write_decision(out: &mut impl Write, decision: &DecisionReport) -> std::io::Result<()> {
    writeln!(out, "     name      {}", decision.name)?;
    let mut facts = vec![decision.state.to_owned(), format!("sequence {}", decision.sequence)];
    facts.extend(decision.suppressed.then(|| "suppressed".to_owned()));
    facts.extend(decision.blocked.then(|| "soft rules blocked".to_owned()));
    facts.extend(decision.needs_look.as_ref().map(|reason| format!("needs a look ({reason})")));
    facts.push(format!("warmth {}", decision.warmth));
    writeln!(out, "     decision  {}", facts.join(", "))?;
    writeln!(out, "     rule      {}", decision.rule.as_deref().unwrap_or("none"))?;
    if decision.evidence.is_empty() {
        writeln!(out, "     evidence  none")?;
    }
    for evidence in &decision.evidence {
        writeln!(out, "     evidence  {}  {}", evidence.at, evidence.what)?;
    }
    for GradeReport { click, grade, rule, .. } in &decision.grades {
        writeln!(out, "     click {click:<4}{grade} ({rule})")?;
    }
    writeln!(out, "     why       {}", decision.explanation)
}
