//! The lists of companies and people over HTTP: filters, views that are one's own or shared, and files without formulas.

mod support;

use axum::http::StatusCode;
use kiem::engine::Role;
use serde_json::{Value, json};
use support::web::{Answer, Browser};
use support::{House, session, user_id};

const LIST: &str = "Bedrijfsnaam;Website;Plaats;Postcode;Land;Voornaam;Achternaam;E-mailadres;Functie\r\n\
    Bakkerij Vries;vries.example;Zeist;3701 AB;Nederland;Eva;Meer;eva@vries.example;Directeur\r\n\
    Metaal Delta;delta.example;Utrecht;3511 AB;Nederland;Bas;Peters;bas@delta.example;Inkoper\r\n\
    =1+1 Bouw;bouw.example;Utrecht;3512 AB;Nederland;Kees;Groot;kees@bouw.example;@SUM(A1)\r\n";

async fn browser(house: &House, role: Role) -> Browser {
    let i = Role::ALL.iter().position(|r| *r == role).unwrap();
    let cookie = session(house, user_id(i)).await;
    Browser::new(kiem::api::service(house.engine.clone()))
        .with("cookie", &cookie)
        .with("accept-language", "nl")
}

/// Brings a list in, and makes it searchable; the id of the upload.
async fn bring_in(house: &House, by: &Browser, list: &str) -> String {
    let preview = by.upload("/api/v1/imports", "beurs.csv", list.as_bytes()).await.json();
    let mapping: Vec<Value> = preview["mapping"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| json!({ "column": m["column"], "field": m["field"] }))
        .collect();
    let order = json!({
        "mapping": mapping,
        "ground": { "basis": "existing_customer", "source": "uw bestelling", "obtained_on": "2026-11-01" },
        "default_country": "NL",
    });
    let id = preview["import"]["id"].as_str().unwrap();
    let path = format!("/api/v1/imports/{id}/start");
    assert_eq!(by.ask("POST", &path, Some(&order)).await.status, StatusCode::ACCEPTED);
    house.run_jobs().await;
    id.to_owned()
}

async fn names(by: &Browser, path: &str) -> Vec<String> {
    let answer = by.ask("GET", path, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let page = answer.json();
    assert_eq!(page["is_searchable"], json!(true), "{page}");
    let items = page["items"].as_array().unwrap();
    assert_eq!(page["total"].as_u64(), Some(items.len() as u64), "{page}");
    items.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

fn filtered(path: &str, field: &str, op: &str, value: &str) -> String {
    let json = json!([{ "field": field, "op": op, "values": [value] }]).to_string();
    let escaped: String = json.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/api/v1/{path}?filter={escaped}")
}

async fn what_came_in_is_listed_searched_and_filtered(house: House) {
    let by = browser(&house, Role::Marketing).await;
    bring_in(&house, &by, LIST).await;
    let all = names(&by, "/api/v1/companies").await;
    assert_eq!(all, ["=1+1 Bouw", "Bakkerij Vries", "Metaal Delta"]);
    assert_eq!(names(&by, "/api/v1/contacts?sort=name").await, ["Kees Groot", "Eva Meer", "Bas Peters"]);
    for (path, expected) in [
        ("/api/v1/companies?search=bak%20zei".to_owned(), &["Bakkerij Vries"][..]),
        ("/api/v1/companies?search=3511%20ab".to_owned(), &["Metaal Delta"]),
        ("/api/v1/companies?search=nergens".to_owned(), &[]),
        ("/api/v1/contacts?search=eva%20bakkerij".to_owned(), &["Eva Meer"]),
        (filtered("companies", "town", "is", "utrecht"), &["=1+1 Bouw", "Metaal Delta"]),
        (filtered("companies", "town", "is_not", "Utrecht"), &["Bakkerij Vries"]),
        (filtered("companies", "postcode", "starts_with", "35"), &["=1+1 Bouw", "Metaal Delta"]),
        (filtered("companies", "stage", "is", "customer"), &[]),
        (filtered("companies", "phone", "is", "yes"), &[]),
        (filtered("contacts", "ground", "is", "no"), &[]),
        (filtered("contacts", "title", "starts_with", "dir"), &["Eva Meer"]),
    ] {
        assert_eq!(names(&by, &path).await, expected, "{path}");
    }
    for wrong in [
        "/api/v1/companies?filter=7".to_owned(),
        "/api/v1/companies?sort=warmth".to_owned(),
        "/api/v1/companies?cursor=x".to_owned(),
        filtered("companies", "state", "is", "new"),
        filtered("companies", "fit", "at_least", "1000"),
    ] {
        let answer = by.ask("GET", &wrong, None).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", answer.text);
    }
    // Changed by hand, and found by the new name as soon as the job has run.
    let page = by.ask("GET", "/api/v1/contacts?search=eva", None).await.json();
    let id = page["items"][0]["contact_id"].as_str().unwrap();
    let edit = json!({ "given_name": "Eva", "family_name": "Zonneveld", "email": "eva@vries.example" });
    assert_eq!(
        by.ask("PUT", &format!("/api/v1/contacts/{id}"), Some(&edit)).await.status,
        StatusCode::NO_CONTENT
    );
    house.run_jobs().await;
    assert_eq!(names(&by, "/api/v1/contacts?search=zonne").await, ["Eva Zonneveld"]);
    assert!(names(&by, "/api/v1/contacts?search=meer").await.is_empty());
    house.close().await;
}

#[tokio::test]
async fn who_came_with_a_list_is_found_also_when_it_names_nobody() {
    for house in [House::sqlite().await, House::postgres().await] {
        let by = browser(&house, Role::Marketing).await;
        let first = bring_in(&house, &by, LIST).await;
        let register = "Bedrijfsnaam;Website;Plaats;Land\r\nSchilder Smit;smit.example;Ede;NL\r\n\
             Metaal Delta;delta.example;Utrecht;NL\r\n";
        let second = bring_in(&house, &by, register).await;
        let found = |import: &str| filtered("companies", "import", "is", import);
        assert_eq!(names(&by, &found(&first)).await.len(), 3, "{}", house.db.name);
        assert_eq!(names(&by, &found(&second)).await, ["Schilder Smit"], "{}", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn what_came_in_is_listed_searched_and_filtered_on_sqlite() {
    what_came_in_is_listed_searched_and_filtered(House::sqlite().await).await;
}

#[tokio::test]
async fn what_came_in_is_listed_searched_and_filtered_on_postgres() {
    what_came_in_is_listed_searched_and_filtered(House::postgres().await).await;
}

#[tokio::test]
async fn a_file_holds_what_is_shown_and_no_formula() {
    let house = House::sqlite().await;
    let by = browser(&house, Role::Marketing).await;
    bring_in(&house, &by, LIST).await;
    let order = json!({ "list": "people", "format": "csv", "sort": "name", "columns": ["name", "title"] });
    let file = by.ask("POST", "/api/v1/list-exports", Some(&order)).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines,
        [
            r#""Naam";"Functie";"Mag niet gemaild worden";"Grondslag vastgelegd";"Wil geen post (register)""#,
            r#""Kees Groot";"'@SUM(A1)";"nee";"ja";"nee""#,
            r#""Eva Meer";"Directeur";"nee";"ja";"nee""#,
            r#""Bas Peters";"Inkoper";"nee";"ja";"nee""#,
        ]
    );
    assert!(file.text.starts_with('\u{feff}'), "a spreadsheet needs the mark");
    let english = by.with("accept-language", "en");
    let order =
        json!({ "list": "companies", "format": "csv", "search": "bouw", "columns": ["company", "town"] });
    let file = english.ask("POST", "/api/v1/list-exports", Some(&order)).await;
    assert!(file.text.contains(r#""'=1+1 Bouw","Utrecht","no","""#), "{}", file.text);
    assert_eq!(file.text.lines().count(), 2, "only what the search shows: {}", file.text);
    let order = json!({ "list": "companies", "format": "xlsx" });
    let file = by.ask("POST", "/api/v1/list-exports", Some(&order)).await;
    assert!(file.text.starts_with("PK"), "a workbook");
    let name = file.headers["content-disposition"].to_str().unwrap().to_owned();
    assert_eq!(name, "attachment; filename=\"kiem-bedrijven.xlsx\"");
    let chosen = by.ask("GET", "/api/v1/companies?sort=newest", None).await.json();
    let id = |n: usize| chosen["items"][n]["id"].clone();
    let order = json!({ "list": "companies", "format": "csv", "search": "nergens", "columns": ["company"],
        "ids": [id(2), id(0), id(0)] });
    let file = english.ask("POST", "/api/v1/list-exports", Some(&order)).await;
    assert_eq!(file.text.lines().count(), 3, "those that were chosen, each once: {}", file.text);
    for wrong in [json!([]), json!(vec![id(0); 5_001])] {
        let order = json!({ "list": "companies", "format": "csv", "ids": wrong });
        let refused = by.ask("POST", "/api/v1/list-exports", Some(&order)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    }
    let order = json!({ "list": "people", "format": "csv", "columns": ["website"] });
    let wrong = by.ask("POST", "/api/v1/list-exports", Some(&order)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    let order = json!({ "list": "people", "format": "csv" });
    let looks = browser(&house, Role::Sales).await;
    assert_eq!(looks.ask("POST", "/api/v1/list-exports", Some(&order)).await.status, StatusCode::FORBIDDEN);
    house.close().await;
}

fn view(name: &str, is_shared: bool) -> Value {
    let town = json!({ "field": "town", "op": "is", "values": ["Utrecht"] });
    json!({ "name": name, "is_shared": is_shared, "definition": { "search": "bak", "conditions": [town], "sort": "fit" } })
}

async fn views(by: &Browser) -> Vec<(String, bool)> {
    let seen = by.ask("GET", "/api/v1/list-views?list=companies", None).await.json();
    let items = seen["items"].as_array().unwrap();
    items
        .iter()
        .map(|v| (v["name"].as_str().unwrap().to_owned(), v["may_change"].as_bool().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_view_is_ones_own_until_it_is_shared_by_who_may() {
    let house = House::sqlite().await;
    let (marketing, sales) = (browser(&house, Role::Marketing).await, browser(&house, Role::Sales).await);
    let reader = browser(&house, Role::ReadOnly).await;
    let add = async |by: &Browser, body: Value| -> Answer {
        let mut body = body;
        body["list"] = json!("companies");
        by.ask("POST", "/api/v1/list-views", Some(&body)).await
    };
    assert_eq!(add(&reader, view("Van de lezer", false)).await.status, StatusCode::CREATED);
    assert_eq!(
        add(&sales, view("Gedeeld", true)).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "sharing is for who works the audience"
    );
    let shared = add(&marketing, view("Bakkers", true)).await.json()["id"].as_str().unwrap().to_owned();
    let own = add(&marketing, view("Mijn bakkers", false)).await.json()["id"].as_str().unwrap().to_owned();
    let named = |name: &str, may: bool| (name.to_owned(), may);
    assert_eq!(views(&marketing).await, [named("Bakkers", true), named("Mijn bakkers", true)]);
    assert_eq!(views(&reader).await, [named("Bakkers", false), named("Van de lezer", true)]);
    assert_eq!(views(&sales).await, [named("Bakkers", false)]);
    for (by, id, expected) in [
        (&sales, &shared, StatusCode::FORBIDDEN),
        (&sales, &own, StatusCode::NOT_FOUND),
        (&marketing, &shared, StatusCode::NO_CONTENT),
    ] {
        let path = format!("/api/v1/list-views/{id}");
        let changed = by.ask("PUT", &path, Some(&view("Alle bakkers", true))).await;
        assert_eq!(changed.status, expected, "{}", changed.text);
    }
    let mut wrong = view("Fout", false);
    wrong["definition"]["columns"] = json!(["warmth"]);
    assert_eq!(add(&marketing, wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(add(&marketing, view("  ", false)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = marketing.ask("DELETE", &format!("/api/v1/list-views/{own}"), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(views(&marketing).await, [named("Alle bakkers", true)]);
    let columns = json!({ "columns": ["town", "company"] });
    let chosen = reader.ask("PUT", "/api/v1/list-columns/companies", Some(&columns)).await;
    assert_eq!(chosen.status, StatusCode::NO_CONTENT, "{}", chosen.text);
    let of = async |by: &Browser| {
        by.ask("GET", "/api/v1/list-views?list=companies", None).await.json()["columns"].clone()
    };
    assert_eq!((of(&reader).await, of(&sales).await), (json!(["town", "company"]), json!([])));
    house.close().await;
}

#[tokio::test]
async fn a_fact_is_changed_in_the_list_unless_somebody_was_first() {
    let house = House::sqlite().await;
    let by = browser(&house, Role::Marketing).await;
    bring_in(&house, &by, LIST).await;
    house.advance(jiff::SignedDuration::from_secs(1));
    let row = by.ask("GET", "/api/v1/companies?search=delta", None).await.json()["items"][0].clone();
    let path = format!("/api/v1/companies/{}", row["id"].as_str().unwrap());
    let cell = |field: &str, value: &str, seen_at: &Value| json!({ "field": field, "value": value, "seen_at": seen_at });
    let first = by.ask("PATCH", &path, Some(&cell("town", "Zeist", &row["updated_at"]))).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let late = by.ask("PATCH", &path, Some(&cell("town", "Breda", &row["updated_at"]))).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(late.text.contains("Er is niets bewaard"), "{}", late.text);
    let seen = &first.json()["updated_at"];
    house.advance(jiff::SignedDuration::from_secs(1));
    let wrong = by.ask("PATCH", &path, Some(&cell("phone", "bel mij", seen))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    let next = by.ask("PATCH", &path, Some(&cell("name", "Delta Metaal", seen))).await;
    assert_eq!(next.status, StatusCode::OK, "{}", next.text);
    house.run_jobs().await;
    let row = by.ask("GET", "/api/v1/companies?search=delta%20zeist", None).await.json()["items"][0].clone();
    assert_eq!(
        (row["name"].as_str(), row["website"].as_str()),
        (Some("Delta Metaal"), Some("delta.example"))
    );
    let person = by.ask("GET", "/api/v1/contacts?search=bas", None).await.json()["items"][0].clone();
    let path = format!("/api/v1/contacts/{}", person["contact_id"].as_str().unwrap());
    let named =
        by.ask("PATCH", &path, Some(&cell("name", "Bas van der Peters", &person["updated_at"]))).await;
    assert_eq!(named.status, StatusCode::OK, "{}", named.text);
    let town = by.ask("PATCH", &path, Some(&cell("town", "Zeist", &named.json()["updated_at"]))).await;
    assert_eq!(town.status, StatusCode::UNPROCESSABLE_ENTITY, "a person has no town");
    house.run_jobs().await;
    assert_eq!(names(&by, "/api/v1/contacts?search=bas").await, ["Bas van der Peters"]);
    house.close().await;
}
