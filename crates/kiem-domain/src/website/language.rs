//! The language of a page: what it says of itself, or else its most common small words.

use super::page::{BlockKind, Page};
use super::text::words;
use crate::names::fold;

/// Words that are common in one of the four languages and rare in the others.
const SMALL_WORDS: &[(&str, &[&str])] = &[
    (
        "nl",
        &[
            "het", "een", "van", "voor", "niet", "wij", "zijn", "ook", "naar", "deze", "bij", "onze", "uw",
            "aan",
        ],
    ),
    (
        "en",
        &[
            "the", "and", "our", "with", "you", "your", "are", "this", "that", "from", "for", "have", "we",
            "of",
        ],
    ),
    (
        "de",
        &[
            "und", "der", "das", "fur", "mit", "wir", "nicht", "sie", "ein", "eine", "unsere", "auf", "den",
            "ist",
        ],
    ),
    (
        "fr",
        &[
            "les", "des", "est", "pour", "nous", "votre", "vous", "avec", "une", "dans", "notre", "sur",
            "et", "du",
        ],
    ),
];

/// As many small words are needed before they say something, and the best has to have twice as many as the next.
const HITS_MIN: usize = 6;

/// The ISO 639-1 code of a page in Dutch, English, German or French; `None` when nothing says it.
pub(super) fn language(page: &Page) -> Option<&'static str> {
    let said = page.language.as_deref().unwrap_or_default().to_ascii_lowercase();
    let said = said.split(['-', '_']).next().unwrap_or_default();
    by_words(page).or_else(|| SMALL_WORDS.iter().map(|(code, _)| *code).find(|code| *code == said))
}

/// A template's `lang` is often left as it came, so words that are clear win over it.
fn by_words(page: &Page) -> Option<&'static str> {
    let mut counts: Vec<(usize, &'static str)> = SMALL_WORDS.iter().map(|(code, _)| (0, *code)).collect();
    for block in page.blocks.iter().filter(|b| b.kind == BlockKind::Text) {
        let folded = fold(&block.text);
        for word in words(&folded) {
            for (count, (_, small)) in counts.iter_mut().zip(SMALL_WORDS) {
                count.0 += usize::from(small.contains(&word));
            }
        }
    }
    counts.sort_by(|a, b| b.cmp(a));
    match counts.as_slice() {
        [(best, code), (next, _), ..] if *best >= HITS_MIN && *best >= 2 * next => Some(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::website::page::Block;

    fn page(lang: Option<&str>, text: &str) -> Page {
        let block = Block { kind: BlockKind::Text, text: text.to_owned(), links: Vec::new() };
        Page { language: lang.map(str::to_owned), blocks: vec![block], ..Page::default() }
    }

    #[test]
    fn words_say_the_language_when_they_are_clear() {
        let dutch = "Wij zijn een bedrijf van vakmensen en staan ook voor uw dak klaar; het werk is niet te klein voor onze ploeg.";
        for (lang, text, expected) in [
            (Some("en-US"), dutch, Some("nl")),
            (None, dutch, Some("nl")),
            (
                None,
                "Wir bauen mit Herz und Verstand für Sie. Das ist unsere Art, und der Kunde ist uns nicht egal.",
                Some("de"),
            ),
            (
                None,
                "Nous sommes avec vous pour une toiture dans les règles, et notre équipe est sur place.",
                Some("fr"),
            ),
            (None, "We build with you and for you: the roofs of our town are from this yard.", Some("en")),
            (Some("nl_NL"), "Welkom", Some("nl")),
            (Some("sv"), "Hej", None),
            (None, "", None),
        ] {
            assert_eq!(language(&page(lang, text)), expected, "{text}");
        }
    }
}
