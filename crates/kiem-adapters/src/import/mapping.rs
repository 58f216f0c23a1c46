//! Which column means what: a proposal from the header (Dutch, English, and what the usual tools write) and, where the
//! header says nothing, from the shape of the values. A person confirms it.

use kiem_domain::names::fold;

use super::reader::Record;

kiem_domain::text_enum! {
    /// What a column can mean. There is no field for consent or the ground of approaching: those are asked, never read.
    pub enum Field {
        /// Name of the company.
        CompanyName = "company_name",
        /// Number in the Dutch company register.
        KvkNumber = "kvk_number",
        /// Website or domain of the company.
        Website = "website",
        /// Industry in words or as a code.
        Industry = "industry",
        /// People working there, a number or a range.
        Employees = "employees",
        /// Country of the company.
        Country = "country",
        /// Province or region.
        Region = "region",
        /// Town.
        City = "city",
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
        /// Telephone of the person.
        Phone = "phone",
        /// Job title.
        Title = "title",
        /// Language to write in.
        Language = "language",
        /// "Do not mail": suppresses when set; never the opposite.
        DoNotMail = "do_not_mail",
    }
}

kiem_domain::text_enum! {
    /// Why a column was proposed for a field.
    pub enum Why {
        /// The header is a name of the field.
        Name = "name",
        /// The header contains a name of the field.
        PartOfName = "part_of_name",
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

/// Header names per field, folded and without punctuation. The first ones are preferred when two columns fit.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::CompanyName,
        &[
            "bedrijfsnaam",
            "bedrijf",
            "naam bedrijf",
            "company name",
            "company",
            "organisatie",
            "organisatienaam",
            "organization",
            "organization name",
            "organisation",
            "account name",
            "account",
            "handelsnaam",
            "statutaire naam",
            "firma",
            "onderneming",
            "associated company",
            "person organization",
            "relatie",
            "klantnaam",
            "entity legalname",
            "legal name",
            "employer",
            "companyname",
            "denomination",
            "unternehmen",
            "firmenname",
            "entreprise",
            "societe",
            "raison sociale",
            "debiteurnaam",
            "company name for emails",
            "werkgever",
        ],
    ),
    (
        Field::KvkNumber,
        &[
            "kvk",
            "kvk nummer",
            "kvknummer",
            "kvk nr",
            "kvknr",
            "kamer van koophandel",
            "coc",
            "coc number",
            "chamber of commerce",
            "chamber of commerce number",
            "handelsregisternummer",
            "dossiernummer",
            "inschrijfnummer",
        ],
    ),
    (
        Field::Website,
        &[
            "website",
            "web site",
            "url",
            "domein",
            "domeinnaam",
            "domain",
            "company domain",
            "company domain name",
            "internetadres",
            "homepage",
            "website url",
            "company website",
            "site",
            "webadres",
            "internet",
            "organization website",
            "site web",
            "webseite",
            "www",
        ],
    ),
    (
        Field::Industry,
        &[
            "branche",
            "industry",
            "sector",
            "sbi",
            "sbi code",
            "sbi omschrijving",
            "bedrijfstak",
            "activiteit",
            "hoofdactiviteit",
            "nace",
            "nace code",
            "naf",
            "siccode sictext 1",
            "branch",
            "branchenbezeichnung",
            "secteur",
            "secteur d activite",
            "segment",
            "organization industry",
        ],
    ),
    (
        Field::Employees,
        &[
            "aantal medewerkers",
            "medewerkers",
            "werknemers",
            "aantal werknemers",
            "werkzame personen",
            "totaal werkzame personen",
            "employees",
            "number of employees",
            "employee count",
            "headcount",
            "company size",
            "bedrijfsgrootte",
            "grootteklasse",
            "fte",
            "aantal fte",
            "size range",
            "no of employees",
            "personeel",
            "aantal personeelsleden",
            "mitarbeiter",
            "anzahl mitarbeiter",
            "effectif",
            "current employee estimate",
            "size",
        ],
    ),
    (
        Field::Country,
        &[
            "land",
            "country",
            "landcode",
            "country code",
            "company country",
            "vestigingsland",
            "mailing country",
            "billing country",
            "country region",
            "pays",
            "land region",
            "entity legaladdress country",
            "regaddress country",
            "organization country",
        ],
    ),
    (
        Field::Region,
        &[
            "provincie",
            "regio",
            "region",
            "province",
            "state",
            "state region",
            "company state",
            "county",
            "bundesland",
            "departement",
            "mailing state province",
            "mailing state",
            "billing state",
            "gebied",
        ],
    ),
    (
        Field::City,
        &[
            "plaats",
            "woonplaats",
            "vestigingsplaats",
            "stad",
            "city",
            "town",
            "locality",
            "company city",
            "plaatsnaam",
            "gemeente",
            "mailing city",
            "billing city",
            "ort",
            "stadt",
            "ville",
            "regaddress posttown",
            "bezoekplaats",
            "municipalitynl",
        ],
    ),
    (
        Field::CompanyPhone,
        &[
            "telefoon bedrijf",
            "bedrijfstelefoon",
            "company phone",
            "telefoon algemeen",
            "algemeen telefoonnummer",
            "hoofdnummer",
            "company phone number",
            "organization phone",
            "switchboard",
            "zentrale",
            "standard telephonique",
        ],
    ),
    (
        Field::GivenName,
        &[
            "voornaam",
            "first name",
            "firstname",
            "given name",
            "roepnaam",
            "voornamen",
            "person first name",
            "vorname",
            "prenom",
            "voorletters",
            "initialen",
            "forename",
            "contact voornaam",
            "contact first name",
        ],
    ),
    (
        Field::Infix,
        &[
            "tussenvoegsel",
            "tussenvoegsels",
            "voorvoegsel",
            "voorvoegsels",
            "tussenv",
            "infix",
            "middle name",
            "tussen",
        ],
    ),
    (
        Field::FamilyName,
        &[
            "achternaam",
            "last name",
            "lastname",
            "family name",
            "surname",
            "familienaam",
            "person last name",
            "nachname",
            "nom",
            "nom de famille",
            "naam achternaam",
            "contact achternaam",
            "contact last name",
            "geslachtsnaam",
        ],
    ),
    (
        Field::FullName,
        &[
            "naam",
            "name",
            "contactpersoon",
            "contact",
            "volledige naam",
            "full name",
            "person name",
            "naam contactpersoon",
            "contact name",
            "contact person",
            "ansprechpartner",
            "nom complet",
            "contactnaam",
            "fullname",
            "t a v",
            "tav",
        ],
    ),
    (
        Field::Email,
        &[
            "e mail",
            "email",
            "e mailadres",
            "emailadres",
            "mail",
            "mailadres",
            "email address",
            "e mail address",
            "work email",
            "person email work",
            "zakelijk e mailadres",
            "e mail zakelijk",
            "email 1",
            "primary email",
            "business email",
            "e mail adres",
            "email adres",
            "adresse e mail",
            "courriel",
            "person email",
            "contact email",
            "e mail contactpersoon",
        ],
    ),
    (
        Field::Phone,
        &[
            "telefoon",
            "telefoonnummer",
            "tel",
            "phone",
            "phone number",
            "telephone",
            "mobiel",
            "mobiele telefoon",
            "mobile",
            "gsm",
            "mobile phone",
            "mobile phone number",
            "work direct phone",
            "person phone work",
            "person phone mobile",
            "direct phone",
            "telefoon direct",
            "mobiel nummer",
            "06 nummer",
            "telefon",
            "handy",
            "telefoon contactpersoon",
            "doorkiesnummer",
            "corporate phone",
            "work phone",
        ],
    ),
    (
        Field::Title,
        &[
            "functie",
            "functietitel",
            "title",
            "job title",
            "jobtitle",
            "position",
            "rol",
            "person title",
            "functieomschrijving",
            "beroep",
            "role",
            "function",
            "functienaam",
            "position titel",
            "fonction",
            "poste",
            "contact title",
        ],
    ),
    (
        Field::Language,
        &[
            "taal",
            "language",
            "voorkeurstaal",
            "preferred language",
            "correspondentietaal",
            "sprache",
            "langue",
            "taalcode",
        ],
    ),
    (
        Field::DoNotMail,
        &[
            "niet mailen",
            "niet benaderen",
            "afgemeld",
            "uitgeschreven",
            "do not mail",
            "do not email",
            "do not contact",
            "unsubscribed",
            "email opt out",
            "opt out",
            "optout",
            "unsubscribed from all email",
            "bezwaar",
            "geen mailing",
            "nonmailing",
            "non mailing indicator",
            "indnonmailing",
            "has opted out of email",
            "blokkade",
            "opt out email",
            "niet mailen j n",
        ],
    ),
];

/// Headers that hold a word of a field and mean something else; they are never proposed. Consent columns stand here:
/// a file is no proof of consent.
const NEVER: &[&str] = &[
    "opt in",
    "double opt in",
    "optin",
    "consent",
    "toestemming",
    "marketing status",
    "email status",
    "email confidence",
    "contact owner",
    "account owner",
    "lead source",
    "company linkedin url",
    "person linkedin url",
    "linkedin url",
    "company address",
    "email open",
    "email bounced",
    "replied",
    "annual revenue",
    "record id",
    "parent account",
    "secondary email",
    "tertiary email",
    "company name for emails 2",
    "email sent",
    "id",
    "seniority",
    "departments",
    "keywords",
    "technologies",
];

/// Proposes what each column means; every field at most once, every column at most once.
pub fn propose(header: &[String], sample: &[Record], has_header: bool) -> Vec<Proposal> {
    let mut candidates = Vec::new();
    for (column, name) in header.iter().enumerate() {
        let name = plain(name);
        if has_header && NEVER.contains(&name.as_str()) {
            continue;
        }
        if has_header {
            candidates.extend(by_name(column, &name));
        }
        candidates.extend(by_values(column, sample));
    }
    // Stable: of two equally sure columns the first in the file wins.
    candidates.sort_by_key(|c: &Proposal| std::cmp::Reverse(c.confidence_percent));
    let mut chosen: Vec<Proposal> = Vec::new();
    for candidate in candidates {
        if !chosen.iter().any(|c| c.field == candidate.field || c.column == candidate.column) {
            chosen.push(candidate);
        }
    }
    prefer_parts_of_names(&mut chosen);
    chosen.sort_by_key(|c| c.column);
    chosen
}

/// With first and family name in columns of their own, "Naam" is the company's name or nothing.
fn prefer_parts_of_names(chosen: &mut Vec<Proposal>) {
    let has = |field: Field| chosen.iter().any(|c| c.field == field);
    let (in_parts, has_company, has_person) =
        (has(Field::FamilyName), has(Field::CompanyName), has(Field::Email) || has(Field::Title));
    for proposal in chosen.iter_mut().filter(|c| c.field == Field::FullName) {
        // A list of companies with only a column "Naam": it is the company.
        if !has_company && (in_parts || !has_person) {
            proposal.field = Field::CompanyName;
            proposal.confidence_percent = proposal.confidence_percent.min(60);
        }
    }
    if in_parts {
        chosen.retain(|c| c.field != Field::FullName);
    }
}

/// Whether a cell is the name of a column that is known.
pub(super) fn is_known_name(cell: &str) -> bool {
    let name = plain(cell);
    !name.is_empty()
        && (NEVER.contains(&name.as_str()) || NAMES.iter().any(|(_, names)| names.contains(&name.as_str())))
}

/// Folded, punctuation as blanks: "E-mail (zakelijk)" is "e mail zakelijk".
fn plain(header: &str) -> String {
    let folded = fold(header);
    let spaced: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn by_name(column: usize, name: &str) -> Option<Proposal> {
    if name.is_empty() {
        return None;
    }
    let joined = name.replace(' ', "");
    for (field, names) in NAMES {
        if let Some(rank) = names.iter().position(|n| *n == name || n.replace(' ', "") == joined) {
            // The usual names first: "Bedrijfsnaam" wins from "Account" in the same file.
            let confidence_percent = 98 - u8::try_from(rank.min(18)).unwrap_or(18) / 2;
            return Some(Proposal { column, field: *field, confidence_percent, why: Why::Name });
        }
    }
    let padded = format!(" {name} ");
    let longest = NAMES
        .iter()
        .flat_map(|(field, names)| names.iter().map(move |n| (*field, *n)))
        .filter(|(_, n)| n.len() > 3 && padded.contains(&format!(" {n} ")))
        .max_by_key(|(_, n)| n.len());
    longest.map(|(field, _)| Proposal { column, field, confidence_percent: 70, why: Why::PartOfName })
}

/// What the values look like; only shapes that mean one thing.
fn by_values(column: usize, sample: &[Record]) -> Option<Proposal> {
    let values: Vec<&str> = sample
        .iter()
        .filter_map(|r| r.cells.get(column))
        .map(String::as_str)
        .filter(|v| !v.is_empty())
        .collect();
    let mostly = |test: &dyn Fn(&str) -> bool| {
        !values.is_empty() && values.iter().filter(|v| test(v)).count() * 10 >= values.len() * 8
    };
    let is_mail = |v: &str| v.contains('@') && kiem_domain::contact::EmailAddress::parse(v).is_ok();
    let is_site = |v: &str| {
        (v.starts_with("http") || v.starts_with("www.")) && kiem_domain::company::DomainName::parse(v).is_ok()
    };
    let field = if mostly(&is_mail) {
        Field::Email
    } else if mostly(&is_site) {
        Field::Website
    } else {
        return None;
    };
    Some(Proposal { column, field, confidence_percent: 60, why: Why::Values })
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
    }

    #[test]
    fn consent_is_never_read_from_a_file() {
        assert_eq!(proposed("E-mail;Double opt-in;Toestemming;Marketing status"), [(0, Field::Email)]);
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
