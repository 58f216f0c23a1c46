//! When a lead becomes a prospect: who is told, where, and what stops.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures::StreamExt as _;
use jiff::SignedDuration;
use kiem::api;
use kiem::demo::player::{Player, text};
use kiem_domain::id::UserId;
use kiem_store::sandbox::{self, Direction};
use serde_json::{Value, json};
use support::House;
use support::web::Browser;
use tower::ServiceExt as _;
use uuid::Uuid;

const LIST: &str = "Bedrijfsnaam;Website;Land;Voornaam;Achternaam;E-mailadres\r\n\
    Bakkerij Klant;klant.example;Nederland;Eva;Meer;eva@klant.example\r\n\
    Bakkerij Klant;klant.example;Nederland;Ward;Prins;ward@klant.example\r\n";
const QUESTION: &str = "Klinkt goed. Wat kost dit voor 25 gebruikers?";

/// Eva and her colleague got a first mail; a second one would come after two days.
struct Scene {
    house: House,
    player: Player,
    /// The colleague in sales, who owns what comes in.
    sanne: Browser,
}

impl Scene {
    async fn begin() -> Scene {
        let house = House::sqlite().await;
        let mut player = Player::begin(&house.engine).await.unwrap();
        player.add_mailbox(100, 0).await.unwrap();
        player.bring_in("lijst.csv", LIST.as_bytes()).await.unwrap();
        let mail = |subject: Option<&str>| json!({ "kind": "mail", "subject": subject, "body": "Dag {{ contact.first_name }}, speelt dit?" });
        let campaign = json!({
            "name": "Kennismaken", "language": "nl", "mailbox_id": player.mailbox.map(|id| id.to_string()),
            "window": { "days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00" },
            "steps": [mail(Some("Planning")), { "kind": "wait", "wait_days": 2 }, mail(None)],
        });
        let id = text(&player.post("/campaigns", campaign).await.unwrap(), "id").unwrap();
        player.post(&format!("/campaigns/{id}/run"), Value::Null).await.unwrap();
        let leads = player.get("/leads").await.unwrap();
        let leads: Vec<Value> = leads["items"].as_array().unwrap().iter().map(|l| l["id"].clone()).collect();
        player.post(&format!("/campaigns/{id}/enrolments"), json!({ "leads": leads })).await.unwrap();
        player.settle().await.unwrap();
        player.approve_all().await.unwrap();
        player.settle().await.unwrap();
        player.wait(SignedDuration::from_mins(20)).await.unwrap();
        let members = player.get("/members").await.unwrap();
        let sanne = members["items"].as_array().unwrap().iter().find(|m| m["role"] == "sales").unwrap();
        let sanne = UserId(text(sanne, "id").unwrap().parse::<Uuid>().unwrap());
        let cookie = support::session(&house, sanne).await;
        let sanne = Browser::new(api::service(house.engine.clone()))
            .with("cookie", &cookie)
            .with("kiem-workspace", &player.workspace.to_string());
        Scene { house, player, sanne }
    }

    async fn mails(&self) -> Vec<Value> {
        let mails = self.player.get("/practice/mails?limit=200").await.unwrap();
        mails["items"].as_array().unwrap().clone()
    }

    /// What Kiem mailed to a colleague: subjects and ids. The practice inbox shows what leads get.
    async fn notices(&self, address: &str) -> Vec<(String, Uuid)> {
        let mut tx = self.house.db.store.read(self.player.workspace).await.unwrap();
        let mailbox = self.player.mailbox.unwrap();
        let all = sandbox::after_uid(&mut tx, mailbox, Direction::ToLead, 0, 200).await.unwrap();
        all.into_iter().filter(|m| m.address == address).map(|m| (m.subject, m.id)).collect()
    }

    async fn eva_asks(&self) {
        let mails = self.mails().await;
        let mail = mails.iter().find(|m| m["address"] == "eva@klant.example").unwrap();
        let path = format!("/practice/mails/{}/replies", text(mail, "id").unwrap());
        self.player.post(&path, json!({ "text": QUESTION })).await.unwrap();
        self.player.settle().await.unwrap();
    }

    /// Days go by; everything that is written is approved.
    async fn days(&self, n: i64) {
        for _ in 0..n {
            self.player.wait(SignedDuration::from_hours(24)).await.unwrap();
            self.player.approve_all().await.unwrap();
            self.player.settle().await.unwrap();
        }
    }
}

impl Scene {
    /// The event stream, as the page of Sanne opens it.
    async fn listen(&self) -> axum::body::BodyDataStream {
        let mut request = Request::get("/api/v1/events");
        for (name, value) in &self.sanne.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.sanne.service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body().into_data_stream()
    }
}

/// The frames of an open event stream until one of this kind comes.
async fn until(stream: &mut axum::body::BodyDataStream, kind: &str) -> Value {
    let look = async {
        let mut text = String::new();
        loop {
            text.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
            while let Some((frame, rest)) = text.split_once("\n\n") {
                let data = frame.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or("null");
                let event: Value = serde_json::from_str(data).unwrap();
                text = rest.to_owned();
                if event["kind"] == kind {
                    return event;
                }
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), look).await.expect("the event comes")
}

#[tokio::test]
async fn the_owner_hears_of_a_new_prospect_on_the_page_and_by_mail() {
    let scene = Scene::begin().await;
    let mut stream = scene.listen().await;
    scene.eva_asks().await;

    let live = until(&mut stream, "lead.promoted").await;
    let mut late = scene.listen().await;
    assert_eq!(until(&mut late, "lead.promoted").await, live, "also to a page that asked a moment too early");
    let prospect = live["prospect_id"].as_str().unwrap();
    assert!(!live.to_string().contains("Eva"), "the stream says what to fetch, not what is in it: {live}");

    let page = scene.sanne.ask("GET", "/api/v1/notifications", None).await.json();
    assert_eq!(page["n_unread"], 1);
    let told = &page["items"][0];
    assert_eq!((&told["kind"], &told["subject_id"]), (&json!("lead.promoted"), &json!(prospect)));
    assert_eq!(
        (&told["data"]["contact"], &told["data"]["company"]),
        (&json!("Eva Meer"), &json!("Bakkerij Klant"))
    );
    let others = scene.player.get("/notifications").await.unwrap();
    assert_eq!(others["n_unread"], 0, "who does not own it is not disturbed");

    let notices = scene.notices("sanne@kiem.example").await;
    let [(subject, id)] = notices.as_slice() else { panic!("one mail: {notices:#?}") };
    assert_eq!(subject, "Nieuwe prospect: Eva Meer (Bakkerij Klant)");
    let words = text(&scene.player.get(&format!("/practice/mails/{id}")).await.unwrap(), "text").unwrap();
    assert!(words.contains("Hallo Sanne Visser") && words.contains("vraagt een offerte"), "{words}");
    assert!(words.contains(&format!("/prospects/{prospect}")), "{words}");

    let up_to = json!({ "up_to": told["id"] });
    scene.sanne.ask("POST", "/api/v1/notifications/read", Some(&up_to)).await;
    assert_eq!(scene.sanne.ask("GET", "/api/v1/notifications", None).await.json()["n_unread"], 0);
    scene.house.close().await;
}

#[tokio::test]
async fn the_timeline_goes_from_the_first_cold_mail_to_the_promotion() {
    let scene = Scene::begin().await;
    scene.eva_asks().await;
    let list = scene.player.get("/prospects").await.unwrap();
    let prospect = &list["items"][0];
    // Eight working hours after Tuesday 10:20 end on Wednesday at 09:50.
    assert_eq!(prospect["response_due_at"], "2026-11-25T08:50:00Z");
    assert_eq!(prospect["next_action"], "Beantwoord de mail van Eva");
    assert_eq!(prospect["next_action_at"], prospect["response_due_at"], "what is due first is the answer");
    let path = format!("/prospects/{}/timeline", text(prospect, "id").unwrap());
    let timeline = scene.player.get(&path).await.unwrap();
    let kinds: Vec<String> =
        timeline["items"].as_array().unwrap().iter().rev().map(|e| text(e, "kind").unwrap()).collect();
    let place =
        |kind: &str| kinds.iter().position(|k| k == kind).unwrap_or_else(|| panic!("{kind} in {kinds:?}"));
    assert!(place("message.sent") < place("reply.received"), "{kinds:?}");
    assert!(place("reply.received") < place("lead.promoted"), "{kinds:?}");
    scene.house.close().await;
}

#[tokio::test]
async fn a_company_hears_nothing_more_unless_the_workspace_says_otherwise() {
    for stops in [true, false] {
        let scene = Scene::begin().await;
        if !stops {
            let off = json!({ "promotion_stops_company": false });
            scene.player.call("PATCH", "/workspace", Some(off)).await.unwrap();
        }
        scene.eva_asks().await;
        scene.days(4).await;
        let mails = scene.mails().await;
        let n = |address: &str| mails.iter().filter(|m| m["address"] == address).count();
        assert_eq!(n("eva@klant.example"), 1, "a prospect gets no more outreach");
        assert_eq!(n("ward@klant.example"), if stops { 1 } else { 2 }, "stops: {stops}");
        scene.house.close().await;
    }
}
