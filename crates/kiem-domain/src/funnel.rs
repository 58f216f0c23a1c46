//! The funnel: what it counts, over which period, and what may be said about a ratio.
//!
//! A ratio follows those who entered a step in the period, and asks how many of exactly these went on, up to now. It
//! never divides this month's customers by this month's leads: they are different people.

use jiff::{SignedDuration, Timestamp};

use crate::promotion::Rule;

text_enum! {
    /// What a lead did to become a prospect: the gates of the picture.
    pub enum Signal {
        /// It answered a mail.
        Reply = "reply",
        /// It booked an appointment.
        Appointment = "appointment",
        /// It came to the website several times.
        Visits = "visits",
        /// It read a case study.
        CaseStudy = "case_study",
        /// It asked for a quote.
        QuoteRequest = "quote_request",
    }
}

impl Signal {
    /// The gate that a promotion rule stands for. Warmth of several kinds is shown with the visits that make most of
    /// it; a promotion by hand went through no gate.
    pub fn of_rule(rule: &str) -> Option<Signal> {
        Some(match rule.parse::<Rule>().ok()? {
            Rule::R1 => Signal::Reply,
            Rule::R2 => Signal::Appointment,
            Rule::R3 | Rule::R6 => Signal::Visits,
            Rule::R4 => Signal::CaseStudy,
            Rule::R5 => Signal::QuoteRequest,
        })
    }

    /// The rules whose promotions pass this gate.
    pub fn rules(self) -> Vec<Rule> {
        Rule::ALL.iter().copied().filter(|rule| Signal::of_rule(rule.as_str()) == Some(self)).collect()
    }
}

text_enum! {
    /// How a stage is left other than towards the customer.
    pub enum LeakKind {
        /// The sequence ended without a sign of life.
        Resting = "resting",
        /// Waits for a date.
        Nurture = "nurture",
        /// Not ours: blocked, opted out, no fit.
        Disqualified = "disqualified",
        /// Chose another, or nothing.
        Lost = "lost",
    }
}

/// A period: from (counted) to (not counted).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub to: Timestamp,
}

impl Period {
    /// A period; none when it ends before it begins.
    pub fn new(from: Timestamp, to: Timestamp) -> Option<Period> {
        (from < to).then_some(Period { from, to })
    }

    /// The period of the same length that ends where this one begins; none before the beginning of time.
    pub fn before(&self) -> Option<Period> {
        let length: SignedDuration = self.to.duration_since(self.from);
        Some(Period { from: self.from.checked_sub(length).ok()?, to: self.from })
    }
}

/// Of `n` that entered, `k` went on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KofN {
    /// Went on.
    pub k: u64,
    /// Entered.
    pub n: u64,
}

impl KofN {
    /// The ratio; none when nobody entered, because nothing of nothing says nothing.
    pub fn ratio(&self) -> Option<f64> {
        (self.n > 0).then(|| self.k as f64 / self.n as f64)
    }
}

/// The places (from 0) of the one or two middle values among `n` in order; none when there is none.
pub fn middle_places(n: u64) -> Option<(u64, u64)> {
    (n > 0).then(|| ((n - 1) / 2, n / 2))
}

/// Days, with one decimal, between two middle lengths in microseconds.
pub fn median_days(low_us: i64, high_us: i64) -> f64 {
    const DAY_US: f64 = 86_400_000_000.0;
    let days = (low_us as f64 + high_us as f64) / 2.0 / DAY_US;
    // Under a day the hours matter.
    if days < 1.0 { (days * 1000.0).round() / 1000.0 } else { (days * 10.0).round() / 10.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn every_rule_has_a_gate_and_every_gate_a_rule() {
        for rule in Rule::ALL {
            assert!(Signal::of_rule(rule.as_str()).is_some(), "{rule}");
        }
        for signal in Signal::ALL {
            assert!(!signal.rules().is_empty(), "{signal}");
        }
        assert_eq!(Signal::of_rule("R1"), Some(Signal::Reply));
        assert_eq!(Signal::of_rule("R5"), Some(Signal::QuoteRequest));
        assert_eq!(Signal::of_rule("manual"), None);
    }

    #[test]
    fn the_period_before_is_as_long_and_touches() {
        let period = Period::new(at("2026-11-01T00:00:00Z"), at("2026-11-11T00:00:00Z")).unwrap();
        let before = period.before().unwrap();
        assert_eq!((before.from, before.to), (at("2026-10-22T00:00:00Z"), period.from));
        assert_eq!(Period::new(period.to, period.from), None);
        assert_eq!(Period::new(period.to, period.to), None);
    }

    #[test]
    fn medians() {
        assert_eq!(middle_places(0), None);
        assert_eq!(middle_places(1), Some((0, 0)));
        assert_eq!(middle_places(4), Some((1, 2)));
        assert_eq!(middle_places(5), Some((2, 2)));
        assert!((median_days(86_400_000_000, 2 * 86_400_000_000) - 1.5).abs() < 1e-9);
        assert!((median_days(3_600_000_000, 3_600_000_000) - 0.042).abs() < 1e-9);
        assert_eq!(KofN { k: 0, n: 0 }.ratio(), None);
        assert_eq!(KofN { k: 1, n: 4 }.ratio(), Some(0.25));
    }
}
