//! Six weeks in the life of the demonstration workspace, played day by day with the real code.

use std::collections::{HashMap, VecDeque};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp, ToSpan};
use kiem_store::sandbox::{PracticeFilter, PracticeLine};
use serde_json::{Value, json};
use uuid::Uuid;

use super::lead;
use super::people::{self, Numbers};
use super::player::{Player, text};
use super::words::{ABSENCE, ANSWER, FIRST_MAIL, REPLIES, SECOND_MAIL, THIRD_MAIL};
use crate::engine::practice::PracticeReply;
use crate::engine::{Caller, Clock};

/// Companies in the list.
pub const N_COMPANIES: usize = 430;
/// Leads that are approached on a working day.
const LEADS_PER_DAY: usize = 13;
/// Days of history.
pub const DAYS: i64 = 42;
/// The demonstration company's own website.
pub const SITE: &str = "https://www.voorbeeld.example";

/// The moment at which the history begins: nine in the morning, [`DAYS`] before `now`.
pub fn beginning(now: Timestamp) -> Timestamp {
    let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap_or(jiff::tz::TimeZone::UTC);
    let day = now.to_zoned_datetime(zone.clone()).date().saturating_sub(DAYS.days());
    day.to_datetime(jiff::civil::time(9, 0, 0, 0))
        .to_zoned_datetime(zone)
        .map_or(now - SignedDuration::from_hours(24 * DAYS), |z| z.timestamp())
}

/// A mail step; without a subject it answers in the thread of the mail before.
pub fn mail(subject: Option<&str>, body: &str) -> Value {
    json!({ "id": null, "kind": "mail", "wait_days": null, "subject": subject, "body": body, "task": null })
}

/// A step that waits.
pub fn wait(days: i64) -> Value {
    json!({ "id": null, "kind": "wait", "wait_days": days, "subject": null, "body": null, "task": null })
}

/// The sequence of the demonstration campaign.
pub fn campaign(mailbox: &str) -> Value {
    json!({
        "name": "Planning voor groeiende bedrijven", "language": "nl", "mailbox_id": mailbox,
        "window": { "days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00" },
        "steps": [mail(Some(FIRST_MAIL.0), FIRST_MAIL.1), wait(6), mail(None, SECOND_MAIL), wait(9), mail(None, THIRD_MAIL)],
    })
}

/// People of the first list.
const FIRST_LIST: usize = 250;
/// The day on which the second list comes in.
const SECOND_LIST_DAY: u32 = 25;

/// Plays the six weeks. The engine's clock must be a manual one that stands at [`beginning`].
///
/// # Errors
/// When the program refuses something that it should not.
pub async fn play(player: &mut Player, until: Timestamp) -> anyhow::Result<()> {
    let mut numbers = Numbers::new(42);
    player.add_mailbox(400, 0).await?;
    player
        .post(
            "/sites",
            json!({ "host": "www.voorbeeld.example", "visit_mode": "click_session", "pages": [] }),
        )
        .await?;
    open_doors(player).await?;
    let rows = people::rows(N_COMPANIES);
    // Two lists: who is on one must hear within a month that we have their data.
    let (first, second) = rows.split_at(FIRST_LIST.min(rows.len()));
    player.bring_in("doelgroep-2026.csv", &people::csv(first)).await?;
    super::sites::read_some(player).await?;
    describe_customer(player).await?;
    player.settle().await?;
    let mailbox = player.mailbox.context("the mailbox was just made")?.to_string();
    let made = player.post("/campaigns", campaign(&mailbox)).await?;
    let campaign = text(&made, "id")?;
    player.post(&format!("/campaigns/{campaign}/run"), Value::Null).await?;
    let known = all_leads(player).await?;
    let mut fresh: VecDeque<String> = known.iter().cloned().collect();
    let mut days = 0;
    let mut diary = Diary::default();
    while player.engine.now() + SignedDuration::from_hours(24) < until {
        let zone = player.engine.zone(player.workspace).await?;
        let weekday = player.engine.now().to_zoned_datetime(zone).weekday().to_monday_one_offset();
        if weekday == 1 {
            player.log_in_again().await?;
        }
        days += 1;
        if days == SECOND_LIST_DAY {
            player.bring_in("doelgroep-najaar.csv", &people::csv(second)).await?;
            let came_in = all_leads(player).await?.into_iter().filter(|id| !known.contains(id));
            fresh.extend(came_in);
        }
        if weekday <= 5 {
            let batch: Vec<String> = fresh.drain(..LEADS_PER_DAY.min(fresh.len())).collect();
            if !batch.is_empty() {
                player.post(&format!("/campaigns/{campaign}/enrolments"), json!({ "leads": batch })).await?;
            }
            working_day(player, &mut numbers, &mut diary).await?;
            player.wait(SignedDuration::from_hours(24 - 7)).await?;
        } else {
            player.wait(SignedDuration::from_hours(24)).await?;
        }
    }
    // The clock stops at "now"; the mails of today wait for approval, so that there is something to do.
    if let Clock::Manual(_) = player.engine.clock() {
        player.engine.clock().set(until);
    }
    player.settle().await
}

/// The ideal customer of the demonstration.
async fn describe_customer(player: &Player) -> anyhow::Result<()> {
    player
        .put(
            "/ideal-profile",
            json!({ "wishes": [
                { "criterion": "industry", "importance": "wanted", "weight": 30,
                  "words": ["Groothandel", "Logistiek", "Metaal en machinebouw", "Bouw"] },
                { "criterion": "size", "importance": "wanted", "weight": 30, "sizes": [{ "min": 20, "max": 250 }] },
                { "criterion": "country", "importance": "must", "countries": ["NL"] },
                { "criterion": "title", "importance": "wanted", "weight": 30,
                  "words": ["directeur", "planning", "logistiek", "operationeel"] },
            ] }),
        )
        .await?;
    Ok(())
}

/// The booking page and the quote form of the demonstration.
async fn open_doors(player: &Player) -> anyhow::Result<()> {
    let session = player.get("/session").await?;
    let hours = |weekday: i64| json!({ "weekday": weekday, "from": "09:00", "until": "17:00" });
    player
        .post(
            "/booking-pages",
            json!({
                "slug": "kennismaken", "host_user_id": session["user"]["id"],
                "mailbox_id": player.mailbox.context("the mailbox was just made")?.to_string(),
                "title": "Kennismaken", "time_zone": "Europe/Amsterdam", "active": true,
                "availability": {
                    "weekly": (0..5).map(hours).collect::<Vec<_>>(), "length_minutes": 30, "buffer_after_minutes": 15,
                    "notice_minutes": 120, "horizon_days": 30, "per_day_max": 6,
                },
            }),
        )
        .await?;
    let form = json!({
        "kind": "quote_form", "name": "Offerteformulier", "secret": null,
        "allowed_origins": ["https://www.voorbeeld.example"], "active": true,
    });
    player.post("/inlets", form).await?;
    Ok(())
}

async fn all_leads(player: &Player) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let after = cursor.map(|c| format!("&cursor={c}")).unwrap_or_default();
        let page = player.get(&format!("/leads?limit=200&sort=fit{after}")).await?;
        for lead in page["items"].as_array().context("items")? {
            ids.push(text(lead, "id")?);
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(ids),
        }
    }
}

/// What goes on from one day to the next.
#[derive(Debug, Default)]
struct Diary {
    /// Prospects, with the working days since sales has them.
    pursuits: HashMap<String, u32>,
    /// Mails whose readers come back to the website the next day.
    returning: Vec<Uuid>,
}

/// Seven hours: approve and send in the morning, the leads react, sales works in the afternoon.
async fn working_day(player: &Player, numbers: &mut Numbers, diary: &mut Diary) -> anyhow::Result<()> {
    let morning = player.engine.now();
    player.settle().await?;
    for mail in std::mem::take(&mut diary.returning) {
        lead::visit_page(player, mail, "/klantverhalen").await?;
    }
    player.approve_all().await?;
    player.settle().await?;
    player.wait(SignedDuration::from_mins(30)).await?;
    react(player, numbers, morning, diary).await?;
    player.wait(SignedDuration::from_mins(150)).await?;
    for mail in &diary.returning {
        lead::visit_page(player, *mail, "/klantverhalen").await?;
    }
    sell(player, numbers, &mut diary.pursuits).await?;
    player.wait(SignedDuration::from_hours(4)).await
}

/// What the recipients of this morning's mails do.
async fn react(
    player: &Player,
    numbers: &mut Numbers,
    since: Timestamp,
    diary: &mut Diary,
) -> anyhow::Result<()> {
    let caller = Caller::system(player.workspace);
    let mails = player.engine.practice_inbox(&caller, &PracticeFilter::default(), 200).await?;
    for mail in mails.into_iter().filter(|m| m.created_at >= since) {
        let is_first = !mail.subject.starts_with("Re:");
        if is_first && numbers.chance(5) {
            let reply =
                PracticeReply { text: &absence(player), with_quote: false, from: None, is_automatic: true };
            player.engine.practice_reply(&caller, mail.id, &reply).await?;
        } else if !acts_on_the_web(player, numbers, &mail, diary).await? {
            answers(player, numbers, &caller, mail.id).await?;
        }
    }
    Ok(())
}

/// Whether the reader of a mail clicked, booked or filled in the form, as a few in a hundred do.
async fn acts_on_the_web(
    player: &Player,
    numbers: &mut Numbers,
    mail: &PracticeLine,
    diary: &mut Diary,
) -> anyhow::Result<bool> {
    match numbers.below(1000) {
        0..=14 => {
            player.next_lead();
            lead::visit_page(player, mail.id, "/cases/").await
        }
        15..=26 => Ok(lead::book(player, mail.id, "Lezer").await?.is_some()),
        27..=46 => {
            player.next_lead();
            let came = lead::visit_page(player, mail.id, "/klantverhalen").await?;
            if came && numbers.chance(40) {
                diary.returning.push(mail.id);
            }
            Ok(came)
        }
        47..=49 => {
            let request = lead::Request {
                name: "Lezer",
                email: &mail.address,
                words: "Graag een offerte voor twee vestigingen.",
                trap: "",
            };
            let inlets = player.get("/inlets").await?;
            let form = text(&inlets["items"][0], "url")?;
            lead::ask_quote(player, &form, &request).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Some answer in words.
async fn answers(player: &Player, numbers: &mut Numbers, caller: &Caller, mail: Uuid) -> anyhow::Result<()> {
    let draw = numbers.below(1000);
    let mut sum = 0;
    for (weight, texts) in REPLIES {
        sum += weight;
        if draw < sum {
            let words: &str = numbers.pick::<&str>(texts);
            let with_quote = numbers.chance(80);
            let reply = PracticeReply { text: words, with_quote, from: None, is_automatic: false };
            player.engine.practice_reply(caller, mail, &reply).await?;
            break;
        }
    }
    Ok(())
}

fn absence(player: &Player) -> String {
    let back = player.engine.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date().saturating_add(9.days());
    ABSENCE.replace(
        "{date}",
        &format!("{} {} {}", back.day(), MONTHS[usize::from(back.month().unsigned_abs()) - 1], back.year()),
    )
}

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

/// The afternoon of sales: every open prospect goes a step further every few days.
async fn sell(
    player: &Player,
    numbers: &mut Numbers,
    pursuits: &mut HashMap<String, u32>,
) -> anyhow::Result<()> {
    let page = player.get("/prospects?limit=200").await?;
    for prospect in page["items"].as_array().context("items")? {
        let (id, state) = (text(prospect, "id")?, text(prospect, "state")?);
        if !matches!(state.as_str(), "to_qualify" | "in_conversation") {
            continue;
        }
        let age = pursuits.entry(id.clone()).or_insert(0);
        *age += 1;
        let age = *age;
        work_on(player, numbers, &id, prospect, age).await?;
    }
    Ok(())
}

async fn work_on(
    player: &Player,
    numbers: &mut Numbers,
    id: &str,
    prospect: &Value,
    age_days: u32,
) -> anyhow::Result<()> {
    let at = |days: i64| (player.engine.now() + SignedDuration::from_hours(24 * days)).to_string();
    let next = |words: &str, kind: &str, days: i64| json!({ "text": words, "kind": kind, "at": at(days) });
    let path = format!("/prospects/{id}");
    let finding =
        |aspect: &str, level: &str, note: &str| json!({ "aspect": aspect, "level": level, "note": note });
    match age_days {
        1 if numbers.chance(85) => {
            player.post(&format!("{path}/replies"), json!({ "text": ANSWER })).await?;
            player
                .put(&format!("{path}/next-action"), json!({ "next_action": next("Bellen: wat speelt er nu?", "call", 1), "finished": true, "version": null }))
                .await?;
        }
        3 => match numbers.below(10) {
            0 => drop(
                player
                    .put(
                        &format!("{path}/disqualification"),
                        json!({ "reason": "no_fit", "note": "Te klein voor ons." }),
                    )
                    .await?,
            ),
            1 => {
                let until = (player.engine.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
                    .saturating_add(75.days());
                player
                    .put(
                        &format!("{path}/nurture"),
                        json!({ "until": until.to_string(), "reason": "Budget pas volgend kwartaal" }),
                    )
                    .await?;
            }
            _ => {
                player.put(&format!("{path}/step"), json!({ "step": "first_meeting", "version": null, "next_action": next("Kennismaking", "meeting", 3) })).await?;
                player
                    .post(
                        &format!("{path}/findings"),
                        finding("need", "confirmed", "Planning staat in losse lijsten."),
                    )
                    .await?;
                player
                    .post(
                        &format!("{path}/findings"),
                        finding("authority", "indicated", "Beslist samen met de directie."),
                    )
                    .await?;
            }
        },
        7 if numbers.chance(75) => {
            player.put(&format!("{path}/step"), json!({ "step": "demo_proposal", "version": null, "next_action": next("Demo geven", "meeting", 4) })).await?;
            player
                .post(
                    &format!("{path}/findings"),
                    finding("budget", "indicated", "Er is ruimte tot ongeveer 15.000 euro."),
                )
                .await?;
        }
        11 if numbers.chance(70) => offer(player, numbers, id, prospect).await?,
        _ => {}
    }
    Ok(())
}

/// A quote goes out; some accept it the same day, some never.
async fn offer(player: &Player, numbers: &mut Numbers, id: &str, prospect: &Value) -> anyhow::Result<()> {
    let at = (player.engine.now() + SignedDuration::from_hours(72)).to_string();
    let url = quote(player, id, prospect, 600_000 + 50_000 * numbers.below(24) as i64).await?;
    player.wait(SignedDuration::from_mins(20)).await?;
    match numbers.below(10) {
        0..=3 => accept(player, &url, prospect["contact_name"].as_str().unwrap_or("De klant")).await?,
        4 => drop(player.put(&format!("/prospects/{id}/loss"), json!({ "reason": "price", "note": "Te duur gevonden." })).await?),
        _ => drop(player.put(&format!("/prospects/{id}/step"), json!({ "step": "negotiation", "version": null, "next_action": { "text": "Offerte nabellen", "kind": "call", "at": at } })).await?),
    }
    Ok(())
}

/// Makes and sends a quote; returns its public address.
///
/// # Errors
/// As [`Player::call`].
pub async fn quote(player: &Player, id: &str, prospect: &Value, price_cents: i64) -> anyhow::Result<String> {
    let made = player
        .post("/quotes", json!({ "prospect_id": id, "title": "Planbord voor het hele bedrijf" }))
        .await?;
    let quote = if made["quote"].is_object() { &made["quote"] } else { &made };
    let quote_id = text(quote, "id")?;
    let until =
        player.engine.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date().saturating_add(30.days());
    let line = |what: &str, milli: i64, cents: i64| json!({ "description": what, "quantity_milli": milli, "unit_price_cents": cents, "discount_bp": 0, "vat_bp": 2100 });
    player
        .put(
            &format!("/quotes/{quote_id}"),
            json!({
                "contact_id": prospect["contact_id"], "language": "nl", "title": "Planbord voor het hele bedrijf",
                "intro": "Zoals besproken ons voorstel.", "terms": "Betaling binnen 30 dagen.", "currency": "EUR",
                "valid_until": until.to_string(),
                "lines": [line("Licentie, eerste jaar", 1_000, price_cents), line("Inrichting en training (dagen)", 2_500, 95_000)],
            }),
        )
        .await?;
    let sent = player
        .post(
            &format!("/quotes/{quote_id}/sending"),
            json!({ "message": "Hierbij de offerte. Vragen? Bel of mail gerust." }),
        )
        .await?;
    sent["url"]
        .as_str()
        .or(sent["quote"]["url"].as_str())
        .map(str::to_owned)
        .context("a sent quote has an address")
}

/// The customer accepts a quote on its public page.
///
/// # Errors
/// When the page refuses.
pub async fn accept(player: &Player, url: &str, name: &str) -> anyhow::Result<()> {
    let form = format!("name={}&confirm=yes", name.replace(' ', "+"));
    let (status, text) = player
        .visit("POST", &format!("{url}/acceptance"), "application/x-www-form-urlencoded", form.into_bytes())
        .await?;
    anyhow::ensure!(
        status.is_success() || status.is_redirection(),
        "the quote could not be accepted: {status} {text}"
    );
    player.settle().await
}
