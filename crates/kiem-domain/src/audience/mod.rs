//! The ideal customer profile, and how well a company or person fits it. Fit says who they are, never what they did.
//!
//! A profile is a list of wishes: what must be so, what is wanted, and what must never be. What is unknown is unknown: it
//! lowers how much of the fit is known, never the fit itself.

mod activity;
mod count;
mod fit;
mod lookalike;
mod market;
mod place;
#[cfg(test)]
mod tests;

pub use activity::{ActivityCode, ActivityVersion, CodeMatch};
pub use count::{Estimate, estimate};
pub use fit::{
    FITS_MIN, Fit, FitFacts, FitOutcome, FitReason, FitScope, Found, FoundKind, Judge, MISFIT_BELOW, Verdict,
    WhyUnsure, fit,
};
pub use lookalike::{Feature, Likeness, Lookalike, Sample, SizeBand, WON_MIN, features, lookalike};
pub use market::{Completeness, MarketCell, MarketCount, MarketFacts, Uncounted, market_cell, register_code};
pub use place::{NEARLY_KM, PostcodeArea, Province, dutch_area, province_of};

use crate::legal_form::LegalFormFamily;
use crate::titles::committee::Seat;
use crate::titles::{Department, Seniority};

/// Who the ideal customer is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdealProfile {
    /// What is asked of a company or person. What is not among them is not asked.
    pub wishes: Vec<Wish>,
    /// Who has to be known there before somebody can buy.
    pub buyers: Buyers,
}

impl IdealProfile {
    /// Whether anything is asked that only a company's own website tells.
    pub fn asks_websites(&self) -> bool {
        let criteria = [Criterion::Technology, Criterion::SiteWords];
        self.wishes.iter().any(|wish| !wish.ask.is_empty() && criteria.contains(&wish.ask.criterion()))
    }
}

/// The people who are looked for at every company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyers {
    /// The department that will work with what is sold; unknown lets any of them count.
    pub department: Department,
    /// Seats that must be filled; when empty, those that a company of the size has.
    pub seats: Vec<Seat>,
}

impl Default for Buyers {
    fn default() -> Buyers {
        Buyers { department: Department::Unknown, seats: Vec::new() }
    }
}

/// One thing that is asked, and how much it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What.
    pub ask: Ask,
    /// How much.
    pub importance: Importance,
}

/// How much a wish matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importance {
    /// Who is known not to have it does not fit.
    Must,
    /// Counts with this weight, 1 to [`WEIGHT_MAX`].
    Wanted(u8),
    /// Who is known to have it does not fit.
    Never,
}

/// Heaviest weight of a wish.
pub const WEIGHT_MAX: u8 = 100;
/// What a must-have weighs beside the wanted ones.
const MUST_WEIGHT: u32 = 30;
/// What an exclusion weighs in how much is known; in the score it does not count.
const NEVER_WEIGHT: u32 = 10;

impl Importance {
    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Importance::Must => "must",
            Importance::Wanted(_) => "wanted",
            Importance::Never => "never",
        }
    }

    fn weight(self) -> u32 {
        match self {
            Importance::Must => MUST_WEIGHT,
            Importance::Wanted(weight) => u32::from(weight.clamp(1, WEIGHT_MAX)),
            Importance::Never => NEVER_WEIGHT,
        }
    }
}

text_enum! {
    /// What is compared.
    pub enum Criterion {
        /// What the company does, by words or by the code of its activity.
        Industry = "industry",
        /// How many people work there.
        Size = "size",
        /// What it earns a year.
        Revenue = "revenue",
        /// Its country.
        Country = "country",
        /// Where in the country.
        Region = "region",
        /// Its legal form.
        LegalForm = "legal_form",
        /// What its website is made with.
        Technology = "technology",
        /// Words on its website.
        SiteWords = "site_words",
        /// The person's job title.
        Title = "title",
    }
}

/// What is asked. Of a list one suffices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// What the company does.
    Industry {
        /// Words of an industry ("bouw", "logistiek"), or the first digits of a code in the same column of a list.
        words: Vec<String>,
        /// Beginnings of activity codes.
        codes: Vec<ActivityCode>,
    },
    /// People working there.
    Size(Vec<Range>),
    /// Euros a year.
    Revenue(Range),
    /// ISO 3166 alpha-2 codes.
    Country(Vec<String>),
    /// Where in the country.
    Region(Vec<Place>),
    /// Families of legal forms.
    LegalForm(Vec<LegalFormFamily>),
    /// Names of technologies.
    Technology(Vec<String>),
    /// Words on the company's own website.
    SiteWords(Vec<String>),
    /// The person's job title.
    Title {
        /// Words of it.
        words: Vec<String>,
        /// How senior.
        seniorities: Vec<Seniority>,
    },
}

impl Ask {
    /// What is compared.
    pub fn criterion(&self) -> Criterion {
        match self {
            Ask::Industry { .. } => Criterion::Industry,
            Ask::Size(_) => Criterion::Size,
            Ask::Revenue(_) => Criterion::Revenue,
            Ask::Country(_) => Criterion::Country,
            Ask::Region(_) => Criterion::Region,
            Ask::LegalForm(_) => Criterion::LegalForm,
            Ask::Technology(_) => Criterion::Technology,
            Ask::SiteWords(_) => Criterion::SiteWords,
            Ask::Title { .. } => Criterion::Title,
        }
    }

    /// Whether nothing is named, so that nothing is asked.
    pub fn is_empty(&self) -> bool {
        match self {
            Ask::Industry { words, codes } => words.is_empty() && codes.is_empty(),
            Ask::Size(ranges) => ranges.iter().all(|range| range.is_open()),
            Ask::Revenue(range) => range.is_open(),
            Ask::Country(words) | Ask::Technology(words) | Ask::SiteWords(words) => words.is_empty(),
            Ask::Region(places) => places.is_empty(),
            Ask::LegalForm(families) => families.is_empty(),
            Ask::Title { words, seniorities } => words.is_empty() && seniorities.is_empty(),
        }
    }
}

/// From and to, both included; missing is without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// From.
    pub min: Option<u64>,
    /// To.
    pub max: Option<u64>,
}

impl Range {
    /// Whether it has no end on either side.
    pub fn is_open(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }
}

/// Where in a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A province of the Netherlands or Belgium.
    Province(Province),
    /// The first two digits of a Dutch postcode.
    Area(PostcodeArea),
    /// Within so many kilometres of a Dutch postcode area.
    Near(PostcodeArea, u32),
    /// A town or region by its name, as lists write it.
    Named(String),
}
