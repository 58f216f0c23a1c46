//! From a counted part to the whole, with how far that may be off.

/// Standard deviations of the margin: 95 %.
const DEVIATIONS: f64 = 1.96;

/// A number of companies, counted or estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Estimate {
    /// The number.
    pub n: u64,
    /// So many more or fewer it may be, with 95 % certainty; 0 when all were counted.
    pub margin: u64,
}

/// How many of `all` have what `hits` of the `judged` random ones have. None of a few is no proof of none at all: the margin
/// follows Wilson, which keeps it.
pub fn estimate(hits: u64, judged: u64, all: u64) -> Estimate {
    if judged >= all {
        return Estimate { n: hits, margin: 0 };
    }
    if judged == 0 {
        return Estimate { n: 0, margin: all };
    }
    let [hits_f, judged_f, all_f] = [hits, judged, all].map(as_float);
    let share = hits_f / judged_f;
    let square = DEVIATIONS * DEVIATIONS;
    let spread = (share * (1.0 - share) / judged_f + square / (4.0 * judged_f * judged_f)).sqrt();
    // The larger part of the whole was seen, the less the rest can differ.
    let unseen = ((all_f - judged_f) / (all_f - 1.0).max(1.0)).sqrt();
    let margin = DEVIATIONS * spread / (1.0 + square / judged_f) * unseen * all_f;
    Estimate { n: as_count(share * all_f), margin: as_count(margin.ceil()) }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of companies are far below 2^52")]
fn as_float(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, and never below zero")]
fn as_count(n: f64) -> u64 {
    n.round().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_stands_for_the_whole_within_its_margin() {
        for (hits, judged, all, n, margins) in [
            (30, 100, 100, 30, 0..=0),
            (5_000, 20_000, 1_000_000, 250_000, 5_500..=6_500),
            (0, 20_000, 1_000_000, 0, 50..=120),
            (20_000, 20_000, 1_000_000, 1_000_000, 50..=120),
            (0, 0, 10, 0, 10..=10),
        ] {
            let found = estimate(hits, judged, all);
            assert_eq!(found.n, n, "{hits} of {judged} of {all}");
            assert!(margins.contains(&found.margin), "{hits} of {judged} of {all}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn more_companies_seen_never_widen_the_margin(share in 0_u64..=10, judged in 10_u64..1000, all in 2_000_u64..1_000_000) {
            let of = |judged: u64| estimate(judged * share / 10, judged / 10 * 10, all);
            let (few, many) = (of(judged / 10 * 10), of(judged / 10 * 10 * 2));
            prop_assert!(many.margin <= few.margin);
        }
    }
}
