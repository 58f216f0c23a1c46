//! What the people of the story do: answer, click, book, ask, and what sales does with one of them.

use anyhow::Context as _;
use jiff::SignedDuration;
use kiem_store::sandbox::{PracticeFilter, PracticeLine};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::demo::history::{SITE, accept, quote};
use crate::demo::lead::{self, FORM};
use crate::demo::player::{Player, text};
use crate::engine::Caller;

/// Opens the site's visits, a booking page and the quote form. Returns the form's address.
pub(super) async fn open_surfaces(player: &Player) -> anyhow::Result<String> {
    player
        .post(
            "/sites",
            json!({ "host": "www.voorbeeld.example", "visit_mode": "click_session", "pages": [] }),
        )
        .await?;
    let hours = |weekday: u8| json!({ "weekday": weekday, "from": "09:00", "until": "17:00" });
    let me = player.get("/session").await?;
    player
        .post(
            "/booking-pages",
            json!({
                "slug": "kennismaken", "host_user_id": me["user"]["id"], "mailbox_id": player.mailbox.map(|id| id.to_string()),
                "title": "Kennismaking", "time_zone": "Europe/Amsterdam", "active": true,
                "availability": {
                    "weekly": (0..5).map(hours).collect::<Vec<_>>(), "length_minutes": 30, "buffer_before_minutes": 0,
                    "buffer_after_minutes": 10, "notice_minutes": 120, "horizon_days": 21, "per_day_max": 0,
                },
            }),
        )
        .await?;
    let inlet = player
        .post(
            "/inlets",
            json!({ "kind": "quote_form", "name": "Offerte op de site", "secret": null, "allowed_origins": [SITE], "active": true }),
        )
        .await?;
    text(&inlet, "url")
}

/// The practice mails that went to leads, newest first.
pub(super) async fn inbox(player: &Player) -> anyhow::Result<Vec<PracticeLine>> {
    let caller = Caller::system(player.workspace);
    Ok(player.engine.practice_inbox(&caller, &PracticeFilter::default(), 200).await?)
}

/// The newest mail to somebody.
pub(super) async fn mail_to(player: &Player, start: &str) -> anyhow::Result<Uuid> {
    let mails = inbox(player).await?;
    let found = mails.iter().find(|m| m.address.starts_with(start)).map(|m| m.id);
    found.with_context(|| format!("no mail went to {start}"))
}

/// Everybody who writes back, or whose server does.
pub(super) async fn replies(player: &Player) -> anyhow::Result<()> {
    for (who, words) in [
        ("eva@", "Klinkt goed. Wat kost dit ongeveer voor 25 gebruikers?"),
        ("bas@", "Interessant, maar pas volgend jaar. Kom er in maart op terug."),
        ("noor@", "STOP. Ik wil geen mails meer ontvangen."),
        ("kees@", "Bedankt, maar wij hebben hier geen interesse in."),
        ("mieke@", "Nu even niet, we zitten midden in een verhuizing. Misschien in maart."),
        ("joost@", "Ik ben hier niet de juiste persoon voor."),
    ] {
        reply(player, who, words, false).await?;
    }
    let away = "Bedankt voor uw bericht. Ik ben afwezig tot en met 3 december 2026 en lees mijn mail niet.";
    reply(player, "ruben@", away, true).await?;
    let left =
        "Wilma van Dijk is niet meer werkzaam bij Verpakking Brabant. Dit adres wordt niet meer gelezen.";
    reply(player, "wilma@", left, true).await?;
    let mail = mail_to(player, "anke@").await?;
    player.post(&format!("/practice/mails/{mail}/bounce"), Value::Null).await?;
    player.settle().await
}

/// Answers as the lead, through the practice inbox.
async fn reply(player: &Player, start: &str, words: &str, is_automatic: bool) -> anyhow::Result<()> {
    let id = mail_to(player, start).await?;
    player
        .post(
            &format!("/practice/mails/{id}/replies"),
            json!({ "text": words, "with_quote": !is_automatic, "is_automatic": is_automatic }),
        )
        .await?;
    player.settle().await
}

/// A scanner fetches every link at once and asks for their heads: seen, answered, and never a signal.
pub(super) async fn scan(player: &Player, start: &str) -> anyhow::Result<()> {
    player.next_lead();
    let id = mail_to(player, start).await?;
    let shown = player.get(&format!("/practice/mails/{id}")).await?;
    for link in shown["links"].as_array().context("links")?.iter().filter_map(Value::as_str) {
        for method in ["HEAD", "GET"] {
            if link.contains("/k/") {
                player.open_link(method, link).await?;
            } else if link.contains("/u/") {
                player.visit(method, link, "", Vec::new()).await?;
            }
        }
    }
    player.settle().await
}

/// A lead books by the address in its mail, and tries the same moment a second time.
pub(super) async fn book(player: &Player, start: &str) -> anyhow::Result<Value> {
    let id = mail_to(player, start).await?;
    let booked = lead::book(player, id, "Lars Blom").await?.context("a booking address")?;
    let (status, _) = player.visit("POST", &booked.page, FORM, booked.form.into_bytes()).await?;
    let address = booked.address;
    let confirmation =
        inbox(player).await?.into_iter().find(|m| m.address == address).context("a confirmation")?;
    let caller = Caller::system(player.workspace);
    let shown = player.engine.practice_mail(&caller, confirmation.id).await?;
    let raw = String::from_utf8_lossy(&shown.mail.raw).into_owned();
    Ok(json!({
        "starts_at": booked.starts_at,
        "second_try": status.as_u16(),
        "confirmation": confirmation.subject,
        "has_invitation": raw.contains("text/calendar") && raw.contains("method=REQUEST"),
    }))
}

/// A lead fills in the quote form of the site. Somebody who falls into the trap does not count.
pub(super) async fn ask_quote(player: &Player, form: &str) -> anyhow::Result<()> {
    let saskia = lead::Request {
        name: "Saskia Dekker",
        email: "saskia@rijnmond.example",
        words: "Graag een offerte voor 40 gebruikers.",
        trap: "",
    };
    lead::ask_quote(player, form, &saskia).await?;
    let robot = lead::Request {
        name: "Petra Vos",
        email: "petra@linde.example",
        words: "Buy now",
        trap: "https://spam.example",
    };
    lead::ask_quote(player, form, &robot).await?;
    player.settle().await
}

/// Qualifies the prospect of a company, sends a quote, and lets the customer accept it.
pub(super) async fn sell_to(player: &Player, company: &str) -> anyhow::Result<Value> {
    let page = player.get("/prospects?limit=50").await?;
    let all = page["items"].as_array().context("items")?;
    let named = |p: &&Value| p["company_name"].as_str().is_some_and(|n| n.to_lowercase().contains(company));
    let prospect = all.iter().find(named).with_context(|| format!("{company} became no prospect"))?;
    let id = text(prospect, "id")?;
    let path = format!("/prospects/{id}");
    player
        .post(
            &format!("{path}/replies"),
            json!({ "text": "Dag Eva, dank voor je vraag. Ik bel je vanmiddag." }),
        )
        .await?;
    player.settle().await?;
    for (aspect, level, note) in [
        ("need", "confirmed", "Wil een prijs voor 25 gebruikers."),
        ("authority", "confirmed", "Eva is directeur."),
        ("budget", "indicated", "Ongeveer 10.000 euro."),
    ] {
        player
            .post(&format!("{path}/findings"), json!({ "aspect": aspect, "level": level, "note": note }))
            .await?;
    }
    let at = (player.engine.now() + SignedDuration::from_hours(24)).to_string();
    player
        .put(
            &format!("{path}/step"),
            json!({ "step": "demo_proposal", "version": null, "next_action": { "text": "Offerte maken", "kind": "quote", "at": at } }),
        )
        .await?;
    let url = quote(player, &id, prospect, 1_000_000).await?;
    player.settle().await?;
    let (status, page) = player.visit("GET", &url, "", Vec::new()).await?;
    anyhow::ensure!(
        status.is_success() && page.contains("Planbord"),
        "the quote's page cannot be read: {status}"
    );
    accept(player, &url, "Eva van der Meer").await?;
    let record = player.get(&path).await?;
    Ok(json!({ "state": record["prospect"]["state"], "response_due_at": prospect["response_due_at"] }))
}
