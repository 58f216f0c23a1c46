//! A list is tried before it is brought in, waits, is brought in by a chosen rule, and is taken back exactly.

mod support;

use jiff::SignedDuration;
use kiem::engine::audience::{
    CompanyEdit, ConflictPolicy, FactSource, ImportOrder, RowDecision, Trial, UndoReport, Upload,
};
use kiem::engine::{Caller, Role};
use kiem::messages::Lang;
use kiem_adapters::import::Field;
use kiem_domain::id::{CompanyId, ImportId};
use kiem_store::company::{self, Company};
use kiem_store::contact::{self, Contact};
use kiem_store::import::{ImportRun, ImportState};
use support::House;
use support::lists::upload_order;

const FIRST: &str = "Bedrijfsnaam;KvK-nummer;Plaats;Land;Naam;E-mail;Functie\r\n\
    Bakkerij Jansen;12345678;Utrecht;NL;Jan de Vries;jan@jansen.example;\r\n\
    De Brug;;Goes;NL;Eva Smit;eva@brug.example;Eigenaar\r\n";

const SECOND: &str = "Bedrijfsnaam;KvK-nummer;Plaats;Land;Telefoon;Naam;E-mail;Functie\r\n\
    Bakkerij Jansen;12345678;Zeist;NL;030-1234567;Jan de Vries;jan@jansen.example;Directeur\r\n\
    Nieuw B.V.;;Breda;Holandia;;Ria Bos;ria@nieuw.example;\r\n\
    Nieuw B.V.;;Breda;Holandia;;Ria Bos;ria@nieuw.example;\r\n\
    ;;;;;Piet;piet@gmail.com;\r\n";

async fn upload(house: &House, text: &str) -> (Caller, ImportId, Vec<(usize, Field)>) {
    let caller = house.caller(Role::Marketing);
    let file = Upload { file_name: "lijst.csv".to_owned(), bytes: text.as_bytes().to_vec() };
    let preview = house.engine.import_preview(&caller, file).await.unwrap();
    (caller, preview.run.id, preview.proposals.iter().map(|p| (p.column, p.field)).collect())
}

async fn bring_in(house: &House, text: &str, policy: ConflictPolicy) -> ImportRun {
    let (caller, id, mapping) = upload(house, text).await;
    house.engine.import_start(&caller, id, upload_order(mapping, policy)).await.unwrap();
    house.run_jobs().await;
    house.engine.import_run(&caller, id).await.unwrap()
}

async fn tried(house: &House, caller: &Caller, id: ImportId, order: ImportOrder) -> Trial {
    house.engine.import_try(caller, id, order).await.unwrap();
    assert!(!house.engine.import_trial(caller, id).await.unwrap().unwrap().is_done);
    house.run_jobs().await;
    house.engine.import_trial(caller, id).await.unwrap().unwrap()
}

/// Everything about companies and people that a list can change.
async fn records(house: &House) -> (Vec<Company>, Vec<Contact>) {
    let mut tx = house.engine.store().read(house.workspace).await.unwrap();
    let mut companies = company::page(&mut tx, None, 100).await.unwrap();
    let mut people = Vec::new();
    for company in &mut companies {
        people.extend(contact::of_company(&mut tx, company.id, 100).await.unwrap());
        company.updated_at = company.created_at;
    }
    for person in &mut people {
        person.updated_at = person.created_at;
    }
    (companies, people)
}

async fn jansen(house: &House) -> Company {
    records(house).await.0.into_iter().find(|c| c.name == "Bakkerij Jansen").unwrap()
}

#[tokio::test]
async fn a_trial_says_what_would_happen_and_writes_nothing() {
    let house = House::sqlite().await;
    bring_in(&house, FIRST, ConflictPolicy::Fill).await;
    let before = records(&house).await;
    let (caller, id, mapping) = upload(&house, SECOND).await;
    let found = tried(&house, &caller, id, upload_order(mapping.clone(), ConflictPolicy::Fill)).await;
    assert!(found.is_done && found.is_complete);
    assert_eq!((found.rows_n, found.created_n, found.matched_n), (4, 1, 1));
    assert_eq!((found.repeated_n, found.rejected_n, found.ambiguous_n), (1, 1, 0));
    let facts: Vec<_> = found
        .facts
        .iter()
        .map(|f| (f.field.as_str(), f.before.as_str(), f.after.as_str(), f.is_written))
        .collect();
    assert!(facts.contains(&("city", "Utrecht", "Zeist", false)), "{facts:?}");
    assert!(facts.contains(&("title", "", "Directeur", true)), "{facts:?}");
    assert_eq!(found.values.len(), 1);
    assert_eq!((found.values[0].value.as_str(), found.values[0].rows_n), ("Holandia", 2));
    let said = ImportOrder {
        values: vec![(Field::Country, "holandia".to_owned(), "NL".to_owned())],
        rows: vec![(2, RowDecision::Conflict(ConflictPolicy::Overwrite)), (3, RowDecision::Skip)],
        ..upload_order(mapping, ConflictPolicy::Fill)
    };
    let found = tried(&house, &caller, id, said).await;
    assert!(found.values.is_empty(), "the word has a meaning now");
    assert!(found.facts.iter().any(|f| f.field == "city" && f.is_written), "{:?}", found.facts);
    assert_eq!((found.created_n, found.rejected_n), (1, 2), "the second row about it makes it");
    assert_eq!(records(&house).await, before, "nothing was written");
    house.close().await;
}

/// A list that gives those who are there other numbers, addresses and domains, and long after speaks of the old ones. The rows
/// between take more than one look at the database.
fn list_that_moves_keys() -> String {
    let mut list = "Bedrijfsnaam;KvK-nummer;Website;Plaats;Land;Naam;E-mail\r\n".to_owned();
    list.push_str("Bakkerij Jansen;12345678;https://jansen-nieuw.example;Utrecht;NL;Jan de Vries;jan@jansen-nieuw.example\r\n");
    for i in 0..1_200 {
        list.push_str(&format!(
            "Firma {i};;https://firma{i}.example;Ede;NL;Ria Bos;ria@firma{i}.example\r\n"
        ));
    }
    list.push_str("Een ander;;https://jansen.example;Venlo;NL;Wim Kok;wim@ander.example\r\n");
    list.push_str("Bakkerij Jansen;12345678;;Utrecht;NL;Jan de Vries;jan@jansen.example\r\n");
    list.push_str("De Brug;;https://brug.example;Goes;NL;Eva Smit;\r\n");
    list
}

#[tokio::test]
async fn a_trial_counts_what_the_import_then_makes_whatever_wins() {
    let first = "Bedrijfsnaam;KvK-nummer;Website;Plaats;Land;Naam;E-mail\r\n\
        Bakkerij Jansen;12345678;https://jansen.example;Utrecht;NL;Jan de Vries;jan@jansen.example\r\n\
        De Brug;;https://brug.example;Goes;NL;Eva Smit;eva@brug.example\r\n";
    for policy in [ConflictPolicy::Fill, ConflictPolicy::Overwrite, ConflictPolicy::Keep] {
        let house = House::sqlite().await;
        bring_in(&house, first, ConflictPolicy::Fill).await;
        let (caller, id, mapping) = upload(&house, &list_that_moves_keys()).await;
        let order = upload_order(mapping, policy);
        let trial = tried(&house, &caller, id, order.clone()).await;
        house.engine.import_start(&caller, id, order).await.unwrap();
        house.run_jobs().await;
        let run = house.engine.import_run(&caller, id).await.unwrap();
        let made = [
            run.progress.n_companies_created,
            run.progress.n_companies_matched,
            run.progress.n_contacts_created,
            run.progress.n_contacts_matched,
            run.progress.n_repeated,
            run.progress.n_ambiguous,
        ];
        let told = [
            trial.companies_created_n,
            trial.companies_matched_n,
            trial.people_created_n,
            trial.people_matched_n,
            trial.repeated_n,
            trial.ambiguous_n,
        ];
        assert_eq!(told.map(|n| i64::try_from(n).unwrap()), made, "{policy}");
        house.close().await;
    }
}

#[tokio::test]
async fn what_wins_is_what_was_chosen() {
    for (policy, city, phone) in [
        (ConflictPolicy::Fill, "Utrecht", Some("+31301234567")),
        (ConflictPolicy::Overwrite, "Zeist", Some("+31301234567")),
        (ConflictPolicy::Keep, "Utrecht", None),
    ] {
        let house = House::sqlite().await;
        bring_in(&house, FIRST, ConflictPolicy::Fill).await;
        bring_in(&house, SECOND, policy).await;
        let jansen = jansen(&house).await;
        let people = records(&house).await.1;
        let phones = [jansen.phone.as_deref(), people.iter().find_map(|p| p.phone.as_deref())];
        assert_eq!(jansen.city.as_deref(), Some(city), "{policy}");
        assert_eq!(phones.into_iter().flatten().next(), phone, "{policy}");
        house.close().await;
    }
}

#[tokio::test]
async fn what_a_list_does_not_say_it_does_not_take_away() {
    let first = "Bedrijfsnaam;KvK-nummer;Straat;Huisnummer;Postcode;Land;Voornaam;Tussenvoegsel;Achternaam;E-mail\r\n\
        Bakkerij Jansen;12345678;Kerkstraat;1;1234 AB;NL;Jan;de;Vries;jan@jansen.example\r\n";
    for (second, street, number, postcode, name) in [
        (
            "KvK-nummer;Postcode\r\n12345678;1234 AB\r\n",
            "Kerkstraat",
            Some("1"),
            Some("1234 AB"),
            "Jan de Vries",
        ),
        (
            "KvK-nummer;Straat\r\n12345678;Kerkstraat\r\n",
            "Kerkstraat",
            Some("1"),
            Some("1234 AB"),
            "Jan de Vries",
        ),
        (
            "KvK-nummer;Straat;Huisnummer\r\n12345678;Dorpsweg;9\r\n",
            "Dorpsweg",
            Some("9"),
            None,
            "Jan de Vries",
        ),
        (
            "KvK-nummer;Achternaam;E-mail\r\n12345678;Smit;jan@jansen.example\r\n",
            "Kerkstraat",
            Some("1"),
            Some("1234 AB"),
            "Jan Smit",
        ),
    ] {
        let house = House::sqlite().await;
        bring_in(&house, first, ConflictPolicy::Fill).await;
        bring_in(&house, second, ConflictPolicy::Overwrite).await;
        let details = jansen(&house).await.details;
        let found = (details.street.as_deref(), details.house_number.as_deref(), details.postcode.as_deref());
        assert_eq!(found, (Some(street), number, postcode), "{second}");
        assert_eq!(records(&house).await.1[0].full_name(), name, "{second}");
        house.close().await;
    }
}

#[tokio::test]
async fn each_fact_says_which_list_gave_it_until_the_list_is_taken_back() {
    for house in [House::sqlite().await, House::postgres().await] {
        bring_in(&house, FIRST, ConflictPolicy::Fill).await;
        let firm = jansen(&house).await;
        let caller = house.caller(Role::Marketing);
        let given = async || {
            let detail = house.engine.company(&caller, firm.id).await.unwrap();
            let mut given: Vec<(bool, String, FactSource, Option<String>)> = detail
                .sources
                .into_iter()
                .map(|fact| (fact.contact.is_some(), fact.field, fact.source, fact.list))
                .collect();
            given.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
            given
        };
        assert_eq!(given().await, [], "as the record was made, it is as its list says");
        house.advance(SignedDuration::from_hours(1));
        let run = bring_in(&house, SECOND, ConflictPolicy::Overwrite).await;
        let from_list = |of_person, field: &str| {
            (of_person, field.to_owned(), FactSource::List, Some("lijst.csv".to_owned()))
        };
        assert_eq!(
            given().await,
            [from_list(false, "city"), from_list(true, "phone"), from_list(true, "title")]
        );
        house.engine.edit_company(&caller, firm.id, edit_of(&jansen(&house).await)).await.unwrap();
        house.advance(SignedDuration::from_hours(1));
        house.engine.import_undo(&caller, run.id).await.unwrap();
        house.run_jobs().await;
        assert_eq!(given().await, [], "what was taken back gave nothing");
        house.close().await;
    }
}

#[tokio::test]
async fn an_upload_is_taken_back_exactly() {
    for house in [House::sqlite().await, House::postgres().await] {
        bring_in(&house, FIRST, ConflictPolicy::Fill).await;
        let before = (records(&house).await, house.marketing_list("").await);
        house.advance(SignedDuration::from_hours(1));
        let run = bring_in(&house, SECOND, ConflictPolicy::Overwrite).await;
        assert_ne!(records(&house).await, before.0);
        assert_eq!(run.progress.n_repeated, 1);
        house.advance(SignedDuration::from_hours(24));
        let caller = house.caller(Role::Marketing);
        house.engine.import_undo(&caller, run.id).await.unwrap();
        house.run_jobs().await;
        let run = house.engine.import_run(&caller, run.id).await.unwrap();
        let report: UndoReport = serde_json::from_str(run.undo_report.as_deref().unwrap()).unwrap();
        assert_eq!(run.state, ImportState::Undone);
        assert!(report.is_done, "{report:?}");
        assert_eq!((report.people_removed_n, report.companies_removed_n, report.people_kept_n), (1, 1, 0));
        assert_eq!((report.restored_n, report.facts_kept_n), (2, 0));
        assert_eq!((records(&house).await, house.marketing_list("").await), before);
        assert!(house.engine.import_undo(&caller, run.id).await.is_err(), "once");
        // The same list comes in again as if it had never been there.
        let again = bring_in(&house, SECOND, ConflictPolicy::Overwrite).await;
        assert_eq!((again.progress.n_contacts_created, again.progress.n_contacts_matched), (1, 1));
        house.close().await;
    }
}

async fn take_back(house: &House, id: ImportId) -> UndoReport {
    house.advance(SignedDuration::from_hours(1));
    let caller = house.caller(Role::Marketing);
    house.engine.import_undo(&caller, id).await.unwrap();
    house.run_jobs().await;
    let run = house.engine.import_run(&caller, id).await.unwrap();
    let report: UndoReport = serde_json::from_str(run.undo_report.as_deref().unwrap()).unwrap();
    assert!(report.is_done, "{report:?}");
    report
}

#[tokio::test]
async fn lists_that_overlap_are_taken_back_in_any_order() {
    const COLLEAGUE: &str =
        "Bedrijfsnaam;Plaats;Land;Naam;E-mail\r\nDe Brug;Goes;NL;Bo Kok;bo@brug.example\r\n";
    for house in [House::sqlite().await, House::postgres().await] {
        let mut runs = Vec::new();
        for (list, policy) in [
            (FIRST, ConflictPolicy::Fill),
            (SECOND, ConflictPolicy::Overwrite),
            (COLLEAGUE, ConflictPolicy::Fill),
        ] {
            house.advance(SignedDuration::from_hours(1));
            runs.push(bring_in(&house, list, policy).await.id);
        }
        let first = take_back(&house, runs[0]).await;
        // The second list changed one company and its person, the third has somebody at the other.
        assert_eq!((first.people_removed_n, first.people_kept_n), (1, 1), "{first:?}");
        assert_eq!((first.companies_removed_n, first.companies_kept_n), (0, 2));
        assert_eq!(jansen(&house).await.city.as_deref(), Some("Zeist"), "the second list still holds");

        let second = take_back(&house, runs[1]).await;
        let (companies, people) = records(&house).await;
        assert_eq!(companies.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["De Brug"], "{second:?}");
        assert_eq!(people.iter().map(|p| p.email.as_deref()).collect::<Vec<_>>(), [Some("bo@brug.example")]);
        assert_eq!((second.people_removed_n, second.companies_removed_n), (2, 2));

        let third = take_back(&house, runs[2]).await;
        assert_eq!(records(&house).await, (vec![], vec![]), "{third:?}");
        assert_eq!((third.people_removed_n, third.companies_removed_n), (1, 1));
        house.close().await;
    }
}

#[tokio::test]
async fn what_somebody_worked_on_between_two_lists_stays() {
    let house = House::sqlite().await;
    let first = bring_in(&house, FIRST, ConflictPolicy::Fill).await.id;
    house.advance(SignedDuration::from_hours(1));
    let known = jansen(&house).await;
    let edit = CompanyEdit { industry: "Bakkers".to_owned(), ..edit_of(&known) };
    house.engine.edit_company(&house.caller(Role::Marketing), known.id, edit).await.unwrap();
    house.advance(SignedDuration::from_hours(1));
    let second = bring_in(&house, SECOND, ConflictPolicy::Overwrite).await.id;
    take_back(&house, first).await;
    take_back(&house, second).await;
    let left = jansen(&house).await;
    assert_eq!((left.city.as_deref(), left.industry.as_deref()), (Some("Utrecht"), Some("Bakkers")));
    assert_eq!(records(&house).await.0.len(), 1);
    house.close().await;
}

#[tokio::test]
async fn what_somebody_worked_on_since_stays() {
    let house = House::sqlite().await;
    bring_in(&house, FIRST, ConflictPolicy::Fill).await;
    house.advance(SignedDuration::from_hours(1));
    let run = bring_in(&house, SECOND, ConflictPolicy::Overwrite).await;
    house.advance(SignedDuration::from_hours(1));
    let caller = house.caller(Role::Marketing);
    let known = jansen(&house).await;
    let edit = CompanyEdit { city: "Bunnik".to_owned(), ..edit_of(&known) };
    house.engine.edit_company(&caller, known.id, edit).await.unwrap();
    let new = records(&house).await.0.into_iter().find(|c| c.name == "Nieuw B.V.").unwrap();
    let edit = CompanyEdit { industry: "Bouw".to_owned(), ..edit_of(&new) };
    house.engine.edit_company(&caller, new.id, edit).await.unwrap();
    house.engine.import_undo(&caller, run.id).await.unwrap();
    house.run_jobs().await;
    let run = house.engine.import_run(&caller, run.id).await.unwrap();
    let report: UndoReport = serde_json::from_str(run.undo_report.as_deref().unwrap()).unwrap();
    assert_eq!((report.companies_kept_n, report.facts_kept_n), (1, 1), "{report:?}");
    assert_eq!(jansen(&house).await.city.as_deref(), Some("Bunnik"));
    assert!(company_is_there(&house, new.id).await);
    house.close().await;
}

async fn company_is_there(house: &House, id: CompanyId) -> bool {
    let mut tx = house.engine.store().read(house.workspace).await.unwrap();
    company::get(&mut tx, id).await.unwrap().is_some()
}

fn edit_of(company: &Company) -> CompanyEdit {
    let text = |fact: &Option<String>| fact.clone().unwrap_or_default();
    CompanyEdit {
        name: company.name.clone(),
        kvk_number: text(&company.kvk_number),
        website: text(&company.website),
        country: text(&company.country),
        region: text(&company.region),
        city: text(&company.city),
        industry: text(&company.industry),
        employees_n: company.employees_n,
        phone: text(&company.phone),
        ..CompanyEdit::default()
    }
}

#[tokio::test]
async fn an_upload_cannot_be_taken_back_after_seven_days_and_its_list_goes() {
    let house = House::sqlite().await;
    let run = bring_in(&house, FIRST, ConflictPolicy::Fill).await;
    let caller = house.caller(Role::Marketing);
    house.advance(SignedDuration::from_hours(7 * 24 + 1));
    let refused = house.engine.import_undo(&caller, run.id).await.unwrap_err();
    assert!(format!("{refused:?}").contains("import_undo_late"), "{refused:?}");
    house.engine.clean_up(house.workspace).await.unwrap();
    let gone = house.engine.import_result_csv(&caller, run.id, Lang::Nl).await.unwrap_err();
    assert!(format!("{gone:?}").contains("import_no_result"), "{gone:?}");
    assert_eq!(house.marketing_list("").await.len(), 2, "what came in stays");
    house.close().await;
}

#[tokio::test]
async fn an_upload_that_waits_goes_on_where_it_was() {
    let house = House::sqlite().await;
    let (caller, id, mapping) = upload(&house, FIRST).await;
    house.engine.import_start(&caller, id, upload_order(mapping, ConflictPolicy::Fill)).await.unwrap();
    assert_eq!(house.engine.import_pause(&caller, id, true).await.unwrap().state, ImportState::Paused);
    house.run_jobs().await;
    assert_eq!(house.marketing_list("").await.len(), 0, "it waits");
    assert_eq!(house.engine.import_pause(&caller, id, false).await.unwrap().state, ImportState::Running);
    house.run_jobs().await;
    let run = house.engine.import_run(&caller, id).await.unwrap();
    assert_eq!((run.state, run.progress.n_contacts_created), (ImportState::Finished, 2));
    assert!(house.engine.import_pause(&caller, id, true).await.is_err(), "it is over");
    house.close().await;
}

#[tokio::test]
async fn the_result_is_the_list_with_what_became_of_every_row() {
    let house = House::sqlite().await;
    bring_in(&house, FIRST, ConflictPolicy::Fill).await;
    let run = bring_in(&house, SECOND, ConflictPolicy::Fill).await;
    let caller = house.caller(Role::Marketing);
    let csv = house.engine.import_result_csv(&caller, run.id, Lang::Nl).await.unwrap();
    let csv = String::from_utf8(csv).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 5, "{csv}");
    assert!(lines[0].contains("\"Plaats\"") && lines[0].contains("\"Wat ermee gebeurde\""), "{csv}");
    assert!(lines[1].contains("\"gekend\"") && lines[1].contains("KvK-nummer"), "{csv}");
    assert!(lines[2].contains("\"nieuw\"") && lines[2].contains("/companies/"), "{csv}");
    assert!(lines[3].contains("\"herhaling\""), "{csv}");
    assert!(lines[4].contains("\"overgeslagen\"") && lines[4].contains("geen bedrijf"), "{csv}");
    house.close().await;
}
