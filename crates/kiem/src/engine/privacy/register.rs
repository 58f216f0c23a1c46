//! The register of processing (GDPR article 30) as a document: what is done with whose data, why, from where, for how long,
//! who gets them and how they are kept safe. Built from what is set up, so that it says what happens.

use std::collections::BTreeSet;

use kiem_domain::retention::RetentionKind;
use kiem_store::{Tx, account, mailbox, site, webhook};
use kiem_store::{ground, loosening};

use super::export::escaped;
use crate::engine::send::MailServers;
use crate::engine::settings::{Settings, language_of, settings_of};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::{Lang, has, say};

/// Sources of data that are named; the rest is counted.
const SOURCES_MAX: i64 = 30;

/// What is done with data, each with the kinds of record that it keeps.
const PURPOSES: &[(&str, &[RetentionKind])] = &[
    ("approach", &[RetentionKind::LeadUntouched, RetentionKind::LeadUnanswered, RetentionKind::MailText]),
    ("sell", &[RetentionKind::ProspectClosed, RetentionKind::MailText]),
    ("visits", &[RetentionKind::WebVisit]),
    ("imports", &[RetentionKind::ImportTrace]),
    ("rights", &[]),
    ("members", &[RetentionKind::Notification]),
];

/// What is set up and told in the register.
struct Facts {
    bases: Vec<String>,
    sources: Vec<(String, i64)>,
    recipients: BTreeSet<String>,
    records_visits: bool,
    loosenings_n: usize,
}

impl Engine {
    /// The register as a page to keep or print, in a language or the workspace's own.
    ///
    /// # Errors
    /// When the caller may not configure, or the database fails.
    pub async fn processing_register(&self, caller: &Caller, lang: Option<Lang>) -> Result<String> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let workspace = account::workspace_in(&mut tx).await?;
        let settings = settings_of(&workspace)?;
        let lang = lang.unwrap_or_else(|| language_of(&workspace));
        let facts = facts(&mut tx).await?;
        Ok(document(&settings, &workspace.name, &facts, lang, &self.utc_day().to_string()))
    }
}

/// Hosts of the servers and programs that get data.
///
/// # Errors
/// When the database fails.
pub(super) async fn recipients(tx: &mut Tx) -> Result<BTreeSet<String>> {
    let mut recipients = BTreeSet::new();
    for one in mailbox::all(tx).await? {
        let servers: MailServers = serde_json::from_str(&one.servers)
            .map_err(|e| EngineError::Outside(format!("a mailbox's servers cannot be read: {e}")))?;
        recipients.extend([servers.smtp, servers.imap].into_iter().flatten().map(|server| server.host));
    }
    for one in webhook::all(tx).await? {
        let host = one.url.split_once("://").map_or(one.url.as_str(), |(_, rest)| rest);
        recipients.extend(host.split('/').next().map(str::to_owned));
    }
    Ok(recipients)
}

async fn facts(tx: &mut Tx) -> Result<Facts> {
    let sites = site::all(tx).await?;
    Ok(Facts {
        bases: ground::bases(tx).await?,
        sources: ground::sources(tx, SOURCES_MAX).await?,
        recipients: recipients(tx).await?,
        records_visits: !sites.is_empty(),
        loosenings_n: loosening::in_force(tx).await?.len(),
    })
}

/// Words of the register.
fn word(lang: Lang, key: &str) -> String {
    say(lang, &format!("register.{key}"), &[])
}

fn document(settings: &Settings, workspace: &str, facts: &Facts, lang: Lang, day: &str) -> String {
    let title = word(lang, "title");
    let mut page = format!(
        "<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}\
         table{{border-collapse:collapse;width:100%;margin:0 0 2rem}}\
         th,td{{border:1px solid #bbb;padding:.5rem;text-align:left;vertical-align:top}}th{{width:14rem}}</style>\
         <h1>{title}</h1><p>{}</p>",
        escaped(&say(lang, "register.about", &[("date", day.to_owned())]))
    );
    let company = if settings.sender_company.is_empty() { workspace } else { &settings.sender_company };
    let controller = format!("{company}\n{}\n{}", settings.postal_address, settings.privacy_url);
    table(&mut page, &[(word(lang, "controller"), controller)]);
    for (purpose, kinds) in PURPOSES {
        if *purpose == "visits" && !facts.records_visits {
            continue;
        }
        page.push_str(&format!("<h2>{}</h2>", escaped(&word(lang, &format!("{purpose}.title")))));
        let own = |part: &str| word(lang, &format!("{purpose}.{part}"));
        let mut rows = vec![
            (word(lang, "purpose"), own("purpose")),
            (word(lang, "basis.title"), basis(&facts.bases, purpose, lang)),
            (word(lang, "people"), own("people")),
            (word(lang, "data"), own("data")),
            (word(lang, "source"), sources(facts, purpose, lang)),
            (word(lang, "kept.title"), kept(settings, kinds, purpose, lang)),
        ];
        if *purpose == "approach" && facts.loosenings_n > 0 {
            let params = [("n", facts.loosenings_n.to_string())];
            rows.push((word(lang, "risk"), say(lang, "register.loosened", &params)));
        }
        table(&mut page, &rows);
    }
    let recipients: Vec<&str> = facts.recipients.iter().map(String::as_str).collect();
    let recipients = if recipients.is_empty() { word(lang, "none") } else { recipients.join("\n") };
    table(
        &mut page,
        &[
            (word(lang, "recipients_title"), format!("{}\n{recipients}", word(lang, "recipients.about"))),
            (word(lang, "transfer_title"), word(lang, "transfer.text")),
            (word(lang, "measures_title"), word(lang, "measures.text")),
        ],
    );
    page
}

/// What a purpose is, on which basis, and for how long data are kept for it. For approaching, the bases are those that were
/// declared.
pub(super) fn purpose(
    settings: &Settings,
    purpose: &str,
    declared: &[String],
    lang: Lang,
) -> Vec<(String, String)> {
    let kinds = PURPOSES.iter().find(|(name, _)| *name == purpose).map_or(&[][..], |(_, kinds)| kinds);
    vec![
        (word(lang, "purpose"), word(lang, &format!("{purpose}.purpose"))),
        (word(lang, "basis.title"), basis(declared, purpose, lang)),
        (word(lang, "kept.title"), kept(settings, kinds, purpose, lang)),
    ]
}

fn table(page: &mut String, rows: &[(String, String)]) {
    page.push_str("<table>");
    for (name, text) in rows {
        let text = escaped(text.trim()).replace('\n', "<br>");
        page.push_str(&format!("<tr><th scope=\"row\">{}</th><td>{text}</td></tr>", escaped(name)));
    }
    page.push_str("</table>");
}

/// The bases in law: for approaching, those that were declared; else the one that belongs to the purpose.
fn basis(declared: &[String], purpose: &str, lang: Lang) -> String {
    if purpose != "approach" {
        return word(lang, &format!("{purpose}.basis"));
    }
    if declared.is_empty() {
        return word(lang, "none");
    }
    let named = |basis: &String| {
        let key = format!("register.basis.{basis}");
        if has(lang, &key) { say(lang, &key, &[]) } else { basis.clone() }
    };
    declared.iter().map(named).collect::<Vec<_>>().join("\n")
}

fn sources(facts: &Facts, purpose: &str, lang: Lang) -> String {
    if purpose != "approach" {
        return word(lang, &format!("{purpose}.source"));
    }
    if facts.sources.is_empty() {
        return word(lang, "none");
    }
    facts.sources.iter().map(|(source, n)| format!("{source} ({n})")).collect::<Vec<_>>().join("\n")
}

fn kept(settings: &Settings, kinds: &[RetentionKind], purpose: &str, lang: Lang) -> String {
    let mut lines: Vec<String> = kinds
        .iter()
        .map(|kind| {
            let what = word(lang, &format!("kept.{kind}"));
            let days = settings.retention_days(*kind).to_string();
            let line = say(lang, "register.days", &[("what", what), ("n", days)]);
            match settings.retention.get(kind.as_str()) {
                Some(chosen) if !chosen.reason.is_empty() => format!("{line} {}", chosen.reason),
                _ => line,
            }
        })
        .collect();
    // What has no period of its own is said in words, where there is any.
    let own = format!("{purpose}.kept");
    if has(lang, &format!("register.{own}")) {
        lines.push(word(lang, &own));
    }
    lines.join("\n")
}
