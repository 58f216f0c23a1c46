//! Every sentence that the program says outside the web page: errors, mails of our own, public pages. One catalogue
//! per language with equal keys (checked by `cargo xtask tidy`).

use std::collections::HashMap;
use std::sync::LazyLock;

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
}
