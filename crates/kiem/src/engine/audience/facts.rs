//! What a row of a file says, in parsed values.

use kiem_adapters::import::Field;
use kiem_adapters::import::values::DateOrder;
use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::names::{PersonName, company_key};
use kiem_store::company::CompanyDetails;

use super::conflicts::RowDecision;

/// Which column holds which field.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// Column number per field; several for one that may repeat.
    pub fields: Vec<(Field, usize)>,
    /// Country of rows that name none, ISO 3166 alpha-2.
    pub default_country: Option<String>,
    /// In which order the column of days writes day and month; none is unknown.
    pub date_order: Option<DateOrder>,
    /// What words of the file mean, as a person said: field, folded word, what is read in its place.
    pub values: Vec<(Field, String, String)>,
}

/// Facts about a company; missing is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompanyFacts {
    /// Name as written; empty when the row names the company by a number only, which then must be known.
    pub name: String,
    /// KvK number.
    pub kvk_number: Option<String>,
    /// Registrable domain; never one where everybody can get an address.
    pub domain: Option<String>,
    /// Website as written.
    pub website: Option<String>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Province or region.
    pub region: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Industry.
    pub industry: Option<String>,
    /// People working there.
    pub employees_n: Option<i64>,
    /// Switchboard, E.164.
    pub phone: Option<String>,
    /// What registers say besides.
    pub details: CompanyDetails,
}

/// Facts about a person; missing is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonFacts {
    /// Name in parts.
    pub name: Option<PersonName>,
    /// Address.
    pub email: Option<EmailAddress>,
    /// How the address came to be known.
    pub email_origin: AddressOrigin,
    /// Telephone, E.164.
    pub phone: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Page on LinkedIn.
    pub linkedin_url: Option<String>,
    /// Language to write in: `nl`, `en`, `de` or `fr`.
    pub language: Option<String>,
}

impl PersonFacts {
    /// Whether the row says anything that makes a person: a name or an address.
    pub fn is_somebody(&self) -> bool {
        self.name.is_some() || self.email.is_some()
    }
}

/// What one row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFacts {
    /// About the company.
    pub company: CompanyFacts,
    /// About the person.
    pub person: PersonFacts,
    /// Whether the row says that the person must not be mailed.
    pub do_not_mail: bool,
    /// Further addresses of who must not be mailed.
    pub do_not_mail_either: Vec<EmailAddress>,
    /// Whether the row says that the person must not be called.
    pub do_not_call: bool,
    /// What a person decided about the row.
    pub decision: Option<RowDecision>,
    /// The name of the company as it is compared.
    pub(super) company_key: String,
}

impl RowFacts {
    /// A row about a company and perhaps a person.
    pub fn new(company: CompanyFacts, person: PersonFacts) -> RowFacts {
        RowFacts {
            company_key: company_key(&company.name),
            company,
            person,
            do_not_mail: false,
            do_not_mail_either: Vec::new(),
            do_not_call: false,
            decision: None,
        }
    }
}

/// Something in a row that a person should know of, though it was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowWarning {
    /// What: a catalogue key below `import.row_warning`.
    pub code: &'static str,
    /// In which column.
    pub column: usize,
}

/// What became of reading a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowReading {
    /// What it says; none when the row cannot be used at all.
    pub facts: Option<RowFacts>,
    /// What could not be used.
    pub problems: Vec<RowProblem>,
    /// What was put right, or left out because it could mean two things.
    pub warnings: Vec<RowWarning>,
    /// The address of who objects to being mailed, in a row that brings nobody in.
    pub objection: Option<EmailAddress>,
    /// The number of who objects to being called, in a row that brings nobody in.
    pub no_calls: Option<String>,
}

/// Something in a row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// What: a catalogue key below `import.error`.
    pub code: &'static str,
    /// In which column, when one is to blame.
    pub column: Option<usize>,
    /// What stood there.
    pub value: String,
}

/// The domain that stands for the company; none when everybody can get an address or a page there.
pub fn company_domain(domain: Option<&DomainName>) -> Option<String> {
    let domain = domain?.registrable();
    (!domain.is_free_mail() && !domain.is_platform()).then(|| domain.as_str().to_owned())
}
