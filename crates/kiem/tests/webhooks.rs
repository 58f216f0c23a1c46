//! Webhooks out, against a real receiver on loopback: what is told, how it is signed, and what happens when nobody
//! answers.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use kiem::demo::player::{Player, text};
use kiem::demo::story;
use kiem::engine::notify::webhooks::{EndpointInput, KINDS};
use kiem::engine::{Clock, EngineError, Role};
use kiem_adapters::webhook::sign;
use kiem_store::testing;
use kiem_store::webhook::{Delivery, DeliveryState};
use kiem_store::{mailbox, notification};
use serde_json::{Value, json};
use support::House;
use support::receiver::{Answer, Heard, Receiver};
use uuid::Uuid;

/// A house whose webhooks may go to this machine.
async fn house() -> House {
    let clock = Clock::manual(support::tuesday_ten());
    let setting = |name: &str| (name == "KIEM_ALLOW_PRIVATE_ADDRESSES").then(|| "true".to_owned());
    House::on(testing::sqlite().await, clock, setting).await
}

struct Line {
    house: House,
    receiver: Receiver,
    endpoint: Uuid,
    secret: String,
}

impl Line {
    async fn open() -> Line {
        let (house, receiver) = (house().await, Receiver::start().await);
        let input = EndpointInput { url: receiver.url.clone(), kinds: Vec::new(), active: true };
        let (endpoint, secret) =
            house.engine.create_webhook(&house.caller(Role::Owner), &input).await.unwrap();
        Line { house, receiver, endpoint, secret }
    }

    /// Something happens that the receiver hears of.
    async fn happen(&self, address: &str) {
        self.house.engine.suppress_by_hand(&self.house.caller(Role::Sales), address, "belde").await.unwrap();
    }

    async fn wait(&self, seconds: i64) -> Vec<Heard> {
        self.house.advance(SignedDuration::from_secs(seconds));
        self.house.run_jobs().await;
        self.receiver.take()
    }

    async fn deliveries(&self) -> Vec<Delivery> {
        let owner = self.house.caller(Role::Owner);
        self.house.engine.webhook_deliveries(&owner, self.endpoint).await.unwrap()
    }

    async fn is_active(&self) -> bool {
        let owner = self.house.caller(Role::Owner);
        self.house.engine.webhook_endpoints(&owner).await.unwrap()[0].active
    }
}

/// What the receiver would sign itself.
fn signature(secret: &str, heard: &Heard) -> String {
    let secret = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let at = heard.header("webhook-timestamp").parse().unwrap();
    sign(&secret, heard.header("webhook-id"), at, &heard.body)
}

#[tokio::test]
async fn an_event_arrives_signed_also_when_the_receiver_fails_first() {
    let line = Line::open().await;
    line.receiver.then(&[Answer::Status(500), Answer::HangUp, Answer::Redirect]);
    line.happen("eva@klant.example").await;
    let mut tries = Vec::new();
    for seconds in [0, 5, 300, 1_800] {
        assert!(line.wait(seconds - 1).await.is_empty() || seconds == 0, "not before its time");
        tries.extend(line.wait(1).await);
    }
    assert_eq!(tries.len(), 4, "a redirect is not followed, so it is a failure: {tries:#?}");
    for heard in &tries {
        assert_eq!(heard.path, "/hook");
        assert_eq!(heard.header("webhook-id"), tries[0].header("webhook-id"), "one id over all tries");
        assert_eq!(heard.body, tries[0].body, "the same bytes at every try");
        assert_eq!(heard.header("webhook-signature"), signature(&line.secret, heard));
        assert_eq!(heard.header("content-type"), "application/json");
    }
    let times: BTreeSet<&str> = tries.iter().map(|h| h.header("webhook-timestamp")).collect();
    assert_eq!(times.len(), 4, "each try says when it was made");
    let body: Value = serde_json::from_str(&tries[0].body).unwrap();
    assert_eq!(body["type"], "suppression.added");
    assert_eq!(body["workspace"], line.house.workspace.to_string());
    assert!(!tries[0].body.contains("eva@"), "no address leaves without need: {body}");
    let delivery = &line.deliveries().await[0];
    assert_eq!(
        (delivery.state, delivery.attempt, delivery.last_status),
        (DeliveryState::Delivered, 4, Some(204))
    );
    assert!(line.wait(100_000).await.is_empty(), "delivered once");
    line.house.close().await;
}

#[tokio::test]
async fn a_new_secret_signs_beside_the_old_one_for_a_day() {
    let line = Line::open().await;
    let owner = line.house.caller(Role::Owner);
    let new = line.house.engine.rotate_webhook_secret(&owner, line.endpoint).await.unwrap();
    assert_ne!(new, line.secret);
    line.happen("eva@klant.example").await;
    let heard = line.wait(60).await;
    let both = format!("{} {}", signature(&new, &heard[0]), signature(&line.secret, &heard[0]));
    assert_eq!(heard[0].header("webhook-signature"), both);
    line.wait(86_400).await;
    line.happen("bas@klant.example").await;
    let heard = line.wait(60).await;
    assert_eq!(heard[0].header("webhook-signature"), signature(&new, &heard[0]), "the old one is over");
    line.house.close().await;
}

#[tokio::test]
async fn after_three_days_without_an_answer_it_is_switched_off_and_who_can_mend_it_is_told() {
    let line = Line::open().await;
    line.receiver.always(Answer::Status(503));
    line.happen("eva@klant.example").await;
    let mut n = line.wait(0).await.len();
    for hours in 1..=80 {
        assert!(line.is_active().await || hours > 75, "three days of patience, not {hours} hours");
        n += line.wait(3_600).await.len();
    }
    assert_eq!(n, 10, "ten tries");
    let delivery = &line.deliveries().await[0];
    assert_eq!(
        (delivery.state, delivery.attempt, delivery.last_status),
        (DeliveryState::Failed, 10, Some(503))
    );
    assert_eq!(delivery.last_error.as_deref(), Some("HTTP 503 nope"), "what the receiver said is shown");
    assert!(!line.is_active().await, "the page shows that it is off");
    for (i, role) in Role::ALL.iter().enumerate() {
        let mut tx = line.house.db.store.read(line.house.workspace).await.unwrap();
        let told = notification::list(&mut tx, support::user_id(i), None, 10).await.unwrap();
        let n = told.iter().filter(|t| t.kind == "webhook.disabled").count();
        assert_eq!(n, usize::from(matches!(role, Role::Owner | Role::Manager)), "{role}");
        assert!(mailbox::all(&mut tx).await.unwrap().is_empty(), "without a mailbox the page alone tells");
    }
    line.happen("bas@klant.example").await;
    assert!(line.wait(60).await.is_empty(), "nothing goes to what is off");
    line.receiver.always(Answer::Status(200));
    let owner = line.house.caller(Role::Owner);
    let on = EndpointInput { url: line.receiver.url.clone(), kinds: Vec::new(), active: true };
    line.house.engine.update_webhook(&owner, line.endpoint, &on).await.unwrap();
    line.happen("kees@klant.example").await;
    assert_eq!(line.wait(60).await.len(), 1, "switched on, it hears again");
    line.house.close().await;
}

#[tokio::test]
async fn who_says_gone_hears_no_more() {
    let line = Line::open().await;
    line.receiver.then(&[Answer::Status(410)]);
    line.happen("eva@klant.example").await;
    assert_eq!(line.wait(0).await.len(), 1);
    assert!(!line.is_active().await);
    assert!(line.wait(400_000).await.is_empty());
    line.house.close().await;
}

#[tokio::test]
async fn an_address_inside_the_network_is_refused_without_the_setting() {
    let (house, receiver) = (House::sqlite().await, Receiver::start().await);
    let owner = house.caller(Role::Owner);
    for (url, code) in [
        (receiver.url.clone(), "needs_https"),
        (receiver.url.replace("http:", "https:"), "private_address"),
        ("https://localhost/hook".to_owned(), "private_address"),
        ("https://169.254.169.254/latest".to_owned(), "private_address"),
        ("https://crm.example:5432/".to_owned(), "port_in_address"),
        ("https://jan:geheim@crm.example/".to_owned(), "no_credentials_in_address"),
    ] {
        let input = EndpointInput { url: url.clone(), kinds: Vec::new(), active: true };
        let refused = house.engine.create_webhook(&owner, &input).await;
        let Err(EngineError::Invalid(fields)) = refused else { panic!("{url}: {refused:?}") };
        assert_eq!((fields[0].field.as_str(), fields[0].code), ("url", code), "{url}");
    }
    let kinds = EndpointInput {
        url: "https://crm.example/".to_owned(),
        kinds: vec!["lead".to_owned()],
        active: true,
    };
    assert!(matches!(house.engine.create_webhook(&owner, &kinds).await, Err(EngineError::Invalid(_))));
    assert!(receiver.take().is_empty());
    house.close().await;
}

/// The demonstration's story, and afterwards what it leaves out: a receiver hears of every kind.
#[tokio::test]
async fn everything_that_moves_a_lead_or_a_deal_is_told() {
    let (house, receiver) = (house().await, Receiver::start().await);
    let mut player = Player::begin(&house.engine).await.unwrap();
    let endpoint = player.post("/webhooks", json!({ "url": receiver.url, "kinds": [] })).await.unwrap();
    story::play(&mut player).await.unwrap();
    the_rest(&player).await;
    player.settle().await.unwrap();
    let heard = receiver.take();
    let ids: BTreeSet<&str> = heard.iter().map(|h| h.header("webhook-id")).collect();
    assert_eq!(ids.len(), heard.len(), "each event once");
    let mut kinds = BTreeSet::new();
    for one in &heard {
        assert_eq!(one.header("webhook-signature"), signature(endpoint["secret"].as_str().unwrap(), one));
        let body: Value = serde_json::from_str(&one.body).unwrap();
        kinds.insert(text(&body, "type").unwrap());
        if body["type"] == "lead.promoted" {
            assert!(
                body["contact"].is_string() && body["company"].is_string() && body["prospect"].is_string()
            );
            assert!(body["data"]["explanation_en"].as_str().unwrap().starts_with("Prospect on"));
        }
    }
    let told: BTreeSet<String> = KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    let missing: Vec<_> = told.difference(&kinds).collect();
    assert!(missing.is_empty(), "never told: {missing:?}");
    assert_eq!(kinds.len(), told.len(), "nothing else is told: {kinds:?}");
    house.close().await;
}

async fn prospect(player: &Player, company: &str) -> String {
    let all = player.get("/prospects?limit=50").await.unwrap();
    let found = all["items"].as_array().unwrap().iter().find(|p| p["company_name"] == company).unwrap();
    text(found, "id").unwrap()
}

async fn the_rest(player: &Player) {
    let next = json!({ "text": "Bellen", "kind": "call", "at": "2027-01-04T09:00:00Z" });
    let id = prospect(player, "Software Horizon").await;
    let end = json!({ "reason": "other", "note": "Koos een ander" });
    player.put(&format!("/prospects/{id}/nurture"), json!({ "until": "2027-03-01" })).await.unwrap();
    player.put(&format!("/prospects/{id}/loss"), end.clone()).await.unwrap();
    player.post(&format!("/prospects/{id}/reopening"), json!({ "next_action": next })).await.unwrap();
    player.put(&format!("/prospects/{id}/disqualification"), end).await.unwrap();

    let mut leads = Vec::new();
    for state in ["", "&state=promoted"] {
        let page = player.get(&format!("/leads?limit=100{state}")).await.unwrap();
        leads.extend(page["items"].as_array().unwrap().clone());
    }
    let lead = |email: &str| {
        let found = leads.iter().find(|l| l.to_string().contains(email));
        text(found.unwrap(), "id").unwrap()
    };
    let tom = lead("Tom ter Horst");
    player
        .call("DELETE", &format!("/leads/{tom}/promotion"), Some(json!({ "reason": "Vergissing" })))
        .await
        .unwrap();
    let henk = lead("Henk Kuiper");
    let keep = json!({ "value": "keep_lead", "until": "2027-02-01T00:00:00Z", "reason": "Wacht" });
    player.post(&format!("/leads/{henk}/override"), keep).await.unwrap();

    player.post("/suppressions", json!({ "address": "meer.example", "reason": "belde" })).await.unwrap();
    let list = player.get("/suppressions").await.unwrap();
    let entry = list["items"].as_array().unwrap().iter().find(|s| s["reason"] == "manual").unwrap();
    let key = text(entry, "key").unwrap();
    player.call("DELETE", &format!("/suppressions/{key}?reason=vergissing"), None).await.unwrap();

    move_and_cancel(player).await;
    let saskia = prospect(player, "Advies Rijnmond").await;
    let record = player.get(&format!("/prospects/{saskia}")).await.unwrap();
    let url = kiem::demo::history::quote(player, &saskia, &record["prospect"], 500_000).await.unwrap();
    let form = "application/x-www-form-urlencoded";
    let no = b"name=Saskia&reason=Te+duur".to_vec();
    let (status, page) = player.visit("POST", &format!("{url}/refusal"), form, no).await.unwrap();
    assert!(status.is_success() || status.is_redirection(), "{status} {page}");
}

/// A link in the newest practice mail with a subject that holds these words.
async fn link(player: &Player, subject: &str, part: &str) -> String {
    let mails = player.get("/practice/mails?limit=200").await.unwrap();
    for mail in mails["items"].as_array().unwrap() {
        if !mail["subject"].as_str().unwrap().contains(subject) {
            continue;
        }
        let shown = player.get(&format!("/practice/mails/{}", text(mail, "id").unwrap())).await.unwrap();
        let links = shown["links"].as_array().unwrap();
        if let Some(found) = links.iter().filter_map(Value::as_str).find(|l| l.contains(part)) {
            return found.to_owned();
        }
    }
    panic!("no mail about {subject} has a link with {part}")
}

/// A guest makes another appointment, moves it by the address in the confirmation, then calls it off.
async fn move_and_cancel(player: &Player) {
    let form = "application/x-www-form-urlencoded";
    let after = |page: &str, mark: &str| {
        let (_, rest) = page.split_once(mark).unwrap();
        rest.split(['"', '&']).next().unwrap().replace("%3A", ":")
    };
    let page = link(player, "Planning bij Scheepswerf", "/b/").await;
    let (_, free) = player.visit("GET", &page, "", Vec::new()).await.unwrap();
    let slot = after(&free, "start=");
    let guest =
        format!("start={slot}&zone=Europe%2FAmsterdam&lang=nl&name=Lars&email=lars@zonneveld.example&note=");
    let (status, text) = player.visit("POST", &page, form, guest.into_bytes()).await.unwrap();
    assert!(status.is_success(), "{status} {text}");
    player.settle().await.unwrap();
    let manage = link(player, "Afspraak: Kennismaking", "/b/m/").await;
    let (_, page) = player.visit("GET", &manage, "", Vec::new()).await.unwrap();
    let moved = format!("action=move&start={}", after(&page, "<option value=\""));
    for body in [moved, "action=cancel".to_owned()] {
        let (status, text) = player.visit("POST", &manage, form, body.into_bytes()).await.unwrap();
        assert!(status.is_success(), "{status} {text}");
    }
}
