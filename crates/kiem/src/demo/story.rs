//! The whole story, played through the public API and the practice mailbox with the real code, and told as JSON: a lead
//! becomes a prospect becomes a customer, and everything that must not make one does not.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use kiem_store::sandbox::PracticeFilter;
use serde_json::{Value, json};
use uuid::Uuid;

use super::history::{SITE, accept, campaign, look_at_case, quote};
use super::player::{Player, text};
use crate::engine::Caller;

/// The people of the story: address, name, company. The last row cannot be read, on purpose.
const LIST: &str = "Bedrijfsnaam;Website;Land;Plaats;Branche;Voornaam;Tussenvoegsel;Achternaam;Functie;E-mailadres\r\n\
    Bakkerij Klant B.V.;klant.example;Nederland;Goes;Voeding;Eva;van der;Meer;Directeur;eva@klant.example\r\n\
    Metaal Delta BV;delta.example;Nederland;Breda;Metaal;Bas;;Peters;Bedrijfsleider;bas@delta.example\r\n\
    Transport Polder;polder.example;Nederland;Almere;Logistiek;Noor;;Bos;Planner;noor@polder.example\r\n\
    Bouw Westland;westland.example;Nederland;Den Haag;Bouw;Kees;de;Groot;Directeur;kees@westland.example\r\n\
    Software Horizon;horizon.example;Nederland;Utrecht;ICT;Iris;;Smit;Eigenaar;iris@horizon.example\r\n\
    Zorggroep Linde;linde.example;Nederland;Zwolle;Zorg;Petra;;Vos;Manager;petra@linde.example\r\n\
    Handelshuis Kompas;kompas.example;Nederland;Venlo;Groothandel;Tom;ter;Horst;Inkoper;tom@kompas.example\r\n\
    Kwekerij Zonneveld;zonneveld.example;Nederland;Ede;Agri;Lars;;Blom;Eigenaar;lars@zonneveld.example\r\n\
    Advies Rijnmond;rijnmond.example;Nederland;Rotterdam;Advies;Saskia;;Dekker;Partner;saskia@rijnmond.example\r\n\
    Groothandel Dommel;dommel.example;Nederland;Eindhoven;Groothandel;Jan;;Kok;Directeur;geen adres\r\n";

/// Plays the story. The engine's clock must be a manual one.
///
/// # Errors
/// When the program refuses something that it should not, or does not refuse what it should.
pub async fn play(player: &mut Player) -> anyhow::Result<Value> {
    player.add_mailbox(200, 0).await?;
    player
        .post(
            "/sites",
            json!({ "host": "www.voorbeeld.example", "visit_mode": "click_session", "pages": [] }),
        )
        .await?;
    let import = player.bring_in("lijst.csv", LIST.as_bytes()).await?;
    let mailbox = player.mailbox.context("the mailbox was just made")?.to_string();
    let made = player.post("/campaigns", campaign(&mailbox)).await?;
    let campaign_id = text(&made, "id")?;
    player.post(&format!("/campaigns/{campaign_id}/run"), Value::Null).await?;
    let leads: Vec<Value> =
        player.get("/leads?limit=100").await?["items"].as_array().cloned().unwrap_or_default();
    let ids: Vec<Value> = leads.iter().map(|lead| lead["id"].clone()).collect();
    let enrolled =
        player.post(&format!("/campaigns/{campaign_id}/enrolments"), json!({ "leads": ids })).await?;
    player.settle().await?;
    let approved = player.approve_all().await?;
    player.settle().await?;
    player.wait(SignedDuration::from_mins(20)).await?;

    reply(player, "eva@", "Klinkt goed. Wat kost dit ongeveer voor 25 gebruikers?").await?;
    reply(player, "bas@", "Interessant, maar pas volgend jaar. Kom er in maart op terug.").await?;
    reply(player, "noor@", "STOP. Ik wil geen mails meer ontvangen.").await?;
    reply(player, "kees@", "Bedankt, maar wij hebben hier geen interesse in.").await?;
    look_at_case(player, mail_to(player, "iris@").await?).await?;
    scan(player, "petra@").await?;
    player.settle().await?;
    // Soft signals settle for a minute and a half, so that a burst can still show itself as a machine.
    player.wait(SignedDuration::from_mins(5)).await?;

    sell_to(player, "klant").await?;
    player.settle().await?;
    Ok(json!({
        "import": import,
        "enrolled": enrolled,
        "approved": approved,
        "mails": mails_by_state(player).await?,
        "engagements": engagements(player).await?,
        "promotions": promotions(player).await?,
        "opportunities": player.get("/opportunities?state=won").await?["items"],
        "customers": customers(player).await?,
        "suppressions": player.get("/suppressions").await?["items"].as_array().map_or(0, Vec::len),
        "funnel": player.get("/funnel").await.unwrap_or(Value::Null),
    }))
}

async fn mail_to(player: &Player, start: &str) -> anyhow::Result<Uuid> {
    let caller = Caller::system(player.workspace);
    let mails = player.engine.practice_inbox(&caller, &PracticeFilter::default(), 200).await?;
    mails
        .iter()
        .find(|m| m.address.starts_with(start))
        .map(|m| m.id)
        .with_context(|| format!("no mail went to {start}"))
}

/// Answers as the lead, through the practice inbox.
async fn reply(player: &Player, start: &str, words: &str) -> anyhow::Result<()> {
    let id = mail_to(player, start).await?;
    player
        .post(&format!("/practice/mails/{id}/replies"), json!({ "text": words, "with_quote": true }))
        .await?;
    player.settle().await
}

/// A scanner fetches every link at once and asks for their heads: seen, answered, and never a signal.
async fn scan(player: &Player, start: &str) -> anyhow::Result<()> {
    let id = mail_to(player, start).await?;
    let shown = player.get(&format!("/practice/mails/{id}")).await?;
    for link in shown["links"].as_array().context("links")?.iter().filter_map(Value::as_str) {
        if link.contains("/k/") || link.contains("/u/") {
            player.visit("HEAD", link, "", Vec::new()).await?;
            player.visit("GET", link, "", Vec::new()).await?;
        }
    }
    player.settle().await
}

/// Qualifies the prospect of a company, sends a quote, and lets the customer accept it.
async fn sell_to(player: &Player, company: &str) -> anyhow::Result<()> {
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
    accept(player, &url, "Eva van der Meer").await
}

async fn mails_by_state(player: &Player) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    let page = player.get("/messages?limit=500").await?;
    for mail in page["items"].as_array().context("items")? {
        *counts.entry(text(mail, "state")?).or_insert(0) += 1;
    }
    Ok(counts)
}

/// Engagements by kind and grade.
async fn engagements(player: &Player) -> anyhow::Result<BTreeMap<String, BTreeMap<String, i64>>> {
    let mut tx = player.engine.store().read(player.workspace).await?;
    let mut all: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (kind, grade, n) in kiem_store::engagement::counts(&mut tx).await? {
        all.entry(kind).or_default().insert(grade, n);
    }
    Ok(all)
}

async fn promotions(player: &Player) -> anyhow::Result<Vec<Value>> {
    let page = player.get("/promotions").await?;
    Ok(page["items"].as_array().cloned().unwrap_or_default())
}

async fn customers(player: &Player) -> anyhow::Result<Vec<Value>> {
    let page = player.get("/prospects?state=won&limit=50").await?;
    let all = page["items"].as_array().context("items")?;
    Ok(all.iter().map(|p| p["company_name"].clone()).collect())
}

/// The moment at which the story is played: a Tuesday morning, so that sending windows are open.
pub fn beginning() -> Timestamp {
    // 24 November 2026, 10:00 in Amsterdam.
    Timestamp::from_second(1_795_510_800).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Address of the site of the story, for readers of the JSON.
pub const STORY_SITE: &str = SITE;
