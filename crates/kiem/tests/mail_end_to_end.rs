//! The main job on real mail: sent through Debian's Postfix with TLS and log-in, read from Dovecot by IMAP.

mod support;

use std::time::{Duration, Instant};

use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::approval::Seen;
use kiem::engine::outreach::campaigns::{CampaignInput, StepInput};
use kiem::engine::outreach::mailboxes::MailboxInput;
use kiem::engine::send::{MailServer, MailServers as Servers};
use kiem::engine::{Clock, Role};
use kiem_adapters::net::{Security, Server};
use kiem_adapters::smtp::{Answer, Session, Timeouts};
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::MailboxId;
use kiem_domain::sequence::StepKind;
use kiem_store::message::{MessageFilter, MessageState};
use support::House;
use support::mail_servers::{MailServers, PASSWORD};

fn servers(mail: &MailServers) -> Servers {
    let server = |port, security: &str| MailServer {
        host: "localhost".to_owned(),
        port,
        security: security.to_owned(),
        username: "jan@kiem.example".to_owned(),
        extra_root: Some(mail.root()),
    };
    Servers {
        smtp: Some(server(mail.submission, "start_tls")),
        imap: Some(server(mail.imaps, "tls")),
        sent_folder: String::new(),
    }
}

fn mailbox(mail: &MailServers) -> MailboxInput {
    MailboxInput {
        kind: "smtp_imap".to_owned(),
        address: "jan@kiem.example".to_owned(),
        display_name: "Jan de Boer".to_owned(),
        servers: servers(mail),
        password: Some(PASSWORD.to_owned()),
        signature: String::new(),
        daily_cap: 100,
        gap_seconds_min: 0,
    }
}

/// Approves and sends one mail to Eva, and returns when it lies in her mailbox.
async fn approach(house: &House, mail: &MailServers, mailbox: MailboxId) -> String {
    let owner = house.caller(Role::Owner);
    let always = WindowSetting { days: (1..=7).collect(), from: "00:00".to_owned(), to: "23:59".to_owned() };
    let input = CampaignInput {
        name: "Kennismaken".to_owned(),
        language: "nl".to_owned(),
        mailbox_id: mailbox,
        window: always,
    };
    let step = StepInput {
        id: None,
        kind: StepKind::Mail,
        wait_days: None,
        subject: Some("Vraag aan {{ company.name }}".to_owned()),
        body: Some("Dag {{ contact.first_name }},\n\nHoe regelen jullie de planning nu?".to_owned()),
        task: None,
    };
    let campaign = house.engine.create_campaign(&owner, &input, &[step]).await.unwrap();
    house.engine.start_campaign(&owner, campaign).await.unwrap();
    let lead = house.lead(1, "eva@klant.example", "Eva", "Meer", "Bakkerij Klant").await;
    house.engine.enrol(&owner, campaign, &[lead]).await.unwrap();
    let draft = wait_for(house, MessageState::Draft).await;
    let seen = Seen { id: draft.new.id, subject: draft.new.subject, body: draft.new.body };
    assert_eq!(house.engine.approve(&owner, &[seen]).await.unwrap().len(), 1);
    let sent = wait_for(house, MessageState::Sent).await;
    for _ in 0..100 {
        if let Some(raw) = mail.mails("eva@klant.example").first() {
            let text = String::from_utf8_lossy(raw).into_owned();
            assert!(text.contains(&sent.new.message_id), "{text}");
            return sent.new.message_id;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the mail did not arrive: {}", mail.logs());
}

async fn wait_for(house: &House, state: MessageState) -> kiem_store::message::Message {
    let filter = MessageFilter { campaign: None, state: Some(state), after: None, limit: 10 };
    for _ in 0..150 {
        let found = house.engine.messages(&house.caller(Role::Owner), filter).await.unwrap();
        if let Some(message) = found.into_iter().next() {
            return message;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let filter = MessageFilter { state: None, ..filter };
    panic!("no {state} mail: {:?}", house.engine.messages(&house.caller(Role::Owner), filter).await);
}

/// A person's own mail program delivers an answer to our mailbox.
async fn answer(mail: &MailServers, to_message: &str, text: &str) {
    let server = Server {
        host: "127.0.0.1".to_owned(),
        port: mail.smtp,
        security: Security::PlainLoopback,
        extra_root: None,
    };
    let text = text.replace('\n', "\r\n");
    let raw = format!(
        "From: Eva Meer <eva@klant.example>\r\nTo: jan@kiem.example\r\nSubject: Re: Vraag aan Bakkerij Klant\r\n\
         Message-ID: <antwoord-1@klant.example>\r\nIn-Reply-To: <{to_message}>\r\nReferences: <{to_message}>\r\n\
         Date: Tue, 24 Nov 2026 10:30:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    let (from, to) =
        (EmailAddress::parse("eva@klant.example").unwrap(), EmailAddress::parse("jan@kiem.example").unwrap());
    let mut session = Session::open(&server, None, "klant.example", Timeouts::default()).await.unwrap();
    session.offer(&from, &to, raw.as_bytes()).await.unwrap();
    assert!(matches!(session.commit().await, Answer::Accepted(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_by_real_mail_becomes_a_prospect_within_five_seconds() {
    let mail = MailServers::start();
    let house = House::on(kiem_store::testing::sqlite().await, Clock::System, |_| None).await;
    house.live().await;
    let owner = house.caller(Role::Owner);
    let id = house.engine.create_mailbox(&owner, &mailbox(&mail)).await.unwrap();
    let check = house.engine.check_mailbox(&owner, id).await.unwrap();
    assert_eq!((check.smtp_problem, check.imap_problem), (None, None), "{}", mail.logs());
    let worker = tokio::spawn(kiem::worker::run(house.engine.clone()));

    let message_id = approach(&house, &mail, id).await;
    answer(
        &mail,
        &message_id,
        "Dag Jan,\n\nKlinkt interessant, wat kost dit ongeveer voor 40 man?\n\nGroet, Eva",
    )
    .await;
    let began = Instant::now();
    let mut found = None;
    while found.is_none() && began.elapsed() < Duration::from_secs(20) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        found = tx
            .fetch_optional("SELECT rule FROM promotion WHERE workspace_id = $1", vec![])
            .await
            .unwrap()
            .map(|row| row.get::<String>("rule").unwrap());
    }
    let took = began.elapsed();
    assert_eq!(found.as_deref(), Some("R1"), "{}", mail.logs());
    assert!(took < Duration::from_secs(5), "reply -> prospect took {took:?}");
    assert!(!mail.has_seen_mail("jan@kiem.example"), "Kiem never marks a person's mail as read");
    println!("reply -> prospect: {took:?}");
    worker.abort();
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_an_unknown_certificate_gets_no_password() {
    let mail = MailServers::start();
    let house = House::on(kiem_store::testing::sqlite().await, Clock::System, |_| None).await;
    house.live().await;
    let owner = house.caller(Role::Owner);
    let mut input = mailbox(&mail);
    for server in [&mut input.servers.smtp, &mut input.servers.imap].into_iter().flatten() {
        server.extra_root = None;
    }
    let id = house.engine.create_mailbox(&owner, &input).await.unwrap();
    let check = house.engine.check_mailbox(&owner, id).await.unwrap();
    for problem in [check.smtp_problem, check.imap_problem] {
        assert!(problem.as_deref().is_some_and(|p| p.contains("secure connection")), "{problem:?}");
    }
    assert!(!mail.logs().contains("sasl_username"), "no log-in was tried");
    house.close().await;
}
