//! Time, chance, settings and the network come in as arguments. Clippy refuses the calls (`clippy.toml`); this module
//! keeps Clippy's list complete, keeps its exceptions few, and holds the domain to a stricter rule.

use super::source::{Source, Token, names_after, test_ranges};
use super::tree::{File, Tree};
use super::{Finding, allow_list};

const DOMAIN_WHY: &str = "the domain performs no I/O and takes `now` and randomness as arguments";
const PLACES_WHY: &str = "ambient calls stand in the few places that xtask/src/tidy/ambient_places.txt names";
const LIST_WHY: &str = "without it nothing stops the call";

/// Calls that `clippy.toml` must forbid, so that the rule cannot disappear unnoticed.
const FORBIDDEN_CALLS: &[&str] = &[
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "std::time::SystemTime::now",
    "rand::rng",
    "rand::random",
    "uuid::Uuid::now_v7",
    "aws_lc_rs::rand::fill",
    "std::env::var",
    "std::env::var_os",
    "std::env::vars",
    "reqwest::Client::new",
    "reqwest::Client::builder",
    "reqwest::get",
];

/// Words that have no place in domain code, and paths by their first two words.
const DOMAIN_WORDS: &[&str] = &[
    "async",
    "await",
    "SystemTime",
    "Instant",
    "now_v7",
    "getrandom",
    "println",
    "eprintln",
    // An address is a value like any other; a socket is not.
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
];
const DOMAIN_PATHS: &[(&str, &str)] = &[
    ("Timestamp", "now"),
    ("Zoned", "now"),
    ("TimeZone", "system"),
    ("std", "env"),
    ("std", "fs"),
    ("std", "io"),
    ("std", "process"),
    ("std", "thread"),
];

/// Checks the domain's purity, the list in `clippy.toml`, and where its exceptions stand.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let places = allow_list(include_str!("ambient_places.txt"));
    let mut findings = clippy_list(tree);
    for file in tree.rust() {
        let source = Source::of(file);
        let tokens = source.tokens();
        if file.path.starts_with("crates/kiem-domain/src/") {
            domain(file, &tokens, &mut findings);
        }
        exceptions(file, &tokens, &places, &mut findings);
    }
    findings
}

fn clippy_list(tree: &Tree) -> Vec<Finding> {
    let text = tree.get("clippy.toml").map_or("", |file| file.text.as_str());
    FORBIDDEN_CALLS
        .iter()
        .filter(|call| !text.contains(&format!("path = \"{call}\"")))
        .map(|call| Finding::at("clippy.toml", 1, format!("does not forbid {call}"), LIST_WHY))
        .collect()
}

fn domain(file: &File, tokens: &[Token<'_>], findings: &mut Vec<Finding>) {
    let tests = test_ranges(tokens);
    for (index, token) in tokens.iter().enumerate() {
        if tests.iter().any(|range| range.contains(&token.at)) {
            continue;
        }
        if DOMAIN_WORDS.contains(&token.text) {
            findings.push(Finding::at(&file.path, token.line, format!("uses {}", token.text), DOMAIN_WHY));
        }
        if tokens.get(index + 1).is_none_or(|next| next.text != "::") {
            continue;
        }
        for name in names_after(tokens, index + 2) {
            if DOMAIN_PATHS.contains(&(token.text, name.text)) {
                let what = format!("uses {}::{}", token.text, name.text);
                findings.push(Finding::at(&file.path, name.line, what, DOMAIN_WHY));
            }
        }
    }
}

/// `clippy::disallowed_methods` may only be expected, with a reason, in the places of the list.
fn exceptions(file: &File, tokens: &[Token<'_>], places: &[&str], findings: &mut Vec<Finding>) {
    for (index, token) in tokens.iter().enumerate() {
        if token.text != "disallowed_methods" {
            continue;
        }
        let opening = tokens[..index].iter().rposition(|token| token.text == "[").unwrap_or(0);
        let attribute: Vec<&str> =
            tokens[opening..].iter().map(|token| token.text).take_while(|text| *text != "]").collect();
        if !attribute.contains(&"expect") || !attribute.contains(&"reason") {
            let what = "disallowed_methods is switched off without `expect` and `reason`";
            findings.push(Finding::at(
                &file.path,
                token.line,
                what,
                "an exception says why, and goes when unused",
            ));
        }
        if !places.iter().any(|place| file.path.starts_with(place)) {
            findings.push(Finding::at(&file.path, token.line, "expects disallowed_methods here", PLACES_WHY));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full_list() -> String {
        FORBIDDEN_CALLS.iter().map(|call| format!("{{ path = \"{call}\", reason = \"x\" }},\n")).collect()
    }

    fn n_findings(path: &str, text: &str) -> usize {
        check(&Tree::of(&[("clippy.toml", &full_list()), (path, text)])).len()
    }

    #[test]
    fn the_domain_asks_nobody_for_time_chance_or_files() {
        for (text, n) in [
            ("let now = jiff::Timestamp::now();", 1),
            ("use jiff::Timestamp; fn f() { Timestamp::now() }", 1),
            ("std::fs::read(path)", 1),
            ("use std::{fmt, env, fs::File};", 2),
            ("async fn f() {}", 1),
            ("use std::net::TcpStream;", 1),
            ("use std::net::IpAddr;", 0),
            ("uuid::Uuid::now_v7()", 1),
            ("let started = Instant::elapsed();", 1),
            ("fn due(now: Timestamp) -> Timestamp { now }", 0),
            ("/// Never `Timestamp::now`.\nfn f() {}", 0),
            ("#[cfg(test)] mod tests { fn f() { std::fs::read(\"x\"); } }", 0),
        ] {
            assert_eq!(n_findings("crates/kiem-domain/src/a.rs", text), n, "{text}");
        }
        assert_eq!(n_findings("crates/kiem-adapters/src/a.rs", "std::fs::read(path)"), 0);
    }

    #[test]
    fn exceptions_are_few_and_have_a_reason() {
        let good = "#[expect(clippy::disallowed_methods, reason = \"the clock\")] fn now() {}";
        let silent = "#[allow(clippy::disallowed_methods)] fn now() {}";
        assert_eq!(n_findings("crates/kiem/src/engine/clock.rs", good), 0);
        assert_eq!(n_findings("crates/kiem/src/engine/clock.rs", silent), 1);
        assert_eq!(n_findings("crates/kiem/src/api/leads.rs", good), 1);
        assert_eq!(n_findings("crates/kiem/src/api/leads.rs", silent), 2);
    }

    #[test]
    fn the_list_of_clippy_cannot_lose_an_entry() {
        let shorter = full_list().replace("path = \"std::env::var\"", "path = \"std::env::other\"");
        let findings = check(&Tree::of(&[("clippy.toml", &shorter)]));
        assert_eq!(findings.len(), 1);
        assert_eq!(check(&Tree::of(&[])).len(), FORBIDDEN_CALLS.len());
    }
}
