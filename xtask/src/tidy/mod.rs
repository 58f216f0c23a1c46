//! `cargo xtask tidy`: the house rules that a program can check. One module per kind of rule; each is a pure function
//! from the text of the project to findings, so that its tests can show it failing on a few lines of text.

mod ambient;
mod borders;
mod citus;
mod contract;
mod dependencies;
mod documents;
mod logs;
mod manifests;
mod messages;
mod migrations;
mod sizes;
mod source;
mod sql;
mod tree;
mod words;

use std::fmt;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::process;
use tree::Tree;

/// One broken rule: where, what, and why it matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    what: String,
    why: &'static str,
}

impl Finding {
    /// A finding at `line` (counted from 1) of `path`.
    pub fn at(path: &str, line: usize, what: impl Into<String>, why: &'static str) -> Finding {
        Finding { path: path.to_owned(), line, what: what.into(), why }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} — {}", self.path, self.line, self.what, self.why)
    }
}

/// Runs every check on the checkout; an error when there is at least one finding.
pub fn run(checkout: &Checkout) -> Result<()> {
    let tree = Tree::read(&checkout.root)?;
    let mut command = checkout.cargo(["metadata", "--format-version", "1", "--locked"]);
    let metadata =
        serde_json::from_str(&process::output(&mut command)?).context("cargo metadata did not print JSON")?;

    let mut findings = Vec::new();
    findings.extend(dependencies::check_manifests(&metadata));
    findings.extend(dependencies::check_names(&tree));
    findings.extend(borders::check(&tree));
    findings.extend(ambient::check(&tree));
    findings.extend(migrations::check(&tree));
    findings.extend(citus::check(&tree));
    findings.extend(contract::check(&tree));
    findings.extend(logs::check(&tree));
    findings.extend(documents::check(&tree));
    findings.extend(messages::check(&tree));
    findings.extend(sizes::check(&tree));
    findings.extend(manifests::check(&tree));
    findings.extend(words::check(&tree));
    findings.sort();
    findings.dedup();

    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files, nothing found", tree.files().len());
            Ok(())
        }
        n => bail!("tidy found {n} broken {}", if n == 1 { "rule" } else { "rules" }),
    }
}

/// The lines of an allow-list file: `name — reason`. Empty lines and lines that begin with `#` are left out.
fn allow_list(text: &'static str) -> Vec<&'static str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(" — ").map_or(line, |(name, _)| name).trim())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_path_line_what_and_why() {
        let finding = Finding::at("crates/a/src/lib.rs", 7, "names axum", "the engine knows no HTTP");
        assert_eq!(finding.to_string(), "crates/a/src/lib.rs:7: names axum — the engine knows no HTTP");
    }

    #[test]
    fn an_allow_list_has_one_name_per_line_and_forgets_the_reason() {
        let names = allow_list("# why this list exists\n\napp_user — people exist once\nsession\n");
        assert_eq!(names, ["app_user", "session"]);
    }
}
