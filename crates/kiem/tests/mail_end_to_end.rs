//! The main job on real mail: sent through Debian's Postfix with TLS and log-in, read from Dovecot by IMAP.

mod support;

use std::time::{Duration, Instant};

use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::approval::Seen;
use kiem::engine::outreach::campaigns::{CampaignInput, StepInput};
use kiem::engine::{Clock, Role};
use kiem_adapters::net::{Security, Server};
use kiem_adapters::smtp::{Answer, Session, Timeouts};
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::MailboxId;
use kiem_domain::sequence::StepKind;
use kiem_store::message::{MessageFilter, MessageState};
use support::House;
use support::mail_servers::{MailServers, PASSWORD};

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
        task_channel: None,
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
    let id = house.engine.create_mailbox(&owner, &mail.mailbox()).await.unwrap();
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
    let (mut unknown, mut other_name) = (mail.mailbox(), mail.mailbox());
    for server in [&mut unknown.servers.smtp, &mut unknown.servers.imap].into_iter().flatten() {
        server.extra_root = None;
    }
    for server in [&mut other_name.servers.smtp, &mut other_name.servers.imap].into_iter().flatten() {
        server.host = "127.0.0.1".to_owned();
    }
    let id = house.engine.create_mailbox(&owner, &unknown).await.unwrap();
    for (what, input) in [("unknown", unknown), ("of another name", other_name)] {
        house.engine.update_mailbox(&owner, id, &input).await.unwrap();
        let check = house.engine.check_mailbox(&owner, id).await.unwrap();
        for problem in [check.smtp_problem, check.imap_problem] {
            assert!(
                problem.as_deref().is_some_and(|p| p.contains("secure connection")),
                "{what}: {problem:?}"
            );
        }
    }
    assert!(!mail.logs().contains("sasl_username"), "no log-in was tried");
    house.close().await;
}

/// The mails that reached Eva, oldest first.
fn delivered(mail: &MailServers, n: usize) -> Vec<String> {
    for _ in 0..100 {
        let raw = mail.mails("eva@klant.example");
        if raw.len() >= n {
            let mut texts: Vec<String> = raw
                .iter()
                .map(|raw| String::from_utf8_lossy(raw).replace("\r\n", "\n").replace("\n ", " "))
                .collect();
            texts.sort_by_key(|text| text.matches("kiem.example>").count());
            return texts;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{n} mails did not arrive: {}", mail.logs());
}

fn header<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().take_while(|l| !l.is_empty()).find_map(|l| l.strip_prefix(name)?.strip_prefix(": "))
}

/// A campaign of three mails to one lead, approved and sent one after the other.
async fn send_three(house: &House, mail: &MailServers) {
    let owner = house.caller(Role::Owner);
    let id = house.engine.create_mailbox(&owner, &mail.mailbox()).await.unwrap();
    let step = |kind, subject: Option<&str>, wait_days| StepInput {
        id: None,
        kind,
        wait_days,
        subject: subject.map(str::to_owned),
        body: (kind == StepKind::Mail).then(|| "Dag {{ contact.first_name }}.".to_owned()),
        task: None,
        task_channel: None,
    };
    let steps = [
        step(StepKind::Mail, Some("Vraag over planning"), None),
        step(StepKind::Wait, None, Some(3)),
        step(StepKind::Mail, None, None),
        step(StepKind::Wait, None, Some(4)),
        step(StepKind::Mail, None, None),
    ];
    let input = CampaignInput {
        name: "Draad".to_owned(),
        language: "nl".to_owned(),
        mailbox_id: id,
        window: WindowSetting { days: (1..=7).collect(), from: "00:00".to_owned(), to: "23:59".to_owned() },
    };
    let campaign = house.engine.create_campaign(&owner, &input, &steps).await.unwrap();
    house.engine.start_campaign(&owner, campaign).await.unwrap();
    let lead = house.lead(1, "eva@klant.example", "Eva", "Meer", "Bakkerij Klant").await;
    house.engine.enrol(&owner, campaign, &[lead]).await.unwrap();
    let sender = kiem::engine::send::Sender::start(&house.engine).unwrap();
    for n in 1..=3 {
        house.run_jobs().await;
        let draft = wait_for(house, MessageState::Draft).await;
        let seen = Seen { id: draft.new.id, subject: draft.new.subject, body: draft.new.body };
        assert_eq!(house.engine.approve(&owner, &[seen]).await.unwrap().len(), 1, "mail {n}");
        sender.send_due().await.unwrap();
        delivered(mail, n);
        house.run_jobs().await;
        house.advance(jiff::SignedDuration::from_hours(24 * 4));
    }
}

/// The answer of the server is lost for all three. One copy lies in the Sent folder as it was sent, one under an id that
/// the provider chose, and one is not there.
async fn lose_answers(house: &House, mail: &MailServers, texts: &[String], id_of_second: &str) {
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    tx.execute(
        "UPDATE message SET state = 'uncertain', reason = 'no_answer' WHERE workspace_id = $1",
        vec![],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    house.advance(jiff::SignedDuration::from_hours(1));
    let imap = mail.servers().imap.unwrap();
    let credentials =
        kiem_adapters::smtp::Credentials { username: imap.username.clone(), password: PASSWORD.to_owned() };
    let mut open = kiem_adapters::imap::Imap::open(&imap.server().unwrap(), &credentials).await.unwrap();
    let folder = open.sent_folder().await.unwrap().expect("the server names its Sent folder");
    let renamed = texts[1].replace(id_of_second, "<made-up-by-the-provider@mail.example>");
    for text in [&texts[0], &renamed] {
        open.append(&folder, text.replace('\n', "\r\n").as_bytes()).await.unwrap();
    }
    open.log_out().await;
    assert_eq!(house.engine.resolve_uncertain(house.workspace).await.unwrap(), 2, "{}", mail.logs());
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_ups_lie_in_the_thread_and_an_uncertain_mail_is_found_in_the_sent_folder() {
    let mail = MailServers::start();
    let db = kiem_store::testing::sqlite().await;
    let house = House::on(db, Clock::manual(support::tuesday_ten()), |_| None).await;
    house.live().await;
    send_three(&house, &mail).await;
    let texts = delivered(&mail, 3);
    let ids: Vec<&str> = texts.iter().map(|t| header(t, "Message-ID").unwrap()).collect();
    let facts = |n: usize| (header(&texts[n], "Subject").unwrap(), header(&texts[n], "In-Reply-To"));
    assert_eq!(facts(0), ("Vraag over planning", None), "a first mail never pretends to be an answer");
    assert_eq!(facts(1), ("Re: Vraag over planning", Some(ids[0])));
    assert_eq!(facts(2), ("Re: Vraag over planning", Some(ids[1])));
    assert_eq!(header(&texts[0], "References"), None);
    assert_eq!(header(&texts[1], "References"), Some(ids[0]));
    assert_eq!(header(&texts[2], "References"), Some(format!("{} {}", ids[0], ids[1]).as_str()));
    for text in &texts {
        assert_eq!(header(text, "List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        assert!(
            header(text, "List-Unsubscribe").is_some_and(|l| l.starts_with("<http") && l.contains("/u/"))
        );
    }

    lose_answers(&house, &mail, &texts, ids[1]).await;
    let owner = house.caller(Role::Owner);
    let all = house
        .engine
        .messages(&owner, MessageFilter { campaign: None, state: None, after: None, limit: 10 })
        .await
        .unwrap();
    for message in all {
        let there = [ids[0], ids[1]].contains(&format!("<{}>", message.new.message_id).as_str());
        let expected = if there { MessageState::Sent } else { MessageState::Uncertain };
        assert_eq!(message.new.state, expected, "{}", message.new.message_id);
        assert_eq!(message.resolved_by.as_deref(), there.then_some("sent_folder"));
    }
    house.close().await;
}
