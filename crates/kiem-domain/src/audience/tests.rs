use proptest::prelude::*;

use super::*;
use crate::titles::Seniority;

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn code(digits: &str, version: ActivityVersion) -> ActivityCode {
    ActivityCode::parse(digits, version).unwrap()
}

fn area(text: &str) -> PostcodeArea {
    PostcodeArea::parse(text).unwrap()
}

fn sizes(min: u64, max: u64) -> Ask {
    Ask::Size(vec![Range { min: Some(min), max: Some(max) }])
}

fn wanted(ask: Ask, weight: u8) -> Wish {
    Wish { ask, importance: Importance::Wanted(weight) }
}

fn must(ask: Ask) -> Wish {
    Wish { ask, importance: Importance::Must }
}

fn never(ask: Ask) -> Wish {
    Wish { ask, importance: Importance::Never }
}

fn profile_of(wishes: Vec<Wish>) -> IdealProfile {
    IdealProfile { wishes, ..IdealProfile::default() }
}

fn profile() -> IdealProfile {
    profile_of(vec![
        wanted(Ask::Industry { words: texts(&["bouw", "62"]), codes: Vec::new() }, 30),
        wanted(sizes(10, 60), 25),
        wanted(Ask::Country(texts(&["NL", "BE"])), 10),
        wanted(Ask::Region(vec![Place::Named("Utrecht".to_owned())]), 10),
        wanted(Ask::Title { words: texts(&["inkoop"]), seniorities: vec![Seniority::Owner] }, 25),
    ])
}

fn perfect() -> FitFacts<'static> {
    FitFacts {
        industry: Some("Utiliteitsbouw"),
        employees_n: Some(25),
        country: Some("NL"),
        region: Some("Utrecht"),
        title: Some("Eigenaar"),
        seniority: Some(Seniority::Owner),
        ..FitFacts::default()
    }
}

#[test]
fn a_perfect_company_scores_a_hundred_and_says_why() {
    let fit = fit(&profile(), &perfect(), FitScope::Person);
    assert_eq!((fit.score, fit.known_percent, fit.reasons.len()), (Some(100), 100, 5));
    assert_eq!(fit.outcome, FitOutcome::Fits);
    assert!(fit.reasons.iter().all(|r| r.verdict == Verdict::Match));
    let company = super::fit(&profile(), &perfect(), FitScope::Company);
    assert!(company.reasons.iter().all(|r| r.criterion != Criterion::Title));
}

#[test]
fn unknown_is_not_bad() {
    let facts = FitFacts { industry: Some("Bouw"), ..FitFacts::default() };
    let fit = fit(&profile(), &facts, FitScope::Company);
    assert_eq!((fit.score, fit.known_percent, fit.outcome), (Some(100), 40, FitOutcome::Unknown));
    let nothing = super::fit(&profile(), &FitFacts::default(), FitScope::Person);
    assert_eq!((nothing.score, nothing.known_percent, nothing.outcome), (None, 0, FitOutcome::Unknown));
    let unasked = super::fit(&IdealProfile::default(), &facts, FitScope::Person);
    assert_eq!((unasked.score, unasked.known_percent, unasked.reasons.len()), (None, 0, 0));
}

#[test]
fn must_haves_and_exclusions_decide_whatever_the_rest_says() {
    let nl = || Ask::Country(texts(&["NL"]));
    let bouw = || Ask::Industry { words: texts(&["bouw"]), codes: Vec::new() };
    let with = |first: Wish| profile_of(vec![first, wanted(sizes(10, 60), 100), wanted(bouw(), 100)]);
    let good = FitFacts { industry: Some("Bouw"), employees_n: Some(20), ..FitFacts::default() };
    let country = |c| FitFacts { country: c, ..good };
    use FitOutcome::{DoesNotFit, Fits, Partly, Unknown};
    for (name, wish, facts, score, outcome) in [
        ("must, has it", must(nl()), country(Some("NL")), Some(100), Fits),
        ("must, has it not", must(nl()), country(Some("DE")), Some(0), DoesNotFit),
        ("must, not known", must(nl()), country(None), Some(100), Unknown),
        ("never, has it", never(nl()), country(Some("NL")), Some(0), DoesNotFit),
        ("never, has it not", never(nl()), country(Some("DE")), Some(100), Fits),
        ("never, not known", never(nl()), country(None), Some(100), Fits),
        ("must, nearly", must(sizes(23, 60)), good, Some(93), Partly),
        ("never, nearly", never(sizes(23, 60)), good, Some(100), Fits),
    ] {
        let profile = with(wish);
        let fit = fit(&profile, &facts, FitScope::Company);
        assert_eq!((fit.score, fit.outcome), (score, outcome), "{name}");
    }
}

#[test]
fn a_profile_of_exclusions_fits_who_is_known_to_be_none_of_them() {
    let profile = profile_of(vec![never(Ask::Country(texts(&["DE"])))]);
    let of = |country| fit(&profile, &FitFacts { country, ..FitFacts::default() }, FitScope::Company);
    assert_eq!((of(Some("NL")).score, of(Some("NL")).outcome), (Some(100), FitOutcome::Fits));
    assert_eq!((of(Some("DE")).score, of(Some("DE")).outcome), (Some(0), FitOutcome::DoesNotFit));
    assert_eq!((of(None).score, of(None).outcome), (None, FitOutcome::Unknown));
}

fn verdict(ask: Ask, facts: FitFacts<'_>) -> (Verdict, Option<WhyUnsure>) {
    let fit = fit(&profile_of(vec![wanted(ask, 10)]), &facts, FitScope::Person);
    (fit.reasons[0].verdict, fit.reasons[0].why)
}

const NONE: FitFacts<'static> = FitFacts {
    name: None,
    industry: None,
    activity: None,
    employees_n: None,
    revenue_cents: None,
    revenue_currency: None,
    country: None,
    region: None,
    city: None,
    postcode: None,
    legal_form: None,
    technologies: None,
    site_words: None,
    title: None,
    seniority: None,
};

#[test]
fn industries_by_words() {
    let ask = || Ask::Industry { words: texts(&["bouw", "62", "groot handel"]), codes: Vec::new() };
    for (industry, expected) in [
        ("Bouwnijverheid", Verdict::Match),
        ("Burgerlijke en utiliteitsbouw", Verdict::Match),
        ("62010 Software", Verdict::Match),
        ("De groot handelaar", Verdict::Match),
        ("Zorg", Verdict::Miss),
        (" ", Verdict::Unknown),
    ] {
        let facts = FitFacts { industry: Some(industry), ..NONE };
        assert_eq!(verdict(ask(), facts).0, expected, "{industry}");
    }
}

#[test]
fn industries_by_code_only_within_their_edition() {
    use ActivityVersion::{Unknown, V2008, V2025};
    let ask = |words: &[&str]| Ask::Industry { words: texts(words), codes: vec![code("62", V2025)] };
    let known = |industry, digits, version| FitFacts { industry, activity: Some((digits, version)), ..NONE };
    for (words, facts, expected) in [
        (&[][..], known(None, "62010", V2025), (Verdict::Match, None)),
        (&[], known(None, "41200", V2025), (Verdict::Miss, None)),
        (&[], known(None, "62010", V2008), (Verdict::Unknown, Some(WhyUnsure::OtherVersion))),
        (&[], known(None, "41200", V2008), (Verdict::Unknown, Some(WhyUnsure::OtherVersion))),
        (&[], known(None, "62010", Unknown), (Verdict::Unknown, Some(WhyUnsure::VersionUnknown))),
        (&[], known(None, "geen", V2025), (Verdict::Unknown, None)),
        (&["software"], known(Some("Software"), "62010", V2008), (Verdict::Match, None)),
        (&["software"], known(Some("Zorg"), "62010", V2008), (Verdict::Miss, None)),
        (&["software"], known(Some("Zorg"), "62010", V2025), (Verdict::Match, None)),
        (&["software"], known(None, "41200", V2025), (Verdict::Miss, None)),
    ] {
        assert_eq!(verdict(ask(words), facts), expected, "{words:?} {facts:?}");
    }
    let both = Ask::Industry { words: Vec::new(), codes: vec![code("62", V2008), code("62", V2025)] };
    assert_eq!(verdict(both.clone(), known(None, "62010", V2008)).0, Verdict::Match);
    assert_eq!(verdict(both, known(None, "41200", V2008)).0, Verdict::Miss);
    let exact = Ask::Industry { words: Vec::new(), codes: vec![code("62010", V2025)] };
    let shorter = verdict(exact, known(None, "6201", V2025));
    assert_eq!(shorter, (Verdict::Unknown, Some(WhyUnsure::LessPrecise)));
}

#[test]
fn numbers_match_nearly_up_to_a_third_outside() {
    let bands =
        || Ask::Size(vec![Range { min: Some(10), max: Some(19) }, Range { min: Some(200), max: Some(499) }]);
    for (n, expected) in [
        (10, Verdict::Match),
        (19, Verdict::Match),
        (25, Verdict::Partial),
        (26, Verdict::Miss),
        (7, Verdict::Partial),
        (6, Verdict::Miss),
        (134, Verdict::Partial),
        (250, Verdict::Match),
        (5000, Verdict::Miss),
    ] {
        assert_eq!(verdict(bands(), FitFacts { employees_n: Some(n), ..NONE }).0, expected, "{n}");
    }
    let million = Ask::Revenue(Range { min: Some(1_000_000), max: None });
    for (cents, currency, expected) in [
        (Some(200_000_000), Some("EUR"), (Verdict::Match, None)),
        (Some(70_000_000), Some("EUR"), (Verdict::Partial, None)),
        (Some(10_000_000), Some("EUR"), (Verdict::Miss, None)),
        (Some(200_000_000), Some("USD"), (Verdict::Unknown, Some(WhyUnsure::Currency))),
        (Some(200_000_000), None, (Verdict::Unknown, Some(WhyUnsure::Currency))),
        (Some(-1000), Some("EUR"), (Verdict::Unknown, None)),
        (None, Some("EUR"), (Verdict::Unknown, None)),
    ] {
        let facts = FitFacts { revenue_cents: cents, revenue_currency: currency, ..NONE };
        assert_eq!(verdict(million.clone(), facts), expected, "{cents:?} {currency:?}");
    }
}

#[test]
fn regions_by_province_area_radius_and_name() {
    let utrecht = || vec![Place::Province(Province::Utrecht)];
    let near = || vec![Place::Near(area("35"), 25)];
    let nl = |postcode| FitFacts { country: Some("NL"), postcode: Some(postcode), ..NONE };
    let split = Some(WhyUnsure::SeveralProvinces);
    for (places, facts, expected) in [
        (utrecht(), nl("3511 AB"), (Verdict::Match, None)),
        (utrecht(), nl("9901 AB"), (Verdict::Miss, None)),
        (utrecht(), nl("3811 AB"), (Verdict::Unknown, split)),
        (vec![Place::Province(Province::Zeeland)], nl("3811 AB"), (Verdict::Miss, None)),
        (
            [Province::Utrecht, Province::Gelderland, Province::Flevoland].map(Place::Province).to_vec(),
            nl("3811 AB"),
            (Verdict::Match, None),
        ),
        (utrecht(), FitFacts { country: Some("DE"), ..NONE }, (Verdict::Miss, None)),
        (utrecht(), FitFacts { region: Some("Utrecht"), ..NONE }, (Verdict::Match, None)),
        (utrecht(), FitFacts { city: Some("Utrecht"), ..NONE }, (Verdict::Unknown, None)),
        (vec![Place::Area(area("38"))], nl("3811 AB"), (Verdict::Match, None)),
        (vec![Place::Area(area("38"))], nl("3511 AB"), (Verdict::Miss, None)),
        (near(), nl("3511 AB"), (Verdict::Match, None)),
        (near(), nl("1011 AB"), (Verdict::Partial, None)),
        (near(), nl("9711 AB"), (Verdict::Miss, None)),
        (near(), FitFacts { country: Some("BE"), postcode: Some("3511"), ..NONE }, (Verdict::Miss, None)),
        (near(), NONE, (Verdict::Unknown, None)),
        ([utrecht(), near()].concat(), nl("3811 AB"), (Verdict::Partial, None)),
        (
            vec![Place::Named("Zeist".to_owned())],
            FitFacts { city: Some("zeist"), ..NONE },
            (Verdict::Match, None),
        ),
        (
            vec![Place::Named("Den Haag".to_owned())],
            FitFacts { city: Some("'s-Gravenhage"), region: Some("Zuid-Holland"), ..NONE },
            (Verdict::Match, None),
        ),
        (
            vec![Place::Named("Zeeland".to_owned())],
            FitFacts { city: Some("Goes"), ..NONE },
            (Verdict::Unknown, None),
        ),
        (
            vec![Place::Named("Zeeland".to_owned())],
            FitFacts { region: Some("Utrecht"), ..NONE },
            (Verdict::Miss, None),
        ),
    ] {
        assert_eq!(verdict(Ask::Region(places.clone()), facts), expected, "{places:?} {facts:?}");
    }
}

#[test]
fn legal_forms_sites_and_titles() {
    let limited = || Ask::LegalForm(vec![LegalFormFamily::PrivateLimited]);
    let form = |name, legal_form| FitFacts { name, legal_form, country: Some("NL"), ..NONE };
    for (facts, expected) in [
        (form(None, Some("B.V.")), (Verdict::Match, None)),
        (form(Some("Jansen B.V."), Some("Eenmanszaak")), (Verdict::Miss, None)),
        (form(Some("Jansen B.V."), None), (Verdict::Match, None)),
        (form(Some("Jansen B.V."), Some("71")), (Verdict::Unknown, Some(WhyUnsure::FormNotUnderstood))),
        (form(Some("Jansen"), None), (Verdict::Unknown, None)),
    ] {
        assert_eq!(verdict(limited(), facts), expected, "{facts:?}");
    }
    let (shopify, other) = ("jQuery\nShopify", "WordPress");
    let (shop, none) = ("Nieuws\nOnze webshops, voor iedereen", "mijnwebshop");
    let shops = || Ask::Technology(texts(&["shopify"]));
    let words = || Ask::SiteWords(texts(&["webshop"]));
    for (ask, facts, expected) in [
        (shops(), FitFacts { technologies: Some(shopify), ..NONE }, Verdict::Match),
        (shops(), FitFacts { technologies: Some(other), ..NONE }, Verdict::Miss),
        (shops(), FitFacts { technologies: Some(""), ..NONE }, Verdict::Miss),
        (shops(), NONE, Verdict::Unknown),
        (words(), FitFacts { site_words: Some(shop), ..NONE }, Verdict::Match),
        (words(), FitFacts { site_words: Some(none), ..NONE }, Verdict::Miss),
        (words(), FitFacts { site_words: Some(""), ..NONE }, Verdict::Miss),
        (words(), NONE, Verdict::Unknown),
    ] {
        assert_eq!(verdict(ask, facts).0, expected, "{facts:?}");
    }
    let boss = || Ask::Title { words: texts(&["inkoop"]), seniorities: vec![Seniority::Owner] };
    for (title, seniority, expected) in [
        (Some("Hoofd inkoop"), Some(Seniority::Head), Verdict::Match),
        (Some("Eigenaar"), Some(Seniority::Owner), Verdict::Match),
        (Some("Tuinman"), Some(Seniority::Ic), Verdict::Miss),
        (None, None, Verdict::Unknown),
    ] {
        assert_eq!(verdict(boss(), FitFacts { title, seniority, ..NONE }).0, expected, "{title:?}");
    }
}

/// Values that match one of the wishes of [`mixed`], with how they are put into the facts.
fn mixed(importances: &[Importance]) -> IdealProfile {
    let asks = [
        Ask::Industry { words: texts(&["bouw"]), codes: vec![code("41", ActivityVersion::V2025)] },
        sizes(10, 60),
        Ask::Country(texts(&["NL"])),
        Ask::Region(vec![Place::Province(Province::Utrecht)]),
        Ask::LegalForm(vec![LegalFormFamily::PrivateLimited]),
    ];
    let wishes = asks.into_iter().zip(importances).map(|(ask, i)| Wish { ask, importance: *i }).collect();
    profile_of(wishes)
}

fn an_importance() -> impl Strategy<Value = Importance> {
    prop_oneof![
        Just(Importance::Must),
        (1_u8..=WEIGHT_MAX).prop_map(Importance::Wanted),
        Just(Importance::Never)
    ]
}

proptest! {
    #[test]
    fn a_matching_fact_never_lowers_the_fit(
        importances in proptest::collection::vec(an_importance(), 5),
        industry in proptest::option::of("[a-z]{3,8}"),
        employees_n in proptest::option::of(1_u32..500),
        country in proptest::option::of(prop_oneof![Just("NL"), Just("DE")]),
    ) {
        let kind = importances[4];
        prop_assume!(kind != Importance::Never);
        let profile = mixed(&importances);
        let base = FitFacts { industry: industry.as_deref(), employees_n, country, ..FitFacts::default() };
        let with = FitFacts { legal_form: Some("B.V."), ..base };
        let (before, after) = (fit(&profile, &base, FitScope::Company), fit(&profile, &with, FitScope::Company));
        // A profile of nothing but exclusions and this one has no score of its own before.
        prop_assert!(after.score >= before.score);
        prop_assert!(after.known_percent >= before.known_percent);
        if before.outcome == FitOutcome::Fits {
            prop_assert_eq!(after.outcome, FitOutcome::Fits);
        }
    }

    #[test]
    fn a_known_exclusion_or_a_missed_must_never_fits(
        importances in proptest::collection::vec(an_importance(), 5),
        employees_n in proptest::option::of(1_u32..500),
        country in proptest::option::of(prop_oneof![Just("NL"), Just("DE")]),
    ) {
        let profile = mixed(&importances);
        let facts = FitFacts { employees_n, country, ..FitFacts::default() };
        let fit = fit(&profile, &facts, FitScope::Company);
        let ruled_out = fit.reasons.iter().any(FitReason::rules_out);
        prop_assert_eq!(ruled_out && fit.outcome != FitOutcome::DoesNotFit, false);
        prop_assert!(!ruled_out || fit.score == Some(0));
        prop_assert!(fit.known_percent <= 100 && fit.score.is_none_or(|s| s <= 100));
    }

    #[test]
    fn the_order_of_the_wishes_does_not_matter(
        importances in proptest::collection::vec(an_importance(), 5),
        employees_n in proptest::option::of(1_u32..500),
    ) {
        let mut profile = mixed(&importances);
        let facts = FitFacts { employees_n, country: Some("NL"), ..FitFacts::default() };
        let there = fit(&profile, &facts, FitScope::Company);
        profile.wishes.reverse();
        let back = fit(&profile, &facts, FitScope::Company);
        prop_assert_eq!((there.score, there.known_percent, there.outcome), (back.score, back.known_percent, back.outcome));
    }
}
