use proptest::prelude::*;

use super::name::compare_in_full;
use super::*;
use crate::legal_form::LegalFormFamily;

/// Name, street, postcode, town, KvK number, website, telephone, SBI code, e-mail address.
type Row = [&'static str; 9];

fn profile(row: &Row) -> Profile {
    let [company, street, postcode, city, kvk, website, phone, sbi, email] = *row;
    let (given_name, family_name) = ("", "");
    let (employees, country) = ("", "NL");
    Profile::of(&RawRecord {
        company,
        street,
        postcode,
        city,
        kvk,
        register: "",
        lei: "",
        vat: "",
        website,
        phone,
        employees,
        sbi,
        given_name,
        family_name,
        email,
        country,
    })
}

/// A crowd in which ordinary words are ordinary: what an agreement says depends on how many have the value.
fn crowd() -> Vec<Profile> {
    let trades =
        ["Bouw", "Transport", "Import", "Export", "Advies", "Techniek", "Groothandel", "Installatie"];
    let names =
        ["Jansen", "de Vries", "Bakker", "Visser", "Smit", "Mulder", "Bos", "Peters", "Dekker", "Kok"];
    let towns = ["Utrecht", "Amsterdam", "Zwolle", "Breda", "Ede"];
    let mut found = Vec::new();
    for n in 0..4_000_usize {
        let pick = |list: &[&'static str], step: usize| list[(n / step) % list.len()];
        let company = format!("{} {} {}", pick(&names, 1), pick(&trades, 10), n / 80);
        let raw = RawRecord {
            company: &company,
            city: pick(&towns, 7),
            street: &format!("Kerkstraat {}", n + 500),
            country: "NL",
            ..RawRecord::default()
        };
        found.push(Profile::of(&raw));
    }
    found
}

fn candidates(profiles: &[Profile], f: &Frequencies) -> Vec<Pair> {
    (0..N_BLOCKS)
        .flat_map(|number| {
            let block = Block::of(profiles, number);
            block.compare(profiles, f, 0..block.n_groups()).0
        })
        .collect()
}

fn verdict_of(a: &Row, b: &Row) -> Verdict {
    let mut all = crowd();
    all.extend([profile(a), profile(b)]);
    let f = Frequencies::of(&all);
    compare(&profile(a), &profile(b), &f).map_or(Verdict::Different, |found| found.verdict())
}

const VRIES: Row = [
    "De Vries Bouw B.V.",
    "Kerkstraat 12",
    "3511AB",
    "Utrecht",
    "12345678",
    "devriesbouw.example",
    "030-1234567",
    "41200",
    "",
];

fn with(changes: &[(usize, &'static str)]) -> Row {
    let mut row = VRIES;
    for (i, value) in changes {
        row[*i] = value;
    }
    row
}

fn each_way(other: &Row, expected: Verdict, why: &str) {
    assert_eq!(verdict_of(&VRIES, other), expected, "{why}");
    assert_eq!(verdict_of(other, &VRIES), expected, "{why}, the other way round");
}

#[test]
fn the_number_of_the_register_decides_unless_nothing_confirms_it() {
    each_way(&VRIES, Verdict::Same, "everything agrees");
    each_way(&with(&[(0, "Vries bouw bv, de")]), Verdict::Same, "the same number");
    each_way(&with(&[(4, "87654321")]), Verdict::Sibling, "another number is another company of one house");
    let other_site = [(4, "87654321"), (5, "elders.example")];
    each_way(&with(&other_site), Verdict::Different, "another number and another domain");
    let elsewhere = [
        (0, "Bakkerij Smit"),
        (1, "Dorpsstraat 1"),
        (2, "8011XX"),
        (3, "Zwolle"),
        (5, "smit.example"),
        (6, ""),
        (7, ""),
    ];
    each_way(&with(&elsewhere), Verdict::Review, "a number that nothing else confirms may be a slip");
}

#[test]
fn without_a_number_two_things_have_to_agree_and_the_name_must_not_be_another() {
    let otherwise =
        [(4, ""), (0, "DE VRIES BOUW"), (5, "https://www.devriesbouw.example/contact"), (6, "0031301234567")];
    each_way(&with(&otherwise), Verdict::Same, "written otherwise");
    let slip = [(4, ""), (0, "De Vreis Bouw BV"), (5, ""), (6, "")];
    each_way(&with(&slip), Verdict::Same, "a slip of the finger at the same address");
    let other_trade = [(4, ""), (0, "De Vries Transport B.V."), (7, "")];
    each_way(&with(&other_trade), Verdict::Sibling, "the same domain and address under another name");
    let holding = [(4, ""), (0, "De Vries Bouw Holding B.V."), (7, "")];
    each_way(&with(&holding), Verdict::Sibling, "a holding is another company");
    let homonym = [
        (0, "De Vries Bouw V.O.F."),
        (1, "Dorpsstraat 1"),
        (2, "8011XX"),
        (3, "Zwolle"),
        (4, ""),
        (5, ""),
        (6, ""),
        (7, ""),
    ];
    each_way(&with(&homonym), Verdict::Different, "a homonym in another town");
    let bare = [(1, ""), (2, ""), (4, ""), (5, ""), (6, ""), (7, "")];
    each_way(&with(&bare), Verdict::Review, "the name and the town alone are for a person to judge");
}

#[test]
fn two_legal_forms_are_two_companies_unless_a_number_says_otherwise() {
    for (one, other, expected, why) in [
        ("Zonnehof B.V.", "Stichting Zonnehof", Verdict::Review, "a foundation beside its company"),
        ("Zonnehof N.V.", "Zonnehof B.V.", Verdict::Review, "two kinds of shares"),
        ("Zonnehof V.O.F.", "Zonnehof B.V.", Verdict::Review, "partners and their company"),
        ("Maatschap Zonnehof", "Zonnehof V.O.F.", Verdict::Review, "both are partnerships, and still two"),
        ("Vereniging Zonnehof", "Stichting Zonnehof", Verdict::Review, "an association and a foundation"),
        ("Zonnehof eenmanszaak", "Zonnehof B.V.", Verdict::Review, "one person and a company"),
        ("Zonnehof GmbH", "Zonnehof B.V.", Verdict::Review, "the company of another country"),
        ("Zonnehof Ltd", "Zonnehof B.V.", Verdict::Review, "and of a third"),
        ("Zonnehof Besloten Vennootschap", "Zonnehof B.V.", Verdict::Same, "one form, written out"),
        ("Zonnehof SRL", "Zonnehof BVBA", Verdict::Same, "one form in two languages"),
        ("Zonnehof Gesellschaft mbH", "Zonnehof GmbH", Verdict::Same, "one form, written out in part"),
        ("Zonnehof Ges.m.b.H.", "Zonnehof GmbH", Verdict::Same, "and as Austria shortens it"),
        ("Zonnehof UG (haftungsbeschränkt)", "Zonnehof UG", Verdict::Same, "one form and what it must say"),
        ("Zonnehof UG (haftungsbeschraenkt)", "Zonnehof UG", Verdict::Same, "and without its letter"),
        ("Zonnehof Gesellschaft mbH", "Zonnehof B.V.", Verdict::Review, "a GmbH, however it is written"),
        ("Zonnehof UG (haftungsbeschränkt)", "Zonnehof B.V.", Verdict::Review, "and a UG"),
        ("Zonnehof C.I.C.", "Zonnehof Limited", Verdict::Same, "a company of Britain either way"),
        ("Zonnehof C.I.C.", "Zonnehof B.V.", Verdict::Review, "and none of the Netherlands"),
        ("VvE Zonnehof", "Vereniging van Eigenaren Zonnehof", Verdict::Same, "one form, written out"),
        ("Zonnehof B.V.", "Zonnehof", Verdict::Same, "a form that is not written says nothing"),
    ] {
        let row = |name| with(&[(0, name), (4, ""), (5, "zonnehof.example")]);
        assert_eq!(verdict_of(&row(one), &row(other)), expected, "{one} / {other}: {why}");
        assert_eq!(verdict_of(&row(other), &row(one)), expected, "{other} / {one}: {why}");
        let numbered = |name| with(&[(0, name), (5, "zonnehof.example")]);
        assert_eq!(verdict_of(&numbered(one), &numbered(other)), Verdict::Same, "{one} / {other}, numbered");
    }
}

#[test]
fn a_number_that_is_one_slip_away_is_for_a_person() {
    each_way(&with(&[(4, "12345678")]), Verdict::Same, "the same number");
    each_way(&with(&[(4, "12345677")]), Verdict::Review, "one digit is another");
    each_way(&with(&[(4, "12354678")]), Verdict::Review, "two neighbours changed places");
    each_way(&with(&[(4, "12345687"), (5, "")]), Verdict::Review, "the address agrees");
    each_way(&with(&[(4, "12345687"), (2, "3512XX")]), Verdict::Review, "the domain agrees");
    each_way(&with(&[(4, "12345699")]), Verdict::Sibling, "two digits are others");
    each_way(&with(&[(4, "12345677"), (5, ""), (2, "3512XX")]), Verdict::Different, "neither agrees");
    each_way(&with(&[(4, "12345677"), (0, "De Vries Transport B.V.")]), Verdict::Sibling, "another name");
    each_way(&with(&[(4, "12345677"), (0, "De Vries Bouw N.V.")]), Verdict::Sibling, "another form");
    each_way(&with(&[(4, "12345677"), (0, "De Vries Bouw Zorg B.V.")]), Verdict::Sibling, "a longer name");
}

#[test]
fn branches_of_one_town_are_for_a_person() {
    let all_else = [(4, ""), (1, "Dorpsstraat 7"), (2, "3561XX")];
    let other = |more: &[(usize, &'static str)]| with(&[&all_else[..], more].concat());
    each_way(&other(&[(6, "030-7654321")]), Verdict::Review, "street, postcode and telephone are others");
    each_way(&other(&[]), Verdict::Same, "the telephone is the same: it moved");
    each_way(&other(&[(6, "06-12345678")]), Verdict::Same, "everybody has a mobile telephone");
    each_way(&other(&[(6, "")]), Verdict::Same, "no telephone says nothing");
    each_way(&other(&[(6, "030-7654321"), (4, "12345678")]), Verdict::Same, "the number says that it is one");
    let mut all = crowd();
    let n = u32::try_from(all.len()).unwrap();
    let chain = [
        ("Markt 1", "3511AB", "030-1000001"),
        ("Brink 2", "3512AB", ""),
        ("Singel 3", "3513AB", "030-1000003"),
        ("Kade 4", "3514AB", ""),
        ("Laan 5", "3515AB", ""),
        ("Pad 6", "3516AB", "030-1000006"),
        ("Dijk 7", "3517AB", ""),
        ("Plein 8", "3518AB", ""),
        ("Gracht 9", "3519AB", ""),
    ];
    all.extend(chain.map(|(street, postcode, phone)| {
        profile(&["Versmarkt", street, postcode, "Utrecht", "", "versmarkt.example", phone, "", ""])
    }));
    let f = Frequencies::of(&all);
    let clusters = join(&all, &mut candidates(&all, &f), &f);
    assert!((n..n + 9).all(|branch| clusters.root(branch) == branch), "a chain with one domain");
}

#[test]
fn one_label_under_two_endings_speaks_for_one_company() {
    let row = |site, city, street| {
        with(&[(0, "Vertexa Robots"), (1, street), (2, ""), (3, city), (4, ""), (5, site), (6, ""), (7, "")])
    };
    let nl = row("vertexarobots.nl", "Ede", "");
    for (other, expected, why) in [
        (row("vertexarobots.com", "Ede", ""), Verdict::Review, "the same town"),
        (row("robots-vertexa.com", "Ede", ""), Verdict::Different, "another label"),
    ] {
        assert_eq!(verdict_of(&nl, &other), expected, "{why}");
    }
    let house = |site| row(site, "Ede", "Laan 4");
    assert_eq!(
        verdict_of(&house("vertexarobots.nl"), &house("vertexarobots.com")),
        Verdict::Same,
        "one address"
    );
}

#[test]
fn what_is_written_otherwise_in_one_house_is_one_name() {
    let house = |name| with(&[(0, name), (4, ""), (5, "trimalishotel.example"), (6, ""), (7, "")]);
    for (one, other, expected) in [
        ("Trimalis Bwuo Holding", "Trimalis Bouw Holding", Verdict::Same),
        ("Trimalis Hotel", "Trimalis", Verdict::Same),
        ("Trimalis Import", "Trimalis Export", Verdict::Sibling),
        ("Trimalis Hotel I", "Trimalis Hotel II", Verdict::Sibling),
        ("Trimalis Quafonexhof A", "Trimalis Quafonexhof B", Verdict::Sibling),
        ("Quafonexpraktijk Oost", "Quafonexpraktijk West", Verdict::Sibling),
        ("Quafonexsalon Hans", "Quafonexsalon Hanna", Verdict::Sibling),
        ("Trimalis Hotel Holding", "Trimalis Hotel", Verdict::Sibling),
    ] {
        assert_eq!(verdict_of(&house(one), &house(other)), expected, "{one} / {other}");
        assert_eq!(verdict_of(&house(other), &house(one)), expected, "{other} / {one}");
    }
    let own = |name| with(&[(0, name), (4, ""), (5, "zonnehofvastgoed.example")]);
    let (long, short) = (own("Zonnehof Vastgoed"), own("Zonnehof"));
    assert_eq!(verdict_of(&long, &short), Verdict::Review, "the word stands in the domain of both");
}

#[test]
fn another_letter_in_a_short_word_needs_two_other_things_that_agree() {
    let smit = |changes: &[(usize, &'static str)]| {
        with(&[&[(0, "Schildersbedrijf Roos"), (4, ""), (5, ""), (6, ""), (7, "")], changes].concat())
    };
    let doos = |changes: &[(usize, &'static str)]| smit(&[&[(0, "Schildersbedrijf Doos")], changes].concat());
    for (one, other, expected, why) in [
        (smit(&[]), doos(&[]), Verdict::Review, "one building"),
        (smit(&[]), smit(&[]), Verdict::Same, "the same name in one building"),
        (smit(&[(6, "030-5555555")]), doos(&[(6, "030-5555555")]), Verdict::Same, "and one telephone"),
        (
            smit(&[(6, "030-5555555")]),
            doos(&[(6, "030-5555555"), (1, "Weg 88"), (2, "3512XX")]),
            Verdict::Review,
            "one telephone in two streets",
        ),
    ] {
        assert_eq!(verdict_of(&one, &other), expected, "{why}");
        assert_eq!(verdict_of(&other, &one), expected, "{why}, the other way round");
    }
    // An office answers for five companies.
    let row = |name, street| [name, street, "3511AB", "Utrecht", "", "", "030-5555555", "", ""];
    let rows = ["Kapsalon Roos", "Kapsalon Doos", "Taxi Aardvark", "Hotel Brandoo", "Glas Cirrus"];
    let mut all = crowd();
    all.extend(rows.map(|name| profile(&row(name, "Kade 4"))));
    let f = Frequencies::of(&all);
    let (x, y) = (&all[all.len() - 5], &all[all.len() - 4]);
    assert_eq!(compare(x, y, &f).unwrap().verdict(), Verdict::Review, "its telephone is no second sign");
}

#[test]
fn what_is_written_alike_at_one_address_is_one_company_in_a_file_of_any_size() {
    let street = |name| [name, "Weg 1", "1012AB", "Amsterdam", "", "", "", "", ""];
    let site = |name| [name, "", "", "Amsterdam", "", "glashandelkerk.example", "", "", ""];
    let rest =
        |n: usize| (0..n).map(|n| profile(&[["Aap", "Noot", "Mies"][n % 3], "", "", "", "", "", "", "", ""]));
    for (one, other, expected) in [
        (street("Bakkerij Jansen"), street("Bakkerij Jansen"), Verdict::Same),
        (street("De Boer & Zonen"), street("De Boer en Zonen"), Verdict::Same),
        (street("Müller & Söhne Bäckerei"), street("Mueller und Soehne Baeckerei"), Verdict::Same),
        (street("Bakkerij Jansen"), street("Bakkerij Janssen"), Verdict::Sibling),
        (site("Glashandel Kerk"), site("Glashandel Kerk B.V."), Verdict::Same),
        (site("Kerk Import"), site("Kerk Export"), Verdict::Sibling),
    ] {
        for size in [0, 10, 50, 500] {
            let mut all: Vec<Profile> = rest(size).collect();
            all.extend([profile(&one), profile(&other)]);
            let f = Frequencies::of(&all);
            let found = compare(&all[size], &all[size + 1], &f).map(|found| found.verdict());
            assert_eq!(found, Some(expected), "{} / {} among {size}", one[0], other[0]);
        }
    }
}

#[test]
fn an_lei_decides_like_a_number_of_the_register_and_a_vat_number_is_one_sign_among_others() {
    let numbered = |company, city, lei, vat| {
        Profile::of(&RawRecord { company, city, lei, vat, country: "NL", ..RawRecord::default() })
    };
    let (lei, other_lei, vat) = ("529900T8BM49AURSDO55", "5493001KJTIIGC8Y1R12", "NL004495445B01");
    let one = numbered("De Vries Bouw B.V.", "Utrecht", lei, vat);
    for (other, expected) in [
        (numbered("de vries bouw", "Utrecht", lei, ""), Verdict::Same),
        (numbered("De Vries Bouw B.V.", "Utrecht", other_lei, vat), Verdict::Different),
        (numbered("Bakkerij Smit", "Zwolle", lei, ""), Verdict::Review),
        (numbered("de vries bouw", "Utrecht", "", vat), Verdict::Same),
        (numbered("de vries bouw", "Zwolle", "", vat), Verdict::Review),
        (numbered("De Vries Holding B.V.", "Utrecht", "", vat), Verdict::Sibling),
    ] {
        let mut all = crowd();
        all.extend([one.clone(), other]);
        let f = Frequencies::of(&all);
        let (x, y) = (&all[all.len() - 2], &all[all.len() - 1]);
        let found = compare(x, y, &f).map_or(Verdict::Different, |found| found.verdict());
        assert_eq!(found, expected, "{} / {}", x.name, y.name);
        let keys = |p: &Profile| block_keys(p).into_iter().collect::<std::collections::BTreeSet<_>>();
        assert!(keys(x).intersection(&keys(y)).next().is_some(), "each is found by the other");
    }
}

#[test]
fn names_agree_by_what_they_mean() {
    let common = |word: &str| matches!(word, "import" | "export" | "bouw" | "jansen" | "janssen");
    for (a, b, expected) in [
        ("Jansen & Zonen B.V.", "Jansen en Zn", NameAgreement::Equal),
        ("Müller Techniek", "MULLERTECHNIEK bv", NameAgreement::Equal),
        ("IJsselmeer Bouw", "Ysselmeer bouw", NameAgreement::Equal),
        ("Gebroeders Kok Administratiekantoor", "Gebr. Kok Adm.kantoor", NameAgreement::Spelling),
        ("Elektrotechniek Bos", "E-techniek Bos", NameAgreement::Spelling),
        ("Quafonex", "Quafnoex", NameAgreement::Spelling),
        ("Quafonex Logistiek", "Quafonex", NameAgreement::Part),
        ("Quafonex Holding", "Quafonex", NameAgreement::Different),
        ("Quafonex Import", "Quafonex Export", NameAgreement::Different),
        ("Jansen Bouw", "Janssen Bouw", NameAgreement::Different),
        ("Stichting De Brug", "St. De Brug", NameAgreement::Equal),
        ("Kadehof I", "Kadehof II", NameAgreement::Different),
        ("Kadehof IX", "Kadehof XI", NameAgreement::Different),
        ("Kadehof II", "Kadehof 2", NameAgreement::Different),
        ("Kadehof Kaas I", "Kadehof Kaas", NameAgreement::Different),
        ("Kadehof", "Kadehof 2 B.V.", NameAgreement::Different),
        ("Kadehof 2001", "Kadehof 2002", NameAgreement::Different),
        ("Kadehof12 Kaas", "Kadehof13 Kaas", NameAgreement::Different),
        ("X Fitness Kadehof", "Fitness Kadehof", NameAgreement::Part),
        ("STAK Kadehof", "Kadehof", NameAgreement::Different),
        ("Stichting Administratiekantoor Kadehof", "Kadehof", NameAgreement::Different),
        ("Kadehof Invest", "Kadehof", NameAgreement::Different),
        ("Kadehof Deelnemingen", "Kadehof", NameAgreement::Different),
        ("Personeelsvereniging Kadehof", "Kadehof", NameAgreement::Different),
        ("Kadehof Pensioenfonds", "Kadehof", NameAgreement::Different),
        ("Vrienden van Kadehof", "Kadehof", NameAgreement::Different),
        ("", "B.V.", NameAgreement::Different),
    ] {
        let (x, y) = (name_words(a).0, name_words(b).0);
        assert_eq!(compare_names(&x, &y, &common), expected, "{a} / {b}");
        assert_eq!(compare_names(&y, &x, &common), expected, "{b} / {a}");
    }
}

#[test]
fn a_name_that_begins_another_one_is_for_a_person() {
    let at = |name, site, phone| with(&[(0, name), (4, ""), (5, site), (6, phone), (7, "")]);
    for (one, other) in [
        ("Tandarts Mol", "Tandarts Molenaar"),
        ("Garage Peters", "Garage Petersen"),
        ("Notaris Bos", "Notaris Bosman"),
    ] {
        let (a, b) = (at(one, "", ""), at(other, "", ""));
        assert_ne!(verdict_of(&a, &b), Verdict::Same, "{one} / {other}: the address alone");
        let (a, b) = (at(one, "een.example", "030-1234500"), at(other, "twee.example", "030-7654300"));
        assert_ne!(verdict_of(&a, &b), Verdict::Same, "{one} / {other}: site and telephone contradict");
    }
    let is_common = |word: &str| matches!(word, "gebroeders" | "smit");
    let doubt = |a, b| compare_in_full(a, b, &is_common).is_doubtful;
    assert!(!doubt("gebr smit", "gebroeders smit"), "a word that many have is shortened by everybody");
    assert!(doubt("smit mol", "smit molenaar") && doubt("j smit", "jan smit"));
    let (a, b) = (at("J. de Vries Bouw", "", "030-1234500"), at("Jan de Vries Bouw", "", "030-1234500"));
    assert_eq!(
        verdict_of(&a, &b),
        Verdict::Same,
        "address and telephone agree, and an initial does not contradict"
    );
}

#[test]
fn infixes_are_shortened_by_everybody() {
    for name in [
        "Bouwbedrijf Van der Meer B.V.",
        "Bouwbedrijf v.d. Meer",
        "Bouwbedrijf vd Meer",
        "Bouwbedrijf v/d Meer",
        "Bouwbedrijf v d Meer",
    ] {
        assert_eq!(name_words(name).0, "bouwbedryf vd meer", "{name}");
    }
    assert_eq!(name_words("Van 't Hof").0, name_words("Van het Hof").0);
}

#[test]
fn forms_are_read_apart_from_the_name() {
    for (name, words, form) in [
        ("Bakkerij De Brug Coöperatie U.A.", "bakkery de brug", Some(LegalFormFamily::Cooperative)),
        ("Jansen besloten vennootschap", "jansen", Some(LegalFormFamily::PrivateLimited)),
        ("Jansen V.O.F.", "jansen", Some(LegalFormFamily::Partnership)),
        ("Stichting Zorg", "zorg", Some(LegalFormFamily::Foundation)),
        ("Maatschap Vis en Bos", "vis bos", Some(LegalFormFamily::Partnership)),
        ("SARL Dupont", "dupont", Some(LegalFormFamily::PrivateLimited)),
        ("St. Jozef", "jozef", Some(LegalFormFamily::Foundation)),
        ("S.T. Schouten", "st schouten", None),
        ("C.V. Veenstra eenmanszaak", "cv veenstra", Some(LegalFormFamily::SoleTrader)),
        ("BV", "bv", None),
    ] {
        assert_eq!(name_words(name), (words.to_owned(), form), "{name}");
    }
}

#[test]
fn a_bare_name_joins_no_two_siblings() {
    let land = [
        "Siforce Landmeetkunde",
        "Nieuwstraat 1",
        "7413GR",
        "Deventer",
        "",
        "siforcelandmeetkunde.example",
        "",
        "",
        "",
    ];
    let bare =
        ["Siforce", "Nieuwstraat 1", "7413GR", "Deventer", "", "siforcelandmeetkunde.example", "", "", ""];
    let green = [
        "Siforce Groenvoorziening",
        "Nieuwstraat 1",
        "7413GR",
        "Deventer",
        "",
        "siforcelandmeetkunde.example",
        "",
        "",
        "",
    ];
    let mut all = crowd();
    let first = u32::try_from(all.len()).unwrap();
    all.extend([profile(&land), profile(&bare), profile(&green)]);
    let f = Frequencies::of(&all);
    let mut pairs = candidates(&all, &f);
    let clusters = join(&all, &mut pairs, &f);
    assert_eq!(clusters.root(first), clusters.root(first + 1), "the domain says whose short name it is");
    assert_ne!(clusters.root(first), clusters.root(first + 2));
    assert_eq!(clusters.groups(), [vec![first, first + 1]]);
}

#[test]
fn a_value_that_very_many_share_hides_no_pair() {
    // One telephone number of an office for all: more records than one block compares with each other.
    let mut all: Vec<Profile> = (0..400)
        .map(|n| {
            let company = format!("Zaak{n:03}x Advies");
            let raw =
                RawRecord { company: &company, phone: "030-1234567", country: "NL", ..RawRecord::default() };
            Profile::of(&raw)
        })
        .collect();
    let row = |name| [name, "Nieuwstraat 1", "7413GR", "Deventer", "", "", "030-1234567", "", ""];
    let n = u32::try_from(all.len()).unwrap();
    all.extend([profile(&row("Aarde Techniek")), profile(&row("Zz Aarde Techniek"))]);
    let f = Frequencies::of(&all);
    let found = candidates(&all, &f);
    assert!(found.iter().any(|p| (p.a, p.b) == (n, n + 1)), "they meet by their address");
}

#[test]
fn what_a_person_decides_no_third_record_decides() {
    let row = |name: &'static str| with(&[(0, name), (4, ""), (5, "zonnehof.example")]);
    let mut all = crowd();
    let n = u32::try_from(all.len()).unwrap();
    all.extend([row("Zonnehof B.V."), row("Zonnehof"), row("Stichting Zonnehof")].iter().map(profile));
    let f = Frequencies::of(&all);
    let mut pairs = candidates(&all, &f);
    let clusters = join(&all, &mut pairs, &f);
    assert_ne!(clusters.root(n), clusters.root(n + 2), "a record without a form belongs to one of the two");
}

#[test]
fn two_numbers_never_meet_in_one_company() {
    let row = |kvk: &'static str| {
        ["Quafonex Bouw", "Nieuwstraat 1", "7413GR", "Deventer", kvk, "quafonex.example", "", "", ""]
    };
    let all: Vec<Profile> = [row("12345678"), row(""), row("87654321")].iter().map(profile).collect();
    let f = Frequencies::of(&all);
    let mut pairs = candidates(&all, &f);
    let clusters = join(&all, &mut pairs, &f);
    assert_ne!(clusters.root(0), clusters.root(2), "the record between them belongs to one of the two");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The same companies come out whatever the order of the rows.
    #[test]
    fn the_order_of_the_rows_does_not_matter(seed in any::<u64>()) {
        let rows: Vec<Profile> = (0..60_u64)
            .map(|n| {
                let company = format!("{} {}", ["Alba", "Quafonex", "Mirelux"][(n % 3) as usize], ["Bouw", "", "Advies"][(n / 3 % 3) as usize]);
                let phone = format!("030-12345{:02}", n / 4);
                let raw = RawRecord { company: &company, city: "Utrecht", phone: &phone, country: "NL", ..RawRecord::default() };
                Profile::of(&raw)
            })
            .collect();
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|i| (*i as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let shuffled: Vec<Profile> = order.iter().map(|i| rows[*i].clone()).collect();
        let pairs_of = |profiles: &[Profile], names: &dyn Fn(usize) -> usize| {
            let f = Frequencies::of(profiles);
            let mut pairs = candidates(profiles, &f);
            let _ = join(profiles, &mut pairs, &f);
            let mut found: Vec<(usize, usize)> = pairs
                .iter()
                .filter(|p| p.comparison.verdict() == Verdict::Same)
                .map(|p| { let (x, y) = (names(p.a as usize), names(p.b as usize)); (x.min(y), x.max(y)) })
                .collect();
            found.sort_unstable();
            found
        };
        prop_assert_eq!(pairs_of(&rows, &|i| i), pairs_of(&shuffled, &|i| order[i]));
    }

    /// Two rows of one name and address are one company among any others.
    #[test]
    fn equal_rows_are_one_company(name in "[A-Z][a-z]{2,9}( [A-Z][a-z]{2,9})?", other in "[A-Z][a-z]{2,9}", n in 1_u32..400, crowd in 0_usize..40) {
        let street = format!("Kade {n}");
        let raw = RawRecord { company: &name, street: &street, postcode: "3511AB", city: "Utrecht", country: "NL", ..RawRecord::default() };
        let mut all = vec![Profile::of(&raw); 2];
        prop_assume!(!all[0].name.is_empty());
        all.extend((0..crowd).map(|_| Profile::of(&RawRecord { company: &other, ..raw })));
        let f = Frequencies::of(&all);
        prop_assert_eq!(compare(&all[0], &all[1], &f).map(|found| found.verdict()), Some(Verdict::Same));
    }

    /// Text of any kind is normalised without harm.
    #[test]
    fn any_text_can_be_compared(a in "\\PC{0,40}", b in "\\PC{0,40}") {
        let raw = RawRecord { company: &a, street: &b, city: &b, website: &a, phone: &b, email: &a, kvk: &b, postcode: &a, ..RawRecord::default() };
        let one = Profile::of(&raw);
        let other = Profile::of(&RawRecord { company: &b, ..raw });
        let all = [one, other];
        let f = Frequencies::of(&all);
        let there = compare(&all[0], &all[1], &f);
        prop_assert_eq!(there, compare(&all[1], &all[0], &f));
    }
}

#[test]
fn websites_are_read_as_people_leave_them() {
    for (text, expected) in [
        ("https://www.kerk.example/contact", Some("kerk.example")),
        ("//kerk.example", Some("kerk.example")),
        ("info@kerk.example", Some("kerk.example")),
        ("https://www.kerk.example,", Some("kerk.example")),
        ("www.kerk.example; www.toren.example", Some("kerk.example")),
        ("https://www.günther-glas.example/", Some("xn--gnther-glas-thb.example")),
        ("Müller.example", Some("xn--mller-kva.example")),
        ("bücher.example", Some("xn--bcher-kva.example")),
        ("例え.example", Some("xn--r8jz45g.example")),
        ("jan@gmail.com", None),
        ("geen", None),
        ("", None),
    ] {
        let found = super::profile::company_domain(text);
        assert_eq!(found.as_ref().map(crate::company::DomainName::as_str), expected, "{text}");
    }
}
