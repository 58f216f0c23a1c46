//! The policy packs: one reviewed file per country, part of the program, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::{AddressClass, Cell, Channel, PersonKind};
use crate::consent::Basis;

/// The pack of every country that has none of its own.
pub(super) const ELSEWHERE: &str = "*";

const FILES: &[&str] = &[
    include_str!("../../../../data/policy/at.toml"),
    include_str!("../../../../data/policy/be.toml"),
    include_str!("../../../../data/policy/de.toml"),
    include_str!("../../../../data/policy/es.toml"),
    include_str!("../../../../data/policy/fr.toml"),
    include_str!("../../../../data/policy/gb.toml"),
    include_str!("../../../../data/policy/ie.toml"),
    include_str!("../../../../data/policy/it.toml"),
    include_str!("../../../../data/policy/nl.toml"),
    include_str!("../../../../data/policy/other.toml"),
];

static PACKS: LazyLock<Vec<PolicyPack>> = LazyLock::new(|| {
    // The texts are part of the program and a test reads them, so that a broken one never leaves the house.
    FILES.iter().map(|text| PolicyPack::parse(text).expect("the files of data/policy are readable")).collect()
});

/// Which rule gave an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleVersion {
    country: [u8; 2],
    /// The pack's version.
    pub version: u32,
    /// The day on which the pack was last held against its sources.
    pub reviewed_on: Date,
}

impl RuleVersion {
    /// ISO 3166 alpha-2 code, `*` where no pack is.
    pub fn country(&self) -> &str {
        std::str::from_utf8(&self.country).unwrap_or(ELSEWHERE).trim_end()
    }
}

impl std::fmt::Display for RuleVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} v{}", self.country(), self.version)
    }
}

/// Where a rule is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackSource {
    /// What it is.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// The state of the law or page that was looked at.
    pub date: Date,
    /// Whether the text itself was read, and not what somebody wrote about it.
    pub is_primary: bool,
}

/// Who may be approached in one country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPack {
    /// Country, version and day of review.
    pub rule: RuleVersion,
    /// In plain words, Dutch.
    pub summary_nl: String,
    /// In plain words, English.
    pub summary_en: String,
    /// What it rests on.
    pub sources: Vec<PackSource>,
    forms: HashMap<String, PersonKind>,
    cells: HashMap<Cell, Vec<Basis>>,
    non_mailing_closes: Vec<Channel>,
}

/// Why a pack cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct PackError {
    /// Which entry.
    pub place: String,
    /// What is wrong with it.
    pub problem: String,
}

fn fault(place: &str, problem: impl ToString) -> PackError {
    PackError { place: place.to_owned(), problem: problem.to_string() }
}

/// All packs, by country.
pub fn packs() -> &'static [PolicyPack] {
    &PACKS
}

/// The pack that holds in a country; the strictest where there is none or the country is not known.
pub fn pack_for(country: Option<&str>) -> &'static PolicyPack {
    let of = |code: &str| PACKS.iter().find(|pack| pack.country() == code);
    country.and_then(of).or_else(|| of(ELSEWHERE)).unwrap_or_else(|| &PACKS[0])
}

/// Every case that a pack answers.
pub(super) fn all_cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for person in PersonKind::ALL {
        for class in AddressClass::ALL {
            cells.push(Cell { channel: Channel::Mail, person: *person, class: Some(*class) });
        }
        for channel in [Channel::Phone, Channel::Post] {
            cells.push(Cell { channel, person: *person, class: None });
        }
    }
    cells
}

impl PolicyPack {
    /// ISO 3166 alpha-2 code, `*` for every country without a pack.
    pub fn country(&self) -> &str {
        self.rule.country()
    }

    /// Grounds that suffice in a case; none when nothing does.
    pub fn suffices(&self, cell: Cell) -> &[Basis] {
        self.cells.get(&cell).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every case with the grounds that suffice, for showing.
    pub fn cases(&self) -> Vec<(Cell, &[Basis])> {
        all_cells().into_iter().map(|cell| (cell, self.suffices(cell))).collect()
    }

    /// Whether the non-mailing indicator closes a channel.
    pub fn closed_by_non_mailing(&self, channel: Channel) -> bool {
        self.non_mailing_closes.contains(&channel)
    }

    /// Who stands behind a legal form, by its folded words.
    pub(super) fn person_of(&self, form: &str) -> Option<PersonKind> {
        self.forms.get(form).copied()
    }

    /// The forms that the pack knows.
    #[cfg(test)]
    pub(super) fn forms(&self) -> impl Iterator<Item = (&str, PersonKind)> {
        self.forms.iter().map(|(form, person)| (form.as_str(), *person))
    }

    /// Reads a pack. Everything must be there: a rule that somebody forgot is not open, it is an error.
    ///
    /// # Errors
    /// Names the first entry that is missing or cannot be read.
    pub fn parse(text: &str) -> Result<PolicyPack, PackError> {
        let parsed = DeTable::parse(text).map_err(|e| fault("file", e))?;
        let root = parsed.get_ref();
        let country = text_at(root, "country")?;
        let [first, rest @ ..] = country.as_bytes() else { return Err(fault("country", "is empty")) };
        let rule = RuleVersion {
            country: [*first, rest.first().copied().unwrap_or(b' ')],
            version: at(root, "version")?
                .as_integer()
                .and_then(|n| n.as_str().parse().ok())
                .filter(|n| *n > 0)
                .ok_or_else(|| fault("version", "is no number above 0"))?,
            reviewed_on: date_at(root, "reviewed_on")?,
        };
        let summary = table_at(root, "summary")?;
        let mut cells = HashMap::new();
        for cell in all_cells() {
            let by_channel = table_at(root, cell.channel.as_str())?;
            let names = match cell.class {
                Some(class) => list_at(table_at(by_channel, cell.person.as_str())?, class.as_str())?,
                None => list_at(by_channel, cell.person.as_str())?,
            };
            cells.insert(cell, parsed_all(cell.channel.as_str(), &names)?);
        }
        Ok(PolicyPack {
            rule,
            summary_nl: text_at(summary, "nl")?,
            summary_en: text_at(summary, "en")?,
            sources: sources(root)?,
            forms: forms(table_at(root, "forms")?)?,
            cells,
            non_mailing_closes: parsed_all(
                "non_mailing",
                &list_at(table_at(root, "non_mailing")?, "closes")?,
            )?,
        })
    }
}

fn sources(root: &DeTable<'_>) -> Result<Vec<PackSource>, PackError> {
    let listed = at(root, "sources")?.as_array().ok_or_else(|| fault("sources", "is no list"))?;
    let mut found = Vec::new();
    for one in listed.iter() {
        let one = one.get_ref().as_table().ok_or_else(|| fault("sources", "is no list of tables"))?;
        found.push(PackSource {
            title: text_at(one, "title")?,
            url: text_at(one, "url")?,
            date: date_at(one, "date")?,
            is_primary: match text_at(one, "read")?.as_str() {
                "primary" => true,
                "secondary" => false,
                _ => return Err(fault("read", "is neither primary nor secondary")),
            },
        });
    }
    if found.is_empty() { Err(fault("sources", "are missing")) } else { Ok(found) }
}

fn forms(table: &DeTable<'_>) -> Result<HashMap<String, PersonKind>, PackError> {
    let mut forms = HashMap::new();
    for person in PersonKind::ALL {
        for form in list_at(table, person.as_str())? {
            if forms.insert(form.clone(), *person).is_some() {
                return Err(fault(&form, "is a form that stands twice"));
            }
        }
    }
    Ok(forms)
}

fn at<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Result<&'t DeValue<'i>, PackError> {
    table.get(key).map(|value| value.get_ref()).ok_or_else(|| fault(key, "is missing"))
}

fn text_at(table: &DeTable<'_>, key: &str) -> Result<String, PackError> {
    let text = at(table, key)?.as_str().unwrap_or_default().trim();
    if text.is_empty() { Err(fault(key, "is no text")) } else { Ok(text.to_owned()) }
}

fn date_at(table: &DeTable<'_>, key: &str) -> Result<Date, PackError> {
    text_at(table, key)?.parse().map_err(|_| fault(key, "is no date like 2026-11-01"))
}

fn table_at<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Result<&'t DeTable<'i>, PackError> {
    at(table, key)?.as_table().ok_or_else(|| fault(key, "is no table"))
}

fn list_at(table: &DeTable<'_>, key: &str) -> Result<Vec<String>, PackError> {
    let list = at(table, key)?.as_array().ok_or_else(|| fault(key, "is no list"))?;
    let text = |value: &toml::Spanned<DeValue<'_>>| value.get_ref().as_str().map(str::to_owned);
    list.iter().map(|value| text(value).ok_or_else(|| fault(key, "holds something else than text"))).collect()
}

fn parsed_all<T: std::str::FromStr>(place: &str, names: &[String]) -> Result<Vec<T>, PackError> {
    names
        .iter()
        .map(|name| name.parse().map_err(|_| fault(place, format!("'{name}' is not known"))))
        .collect()
}
