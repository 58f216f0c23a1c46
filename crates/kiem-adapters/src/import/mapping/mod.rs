//! Which column means what: a proposal from the header (Dutch, English, German, French, and what the usual tools write) and,
//! where the header says nothing, from the shape of the values. A person confirms it. The names stand in `names/`.

mod presets;
mod rows;
mod scope;
mod words;

use kiem_domain::legal_form::family_in_name;

use super::cell::is_site;
use super::reader::{Record, looks_like_data};

pub use presets::Preset;
pub(super) use rows::RowRule;
use words::by_name;
pub(super) use words::{field_of, is_field_name, is_known_name, is_never, plain};

kiem_domain::text_enum! {
    /// What a column can mean. There is no field for consent or the ground of approaching: those are asked, never read.
    pub enum Field {
        /// Name of the company.
        CompanyName = "company_name",
        /// Number in the Dutch company register.
        KvkNumber = "kvk_number",
        /// Number in the company register of another country.
        RegisterNumber = "register_number",
        /// VAT identification number.
        VatId = "vat_id",
        /// Legal entity identifier (ISO 17442).
        Lei = "lei",
        /// Legal form in words or as a code.
        LegalForm = "legal_form",
        /// Website or domain of the company.
        Website = "website",
        /// Page of the company on LinkedIn.
        LinkedinUrl = "linkedin_url",
        /// Industry in words or as a code.
        Industry = "industry",
        /// Code of the activity: SBI, NACE, NAF.
        SbiCode = "sbi_code",
        /// Edition of that code: SBI 2008, NACE 2.1, "NAFRev2".
        SbiVersion = "sbi_version",
        /// Code of the activity by SBI 2008 (NACE 2).
        Sbi2008 = "sbi_2008",
        /// Code of the activity by SBI 2025 (NACE 2.1): five digits.
        Sbi2025 = "sbi_2025",
        /// People working there, a number or a range.
        Employees = "employees",
        /// Revenue a year.
        Revenue = "revenue",
        /// Revenue a year in thousands: "Omzet (x 1.000)".
        RevenueThousands = "revenue_thousands",
        /// Revenue a year in millions: "Omzet in mln".
        RevenueMillions = "revenue_millions",
        /// Day or year of the foundation.
        FoundedOn = "founded_on",
        /// Street, with the house number or without.
        Street = "street",
        /// House number with its addition.
        HouseNumber = "house_number",
        /// Postcode.
        Postcode = "postcode",
        /// Town.
        City = "city",
        /// Province or region.
        Region = "region",
        /// Country of the company.
        Country = "country",
        /// Switchboard.
        CompanyPhone = "company_phone",
        /// First name.
        GivenName = "given_name",
        /// Tussenvoegsel.
        Infix = "infix",
        /// Family name.
        FamilyName = "family_name",
        /// The whole name in one column.
        FullName = "full_name",
        /// E-mail address of the person.
        Email = "email",
        /// What the list says about the address: tested, guessed.
        EmailOrigin = "email_origin",
        /// Telephone of the person.
        Phone = "phone",
        /// Job title.
        Title = "title",
        /// Page of the person on LinkedIn.
        PersonLinkedinUrl = "person_linkedin_url",
        /// Language to write in.
        Language = "language",
        /// The non-mailing indicator of a company register: no unasked letters.
        NonMailing = "non_mailing",
        /// "Do not mail": suppresses when set; never the opposite.
        DoNotMail = "do_not_mail",
        /// "Do not call": nobody calls the number; mail is not touched.
        DoNotCall = "do_not_call",
        /// "May be mailed": a clear no suppresses; a yes is no consent.
        MayMail = "may_mail",
        /// What stands in the column of [`Field::ContactValue`]: telephone, e-mail or website.
        ContactKind = "contact_kind",
        /// A telephone number, an address or a website, by another column.
        ContactValue = "contact_value",
    }
}

impl Field {
    /// Whether several columns may mean it: who objects in one of them objects, and of several telephones the first that
    /// a row has is taken.
    pub const fn may_repeat(self) -> bool {
        matches!(
            self,
            Field::DoNotMail
                | Field::DoNotCall
                | Field::MayMail
                | Field::NonMailing
                | Field::Phone
                | Field::CompanyPhone
        )
    }
}

kiem_domain::text_enum! {
    /// Why a column was proposed for a field.
    pub enum Why {
        /// People call the field so.
        OwnName = "own_name",
        /// A known program calls the field so.
        VendorName = "vendor_name",
        /// The header is nearly a name of the field, or holds one.
        CloseSpelling = "close_spelling",
        /// The values look like it.
        Values = "values",
    }
}

/// A column and what it seems to mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Number of the column, from 0.
    pub column: usize,
    /// What it means.
    pub field: Field,
    /// How sure, in percent.
    pub confidence_percent: u8,
    /// Why.
    pub why: Why,
}

/// Proposes what each column means; every column at most once, and every field that may not repeat. A known export is read as such.
pub fn propose(header: &[String], sample: &[Record], has_header: bool) -> Vec<Proposal> {
    let preset = if has_header { Preset::detect(header) } else { None };
    propose_as(preset, header, sample, has_header)
}

/// Proposes what each column means in a file that was made by a known program. Columns that the program does not name are
/// taken by their own names only.
pub fn propose_as(
    preset: Option<Preset>,
    header: &[String],
    sample: &[Record],
    has_header: bool,
) -> Vec<Proposal> {
    let mut candidates = preset.map(|p| p.proposals(header)).unwrap_or_default();
    for (column, name) in header.iter().enumerate() {
        let is_left_out = preset.is_some_and(|p| p.leaves_out(name));
        if has_header && (is_left_out || is_never(&plain(name))) {
            continue;
        }
        let named = has_header.then(|| by_name(column, name)).flatten();
        match preset {
            Some(_) => {
                candidates.extend(named.filter(|p| p.why == Why::OwnName && p.confidence_percent > 90))
            }
            None => {
                candidates.extend(named);
                candidates.extend(by_values(column, sample, has_header));
            }
        }
    }
    prefer_the_contact(&mut candidates, header);
    part_the_telephones(&mut candidates, header);
    // Stable: of two equally sure columns the first in the file wins.
    candidates.sort_by_key(|c: &Proposal| std::cmp::Reverse(c.confidence_percent));
    let mut chosen: Vec<Proposal> = Vec::new();
    for candidate in candidates {
        // What only looks like it takes no second place.
        let may_repeat = candidate.field.may_repeat() && candidate.why != Why::Values;
        let is_taken =
            |c: &Proposal| c.field == candidate.field && !may_repeat || c.column == candidate.column;
        if !chosen.iter().any(is_taken) {
            chosen.push(candidate);
        }
    }
    prefer_parts_of_names(&mut chosen, sample);
    if !has_header && header.len() == 1 && chosen.is_empty() {
        chosen.extend(only_column(sample));
    }
    chosen.sort_by_key(|c| c.column);
    chosen
}

/// Beside a column of contacts, and without another of companies, "Naam" is the name of the company.
fn prefer_the_contact(candidates: &mut [Proposal], header: &[String]) {
    use Field as F;
    let is_bare =
        |column: usize| header.get(column).is_some_and(|name| BARE_NAMES.contains(&plain(name).as_str()));
    let others = candidates.iter().filter(|c| !is_bare(c.column) && c.confidence_percent >= SAID_PERCENT);
    let said: Vec<Field> = others.map(|c| c.field).collect();
    let is_settled = [F::CompanyName, F::GivenName, F::FamilyName].iter().any(|field| said.contains(field));
    if is_settled || !said.contains(&F::FullName) {
        return;
    }
    // A French "Nom" alone is taken for a family name.
    let names = candidates.iter_mut().filter(|c| matches!(c.field, F::FullName | F::FamilyName));
    for proposal in names.filter(|c| is_bare(c.column)) {
        proposal.field = F::CompanyName;
    }
}

/// Beside a telephone that is said to be the contact's, one that is not is the company's.
fn part_the_telephones(candidates: &mut [Proposal], header: &[String]) {
    use Field as F;
    let name_of = |column: usize| header.get(column).map(|name| plain(name)).unwrap_or_default();
    let is_said_of_person = |c: &Proposal| c.field == F::Phone && scope::split(&name_of(c.column)).is_some();
    if !candidates.iter().any(is_said_of_person) || candidates.iter().any(|c| c.field == F::CompanyPhone) {
        return;
    }
    let bare = candidates.iter_mut().filter(|c| c.field == F::Phone && c.why != Why::Values);
    for proposal in bare.filter(|c| BARE_TELEPHONES.contains(&name_of(c.column).as_str())) {
        proposal.field = F::CompanyPhone;
    }
}

/// Headers that say "telephone" and not whose.
const BARE_TELEPHONES: &[&str] = &[
    "telefoon",
    "telefoonnummer",
    "tel",
    "tel nr",
    "phone",
    "phone number",
    "telephone",
    "telephone number",
    "telefon",
    "telefonnummer",
];
/// Whether a plain name says of whom columns are and nothing else: the company or the person.
pub(super) fn is_scope(name: &str) -> bool {
    scope::whole(name).is_some()
}

/// Whether a plain name says "name" and not whose.
pub(super) fn is_bare_name(name: &str) -> bool {
    BARE_NAMES.contains(&name)
}

/// Headers that say "name" and not whose.
const BARE_NAMES: &[&str] = &["naam", "name", "nom"];
/// How sure a header is at least that is the name of a field, and does not merely hold one.
const SAID_PERCENT: u8 = 80;

/// With first and family name in columns of their own, "Naam" is the company's name or nothing.
fn prefer_parts_of_names(chosen: &mut Vec<Proposal>, sample: &[Record]) {
    use Field as F;
    let has = |field: Field| chosen.iter().any(|c| c.field == field);
    let (in_parts, has_company) = (has(F::FamilyName), has(F::CompanyName));
    let says_person = [F::Title, F::GivenName, F::Infix, F::PersonLinkedinUrl].into_iter().any(has);
    let of_companies = [
        F::KvkNumber,
        F::RegisterNumber,
        F::VatId,
        F::Lei,
        F::LegalForm,
        F::SbiCode,
        F::Sbi2008,
        F::Sbi2025,
        F::Employees,
        F::Revenue,
        F::RevenueThousands,
        F::RevenueMillions,
        F::Website,
    ];
    let says_company = of_companies.into_iter().any(has);
    // An address alone may be that of the company.
    let is_list_of_companies = !says_person && (says_company || !has(F::Email));
    for proposal in chosen.iter_mut().filter(|c| c.field == Field::FullName) {
        // A list of companies with only a column "Naam": it is the company.
        if !has_company && (in_parts || is_list_of_companies || are_companies(proposal.column, sample)) {
            proposal.field = Field::CompanyName;
            proposal.confidence_percent = proposal.confidence_percent.min(60);
        }
    }
    if in_parts {
        chosen.retain(|c| c.field != Field::FullName);
    }
}

/// Whether names bear legal forms: "B.V." is nobody's family name.
fn are_companies(column: usize, sample: &[Record]) -> bool {
    let names: Vec<&String> =
        sample.iter().filter_map(|r| r.cells.get(column)).filter(|name| !name.is_empty()).collect();
    let formed = names.iter().filter(|name| family_in_name(None, name).is_some()).count();
    formed > 0 && formed * 4 >= names.len()
}

/// What the values look like; only shapes that mean one thing.
fn by_values(column: usize, sample: &[Record], has_header: bool) -> Option<Proposal> {
    let mostly = |test: &dyn Fn(&str) -> bool| mostly(column, sample, test);
    let is_mail = |v: &str| v.contains('@') && kiem_domain::contact::EmailAddress::parse(v).is_ok();
    let is_profile = |v: &str| v.contains("linkedin.") && v.contains("/in/");
    let is_site = |v: &str| {
        (v.starts_with("http") || v.starts_with("www.")) && kiem_domain::company::DomainName::parse(v).is_ok()
    };
    let is_kvk = |v: &str| v.len() == 8 && v.bytes().all(|b| b.is_ascii_digit());
    let (field, confidence_percent) = if mostly(&is_mail) {
        (Field::Email, 60)
    } else if mostly(&is_profile) {
        (Field::PersonLinkedinUrl, 60)
    } else if mostly(&is_site) {
        (Field::Website, 60)
    } else if mostly(&is_dutch_postcode) {
        (Field::Postcode, 60)
    } else if mostly(&|v: &str| {
        v.starts_with(['0', '+']) && kiem_domain::phone::PhoneNumber::parse(v, Some("NL")).is_some()
    }) {
        (Field::Phone, 55)
    } else if !has_header && mostly(&is_kvk) {
        // Under a header these eight digits may be anything, a day included.
        (Field::KvkNumber, 50)
    } else {
        return None;
    };
    Some(Proposal { column, field, confidence_percent, why: Why::Values })
}

/// What the only column of a list without a header holds: websites, else names, and those are of companies.
fn only_column(sample: &[Record]) -> Option<Proposal> {
    let is_name = |v: &str| {
        let letters = v.chars().filter(|c| c.is_alphabetic()).count();
        letters >= 2 && letters * 2 >= v.chars().count() && v.len() <= NAME_BYTES_MAX && !looks_like_data(v)
    };
    let (field, confidence_percent) = if mostly(0, sample, &is_site) {
        (Field::Website, 55)
    } else if mostly(0, sample, &is_name) {
        (Field::CompanyName, 50)
    } else {
        return None;
    };
    Some(Proposal { column: 0, field, confidence_percent, why: Why::Values })
}

/// A longer cell is a sentence.
const NAME_BYTES_MAX: usize = 120;

/// Whether eight of ten cells that are not empty pass a test.
fn mostly(column: usize, sample: &[Record], test: &dyn Fn(&str) -> bool) -> bool {
    let values = sample.iter().filter_map(|r| r.cells.get(column)).filter(|v| !v.is_empty());
    let (n, passed) = values.fold((0, 0), |(n, passed), v| (n + 1, passed + usize::from(test(v))));
    n > 0 && passed * 10 >= n * 8
}

fn is_dutch_postcode(value: &str) -> bool {
    let plain: Vec<u8> = value.bytes().filter(|b| *b != b' ').collect();
    plain.len() == 6
        && plain[..4].iter().all(u8::is_ascii_digit)
        && plain[4..].iter().all(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(header: &str) -> Vec<(usize, Field)> {
        let header: Vec<String> = header.split(';').map(str::to_owned).collect();
        propose(&header, &[], true).into_iter().map(|p| (p.column, p.field)).collect()
    }

    #[test]
    fn headers_of_the_usual_exports() {
        use Field as F;
        for (name, header, expected) in [
            (
                "dutch",
                "Bedrijfsnaam;KvK-nummer;Voornaam;Tussenvoegsel;Achternaam;Functie;E-mailadres;Telefoonnummer;Plaats;Provincie;Branche;Aantal medewerkers;Niet mailen",
                vec![
                    F::CompanyName,
                    F::KvkNumber,
                    F::GivenName,
                    F::Infix,
                    F::FamilyName,
                    F::Title,
                    F::Email,
                    F::Phone,
                    F::City,
                    F::Region,
                    F::Industry,
                    F::Employees,
                    F::DoNotMail,
                ],
            ),
            (
                "apollo",
                "First Name;Last Name;Title;Company;Email;Work Direct Phone;# Employees;Industry;Website;City;State;Country",
                vec![
                    F::GivenName,
                    F::FamilyName,
                    F::Title,
                    F::CompanyName,
                    F::Email,
                    F::Phone,
                    F::Employees,
                    F::Industry,
                    F::Website,
                    F::City,
                    F::Region,
                    F::Country,
                ],
            ),
            (
                "pipedrive",
                "Person - Name;Person - Email - Work;Person - Phone - Work;Person - Organization;Person - Title",
                vec![F::FullName, F::Email, F::Phone, F::CompanyName, F::Title],
            ),
            (
                "hubspot",
                "First Name;Last Name;Email;Company Name;Company Domain Name;Job Title;State/Region",
                vec![F::GivenName, F::FamilyName, F::Email, F::CompanyName, F::Website, F::Title, F::Region],
            ),
            (
                "salesforce",
                "First Name;Last Name;Account Name;Mailing City;Mailing Country;Email Opt Out",
                vec![F::GivenName, F::FamilyName, F::CompanyName, F::City, F::Country, F::DoNotMail],
            ),
            (
                "people data labs",
                "name;domain;industry;size range;locality;country",
                vec![F::CompanyName, F::Website, F::Industry, F::Employees, F::City, F::Country],
            ),
            (
                "german",
                "Firma;Vorname;Nachname;Ort;Land;E-Mail",
                vec![F::CompanyName, F::GivenName, F::FamilyName, F::City, F::Country, F::Email],
            ),
        ] {
            let expected: Vec<(usize, F)> = expected.into_iter().enumerate().collect();
            assert_eq!(proposed(header), expected, "{name}");
        }
    }

    #[test]
    fn a_bare_name_is_a_person_only_beside_a_company() {
        use Field as F;
        assert_eq!(proposed("Bedrijf;Naam;Email"), [(0, F::CompanyName), (1, F::FullName), (2, F::Email)]);
        assert_eq!(proposed("Naam;Plaats;Website"), [(0, F::CompanyName), (1, F::City), (2, F::Website)]);
        let company = [(0, F::CompanyName), (1, F::KvkNumber), (2, F::Email)];
        assert_eq!(proposed("Naam;KvK-nummer;E-mail"), company);
        let row = |name: &str| Record { cells: vec![name.to_owned(), "Urk".to_owned()], ..Record::default() };
        let header = ["Name", "City", "Email"].map(str::to_owned);
        for (names, field) in
            [(["Bakker B.V.", "Zeil GmbH"], F::CompanyName), (["Eva Smit", "Jan Bos"], F::FullName)]
        {
            let found = propose(&header, &names.map(row), true);
            assert_eq!(found[0].field, field, "{names:?}");
        }
    }

    #[test]
    fn beside_a_contact_a_bare_name_is_the_company() {
        use Field as F;
        let expected = [(0, F::CompanyName), (1, F::FullName), (2, F::Email)];
        for header in [
            "Naam;Contactpersoon;E-mail",
            "Name;Contact;Email",
            "Name;Ansprechpartner;E-Mail",
            "Nom;Contact;E-mail",
            "Bedrijf;Contactpersoon;E-mail",
        ] {
            assert_eq!(proposed(header), expected, "{header}");
        }
        let parts = [(0, F::CompanyName), (1, F::GivenName), (2, F::FamilyName)];
        assert_eq!(proposed("Naam;Voornaam;Achternaam;Contactpersoon"), parts);
    }

    #[test]
    fn the_only_column_of_a_list_is_told_by_its_values() {
        let propose_for = |values: &[&str]| {
            let row = |v: &&str| Record { cells: vec![(*v).to_owned()], ..Record::default() };
            let sample: Vec<Record> = values.iter().map(row).collect();
            propose(&["1".to_owned()], &sample, false).first().map(|p| p.field)
        };
        for (values, field) in [
            (["alfa.example", "beta.example"], Some(Field::Website)),
            (["https://www.alfa.example/over", "beta.example"], Some(Field::Website)),
            (["Alfa B.V.", "Bakker, Smit & Zn."], Some(Field::CompanyName)),
            (["a@alfa.example", "b@beta.example"], Some(Field::Email)),
            (["12345678", "23456789"], Some(Field::KvkNumber)),
            (["1", "2"], None),
        ] {
            assert_eq!(propose_for(&values), field, "{values:?}");
        }
    }

    #[test]
    fn consent_is_never_read_from_a_file() {
        let header = "E-mail;Double opt-in;Toestemming;Marketing contact status;GDPR consent";
        assert_eq!(proposed(header), [(0, Field::Email)]);
    }

    #[test]
    fn without_a_header_the_values_speak() {
        let row = |cells: &[&str]| Record {
            row_number: 1,
            cells: cells.iter().map(|c| (*c).to_owned()).collect(),
            ..Record::default()
        };
        let sample = [row(&["Jansen", "eva@klant.example", "https://www.klant.example"])];
        let header: Vec<String> = ["1", "2", "3"].map(str::to_owned).to_vec();
        let got: Vec<_> =
            propose(&header, &sample, false).into_iter().map(|p| (p.column, p.field, p.why)).collect();
        assert_eq!(got, [(1, Field::Email, Why::Values), (2, Field::Website, Why::Values)]);
    }
}
