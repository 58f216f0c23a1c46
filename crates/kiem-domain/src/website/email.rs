//! E-mail addresses of a page, with what they are for by the words around them. Addresses that were written so that
//! machines do not read them ("naam [at] bedrijf") are left alone: whoever wrote them so chose it.

use super::chosen::PageKind;
use super::facts::{EmailAudience, EmailPurpose, Fact, Finding};
use super::page::{Block, BlockKind};
use super::stop::refuses_approach;
use super::text::{Flow, around, neighbourhood, words};
use crate::contact::EmailAddress;
use crate::names::fold;

/// Purposes by the local part of the address, the special ones first.
const LOCAL_PARTS: &[(EmailPurpose, &[&str])] = &[
    (EmailPurpose::Privacy, &["privacy", "avg", "gdpr", "fg", "dpo", "datenschutz"]),
    (
        EmailPurpose::Recruitment,
        &[
            "sollicitatie",
            "solliciteren",
            "vacature",
            "vacatures",
            "jobs",
            "job",
            "hr",
            "recruitment",
            "werkenbij",
            "karriere",
            "bewerbung",
            "careers",
            "personeelszaken",
        ],
    ),
    (EmailPurpose::Press, &["pers", "press", "media", "presse"]),
    (
        EmailPurpose::Administration,
        &[
            "administratie",
            "facturen",
            "factuur",
            "boekhouding",
            "crediteuren",
            "debiteuren",
            "invoice",
            "invoices",
            "billing",
            "finance",
            "accounting",
            "rechnung",
            "buchhaltung",
            "comptabilite",
            "facturatie",
        ],
    ),
    (
        EmailPurpose::Support,
        &[
            "support",
            "helpdesk",
            "service",
            "klantenservice",
            "storing",
            "servicedesk",
            "help",
            "kundenservice",
            "sav",
        ],
    ),
    (
        EmailPurpose::Commercial,
        &[
            "sales",
            "verkoop",
            "inkoop",
            "offerte",
            "offertes",
            "aanbesteding",
            "tenders",
            "procurement",
            "einkauf",
            "vertrieb",
            "angebot",
            "commercial",
            "devis",
            "achats",
            "purchasing",
        ],
    ),
    (
        EmailPurpose::General,
        &[
            "info",
            "contact",
            "mail",
            "hallo",
            "hello",
            "welkom",
            "office",
            "kantoor",
            "post",
            "receptie",
            "kontakt",
            "secretariaat",
            "algemeen",
            "bonjour",
            "team",
            "balie",
        ],
    ),
];

/// Purposes by words close by (folded beginnings).
const NEARBY: &[(EmailPurpose, &[&str])] = &[
    (EmailPurpose::Privacy, &["privacy", "persoonsgegevens", "functionaris", "datenschutz", "donnees"]),
    (EmailPurpose::Recruitment, &["sollicit", "vacature", "cv", "bewerb", "candidature", "apply"]),
    (EmailPurpose::Press, &["persvragen", "presse", "press", "journalist"]),
    (EmailPurpose::Administration, &["factu", "administratie", "boekhoud", "invoice", "rechnung", "comptab"]),
    (EmailPurpose::Support, &["storing", "helpdesk", "support", "klantenservice"]),
    (
        EmailPurpose::Commercial,
        &["offerte", "inkoop", "verkoop", "sales", "leverancier", "angebot", "devis", "quote"],
    ),
];

/// The addresses of a page.
pub(super) fn emails(flow: &Flow<'_>, kind: PageKind, facts: &mut Vec<Fact>) {
    let blocks = &flow.page.blocks;
    // Once a block, not once an address: a page may hold thousands.
    let refusing: Vec<bool> = blocks.iter().map(|block| refuses_approach(&block.text)).collect();
    for (at, block) in blocks.iter().enumerate() {
        for (address, place) in in_block(block) {
            let refuses = neighbourhood(&refusing, at, 2).any(|refuses| *refuses);
            let finding = Finding::Email {
                purpose: purpose(&address, blocks, at, kind),
                audience: audience(&address),
                address,
                refuses_approach: refuses,
            };
            facts.push(Fact { finding, url: flow.page.url.clone(), snippet: snippet(blocks, at, place) });
        }
    }
}

fn in_block(block: &Block) -> Vec<(EmailAddress, usize)> {
    let linked = block.links.iter().filter_map(|link| {
        let target =
            link.url.strip_prefix("mailto:")?.split('?').next()?.replace("%20", "").replace("%40", "@");
        let place = block.text.find(&link.text).unwrap_or_default();
        Some((EmailAddress::parse(&target).ok()?, place))
    });
    let mut found: Vec<(EmailAddress, usize)> = linked.collect();
    for (at, _) in block.text.match_indices('@') {
        if let Some(seen) = written(&block.text, at).filter(|seen| found.iter().all(|f| f.0 != seen.0)) {
            found.push(seen);
        }
    }
    found
}

/// The address around an `@`, and where it begins.
fn written(text: &str, at: usize) -> Option<(EmailAddress, usize)> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || "._+-'&".contains(c);
    let before = text.get(..at)?;
    // Local parts have 64 characters at most, domains 253: a long run is looked at no further.
    let local_length: usize =
        before.chars().rev().take(65).take_while(|c| is_local(*c)).map(char::len_utf8).sum();
    let start = at - local_length;
    let after = text.get(at + 1..)?;
    let domain_length: usize = after
        .chars()
        .take(254)
        .take_while(|c| c.is_ascii_alphanumeric() || ".-".contains(*c))
        .map(char::len_utf8)
        .sum();
    let local = text.get(start..at)?.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let domain = after.get(..domain_length)?.trim_end_matches(['.', '-']);
    let address = EmailAddress::parse(&format!("{local}@{domain}")).ok()?;
    Some((address, start))
}

fn purpose(address: &EmailAddress, blocks: &[Block], at: usize, kind: PageKind) -> EmailPurpose {
    let by_name = local_purpose(address);
    if let Some(special) = by_name.filter(|p| *p != EmailPurpose::General) {
        return special;
    }
    let own = blocks.get(at).map(|b| fold(&b.text)).unwrap_or_default();
    let heading =
        blocks.get(..at).unwrap_or_default().iter().rev().take(6).find(|b| b.kind == BlockKind::Heading);
    let heading = heading.map(|b| fold(&b.text)).unwrap_or_default();
    let says = |text: &str| {
        let words = words(text);
        NEARBY
            .iter()
            .find(|(_, hints)| words.iter().any(|w| hints.iter().any(|h| w.starts_with(h))))
            .map(|(p, _)| *p)
    };
    says(&own).or_else(|| says(&heading)).or(by_name).unwrap_or(match kind {
        PageKind::Vacancies => EmailPurpose::Recruitment,
        PageKind::Privacy => EmailPurpose::Privacy,
        _ => EmailPurpose::Unknown,
    })
}

fn local_purpose(address: &EmailAddress) -> Option<EmailPurpose> {
    let first = address.local().split(['.', '-', '_', '+']).next().unwrap_or_default();
    let is = |names: &&[&str]| names.contains(&address.local()) || names.contains(&first);
    LOCAL_PARTS.iter().find(|(_, names)| is(names)).map(|(purpose, _)| *purpose)
}

/// A local part that names no function is taken for a person's: the careful side.
fn audience(address: &EmailAddress) -> EmailAudience {
    if local_purpose(address).is_some() { EmailAudience::Role } else { EmailAudience::Person }
}

/// The words around an address: its own line, with the block before when the line is little more than the address.
fn snippet(blocks: &[Block], at: usize, place: usize) -> String {
    let own = blocks.get(at).map(|b| b.text.as_str()).unwrap_or_default();
    match at.checked_sub(1).and_then(|before| blocks.get(before)) {
        Some(before) if own.chars().count() <= 60 && before.kind != BlockKind::Navigation => {
            let whole = format!("{} {own}", before.text);
            around(&whole, before.text.len() + 1 + place)
        }
        _ => around(own, place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::{Link, Page};

    fn found(lines: &[&str], kind: PageKind) -> Vec<(String, EmailPurpose, EmailAudience, bool)> {
        let block = |text: &&str| {
            let is_heading = text.starts_with('#');
            let kind = if is_heading { BlockKind::Heading } else { BlockKind::Text };
            Block { kind, text: (*text).to_owned(), links: Vec::new() }
        };
        let page = Page { blocks: lines.iter().map(block).collect(), ..Page::default() };
        let mut facts = Vec::new();
        emails(&Flow::of(&page), kind, &mut facts);
        let tell = |fact: Fact| match fact.finding {
            Finding::Email { address, purpose, audience, refuses_approach } => {
                (address.to_string(), purpose, audience, refuses_approach)
            }
            other => panic!("{other:?}"),
        };
        facts.into_iter().map(tell).collect()
    }

    #[test]
    fn the_purpose_comes_from_the_address_and_from_the_words_around_it() {
        use EmailAudience::{Person, Role};
        use EmailPurpose as P;
        for (lines, address, purpose, audience) in [
            (vec!["Mail info@bouw.example."], "info@bouw.example", P::General, Role),
            (vec!["inkoop@bouw.example"], "inkoop@bouw.example", P::Commercial, Role),
            (vec!["# Offerte aanvragen", "info@bouw.example"], "info@bouw.example", P::Commercial, Role),
            (
                vec!["Vragen over een factuur? info@bouw.example"],
                "info@bouw.example",
                P::Administration,
                Role,
            ),
            (vec!["(jan.devries@bouw.example)"], "jan.devries@bouw.example", P::Unknown, Person),
            (
                vec!["Solliciteren? Stuur je cv naar eva@bouw.example"],
                "eva@bouw.example",
                P::Recruitment,
                Person,
            ),
        ] {
            assert_eq!(
                found(&lines, PageKind::Contact),
                [(address.to_owned(), purpose, audience, false)],
                "{lines:?}"
            );
        }
        assert_eq!(found(&["x@bouw.example"], PageKind::Privacy)[0].1, P::Privacy);
        for text in ["naam [at] bouw.example", "@bouw", "a@b", "twitter: @bouw.example", "@@@@@"] {
            assert!(found(&[text], PageKind::Contact).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_refusal_close_by_marks_the_address() {
        let near = ["info@bouw.example", "Acquisitie wordt niet op prijs gesteld"];
        assert!(found(&near, PageKind::Contact)[0].3);
        let far = ["info@bouw.example", "a", "b", "c", "Geen acquisitie"];
        assert!(!found(&far, PageKind::Contact)[0].3);
    }

    #[test]
    fn a_link_counts_once_with_its_text() {
        let link = Link {
            url: "mailto:Info@bouw.example?subject=x".to_owned(),
            text: "info@bouw.example".to_owned(),
        };
        let text = "Schrijf naar info@bouw.example".to_owned();
        let page = Page {
            blocks: vec![Block { kind: BlockKind::Text, text, links: vec![link] }],
            ..Page::default()
        };
        let mut facts = Vec::new();
        emails(&Flow::of(&page), PageKind::Contact, &mut facts);
        assert_eq!(facts.len(), 1);
        assert_eq!(facts[0].snippet, "Schrijf naar info@bouw.example");
    }
}
