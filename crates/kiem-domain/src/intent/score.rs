//! How good the answers are: accuracy, precision, recall, F1, confusion, and how much a person must look at.

use super::label::Label;

const N_LABELS: usize = Label::COUNT;

/// Precision, recall and F1 of one label. `None` where nothing can be said (nothing predicted, nothing to find).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelScore {
    /// The label.
    pub label: Label,
    /// Right among those that got the label, 0 to 1.
    pub precision: Option<f64>,
    /// Found among those that have the label, 0 to 1.
    pub recall: Option<f64>,
    /// Harmonic mean of the two; 0 when one of them is 0.
    pub f1: Option<f64>,
    /// How many have the label.
    pub n_true: u32,
}

/// Counts of answers against the truth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scores {
    confusion: [[u32; N_LABELS]; N_LABELS],
    n_right: u32,
    n_all: u32,
    n_needs_look: u32,
    n_sure_and_wrong: u32,
}

impl Scores {
    /// Counts one answer.
    pub fn add(&mut self, truth: Label, predicted: Label, needs_look: bool) {
        self.confusion[truth.index()][predicted.index()] += 1;
        self.n_all += 1;
        self.n_right += u32::from(truth == predicted);
        self.n_needs_look += u32::from(needs_look);
        self.n_sure_and_wrong += u32::from(truth != predicted && !needs_look);
    }

    /// How many answers were counted.
    pub fn n_all(&self) -> u32 {
        self.n_all
    }

    /// Wrong answers that nobody would have looked at.
    pub fn n_sure_and_wrong(&self) -> u32 {
        self.n_sure_and_wrong
    }

    /// How often `truth` was taken for `predicted`.
    pub fn confused(&self, truth: Label, predicted: Label) -> u32 {
        self.confusion[truth.index()][predicted.index()]
    }

    /// Share of right answers, 0 to 1; `None` without answers.
    pub fn accuracy(&self) -> Option<f64> {
        share(self.n_right, self.n_all)
    }

    /// Share sent to a person, 0 to 1; `None` without answers.
    pub fn needs_look_share(&self) -> Option<f64> {
        share(self.n_needs_look, self.n_all)
    }

    /// Per label, in the order of [`Label::ALL`].
    pub fn labels(&self) -> Vec<LabelScore> {
        Label::ALL.iter().map(|label| self.label(*label)).collect()
    }

    fn label(&self, label: Label) -> LabelScore {
        let place = label.index();
        let hits = self.confusion[place][place];
        let n_true: u32 = self.confusion[place].iter().sum();
        let n_predicted: u32 = self.confusion.iter().map(|row| row[place]).sum();
        let f1 = share(2 * hits, n_true + n_predicted);
        LabelScore { label, precision: share(hits, n_predicted), recall: share(hits, n_true), f1, n_true }
    }

    /// Mean F1 over the labels that occur in the truth, 0 to 1; `None` without answers.
    pub fn macro_f1(&self) -> Option<f64> {
        let scores: Vec<f64> = self.labels().iter().filter(|s| s.n_true > 0).filter_map(|s| s.f1).collect();
        if scores.is_empty() { None } else { Some(scores.iter().sum::<f64>() / scores.len() as f64) }
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_hand() {
        let mut scores = Scores::default();
        assert_eq!((scores.accuracy(), scores.macro_f1(), scores.needs_look_share()), (None, None, None));
        scores.add(Label::Question, Label::Question, false);
        scores.add(Label::Question, Label::Other, true);
        scores.add(Label::Other, Label::Other, false);
        scores.add(Label::Other, Label::Question, false);
        assert_eq!(scores.accuracy(), Some(0.5));
        assert_eq!(scores.needs_look_share(), Some(0.25));
        assert_eq!(scores.n_sure_and_wrong(), 1);
        assert_eq!(scores.macro_f1(), Some(0.5));
        let question = scores.labels().into_iter().find(|s| s.label == Label::Question).unwrap();
        assert_eq!((question.precision, question.recall, question.n_true), (Some(0.5), Some(0.5), 2));
        assert_eq!(scores.confused(Label::Other, Label::Question), 1);
        let unseen = scores.labels().into_iter().find(|s| s.label == Label::Auto).unwrap();
        assert_eq!((unseen.precision, unseen.recall, unseen.f1), (None, None, None));
    }
}
