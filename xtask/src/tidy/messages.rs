//! The Dutch and English catalogues say the same things: equal keys, equal placeholders, nothing empty.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Finding;
use super::tree::{File, Tree};

const WHY: &str = "everything that the product says exists in Dutch and in English";

/// One message of a catalogue.
#[derive(Debug, PartialEq, Eq)]
struct Message {
    text: String,
    line: usize,
}

type Catalogue = BTreeMap<String, Message>;

/// Compares every `messages/en.*` with its `messages/nl.*`.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (root, ending) in [("web/src/", "json"), ("crates/", "toml")] {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        let name = format!("messages/en.{ending}");
        for file in tree.under(root).filter(|file| is_catalogue(file, ending)) {
            let twin_path = match file.path.strip_suffix(&name) {
                Some(folder) => format!("{folder}messages/nl.{ending}"),
                None => file.path.replace(&format!("messages/nl.{ending}"), &name),
            };
            let Some(twin) = tree.get(&twin_path) else {
                findings.push(Finding::at(&file.path, 1, format!("{twin_path} is missing"), WHY));
                continue;
            };
            let (here, there) = match (read(file), read(twin)) {
                (Ok(here), Ok(there)) => (here, there),
                (Err(finding), _) | (_, Err(finding)) => {
                    findings.push(finding);
                    continue;
                }
            };
            compare(file, &here, &there, &twin_path, &mut findings);
            if ending == "json" && file.path.ends_with(&name) {
                repeated(file, &here, &mut seen, &mut findings);
            }
        }
    }
    findings
}

fn is_catalogue(file: &File, ending: &str) -> bool {
    ["en", "nl"].iter().any(|language| file.path.ends_with(&format!("/messages/{language}.{ending}")))
}

fn compare(file: &File, here: &Catalogue, there: &Catalogue, twin: &str, findings: &mut Vec<Finding>) {
    for (key, message) in here {
        let mut add = |what: String| findings.push(Finding::at(&file.path, message.line, what, WHY));
        if message.text.trim().is_empty() {
            add(format!("{key} is empty"));
        }
        match there.get(key) {
            None => add(format!("{key} is not in {twin}")),
            Some(other) => {
                let (mine, theirs) = (placeholders(&message.text), placeholders(&other.text));
                for name in mine.difference(&theirs) {
                    add(format!("{key} uses {{{name}}}, which {twin} does not"));
                }
            }
        }
    }
}

/// The page merges its catalogues into one, so a key that stands in two of them would lose one text silently.
fn repeated(file: &File, here: &Catalogue, seen: &mut BTreeMap<String, String>, findings: &mut Vec<Finding>) {
    for (key, message) in here {
        if let Some(first) = seen.insert(key.clone(), file.path.clone()) {
            let what = format!("{key} is also in {first}");
            findings.push(Finding::at(
                &file.path,
                message.line,
                what,
                "the page merges its catalogues into one",
            ));
        }
    }
}

/// Names in braces: `{name}`.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .collect()
}

fn read(file: &File) -> Result<Catalogue, Finding> {
    if file.path.ends_with(".json") { read_json(file) } else { read_toml(file) }
}

fn read_json(file: &File) -> Result<Catalogue, Finding> {
    let value: Value = serde_json::from_str(&file.text).map_err(|error| {
        Finding::at(
            &file.path,
            error.line(),
            format!("is not JSON ({error})"),
            "a catalogue must be readable",
        )
    })?;
    let mut catalogue = Catalogue::new();
    flatten(file, "", &value, &mut catalogue)?;
    Ok(catalogue)
}

fn flatten(file: &File, prefix: &str, value: &Value, catalogue: &mut Catalogue) -> Result<(), Finding> {
    match value {
        Value::String(text) => {
            let last = prefix.rsplit('.').next().unwrap_or(prefix);
            let is_here = |line: &&str| {
                line.contains(&format!("\"{prefix}\"")) || line.contains(&format!("\"{last}\""))
            };
            let line = file.text.lines().position(|line| is_here(&line)).map_or(1, |index| index + 1);
            catalogue.insert(prefix.to_owned(), Message { text: text.clone(), line });
            Ok(())
        }
        Value::Object(entries) => entries.iter().try_for_each(|(key, value)| {
            let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            flatten(file, &key, value, catalogue)
        }),
        _ => {
            Err(Finding::at(&file.path, 1, format!("{prefix} is not a text"), "a catalogue holds texts only"))
        }
    }
}

/// The part of TOML that catalogues need: tables, and keys with basic, literal or multi-line strings.
fn read_toml(file: &File) -> Result<Catalogue, Finding> {
    let mut catalogue = Catalogue::new();
    let mut table = String::new();
    let mut lines = file.text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = format!("{}.", name.trim().replace('"', ""));
            continue;
        }
        let unreadable = || {
            let what = format!("cannot be read: {line}");
            Finding::at(&file.path, index + 1, what, "a catalogue holds `key = \"text\"` and [tables] only")
        };
        let (key, value) = line.split_once('=').ok_or_else(unreadable)?;
        let value = value.trim();
        let text = match ["\"\"\"", "'''"].iter().find(|quote| value.starts_with(**quote)) {
            Some(quote) => {
                let mut text = value[quote.len()..].to_owned();
                while !text.contains(quote) {
                    let (_, next) = lines.next().ok_or_else(unreadable)?;
                    text.push('\n');
                    text.push_str(next);
                }
                text.split(quote).next().unwrap_or_default().to_owned()
            }
            None => single_line(value).ok_or_else(unreadable)?,
        };
        let key = format!("{table}{}", key.trim().trim_matches('"'));
        catalogue.insert(key, Message { text, line: index + 1 });
    }
    Ok(catalogue)
}

/// The content of `"text"` or `'text'`, with nothing but a comment after it.
fn single_line(value: &str) -> Option<String> {
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let mut is_escaped = false;
    let end = value[1..].find(|c: char| {
        let is_end = c == quote && !is_escaped;
        is_escaped = quote == '"' && c == '\\' && !is_escaped;
        is_end
    })?;
    let rest = value[end + 2..].trim();
    (rest.is_empty() || rest.starts_with('#')).then(|| value[1..=end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn catalogues_of_the_page_are_equal() {
        for (en, nl, n_findings) in [
            (r#"{ "a": "Hi {name}", "b": { "c": "x" } }"#, r#"{ "b.c": "y", "a": "Dag {name}" }"#, 0),
            (r#"{ "a": "Hi", "b": "x" }"#, r#"{ "a": "Dag" }"#, 1),
            (r#"{ "a": "Hi" }"#, r#"{ "a": "Dag", "c": "x" }"#, 1),
            (r#"{ "a": "Hi {name}" }"#, r#"{ "a": "Dag {naam}" }"#, 2),
            (r#"{ "a": "Hi" }"#, r#"{ "a": " " }"#, 1),
            (r#"{ "a": "Hi" "#, r#"{ "a": "Dag" }"#, 2),
            (r#"{ "a": 1 }"#, r#"{ "a": "Dag" }"#, 2),
        ] {
            let files = [("web/src/shell/messages/en.json", en), ("web/src/shell/messages/nl.json", nl)];
            assert_eq!(whats(&files).len(), n_findings, "{en} {nl}: {:?}", whats(&files));
        }
    }

    #[test]
    fn a_missing_language_and_a_repeated_key_are_seen() {
        assert_eq!(whats(&[("web/src/a/messages/nl.json", "{}")]), ["web/src/a/messages/en.json is missing"]);
        assert_eq!(whats(&[("crates/a/messages/en.toml", "")]), ["crates/a/messages/nl.toml is missing"]);
        let twice = [
            ("web/src/a/messages/en.json", r#"{ "x": "1" }"#),
            ("web/src/a/messages/nl.json", r#"{ "x": "1" }"#),
            ("web/src/b/messages/en.json", r#"{ "x": "2" }"#),
            ("web/src/b/messages/nl.json", r#"{ "x": "2" }"#),
        ];
        assert_eq!(whats(&twice), ["x is also in web/src/a/messages/en.json"]);
    }

    #[test]
    fn catalogues_of_the_program_are_equal() {
        let en = "# English\n[mail]\nsubject = \"Hi {name}\" # greeting\nbody = \"\"\"\nOne\nTwo {n}\"\"\"\n'x.y' = 'z'\n";
        for (nl, n_findings) in [
            ("[mail]\nbody = \"\"\"Een {n}\"\"\"\nsubject = \"Dag \\\"{name}\\\"\"\n'x.y' = 'z'\n", 0),
            ("[mail]\nsubject = \"Dag {name}\"\nbody = \"Een\"\n'x.y' = 'z'\n", 1),
            ("[post]\nsubject = \"Dag {name}\"\nbody = \"{n}\"\n'x.y' = 'z'\n", 6),
            ("[mail]\nsubject = 3\n", 2),
        ] {
            let files = [("crates/kiem/messages/en.toml", en), ("crates/kiem/messages/nl.toml", nl)];
            assert_eq!(whats(&files).len(), n_findings, "{nl}: {:?}", whats(&files));
        }
    }
}
