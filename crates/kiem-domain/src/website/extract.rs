//! All rules over one page, and the facts of many pages brought together.

use std::collections::HashSet;

use super::chosen::PageKind;
use super::facts::{Fact, FactKind, Finding};
use super::page::{BlockKind, Page};
use super::text::{Flow, around, shortened};
use super::{address, email, headlines, language, numbers, people, phone, stop, technology, things};

/// What a workspace wants from sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Names and roles of people, and addresses that belong to somebody by name.
    pub people: bool,
}

/// Longest description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 300;
/// Most facts of one kind from one site; what is beyond is noise, or hostile.
const OF_A_KIND_MAX: usize = 60;

/// The facts of one page. `country` (ISO 3166 alpha-2) is where the company is, when that is known; the ending of its
/// domain says it otherwise.
pub fn extract(page: &Page, kind: PageKind, country: Option<&'static str>, wanted: Wanted) -> Vec<Fact> {
    let country = country.or_else(|| country_of(&page.url));
    let flow = Flow::of(page);
    let mut facts = Vec::new();
    refusal(page, &mut facts);
    description(page, kind, &mut facts);
    for thing in &page.things {
        things::organization(page, thing, country, &mut facts);
        people::from_thing(page, thing, kind, &mut facts);
    }
    numbers::kvk(&flow, &mut facts);
    numbers::vat(&flow, &mut facts);
    address::addresses(&flow, country, &mut facts);
    phone::phones(&flow, country, &mut facts);
    email::emails(&flow, kind, &mut facts);
    people::people(page, kind, &mut facts);
    headlines::headlines(page, kind, &mut facts);
    technology::found(page, &mut facts);
    if let Some(code) = language::language(page) {
        let snippet = format!("lang: {}", shortened(page.language.as_deref().unwrap_or(code), 20));
        facts.push(Fact { finding: Finding::Language(code), url: page.url.clone(), snippet });
    }
    if !wanted.people {
        facts.retain(|fact| !fact.finding.is_personal());
    }
    for fact in &mut facts {
        fact.snippet = crate::vat::mask_citizens(&fact.snippet);
    }
    merge(facts)
}

/// A page that asks to be left alone says so to everybody, also where nothing else of it may be kept.
fn refusal(page: &Page, facts: &mut Vec<Fact>) {
    let sentence = page.blocks.iter().find_map(|block| stop::refusal_in(&block.text));
    if let Some(sentence) = sentence {
        let snippet = around(sentence, 0);
        facts.push(Fact { finding: Finding::NoApproach, url: page.url.clone(), snippet });
    }
}

/// What the company says that it does: the description of its home page, or else the first real paragraph there.
fn description(page: &Page, kind: PageKind, facts: &mut Vec<Fact>) {
    if !matches!(kind, PageKind::Home | PageKind::About) {
        return;
    }
    let long = |text: &&str| text.chars().count() >= 40;
    let told = page.meta("description").or_else(|| page.meta("og:description")).filter(long).or_else(|| {
        let texts = page.blocks.iter().filter(|b| b.kind == BlockKind::Text).map(|b| b.text.as_str());
        texts
            .filter(|t| t.chars().count() >= 80 && t.contains(['.', '!']))
            .find(|t| !t.to_lowercase().contains("cookie"))
    });
    if let Some(told) = told {
        let text = shortened(told, DESCRIPTION_CHARS_MAX);
        facts.push(Fact {
            finding: Finding::Description(text.clone()),
            url: page.url.clone(),
            snippet: text,
        });
    }
}

/// Facts that say the same become one: the first stays. An address that is marked as "do not approach" anywhere keeps the
/// mark, whatever else is said of it. Of one-of-a-kind facts (description, language) the first page wins.
pub fn merge(facts: Vec<Fact>) -> Vec<Fact> {
    let refused: HashSet<String> = facts
        .iter()
        .filter(|f| matches!(f.finding, Finding::Email { refuses_approach: true, .. }))
        .map(|f| f.finding.value())
        .collect();
    let mut seen: HashSet<(FactKind, String)> = HashSet::new();
    let mut counts = vec![0_usize; FactKind::ALL.len()];
    let mut kept = Vec::new();
    for mut fact in facts {
        let kind = fact.finding.kind();
        let key = match kind {
            FactKind::Description | FactKind::Language => String::new(),
            _ => crate::names::fold(&fact.finding.value()),
        };
        let is_refused = refused.contains(&fact.finding.value());
        if let Finding::Email { refuses_approach, .. } = &mut fact.finding {
            *refuses_approach |= is_refused;
        }
        let place = FactKind::ALL.iter().position(|k| *k == kind).unwrap_or_default();
        let Some(count) = counts.get_mut(place).filter(|n| **n < OF_A_KIND_MAX) else { continue };
        if seen.insert((kind, key)) {
            *count += 1;
            kept.push(fact);
        }
    }
    kept
}

/// The country of a domain by its ending. `.com` and the like say nothing.
fn country_of(url: &str) -> Option<&'static str> {
    let host = url.split_once("://")?.1.split(['/', ':', '?', '#']).next()?;
    match host.rsplit('.').next()? {
        "nl" => Some("NL"),
        "be" => Some("BE"),
        "de" => Some("DE"),
        "fr" => Some("FR"),
        "lu" => Some("LU"),
        "uk" => Some("GB"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::Block;
    use proptest::prelude::*;

    const ALL: Wanted = Wanted { people: true };

    fn page(url: &str, lines: &[&str]) -> Page {
        let block =
            |text: &&str| Block { kind: BlockKind::Text, text: (*text).to_owned(), links: Vec::new() };
        Page { url: url.to_owned(), blocks: lines.iter().map(block).collect(), ..Page::default() }
    }

    fn values(facts: &[Fact], kind: FactKind) -> Vec<String> {
        facts.iter().filter(|f| f.finding.kind() == kind).map(|f| f.finding.value()).collect()
    }

    const CONTACT: &[&str] = &[
        "Dakdekkers Utrecht B.V.",
        "Kerkstraat 12, 3511 AB Utrecht",
        "Tel. 030-1234567",
        "info@dak.nl",
        "Acquisitie wordt niet op prijs gesteld.",
        "KvK 30123456 | BTW NL004495445B01",
        "Jan de Vries",
        "Directeur",
        "jan@dak.nl",
    ];

    #[test]
    fn a_contact_page_gives_its_facts_with_their_sentences() {
        let facts = extract(&page("https://dak.nl/contact", CONTACT), PageKind::Contact, None, ALL);
        for (kind, expected) in [
            (FactKind::Kvk, vec!["30123456"]),
            (FactKind::VatId, vec!["NL004495445B01"]),
            (FactKind::Phone, vec!["+31301234567"]),
            (FactKind::Address, vec!["Kerkstraat 12, 3511 AB Utrecht"]),
            (FactKind::Email, vec!["info@dak.nl", "jan@dak.nl"]),
            (FactKind::Person, vec!["Jan de Vries"]),
            (FactKind::NoApproach, vec!["yes"]),
        ] {
            assert_eq!(values(&facts, kind), expected, "{kind}");
        }
        let refusal = facts.iter().find(|f| f.finding == Finding::NoApproach).unwrap();
        assert_eq!(refusal.snippet, "Acquisitie wordt niet op prijs gesteld");
        let kvk = facts.iter().find(|f| f.finding.kind() == FactKind::Kvk).unwrap();
        assert_eq!(kvk.snippet, "KvK 30123456 | BTW NL004495445B01");
    }

    #[test]
    fn without_the_switch_nobody_is_kept() {
        let nobody = Wanted { people: false };
        let facts = extract(&page("https://dak.nl/contact", CONTACT), PageKind::Contact, None, nobody);
        assert!(values(&facts, FactKind::Person).is_empty());
        assert_eq!(values(&facts, FactKind::Email), ["info@dak.nl"], "an address of a function is nobody's");
    }

    #[test]
    fn a_refusal_seen_once_marks_the_address_everywhere() {
        let free = extract(&page("https://dak.nl/", &["info@dak.nl"]), PageKind::Home, None, ALL);
        let marked = extract(
            &page("https://dak.nl/c", &["info@dak.nl geen acquisitie"]),
            PageKind::Contact,
            None,
            ALL,
        );
        let all = merge(free.into_iter().chain(marked).collect());
        let is_marked = |f: &Fact| matches!(f.finding, Finding::Email { refuses_approach: true, .. });
        assert_eq!(all.iter().filter(|f| is_marked(f)).count(), 1);
        assert_eq!(values(&all, FactKind::Email).len(), 1);
    }

    proptest! {
        /// Whatever stands on a page: no panic, no citizen's number, no long snippet, and merging again changes nothing.
        #[test]
        fn any_text_is_survived(lines in proptest::collection::vec("[ -~éß€•\u{a0}@+0-9A-Z]{0,60}|KvK [0-9]{6,9}|NL111222333B01 [a-z]{3}|tel 0[0-9 -]{8,14}|[A-Z][a-z]{2,6} [A-Z][a-z]{2,6}|directeur", 0..12)) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let facts = extract(&page("https://dak.nl/team", &lines), PageKind::Team, None, ALL);
            for fact in &facts {
                prop_assert!(fact.snippet.chars().count() <= 300);
                prop_assert!(fact.finding.kind() != FactKind::VatId || !fact.finding.value().contains("111222333"));
                let citizen = fact.snippet.contains("NL111222333B01");
                prop_assert!(!citizen, "{}", fact.snippet);
            }
            prop_assert_eq!(merge(facts.clone()), facts);
        }
    }
}
