//! Addresses in the text of a page: a postcode, the town behind it, the street in front.

use super::facts::{Fact, Finding, SiteAddress};
use super::text::Flow;
use crate::address::Postcode;

/// Longest street or town, in characters.
const PART_CHARS_MAX: usize = 60;

/// Dutch addresses by their postcode, which is unmistakable; `country` also allows the four or five digits of Belgium,
/// Germany and France behind a line that ends in a house number.
pub(super) fn addresses(flow: &Flow<'_>, country: Option<&'static str>, facts: &mut Vec<Fact>) {
    let mut place = 0;
    let mut previous = "";
    for line in flow.text.split('\n') {
        let found = dutch(line, previous).or_else(|| country.and_then(|c| abroad(line, previous, c)));
        if let Some((at, address)) = found {
            let snippet = flow.snippet(place + at);
            facts.push(Fact { finding: Finding::Address(address), url: flow.page.url.clone(), snippet });
        }
        place += line.len() + 1;
        previous = line;
    }
}

fn dutch(line: &str, previous: &str) -> Option<(usize, SiteAddress)> {
    let bytes = line.as_bytes();
    let starts = (0..bytes.len()).filter(|at| {
        let before_is_free = *at == 0 || !bytes.get(at - 1).is_some_and(u8::is_ascii_alphanumeric);
        before_is_free && bytes.get(*at..at + 4).is_some_and(|d| d.iter().all(u8::is_ascii_digit))
    });
    for start in starts {
        let letters = start + 4 + usize::from(bytes.get(start + 4) == Some(&b' '));
        let end = letters + 2;
        let (Some(code), Some(rest)) = (line.get(start..end), line.get(end..)) else { continue };
        let is_code = line.get(letters..end).is_some_and(|l| l.bytes().all(|b| b.is_ascii_uppercase()))
            && Postcode::parse(code).is_some()
            && !rest.starts_with(|c: char| c.is_alphanumeric());
        let (Some(street), Some(town)) = (street_before(line.get(..start)?, previous), town(rest)) else {
            continue;
        };
        if is_code {
            return Some((
                start,
                SiteAddress { street, postcode: code.to_owned(), town, country: Some("NL") },
            ));
        }
    }
    None
}

/// `Meir 12, 2000 Antwerpen`, or the street in the line before.
fn abroad(line: &str, previous: &str, country: &'static str) -> Option<(usize, SiteAddress)> {
    let length = match country {
        "BE" | "LU" => 4,
        "DE" | "FR" => 5,
        _ => return None,
    };
    let mut place = 0;
    for part in line.split_inclusive([',', '|', '·', '•']) {
        let start = place + (part.len() - part.trim_start().len());
        place += part.len();
        let Some(text) = line.get(start..) else { continue };
        let text = text.strip_prefix(&format!("{}-", country.get(..1).unwrap_or_default())).unwrap_or(text);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let Some(rest) = text.get(digits..).filter(|r| digits == length && r.starts_with(' ')) else {
            continue;
        };
        let (Some(street), Some(town)) = (street_before(line.get(..start)?, previous), town(rest)) else {
            continue;
        };
        let postcode = text.get(..digits)?.to_owned();
        return Some((start, SiteAddress { street, postcode, town, country: Some(country) }));
    }
    None
}

/// The street that ends where the postcode begins, or else the line before; it needs a word and a house number.
fn street_before(before: &str, previous: &str) -> Option<String> {
    let before = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    let text = if before.is_empty() { previous } else { before };
    let street =
        text.rsplit([',', '|', ':', '·', '•', ';', '\t']).map(str::trim).find(|part| !part.is_empty())?;
    // A sentence may run up to the address: only what is short enough is a street.
    let is_street = street.chars().count() <= PART_CHARS_MAX
        && street.chars().any(char::is_alphabetic)
        && street.split_whitespace().skip(1).any(|w| w.starts_with(|c: char| c.is_ascii_digit()))
        || french(street);
    is_street.then(|| street.to_owned())
}

/// `12 rue de la Gare`.
fn french(street: &str) -> bool {
    let mut words = street.split_whitespace();
    let is_number = words.next().is_some_and(|w| w.len() <= 5 && w.starts_with(|c: char| c.is_ascii_digit()));
    is_number && words.count() >= 2 && street.chars().count() <= PART_CHARS_MAX
}

/// The capitalised words behind a postcode, with the small ones that towns have in between.
fn town(rest: &str) -> Option<String> {
    let rest = rest.split([',', '|', '(', '·', '•', ';', '.', ':']).next().unwrap_or_default();
    let mut words: Vec<&str> = Vec::new();
    for word in rest.trim_matches([' ', '\u{a0}', '-']).split_whitespace().take(5) {
        let is_name = word.starts_with(|c: char| c.is_uppercase() || c == '\'' || c == '’');
        let is_small =
            ["aan", "den", "de", "bij", "op", "am", "sur", "in", "der", "a/d", "en", "la"].contains(&word);
        let is_label =
            ["Tel", "Telefoon", "T", "E", "KvK", "Email", "E-mail", "Bel", "Phone", "Mail"].contains(&word);
        let goes_on = is_name || (is_small && !words.is_empty());
        if !goes_on || is_label {
            break;
        }
        words.push(word);
    }
    while words.last().is_some_and(|w| w.chars().all(char::is_lowercase)) {
        words.pop();
    }
    let town = words.join(" ");
    (town.chars().filter(|c| c.is_alphabetic()).count() >= 2 && town.chars().count() <= PART_CHARS_MAX)
        .then_some(town)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::{Block, BlockKind, Page};

    fn found(lines: &[&str], country: Option<&'static str>) -> Vec<String> {
        let block =
            |text: &&str| Block { kind: BlockKind::Text, text: (*text).to_owned(), links: Vec::new() };
        let page = Page { blocks: lines.iter().map(block).collect(), ..Page::default() };
        let mut facts = Vec::new();
        addresses(&Flow::of(&page), country, &mut facts);
        facts.into_iter().map(|f| f.finding.value()).collect()
    }

    #[test]
    fn addresses_are_read_in_one_line_and_in_two() {
        for (lines, country, expected) in [
            (vec!["Kerkstraat 12, 3511 AB Utrecht"], None, vec!["Kerkstraat 12, 3511 AB Utrecht"]),
            (vec!["Kerkstraat 12-a", "3511AB  UTRECHT"], None, vec!["Kerkstraat 12-a, 3511AB UTRECHT"]),
            (
                vec!["Bezoek ons: Plein 1944 3 | 6811 CD Alphen aan den Rijn | Tel 026"],
                None,
                vec!["Plein 1944 3, 6811 CD Alphen aan den Rijn"],
            ),
            (
                vec!["Lange Voorhout 7", "2514 EA 's-Gravenhage"],
                None,
                vec!["Lange Voorhout 7, 2514 EA 's-Gravenhage"],
            ),
            (vec!["Meir 12, 2000 Antwerpen"], Some("BE"), vec!["Meir 12, 2000 Antwerpen"]),
            (vec!["Meir 12", "B-2000 Antwerpen"], Some("BE"), vec!["Meir 12, 2000 Antwerpen"]),
            (vec!["Domstraße 3", "50667 Köln"], Some("DE"), vec!["Domstraße 3, 50667 Köln"]),
            (vec!["12 rue de la Gare", "59000 Lille"], Some("FR"), vec!["12 rue de la Gare, 59000 Lille"]),
            (vec!["Meir 12, 2000 Antwerpen"], None, vec![]),
            (vec!["3511 AB Utrecht"], None, vec![]),
            (vec!["In 2024 WIJ begonnen"], None, vec![]),
            (vec!["Model 12, 1234 SS Staal"], None, vec![]),
        ] {
            assert_eq!(found(&lines, country), expected, "{lines:?}");
        }
    }
}
