//! `kiem intent eval` and `kiem intent train`: how well replies are understood, on files of labelled replies.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_domain::inbound::strip::strip;
use kiem_domain::intent::score::Scores;
use kiem_domain::intent::train::{Example, Settings, train};
use kiem_domain::intent::{self, Classification, Label};
use serde::{Deserialize, Serialize};

use crate::engine::Clock;

/// Longest line of a file of replies.
const LINE_BYTES_MAX: u64 = 1024 * 1024;
/// Most lines of a file of replies.
const LINES_MAX: usize = 1_000_000;

/// `kiem intent ...`.
#[derive(Debug, Args)]
pub struct Intent {
    #[command(subcommand)]
    command: IntentCommand,
}

#[derive(Debug, Subcommand)]
enum IntentCommand {
    /// Classify the replies of a JSON Lines file ({"id","lang","text","label"}) and score the answers.
    Eval(EvalArgs),
    /// Train the built-in model again from labelled replies.
    Train(TrainArgs),
}

/// Arguments of `kiem intent eval`.
#[derive(Debug, Args)]
struct EvalArgs {
    /// One JSON object a line: "id", "text" (the raw reply), and if known "label", "lang", "date" (day received).
    file: PathBuf,
    /// Print one JSON object instead of tables.
    #[arg(long)]
    json: bool,
    /// The day on which the replies came in, for "next week"; a "date" in the line wins. Default: today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

/// Arguments of `kiem intent train`.
#[derive(Debug, Args)]
struct TrainArgs {
    /// Folder with *.jsonl files of labelled replies.
    #[arg(long, default_value = "data/intent/train")]
    data: PathBuf,
    /// The model file to write.
    #[arg(long, default_value = "data/intent/model.bin")]
    out: PathBuf,
    /// Parts for cross validation.
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// Fixes the order of the examples: the same seed and texts give the same file.
    #[arg(long, default_value_t = 20)]
    seed: u64,
    /// Score the new model on this file as well; its replies are not trained on.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// Also list the replies that were answered wrong.
    #[arg(long)]
    mistakes: bool,
}

/// Runs a subcommand.
///
/// # Errors
/// A sentence for the person at the keyboard.
pub fn run(intent: &Intent) -> anyhow::Result<ExitCode> {
    match &intent.command {
        IntentCommand::Eval(args) => eval(args)?,
        IntentCommand::Train(args) => train_model(args)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// One line of a file of replies.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    text: String,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    date: Option<String>,
}

struct LabelledReply {
    id: String,
    text: String,
    label: Option<Label>,
    received_on: Option<Date>,
}

fn read_replies(path: &Path) -> anyhow::Result<Vec<LabelledReply>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut reader = BufReader::new(file);
    let mut replies = Vec::new();
    for number in 1.. {
        let place = || format!("{}, line {number}", path.display());
        let mut bytes = Vec::new();
        let n_bytes =
            (&mut reader).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut bytes).with_context(place)?;
        if n_bytes == 0 {
            break;
        }
        if n_bytes as u64 > LINE_BYTES_MAX {
            bail!("{}: the line is longer than {LINE_BYTES_MAX} bytes", place());
        }
        if number > LINES_MAX {
            bail!("{}: a file may have at most {LINES_MAX} lines", place());
        }
        let text = std::str::from_utf8(&bytes).with_context(|| format!("{}: not UTF-8 text", place()))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if !text.is_empty() {
            replies.push(parse_line(text).with_context(place)?);
        }
    }
    if replies.is_empty() {
        bail!("{}: there are no replies in this file", path.display());
    }
    Ok(replies)
}

fn parse_line(text: &str) -> anyhow::Result<LabelledReply> {
    let line: Line = serde_json::from_str(text).map_err(|error| {
        // The place that the parser adds counts within this one line; the caller says which line it is.
        let error = error.to_string();
        let reason = error.split(" at line ").next().unwrap_or_default();
        anyhow!("expected a JSON object with \"id\" and \"text\": {reason}")
    })?;
    let label = line.label.map(|name| {
        let names = Label::ALL.iter().map(|l| l.as_str()).collect::<Vec<_>>().join(", ");
        name.parse::<Label>().with_context(|| format!("'{name}' is not one of the labels {names}"))
    });
    let received_on =
        line.date.map(|date| date.parse::<Date>().with_context(|| format!("'{date}' is not a date")));
    Ok(LabelledReply {
        id: line.id,
        text: line.text,
        label: label.transpose()?,
        received_on: received_on.transpose()?,
    })
}

// Output of `eval --json`: its own types, so that a change inside cannot change the format.

#[derive(Serialize)]
struct Report {
    accuracy: Option<f64>,
    macro_f1: Option<f64>,
    labels: BTreeMap<&'static str, LabelReport>,
    confusion: BTreeMap<&'static str, BTreeMap<&'static str, u32>>,
    needs_look_share: f64,
    n_replies: usize,
    n_labelled: u32,
    n_wrong_without_look: u32,
    predictions: Vec<Prediction>,
}

#[derive(Serialize)]
struct LabelReport {
    precision: Option<f64>,
    recall: Option<f64>,
    f1: Option<f64>,
    n_true: u32,
}

#[derive(Serialize)]
struct Prediction {
    id: String,
    label: &'static str,
    probability: f64,
    margin: f64,
    by: &'static str,
    needs_look: bool,
    flags: FlagsReport,
    why: Vec<String>,
}

#[derive(Serialize)]
struct FlagsReport {
    date: Option<String>,
    person: Option<PersonReport>,
    phone: Option<String>,
    price_asked: bool,
    postponed: bool,
}

#[derive(Serialize)]
struct PersonReport {
    name: Option<String>,
    email: Option<String>,
}

fn prediction(id: &str, answer: Classification) -> Prediction {
    let flags = answer.flags;
    Prediction {
        id: id.to_owned(),
        label: answer.label.as_str(),
        probability: rounded(answer.probability),
        margin: rounded(answer.margin),
        by: answer.by.as_str(),
        needs_look: answer.needs_look,
        flags: FlagsReport {
            date: flags.date.map(|date| date.to_string()),
            person: flags.person.map(|p| PersonReport { name: p.name, email: p.email }),
            phone: flags.phone,
            price_asked: flags.price_asked,
            postponed: flags.postponed,
        },
        why: answer.why,
    }
}

/// Four digits say all that a probability can say.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 10_000.0).round() / 10_000.0
}

/// What the other side wrote itself.
fn stripped(body: &str) -> String {
    strip(body, None).text
}

fn today_of(given: Option<Date>) -> Date {
    given.unwrap_or_else(|| Clock::System.now().to_zoned_datetime(TimeZone::UTC).date())
}

/// Classifies every reply; one received on an unknown day counts as received `today`.
fn evaluate(replies: &[LabelledReply], today: Date) -> (Scores, Report) {
    let mut scores = Scores::default();
    let mut n_needs_look = 0_usize;
    let mut predictions = Vec::with_capacity(replies.len());
    for reply in replies {
        let day = reply.received_on.unwrap_or(today);
        let answer = intent::classify(&stripped(&reply.text), day, intent::built_in());
        n_needs_look += usize::from(answer.needs_look);
        if let Some(truth) = reply.label {
            scores.add(truth, answer.label, answer.needs_look);
        }
        predictions.push(prediction(&reply.id, answer));
    }
    let needs_look_share = n_needs_look as f64 / replies.len().max(1) as f64;
    let report = report(&scores, needs_look_share, predictions);
    (scores, report)
}

fn eval(args: &EvalArgs) -> anyhow::Result<()> {
    let replies = read_replies(&args.file)?;
    let (scores, report) = evaluate(&replies, today_of(args.today));
    let text = if args.json {
        let mut text = serde_json::to_string(&report)?;
        text.push('\n');
        text
    } else {
        tables(&scores, replies.len(), report.needs_look_share)
    };
    // Everything is ready before the first byte goes out, so that an error never leaves half an answer.
    std::io::stdout().lock().write_all(text.as_bytes()).context("cannot write the answer")
}

fn report(scores: &Scores, needs_look_share: f64, predictions: Vec<Prediction>) -> Report {
    let labels = scores.labels().into_iter().map(|s| {
        let report = LabelReport { precision: s.precision, recall: s.recall, f1: s.f1, n_true: s.n_true };
        (s.label.as_str(), report)
    });
    let row = |truth: Label| {
        let cells = Label::ALL.iter().map(|p| (p.as_str(), scores.confused(truth, *p)));
        cells.filter(|(_, n)| *n > 0).collect::<BTreeMap<_, _>>()
    };
    Report {
        accuracy: scores.accuracy(),
        macro_f1: scores.macro_f1(),
        labels: labels.collect(),
        confusion: Label::ALL
            .iter()
            .map(|l| (l.as_str(), row(*l)))
            .filter(|(_, row)| !row.is_empty())
            .collect(),
        needs_look_share,
        n_replies: predictions.len(),
        n_labelled: scores.n_all(),
        n_wrong_without_look: scores.n_sure_and_wrong(),
        predictions,
    }
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{:.1} %", v * 100.0))
}

fn tables(scores: &Scores, n_replies: usize, needs_look_share: f64) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "replies               {n_replies} ({} with a label)", scores.n_all());
    let _ = writeln!(out, "accuracy              {}", percent(scores.accuracy()));
    let _ = writeln!(out, "macro F1              {}", percent(scores.macro_f1()));
    let _ = writeln!(out, "sent to a person      {}", percent(Some(needs_look_share)));
    let _ = writeln!(out, "wrong, not looked at  {} of {}", scores.n_sure_and_wrong(), scores.n_all());
    if scores.n_all() == 0 {
        return out;
    }
    let _ = writeln!(out, "\n{:<18}{:>10}{:>10}{:>10}{:>8}", "label", "precision", "recall", "F1", "n");
    for s in scores.labels() {
        let (p, r, f) = (percent(s.precision), percent(s.recall), percent(s.f1));
        let _ = writeln!(out, "{:<18}{p:>10}{r:>10}{f:>10}{:>8}", s.label.as_str(), s.n_true);
    }
    let _ = writeln!(out, "\nconfusion: rows are the truth, columns the answers, in the order of the rows");
    for truth in Label::ALL {
        let _ = write!(out, "{:<18}", truth.as_str());
        for predicted in Label::ALL {
            match scores.confused(*truth, *predicted) {
                0 => out.push_str("   ."),
                n => {
                    let _ = write!(out, "{n:>4}");
                }
            }
        }
        out.push('\n');
    }
    out
}

/// The training files of a folder as (name, content), in the order of their names: replies (`.jsonl`) and closing
/// lines (`.txt`).
fn training_files(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "jsonl" || e == "txt") {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let content =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.push((name, content));
        }
    }
    files.sort();
    if !files.iter().any(|(name, _)| name.ends_with(".jsonl")) {
        bail!("there are no .jsonl files in {}", folder.display());
    }
    Ok(files)
}

/// The lines of the `.txt` files; `#` starts a comment line.
fn closing_lines(files: &[(String, String)]) -> Vec<String> {
    let texts = files.iter().filter(|(name, _)| name.ends_with(".txt"));
    let lines = texts.flat_map(|(_, text)| text.lines()).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(str::to_owned).collect()
}

fn train_model(args: &TrainArgs) -> anyhow::Result<()> {
    let files = training_files(&args.data)?;
    let mut ids = Vec::new();
    let mut examples = Vec::new();
    for (name, _) in files.iter().filter(|(name, _)| name.ends_with(".jsonl")) {
        let path = args.data.join(name);
        for reply in read_replies(&path)? {
            let label =
                reply.label.with_context(|| format!("{}: '{}' has no label", path.display(), reply.id))?;
            ids.push(reply.id);
            examples.push(Example { text: stripped(&reply.text), label });
        }
    }
    let settings = Settings { seed: args.seed, n_folds: args.folds };
    let trained = train(&examples, &closing_lines(&files), settings, intent::training_digest(&files))?;
    let bytes = trained.model.to_bytes();
    std::fs::write(&args.out, &bytes).with_context(|| format!("cannot write {}", args.out.display()))?;
    let needs_look = trained.held_out.needs_look_share().unwrap_or_default();
    println!("cross validation, {} folds, lexicon included", args.folds);
    print!("{}", tables(&trained.held_out, examples.len(), needs_look));
    println!("\ncalibration error     {:.3} where the model decides", trained.calibration_error);
    println!("temperature           {:.3}", trained.model.temperature());
    println!(
        "model                 {} ({} bytes, digest {})",
        args.out.display(),
        bytes.len(),
        trained.model.digest()
    );
    if args.mistakes {
        for ((id, example), decision) in ids.iter().zip(&examples).zip(&trained.decisions) {
            print_mistake(
                id,
                &example.text,
                example.label,
                decision.label,
                decision.probability,
                decision.needs_look,
            );
        }
    }
    if let Some(path) = &args.check {
        check(path, &trained.model, args.mistakes)?;
    }
    Ok(())
}

/// Scores a model on replies that it was not trained on.
fn check(path: &Path, model: &intent::Model, list_mistakes: bool) -> anyhow::Result<()> {
    let replies = read_replies(path)?;
    let today = today_of(None);
    let mut scores = Scores::default();
    let mut n_needs_look = 0_usize;
    println!("\n{}", path.display());
    for reply in &replies {
        let text = stripped(&reply.text);
        let answer = intent::classify(&text, today, model);
        n_needs_look += usize::from(answer.needs_look);
        let Some(truth) = reply.label else { continue };
        scores.add(truth, answer.label, answer.needs_look);
        if list_mistakes {
            print_mistake(&reply.id, &text, truth, answer.label, answer.probability, answer.needs_look);
        }
    }
    print!("{}", tables(&scores, replies.len(), n_needs_look as f64 / replies.len() as f64));
    Ok(())
}

fn print_mistake(id: &str, text: &str, truth: Label, said: Label, probability: f32, needs_look: bool) {
    if truth != said {
        let look = if needs_look { "asks" } else { "sure" };
        let start: String = text.replace('\n', " / ").chars().take(240).collect();
        println!("{look} {probability:.2} {truth} -> {said}  {id}: {start}");
    }
}

#[cfg(test)]
#[path = "intent_tests.rs"]
mod tests;
