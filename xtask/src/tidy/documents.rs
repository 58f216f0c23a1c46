//! ARCHITECTURE.md is a map; a map with streets that are gone is worse than none.

use super::Finding;
use super::tree::Tree;

const MAP: &str = "ARCHITECTURE.md";
const WHY: &str = "the map names only what is there";
const ENDINGS: &[&str] = &[".rs", ".md", ".ts", ".tsx", ".sql", ".toml", ".txt", ".json", ".sh"];

/// Checks every path in backticks. `path::name` and `path:name` also need `name` to occur in the file.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(map) = tree.get(MAP) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut in_block = false;
    for (index, line) in map.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            continue;
        }
        for quoted in line.split('`').skip(1).step_by(2) {
            for path in expand(quoted) {
                if let Some(what) = missing(tree, &path) {
                    findings.push(Finding::at(MAP, index + 1, what, WHY));
                }
            }
        }
    }
    findings
}

/// `a/{b,c}.rs` names two paths.
fn expand(text: &str) -> Vec<String> {
    match text.split_once('{').and_then(|(start, rest)| Some((start, rest.split_once('}')?))) {
        Some((start, (choices, end))) if choices.contains(',') => {
            choices.split(',').map(|choice| format!("{start}{}{end}", choice.trim())).collect()
        }
        _ => vec![text.to_owned()],
    }
}

/// What is wrong with this path, or `None` when it is there or is no path at all.
fn missing(tree: &Tree, text: &str) -> Option<String> {
    let (path, name) = match text.split_once(':') {
        Some((path, name)) => (path, Some(name.trim_start_matches(':'))),
        None => (text, None),
    };
    let is_file = ENDINGS.iter().any(|ending| path.ends_with(ending));
    // Addresses of the API, ranges and prose in backticks are no paths.
    let is_prose = path.starts_with('/') || path.contains([' ', '<', '{', '(', '=', '*', '$', '~', '@']);
    if is_prose || !(is_file || path.contains('/')) {
        return None;
    }
    if tree.has(path) && tree.get(path).is_none() {
        return None; // a folder
    }
    let is_this = |candidate: &str| {
        candidate == path || (!path.contains('/') && candidate.ends_with(&format!("/{path}")))
    };
    let files: Vec<_> = tree.files().iter().filter(|file| is_this(&file.path)).collect();
    if files.is_empty() {
        return Some(format!("{path} does not exist"));
    }
    let name = name.filter(|name| !name.is_empty())?;
    files.iter().all(|file| !file.text.contains(name)).then(|| format!("{path} does not contain {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_in_the_map_exists() {
        for (line, expected) in [
            ("see `crates/kiem/src/engine/send.rs` and `crates/kiem/src/engine/`", vec![]),
            (
                "see `send.rs`, `crates/{kiem,kiem}/src`, `POST /leads/{id}/promotion`, `/api/v1`, `a: b`",
                vec![],
            ),
            ("see `crates/kiem/src/engine/send.rs::send_due`", vec![]),
            ("see `crates/kiem/src/engine/sent.rs`", vec!["crates/kiem/src/engine/sent.rs does not exist"]),
            ("see `crates/{kiem,gone}/src`", vec!["crates/gone/src does not exist"]),
            ("see `other.rs`", vec!["other.rs does not exist"]),
            ("see `send.rs:send_now`", vec!["send.rs does not contain send_now"]),
            ("```\n`gone/gone.rs`\n```", vec![]),
        ] {
            let text = line.replace("\\n", "\n");
            let tree = Tree::of(&[(MAP, &text), ("crates/kiem/src/engine/send.rs", "pub fn send_due() {}")]);
            let whats: Vec<String> = check(&tree).into_iter().map(|finding| finding.what).collect();
            assert_eq!(whats, expected, "{line}");
        }
        assert_eq!(check(&Tree::of(&[])), []);
    }
}
