//! Answers as KVK writes them. Everything may be missing, and nothing in them is longer than it is kept.

use jiff::civil::Date;
use kiem_domain::company::KvkNumber;
use kiem_domain::register::{RegisterActivity, RegisterAddress, RegisterHit, RegisterProfile};
use serde::Deserialize;
use serde_json::Value;

use super::KvkQuestion;

/// Characters of one text that are kept.
const TEXT_CHARS_MAX: usize = 200;
/// Names, activities and websites of one company that are kept, of each.
const LIST_MAX: usize = 50;
/// More people than this work nowhere.
const EMPLOYEES_MAX: u32 = 10_000_000;

/// `{"fout":[{"code":"IPD5200","omschrijving":"…"}]}`
#[derive(Debug, Deserialize)]
pub(super) struct Fouten {
    #[serde(default)]
    fout: Vec<Fout>,
}

#[derive(Debug, Deserialize)]
struct Fout {
    #[serde(default)]
    code: String,
}

impl Fouten {
    pub(super) fn first(self) -> Option<String> {
        self.fout.into_iter().next().map(|fout| fout.code)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Zoeken {
    #[serde(default)]
    resultaten: Vec<Resultaat>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Resultaat {
    kvk_nummer: Option<Value>,
    naam: Option<String>,
    adres: Option<AdresVanResultaat>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AdresVanResultaat {
    binnenlands_adres: Option<Adres>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Adres {
    #[serde(rename = "type")]
    soort: Option<String>,
    ind_afgeschermd: Option<String>,
    straatnaam: Option<String>,
    huisnummer: Option<Value>,
    huisletter: Option<String>,
    huisnummer_toevoeging: Option<String>,
    postcode: Option<String>,
    plaats: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Basisprofiel {
    kvk_nummer: Option<Value>,
    ind_non_mailing: Option<String>,
    naam: Option<String>,
    statutaire_naam: Option<String>,
    materiele_registratie: Option<Registratie>,
    totaal_werkzame_personen: Option<Value>,
    handelsnamen: Vec<Handelsnaam>,
    sbi_activiteiten: Vec<SbiActiviteit>,
    #[serde(rename = "_embedded")]
    embedded: Option<Embedded>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Registratie {
    datum_aanvang: Option<Value>,
    datum_einde: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Handelsnaam {
    naam: Option<String>,
    volgorde: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SbiActiviteit {
    sbi_code: Option<Value>,
    sbi_omschrijving: Option<String>,
    ind_hoofdactiviteit: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Embedded {
    eigenaar: Option<Deel>,
    hoofdvestiging: Option<Deel>,
}

/// The owner or the main establishment, as far as it is used.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Deel {
    rechtsvorm: Option<String>,
    adressen: Vec<Adres>,
    websites: Vec<String>,
    totaal_werkzame_personen: Option<Value>,
}

impl Zoeken {
    /// The companies found. What the answer leaves out of an address is what was asked for: nobody else was found.
    pub(super) fn hits(self, question: &KvkQuestion<'_>, n_max: usize) -> Vec<RegisterHit> {
        let hit = |found: Resultaat| {
            let number = KvkNumber::parse(&plain(found.kvk_nummer.as_ref())?)?.as_str().to_owned();
            let address = found.adres.and_then(|a| a.binnenlands_adres).unwrap_or_default();
            Some(RegisterHit {
                number,
                name: text(found.naam)?,
                house_number: address.number().or_else(|| question.house_number.map(|n| n.to_string())),
                postcode: text(address.postcode).or_else(|| question.postcode.map(str::to_owned)),
                street: text(address.straatnaam),
                city: text(address.plaats),
            })
        };
        self.resultaten.into_iter().take(n_max).filter_map(hit).collect()
    }
}

impl Basisprofiel {
    pub(super) fn profile(mut self) -> RegisterProfile {
        let embedded = self.embedded.take().unwrap_or_default();
        let (owner, main) =
            (embedded.eigenaar.unwrap_or_default(), embedded.hoofdvestiging.unwrap_or_default());
        let registered = self.materiele_registratie.take().unwrap_or_default();
        let employees = plain(self.totaal_werkzame_personen.as_ref())
            .or_else(|| plain(main.totaal_werkzame_personen.as_ref()));
        let is_shielded = main.adressen.iter().chain(&owner.adressen).any(Adres::is_shielded);
        let address = visiting(&main.adressen).or_else(|| visiting(&owner.adressen));
        let mut names = self.handelsnamen;
        names.sort_by_key(|name| name.volgorde.unwrap_or(i64::MAX));
        let statutory = text(self.statutaire_naam);
        RegisterProfile {
            number: plain(self.kvk_nummer.as_ref()).unwrap_or_default(),
            name: text(self.naam).or_else(|| statutory.clone()).unwrap_or_default(),
            statutory_name: statutory,
            trade_names: names.into_iter().filter_map(|name| text(name.naam)).take(LIST_MAX).collect(),
            legal_form: text(owner.rechtsvorm).map(|form| apart(&form)),
            activities: activities(self.sbi_activiteiten),
            employees_n: employees.and_then(|n| n.parse().ok()).filter(|n| *n <= EMPLOYEES_MAX),
            is_shielded: is_shielded && address.is_none(),
            address,
            websites: {
                let sites = main.websites.into_iter().chain(owner.websites);
                let mut kept: Vec<String> =
                    sites.filter_map(|site| text(Some(site))).take(LIST_MAX).collect();
                kept.dedup();
                kept
            },
            founded_on: day(registered.datum_aanvang.as_ref()),
            ended_on: day(registered.datum_einde.as_ref()),
            is_non_mailing: yes_or_no(self.ind_non_mailing.as_deref()),
        }
    }
}

impl Adres {
    fn is_shielded(&self) -> bool {
        yes_or_no(self.ind_afgeschermd.as_deref()) == Some(true)
    }

    fn number(&self) -> Option<String> {
        let digits =
            plain(self.huisnummer.as_ref()).filter(|n| n.bytes().all(|b| b.is_ascii_digit()) && n != "0")?;
        let rest = [&self.huisletter, &self.huisnummer_toevoeging];
        let rest: String = rest.into_iter().flatten().map(|part| part.trim()).collect();
        let separator = if rest.starts_with(|c: char| c.is_ascii_digit()) { "-" } else { "" };
        text(Some(format!("{digits}{separator}{rest}")))
    }
}

/// The address where a company can be visited; a post-office box or an address that is shielded is none.
fn visiting(addresses: &[Adres]) -> Option<RegisterAddress> {
    let is_open = |a: &&Adres| a.soort.as_deref() == Some("bezoekadres") && !a.is_shielded();
    let address = addresses.iter().find(is_open)?;
    Some(RegisterAddress {
        street: text(address.straatnaam.clone())?,
        house_number: address.number().unwrap_or_default(),
        postcode: text(address.postcode.clone()).unwrap_or_default(),
        city: text(address.plaats.clone()).unwrap_or_default(),
    })
}

fn activities(found: Vec<SbiActiviteit>) -> Vec<RegisterActivity> {
    let one = |activity: SbiActiviteit| {
        let code = plain(activity.sbi_code.as_ref())?;
        let is_code = (2..=5).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
        is_code.then(|| RegisterActivity {
            code,
            words: text(activity.sbi_omschrijving).unwrap_or_default(),
            is_main: yes_or_no(activity.ind_hoofdactiviteit.as_deref()) == Some(true),
        })
    };
    let mut kept: Vec<RegisterActivity> = found.into_iter().filter_map(one).take(LIST_MAX).collect();
    kept.sort_by_key(|activity| !activity.is_main);
    kept
}

/// A text that says something, without control characters, cut where it is kept.
fn text(text: Option<String>) -> Option<String> {
    let kept: String = text?.chars().filter(|c| !c.is_control()).take(TEXT_CHARS_MAX).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// `BeslotenVennootschap` as people write it.
fn apart(form: &str) -> String {
    let mut words = String::with_capacity(form.len() + 4);
    for c in form.chars() {
        if c.is_uppercase() && words.ends_with(char::is_lowercase) {
            words.push(' ');
        }
        words.push(c);
    }
    words
}

/// A number or a text of digits: KVK writes some either way.
fn plain(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(written) => text(Some(written.clone())),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

fn yes_or_no(text: Option<&str>) -> Option<bool> {
    match text?.trim().to_ascii_lowercase().as_str() {
        "ja" => Some(true),
        "nee" => Some(false),
        _ => None,
    }
}

/// `YYYYMMDD`. A year or month without its day (`19500000`) is no day.
fn day(value: Option<&Value>) -> Option<Date> {
    let digits = plain(value)?;
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, month, day) = (digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
