//! Every mail of the corpus on its whole way through the engine: read, matched, stripped, told from machine mail, understood.
//! What its JSON expects of label, opt-out and return date is compared with what is stored; the adapters' own test compares
//! the rest.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use kiem::engine::inbound::{Outcome, RawMail, StoredFlags};
use kiem_domain::id::{LeadId, MailboxId, MessageId};
use kiem_store::inbound::{self, Inbound};
use kiem_store::{args, promotion};
use serde_json::Value;
use support::House;
use uuid::Uuid;

const MAILBOX: MailboxId = MailboxId(Uuid::from_u128(11));

/// Of the mails whose label is known and whose sender is a lead, so many in a hundred may be left to a person instead.
const LOOKS_PERCENT_MAX: usize = 12;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../kiem-adapters/tests/corpus")
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("a file of the corpus")).expect("JSON")
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// A house that sent the mails of `sent.json`, each recipient a lead.
async fn house() -> House {
    let house = House::sqlite().await;
    house.live().await;
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
             state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
         VALUES ($1, $2, 'sandbox', 'jan@kiem.example', 'Jan', '{}', '', 50, 60, 'active', $3, 0, 0, $3)",
        args![MAILBOX, house.clock.now()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mut known: BTreeMap<String, LeadId> = BTreeMap::new();
    for (n, mail) in json(&folder().join("sent.json")).as_array().unwrap().iter().enumerate() {
        let n = u32::try_from(n).unwrap() + 1;
        let to = text(mail, "to");
        if !known.contains_key(to) {
            let lead = house.lead(n, to, "", text(mail, "to_name"), text(mail, "company_domain")).await;
            known.insert(to.to_owned(), lead);
        }
        sent(&house, n, mail, known[to]).await;
    }
    house
}

async fn sent(house: &House, n: u32, mail: &Value, lead: LeadId) {
    let at: Timestamp = text(mail, "sent_at").parse().unwrap();
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    let facts = promotion::lead_facts(&mut tx, lead).await.unwrap().unwrap();
    let uid = mail["calendar_uid"].as_str();
    let kind = if uid.is_some() { "booking" } else { "outreach" };
    tx.execute(
        "INSERT INTO message (workspace_id, id, kind, mailbox_id, lead_id, contact_id, company_id, recipient, recipient_name,
             state, subject, body, message_id, attempt, epoch, finished_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 'sent', $9, $10, $11, 1, 1, $12, $12)",
        args![
            MessageId(Uuid::from_u128(u128::from(n))),
            kind,
            MAILBOX,
            lead,
            facts.contact_id,
            facts.company_id,
            text(mail, "to"),
            text(mail, "subject"),
            text(mail, "text"),
            text(mail, "message_id").trim_matches(['<', '>']),
            at
        ],
    )
    .await
    .unwrap();
    if let Some(uid) = uid {
        tx.execute(
            "INSERT INTO booking (workspace_id, id, provider, uid, state, starts_at, ends_at, guest_name, guest_email, note,
                 language, ics_sequence, lead_id, created_at)
             VALUES ($1, $2, 'own', $3, 'confirmed', $4, $4, 'Gast', $5, '', 'nl', 0, $6, $4)",
            args![Uuid::from_u128(900 + u128::from(n)), uid, at, text(mail, "to"), lead],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

/// The mails by name; reports last, because they change what is known of a mail of ours.
fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the corpus folder is there")
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .collect();
    let is_report = |path: &Path| name(path).starts_with("dsn-") || name(path).starts_with("arf-");
    files.sort_by_key(|path| (is_report(path), name(path)));
    files
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// What became of a mail.
struct Got {
    outcome: Outcome,
    mail: Inbound,
    flags: StoredFlags,
}

async fn take(house: &House, uid: usize, path: &Path) -> Got {
    let raw = std::fs::read(path).unwrap();
    let parsed = kiem_adapters::mime::parse(&raw, None).expect("every mail of the corpus can be read");
    // The corpus has no clock: a mail comes in when it was written. Without a date it is new.
    let received_at = parsed.date.unwrap_or_else(|| house.clock.now());
    let mail = RawMail { uid: uid as i64, received_at, raw, is_too_large: false };
    house.engine.take_in(house.workspace, MAILBOX, mail).await.unwrap();
    house.run_jobs().await;
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let sql = "SELECT id FROM inbound WHERE workspace_id = $1 AND external_key = $2";
    let row = tx.fetch_one(sql, args![parsed.external_key.as_str()]).await.unwrap();
    let mail = inbound::find(&mut tx, row.id("id").unwrap()).await.unwrap().unwrap();
    let flags = StoredFlags::read(&mail.flags).unwrap();
    Got { outcome: mail.outcome.parse().unwrap(), mail, flags }
}

/// What is wrong with a mail, and whether it was left to a person although its label is known.
#[derive(Default)]
struct Judged {
    wrong: Vec<String>,
    is_look: bool,
    has_label: bool,
}

fn judge(expected: &Value, got: &Got) -> Judged {
    let mut judged = Judged::default();
    let label = got.mail.label.as_deref().unwrap_or("none");
    let opts_out = got.outcome == Outcome::OptOut;
    // An opt-out that is only suspected pauses and asks; that is no opt-out that was missed.
    let asks = got.mail.needs_look && label == "unsubscribe";
    match expected["opt_out"].as_bool() {
        Some(true) if !opts_out && !asks => judged.wrong.push(format!("a missed opt-out: {label}")),
        Some(false) if opts_out => judged.wrong.push("nobody asked for an opt-out".to_owned()),
        _ => {}
    }
    if let Some(wanted) = expected["intent"].as_str()
        && got.outcome != Outcome::NoMatch
    {
        judged.has_label = true;
        let is_left_to_a_person = got.mail.needs_look || label == "none";
        // A question about one's own data is understood, and a person has to answer it: its label is as sure as any.
        let is_sure = !is_left_to_a_person || got.outcome == Outcome::DataRequest;
        judged.is_look = wanted != "other" && !is_sure;
        if is_sure && label != wanted {
            judged.wrong.push(format!("surely {wanted}, but taken for {label}"));
        }
    }
    if let Some(day) = expected.get("return_date") {
        let found = got.flags.date.as_deref();
        if found != day.as_str() {
            judged.wrong.push(format!("back on {day}, but read {found:?}"));
        }
    }
    judged
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_of_the_corpus_is_labelled_rightly_or_shown_to_a_person() {
    let house = house().await;
    let (mut wrong, mut looks, mut n_labels) = (Vec::new(), Vec::new(), 0);
    let files = files();
    assert!(files.len() >= 200, "the corpus has {} mails", files.len());
    for (n, path) in files.iter().enumerate() {
        let got = take(&house, n + 1, path).await;
        let expected = json(&path.with_extension("json"));
        let judged = judge(&expected, &got);
        let name = name(path);
        let stands = format!("{} {} {:?}", got.outcome, got.mail.match_level, got.mail.label);
        wrong.extend(judged.wrong.iter().map(|w| format!("{name}: {w} ({stands}) {:?}", got.mail.text)));
        n_labels += usize::from(judged.has_label);
        if judged.is_look {
            looks.push(format!("{name}: wanted {} ({stands}) {:?}", expected["intent"], got.mail.text));
        }
    }
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(n_labels >= 100, "only {n_labels} labels were compared");
    assert!(
        looks.len() * 100 <= n_labels * LOOKS_PERCENT_MAX,
        "{} of {n_labels} are left to a person:\n{}",
        looks.len(),
        looks.join("\n")
    );
    house.close().await;
}
