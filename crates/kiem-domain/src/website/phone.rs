//! Telephone numbers of a page: `tel:` links, and numbers that a word announces.

use super::facts::{Fact, Finding};
use super::text::{Flow, around};
use crate::phone::PhoneNumber;

/// Words that announce a number, in lower case; the text is looked at without accents removed, hence both spellings.
const WORDS: &[&str] = &[
    "tel", "bel ", "bel:", "phone", "mobiel", "mobile", "call", "fon", "tél", "t:", "t.", "m:", "06", "gsm",
    "whatsapp", "t ",
];

/// As many characters may stand between the word and the number.
const GAP_CHARS_MAX: usize = 25;

/// The numbers of a page; `country` says how one without country code is meant.
pub(super) fn phones(flow: &Flow<'_>, country: Option<&str>, facts: &mut Vec<Fact>) {
    for block in &flow.page.blocks {
        for link in &block.links {
            let Some(number) = link.url.strip_prefix("tel:") else { continue };
            let number = number.replace("%20", " ");
            if let Some(number) = PhoneNumber::parse(&number, country) {
                let snippet = around(&block.text, block.text.find(&link.text).unwrap_or_default());
                facts.push(Fact { finding: Finding::Phone(number), url: flow.page.url.clone(), snippet });
            }
        }
    }
    let mut from = 0;
    while let Some((start, end)) = next_run(&flow.text, from) {
        from = end;
        let run = flow.text.get(start..end).unwrap_or_default();
        if !is_announced(&flow.text, start, run) {
            continue;
        }
        if let Some(number) = PhoneNumber::parse(run, country) {
            let url = flow.page.url.clone();
            facts.push(Fact { finding: Finding::Phone(number), url, snippet: flow.snippet(start) });
        }
    }
}

/// The next run of characters as telephone numbers have them, beginning with a plus, a zero or a bracket.
fn next_run(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = text.get(from..)?;
    let (at, _) = rest.char_indices().find(|(at, c)| {
        matches!(c, '+' | '0' | '(')
            && !rest
                .get(..*at)
                .unwrap_or_default()
                .ends_with(|c: char| c.is_alphanumeric() || c == '+' || c == '.')
    })?;
    let start = from + at;
    let run = text.get(start..)?;
    let length = run
        .char_indices()
        .find(|(at, c)| {
            *at > 30
                || !(c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '-' | '.' | '/' | '\u{a0}'))
        })
        .map_or(run.len(), |(at, _)| at);
    let end = start + run.get(..length)?.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
    Some((start, end.max(start + 1)))
}

fn is_announced(text: &str, start: usize, run: &str) -> bool {
    if run.chars().filter(char::is_ascii_digit).count() < 9 {
        return false;
    }
    let before = text.get(..start).unwrap_or_default();
    let near: String =
        before.chars().rev().take(GAP_CHARS_MAX).collect::<Vec<_>>().into_iter().rev().collect();
    let near = near.to_lowercase();
    let word_at = |words: &[&str]| words.iter().filter_map(|w| near.rfind(w)).max();
    let announced = word_at(WORDS);
    // The nearest word counts: "Tel. 030-... Fax 030-...".
    let is_other = word_at(&["fax", "iban", "kvk", "btw"]).is_some_and(|at| announced.is_none_or(|a| at > a));
    !is_other && (run.starts_with('+') || announced.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::{Block, BlockKind, Link, Page};

    fn found(text: &str, country: Option<&str>) -> Vec<String> {
        let block = Block { kind: BlockKind::Text, text: text.to_owned(), links: Vec::new() };
        let page = Page { blocks: vec![block], ..Page::default() };
        let mut facts = Vec::new();
        phones(&Flow::of(&page), country, &mut facts);
        facts.into_iter().map(|f| f.finding.value()).collect()
    }

    #[test]
    fn announced_numbers_are_found_and_others_are_not() {
        let nl = Some("NL");
        for (text, country, expected) in [
            ("Tel. 030 - 123 45 67", nl, vec!["+31301234567"]),
            ("Bel: 030-1234567 of mail ons", nl, vec!["+31301234567"]),
            ("+31 (0)30 123 45 67", None, vec!["+31301234567"]),
            ("Tel. 030-1234567 Fax 030-1234568", nl, vec!["+31301234567"]),
            ("Fax: +31 30 1234568", nl, vec![]),
            ("030-1234567", nl, vec![]),
            ("Tel. 030-1234567", None, vec![]),
            ("Bestelnummer 0301234567", None, vec![]),
            ("KvK 01234567 en IBAN NL91 0417 1643 00", nl, vec![]),
            ("Tél : 01 23 45 67 89", Some("FR"), vec!["+33123456789"]),
            ("+", nl, vec![]),
            ("((((", nl, vec![]),
        ] {
            assert_eq!(found(text, country), expected, "{text}");
        }
    }

    #[test]
    fn a_link_to_call_needs_no_word() {
        let link = Link { url: "tel:0031301234567".to_owned(), text: "Onze lijn".to_owned() };
        let block = Block { kind: BlockKind::Text, text: "Onze lijn".to_owned(), links: vec![link] };
        let page = Page { blocks: vec![block], ..Page::default() };
        let mut facts = Vec::new();
        phones(&Flow::of(&page), None, &mut facts);
        assert_eq!(facts[0].finding.value(), "+31301234567");
    }
}
