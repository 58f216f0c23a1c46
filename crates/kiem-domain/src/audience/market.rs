//! How complete an audience is: companies that are known, counted the way in which the open data of the Dutch register count
//! all of them: B.V. and N.V. only, by activity and by the first two digits of the postcode, without names and numbers.

use std::collections::BTreeMap;

use super::{ActivityCode, ActivityVersion, PostcodeArea, dutch_area};
use crate::legal_form::{LegalFormFamily, family_in_name, family_of};

/// One place in the market: an activity in an area.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MarketCell {
    /// Digits of the code as far as they are known: two to five.
    pub activity: String,
    /// Where.
    pub area: PostcodeArea,
}

/// What of a company decides where it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MarketFacts<'a> {
    /// Name as written; it may end in the legal form.
    pub name: &'a str,
    /// ISO 3166 alpha-2 code.
    pub country: Option<&'a str>,
    /// Legal form as written.
    pub legal_form: Option<&'a str>,
    /// Code of the activity as text, and its edition.
    pub activity: Option<(&'a str, ActivityVersion)>,
    /// Postcode as written.
    pub postcode: Option<&'a str>,
}

text_enum! {
    /// Why a company is not counted in any place.
    pub enum Uncounted {
        /// It is not in the Netherlands.
        Abroad = "abroad",
        /// It is no B.V. or N.V.: the register does not count it either.
        OtherForm = "other_form",
        /// Nobody knows what it is in law.
        FormUnknown = "form_unknown",
        /// Nobody knows what it does.
        NoActivity = "no_activity",
        /// Its code is of another edition than those of the register, or of an unknown one. Codes are not converted.
        OtherEdition = "other_edition",
        /// Nobody knows where it is.
        NoArea = "no_area",
    }
}

/// Where a company is counted beside a register whose codes are of `edition`.
///
/// # Errors
/// Why it is counted nowhere.
pub fn market_cell(facts: &MarketFacts<'_>, edition: ActivityVersion) -> Result<MarketCell, Uncounted> {
    let area = dutch_area(facts.country, facts.postcode);
    if facts.country.is_some_and(|country| country != "NL") || (facts.country.is_none() && area.is_none()) {
        return Err(Uncounted::Abroad);
    }
    let stated = facts.legal_form.filter(|text| !text.trim().is_empty());
    // A form that is stated and not understood is no silence.
    let family = match stated {
        Some(text) => family_of(Some("NL"), text),
        None => family_in_name(Some("NL"), facts.name),
    };
    match family {
        Some(LegalFormFamily::PrivateLimited | LegalFormFamily::PublicLimited) => {}
        Some(_) => return Err(Uncounted::OtherForm),
        None => return Err(Uncounted::FormUnknown),
    }
    let (text, version) = facts.activity.ok_or(Uncounted::NoActivity)?;
    let code = ActivityCode::parse(text, version).ok_or(Uncounted::NoActivity)?;
    if version != edition {
        return Err(Uncounted::OtherEdition);
    }
    let area = area.ok_or(Uncounted::NoArea)?;
    Ok(MarketCell { activity: code.digits().to_owned(), area })
}

/// Known companies by place, and how many are in no place for which reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MarketCount {
    /// Per place.
    pub cells: BTreeMap<MarketCell, u32>,
    /// Per reason.
    pub uncounted: BTreeMap<Uncounted, u32>,
}

impl MarketCount {
    /// Counts one company.
    pub fn add(&mut self, facts: &MarketFacts<'_>, edition: ActivityVersion) {
        match market_cell(facts, edition) {
            Ok(cell) => *self.cells.entry(cell).or_default() += 1,
            Err(why) => *self.uncounted.entry(why).or_default() += 1,
        }
    }
}

/// How many of those that the register counts are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Completeness {
    /// Companies that are known.
    pub known_n: i64,
    /// Companies that the register counts.
    pub register_n: i64,
}

impl Completeness {
    /// Whole percent, rounded down so that not quite all is never 100; more than all is 100, because companies move and a
    /// list is newer than the register. Missing when the register counts none.
    pub fn percent(self) -> Option<u8> {
        if self.register_n <= 0 {
            return None;
        }
        let percent = self.known_n.max(0).saturating_mul(100) / self.register_n;
        Some(u8::try_from(percent.min(100)).unwrap_or(100))
    }
}

/// A code of the register in the form in which codes are compared, from what a file says: a spreadsheet takes the zero in front.
/// In the edition of 2025 every code has five digits; in that of 2008 four or five.
pub fn register_code(text: &str, edition: ActivityVersion) -> Option<String> {
    let digits: String = text.trim().chars().filter(|c| *c != '.').collect();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let places = if edition == ActivityVersion::V2025 { 5 } else { 4 };
    let whole = if digits.len() + 1 == places { format!("0{digits}") } else { digits };
    (places..=5).contains(&whole.len()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: MarketFacts<'_> = MarketFacts {
        name: "Jansen Bouw",
        country: Some("NL"),
        legal_form: Some("B.V."),
        activity: Some(("41.20.1", ActivityVersion::V2025)),
        postcode: Some("2611 AB"),
    };

    #[test]
    fn a_company_is_counted_like_the_register_counts() {
        let at = |facts: MarketFacts<'_>| market_cell(&facts, ActivityVersion::V2025);
        let cell = at(FACTS).unwrap();
        assert_eq!((cell.activity.as_str(), cell.area.number()), ("41201", 26));
        let named = MarketFacts { legal_form: None, name: "Jansen Bouw B.V.", ..FACTS };
        assert_eq!(at(named), Ok(cell), "the form at the end of the name counts when none is stated");
        let divisions = MarketFacts { activity: Some(("41", ActivityVersion::V2025)), ..FACTS };
        assert_eq!(at(divisions).unwrap().activity, "41", "as far as it is known");
        for (facts, why) in [
            (MarketFacts { country: Some("BE"), ..FACTS }, Uncounted::Abroad),
            (MarketFacts { country: None, postcode: None, ..FACTS }, Uncounted::Abroad),
            (MarketFacts { legal_form: Some("V.O.F."), ..FACTS }, Uncounted::OtherForm),
            (
                MarketFacts { legal_form: Some("Rechtsvorm 71"), name: "X B.V.", ..FACTS },
                Uncounted::FormUnknown,
            ),
            (MarketFacts { legal_form: None, ..FACTS }, Uncounted::FormUnknown),
            (MarketFacts { activity: None, ..FACTS }, Uncounted::NoActivity),
            (
                MarketFacts { activity: Some(("bouw", ActivityVersion::V2025)), ..FACTS },
                Uncounted::NoActivity,
            ),
            (
                MarketFacts { activity: Some(("41201", ActivityVersion::V2008)), ..FACTS },
                Uncounted::OtherEdition,
            ),
            (
                MarketFacts { activity: Some(("41201", ActivityVersion::Unknown)), ..FACTS },
                Uncounted::OtherEdition,
            ),
            (MarketFacts { postcode: None, ..FACTS }, Uncounted::NoArea),
        ] {
            assert_eq!(at(facts), Err(why), "{facts:?}");
        }
    }

    #[test]
    fn every_company_is_counted_once() {
        let mut count = MarketCount::default();
        for facts in [FACTS, FACTS, MarketFacts { postcode: None, ..FACTS }] {
            count.add(&facts, ActivityVersion::V2025);
        }
        assert_eq!(count.cells.values().sum::<u32>(), 2);
        assert_eq!(count.uncounted, BTreeMap::from([(Uncounted::NoArea, 1)]));
    }

    #[test]
    fn a_share_is_never_said_better_than_it_is() {
        for (known_n, register_n, percent) in [
            (212, 640, Some(33)),
            (639, 640, Some(99)),
            (640, 640, Some(100)),
            (700, 640, Some(100)),
            (0, 5, Some(0)),
            (3, 0, None),
        ] {
            assert_eq!(Completeness { known_n, register_n }.percent(), percent, "{known_n} of {register_n}");
        }
    }

    #[test]
    fn a_zero_that_a_spreadsheet_took_comes_back() {
        use ActivityVersion::{V2008, V2025};
        for (text, edition, code) in [
            ("01110", V2025, Some("01110")),
            ("1110", V2025, Some("01110")),
            ("62.01.0", V2025, Some("62010")),
            ("0111", V2008, Some("0111")),
            ("111", V2008, Some("0111")),
            ("62010", V2008, Some("62010")),
            ("62", V2025, None),
            ("bouw", V2025, None),
            ("", V2025, None),
        ] {
            assert_eq!(register_code(text, edition).as_deref(), code, "{text}");
        }
    }
}
