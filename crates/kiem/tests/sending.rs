//! What sending promises, against a mail server that misbehaves at every stage.

mod support;

use std::time::Duration;

use jiff::SignedDuration;
use kiem::engine::Role;
use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::approval::Seen;
use kiem::engine::outreach::campaigns::{CampaignInput, StepInput};
use kiem::engine::outreach::mailboxes::MailboxInput;
use kiem::engine::send::{MailServer, MailServers, Sender};
use kiem_domain::contact::EmailAddress;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{CampaignId, LeadId};
use kiem_domain::sequence::StepKind;
use kiem_store::message::{Message, MessageFilter, MessageState};
use support::House;
use support::smtp_sink::{At, Fault, SmtpSink};

fn server(sink: &SmtpSink) -> MailServer {
    MailServer {
        host: "127.0.0.1".to_owned(),
        port: sink.address.port(),
        security: "plain_loopback".to_owned(),
        username: String::new(),
        extra_root: None,
    }
}

fn mail(subject: Option<&str>, body: &str) -> StepInput {
    StepInput {
        id: None,
        kind: StepKind::Mail,
        wait_days: None,
        subject: subject.map(str::to_owned),
        body: Some(body.to_owned()),
        task: None,
        task_channel: None,
    }
}

fn wait(days: i64) -> StepInput {
    StepInput { kind: StepKind::Wait, wait_days: Some(days), body: None, ..mail(None, "") }
}

/// A running campaign of two mails with three days between them.
async fn campaign(house: &House, sink: &SmtpSink, gap_seconds: i64, cap: i64) -> CampaignId {
    campaign_from(house, "jan@kiem.example", sink, gap_seconds, cap).await
}

/// The same from a mailbox with an address of its own.
async fn campaign_from(
    house: &House,
    address: &str,
    sink: &SmtpSink,
    gap_seconds: i64,
    cap: i64,
) -> CampaignId {
    house.live().await;
    let owner = house.caller(Role::Owner);
    let mailbox = house
        .engine
        .create_mailbox(
            &owner,
            &MailboxInput {
                kind: "smtp_imap".to_owned(),
                address: address.to_owned(),
                display_name: "Jan de Boer".to_owned(),
                servers: MailServers {
                    smtp: Some(server(sink)),
                    imap: Some(server(sink)),
                    sent_folder: String::new(),
                },
                password: None,
                signature: "Groet,\nJan".to_owned(),
                daily_cap: cap,
                gap_seconds_min: gap_seconds,
            },
        )
        .await
        .unwrap();
    let input = CampaignInput {
        name: "Kennismaken".to_owned(),
        language: "nl".to_owned(),
        mailbox_id: mailbox,
        window: WindowSetting::default(),
    };
    let steps = [
        mail(
            Some("Vraag aan {{ company.name }}"),
            "Dag {{ contact.first_name }},\n\nZie {{ link('https://www.kiem.example/cases/bakkerij') }}",
        ),
        wait(3),
        mail(None, "Dag {{ contact.first_name }}, nog even hierover."),
    ];
    let id = house.engine.create_campaign(&owner, &input, &steps).await.unwrap();
    house.engine.start_campaign(&owner, id).await.unwrap();
    id
}

async fn drafts(house: &House) -> Vec<Message> {
    let filter = MessageFilter { campaign: None, state: Some(MessageState::Draft), after: None, limit: 1000 };
    house.engine.messages(&house.caller(Role::Owner), filter).await.unwrap()
}

async fn approve_all(house: &House) -> usize {
    let seen: Vec<Seen> = drafts(house)
        .await
        .into_iter()
        .map(|m| Seen { id: m.new.id, subject: m.new.subject, body: m.new.body })
        .collect();
    house.engine.approve(&house.caller(Role::Marketing), &seen).await.unwrap().len()
}

async fn only_message(house: &House) -> Message {
    let filter = MessageFilter { campaign: None, state: None, after: None, limit: 10 };
    let all = house.engine.messages(&house.caller(Role::Owner), filter).await.unwrap();
    assert_eq!(all.len(), 1);
    all.into_iter().next().unwrap()
}

/// One approved mail to one person, ready to be sent.
async fn one_mail(fault: Fault) -> (House, SmtpSink, Sender) {
    one_mail_to(move |n| if n == 1 { fault } else { Fault::None }).await
}

/// The same, with a server that does so every time.
async fn one_mail_always(fault: Fault) -> (House, SmtpSink, Sender) {
    one_mail_to(move |_| fault).await
}

async fn one_mail_to(faults: impl Fn(u64) -> Fault + Send + Sync + 'static) -> (House, SmtpSink, Sender) {
    let house = House::on(
        kiem_store::testing::sqlite().await,
        kiem::engine::Clock::manual(support::tuesday_ten()),
        |name| (name == "KIEM_SMTP_ANSWER_SECONDS").then(|| "1".to_owned()),
    )
    .await;
    let sink = SmtpSink::start(faults, Duration::ZERO).await;
    let id = campaign(&house, &sink, 0, 50).await;
    let lead = house.lead(1, "eva@klant.example", "Eva", "Meer", "Bakkerij Klant").await;
    house.engine.enrol(&house.caller(Role::Marketing), id, &[lead]).await.unwrap();
    house.run_jobs().await;
    assert_eq!(approve_all(&house).await, 1);
    let sender = Sender::start(&house.engine).unwrap();
    (house, sink, sender)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_mail_arrives_as_approved_and_the_follow_up_lies_in_its_thread() {
    let (house, sink, sender) = one_mail(Fault::None).await;
    let approved = only_message(&house).await;
    sender.send_due().await.unwrap();
    let first = String::from_utf8(sink.mails()[0].clone()).unwrap();
    for expected in [
        "Subject: Vraag aan Bakkerij Klant",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "To: ",
        "eva@klant.example",
        "Kiem Voorbeeld BV",
        "uw website",
    ] {
        assert!(first.contains(expected), "{expected} in {first}");
    }
    assert!(!first.contains("In-Reply-To"), "a first mail never pretends to be an answer");
    assert_eq!(only_message(&house).await.new.state, MessageState::Sent);

    house.run_jobs().await;
    house.advance(SignedDuration::from_hours(24 * 3));
    house.run_jobs().await;
    assert_eq!(approve_all(&house).await, 1, "the follow-up is due after three days");
    sender.send_due().await.unwrap();
    let second = String::from_utf8(sink.mails()[1].clone()).unwrap();
    assert!(second.contains("Subject: Re: Vraag aan Bakkerij Klant"), "{second}");
    assert!(second.contains(&format!("In-Reply-To: <{}>", approved.new.message_id)), "{second}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_before_the_dot_means_not_sent_and_after_it_only_an_answer_is_certain() {
    for (fault, state, n_accepted) in [
        (Fault::DropAtConnect, MessageState::Queued, 0),
        (Fault::EndlessLine, MessageState::Queued, 0),
        (Fault::Reply(At::Greeting, 554), MessageState::Queued, 0),
        (Fault::Reply(At::Greeting, 421), MessageState::Queued, 0),
        (Fault::DropAfterEhlo, MessageState::Deferred, 0),
        (Fault::DropAfterMail, MessageState::Deferred, 0),
        (Fault::DropAfterRcpt, MessageState::Deferred, 0),
        (Fault::DropAtData, MessageState::Deferred, 0),
        (Fault::DropInBody, MessageState::Uncertain, 0),
        (Fault::Reply(At::Mail, 451), MessageState::Deferred, 0),
        (Fault::Reply(At::Rcpt, 450), MessageState::Deferred, 0),
        (Fault::Reply(At::Rcpt, 550), MessageState::Failed, 0),
        (Fault::Reply(At::Data, 452), MessageState::Deferred, 0),
        (Fault::Reply(At::Data, 554), MessageState::Failed, 0),
        (Fault::Reply(At::Dot, 451), MessageState::Deferred, 0),
        (Fault::Reply(At::Dot, 421), MessageState::Deferred, 0),
        (Fault::Reply(At::Dot, 552), MessageState::Failed, 0),
        (Fault::RefuseSilently, MessageState::Uncertain, 0),
        (Fault::AcceptThenDrop, MessageState::Uncertain, 1),
        (Fault::AcceptThenHang, MessageState::Uncertain, 1),
        (Fault::SlowReply, MessageState::Sent, 1),
        (Fault::CrawlingReply, MessageState::Uncertain, 1),
        (Fault::LongReply, MessageState::Uncertain, 1),
        (Fault::MixedReply, MessageState::Uncertain, 1),
        (Fault::BareLfReply, MessageState::Sent, 1),
        (Fault::EarlyReply, MessageState::Deferred, 0),
        (Fault::NoPipelining, MessageState::Sent, 1),
        (Fault::Reply(At::Mail, 421), MessageState::Deferred, 0),
        (Fault::Reply(At::Mail, 550), MessageState::Deferred, 0),
        (Fault::Reply(At::Rcpt, 421), MessageState::Deferred, 0),
        (Fault::Reply(At::Rcpt, 552), MessageState::Failed, 0),
        (Fault::Reply(At::Data, 421), MessageState::Deferred, 0),
        (Fault::Reply(At::Dot, 452), MessageState::Deferred, 0),
        (Fault::Reply(At::Dot, 550), MessageState::Failed, 0),
        (Fault::Reply(At::Dot, 554), MessageState::Failed, 0),
        (Fault::Reply(At::Dot, 354), MessageState::Uncertain, 0),
    ] {
        let (house, sink, sender) = one_mail(fault).await;
        sender.send_due().await.unwrap();
        let message = only_message(&house).await;
        assert_eq!(message.new.state, state, "{fault:?}: {:?}", message.server_reply);
        assert_eq!(sink.n_accepted(), n_accepted, "{fault:?}");
        if state != MessageState::Sent {
            assert!(message.reason.is_some(), "{fault:?} has a reason");
        }
        // What is certain to be not sent is tried again and arrives once; what is uncertain never is.
        house.advance(SignedDuration::from_mins(30));
        sender.send_due().await.unwrap();
        let again = usize::from(matches!(state, MessageState::Queued | MessageState::Deferred));
        assert_eq!(sink.n_accepted(), n_accepted + again, "{fault:?} half an hour later");
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_always_says_later_is_not_asked_for_ever() {
    let (house, sink, sender) = one_mail_always(Fault::Reply(At::Rcpt, 450)).await;
    for _ in 0..14 {
        sender.send_due().await.unwrap();
        house.advance(SignedDuration::from_hours(24));
    }
    assert_eq!((only_message(&house).await.new.state, sink.n_accepted()), (MessageState::Failed, 0));
    assert!(only_message(&house).await.reason.unwrap().contains("given up after 8 tries"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_hangs_holds_up_only_its_own_mailbox() {
    let house = House::on(
        kiem_store::testing::sqlite().await,
        kiem::engine::Clock::manual(support::tuesday_ten()),
        |name| (name == "KIEM_SMTP_ANSWER_SECONDS").then(|| "3".to_owned()),
    )
    .await;
    let hanging = SmtpSink::start(|_| Fault::AcceptThenHang, Duration::ZERO).await;
    let good = SmtpSink::start(|_| Fault::None, Duration::ZERO).await;
    let mut tasks = tokio::task::JoinSet::new();
    let sender = Sender::start(&house.engine).unwrap();
    for (n, address, sink) in [(1, "jan@kiem.example", &hanging), (3, "eva@kiem.example", &good)] {
        let id = campaign_from(&house, address, sink, 0, 50).await;
        let lead = house.lead(n, &format!("eva{n}@klant{n}.example"), "Eva", "Meer", "Bakkerij Klant").await;
        house.engine.enrol(&house.caller(Role::Marketing), id, &[lead]).await.unwrap();
        house.run_jobs().await;
        assert_eq!(approve_all(&house).await, 1);
        assert_eq!(sender.begin_due(&mut tasks).await.unwrap(), 1, "{address}");
        while n == 1 && hanging.n_accepted() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    assert_eq!(tasks.join_next().await.unwrap().unwrap(), 1);
    assert_eq!((good.n_accepted(), tasks.len()), (1, 1), "the other is still waiting for its server");
    assert_eq!(tasks.join_next().await.unwrap().unwrap(), 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_waits_for_a_mail_in_doubt_until_somebody_knows_or_a_day_has_gone() {
    for is_settled in [true, false] {
        let (house, _, sender) = one_mail(Fault::AcceptThenDrop).await;
        sender.send_due().await.unwrap();
        house.run_jobs().await;
        let due = async || {
            let mut tx = house.db.store.read(house.workspace).await.unwrap();
            let enrolment = only_message(&house).await.new.enrolment_id.unwrap();
            kiem_store::campaign::enrolment(&mut tx, enrolment).await.unwrap().unwrap().due_at
        };
        house.advance(SignedDuration::from_hours(1));
        house.run_jobs().await;
        assert_eq!(due().await, None, "in doubt, nothing is planned");
        if is_settled {
            let message = only_message(&house).await;
            house.engine.settle_as_sent(&house.caller(Role::Owner), &message, "person").await.unwrap();
        } else {
            house.advance(SignedDuration::from_hours(24));
        }
        house.run_jobs().await;
        assert!(due().await.is_some(), "settled: {is_settled}");
        let state = if is_settled { MessageState::Sent } else { MessageState::Uncertain };
        assert_eq!(only_message(&house).await.new.state, state, "a day proves nothing");
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_after_approval_wins() {
    let (house, sink, sender) = one_mail(Fault::None).await;
    let address = EmailAddress::parse("Eva+nieuws@klant.example").unwrap();
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    let order = kiem::engine::suppress::StopOrder {
        address: &address,
        reason: "unsubscribed",
        source: "test",
        lead: None,
        actor: kiem_store::event::Actor::Lead,
    };
    house.engine.suppress(&mut tx, order).await.unwrap();
    tx.commit().await.unwrap();
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 0);
    let message = only_message(&house).await;
    assert_eq!((message.new.state, message.reason.as_deref()), (MessageState::Stopped, Some("suppressed")));
    house.close().await;
}

async fn ground_is_gone(house: &House, lead: LeadId) {
    let marketing = house.caller(Role::Marketing);
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let person = kiem_store::campaign::recipient(&mut tx, lead).await.unwrap().unwrap();
    drop(tx);
    house.engine.remove_ground(&marketing, person.contact_id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ground_that_is_gone_stops_an_approved_mail() {
    let (house, sink, sender) = one_mail(Fault::None).await;
    let lead = only_message(&house).await.new.lead_id.unwrap();
    ground_is_gone(&house, lead).await;
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 0);
    let message = only_message(&house).await;
    assert_eq!((message.new.state, message.reason.as_deref()), (MessageState::Stopped, Some("no_ground")));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_turns_out_to_be_a_guess_stops_an_approved_mail() {
    let (house, sink, sender) = one_mail(Fault::None).await;
    let contact = only_message(&house).await.new.contact_id.unwrap();
    let marketing = house.caller(Role::Marketing);
    house.engine.put_address_origin(&marketing, contact, AddressOrigin::Guessed).await.unwrap();
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 0);
    let message = only_message(&house).await;
    let reason = message.reason.as_deref();
    assert_eq!((message.new.state, reason), (MessageState::Stopped, Some("guessed_address")));
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let company = message.new.company_id.unwrap();
    let events = kiem_store::event::timeline(&mut tx, company, jiff::Timestamp::MAX, 50).await.unwrap();
    let stopped = events.iter().find(|e| e.kind == "message.stopped").unwrap();
    assert!(stopped.data.contains("NL v2"), "the rule stands beside the reason: {}", stopped.data);
    drop(tx);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ground_that_is_gone_stops_a_mail_between_two_tries() {
    let (house, sink, sender) = one_mail(Fault::Reply(At::Rcpt, 450)).await;
    sender.send_due().await.unwrap();
    let lead = only_message(&house).await.new.lead_id.unwrap();
    ground_is_gone(&house, lead).await;
    house.advance(SignedDuration::from_mins(30));
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 0);
    let message = only_message(&house).await;
    assert_eq!((message.new.state, message.reason.as_deref()), (MessageState::Stopped, Some("no_ground")));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ground_that_is_gone_stops_a_draft_at_approval() {
    let (house, sink, sender) = one_mail(Fault::None).await;
    let campaign = only_message(&house).await.new.campaign_id.unwrap();
    let lead = house.lead(2, "tom@widgets.example", "Tom", "Bos", "Widgets").await;
    house.engine.enrol(&house.caller(Role::Owner), campaign, &[lead]).await.unwrap();
    house.run_jobs().await;
    ground_is_gone(&house, lead).await;
    assert_eq!(approve_all(&house).await, 0);
    let filter = MessageFilter { campaign: None, state: None, after: None, limit: 10 };
    let all = house.engine.messages(&house.caller(Role::Owner), filter).await.unwrap();
    let tom = all.iter().find(|m| m.new.lead_id == Some(lead)).unwrap();
    assert_eq!((tom.new.state, tom.reason.as_deref()), (MessageState::Stopped, Some("no_ground")));
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 1, "Eva's mail goes its way");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_address_suppresses_and_a_refusal_of_us_does_not() {
    for (fault, is_suppressed, n_refused) in [
        (Fault::Say(At::Rcpt, "550 5.1.1 no such user"), true, 0),
        (Fault::Say(At::Dot, "550 5.1.1 no such user"), true, 0),
        (Fault::Say(At::Rcpt, "550 5.7.1 blocked by reputation"), false, 1),
        (Fault::Say(At::Dot, "554 5.7.1 message looks like spam"), false, 1),
        (Fault::Say(At::Rcpt, "550 no"), false, 1),
    ] {
        let (house, sink, sender) = one_mail(fault).await;
        sender.send_due().await.unwrap();
        house.run_jobs().await;
        let message = only_message(&house).await;
        assert_eq!((message.new.state, sink.n_accepted()), (MessageState::Failed, 0), "{fault:?}");
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let eva = EmailAddress::parse("eva@klant.example").unwrap();
        assert_eq!(house.engine.is_suppressed(&mut tx, &eva).await.unwrap(), is_suppressed, "{fault:?}");
        let lead =
            kiem_store::promotion::lead_facts(&mut tx, message.new.lead_id.unwrap()).await.unwrap().unwrap();
        assert_eq!(lead.state == "blocked", is_suppressed, "{fault:?}: {}", lead.state);
        drop(tx);
        let refusals = house.engine.mailbox_refusals(&house.caller(Role::Owner)).await.unwrap();
        assert_eq!(refusals.iter().map(|one| one.n).sum::<i64>(), n_refused, "{fault:?}");
        if n_refused > 0 {
            assert_eq!(message.reason.as_deref(), Some("refused_as_sender"));
            assert!(refusals[0].last_words.contains('5'), "{refusals:?}");
        }
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_mail_and_lets_it_go_afterwards() {
    let (house, sink, sender) = one_mail(Fault::None).await;
    let owner = house.caller(Role::Owner);
    let id = only_message(&house).await.new.campaign_id.unwrap();
    house.engine.pause_campaign(&owner, id).await.unwrap();
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 0);
    house.engine.start_campaign(&owner, id).await.unwrap();
    house.advance(SignedDuration::from_mins(6));
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_after_it_was_seen_is_not_approved() {
    let (house, _sink, _sender) = one_mail(Fault::None).await;
    let lead = house.lead(2, "tom@widgets.example", "Tom", "Bos", "Widgets").await;
    let id = only_message(&house).await.new.campaign_id.unwrap();
    house.engine.enrol(&house.caller(Role::Owner), id, &[lead]).await.unwrap();
    house.run_jobs().await;
    let draft = drafts(&house).await.into_iter().next().unwrap();
    let seen = Seen { id: draft.new.id, subject: draft.new.subject, body: "something else".to_owned() };
    assert!(house.engine.approve(&house.caller(Role::Owner), &[seen]).await.unwrap().is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_mail_keeps_the_lines_that_the_law_asks_for() {
    let (house, _sink, _sender) = one_mail(Fault::None).await;
    let lead = house.lead(2, "tom@widgets.example", "Tom", "Bos", "Widgets").await;
    let id = only_message(&house).await.new.campaign_id.unwrap();
    let owner = house.caller(Role::Owner);
    house.engine.enrol(&owner, id, &[lead]).await.unwrap();
    house.run_jobs().await;
    let draft = drafts(&house).await.into_iter().next().unwrap().new;
    let without = |part: &str| {
        let lines: Vec<&str> = draft.body.lines().filter(|line| !line.contains(part)).collect();
        assert!(lines.len() < draft.body.lines().count(), "{part} was there");
        lines.join("\n")
    };
    for (part, code) in
        [("Dam 1", "identity_line"), ("Uw gegevens", "source_line"), ("Liever geen mail", "opt_out_line")]
    {
        let error =
            house.engine.edit_draft(&owner, draft.id, &draft.subject, &without(part)).await.unwrap_err();
        assert!(format!("{error:?}").contains(code), "{part}: {error:?}");
    }
    let broken =
        draft.body.replace("Groet,", "Met groet,\n").replace("Liever geen mail", "Liever\ngeen mail");
    house.engine.edit_draft(&owner, draft.id, "Nog een vraag", &broken).await.unwrap();
    assert_eq!(drafts(&house).await[0].new.body, broken);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_minimum_gap_and_the_daily_cap_hold() {
    let house = House::sqlite().await;
    let sink = SmtpSink::start(|_| Fault::None, Duration::ZERO).await;
    let id = campaign(&house, &sink, 60, 3).await;
    let mut leads: Vec<LeadId> = Vec::new();
    for n in 1..=6 {
        leads.push(house.lead(n, &format!("p{n}@c{n}.example"), "Piet", "Jansen", &format!("C{n}")).await);
    }
    house.engine.enrol(&house.caller(Role::Owner), id, &leads).await.unwrap();
    house.run_jobs().await;
    assert_eq!(approve_all(&house).await, 6);
    let sender = Sender::start(&house.engine).unwrap();
    for minute in 0..10 {
        sender.send_due().await.unwrap();
        sender.send_due().await.unwrap();
        assert_eq!(sink.n_accepted(), 3.min(minute + 1), "one a minute, three a day");
        house.advance(SignedDuration::from_secs(61));
    }
    house.advance(SignedDuration::from_hours(24));
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 4, "the next day goes on");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_outside_the_recipients_window() {
    let (house, sink, sender) = one_mail(Fault::None).await;
    house.advance(SignedDuration::from_hours(8));
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 0, "six in the evening");
    house.advance(SignedDuration::from_hours(15));
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 1, "nine the next morning");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tls_no_password_and_no_mail_leave() {
    let sink = SmtpSink::start(|_| Fault::None, Duration::ZERO).await;
    let server = kiem_adapters::net::Server {
        host: "localhost".to_owned(),
        port: sink.address.port(),
        security: kiem_adapters::net::Security::StartTls,
        extra_root: None,
    };
    let credentials =
        kiem_adapters::smtp::Credentials { username: "jan".to_owned(), password: "geheim".to_owned() };
    let opened = kiem_adapters::smtp::Session::open(
        &server,
        Some(&credentials),
        "kiem.example",
        kiem_adapters::smtp::Timeouts::default(),
    )
    .await;
    assert!(
        opened.is_err_and(|e| e.to_string().contains("STARTTLS")),
        "somebody took STARTTLS out of the answer"
    );
    assert_eq!(sink.commands(), ["EHLO kiem.example"], "nothing else was said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_holds_the_mail_and_is_said_beside_the_mailbox() {
    let house = House::sqlite().await;
    let faulty = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let is_faulty = faulty.clone();
    let sink = SmtpSink::start(
        move |_| {
            if is_faulty.load(std::sync::atomic::Ordering::SeqCst) {
                Fault::RefusePassword
            } else {
                Fault::None
            }
        },
        Duration::ZERO,
    )
    .await;
    support::queue::queue_mails(&house, 3, sink.address, sink.address, "Dag,\n\nEen vraag.").await;
    let owner = house.caller(Role::Owner);
    let mut mailbox = house.engine.mailboxes(&owner, false).await.unwrap().remove(0);
    let mut servers: MailServers = serde_json::from_str(&mailbox.servers).unwrap();
    servers.smtp.as_mut().unwrap().username = "jan".to_owned();
    mailbox.servers = serde_json::to_string(&servers).unwrap();
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    kiem_store::mailbox::update(&mut tx, &mailbox).await.unwrap();
    tx.commit().await.unwrap();

    let sender = Sender::start(&house.engine).unwrap();
    sender.send_due().await.unwrap();
    let said = house.engine.mailboxes(&owner, false).await.unwrap().remove(0);
    assert_eq!(said.state, "failing");
    assert!(said.state_reason.as_deref().is_some_and(|r| r.contains("535")), "{said:?}");
    assert_eq!(sink.n_accepted(), 0);
    assert!(!sink.commands().iter().any(|c| c.starts_with("MAIL")), "{:?}", sink.commands());

    // The password is right again: everything leaves, once, and the mailbox is well.
    faulty.store(false, std::sync::atomic::Ordering::SeqCst);
    servers.smtp.as_mut().unwrap().username = String::new();
    mailbox.servers = serde_json::to_string(&servers).unwrap();
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    kiem_store::mailbox::update(&mut tx, &mailbox).await.unwrap();
    tx.commit().await.unwrap();
    house.advance(SignedDuration::from_mins(3));
    sender.send_due().await.unwrap();
    assert_eq!(sink.n_accepted(), 3);
    assert_eq!(house.engine.mailboxes(&owner, false).await.unwrap()[0].state, "active");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_means_stop_at_every_moment_of_the_sending() {
    let house = House::on(kiem_store::testing::sqlite().await, kiem::engine::Clock::System, |_| None).await;
    let sink = SmtpSink::start(|_| Fault::None, Duration::from_millis(20)).await;
    support::queue::queue_mails(&house, 400, sink.address, sink.address, "Dag,\n\nEen vraag.").await;
    let sender = Sender::start(&house.engine).unwrap();
    let sending = tokio::spawn(async move {
        for _ in 0..100 {
            sender.send_due().await.unwrap();
        }
    });
    let mut stopped = std::collections::BTreeMap::new();
    for n in (0..120).map(|i| 1 + i * 53 % 400) {
        let address = EmailAddress::parse(&format!("p{n}@c{n}.example")).unwrap();
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        let order = kiem::engine::suppress::StopOrder {
            address: &address,
            reason: "unsubscribed",
            source: "test",
            lead: None,
            actor: kiem_store::event::Actor::Lead,
        };
        house.engine.suppress(&mut tx, order).await.unwrap();
        tx.commit().await.unwrap();
        stopped.insert(address.to_string(), house.engine.now());
        tokio::time::sleep(Duration::from_millis(u64::from(support::random()[0]) / 40)).await;
    }
    let owner = house.caller(Role::Owner);
    let campaign = CampaignId(uuid::Uuid::from_u128(5));
    house.engine.pause_campaign(&owner, campaign).await.unwrap();
    let paused_at = house.engine.now();
    tokio::time::sleep(Duration::from_millis(300)).await;
    sending.abort();
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let rows = tx
        .fetch_all("SELECT recipient, committed_at, state FROM message WHERE workspace_id = $1", vec![])
        .await
        .unwrap();
    let (mut n_stopped, mut n_sent) = (0, 0);
    for row in &rows {
        let recipient: String = row.get("recipient").unwrap();
        let committed_at = row.opt_instant("committed_at").unwrap();
        if let Some(at) = committed_at {
            n_sent += 1;
            assert!(at <= paused_at, "{recipient} was handed over at {at}, after the pause at {paused_at}");
        }
        if let Some(since) = stopped.get(&recipient) {
            n_stopped += usize::from(committed_at.is_none());
            assert!(
                committed_at.is_none_or(|at| at <= *since),
                "{recipient} opted out at {since}: {committed_at:?}"
            );
        }
    }
    drop(tx);
    assert!(n_stopped > 10 && n_sent > 10, "the moments were mixed: {n_stopped} stopped, {n_sent} sent");
    house.close().await;
}
