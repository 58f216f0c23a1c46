//! The ideal customer profile, and how well a company or person fits it. Fit says who they are, never what they did.
//!
//! What is unknown is unknown: it lowers how much of the fit is known, never the fit itself.

use crate::names::fold;
use crate::titles::Seniority;

/// Who the ideal customer is. An empty list means that the criterion is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdealProfile {
    /// Words of an industry ("bouw", "logistiek") or the first digits of an activity code ("62").
    pub industries: Vec<String>,
    /// Fewest people working there.
    pub employees_min: Option<u32>,
    /// Most people working there.
    pub employees_max: Option<u32>,
    /// ISO 3166 alpha-2 codes.
    pub countries: Vec<String>,
    /// Provinces, regions or towns.
    pub regions: Vec<String>,
    /// Words of a job title.
    pub title_words: Vec<String>,
    /// How senior the person should be.
    pub seniorities: Vec<Seniority>,
}

text_enum! {
    /// What is compared.
    pub enum Criterion {
        /// What the company does.
        Industry = "industry",
        /// How many people work there.
        Size = "size",
        /// Its country.
        Country = "country",
        /// Its region or town.
        Region = "region",
        /// The person's job title.
        Title = "title",
    }
}

impl Criterion {
    /// How heavy it weighs beside the others.
    const fn weight(self) -> u32 {
        match self {
            Criterion::Industry => 30,
            Criterion::Size => 25,
            Criterion::Country | Criterion::Region => 10,
            Criterion::Title => 25,
        }
    }
}

text_enum! {
    /// The answer to one criterion.
    pub enum Verdict {
        /// As wished.
        Match = "match",
        /// Nearly as wished.
        Partial = "partial",
        /// Not as wished.
        Miss = "miss",
        /// Not known, so not judged.
        Unknown = "unknown",
    }
}

/// What is known about a company and a person; missing is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FitFacts<'a> {
    /// Industry in words or as an activity code.
    pub industry: Option<&'a str>,
    /// People working there.
    pub employees_n: Option<u32>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<&'a str>,
    /// Province or region.
    pub region: Option<&'a str>,
    /// Town.
    pub city: Option<&'a str>,
    /// Job title; not asked when the fit of a company alone is wanted.
    pub title: Option<&'a str>,
    /// What the title was read as; missing when it did not say.
    pub seniority: Option<Seniority>,
}

/// One criterion with its answer: the reason beside the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitReason {
    /// What was compared.
    pub criterion: Criterion,
    /// The answer.
    pub verdict: Verdict,
    /// What the profile asks, as it is shown.
    pub wanted: String,
    /// What is known, as it is shown.
    pub found: Option<String>,
}

/// How well somebody fits, and how much of that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// 0 to 100 over what is known; missing when nothing that the profile asks is known.
    pub score: Option<u8>,
    /// Share of the asked criteria that could be judged, by weight, in percent. 0 when nothing is asked.
    pub known_percent: u8,
    /// One reason per asked criterion.
    pub reasons: Vec<FitReason>,
}

/// Which criteria are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitScope {
    /// The company alone.
    Company,
    /// The company and the person.
    Person,
}

/// Compares with the profile.
pub fn fit(profile: &IdealProfile, facts: &FitFacts<'_>, scope: FitScope) -> Fit {
    let mut reasons = Vec::new();
    if !profile.industries.is_empty() {
        reasons.push(judge(Criterion::Industry, profile.industries.join(", "), facts.industry, |found| {
            if_any(&profile.industries, |wanted| industry_matches(wanted, found))
        }));
    }
    if profile.employees_min.is_some() || profile.employees_max.is_some() {
        reasons.push(size(profile, facts.employees_n));
    }
    if !profile.countries.is_empty() {
        reasons.push(judge(Criterion::Country, profile.countries.join(", "), facts.country, |found| {
            if_any(&profile.countries, |wanted| wanted.eq_ignore_ascii_case(found))
        }));
    }
    if !profile.regions.is_empty() {
        reasons.push(region(profile, facts));
    }
    if scope == FitScope::Person && !(profile.title_words.is_empty() && profile.seniorities.is_empty()) {
        reasons.push(title(profile, facts));
    }
    summed(reasons)
}

fn summed(reasons: Vec<FitReason>) -> Fit {
    let (mut asked, mut known, mut reached) = (0, 0, 0);
    for reason in &reasons {
        let weight = reason.criterion.weight();
        asked += weight;
        if reason.verdict != Verdict::Unknown {
            known += weight;
        }
        reached += match reason.verdict {
            Verdict::Match => weight * 100,
            Verdict::Partial => weight * 50,
            Verdict::Miss | Verdict::Unknown => 0,
        };
    }
    let percent = |part: u32, whole: u32| u8::try_from((part + whole / 2) / whole).unwrap_or(100);
    Fit {
        score: (known > 0).then(|| percent(reached, known)),
        known_percent: if asked == 0 { 0 } else { percent(known * 100, asked) },
        reasons,
    }
}

fn judge(
    criterion: Criterion,
    wanted: String,
    found: Option<&str>,
    verdict: impl Fn(&str) -> Verdict,
) -> FitReason {
    let found = found.map(str::trim).filter(|text| !text.is_empty());
    FitReason {
        criterion,
        verdict: found.map_or(Verdict::Unknown, verdict),
        wanted,
        found: found.map(str::to_owned),
    }
}

fn if_any(wanted: &[String], matches: impl Fn(&str) -> bool) -> Verdict {
    if wanted.iter().any(|w| matches(w)) { Verdict::Match } else { Verdict::Miss }
}

/// An activity code matches by its first digits, words by the beginning of a word: "bouw" finds "bouwnijverheid" and
/// "Burgerlijke en utiliteitsbouw".
fn industry_matches(wanted: &str, found: &str) -> bool {
    let (wanted, found) = (fold(wanted), fold(found));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if !wanted.is_empty() && wanted.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return digits(&found).starts_with(&digits(&wanted));
    }
    !wanted.is_empty()
        && found
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word.starts_with(&wanted) || word.ends_with(&wanted))
        || (wanted.contains(' ') && found.contains(&wanted))
}

fn size(profile: &IdealProfile, employees_n: Option<u32>) -> FitReason {
    let (min, max) = (profile.employees_min.unwrap_or(0), profile.employees_max.unwrap_or(u32::MAX));
    let wanted = match (profile.employees_min, profile.employees_max) {
        (Some(min), Some(max)) => format!("{min}–{max}"),
        (Some(min), None) => format!("≥ {min}"),
        (None, Some(max)) => format!("≤ {max}"),
        (None, None) => String::new(),
    };
    let verdict = match employees_n {
        None => Verdict::Unknown,
        Some(n) if (min..=max).contains(&n) => Verdict::Match,
        // Head counts in lists are old and rough: up to a third outside the range is nearly right.
        Some(n) if n >= min - min / 3 && n <= max.saturating_add(max / 3) => Verdict::Partial,
        Some(_) => Verdict::Miss,
    };
    FitReason { criterion: Criterion::Size, verdict, wanted, found: employees_n.map(|n| n.to_string()) }
}

fn region(profile: &IdealProfile, facts: &FitFacts<'_>) -> FitReason {
    let places: Vec<String> = [facts.region, facts.city].into_iter().flatten().map(fold).collect();
    let hit = profile.regions.iter().map(|r| fold(r)).any(|wanted| places.contains(&wanted));
    let verdict = if hit {
        Verdict::Match
    } else if facts.region.is_none_or(|r| r.trim().is_empty()) {
        // A town alone does not say in which region it lies.
        Verdict::Unknown
    } else {
        Verdict::Miss
    };
    let found = [facts.city, facts.region].into_iter().flatten().collect::<Vec<_>>().join(", ");
    FitReason {
        criterion: Criterion::Region,
        verdict,
        wanted: profile.regions.join(", "),
        found: (!found.is_empty()).then_some(found),
    }
}

fn title(profile: &IdealProfile, facts: &FitFacts<'_>) -> FitReason {
    let wanted: Vec<&str> = profile
        .title_words
        .iter()
        .map(String::as_str)
        .chain(profile.seniorities.iter().map(|s| s.as_str()))
        .collect();
    judge(Criterion::Title, wanted.join(", "), facts.title, |found| {
        let found = fold(found);
        let word = profile.title_words.iter().map(|w| fold(w)).any(|w| !w.is_empty() && found.contains(&w));
        match facts.seniority {
            Some(s) if profile.seniorities.contains(&s) => Verdict::Match,
            None if profile.seniorities.contains(&Seniority::Unknown) => Verdict::Match,
            _ if word => Verdict::Match,
            // A title nobody understood is no proof against the person, when only the seniority is asked.
            None if profile.title_words.is_empty() => Verdict::Unknown,
            _ => Verdict::Miss,
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn profile() -> IdealProfile {
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        IdealProfile {
            industries: list(&["bouw", "62"]),
            employees_min: Some(10),
            employees_max: Some(60),
            countries: list(&["NL", "BE"]),
            regions: list(&["Utrecht"]),
            title_words: list(&["inkoop"]),
            seniorities: vec![Seniority::Owner],
        }
    }

    #[test]
    fn a_perfect_company_scores_a_hundred_and_says_why() {
        let facts = FitFacts {
            industry: Some("Utiliteitsbouw"),
            employees_n: Some(25),
            country: Some("NL"),
            region: Some("Utrecht"),
            city: None,
            title: Some("Eigenaar"),
            seniority: Some(Seniority::Owner),
        };
        let fit = fit(&profile(), &facts, FitScope::Person);
        assert_eq!((fit.score, fit.known_percent, fit.reasons.len()), (Some(100), 100, 5));
        assert!(fit.reasons.iter().all(|r| r.verdict == Verdict::Match));
    }

    #[test]
    fn unknown_is_not_bad() {
        let facts = FitFacts { industry: Some("Bouw"), ..FitFacts::default() };
        let fit = fit(&profile(), &facts, FitScope::Company);
        assert_eq!((fit.score, fit.known_percent), (Some(100), 40));
        let nothing = super::fit(&profile(), &FitFacts::default(), FitScope::Person);
        assert_eq!((nothing.score, nothing.known_percent), (None, 0));
        let unasked = super::fit(&IdealProfile::default(), &facts, FitScope::Person);
        assert_eq!((unasked.score, unasked.known_percent, unasked.reasons.len()), (None, 0, 0));
    }

    #[test]
    fn each_criterion_judges_as_promised() {
        let verdict = |facts: FitFacts<'_>, criterion: Criterion| {
            fit(&profile(), &facts, FitScope::Person)
                .reasons
                .iter()
                .find(|r| r.criterion == criterion)
                .unwrap()
                .verdict
        };
        let none = FitFacts::default();
        for (facts, criterion, expected) in [
            (FitFacts { industry: Some("Bouwnijverheid"), ..none }, Criterion::Industry, Verdict::Match),
            (FitFacts { industry: Some("62010 Software"), ..none }, Criterion::Industry, Verdict::Match),
            (FitFacts { industry: Some("Zorg"), ..none }, Criterion::Industry, Verdict::Miss),
            (FitFacts { employees_n: Some(8), ..none }, Criterion::Size, Verdict::Partial),
            (FitFacts { employees_n: Some(75), ..none }, Criterion::Size, Verdict::Partial),
            (FitFacts { employees_n: Some(500), ..none }, Criterion::Size, Verdict::Miss),
            (FitFacts { country: Some("DE"), ..none }, Criterion::Country, Verdict::Miss),
            (FitFacts { city: Some("utrecht"), ..none }, Criterion::Region, Verdict::Match),
            (FitFacts { city: Some("Zeist"), ..none }, Criterion::Region, Verdict::Unknown),
            (FitFacts { region: Some("Zeeland"), ..none }, Criterion::Region, Verdict::Miss),
            (FitFacts { title: Some("Hoofd inkoop"), ..none }, Criterion::Title, Verdict::Match),
            (FitFacts { title: Some("Tuinman"), ..none }, Criterion::Title, Verdict::Miss),
        ] {
            assert_eq!(verdict(facts, criterion), expected, "{facts:?}");
        }
    }

    proptest! {
        #[test]
        fn a_matching_fact_never_lowers_the_fit(
            industry in proptest::option::of("[a-z]{3,8}"),
            employees_n in proptest::option::of(1_u32..500),
            country in proptest::option::of("[A-Z]{2}"),
        ) {
            let base = FitFacts { industry: industry.as_deref(), employees_n, country: country.as_deref(), ..FitFacts::default() };
            let with = FitFacts { region: Some("Utrecht"), ..base };
            let (before, after) = (fit(&profile(), &base, FitScope::Person), fit(&profile(), &with, FitScope::Person));
            prop_assert!(after.score >= before.score);
            prop_assert!(after.known_percent >= before.known_percent);
        }
    }
}
