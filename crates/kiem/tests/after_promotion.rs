//! What happens after a lead became a prospect: who hears of what, who is left alone, and that nothing is forgotten.

mod support;

use jiff::SignedDuration;
use kiem::engine::public::booking::BookingInput;
use kiem::engine::public::booking_page::{AvailabilityDoc, BookingPageInput, HoursDoc};
use kiem::engine::public::form::FilledForm;
use kiem::engine::public::inlet::InletInput;
use kiem::engine::sales::quotes::QuoteDraft;
use kiem::engine::sales::reply::Reply;
use kiem::engine::{EngineError, Role};
use kiem::messages::Lang;
use kiem_domain::conversation::ProspectState;
use kiem_domain::id::{LeadId, QuoteId, UserId};
use kiem_domain::money::{Currency, Line};
use kiem_domain::opportunity::QuoteState;
use kiem_domain::qualification::{Aspect, FindingSource, Level};
use kiem_store::job::{self, NewJob};
use kiem_store::message::MessageState;
use kiem_store::notification::{self, Notification};
use kiem_store::prospect::Prospect;
use kiem_store::quote::QuoteLine;
use kiem_store::{args, audit, inbound, task};
use support::play::{Play, QUESTION};
use support::{House, user_id};
use uuid::Uuid;

const SALES: usize = 3;
const MANAGER: usize = 1;

/// Kinds of what a member was told, oldest first.
async fn told(house: &House, user: UserId) -> Vec<Notification> {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let mut list = notification::list(&mut tx, user, None, 50).await.unwrap();
    list.reverse();
    list
}

async fn kinds(house: &House, user: usize) -> Vec<String> {
    told(house, user_id(user)).await.into_iter().map(|n| n.kind).collect()
}

/// Eva is a prospect of the seller.
async fn prospect() -> (Play, LeadId, Prospect) {
    let (play, lead) = Play::eva().await;
    play.reply(QUESTION).await;
    let pursuit = play.prospect(lead).await.unwrap();
    assert_eq!(pursuit.owner_id, user_id(SALES));
    (play, lead, pursuit)
}

fn answer(text: &str) -> Reply {
    Reply { contact: None, subject: String::new(), text: text.to_owned(), next: None, despite: None }
}

/// Eva fills the quote form in.
async fn asks_for_quote(play: &Play, email: &str) {
    let owner = play.house.caller(Role::Owner);
    let input = InletInput {
        kind: "quote_form".to_owned(),
        name: format!("Site {}", Uuid::from_bytes(support::random())),
        secret: None,
        allowed_origins: Vec::new(),
        active: true,
    };
    let url = play.house.engine.add_inlet(&owner, &input).await.unwrap().url;
    let form = play.house.engine.quote_form(url.rsplit('/').next().unwrap()).await.unwrap().unwrap();
    play.house.advance(SignedDuration::from_secs(20));
    let filled = FilledForm {
        token: form.token.clone(),
        name: "Eva Meer".to_owned(),
        email: email.to_owned(),
        text: "Graag een offerte voor veertig werkplekken".to_owned(),
        ..FilledForm::default()
    };
    play.house.engine.take_quote_request(&form, &filled).await.unwrap();
    play.house.run_jobs().await;
}

/// A quote of 121 euro for Eva that was not sent yet.
async fn drafts(play: &Play, pursuit: &Prospect) -> QuoteId {
    let sales = play.house.caller(Role::Sales);
    let made = play.house.engine.create_quote(&sales, pursuit.id, "Website").await.unwrap();
    let line = Line { quantity_milli: 1_000, unit_price_cents: 100_00, discount_bp: 0, vat_bp: 2_100 };
    let draft = QuoteDraft {
        contact_id: made.quote.contact_id,
        language: made.quote.language,
        title: "Website".to_owned(),
        intro: String::new(),
        terms: String::new(),
        currency: Currency::Eur,
        valid_until: made.quote.valid_until,
        lines: vec![QuoteLine { description: "Bouw".to_owned(), line }],
    };
    play.house.engine.change_quote(&sales, made.quote.id, draft).await.unwrap();
    made.quote.id
}

/// The seller sends Eva a quote; returns the token of its page.
async fn offers(play: &Play, pursuit: &Prospect) -> String {
    let id = drafts(play, pursuit).await;
    let sales = play.house.caller(Role::Sales);
    let sent = play.house.engine.send_quote(&sales, id, "", None).await.unwrap();
    sent.url.unwrap().rsplit('/').next().unwrap().to_owned()
}

async fn books(play: &Play) {
    let weekly = (0..5)
        .map(|weekday| HoursDoc { weekday, from: "09:00".to_owned(), until: "17:00".to_owned() })
        .collect();
    let input = BookingPageInput {
        slug: "kennismaking".to_owned(),
        host: user_id(SALES),
        mailbox: play.mailbox,
        title: "Kennismaking".to_owned(),
        availability: AvailabilityDoc {
            weekly,
            length_minutes: 30,
            buffer_before_minutes: 0,
            buffer_after_minutes: 10,
            notice_minutes: 60,
            horizon_days: 14,
            per_day_max: 0,
        },
        time_zone: "Europe/Amsterdam".to_owned(),
        active: true,
    };
    let engine = &play.house.engine;
    engine.add_booking_page(&play.house.caller(Role::Owner), &input).await.unwrap();
    let offer = engine.booking_offer(1, "kennismaking").await.unwrap().unwrap();
    let input = BookingInput {
        start: offer.slots[0],
        name: "Eva Meer".to_owned(),
        email: "eva@klant.example".to_owned(),
        note: String::new(),
        lang: Lang::Nl,
        zone: jiff::tz::TimeZone::UTC,
        visit_token: None,
    };
    engine.confirm_booking(1, "kennismaking", &input).await.unwrap().unwrap();
    play.house.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interest_for_next_year_wakes_up_by_itself() {
    let (play, lead) = Play::eva().await;
    play.reply("Klinkt interessant, maar pas volgend jaar. Kom in maart 2027 terug.").await;
    let resting = play.prospect(lead).await.expect("a prospect that waits");
    assert_eq!(resting.state, ProspectState::Nurture);
    let until = resting.nurture_until.unwrap();
    play.house.advance(until.duration_since(play.house.clock.now()) + SignedDuration::from_hours(9));
    play.house.run_jobs().await;
    let awake = play.prospect(lead).await.unwrap();
    assert_eq!(awake.state, ProspectState::ToQualify, "{awake:?}");
    assert!(awake.next_action_at.is_some());
    assert!(awake.response_due_at > play.house.clock.now(), "the agreed time begins when it wakes up");
    play.house.close().await;
}

#[tokio::test]
async fn every_workspace_has_its_daily_round() {
    let house = House::sqlite().await;
    house.engine.ask_rounds().await.unwrap();
    house.run_jobs().await;
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let sql = "SELECT run_at FROM job WHERE workspace_id = $1 AND kind = 'sales_daily' AND state = 'waiting'";
    let next = tx.fetch_all(sql, vec![]).await.unwrap();
    assert_eq!(next.len(), 1, "the next one is planned");
    assert!(next[0].instant("run_at").unwrap() > house.clock.now());
    drop(tx);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_of_a_prospect_is_told_shown_and_respected() {
    let (play, lead, pursuit) = prospect().await;
    let sales = play.house.caller(Role::Sales);
    let engine = &play.house.engine;
    // An answer waits in the queue when the opt-out comes.
    engine.reply_to_prospect(&sales, pursuit.id, answer("Hallo Eva, dat kost 100 euro.")).await.unwrap();
    play.reply("Graag geen mails meer sturen, haal mij van jullie lijst.").await;
    assert_eq!(kinds(&play.house, SALES).await, ["lead.promoted", "prospect.suppressed"]);
    let now = play.prospect(lead).await.expect("the pursuit stays with its owner");
    assert_eq!(now.next_action.as_deref(), Some("Eva Meer wil geen mail meer: beslis hoe je verder gaat"));
    assert_eq!(play.lead(lead).await.state, "blocked");
    let record = engine.prospect(&sales, pursuit.id).await.unwrap();
    assert_eq!(record.suppressed[&pursuit.contact_id].1, "replied_stop");

    play.sender.send_due().await.unwrap();
    let mails = play.messages(None).await;
    let sent: Vec<_> = mails.iter().filter(|m| m.new.kind == "reply").map(|m| m.new.state).collect();
    assert_eq!(sent, [], "outreach alone is listed");
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    let sql = "SELECT state, reason FROM message WHERE workspace_id = $1 AND kind = 'reply'";
    let row = tx.fetch_one(sql, vec![]).await.unwrap();
    let ended = (row.get::<String>("state").unwrap(), row.get::<Option<String>>("reason").unwrap());
    assert_eq!(ended, (MessageState::Stopped.to_string(), Some("suppressed".to_owned())));
    drop(tx);

    let refused = engine.reply_to_prospect(&sales, pursuit.id, answer("Toch nog dit")).await;
    assert!(matches!(refused, Err(EngineError::Refused { code: "recipient_suppressed", .. })), "{refused:?}");
    let blank = Reply { despite: Some("  ".to_owned()), ..answer("Toch nog dit") };
    assert!(engine.reply_to_prospect(&sales, pursuit.id, blank).await.is_err(), "a reason says something");
    let meant = Reply { despite: Some("Ze vroeg zelf om bevestiging".to_owned()), ..answer("Bevestigd.") };
    let id = engine.reply_to_prospect(&sales, pursuit.id, meant).await.unwrap();
    play.sender.send_due().await.unwrap();
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    let mail = kiem_store::message::find(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(mail.new.state, MessageState::Sent, "what a person confirmed goes out");
    let trail = audit::after(&mut tx, 0, 100).await.unwrap();
    let entry = trail.iter().find(|e| e.action == "suppression.overridden").expect("it stands in the trail");
    assert!(entry.detail.contains("Ze vroeg zelf"), "{}", entry.detail);
    drop(tx);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prospect_who_asks_for_a_quote_alerts_the_owner_with_a_new_deadline() {
    let (play, lead, pursuit) = prospect().await;
    let sales = play.house.caller(Role::Sales);
    play.house.engine.reply_to_prospect(&sales, pursuit.id, answer("Hallo Eva")).await.unwrap();
    play.house.advance(SignedDuration::from_hours(72));
    asks_for_quote(&play, "eva@klant.example").await;
    assert!(kinds(&play.house, SALES).await.contains(&"quote.requested".to_owned()));
    let now = play.prospect(lead).await.unwrap();
    assert_eq!(now.next_action.as_deref(), Some("Beantwoord de offerteaanvraag van Eva Meer"));
    assert_eq!(now.next_action_kind.as_deref(), Some("quote"));
    assert!(now.theirs_at > pursuit.theirs_at && now.responded_at.is_none());
    assert!(now.response_due_at > play.house.clock.now(), "{now:?}");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prospect_who_books_alerts_the_owner_and_keeps_what_was_planned() {
    let (play, lead, pursuit) = prospect().await;
    books(&play).await;
    assert!(kinds(&play.house, SALES).await.contains(&"booking.confirmed".to_owned()));
    let now = play.prospect(lead).await.unwrap();
    assert_eq!(now.next_action.as_deref(), Some("Bereid de afspraak met Eva Meer voor"));
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    let kept = task::open_of_prospect(&mut tx, pursuit.id).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(Some(&kept[0].task.text), pursuit.next_action.as_ref());
    drop(tx);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_opted_out_and_asks_for_a_quote_is_told_to_those_who_sell() {
    let (play, _) = Play::eva().await;
    play.reply("Graag geen mails meer sturen, haal mij van jullie lijst.").await;
    asks_for_quote(&play, "eva@klant.example").await;
    assert_eq!(kinds(&play.house, SALES).await, ["quote.requested"]);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_owner_hears_of_it_and_must_be_somebody_who_sells() {
    let (play, _, pursuit) = prospect().await;
    let sales = play.house.caller(Role::Sales);
    for role in [2, 4] {
        let refused = play.house.engine.assign_prospect(&sales, pursuit.id, user_id(role)).await;
        assert!(matches!(refused, Err(EngineError::Invalid(_))), "{}: {refused:?}", Role::ALL[role]);
    }
    play.house.engine.assign_prospect(&sales, pursuit.id, user_id(MANAGER)).await.unwrap();
    play.house.run_jobs().await;
    let heard = told(&play.house, user_id(MANAGER)).await;
    assert_eq!(heard.last().unwrap().kind, "prospect.assigned");
    assert!(heard.last().unwrap().mailed_at.is_some(), "also by mail");
    let n = heard.len();
    play.house.engine.assign_prospect(&sales, pursuit.id, user_id(MANAGER)).await.unwrap();
    assert_eq!(told(&play.house, user_id(MANAGER)).await.len(), n, "the same owner again is no news");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_is_warned_of_and_a_missed_one_told_once() {
    let (play, _, pursuit) = prospect().await;
    let until = |at: jiff::Timestamp| at.duration_since(play.house.clock.now());
    play.house.advance(until(pursuit.response_due_at) - SignedDuration::from_mins(50));
    play.house.run_jobs().await;
    assert_eq!(kinds(&play.house, SALES).await, ["lead.promoted", "response.due_soon"]);
    play.house.advance(SignedDuration::from_mins(55));
    play.house.run_jobs().await;
    play.house.advance(SignedDuration::from_hours(30));
    play.house.run_jobs().await;
    assert_eq!(kinds(&play.house, SALES).await, ["lead.promoted", "response.due_soon", "response.missed"]);
    assert_eq!(kinds(&play.house, MANAGER).await, ["response.missed"], "those who lead hear it too");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answered_in_time_is_not_warned() {
    let (play, _, pursuit) = prospect().await;
    let sales = play.house.caller(Role::Sales);
    play.house.engine.reply_to_prospect(&sales, pursuit.id, answer("Hallo Eva")).await.unwrap();
    play.house.advance(SignedDuration::from_hours(72));
    play.house.run_jobs().await;
    assert_eq!(kinds(&play.house, SALES).await, ["lead.promoted"]);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_could_not_be_read_waits_for_a_person_and_can_be_tried_again() {
    let (play, lead) = Play::eva().await;
    let mail = play.reply("Ok.").await;
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    let sql = "UPDATE inbound SET label = NULL, needs_look = FALSE WHERE workspace_id = $1 AND id = $2";
    tx.execute(sql, args![mail.id]).await.unwrap();
    let broken = NewJob {
        id: play.house.engine.new_id(),
        kind: "classify_reply",
        dedup_key: &mail.id.to_string(),
        payload: "no JSON",
        run_at: play.house.clock.now(),
        attempts_max: 8,
    };
    job::enqueue(&mut tx, &[broken], play.house.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    // Eight tries, with longer and longer pauses.
    for _ in 0..8 {
        play.house.advance(SignedDuration::from_hours(1));
        play.house.run_jobs().await;
    }
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    assert!(inbound::find(&mut tx, mail.id).await.unwrap().unwrap().needs_look);
    drop(tx);
    for leader in [0, MANAGER] {
        assert_eq!(kinds(&play.house, leader).await, ["reply.unread"]);
    }
    assert!(kinds(&play.house, SALES).await.is_empty());

    let manager = play.house.caller(Role::Manager);
    let engine = &play.house.engine;
    assert!(matches!(
        engine.given_up_jobs(&play.house.caller(Role::Sales)).await,
        Err(EngineError::Forbidden)
    ));
    let list = engine.given_up_jobs(&manager).await.unwrap();
    assert_eq!((list.len(), list[0].kind.as_str()), (1, "classify_reply"));
    let mut tx = play.house.db.store.begin(play.house.workspace).await.unwrap();
    let payload = serde_json::json!({ "inbound": mail.id.0 }).to_string();
    let mend = "UPDATE job SET payload = $3 WHERE workspace_id = $1 AND id = $2";
    tx.execute(mend, args![list[0].id, payload.as_str()]).await.unwrap();
    tx.commit().await.unwrap();
    engine.retry_job(&manager, list[0].id).await.unwrap();
    play.house.run_jobs().await;
    assert!(engine.given_up_jobs(&manager).await.unwrap().is_empty());
    assert!(matches!(engine.retry_job(&manager, list[0].id).await, Err(EngineError::NotFound)));
    assert!(play.lead(lead).await.needs_look, "it was read: {lead}");
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_hears_what_happens_to_a_quote() {
    let (play, _, pursuit) = prospect().await;
    let token = offers(&play, &pursuit).await;
    let engine = &play.house.engine;
    let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    engine.quote_seen(&token, browser).await.unwrap();
    engine.quote_seen(&token, browser).await.unwrap();
    engine.quote_decline(&token, "Eva", "Te duur").await.unwrap();
    assert_eq!(kinds(&play.house, SALES).await, ["lead.promoted", "quote.viewed", "quote.declined"]);
    let last = told(&play.house, user_id(SALES)).await.pop().unwrap();
    assert!(last.data.contains("Te duur") && last.data.contains("2026-0001"), "{}", last.data);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_hears_once_that_a_quote_was_accepted() {
    let (play, lead, pursuit) = prospect().await;
    let token = offers(&play, &pursuit).await;
    let engine = &play.house.engine;
    engine.quote_accept(&token, "Eva van der Meer").await.unwrap();
    engine.quote_accept(&token, "Eva van der Meer").await.unwrap();
    assert_eq!(kinds(&play.house, SALES).await, ["lead.promoted", "quote.accepted"]);
    let last = told(&play.house, user_id(SALES)).await.pop().unwrap();
    assert!(last.data.contains("2026-0001"), "{}", last.data);
    assert!(play.prospect(lead).await.is_none(), "no longer open");
    let sales = play.house.caller(Role::Sales);
    assert_eq!(
        engine.prospect(&sales, pursuit.id).await.unwrap().card.card.prospect.state,
        ProspectState::Won
    );
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_quote_goes_to_who_opted_out_unless_a_person_says_why() {
    let (play, _, pursuit) = prospect().await;
    play.reply("Graag geen mails meer sturen, haal mij van jullie lijst.").await;
    let sales = play.house.caller(Role::Sales);
    let engine = &play.house.engine;
    let id = drafts(&play, &pursuit).await;
    let refused = engine.send_quote(&sales, id, "", None).await;
    assert!(matches!(refused, Err(EngineError::Refused { code: "recipient_suppressed", .. })), "{refused:?}");
    assert_eq!(engine.quote(&sales, id).await.unwrap().quote.state, QuoteState::Draft, "nothing half done");
    engine.send_quote(&sales, id, "", Some("Ze vroeg er aan de telefoon om")).await.unwrap();
    assert_eq!(engine.quote(&sales, id).await.unwrap().quote.state, QuoteState::Sent);
    play.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_booking_and_a_form_say_counts_as_indicated_once() {
    let (play, _, pursuit) = prospect().await;
    books(&play).await;
    asks_for_quote(&play, "eva@klant.example").await;
    asks_for_quote(&play, "eva@klant.example").await;
    let sales = play.house.caller(Role::Sales);
    let record = play.house.engine.prospect(&sales, pursuit.id).await.unwrap();
    let of = |source: FindingSource| -> Vec<(Aspect, Level)> {
        let mut found: Vec<_> = record.findings.iter().map(|f| &f.finding).collect();
        found.retain(|f| f.source == source);
        found.iter().map(|f| (f.aspect, f.level)).collect()
    };
    let booking = of(FindingSource::Booking);
    assert_eq!(booking.len(), 2, "{booking:?}");
    for aspect in [Aspect::Need, Aspect::Timing] {
        assert!(booking.contains(&(aspect, Level::Indicated)), "{booking:?}");
    }
    // Two requests are two statements; each is noted once.
    let form = of(FindingSource::Form);
    assert_eq!(form.len(), 4, "{form:?}");
    assert!(form.contains(&(Aspect::Budget, Level::Indicated)), "{form:?}");
    play.house.close().await;
}

#[test]
fn every_notice_has_its_words_in_both_languages() {
    for kind in [
        "prospect_assigned",
        "prospect_suppressed",
        "prospect_bounced",
        "quote_requested",
        "booking_confirmed",
        "booking_moved",
        "booking_cancelled",
        "quote_viewed",
        "quote_accepted",
        "quote_declined",
        "response_due_soon",
        "response_missed",
        "reply_unread",
        "job_given_up",
    ] {
        for lang in [Lang::Nl, Lang::En] {
            for part in ["subject", "text"] {
                assert!(kiem::messages::has(lang, &format!("notice.{kind}.{part}")), "{kind}.{part} {lang}");
            }
        }
    }
}
