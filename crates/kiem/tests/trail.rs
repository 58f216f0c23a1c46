//! Who did what: every operation that changes something is done once, by a person, and leaves a line with that person
//! in the audit trail or on the timeline. Which ones must, says `support/matrix.rs`.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use std::collections::BTreeSet;

use jiff::SignedDuration;
use kiem::demo::player::{Player, text};
use kiem::engine::audience::{ExportFormat, ExportRows, ListQuery};
use kiem::engine::{Caller, Role};
use kiem::messages::Lang;
use kiem_domain::listing::{ListKind, ListSort};
use kiem_store::args;
use kiem_store::event::Actor;
use kiem_store::sandbox::{self, Direction, SandboxMail};
use serde_json::{Value, json};
use support::House;
use support::matrix::{MATRIX, Trace};
use uuid::Uuid;

/// A list of two companies.
const LIST: &str = "Bedrijfsnaam;Website;Land;Voornaam;Achternaam;E-mailadres\r\n\
    Bakkerij Klant;klant.example;Nederland;Eva;Meer;eva@klant.example\r\n\
    Metaal Delta;delta.example;Nederland;Bas;Peters;bas@delta.example\r\n\
    Bouw Westland;westland.example;Nederland;Kees;Groot;kees@westland.example\r\n\
    Drukkerij Noord;noord.example;Nederland;Mieke;Hoekstra;mieke@noord.example\r\n";

/// Somebody who does things, and the operations that left their name.
struct Trail {
    house: House,
    player: Player,
    me: Uuid,
    done: BTreeSet<(String, String)>,
}

impl Trail {
    async fn begin() -> Trail {
        let house = House::sqlite().await;
        let player = Player::begin(&house.engine).await.unwrap();
        let session = player.get("/session").await.unwrap();
        let me = text(&session["user"], "id").unwrap().parse().unwrap();
        Trail { house, player, me, done: BTreeSet::new() }
    }

    /// Lines with this person's name: in the audit trail, and on the timeline.
    async fn n_lines(&self) -> i64 {
        let mut tx = self.house.db.store.read(self.player.workspace).await.unwrap();
        let row = tx
            .fetch_one(
                "SELECT (SELECT COUNT(*) FROM audit_entry WHERE workspace_id = $1 AND actor_kind = 'user' AND actor_id = $2)
                      + (SELECT COUNT(*) FROM event WHERE workspace_id = $1 AND actor_kind = 'user' AND actor_id = $2) AS n",
                args![self.me],
            )
            .await
            .unwrap();
        row.get("n").unwrap()
    }

    /// Does an operation of the matrix and looks for its line. Each `{..}` in the path is replaced by the next of `ids`,
    /// which are parted by blanks.
    async fn act(&mut self, method: &str, path: &str, ids: &str, body: Value) -> Value {
        let row = MATRIX.iter().find(|row| (row.0, row.1) == (method, path));
        assert!(row.is_some_and(|row| row.3 == Trace::Left), "{method} {path} is to leave a line");
        let mut address = path.to_owned();
        for id in ids.split_whitespace() {
            let (from, to) = (address.find('{').unwrap(), address.find('}').unwrap());
            address.replace_range(from..=to, id);
        }
        let address =
            if path == "/suppressions/{key}" { format!("{address}?reason=vergissing") } else { address };
        let before = self.n_lines().await;
        let body = (!body.is_null()).then_some(body);
        let answer = self.player.call(method, &address, body).await.unwrap();
        assert!(self.n_lines().await > before, "{method} {path} left no line with who did it");
        self.done.insert((method.to_owned(), path.to_owned()));
        answer
    }

    /// Writes a list to a file, which is no JSON.
    async fn export(&mut self) {
        let query = ListQuery {
            list: ListKind::People,
            search: String::new(),
            conditions: Vec::new(),
            sort: ListSort::Company,
            cursor: None,
            limit: 50,
        };
        let caller =
            Caller { workspace: self.player.workspace, actor: Actor::User(self.me), role: Role::Owner };
        let before = self.n_lines().await;
        let rows = ExportRows::All(query);
        let file =
            self.house.engine.export_list(&caller, &rows, &[], ExportFormat::Csv, Lang::Nl).await.unwrap();
        assert!(!file.bytes.is_empty());
        assert!(self.n_lines().await > before, "a file left no line with who took it");
        self.done.insert(("POST".to_owned(), "/list-exports".to_owned()));
    }

    async fn add(&mut self, path: &str, body: Value) -> String {
        text(&self.act("POST", path, "", body).await, "id").unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        self.player.get(path).await.unwrap()
    }

    async fn sql(&self, sql: &'static str, id: &str) {
        let mut tx = self.house.db.store.begin(self.player.workspace).await.unwrap();
        let id: Uuid = id.parse().unwrap();
        tx.execute(sql, args![id]).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn at(&self, hours: i64) -> String {
        (self.house.clock.now() + SignedDuration::from_hours(hours)).to_string()
    }

    fn next(&self) -> Value {
        json!({ "text": "Bellen", "kind": "call", "at": self.at(24) })
    }
}

#[tokio::test]
async fn every_change_leaves_who_made_it() {
    let mut trail = Trail::begin().await;
    settings(&mut trail).await;
    people(&mut trail).await;
    list(&mut trail).await;
    completeness(&mut trail).await;
    informing(&mut trail).await;
    views(&mut trail).await;
    campaign(&mut trail).await;
    engagement(&mut trail).await;
    prospects(&mut trail).await;
    deals(&mut trail).await;
    duplicates(&mut trail).await;
    last_things(&mut trail).await;
    let wanted: BTreeSet<(String, String)> = MATRIX
        .iter()
        .filter(|row| row.3 == Trace::Left)
        .map(|row| (row.0.to_owned(), row.1.to_owned()))
        .collect();
    let missing: Vec<_> = wanted.difference(&trail.done).collect();
    assert!(missing.is_empty(), "not tried: {missing:#?}");
    let workspace = trail.player.workspace;
    assert_eq!(trail.house.engine.broken_audit_row(workspace).await.unwrap(), None, "the chain holds");
    trail.house.close().await;
}

async fn views(trail: &mut Trail) {
    let definition =
        json!({ "search": "bak", "conditions": [], "sort": "fit", "columns": ["company", "town"] });
    let new = json!({ "list": "companies", "name": "Bakkers", "is_shared": true, "definition": definition });
    let id = trail.add("/list-views", new).await;
    let changed = json!({ "name": "Alle bakkers", "is_shared": false, "definition": definition });
    trail.act("PUT", "/list-views/{id}", &id, changed).await;
    trail.act("DELETE", "/list-views/{id}", &id, Value::Null).await;
    trail.export().await;
    let company = trail.get("/companies?limit=1").await["items"][0].clone();
    let cell = json!({ "field": "town", "value": "Zeist", "seen_at": company["updated_at"] });
    trail.act("PATCH", "/companies/{id}", company["id"].as_str().unwrap(), cell).await;
    let person = trail.get("/contacts?limit=1").await["items"][0].clone();
    let cell = json!({ "field": "title", "value": "Inkoper", "seen_at": person["updated_at"] });
    trail.act("PATCH", "/contacts/{id}", person["contact_id"].as_str().unwrap(), cell).await;
}

async fn settings(trail: &mut Trail) {
    let mailbox = json!({
        "kind": "sandbox", "address": "jan@voorbeeld.example", "display_name": "Jan de Boer", "smtp": null,
        "imap": null, "password": null, "signature": "", "daily_cap": 100, "gap_seconds_min": 0,
    });
    let id = trail.add("/mailboxes", mailbox.clone()).await;
    trail.act("PUT", "/mailboxes/{id}", &id, mailbox).await;
    trail.act("POST", "/mailboxes/{id}/pause", &id, Value::Null).await;
    trail.act("DELETE", "/mailboxes/{id}/pause", &id, Value::Null).await;
    let spare = json!({
        "kind": "sandbox", "address": "info@voorbeeld.example", "display_name": "Info", "smtp": null, "imap": null,
        "password": null, "signature": "", "daily_cap": 100, "gap_seconds_min": 0,
    });
    let spare = trail.add("/mailboxes", spare).await;
    trail.act("POST", "/mailboxes/{id}/archive", &spare, Value::Null).await;
    trail.act("DELETE", "/mailboxes/{id}/archive", &spare, Value::Null).await;
    trail.player.mailbox = Some(id.parse::<Uuid>().unwrap().into());

    let site = json!({ "host": "www.voorbeeld.example", "visit_mode": "off", "pages": [] });
    let other = trail.add("/sites", site.clone()).await;
    trail.act("PUT", "/sites/{id}", &other, site).await;
    trail.act("DELETE", "/sites/{id}", &other, Value::Null).await;

    let page = json!({
        "slug": "kennismaken", "host_user_id": trail.me, "mailbox_id": id, "title": "Kennismaking",
        "time_zone": "Europe/Amsterdam", "active": false,
        "availability": { "weekly": [{ "weekday": 0, "from": "09:00", "until": "17:00" }], "length_minutes": 30, "horizon_days": 14 },
    });
    let booking = trail.add("/booking-pages", page.clone()).await;
    trail.act("PUT", "/booking-pages/{id}", &booking, page).await;
    trail.act("POST", "/booking-pages/{id}/archive", &booking, Value::Null).await;
    trail.act("DELETE", "/booking-pages/{id}/archive", &booking, Value::Null).await;

    let inlet = json!({ "kind": "quote_form", "name": "Site", "secret": null, "allowed_origins": [], "active": true });
    let entrance = trail.act("POST", "/inlets", "", inlet.clone()).await;
    let entrance = text(&entrance, "id").unwrap();
    trail.act("PUT", "/inlets/{id}", &entrance, inlet).await;
    trail.act("DELETE", "/inlets/{id}", &entrance, Value::Null).await;

    let hook = json!({ "url": "https://crm.example/hook", "kinds": ["lead.promoted"], "active": true });
    let endpoint = trail.add("/webhooks", hook.clone()).await;
    trail.act("PUT", "/webhooks/{id}", &endpoint, hook).await;
    trail.act("POST", "/webhooks/{id}/secret", &endpoint, Value::Null).await;
    trail.act("POST", "/webhooks/{id}/test", &endpoint, Value::Null).await;
    trail.act("DELETE", "/webhooks/{id}", &endpoint, Value::Null).await;

    let plan = json!({ "goal_cents": 30_000_000, "deal_cents": 1_200_000, "first_month": 1 });
    trail.act("PUT", "/plan/{year}", "2026", plan).await;
    let profile = json!({ "wishes": [
        { "criterion": "industry", "importance": "wanted", "words": ["Voeding"] },
        { "criterion": "country", "importance": "must", "countries": ["NL"] },
    ] });
    trail.act("PUT", "/ideal-profile", "", profile).await;
    trail.act("POST", "/ideal-profile/versions/{version}/restore", "1", Value::Null).await;
    let thresholds = json!({ "values": [{ "name": "block_days", "value": 100 }] });
    trail.act("PATCH", "/rule-thresholds", "", thresholds).await;
    trail.act("PATCH", "/workspace", "", json!({ "sender_company": "Voorbeeld" })).await;
    let periods = json!([{ "kind": "web_visit", "days": 90, "reason": "" }]);
    trail.act("PUT", "/retention", "", json!({ "uninformed": "restrict", "periods": periods })).await;
    let mut global = trail.house.db.store.global().await.unwrap();
    let pause = "UPDATE workspace SET sending_paused_reason = 'restored' WHERE id = $1";
    global.execute(pause, args![trail.player.workspace]).await.unwrap();
    global.commit().await.unwrap();
    trail.act("POST", "/workspace/sending-release", "", Value::Null).await;
}

async fn informing(trail: &mut Trail) {
    let waiting = trail.get("/uninformed?state=on_time").await;
    let ids: Vec<String> =
        waiting["items"].as_array().unwrap().iter().map(|p| text(p, "contact_id").unwrap()).collect();
    let told = json!({ "contacts": [ids[0]], "how": "phone" });
    trail.act("POST", "/uninformed/told", "", told).await;
    let postal = json!({ "sender_company": "Voorbeeld", "postal_address": "Dam 1, Amsterdam" });
    trail.act("PATCH", "/workspace", "", postal).await;
    let asked = json!({ "kind": "access", "address": "wie@onbekend.example", "received_on": "2026-11-20" });
    let asked = trail.add("/privacy-requests", asked).await;
    let done = json!({ "outcome": "nothing_held", "note": "per mail gezegd" });
    trail.act("POST", "/privacy-requests/{id}/handling", &asked, done).await;
    trail.act("POST", "/uninformed/mails", "", json!({ "contacts": [ids[1]] })).await;
}

async fn people(trail: &mut Trail) {
    let token = trail.act("POST", "/tokens", "", json!({ "name": "crm", "role": "sales", "days": 30 })).await;
    let id = token["id"].as_str().or(token["token"]["id"].as_str()).unwrap_or_default().to_owned();
    let id = if id.is_empty() { text(&trail.get("/tokens").await["items"][0], "id").unwrap() } else { id };
    trail.act("DELETE", "/tokens/{id}", &id, Value::Null).await;
    let new = json!({ "email": "noor@voorbeeld.example", "name": "Noor Bos", "role": "marketing" });
    trail.act("POST", "/members", "", new).await;
    let members = trail.get("/members").await;
    let noor = members["items"].as_array().unwrap().iter().find(|m| m["name"] == "Noor Bos").unwrap();
    let noor = text(noor, "id").unwrap();
    trail.act("PUT", "/members/{id}", &noor, json!({ "role": "read_only" })).await;
    trail.act("DELETE", "/members/{id}", &noor, Value::Null).await;
}

async fn completeness(trail: &mut Trail) {
    let before = trail.n_lines().await;
    let path = "/audience/completeness/register";
    let asked = format!("{path}?edition=2025&as_of=2026-06-01");
    trail.player.upload(&asked, "hvds.csv", b"postcodeRegio,sbiCode\n35,62010\n").await.unwrap();
    assert!(trail.n_lines().await > before, "a file of the register leaves who loaded it");
    trail.done.insert(("POST".to_owned(), path.to_owned()));
    trail.act("POST", "/audience/completeness/count", "", Value::Null).await;
}

async fn list(trail: &mut Trail) {
    for ends in ["stopped", "undone", "started"] {
        let before = trail.n_lines().await;
        let preview = trail.player.upload("/imports", "lijst.csv", LIST.as_bytes()).await.unwrap();
        assert!(trail.n_lines().await > before, "an upload leaves who brought it");
        trail.done.insert(("POST".to_owned(), "/imports".to_owned()));
        let id = text(&preview["import"], "id").unwrap();
        if ends == "stopped" {
            trail.act("DELETE", "/imports/{id}", &id, Value::Null).await;
            continue;
        }
        let mapping: Vec<Value> = preview["mapping"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| json!({ "column": p["column"], "field": p["field"] }))
            .collect();
        let start = json!({
            "mapping": mapping, "default_country": "NL", "encoding": null,
            "ground": { "basis": "designated_address", "source": "uw website", "source_detail": "Aanbiedingen graag hierheen",
                "evidence_url": "https://gids.example/leveranciers", "obtained_on": "2026-11-20" },
        });
        trail.act("POST", "/imports/{id}/start", &id, start).await;
        if ends == "undone" {
            trail.act("POST", "/imports/{id}/pause", &id, Value::Null).await;
            trail.act("POST", "/imports/{id}/resume", &id, Value::Null).await;
        }
        trail.player.settle().await.unwrap();
        if ends == "undone" {
            trail.act("POST", "/imports/{id}/undo", &id, Value::Null).await;
            trail.player.settle().await.unwrap();
        }
    }
    let lead = json!({
        "company": { "name": "Zorggroep Linde", "website": "linde.example", "country": "NL" },
        "contact": { "given_name": "Petra", "family_name": "Vos", "email": "petra@linde.example" },
    });
    let id = trail.add("/leads", lead).await;
    let lead = trail.get(&format!("/leads/{id}")).await;
    let (company, contact) = (text(&lead["company"], "id").unwrap(), text(&lead["contact"], "id").unwrap());
    let firm = json!({ "name": "Zorggroep De Linde", "website": "linde.example", "country": "NL" });
    trail.act("PUT", "/companies/{id}", &company, firm).await;
    let person = json!({ "given_name": "Petra", "family_name": "de Vos", "email": "petra@linde.example" });
    trail.act("PUT", "/contacts/{id}", &contact, person).await;
    let ground = json!({ "basis": "consent", "source": "beurs", "source_detail": "kaartje", "obtained_on": "2026-11-20" });
    trail.act("PUT", "/contacts/{id}/ground", &contact, ground).await;
    trail.act("DELETE", "/contacts/{id}/ground", &contact, Value::Null).await;
    trail.act("PUT", "/contacts/{id}/address-origin", &contact, json!({ "origin": "guessed" })).await;
    let standing = json!({
        "legal_form": "Stichting", "source": "KVK", "known_on": "2026-11-20", "is_non_mailing": true,
    });
    trail.act("PUT", "/companies/{id}/legal-standing", &company, standing).await;
    websites(trail, &company).await;
    register(trail, &company).await;
    let risk = json!({
        "country": "NL", "case": { "channel": "mail", "person": "legal_person", "address": "role" },
        "basis": "legitimate_interest", "reason": "Bekendgemaakte adressen, risico aanvaard",
    });
    let loosening = trail.add("/policy-loosenings", risk).await;
    trail.act("DELETE", "/policy-loosenings/{id}", &loosening, Value::Null).await;
    let ground = json!({ "basis": "existing_customer", "source": "beurs", "obtained_on": "2026-11-20" });
    trail.act("POST", "/leads/batch/ground", "", json!({ "leads": [id], "ground": ground })).await;
    let kept = json!({ "leads": [id], "until": trail.at(48), "reason": "Eerst de beurs" });
    trail.act("POST", "/leads/batch/keeping", "", kept).await;
    trail.act("POST", "/leads/batch/suppression", "", json!({ "leads": [id], "reason": "Belde op" })).await;
    let firms = json!({ "companies": [company], "reason": "Werkt al met een ander" });
    trail.act("POST", "/suppression-runs", "", firms).await;
    trail.act("DELETE", "/contacts/{id}", &contact, Value::Null).await;
}

async fn websites(trail: &mut Trail, company: &str) {
    let run = trail.act("POST", "/companies/{id}/website", company, Value::Null).await;
    let run = text(&run, "id").unwrap();
    trail.act("POST", "/website-runs/{id}/pause", &run, Value::Null).await;
    trail.act("POST", "/website-runs/{id}/resume", &run, Value::Null).await;
    trail.act("DELETE", "/website-runs/{id}", &run, Value::Null).await;
    trail.act("POST", "/website-runs", "", json!({ "companies": [company] })).await;
    let (fact, firm) = (Uuid::from_u128(0x3eb), company.parse::<Uuid>().unwrap());
    let mut tx = trail.house.db.store.begin(trail.player.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO website_fact (workspace_id, id, company_id, kind, value, details, url, snippet, read_at, content_hash,
             is_personal) VALUES ($1, $2, $3, 'person', 'Ina Bos', '{}', 'https://linde.example/team', 'Ina Bos', $4, '', TRUE)",
        args![fact, firm, trail.house.clock.now()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let added = trail.act("POST", "/website-facts/{id}/contact", &fact.to_string(), json!({})).await;
    // Of no use for the campaign that follows.
    let contact = text(&added, "contact_id").unwrap();
    trail.act("DELETE", "/contacts/{id}", &contact, Value::Null).await;
}

async fn register(trail: &mut Trail, company: &str) {
    let access = json!({ "key": "sleutel", "price_mills": 20, "ceiling_mills": 25_000, "fresh_days": 180 });
    trail.act("PUT", "/register-access", "", access).await;
    let check = json!({ "agreed_mills": 0 });
    let run = trail.act("POST", "/companies/{id}/register", company, check.clone()).await;
    let run = text(&run, "id").unwrap();
    trail.act("POST", "/register-runs/{id}/pause", &run, Value::Null).await;
    trail.act("POST", "/register-runs/{id}/resume", &run, Value::Null).await;
    trail.act("DELETE", "/register-runs/{id}", &run, Value::Null).await;
    let every = trail.act("POST", "/register-runs", "", check).await;
    trail.act("DELETE", "/register-runs/{id}", &text(&every, "id").unwrap(), Value::Null).await;
    let firm = company.parse::<Uuid>().unwrap();
    let mut tx = trail.house.db.store.begin(trail.player.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO register_reading (workspace_id, company_id, asked_at, outcome, is_ended, candidates, takings)
         VALUES ($1, $2, $3, 'candidates', FALSE, '[{\"number\":\"30123456\",\"name\":\"Linde\"}]', '[]')",
        args![firm, trail.house.clock.now()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    trail.act("POST", "/companies/{id}/register/refusal", company, Value::Null).await;
    let choice = json!({ "kvk_number": "30123456", "agreed_mills": 0 });
    trail.act("POST", "/companies/{id}/register/choice", company, choice).await;
    let checked = "UPDATE register_reading SET outcome = 'checked', profile = '{\"number\":\"30123456\",\"name\":\"Wilg B.V.\"}'
                   WHERE workspace_id = $1 AND company_id = $2";
    trail.sql(checked, company).await;
    trail.act("POST", "/companies/{id}/register/taking", company, json!({ "field": "name" })).await;
}

async fn campaign(trail: &mut Trail) {
    let step = json!({ "kind": "mail", "subject": "Planning bij {{ company.name }}", "body": "Dag {{ contact.first_name }}, speelt dit?" });
    let campaign = json!({
        "name": "Kennismaken", "language": "nl", "mailbox_id": trail.player.mailbox.unwrap().to_string(),
        "window": { "days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00" },
        "steps": [step, { "kind": "wait", "wait_days": 6 }, { "kind": "mail", "body": "Nog even over mijn vraag." }],
    });
    let other = trail.add("/campaigns", campaign.clone()).await;
    trail.act("POST", "/campaigns/{id}/archive", &other, Value::Null).await;
    trail.act("DELETE", "/campaigns/{id}/archive", &other, Value::Null).await;
    let id = trail.add("/campaigns", campaign.clone()).await;
    trail.act("PUT", "/campaigns/{id}", &id, campaign).await;
    trail.act("POST", "/campaigns/{id}/run", &id, Value::Null).await;
    let leads = trail.get("/leads?limit=100").await;
    let leads = leads["items"].as_array().unwrap().clone();
    let westland = text(leads.iter().find(|l| l["company"] == "Bouw Westland").unwrap(), "id").unwrap();
    let leads: Vec<Value> = leads.iter().map(|l| l["id"].clone()).collect();
    trail.act("POST", "/campaigns/{id}/enrolments", &id, json!({ "leads": leads })).await;
    trail.player.settle().await.unwrap();
    let drafts = trail.get("/messages?state=draft").await["items"].as_array().unwrap().clone();
    assert_eq!(drafts.len(), 4, "{drafts:#?}");
    let noord = drafts.iter().find(|d| d["subject"] == "Planning bij Drukkerij Noord").unwrap();
    let body = format!("{}\n\nPS: groet aan allen.", noord["body"].as_str().unwrap());
    let draft = text(noord, "id").unwrap();
    trail.act("PATCH", "/messages/{id}", &draft, json!({ "subject": "Planning", "body": body })).await;
    trail.act("DELETE", "/messages/{id}", &draft, Value::Null).await;
    let seen: Vec<Value> = drafts
        .iter()
        .filter(|d| d["id"] != noord["id"])
        .map(|d| json!({ "id": d["id"], "subject": d["subject"], "body": d["body"] }))
        .collect();
    trail.act("POST", "/messages/approval", "", json!({ "messages": seen })).await;
    trail.player.settle().await.unwrap();
    let kees = drafts.iter().find(|d| d["subject"] == "Planning bij Bouw Westland").unwrap();
    let sent = text(kees, "id").unwrap();
    trail
        .sql(
            "UPDATE message SET state = 'uncertain', finished_at = NULL WHERE workspace_id = $1 AND id = $2",
            &sent,
        )
        .await;
    trail.act("POST", "/messages/{id}/acceptance", &sent, Value::Null).await;
    let enrolment = format!("{id} {westland}");
    trail.act("DELETE", "/campaigns/{id}/enrolments/{lead_id}", &enrolment, Value::Null).await;
    trail.act("DELETE", "/campaigns/{id}/run", &id, Value::Null).await;
    trail.player.wait(SignedDuration::from_mins(20)).await.unwrap();
}

async fn mail_to(trail: &Trail, start: &str) -> String {
    let mails = trail.get("/practice/mails").await;
    let mail =
        mails["items"].as_array().unwrap().iter().find(|m| m["address"].as_str().unwrap().starts_with(start));
    text(mail.unwrap(), "id").unwrap()
}

async fn lead_of(trail: &Trail, name: &str) -> String {
    for state in ["", "&state=promoted"] {
        let leads = trail.get(&format!("/leads?limit=100{state}")).await;
        if let Some(lead) = leads["items"].as_array().unwrap().iter().find(|l| l.to_string().contains(name)) {
            return text(lead, "id").unwrap();
        }
    }
    panic!("no lead {name}");
}

/// A mail from somebody whom nobody knows.
async fn stray_mail(trail: &Trail) -> String {
    let mailbox = trail.player.mailbox.unwrap();
    let raw = "From: bas@thuis.example\r\nTo: jan@voorbeeld.example\r\nMessage-ID: <stray@thuis.example>\r\n\r\nBel me maar.\r\n";
    let one = SandboxMail {
        id: Uuid::from_u128(0x57),
        mailbox_id: mailbox,
        direction: Direction::FromLead,
        address: "bas@thuis.example".to_owned(),
        message_id: String::new(),
        subject: String::new(),
        raw: raw.as_bytes().to_vec(),
        uid: 0,
        created_at: trail.house.clock.now(),
    };
    let mut tx = trail.house.db.store.begin(trail.player.workspace).await.unwrap();
    sandbox::insert(&mut tx, &one).await.unwrap();
    tx.commit().await.unwrap();
    trail.house.engine.receive_sandbox(trail.player.workspace, mailbox).await.unwrap();
    let unmatched = trail.get("/inbox?folder=unmatched").await;
    text(&unmatched["items"][0], "id").unwrap()
}

async fn engagement(trail: &mut Trail) {
    let mail = mail_to(trail, "eva@").await;
    let words = json!({ "text": "Klinkt goed. Wat kost dit voor 25 gebruikers?" });
    trail.act("POST", "/practice/mails/{id}/replies", &mail, words).await;
    trail.player.settle().await.unwrap();
    let mail = mail_to(trail, "kees@").await;
    trail.act("POST", "/practice/mails/{id}/bounce", &mail, Value::Null).await;
    trail.player.settle().await.unwrap();
    let bas = lead_of(trail, "Metaal Delta").await;
    let later = json!({ "value": "keep_lead", "until": trail.at(48), "reason": "Eerst overleggen" });
    trail.act("POST", "/leads/{id}/override", &bas, later).await;
    trail.act("DELETE", "/leads/{id}/override", &bas, Value::Null).await;
    trail.act("POST", "/leads/{id}/promotion", &bas, json!({ "reason": "Belde ons zelf" })).await;
    trail.act("DELETE", "/leads/{id}/promotion", &bas, json!({ "reason": "Toch niet" })).await;
    let inbox = trail.get("/inbox").await;
    let reply =
        inbox["items"].as_array().unwrap().iter().find(|m| m.to_string().contains("25 gebruikers")).unwrap();
    let id = text(reply, "id").unwrap();
    trail.act("POST", "/inbox/{id}/label", &id, json!({ "label": "quote_request" })).await;
    let stray = stray_mail(trail).await;
    trail.act("PUT", "/inbox/{id}/lead", &stray, json!({ "lead_id": bas })).await;
    let named =
        "UPDATE inbound SET flags = '{\"person_name\":\"Bart Jansen\"}' WHERE workspace_id = $1 AND id = $2";
    trail.sql(named, &stray).await;
    let asked = "INSERT INTO task (workspace_id, id, kind, text, inbound_id, due_at, created_at)
                 VALUES ($1, $2, 'suggested_lead', 'Bart?', $2, 0, 0)";
    trail.sql(asked, &stray).await;
    trail.act("POST", "/inbox/{id}/suggested-lead", &stray, json!({ "phone": "0201234567" })).await;
    let address = json!({ "address": "niet@meer.example", "reason": "Vroeg het aan de telefoon" });
    trail.act("POST", "/suppressions", "", address).await;
    let listed = trail.get("/suppressions").await;
    let entry = listed["items"].as_array().unwrap().iter().find(|s| s["reason"] == "manual").unwrap();
    let key = text(entry, "key").unwrap();
    trail.act("DELETE", "/suppressions/{key}", &key, Value::Null).await;
}

async fn prospects(trail: &mut Trail) {
    let list = trail.get("/prospects").await;
    let id = text(&list["items"][0], "id").unwrap();
    let next = trail.next();
    trail
        .act("PUT", "/prospects/{id}/step", &id, json!({ "step": "first_meeting", "next_action": next }))
        .await;
    trail
        .act("PUT", "/prospects/{id}/next-action", &id, json!({ "next_action": next, "finished": true }))
        .await;
    let me = trail.me;
    trail.act("PUT", "/prospects/{id}/owner", &id, json!({ "owner_id": me })).await;
    trail
        .act("POST", "/prospects/{id}/notes", &id, json!({ "kind": "note", "text": "Belt morgen terug" }))
        .await;
    let need = json!({ "aspect": "need", "level": "confirmed", "note": "Wil een prijs" });
    trail.act("POST", "/prospects/{id}/findings", &id, need).await;
    trail.act("POST", "/prospects/{id}/replies", &id, json!({ "text": "Dag Eva, ik bel je morgen." })).await;
    trail
        .act(
            "PUT",
            "/prospects/{id}/nurture",
            &id,
            json!({ "until": "2027-03-01", "reason": "Na de verhuizing" }),
        )
        .await;
    trail
        .act("PUT", "/prospects/{id}/loss", &id, json!({ "reason": "other", "note": "Koos een ander" }))
        .await;
    trail.act("POST", "/prospects/{id}/reopening", &id, json!({ "next_action": next })).await;
    trail
        .act("PUT", "/prospects/{id}/disqualification", &id, json!({ "reason": "other", "note": "Te klein" }))
        .await;
    trail.act("POST", "/prospects/{id}/reopening", &id, json!({ "next_action": next })).await;
    let due = trail.at(30);
    let task = json!({ "prospect_id": id, "text": "Bellen", "kind": "call", "due_at": due });
    let task = trail.add("/tasks", task).await;
    let until = trail.at(60);
    trail.act("PUT", "/tasks/{id}/snooze", &task, json!({ "until": until })).await;
    trail.act("PUT", "/tasks/{id}/completion", &task, Value::Null).await;
    let other =
        json!({ "prospect_id": id, "text": "Kaart sturen", "kind": "letter", "due_at": trail.at(30) });
    let other = trail.add("/tasks", other).await;
    trail.act("PUT", "/tasks/{id}/skip", &other, Value::Null).await;
    let job = Uuid::from_u128(0x0b).to_string();
    let given_up =
        "INSERT INTO job (workspace_id, id, kind, dedup_key, payload, state, run_at, attempt, attempts_max,
                                     epoch, lease_until, created_at)
                    VALUES ($1, $2, 'clean_up', 'trail', '{}', 'dead', 0, 8, 8, 0, 0, 0)";
    trail.sql(given_up, &job).await;
    trail.act("POST", "/jobs/{id}/retry", &job, Value::Null).await;
}

async fn deals(trail: &mut Trail) {
    let list = trail.get("/prospects").await;
    let prospect = list["items"][0].clone();
    let id = text(&prospect, "id").unwrap();
    let wish = json!({ "evidence": "Wil in januari beginnen", "name": "Planbord", "value_cents": 900_000, "currency": "EUR" });
    let deal = text(&trail.act("POST", "/prospects/{id}/intent", &id, wish).await, "id").unwrap();
    trail.act("PATCH", "/opportunities/{id}", &deal, json!({ "value_cents": 950_000 })).await;
    for fate in ["removed", "sent"] {
        let made = trail.act("POST", "/quotes", "", json!({ "prospect_id": id, "title": "Planbord" })).await;
        let quote = text(if made["quote"].is_object() { &made["quote"] } else { &made }, "id").unwrap();
        if fate == "removed" {
            trail.act("DELETE", "/quotes/{id}", &quote, Value::Null).await;
            continue;
        }
        let line = json!({ "description": "Licentie", "quantity_milli": 1000, "unit_price_cents": 900_000, "discount_bp": 0, "vat_bp": 2100 });
        let draft = json!({
            "contact_id": prospect["contact_id"], "language": "nl", "title": "Planbord", "intro": "", "terms": "",
            "currency": "EUR", "valid_until": "2026-12-24", "lines": [line],
        });
        trail.act("PUT", "/quotes/{id}", &quote, draft).await;
        trail.act("POST", "/quotes/{id}/sending", &quote, json!({ "message": "Hierbij" })).await;
    }
    let fact = json!({ "fact": "Ja aan de telefoon", "value_cents": 900_000, "currency": "EUR" });
    trail.act("PUT", "/prospects/{id}/winning", &id, fact).await;
}

/// Erasing a person again would find nobody; a run that was paused goes on. Nothing here may stay undone.
/// A company that is there twice: put off, looked at again, made one, and two again.
async fn duplicates(trail: &mut Trail) {
    let mut firms: Vec<Uuid> = Vec::new();
    for name in ["Drukwerk Oost", "Oost Drukwerk"] {
        let contact = json!({ "family_name": "Bos", "email": "" });
        let added =
            trail.act("POST", "/leads", "", json!({ "company": { "name": name }, "contact": contact })).await;
        let lead = trail.get(&format!("/leads/{}", text(&added, "id").unwrap())).await;
        firms.push(text(&lead["company"], "id").unwrap().parse().unwrap());
    }
    let both = json!({ "first": firms[0], "second": firms[1] });
    let pair = text(&trail.act("POST", "/duplicates", "", both).await, "id").unwrap();
    trail.act("PUT", "/duplicates/{id}/decision", &pair, json!({ "decision": "later" })).await;
    trail.act("DELETE", "/duplicates/{id}/decision", &pair, Value::Null).await;
    let same = trail.act("PUT", "/duplicates/{id}/decision", &pair, json!({ "decision": "same" })).await;
    let merge = text(&same["merge"], "id").unwrap();
    trail.act("POST", "/merges/{id}/undo", &merge, Value::Null).await;
    two_of_one_name(trail, firms[0]).await;
}

/// Two colleagues who may be one: put off, looked at again, made one.
async fn two_of_one_name(trail: &mut Trail, company: Uuid) {
    let mut tx = trail.house.db.store.begin(trail.player.workspace).await.unwrap();
    let people = [Uuid::from_u128(0xd2), Uuid::from_u128(0xd3)];
    for (person, given) in people.into_iter().zip(["Jan", "J."]) {
        tx.execute(
            "INSERT INTO contact (workspace_id, id, company_id, given_name, family_name, name_key, source, created_at, updated_at)
             VALUES ($1, $2, $3, $4, 'Vos', 'vos', 'lijst', $5, $5)",
            args![person, company, given, trail.house.clock.now()],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let both = json!({ "first": people[0], "second": people[1] });
    let pair = text(&trail.act("POST", "/duplicates/people", "", both).await, "id").unwrap();
    let decision = "/duplicates/people/{id}/decision";
    trail.act("PUT", decision, &pair, json!({ "decision": "later" })).await;
    trail.act("DELETE", decision, &pair, Value::Null).await;
    trail.act("PUT", decision, &pair, json!({ "decision": "same" })).await;
}

async fn last_things(trail: &mut Trail) {
    trail.player.settle().await.unwrap();
    let audit = trail.get("/audit?limit=200").await;
    let lines = audit["items"].as_array().unwrap();
    assert!(lines.len() > 40, "{}", lines.len());
    let secret = lines.iter().find(|l| l["action"] == "webhook.secret_replaced").unwrap();
    assert!(!secret.to_string().contains("whsec"), "the trail holds no secret: {secret}");
}
