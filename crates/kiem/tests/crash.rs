//! The sending promise under kill -9: 2,000 mails, a sender killed 20 times at random moments, a server that sometimes
//! takes a mail and says nothing. Nothing silently lost, nothing accepted twice, every uncertain mail explained.

mod support;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::mailboxes::MailboxInput;
use kiem::engine::send::{MailServer, MailServers};
use kiem::engine::{Clock, Role};
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::MessageId;
use kiem_store::message::{Message, MessageFilter, MessageState};
use kiem_store::testing::{self, TestStore};
use kiem_store::{Value, args};
use support::smtp_sink::{Fault, SmtpSink};
use support::{House, MASTER, imap_sent, random, user_id};
use uuid::Uuid;

const N_MAILS: u128 = 2_000;
const N_KILLS: usize = 20;

fn fault(conversation: u64) -> Fault {
    match conversation % 23 {
        5 => Fault::AcceptThenDrop,
        11 => Fault::RefuseSilently,
        17 => Fault::DropAtConnect,
        _ => Fault::None,
    }
}

/// A running campaign with approved, queued mails, written down directly: making 2,000 of them is not what is tested.
async fn queue_mails(house: &House, sink: &SmtpSink) {
    house.live().await;
    let imap = imap_sent::start(sink.clone()).await;
    let server = |address: std::net::SocketAddr, username: &str| MailServer {
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
            smtp: Some(server(sink.address, "")),
            imap: Some(server(imap, "jan")),
            sent_folder: String::new(),
        },
        password: Some("geheim".to_owned()),
        signature: String::new(),
        daily_cap: 2_000,
        gap_seconds_min: 0,
    };
    let mailbox = house.engine.create_mailbox(&house.caller(Role::Owner), &input).await.unwrap();
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
    let rows = |row: &dyn Fn(u128) -> Vec<Value>| (1..=N_MAILS).map(row).collect::<Vec<_>>();
    for (head, rows) in [
        (
            "INSERT INTO company (workspace_id, id, name, name_key, country, fit_known_percent, fit_reasons, source,
                 created_at, updated_at)",
            rows(&|n| args![id(n, 1), format!("C{n}"), format!("c{n}"), "NL", 0, "[]", "test", now, now]),
        ),
        (
            "INSERT INTO contact (workspace_id, id, company_id, name_key, email, source, created_at, updated_at)",
            rows(&|n| args![id(n, 2), id(n, 1), "p", format!("p{n}@c{n}.example"), "test", now, now]),
        ),
        (
            "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, search_text,
                 sort_name, sort_company, fit_score, created_at)",
            rows(&|n| args![id(n, 3), id(n, 2), id(n, 1), "new", 0, 0, false, "", "", "", 0, now]),
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
                    format!("p{n}@c{n}.example"), "", "queued", format!("Vraag {n}"), "Dag,\n\nEen vraag.", message_id, now, 0, 0,
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

fn spawn(house: &House) -> Child {
    Command::new(env!("CARGO_BIN_EXE_kiem"))
        .arg("work")
        .env("KIEM_DATABASE_URL", &house.db.url)
        .env("KIEM_DATA_DIR", &house.data_dir)
        .env("KIEM_SEND_LEASE_SECONDS", "2")
        .env("KIEM_UNCERTAIN_AFTER_SECONDS", "1")
        .env("KIEM_SMTP_ANSWER_SECONDS", "5")
        .env("KIEM_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the program starts")
}

async fn counts(house: &House) -> Vec<(MessageState, i64)> {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    kiem_store::message::counts(&mut tx, None).await.unwrap()
}

async fn unfinished(house: &House) -> i64 {
    counts(house)
        .await
        .into_iter()
        .filter(|(state, _)| {
            matches!(state, MessageState::Queued | MessageState::Claimed | MessageState::Committing)
        })
        .map(|(_, n)| n)
        .sum()
}

async fn survive(db: TestStore, n_workers: usize) {
    let name = db.name;
    let setting = |name: &str| (name == "KIEM_UNCERTAIN_AFTER_SECONDS").then(|| "0".to_owned());
    let house = House::on(db, Clock::System, setting).await;
    std::fs::write(house.engine.config().key_file(), MASTER).unwrap();
    let sink = SmtpSink::start(fault, Duration::from_millis(30)).await;
    queue_mails(&house, &sink).await;

    let mut workers: Vec<Child> = (0..n_workers).map(|_| spawn(&house)).collect();
    for _ in 0..N_KILLS {
        let wait = 100 + u64::from(random()[0]) * 2;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let victim = usize::from(random()[0]) % n_workers;
        workers[victim].kill().expect("kill -9");
        workers[victim].wait().expect("it is gone");
        workers[victim] = spawn(&house);
    }
    for _ in 0..600 {
        if unfinished(&house).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for worker in &mut workers {
        worker.kill().expect("kill");
        worker.wait().expect("it is gone");
    }
    assert_eq!(unfinished(&house).await, 0, "{name}: every mail reaches an end: {:?}", counts(&house).await);

    house.engine.resolve_uncertain(house.workspace).await.expect("the Sent folder can be read");
    let all = messages(&house).await;
    let resolved = all.iter().filter(|m| m.resolved_by.as_deref() == Some("sent_folder")).count();
    assert!(resolved > 0, "{name}: kills and silent servers leave mails to be looked up");
    let accepted = sink.accepted();
    let mut left = 0;
    for message in &all {
        let (message_id, state, reason) = (&message.new.message_id, message.new.state, &message.reason);
        let n = accepted.get(message_id).copied().unwrap_or(0);
        assert!(n <= 1, "{name}: {message_id} was accepted {n} times");
        match state {
            MessageState::Sent => {
                assert_eq!(n, 1, "{name}: {message_id} is marked sent and was not accepted")
            }
            MessageState::Deferred => assert_eq!(n, 0, "{name}: {message_id} waits and was accepted"),
            MessageState::Uncertain => {
                left += 1;
                assert_eq!(n, 0, "{name}: {message_id} was accepted, the look-up should have found it");
                assert!(reason.is_some(), "{name}: {message_id} is uncertain without a reason");
            }
            other => panic!("{name}: {message_id} ended as {other}"),
        }
    }
    assert_eq!(all.len() as u128, N_MAILS, "{name}: no mail disappears");
    println!(
        "{name}: {N_MAILS} mails, {N_KILLS} kills, {resolved} found in the Sent folder, {left} left uncertain"
    );
    house.close().await;
}

async fn messages(house: &House) -> Vec<Message> {
    let filter = MessageFilter { campaign: None, state: None, after: None, limit: 10_000 };
    house.engine.messages(&house.caller(Role::Owner), filter).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_on_sqlite_lose_nothing_and_repeat_nothing() {
    survive(testing::sqlite().await, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_of_three_workers_on_postgresql_lose_nothing_and_repeat_nothing() {
    survive(testing::postgres().await, 3).await;
}
