//! Benchmarks live in `bench/`: a script `NAME.sh`, or a folder `NAME` with `run.sh` and a README.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::checkout::{Checkout, Profile};
use crate::process;

/// Prints the name of each benchmark and the first sentence about it.
///
/// # Errors
/// When `bench/` cannot be read.
pub fn list(checkout: &Checkout) -> Result<()> {
    for (name, script) in benchmarks(checkout)? {
        let readme = script.parent().map(|folder| folder.join("README.md"));
        let about =
            if script.file_name().is_some_and(|file| file == "run.sh") { readme } else { Some(script) };
        let text = about.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        println!("{name:<20} {}", first_sentence(&text));
    }
    Ok(())
}

/// Runs one benchmark against a fresh release build; it finds the program in `KIEM_BIN`.
///
/// # Errors
/// When there is no such benchmark, or it fails.
pub fn run(checkout: &Checkout, name: &str, arguments: &[&str]) -> Result<()> {
    let benchmarks = benchmarks(checkout)?;
    let Some((_, script)) = benchmarks.iter().find(|(candidate, _)| candidate == name) else {
        let names: Vec<&str> = benchmarks.iter().map(|(name, _)| name.as_str()).collect();
        bail!("there is no benchmark '{name}'; there are: {}", names.join(", "));
    };
    let program = checkout.build_kiem(Profile::Release)?;
    process::run(checkout.command("bash").arg(script).args(arguments).env("KIEM_BIN", program))
}

fn benchmarks(checkout: &Checkout) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(checkout.root.join("bench")).context("cannot read bench/")? {
        let path = entry?.path();
        let script = if path.is_dir() { path.join("run.sh") } else { path.clone() };
        let is_script = script.extension().is_some_and(|extension| extension == "sh") && script.is_file();
        if let (true, Some(name)) = (is_script, path.file_stem()) {
            found.push((name.to_string_lossy().into_owned(), script));
        }
    }
    found.sort();
    Ok(found)
}

/// The first line that is prose: no heading, no shebang, without comment marks.
fn first_sentence(text: &str) -> &str {
    text.lines()
        .filter(|line| !line.starts_with("#!"))
        .map(|line| if line.starts_with("# ") && text.starts_with("#!") { &line[2..] } else { line })
        .find(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmark_is_introduced_by_its_first_sentence() {
        for (text, expected) in [
            ("# Sending\n\nMails per second.\n", "Mails per second."),
            ("#!/usr/bin/env bash\n# Mails per second.\nset -eu\n", "Mails per second."),
            ("", ""),
        ] {
            assert_eq!(first_sentence(text), expected, "{text}");
        }
    }
}
