//! Addresses as people write them, brought to what can be compared: Dutch postcode, house number, street, town.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::names::fold;

/// Towns with more than one name: the [`town_key`] that is kept, and how lists write them, in small letters.
const TOWNS: &[(&str, &[&str])] = &[
    (
        "denhaag",
        &["den haag", "'s-gravenhage", "\u{2019}s-gravenhage", "s-gravenhage", "the hague", "la haye"],
    ),
    (
        "shertogenbosch",
        &["'s-hertogenbosch", "\u{2019}s-hertogenbosch", "s-hertogenbosch", "den bosch", "'s-bosch"],
    ),
    ("vlissingen", &["vlissingen", "flushing"]),
    ("antwerpen", &["antwerpen", "antwerp", "anvers"]),
    ("brussel", &["brussel", "brussels", "bruxelles"]),
    ("gent", &["gent", "ghent", "gand"]),
    ("brugge", &["brugge", "bruges"]),
    ("luik", &["luik", "li\u{e8}ge", "liege"]),
    ("leuven", &["leuven", "louvain"]),
    ("mechelen", &["mechelen", "malines"]),
    ("kortrijk", &["kortrijk", "courtrai"]),
    ("namen", &["namen", "namur"]),
    ("koln", &["k\u{f6}ln", "koln", "cologne"]),
    ("munchen", &["m\u{fc}nchen", "munchen", "munich"]),
    ("nurnberg", &["n\u{fc}rnberg", "nurnberg", "nuremberg"]),
    ("hannover", &["hannover", "hanover"]),
];

/// The key that is kept, by every key of a town with more than one name.
static KEPT: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let written = TOWNS.iter().flat_map(|(kept, names)| names.iter().map(move |name| (joined(name), *kept)));
    written.collect()
});

/// The key under which a town is compared: folded, without blanks and punctuation, `St.` written out, one name for
/// towns that have several ('s-Gravenhage and Den Haag).
pub fn town_key(town: &str) -> String {
    let key = joined(town);
    KEPT.get(&key).map_or(key, |kept| (*kept).to_owned())
}

/// Folded and written as one word.
fn joined(town: &str) -> String {
    let folded = fold(town);
    let mut key = String::with_capacity(folded.len());
    for (i, word) in folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).enumerate() {
        key.push_str(if i == 0 && word == "st" { "sint" } else { word });
    }
    key
}

/// All that a town is written as in lists, in small letters: the name itself, and the others when it has several.
pub fn town_spellings(town: &str) -> Vec<String> {
    let mut found = vec![town.trim().to_lowercase()];
    let key = town_key(town);
    let others = TOWNS.iter().find(|(kept, _)| *kept == key).map_or(&[][..], |(_, others)| *others);
    for other in others {
        if !found.iter().any(|known| known == other) {
            found.push((*other).to_owned());
        }
    }
    found
}

/// A Dutch postcode: four digits, the first not zero, and two letters.
///
/// SA, SD and SS were never given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Postcode([u8; 6]);

impl Postcode {
    /// Parses a postcode, with or without a blank, in capitals or not. `None` for anything else.
    pub fn parse(text: &str) -> Option<Postcode> {
        let mut code = [0_u8; 6];
        let mut n = 0;
        for c in text.bytes().filter(|c| !c.is_ascii_whitespace()) {
            *code.get_mut(n)? = c.to_ascii_uppercase();
            n += 1;
        }
        let (digits, letters) = code.split_at(4);
        let ok = n == 6
            && digits.iter().all(u8::is_ascii_digit)
            && digits.first() != Some(&b'0')
            && letters.iter().all(u8::is_ascii_uppercase)
            && !matches!(letters, b"SA" | b"SD" | b"SS");
        ok.then_some(Postcode(code))
    }

    /// `1234AB`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Street and house number, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreetLine {
    /// Street, folded and without blanks and punctuation; endings that people shorten are left out, so that
    /// "Kerkstr." and "Kerkstraat" are one street.
    pub street: String,
    /// House number without what is added to it.
    pub house_number: Option<u32>,
}

/// Endings of Dutch and German street names and how they are shortened; the longest first.
const STREET_ENDINGS: &[&str] =
    &["straat", "strasse", "street", "laan", "weg", "plein", "kade", "str", "wg", "ln", "pln", "st"];

impl StreetLine {
    /// Takes "Kerkstraat 12-a", "Plein 1944 3 bis" and "12, rue de la Gare" apart.
    pub fn parse(line: &str) -> StreetLine {
        let folded = fold(line);
        let words: Vec<&str> =
            folded.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()).collect();
        let is_number = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
        // The last number is the house number, unless the line has nothing but one in front (as the French write).
        let at = words.iter().rposition(|w| is_number(w));
        let house_number = at.and_then(|i| words.get(i)).and_then(|w| {
            let digits: String = w.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        });
        let name = match at {
            Some(0) => words.get(1..),
            Some(i) => words.get(..i),
            None => Some(words.as_slice()),
        };
        let mut street = String::with_capacity(folded.len());
        for word in name.unwrap_or_default() {
            street.extend(word.chars().filter(|c| c.is_alphanumeric()));
        }
        for ending in STREET_ENDINGS {
            if street.len() > ending.len() + 2 && street.ends_with(ending) {
                street.truncate(street.len() - ending.len());
                break;
            }
        }
        StreetLine { street, house_number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_with_two_names_have_one_key() {
        for (a, b) in [
            ("'s-Gravenhage", "DEN HAAG"),
            ("’s-Hertogenbosch", "Den Bosch"),
            ("'s Hertogenbosch", "Den Bosch"),
            ("St. Oedenrode", "Sint-Oedenrode"),
            ("Ijsselstein", "IJSSELSTEIN"),
            ("Sudwest-Fryslan", "Súdwest-Fryslân"),
            ("Bergen Op Zoom", "bergen op zoom "),
            ("Bruxelles", "Brussel"),
        ] {
            assert_eq!(town_key(a), town_key(b), "{a} / {b}");
        }
        assert_ne!(town_key("Bergen"), town_key("Bergen op Zoom"));
    }

    #[test]
    fn a_town_with_several_names_is_looked_for_under_each() {
        assert_eq!(town_spellings(" Zeist "), ["zeist"]);
        for town in ["Den Haag", "'s-Gravenhage", "THE HAGUE"] {
            let found = town_spellings(town);
            assert!(
                ["den haag", "'s-gravenhage"].iter().all(|one| found.iter().any(|f| f == one)),
                "{found:?}"
            );
        }
        for (kept, others) in TOWNS {
            assert!(others.iter().all(|other| town_key(other) == *kept), "{others:?}");
        }
    }

    #[test]
    fn postcodes_are_read_strictly() {
        for (text, expected) in
            [("1012 ab", Some("1012AB")), ("1012AB", Some("1012AB")), (" 9999 ZZ ", Some("9999ZZ"))]
        {
            assert_eq!(Postcode::parse(text).as_ref().map(Postcode::as_str), expected, "{text}");
        }
        for text in ["", "0123AB", "1234SS", "1234 SA", "12345", "1234", "1234ABC", "ABCD12"] {
            assert_eq!(Postcode::parse(text), None, "{text}");
        }
    }

    #[test]
    fn street_lines_are_taken_apart() {
        for (line, street, number) in [
            ("Kerkstraat 12", "kerk", Some(12)),
            ("Kerkstr. 12-a", "kerk", Some(12)),
            ("Kerkstraat 12 bis", "kerk", Some(12)),
            ("Plein 1944 3", "plein1944", Some(3)),
            ("Burgemeester Reigerstraat 4B", "burgemeesterreiger", Some(4)),
            ("12, rue de la Gare", "ruedelagare", Some(12)),
            ("Markt 9", "markt", Some(9)),
            ("Postbus", "postbus", None),
            ("", "", None),
        ] {
            let expected = StreetLine { street: street.to_owned(), house_number: number };
            assert_eq!(StreetLine::parse(line), expected, "{line}");
        }
    }
}
