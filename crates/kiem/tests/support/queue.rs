//! Approved, queued mails, written down directly: making thousands of them is not what is tested.

use std::net::SocketAddr;

use kiem::engine::Role;
use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::mailboxes::MailboxInput;
use kiem::engine::send::{MailServer, MailServers};
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{MailboxId, MessageId};
use kiem_store::{Value, args};
use uuid::Uuid;

use super::{House, user_id};

/// A mailbox of a live workspace that sends to `smtp` and looks into the Sent folder of `imap`.
async fn mailbox(house: &House, smtp: SocketAddr, imap: SocketAddr) -> MailboxId {
    house.live().await;
    let server = |address: SocketAddr, username: &str| MailServer {
        host: "127.0.0.1".to_owned(),
        port: address.port(),
        security: "plain_loopback".to_owned(),
        username: username.to_owned(),
        extra_root: None,
    };
    let input = MailboxInput {
        kind: "smtp_imap".to_owned(),
        address: "jan@kiem.example".to_owned(),
        display_name: "Jan".to_owned(),
        servers: MailServers {
            smtp: Some(server(smtp, "")),
            imap: Some(server(imap, "jan")),
            sent_folder: String::new(),
        },
        password: Some("geheim".to_owned()),
        signature: String::new(),
        daily_cap: 2_000,
        gap_seconds_min: 0,
    };
    house.engine.create_mailbox(&house.caller(Role::Owner), &input).await.unwrap()
}

/// A running campaign with one approved mail to each of `n_mails` people, all due now.
pub async fn queue_mails(house: &House, n_mails: u128, smtp: SocketAddr, imap: SocketAddr, text: &str) {
    let mailbox = mailbox(house, smtp, imap).await;
    let always = WindowSetting { days: (1..=7).collect(), from: "00:00".to_owned(), to: "23:59".to_owned() };
    let now = house.engine.now();
    let (workspace, _) = house.engine.workspace(house.workspace).await.unwrap();
    let from = EmailAddress::parse("jan@kiem.example").unwrap();
    let campaign = Uuid::from_u128(5);
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO campaign (workspace_id, id, name, language, state, mailbox_id, sending_window, created_by, created_at)
         VALUES ($1, $2, 'Crash', 'nl', 'running', $3, $4, $5, $6)",
        args![campaign, mailbox, serde_json::to_string(&always).unwrap(), user_id(0), now],
    )
    .await
    .unwrap();
    let id = |n: u128, kind: u128| Uuid::from_u128((n << 32) + kind);
    let rows = |row: &dyn Fn(u128) -> Vec<Value>| (1..=n_mails).map(row).collect::<Vec<_>>();
    for (head, rows) in [
        (
            "INSERT INTO company (workspace_id, id, name, name_key, country, fit_known_percent, fit_reasons, source,
                 created_at, updated_at)",
            rows(&|n| args![id(n, 1), format!("C{n}"), format!("c{n}"), "NL", 0, "[]", "test", now, now]),
        ),
        (
            "INSERT INTO contact (workspace_id, id, company_id, name_key, email, source, created_at, updated_at, ground_id)",
            rows(&|n| args![id(n, 2), id(n, 1), "p", format!("p{n}@c{n}.example"), "test", now, now, id(n, 2)]),
        ),
        (
            "INSERT INTO ground (workspace_id, id, basis, source, source_detail, obtained_on, recorded_by,
                 recorded_at)",
            rows(&|n| args![id(n, 2), "consent", "form", "ticked the box", "2026-11-01", user_id(0), now]),
        ),
        (
            "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look,
                 sort_name, sort_company, fit_score, created_at)",
            rows(&|n| args![id(n, 3), id(n, 2), id(n, 1), "new", 0, 0, false, "", "", 0, now]),
        ),
        (
            "INSERT INTO enrolment (workspace_id, id, campaign_id, lead_id, contact_id, company_id, state, position, created_at)",
            rows(&|n| args![id(n, 4), campaign, id(n, 3), id(n, 2), id(n, 1), "active", 0, now]),
        ),
        (
            "INSERT INTO message (workspace_id, id, kind, mailbox_id, campaign_id, enrolment_id, step_id, lead_id, contact_id,
                 company_id, recipient, recipient_name, state, subject, body, message_id, due_at, epoch, attempt, created_at)",
            rows(&|n| {
                let message_id = house.engine.message_id_for(&workspace, MessageId(id(n, 5)), &from);
                args![
                    id(n, 5), "outreach", mailbox, campaign, id(n, 4), id(1, 6), id(n, 3), id(n, 2), id(n, 1),
                    format!("p{n}@c{n}.example"), "", "queued", format!("Vraag {n}"), text, message_id, now, 0, 0,
                    now
                ]
            }),
        ),
    ] {
        tx.insert_many(head, rows, "").await.unwrap();
    }
    kiem_store::job::wake(&mut tx, kiem_store::job::Queue::Send, now).await.unwrap();
    tx.commit().await.unwrap();
}
