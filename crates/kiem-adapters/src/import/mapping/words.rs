//! The names of columns, read once from `names/`, and how near another name comes to them.

use std::collections::HashMap;
use std::sync::OnceLock;

use kiem_domain::names::fold;

use super::{Field, Proposal, Why, scope};

/// Names per language, and of programs. Where two lists have a name, the first one counts.
const LISTS: &[(Why, &str)] = &[
    (Why::OwnName, include_str!("../names/nl.txt")),
    (Why::OwnName, include_str!("../names/en.txt")),
    (Why::VendorName, include_str!("../names/vendors.txt")),
    (Why::OwnName, include_str!("../names/de.txt")),
    (Why::OwnName, include_str!("../names/fr.txt")),
];
const NEVER: &str = include_str!("../names/never.txt");
const OBJECTIONS: &str = include_str!("../names/objections.txt");
const NO_CALLS: &str = include_str!("../names/no_calls.txt");
/// Words that turn a name into its opposite: "Geen e-mail" is no column of addresses.
const NEGATIONS: &[&str] =
    &["geen", "niet", "no", "not", "kein", "keine", "nicht", "ne", "pas", "sans", "zonder", "without"];

/// How a column says that it counts in thousands, and in millions. "Umsatz in T€" is "umsatz in t".
const THOUSANDS: &[&str] = &[
    "x 1000",
    "x1000",
    "x 1 000",
    "in 000",
    "in 000s",
    "000",
    "000s",
    "1000",
    "in 1000",
    "in thousands",
    "in thousand",
    "thousands",
    "in duizend",
    "in duizenden",
    "duizend",
    "duizenden",
    "in tausend",
    "tausend",
    "in t",
    "t",
    "in teur",
    "teur",
    "in keur",
    "keur",
    "in tsd",
    "tsd",
    "in k",
    "k",
    "en milliers",
    "en k",
    "x 1000 euro",
    "in duizenden euro s",
];
const MILLIONS: &[&str] = &[
    "in mln",
    "mln",
    "in miljoenen",
    "miljoenen",
    "in miljoen",
    "in millions",
    "millions",
    "in million",
    "in mio",
    "mio",
    "m",
    "in m",
    "x 1000000",
    "x 1 000 000",
    "in millionen",
    "en millions",
    "in miljoenen euro s",
];

/// How near a name must come, as Jaro and Winkler measure it, and by how many letters it may differ.
const NEARNESS_MIN: f64 = 0.93;
const LETTERS_MAX: usize = 2;
/// Shorter names differ from others by chance.
const CLOSE_CHARS_MIN: usize = 5;

struct Name {
    text: &'static str,
    field: Field,
    why: Why,
    /// Its place in its list: the usual names stand first.
    rank: usize,
}

struct Words {
    names: Vec<Name>,
    /// By text, and by text without blanks.
    by_text: HashMap<String, usize>,
    never: Vec<&'static str>,
    objections: Vec<&'static str>,
    no_calls: Vec<&'static str>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(read)
}

fn read() -> Words {
    let mut words = Words {
        names: Vec::new(),
        by_text: HashMap::new(),
        never: patterns(NEVER),
        objections: patterns(OBJECTIONS),
        no_calls: patterns(NO_CALLS),
    };
    for (why, list) in LISTS {
        for line in lines(list) {
            // A line that names no field would be a mistake of ours; a test sees to it that there is none.
            let Some((field, names)) = line.split_once(':') else { continue };
            let Ok(field) = field.trim().parse::<Field>() else { continue };
            for (rank, text) in names.split(',').map(str::trim).filter(|n| !n.is_empty()).enumerate() {
                let index = words.names.len();
                words.by_text.entry(text.to_owned()).or_insert(index);
                words.by_text.entry(text.replace(' ', "")).or_insert(index);
                words.names.push(Name { text, field, why: *why, rank });
            }
        }
    }
    words
}

fn patterns(list: &'static str) -> Vec<&'static str> {
    lines(list).flat_map(|line| line.split(',')).map(str::trim).collect()
}

fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Folded, punctuation as blanks: "E-mail (zakelijk)" is "e mail zakelijk".
pub(crate) fn plain(header: &str) -> String {
    let folded = fold(header).replace('ß', "ss");
    let spaced: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a column is never proposed, by its plain name.
pub(crate) fn is_never(name: &str) -> bool {
    let is_listed = |name: &str| words().never.iter().any(|pattern| fits(pattern, name));
    // "Contactpersoon opmerking" is a remark.
    let behind = || scope::split(name).is_some_and(|(_, rest)| is_listed(rest));
    // Who objects is heard, whatever else stands in the name.
    (is_listed(name) || exact(name).is_none() && behind())
        && objection(name).is_none()
        && revenue_unit(name).is_none()
}

/// In what a column of revenue counts, by its plain name, when that is not one euro.
fn revenue_unit(name: &str) -> Option<Field> {
    let units = [(Field::RevenueThousands, THOUSANDS), (Field::RevenueMillions, MILLIONS)];
    units.into_iter().find_map(|(field, words)| {
        // A currency may stand on either side of the unit: "EUR x 1000", "in 000 EUR".
        let said = |rest: &str| words.contains(&rest.trim_start_matches("eur ").trim_end_matches(" eur"));
        let (base, _) = name.match_indices(' ').map(|(at, _)| name.split_at(at)).find(|(base, rest)| {
            said(rest.trim_start()) && exact(base).is_some_and(|found| found.field == Field::Revenue)
        })?;
        (!base.is_empty()).then_some(field)
    })
}

/// Against what a column objects by its plain name, if it does: being mailed or being called.
fn objection(name: &str) -> Option<Field> {
    if let Some(found) = exact(name) {
        return matches!(found.field, Field::DoNotMail | Field::DoNotCall | Field::MayMail)
            .then_some(found.field);
    }
    let said_in = |list: &[&str]| list.iter().any(|pattern| fits(pattern, name));
    // The telephone first: "Phone opt-out" is no objection to mail.
    match (said_in(&words().no_calls), said_in(&words().objections)) {
        (true, _) => Some(Field::DoNotCall),
        (false, true) => Some(Field::DoNotMail),
        (false, false) => None,
    }
}

/// A pattern with stars at its ends or in its middle.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            let Some(at) = rest.find(before) else { return false };
            rest = &rest[at + before.len()..];
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => rest.is_empty(),
    }
}

fn exact(name: &str) -> Option<&'static Name> {
    let words = words();
    let index = words.by_text.get(name).or_else(|| words.by_text.get(&name.replace(' ', "")))?;
    words.names.get(*index)
}

/// Whether a cell is the name of a column that is known.
pub(crate) fn is_known_name(cell: &str) -> bool {
    let name = plain(cell);
    !name.is_empty() && (exact(&name).is_some() || is_never(&name))
}

/// Whether a cell is, letter for letter, what people call a field.
pub(crate) fn is_field_name(cell: &str) -> bool {
    exact(&plain(cell)).is_some()
}

/// What a column means by its header.
pub(super) fn by_name(column: usize, header: &str) -> Option<Proposal> {
    let name = plain(header);
    if name.is_empty() {
        return None;
    }
    if let Some((field, confidence_percent, why)) = said(&name) {
        return Some(Proposal { column, field, confidence_percent, why });
    }
    if name.split(' ').any(|word| NEGATIONS.contains(&word)) {
        return None;
    }
    let (found, confidence_percent) =
        close(&name).map(|n| (n, 80)).or_else(|| part(&name).map(|n| (n, 65)))?;
    Some(Proposal { column, field: found.field, confidence_percent, why: Why::CloseSpelling })
}

/// What a plain name says that is no matter of guessing, and how sure: the name of a field, a unit of revenue, an objection;
/// alone or behind a word that says of whom it is.
fn said(name: &str) -> Option<(Field, u8, Why)> {
    let (scope, rest) = match said_alone(name) {
        None => scope::split(name)?,
        said => return said,
    };
    let (field, _, why) = said_alone(rest)?;
    let (field, confidence_percent) = scope::field_in(scope, rest, field);
    Some((field, confidence_percent, why))
}

fn said_alone(name: &str) -> Option<(Field, u8, Why)> {
    if let Some(found) = exact(name) {
        // The usual names first: "Bedrijfsnaam" wins from "Account" in the same file.
        return Some((found.field, 98 - u8::try_from(found.rank.min(14)).unwrap_or(14) / 2, found.why));
    }
    if let Some(field) = revenue_unit(name) {
        return Some((field, 95, Why::OwnName));
    }
    objection(name).map(|field| (field, 90, Why::OwnName))
}

/// The field that a plain name says, when it does.
pub(crate) fn field_of(name: &str) -> Option<Field> {
    said(name).map(|(field, _, _)| field)
}

/// The name that is nearest, when it is near.
fn close(name: &str) -> Option<&'static Name> {
    let length = name.chars().count();
    if length < CLOSE_CHARS_MIN {
        return None;
    }
    words()
        .names
        .iter()
        // Longer or shorter by more letters than may differ: nothing to measure, and headers from strangers may be long.
        .filter(|n| n.text.len() >= CLOSE_CHARS_MIN && n.text.chars().count().abs_diff(length) <= LETTERS_MAX)
        .map(|n| (strsim::jaro_winkler(name, n.text), n))
        .filter(|(nearness, n)| *nearness >= NEARNESS_MIN && strsim::levenshtein(name, n.text) <= LETTERS_MAX)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, n)| n)
}

/// The longest known name that stands as words in this one.
fn part(name: &str) -> Option<&'static Name> {
    let padded = format!(" {name} ");
    let inside =
        words().names.iter().filter(|n| n.text.len() > 3 && padded.contains(&format!(" {} ", n.text)));
    inside.max_by_key(|n| n.text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_name_fields_and_are_written_as_they_are_compared() {
        for (_, list) in LISTS {
            for line in lines(list) {
                let (field, names) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
                assert!(field.parse::<Field>().is_ok(), "{field}");
                for name in names.split(',').map(str::trim) {
                    assert_eq!(plain(name), name, "in {field}");
                }
            }
        }
        for pattern in words().never.iter().chain(&words().objections).chain(&words().no_calls) {
            assert!(!pattern.is_empty());
            for part in pattern.split('*') {
                assert_eq!(plain(part), part.trim(), "{pattern}");
            }
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_close_and_a_word_inside_is_a_part() {
        for (header, field) in [
            ("Bedrijfsnaaam", Field::CompanyName),
            ("Postkode", Field::Postcode),
            ("E-mailadress", Field::Email),
            ("Telefoonnumer", Field::Phone),
            ("Naam van het bedrijf", Field::CompanyName),
            ("Straße", Field::Street),
            ("Zakelijke postcode", Field::Postcode),
        ] {
            assert_eq!(by_name(0, header).map(|p| p.field), Some(field), "{header}");
        }
        for header in ["Xyzzy", "Zonder telefoon", "Zonder website", "No website"] {
            assert_eq!(by_name(0, header), None, "{header}");
        }
    }

    #[test]
    fn who_objects_is_heard_in_any_words() {
        for header in [
            "UNSUB_TIME",
            "EMAIL_BLACKLISTED",
            "Do not allow Bulk Emails",
            "donotbulkemail",
            "Blacklist",
            "DNC",
            "Suppressed",
            "Global unsubscribe",
            "GDPR opt-out",
            "GDPR objection",
            "No email",
            "Unsubscribe date",
            "Exclude from mailing",
            "Geblokkeerd",
            "Geen e-mail",
            "Geen mail",
            "Geen reclame",
            "Niet contacteren",
            "Mag niet gemaild worden",
            "Mag niet benaderd worden",
            "Recht van verzet",
            "Mailblokkade",
            "Uitschrijfdatum",
            "Afmelddatum",
            "Geen acquisitie",
            "Widerspruch",
            "Werbewiderspruch",
            "Sperrvermerk",
            "Keine Werbung",
            "Abbestellt",
            "Désinscription",
            "Liste rouge",
        ] {
            assert_eq!(by_name(0, header).map(|p| p.field), Some(Field::DoNotMail), "{header}");
            assert!(!is_never(&plain(header)), "{header}");
        }
        for header in ["Double opt-in", "Opt-in", "Email consent", "Toestemming", "Marketing contact status"]
        {
            assert!(is_never(&plain(header)), "{header}: no consent is read from a file");
        }
    }

    #[test]
    fn who_wants_no_calls_may_still_be_mailed() {
        for header in [
            "Do Not Call",
            "DoNotCall",
            "Do not allow Phone Calls",
            "donotphone",
            "Phone opt-out",
            "No calls",
            "TPS registered",
            "CTPS",
            "Bel-me-niet",
            "Bel-me-niet-register",
            "Niet bellen",
            "Niet meer bellen",
            "Geen telefoon",
            "Geen telefonische acquisitie",
            "Telefonisch niet benaderen",
            "Nicht anrufen",
            "Keine Anrufe",
            "Ne pas appeler",
            "Bloctel",
        ] {
            assert_eq!(by_name(0, header).map(|p| p.field), Some(Field::DoNotCall), "{header}");
            assert!(!is_never(&plain(header)), "{header}");
        }
    }

    #[test]
    fn revenue_may_count_in_thousands_or_millions() {
        use Field as F;
        for (header, field) in [
            ("Omzet (x 1000)", F::RevenueThousands),
            ("Omzet x € 1.000", F::RevenueThousands),
            ("Omzet (EUR x 1000)", F::RevenueThousands),
            ("Jaaromzet in duizenden euro's", F::RevenueThousands),
            ("Omzet in K€", F::RevenueThousands),
            ("Revenue ($000)", F::RevenueThousands),
            ("Annual revenue (in 000 EUR)", F::RevenueThousands),
            ("Umsatz in T€", F::RevenueThousands),
            ("Umsatz (TEUR)", F::RevenueThousands),
            ("Omzet (mln)", F::RevenueMillions),
            ("Umsatz in Mio. €", F::RevenueMillions),
            ("Annual Revenue (in millions)", F::RevenueMillions),
            ("Omzet", F::Revenue),
        ] {
            assert_eq!(by_name(0, header).map(|p| p.field), Some(field), "{header}");
            assert!(!is_never(&plain(header)), "{header}");
        }
        assert!(is_never(&plain("Werknemers x 1000")), "of nothing else");
    }

    #[test]
    fn patterns_have_stars_anywhere() {
        for (pattern, name, expected) in [
            ("deal *", "deal title", true),
            ("*consent*", "gdpr consent given", true),
            ("datum*gesprek*", "datum laatste gesprek met", true),
            ("id", "idee", false),
            ("*score", "lead score", true),
            ("*score", "score card", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
