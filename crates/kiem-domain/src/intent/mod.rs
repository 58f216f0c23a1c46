//! What a reply wants: a lexicon decides what must not be missed, a linear model sorts the rest, and what neither is
//! sure of goes to a person.
//!
//! Everything here works on the text that the other side wrote itself: [`crate::inbound::strip`] cuts quotes and
//! signatures before.

pub mod concepts;
mod date_words;
pub mod dates;
pub mod features;
pub mod flags;
mod label;
pub mod lexicon;
mod model;
pub mod pattern;
pub mod people;
pub mod score;
pub mod train;
pub mod words;

use std::sync::LazyLock;

use jiff::civil::Date;

use crate::engagement::reply::LabelSource;

use self::concepts::Concepts;
use self::features::Vector;
use self::lexicon::{Findings, Verdict};
use self::model::{PerLabel, softmax};
use self::people::{Need, find_person};
use self::words::Words;

pub use self::flags::{Flags, ReferredPerson};
pub use self::label::Label;
pub use self::model::{Digest, Model, ModelError};

/// At least this probability, or a person looks.
pub const PROBABILITY_MIN: f32 = 0.85;
/// At least this distance to the second label, or a person looks.
pub const MARGIN_MIN: f32 = 0.30;
/// A reply that may be an opt-out with this probability is shown to a person: recall first.
pub const UNSUBSCRIBE_ASKS_FROM: f32 = 0.30;
/// The lexicon decides unless the model thinks less than this of its label: a phrase can stand in another sense.
const LEXICON_AGREES_FROM: f32 = 0.30;
/// The same for an opt-out, where the lexicon is nearly always followed. Below it a person looks.
const OPT_OUT_AGREES_FROM: f32 = 0.05;
/// The probability that a lexicon decision states.
const LEXICON_PROBABILITY: f32 = 0.99;
/// To see whether a date is named, any day will do as today.
const ANY_DAY: Date = jiff::civil::date(2026, 1, 1);
/// How many features an explanation names.
const REASONS_MAX: usize = 5;

text_enum! {
    /// Who decided on a label.
    pub enum DecidedBy {
        /// A phrase of the lexicon.
        Lexicon = "lexicon",
        /// The linear model.
        Model = "model",
    }
}

impl From<DecidedBy> for LabelSource {
    fn from(by: DecidedBy) -> Self {
        match by {
            DecidedBy::Lexicon => Self::Lexicon,
            DecidedBy::Model => Self::Model,
        }
    }
}

/// What a reply wants, and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// The intent.
    pub label: Label,
    /// 0 to 1. Calibrated where the model decided.
    pub probability: f32,
    /// Distance to the second label, 0 to 1.
    pub margin: f32,
    /// Lexicon or model.
    pub by: DecidedBy,
    /// A person must look before anything happens because of this.
    pub needs_look: bool,
    /// Date, person, phone, price, "later".
    pub flags: Flags,
    /// The lexicon phrase, or the features that spoke most for the label.
    pub why: Vec<String>,
}

/// A reply, read once: what the lexicon, the flags and the model need.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    words: Words,
    concepts: Concepts,
    findings: Findings,
    verdict: Option<Verdict>,
    /// The words of interest in a reply that names a date as well: interest for later.
    wants_later: Option<String>,
    /// The person that the reply surely points to.
    person: Option<String>,
    vector: Vector,
}

impl Reading {
    fn new(text: &str) -> Self {
        let words = Words::new(text);
        let concepts = Concepts::find(&words);
        let findings = Findings::find(&words);
        let verdict = findings.verdict(&words);
        let names_date = !dates::find_dates(&words, ANY_DAY).is_empty();
        let wants_later = concepts
            .first(concepts::WANTS_IT)
            .filter(|_| names_date)
            .and_then(|hit| words.phrase(hit.start, hit.end));
        let vector = features::vector(&words, &concepts, &findings);
        let person = find_person(&words, Need::Sure);
        Self { words, concepts, findings, verdict, wants_later, person, vector }
    }
}

/// A label with its certainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// The intent.
    pub label: Label,
    /// 0 to 1.
    pub probability: f32,
    /// Distance to the second label, 0 to 1.
    pub margin: f32,
    /// Lexicon or model.
    pub by: DecidedBy,
    /// A person must look.
    pub needs_look: bool,
}

/// The built-in model, trained from `data/intent/train` by `kiem intent train`.
pub fn built_in() -> &'static Model {
    // The file is compiled in and a test reads it, so that this cannot fail in a program that was tested.
    static MODEL: LazyLock<Model> = LazyLock::new(|| {
        let bytes = include_bytes!("../../../../data/intent/model.bin");
        Model::from_bytes(bytes).unwrap_or_else(|error| panic!("data/intent/model.bin: {error}"))
    });
    &MODEL
}

/// Says what a reply wants. `text` is what the other side wrote itself, `today` the day on which it was received.
pub fn classify(text: &str, today: Date, model: &Model) -> Classification {
    let reading = Reading::new(text);
    if reading.words.list.is_empty() {
        return Classification {
            label: Label::Other,
            probability: 0.0,
            margin: 0.0,
            by: DecidedBy::Model,
            needs_look: true,
            flags: Flags::default(),
            why: vec!["no text of its own".to_owned()],
        };
    }
    let probabilities = softmax(&model.logits(&reading.vector), model.temperature());
    let decision = decide(&reading, &probabilities);
    Classification {
        label: decision.label,
        probability: decision.probability,
        margin: decision.margin,
        by: decision.by,
        needs_look: decision.needs_look,
        flags: flags::read(&reading.words, &reading.concepts, decision.label, today),
        why: reasons(&reading, model, decision),
    }
}

/// The decision table: lexicon first, then the model with its reject option.
pub(crate) fn decide(reading: &Reading, probabilities: &PerLabel) -> Decision {
    let of = |label: Label| probabilities[label.index()];
    let by_lexicon = |label: Label| Decision {
        label,
        probability: LEXICON_PROBABILITY,
        margin: LEXICON_PROBABILITY,
        by: DecidedBy::Lexicon,
        needs_look: false,
    };
    let mut overruled_opt_out = false;
    if let Some(verdict) = &reading.verdict {
        let opt_out = verdict.label == Label::Unsubscribe;
        // Who objects to the use of data, or says no, and opts out as well, opts out.
        let agrees = if opt_out {
            of(Label::Unsubscribe) + of(Label::DataRequest) + of(Label::NotInterested) >= OPT_OUT_AGREES_FROM
        } else {
            of(verdict.label) >= LEXICON_AGREES_FROM
        };
        if agrees {
            return by_lexicon(verdict.label);
        }
        overruled_opt_out = opt_out;
    }
    let mut ranked: Vec<(Label, f32)> =
        Label::ALL.iter().copied().zip(probabilities.iter().copied()).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (label, probability) = ranked.first().copied().unwrap_or((Label::Other, 0.0));
    let margin = probability - ranked.get(1).map_or(0.0, |second| second.1);
    let may_be_opt_out = label != Label::Unsubscribe && of(Label::Unsubscribe) >= UNSUBSCRIBE_ASKS_FROM;
    let asks = may_be_opt_out || overruled_opt_out;
    if let Some((label, _)) = tie_break(reading, probabilities).filter(|_| !asks) {
        return by_lexicon(label);
    }
    let interest_unheard = label == Label::NotNow && reading.concepts.has(concepts::WANTS_IT);
    // Passed on within the company, and asked something: who refers names somebody.
    let nobody_named = label == Label::Referral
        && find_person(&reading.words, Need::Likely).is_none()
        && reading.words.list.iter().all(|word| word.text != words::EMAIL);
    let unsure = probability < PROBABILITY_MIN || margin < MARGIN_MIN || interest_unheard || nobody_named;
    Decision { label, probability, margin, by: DecidedBy::Model, needs_look: unsure || asks }
}

/// Where the model leaves only two neighbours, a fact in the text decides between them. Returns the fact as well.
fn tie_break<'r>(reading: &'r Reading, probabilities: &PerLabel) -> Option<(Label, &'r str)> {
    // "Interesting, but next year" is interest; "not now, maybe next year" is not.
    let later = (Label::Interested, Label::NotNow, &reading.wants_later);
    // "I am not the one, talk to Eva" refers; "I am not the one" does not.
    let named = (Label::Referral, Label::WrongPerson, &reading.person);
    [later, named].into_iter().find_map(|(label, neighbor, fact)| {
        let both = probabilities[label.index()] + probabilities[neighbor.index()];
        fact.as_deref().filter(|_| both >= PROBABILITY_MIN).map(|fact| (label, fact))
    })
}

fn reasons(reading: &Reading, model: &Model, decision: Decision) -> Vec<String> {
    if decision.by == DecidedBy::Lexicon {
        let phrase = reading.verdict.as_ref().filter(|v| v.label == decision.label).map(|v| v.phrase.clone());
        let fact = if decision.label == Label::Interested { &reading.wants_later } else { &reading.person };
        return phrase.or_else(|| fact.clone()).into_iter().collect();
    }
    let named = features::named(&reading.words, &reading.concepts, &reading.findings);
    let mut pulls: Vec<(f32, String)> = named
        .into_iter()
        .map(|feature| (feature.value * model.pull(feature.bucket, decision.label), feature.name))
        .filter(|(pull, name)| *pull > 0.0 && !name.is_empty())
        .collect();
    pulls.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut reasons: Vec<String> = Vec::new();
    for (_, name) in pulls {
        // "geen interesse" says it already when "interesse" comes next.
        if reasons.len() < REASONS_MAX && !reasons.iter().any(|reason| reason.contains(&name)) {
            reasons.push(name);
        }
    }
    reasons
}

/// What a model trained on these files (name and content, in any order) has as its digest: the texts, the phrases and
/// the way features are made.
pub fn training_digest(files: &[(String, String)]) -> Digest {
    let mut files: Vec<&(String, String)> = files.iter().collect();
    files.sort();
    let own = [concepts::SOURCE, lexicon::SOURCE, people::SOURCE];
    let texts = files.iter().flat_map(|(name, content)| [name.as_str(), content.as_str()]).chain(own);
    let bytes = texts.flat_map(|text| text.bytes().filter(|b| *b != b'\r').chain(std::iter::once(0)));
    Digest(features::fnv128(bytes.chain(features::VERSION.to_le_bytes())))
}

#[cfg(test)]
mod tests;
