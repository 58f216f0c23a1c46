//! People with their roles: a line that looks like a name beside a line that is a job title. Never from pages on which
//! other people stand: applicants, customers who say something.

use super::chosen::PageKind;
use super::facts::{Fact, Finding};
use super::page::{BlockKind, Page, Thing};
use super::text::{around, shortened};
use crate::names::{PersonName, fold};
use crate::titles::{Department, Seniority, read_title};

/// Longest name and longest title, in characters.
const NAME_CHARS_MAX: usize = 50;
const TITLE_CHARS_MAX: usize = 80;

/// Words that a person's name has not, but a heading has.
const NO_NAMES: &[&str] = &[
    "onze",
    "ons",
    "over",
    "contact",
    "team",
    "the",
    "our",
    "meer",
    "uw",
    "uns",
    "unser",
    "notre",
    "welkom",
    "bv",
    "gmbh",
    "nieuws",
    "diensten",
    "about",
    "und",
    "en",
    "and",
    "et",
    "voor",
    "met",
    "wij",
    "we",
    "info",
    "afdeling",
    "manager",
    "directeur",
    "hoofd",
    "adviseur",
    "vacature",
    "project",
    "sales",
    "marketing",
];

/// The people of a page.
pub(super) fn people(page: &Page, kind: PageKind, facts: &mut Vec<Fact>) {
    if !matches!(
        kind,
        PageKind::Home | PageKind::About | PageKind::Team | PageKind::Contact | PageKind::Imprint
    ) {
        return;
    }
    let blocks = || page.blocks.iter().filter(|b| b.kind != BlockKind::Navigation);
    for (block, next) in blocks().zip(blocks().skip(1).map(Some).chain([None])) {
        let in_one = one_line(&block.text).map(|(name, title)| (name, title, block.text.clone()));
        let found = in_one.or_else(|| {
            let next = next?;
            let name = name(&block.text)?;
            let title = title(&next.text)?;
            Some((name, title, format!("{} – {}", block.text.trim(), next.text.trim())))
        });
        if let Some((name, title, snippet)) = found {
            let finding = Finding::Person { name, title };
            facts.push(Fact { finding, url: page.url.clone(), snippet: around(&snippet, 0) });
        }
    }
}

/// "Jan de Vries, directeur" and "Jan de Vries - directeur".
fn one_line(text: &str) -> Option<(String, String)> {
    let at = [" - ", " – ", " — ", ", ", " | ", ": "]
        .iter()
        .filter_map(|s| Some((text.find(s)?, s.len())))
        .min()?;
    let (first, rest) = (text.get(..at.0)?, text.get(at.0 + at.1..)?);
    let person = |named: &str, titled: &str| name(named).zip(title(titled));
    person(first, rest).or_else(|| person(rest, first))
}

/// A name with given and family name, as a person on a team page has it.
pub(super) fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let n_words = text.split_whitespace().count();
    if !(2..=6).contains(&n_words) || text.chars().count() > NAME_CHARS_MAX {
        return None;
    }
    if !text.chars().all(|c| c.is_alphabetic() || " .'’-()".contains(c)) {
        return None;
    }
    if fold(text).split(|c: char| !c.is_alphanumeric()).any(|w| NO_NAMES.contains(&w)) {
        return None;
    }
    let parsed = PersonName::parse(text)?;
    let (given, family) = (parsed.given.as_deref()?, parsed.family.as_deref()?);
    let is_capital = |word: &str| word.starts_with(|c: char| c.is_uppercase() || c == '\'' || c == '’');
    let ok = given.split_whitespace().chain(family.split_whitespace()).all(is_capital);
    (ok && read_title(text, None).seniority == Seniority::Unknown).then(|| parsed.full())
}

/// A line that is a job title and nothing else.
fn title(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > TITLE_CHARS_MAX || text.ends_with(['.', '!', '?', ':']) {
        return None;
    }
    let reading = read_title(text, None);
    let is_read = reading.seniority != Seniority::Unknown || reading.department != Department::Unknown;
    // "Wij zoeken een directeur" is read as well: a title has few words, no verb stands first, and no digits.
    let is_title =
        text.split_whitespace().count() <= 8 && !text.chars().any(|c| c.is_ascii_digit() || c == '@');
    (is_read && is_title && reading.confidence_percent >= 50).then(|| text.to_owned())
}

/// The people whom JSON-LD names, with a job title.
pub(super) fn from_thing(page: &Page, thing: &Thing, kind: PageKind, facts: &mut Vec<Fact>) {
    if !thing.is_a(&["Person"]) || matches!(kind, PageKind::Vacancies | PageKind::References | PageKind::News)
    {
        return;
    }
    if let (Some(name), Some(title)) = (thing.get("name"), thing.get("jobTitle")) {
        let (name, title) = (shortened(name, NAME_CHARS_MAX), shortened(title, TITLE_CHARS_MAX));
        let snippet = format!("{name} – {title}");
        facts.push(Fact { finding: Finding::Person { name, title }, url: page.url.clone(), snippet });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::Block;

    fn found(lines: &[&str], kind: PageKind) -> Vec<(String, String)> {
        let block =
            |text: &&str| Block { kind: BlockKind::Text, text: (*text).to_owned(), links: Vec::new() };
        let page = Page { blocks: lines.iter().map(block).collect(), ..Page::default() };
        let mut facts = Vec::new();
        people(&page, kind, &mut facts);
        let tell = |fact: Fact| match fact.finding {
            Finding::Person { name, title } => (name, title),
            other => panic!("{other:?}"),
        };
        facts.into_iter().map(tell).collect()
    }

    #[test]
    fn a_name_beside_a_title_is_a_person() {
        for (lines, name, title) in [
            (vec!["Jan de Vries", "Directeur"], "Jan de Vries", "Directeur"),
            (vec!["Fatima El Amrani – Hoofd inkoop"], "Fatima El Amrani", "Hoofd inkoop"),
            (vec!["Geschäftsführer: Jörg Müller"], "Jörg Müller", "Geschäftsführer"),
            (vec!["Anne Dubois, directrice commerciale"], "Anne Dubois", "directrice commerciale"),
            (vec!["Eva Smit", "Sales manager"], "Eva Smit", "Sales manager"),
        ] {
            assert_eq!(found(&lines, PageKind::Team), [(name.to_owned(), title.to_owned())], "{lines:?}");
        }
    }

    #[test]
    fn headings_and_sentences_are_nobody() {
        for lines in [
            vec!["Onze Diensten", "Directeur"],
            vec!["Jan de Vries", "Wij bouwen sinds 1950."],
            vec!["Directeur", "Hoofd inkoop"],
            vec!["jan", "Directeur"],
            vec!["Dak Werk Nederland BV", "Directeur"],
        ] {
            assert!(found(&lines, PageKind::Team).is_empty(), "{lines:?}");
        }
        for kind in [PageKind::Vacancies, PageKind::References, PageKind::Privacy] {
            assert!(found(&["Jan de Vries", "Directeur"], kind).is_empty(), "{kind}");
        }
    }
}
