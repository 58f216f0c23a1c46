//! The audience over HTTP: the whole way of an upload, and that nothing crosses workspaces.

mod support;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use kiem::engine::Role;
use kiem::engine::keys::sha256;
use kiem_store::account::{self, Session};
use serde_json::{Value, json};
use support::House;
use tower::ServiceExt;
use uuid::Uuid;

struct Browser {
    app: Router,
    cookie: String,
}

impl Browser {
    async fn of(house: &House, role: Role) -> Browser {
        let token = format!("token-of-{role}");
        let now = house.clock.now();
        let i = Role::ALL.iter().position(|r| *r == role).unwrap();
        let session = Session {
            id: Uuid::from_bytes(support::random()),
            user: support::user_id(i),
            user_agent: "test".to_owned(),
            created_at: now,
            expires_at: now + SignedDuration::from_hours(24),
        };
        let mut global = house.db.store.global().await.unwrap();
        account::insert_session(&mut global, &sha256(token.as_bytes()), &session).await.unwrap();
        global.commit().await.unwrap();
        Browser { app: kiem::api::service(house.engine.clone()), cookie: format!("__Host-kiem={token}") }
    }

    async fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> (StatusCode, Value, String) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, kind)
            .header(header::ACCEPT_LANGUAGE, "nl")
            .body(Body::from(body))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null), text)
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        let (status, value, _) = self.send("GET", path, "application/json", Vec::new()).await;
        (status, value)
    }

    async fn json(&self, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let (status, value, _) =
            self.send(method, path, "application/json", body.to_string().into_bytes()).await;
        (status, value)
    }

    async fn upload(&self, text: &str) -> (StatusCode, Value) {
        let body = format!(
            "--grens\r\nContent-Disposition: form-data; name=\"file\"; filename=\"lijst.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n{text}\r\n--grens--\r\n"
        );
        let (status, value, _) =
            self.send("POST", "/imports", "multipart/form-data; boundary=grens", body.into_bytes()).await;
        (status, value)
    }
}

const LIST: &str = "Bedrijf;Naam;E-mail;Land;Functie\nJansen BV;Jan de Vries;jan@jansen.example;NL;Eigenaar\nBrug;=x;fout;NL;\n";

fn start(preview: &Value) -> Value {
    let mapping: Vec<Value> = preview["mapping"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| json!({"column": m["column"], "field": m["field"]}))
        .collect();
    json!({
        "mapping": mapping,
        "ground": {"basis": "existing_customer", "source": "uw bestelling", "obtained_on": "2026-11-01"},
        "default_country": "NL",
    })
}

#[tokio::test]
async fn a_file_goes_from_upload_to_list() {
    let house = House::sqlite().await;
    let browser = Browser::of(&house, Role::Marketing).await;
    let (status, preview) = browser.upload(LIST).await;
    assert_eq!(status, StatusCode::CREATED, "{preview}");
    assert_eq!((preview["delimiter"].as_str(), preview["mapping"].as_array().unwrap().len()), (Some(";"), 5));
    let id = preview["import"]["id"].as_str().unwrap().to_owned();

    let mut wrong = start(&preview);
    wrong["ground"]["source"] = json!("");
    let (status, problem) = browser.json("POST", &format!("/imports/{id}/start"), &wrong).await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("ground.source"))
    );

    let (status, _) = browser.json("POST", &format!("/imports/{id}/start"), &start(&preview)).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    house.run_jobs().await;
    let (_, run) = browser.get(&format!("/imports/{id}")).await;
    assert_eq!((run["state"].as_str(), run["errors_n"].as_i64()), (Some("finished"), Some(1)), "{run}");
    let (_, _, csv) = browser.send("GET", &format!("/imports/{id}/errors.csv"), "text/plain", vec![]).await;
    assert!(csv.contains("'=x") && csv.contains("geen e-mailadres"), "no formula leaves the house: {csv}");

    let (_, page) = browser.get("/leads?search=vries&sort=fit").await;
    assert_eq!((page["total"].as_i64(), page["items"][0]["company"].as_str()), (Some(1), Some("Jansen BV")));
    let lead = page["items"][0]["id"].as_str().unwrap();
    let (_, lead) = browser.get(&format!("/leads/{lead}")).await;
    assert_eq!(lead["verdict"]["outcome"], json!("allow"), "{lead}");
    assert_eq!(lead["buying_role"], json!("economic_buyer"));
    let contact = lead["contact"]["id"].as_str().unwrap();
    let (status, _) = browser.json("DELETE", &format!("/contacts/{contact}"), &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, summary) = browser.get("/audience/summary").await;
    let lawful = summary["channels"][0]["lawful_n"].as_i64();
    assert_eq!((summary["companies_n"].as_i64(), lawful), (Some(2), Some(0)), "{summary}");
    house.close().await;
}

#[tokio::test]
async fn pages_profile_and_suppression_over_http() {
    let house = House::sqlite().await;
    let browser = Browser::of(&house, Role::Marketing).await;
    for n in 0..5 {
        let lead = json!({
            "company": {"name": format!("Bedrijf {n}")}, "contact": {"family_name": "Smit", "email": format!("s{n}@b{n}.example")},
        });
        let (status, made) = browser.json("POST", "/leads", &lead).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = browser.get(&format!("/leads?limit=2{cursor}")).await;
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|i| i["company"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, ["Bedrijf 0", "Bedrijf 1", "Bedrijf 2", "Bedrijf 3", "Bedrijf 4"]);
    let (status, _) = browser.get("/leads?cursor=xyz").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);

    let profile =
        json!({"wishes": [{"criterion": "country", "importance": "must", "countries": ["België"]}]});
    let (status, stored) = browser.json("PUT", "/ideal-profile", &profile).await;
    assert_eq!(
        (status, stored["version"].as_i64(), &stored["wishes"][0]["countries"]),
        (StatusCode::OK, Some(1), &json!(["BE"]))
    );
    let wrong =
        json!({"wishes": [{"criterion": "country", "importance": "must", "countries": ["Atlantis"]}]});
    for path in ["PUT /ideal-profile", "POST /ideal-profile/count"] {
        let (method, path) = path.split_once(' ').unwrap();
        let (status, problem) = browser.json(method, path, &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(problem["errors"][0]["field"], "wishes.0.countries");
    }

    let one = json!({"address": "s1@b1.example", "reason": "belde op"});
    assert_eq!(browser.json("POST", "/suppressions", &one).await.0, StatusCode::CREATED);
    assert_eq!(browser.json("POST", "/suppressions", &one).await.0, StatusCode::NO_CONTENT);
    let (_, list) = browser.get("/suppressions").await;
    assert_eq!((list["items"][0]["hint"].as_str(), list["total"].as_i64()), (Some("s…@b1.example"), Some(1)));
    let key = list["items"][0]["key"].as_str().unwrap();
    let (status, _) =
        browser.json("DELETE", &format!("/suppressions/{key}?reason=vergissing"), &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, facets) = browser.get("/leads/facets").await;
    assert_eq!(facets, json!({"countries": [], "industries": []}));
    house.close().await;
}

#[tokio::test]
async fn who_may_only_look_changes_nothing_and_strangers_see_nothing() {
    let house = House::sqlite().await;
    let reader = Browser::of(&house, Role::ReadOnly).await;
    assert_eq!(reader.upload(LIST).await.0, StatusCode::FORBIDDEN);
    assert_eq!(reader.get("/leads").await.0, StatusCode::OK);
    let nowhere = Uuid::from_u128(77);
    for path in ["/imports", "/leads", "/companies"] {
        assert_eq!(reader.get(&format!("{path}/{nowhere}")).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let stranger = Browser { app: reader.app.clone(), cookie: String::new() };
    assert_eq!(stranger.get("/leads").await.0, StatusCode::UNAUTHORIZED);
    house.close().await;
}

#[tokio::test]
async fn many_leads_at_once_and_what_does_not_fit_is_counted() {
    let house = House::sqlite().await;
    let browser = Browser::of(&house, Role::Manager).await;
    for n in 0..3 {
        let email = if n == 2 { String::new() } else { format!("s{n}@b{n}.example") };
        let lead = json!({
            "company": {"name": format!("Bedrijf {n}"), "country": "NL"}, "contact": {"family_name": "Smit", "email": email},
        });
        assert_eq!(browser.json("POST", "/leads", &lead).await.0, StatusCode::CREATED);
    }
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = browser.get(&format!("/leads/ids?country=NL&limit=2{cursor}")).await;
        ids.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(ids.len(), 3, "{ids:?}");
    let (_, none) = browser.get("/leads/ids?search=bestaatniet").await;
    assert_eq!(none["items"], json!([]));

    let ground =
        json!({"basis": "existing_customer", "source": "uw bestelling", "obtained_on": "2026-11-01"});
    let (status, done) =
        browser.json("POST", "/leads/batch/ground", &json!({"leads": ids, "ground": ground})).await;
    assert_eq!((status, &done), (StatusCode::OK, &json!({"done": 3, "skipped": 0})));
    let keep = |until: &str| json!({"leads": ids, "until": until, "reason": "eerst de beurs"});
    let (status, problem) = browser.json("POST", "/leads/batch/keeping", &keep("2020-01-01T00:00:00Z")).await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("until"))
    );
    let (_, done) = browser.json("POST", "/leads/batch/keeping", &keep("2027-01-01T00:00:00Z")).await;
    assert_eq!(done, json!({"done": 3, "skipped": 0}));
    let (_, refused) =
        browser.json("POST", "/leads/batch/suppression", &json!({"leads": ids, "reason": " "})).await;
    assert_eq!(refused["errors"][0]["field"], json!("reason"), "{refused}");
    let (_, done) =
        browser.json("POST", "/leads/batch/suppression", &json!({"leads": ids, "reason": "belde op"})).await;
    assert_eq!(done, json!({"done": 2, "skipped": 1}), "one has no address");
    let (_, list) = browser.get("/suppressions").await;
    assert_eq!(list["total"], json!(2));
    let (status, _) = browser
        .json(
            "POST",
            "/leads/batch/keeping",
            &json!({"leads": [], "until": "2027-01-01T00:00:00Z", "reason": "x"}),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    house.close().await;
}

#[tokio::test]
async fn what_a_person_types_in_has_that_person_as_its_source() {
    let house = House::sqlite().await;
    let browser = Browser::of(&house, Role::Marketing).await;
    let lead = json!({
        "company": {"name": "Bakkerij Smit", "city": "Gouda"}, "contact": {"family_name": "Smit", "email": "j@smit.example"},
    });
    let (_, made) = browser.json("POST", "/leads", &lead).await;
    let path = format!("/leads/{}", made["id"].as_str().unwrap());
    let (_, before) = browser.get(&path).await;
    assert_eq!((&before["sources"], &before["promotion_id"]), (&json!([]), &Value::Null));
    let company = before["company"]["id"].as_str().unwrap();
    let contact = before["contact"]["id"].as_str().unwrap();
    let (status, problem) = browser
        .json("PUT", &format!("/companies/{company}"), &json!({"name": "Bakkerij Smit", "kvk_number": "12"}))
        .await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("kvk_number"))
    );
    let facts = json!({"name": "Bakkerij Smit", "city": "Zwolle", "employees_n": 12});
    assert_eq!(browser.json("PUT", &format!("/companies/{company}"), &facts).await.0, StatusCode::NO_CONTENT);
    let person =
        json!({"given_name": "Jan", "infix": "de", "family_name": "Smit", "email": "j@smit.example"});
    assert_eq!(browser.json("PUT", &format!("/contacts/{contact}"), &person).await.0, StatusCode::NO_CONTENT);
    let (_, after) = browser.get(&path).await;
    let mut typed: Vec<(Option<&str>, &str)> = after["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| (fact["contact_id"].as_str(), fact["field"].as_str().unwrap()))
        .collect();
    typed.sort_unstable();
    assert_eq!(typed, [(None, "city"), (None, "employees_n"), (Some(contact), "name")]);
    assert!(after["sources"][0]["by"].is_string(), "{after}");

    let (_, record) = browser.get(&format!("/companies/{company}")).await;
    assert_eq!((&record["lifecycle"], &record["prospects"]), (&json!("lead"), &json!([])));
    assert_eq!(record["leads"][0]["contact_id"], json!(contact));
    assert_eq!(record["company"]["legal_form_in_name"], Value::Null);
    let formed = json!({"name": "Bakkerij Smit B.V.", "city": "Zwolle", "country": "NL", "employees_n": 12});
    assert_eq!(
        browser.json("PUT", &format!("/companies/{company}"), &formed).await.0,
        StatusCode::NO_CONTENT
    );
    let (_, record) = browser.get(&format!("/companies/{company}")).await;
    let form = (&record["company"]["legal_form"], &record["company"]["legal_form_in_name"]);
    assert_eq!(
        form,
        (&Value::Null, &json!("private_limited")),
        "what the name says is no fact that somebody gave"
    );
    let (_, timeline) = browser.get(&format!("/companies/{company}/timeline")).await;
    let kinds: Vec<&str> =
        timeline["items"].as_array().unwrap().iter().filter_map(|e| e["kind"].as_str()).collect();
    assert!(kinds.contains(&"company.changed") && kinds.contains(&"contact.changed"), "{kinds:?}");
    let nowhere = Uuid::from_u128(77);
    assert_eq!(browser.get(&format!("/companies/{nowhere}/timeline")).await.0, StatusCode::NOT_FOUND);
    house.close().await;
}
