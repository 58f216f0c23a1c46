//! The funnel and the planner over HTTP.

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

    async fn ask(&self, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json")
            .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

/// The numbers of the command line's example: 20 % from prospect to customer by way of half of them.
fn example() -> Value {
    json!({
        "goal_cents": 30_000_000, "deal_cents": 1_200_000,
        "ratios": { "opportunity_customer": 0.4, "prospect_opportunity": 0.5, "lead_prospect": 0.03 },
        "mails_per_lead": 2.5
    })
}

#[tokio::test]
async fn the_page_gives_the_same_answer_as_the_command_line() {
    let house = House::sqlite().await;
    let browser = Browser::of(&house, Role::Owner).await;
    let (status, plan) = browser.ask("PUT", "/plan/2026", example()).await;
    assert_eq!(status, StatusCode::OK, "{plan}");
    let picture = &plan["picture"];
    for (step, n) in [("customers", 25.0), ("opportunities", 63.0), ("prospects", 125.0), ("leads", 4167.0)] {
        assert_eq!(picture[step], json!({ "p50": n, "p80": n }), "{step}");
    }
    assert_eq!(plan["mails"]["p50"], 10418.0);
    assert_eq!(picture["ratios"]["lead_prospect"], json!({"value": 0.03, "k": 0, "n": 0, "source": "typed"}));
    assert_eq!(plan["months"].as_array().map(Vec::len), Some(12));
    assert_eq!(plan["months"][10]["actual"]["leads"], 0, "November has begun");
    assert_eq!(plan["months"][11]["actual"], Value::Null, "December has not");
    // Nothing happened in ten months, so it breaks where leads were first missing.
    assert_eq!(picture["breaks_first"], json!({ "step": "leads", "month": "2026-01" }));
    assert_eq!(plan["mending"]["key"], "more_leads");
    let (status, read) = browser.ask("GET", "/plan/2026", Value::Null).await;
    assert_eq!((status, &read["definition"]), (StatusCode::OK, &plan["definition"]));
    let (_, other) = browser.ask("GET", "/plan/2027", Value::Null).await;
    assert_eq!(other["updated_at"], Value::Null);
    assert_eq!(other["picture"]["ratios"]["lead_prospect"]["source"], "default");
    assert!(other["picture"]["leads"]["p80"].as_f64() > other["picture"]["leads"]["p50"].as_f64());
    let (_, funnel) = browser.ask("GET", "/funnel?from=2026-01-01&to=2026-12-31", Value::Null).await;
    assert_eq!(funnel["funnel"]["stages"]["prospect"]["plan"], 125, "the plan stands beside the funnel");
    house.close().await;
}

#[tokio::test]
async fn a_preview_stores_nothing_and_nonsense_is_named() {
    let house = House::sqlite().await;
    let browser = Browser::of(&house, Role::Owner).await;
    let (status, _) =
        browser.ask("POST", "/plan/preview", json!({ "year": 2026, "definition": example() })).await;
    assert_eq!(status, StatusCode::OK);
    let (_, plan) = browser.ask("GET", "/plan/2026", Value::Null).await;
    assert_eq!(plan["updated_at"], Value::Null);
    let cases = [
        (json!({ "goal_cents": 0 }), "goal_cents"),
        (json!({ "deal_cents": 0 }), "deal_cents"),
        (json!({ "first_month": 13 }), "first_month"),
        (json!({ "ratios": { "lead_prospect": 1.2 } }), "ratios.lead_prospect"),
        (json!({ "mails_per_lead": -1 }), "mails_per_lead"),
        (json!({ "lag_days": { "lead_prospect": 1000 } }), "lag_days.lead_prospect"),
    ];
    for (wrong, field) in cases {
        let mut body = example();
        for (key, value) in wrong.as_object().unwrap() {
            body[key] = value.clone();
        }
        let (status, problem) = browser.ask("PUT", "/plan/2026", body).await;
        assert_eq!(
            (status.is_client_error(), &problem["errors"][0]["field"]),
            (true, &field.into()),
            "{problem}"
        );
    }
    let (status, _) = browser.ask("GET", "/plan/1850", Value::Null).await;
    assert!(status.is_client_error());
    house.close().await;
}

#[tokio::test]
async fn looking_is_for_all_and_planning_for_those_who_may() {
    let house = House::sqlite().await;
    let browser = Browser::of(&house, Role::ReadOnly).await;
    assert_eq!(browser.ask("PUT", "/plan/2026", example()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(browser.ask("GET", "/plan/2026", Value::Null).await.0, StatusCode::OK);
    let (status, funnel) = browser.ask("GET", "/funnel", Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&funnel["from"], &funnel["to"]), (&"2026-08-26".into(), &"2026-11-24".into()));
    assert_eq!(funnel["lead_prospect"]["became"], json!({ "k": 0, "n": 0 }));
    assert_eq!(funnel["lead_prospect"]["gates"]["reply"], json!({ "count": 0, "latest": [] }));
    assert_eq!(funnel["funnel"]["stages"]["lead"], json!({ "count": 0, "plan": null, "before": 0 }));
    for gate in ["reply", "appointment", "visits", "case_study", "quote_request", "quote", "intent"] {
        let (status, list) = browser.ask("GET", &format!("/funnel/gates/{gate}"), Value::Null).await;
        assert_eq!((status, list), (StatusCode::OK, json!({ "items": [], "next_cursor": null })), "{gate}");
    }
    let wrong = [
        ("/funnel?from=2026-12-01&to=2026-11-01", "to"),
        ("/funnel?from=yesterday", "from"),
        ("/funnel?from=1990-01-01&to=2026-11-01", "to"),
        ("/funnel/gates/reply?cursor=x", "cursor"),
    ];
    for (path, field) in wrong {
        let (status, problem) = browser.ask("GET", path, Value::Null).await;
        assert!(status.is_client_error(), "{path}");
        assert_eq!(problem["errors"][0]["field"], field, "{path}");
    }
    let stranger = Uuid::from_bytes(support::random());
    let (status, _) = browser.ask("GET", &format!("/funnel?campaign={stranger}"), Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(browser.ask("GET", "/funnel/gates/opens", Value::Null).await.0, StatusCode::NOT_FOUND);
    house.close().await;
}
