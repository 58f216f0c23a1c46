//! Comparing one company or person with the profile.

use super::activity::{self, ActivityCode, ActivityVersion, CodeMatch};
use super::place::{NEARLY_KM, PostcodeArea, Province, dutch_area, province_of};
use super::{Ask, Criterion, IdealProfile, Importance, Place, Range};
use crate::address::town_key;
use crate::legal_form::{family_in_name, family_of};
use crate::names::fold;
use crate::titles::Seniority;

/// From this score on somebody fits.
pub const FITS_MIN: u8 = 60;
/// Below this score somebody does not fit.
pub const MISFIT_BELOW: u8 = 35;
/// With less than this share known, in percent, a score says too little about the company.
const KNOWN_MIN_PERCENT: u8 = 50;

text_enum! {
    /// The answer to one wish.
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

text_enum! {
    /// All wishes together.
    pub enum FitOutcome {
        /// Fits, over enough that is known.
        Fits = "fits",
        /// Neither fits nor clearly misses.
        Partly = "partly",
        /// Does not fit.
        DoesNotFit = "does_not_fit",
        /// Too little is known, or a must-have is.
        Unknown = "unknown",
    }
}

text_enum! {
    /// Why something that is known could not be judged, or only nearly matches.
    pub enum WhyUnsure {
        /// The code is of another edition than the wanted one.
        OtherVersion = "other_version",
        /// Nobody said of which edition the code is.
        VersionUnknown = "version_unknown",
        /// The code has fewer digits than are wanted.
        LessPrecise = "less_precise",
        /// The currency of the revenue is not known, or not the euro.
        Currency = "currency",
        /// The legal form as written is not understood.
        FormNotUnderstood = "form_not_understood",
        /// The postcode lies in more than one province.
        SeveralProvinces = "several_provinces",
    }
}

/// What is known about a company and a person; missing is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FitFacts<'a> {
    /// Name; its legal form stands at its end.
    pub name: Option<&'a str>,
    /// Industry in words or as a code.
    pub industry: Option<&'a str>,
    /// Code of the activity as text, and its edition.
    pub activity: Option<(&'a str, ActivityVersion)>,
    /// People working there.
    pub employees_n: Option<u32>,
    /// Cents a year.
    pub revenue_cents: Option<i64>,
    /// Currency of the revenue, ISO 4217.
    pub revenue_currency: Option<&'a str>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<&'a str>,
    /// Province or region.
    pub region: Option<&'a str>,
    /// Town.
    pub city: Option<&'a str>,
    /// Postcode.
    pub postcode: Option<&'a str>,
    /// Legal form as written.
    pub legal_form: Option<&'a str>,
    /// What the website is made with, one a line; missing as long as nobody looked.
    pub technologies: Option<&'a str>,
    /// What the website says, one text a line; missing as long as nobody looked.
    pub site_words: Option<&'a str>,
    /// Job title; not asked when the fit of a company alone is wanted.
    pub title: Option<&'a str>,
    /// What the title was read as; missing when it did not say.
    pub seniority: Option<Seniority>,
}

text_enum! {
    /// What a found value is: how it is shown.
    pub enum FoundKind {
        /// Words as they were written.
        Text = "text",
        /// A number of people.
        People = "people",
        /// Whole euros.
        Euros = "euros",
        /// ISO 3166 alpha-2 code.
        Country = "country",
        /// ISO 3166-2 code.
        Province = "province",
        /// Postcode.
        Postcode = "postcode",
        /// Activity code of SBI 2008.
        Sbi2008 = "sbi_2008",
        /// Activity code of SBI 2025.
        Sbi2025 = "sbi_2025",
        /// Activity code of an unknown edition.
        Activity = "activity",
        /// Family of legal forms.
        LegalForm = "legal_form",
        /// Kilometres to the middle of the wanted area.
        Km = "km",
    }
}

/// A value that was compared: a code or a number, never a sentence, so that it can be said in any language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: FoundKind,
    /// The value.
    pub value: String,
}

impl Found {
    fn new(kind: FoundKind, value: impl Into<String>) -> Found {
        Found { kind, value: value.into() }
    }
}

/// One wish with its answer: the reason beside the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitReason {
    /// Place of the wish in the profile.
    pub wish: usize,
    /// What was compared.
    pub criterion: Criterion,
    /// How much it matters.
    pub importance: Importance,
    /// Whether the company has what the wish names. Of an exclusion a match is bad news.
    pub verdict: Verdict,
    /// What is known.
    pub found: Vec<Found>,
    /// Why it could not be judged though something is known.
    pub why: Option<WhyUnsure>,
}

impl FitReason {
    /// Whether this alone says that the company does not fit.
    pub fn rules_out(&self) -> bool {
        matches!(
            (self.importance, self.verdict),
            (Importance::Must, Verdict::Miss) | (Importance::Never, Verdict::Match)
        )
    }
}

/// How well somebody fits, and how much of that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// 0 to 100 over what is known; missing when nothing that the profile asks is known. 0 when something rules it out,
    /// so that lists sort it last.
    pub score: Option<u8>,
    /// Share of the wishes that could be judged, by weight, in percent. 0 when nothing is asked.
    pub known_percent: u8,
    /// All together.
    pub outcome: FitOutcome,
    /// One reason per wish, in the order of the profile.
    pub reasons: Vec<FitReason>,
}

/// Which wishes are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitScope {
    /// The company alone.
    Company,
    /// The company and the person.
    Person,
}

/// Compares with the profile. For many companies, make one [`Judge`].
pub fn fit(profile: &IdealProfile, facts: &FitFacts<'_>, scope: FitScope) -> Fit {
    Judge::new(profile).fit(facts, scope)
}

/// A profile that is ready to be compared with many companies.
#[derive(Debug, Clone)]
pub struct Judge<'a> {
    wishes: Vec<Ready<'a>>,
}

#[derive(Debug, Clone)]
struct Ready<'a> {
    place: usize,
    ask: &'a Ask,
    importance: Importance,
    /// The words of the wish, folded once.
    words: Vec<String>,
}

impl<'a> Judge<'a> {
    /// Makes a profile ready.
    pub fn new(profile: &'a IdealProfile) -> Judge<'a> {
        let wishes = profile.wishes.iter().enumerate().filter(|(_, wish)| !wish.ask.is_empty());
        Judge {
            wishes: wishes
                .map(|(place, wish)| Ready {
                    place,
                    ask: &wish.ask,
                    importance: wish.importance,
                    words: folded_words(&wish.ask),
                })
                .collect(),
        }
    }

    /// Compares with the profile.
    pub fn fit(&self, facts: &FitFacts<'_>, scope: FitScope) -> Fit {
        let asked =
            self.wishes.iter().filter(|w| scope == FitScope::Person || w.ask.criterion() != Criterion::Title);
        let reasons: Vec<FitReason> = asked
            .map(|wish| {
                let answer = judge(wish, facts);
                FitReason {
                    wish: wish.place,
                    criterion: wish.ask.criterion(),
                    importance: wish.importance,
                    verdict: answer.verdict,
                    found: answer.found,
                    why: answer.why,
                }
            })
            .collect();
        summed(reasons)
    }
}

fn folded_words(ask: &Ask) -> Vec<String> {
    let words: Vec<&String> = match ask {
        Ask::Industry { words, .. } | Ask::Title { words, .. } => words.iter().collect(),
        Ask::Technology(words) | Ask::SiteWords(words) => words.iter().collect(),
        Ask::Region(places) => {
            return places
                .iter()
                .filter_map(|place| match place {
                    Place::Named(name) => Some(town_key(name)),
                    _ => None,
                })
                .filter(|key| !key.is_empty())
                .collect();
        }
        _ => Vec::new(),
    };
    words.into_iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect()
}

fn summed(reasons: Vec<FitReason>) -> Fit {
    let (mut asked, mut known) = (0, 0);
    let (mut counted, mut reached) = (0, 0);
    for reason in &reasons {
        let weight = reason.importance.weight();
        asked += weight;
        if reason.verdict == Verdict::Unknown {
            continue;
        }
        known += weight;
        if reason.importance == Importance::Never {
            continue;
        }
        counted += weight;
        reached += match reason.verdict {
            Verdict::Match => weight * 100,
            Verdict::Partial => weight * 50,
            Verdict::Miss | Verdict::Unknown => 0,
        };
    }
    let percent = |part: u32, whole: u32| u8::try_from((part + whole / 2) / whole).unwrap_or(100);
    let is_ruled_out = reasons.iter().any(FitReason::rules_out);
    // Who is only asked not to be something, and is known not to be, is all that was asked.
    let only_exclusions = reasons.iter().all(|r| r.importance == Importance::Never);
    let score = match counted {
        _ if is_ruled_out => Some(0),
        0 => (asked > 0 && only_exclusions && known == asked).then_some(100),
        _ => Some(percent(reached, counted)),
    };
    let known_percent = if asked == 0 { 0 } else { percent(known * 100, asked) };
    let outcome = outcome(&reasons, score, known_percent);
    Fit { score, known_percent, outcome, reasons }
}

fn outcome(reasons: &[FitReason], score: Option<u8>, known_percent: u8) -> FitOutcome {
    if reasons.iter().any(FitReason::rules_out) {
        return FitOutcome::DoesNotFit;
    }
    let of_must = |verdict| reasons.iter().any(|r| r.importance == Importance::Must && r.verdict == verdict);
    let Some(score) = score.filter(|_| known_percent >= KNOWN_MIN_PERCENT && !of_must(Verdict::Unknown))
    else {
        return FitOutcome::Unknown;
    };
    match score {
        FITS_MIN.. if !of_must(Verdict::Partial) => FitOutcome::Fits,
        MISFIT_BELOW.. => FitOutcome::Partly,
        _ => FitOutcome::DoesNotFit,
    }
}

/// The answer to one wish.
struct Answer {
    verdict: Verdict,
    found: Vec<Found>,
    why: Option<WhyUnsure>,
}

impl Answer {
    const UNKNOWN: Answer = Answer { verdict: Verdict::Unknown, found: Vec::new(), why: None };

    fn of(verdict: Verdict, kind: FoundKind, value: impl Into<String>) -> Answer {
        Answer { verdict, found: vec![Found::new(kind, value)], why: None }
    }

    fn because(self, why: WhyUnsure) -> Answer {
        Answer { why: Some(why), ..self }
    }
}

fn judge(wish: &Ready<'_>, facts: &FitFacts<'_>) -> Answer {
    match wish.ask {
        Ask::Industry { codes, .. } => industry(&wish.words, codes, facts),
        Ask::Size(ranges) => size(ranges, facts.employees_n),
        Ask::Revenue(range) => revenue(range, facts),
        Ask::Country(countries) => match said(facts.country) {
            None => Answer::UNKNOWN,
            Some(found) => {
                let is_wanted = countries.iter().any(|wanted| wanted.eq_ignore_ascii_case(found));
                Answer::of(if_so(is_wanted), FoundKind::Country, found)
            }
        },
        Ask::Region(places) => region(places, &wish.words, facts),
        Ask::LegalForm(families) => {
            let form = said(facts.legal_form);
            let stated = form.map(|text| family_of(facts.country, text));
            let by_name = || facts.name.and_then(|name| family_in_name(facts.country, name));
            match stated.unwrap_or_else(by_name) {
                Some(family) => {
                    Answer::of(if_so(families.contains(&family)), FoundKind::LegalForm, family.as_str())
                }
                None => match form {
                    None => Answer::UNKNOWN,
                    Some(text) => Answer::of(Verdict::Unknown, FoundKind::Text, text)
                        .because(WhyUnsure::FormNotUnderstood),
                },
            }
        }
        Ask::Technology(_) => listed(&wish.words, facts.technologies),
        Ask::SiteWords(_) => said_on_site(&wish.words, facts.site_words),
        Ask::Title { seniorities, .. } => title(&wish.words, seniorities, facts),
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn if_so(is_so: bool) -> Verdict {
    if is_so { Verdict::Match } else { Verdict::Miss }
}

/// Of several known things, one that is wanted suffices; that none is wanted is a miss.
fn listed(wanted: &[String], known: Option<&str>) -> Answer {
    let Some(known) = known else { return Answer::UNKNOWN };
    let hits: Vec<Found> = known
        .lines()
        .filter(|word| wanted.contains(&fold(word)))
        .map(|word| Found::new(FoundKind::Text, word))
        .collect();
    Answer { verdict: if_so(!hits.is_empty()), found: hits, why: None }
}

/// A wanted word or phrase that begins a word of the site: "webshop" is found in "webshops" and not in "mijnwebshop".
fn said_on_site(wanted: &[String], known: Option<&str>) -> Answer {
    let Some(known) = known else { return Answer::UNKNOWN };
    let spaced = |text: &str| {
        let folded = fold(text);
        let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.fold(String::with_capacity(folded.len() + 1), |text, word| text + " " + word)
    };
    let texts: Vec<String> = known.lines().map(spaced).collect();
    let hits: Vec<Found> = wanted
        .iter()
        .filter(|word| {
            let word = spaced(word);
            !word.is_empty() && texts.iter().any(|text| text.contains(&word))
        })
        .map(|word| Found::new(FoundKind::Text, word.as_str()))
        .collect();
    Answer { verdict: if_so(!hits.is_empty()), found: hits, why: None }
}

/// Words and codes say the same thing in two ways: one that matches suffices, and one that is known not to match is
/// enough to say so.
fn industry(words: &[String], codes: &[ActivityCode], facts: &FitFacts<'_>) -> Answer {
    let text = said(facts.industry);
    let code = facts.activity.and_then(|(text, version)| ActivityCode::parse(text, version));
    let by_words = text.filter(|_| !words.is_empty()).map(|text| {
        let folded = fold(text);
        if_so(words.iter().any(|wanted| industry_matches(wanted, &folded)))
    });
    let by_code = code.as_ref().filter(|_| !codes.is_empty()).map(|code| best_code(codes, code));
    let (code_verdict, why) = match by_code {
        None => (None, None),
        Some(CodeMatch::Begins) => (Some(Verdict::Match), None),
        Some(CodeMatch::Differs) => (Some(Verdict::Miss), None),
        Some(CodeMatch::OtherVersion) => (None, Some(WhyUnsure::OtherVersion)),
        Some(CodeMatch::VersionUnknown) => (None, Some(WhyUnsure::VersionUnknown)),
        Some(CodeMatch::LessPrecise) => (None, Some(WhyUnsure::LessPrecise)),
    };
    let verdicts = [by_words, code_verdict];
    let verdict = [Verdict::Match, Verdict::Miss]
        .into_iter()
        .find(|verdict| verdicts.contains(&Some(*verdict)))
        .unwrap_or(Verdict::Unknown);
    let mut found: Vec<Found> = text.map(|text| Found::new(FoundKind::Text, text)).into_iter().collect();
    found.extend(code.map(|code| {
        let kind = match code.version() {
            ActivityVersion::V2008 => FoundKind::Sbi2008,
            ActivityVersion::V2025 => FoundKind::Sbi2025,
            ActivityVersion::Unknown => FoundKind::Activity,
        };
        Found::new(kind, code.digits())
    }));
    Answer { verdict, found, why: why.filter(|_| verdict == Verdict::Unknown) }
}

/// The best that a code is to any of the wanted ones. One of the same edition that differs says more than one of another
/// edition: the wish names both editions where it means both.
fn best_code(wanted: &[ActivityCode], code: &ActivityCode) -> CodeMatch {
    let all: Vec<CodeMatch> = wanted.iter().map(|one| activity::compare(one, code)).collect();
    [CodeMatch::Begins, CodeMatch::LessPrecise, CodeMatch::Differs, CodeMatch::VersionUnknown]
        .into_iter()
        .find(|kind| all.contains(kind))
        .unwrap_or(CodeMatch::OtherVersion)
}

/// A code matches by its first digits, words by the beginning or end of a word: "bouw" finds "bouwnijverheid" and
/// "Burgerlijke en utiliteitsbouw".
fn industry_matches(wanted: &str, found: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if wanted.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return digits(found).starts_with(&digits(wanted));
    }
    found.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(wanted) || word.ends_with(wanted))
        || (wanted.contains(' ') && found.contains(wanted))
}

/// Numbers in lists are old and rough: up to a third outside the range is nearly right.
fn in_range(range: &Range, n: u64) -> Verdict {
    let (min, max) = (range.min.unwrap_or(0), range.max.unwrap_or(u64::MAX));
    if (min..=max).contains(&n) {
        Verdict::Match
    } else if n >= min - min / 3 && n <= max.saturating_add(max / 3) {
        Verdict::Partial
    } else {
        Verdict::Miss
    }
}

fn size(ranges: &[Range], employees_n: Option<u32>) -> Answer {
    let Some(n) = employees_n else { return Answer::UNKNOWN };
    let best = ranges.iter().map(|range| in_range(range, u64::from(n))).min().unwrap_or(Verdict::Miss);
    Answer::of(best, FoundKind::People, n.to_string())
}

fn revenue(range: &Range, facts: &FitFacts<'_>) -> Answer {
    let Some(euros) = facts.revenue_cents.and_then(|cents| u64::try_from(cents / 100).ok()) else {
        return Answer::UNKNOWN;
    };
    // Lists of the euro countries leave the sign out.
    let is_euros = match facts.revenue_currency {
        Some(currency) => currency == "EUR",
        None => facts.country.is_some_and(|country| EURO_COUNTRIES.contains(&country)),
    };
    if is_euros {
        Answer::of(in_range(range, euros), FoundKind::Euros, euros.to_string())
    } else {
        // An amount without its currency, or in another one, is not converted: rates and years are not known.
        let shown = [Some(euros.to_string()), facts.revenue_currency.map(str::to_owned)];
        let shown = shown.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Answer::of(Verdict::Unknown, FoundKind::Text, shown).because(WhyUnsure::Currency)
    }
}

/// Countries that pay in euros (Eurostat, euro area of 21 from 2026).
const EURO_COUNTRIES: &[&str] = &[
    "AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL", "PT", "SI", "SK",
];

fn region(places: &[Place], names: &[String], facts: &FitFacts<'_>) -> Answer {
    let (country, postcode) = (said(facts.country), said(facts.postcode));
    let province = province_of(country, said(facts.region), postcode);
    let area = dutch_area(country, postcode);
    let mut found: Vec<Found> = [facts.city, facts.region]
        .into_iter()
        .filter_map(said)
        .map(|t| Found::new(FoundKind::Text, t))
        .collect();
    found.extend(province.map(|p| Found::new(FoundKind::Province, p.as_str())));
    found.extend(postcode.map(|p| Found::new(FoundKind::Postcode, p)));
    let mut verdicts: Vec<Verdict> = (!names.is_empty()).then(|| named(names, facts)).into_iter().collect();
    let mut nearest: Option<u32> = None;
    for place in places {
        verdicts.push(match place {
            // All names were compared at once above.
            Place::Named(_) => continue,
            Place::Province(wanted) => match (province, area) {
                (Some(province), _) => if_so(province == *wanted),
                (None, Some(area)) => lies_in(area, places, *wanted),
                (None, None) => outside_of(wanted.country(), country),
            },
            Place::Area(wanted) => match area {
                Some(area) => if_so(area == *wanted),
                None => outside_of("NL", country),
            },
            Place::Near(centre, within_km) => match area {
                Some(area) => {
                    let km = area.km_to(*centre);
                    nearest = Some(nearest.map_or(km, |best| best.min(km)));
                    match km {
                        km if km <= *within_km => Verdict::Match,
                        km if km <= within_km.saturating_add(NEARLY_KM) => Verdict::Partial,
                        _ => Verdict::Miss,
                    }
                }
                None => outside_of("NL", country),
            },
        });
    }
    found.extend(nearest.map(|km| Found::new(FoundKind::Km, km.to_string())));
    let verdict = [Verdict::Match, Verdict::Partial, Verdict::Unknown]
        .into_iter()
        .find(|verdict| verdicts.contains(verdict))
        .unwrap_or(Verdict::Miss);
    let is_split = verdict == Verdict::Unknown && province.is_none() && area.is_some();
    Answer { verdict, found, why: is_split.then_some(WhyUnsure::SeveralProvinces) }
}

/// An area in several provinces is not in one of which it holds nothing, and is in a wanted one when all of them are wanted.
fn lies_in(area: PostcodeArea, places: &[Place], wanted: Province) -> Verdict {
    if !area.provinces().contains(&wanted) {
        Verdict::Miss
    } else if area.provinces().iter().all(|province| places.contains(&Place::Province(*province))) {
        Verdict::Match
    } else {
        Verdict::Unknown
    }
}

/// A company in another country is not there; one whose country is not known may be.
fn outside_of(wanted: &str, country: Option<&str>) -> Verdict {
    match country {
        Some(country) if country != wanted => Verdict::Miss,
        _ => Verdict::Unknown,
    }
}

fn named(names: &[String], facts: &FitFacts<'_>) -> Verdict {
    let places: Vec<String> = [facts.region, facts.city].into_iter().flatten().map(town_key).collect();
    if names.iter().any(|wanted| places.contains(wanted)) {
        Verdict::Match
    } else if said(facts.region).is_none() {
        // A town alone does not say in which region it lies.
        Verdict::Unknown
    } else {
        Verdict::Miss
    }
}

fn title(words: &[String], seniorities: &[Seniority], facts: &FitFacts<'_>) -> Answer {
    let Some(found) = said(facts.title) else { return Answer::UNKNOWN };
    let folded = fold(found);
    let has_word = words.iter().any(|word| folded.contains(word.as_str()));
    let verdict = match facts.seniority {
        Some(s) if seniorities.contains(&s) => Verdict::Match,
        None if seniorities.contains(&Seniority::Unknown) => Verdict::Match,
        _ if has_word => Verdict::Match,
        // A title nobody understood is no proof against the person, when only the seniority is asked.
        None if words.is_empty() => Verdict::Unknown,
        _ => Verdict::Miss,
    };
    Answer::of(verdict, FoundKind::Text, found)
}
