//! Words that say "not finished": what is in the project works, or is not in it.

use super::Finding;
use super::tree::Tree;

const WHY: &str = "what is not finished goes into an issue, not into the code";

/// Files that are read: code of every kind. Documents may talk about these words.
const ENDINGS: &[&str] =
    &[".rs", ".ts", ".tsx", ".js", ".mjs", ".css", ".sql", ".toml", ".sh", ".html", ".yml", ".yaml"];

/// The only file that must contain the words, to look for them.
const THIS_FILE: &str = "xtask/src/tidy/words.rs";

const EVERYWHERE: &[&str] = &["TODO", "FIXME"];
const IN_RUST: &[&str] = &["unimplemented!", "todo!", "#[ignore"];
const IN_TYPESCRIPT: &[&str] = &[".skip(", ".fixme(", ".todo(", "test.only", "it.only", "describe.only"];

/// Looks for the words, comments and texts included.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().iter().filter(|file| file.is(ENDINGS) && file.path != THIS_FILE) {
        let language: &[&str] = if file.is(&[".rs"]) {
            IN_RUST
        } else if file.is(&[".ts", ".tsx", ".js", ".mjs"]) {
            IN_TYPESCRIPT
        } else {
            &[]
        };
        for (index, line) in file.text.lines().enumerate() {
            for word in EVERYWHERE.iter().chain(language).filter(|word| has_word(line, word)) {
                findings.push(Finding::at(&file.path, index + 1, format!("says {word}"), WHY));
            }
        }
    }
    findings
}

/// Whether the word stands in the line on its own and not as part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let goes_on_before = word.starts_with(is_letter) && line[..at].ends_with(is_letter);
        let goes_on_after = word.ends_with(is_letter) && line[at + word.len()..].starts_with(is_letter);
        !goes_on_before && !goes_on_after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_work_is_seen() {
        for (path, line, n_findings) in [
            ("a.rs", "// TODO: later", 1),
            ("a.rs", "let TODO_LIST = 1;", 0),
            ("a.rs", "// FIXME", 1),
            ("a.rs", "unimplemented!()", 1),
            ("a.rs", "todo!(\"x\")", 1),
            ("a.rs", "#[ignore = \"slow\"]", 1),
            ("a.rs", "words.iter().skip(1)", 0),
            ("a.ts", "test.skip(\"x\", () => {})", 1),
            ("a.test.tsx", "it.only(\"x\", () => {})", 1),
            ("a.ts", "const todo = 1; submit.only = 2;", 0),
            ("a.sql", "-- TODO index", 1),
            ("a.md", "No TODO in code.", 0),
        ] {
            let findings = check(&Tree::of(&[(path, line)]));
            assert_eq!(findings.len(), n_findings, "{path}: {line}: {findings:?}");
        }
    }
}
