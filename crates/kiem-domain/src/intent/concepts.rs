//! Ideas that a reply expresses, whatever the wording: read from `phrases/concepts.txt`.

use std::sync::LazyLock;

use super::pattern::{Hit, PhraseBook};
use super::words::Words;

/// The text of the phrase file; part of what a model is trained on.
pub const SOURCE: &str = include_str!("phrases/concepts.txt");

/// The reply asks what it costs.
pub const PRICE_ASKED: &str = "price_asked";
/// The reply moves the matter to a later moment.
pub const POSTPONED: &str = "postponed";
/// The reply says when to come back.
pub const COME_BACK: &str = "come_back";
/// Interest that stays interest when it is for later.
pub const WANTS_IT: &str = "wants_it";
/// The reply points to another person or address.
pub const POINTS_TO_PERSON: &str = "points_to_person";

/// The reply names days of every week on which somebody works.
pub const EVERY_WEEK: &str = "every_week";

// The file is compiled in and a test reads it, so that this cannot fail in a program that was tested.
static BOOK: LazyLock<PhraseBook> =
    LazyLock::new(|| PhraseBook::parse(SOURCE).unwrap_or_else(|error| panic!("concepts.txt: {error}")));

/// The ideas found in one reply.
#[derive(Debug, Clone)]
pub struct Concepts {
    hits: Vec<Hit>,
}

impl Concepts {
    /// Looks the phrases up.
    pub fn find(words: &Words) -> Self {
        Self { hits: BOOK.find(words) }
    }

    /// The idea is expressed and not negated.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// Where the idea is first expressed and not negated.
    pub fn first(&self, name: &str) -> Option<&Hit> {
        self.hits.iter().find(|hit| !hit.negated && Self::name(hit) == name)
    }

    /// Every hit, in the order of the text.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// The name of the idea that was hit.
    pub fn name(hit: &Hit) -> &'static str {
        BOOK.sections.get(hit.section).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrase_file_is_readable_and_names_the_flags() {
        let book = PhraseBook::parse(SOURCE).unwrap();
        for name in [PRICE_ASKED, POSTPONED, COME_BACK, WANTS_IT, POINTS_TO_PERSON] {
            assert!(book.sections.iter().any(|section| section == name), "{name}");
        }
    }

    #[test]
    fn price_and_delay_are_seen_in_three_languages() {
        let cases = [
            (PRICE_ASKED, "Wat kost dit ongeveer?", true),
            (PRICE_ASKED, "Stuur ons even de tarieven", true),
            (PRICE_ASKED, "How much is it per user?", true),
            (PRICE_ASKED, "Could you send pricing?", true),
            (PRICE_ASKED, "Was würde das kosten?", true),
            (PRICE_ASKED, "Werkt het met Exact?", false),
            (PRICE_ASKED, "Wij besparen graag", false),
            (PRICE_ASKED, "Wat is de minimale contractduur?", false),
            (PRICE_ASKED, "Momenteel even wat anders aan ons hoofd", false),
            (POSTPONED, "Interessant, maar pas volgend jaar", true),
            (POSTPONED, "Kom er na de zomer op terug", true),
            (POSTPONED, "We can only start in Q2", true),
            (POSTPONED, "Please check back in three months", true),
            (POSTPONED, "Erst im nächsten Jahr", true),
            (POSTPONED, "Bel me morgen", false),
            (POSTPONED, "Does Thursday work?", false),
            (POSTPONED, "Zij beslist over nieuwe software", false),
        ];
        for (name, text, want) in cases {
            assert_eq!(Concepts::find(&Words::new(text)).has(name), want, "{name}: {text}");
        }
    }
}
