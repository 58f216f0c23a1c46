//! A reply as numbers: hashed word 1-2 grams, character 2-5 grams and ideas (`concepts`), a fixed number of buckets.

use super::concepts::Concepts;
use super::dates::find_dates;
use super::flags::find_phone;
use super::label::Label;
use super::lexicon::Findings;
use super::pattern::Hit;
use super::people::{Need, find_person};
use super::words::Words;

/// Buckets of the hash, as a power of two.
pub const BUCKET_BITS: u32 = 17;
/// Goes up when the same text gives other features, so that an old model is not used with them.
pub const VERSION: u32 = 2;

/// Longest reply that is turned into features, in words: what a person wants stands at the start.
const WORDS_MAX: usize = 160;

/// How much a family of features weighs as a whole.
const WORD_WEIGHT: f32 = 1.3;
const CHAR_WEIGHT: f32 = 1.0;
const IDEA_WEIGHT: f32 = 1.2;

/// A reply as (bucket, value), ordered by bucket, each bucket once.
pub type Vector = Vec<(u32, f32)>;

/// 64-bit FNV-1a.
pub fn fnv64(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes
        .into_iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// 128-bit FNV-1a: tells training sets apart. Not for secrets.
pub fn fnv128(bytes: impl IntoIterator<Item = u8>) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.into_iter().fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

/// A feature as a person can read it, with its bucket and value.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The words of the reply that it stands for; empty for letters and combinations, which no person reads.
    pub name: String,
    /// Bucket of the hash.
    pub bucket: u32,
    /// Value in the vector.
    pub value: f32,
}

/// The features of a reply with their names.
pub fn named(words: &Words, concepts: &Concepts, findings: &Findings) -> Vec<Named> {
    let tokens = tokens(words);
    let mut all = Vec::new();
    push_family(&mut all, b'w', WORD_WEIGHT, word_grams(&tokens));
    push_family(&mut all, b'c', CHAR_WEIGHT, char_grams(&tokens));
    push_family(&mut all, b'i', IDEA_WEIGHT, ideas(words, concepts, findings));
    all
}

/// The features of a reply as a sparse vector.
pub fn vector(words: &Words, concepts: &Concepts, findings: &Findings) -> Vector {
    let mut vector: Vector =
        named(words, concepts, findings).into_iter().map(|f| (f.bucket, f.value)).collect();
    vector.sort_by_key(|(bucket, _)| *bucket);
    vector.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 += later.1;
        }
        same
    });
    vector
}

/// Every feature of a family counts once, and a family has the same length whatever the size of the text.
fn push_family(all: &mut Vec<Named>, family: u8, weight: f32, mut features: Vec<Feature>) {
    features.sort_unstable();
    features.dedup_by(|later, kept| later.key == kept.key);
    let value = weight / (features.len().max(1) as f32).sqrt();
    all.extend(features.into_iter().map(|Feature { key, shown }| {
        let hash = fnv64(std::iter::once(family).chain(key.bytes()));
        // The high bits are folded in: the low bits of FNV alone mix short keys badly.
        let bucket = ((hash ^ (hash >> 32)) & ((1 << BUCKET_BITS) - 1)) as u32;
        Named { name: shown, bucket, value }
    }));
}

/// A feature before it is hashed: what is hashed, and what a person reads ("" for what only a machine reads).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Feature {
    key: String,
    shown: String,
}

impl Feature {
    /// A word or two: read as it is hashed.
    fn plain(key: String) -> Self {
        Self { shown: key.trim_start_matches("^ ").trim_end_matches(" $").to_owned(), key }
    }

    fn hidden(key: String) -> Self {
        Self { key, shown: String::new() }
    }
}

/// The words as the model sees them: digits made equal, the greeting left out, with the sentence they stand in.
fn tokens(words: &Words) -> Vec<(u32, String)> {
    let list = words.list.iter().skip(words.greeting_len()).take(WORDS_MAX);
    list.map(|word| {
        let text: String = word.text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        (word.sentence, text)
    })
    .collect()
}

fn word_grams(tokens: &[(u32, String)]) -> Vec<Feature> {
    let mut grams: Vec<String> = tokens.iter().map(|(_, text)| text.clone()).collect();
    for (at, (sentence, text)) in tokens.iter().enumerate() {
        let starts = at == 0 || tokens[at - 1].0 != *sentence;
        if starts {
            grams.push(format!("^ {text}"));
        }
        match tokens.get(at + 1) {
            Some((next, after)) if next == sentence => grams.push(format!("{text} {after}")),
            _ => grams.push(format!("{text} $")),
        }
    }
    grams.into_iter().map(Feature::plain).collect()
}

fn char_grams(tokens: &[(u32, String)]) -> Vec<Feature> {
    let mut grams = Vec::new();
    for (_, text) in tokens {
        let padded: Vec<char> =
            std::iter::once(' ').chain(text.chars()).chain(std::iter::once(' ')).collect();
        for length in 2..=5 {
            grams.extend(padded.windows(length).map(|window| Feature::hidden(window.iter().collect())));
        }
    }
    grams
}

/// Ideas, negated ideas, which idea follows which in a sentence, and which lexicon labels were touched.
fn ideas(words: &Words, concepts: &Concepts, findings: &Findings) -> Vec<Feature> {
    let mut features = Vec::new();
    let mut hidden = |key: String| features.push(Feature::hidden(key));
    let mut previous: Option<(&str, u32)> = None;
    for hit in concepts.hits() {
        let name = Concepts::name(hit);
        let sentence = words.sentence_at(hit.start).unwrap_or_default();
        hidden(if hit.negated { format!("not {name}") } else { name.to_owned() });
        if let Some((before, before_sentence)) = previous
            && before != name
        {
            let link = if before_sentence == sentence { "+" } else { "/" };
            hidden(format!("{before}{link}{name}"));
        }
        previous = Some((name, sentence));
    }
    for label in Label::ALL {
        match findings.count(*label) {
            0 => {}
            1 => hidden(format!("says {label}")),
            _ => {
                hidden(format!("says {label}"));
                hidden(format!("says {label} twice"));
            }
        }
    }
    facts(words).into_iter().for_each(|fact| hidden(fact.to_owned()));
    // The phrase as well as its idea: some phrases say it more surely than others.
    let phrase = |kind: &str, hit: &Hit| Feature {
        key: format!("{kind} by phrase {}", hit.phrase),
        shown: words.phrase(hit.start, hit.end).unwrap_or_default(),
    };
    features.extend(concepts.hits().iter().map(|hit| phrase(Concepts::name(hit), hit)));
    features.extend(findings.hits().iter().map(|hit| phrase("lexicon", hit)));
    features
}

/// What the text names, and how long it is.
fn facts(words: &Words) -> Vec<&'static str> {
    let mut facts = Vec::new();
    if find_person(words, Need::Sure).is_some() {
        facts.push("names a person");
    }
    match find_dates(words, super::ANY_DAY).len() {
        0 => {}
        1 => facts.push("names a date"),
        _ => facts.push("names dates"),
    }
    if find_phone(&words.source).is_some() {
        facts.push("names a phone number");
    }
    facts.push(match words.list.len() {
        0..=3 => "length 1",
        4..=8 => "length 2",
        9..=20 => "length 3",
        21..=50 => "length 4",
        _ => "length 5",
    });
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vector {
        let words = Words::new(text);
        vector(&words, &Concepts::find(&words), &Findings::find(&words))
    }

    #[test]
    fn fnv_has_its_published_values() {
        assert_eq!(fnv64(*b"foobar"), 0x8594_4171_f739_67e8);
        assert_eq!(fnv128(*b""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fnv128(*b"foobar"), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }

    #[test]
    fn buckets_are_ordered_unique_and_in_range() {
        let vector = of("Wat kost dit ongeveer? Wij zijn met 25 mensen.");
        assert!(vector.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(vector.iter().all(|(bucket, value)| *bucket < 1 << BUCKET_BITS && value.is_finite()));
    }

    #[test]
    fn the_greeting_and_the_digits_do_not_matter() {
        assert_eq!(
            of("Beste Sanne, stuur maar 25 stuks naar ons"),
            of("Beste Wouter, stuur maar 87 stuks naar ons")
        );
        assert_ne!(of("Ja"), of("Nee"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_features(text in "\\PC{0,200}") {
            let vector = of(&text);
            proptest::prop_assert!(!vector.is_empty());
        }
    }
}
