//! Lists from disk: what `kiem import` does, against a real database.

mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use kiem::engine::audience::import_report::WENT_ON;
use kiem::engine::audience::list_export::{ExportFormat, ExportRows};
use kiem::engine::audience::lists::ListQuery;
use kiem::engine::audience::{FileOrder, FileReport, ImportOrder, Upload};
use kiem::engine::{EngineError, Role};
use kiem::messages::Lang;
use kiem_adapters::import::{Field, Preset};
use kiem_domain::contact::EmailAddress;
use kiem_domain::lead::LeadState;
use kiem_domain::listing::{ListKind, ListSort};
use kiem_store::company::{self, Company, CompanyKey};
use kiem_store::contact;
use kiem_store::import::{self, ImportState};
use kiem_store::{lead, suppression};
use support::House;
use support::lists::file_order;

/// A folder of its own that goes with the test.
struct Place(PathBuf);

impl Place {
    fn new() -> Place {
        let folder =
            std::env::temp_dir().join(format!("kiem-import-{}", uuid::Uuid::from_bytes(support::random())));
        std::fs::create_dir_all(&folder).unwrap();
        Place(folder)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A folder that cannot be removed is the temporary folder's business.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn write(place: &Place, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = place.0.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn order(path: &Path, is_trial: bool) -> FileOrder {
    FileOrder { default_country: Some("NL".to_owned()), is_trial, ..file_order(path) }
}

async fn both() -> [House; 2] {
    [House::sqlite().await, House::postgres().await]
}

async fn import(house: &House, path: &Path, is_trial: bool) -> FileReport {
    let report =
        house.engine.import_file(&house.caller(Role::Marketing), order(path, is_trial)).await.unwrap();
    house.run_jobs().await;
    report
}

async fn companies(house: &House) -> Vec<Company> {
    let mut tx = house.engine.store().read(house.workspace).await.unwrap();
    company::page(&mut tx, None, 10_000).await.unwrap()
}

#[tokio::test]
async fn a_trial_says_what_happens_and_writes_nothing() {
    let (house, place) = (House::sqlite().await, Place::new());
    let first = write(&place, "eerst.csv", "Bedrijf;Plaats;Naam;E-mail\nOud;Urk;Jan Bos;jan@oud.example\n");
    import(&house, &first, false).await;
    // Rows 1,501 to 2,500 say again what rows 1 to 1,000 said, in another chunk.
    let mut text = "Bedrijf;KvK;Plaats;Naam;E-mail;Niet mailen\n".to_owned();
    for n in 0..2_500 {
        let n = n % 1_500;
        text.push_str(&format!("Bedrijf {n};{};Urk;Naam {n};n{n}@b{n}.example;\n", 10_000_000 + n));
    }
    text.push_str(
        "Oud;;Urk;Jan Bos;jan@oud.example;ja\n;;;;;\nX;;;;fout;\n;;;Piet;;\n\"Y;;;;;\nA;B;C;D;E;F;G\n",
    );
    let path = write(&place, "lijst.csv", &text);

    let trial = import(&house, &path, true).await;
    assert_eq!(companies(&house).await.len(), 1, "nothing was written");
    assert_eq!(house.marketing_list("jan").await[0].lead.state, LeadState::New, "nobody was stopped");
    let caller = house.caller(Role::Marketing);
    assert_eq!(house.engine.imports(&caller, None, 10).await.unwrap().len(), 1);

    let real = import(&house, &path, false).await;
    assert_eq!(trial.counts, real.counts);
    assert_eq!(trial.rejections, real.rejections);
    let c = real.counts;
    assert_eq!((c.rows_n, c.created_n, c.matched_n, c.repeated_n), (2_505, 1_501, 1, 1_000));
    assert_eq!((c.rejected_n, c.ambiguous_n, c.suppressed_n), (3, 0, 1));
    assert_eq!((c.companies_created_n, c.people_created_n), (1_501, 1_500));
    let why: Vec<(u64, &str, bool)> =
        real.rejections.iter().map(|r| (r.line, r.problem.code, r.is_row)).collect();
    assert_eq!(
        why,
        [
            (2_504, "email", false),
            (2_505, "no_company", true),
            (2_506, "unclosed", true),
            (2_507, "too_many_cells", true)
        ]
    );
    assert_eq!(house.marketing_list("jan").await[0].lead.state, LeadState::Blocked, "do not mail stops");
    let runs = house.engine.imports(&caller, None, 10).await.unwrap();
    assert_eq!(
        (runs[0].state, runs[0].n_rows, runs[0].progress.n_done),
        (ImportState::Finished, 2_506, 2_506)
    );

    for is_trial in [true, false] {
        let again = import(&house, &path, is_trial).await.counts;
        assert_eq!((again.created_n, again.companies_created_n, again.people_created_n), (0, 0, 0));
        assert_eq!((again.matched_n, again.repeated_n), (1_502, 1_000));
    }
    house.close().await;
}

#[tokio::test]
async fn zeros_come_back_and_unsure_days_are_not_guessed() {
    let (house, place) = (House::sqlite().await, Place::new());
    let text = "Bedrijfsnaam;KvK-nummer;Telefoon algemeen;Postcode;Straat;Huisnummer;SBI-code;Omzet;Oprichtingsdatum;BTW-nummer;Rechtsvorm\n\
        Meer BV;1234567;201234567;1234ab;Dorpsstraat;12-B;01110;€ 1.234.567,50;01/02/1998;NL812345678B01;BV\n\
        Bos;23456789;020-1234568;1234AC;Kerkweg;1;6201;2,5 mln;03/04/2001;NL123456789B01;Eenmanszaak\n";
    let path = write(&place, "lijst.csv", text);
    let report = import(&house, &path, false).await;
    let warned: Vec<(&str, Option<usize>, u64)> =
        report.warnings.iter().map(|w| (w.code.as_str(), w.column, w.n)).collect();
    assert_eq!(
        warned,
        [("date_ambiguous", Some(8), 2), ("zero_restored", Some(1), 1), ("zero_restored", Some(2), 1)]
    );
    assert_eq!(report.rejections.len(), 1);
    assert_eq!((report.rejections[0].problem.code, report.rejections[0].line), ("vat_id", 3));
    let all = companies(&house).await;
    let meer = all.iter().find(|c| c.name == "Meer BV").unwrap();
    assert_eq!((meer.kvk_number.as_deref(), meer.phone.as_deref()), (Some("01234567"), Some("+31201234567")));
    let d = &meer.details;
    assert_eq!((d.street.as_deref(), d.house_number.as_deref()), (Some("Dorpsstraat"), Some("12-B")));
    assert_eq!((d.postcode.as_deref(), d.sbi_code.as_deref()), (Some("1234 AB"), Some("01110")));
    assert_eq!((d.revenue_cents, d.revenue_currency.as_deref()), (Some(123_456_750), Some("EUR")));
    assert_eq!((d.founded_on.as_deref(), d.vat_id.as_deref()), (Some("1998"), Some("NL812345678B01")));
    // One day that can only be read one way settles the column.
    let settled = text.replace("03/04/2001", "31/03/2001").replace("Meer BV;1234567", "Nieuw;7654321");
    let report = import(&house, &write(&place, "meer.csv", settled), false).await;
    assert!(report.warnings.iter().all(|w| w.code != "date_ambiguous"), "{:?}", report.warnings);
    let all = companies(&house).await;
    assert_eq!(
        all.iter().find(|c| c.name == "Nieuw").unwrap().details.founded_on.as_deref(),
        Some("1998-02-01")
    );
    house.close().await;
}

#[tokio::test]
async fn consent_is_not_taken_and_objections_only_suppress() {
    let (house, place) = (House::sqlite().await, Place::new());
    let text = "Person - Name,Person - Email - Work,Person - Organization,Person - Marketing status,Person - Double opt-in\n\
        Jan,jan@a.example,A,Unsubscribed,yes\nEva,eva@a.example,A,Subscribed,yes\nTom,tom@b.example,B,No consent,no\n";
    let path = write(&place, "pipedrive.csv", text);
    let report = import(&house, &path, false).await;
    assert_eq!(report.preset, Some(Preset::Pipedrive));
    assert!(report.columns[4].proposal.is_none(), "consent has no field");
    let states: Vec<(String, LeadState)> =
        house.marketing_list("").await.into_iter().map(|r| (r.person_name, r.lead.state)).collect();
    assert_eq!(
        states,
        [
            ("Eva".to_owned(), LeadState::New),
            ("Jan".to_owned(), LeadState::Blocked),
            ("Tom".to_owned(), LeadState::New)
        ]
    );
    // The other way round changes nothing: who objected stays out.
    let text = text.replace("Unsubscribed", "Subscribed");
    let report = import(&house, &write(&place, "later.csv", text), false).await;
    assert_eq!((report.counts.created_n, report.counts.suppressed_n), (0, 1));
    assert_eq!(house.marketing_list("jan").await[0].lead.state, LeadState::Blocked);

    let eva = house.marketing_list("eva").await.remove(0);
    house.engine.erase_contact(&house.caller(Role::Marketing), eva.lead.contact_id).await.unwrap();
    for is_trial in [true, false] {
        let report = import(&house, &path, is_trial).await;
        assert_eq!((report.counts.created_n, report.counts.rejected_n), (0, 1));
        assert_eq!((report.rejections[0].problem.code, report.rejections[0].line), ("erased", 3));
    }
    house.close().await;
}

#[tokio::test]
async fn the_files_of_a_register_belong_together() {
    let (house, place) = (House::sqlite().await, Place::new());
    let files = [
        (
            "denomination.csv",
            "\"EntityNumber\",\"Language\",\"TypeOfDenomination\",\"Denomination\"\n\"0123.456.749\",\"2\",\"001\",\"Bakkerij Meer\"\n",
        ),
        (
            "address.csv",
            "\"EntityNumber\",\"TypeOfAddress\",\"CountryNL\",\"CountryFR\",\"Zipcode\",\"MunicipalityNL\",\"MunicipalityFR\",\"StreetNL\",\"StreetFR\",\"HouseNumber\",\"Box\",\"ExtraAddressInfo\",\"DateStrikingOff\"\n\"0123.456.749\",\"REGO\",\"\",\"\",\"9000\",\"Gent\",\"Gand\",\"Veldstraat\",\"\",\"12\",\"\",\"\",\"\"\n\"0999.999.922\",\"REGO\",\"\",\"\",\"9000\",\"Gent\",\"Gand\",\"Korenmarkt\",\"\",\"1\",\"\",\"\",\"\"\n",
        ),
        (
            "contact.csv",
            "\"EntityNumber\",\"EntityContact\",\"ContactType\",\"Value\"\n\"0123.456.749\",\"ENT\",\"TEL\",\"09 123 45 67\"\n\"0123.456.749\",\"ENT\",\"WEB\",\"www.meer.example\"\n",
        ),
        (
            "activity.csv",
            "\"EntityNumber\",\"ActivityGroup\",\"NaceVersion\",\"NaceCode\",\"Classification\"\n\"0123.456.749\",\"001\",\"2025\",\"10710\",\"MAIN\"\n",
        ),
    ];
    for (name, text) in files {
        let path = write(&place, name, format!("\u{feff}{text}"));
        let order = FileOrder { default_country: None, ..order(&path, false) };
        let report = house.engine.import_file(&house.caller(Role::Marketing), order).await.unwrap();
        assert_eq!(report.default_country.as_deref(), Some("BE"), "{name}");
        let unknown = u64::from(name == "address.csv");
        assert_eq!(report.counts.rejected_n, unknown, "{name}: {:?}", report.rejections);
    }
    let mut tx = house.engine.store().read(house.workspace).await.unwrap();
    let found =
        company::by_keys(&mut tx, CompanyKey::RegisterNumber, &["0123456749".to_owned()]).await.unwrap();
    drop(tx);
    let meer = &found[0];
    assert_eq!((found.len(), meer.name.as_str(), meer.city.as_deref()), (1, "Bakkerij Meer", Some("Gent")));
    assert_eq!((meer.phone.as_deref(), meer.domain.as_deref()), (Some("+3291234567"), Some("meer.example")));
    let d = &meer.details;
    assert_eq!(
        (d.street.as_deref(), d.postcode.as_deref(), d.sbi_code.as_deref()),
        (Some("Veldstraat"), Some("9000"), Some("10710"))
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_cut_short_goes_on_when_it_is_ordered_again() {
    const ROWS: usize = 6_000;
    for house in both().await {
        let place = Place::new();
        let mut text = "Bedrijf;Plaats;Naam;E-mail\n".to_owned();
        for n in 0..ROWS {
            text += &format!("Firma {n};Urk;Eva Smit;eva@firma{n}.example\n");
        }
        let path = write(&place, "groot.csv", text);
        let (engine, caller, whole) =
            (house.engine.clone(), house.caller(Role::Marketing), order(&path, false));
        let cut = tokio::spawn(async move { engine.import_file(&caller, whole).await });
        let runs = async || {
            let mut tx = house.engine.store().read(house.workspace).await.unwrap();
            import::list(&mut tx, house.engine.now() + SignedDuration::from_hours(1), 10).await.unwrap()
        };
        while runs().await.first().is_none_or(|run| run.progress.n_done == 0) {
            // Time passes, so that what came in is committed.
            house.advance(SignedDuration::from_secs(3));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cut.abort();
        assert!(cut.await.is_err_and(|e| e.is_cancelled()), "it was still at work");
        let there = runs().await[0].progress.n_done;
        assert!(there > 0 && there < ROWS as i64, "{there}");
        let report = import(&house, &path, false).await;
        let went_on = report.warnings.iter().find(|warning| warning.code == WENT_ON);
        assert_eq!(went_on.map(|warning| warning.n), Some(there as u64));
        assert_eq!(report.counts.created_n, (ROWS as i64 - there) as u64);
        let all = runs().await;
        assert_eq!(all.len(), 1, "it is one run");
        assert_eq!((all[0].state, all[0].n_rows), (ImportState::Finished, ROWS as i64));
        assert_eq!(all[0].progress.n_companies_created, ROWS as i64);
        house.close().await;
    }
}

/// Rows that speak of three hundred companies again and again, each time saying something else: a number, a domain, a town, a
/// telephone, one of two people. `note` makes each row longer.
fn spoken_of_again(note: &str) -> String {
    let mut text =
        "Bedrijf;KvK;Website;Plaats;Telefoon;Voornaam;Achternaam;E-mail;Functie;Opmerking\n".to_owned();
    let mut state = 7_u64;
    let mut dice = |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    for _ in 0..2_400 {
        let n = dice(300);
        let says = |is_said: bool, what: String| if is_said { what } else { String::new() };
        // Every name stands for two companies in two towns.
        let name = format!("Bedrijf {} {}", n % 150, if dice(3) == 0 { "B.V." } else { "" });
        let kvk = says(dice(2) == 0, (10_000_000 + n).to_string());
        let site = says(dice(3) == 0, format!("www.b{n}.example"));
        let town = if n < 150 { "Urk" } else { "Ede" };
        let phone = says(dice(4) == 0, format!("030 {:07}", 2_000_000 + n));
        let who = dice(2);
        let mail = says(dice(2) == 0, format!("p{who}@b{n}.example"));
        let title = says(dice(3) == 0, "Directeur".to_owned());
        text.push_str(&format!("{name};{kvk};{site};{town};{phone};Jan;Bos{who};{mail};{title};{note}\n"));
    }
    text
}

/// Everything that a list has made, in an order of its own.
async fn made(house: &House) -> Vec<String> {
    let mut tx = house.engine.store().read(house.workspace).await.unwrap();
    let mut lines = Vec::new();
    for firm in company::page(&mut tx, None, 10_000).await.unwrap() {
        let people = contact::of_company(&mut tx, firm.id, 100).await.unwrap();
        let mut who: Vec<String> =
            people.iter().map(|p| format!("{} {:?} {:?}", p.name_key, p.email, p.title)).collect();
        who.sort();
        let leads = lead::of_company(&mut tx, firm.id, 100).await.unwrap();
        let mut texts: Vec<String> =
            leads.into_iter().map(|lead| format!("{} {}", lead.sort_name, lead.sort_company)).collect();
        texts.sort();
        lines.push(format!(
            "{} {:?} {:?} {:?} {:?} {who:?} {texts:?}",
            firm.name, firm.kvk_number, firm.domain, firm.city, firm.phone
        ));
    }
    lines.sort();
    lines
}

#[tokio::test]
async fn a_list_makes_the_same_whichever_way_it_comes_in() {
    let place = Place::new();
    let path = write(&place, "lijst.csv", spoken_of_again(""));
    // So long that it counts as large, and has a database of its own to itself.
    let large = write(&place, "groot.csv", spoken_of_again(&"x".repeat(3_300)));
    let [alone, sqlite, postgres] = [House::sqlite().await, House::sqlite().await, House::postgres().await];
    let first = import(&alone, &large, false).await.counts;
    let expected = made(&alone).await;
    assert!(first.companies_created_n >= 300 && first.repeated_n > 1_000, "{first:?}");
    for house in [&sqlite, &postgres] {
        assert_eq!(import(house, &path, false).await.counts, first);
        assert_eq!(made(house).await, expected);
    }
    let again = import(&alone, &large, false).await.counts;
    assert_eq!((again.created_n, made(&alone).await), (0, expected.clone()), "twice changes nothing");

    // In the background every row is looked up in the database, and nothing is decided before what it needs is written.
    let page = House::sqlite().await;
    let caller = page.caller(Role::Marketing);
    let bytes = std::fs::read(&path).unwrap();
    let seen = page
        .engine
        .import_preview(&caller, Upload { file_name: "lijst.csv".to_owned(), bytes })
        .await
        .unwrap();
    let mapping = seen.proposals.iter().map(|p| (p.column, p.field)).collect();
    let declared = order(&path, false);
    let start = ImportOrder {
        mapping,
        default_country: declared.default_country,
        ground: declared.ground,
        encoding: None,
        policy: declared.policy,
        rows: Vec::new(),
        values: Vec::new(),
        date_order: None,
    };
    page.engine.import_start(&caller, seen.run.id, start).await.unwrap();
    page.run_jobs().await;
    assert_eq!(made(&page).await, expected);
    for house in [alone, sqlite, postgres, page] {
        house.close().await;
    }
}

#[tokio::test]
async fn who_is_known_by_name_is_found_by_a_key_that_the_row_before_gave_the_company() {
    for house in both().await {
        let place = Place::new();
        let head = "Bedrijf;KvK;Website;Naam;Telefoon\n";
        let first = write(&place, "eerst.csv", format!("{head}Foo;;www.foo.example;Jan Bos;\n"));
        import(&house, &first, false).await;
        // The first row says the number; by the number alone the second means the same company.
        let rows = "Foo;12345678;www.foo.example;Eva Smit;\nGeheel Anders;12345678;;Jan Bos;030 2000001\n";
        // Long enough that the keys of all records are read before.
        let last = format!("Foo;;www.foo.example;Eva Smit;{}\n", "x".repeat(2_000));
        let path = write(&place, "dan.csv", format!("{head}{rows}{last}"));
        let counts = import(&house, &path, false).await.counts;
        assert_eq!((counts.companies_created_n, counts.people_created_n), (0, 1), "{counts:?}");
        house.close().await;
    }
}

#[tokio::test]
async fn a_row_that_may_mean_two_companies_is_left_out() {
    let (house, place) = (House::sqlite().await, Place::new());
    let two = "Bedrijf;Plaats;Website\nJansen;Urk;een.example\nJansen;Zeist;twee.example\n";
    import(&house, &write(&place, "twee.csv", two), false).await;
    let which = write(&place, "welke.csv", "Bedrijf;Plaats;Branche\nJansen;;Bouw\nJansen;Zeist;Bouw\n");
    for is_trial in [true, false] {
        let report = import(&house, &which, is_trial).await;
        assert_eq!((report.counts.ambiguous_n, report.counts.matched_n, report.counts.created_n), (1, 1, 0));
        assert_eq!((report.rejections[0].line, report.rejections[0].problem.code), (2, "ambiguous_company"));
    }
    let all = companies(&house).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all.iter().find(|c| c.domain.as_deref() == Some("een.example")).unwrap().industry, None);
    house.close().await;
}

#[tokio::test]
async fn an_order_goes_before_the_proposal_and_a_workbook_is_a_list() {
    let (house, place) = (House::sqlite().await, Place::new());
    let path = write(&place, "x.csv", "Relatie;Iets;E-mail\nA;Bakkerij A;a@a.example\n");
    let map = vec![("iets".to_owned(), Some(Field::CompanyName)), ("2".to_owned(), None)];
    let chosen = FileOrder { map, ..order(&path, false) };
    let caller = house.caller(Role::Marketing);
    let report = house.engine.import_file(&caller, chosen).await.unwrap();
    assert_eq!(report.columns.iter().map(|c| c.proposal.is_some()).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(companies(&house).await[0].name, "Bakkerij A");
    let wrong = FileOrder { map: vec![("niets".to_owned(), None)], ..order(&path, true) };
    let refused = house.engine.import_file(&caller, wrong).await.unwrap_err();
    assert!(matches!(refused, EngineError::Refused { code: "import_map_column", .. }), "{refused:?}");
    let sales = house.engine.import_file(&house.caller(Role::Sales), order(&path, true)).await;
    assert!(matches!(sales, Err(EngineError::Forbidden)));

    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../kiem-adapters/tests/files/leden.xls");
    let report = import(&house, &book, false).await;
    assert_eq!((report.counts.rows_n, report.counts.created_n), (2, 2));
    assert!(companies(&house).await.iter().any(|c| c.kvk_number.as_deref() == Some("01234567")));
    house.close().await;
}

/// Lists of people who object, as programs write them.
#[tokio::test]
async fn who_objects_is_kept_whatever_else_the_list_is_good_for() {
    for house in both().await {
        let place = Place::new();
        let text = "E-mail;Uitgeschreven;Blacklist;Bedrijf;Naam;Telefoon\n\
            jan@gmail.com;ja;nee;;;\n\
            eva@klant.example;nee;ja;Klant BV;Eva Smit;\n\
            ;ja;nee;Bos BV;Jan Bos;0612345678\n\
            pia@vrij.example;nee;nee;Vrij BV;Pia Vrij;\n";
        let path = write(&place, "bezwaar.csv", text);
        let report = import(&house, &path, false).await;
        assert_eq!((report.counts.rejected_n, report.counts.suppressed_n), (1, 2), "{}", house.db.name);
        assert_eq!(report.rejections[0].problem.code, "only_suppressed");
        let hashes: Vec<Vec<u8>> = ["jan@gmail.com", "eva@klant.example", "pia@vrij.example"]
            .map(|email| house.engine.keys().address_hash(&EmailAddress::parse(email).unwrap()))
            .to_vec();
        let mut tx = house.engine.store().read(house.workspace).await.unwrap();
        let listed = suppression::reasons(&mut tx, &hashes).await.unwrap();
        assert_eq!(listed.len(), 2, "{}: jan and eva", house.db.name);
        drop(tx);
        let state = async |name: &str| house.marketing_list(name).await[0].lead.state;
        assert_eq!(state("bos").await, LeadState::Blocked, "without an address he is not approached either");
        assert_eq!(state("pia").await, LeadState::New);
        house.close().await;
    }
}

#[tokio::test]
async fn what_was_exported_comes_back_as_it_left() {
    let (house, place) = (House::sqlite().await, Place::new());
    let text = "Bedrijf;Plaats;Naam;E-mail;Telefoon;Functie;Niet mailen\n\
        Klant BV;Urk;Eva Smit;eva@klant.example;0612345678;Directeur;ja\n";
    import(&house, &write(&place, "eerst.csv", text), false).await;
    let caller = house.caller(Role::Marketing);
    for lang in [Lang::Nl, Lang::En] {
        for (format, name) in [(ExportFormat::Csv, "uit.csv"), (ExportFormat::Xlsx, "uit.xlsx")] {
            let all = ListQuery {
                list: ListKind::People,
                search: String::new(),
                conditions: Vec::new(),
                sort: ListSort::Name,
                cursor: None,
                limit: 50,
            };
            let file =
                house.engine.export_list(&caller, &ExportRows::All(all), &[], format, lang).await.unwrap();
            let path = write(&place, name, file.bytes);
            let other = House::sqlite().await;
            let report = import(&other, &path, false).await;
            assert_eq!(report.preset, Some(Preset::KiemPeople), "{name}");
            assert_eq!(report.rejections, [], "{name}");
            let eva = &other.marketing_list("eva").await[0];
            assert_eq!(eva.lead.state, LeadState::Blocked, "{name}: who must not be mailed");
            let detail = other.engine.lead(&other.caller(Role::Marketing), eva.lead.id).await.unwrap();
            assert_eq!(detail.contact.phone.as_deref(), Some("+31612345678"));
            assert_eq!(detail.contact.title.as_deref(), Some("Directeur"));
            other.close().await;
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_register_speaks_of_its_own_country_and_short_rows_have_a_line() {
    let (house, place) = (House::sqlite().await, Place::new());
    let text = "CompanyName, CompanyNumber,RegAddress.AddressLine1,RegAddress.PostTown,RegAddress.Country,RegAddress.PostCode,IncorporationDate\n\
        BETA LTD,SC123457,1 High St,GLASGOW,,G1 1AA,09/08/1999\nGAMMA LTD,SC123458,2 High St,GLASGOW\n";
    let path = write(&place, "companies.csv", text);
    let ordered =
        FileOrder { default_country: None, own_country: Some("NL".to_owned()), ..order(&path, false) };
    let report = house.engine.import_file(&house.caller(Role::Marketing), ordered).await.unwrap();
    assert_eq!(report.preset, Some(Preset::CompaniesHouse));
    let beta = companies(&house).await.into_iter().find(|c| c.name == "BETA LTD").unwrap();
    assert_eq!((beta.country.as_deref(), beta.details.postcode.as_deref()), (Some("GB"), Some("G1 1AA")));
    assert_eq!(beta.details.founded_on.as_deref(), Some("1999-08-09"), "as Britain writes days");
    let short = report.warnings.iter().find(|w| w.code == "short_rows").unwrap();
    assert_eq!((short.n, short.lines.as_slice()), (1, &[3_u64][..]));
    house.close().await;
}

#[tokio::test]
async fn somebody_else_at_a_shared_address_is_not_lost() {
    for house in both().await {
        let place = Place::new();
        let text = "Bedrijf;Plaats;Naam;E-mail;Functie\n\
            Bos BV;Urk;Emre Leeuwen;emre@outlook.com;Directeur\n\
            Zee BV;Ede;Emre Goeman;emre@outlook.com;Inkoper\n\
            Duin BV;Breda;Mia Berg;info@duin.example;Directeur\n\
            Duin BV;Breda;Mia Vos;info@duin.example;Inkoper\n\
            Duin BV;Breda;M. Bergh;info@duin.example;Directeur\n\
            Duin BV;Breda;Jan Kort;jan@duin.example;Directeur\n\
            Duin BV;Breda;Jan Lang;jan@duin.example;Directeur\n";
        let path = write(&place, "gedeeld.csv", text);
        let report = import(&house, &path, false).await;
        let people: Vec<(String, Option<String>)> = {
            let mut tx = house.engine.store().read(house.workspace).await.unwrap();
            let mut found = Vec::new();
            for firm in company::page(&mut tx, None, 10).await.unwrap() {
                let there = contact::of_company(&mut tx, firm.id, 10).await.unwrap();
                found.extend(there.into_iter().map(|person| (person.full_name(), person.email)));
            }
            found.sort();
            found
        };
        let expected = [
            ("Emre Goeman", None),
            ("Emre Leeuwen", Some("emre@outlook.com")),
            // Somebody who has another name now.
            ("Jan Kort", Some("jan@duin.example")),
            ("Mia Berg", Some("info@duin.example")),
            ("Mia Vos", None),
        ];
        let expected = expected.map(|(name, email)| (name.to_owned(), email.map(str::to_owned)));
        assert_eq!(people, expected, "{}", house.db.name);
        let told = report.warnings.iter().find(|w| w.code == "address_of_another").unwrap();
        assert_eq!((told.n, told.lines.as_slice()), (2, &[3_u64, 5][..]));
        let again = import(&house, &path, false).await.counts;
        assert_eq!((again.people_created_n, again.companies_created_n), (0, 0), "{}", house.db.name);
        house.close().await;
    }
}
