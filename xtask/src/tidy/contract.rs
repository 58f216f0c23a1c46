//! The contract suite of the store: every function of every aggregate is named in it, every file of it is part of it,
//! every test of it runs on both databases. And no function of an aggregate works without a workspace.

use std::collections::BTreeSet;

use super::source::{Source, Token, closing};
use super::tree::{File, Tree};
use super::{Finding, allow_list};

const STORE: &str = "crates/kiem-store/src/";
const SUITE: &str = "crates/kiem-store/tests/contract/";
/// Modules that hold no data of their own: the tests of all aggregates go through them.
const NO_AGGREGATES: &[&str] = &["dialect", "error", "migrate", "testing"];

const NAMED_WHY: &str = "one contract suite runs every store function on both databases";
const SCOPE_WHY: &str = "there is no unscoped finder; the exceptions stand in unscoped_places.txt";
const PART_WHY: &str = "a file that main.rs does not name is never run";
const BOTH_WHY: &str = "what holds on one database is no contract: testing::both()";

/// Checks the store against its contract suite.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    for file in tree.under(SUITE).filter(|file| file.is(&[".rs"])) {
        let source = Source::of(file);
        let tokens = source.tokens();
        for triple in tokens.windows(3).filter(|triple| triple[1].text == "::") {
            named.insert((triple[0].text.to_owned(), triple[2].text.to_owned()));
        }
        tests(file, &tokens, &mut findings);
        part_of_suite(tree, file, &mut findings);
    }
    let places = allow_list(include_str!("unscoped_places.txt"));
    for aggregate in aggregates(tree) {
        let Some(file) = tree.get(&format!("{STORE}{aggregate}.rs")) else { continue };
        let source = Source::of(file);
        for function in functions(&source.tokens()) {
            let name = format!("{aggregate}::{}", function.name);
            if !named.contains(&(aggregate.clone(), function.name.to_owned())) {
                let what = format!("{name} is not named in the contract suite");
                findings.push(Finding::at(&file.path, function.line, what, NAMED_WHY));
            }
            let may = places.iter().any(|place| *place == aggregate || *place == name);
            if !function.is_scoped && !may {
                let what = format!("{name} takes no Tx");
                findings.push(Finding::at(&file.path, function.line, what, SCOPE_WHY));
            }
        }
    }
    findings
}

/// The public modules that the store's `lib.rs` declares.
fn aggregates(tree: &Tree) -> Vec<String> {
    let Some(lib) = tree.get(&format!("{STORE}lib.rs")) else { return Vec::new() };
    let source = Source::of(lib);
    let tokens = source.tokens();
    let modules = tokens.windows(3).filter(|words| words[0].text == "pub" && words[1].text == "mod");
    let names = modules.map(|words| words[2].text.to_owned());
    names.filter(|name| !NO_AGGREGATES.contains(&name.as_str())).collect()
}

struct StoreFunction<'a> {
    name: &'a str,
    line: usize,
    /// Whether it works in a workspace's transaction.
    is_scoped: bool,
}

/// Every `pub async fn` that stands in no block.
fn functions<'a>(tokens: &[Token<'a>]) -> Vec<StoreFunction<'a>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_function = tokens[at..].iter().map(|token| token.text).take(3).eq(["pub", "async", "fn"]);
        match (is_function, tokens.get(at + 3)) {
            (true, Some(name)) => {
                let open = at + 4 + tokens[at + 4..].iter().take_while(|token| token.text != "(").count();
                let end = closing(tokens, open);
                let is_scoped = tokens[open.min(end)..end].iter().any(|token| token.text == "Tx");
                found.push(StoreFunction { name: name.text, line: tokens[at].line, is_scoped });
                at = end;
            }
            _ if tokens[at].text == "{" => at = closing(tokens, at),
            _ => {}
        }
        at += 1;
    }
    found
}

/// Every test of the suite asks for both databases.
fn tests(file: &File, tokens: &[Token<'_>], findings: &mut Vec<Finding>) {
    for (index, window) in tokens.windows(2).enumerate() {
        let before = index.checked_sub(2).map(|at| tokens[at].text);
        // `#[tokio::test]` or `#[test]`, and then the function.
        let is_test = window[0].text == "test" && window[1].text == "]" && before != Some("cfg");
        if !is_test {
            continue;
        }
        let Some(name) = tokens[index..].iter().position(|token| token.text == "fn").map(|n| index + n + 1)
        else {
            continue;
        };
        let open = name + tokens[name..].iter().take_while(|token| token.text != "{").count();
        let end = closing(tokens, open);
        if !tokens[open.min(end)..end].iter().any(|token| matches!(token.text, "both" | "both_after")) {
            let what = format!("{} does not run on both databases", tokens[name].text);
            findings.push(Finding::at(&file.path, tokens[name].line, what, BOTH_WHY));
        }
    }
}

/// Cargo passes over a file that no `mod` names, without a word.
fn part_of_suite(tree: &Tree, file: &File, findings: &mut Vec<Finding>) {
    let Some(name) = file.path.strip_prefix(SUITE).and_then(|path| path.strip_suffix(".rs")) else { return };
    let main = tree.get(&format!("{SUITE}main.rs")).map(|main| Source::of(main).code).unwrap_or_default();
    if name != "main" && !main.lines().any(|line| line.trim() == format!("mod {name};")) {
        findings.push(Finding::at(&file.path, 1, "is not a module of the suite", PART_WHY));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: (&str, &str) = ("crates/kiem-store/src/lib.rs", "pub mod lead;\nmod row;\npub mod dialect;");
    const MAIN: (&str, &str) = ("crates/kiem-store/tests/contract/main.rs", "mod lead;\nmod sales;");

    fn whats(lead: &str, suite: &str) -> Vec<String> {
        let files = [
            LIB,
            MAIN,
            ("crates/kiem-store/src/lead.rs", lead),
            ("crates/kiem-store/src/row.rs", "pub async fn hidden(tx: &mut Tx) {}"),
            ("crates/kiem-store/src/dialect.rs", "pub async fn check_version(store: &Store) {}"),
            ("crates/kiem-store/tests/contract/lead.rs", suite),
        ];
        check(&Tree::of(&files)).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn every_function_of_an_aggregate_is_named_in_the_suite() {
        let find = "pub async fn find(tx: &mut Tx) {}";
        let missing = ["lead::find is not named in the contract suite"];
        for (lead, suite, expected) in [
            (find, "fn f() { lead::find(&mut tx) }", &[][..]),
            (find, "fn f() { contact::find(&mut tx) }", &missing[..]),
            (find, "fn f() { find(&mut tx) }", &missing[..]),
            (find, "// lead::find\nfn f() { g(\"lead::find\") }", &missing[..]),
            ("pub fn find() {}\nasync fn find_one(tx: &mut Tx) {}", "", &[][..]),
            ("impl Lead { pub async fn save(&self) {} }", "", &[][..]),
            ("fn a() { b() }\npub async fn find(tx: &mut Tx) {}", "", &missing[..]),
        ] {
            assert_eq!(whats(lead, suite), expected, "{lead} / {suite}");
        }
    }

    #[test]
    fn a_function_without_a_workspace_is_seen() {
        let suite = "fn f() { lead::find(&mut global); lead::all(&mut tx) }";
        let lead = "pub async fn find(global: &mut Global) -> Option<Tx> {}\npub async fn all<T>(t: T, tx: &mut Tx) {}";
        assert_eq!(whats(lead, suite), ["lead::find takes no Tx"]);
        let account = [
            ("crates/kiem-store/src/lib.rs", "pub mod account;"),
            ("crates/kiem-store/src/account.rs", "pub async fn user(global: &mut Global) {}"),
            ("crates/kiem-store/tests/contract/main.rs", "fn f() { account::user(&mut global) }"),
        ];
        assert_eq!(check(&Tree::of(&account)), []);
    }

    #[test]
    fn every_test_runs_on_both_databases() {
        for (body, is_seen) in [
            ("for db in testing::both().await {}", false),
            ("for db in testing::both_after(7).await {}", false),
            ("let db = testing::sqlite().await;", true),
            ("/* testing::both() */", true),
        ] {
            let suite =
                format!("#[tokio::test]\nasync fn it_holds() {{ {body} }}\nfn f() {{ testing::both() }}");
            let expected: &[&str] = if is_seen { &["it_holds does not run on both databases"] } else { &[] };
            assert_eq!(whats("", &suite), expected, "{body}");
        }
    }

    #[test]
    fn a_file_that_nobody_names_is_seen() {
        let lost = ("crates/kiem-store/tests/contract/quote.rs", "");
        let known = ("crates/kiem-store/tests/contract/sales.rs", "");
        let findings = check(&Tree::of(&[MAIN, known, lost]));
        let paths: Vec<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, [lost.0]);
    }
}
