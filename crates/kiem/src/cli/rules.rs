//! `kiem rules test`: runs the promotion rules over scenario files and compares the decision with what is expected.

mod compare;
mod events;
mod report;
mod scenario;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use kiem_domain::locale::Lang;
use kiem_domain::promotion::decide;

use report::{FileReport, Outcome};
use scenario::Scenario;

/// Limits on what is read, so that a wrong path ends with a sentence and not with a full memory.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;
const FOLDER_DEPTH_MAX: usize = 8;
const FILES_MAX: usize = 20_000;

/// `kiem rules ...`.
#[derive(Debug, Args)]
pub struct Rules {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Run the promotion rules over scenario files and compare the outcome with what they expect.
    Test(Test),
    /// Print every threshold that a scenario or a workspace can change, with its default.
    Thresholds,
}

#[derive(Debug, Args)]
struct Test {
    /// Scenario files, or folders of them (files that do not end in .json are left out).
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// The language of the explanations.
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Language {
    En,
    Nl,
}

/// Runs the command.
///
/// # Errors
/// Only when the report cannot be written; what is wrong with a file is part of the report.
pub fn run(rules: &Rules) -> anyhow::Result<ExitCode> {
    match &rules.command {
        RulesCommand::Test(test) => run_test(test),
        RulesCommand::Thresholds => {
            for (name, value) in kiem_domain::promotion::Config::default().entries() {
                println!("{name} = {value}");
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn run_test(test: &Test) -> anyhow::Result<ExitCode> {
    let lang = match test.lang {
        Language::En => Lang::En,
        Language::Nl => Lang::Nl,
    };
    let mut reports = Vec::new();
    for path in &test.paths {
        match scenario_files(path) {
            Ok(files) => reports.extend(files.iter().map(|file| run_file(file, lang))),
            Err(sentence) => reports.push(FileReport::unreadable(path, sentence)),
        }
    }
    if reports.is_empty() {
        let first = test.paths.first().cloned().unwrap_or_default();
        reports.push(FileReport::unreadable(&first, "this is not a scenario file (*.json)".to_owned()));
    }
    let mut out = std::io::stdout().lock();
    report::write(&mut out, &reports, test.json)?;
    let all_passed = reports.iter().all(|report| report.outcome == Outcome::Passed);
    Ok(if all_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_file(path: &Path, lang: Lang) -> FileReport {
    let scenario = match read(path).and_then(|text| Scenario::parse(&text)) {
        Ok(scenario) => scenario,
        Err(sentence) => return FileReport::unreadable(path, sentence),
    };
    let decision = decide(&scenario.history, &scenario.config, scenario.decide_at);
    let mismatches = compare::mismatches(&scenario, &decision);
    FileReport::decided(path, &scenario, &decision, mismatches, lang)
}

fn read(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("the file cannot be read: {error}");
    let size_bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if size_bytes > FILE_BYTES_MAX {
        return Err(format!("the file is too large for a scenario ({size_bytes} bytes)"));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| "the file is not UTF-8 text".to_owned())
}

/// The scenario files at a path, in order of name. A folder is searched with the folders in it.
fn scenario_files(path: &Path) -> Result<Vec<PathBuf>, String> {
    let about =
        std::fs::metadata(path).map_err(|error| format!("there is no file or folder here: {error}"))?;
    if about.is_file() {
        // `kiem rules test folder/*` also names the README of the folder.
        return Ok(if is_scenario_name(path) { vec![path.to_owned()] } else { Vec::new() });
    }
    let mut files = Vec::new();
    collect(path, 0, &mut files)?;
    if files.is_empty() {
        return Err("there are no scenario files (*.json) in this folder".to_owned());
    }
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let unreadable =
        |error: std::io::Error| format!("the folder {} cannot be read: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden {
            continue;
        }
        if path.is_dir() {
            if depth < FOLDER_DEPTH_MAX {
                collect(&path, depth + 1, files)?;
            }
        } else if is_scenario_name(&path) {
            files.push(path);
        }
        if files.len() > FILES_MAX {
            return Err(format!("there are more than {FILES_MAX} files here"));
        }
    }
    Ok(())
}

fn is_scenario_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}
