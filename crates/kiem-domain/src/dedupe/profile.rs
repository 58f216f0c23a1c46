//! A company record, normalised to what it is compared by.

use super::form::Form;
use super::name::name_and_form;
use crate::address::{Postcode, StreetLine, town_key};
use crate::company::{DomainName, KvkNumber};
use crate::names::fold;
use crate::phone::PhoneNumber;

/// A company record as it stands in a file; what is missing is empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct RawRecord<'a> {
    /// Name of the company.
    pub company: &'a str,
    /// Street and house number.
    pub street: &'a str,
    /// Postcode.
    pub postcode: &'a str,
    /// Town.
    pub city: &'a str,
    /// KvK number.
    pub kvk: &'a str,
    /// Number in the register of another country; counts with `country`, when there is no KvK number.
    pub register: &'a str,
    /// Legal entity identifier (ISO 17442), checked.
    pub lei: &'a str,
    /// VAT number with its country, checked.
    pub vat: &'a str,
    /// Website.
    pub website: &'a str,
    /// Telephone.
    pub phone: &'a str,
    /// People working there.
    pub employees: &'a str,
    /// SBI code.
    pub sbi: &'a str,
    /// First name of the person.
    pub given_name: &'a str,
    /// Family name of the person.
    pub family_name: &'a str,
    /// E-mail address of the person.
    pub email: &'a str,
    /// Country of numbers that name none (ISO 3166 alpha-2).
    pub country: &'a str,
}

/// A value that is compared only for equality: a hash of the normalised text. `None` is unknown.
pub type Key = Option<std::num::NonZeroU64>;

/// What a record is compared by. Everything is normalised; what is missing is unknown and speaks for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Words of the name, see [`super::name_words`].
    pub name: Box<str>,
    /// Legal form, when one was written.
    pub form: Option<Form>,
    /// Number in the company register: a strong identifier.
    pub kvk: Key,
    /// The digits of a KvK number, to see a slip of the finger; zero is unknown.
    pub kvk_digits: u32,
    /// Legal entity identifier: a strong identifier.
    pub lei: Key,
    /// VAT number. Companies of one fiscal unit may share it, and a branch may have its own, so it proves nothing alone.
    pub vat: Key,
    /// Registrable domain of the website, else of an address that is no free mail.
    pub domain: Key,
    /// What stands before the ending of the domain, as a short hash; zero is unknown. A company often has its name under
    /// two endings (.nl, .com).
    pub domain_label: u32,
    /// The name is what the domain says ("Jansen Bouw" at jansenbouw.nl), not less and not more.
    pub names_domain: bool,
    /// Telephone in E.164.
    pub phone: Key,
    /// The telephone stands in a building; mobile numbers belong to people.
    pub has_fixed_phone: bool,
    /// Postcode and house number.
    pub address: Key,
    /// Street and house number and town: for addresses without postcode.
    pub street: Key,
    /// Town.
    pub town: Key,
    /// Family name and initial of the person.
    pub person: Key,
    /// First five digits of the SBI code; zero is unknown.
    pub sbi: u32,
    /// People working there; zero is unknown.
    pub employees: u32,
}

impl Profile {
    /// Normalises a record.
    pub fn of(raw: &RawRecord<'_>) -> Profile {
        let (name, form) = name_and_form(raw.company);
        let kvk_number = KvkNumber::parse(raw.kvk);
        let town = town_key(raw.city);
        let phone = PhoneNumber::parse(raw.phone, Some(raw.country));
        let line = StreetLine::parse(raw.street);
        let postcode = Postcode::parse(raw.postcode);
        let mail_domain = raw.email.rsplit_once('@').and_then(|(_, host)| company_domain(host));
        let domain = company_domain(raw.website).or(mail_domain);
        let family = fold(raw.family_name);
        let person = (!family.is_empty() && !raw.given_name.is_empty()).then(|| {
            let initial = fold(raw.given_name).chars().next().unwrap_or_default();
            key(&[&family, &initial.to_string()])
        });
        let address = match (postcode, line.house_number) {
            (Some(code), Some(n)) => key(&[code.as_str(), &n.to_string()]),
            _ => None,
        };
        let street = match (line.house_number, line.street.is_empty() || town.is_empty()) {
            (Some(n), false) => key(&[&line.street, &n.to_string(), &town]),
            _ => None,
        };
        Profile {
            form,
            kvk: register_key(raw, kvk_number.as_ref()),
            kvk_digits: kvk_number.and_then(|number| number.as_str().parse().ok()).unwrap_or(0),
            lei: (!raw.lei.is_empty()).then(|| key(&["lei", raw.lei])).flatten(),
            vat: (!raw.vat.is_empty()).then(|| key(&["vat", raw.vat])).flatten(),
            names_domain: domain.as_ref().is_some_and(|domain| names_domain(&name, &town, domain)),
            domain_label: domain.as_ref().map_or(0, domain_label),
            domain: domain.and_then(|domain| key(&[domain.as_str()])),
            name: name.into_boxed_str(),
            has_fixed_phone: phone.as_ref().is_some_and(|number| !is_mobile(number.as_str())),
            phone: phone.and_then(|number| key(&[number.as_str()])),
            address,
            street,
            town: key(&[&town]),
            person: person.flatten(),
            sbi: sbi_code(raw.sbi),
            employees: raw.employees.trim().parse().unwrap_or(0),
        }
    }
}

impl Profile {
    /// What the record says besides its name, as a number: to put records in an order that does not depend on where they
    /// stand.
    pub(super) fn content(&self) -> u64 {
        let keys = [self.kvk, self.domain, self.phone, self.address, self.street, self.person];
        keys.iter().fold(u64::from(self.employees), |all, key| {
            all.rotate_left(9) ^ key.map_or(0, std::num::NonZeroU64::get)
        })
    }
}

/// The domain that speaks for a company: registrable, neither free mail nor a builder's or platform's host. An address
/// instead of a website, a protocol without its name, and what stands behind a comma do no harm.
pub(super) fn company_domain(text: &str) -> Option<DomainName> {
    let text = text.trim().trim_start_matches('/');
    let text = text.split([',', ';', ' ']).next().unwrap_or_default();
    let text = if text.contains('/') { text } else { text.rsplit('@').next().unwrap_or_default() };
    if text.is_empty() {
        return None;
    }
    let domain = DomainName::parse(text).ok()?.registrable();
    (!domain.is_free_mail() && !domain.is_platform()).then_some(domain)
}

/// The number by which a register knows the company.
fn register_key(raw: &RawRecord<'_>, kvk_number: Option<&KvkNumber>) -> Key {
    if let Some(number) = kvk_number {
        return key(&[number.as_str()]);
    }
    // The number alone says nothing: two countries may have given the same one.
    let known = !raw.register.is_empty() && !raw.country.is_empty();
    known.then(|| key(&["register", raw.country, raw.register])).flatten()
}

/// A shorter label than this is many companies' initials.
const LABEL_LETTERS_MIN: usize = 5;

fn domain_label(domain: &DomainName) -> u32 {
    let label = domain.as_str().split('.').next().unwrap_or_default();
    let known = key(&["label", label]).filter(|_| label.len() >= LABEL_LETTERS_MIN);
    known.map_or(0, |hash| (hash.get() >> 32) as u32)
}

/// Beginnings of mobile numbers: the Netherlands, Belgium, Germany, France, Britain.
const MOBILE: &[&str] = &["+316", "+324", "+4915", "+4916", "+4917", "+336", "+337", "+447"];

fn is_mobile(number: &str) -> bool {
    MOBILE.iter().any(|front| number.starts_with(front))
}

/// Whether the domain is the whole name, alone or with the town ("bakkerijsmit-delft.nl").
fn names_domain(name: &str, town: &str, domain: &DomainName) -> bool {
    let label = domain.as_str().split('.').next().unwrap_or_default();
    let label: String = label.chars().filter(|c| c.is_alphanumeric()).collect::<String>().replace("ij", "y");
    let joined: String = name.chars().filter(|c| *c != ' ').collect();
    let town = town.replace("ij", "y");
    // Long names are cut short in domains.
    label == joined
        || label.strip_suffix(town.as_str()).is_some_and(|front| front == joined)
        || (label.len() >= LABEL_LETTERS_LONG && joined.starts_with(&label))
}

/// Letters from which on a domain may be the beginning of a long name.
const LABEL_LETTERS_LONG: usize = 20;

fn sbi_code(text: &str) -> u32 {
    let digits = text.trim();
    if digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit()) {
        digits.parse().unwrap_or(0)
    } else {
        0
    }
}

/// A stable hash (FNV-1a, 64 bit) of the parts; `None` when all are empty.
pub fn key(parts: &[&str]) -> Key {
    if parts.iter().all(|part| part.is_empty()) {
        return None;
    }
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    // FNV mixes its low bits best; blocks are made of sorted keys, so all bits have to be good.
    hash ^= hash >> 29;
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    std::num::NonZeroU64::new(hash ^ (hash >> 32))
}
