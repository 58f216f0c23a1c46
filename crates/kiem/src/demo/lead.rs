//! What a lead does with a mail, at the browser: reads pages, books, asks for a quote.

use anyhow::Context as _;
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::history::SITE;
use super::player::{Player, text};
use crate::engine::Caller;
use crate::engine::public::visitor::Visitor;

/// How a filled form travels.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A recipient follows the link of a mail whose target has `part` in its path, and reads that page. Returns whether
/// the mail has such a link.
///
/// # Errors
/// When link or visit are refused.
pub async fn visit_page(player: &Player, mail: Uuid, part: &str) -> anyhow::Result<bool> {
    let caller = Caller::system(player.workspace);
    let shown = player.engine.practice_mail(&caller, mail).await?;
    for link in shown.links.iter().filter(|l| l.contains("/k/")) {
        let token = link.rsplit('/').next().unwrap_or_default();
        let leads_to = player
            .engine
            .redirect_of(token, &Visitor::default())
            .await?
            .map(|r| r.location)
            .unwrap_or_default();
        if !leads_to.contains(part) {
            continue;
        }
        let target = player.follow(link).await?;
        let Some((page, token)) = target.split_once("#k=") else { return Ok(false) };
        let origin = player.engine.config().link_url.clone();
        let path = page.strip_prefix(&origin).unwrap_or("/");
        let view = player.engine.new_id::<Uuid>();
        let report = |k: &str, visible_ms: i64, input: i64| json!({ "k": k, "p": view, "u": path, "m": null, "v": visible_ms, "t": input, "d": 70, "c": false });
        let session = player.beacon(&origin, &report(token, 0, 0)).await?;
        player.beacon(&origin, &report(&session, 24_000, 5)).await?;
        return Ok(true);
    }
    Ok(false)
}

/// An appointment as it was booked.
pub struct Booked {
    /// The booking page.
    pub page: String,
    /// The filled form.
    pub form: String,
    /// Who booked.
    pub address: String,
    /// The moment.
    pub starts_at: String,
}

/// A lead follows the booking address in its mail and takes the first free moment. None when the mail has no such address
/// or nothing is free.
///
/// # Errors
/// When the page refuses.
pub async fn book(player: &Player, mail: Uuid, name: &str) -> anyhow::Result<Option<Booked>> {
    player.next_lead();
    let shown = player.get(&format!("/practice/mails/{mail}")).await?;
    let address = text(&shown, "address")?;
    let links = shown["links"].as_array().context("links")?;
    let Some(page) = links.iter().filter_map(Value::as_str).find(|l| l.contains("/b/")) else {
        return Ok(None);
    };
    let (status, free) = player.visit("GET", page, "", Vec::new()).await?;
    anyhow::ensure!(status.is_success(), "the booking page cannot be opened: {status}");
    let Some(slot) = between(&free, "start=", "\"") else { return Ok(None) };
    let starts_at = slot.replace("%3A", ":");
    let name = name.replace(' ', "+");
    let form = format!("start={starts_at}&zone=Europe%2FAmsterdam&lang=nl&name={name}&email={address}&note=");
    let (status, done) = player.visit("POST", page, FORM, form.clone().into_bytes()).await?;
    anyhow::ensure!(status.is_success(), "the moment could not be booked: {status} {done}");
    player.settle().await?;
    Ok(Some(Booked { page: page.to_owned(), form, address, starts_at }))
}

/// What somebody fills in on the quote form.
pub struct Request<'a> {
    /// Name.
    pub name: &'a str,
    /// Address.
    pub email: &'a str,
    /// What is asked.
    pub words: &'a str,
    /// The field that people do not see.
    pub trap: &'a str,
}

/// Somebody fills in the quote form of the site, taking time to think.
///
/// # Errors
/// When the form refuses.
pub async fn ask_quote(player: &Player, form: &str, request: &Request<'_>) -> anyhow::Result<()> {
    player.next_lead();
    let (_, page) = player.visit("GET", form, "", Vec::new()).await?;
    let token = between(&page, "name=\"token\" value=\"", "\"").context("a form token")?;
    player.engine.clock().advance(SignedDuration::from_secs(40));
    let Request { name, email, words, trap } = request;
    let (name, words) = (name.replace(' ', "+"), words.replace(' ', "+"));
    let body = format!("token={token}&name={name}&email={email}&company=&phone=&text={words}&website={trap}");
    let (status, page) = player.post_from(SITE, form, FORM, body.into_bytes()).await?;
    anyhow::ensure!(status.is_success(), "the form was refused: {status} {page}");
    Ok(())
}

fn between(text: &str, from: &str, to: &str) -> Option<String> {
    Some(text.split_once(from)?.1.split_once(to)?.0.split('&').next()?.to_owned())
}
