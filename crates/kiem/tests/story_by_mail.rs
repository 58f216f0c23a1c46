//! The story on real mail, on both databases: a list is brought in, a mail leaves through Debian's Postfix, the lead's
//! own mail program answers, the answer is read from Dovecot, and the conversation goes on to an accepted quote.

mod support;

use std::future::Future;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use kiem::engine::audience::{ImportOrder, NewGround, Upload};
use kiem::engine::outreach::WindowSetting;
use kiem::engine::outreach::approval::Seen;
use kiem::engine::outreach::campaigns::{CampaignInput, StepInput};
use kiem::engine::sales::NextAction;
use kiem::engine::sales::quotes::QuoteDraft;
use kiem::engine::sales::reply::Reply;
use kiem::engine::{Caller, Clock, Role};
use kiem_adapters::net::{Security, Server};
use kiem_adapters::smtp::{Answer, Session, Timeouts};
use kiem_domain::consent::Basis;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{LeadId, ProspectId};
use kiem_domain::lifecycle::Lifecycle;
use kiem_domain::money::{Currency, Line};
use kiem_domain::sequence::StepKind;
use kiem_store::message::{MessageFilter, MessageState};
use kiem_store::prospect::{ProspectFilter, ProspectSort};
use kiem_store::quote::QuoteLine;
use support::House;
use support::mail_servers::MailServers;
use tower::ServiceExt as _;

const LIST: &str = "Bedrijfsnaam;Website;Land;Voornaam;Achternaam;E-mail;Functie\r\n\
    Bakkerij Klant B.V.;www.klant.example;Nederland;Eva;Meer;eva@klant.example;Eigenaar\r\n\
    Bakkerij Klant B.V.;www.klant.example;Nederland;Tom;Bos;tom@klant.example;Planner\r\n";

/// Asks until there is an answer; real servers take their time, but not ten seconds.
async fn until<T, F: Future<Output = Option<T>>>(what: &str, mail: &MailServers, ask: impl Fn() -> F) -> T {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} did not come: {}", mail.logs());
}

/// The list, with the ground that a person declares, and the leads that came of it.
async fn bring_in(house: &House, mail: &MailServers) -> Vec<LeadId> {
    let caller = house.caller(Role::Marketing);
    let upload = Upload { file_name: "lijst.csv".to_owned(), bytes: LIST.as_bytes().to_vec() };
    let preview = house.engine.import_preview(&caller, upload).await.unwrap();
    let order = ImportOrder {
        mapping: preview.proposals.iter().map(|p| (p.column, p.field)).collect(),
        ground: NewGround {
            basis: Basis::ExistingCustomer,
            source: "uw bestelling".to_owned(),
            source_detail: String::new(),
            evidence_url: String::new(),
            obtained_on: jiff::civil::date(2026, 11, 1),
        },
        default_country: None,
        encoding: None,
        policy: kiem::engine::audience::ConflictPolicy::Fill,
        rows: Vec::new(),
        values: Vec::new(),
        date_order: None,
    };
    house.engine.import_start(&caller, preview.run.id, order).await.unwrap();
    until("the list", mail, async || {
        let rows = house.marketing_list("").await;
        (rows.len() == 2).then(|| rows.into_iter().map(|row| row.lead.id).collect())
    })
    .await
}

/// A campaign to both, of which only Eva's mail is approved.
async fn approach(house: &House, mail: &MailServers, leads: &[LeadId]) {
    let owner = house.caller(Role::Owner);
    let mailbox_id = house.engine.create_mailbox(&owner, &mail.mailbox()).await.unwrap();
    let input = CampaignInput {
        name: "Kennismaken".to_owned(),
        language: "nl".to_owned(),
        mailbox_id,
        window: WindowSetting { days: (1..=7).collect(), from: "00:00".to_owned(), to: "23:59".to_owned() },
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
    house.engine.enrol(&owner, campaign, leads).await.unwrap();
    let filter = MessageFilter { campaign: None, state: Some(MessageState::Draft), after: None, limit: 10 };
    let draft = until("the draft", mail, async || {
        let drafts = house.engine.messages(&owner, filter).await.unwrap();
        let all = drafts.len() == 2;
        drafts.into_iter().find(|m| all && m.new.recipient == "eva@klant.example")
    })
    .await;
    let seen = Seen { id: draft.new.id, subject: draft.new.subject, body: draft.new.body };
    assert_eq!(house.engine.approve(&owner, &[seen]).await.unwrap().len(), 1);
}

/// The `n`th mail that reached Eva.
async fn arrived(mail: &MailServers, part: &str) -> String {
    until(part, mail, async || {
        let texts = mail.mails("eva@klant.example").into_iter().map(|raw| {
            String::from_utf8_lossy(&raw).replace("\r\n", "\n").replace("\n ", " ").replace("=\n", "")
        });
        texts.into_iter().find(|text| text.contains(part))
    })
    .await
}

fn header_of<'t>(text: &'t str, name: &str) -> &'t str {
    let line =
        text.lines().take_while(|l| !l.is_empty()).find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or_else(|| panic!("no {name} in {text}"))
}

/// Eva's own mail program answers.
async fn answer(mail: &MailServers, to_message: &str, text: &str) {
    let server = Server {
        host: "127.0.0.1".to_owned(),
        port: mail.smtp,
        security: Security::PlainLoopback,
        extra_root: None,
    };
    let raw = format!(
        "From: Eva Meer <eva@klant.example>\r\nTo: jan@kiem.example\r\nSubject: Re: Vraag aan Bakkerij Klant B.V.\r\n\
         Message-ID: <antwoord-1@klant.example>\r\nIn-Reply-To: {to_message}\r\nReferences: {to_message}\r\n\
         Date: Tue, 24 Nov 2026 10:30:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
        text.replace('\n', "\r\n")
    );
    let address = |text: &str| EmailAddress::parse(text).unwrap();
    let mut session = Session::open(&server, None, "klant.example", Timeouts::default()).await.unwrap();
    session.offer(&address("eva@klant.example"), &address("jan@kiem.example"), raw.as_bytes()).await.unwrap();
    assert!(matches!(session.commit().await, Answer::Accepted(_)));
}

async fn send_quote(house: &House, sales: &Caller, id: ProspectId) {
    let made = house.engine.create_quote(sales, id, "Planning").await.unwrap();
    let line = Line { quantity_milli: 1_000, unit_price_cents: 10_000_00, discount_bp: 0, vat_bp: 2_100 };
    let draft = QuoteDraft {
        contact_id: made.quote.contact_id,
        language: made.quote.language,
        title: "Planning".to_owned(),
        intro: made.quote.intro.clone(),
        terms: made.quote.terms.clone(),
        currency: Currency::Eur,
        valid_until: made.quote.valid_until,
        lines: vec![QuoteLine { description: "Invoering".to_owned(), line }],
    };
    house.engine.change_quote(sales, made.quote.id, draft).await.unwrap();
    house.engine.send_quote(sales, made.quote.id, "Hierbij de offerte.", None).await.unwrap();
}

async fn accept(house: &House, path: &str) {
    let request = Request::builder()
        .method("POST")
        .uri(format!("{path}/acceptance"))
        .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("name=Eva+Meer&confirm=yes"))
        .unwrap();
    let response = kiem::api::service(house.engine.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
}

async fn story(house: House) {
    let mail = MailServers::start();
    house.live().await;
    let worker = tokio::spawn(kiem::worker::run(house.engine.clone()));
    let leads = bring_in(&house, &mail).await;
    approach(&house, &mail, &leads).await;
    let first = arrived(&mail, "Vraag aan").await;

    answer(&mail, header_of(&first, "Message-ID"), "Klinkt interessant, wat kost dit voor 40 man?\n\nEva")
        .await;
    let began = Instant::now();
    let sales = house.caller(Role::Sales);
    let id = until("the prospect", &mail, async || {
        let filter = ProspectFilter::default();
        let (cards, _) = house.engine.prospects(&sales, &filter, ProspectSort::Due, None, 10).await.unwrap();
        cards.first().map(|card| card.card.prospect.id)
    })
    .await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "reply -> prospect took {took:?}");
    println!("{}: reply -> prospect: {took:?}", house.db.name);
    let filter = MessageFilter { campaign: None, state: None, after: None, limit: 10 };
    let outreach = house.engine.messages(&sales, filter).await.unwrap();
    let to_tom = outreach.iter().find(|m| m.new.recipient == "tom@klant.example").unwrap();
    assert_eq!(to_tom.new.state, MessageState::Stopped, "the colleague is not approached any more");

    let next = NextAction {
        text: "bel Eva".to_owned(),
        kind: "call".to_owned(),
        at: house.clock.now() + SignedDuration::from_hours(30),
    };
    let reply = Reply {
        contact: None,
        subject: String::new(),
        text: "Dag Eva, dat reken ik uit.".to_owned(),
        next: Some(next),
        despite: None,
    };
    house.engine.reply_to_prospect(&sales, id, reply).await.unwrap();
    let second = arrived(&mail, "dat reken ik uit").await;
    assert_eq!(header_of(&second, "In-Reply-To"), "<antwoord-1@klant.example>", "in the same thread");
    assert!(second.lines().all(|line| !line.starts_with("List-Unsubscribe")), "a conversation is no list");

    send_quote(&house, &sales, id).await;
    let third = arrived(&mail, "Hierbij de offerte").await;
    let start = third.find("/q/").expect("the address of the quote");
    let path: String = third[start..].chars().take_while(|c| !c.is_whitespace()).collect();
    assert_eq!(house.engine.prospect(&sales, id).await.unwrap().lifecycle, Lifecycle::Opportunity);
    accept(&house, &path).await;
    assert_eq!(house.engine.prospect(&sales, id).await.unwrap().lifecycle, Lifecycle::Customer);
    assert!(!mail.has_seen_mail("jan@kiem.example"), "Kiem never marks a person's mail as read");
    worker.abort();
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_becomes_a_customer_by_real_mail_on_sqlite() {
    story(House::on(kiem_store::testing::sqlite().await, Clock::System, |_| None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_becomes_a_customer_by_real_mail_on_postgres() {
    story(House::on(kiem_store::testing::postgres().await, Clock::System, |_| None).await).await;
}
