//! `kiem titles classify`: what job titles say, one JSON object a line.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use kiem_domain::titles::{TitleReading, read_title};
use serde::Serialize;

use super::words::told;

/// Longest line that is taken for a title; a longer one is no list of titles.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// `kiem titles ...`.
#[derive(Debug, Args)]
pub struct Titles {
    #[command(subcommand)]
    command: TitlesCommand,
}

#[derive(Debug, Subcommand)]
enum TitlesCommand {
    /// Read a title per line and print what each says as JSON lines; blank lines are left out.
    Classify(Classify),
}

#[derive(Debug, Args)]
struct Classify {
    /// File with a title per line; standard input when it is left out.
    file: Option<PathBuf>,
    /// People working at the company; in a small one the boss decides nearly everything.
    #[arg(long)]
    employees: Option<u32>,
}

/// One line of the answer.
#[derive(Debug, Serialize)]
struct Line<'a> {
    title: &'a str,
    seniority: &'static str,
    department: &'static str,
    buying_role: &'static str,
    confidence: f64,
    matched: Vec<String>,
}

impl<'a> Line<'a> {
    fn of(title: &'a str, reading: TitleReading) -> Line<'a> {
        Line {
            title,
            seniority: reading.seniority.as_str(),
            department: reading.department.as_str(),
            buying_role: reading.buying_role.as_str(),
            confidence: f64::from(reading.confidence_percent) / 100.0,
            matched: reading.matched,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the titles cannot be read or the answers cannot be written.
pub fn run(titles: &Titles) -> anyhow::Result<ExitCode> {
    let TitlesCommand::Classify(command) = &titles.command;
    let out = BufWriter::new(std::io::stdout().lock());
    match &command.file {
        None => classify(std::io::stdin().lock(), "-", command.employees, out)?,
        Some(path) => {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|problem| unreadable(&name, &problem))?;
            classify(BufReader::new(file), &name, command.employees, out)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn unreadable(name: &str, problem: &std::io::Error) -> anyhow::Error {
    if problem.kind() == std::io::ErrorKind::NotFound {
        return told("file_missing", &[("path", name.to_owned())]);
    }
    told("file", &[("path", name.to_owned()), ("problem", problem.to_string())])
}

/// Answers line by line, so that a list of any length needs no memory. Bytes that are not UTF-8 are shown as "�".
fn classify(
    mut input: impl BufRead,
    name: &str,
    employees_n: Option<u32>,
    mut out: impl Write,
) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    for number in 1_u64.. {
        bytes.clear();
        let read = input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
        let read_n = read.map_err(|problem| unreadable(name, &problem))?;
        if read_n == 0 {
            break;
        }
        if read_n as u64 == LINE_BYTES_MAX && bytes.last() != Some(&b'\n') {
            return Err(told("titles_line", &[("path", name.to_owned()), ("line", number.to_string())]));
        }
        let text = String::from_utf8_lossy(&bytes);
        let title = text.trim_start_matches('\u{feff}').trim();
        if title.is_empty() {
            continue;
        }
        let line = serde_json::to_string(&Line::of(title, read_title(title, employees_n)))?;
        match writeln!(out, "{line}") {
            // Whoever reads the answers has seen enough ("| head").
            Err(problem) if problem.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &[u8]) -> Vec<serde_json::Value> {
        let mut out = Vec::new();
        classify(input, "-", None, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn each_title_gets_a_line_and_blank_lines_none() {
        let got = answers("\u{feff}Hoofd inkoop\r\n\n   \nAssistent van de directeur\nTovenaar".as_bytes());
        assert_eq!(got.len(), 3);
        assert_eq!(
            got[0],
            serde_json::json!({
                "title": "Hoofd inkoop", "seniority": "head", "department": "procurement",
                "buying_role": "procurement", "confidence": 0.97, "matched": ["hoofd", "inkoop"],
            })
        );
        assert_eq!(got[1]["seniority"], "assistant");
        assert_eq!(got[1]["buying_role"], "gatekeeper");
        assert_eq!(got[2]["seniority"], "unknown");
        assert_eq!(got[2]["confidence"], 0.0);
    }

    #[test]
    fn a_title_that_is_not_utf_8_is_still_read() {
        assert_eq!(answers(b"Gesch\xe4ftsf\xfchrer\nEigenaar\n")[1]["seniority"], "owner");
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let endless = vec![b'a'; usize::try_from(LINE_BYTES_MAX).unwrap() + 1];
        let refused = classify(&endless[..], "list.txt", None, Vec::new()).unwrap_err();
        assert!(refused.to_string().contains("list.txt"), "{refused}");
    }
}
