//! Register and VAT numbers in the text of a page.

use super::facts::{Fact, Finding};
use super::text::Flow;
use crate::company::KvkNumber;
use crate::vat::{VatError, VatId, masked, taken};

/// Words in front of a number of the Dutch register, in lower case.
const KVK_WORDS: &[&str] = &[
    "kvk",
    "k.v.k",
    "kamer van koophandel",
    "handelsregister",
    "chamber of commerce",
    "coc",
    "inschrijfnummer",
];

/// As many characters that are no digits may stand between the word and the number.
const GAP_CHARS_MAX: usize = 30;

/// The KvK numbers: eight digits close behind a word that announces them.
pub(super) fn kvk(flow: &Flow<'_>, facts: &mut Vec<Fact>) {
    // ASCII only, so that places in the copy are places in the text.
    let lower = flow.text.to_ascii_lowercase();
    for word in KVK_WORDS {
        for (at, _) in lower.match_indices(word) {
            if lower.get(..at).unwrap_or_default().ends_with(|c: char| c.is_ascii_alphanumeric()) {
                continue;
            }
            if let Some((place, number)) = number_behind(&flow.text, at + word.len()) {
                facts.push(fact(flow, Finding::Kvk(number), place));
            }
        }
    }
}

fn number_behind(text: &str, from: usize) -> Option<(usize, KvkNumber)> {
    let rest = text.get(from..)?;
    let (gap, _) = rest.char_indices().take(GAP_CHARS_MAX + 1).find(|(_, c)| c.is_ascii_digit())?;
    let between = rest.get(..gap)?.to_ascii_lowercase();
    // Another number is announced in between: "KvK, tel. 030-1234567".
    if ["tel", "btw", "vat", "iban", "fax", "+", "vestiging"].iter().any(|w| between.contains(w)) {
        return None;
    }
    let rest = rest.get(gap..)?;
    let mut digits = String::new();
    let mut end = 0;
    for (at, c) in rest.char_indices() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '.' | '\u{a0}' => {}
            _ => break,
        }
        end = at + c.len_utf8();
        if digits.len() == 8 {
            break;
        }
    }
    let after = rest.get(end..)?.chars().next();
    let is_whole = digits.len() == 8 && !after.is_some_and(|c| c.is_ascii_alphanumeric());
    is_whole.then(|| KvkNumber::parse(&digits)).flatten().map(|number| (from + gap, number))
}

/// The VAT numbers whose check digits are right. One that may hold a citizen's number is told, not kept.
pub(super) fn vat(flow: &Flow<'_>, facts: &mut Vec<Fact>) {
    let text = flow.text.as_str();
    for (at, _) in text.char_indices().filter(|(_, c)| c.is_ascii_uppercase()) {
        let rest = text.get(at..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        if before.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let Some(length) = ["NL", "BE", "DE", "FR"].iter().position(|c| rest.starts_with(c)) else {
            continue;
        };
        let length = [14, 12, 11, 13].get(length).copied().unwrap_or_default();
        let Some((written, end)) = taken(rest, length) else { continue };
        if rest.get(end..).unwrap_or_default().starts_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        match VatId::parse(&written) {
            Ok(id) => facts.push(fact(flow, Finding::Vat(id), at)),
            Err(VatError::OfAPerson) => {
                let snippet = masked(&flow.snippet(at));
                facts.push(Fact { finding: Finding::VatOfAPerson, url: flow.page.url.clone(), snippet });
            }
            Err(VatError::Form | VatError::CheckDigits) => {}
        }
    }
}

fn fact(flow: &Flow<'_>, finding: Finding, at: usize) -> Fact {
    Fact { finding, url: flow.page.url.clone(), snippet: flow.snippet(at) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vat::mask_citizens;
    use crate::website::page::{Block, BlockKind, Page};

    fn found(lines: &[&str]) -> Vec<(String, String)> {
        let block =
            |text: &&str| Block { kind: BlockKind::Text, text: (*text).to_owned(), links: Vec::new() };
        let page = Page { blocks: lines.iter().map(block).collect(), ..Page::default() };
        let flow = Flow::of(&page);
        let mut facts = Vec::new();
        kvk(&flow, &mut facts);
        vat(&flow, &mut facts);
        facts.into_iter().map(|f| (f.finding.value(), f.snippet)).collect()
    }

    #[test]
    fn kvk_numbers_stand_close_behind_their_word() {
        for (line, expected) in [
            ("KvK 12345678", Some("12345678")),
            ("KVK-nummer: 12.34.56.78", Some("12345678")),
            ("Ingeschreven bij de Kamer van Koophandel te Utrecht onder nummer 30123456.", Some("30123456")),
            ("Kamer van Koophandel Utrecht 30123456.", Some("30123456")),
            ("Handelsregister nr. 01234567", Some("01234567")),
            ("KvK 123456789", None),
            ("KvK 1234567", None),
            ("KvK, tel. 03012345", None),
            ("12345678", None),
            ("Mokvk 12345678", None),
        ] {
            let values: Vec<String> = found(&[line]).into_iter().map(|f| f.0).collect();
            assert_eq!(values.first().map(String::as_str), expected, "{line}");
        }
        let cells = found(&["KvK", "12345678"]);
        assert_eq!(
            cells[0],
            ("12345678".to_owned(), "KvK 12345678".to_owned()),
            "label and value in two cells"
        );
    }

    #[test]
    fn vat_numbers_are_checked_and_a_citizens_is_never_kept() {
        assert_eq!(found(&["BTW: NL0044.95.445.B01"])[0].0, "NL004495445B01");
        assert_eq!(found(&["BTW BE 0428.759.497 RPR Gent"])[0].0, "BE0428759497");
        assert!(found(&["BTW NL004495446B01"]).is_empty(), "one wrong digit");
        assert!(found(&["IBAN NL91ABNA0417164300"]).is_empty());
        let persons = found(&["Btw-nummer NL111222333B01"]);
        assert_eq!(persons[0].0, "NL•••••••••B••");
        assert!(
            persons.iter().all(|(value, snippet)| !value.contains("111") && !snippet.contains("111")),
            "{persons:?}"
        );
        assert_eq!(mask_citizens("Mail NL111222333B01 ons"), "Mail NL•••••••••B•• ons");
        assert_eq!(mask_citizens("NL004495445B01"), "NL004495445B01");
    }
}
