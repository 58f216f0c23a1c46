//! Where a company is: province by the first digits of its postcode or by its name, and how far two Dutch postcode areas
//! lie apart.
//!
//! The middles of the ninety Dutch areas of two digits are our own estimates, to about five kilometres: no free table
//! of them could be shipped. A distance is between middles, so a radius is right to about fifteen kilometres, and what
//! lies that little outside it is nearly inside.

use crate::names::fold;

text_enum! {
    /// A province of the Netherlands or Belgium (with Brussels), by its ISO 3166-2 code.
    pub enum Province {
        /// Drenthe.
        Drenthe = "NL-DR",
        /// Flevoland.
        Flevoland = "NL-FL",
        /// Friesland.
        Friesland = "NL-FR",
        /// Gelderland.
        Gelderland = "NL-GE",
        /// Groningen.
        Groningen = "NL-GR",
        /// Dutch Limburg.
        LimburgNl = "NL-LI",
        /// Noord-Brabant.
        NoordBrabant = "NL-NB",
        /// Noord-Holland.
        NoordHolland = "NL-NH",
        /// Overijssel.
        Overijssel = "NL-OV",
        /// Utrecht.
        Utrecht = "NL-UT",
        /// Zeeland.
        Zeeland = "NL-ZE",
        /// Zuid-Holland.
        ZuidHolland = "NL-ZH",
        /// Brussels.
        Brussels = "BE-BRU",
        /// Antwerp.
        Antwerp = "BE-VAN",
        /// Flemish Brabant.
        FlemishBrabant = "BE-VBR",
        /// Walloon Brabant.
        WalloonBrabant = "BE-WBR",
        /// Hainaut.
        Hainaut = "BE-WHT",
        /// Liège.
        Liege = "BE-WLG",
        /// Belgian Limburg.
        LimburgBe = "BE-VLI",
        /// Luxembourg, the Belgian province.
        LuxembourgBe = "BE-WLX",
        /// Namur.
        Namur = "BE-WNA",
        /// East Flanders.
        EastFlanders = "BE-VOV",
        /// West Flanders.
        WestFlanders = "BE-VWV",
    }
}

use Province as P;

impl Province {
    /// The country it lies in.
    pub fn country(self) -> &'static str {
        if self.as_str().starts_with("NL") { "NL" } else { "BE" }
    }

    /// Reads a name in Dutch, English or French. "Limburg" and "Luxembourg" need the country to be told apart.
    pub fn parse(text: &str, country: Option<&str>) -> Option<Province> {
        let name = fold(text).replace('-', " ");
        let name = name.trim_start_matches("provincie ").trim_end_matches(" province");
        if name == "limburg" {
            return match country {
                Some("NL") => Some(P::LimburgNl),
                Some("BE") => Some(P::LimburgBe),
                _ => None,
            };
        }
        let found = NAMES.iter().find(|(known, _)| *known == name)?.1;
        country.is_none_or(|c| c == found.country()).then_some(found)
    }
}

const NAMES: &[(&str, Province)] = &[
    ("drenthe", P::Drenthe),
    ("flevoland", P::Flevoland),
    ("friesland", P::Friesland),
    ("fryslan", P::Friesland),
    ("gelderland", P::Gelderland),
    ("groningen", P::Groningen),
    ("noord brabant", P::NoordBrabant),
    ("north brabant", P::NoordBrabant),
    ("noord holland", P::NoordHolland),
    ("north holland", P::NoordHolland),
    ("overijssel", P::Overijssel),
    ("utrecht", P::Utrecht),
    ("zeeland", P::Zeeland),
    ("zuid holland", P::ZuidHolland),
    ("south holland", P::ZuidHolland),
    ("brussel", P::Brussels),
    ("brussels", P::Brussels),
    ("bruxelles", P::Brussels),
    ("antwerpen", P::Antwerp),
    ("antwerp", P::Antwerp),
    ("anvers", P::Antwerp),
    ("vlaams brabant", P::FlemishBrabant),
    ("flemish brabant", P::FlemishBrabant),
    ("brabant flamand", P::FlemishBrabant),
    ("waals brabant", P::WalloonBrabant),
    ("walloon brabant", P::WalloonBrabant),
    ("brabant wallon", P::WalloonBrabant),
    ("henegouwen", P::Hainaut),
    ("hainaut", P::Hainaut),
    ("luik", P::Liege),
    ("liege", P::Liege),
    ("namen", P::Namur),
    ("namur", P::Namur),
    ("oost vlaanderen", P::EastFlanders),
    ("east flanders", P::EastFlanders),
    ("flandre orientale", P::EastFlanders),
    ("west vlaanderen", P::WestFlanders),
    ("west flanders", P::WestFlanders),
    ("flandre occidentale", P::WestFlanders),
];

/// The first two digits of a Dutch postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PostcodeArea(u8);

impl PostcodeArea {
    /// Reads "35" or a whole postcode ("3511 AB").
    pub fn parse(text: &str) -> Option<PostcodeArea> {
        let area: u8 = text.trim().get(..2)?.parse().ok()?;
        let rest = text.trim().get(2..)?.trim();
        let is_postcode =
            rest.is_empty() || (rest.len() >= 2 && rest.as_bytes().iter().take(2).all(u8::is_ascii_digit));
        (AREA_MIN..=AREA_MAX).contains(&area).then_some(PostcodeArea(area)).filter(|_| is_postcode)
    }

    /// Its two digits.
    pub fn number(self) -> u8 {
        self.0
    }

    fn middle(self) -> (f64, f64, &'static [Province]) {
        AREAS[usize::from(self.0 - AREA_MIN)]
    }

    /// The province in which all of it lies; missing when it lies in several.
    pub fn province(self) -> Option<Province> {
        match self.provinces() {
            [province] => Some(*province),
            _ => None,
        }
    }

    /// The provinces in which it lies.
    pub fn provinces(self) -> &'static [Province] {
        self.middle().2
    }

    /// Kilometres between the middles of two areas.
    pub fn km_to(self, other: PostcodeArea) -> u32 {
        let ((north, east, _), (to_north, to_east, _)) = (self.middle(), other.middle());
        let mean = f64::midpoint(north, to_north).to_radians();
        let up = (to_north - north) * KM_PER_DEGREE;
        let aside = (to_east - east) * KM_PER_DEGREE * mean.cos();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred at most")]
        let km = up.hypot(aside).round() as u32;
        km
    }
}

const AREA_MIN: u8 = 10;
const AREA_MAX: u8 = 99;
/// Kilometres of a degree of latitude.
const KM_PER_DEGREE: f64 = 111.2;
/// So many kilometres outside a radius still is nearly inside: the middles are no more exact.
pub const NEARLY_KM: u32 = 15;

/// The province of a company, by its region or else by its postcode; missing where neither says it for sure.
pub fn province_of(country: Option<&str>, region: Option<&str>, postcode: Option<&str>) -> Option<Province> {
    region.and_then(|text| Province::parse(text, country)).or_else(|| by_postcode(country, postcode?))
}

fn by_postcode(country: Option<&str>, postcode: &str) -> Option<Province> {
    match country {
        Some("BE") => belgian(postcode),
        _ => dutch_area(country, Some(postcode))?.province(),
    }
}

/// The Dutch postcode area of a company. Without a country only the Dutch form of a postcode, with its letters, tells.
pub fn dutch_area(country: Option<&str>, postcode: Option<&str>) -> Option<PostcodeArea> {
    let postcode = postcode?.trim();
    let has_letters = postcode.len() >= 6 && postcode.ends_with(|c: char| c.is_ascii_alphabetic());
    match country {
        Some("NL") => PostcodeArea::parse(postcode),
        None if has_letters => PostcodeArea::parse(postcode),
        _ => None,
    }
}

fn belgian(postcode: &str) -> Option<Province> {
    let digits = postcode.trim().trim_start_matches("B-");
    let number: u16 = digits.parse().ok().filter(|_| digits.len() == 4)?;
    Some(match number {
        1000..=1299 => P::Brussels,
        1300..=1499 => P::WalloonBrabant,
        1500..=1999 | 3000..=3499 => P::FlemishBrabant,
        2000..=2999 => P::Antwerp,
        3500..=3999 => P::LimburgBe,
        4000..=4999 => P::Liege,
        5000..=5999 => P::Namur,
        6000..=6599 | 7000..=7999 => P::Hainaut,
        6600..=6999 => P::LuxembourgBe,
        8000..=8999 => P::WestFlanders,
        9000..=9999 => P::EastFlanders,
        _ => return None,
    })
}

/// Middle (degrees north, degrees east) of the areas 10 to 99, and the provinces in which they lie.
const AREAS: [(f64, f64, &[Province]); 90] = [
    (52.37, 4.90, &[P::NoordHolland]),
    (52.35, 4.95, &[P::NoordHolland]),
    (52.24, 5.18, &[P::NoordHolland]),
    (52.36, 5.20, &[P::Flevoland, P::NoordHolland]),
    (52.40, 4.98, &[P::NoordHolland, P::Utrecht]),
    (52.46, 4.80, &[P::NoordHolland]),
    (52.66, 5.10, &[P::NoordHolland]),
    (52.80, 4.83, &[P::NoordHolland]),
    (52.63, 4.76, &[P::NoordHolland]),
    (52.48, 4.66, &[P::NoordHolland]),
    (52.38, 4.63, &[P::NoordHolland]),
    (52.29, 4.61, &[P::NoordHolland, P::ZuidHolland]),
    (52.15, 4.41, &[P::ZuidHolland]),
    (52.16, 4.51, &[P::ZuidHolland]),
    (52.13, 4.68, &[P::ZuidHolland]),
    (52.07, 4.30, &[P::ZuidHolland]),
    (52.00, 4.32, &[P::ZuidHolland]),
    (52.06, 4.54, &[P::ZuidHolland]),
    (52.00, 4.74, &[P::ZuidHolland]),
    (51.90, 4.62, &[P::ZuidHolland]),
    (51.92, 4.48, &[P::ZuidHolland]),
    (51.91, 4.35, &[P::ZuidHolland]),
    (51.81, 4.26, &[P::ZuidHolland]),
    (51.81, 4.71, &[P::ZuidHolland]),
    (52.06, 4.99, &[P::Utrecht, P::ZuidHolland]),
    (52.09, 5.12, &[P::Utrecht]),
    (52.19, 4.97, &[P::Utrecht, P::ZuidHolland]),
    (52.14, 5.33, &[P::Utrecht, P::Gelderland]),
    (52.22, 5.48, &[P::Utrecht, P::Gelderland, P::Flevoland]),
    (52.03, 5.42, &[P::Utrecht, P::Gelderland]),
    (51.90, 5.44, &[P::Gelderland]),
    (51.92, 5.17, &[P::Gelderland, P::Utrecht]),
    (51.80, 4.98, &[P::ZuidHolland, P::Utrecht, P::NoordBrabant, P::Gelderland]),
    (51.55, 3.68, &[P::Zeeland]),
    (51.48, 3.95, &[P::Zeeland]),
    (51.33, 3.80, &[P::Zeeland]),
    (51.53, 4.25, &[P::NoordBrabant, P::Zeeland]),
    (51.56, 4.50, &[P::NoordBrabant]),
    (51.57, 4.74, &[P::NoordBrabant]),
    (51.66, 4.86, &[P::NoordBrabant]),
    (51.56, 5.08, &[P::NoordBrabant]),
    (51.64, 5.00, &[P::NoordBrabant]),
    (51.68, 5.30, &[P::NoordBrabant]),
    (51.77, 5.42, &[P::Gelderland, P::NoordBrabant]),
    (51.66, 5.68, &[P::NoordBrabant]),
    (51.37, 5.38, &[P::NoordBrabant]),
    (51.46, 5.47, &[P::NoordBrabant]),
    (51.46, 5.74, &[P::NoordBrabant, P::LimburgNl]),
    (51.58, 5.96, &[P::LimburgNl, P::NoordBrabant]),
    (51.38, 6.10, &[P::LimburgNl]),
    (51.22, 5.83, &[P::LimburgNl, P::NoordBrabant]),
    (51.01, 5.85, &[P::LimburgNl]),
    (50.86, 5.70, &[P::LimburgNl]),
    (50.86, 5.93, &[P::LimburgNl]),
    (50.89, 6.00, &[P::LimburgNl]),
    (51.80, 5.87, &[P::Gelderland, P::LimburgNl]),
    (51.87, 5.75, &[P::Gelderland]),
    (52.03, 5.68, &[P::Gelderland]),
    (51.98, 5.91, &[P::Gelderland]),
    (51.99, 6.10, &[P::Gelderland]),
    (51.93, 6.32, &[P::Gelderland]),
    (52.02, 6.63, &[P::Gelderland]),
    (52.14, 6.30, &[P::Gelderland]),
    (52.21, 5.98, &[P::Gelderland]),
    (52.28, 6.38, &[P::Overijssel]),
    (52.25, 6.85, &[P::Overijssel]),
    (52.38, 6.70, &[P::Overijssel]),
    (52.63, 6.62, &[P::Overijssel, P::Drenthe]),
    (52.78, 6.90, &[P::Drenthe]),
    (52.73, 6.36, &[P::Drenthe, P::Overijssel]),
    (52.48, 6.02, &[P::Overijssel, P::Gelderland]),
    (52.38, 6.13, &[P::Overijssel, P::Gelderland]),
    (52.52, 5.68, &[P::Flevoland, P::Overijssel]),
    (52.77, 5.95, &[P::Flevoland, P::Overijssel, P::Drenthe, P::Friesland]),
    (52.96, 6.08, &[P::Friesland]),
    (52.92, 5.68, &[P::Friesland]),
    (53.03, 5.63, &[P::Friesland]),
    (53.05, 5.48, &[P::Friesland]),
    (53.18, 5.47, &[P::Friesland]),
    (53.20, 5.80, &[P::Friesland]),
    (53.19, 5.77, &[P::Friesland]),
    (53.33, 5.98, &[P::Friesland]),
    (53.16, 6.10, &[P::Friesland]),
    (53.13, 6.40, &[P::Drenthe, P::Groningen]),
    (52.98, 6.58, &[P::Drenthe]),
    (52.98, 6.92, &[P::Groningen, P::Drenthe]),
    (53.13, 6.90, &[P::Groningen, P::Drenthe]),
    (53.21, 6.57, &[P::Groningen, P::Drenthe]),
    (53.24, 6.37, &[P::Groningen, P::Friesland]),
    (53.33, 6.72, &[P::Groningen]),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_province_is_known_by_name_or_by_postcode_and_never_guessed() {
        for (country, region, postcode, expected) in [
            (Some("NL"), Some("Utrecht"), None, Some(P::Utrecht)),
            (Some("NL"), Some("noord-holland"), Some("9712 AB"), Some(P::NoordHolland)),
            (Some("NL"), Some("North Holland"), None, Some(P::NoordHolland)),
            (Some("NL"), Some("Limburg"), None, Some(P::LimburgNl)),
            (Some("BE"), Some("Limburg"), None, Some(P::LimburgBe)),
            (None, Some("Limburg"), None, None),
            (Some("DE"), Some("Utrecht"), None, None),
            (Some("NL"), Some("Randstad"), Some("3511 AB"), Some(P::Utrecht)),
            (Some("NL"), None, Some("3511"), Some(P::Utrecht)),
            (None, None, Some("3511AB"), Some(P::Utrecht)),
            (None, None, Some("3511"), None),
            (Some("NL"), None, Some("3811 AB"), None),
            (Some("BE"), None, Some("3511"), Some(P::LimburgBe)),
            (Some("BE"), None, Some("9000"), Some(P::EastFlanders)),
            (Some("DE"), None, Some("35110"), None),
            (Some("NL"), None, Some("09"), None),
        ] {
            assert_eq!(
                province_of(country, region, postcode),
                expected,
                "{country:?} {region:?} {postcode:?}"
            );
        }
    }

    #[test]
    fn areas_lie_where_people_know_them_to_lie() {
        let area = |text: &str| PostcodeArea::parse(text).unwrap();
        for (a, b, about_km) in [
            ("10", "35", 35),
            ("10", "30", 57),
            ("35", "68", 55),
            ("56", "62", 68),
            ("10", "97", 147),
            ("97", "62", 268),
            ("30", "31", 9),
        ] {
            let km = area(a).km_to(area(b));
            assert!(km.abs_diff(about_km) <= 8, "{a} to {b}: {km}");
        }
    }

    #[test]
    fn areas_of_one_province_lie_together() {
        for a in AREA_MIN..=AREA_MAX {
            for b in AREA_MIN..=AREA_MAX {
                let (a, b) = (PostcodeArea(a), PostcodeArea(b));
                if a.province().is_some() && a.province() == b.province() {
                    assert!(a.km_to(b) <= 110, "{a:?} {b:?}: {}", a.km_to(b));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_distance_is_the_same_both_ways(a in AREA_MIN..=AREA_MAX, b in AREA_MIN..=AREA_MAX) {
            let (a, b) = (PostcodeArea(a), PostcodeArea(b));
            prop_assert_eq!(a.km_to(b), b.km_to(a));
            prop_assert_eq!(a.km_to(a), 0);
            prop_assert!(a.km_to(b) < 320);
        }

        #[test]
        fn no_text_breaks_the_reading(text in ".{0,12}", country in proptest::option::of("[A-Z]{2}")) {
            let _ = province_of(country.as_deref(), Some(&text), Some(&text));
            let _ = PostcodeArea::parse(&text);
        }
    }
}
