//! The sending promise under kill -9: 2,000 mails, a sender killed 20 times at random moments, a server that sometimes
//! takes a mail and says nothing. Nothing silently lost, nothing accepted twice, every uncertain mail explained.

mod support;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kiem::engine::{Clock, Role};
use kiem_store::message::{Message, MessageFilter, MessageState};
use kiem_store::testing::{self, TestStore};
use support::queue::queue_mails;
use support::smtp_sink::{Fault, SmtpSink};
use support::{House, MASTER, imap_sent, random};

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

fn spawn(house: &House) -> Child {
    Command::new(env!("CARGO_BIN_EXE_kiem"))
        .arg("work")
        .env("KIEM_DATABASE_URL", &house.db.url)
        .env("KIEM_DATA_DIR", &house.data_dir)
        .env("KIEM_SEND_LEASE_SECONDS", "2")
        .env("KIEM_UNCERTAIN_AFTER_SECONDS", "1")
        .env("KIEM_SMTP_ANSWER_SECONDS", "5")
        .env("KIEM_LOG", "warn")
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
    let imap = imap_sent::start(sink.clone()).await;
    queue_mails(&house, N_MAILS, sink.address, imap, "Dag,\n\nEen vraag.").await;

    let mut workers: Vec<Child> = (0..n_workers).map(|_| spawn(&house)).collect();
    for _ in 0..N_KILLS {
        let wait = 100 + u64::from(random()[0]) * 2;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let victim = usize::from(random()[0]) % n_workers;
        workers[victim].kill().expect("kill -9");
        workers[victim].wait().expect("it is gone");
        workers[victim] = spawn(&house);
    }
    // A last mail whose only line is dropped waits the two minutes of a server that answers nobody.
    for _ in 0..1_000 {
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

fn signal(process: &Child, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(process.id().to_string()).status();
    assert!(sent.is_ok_and(|status| status.success()), "{name}");
}

/// A sender that was stopped for twice its lease wakes up with mails in its hands that another one has taken over.
#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_slept_through_its_lease_sends_nothing_twice() {
    let setting = |name: &str| (name == "KIEM_UNCERTAIN_AFTER_SECONDS").then(|| "0".to_owned());
    let house = House::on(testing::postgres().await, Clock::System, setting).await;
    std::fs::write(house.engine.config().key_file(), MASTER).unwrap();
    let sink = SmtpSink::start(|_| Fault::None, Duration::from_millis(30)).await;
    let imap = imap_sent::start(sink.clone()).await;
    queue_mails(&house, 600, sink.address, imap, "Dag,\n\nEen vraag.").await;
    let mut workers = [spawn(&house), spawn(&house)];
    while sink.n_accepted() < 50 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    signal(&workers[0], "STOP");
    tokio::time::sleep(Duration::from_secs(5)).await;
    signal(&workers[0], "CONT");
    for _ in 0..1_200 {
        if unfinished(&house).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for worker in &mut workers {
        worker.kill().expect("kill");
        worker.wait().expect("it is gone");
    }
    assert_eq!(unfinished(&house).await, 0, "{:?}", counts(&house).await);
    house.engine.resolve_uncertain(house.workspace).await.expect("the Sent folder can be read");
    let accepted = sink.accepted();
    assert!(accepted.values().all(|n| *n == 1), "a mail was accepted twice");
    for message in messages(&house).await {
        let there = accepted.contains_key(&message.new.message_id);
        match message.new.state {
            MessageState::Sent => assert!(there, "marked sent and not accepted"),
            MessageState::Uncertain | MessageState::Deferred => assert!(!there, "accepted and not found"),
            other => panic!("{} ended as {other}", message.new.message_id),
        }
    }
    house.close().await;
}
