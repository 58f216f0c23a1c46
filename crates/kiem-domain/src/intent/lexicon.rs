//! Phrases that decide by themselves: read from `phrases/lexicon.txt`.

use std::sync::LazyLock;

use super::label::Label;
use super::pattern::{Hit, PhraseBook};
use super::words::Words;

/// The text of the phrase file; part of what a model is trained on.
pub const SOURCE: &str = include_str!("phrases/lexicon.txt");

/// The section of phrases by which a newsletter or a notice says how to opt out of it.
const INFORMS: &str = "informs";

/// The section of words for goods on their way.
const PARCELS: &str = "parcels";

/// The section of phrases by which somebody says that no opt-out is wanted.
const KEEPS: &str = "keeps";

/// Words by which a person speaks for itself or says that opting out did not work: then a sentence is no notice.
const SPEAKS: &[&str] = &[
    "i",
    "me",
    "my",
    "ive",
    "im",
    "us",
    "ik",
    "mij",
    "mijn",
    "mn",
    "ons",
    "ich",
    "mich",
    "mir",
    "werkt",
    "werken",
    "doet",
    "lukt",
    "works",
    "working",
    "work",
    "broken",
    "fails",
    "failed",
    "fout",
    "foutmelding",
    "error",
    "leads",
    "please",
    "pls",
    "aub",
    "svp",
    "graag",
    "bitte",
    "gelieve",
    "verzoek",
];

struct Book {
    phrases: PhraseBook,
    /// The label of each section; none for [`INFORMS`], [`PARCELS`] and [`KEEPS`].
    labels: Vec<Option<Label>>,
}

// The file is compiled in and a test reads it, so that this cannot fail in a program that was tested.
static BOOK: LazyLock<Book> =
    LazyLock::new(|| read(SOURCE).unwrap_or_else(|error| panic!("lexicon.txt: {error}")));

fn read(source: &str) -> Result<Book, String> {
    let phrases = PhraseBook::parse(source).map_err(|error| error.to_string())?;
    let labels = phrases.sections.iter().map(|name| match name.as_str() {
        INFORMS | PARCELS | KEEPS => Ok(None),
        name => name.parse::<Label>().map(Some).map_err(|error| error.to_string()),
    });
    Ok(Book { labels: labels.collect::<Result<_, _>>()?, phrases })
}

/// A decision by words alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What it says.
    pub label: Label,
    /// The words that say it.
    pub phrase: String,
}

/// Every lexicon phrase in one reply.
#[derive(Debug, Clone)]
pub struct Findings {
    hits: Vec<Hit>,
}

impl Findings {
    /// Looks the phrases up.
    pub fn find(words: &Words) -> Self {
        let mut hits: Vec<Hit> = BOOK.phrases.find(words).into_iter().filter(|hit| !hit.negated).collect();
        let sentence = |hit: &Hit| words.sentence_at(hit.start);
        let informing: Vec<Option<u32>> =
            hits.iter().filter(|hit| Self::section(hit) == INFORMS).map(sentence).collect();
        let kept: Vec<(usize, usize)> =
            hits.iter().filter(|hit| Self::section(hit) == KEEPS).map(|hit| (hit.start, hit.end)).collect();
        let is_kept = |hit: &Hit| kept.iter().any(|(start, end)| hit.start < *end && *start < hit.end);
        let has_parcel = hits.iter().any(|hit| Self::section(hit) == PARCELS);
        let speaks =
            |of| words.list.iter().any(|w| Some(w.sentence) == of && SPEAKS.contains(&w.text.as_str()));
        hits.retain(|hit| match Self::label(hit) {
            None => false,
            Some(Label::Unsubscribe) => {
                !is_kept(hit) && (!informing.contains(&sentence(hit)) || speaks(sentence(hit)))
            }
            Some(Label::Auto) => !has_parcel,
            Some(_) => true,
        });
        Self { hits }
    }

    /// How many phrases of a label were found at different places.
    pub fn count(&self, label: Label) -> usize {
        let mut end = 0;
        let mut count = 0;
        for hit in self.hits.iter().filter(|hit| Self::label(hit) == Some(label)) {
            if hit.start >= end {
                count += 1;
                end = hit.end;
            }
        }
        count
    }

    /// Every hit that is not negated, in the order of the text.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    fn section(hit: &Hit) -> &'static str {
        BOOK.phrases.sections.get(hit.section).map_or("", String::as_str)
    }

    fn label(hit: &Hit) -> Option<Label> {
        BOOK.labels.get(hit.section).copied().flatten()
    }

    /// The label that the phrases decide, if any. Order: what the law asks first, then what people write about
    /// themselves, then what programs write.
    pub fn verdict(&self, words: &Words) -> Option<Verdict> {
        let label = self.decided()?;
        let hit = self.hits.iter().find(|hit| Self::label(hit) == Some(label))?;
        let phrase = words.phrase(hit.start, hit.end)?;
        Some(Verdict { label, phrase })
    }

    fn decided(&self) -> Option<Label> {
        let count = |label| self.count(label);
        if count(Label::Unsubscribe) > 0 {
            return Some(Label::Unsubscribe);
        }
        [Label::DataRequest, Label::LeftCompany, Label::OutOfOffice, Label::Auto]
            .into_iter()
            .find(|label| count(*label) > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wants_to_stay_on_the_list_does_not_opt_out() {
        for (text, opts_out) in [
            ("No need to take me off the list, I just had no time.", false),
            ("Please don't remove me from the list.", false),
            ("Je hoeft me niet van de lijst te halen.", false),
            ("Sie brauchen mich nicht aus dem Verteiler zu nehmen.", false),
            ("Why don't you take me off the list?", true),
            ("There is no need to mail me again, take me off the list.", true),
            ("Je hoeft me niet meer te mailen, haal me van de lijst.", true),
            ("No need to take me off by hand if you just stop mailing me.", true),
        ] {
            let found = Findings::find(&Words::new(text)).count(Label::Unsubscribe) > 0;
            assert_eq!(found, opts_out, "{text}");
        }
    }

    #[test]
    fn the_phrase_file_is_readable() {
        assert!(read(SOURCE).is_ok());
    }
}
