//! What a row of a file says, in parsed values; what cannot be read is reported and left out, never guessed.

use kiem_adapters::import::values::{self, DateOrder, Restored};
use kiem_adapters::import::{Field, Record};
use kiem_domain::audience::ActivityVersion;
use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::country::country_code;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::names::{PersonName, company_key, fold};
use kiem_domain::phone::PhoneNumber;
use kiem_store::company::CompanyDetails;

use super::conflicts::RowDecision;
use super::numbers::{lei, register_number, vat_id};

/// Most characters of a name, title, town or industry that are kept.
const TEXT_CHARS_MAX: usize = 200;

/// Which column holds which field.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// Column number per field, at most one each.
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

/// Reads a row. Without facts the row cannot be used at all; the problems say why.
pub fn read_row(columns: &Columns, record: &Record) -> RowReading {
    let mut reader = RowReader { columns, record, problems: Vec::new(), warnings: Vec::new() };
    if let Some(column) = record.cut_column {
        reader.problem("cell_too_long", Some(column), "");
    }
    if let Some(flaw) = record.flaw {
        // The cells may have moved; a town in the column of the e-mail address helps nobody.
        reader.problem(flaw.as_str(), None, "");
        return RowReading { problems: reader.problems, ..RowReading::default() };
    }
    let facts = reader.facts();
    RowReading { facts, problems: reader.problems, warnings: reader.warnings }
}

struct RowReader<'a> {
    columns: &'a Columns,
    record: &'a Record,
    problems: Vec<RowProblem>,
    warnings: Vec<RowWarning>,
}

impl RowReader<'_> {
    fn cell(&self, field: Field) -> Option<(usize, &str)> {
        let (_, column) = self.columns.fields.iter().find(|(f, _)| *f == field)?;
        let cell = self.record.cells.get(*column)?.as_str();
        let cell = match self.columns.values.is_empty() {
            true => cell,
            false => self.meant(field, cell),
        };
        (!is_blank(cell)).then_some((*column, cell))
    }

    fn meant<'a>(&'a self, field: Field, cell: &'a str) -> &'a str {
        let folded = fold(cell);
        let said = self.columns.values.iter().find(|(f, from, _)| *f == field && *from == folded);
        said.map_or(cell, |(_, _, to)| to)
    }

    fn text(&self, field: Field) -> Option<String> {
        self.cell(field).map(|(_, cell)| cell.chars().take(TEXT_CHARS_MAX).collect())
    }

    fn problem(&mut self, code: &'static str, column: Option<usize>, value: &str) {
        self.problems.push(RowProblem { code, column, value: value.chars().take(TEXT_CHARS_MAX).collect() });
    }

    /// Parses a cell; what cannot be parsed is reported under `code`.
    fn parsed<T>(
        &mut self,
        field: Field,
        code: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let (column, cell) = self.cell(field)?;
        let (value, cell) = (parse(cell), cell.to_owned());
        if value.is_none() {
            self.problem(code, Some(column), &cell);
        }
        value
    }

    /// Parses a cell that may have lost a zero; that one was put back is said.
    fn restored<T>(
        &mut self,
        field: Field,
        code: &'static str,
        parse: impl Fn(&str) -> Option<Restored<T>>,
    ) -> Option<T> {
        let found = self.parsed(field, code, parse)?;
        if let (true, Some((column, _))) = (found.is_restored, self.cell(field)) {
            self.warnings.push(RowWarning { code: "zero_restored", column });
        }
        Some(found.value)
    }

    /// A telephone number, an address or a website by the column beside it, as the Belgian register has them.
    fn contact_value(&self, wanted: Field) -> Option<String> {
        let (_, kind) = self.cell(Field::ContactKind)?;
        let (_, value) = self.cell(Field::ContactValue)?;
        let is_wanted = match fold(kind).as_str() {
            "tel" | "telefoon" | "phone" | "telephone" => wanted == Field::CompanyPhone,
            "email" | "e-mail" | "mail" => wanted == Field::Email,
            "web" | "website" | "url" => wanted == Field::Website,
            _ => false,
        };
        is_wanted.then(|| value.to_owned())
    }

    fn facts(&mut self) -> Option<RowFacts> {
        let country = self
            .parsed(Field::Country, "country", |c| country_code(c).map(str::to_owned))
            .or_else(|| self.columns.default_country.clone().filter(|_| self.cell(Field::Country).is_none()));
        let person = self.person(country.as_deref());
        let company = self.company(country, person.email.as_ref());
        let do_not_mail = self.cell(Field::DoNotMail).is_some_and(|(_, cell)| is_yes(cell));
        if self.record.cells.iter().all(|c| is_blank(c)) {
            self.problem("empty", None, "");
            return None;
        }
        let Some(company) = company else {
            self.problem("no_company", None, "");
            return None;
        };
        Some(RowFacts { do_not_mail, ..RowFacts::new(company, person) })
    }

    fn person(&mut self, country: Option<&str>) -> PersonFacts {
        let part = |field| self.cell(field).map_or("", |(_, cell)| cell);
        let (given, infix, family) = (part(Field::GivenName), part(Field::Infix), part(Field::FamilyName));
        let name = if given.is_empty() && family.is_empty() {
            self.cell(Field::FullName).and_then(|(_, cell)| PersonName::parse(cell))
        } else {
            PersonName::from_parts(given, infix, family)
        };
        let email = self
            .parsed(Field::Email, "email", |c| EmailAddress::parse(c).ok())
            .or_else(|| self.contact_value(Field::Email).and_then(|c| EmailAddress::parse(&c).ok()));
        let phone = self.restored(Field::Phone, "phone", |c| values::phone(c, country));
        let language = self.parsed(Field::Language, "language", language_code);
        PersonFacts {
            name: name.map(shortened),
            email,
            phone: phone.map(|p| p.as_str().to_owned()),
            email_origin: self.email_origin(),
            title: self.text(Field::Title),
            linkedin_url: self.text(Field::PersonLinkedinUrl),
            language: language.map(str::to_owned),
        }
    }

    /// Whether the list says that the address is made up. A word that nobody knows is no guess: lists call a tested
    /// address by many names.
    fn email_origin(&self) -> AddressOrigin {
        let says_guess = self.cell(Field::EmailOrigin).is_some_and(|(_, cell)| {
            let cell = fold(cell);
            GUESS_WORDS.iter().any(|word| cell.contains(word))
        });
        if says_guess { AddressOrigin::Guessed } else { AddressOrigin::Stated }
    }

    fn company(&mut self, country: Option<String>, email: Option<&EmailAddress>) -> Option<CompanyFacts> {
        let site = self.parsed(Field::Website, "website", |c| DomainName::parse(c).ok());
        let page = self.contact_value(Field::Website);
        let site = site.or_else(|| page.as_deref().and_then(|p| DomainName::parse(p).ok()));
        let domain = company_domain(site.as_ref())
            .or_else(|| company_domain(email.map(EmailAddress::domain).as_ref()));
        let kvk_number = self.restored(Field::KvkNumber, "kvk_number", values::kvk_number);
        let switchboard = self.contact_value(Field::CompanyPhone);
        let phone = self
            .restored(Field::CompanyPhone, "phone", |c| values::phone(c, country.as_deref()))
            .or_else(|| switchboard.and_then(|c| PhoneNumber::parse(&c, country.as_deref())));
        let employees_n = self.parsed(Field::Employees, "employees", employees);
        let details = self.details(country.as_deref());
        // A list of nothing but addresses: the domain is the best name there is. A row of a register may name its company
        // by its number alone; whether anybody knows it shows later.
        let has_number = details.register_number.is_some() || kvk_number.is_some();
        let name =
            self.text(Field::CompanyName).or_else(|| domain.clone()).or(has_number.then(String::new))?;
        Some(CompanyFacts {
            name,
            kvk_number: kvk_number.map(|k| k.as_str().to_owned()),
            domain,
            website: site.and_then(|_| self.text(Field::Website).or(page)),
            country,
            region: self.text(Field::Region),
            city: self.text(Field::City),
            industry: self.text(Field::Industry),
            employees_n,
            phone: phone.map(|p| p.as_str().to_owned()),
            details,
        })
    }

    fn details(&mut self, country: Option<&str>) -> CompanyDetails {
        let revenue = self.parsed(Field::Revenue, "revenue", values::amount);
        let order = self.columns.date_order.unwrap_or(DateOrder::Unknown);
        let founded = self.parsed(Field::FoundedOn, "date", |c| values::date(c, order));
        if let (true, Some((column, _))) =
            (founded.as_ref().is_some_and(|f| f.is_ambiguous), self.cell(Field::FoundedOn))
        {
            self.warnings.push(RowWarning { code: "date_ambiguous", column });
        }
        CompanyDetails {
            street: self.text(Field::Street),
            house_number: self.text(Field::HouseNumber),
            postcode: self.restored(Field::Postcode, "postcode", |c| values::postcode(c, country)),
            register_number: self
                .restored(Field::RegisterNumber, "register_number", |c| register_number(c, country)),
            vat_id: self.parsed(Field::VatId, "vat_id", |c| vat_id(c, country)),
            lei: self.parsed(Field::Lei, "lei", lei),
            legal_form: self.text(Field::LegalForm),
            is_non_mailing: self.cell(Field::NonMailing).is_some_and(|(_, cell)| is_yes(cell)),
            linkedin_url: self.text(Field::LinkedinUrl),
            sbi_code: self.text(Field::SbiCode),
            sbi_version: self
                .cell(Field::SbiVersion)
                .map_or(ActivityVersion::Unknown, |(_, cell)| ActivityVersion::parse(cell)),
            founded_on: founded.map(|f| f.text),
            revenue_cents: revenue.as_ref().map(|r| r.cents),
            revenue_currency: revenue.and_then(|r| r.currency).map(str::to_owned),
            ..CompanyDetails::default()
        }
    }
}

/// Parts of words by which lists call an address that was made from a name: Apollo's "extrapolated" among them.
const GUESS_WORDS: &[&str] = &[
    "guess",
    "extrapolat",
    "pattern",
    "inferred",
    "predicted",
    "geraden",
    "gegokt",
    "gok",
    "vermut",
    "devin",
];

/// Site builders and social networks: pages of many companies stand there.
const SHARED_SITES: &[&str] = &[
    "facebook.com",
    "linkedin.com",
    "instagram.com",
    "linktr.ee",
    "jimdosite.com",
    "jouwweb.nl",
    "google.com",
    "wordpress.com",
    "business.site",
    "twitter.com",
    "x.com",
    "youtube.com",
];

/// The domain that stands for the company; none when everybody can get an address or a page there.
pub fn company_domain(domain: Option<&DomainName>) -> Option<String> {
    let domain = domain?.registrable();
    (!domain.is_free_mail() && !SHARED_SITES.contains(&domain.as_str())).then(|| domain.as_str().to_owned())
}

fn shortened(name: PersonName) -> PersonName {
    let short = |part: Option<String>| part.map(|t| t.chars().take(TEXT_CHARS_MAX).collect());
    PersonName { given: short(name.given), infix: short(name.infix), family: short(name.family) }
}

/// Cells that people fill with "nothing".
fn is_blank(cell: &str) -> bool {
    cell.is_empty()
        || matches!(
            cell.to_ascii_lowercase().as_str(),
            "-" | "--" | "n/a" | "n.v.t." | "nvt" | "null" | "#n/a" | "#n/b"
        )
}

/// Whether a "do not mail" cell is set. Anything but a clear no counts: it may be a date or a reason.
fn is_yes(cell: &str) -> bool {
    !matches!(
        fold(cell).as_str(),
        "nee"
            | "n"
            | "no"
            | "false"
            | "0"
            | "onwaar"
            | "nein"
            | "non"
            | "falsch"
            | "faux"
            // Words of marketing programs that are no objection; they are no consent either.
            | "subscribed"
            | "no consent"
            | "no_consent"
            | "active"
            | "marketing contact"
    )
}

fn language_code(cell: &str) -> Option<&'static str> {
    let folded = fold(cell);
    let code = folded.split(['-', '_']).next().unwrap_or_default();
    match code {
        "nl" | "nederlands" | "dutch" | "vlaams" | "niederlandisch" => Some("nl"),
        "en" | "engels" | "english" | "englisch" | "anglais" => Some("en"),
        "de" | "duits" | "german" | "deutsch" | "allemand" => Some("de"),
        "fr" | "frans" | "french" | "francais" | "franzosisch" => Some("fr"),
        _ => None,
    }
}

/// People working there: "25", "1.200", "11-50" (the middle), "500+".
pub fn employees(cell: &str) -> Option<i64> {
    let mut numbers: Vec<i64> = Vec::new();
    let mut digits = String::new();
    let chars: Vec<char> = cell.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        // A dot or comma before exactly three digits separates thousands.
        let thousands = matches!(c, '.' | ',')
            && !digits.is_empty()
            && chars.get(i + 1..i + 4).is_some_and(|next| next.iter().all(char::is_ascii_digit))
            && !chars.get(i + 4).is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() {
            digits.push(*c);
        } else if !thousands && !digits.is_empty() {
            numbers.push(digits.parse().ok()?);
            digits.clear();
            if matches!(c, '.' | ',') {
                // The rest is a fraction ("12,5 fte").
                break;
            }
        }
    }
    if !digits.is_empty() {
        numbers.push(digits.parse().ok()?);
    }
    let n = match numbers.as_slice() {
        [n] => *n,
        [low, high] if low <= high => low + (high - low) / 2,
        _ => return None,
    };
    (0..10_000_000).contains(&n).then_some(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[(Field, &str)]) -> (Option<RowFacts>, Vec<&'static str>) {
        let columns = Columns {
            fields: cells.iter().enumerate().map(|(i, (field, _))| (*field, i)).collect(),
            default_country: Some("NL".to_owned()),
            ..Columns::default()
        };
        let record = Record {
            row_number: 2,
            cells: cells.iter().map(|(_, cell)| (*cell).to_owned()).collect(),
            ..Record::default()
        };
        let reading = read_row(&columns, &record);
        (reading.facts, reading.problems.into_iter().map(|p| p.code).collect())
    }

    #[test]
    fn a_dutch_row_is_read() {
        let (facts, problems) = read(&[
            (Field::CompanyName, "Bakkerij Jansen B.V."),
            (Field::KvkNumber, "1234567"),
            (Field::Website, "https://www.jansen.example/over"),
            (Field::Employees, "11-50"),
            (Field::FullName, "Vries, Jan de"),
            (Field::Email, "Jan@Jansen.example"),
            (Field::Phone, "020-1234567"),
            (Field::Language, "Nederlands"),
            (Field::DoNotMail, "nee"),
        ]);
        let facts = facts.unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(facts.company.kvk_number.as_deref(), Some("01234567"));
        assert_eq!(facts.company.domain.as_deref(), Some("jansen.example"));
        assert_eq!((facts.company.employees_n, facts.company.country.as_deref()), (Some(30), Some("NL")));
        assert_eq!(facts.person.name.unwrap().full(), "Jan de Vries");
        assert_eq!(facts.person.phone.as_deref(), Some("+31201234567"));
        assert_eq!((facts.person.language.as_deref(), facts.do_not_mail), (Some("nl"), false));
    }

    #[test]
    fn what_cannot_be_read_is_reported_and_the_rest_is_kept() {
        let (facts, problems) = read(&[
            (Field::CompanyName, "Jansen"),
            (Field::Email, "jan@"),
            (Field::Country, "Atlantis"),
            (Field::KvkNumber, "12"),
            (Field::Employees, "veel"),
        ]);
        assert_eq!(facts.unwrap().company.country, None, "an unknown country is not taken for the default");
        assert_eq!(problems, ["country", "email", "kvk_number", "employees"]);
    }

    #[test]
    fn a_row_without_company_is_refused_unless_the_address_names_one() {
        assert_eq!(read(&[(Field::Email, "eva@klant.example")]).0.unwrap().company.name, "klant.example");
        assert_eq!(read(&[(Field::Email, "eva@gmail.com")]), (None, vec!["no_company"]));
        assert_eq!(read(&[(Field::Email, "-"), (Field::FullName, "")]), (None, vec!["empty"]));
    }

    #[test]
    fn anything_but_a_clear_no_means_do_not_mail() {
        for (cell, expected) in [
            ("unsubscribed", true),
            ("Subscribed", false),
            ("ja", true),
            ("x", true),
            ("2024-03-01", true),
            ("nee", false),
            ("0", false),
            ("", false),
        ] {
            let facts = read(&[(Field::CompanyName, "A"), (Field::DoNotMail, cell)]).0.unwrap();
            assert_eq!(facts.do_not_mail, expected, "{cell}");
        }
    }

    #[test]
    fn head_counts_as_people_write_them() {
        for (cell, expected) in [
            ("25", Some(25)),
            ("1.200", Some(1200)),
            ("11-50", Some(30)),
            ("1,001-5,000", Some(3000)),
            ("500+", Some(500)),
            ("12,5 fte", Some(12)),
            ("10 t/m 19", Some(14)),
            ("veel", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(employees(cell), expected, "{cell}");
        }
    }
}
