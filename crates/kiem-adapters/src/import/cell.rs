//! What people and programs put into one cell: nothing in many words, a mark that keeps a number a text, an address with a
//! name around it, a head count.

use std::borrow::Cow;

use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::names::fold;

pub use super::objection::{is_no, is_objection, is_yes};

/// Words by which people and programs say "nothing", errors of formulas in every language among them.
const BLANK_WORDS: &[&str] = &[
    "-",
    "--",
    "---",
    "–",
    "—",
    ".",
    "?",
    "n/a",
    "n.a.",
    "#n/a",
    "#n/b",
    "#nv",
    "#n/v",
    "#ref!",
    "#verw!",
    "#bezug!",
    "#value!",
    "#waarde!",
    "#wert!",
    "#valeur!",
    "#div/0!",
    "#deel/0!",
    "#name?",
    "#naam?",
    "#null!",
    "#leeg!",
    "#num!",
    "#getal!",
    "n.v.t.",
    "nvt",
    "n.b.",
    "k.a.",
    "k. a.",
    "null",
    "nan",
    "none",
    "(leeg)",
    "(blank)",
    "(leer)",
    "(vide)",
    "onbekend",
    "unknown",
    "unbekannt",
    "inconnu",
    // The French register, about who does not want to be shown.
    "[nd]",
];

/// Characters of the longest of [`BLANK_WORDS`].
const BLANK_CHARS_MAX: usize = 10;

/// Whether a cell says nothing.
pub fn is_blank(cell: &str) -> bool {
    cell.len() <= BLANK_CHARS_MAX && (cell.is_empty() || BLANK_WORDS.contains(&&*cell.to_ascii_lowercase()))
}

/// A character that nobody sees: marks of direction, blanks without width, soft hyphens. They come along with what is copied
/// from a website.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A cell without what makes a spreadsheet take it for a text: an apostrophe before a number or a sign, and `="..."`.
pub fn unmarked(cell: &str) -> &str {
    if let Some(rest) = cell.strip_prefix('\'')
        && rest.starts_with(|c: char| c.is_ascii_digit() || "+=-@(".contains(c))
    {
        return rest;
    }
    cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).map_or(cell, str::trim)
}

/// Whether a cell is a website and nothing else.
pub(super) fn is_site(cell: &str) -> bool {
    !cell.contains([' ', '@']) && DomainName::parse(cell).is_ok()
}

/// The first address in a cell, and whether there are more: "Eva Smit <eva@klant.example>", "a@x.example; b@x.example",
/// `mailto:` links, what a database makes of one.
pub fn email(cell: &str) -> Option<(EmailAddress, bool)> {
    let parse = |text: &str| EmailAddress::parse(&percent_decoded(text)).ok();
    if let Some(email) = Some(cell).filter(|cell| is_one_address(cell)).and_then(parse) {
        return Some((email, false));
    }
    // "=" may stand in an address, and never stands there.
    let parts = cell.split(|c: char| c.is_whitespace() || ",;|<>()[]\"'#=/\u{a0}".contains(c));
    let mut found = parts.filter(|part| part.contains('@') || part.contains("%40")).filter_map(|part| {
        let part = strip_scheme(part).split('?').next().unwrap_or_default();
        parse(part.trim_end_matches(['.', ':']))
    });
    let first = found.next()?;
    let has_more = found.any(|other| other != first);
    Some((first, has_more))
}

/// Whether a cell is no more than one address.
fn is_one_address(cell: &str) -> bool {
    cell.bytes().all(|b| b.is_ascii_alphanumeric() || b"@._+-&'".contains(&b))
}

fn strip_scheme(text: &str) -> &str {
    match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &text[7..],
        _ => text,
    }
}

/// `%2B` as `+`; what is no escape stays.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let escape = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii_graphic) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The language that a cell names: `nl`, `en`, `de` or `fr`.
pub fn language_code(cell: &str) -> Option<&'static str> {
    let folded = fold(cell);
    let code = folded.split(['-', '_']).next().unwrap_or_default();
    match code {
        "nl" | "nederlands" | "dutch" | "vlaams" | "niederlandisch" => Some("nl"),
        "en" | "engels" | "english" | "englisch" | "anglais" => Some("en"),
        "de" | "duits" | "german" | "deutsch" | "allemand" => Some("de"),
        "fr" | "frans" | "french" | "francais" | "franzosisch" => Some("fr"),
        _ => None,
    }
}

/// People working there: "25", "1.200", "11-50" (the middle), "500+", "1K-5K". What a spreadsheet made a day of ("10-jan") is
/// none.
pub fn employees(cell: &str) -> Option<i64> {
    // "25 (2023)": what stands in brackets is about the number.
    let cell = cell.split(['(', '[']).next().filter(|text| !text.trim().is_empty()).unwrap_or(cell);
    let mut numbers: Vec<i64> = Vec::new();
    let mut digits = String::new();
    let chars: Vec<char> = cell.trim().chars().collect();
    for (i, c) in chars.iter().enumerate() {
        let three =
            |at: usize| chars.get(at..at + 3).is_some_and(|next| next.iter().all(char::is_ascii_digit));
        // A dot, comma or blank before exactly three digits separates thousands.
        let thousands = matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}')
            && !digits.is_empty()
            && three(i + 1)
            && !chars.get(i + 4).is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() {
            digits.push(*c);
        } else if !thousands && !digits.is_empty() {
            let is_thousand = matches!(c, 'k' | 'K') && !chars.get(i + 1).is_some_and(|c| c.is_alphabetic());
            let n: i64 = digits.parse().ok()?;
            numbers.push(if is_thousand { n.checked_mul(1_000)? } else { n });
            digits.clear();
            if matches!(c, '.' | ',') {
                // The rest is a fraction ("12,5 fte").
                break;
            }
        }
    }
    if !digits.is_empty() {
        numbers.push(digits.parse().ok()?);
    }
    let n = match numbers.as_slice() {
        _ if is_day(&fold(cell)) => return None,
        [n] => *n,
        [low, high] if low <= high => low + (high - low) / 2,
        _ => return None,
    };
    (0..10_000_000).contains(&n).then_some(n)
}

/// A range that a spreadsheet took for a day: "10-jan", "nov-50".
fn is_day(folded: &str) -> bool {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mrt", "mar", "apr", "mei", "may", "mai", "jun", "jul", "aug", "sep", "okt", "oct",
        "nov", "dec", "dez",
    ];
    let parts: Vec<&str> = folded.split(['-', ' ', '/']).filter(|part| !part.is_empty()).collect();
    parts.len() >= 2 && parts.iter().any(|part| MONTHS.contains(&part.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_in_many_words() {
        for cell in [
            "", "-", "—", "n.v.t.", "N/A", "#NV", "#WAARDE!", "NaN", "(leeg)", "Onbekend", "k.A.", "?",
            "[ND]",
        ] {
            assert!(is_blank(cell), "{cell}");
        }
        for cell in ["x", "0", "Nul BV", "NB", "Geen", "1"] {
            assert!(!is_blank(cell), "{cell}");
        }
        assert!(BLANK_WORDS.iter().all(|word| word.len() <= BLANK_CHARS_MAX));
    }

    #[test]
    fn a_mark_that_keeps_a_number_a_text_is_no_part_of_it() {
        for (cell, expected) in [
            ("'+31612345678", "+31612345678"),
            ("'0612345678", "0612345678"),
            ("=\"01234567\"", "01234567"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("'t Hoekje", "'t Hoekje"),
            ("=1+1", "=1+1"),
        ] {
            assert_eq!(unmarked(cell), expected);
        }
    }

    #[test]
    fn the_address_is_found_in_what_stands_around_it() {
        for (cell, expected, has_more) in [
            ("Eva@Klant.example", "eva@klant.example", false),
            ("Eva Smit <eva@klant.example>", "eva@klant.example", false),
            ("eva@klant.example, eva.smit@klant.example", "eva@klant.example", true),
            ("eva@klant.example;", "eva@klant.example", false),
            ("eva@klant.example; EVA@klant.example", "eva@klant.example", false),
            ("mailto:eva%2Binfo@klant.example?subject=Hoi", "eva+info@klant.example", false),
            ("mailto:eva%40klant.example", "eva@klant.example", false),
            ("eva@klant.example#mailto:eva@klant.example#", "eva@klant.example", false),
            ("'eva@klant.example'", "eva@klant.example", false),
            ("=eva@klant.example", "eva@klant.example", false),
            ("eva@müller.example", "eva@xn--mller-kva.example", false),
            ("eva (eva@klant.example)", "eva@klant.example", false),
        ] {
            let found = email(cell).map(|(email, more)| (email.as_str().to_owned(), more));
            assert_eq!(found, Some((expected.to_owned(), has_more)), "{cell}");
        }
        for cell in
            ["eva", "@klant.example", "eva@", "eva at klant.example", "eva@www.klant.example", "eva@klant"]
        {
            assert_eq!(email(cell), None, "{cell}");
        }
    }

    #[test]
    fn head_counts_as_people_write_them() {
        for (cell, expected) in [
            ("25", Some(25)),
            ("1.200", Some(1200)),
            ("10 000", Some(10_000)),
            ("11-50", Some(30)),
            ("1,001-5,000", Some(3000)),
            ("500+", Some(500)),
            ("12,5 fte", Some(12)),
            ("10 t/m 19", Some(14)),
            ("5k", Some(5_000)),
            ("1K-5K", Some(3_000)),
            ("10K+", Some(10_000)),
            ("25 (2023)", Some(25)),
            ("(25)", Some(25)),
            ("10-jan", None),
            ("nov-50", None),
            ("veel", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(employees(cell), expected, "{cell}");
        }
    }
}
