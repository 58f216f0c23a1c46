//! Training: AdaGrad on the softmax loss, temperature from held-out folds. The same input gives the same model.

use super::features::Vector;
use super::label::Label;
use super::model::{Digest, Model, PerLabel, softmax};
use super::score::Scores;
use super::{Decision, Reading, decide};

/// One labelled reply: the text that the other side wrote (quotes and signature already cut).
#[derive(Debug, Clone)]
pub struct Example {
    /// The reply, stripped.
    pub text: String,
    /// What it wants.
    pub label: Label,
}

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Orders the examples; the same seed gives the same model.
    pub seed: u64,
    /// Parts for cross validation, at least 2.
    pub n_folds: usize,
}

/// Training that is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// Too few examples of a label to hold some out.
    #[error("label '{label}' has {n_examples} examples; at least {needed} are needed")]
    TooFew {
        /// The label.
        label: Label,
        /// How many there are.
        n_examples: usize,
        /// How many there must be.
        needed: usize,
    },
    /// Fewer than two folds.
    #[error("cross validation needs at least 2 folds")]
    Folds,
}

/// A trained model and what cross validation said about this way of training.
#[derive(Debug, Clone)]
pub struct Trained {
    /// Trained on every example.
    pub model: Model,
    /// Scores on examples that were held out, lexicon included.
    pub held_out: Scores,
    /// Expected calibration error of the held-out probabilities where the model decided, 0 to 1.
    pub calibration_error: f32,
    /// What was decided about each example while it was held out, in the order given.
    pub decisions: Vec<Decision>,
}

/// Rounds over the examples.
const EPOCHS: usize = 30;
/// AdaGrad's step, falling to a tenth over the rounds.
const RATE: f32 = 0.05;
/// Share of every weight that is forgotten after a round.
const DECAY: f32 = 0.02;
/// Share of the target given to the other labels, so that no label is learned as certain.
const SMOOTHING: f32 = 0.06;
/// One in so many replies is learned a second time with closing lines below it.
const TAIL_EVERY: u64 = 3;
/// A feature must occur in this many examples: what occurs once can only be learned by heart.
const EXAMPLES_MIN: u32 = 2;

struct Prepared {
    reading: Reading,
    /// The same reply with closing lines below it, for some; learned from, never scored.
    with_tail: Option<Vector>,
    label: Label,
}

/// Trains a model. `tails` are lines that stand below mails and say nothing about what a reply wants.
///
/// # Errors
/// When a label has too few examples or the number of folds makes no sense.
pub fn train(
    examples: &[Example],
    tails: &[String],
    settings: Settings,
    digest: Digest,
) -> Result<Trained, TrainError> {
    if settings.n_folds < 2 {
        return Err(TrainError::Folds);
    }
    for &label in Label::ALL {
        let n_examples = examples.iter().filter(|e| e.label == label).count();
        if n_examples < settings.n_folds {
            return Err(TrainError::TooFew { label, n_examples, needed: settings.n_folds });
        }
    }
    let mut random = SplitMix(settings.seed);
    let prepared: Vec<Prepared> = examples
        .iter()
        .map(|e| Prepared {
            reading: Reading::new(&e.text),
            with_tail: with_tail(&e.text, tails, &mut random).map(|text| Reading::new(&text).vector),
            label: e.label,
        })
        .collect();
    let folds = folds(&prepared, settings.n_folds);
    let logits = held_out_logits(&prepared, &folds, settings.seed);
    let temperature = fit_temperature(&prepared, &logits);
    let decisions: Vec<Decision> = prepared
        .iter()
        .zip(&logits)
        .map(|(example, logits)| decide(&example.reading, &softmax(logits, temperature)))
        .collect();
    let mut held_out = Scores::default();
    for (example, decision) in prepared.iter().zip(&decisions) {
        held_out.add(example.label, decision.label, decision.needs_look);
    }
    let calibration_error = calibration_error(&prepared, &logits, temperature);
    let everything: Vec<&Prepared> = prepared.iter().collect();
    let weights = fit(&everything, settings.seed);
    let model = Model::from_weights(&weights.rows(), weights.bias, temperature, digest);
    Ok(Trained { model, held_out, calibration_error, decisions })
}

/// The text with one or two closing lines below it, if it is this reply's turn.
fn with_tail(text: &str, tails: &[String], random: &mut SplitMix) -> Option<String> {
    if tails.is_empty() || !random.next().is_multiple_of(TAIL_EVERY) {
        return None;
    }
    let mut pick = || tails.get((random.next() % tails.len() as u64) as usize).map_or("", String::as_str);
    let (first, second) = (pick(), pick());
    Some(if random.next().is_multiple_of(2) {
        format!("{text}\n\n{first}")
    } else {
        format!("{text}\n\n{first}\n{second}")
    })
}

/// Every label is cut into runs of neighbours: people write look-alike examples one after the other, and a look-alike
/// in the training part would make the held-out part too easy.
fn folds(prepared: &[Prepared], n_folds: usize) -> Vec<usize> {
    let mut folds = vec![0; prepared.len()];
    for &label in Label::ALL {
        let places: Vec<usize> = (0..prepared.len()).filter(|&i| prepared[i].label == label).collect();
        // Several runs a fold, so that no language or author falls into one fold.
        let run = (places.len() / (n_folds * 4)).max(1);
        for (position, place) in places.into_iter().enumerate() {
            folds[place] = position / run % n_folds;
        }
    }
    folds
}

fn held_out_logits(prepared: &[Prepared], folds: &[usize], seed: u64) -> Vec<PerLabel> {
    let mut logits = vec![[0.0; Label::COUNT]; prepared.len()];
    let n_folds = folds.iter().max().map_or(0, |max| max + 1);
    for fold in 0..n_folds {
        let kept: Vec<&Prepared> =
            prepared.iter().zip(folds).filter(|(_, f)| **f != fold).map(|(example, _)| example).collect();
        let weights = fit(&kept, seed);
        for (place, example) in prepared.iter().enumerate().filter(|(place, _)| folds[*place] == fold) {
            logits[place] = weights.logits(&example.reading.vector);
        }
    }
    logits
}

struct Weights {
    /// The buckets that have weights, in order.
    buckets: Vec<u32>,
    rows: Vec<PerLabel>,
    bias: PerLabel,
}

impl Weights {
    fn place(&self, bucket: u32) -> Option<usize> {
        self.buckets.binary_search(&bucket).ok()
    }

    fn rows(&self) -> Vec<(u32, PerLabel)> {
        self.buckets.iter().copied().zip(self.rows.iter().copied()).collect()
    }

    fn logits(&self, vector: &Vector) -> PerLabel {
        let mut sums = self.bias;
        for (bucket, value) in vector {
            if let Some(place) = self.place(*bucket) {
                add_scaled(&mut sums, &self.rows[place], *value);
            }
        }
        sums
    }
}

fn add_scaled(sums: &mut PerLabel, row: &PerLabel, value: f32) {
    for (sum, weight) in sums.iter_mut().zip(row) {
        *sum += value * weight;
    }
}

/// What is learned from: every reply, and those with closing lines once more.
fn lessons<'p>(examples: &[&'p Prepared]) -> Vec<(&'p Vector, Label)> {
    let tailed = examples.iter().filter_map(|e| e.with_tail.as_ref().map(|vector| (vector, e.label)));
    examples.iter().map(|e| (&e.reading.vector, e.label)).chain(tailed).collect()
}

/// The buckets worth a weight, and every lesson as (place in that list, value).
fn index(lessons: &[(&Vector, Label)]) -> (Vec<u32>, Vec<Vec<(usize, f32)>>) {
    let mut all: Vec<u32> =
        lessons.iter().flat_map(|(vector, _)| vector.iter().map(|(bucket, _)| *bucket)).collect();
    all.sort_unstable();
    let mut buckets = Vec::new();
    for run in all.chunk_by(|a, b| a == b) {
        if run.len() as u32 >= EXAMPLES_MIN {
            buckets.push(run[0]);
        }
    }
    let placed = lessons.iter().map(|(vector, _)| {
        let places = vector.iter();
        places
            .filter_map(|(bucket, value)| buckets.binary_search(bucket).ok().map(|place| (place, *value)))
            .collect()
    });
    let placed = placed.collect();
    (buckets, placed)
}

fn fit(examples: &[&Prepared], seed: u64) -> Weights {
    let lessons = lessons(examples);
    let (buckets, vectors) = index(&lessons);
    let mut weights =
        Weights { rows: vec![[0.0; Label::COUNT]; buckets.len()], buckets, bias: [0.0; Label::COUNT] };
    let mut squares = vec![[1e-6_f32; Label::COUNT]; weights.rows.len()];
    let mut bias_squares = [1e-6_f32; Label::COUNT];
    let importance = label_importance(examples);
    let mut order: Vec<usize> = (0..lessons.len()).collect();
    let mut random = SplitMix(seed);
    for epoch in 0..EPOCHS {
        random.shuffle(&mut order);
        let rate = RATE * (1.0 - epoch as f32 / EPOCHS as f32).max(0.1);
        for &at in &order {
            let (vector, truth) = (&vectors[at], lessons[at].1.index());
            let mut logits = weights.bias;
            for (place, value) in vector {
                add_scaled(&mut logits, &weights.rows[*place], *value);
            }
            let mut error = softmax(&logits, 1.0);
            for (label, e) in error.iter_mut().enumerate() {
                let target =
                    if label == truth { 1.0 - SMOOTHING } else { SMOOTHING / (Label::COUNT - 1) as f32 };
                *e = (*e - target) * importance[truth];
            }
            step(&mut weights.bias, &mut bias_squares, &error, 0.3, rate);
            for (place, value) in vector {
                step(&mut weights.rows[*place], &mut squares[*place], &error, *value, rate);
            }
        }
        for weight in weights.rows.iter_mut().flatten() {
            *weight *= 1.0 - DECAY;
        }
    }
    weights
}

/// One AdaGrad step of a row.
fn step(row: &mut PerLabel, squares: &mut PerLabel, error: &PerLabel, value: f32, rate: f32) {
    for ((weight, square), error) in row.iter_mut().zip(squares).zip(error) {
        let gradient = error * value;
        *square += gradient * gradient;
        *weight -= rate * gradient / square.sqrt();
    }
}

/// Rare labels count a little more, so that the large `other` class does not swallow them.
fn label_importance(examples: &[&Prepared]) -> PerLabel {
    let mean = examples.len() as f32 / Label::COUNT as f32;
    let count = |label: usize| examples.iter().filter(|e| e.label.index() == label).count().max(1) as f32;
    std::array::from_fn(|label| (mean / count(label)).sqrt())
}

/// The temperature with the least log loss on held-out examples that the lexicon leaves to the model.
fn fit_temperature(prepared: &[Prepared], logits: &[PerLabel]) -> f32 {
    let open: Vec<(&PerLabel, usize)> = prepared
        .iter()
        .zip(logits)
        .filter(|(example, _)| example.reading.verdict.is_none())
        .map(|(example, logits)| (logits, example.label.index()))
        .collect();
    let loss = |temperature: f32| -> f32 {
        open.iter().map(|(logits, truth)| -softmax(logits, temperature)[*truth].max(1e-9).ln()).sum()
    };
    // Golden section on a loss with one valley.
    const RATIO: f32 = 0.618_034;
    let (mut low, mut high) = (0.1_f32, 5.0_f32);
    for _ in 0..40 {
        let (left, right) = (high - RATIO * (high - low), low + RATIO * (high - low));
        if loss(left) < loss(right) { high = right } else { low = left }
    }
    (low + high) / 2.0
}

/// Expected calibration error over ten equal bins of the highest probability.
fn calibration_error(prepared: &[Prepared], logits: &[PerLabel], temperature: f32) -> f32 {
    let mut bins = [(0.0_f32, 0.0_f32, 0.0_f32); 10];
    let mut n_open = 0.0;
    for (example, logits) in prepared.iter().zip(logits).filter(|(e, _)| e.reading.verdict.is_none()) {
        let probabilities = softmax(logits, temperature);
        let (best, p) = best_of(&probabilities);
        let bin = &mut bins[((p * 10.0) as usize).min(9)];
        bin.0 += 1.0;
        bin.1 += p;
        bin.2 += f32::from(u8::from(best == example.label.index()));
        n_open += 1.0;
    }
    let gaps = bins.iter().filter(|(n, ..)| *n > 0.0).map(|(_, sure, right)| (sure - right).abs());
    if n_open > 0.0 { gaps.sum::<f32>() / n_open } else { 0.0 }
}

fn best_of(probabilities: &PerLabel) -> (usize, f32) {
    probabilities
        .iter()
        .copied()
        .enumerate()
        .fold((0, 0.0), |best, here| if here.1 > best.1 { here } else { best })
}

/// SplitMix64: small, and the same everywhere.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn shuffle(&mut self, list: &mut [usize]) {
        for last in (1..list.len()).rev() {
            let other = (self.next() % (last as u64 + 1)) as usize;
            list.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every label with its own few words.
    fn toy() -> Vec<Example> {
        let mut examples = Vec::new();
        for label in Label::ALL {
            for i in 0..12 {
                let text = format!("zq{label} zr{label}{} woord{}", i % 3, i % 4);
                examples.push(Example { text, label: *label });
            }
        }
        examples
    }

    #[test]
    fn the_same_input_gives_the_same_model_and_another_seed_another_order() {
        let settings = Settings { seed: 7, n_folds: 2 };
        let first = train(&toy(), &[], settings, Digest(1)).unwrap();
        let again = train(&toy(), &[], settings, Digest(1)).unwrap();
        assert_eq!(first.model.to_bytes(), again.model.to_bytes());
        let other = train(&toy(), &[], Settings { seed: 8, ..settings }, Digest(1)).unwrap();
        assert_ne!(first.model.to_bytes(), other.model.to_bytes());
    }

    #[test]
    fn what_can_be_learned_is_learned() {
        let trained = train(&toy(), &[], Settings { seed: 7, n_folds: 3 }, Digest(1)).unwrap();
        assert!(trained.held_out.accuracy().unwrap() > 0.95, "{:?}", trained.held_out.accuracy());
    }

    #[test]
    fn too_few_examples_are_refused_by_name() {
        let examples: Vec<Example> = toy().into_iter().filter(|e| e.label != Label::Referral).collect();
        let error = train(&examples, &[], Settings { seed: 7, n_folds: 3 }, Digest(1)).err();
        assert_eq!(error, Some(TrainError::TooFew { label: Label::Referral, n_examples: 0, needed: 3 }));
        assert_eq!(
            train(&toy(), &[], Settings { seed: 7, n_folds: 1 }, Digest(1)).err(),
            Some(TrainError::Folds)
        );
    }
}
