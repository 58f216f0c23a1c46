//! Which crate may know which: the arrows of ARCHITECTURE.md, read from `cargo metadata` and from the names in the code.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Finding;
use super::source::{Source, Token, test_ranges};
use super::tree::Tree;

/// One crate of ours and what it must not name.
struct Border {
    package: &'static str,
    folder: &'static str,
    /// Our own crates that it may use.
    may_use: &'static [&'static str],
    /// Crates of others that it must not use directly.
    never: &'static [&'static str],
    why: &'static str,
}

const OURS: &[&str] = &["kiem-domain", "kiem-store", "kiem-adapters", "kiem", "xtask"];

const BORDERS: &[Border] = &[
    Border {
        package: "kiem-domain",
        folder: "crates/kiem-domain/",
        may_use: &[],
        never: &["tokio", "sqlx", "axum", "reqwest", "serde", "serde_json", "rand", "getrandom", "futures"],
        why: "the domain is pure rules: no I/O, no async, no randomness, no wire format",
    },
    Border {
        package: "kiem-store",
        folder: "crates/kiem-store/",
        may_use: &["kiem-domain"],
        never: &["axum", "reqwest", "lettre", "async-imap", "clap"],
        why: "the store knows the domain and its databases, nothing else",
    },
    Border {
        package: "kiem-adapters",
        folder: "crates/kiem-adapters/",
        may_use: &["kiem-domain"],
        never: &["axum", "sqlx", "clap"],
        why: "adapters know the domain and the outside world, not the store or the API",
    },
    Border {
        package: "kiem",
        folder: "crates/kiem/",
        may_use: &["kiem-domain", "kiem-store", "kiem-adapters"],
        never: &["sqlx"],
        why: "only kiem-store speaks SQL",
    },
    Border {
        package: "xtask",
        folder: "xtask/",
        may_use: &[],
        never: &["tokio", "clap", "serde", "reqwest"],
        why: "automation must compile in seconds and know the product only through its binary",
    },
];

/// What may not even be reached through others: a domain that pulls a runtime in is no longer pure.
const NEVER_BELOW_DOMAIN: &[&str] = &["tokio", "sqlx", "axum", "hyper", "reqwest"];

/// Checks the dependencies that the manifests declare, from the output of `cargo metadata`.
pub fn check_manifests(metadata: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for border in BORDERS {
        let manifest = format!("{}Cargo.toml", border.folder);
        let Some(package) = list(&metadata["packages"]).find(|package| is_local(package, border.package))
        else {
            findings.push(Finding::at(&manifest, 1, "this crate is missing", "ARCHITECTURE.md names it"));
            continue;
        };
        for dependency in list(&package["dependencies"]) {
            let name = dependency["name"].as_str().unwrap_or_default();
            let for_tests = dependency["kind"].as_str() == Some("dev");
            // A crate may name itself, to switch on a feature for its own tests.
            let is_own = name == border.package || border.may_use.contains(&name);
            let is_foreign = OURS.contains(&name) && !is_own;
            if is_foreign || (!for_tests && border.never.contains(&name)) {
                findings.push(Finding::at(&manifest, 1, format!("depends on {name}"), border.why));
            }
        }
    }
    for name in reachable(metadata, "kiem-domain") {
        if NEVER_BELOW_DOMAIN.contains(&name.as_str()) {
            let what = format!("reaches {name} through its dependencies");
            findings.push(Finding::at("crates/kiem-domain/Cargo.toml", 1, what, BORDERS[0].why));
        }
    }
    findings
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn is_local(package: &Value, name: &str) -> bool {
    package["name"] == name && package["source"].is_null()
}

/// Names of all packages that `root` is built from, not counting what only its tests and build scripts use.
fn reachable(metadata: &Value, root: &str) -> BTreeSet<String> {
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let names: BTreeMap<&str, &str> = list(&metadata["packages"])
        .filter_map(|package| Some((package["id"].as_str()?, package["name"].as_str()?)))
        .collect();
    let start = list(&metadata["packages"]).find(|package| is_local(package, root));
    let mut waiting: Vec<&str> = start.and_then(|package| package["id"].as_str()).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(node) = nodes.get(id) else { continue };
        for dependency in list(&node["deps"]) {
            let is_normal = list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
            if let (true, Some(id)) = (is_normal, dependency["pkg"].as_str()) {
                waiting.push(id);
            }
        }
    }
    seen.into_iter().filter_map(|id| names.get(id).map(|name| (*name).to_owned())).collect()
}

/// Checks the crate names that appear in the code: a re-export or a path can cross a border that no manifest shows.
pub fn check_names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for border in BORDERS {
        let ours = OURS.iter().filter(|name| **name != border.package && !border.may_use.contains(name));
        let forbidden: Vec<String> = ours.chain(border.never).map(|name| name.replace('-', "_")).collect();
        for file in tree.under(border.folder).filter(|file| file.is(&[".rs"])) {
            let source = Source::of(file);
            let tokens = source.tokens();
            let tests = test_ranges(&tokens);
            let in_test_folder = file.path[border.folder.len()..].starts_with("tests/");
            for (index, token) in tokens.iter().enumerate() {
                let in_test = in_test_folder || tests.iter().any(|range| range.contains(&token.at));
                let is_ours = OURS.iter().any(|name| name.replace('-', "_") == token.text);
                let is_forbidden = forbidden.iter().any(|name| name == token.text) && (is_ours || !in_test);
                if is_forbidden && is_crate_name(&tokens, index) {
                    let what = format!("names {}", token.text);
                    findings.push(Finding::at(&file.path, token.line, what, border.why));
                }
            }
        }
    }
    findings
}

/// Whether the word at `index` stands where the name of a crate stands: first in a path, or right after `use`.
fn is_crate_name(tokens: &[Token<'_>], index: usize) -> bool {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let before = index.checked_sub(1).map_or("", text);
    // `::tokio` begins at the root; `net::tokio` and `Vec<u8>::tokio` do not.
    let before_that = index.checked_sub(2).map_or("", text);
    let goes_on =
        before_that != "use" && before_that.ends_with(|c: char| c.is_alphanumeric() || "_>".contains(c));
    let starts = before != "::" || !goes_on;
    (starts && text(index + 1) == "::") || before == "use"
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// `cargo metadata` of a workspace with our five crates; `kiem-domain` has the given dependencies.
    fn metadata(domain_dependencies: Value, domain_resolved: Value) -> Value {
        let package = |name: &str, dependencies: Value| json!({ "name": name, "id": name, "source": null, "dependencies": dependencies });
        json!({
            "packages": [
                package("kiem-domain", domain_dependencies),
                package("kiem-store", json!([{ "name": "kiem-domain", "kind": null }])),
                package("kiem-adapters", json!([{ "name": "kiem-domain", "kind": null }])),
                package("kiem", json!([{ "name": "kiem-store", "kind": null }])),
                package("xtask", json!([])),
                { "name": "tokio", "id": "tokio", "source": "registry", "dependencies": [] },
                { "name": "uuid", "id": "uuid", "source": "registry", "dependencies": [] },
            ],
            "resolve": { "nodes": [
                { "id": "kiem-domain", "deps": domain_resolved },
                { "id": "uuid", "deps": [{ "pkg": "tokio", "dep_kinds": [{ "kind": null }] }] },
            ] },
        })
    }

    #[test]
    fn the_domain_knows_nobody() {
        for (dependencies, n_findings) in [
            (json!([{ "name": "jiff", "kind": null }]), 0),
            (json!([{ "name": "serde_json", "kind": "dev" }]), 0),
            (json!([{ "name": "serde_json", "kind": null }]), 1),
            (json!([{ "name": "kiem-store", "kind": null }, { "name": "tokio", "kind": "build" }]), 2),
            (json!([{ "name": "kiem-store", "kind": "dev" }]), 1),
            (json!([{ "name": "kiem-domain", "kind": "dev" }]), 0),
        ] {
            let findings = check_manifests(&metadata(dependencies.clone(), json!([])));
            assert_eq!(findings.len(), n_findings, "{dependencies}: {findings:?}");
        }
    }

    #[test]
    fn a_runtime_reached_through_another_crate_is_seen() {
        let through = |kind: Value| json!([{ "pkg": "uuid", "dep_kinds": [{ "kind": kind }] }]);
        assert_eq!(check_manifests(&metadata(json!([]), through(json!(null)))).len(), 1);
        assert_eq!(check_manifests(&metadata(json!([]), through(json!("dev")))).len(), 0);
    }

    #[test]
    fn a_missing_crate_is_a_finding() {
        assert_eq!(check_manifests(&json!({ "packages": [] })).len(), BORDERS.len());
    }

    #[test]
    fn names_in_the_code_obey_the_same_borders() {
        for (path, text, n_findings) in [
            ("crates/kiem-domain/src/a.rs", "use serde::Serialize;", 1),
            ("crates/kiem-domain/src/a.rs", "use ::tokio::time;", 1),
            ("crates/kiem-domain/src/a.rs", "#[derive(serde::Serialize)] struct A;", 1),
            ("crates/kiem-domain/src/a.rs", "let zone = net::tokio::zone();", 0),
            ("crates/kiem-domain/src/a.rs", "let tokio = 1; // use tokio::time", 0),
            ("crates/kiem-domain/src/a.rs", "#[cfg(test)] mod tests { use serde_json::json; }", 0),
            ("crates/kiem-domain/tests/a.rs", "use serde_json::Value;", 0),
            ("crates/kiem-domain/tests/a.rs", "use kiem_store::Store;", 1),
            ("crates/kiem-store/src/a.rs", "use kiem_domain::Lead; use sqlx::Row;", 0),
            ("crates/kiem-store/src/a.rs", "use kiem_adapters::Mailer;", 1),
            ("crates/kiem-adapters/src/a.rs", "let x: kiem_store::Tx;", 1),
            ("crates/kiem/src/a.rs", "sqlx::query(\"x\")", 1),
        ] {
            let findings = check_names(&Tree::of(&[(path, text)]));
            assert_eq!(findings.len(), n_findings, "{path}: {text}: {findings:?}");
        }
    }
}
