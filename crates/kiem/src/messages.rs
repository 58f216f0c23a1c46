//! Every sentence that the program says outside the web page: errors, mails of our own, public pages. One catalogue
//! per language with equal keys (checked by `cargo xtask tidy`).

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;
pub use kiem_domain::locale::Lang;

type Catalogue = HashMap<String, String>;

static NL: LazyLock<Catalogue> = LazyLock::new(|| load(include_str!("../messages/nl.toml")));
static EN: LazyLock<Catalogue> = LazyLock::new(|| load(include_str!("../messages/en.toml")));

fn load(text: &str) -> Catalogue {
    fn walk(prefix: &str, table: &toml::Table, into: &mut Catalogue) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::Table(inner) => walk(&key, inner, into),
                toml::Value::String(text) => drop(into.insert(key, text.clone())),
                _ => {}
            }
        }
    }
    // The files are part of the program: a test reads both, so a broken one never leaves the house.
    let table: toml::Table = text.parse().unwrap_or_default();
    let mut catalogue = Catalogue::new();
    walk("", &table, &mut catalogue);
    catalogue
}

/// The sentence for `key` with `{name}` replaced by the given values. A key that does not exist is shown as itself,
/// so that the mistake is seen and nothing is hidden.
pub fn say(lang: Lang, key: &str, params: &[(&str, String)]) -> String {
    let catalogue = match lang {
        Lang::Nl => &*NL,
        Lang::En => &*EN,
    };
    let mut text = catalogue.get(key).cloned().unwrap_or_else(|| key.to_owned());
    for (name, value) in params {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// A day as it is written in a letter.
pub fn say_date(lang: Lang, date: Date) -> String {
    match lang {
        Lang::Nl => format!("{:02}-{:02}-{}", date.day(), date.month(), date.year()),
        Lang::En => format!("{} {} {}", date.day(), date.strftime("%B"), date.year()),
    }
}

/// Whether the catalogue has the key.
pub fn has(lang: Lang, key: &str) -> bool {
    match lang {
        Lang::Nl => NL.contains_key(key),
        Lang::En => EN.contains_key(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_catalogues_are_read_and_have_the_same_keys() {
        let mut nl: Vec<_> = NL.keys().collect();
        let mut en: Vec<_> = EN.keys().collect();
        nl.sort();
        en.sort();
        assert!(!nl.is_empty());
        assert_eq!(nl, en);
    }

    /// The programs' own files, read as text: a code that is written there must have its sentence.
    fn sources(folder: &std::path::Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                into.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    /// The first string after a mark, as in `refused("code")` or `FieldError::new("field", "code")`.
    fn strings_after<'a>(source: &'a str, mark: &'a str, nth: usize) -> impl Iterator<Item = &'a str> {
        source.match_indices(mark).filter_map(move |(at, _)| {
            let call = &source[at + mark.len()..];
            let call = &call[..call.find(';').unwrap_or(call.len()).min(300)];
            let code = call.split('"').nth(2 * nth + 1)?;
            let is_code = !code.is_empty()
                && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit());
            is_code.then_some(code)
        })
    }

    #[test]
    fn every_code_that_the_program_gives_has_its_sentence() {
        let mut files = Vec::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let mut n = 0;
        for file in &files {
            // The tests of a file come last and may use made-up codes.
            let source = file.split("#[cfg(test)]").next().unwrap_or_default();
            for code in strings_after(source, "EngineError::refused(", 0) {
                for lang in Lang::ALL.iter().copied() {
                    for part in ["title", "detail"] {
                        let key = format!("error.{code}.{part}");
                        assert!(has(lang, &key), "no {lang} sentence for {key}");
                    }
                }
                n += 1;
            }
            for mark in ["EngineError::field(", "FieldError::new("] {
                for code in strings_after(source, mark, 1) {
                    for lang in Lang::ALL.iter().copied() {
                        let key = format!("error.field.{code}");
                        assert!(has(lang, &key), "no {lang} sentence for {key}");
                    }
                    n += 1;
                }
            }
        }
        assert!(n > 150, "only {n} codes were found");
    }
}
