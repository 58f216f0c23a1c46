//! What customers who were won have in common against the rest of the audience. Only facts of companies are compared, never
//! of people. A difference is told with the numbers it rests on, and not at all when they are too few.

use std::collections::BTreeMap;

use super::activity::{ActivityCode, ActivityVersion};
use super::fit::FitFacts;
use super::place::province_of;
use crate::legal_form::{family_in_name, family_of};

/// Fewest won customers, and fewest of them with a known value, from which anything is said.
pub const WON_MIN: u32 = 10;
/// Fewest companies of the rest of the audience with a known value.
const REST_MIN: u32 = 30;
/// Fewest won customers that share a value.
const SHARED_MIN: u32 = 3;
/// Standard deviations of the bound: 99 %, because many values are looked at together and some differ by chance.
const DEVIATIONS: f64 = 2.576;

text_enum! {
    /// A trait of a company that is compared.
    pub enum Feature {
        /// The division of its activity code: edition and two digits.
        Division = "division",
        /// Its size class.
        Size = "size",
        /// Its province.
        Province = "province",
        /// Its family of legal forms.
        LegalForm = "legal_form",
    }
}

text_enum! {
    /// Classes of the number of people working somewhere, as Dutch statistics have them.
    pub enum SizeBand {
        /// 1
        One = "1",
        /// 2 to 4.
        Two = "2-4",
        /// 5 to 9.
        Five = "5-9",
        /// 10 to 19.
        Ten = "10-19",
        /// 20 to 49.
        Twenty = "20-49",
        /// 50 to 99.
        Fifty = "50-99",
        /// 100 to 199.
        Hundred = "100-199",
        /// 200 to 499.
        TwoHundred = "200-499",
        /// 500 and more.
        FiveHundred = "500+",
    }
}

impl SizeBand {
    /// The class of a number; none of zero, which lists write for unknown.
    pub fn of(n: u32) -> Option<SizeBand> {
        Some(match n {
            0 => return None,
            1 => SizeBand::One,
            2..=4 => SizeBand::Two,
            5..=9 => SizeBand::Five,
            10..=19 => SizeBand::Ten,
            20..=49 => SizeBand::Twenty,
            50..=99 => SizeBand::Fifty,
            100..=199 => SizeBand::Hundred,
            200..=499 => SizeBand::TwoHundred,
            500.. => SizeBand::FiveHundred,
        })
    }

    /// The smallest and the largest number of the class; the last has no largest.
    pub const fn bounds(self) -> (u32, Option<u32>) {
        match self {
            SizeBand::One => (1, Some(1)),
            SizeBand::Two => (2, Some(4)),
            SizeBand::Five => (5, Some(9)),
            SizeBand::Ten => (10, Some(19)),
            SizeBand::Twenty => (20, Some(49)),
            SizeBand::Fifty => (50, Some(99)),
            SizeBand::Hundred => (100, Some(199)),
            SizeBand::TwoHundred => (200, Some(499)),
            SizeBand::FiveHundred => (500, None),
        }
    }
}

/// The traits of one company that are known.
pub fn features(facts: &FitFacts<'_>) -> Vec<(Feature, String)> {
    let code = facts.activity.and_then(|(text, version)| ActivityCode::parse(text, version));
    // Without its edition a division may be two different things.
    let code = code.filter(|code| code.version() != ActivityVersion::Unknown);
    let form = match facts.legal_form.filter(|text| !text.trim().is_empty()) {
        Some(text) => family_of(facts.country, text),
        None => facts.name.and_then(|name| family_in_name(facts.country, name)),
    };
    let all = [
        (Feature::Division, code.map(|code| format!("{}:{}", code.version(), code.division()))),
        (Feature::Size, facts.employees_n.and_then(SizeBand::of).map(|band| band.to_string())),
        (
            Feature::Province,
            province_of(facts.country, facts.region, facts.postcode).map(|province| province.to_string()),
        ),
        (Feature::LegalForm, form.map(|family| family.to_string())),
    ];
    all.into_iter().filter_map(|(feature, value)| Some((feature, value?))).collect()
}

/// Companies counted by their traits.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    n: u32,
    by_value: BTreeMap<(Feature, String), u32>,
    known: BTreeMap<Feature, u32>,
}

impl Sample {
    /// Counts one company.
    pub fn add(&mut self, facts: &FitFacts<'_>) {
        self.n += 1;
        for (feature, value) in features(facts) {
            *self.known.entry(feature).or_default() += 1;
            *self.by_value.entry((feature, value)).or_default() += 1;
        }
    }

    /// How many were counted.
    pub fn n(&self) -> u32 {
        self.n
    }

    fn known(&self, feature: Feature) -> u32 {
        self.known.get(&feature).copied().unwrap_or(0)
    }

    fn with(&self, feature: Feature, value: &str) -> u32 {
        self.by_value.get(&(feature, value.to_owned())).copied().unwrap_or(0)
    }
}

/// One value that won customers have more often than the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// Which trait.
    pub feature: Feature,
    /// Its value: "2025:62", "20-49", "NL-UT", `private_limited`.
    pub value: String,
    /// Won customers that have it.
    pub won_n: u32,
    /// Won customers of which the trait is known.
    pub won_known_n: u32,
    /// Others that have it.
    pub rest_n: u32,
    /// Others of which the trait is known.
    pub rest_known_n: u32,
    /// How many times more often won customers have it.
    pub lift: f64,
    /// The least that it is with 99 % certainty.
    pub lift_min: f64,
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookalike {
    /// Won customers.
    pub won_n: u32,
    /// Values that stand out, the surest first.
    pub stands_out: Vec<Likeness>,
    /// Traits about which nothing is said, because they are known of too few: the trait and of how many won customers it
    /// is known. All of them when too few customers were won.
    pub too_thin: Vec<(Feature, u32)>,
}

/// Compares won customers with the rest of the audience.
pub fn lookalike(won: &Sample, rest: &Sample) -> Lookalike {
    let mut stands_out = Vec::new();
    let mut too_thin = Vec::new();
    for feature in Feature::ALL {
        let (won_known_n, rest_known_n) = (won.known(*feature), rest.known(*feature));
        if won_known_n < WON_MIN || rest_known_n < REST_MIN {
            too_thin.push((*feature, won_known_n));
            continue;
        }
        for ((of, value), won_n) in &won.by_value {
            if of != feature || *won_n < SHARED_MIN {
                continue;
            }
            let rest_n = rest.with(*feature, value);
            let (lift, lift_min) = lift_of((*won_n, won_known_n), (rest_n, rest_known_n));
            if lift_min > 1.0 {
                let value = value.clone();
                stands_out.push(Likeness {
                    feature: *feature,
                    value,
                    won_n: *won_n,
                    won_known_n,
                    rest_n,
                    rest_known_n,
                    lift,
                    lift_min,
                });
            }
        }
    }
    stands_out.sort_by(|a, b| b.lift_min.total_cmp(&a.lift_min));
    Lookalike { won_n: won.n(), stands_out, too_thin }
}

/// Ratio of two shares and its lower bound, by the logarithm of the ratio; half a company is added everywhere, so that a
/// value nobody else has gives a number and no infinity.
fn lift_of((won, of_won): (u32, u32), (rest, of_rest): (u32, u32)) -> (f64, f64) {
    let [won, of_won, rest, of_rest] = [won, of_won, rest, of_rest].map(|n| f64::from(n) + 0.5);
    let lift = (won / of_won) / (rest / of_rest);
    let deviation = (1.0 / won - 1.0 / of_won + 1.0 / rest - 1.0 / of_rest).max(0.0).sqrt();
    (lift, (lift.ln() - DEVIATIONS * deviation).exp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn company(employees_n: u32) -> FitFacts<'static> {
        FitFacts { country: Some("NL"), employees_n: Some(employees_n), ..FitFacts::default() }
    }

    fn counted(sizes: &[(u32, u32)]) -> Sample {
        let mut sample = Sample::default();
        for (employees_n, times) in sizes {
            for _ in 0..*times {
                sample.add(&company(*employees_n));
            }
        }
        sample
    }

    #[test]
    fn a_size_that_winners_share_stands_out_with_its_numbers() {
        let found = lookalike(&counted(&[(30, 15), (3, 5)]), &counted(&[(30, 100), (3, 900)]));
        assert_eq!(found.stands_out.len(), 1, "{found:?}");
        let size = &found.stands_out[0];
        assert_eq!((size.feature, size.value.as_str()), (Feature::Size, "20-49"));
        assert_eq!((size.won_n, size.won_known_n, size.rest_n, size.rest_known_n), (15, 20, 100, 1000));
        assert!(
            (7.0..8.0).contains(&size.lift) && size.lift_min > 3.0 && size.lift_min < size.lift,
            "{size:?}"
        );
    }

    #[test]
    fn with_too_few_nothing_is_said() {
        let rest = counted(&[(30, 100), (3, 900)]);
        let few = lookalike(&counted(&[(30, 9)]), &rest);
        assert!(few.stands_out.is_empty());
        assert!(few.too_thin.contains(&(Feature::Size, 9)) && few.too_thin.len() == Feature::ALL.len());
        let no_rest = lookalike(&counted(&[(30, 50)]), &counted(&[(3, 29)]));
        assert!(no_rest.stands_out.is_empty() && no_rest.too_thin.contains(&(Feature::Size, 50)));
    }

    #[test]
    fn what_is_as_common_elsewhere_does_not_stand_out() {
        let found = lookalike(&counted(&[(30, 20), (3, 20)]), &counted(&[(30, 500), (3, 500)]));
        assert_eq!(found.stands_out, []);
    }

    #[test]
    fn a_division_without_its_edition_and_a_head_count_of_zero_are_no_traits() {
        let known = |version| {
            features(&FitFacts {
                activity: Some(("62010", version)),
                employees_n: Some(0),
                ..FitFacts::default()
            })
        };
        assert_eq!(known(ActivityVersion::Unknown), []);
        assert_eq!(known(ActivityVersion::V2025), [(Feature::Division, "2025:62".to_owned())]);
    }

    proptest! {
        #[test]
        fn the_bound_is_below_the_ratio(won in 3_u32..200, more in 0_u32..200, rest in 0_u32..500, rest_more in 30_u32..500) {
            let (lift, lift_min) = lift_of((won, won + more), (rest, rest + rest_more));
            prop_assert!(lift.is_finite() && lift_min > 0.0 && lift_min <= lift);
        }
    }
}
