//! Manifests: the licence everywhere, the same lints everywhere, and a lock file that names no registry host.

use serde_json::Value;

use super::Finding;
use super::tree::{File, Tree};

const LICENCE: &str = "Apache-2.0";
const LICENCE_WHY: &str = "the licence of Kiem is Apache-2.0, and every manifest says so";
const LINTS_WHY: &str = "one set of lints, in the workspace";
const LOCK: &str = "web/package-lock.json";
const LOCK_WHY: &str = "a lock file with addresses only works for who uses the same registry";

/// Checks every `Cargo.toml`, every `package.json` and the lock file of the page.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files() {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        match name {
            "Cargo.toml" => cargo(file, &mut findings),
            "package.json" => npm(file, &mut findings),
            _ => {}
        }
    }
    if let Some(lock) = tree.get(LOCK) {
        for (index, line) in lock.text.lines().enumerate() {
            if line.trim_start().starts_with("\"resolved\": \"http") {
                findings.push(Finding::at(LOCK, index + 1, "names a registry host", LOCK_WHY));
            }
        }
    }
    findings
}

fn cargo(file: &File, findings: &mut Vec<Finding>) {
    let licence = format!("license = \"{LICENCE}\"");
    let in_table = |table: &str, wanted: &[&str]| {
        let inside = file.text.lines().map(str::trim).skip_while(|line| *line != table).skip(1);
        inside.take_while(|line| !line.starts_with('[')).any(|line| wanted.contains(&line))
    };
    let has_table = |table: &str| file.text.lines().any(|line| line.trim() == table);
    if has_table("[workspace.package]") && !in_table("[workspace.package]", &[&licence]) {
        findings.push(Finding::at(&file.path, 1, "the workspace has no licence", LICENCE_WHY));
    }
    if !has_table("[package]") {
        return;
    }
    if !in_table("[package]", &["license.workspace = true", &licence]) {
        findings.push(Finding::at(&file.path, 1, "the crate has no licence", LICENCE_WHY));
    }
    // A crate that is a workspace of its own (fuzz targets) has nowhere to inherit from.
    if !has_table("[workspace]") && !in_table("[lints]", &["workspace = true"]) {
        findings.push(Finding::at(&file.path, 1, "no `[lints] workspace = true`", LINTS_WHY));
    }
}

fn npm(file: &File, findings: &mut Vec<Finding>) {
    let manifest: Value = serde_json::from_str(&file.text).unwrap_or(Value::Null);
    if manifest["license"] != LICENCE {
        findings.push(Finding::at(&file.path, 1, "the package has no licence", LICENCE_WHY));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manifest_has_its_licence_and_lints() {
        let lints = "[lints]\nworkspace = true\n";
        for (path, text, n_findings) in [
            ("crates/a/Cargo.toml", format!("[package]\nlicense.workspace = true\n{lints}"), 0),
            ("crates/a/Cargo.toml", format!("[package]\nlicense = \"Apache-2.0\"\n\n{lints}"), 0),
            ("crates/a/Cargo.toml", format!("[package]\nlicense = \"MIT\"\n{lints}"), 1),
            ("crates/a/Cargo.toml", "[package]\nlicense.workspace = true\n".to_owned(), 1),
            ("crates/a/Cargo.toml", "[package]\nname = \"a\"\n[lints]\n".to_owned(), 2),
            ("fuzz/Cargo.toml", "[package]\nlicense = \"Apache-2.0\"\n[workspace]\n".to_owned(), 0),
            ("Cargo.toml", "[workspace.package]\nlicense = \"Apache-2.0\"\n".to_owned(), 0),
            ("Cargo.toml", "[workspace.package]\nversion = \"1\"\n".to_owned(), 1),
            ("web/package.json", "{ \"license\": \"Apache-2.0\" }".to_owned(), 0),
            ("web/package.json", "{ \"name\": \"kiem-web\" }".to_owned(), 1),
            ("web/package.json", "{".to_owned(), 1),
        ] {
            let findings = check(&Tree::of(&[(path, &text)]));
            assert_eq!(findings.len(), n_findings, "{path}: {text}: {findings:?}");
        }
    }

    #[test]
    fn the_lock_file_names_no_host() {
        for (text, n_findings) in [
            ("{\n  \"resolved\": \"https://registry.example/a.tgz\",\n}", 1),
            ("{\n  \"integrity\": \"sha512-x\"\n}", 0),
        ] {
            assert_eq!(check(&Tree::of(&[(LOCK, text)])).len(), n_findings, "{text}");
        }
    }
}
