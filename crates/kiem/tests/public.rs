//! What strangers reach without logging in: what it does, and above all what it does not do.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use kiem::engine::Role;
use kiem::engine::public::booking_page::{AvailabilityDoc, BookingPageInput, HoursDoc};
use kiem::engine::public::inlet::InletInput;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{LeadId, MailboxId};
use support::House;
use support::street::{BROWSER, Street, beacon, entry_token, street, street_in, text, with_site};
use tower::ServiceExt as _;
use uuid::Uuid;

const CLICKS: &str = "SELECT COUNT(*) AS n FROM engagement WHERE workspace_id = $1 AND kind = 'click'";
const SUPPRESSED: &str = "SELECT COUNT(*) AS n FROM suppression WHERE workspace_id = $1";

#[tokio::test]
async fn a_link_always_leads_to_its_own_address_and_is_written_down() {
    let street = street().await;
    let path = street.path_of("click").await;
    let response = street.get(&path).await;
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(response.headers()["location"], "https://www.bureau.example/cases/bakkerij");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    assert_eq!(response.headers()["x-robots-tag"], "noindex");
    let head = Request::head(&path).header("user-agent", BROWSER).body(Body::empty()).unwrap();
    assert_eq!(street.ask(head).await.status(), StatusCode::FOUND, "machines are answered too");
    street.wait_for(CLICKS, 2).await;
    street.house.close().await;
}

#[tokio::test]
async fn no_changed_token_leads_anywhere() {
    let street = street().await;
    let path = street.path_of("click").await;
    let token = path.strip_prefix("/k/").unwrap().as_bytes().to_vec();
    let mut n = 0;
    for i in 0..1_000_usize {
        let mut changed = token.clone();
        let at = i % changed.len();
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        changed[at] = letters[(i * 7 + i / changed.len()) % letters.len()];
        if changed == token {
            continue;
        }
        n += 1;
        let response = street.get(&format!("/k/{}", String::from_utf8(changed).unwrap())).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert!(response.headers().get("location").is_none());
    }
    assert!(n > 900, "{n}");
    let opt_out = street.path_of("opt_out").await;
    let crossed = opt_out.replace("/u/", "/k/");
    assert_eq!(street.get(&crossed).await.status(), StatusCode::NOT_FOUND, "a token opens one thing");
    assert_eq!(street.count(CLICKS).await, 0);
    street.house.close().await;
}

#[tokio::test]
async fn looking_never_opts_out_and_the_button_does_so_once() {
    let street = street().await;
    let path = street.path_of("opt_out").await;
    for _ in 0..3 {
        let response = street.get(&path).await;
        assert_eq!(response.status(), StatusCode::OK);
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        let page = text(response).await;
        assert!(page.contains("<form method=\"post\">") && !page.contains("<script"), "{page}");
        assert!(page.len() < 30_000);
    }
    assert_eq!(street.count(SUPPRESSED).await, 0);
    // The mail program's button: no cookie, no origin, its own body.
    let one_click = Request::post(&path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("List-Unsubscribe=One-Click"))
        .unwrap();
    let response = street.ask(one_click).await;
    assert_eq!(response.status(), StatusCode::OK, "no redirect");
    assert!(response.headers().get("set-cookie").is_none());
    assert_eq!(
        street.post(&path, "https://elders.example", "").await.status(),
        StatusCode::OK,
        "again is fine"
    );
    assert_eq!(street.count(SUPPRESSED).await, 1);
    let mut tx = street.house.db.store.read(street.house.workspace).await.unwrap();
    let address = EmailAddress::parse("eva@klant.example").unwrap();
    assert!(street.house.engine.is_suppressed(&mut tx, &address).await.unwrap());
    drop(tx);
    street.house.close().await;
}

const VISITS: &str = "SELECT COUNT(*) AS n FROM engagement WHERE workspace_id = $1 AND kind = 'session' AND grade = 'human_certain'";
const SESSIONS: &str = "SELECT COUNT(*) AS n FROM web_session WHERE workspace_id = $1";

#[tokio::test]
async fn a_visit_is_kept_from_the_click_on_and_counts_when_somebody_reads() {
    let street = street().await;
    with_site(&street, "click_session").await;
    let entry = entry_token(&street).await;
    let first = beacon(&street, &entry, 1, "/cases/bakkerij?x=1", 0, 0).await;
    assert_eq!(first.status(), StatusCode::OK);
    let answer: serde_json::Value = serde_json::from_str(&text(first).await).unwrap();
    let token = answer["k"].as_str().unwrap().to_owned();
    assert_eq!(street.count(VISITS).await, 0, "a page that opened is no visit of a person yet");
    assert_eq!(beacon(&street, &token, 1, "/cases/bakkerij", 16_000, 4).await.status(), StatusCode::OK);
    assert_eq!(street.count(VISITS).await, 1);
    assert_eq!(street.count(SESSIONS).await, 1);
    // The token is spent: in another browser it opens nothing.
    let other = Request::post("/v")
        .header("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Safari/604.1")
        .header("origin", "https://www.bureau.example")
        .body(Body::from(serde_json::json!({"k": entry, "p": Uuid::from_u128(9), "u": "/"}).to_string()))
        .unwrap();
    assert_eq!(street.ask(other).await.status(), StatusCode::NO_CONTENT);
    street.house.advance(SignedDuration::from_mins(45));
    assert_eq!(
        beacon(&street, &token, 2, "/", 20_000, 3).await.status(),
        StatusCode::NO_CONTENT,
        "it is over"
    );
    assert_eq!(beacon(&street, &entry, 3, "/", 20_000, 3).await.status(), StatusCode::NO_CONTENT);
    street.house.close().await;
}

#[tokio::test]
async fn nothing_is_recorded_where_it_is_off_unknown_or_not_wanted() {
    let street = street().await;
    with_site(&street, "off").await;
    let response = street.get(&street.path_of("click").await).await;
    assert!(
        !response.headers()["location"].to_str().unwrap().contains('#'),
        "no token for a site that is off"
    );
    let (workspace, _) = street.house.engine.workspace(street.house.workspace).await.unwrap();
    let token = street.house.engine.entry_token(workspace.number, street.link, street.house.clock.now());
    assert_eq!(beacon(&street, &token, 1, "/", 20_000, 3).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(beacon(&street, "onzin", 1, "/", 20_000, 3).await.status(), StatusCode::NO_CONTENT);
    let refusing = Request::post("/v")
        .header("user-agent", BROWSER)
        .header("origin", "https://www.bureau.example")
        .header("sec-gpc", "1")
        .body(Body::from(serde_json::json!({"k": token, "p": Uuid::from_u128(1), "u": "/"}).to_string()))
        .unwrap();
    assert_eq!(street.ask(refusing).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(street.count(SESSIONS).await, 0);
    street.house.close().await;
}

#[tokio::test]
async fn the_script_is_small_and_kept_by_browsers() {
    let street = street().await;
    let response = street.get("/s.js").await;
    assert!(response.headers()["cache-control"].to_str().unwrap().contains("max-age=86400"));
    let script = text(response).await;
    assert!(
        script.len() < 3_500,
        "{} bytes; web/src/test/snippet.test.ts measures it compressed",
        script.len()
    );
    street.house.close().await;
}

async fn form_path(street: &Street) -> String {
    let input = InletInput {
        kind: "quote_form".to_owned(),
        name: "Site".to_owned(),
        secret: None,
        allowed_origins: vec!["https://www.bureau.example".to_owned()],
        active: true,
    };
    let view = street.house.engine.add_inlet(&street.house.caller(Role::Owner), &input).await.unwrap();
    view.url.strip_prefix(&street.house.engine.config().link_url).unwrap().to_owned()
}

async fn form_token(street: &Street, path: &str) -> String {
    let page = text(street.get(path).await).await;
    page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

const REQUESTS: &str =
    "SELECT COUNT(*) AS n FROM quote_request WHERE workspace_id = $1 AND spam_reason IS NULL";
const SPAM: &str =
    "SELECT COUNT(*) AS n FROM quote_request WHERE workspace_id = $1 AND spam_reason IS NOT NULL";

#[tokio::test]
async fn a_request_counts_for_the_lead_and_spam_is_kept_apart() {
    let street = street().await;
    let path = form_path(&street).await;
    let token = form_token(&street, &path).await;
    let body = |token: &str, more: &str| {
        format!("token={token}&name=Eva+Jansen&email=eva%40klant.example&text=Graag+een+offerte{more}")
    };
    let foreign = street.post(&path, "https://elders.example", &body(&token, "")).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let too_fast = street.post(&path, &street.own(), &body(&token, "")).await;
    assert_eq!(too_fast.status(), StatusCode::OK, "spam learns nothing");
    assert_eq!((street.count(REQUESTS).await, street.count(SPAM).await), (0, 1));
    let token = form_token(&street, &path).await;
    street.house.advance(SignedDuration::from_secs(20));
    for _ in 0..2 {
        assert_eq!(
            street.post(&path, "https://www.bureau.example", &body(&token, "")).await.status(),
            StatusCode::OK
        );
    }
    assert_eq!(street.count(REQUESTS).await, 1, "the same filled form is taken once");
    let mut tx = street.house.db.store.read(street.house.workspace).await.unwrap();
    let row = tx
        .fetch_one(
            "SELECT lead_id FROM quote_request WHERE workspace_id = $1 AND spam_reason IS NULL",
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(row.id::<LeadId>("lead_id").unwrap(), street.lead);
    drop(tx);
    let trapped =
        street.post(&path, &street.own(), &body(&form_token(&street, &path).await, "&website=x")).await;
    assert_eq!(trapped.status(), StatusCode::OK);
    assert_eq!(street.count(SPAM).await, 2);
    assert_eq!(street.post(&path, &street.own(), &body("1.2.3", "")).await.status(), StatusCode::CONFLICT);
    street.house.close().await;
}

/// The lead of the only request or booking in a table.
async fn lead_in(street: &Street, sql: &'static str) -> Option<LeadId> {
    let mut tx = street.house.db.store.read(street.house.workspace).await.unwrap();
    tx.fetch_one(sql, vec![]).await.unwrap().opt_id::<LeadId>("lead_id").unwrap()
}

#[tokio::test]
async fn who_came_by_a_link_is_known_in_form_and_booking_under_another_address() {
    let street = street().await;
    with_site(&street, "click_session").await;
    let entry = entry_token(&street).await;
    let first = text(beacon(&street, &entry, 1, "/", 0, 0).await).await;
    let answer: serde_json::Value = serde_json::from_str(&first).unwrap();
    let visit = answer["k"].as_str().unwrap();
    let path = form_path(&street).await;
    let page = text(street.get(&format!("{path}?k={visit}")).await).await.replace("&#x2f;", "/");
    assert!(page.contains(&format!("name=\"visit\" value=\"{visit}\"")), "{page}");
    let token = page.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    street.house.advance(SignedDuration::from_secs(20));
    // The token of the link itself is as good: it opens the same visit.
    let body =
        format!("token={token}&name=Eva&email=eva%40prive.example&text=Graag+een+offerte&visit={entry}");
    assert_eq!(street.post(&path, &street.own(), &body).await.status(), StatusCode::OK);
    let of_request = "SELECT lead_id FROM quote_request WHERE workspace_id = $1 AND spam_reason IS NULL";
    assert_eq!(lead_in(&street, of_request).await, Some(street.lead));
    let path = booking_path(&street).await;
    let start = "2026-11-25T10:00:00Z";
    let page = text(street.get(&format!("{path}?start={start}&k={visit}")).await).await;
    assert!(page.contains(&format!("name=\"k\" value=\"{visit}\"")), "{page}");
    let body = format!("{}&k={visit}", booking_body(start, 1));
    assert_eq!(street.post(&path, &street.own(), &body).await.status(), StatusCode::OK);
    assert_eq!(
        lead_in(&street, "SELECT lead_id FROM booking WHERE workspace_id = $1").await,
        Some(street.lead)
    );
    street.house.close().await;
}

#[tokio::test]
async fn somebody_new_becomes_a_lead_that_came_by_itself() {
    let street = street().await;
    let path = form_path(&street).await;
    let token = form_token(&street, &path).await;
    street.house.advance(SignedDuration::from_secs(20));
    let body = format!(
        "token={token}&name=Jan+de+Wit&email=jan%40nieuw.example&company=Nieuw+BV&text=Wat+kost+dit%3F"
    );
    assert_eq!(street.post(&path, &street.own(), &body).await.status(), StatusCode::OK);
    assert_eq!(street.count("SELECT COUNT(*) AS n FROM lead WHERE workspace_id = $1").await, 2);
    let n = street
        .count("SELECT COUNT(*) AS n FROM company WHERE workspace_id = $1 AND name = 'Nieuw BV' AND domain = 'nieuw.example'")
        .await;
    assert_eq!(n, 1);
    street.house.close().await;
}

#[tokio::test]
async fn who_asks_without_being_approached_is_a_prospect_at_once_and_counts_apart() {
    let street = street().await;
    let path = form_path(&street).await;
    let token = form_token(&street, &path).await;
    street.house.advance(SignedDuration::from_secs(20));
    let body =
        format!("token={token}&name=Jan+de+Wit&email=jan%40nieuw.example&company=Nieuw+BV&text=Offerte%3F");
    assert_eq!(street.post(&path, &street.own(), &body).await.status(), StatusCode::OK);
    let booking = booking_path(&street).await;
    let made = street.post(&booking, &street.own(), &booking_body("2026-11-25T10:00:00Z", 7)).await;
    assert_eq!(made.status(), StatusCode::OK);
    street.house.run_jobs().await;

    let mut tx = street.house.db.store.read(street.house.workspace).await.unwrap();
    let rows = tx
        .fetch_all(
            "SELECT r.rule, r.explanation_en, r.evidence, r.message_id, p.owner_id, p.next_action, p.next_action_kind,
                    p.response_due_at, c.name, (SELECT COUNT(*) FROM notification n WHERE n.workspace_id = $1
                        AND n.subject_id = p.id AND n.kind = 'lead.promoted') AS n_told
             FROM promotion r JOIN prospect p ON p.workspace_id = $1 AND p.id = r.prospect_id
             JOIN company c ON c.workspace_id = $1 AND c.id = p.company_id
             WHERE r.workspace_id = $1 ORDER BY p.next_action_kind DESC",
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(rows.len(), 2);
    for (row, said, action) in [
        (&rows[0], "asked for a quote by itself; we had not approached", "quote"),
        (&rows[1], "made an appointment by itself; we had not approached", "meeting"),
    ] {
        let text = |name: &str| row.get::<Option<String>>(name).unwrap().unwrap_or_default();
        assert_eq!(text("rule"), "inbound", "no rule is claimed");
        assert!(text("explanation_en").contains(said), "{}", text("explanation_en"));
        assert!(text("evidence").contains("2026-11-24"), "{}", text("evidence"));
        assert_eq!(text("next_action_kind"), action);
        assert!(!text("next_action").is_empty());
        assert!(row.instant("response_due_at").unwrap() > street.house.clock.now());
        assert_eq!(row.get::<i64>("n_told").unwrap(), 1);
    }
    drop(tx);
    let day = jiff::civil::date(2026, 11, 24);
    let query =
        kiem::engine::planning::funnel::FunnelQuery { from: Some(day), to: Some(day), campaign: None };
    let funnel = street.house.engine.funnel(&street.house.caller(Role::Owner), query).await.unwrap();
    assert_eq!(funnel.inbound.n, 2);
    assert_eq!(funnel.steps[0].went_on.k, 0, "no approached lead went on");
    assert!(funnel.signals.iter().all(|(_, gate)| gate.n == 0), "{:?}", funnel.signals);
    street.house.close().await;
}

#[tokio::test]
async fn an_approached_lead_is_promoted_by_its_rule_and_a_kept_one_stays() {
    let street = street().await;
    let path = form_path(&street).await;
    let ask = async |email: &str| {
        let token = form_token(&street, &path).await;
        street.house.advance(SignedDuration::from_secs(20));
        let body = format!("token={token}&name=Eva&email={email}&text=Offerte%3F");
        assert_eq!(street.post(&path, &street.own(), &body).await.status(), StatusCode::OK);
        street.house.run_jobs().await;
    };
    ask("eva%40klant.example").await;
    const BY_R5: &str = "SELECT COUNT(*) AS n FROM promotion WHERE workspace_id = $1 AND rule = 'R5'";
    assert_eq!(street.count(BY_R5).await, 1);
    let kept = street.house.lead(2, "tom@widgets.example", "Tom", "Bos", "Widgets").await;
    let never = kiem::engine::promotion::OverrideInput {
        value: kiem_store::lead_override::OverrideKind::Never,
        until: None,
        reason: "concurrent",
    };
    street.house.engine.override_lead(&street.house.caller(Role::Sales), kept, never).await.unwrap();
    ask("tom%40widgets.example").await;
    assert_eq!(street.count("SELECT COUNT(*) AS n FROM promotion WHERE workspace_id = $1").await, 1);
    street.house.close().await;
}

#[tokio::test]
async fn a_page_on_the_site_may_ask_first_and_reads_what_is_wrong() {
    let street = street().await;
    let path = form_path(&street).await;
    let request = |method: &str, origin: &str, body: &str| {
        Request::builder()
            .method(method)
            .uri(&path)
            .header("origin", origin)
            .header("content-type", "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    let site = "https://www.bureau.example";
    let named = |response: &Response<Body>| {
        response.headers().get("access-control-allow-origin").map(|v| v.to_str().unwrap().to_owned())
    };
    let asked = street.ask(request("OPTIONS", site, "")).await;
    assert_eq!((asked.status(), named(&asked).as_deref()), (StatusCode::NO_CONTENT, Some(site)));
    assert!(asked.headers().contains_key("access-control-allow-headers"));
    let stranger = street.ask(request("OPTIONS", "https://elders.example", "")).await;
    assert_eq!(named(&stranger), None);
    let wrong =
        street.ask(request("POST", site, r#"{"token":"1.2.3","name":"Eva","email":"x","text":"y"}"#)).await;
    assert_eq!((wrong.status(), named(&wrong).as_deref()), (StatusCode::CONFLICT, Some(site)));
    assert!(text(wrong).await.contains("form_expired"));
    street.house.close().await;
}

const INVITATIONS_TO_HOST: &str =
    "SELECT raw FROM message WHERE workspace_id = $1 AND kind = 'notice' AND recipient = 'owner@kiem.example'
     ORDER BY created_at, id";

#[tokio::test]
async fn the_host_hears_of_an_appointment_its_move_and_its_end() {
    let street = street().await;
    let path = booking_path(&street).await;
    let made = street.post(&path, &street.own(), &booking_body("2026-11-25T10:00:00Z", 1)).await;
    let page = text(made).await.replace("&#x2f;", "/");
    let link = page.split("/b/m/").nth(1).unwrap();
    let token: String = link.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let manage = format!("/b/m/{token}");
    street.house.advance(SignedDuration::from_secs(1));
    street.post(&manage, &street.own(), "action=move&start=2026-11-25T13:00:00Z").await;
    street.house.advance(SignedDuration::from_secs(1));
    street.post(&manage, &street.own(), "action=cancel").await;
    let mut tx = street.house.db.store.read(street.house.workspace).await.unwrap();
    let rows = tx.fetch_all(INVITATIONS_TO_HOST, vec![]).await.unwrap();
    assert_eq!(rows.len(), 3);
    let mut uids = std::collections::BTreeSet::new();
    for (row, expected) in rows.iter().zip([
        ["method=REQUEST", "SEQUENCE:0", "DTSTART:20261125T100000Z", "Gast 1"],
        ["method=REQUEST", "SEQUENCE:1", "DTSTART:20261125T130000Z", "Gast 1"],
        ["method=CANCEL", "SEQUENCE:2", "STATUS:CANCELLED", "Gast 1"],
    ]) {
        let raw = String::from_utf8(row.get::<Vec<u8>>("raw").unwrap()).unwrap().replace("=\r\n", "");
        let flat = raw.replace("=3D", "=").replace("\r\n ", "");
        for part in expected {
            assert!(flat.contains(part), "{part} in {flat}");
        }
        assert!(flat.contains("ORGANIZER;CN=\"Marieke\":mailto:marieke@bureau.example"), "{flat}");
        assert!(flat.contains("mailto:owner@kiem.example"), "{flat}");
        assert!(!flat.contains("/b/m/"), "the guest's own address stays the guest's");
        let uid = flat.lines().find_map(|line| line.strip_prefix("UID:")).unwrap().to_owned();
        uids.insert(uid);
    }
    assert_eq!(uids.len(), 1, "one appointment in the calendar");
    drop(tx);
    const TOLD: &str =
        "SELECT COUNT(*) AS n FROM notification WHERE workspace_id = $1 AND subject_kind = 'booking'";
    assert_eq!(street.count(TOLD).await, 3);
    street.house.close().await;
}

async fn booking_path(street: &Street) -> String {
    let weekly = (0..5)
        .map(|weekday| HoursDoc { weekday, from: "09:00".to_owned(), until: "17:00".to_owned() })
        .collect();
    let input = BookingPageInput {
        slug: "kennismaking".to_owned(),
        host: support::user_id(0),
        mailbox: MailboxId(Uuid::from_u128(11)),
        title: "Kennismaking".to_owned(),
        availability: AvailabilityDoc {
            weekly,
            length_minutes: 30,
            buffer_before_minutes: 0,
            buffer_after_minutes: 10,
            notice_minutes: 60,
            horizon_days: 14,
            per_day_max: 0,
        },
        time_zone: "Europe/Amsterdam".to_owned(),
        active: true,
    };
    street.house.engine.add_booking_page(&street.house.caller(Role::Owner), &input).await.unwrap();
    "/b/1/kennismaking".to_owned()
}

fn booking_body(start: &str, n: usize) -> String {
    format!(
        "start={start}&zone=Europe%2FAmsterdam&lang=nl&name=Gast+{n}&email=gast{n}%40klant{n}.example&note="
    )
}

const BOOKED: &str = "SELECT COUNT(*) AS n FROM booking WHERE workspace_id = $1";
const MAILS: &str = "SELECT COUNT(*) AS n FROM message WHERE workspace_id = $1 AND kind = 'booking'";

#[tokio::test]
async fn an_appointment_is_made_moved_and_called_off_by_buttons_only() {
    let street = street().await;
    let path = booking_path(&street).await;
    let page = text(street.get(&format!("{path}?lang=nl&zone=Europe/Amsterdam")).await).await;
    assert!(page.contains("woensdag 25 november") && page.contains("09:00"), "{page}");
    let start = "2026-11-25T10:00:00Z";
    let made = street.post(&path, &street.own(), &booking_body(start, 1)).await;
    assert_eq!(made.status(), StatusCode::OK);
    let page = text(made).await.replace("&#x2f;", "/");
    let link = page.split("/b/m/").nth(1).unwrap();
    let token: String = link.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let manage = format!("/b/m/{token}");
    assert_eq!((street.count(BOOKED).await, street.count(MAILS).await), (1, 1));
    assert_eq!(
        street.post(&path, &street.own(), &booking_body(start, 2)).await.status(),
        StatusCode::CONFLICT
    );
    assert_eq!(street.get(&manage).await.status(), StatusCode::OK);
    let moved = street.post(&manage, &street.own(), "action=move&start=2026-11-25T13:00:00Z").await;
    assert_eq!(moved.status(), StatusCode::OK);
    assert_eq!(
        street
            .count("SELECT COUNT(*) AS n FROM booking WHERE workspace_id = $1 AND state = 'rescheduled'")
            .await,
        1
    );
    assert_eq!(
        street.post(&path, &street.own(), &booking_body(start, 3)).await.status(),
        StatusCode::OK,
        "free again"
    );
    assert_eq!(street.post(&manage, &street.own(), "action=cancel").await.status(), StatusCode::OK);
    assert_eq!(street.post(&manage, &street.own(), "action=cancel").await.status(), StatusCode::CONFLICT);
    assert_eq!((street.count(BOOKED).await, street.count(MAILS).await), (2, 4));
    street.house.close().await;
}

async fn two_hundred_want_the_same_moment(house: House) {
    let street = street_in(house).await;
    let path = booking_path(&street).await;
    let (web, own) = (street.web.clone(), street.own());
    let tries = (0..200).map(|n| {
        let (web, own, path) = (web.clone(), own.clone(), path.clone());
        tokio::spawn(async move {
            let request = Request::post(&path)
                .header("origin", own)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from(booking_body("2026-11-25T10:00:00Z", n)))
                .unwrap();
            web.oneshot(request).await.unwrap().status()
        })
    });
    let mut won = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            StatusCode::OK => won += 1,
            StatusCode::CONFLICT => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!((street.count(BOOKED).await, street.count(MAILS).await), (1, 1));
    street.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_want_the_same_moment_and_one_gets_it_on_sqlite() {
    two_hundred_want_the_same_moment(House::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_want_the_same_moment_and_one_gets_it_on_postgres() {
    two_hundred_want_the_same_moment(House::postgres().await).await;
}

async fn hook(street: &Street, kind: &str) -> String {
    let input = InletInput {
        kind: kind.to_owned(),
        name: kind.to_owned(),
        secret: Some("geheim".to_owned()),
        allowed_origins: Vec::new(),
        active: true,
    };
    let view = street.house.engine.add_inlet(&street.house.caller(Role::Owner), &input).await.unwrap();
    view.url.strip_prefix(&street.house.engine.config().link_url).unwrap().to_owned()
}

fn signed(secret: &str, bytes: &[u8]) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    aws_lc_rs::hmac::sign(&key, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

async fn tell(street: &Street, path: &str, header: &str, signature: &str, body: &str) -> StatusCode {
    let request = Request::post(path).header(header, signature).body(Body::from(body.to_owned())).unwrap();
    street.ask(request).await.status()
}

fn cal_com(event: &str, uid: &str, old: Option<&str>, hour: u32) -> String {
    serde_json::json!({ "triggerEvent": event, "payload": {
        "uid": uid, "rescheduleUid": old, "startTime": format!("2026-11-26T{hour:02}:00:00Z"),
        "endTime": format!("2026-11-26T{hour:02}:30:00Z"),
        "attendees": [{ "name": "Eva Jansen", "email": "eva@klant.example" }] } })
    .to_string()
}

#[tokio::test]
async fn cal_com_is_believed_by_its_signature_and_a_move_is_one_appointment() {
    let street = street().await;
    let path = hook(&street, "cal_com").await;
    let header = "x-cal-signature-256";
    let body = cal_com("BOOKING_CREATED", "a1", None, 9);
    assert_eq!(
        tell(&street, &path, header, &signed("anders", body.as_bytes()), &body).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(street.count(BOOKED).await, 0);
    for (body, n) in [
        (body.clone(), 1),
        (body.clone(), 1),
        (cal_com("BOOKING_RESCHEDULED", "a2", Some("a1"), 11), 1),
        (body, 1),
        (cal_com("BOOKING_CANCELLED", "a1", None, 9), 1),
    ] {
        let status = tell(&street, &path, header, &signed("geheim", body.as_bytes()), &body).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
        assert_eq!(street.count(BOOKED).await, n, "{body}");
    }
    let moved =
        "SELECT COUNT(*) AS n FROM booking WHERE workspace_id = $1 AND uid = 'a2' AND state = 'rescheduled'";
    assert_eq!(street.count(moved).await, 1);
    let off = cal_com("BOOKING_CANCELLED", "a2", None, 11);
    tell(&street, &path, header, &signed("geheim", off.as_bytes()), &off).await;
    assert_eq!(
        street
            .count("SELECT COUNT(*) AS n FROM booking WHERE workspace_id = $1 AND state = 'cancelled'")
            .await,
        1
    );
    street.house.close().await;
}

#[tokio::test]
async fn calendly_signs_with_the_moment_and_an_old_one_is_refused() {
    let street = street().await;
    let path = hook(&street, "calendly").await;
    let body = serde_json::json!({ "event": "invitee.created", "payload": {
        "uri": "https://api.calendly.test/invitees/1", "name": "Eva Jansen", "email": "eva@klant.example",
        "scheduled_event": { "start_time": "2026-11-26T09:00:00Z", "end_time": "2026-11-26T09:30:00Z" } } })
    .to_string();
    let at = |now: Timestamp| {
        let t = now.as_second();
        format!("t={t},v1={}", signed("geheim", format!("{t}.{body}").as_bytes()))
    };
    let now = street.house.clock.now();
    let header = "calendly-webhook-signature";
    let old = at(now - SignedDuration::from_mins(4));
    assert_eq!(tell(&street, &path, header, &old, &body).await, StatusCode::UNAUTHORIZED);
    assert_eq!(tell(&street, &path, header, &at(now), &body).await, StatusCode::NO_CONTENT);
    assert_eq!(street.count(BOOKED).await, 1);
    street.house.close().await;
}
