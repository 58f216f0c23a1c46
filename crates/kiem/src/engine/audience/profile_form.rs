//! The forms in which a profile and the reasons of a fit are stored and cross the API: flat, with codes and numbers, never
//! with sentences. The first form of the profile is still read.

use kiem_domain::audience::{
    ActivityCode, Ask, Buyers, Fit, Found, IdealProfile, Importance, Place, PostcodeArea, Province, Range,
    WEIGHT_MAX, Wish,
};
use kiem_domain::country::country_code;
use kiem_domain::titles::Department;
use serde::{Deserialize, Serialize};

use crate::engine::{EngineError, FieldError, Result};

/// Wishes of one profile.
const WISHES_MAX: usize = 40;
/// Words, codes or places per wish.
const WORDS_MAX: usize = 50;
/// Characters per word.
const WORD_CHARS_MAX: usize = 80;
/// Weight of a wish that names none.
const WEIGHT_USUAL: u8 = 20;
/// Widest radius in kilometres: more is the whole country.
const RADIUS_KM: std::ops::RangeInclusive<u32> = 10..=150;
/// Most people and most euros that a range may name.
const NUMBER_MAX: u64 = 1_000_000_000_000;

/// One wish. What does not belong to its criterion is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WishForm {
    /// Name of the criterion.
    pub criterion: String,
    /// `must`, `wanted` or `never`.
    pub importance: String,
    /// Of a wanted one, 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u8>,
    /// Words of industry, title, technology or website; of a region the names of towns and regions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Beginnings of activity codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeForm>,
    /// Ranges of the number of people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<RangeForm>,
    /// Whole euros a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue: Option<RangeForm>,
    /// Names or codes of countries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// ISO 3166-2 codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub provinces: Vec<String>,
    /// First two digits of Dutch postcodes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<String>,
    /// Around Dutch postcode areas.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<NearForm>,
    /// Families of legal forms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub legal_forms: Vec<String>,
    /// Names of seniorities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seniorities: Vec<String>,
}

/// The beginning of an activity code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CodeForm {
    /// Two to five digits.
    pub code: String,
    /// `2008` or `2025`.
    pub version: String,
}

/// From and to, both included.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RangeForm {
    /// From.
    pub min: Option<u64>,
    /// To.
    pub max: Option<u64>,
}

/// A radius.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NearForm {
    /// First two digits of a Dutch postcode.
    pub area: String,
    /// Kilometres.
    pub km: u32,
}

/// Who has to be known at a company.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BuyersForm {
    /// The department that will work with what is sold; missing is any.
    pub department: Option<String>,
    /// Seats that must be filled; empty is by the size of the company.
    pub seats: Vec<String>,
}

/// A whole profile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileForm {
    /// What is asked.
    pub wishes: Vec<WishForm>,
    /// Who has to be known.
    pub buyers: BuyersForm,
}

/// The stored form, version 2; `form` tells it from the first one.
#[derive(Debug, Serialize, Deserialize)]
struct ProfileV2 {
    form: u8,
    wishes: Vec<WishForm>,
    buyers: BuyersForm,
}

/// The stored form, version 1: every list is a wish with a weight of its own.
#[derive(Debug, Deserialize)]
struct ProfileV1 {
    industries: Vec<String>,
    employees_min: Option<u32>,
    employees_max: Option<u32>,
    countries: Vec<String>,
    regions: Vec<String>,
    title_words: Vec<String>,
    seniorities: Vec<String>,
}

impl From<ProfileV1> for ProfileForm {
    fn from(v1: ProfileV1) -> ProfileForm {
        let wish = |criterion: &str, weight| WishForm {
            criterion: criterion.to_owned(),
            importance: "wanted".to_owned(),
            weight: Some(weight),
            ..WishForm::default()
        };
        let sizes = RangeForm { min: v1.employees_min.map(u64::from), max: v1.employees_max.map(u64::from) };
        let wishes = vec![
            WishForm { words: v1.industries, ..wish("industry", 30) },
            WishForm { sizes: vec![sizes], ..wish("size", 25) },
            WishForm { countries: v1.countries, ..wish("country", 10) },
            WishForm { words: v1.regions, ..wish("region", 10) },
            WishForm { words: v1.title_words, seniorities: v1.seniorities, ..wish("title", 25) },
        ];
        ProfileForm { wishes, buyers: BuyersForm::default() }
    }
}

/// Reads a stored profile of either form.
pub(super) fn from_stored(definition: &str) -> Result<IdealProfile> {
    let unreadable =
        |e: &dyn std::fmt::Display| EngineError::Outside(format!("a stored profile is unreadable: {e}"));
    let value: serde_json::Value = serde_json::from_str(definition).map_err(|e| unreadable(&e))?;
    let form = if value.get("form").is_some() {
        let v2: ProfileV2 = serde_json::from_value(value).map_err(|e| unreadable(&e))?;
        ProfileForm { wishes: v2.wishes, buyers: v2.buyers }
    } else {
        serde_json::from_value::<ProfileV1>(value).map_err(|e| unreadable(&e))?.into()
    };
    form.read()
}

/// The stored form of a profile.
pub(super) fn to_stored(profile: &IdealProfile) -> Result<String> {
    let form = ProfileForm::from(profile);
    let v2 = ProfileV2 { form: 2, wishes: form.wishes, buyers: form.buyers };
    serde_json::to_string(&v2).map_err(|e| EngineError::Outside(e.to_string()))
}

impl ProfileForm {
    /// Reads and checks a profile; wishes that name nothing are left out.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] with the fields that are not right, `wishes.2.countries` for instance.
    pub fn read(&self) -> Result<IdealProfile> {
        let mut errors = Vec::new();
        if self.wishes.len() > WISHES_MAX {
            errors.push(FieldError::new("wishes", "too_many"));
        }
        let mut wishes = Vec::new();
        for (place, form) in self.wishes.iter().take(WISHES_MAX).enumerate() {
            let mut reader = WishReader { place, form, errors: &mut errors };
            wishes.extend(reader.wish().filter(|wish| !wish.ask.is_empty()));
        }
        let mut buyers = Buyers::default();
        match self.buyers.department.as_deref().map(str::parse::<Department>) {
            None => {}
            Some(Ok(department)) => buyers.department = department,
            Some(Err(_)) => errors.push(FieldError::new("buyers.department", "unknown_choice")),
        }
        for seat in &self.buyers.seats {
            match seat.parse() {
                Ok(seat) if buyers.seats.contains(&seat) => {}
                Ok(seat) => buyers.seats.push(seat),
                Err(_) => errors.push(FieldError::new("buyers.seats", "unknown_choice")),
            }
        }
        if errors.is_empty() {
            Ok(IdealProfile { wishes, buyers })
        } else {
            Err(EngineError::Invalid(errors))
        }
    }
}

struct WishReader<'a> {
    place: usize,
    form: &'a WishForm,
    errors: &'a mut Vec<FieldError>,
}

impl WishReader<'_> {
    fn error(&mut self, field: &str, code: &'static str) {
        self.errors.push(FieldError::new(format!("wishes.{}.{field}", self.place), code));
    }

    fn wish(&mut self) -> Option<Wish> {
        let importance = match self.form.importance.as_str() {
            "must" => Importance::Must,
            "never" => Importance::Never,
            "wanted" => {
                let weight = self.form.weight.unwrap_or(WEIGHT_USUAL);
                if !(1..=WEIGHT_MAX).contains(&weight) {
                    self.error("weight", "range");
                }
                Importance::Wanted(weight)
            }
            _ => {
                self.error("importance", "unknown_choice");
                return None;
            }
        };
        Some(Wish { ask: self.ask()?, importance })
    }

    fn ask(&mut self) -> Option<Ask> {
        let form = self.form;
        Some(match form.criterion.as_str() {
            "industry" => Ask::Industry { words: self.words(), codes: self.codes() },
            "size" => Ask::Size(
                form.sizes.iter().map(|range| self.range("sizes", range)).filter(|r| !r.is_open()).collect(),
            ),
            "revenue" => Ask::Revenue(
                form.revenue.as_ref().map(|range| self.range("revenue", range)).unwrap_or_default(),
            ),
            "country" => {
                Ask::Country(self.each("countries", &form.countries, "country", |text| {
                    country_code(text).map(str::to_owned)
                }))
            }
            "region" => Ask::Region(self.places()),
            "legal_form" => {
                Ask::LegalForm(
                    self.each("legal_forms", &form.legal_forms, "unknown_choice", |t| t.parse().ok()),
                )
            }
            "technology" => Ask::Technology(self.words()),
            "site_words" => Ask::SiteWords(self.words()),
            "title" => Ask::Title {
                words: self.words(),
                seniorities: self
                    .each("seniorities", &form.seniorities, "unknown_choice", |t| t.parse().ok()),
            },
            _ => {
                self.error("criterion", "unknown_choice");
                return None;
            }
        })
    }

    /// Reads each of a list, once; what cannot be read is an error of the field.
    fn each<T: PartialEq>(
        &mut self,
        field: &str,
        texts: &[String],
        code: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        if texts.len() > WORDS_MAX {
            self.error(field, "too_many");
        }
        let mut all = Vec::new();
        for text in texts.iter().take(WORDS_MAX).map(|text| text.trim()).filter(|text| !text.is_empty()) {
            match read(text) {
                Some(one) if all.contains(&one) => {}
                Some(one) => all.push(one),
                None => self.error(field, code),
            }
        }
        all
    }

    fn words(&mut self) -> Vec<String> {
        let is_fine =
            |text: &str| text.chars().count() <= WORD_CHARS_MAX && !text.chars().any(char::is_control);
        self.each("words", &self.form.words, "too_long", |text| is_fine(text).then(|| text.to_owned()))
    }

    fn codes(&mut self) -> Vec<ActivityCode> {
        if self.form.codes.len() > WORDS_MAX {
            self.error("codes", "too_many");
        }
        let mut all = Vec::new();
        for form in self.form.codes.iter().take(WORDS_MAX) {
            // A wish names its edition: "any" would be a guess about what the digits mean.
            let version = form.version.parse().ok().filter(|_| form.version != "unknown");
            match version.and_then(|version| ActivityCode::parse(&form.code, version)) {
                Some(code) if all.contains(&code) => {}
                Some(code) => all.push(code),
                None => self.error("codes", "sbi_code"),
            }
        }
        all
    }

    fn range(&mut self, field: &str, form: &RangeForm) -> Range {
        let is_upside_down = form.min.zip(form.max).is_some_and(|(min, max)| min > max);
        let is_too_large = [form.min, form.max].into_iter().flatten().any(|n| n > NUMBER_MAX);
        if is_upside_down || is_too_large {
            self.error(field, "range");
        }
        Range { min: form.min, max: form.max }
    }

    fn places(&mut self) -> Vec<Place> {
        let form = self.form;
        let provinces: Vec<Province> =
            self.each("provinces", &form.provinces, "unknown_choice", |text| text.parse().ok());
        let areas = self.each("areas", &form.areas, "postcode_area", PostcodeArea::parse);
        let mut places: Vec<Place> = provinces.into_iter().map(Place::Province).collect();
        places.extend(areas.into_iter().map(Place::Area));
        if form.near.len() > WORDS_MAX {
            self.error("near", "too_many");
        }
        for near in form.near.iter().take(WORDS_MAX) {
            match PostcodeArea::parse(&near.area) {
                Some(area) if RADIUS_KM.contains(&near.km) => places.push(Place::Near(area, near.km)),
                Some(_) => self.error("near", "range"),
                None => self.error("near", "postcode_area"),
            }
        }
        places.extend(self.words().into_iter().map(Place::Named));
        places
    }
}

impl From<&IdealProfile> for ProfileForm {
    fn from(profile: &IdealProfile) -> ProfileForm {
        let department = profile.buyers.department.known().map(|d| d.as_str().to_owned());
        ProfileForm {
            wishes: profile.wishes.iter().map(WishForm::from).collect(),
            buyers: BuyersForm {
                department,
                seats: profile.buyers.seats.iter().map(|seat| seat.as_str().to_owned()).collect(),
            },
        }
    }
}

impl From<&Wish> for WishForm {
    fn from(wish: &Wish) -> WishForm {
        let mut form = WishForm {
            criterion: wish.ask.criterion().as_str().to_owned(),
            importance: wish.importance.as_str().to_owned(),
            weight: match wish.importance {
                Importance::Wanted(weight) => Some(weight),
                Importance::Must | Importance::Never => None,
            },
            ..WishForm::default()
        };
        match &wish.ask {
            Ask::Industry { words, codes } => {
                form.words.clone_from(words);
                form.codes = codes
                    .iter()
                    .map(|c| CodeForm { code: c.digits().to_owned(), version: c.version().to_string() })
                    .collect();
            }
            Ask::Size(ranges) => form.sizes = ranges.iter().map(RangeForm::from).collect(),
            Ask::Revenue(range) => form.revenue = Some(range.into()),
            Ask::Country(countries) => form.countries.clone_from(countries),
            Ask::Region(places) => {
                for place in places {
                    match place {
                        Place::Province(province) => form.provinces.push(province.to_string()),
                        Place::Area(area) => form.areas.push(area.number().to_string()),
                        Place::Near(area, km) => {
                            form.near.push(NearForm { area: area.number().to_string(), km: *km });
                        }
                        Place::Named(name) => form.words.push(name.clone()),
                    }
                }
            }
            Ask::LegalForm(families) => form.legal_forms = families.iter().map(ToString::to_string).collect(),
            Ask::Technology(words) | Ask::SiteWords(words) => form.words.clone_from(words),
            Ask::Title { words, seniorities } => {
                form.words.clone_from(words);
                form.seniorities = seniorities.iter().map(ToString::to_string).collect();
            }
        }
        form
    }
}

impl From<&Range> for RangeForm {
    fn from(range: &Range) -> RangeForm {
        RangeForm { min: range.min, max: range.max }
    }
}

/// A value that was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundForm {
    /// What it is.
    pub kind: String,
    /// A code or a number.
    pub value: String,
}

impl From<&Found> for FoundForm {
    fn from(found: &Found) -> FoundForm {
        FoundForm { kind: found.kind.as_str().to_owned(), value: found.value.clone() }
    }
}

/// One reason of a fit with the wish that it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonForm {
    /// What was asked.
    pub wish: WishForm,
    /// `match`, `partial`, `miss` or `unknown`.
    pub verdict: String,
    /// What is known.
    pub found: Vec<FoundForm>,
    /// Why it could not be judged though something is known.
    pub why: Option<String>,
}

/// A fit with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FitForm {
    /// 0 to 100.
    pub score: Option<u8>,
    /// In percent.
    pub known_percent: u8,
    /// `fits`, `partly`, `does_not_fit` or `unknown`.
    pub outcome: String,
    /// One per wish.
    pub reasons: Vec<ReasonForm>,
}

impl FitForm {
    /// Puts the wishes of the profile beside the answers to them.
    pub fn of(fit: &Fit, profile: &IdealProfile) -> FitForm {
        let reasons = fit.reasons.iter().filter_map(|reason| {
            Some(ReasonForm {
                wish: profile.wishes.get(reason.wish)?.into(),
                verdict: reason.verdict.to_string(),
                found: reason.found.iter().map(FoundForm::from).collect(),
                why: reason.why.map(|why| why.to_string()),
            })
        });
        FitForm {
            score: fit.score,
            known_percent: fit.known_percent,
            outcome: fit.outcome.to_string(),
            reasons: reasons.collect(),
        }
    }
}

/// Reasons as they stand beside the score of a company: without the wishes, which the version of the profile has.
pub(super) fn reasons_json(fit: &Fit) -> String {
    #[derive(Serialize)]
    struct Stored<'a> {
        criterion: &'a str,
        importance: &'a str,
        verdict: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        found: Vec<FoundForm>,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<&'a str>,
    }
    let stored: Vec<Stored<'_>> = fit
        .reasons
        .iter()
        .map(|reason| Stored {
            criterion: reason.criterion.as_str(),
            importance: reason.importance.as_str(),
            verdict: reason.verdict.as_str(),
            found: reason.found.iter().map(FoundForm::from).collect(),
            why: reason.why.map(|why| why.as_str()),
        })
        .collect();
    // Names and texts only: there is nothing in it that JSON could refuse.
    serde_json::to_string(&stored).unwrap_or_else(|_| "[]".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_form_is_read_with_the_weights_it_had() {
        let v1 = r#"{"industries":["bouw"],"employees_min":10,"employees_max":null,"countries":["NL"],"regions":[],
            "title_words":["inkoop"],"seniorities":["owner"]}"#;
        let profile = from_stored(v1).unwrap();
        let weights: Vec<_> =
            profile.wishes.iter().map(|w| (w.ask.criterion().as_str(), w.importance)).collect();
        let wanted = Importance::Wanted;
        let expected =
            [("industry", wanted(30)), ("size", wanted(25)), ("country", wanted(10)), ("title", wanted(25))];
        assert_eq!(weights, expected, "what names nothing is not asked");
        assert_eq!(from_stored(&to_stored(&profile).unwrap()).unwrap(), profile);
    }

    #[test]
    fn every_criterion_survives_being_stored() {
        let text = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let wish = |criterion: &str, importance: &str| WishForm {
            criterion: criterion.to_owned(),
            importance: importance.to_owned(),
            weight: (importance == "wanted").then_some(10),
            ..WishForm::default()
        };
        let code = CodeForm { code: "01110".to_owned(), version: "2025".to_owned() };
        let range = RangeForm { min: Some(1), max: Some(9) };
        let form = ProfileForm {
            wishes: vec![
                WishForm { words: text(&["bouw"]), codes: vec![code], ..wish("industry", "must") },
                WishForm { sizes: vec![range.clone()], ..wish("size", "wanted") },
                WishForm { revenue: Some(range), ..wish("revenue", "wanted") },
                WishForm { countries: text(&["NL"]), ..wish("country", "must") },
                WishForm {
                    provinces: text(&["NL-UT"]),
                    areas: text(&["35"]),
                    near: vec![NearForm { area: "10".to_owned(), km: 25 }],
                    words: text(&["Zeist"]),
                    ..wish("region", "wanted")
                },
                WishForm { legal_forms: text(&["private_limited"]), ..wish("legal_form", "never") },
                WishForm { words: text(&["Shopify"]), ..wish("technology", "wanted") },
                WishForm { words: text(&["webshop"]), ..wish("site_words", "wanted") },
                WishForm {
                    words: text(&["inkoop"]),
                    seniorities: text(&["owner"]),
                    ..wish("title", "wanted")
                },
            ],
            buyers: BuyersForm { department: Some("finance".to_owned()), seats: text(&["boss"]) },
        };
        let profile = form.read().unwrap();
        assert_eq!(ProfileForm::from(&profile), form);
        assert_eq!(from_stored(&to_stored(&profile).unwrap()).unwrap(), profile);
    }

    #[test]
    fn what_cannot_be_is_told_by_field() {
        let wish = |change: &dyn Fn(&mut WishForm)| {
            let mut form = WishForm {
                criterion: "industry".to_owned(),
                importance: "wanted".to_owned(),
                ..WishForm::default()
            };
            change(&mut form);
            ProfileForm { wishes: vec![form], ..ProfileForm::default() }
        };
        let code =
            |code: &str, version: &str| CodeForm { code: code.to_owned(), version: version.to_owned() };
        for (form, field) in [
            (wish(&|w| w.criterion = "colour".to_owned()), "wishes.0.criterion"),
            (wish(&|w| w.importance = "maybe".to_owned()), "wishes.0.importance"),
            (wish(&|w| w.weight = Some(0)), "wishes.0.weight"),
            (wish(&|w| w.codes = vec![code("62", "unknown")]), "wishes.0.codes"),
            (wish(&|w| w.codes = vec![code("x", "2008")]), "wishes.0.codes"),
            (wish(&|w| w.words = vec!["x".repeat(81)]), "wishes.0.words"),
            (
                wish(&|w| {
                    w.criterion = "size".to_owned();
                    w.sizes = vec![RangeForm { min: Some(9), max: Some(3) }];
                }),
                "wishes.0.sizes",
            ),
            (
                wish(&|w| {
                    w.criterion = "country".to_owned();
                    w.countries = vec!["Atlantis".to_owned()];
                }),
                "wishes.0.countries",
            ),
            (
                wish(&|w| {
                    w.criterion = "region".to_owned();
                    w.near = vec![NearForm { area: "10".to_owned(), km: 1000 }];
                }),
                "wishes.0.near",
            ),
        ] {
            let Err(EngineError::Invalid(errors)) = form.read() else { panic!("{form:?} was taken") };
            assert_eq!(errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), [field]);
        }
    }
}
