//! The facts that a website gives, and what each consists of.

use crate::company::KvkNumber;
use crate::contact::EmailAddress;
use crate::phone::PhoneNumber;
use crate::vat::{VatHolder, VatId};

crate::text_enum! {
    /// What a fact is about.
    pub enum FactKind {
        /// What the company says that it does.
        Description = "description",
        /// Its name by law.
        LegalName = "legal_name",
        /// Number in the Dutch register.
        Kvk = "kvk",
        /// VAT number with right check digits.
        VatId = "vat_id",
        /// A place where it is.
        Address = "address",
        /// Telephone number.
        Phone = "phone",
        /// E-mail address.
        Email = "email",
        /// A person and what they do there.
        Person = "person",
        /// A program or service that the site runs on.
        Technology = "technology",
        /// Headline of a news item.
        News = "news",
        /// Title of a vacancy.
        Vacancy = "vacancy",
        /// Language of the site.
        Language = "language",
        /// The company asks not to be approached.
        NoApproach = "no_approach",
    }
}

crate::text_enum! {
    /// What an address is for, by its local part and the words around it.
    pub enum EmailPurpose {
        /// Offers and sales talk: `sales@`, `inkoop@`.
        Commercial = "commercial",
        /// General: `info@`, `contact@`.
        General = "general",
        /// Bills and the administration.
        Administration = "administration",
        /// Help for customers.
        Support = "support",
        /// Applicants.
        Recruitment = "recruitment",
        /// The press.
        Press = "press",
        /// Questions about data.
        Privacy = "privacy",
        /// Nothing says what it is for.
        Unknown = "unknown",
    }
}

impl EmailPurpose {
    /// Whether an address with this purpose can be the one that its holder published for offers. That it is one says a
    /// person, or the words around it.
    pub const fn is_for_offers(self) -> bool {
        matches!(self, EmailPurpose::Commercial | EmailPurpose::General)
    }
}

crate::text_enum! {
    /// Who reads an address.
    pub enum EmailAudience {
        /// A function: whoever has the task.
        Role = "role",
        /// Somebody by name: personal data.
        Person = "person",
    }
}

/// An address as it stands on a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteAddress {
    /// Street and number, as written.
    pub street: String,
    /// Postcode, as written.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// ISO 3166 alpha-2 code when it is known.
    pub country: Option<&'static str>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// See [`FactKind::Description`].
    Description(String),
    /// See [`FactKind::LegalName`].
    LegalName(String),
    /// See [`FactKind::Kvk`].
    Kvk(KvkNumber),
    /// A VAT number that may be kept.
    Vat(VatId),
    /// A Dutch VAT number of the old kind: that it is there says "sole trader"; its digits are not kept.
    VatOfAPerson,
    /// See [`FactKind::Address`].
    Address(SiteAddress),
    /// See [`FactKind::Phone`].
    Phone(PhoneNumber),
    /// See [`FactKind::Email`].
    Email {
        /// The address.
        address: EmailAddress,
        /// What it is for.
        purpose: EmailPurpose,
        /// Who reads it.
        audience: EmailAudience,
        /// The words around it ask not to be approached.
        refuses_approach: bool,
    },
    /// See [`FactKind::Person`].
    Person {
        /// Name as it stands there.
        name: String,
        /// Job title as it stands there.
        title: String,
    },
    /// Name and category of a technology.
    Technology(&'static str, &'static str),
    /// See [`FactKind::News`].
    News(String),
    /// See [`FactKind::Vacancy`].
    Vacancy(String),
    /// ISO 639-1 code.
    Language(&'static str),
    /// The sentence stands in the snippet.
    NoApproach,
}

impl Finding {
    /// Whether it says who somebody is: a name, or an address that belongs to somebody by name.
    pub fn is_personal(&self) -> bool {
        match self {
            Finding::Person { .. } => true,
            Finding::Email { audience, .. } => *audience == EmailAudience::Person,
            _ => false,
        }
    }

    /// What it is about.
    pub fn kind(&self) -> FactKind {
        match self {
            Finding::Description(_) => FactKind::Description,
            Finding::LegalName(_) => FactKind::LegalName,
            Finding::Kvk(_) => FactKind::Kvk,
            Finding::Vat(_) | Finding::VatOfAPerson => FactKind::VatId,
            Finding::Address(_) => FactKind::Address,
            Finding::Phone(_) => FactKind::Phone,
            Finding::Email { .. } => FactKind::Email,
            Finding::Person { .. } => FactKind::Person,
            Finding::Technology(..) => FactKind::Technology,
            Finding::News(_) => FactKind::News,
            Finding::Vacancy(_) => FactKind::Vacancy,
            Finding::Language(_) => FactKind::Language,
            Finding::NoApproach => FactKind::NoApproach,
        }
    }

    /// The value in one text; two findings of one kind with the same value are one fact.
    pub fn value(&self) -> String {
        match self {
            Finding::Description(text)
            | Finding::LegalName(text)
            | Finding::News(text)
            | Finding::Vacancy(text) => text.clone(),
            Finding::Kvk(number) => number.as_str().to_owned(),
            Finding::Vat(id) => id.as_str().to_owned(),
            Finding::VatOfAPerson => "NL•••••••••B••".to_owned(),
            Finding::Address(a) => format!("{}, {} {}", a.street, a.postcode, a.town),
            Finding::Phone(number) => number.as_str().to_owned(),
            Finding::Email { address, .. } => address.as_str().to_owned(),
            Finding::Person { name, .. } => name.clone(),
            Finding::Technology(name, _) => (*name).to_owned(),
            Finding::Language(code) => (*code).to_owned(),
            Finding::NoApproach => "yes".to_owned(),
        }
    }

    /// What else is known about it, as name and value.
    pub fn details(&self) -> Vec<(&'static str, String)> {
        match self {
            Finding::Vat(id) if id.holder() != VatHolder::Unknown => {
                vec![("holder", id.holder().to_string())]
            }
            Finding::VatOfAPerson => vec![("holder", VatHolder::NaturalPersonLikely.to_string())],
            Finding::Address(a) => {
                let mut details = vec![
                    ("street", a.street.clone()),
                    ("postcode", a.postcode.clone()),
                    ("town", a.town.clone()),
                ];
                details.extend(a.country.map(|c| ("country", c.to_owned())));
                details
            }
            Finding::Email { purpose, audience, refuses_approach, .. } => vec![
                ("purpose", purpose.to_string()),
                ("audience", audience.to_string()),
                ("refuses_approach", if *refuses_approach { "yes" } else { "no" }.to_owned()),
            ],
            Finding::Person { title, .. } => vec![("title", title.clone())],
            Finding::Technology(_, category) => vec![("category", (*category).to_owned())],
            _ => Vec::new(),
        }
    }
}

/// A finding with where it stands and the words around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What was found.
    pub finding: Finding,
    /// The page.
    pub url: String,
    /// The sentence or line that it was read from; never more than 300 characters.
    pub snippet: String,
}
