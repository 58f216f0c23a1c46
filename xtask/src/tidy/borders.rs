//! Borders inside the crates: engine against api, worker and cli; SQL and databases against everything else.

use super::source::{Literal, Source, Token, names_after};
use super::tree::{File, Tree};
use super::{Finding, allow_list};

const ENGINE_WHY: &str = "the engine is called by api, worker and cli and knows none of them";
const SQL_WHY: &str = "only kiem-store contains SQL";
const DIALECT_WHY: &str = "only the dialect of kiem-store tells the databases apart";

/// Checks every border inside the crates.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let dialect_places = allow_list(include_str!("dialect_places.txt"));
    let sql_places = allow_list(include_str!("sql_places.txt"));
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| !file.path.starts_with("xtask/")) {
        let source = Source::of(file);
        let tokens = source.tokens();
        if is_engine(&file.path) {
            engine(file, &tokens, &mut findings);
        }
        if !sql_places.iter().any(|place| file.path.starts_with(place)) {
            sql(file, &source.literals, &mut findings);
        }
        if !dialect_places.iter().any(|place| file.path.starts_with(place)) {
            dialect(file, &tokens, &mut findings);
        }
    }
    findings
}

fn is_engine(path: &str) -> bool {
    path.starts_with("crates/kiem/src/engine/") || path == "crates/kiem/src/engine.rs"
}

/// The engine names neither the HTTP nor the command-line library, and none of its callers.
fn engine(file: &File, tokens: &[Token<'_>], findings: &mut Vec<Finding>) {
    for (index, token) in tokens.iter().enumerate() {
        if matches!(token.text, "axum" | "clap") {
            findings.push(Finding::at(&file.path, token.line, format!("names {}", token.text), ENGINE_WHY));
        }
        let is_root = matches!(token.text, "crate" | "super" | "kiem");
        if !is_root || tokens.get(index + 1).is_none_or(|next| next.text != "::") {
            continue;
        }
        for name in names_after(tokens, index + 2) {
            if matches!(name.text, "api" | "worker" | "cli") {
                let what = format!("names {}::{}", token.text, name.text);
                findings.push(Finding::at(&file.path, name.line, what, ENGINE_WHY));
            }
        }
    }
}

/// Literals that begin like a statement. SQL is written in capitals, which keeps sentences out.
fn sql(file: &File, literals: &[Literal], findings: &mut Vec<Finding>) {
    for literal in literals {
        let words: Vec<&str> = literal.text.split_whitespace().filter(|word| *word != "\\").take(8).collect();
        let is_sql = match words.as_slice() {
            ["SELECT", _, ..] => true,
            ["INSERT", "INTO" | "OR", ..] | ["DELETE", "FROM", ..] => true,
            ["UPDATE", rest @ ..] => rest.contains(&"SET"),
            ["WITH", rest @ ..] => rest.contains(&"AS"),
            ["CREATE" | "ALTER" | "DROP", rest @ ..] => {
                rest.iter().any(|word| matches!(*word, "TABLE" | "INDEX" | "VIEW" | "DATABASE" | "ROLE"))
            }
            ["PRAGMA" | "TRUNCATE", _, ..] => true,
            _ => false,
        };
        if is_sql {
            findings.push(Finding::at(&file.path, literal.line, format!("SQL ({} …)", words[0]), SQL_WHY));
        }
    }
}

/// Names that only make sense to somebody who knows which database is behind the store.
fn dialect(file: &File, tokens: &[Token<'_>], findings: &mut Vec<Finding>) {
    for token in tokens {
        let is_variant = ["Sqlite", "Postgres"].iter().any(|start| token.text.starts_with(start));
        let is_driver =
            matches!(token.text, "PgPool" | "PgConnection" | "PgRow" | "PgArguments" | "PgPoolOptions");
        if is_variant || is_driver {
            findings.push(Finding::at(&file.path, token.line, format!("names {}", token.text), DIALECT_WHY));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn the_engine_knows_neither_its_callers_nor_their_libraries() {
        let path = "crates/kiem/src/engine/send.rs";
        for (text, expected) in [
            ("use axum::Json;", vec!["names axum"]),
            ("use clap::Parser;", vec!["names clap"]),
            ("use crate::api::Problem;", vec!["names crate::api"]),
            ("use crate::{engine, worker::Queue};", vec!["names crate::worker"]),
            ("use crate::{engine::{api, cli}, config};", vec![]),
            ("use super::super::cli::run;", vec!["names super::cli"]),
            ("// axum and crate::api\nlet api = 1;", vec![]),
        ] {
            assert_eq!(whats(path, text), expected, "{text}");
        }
        assert_eq!(
            whats("crates/kiem/src/api/leads.rs", "use axum::Json; use crate::worker;"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn sql_stands_only_in_the_store() {
        for (literal, is_sql) in [
            ("SELECT 1", true),
            ("\\n            SELECT id FROM lead", true),
            ("INSERT INTO lead VALUES ($1)", true),
            ("UPDATE lead SET state = 'new'", true),
            ("DELETE FROM lead", true),
            ("WITH due AS (SELECT 1)", true),
            ("CREATE UNIQUE INDEX lead_key ON lead (id)", true),
            ("Select a contact from the list", false),
            ("UPDATE", false),
            ("SELECT", false),
            ("the lead was deleted", false),
        ] {
            let text = format!("fn f() {{ g(\"{}\") }}", literal.replace("\\n", "\n"));
            assert_eq!(whats("crates/kiem/src/api/leads.rs", &text).len(), usize::from(is_sql), "{literal}");
            assert_eq!(whats("crates/kiem-store/src/lead.rs", &text).len(), 0, "{literal}");
            assert_eq!(whats("crates/kiem/tests/sending.rs", &text).len(), 0, "{literal}");
        }
    }

    #[test]
    fn only_the_dialect_tells_the_databases_apart() {
        for (path, text, n_findings) in [
            (
                "crates/kiem-store/src/lead.rs",
                "match store { Store::Sqlite(_) => 1, Store::Postgres(_) => 2 }",
                2,
            ),
            ("crates/kiem-store/src/lead.rs", "let pool: sqlx::PgPool;", 1),
            ("crates/kiem/src/cli/serve.rs", "Store::Postgres(pool)", 1),
            ("crates/kiem-store/src/lead.rs", "// Sqlite is slower\nlet text = \"Postgres\";", 0),
            (
                "crates/kiem-store/src/dialect/jobs.rs",
                "match self { Dialect::Sqlite => 1, Dialect::Postgres => 2 }",
                0,
            ),
            ("crates/kiem-store/src/dialect.rs", "enum Dialect { Sqlite, Postgres }", 0),
            ("crates/kiem-store/tests/contract/main.rs", "both(Store::Sqlite, Store::Postgres)", 0),
        ] {
            assert_eq!(whats(path, text).len(), n_findings, "{path}: {text}");
        }
    }
}
