//! First start, log-in, members, tokens, settings, audit trail, repeated requests: through HTTP.

mod support;

use axum::http::StatusCode;
use jiff::SignedDuration;
use kiem::api;
use kiem_store::args;
use serde_json::{Value, json};
use support::House;
use support::web::Browser;

const PASSWORD: &str = "een zin van drie woorden";

async fn house() -> House {
    House::sqlite().await
}

/// A house in which nobody is at home yet.
async fn empty_house() -> House {
    let house = house().await;
    let mut global = house.db.store.global().await.unwrap();
    for table in ["membership", "app_user", "workspace"] {
        global.execute(format!("DELETE FROM {table}"), vec![]).await.unwrap();
    }
    global.commit().await.unwrap();
    house
}

fn set_up(email: &str) -> Value {
    json!({"name": "Anna de Wit", "email": email, "password": PASSWORD, "workspace_name": "Oefenen",
        "language": "nl", "practice": true})
}

/// A new Kiem with its owner logged in.
async fn at_home() -> (House, Browser) {
    let house = empty_house().await;
    let nobody = Browser::new(api::service(house.engine.clone()));
    let answer = nobody.ask("POST", "/api/v1/setup", Some(&set_up("Anna@kiem.example "))).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    let owner = nobody.with("cookie", &answer.cookie());
    (house, owner)
}

async fn log_in(browser: &Browser, email: &str, password: &str) -> support::web::Answer {
    let mut browser = browser.clone();
    browser.headers.retain(|(name, _)| name != "cookie");
    browser.ask("POST", "/api/v1/session", Some(&json!({"email": email, "password": password}))).await
}

#[tokio::test]
async fn the_first_visitor_becomes_owner_and_nobody_after() {
    let house = empty_house().await;
    let nobody = Browser::new(api::service(house.engine.clone()));
    assert_eq!(nobody.ask("GET", "/api/v1/setup", None).await.json(), json!({"needs_owner": true}));
    let mut short = set_up("anna@kiem.example");
    short["password"] = json!("te kort");
    let refused = nobody.ask("POST", "/api/v1/setup", Some(&short)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["errors"][0]["code"], "password_short");
    // Two at the same time: one owner.
    let (one_body, two_body) = (set_up("anna@kiem.example"), set_up("bea@kiem.example"));
    let (one, two) = tokio::join!(
        nobody.ask("POST", "/api/v1/setup", Some(&one_body)),
        nobody.ask("POST", "/api/v1/setup", Some(&two_body))
    );
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::NO_CONTENT, StatusCode::CONFLICT]);
    assert_eq!(nobody.ask("GET", "/api/v1/setup", None).await.json(), json!({"needs_owner": false}));

    let winner = if one.status == StatusCode::NO_CONTENT { one } else { two };
    let owner = nobody.with("cookie", &winner.cookie());
    let session = owner.ask("GET", "/api/v1/session", None).await.json();
    assert_eq!(session["workspaces"][0]["mode"], "practice");
    assert_eq!(session["workspaces"][0]["role"], "owner");
    let mut tx =
        house.db.store.read(session["workspaces"][0]["id"].as_str().unwrap().parse().unwrap()).await.unwrap();
    let mailboxes = kiem_store::mailbox::all(&mut tx).await.unwrap();
    assert_eq!(mailboxes.len(), 1, "practice begins with its own mailbox");
    assert_eq!(mailboxes[0].kind, "sandbox");
    drop(tx);
    house.close().await;
}

#[tokio::test]
async fn guessing_becomes_slow_and_says_the_same_for_everybody() {
    let (house, owner) = at_home().await;
    for email in ["anna@kiem.example", "nobody@kiem.example"] {
        let mut statuses = Vec::new();
        for _ in 0..8 {
            statuses.push(log_in(&owner, email, "verkeerd wachtwoord").await.status.as_u16());
        }
        assert_eq!(statuses, [409, 409, 409, 409, 429, 429, 429, 429], "{email}");
    }
    let right = log_in(&owner, "anna@kiem.example", PASSWORD).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "also the right password waits");
    assert_eq!(right.headers.get("retry-after").unwrap(), "1");
    house.advance(SignedDuration::from_secs(1));
    assert_eq!(log_in(&owner, "ANNA@kiem.example", PASSWORD).await.status, StatusCode::NO_CONTENT);
    for _ in 0..3 {
        assert_eq!(
            log_in(&owner, "anna@kiem.example", "fout").await.status.as_u16(),
            409,
            "the count began anew"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let (house, owner) = at_home().await;
    let elsewhere = owner.with("cookie", &log_in(&owner, "anna@kiem.example", PASSWORD).await.cookie());
    let sessions = owner.ask("GET", "/api/v1/me/sessions", None).await.json();
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2);
    let wrong = json!({"old_password": "fout", "new_password": "nog een lange zin"});
    assert_eq!(owner.ask("PUT", "/api/v1/me/password", Some(&wrong)).await.status.as_u16(), 422);
    let change = json!({"old_password": PASSWORD, "new_password": "nog een lange zin"});
    assert_eq!(owner.ask("PUT", "/api/v1/me/password", Some(&change)).await.status.as_u16(), 204);
    assert_eq!(elsewhere.ask("GET", "/api/v1/session", None).await.status.as_u16(), 401);
    assert_eq!(owner.ask("GET", "/api/v1/session", None).await.status.as_u16(), 200);
    assert_eq!(log_in(&owner, "anna@kiem.example", PASSWORD).await.status.as_u16(), 409);
    let theme = owner.ask("PATCH", "/api/v1/me", Some(&json!({"theme": "dark", "language": "en"}))).await;
    assert_eq!(
        (theme.json()["theme"].clone(), theme.json()["language"].clone()),
        (json!("dark"), json!("en"))
    );
    house.close().await;
}

#[tokio::test]
async fn members_come_change_and_go_but_the_last_owner_stays() {
    let (house, owner) = at_home().await;
    let bea = json!({"email": "bea@kiem.example", "name": "Bea", "role": "manager"});
    let added = owner.ask("POST", "/api/v1/members", Some(&bea)).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    let (id, password) = (added.json()["id"].clone(), added.json()["first_password"].clone());
    assert_eq!(owner.ask("POST", "/api/v1/members", Some(&bea)).await.json()["code"], "already_member");
    let manager = log_in(&owner, "bea@kiem.example", password.as_str().unwrap()).await;
    let manager = owner.with("cookie", &manager.cookie());

    let members = manager.ask("GET", "/api/v1/members", None).await.json();
    let anna = members["items"].as_array().unwrap().iter().find(|m| m["role"] == "owner").unwrap();
    let anna_path = format!("/api/v1/members/{}", anna["id"].as_str().unwrap());
    let role = |role: &str| json!({ "role": role });
    assert_eq!(manager.ask("PUT", &anna_path, Some(&role("sales"))).await.status.as_u16(), 403);
    assert_eq!(manager.ask("DELETE", &anna_path, None).await.status.as_u16(), 403);
    assert_eq!(owner.ask("PUT", &anna_path, Some(&role("sales"))).await.json()["code"], "last_owner");
    assert_eq!(owner.ask("DELETE", &anna_path, None).await.json()["code"], "last_owner");

    let bea_path = format!("/api/v1/members/{}", id.as_str().unwrap());
    assert_eq!(manager.ask("PUT", &bea_path, Some(&role("owner"))).await.status.as_u16(), 403);
    assert_eq!(owner.ask("PUT", &bea_path, Some(&role("owner"))).await.status.as_u16(), 204);
    assert_eq!(owner.ask("PUT", &anna_path, Some(&role("read_only"))).await.status.as_u16(), 204);
    assert_eq!(
        owner.ask("GET", "/api/v1/tokens", None).await.status.as_u16(),
        403,
        "the role counts at once"
    );
    assert_eq!(manager.ask("DELETE", &anna_path, None).await.status.as_u16(), 204);
    assert_ne!(owner.ask("GET", "/api/v1/members", None).await.status.as_u16(), 200);
    house.close().await;
}

#[tokio::test]
async fn a_token_works_until_it_ends_or_is_revoked_and_stands_nowhere() {
    let (house, owner) = at_home().await;
    let wanted = json!({"name": "Koppeling", "role": "read_only", "days": 2});
    let made = owner.ask("POST", "/api/v1/tokens", Some(&wanted)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("kiem_1_"), "{token}");
    let program = Browser::new(owner.service.clone()).with("authorization", &format!("Bearer {token}"));
    assert_eq!(program.ask("GET", "/api/v1/members", None).await.status.as_u16(), 200);
    assert_eq!(program.ask("POST", "/api/v1/tokens", Some(&wanted)).await.status.as_u16(), 403);
    let bytes = std::fs::read(house.db.url.strip_prefix("sqlite:").unwrap()).unwrap();
    let secret = token.rsplit('_').next().unwrap().as_bytes();
    assert!(!bytes.windows(secret.len()).any(|w| w == secret), "only the hash is stored");
    house.advance(SignedDuration::from_hours(49));
    assert_eq!(program.ask("GET", "/api/v1/members", None).await.status.as_u16(), 401, "it ended");

    let endless = owner.ask("POST", "/api/v1/tokens", Some(&json!({"name": "b", "role": "sales"}))).await;
    let bearer = format!("Bearer {}", endless.json()["token"].as_str().unwrap());
    let program = Browser::new(owner.service.clone()).with("authorization", &bearer);
    assert_eq!(program.ask("GET", "/api/v1/workspace", None).await.status.as_u16(), 200);
    let path = format!("/api/v1/tokens/{}", endless.json()["id"].as_str().unwrap());
    assert_eq!(owner.ask("DELETE", &path, None).await.status.as_u16(), 204);
    assert_eq!(owner.ask("DELETE", &path, None).await.status.as_u16(), 404);
    assert_eq!(program.ask("GET", "/api/v1/workspace", None).await.status.as_u16(), 401);
    house.close().await;
}

#[tokio::test]
async fn settings_are_checked_kept_and_audited_and_a_changed_trail_shows() {
    let (house, owner) = at_home().await;
    let bad = json!({"time_zone": "Mars/Olympus", "privacy_url": "javascript:alert(1)", "response_hours": 0});
    let refused = owner.ask("PATCH", "/api/v1/workspace", Some(&bad)).await.json();
    assert_eq!(refused["errors"].as_array().unwrap().len(), 3, "{refused}");
    let good =
        json!({"sender_company": "Kiem BV", "postal_address": "Dam 1, Amsterdam", "response_hours": 4});
    let changed = owner.ask("PATCH", "/api/v1/workspace", Some(&good)).await.json();
    assert_eq!(
        (changed["sender_company"].clone(), changed["response_hours"].clone()),
        (json!("Kiem BV"), json!(4))
    );

    let trail = owner.ask("GET", "/api/v1/audit?limit=1", None).await.json();
    assert_eq!(trail["items"][0]["action"], "workspace.changed");
    let next = format!("/api/v1/audit?cursor={}", trail["next_cursor"].as_str().unwrap());
    let older = owner.ask("GET", &next, None).await.json();
    assert_eq!(older["items"].as_array().unwrap().last().unwrap()["action"], "workspace.created");

    let workspace = changed["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(house.engine.broken_audit_row(workspace).await.unwrap(), None);
    let mut tx = house.db.store.begin(workspace).await.unwrap();
    tx.execute(
        "UPDATE audit_entry SET detail = $2 WHERE workspace_id = $1 AND seq = 1",
        args!["{\"practice\":false}"],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.engine.broken_audit_row(workspace).await.unwrap(), Some(1), "an edited row shows");
    let mut tx = house.db.store.begin(workspace).await.unwrap();
    tx.execute("DELETE FROM audit_entry WHERE workspace_id = $1 AND seq = 1", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.engine.broken_audit_row(workspace).await.unwrap(), Some(2), "a removed row shows");
    house.close().await;
}

#[tokio::test]
async fn the_same_request_twice_has_one_effect() {
    let (house, owner) = at_home().await;
    let keyed = owner.with("idempotency-key", "een-sleutel");
    let wanted = json!({"name": "Koppeling", "role": "sales"});
    let first = keyed.ask("POST", "/api/v1/tokens", Some(&wanted)).await;
    let again = keyed.ask("POST", "/api/v1/tokens", Some(&wanted)).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(again.headers.get("idempotency-replayed").unwrap(), "true");
    let other = keyed.ask("POST", "/api/v1/tokens", Some(&json!({"name": "Anders", "role": "sales"}))).await;
    assert_eq!((other.status.as_u16(), other.json()["code"].clone()), (409, json!("idempotency_mismatch")));
    let tokens = owner.ask("GET", "/api/v1/tokens", None).await.json();
    assert_eq!(tokens["items"].as_array().unwrap().len(), 1);

    // A refusal had no effect, so its key is free.
    let keyed = owner.with("idempotency-key", "nog-een");
    let bad = keyed.ask("POST", "/api/v1/tokens", Some(&json!({"name": "", "role": "sales"}))).await;
    assert_eq!(bad.status.as_u16(), 422);
    assert_eq!(keyed.ask("POST", "/api/v1/tokens", Some(&wanted)).await.status.as_u16(), 201);

    let keyed = owner.with("idempotency-key", "tegelijk");
    let bea = json!({"email": "bea@kiem.example", "name": "Bea", "role": "sales"});
    let asked = (0..8).map(|_| keyed.ask("POST", "/api/v1/members", Some(&bea)));
    let answers = futures::future::join_all(asked).await;
    assert!(answers.iter().any(|a| a.status == StatusCode::CREATED));
    assert!(
        answers.iter().all(|a| a.status == StatusCode::CREATED || a.json()["code"] == "idempotency_running"),
        "{answers:?}"
    );
    house.close().await;
}

#[tokio::test]
async fn another_workspace_is_made_by_an_owner_only() {
    let (house, owner) = at_home().await;
    let wanted = json!({"name": "Echt", "practice": false});
    let made = owner.ask("POST", "/api/v1/workspaces", Some(&wanted)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let session = owner.ask("GET", "/api/v1/session", None).await.json();
    assert_eq!(session["workspaces"].as_array().unwrap().len(), 2);
    assert_eq!(owner.ask("GET", "/api/v1/members", None).await.json()["code"], "choose_workspace");
    let there = owner.with("kiem-workspace", made.json()["id"].as_str().unwrap());
    assert_eq!(there.ask("GET", "/api/v1/workspace", None).await.json()["mode"], "live");
    house.close().await;
}

#[tokio::test]
async fn everything_that_goes_out_has_its_security_headers() {
    let (house, owner) = at_home().await;
    for path in ["/api/v1/session", "/", "/leads/1", "/healthz", "/api/v1/nothing", "/k/nothing"] {
        let answer = owner.ask("GET", path, None).await;
        let header = |name: &str| answer.headers.get(name).map(|v| v.to_str().unwrap().to_owned());
        assert!(
            header("content-security-policy").is_some_and(|p| p.contains("default-src 'none'")),
            "{path}"
        );
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert!(header("referrer-policy").is_some(), "{path}");
        assert_eq!(header("strict-transport-security"), None, "{path}: the address is not https");
    }
    assert_eq!(owner.ask("GET", "/healthz", None).await.text, "ok\n");
    let missing = owner.ask("GET", "/api/v1/nothing", None).await;
    assert_eq!((missing.status.as_u16(), missing.json()["code"].clone()), (404, json!("not_found")));
    assert_eq!(
        owner.ask("POST", "/leads", Some(&json!({}))).await.status.as_u16(),
        404,
        "no page is posted to"
    );
    assert_eq!(owner.ask("GET", "/assets/gone.js", None).await.status.as_u16(), 404, "a file is not a page");
    let foreign = owner.with("sec-fetch-site", "cross-site");
    let refused = foreign.ask("POST", "/api/v1/tokens", Some(&json!({"name": "x", "role": "sales"}))).await;
    assert_eq!(refused.json()["code"], "cross_site");
    let unreadable = owner.ask("POST", "/api/v1/tokens", Some(&json!(3))).await;
    assert_eq!(unreadable.json()["code"], "unreadable", "{}", unreadable.text);
    house.close().await;
}
