//! Lists whose header takes two rows, and lists that only look like it: what the columns are called and mean, and that no row
//! is lost or counted wrongly.

use std::ops::ControlFlow;

use kiem_adapters::import::{Dialect, Field, Flaw, Record, Source, Whole, detect, propose, read_rows};

fn read(text: &str) -> (Dialect, Whole, Vec<Record>) {
    let source = Source::bytes(text.as_bytes().to_vec());
    let dialect = detect(&source).unwrap();
    let mut rows = Vec::new();
    let whole = read_rows(&source, &dialect, |_, row| {
        rows.push(row);
        ControlFlow::Continue(())
    });
    (dialect, whole.unwrap(), rows)
}

/// The names of the columns, the fields they are proposed for, the row of the header and that of the first record.
fn found(text: &str) -> (String, String, u64, u64) {
    let (dialect, whole, rows) = read(text);
    let proposals = propose(&whole.header, &rows, dialect.has_header);
    let field_of =
        |column: usize| proposals.iter().find(|p| p.column == column).map_or("-", |p: &_| p.field.as_str());
    let fields: Vec<&str> = (0..whole.header.len()).map(field_of).collect();
    (whole.header.join("|"), fields.join("|"), dialect.header_row, rows[0].row_number)
}

#[test]
fn a_group_above_the_header_tells_names_apart_that_it_repeats() {
    for (name, text, header, fields) in [
        (
            "telephone of the company and of the person",
            "Bedrijf;;;Contactpersoon;;\nNaam;Plaats;Telefoon;Voornaam;Achternaam;Telefoon\nBos;Urk;030 123 45 67;Eva;Smit;06 12 34 56 78\n",
            "Bedrijf Naam|Plaats|Bedrijf Telefoon|Voornaam|Achternaam|Contactpersoon Telefoon",
            "company_name|city|company_phone|given_name|family_name|phone",
        ),
        (
            "names of both",
            "Organisatie;;Contact;;\nNaam;Website;Naam;Functie;E-mail\nBos;bos.example;Eva Smit;Inkoper;e@bos.example\n",
            "Organisatie Naam|Website|Contact Naam|Functie|E-mail",
            "company_name|website|full_name|title|email",
        ),
        (
            "addresses of both",
            "Bedrijfsgegevens;;;Contactgegevens;;\nNaam;Plaats;E-mail;Contactpersoon;E-mail;Telefoon\nBos;Urk;info@bos.example;Eva Smit;e@bos.example;06 12 34 56 78\n",
            "Bedrijfsgegevens Naam|Plaats|Bedrijfsgegevens E-mail|Contactpersoon|Contactgegevens E-mail|Telefoon",
            "company_name|city|-|full_name|email|phone",
        ),
        (
            "columns without a group, named above or below",
            "Nr;Bedrijf;;;Contactpersoon;;Branche\n;Naam;Plaats;Telefoon;Naam;Telefoon;\n1;Bos;Urk;030 123 45 67;Eva Smit;06 12 34 56 78;Bouw\n",
            "Nr|Bedrijf Naam|Plaats|Bedrijf Telefoon|Contactpersoon Naam|Contactpersoon Telefoon|Branche",
            "-|company_name|city|company_phone|full_name|phone|industry",
        ),
        (
            "one group in the middle",
            ";;Contactpersoon;;\nNaam;Telefoon;Naam;Functie;Telefoon\nBos;030 123 45 67;Eva Smit;Inkoper;06 12 34 56 78\n",
            "Naam|Telefoon|Contactpersoon Naam|Functie|Contactpersoon Telefoon",
            "company_name|company_phone|full_name|title|phone",
        ),
        (
            "two addresses",
            "Bedrijf;Bezoekadres;;;Postadres;;\nNaam;Straat;Postcode;Plaats;Straat;Postcode;Plaats\nBos;Kade 1;1234 AB;Urk;Postbus 1;1235 AB;Ede\n",
            "Bedrijf Naam|Bezoekadres Straat|Bezoekadres Postcode|Bezoekadres Plaats|Postadres Straat|Postadres Postcode|Postadres Plaats",
            "company_name|street|postcode|city|-|-|-",
        ),
        (
            "years",
            "Bedrijf;;;Omzet;;\nNaam;Plaats;Website;2023;2024;2025\nBos;Urk;bos.example;1;2;3\n",
            "Bedrijf Naam|Plaats|Website|Omzet 2023|Omzet 2024|Omzet 2025",
            "company_name|city|website|revenue|-|-",
        ),
        (
            "english",
            "Company,,,Contact person,,\nName,City,Phone,First name,Last name,Phone\nBos,Urk,030 123 45 67,Eva,Smit,06 12 34 56 78\n",
            "Company Name|City|Company Phone|First name|Last name|Contact person Phone",
            "company_name|city|company_phone|given_name|family_name|phone",
        ),
        (
            "german",
            "Firma;;;Ansprechpartner;;\nName;Ort;Telefon;Vorname;Nachname;Telefon\nBos;Ulm;030 123 45 67;Eva;Smit;0151 234 56 78\n",
            "Firma Name|Ort|Firma Telefon|Vorname|Nachname|Ansprechpartner Telefon",
            "company_name|city|company_phone|given_name|family_name|phone",
        ),
        (
            "french",
            "Entreprise;;;Interlocuteur;;\nNom;Ville;Téléphone;Nom;Prénom;Téléphone\nBos;Lille;01 23 45 67 89;Smit;Eva;06 12 34 56 78\n",
            "Entreprise Nom|Ville|Entreprise Téléphone|Interlocuteur Nom|Prénom|Interlocuteur Téléphone",
            "company_name|city|company_phone|family_name|given_name|phone",
        ),
    ] {
        let (header, fields) = (header.to_owned(), fields.to_owned());
        assert_eq!(found(text), (header, fields, 2, 3), "{name}");
    }
}

#[test]
fn a_name_that_is_written_over_two_rows_is_one_name() {
    for (name, text, header, fields) in [
        (
            "below",
            "Bedrijf;Plaats;Datum;Aantal\n;;oprichting;medewerkers\nBos;Urk;1999;12\n",
            "Bedrijf|Plaats|Datum oprichting|Aantal medewerkers",
            "company_name|city|founded_on|employees",
        ),
        (
            "above",
            ";;Datum;Aantal\nBedrijf;Plaats;oprichting;medewerkers\nBos;Urk;1999;12\n",
            "Bedrijf|Plaats|Datum oprichting|Aantal medewerkers",
            "company_name|city|founded_on|employees",
        ),
        (
            "cut in the middle of a word",
            "Bedrijfs-;Post-;;Telefoon-\nnaam;code;Plaats;nummer\nBos;1234 AB;Urk;030 123 45 67\n",
            "Bedrijfs-naam|Post-code|Plaats|Telefoon-nummer",
            "company_name|postcode|city|phone",
        ),
        (
            "with a stroke",
            "Naam;KvK-;Datum /;E-mail\norganisatie;nummer;oprichting;zakelijk\nBos;12345678;1999;e@bos.example\n",
            "Naam organisatie|KvK-nummer|Datum / oprichting|E-mail zakelijk",
            "company_name|kvk_number|founded_on|email",
        ),
        (
            "objections stay heard",
            "Bedrijf;E-mail;Niet;Geen\n;;mailen;telefonische acquisitie\nBos;e@bos.example;ja;\n",
            "Bedrijf|E-mail|Niet mailen|Geen telefonische acquisitie",
            "company_name|email|do_not_mail|do_not_call",
        ),
    ] {
        let (header, fields) = (header.to_owned(), fields.to_owned());
        assert_eq!(found(text), (header, fields, 2, 3), "{name}");
    }
}

/// Reads a list whose header, if any, has one row: the names, that row, and the row of the first record.
fn reads_as(name: &str, text: &str, header: &str, header_row: u64, first_row: u64) {
    let (dialect, whole, rows) = read(text);
    assert_eq!(whole.header.join("|"), header, "{name}");
    assert_eq!((dialect.header_row, rows[0].row_number), (header_row, first_row), "{name}");
}

#[test]
fn a_title_above_the_header_is_no_group() {
    for (name, text, header, header_row, first_row) in [
        (
            "a title",
            "Ledenlijst;;\nBedrijf;Plaats;Telefoon\nBos;Urk;030 123 45 67\n",
            "Bedrijf|Plaats|Telefoon",
            2,
            3,
        ),
        (
            "a title that is the name of a field",
            "Bedrijf;;\nNaam;Plaats;Telefoon\nBos;Urk;030 123 45 67\n",
            "Naam|Plaats|Telefoon",
            2,
            3,
        ),
        (
            "a title in two pieces",
            "Ledenlijst;;Regio Noord\nNaam;Plaats;Telefoon\nBos;Urk;030 123 45 67\n",
            "Naam|Plaats|Telefoon",
            2,
            3,
        ),
        (
            "a title in two pieces above a name twice",
            "Ledenlijst;;;Regio Noord;;\nBedrijf;Plaats;Telefoon;Contactpersoon;Telefoon;E-mail\nBos;Urk;030 123 45 67;Eva;06 12 34 56 78;e@bos.example\n",
            "Bedrijf|Plaats|Telefoon|Contactpersoon|Telefoon|E-mail",
            2,
            3,
        ),
        (
            "a title and a day",
            "Bedrijven;12-03-2026;\nNaam;Plaats;Telefoon\nBos;Urk;030 123 45 67\n",
            "Naam|Plaats|Telefoon",
            2,
            3,
        ),
        (
            "a blank line between",
            "Bedrijf;;Contactpersoon;\n;;;\nNaam;Plaats;Naam;Telefoon\nBos;Urk;Eva;030 123 45 67\n",
            "Bedrijf||Contactpersoon|",
            1,
            2,
        ),
    ] {
        reads_as(name, text, header, header_row, first_row);
    }
}

#[test]
fn a_record_is_no_second_row_of_the_header() {
    for (name, text, header, header_row, first_row) in [
        (
            "a record of words",
            "Bedrijf;Plaats;Functie\nBos;Urk;Directeur\nVos;Ede;Inkoper\n",
            "Bedrijf|Plaats|Functie",
            1,
            2,
        ),
        (
            "a record whose words are names of columns",
            "Bedrijf;Plaats;Functie\nContact;Stad;Rol\nVos;Ede;Inkoper\n",
            "Bedrijf|Plaats|Functie",
            1,
            2,
        ),
        (
            "a first record with blanks",
            "Bedrijf;Plaats;Telefoon;Functie\nBos;;;\nVos;Ede;;Inkoper\n",
            "Bedrijf|Plaats|Telefoon|Functie",
            1,
            2,
        ),
        (
            "a record with one word",
            "Bedrijf;Plaats;Telefoon;Functie\n;Urk;;\nVos;Ede;;Inkoper\n",
            "Bedrijf|Plaats|Telefoon|Functie",
            1,
            2,
        ),
        (
            "a header with blanks",
            "Bedrijf;;Contactpersoon;\nBos;Urk;Eva Smit;Inkoper\nVos;Ede;Jan Bos;Chef\n",
            "Bedrijf||Contactpersoon|",
            1,
            2,
        ),
        (
            "a header of which nobody knows a name",
            "Xyzzy;Plugh;Frotz\nFoo;Bar;Baz\nQux;Quux;Corge\n",
            "Xyzzy|Plugh|Frotz",
            1,
            2,
        ),
        ("a list without a header", "Bos BV;Urk;e@bos.example\nNaam BV;Ede;n@naam.example\n", "1|2|3", 0, 1),
        ("a header with one name", "Bedrijf\nnaam\nBos\n", "Bedrijf", 1, 2),
    ] {
        reads_as(name, text, header, header_row, first_row);
    }
}

#[test]
fn rows_keep_their_numbers_below_a_header_of_two() {
    let text = "sep=;\r\nLeden 2026;;;;\r\n\r\nBedrijf;;Contactpersoon;;\r\nNaam;Plaats;Naam;\"Functie\nof rol\";Telefoon\r\n\
                Bos;Urk;Eva;Chef;1\r\nBedrijf;;Contactpersoon;;\r\nNaam;Plaats;Naam;Functie of rol;Telefoon\r\nVos;Ede;Jan\r\n";
    let (dialect, whole, rows) = read(text);
    assert_eq!(dialect.header_row, 5);
    assert_eq!(whole.header, ["Bedrijf Naam", "Plaats", "Contactpersoon Naam", "Functie of rol", "Telefoon"]);
    let places: Vec<_> = rows.iter().map(|r| (r.row_number, r.line_number, r.flaw)).collect();
    let again = Some(Flaw::HeaderAgain);
    assert_eq!(places, [(6, 7, None), (7, 8, again), (8, 9, again), (9, 10, None)]);
    assert_eq!((whole.n_rows, whole.short_lines), (4, vec![10]));
}

#[test]
fn an_objection_above_reaches_over_channels_and_nothing_else() {
    for (text, header) in [
        (
            "Bedrijf;;Niet benaderen;;\nNaam;Plaats;E-mail;Telefoon;Website\nBos;Urk;ja;;bos.example\n",
            "Bedrijf Naam|Plaats|Niet benaderen E-mail|Niet benaderen Telefoon|Website",
        ),
        (
            "Bedrijf;;Niet mailen;;\nNaam;Plaats;j/n;Telefoon;Website\nBos;Urk;ja;030 123 45 67;bos.example\n",
            "Bedrijf Naam|Plaats|Niet mailen j/n|Telefoon|Website",
        ),
    ] {
        let (_, whole, rows) = read(text);
        assert_eq!(whole.header.join("|"), header);
        let objections =
            propose(&whole.header, &rows, true).into_iter().filter(|p| p.field == Field::DoNotMail);
        let expected = whole.header.iter().filter(|name| name.starts_with("Niet")).count();
        assert_eq!(objections.count(), expected, "{header}");
    }
}

#[test]
fn no_consent_is_read_from_a_group_and_no_refusal_is_lost() {
    let text = "Bedrijf;;Contactpersoon;;;Toestemming;\nNaam;Niet mailen;Naam;E-mail;Niet mailen;E-mail;Telefoon\n\
                Bos;;Eva;e@bos.example;ja;ja;ja\n";
    let (_, whole, rows) = read(text);
    let proposals = propose(&whole.header, &rows, true);
    let fields: Vec<_> = proposals.iter().map(|p| (p.column, p.field)).collect();
    let expected = [
        (0, Field::CompanyName),
        (1, Field::DoNotMail),
        (2, Field::FullName),
        (3, Field::Email),
        (4, Field::DoNotMail),
    ];
    assert_eq!(fields, expected, "{:?}", whole.header);
}
