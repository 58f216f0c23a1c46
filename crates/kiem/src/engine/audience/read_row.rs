//! Reads a row of a file: what cannot be read is reported and left out, never guessed.

use kiem_adapters::import::cell::{self, employees, is_blank, is_objection, is_yes, language_code, unmarked};
use kiem_adapters::import::values::{self, Amount, DateOrder, Restored};
use kiem_adapters::import::{Field, Record};
use kiem_domain::audience::ActivityVersion;
use kiem_domain::company::{DomainName, KvkNumber};
use kiem_domain::contact::EmailAddress;
use kiem_domain::country::country_code;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::names::{PersonName, fold};
use kiem_domain::phone::PhoneNumber;
use kiem_domain::vat::mask_citizens;
use kiem_store::company::CompanyDetails;

use super::facts::{
    Columns, CompanyFacts, PersonFacts, RowFacts, RowProblem, RowReading, RowWarning, company_domain,
};
use super::numbers::{lei, register_number, vat_id};

/// Most characters of a name, title, town or industry that are kept.
const TEXT_CHARS_MAX: usize = 200;

/// Reads a row. Without facts the row cannot be used at all; the problems say why.
pub fn read_row(columns: &Columns, record: &Record) -> RowReading {
    let mut reader = RowReader {
        columns,
        record,
        problems: Vec::new(),
        warnings: Vec::new(),
        objection: None,
        no_calls: None,
    };
    if let Some(column) = record.cut_column {
        reader.problem("cell_too_long", Some(column), "");
    }
    if let Some(flaw) = record.flaw {
        // The cells may have moved; a town in the column of the e-mail address helps nobody.
        reader.problem(flaw.as_str(), None, "");
        return RowReading { problems: reader.problems, ..RowReading::default() };
    }
    let facts = reader.facts();
    let RowReader { problems, warnings, objection, no_calls, .. } = reader;
    RowReading { facts, problems, warnings, objection, no_calls }
}

struct RowReader<'a> {
    columns: &'a Columns,
    record: &'a Record,
    problems: Vec<RowProblem>,
    warnings: Vec<RowWarning>,
    objection: Option<EmailAddress>,
    no_calls: Option<String>,
}

impl RowReader<'_> {
    fn cell(&self, field: Field) -> Option<(usize, &str)> {
        self.cells(field).next()
    }

    /// What stands in the columns of a field, without blanks.
    fn cells(&self, field: Field) -> impl Iterator<Item = (usize, &str)> {
        let columns = self.columns.fields.iter().filter(move |(f, _)| *f == field);
        columns.filter_map(move |(_, column)| self.said(field, *column))
    }

    fn said(&self, field: Field, column: usize) -> Option<(usize, &str)> {
        let cell = self.record.cells.get(column)?.as_str();
        let cell = match self.columns.values.is_empty() {
            true => cell,
            false => self.meant(field, cell),
        };
        let cell = unmarked(cell);
        (!is_blank(cell)).then_some((column, cell))
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
        let value = value.chars().take(TEXT_CHARS_MAX).collect::<String>();
        // What must not be kept must not stand among the mistakes either.
        self.problems.push(RowProblem { code, column, value: mask_citizens(&value) });
    }

    /// Parses the cells of a field until one can be read, with its column; what cannot be is reported under `code`.
    fn parsed_in<T>(
        &mut self,
        field: Field,
        code: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<(usize, T)> {
        let (mut found, mut failed) = (None, Vec::new());
        for (column, cell) in self.cells(field) {
            match parse(cell) {
                Some(value) => {
                    found = Some((column, value));
                    break;
                }
                None => failed.push((column, cell.to_owned())),
            }
        }
        for (column, cell) in failed {
            self.problem(code, Some(column), &cell);
        }
        found
    }

    fn parsed<T>(
        &mut self,
        field: Field,
        code: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.parsed_in(field, code, parse).map(|(_, value)| value)
    }

    /// Parses a cell that may have lost a zero; that one was put back is said.
    fn restored<T>(
        &mut self,
        field: Field,
        code: &'static str,
        parse: impl Fn(&str) -> Option<Restored<T>>,
    ) -> Option<T> {
        let (column, found) = self.parsed_in(field, code, parse)?;
        if found.is_restored {
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
        let do_not_mail = self.cells(Field::DoNotMail).any(|(_, cell)| is_yes(cell))
            || self.cells(Field::MayMail).any(|(_, cell)| is_objection(cell))
            || self.cells(Field::EmailOrigin).any(|(_, cell)| says(cell, DEAD_WORDS));
        let no_calls_in =
            self.cells(Field::DoNotCall).find(|(_, cell)| is_yes(cell)).map(|(column, _)| column);
        if self.record.cells.iter().all(|c| is_blank(c)) {
            self.problem("empty", None, "");
            return None;
        }
        let Some(mut company) = company else {
            // Who objects is heard, also when nothing else of the row can be used.
            self.objection = person.email.filter(|_| do_not_mail);
            self.no_calls = person.phone.filter(|_| no_calls_in.is_some());
            let is_heard = self.objection.is_some() || self.no_calls.is_some();
            self.problem(if is_heard { "only_suppressed" } else { "no_company" }, None, "");
            return None;
        };
        if is_total(&company, &person) {
            self.problem("total_row", None, &company.name);
            return None;
        }
        let mut person = person;
        if !person.is_somebody() {
            // A telephone in a row without a person is the company's.
            let phone = person.phone.take();
            company.phone = company.phone.or(phone);
            company.details.is_non_mailing |= do_not_mail;
            if let (true, None, Some(column)) = (do_not_mail, &company.domain, self.objects_in()) {
                self.warnings.push(RowWarning { code: "objection_without_address", column });
            }
        }
        if let (Some(column), None, None) = (no_calls_in, &person.phone, &company.phone) {
            self.warnings.push(RowWarning { code: "no_calls_without_phone", column });
        }
        let do_not_call = no_calls_in.is_some();
        let do_not_mail_either = if do_not_mail { self.further_addresses() } else { Vec::new() };
        Some(RowFacts { do_not_mail, do_not_mail_either, do_not_call, ..RowFacts::new(company, person) })
    }

    /// The addresses behind the first one of a cell that holds several.
    fn further_addresses(&self) -> Vec<EmailAddress> {
        let Some((_, cell)) = self.cell(Field::Email) else { return Vec::new() };
        let between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '/' | '<' | '>');
        cell.split(between).filter_map(|part| EmailAddress::parse(part).ok()).skip(1).collect()
    }

    /// The column in which a row objects.
    fn objects_in(&self) -> Option<usize> {
        let said = self.cells(Field::DoNotMail).find(|(_, cell)| is_yes(cell));
        said.or_else(|| self.cells(Field::MayMail).next()).map(|(column, _)| column)
    }

    fn person(&mut self, country: Option<&str>) -> PersonFacts {
        let part = |field| self.cell(field).map_or("", |(_, cell)| cell);
        let (given, infix, family) = (part(Field::GivenName), part(Field::Infix), part(Field::FamilyName));
        let name = if given.is_empty() && family.is_empty() {
            self.cell(Field::FullName).and_then(|(_, cell)| PersonName::parse(cell))
        } else {
            PersonName::from_parts(given, infix, family)
        };
        let email = self.parsed(Field::Email, "email", cell::email);
        if let (Some((_, true)), Some((column, _))) = (&email, self.cell(Field::Email)) {
            self.warnings.push(RowWarning { code: "more_addresses", column });
        }
        let email = email
            .map(|(email, _)| email)
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
        if self.cell(Field::EmailOrigin).is_some_and(|(_, cell)| says(cell, GUESS_WORDS)) {
            AddressOrigin::Guessed
        } else {
            AddressOrigin::Stated
        }
    }

    fn company(&mut self, country: Option<String>, email: Option<&EmailAddress>) -> Option<CompanyFacts> {
        let site = self.parsed(Field::Website, "website", |c| DomainName::parse(c).ok());
        let page = self.contact_value(Field::Website);
        let site = site.or_else(|| page.as_deref().and_then(|p| DomainName::parse(p).ok()));
        let domain = company_domain(site.as_ref())
            .or_else(|| company_domain(email.map(EmailAddress::domain).as_ref()));
        // Of a company abroad it is the number in the register of its own country, however the list calls it.
        let is_abroad = country.as_deref().is_some_and(|country| country != "NL");
        let kvk_number = match is_abroad {
            true => None,
            false => self.restored(Field::KvkNumber, "kvk_number", values::kvk_number),
        };
        let switchboard = self.contact_value(Field::CompanyPhone);
        let phone = self
            .restored(Field::CompanyPhone, "phone", |c| values::phone(c, country.as_deref()))
            .or_else(|| switchboard.and_then(|c| PhoneNumber::parse(&c, country.as_deref())));
        let employees_n = self.parsed(Field::Employees, "employees", employees);
        let mut details = self.details(country.as_deref());
        if is_abroad && details.register_number.is_none() {
            details.register_number = self
                .restored(Field::KvkNumber, "register_number", |c| register_number(c, country.as_deref()));
        }
        // The register of the Netherlands is the KvK, however a list calls its number.
        let in_register = details.register_number.as_deref().filter(|_| country.as_deref() == Some("NL"));
        let kvk_number =
            kvk_number.or_else(|| in_register.filter(|n| n.len() == 8).and_then(KvkNumber::parse));
        if kvk_number.is_some() && country.as_deref() == Some("NL") {
            details.register_number = None;
        }
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

    /// The revenue, in cents, whatever the column counts in.
    fn revenue(&mut self) -> Option<Amount> {
        let columns =
            [(Field::Revenue, 1), (Field::RevenueThousands, 1_000), (Field::RevenueMillions, 1_000_000)];
        columns.into_iter().find_map(|(field, times)| {
            self.parsed(field, "revenue", |cell| {
                let amount = values::amount(cell)?;
                Some(Amount { cents: amount.cents.checked_mul(times)?, ..amount })
            })
        })
    }

    /// The code of the activity and its edition: by the column's own name, or by the column beside it.
    fn activity(&mut self) -> (Option<String>, ActivityVersion) {
        use ActivityVersion::{Unknown, V2008, V2025};
        let columns = [(Field::Sbi2025, V2025), (Field::Sbi2008, V2008), (Field::SbiCode, Unknown)];
        let found = columns.into_iter().find_map(|(field, edition)| {
            let (column, cell) = self.cell(field)?;
            Some((column, code_of(cell), edition))
        });
        let Some((column, code, edition)) = found else { return (None, Unknown) };
        let beside =
            || self.cell(Field::SbiVersion).map_or(Unknown, |(_, cell)| ActivityVersion::parse(cell));
        let edition = if edition == Unknown { beside() } else { edition };
        // A code of SBI 2025 has five digits: a spreadsheet took the zero of the other ones.
        let is_short = edition == V2025 && code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit());
        if is_short {
            self.warnings.push(RowWarning { code: "zero_restored", column });
        }
        (Some(if is_short { format!("0{code}") } else { code }), edition)
    }

    fn details(&mut self, country: Option<&str>) -> CompanyDetails {
        let revenue = self.revenue();
        let (sbi_code, sbi_version) = self.activity();
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
            is_non_mailing: self.cells(Field::NonMailing).any(|(_, cell)| is_yes(cell)),
            linkedin_url: self.text(Field::LinkedinUrl),
            sbi_code,
            sbi_version,
            founded_on: founded.map(|f| f.text),
            revenue_cents: revenue.as_ref().map(|r| r.cents),
            revenue_currency: revenue.and_then(|r| r.currency).map(str::to_owned),
            ..CompanyDetails::default()
        }
    }
}

/// A code without the words that a list writes behind it: "62010 - Ontwikkelen van software".
fn code_of(cell: &str) -> String {
    let end = cell.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(cell.len());
    let (code, words) = cell.split_at(end);
    let is_code = code.bytes().filter(u8::is_ascii_digit).count() >= 2 && words.starts_with([' ', '-', ':']);
    let code = if is_code { code } else { cell };
    code.chars().take(TEXT_CHARS_MAX).collect()
}

/// Whether a row is the sum below a list: nothing but such a word says who it is about.
fn is_total(company: &CompanyFacts, person: &PersonFacts) -> bool {
    let name = fold(&company.name);
    let is_word = [
        "totaal",
        "total",
        "totals",
        "subtotaal",
        "subtotal",
        "eindtotaal",
        "grand total",
        "gesamt",
        "summe",
    ]
    .contains(&name.trim_end_matches([':', '.']));
    let is_count = ["aantal records", "aantal rijen", "total records", "total rows", "anzahl datensatze"]
        .iter()
        .any(|start| name.starts_with(start));
    (is_word || is_count)
        && !person.is_somebody()
        && company.kvk_number.is_none()
        && company.domain.is_none()
        && company.city.is_none()
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

/// Parts of words by which lists call an address at which nothing arrives: a mail there costs the good name of the sender.
const DEAD_WORDS: &[&str] = &[
    "bounce",
    "invalid",
    "undeliver",
    "not deliver",
    "ongeldig",
    "onbestelbaar",
    "ungultig",
    "unzustellbar",
    "invalide",
];

fn says(cell: &str, words: &[&str]) -> bool {
    let cell = fold(cell);
    words.iter().any(|word| cell.contains(word))
}

fn shortened(name: PersonName) -> PersonName {
    let short = |part: Option<String>| part.map(|t| t.chars().take(TEXT_CHARS_MAX).collect());
    PersonName { given: short(name.given), infix: short(name.infix), family: short(name.family) }
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
    fn of_several_telephones_the_first_that_can_be_read_is_taken() {
        let phone = |cells: &[&str]| {
            let mut row = vec![(Field::CompanyName, "Klant"), (Field::FullName, "Eva Smit")];
            row.extend(cells.iter().map(|cell| (Field::Phone, *cell)));
            let (facts, problems) = read(&row);
            (facts.unwrap().person.phone, problems)
        };
        let (direct, mobile) = ("020-1234567", "06-12345678");
        assert_eq!(phone(&[direct, mobile]), (Some("+31201234567".to_owned()), vec![]));
        assert_eq!(phone(&["", mobile]), (Some("+31612345678".to_owned()), vec![]));
        assert_eq!(phone(&["via Jan", mobile]), (Some("+31612345678".to_owned()), vec!["phone"]));
        assert_eq!(phone(&["", "-"]), (None, vec![]));
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
    fn who_objects_is_heard_in_any_column_and_in_any_row() {
        use Field as F;
        let says = |cells: &[(Field, &str)]| read(cells).0.unwrap().do_not_mail;
        assert!(says(&[
            (F::CompanyName, "A"),
            (F::DoNotMail, "nee"),
            (F::DoNotMail, "ja"),
            (F::DoNotMail, "")
        ]));
        assert!(!says(&[(F::CompanyName, "A"), (F::DoNotMail, "nee"), (F::DoNotMail, "Allow")]));
        assert!(says(&[(F::CompanyName, "A"), (F::MayMail, "nee")]));
        assert!(!says(&[(F::CompanyName, "A"), (F::MayMail, "ja")]), "and a yes is no consent");
        assert!(says(&[(F::CompanyName, "A"), (F::EmailOrigin, "Hard bounced")]), "nothing arrives there");
        assert!(!says(&[(F::CompanyName, "A"), (F::EmailOrigin, "Verified")]));
        let record = Record { cells: vec!["eva@gmail.com".to_owned(), "ja".to_owned()], ..Record::default() };
        let columns = Columns { fields: vec![(F::Email, 0), (F::DoNotMail, 1)], ..Columns::default() };
        let reading = read_row(&columns, &record);
        assert_eq!(
            reading.objection.map(|email| email.as_str().to_owned()).as_deref(),
            Some("eva@gmail.com")
        );
        assert_eq!((reading.facts, reading.problems[0].code), (None, "only_suppressed"));
        let columns = Columns { fields: vec![(F::Phone, 0), (F::DoNotCall, 1)], ..Columns::default() };
        let record = Record { cells: vec!["+31612345678".to_owned(), "x".to_owned()], ..Record::default() };
        let reading = read_row(&columns, &record);
        assert_eq!((reading.facts, reading.no_calls.as_deref()), (None, Some("+31612345678")));
        assert_eq!((reading.objection, reading.problems[0].code), (None, "only_suppressed"));
        let firm = read(&[(F::CompanyName, "A"), (F::DoNotMail, "ja")]).0.unwrap();
        assert!(firm.company.details.is_non_mailing, "what can be kept without an address is kept");
    }

    #[test]
    fn an_activity_says_its_edition_and_keeps_its_zero() {
        use ActivityVersion::{Unknown, V2008, V2025};
        use Field as F;
        for (cells, code, edition) in [
            (vec![(F::Sbi2025, "1110")], "01110", V2025),
            (vec![(F::SbiCode, "1110"), (F::SbiVersion, "SBI 2025")], "01110", V2025),
            (vec![(F::Sbi2008, "6201")], "6201", V2008),
            (vec![(F::SbiCode, "62010 - Ontwikkelen van software")], "62010", Unknown),
            (vec![(F::SbiCode, "62.01")], "62.01", Unknown),
            (vec![(F::SbiCode, "A62")], "A62", Unknown),
        ] {
            let cells = [vec![(F::CompanyName, "A")], cells].concat();
            let details = read(&cells).0.unwrap().company.details;
            assert_eq!(
                (details.sbi_code.as_deref(), details.sbi_version),
                (Some(code), edition),
                "{cells:?}"
            );
        }
    }

    #[test]
    fn a_number_abroad_is_no_kvk_number() {
        use Field as F;
        let row = [(F::CompanyName, "Beta GmbH"), (F::Country, "DE"), (F::KvkNumber, "HRB 12345")];
        let (facts, problems) = read(&row);
        let firm = facts.unwrap().company;
        assert_eq!((firm.kvk_number, firm.details.register_number.as_deref()), (None, Some("HRB12345")));
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn a_citizens_number_stands_nowhere() {
        use Field as F;
        let cells = ["Bakker".to_owned(), "111222333B01".to_owned()];
        let record = Record { cells: cells.to_vec(), ..Record::default() };
        let columns = Columns {
            fields: vec![(F::CompanyName, 0), (F::VatId, 1)],
            default_country: Some("NL".to_owned()),
            ..Columns::default()
        };
        let reading = read_row(&columns, &record);
        assert_eq!(
            (reading.problems[0].code, reading.problems[0].value.as_str()),
            ("vat_id", "•••••••••B••")
        );
        assert_eq!(reading.facts.unwrap().company.details.vat_id, None);
    }

    #[test]
    fn every_address_of_who_objects_is_heard() {
        use Field as F;
        let row =
            read(&[(F::CompanyName, "A"), (F::Email, "t1@a.example, T2@a.example"), (F::DoNotMail, "ja")]);
        let facts = row.0.unwrap();
        let further: Vec<&str> = facts.do_not_mail_either.iter().map(EmailAddress::as_str).collect();
        assert_eq!(further, ["t2@a.example"]);
    }

    #[test]
    fn what_a_row_without_a_person_says_is_about_the_company() {
        use Field as F;
        let firm = read(&[(F::CompanyName, "A"), (F::Phone, "'+31 20 123 4567")]).0.unwrap();
        assert_eq!((firm.company.phone.as_deref(), firm.person.phone), (Some("+31201234567"), None));
        let (sum, problems) = read(&[(F::CompanyName, "Totaal:"), (F::Revenue, "1.000")]);
        assert_eq!((sum, problems), (None, vec!["total_row"]));
        assert!(read(&[(F::CompanyName, "Total"), (F::City, "Urk")]).0.is_some(), "a company of that name");
        let dutch = read(&[(F::CompanyName, "A"), (F::RegisterNumber, "12345678")]).0.unwrap().company;
        assert_eq!((dutch.kvk_number.as_deref(), dutch.details.register_number), (Some("12345678"), None));
    }
}
