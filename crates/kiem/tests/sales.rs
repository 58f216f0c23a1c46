//! The sales story: a prospect is worked, qualified, quoted, and becomes a customer by accepting on a public page.

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use jiff::civil::date;
use kiem::engine::sales::NextAction;
use kiem::engine::sales::actions::NewFinding;
use kiem::engine::sales::deal::Intent;
use kiem::engine::sales::quotes::QuoteDraft;
use kiem::engine::sales::reply::Reply;
use kiem::engine::sales::today::Item;
use kiem::engine::{Caller, EngineError, Role};
use kiem_domain::conversation::{ProspectState, Step};
use kiem_domain::id::{CompanyId, ContactId, MailboxId, ProspectId};
use kiem_domain::lifecycle::Lifecycle;
use kiem_domain::money::{Currency, Line};
use kiem_domain::opportunity::{DisqualifyReason, LostReason, OpportunityState, QuoteState};
use kiem_domain::qualification::{Aspect, FindingSource, Level, Question};
use kiem_store::note::NoteKind;
use kiem_store::prospect::{self, Prospect, ProspectFilter, ProspectSort};
use kiem_store::quote::QuoteLine;
use kiem_store::{account, args, event};
use support::House;
use tower::ServiceExt as _;
use uuid::Uuid;

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A prospect of company `n` whose person has an address, and a practice mailbox.
async fn prospect_of(house: &House, n: u32) -> ProspectId {
    let email = format!("eva{n}@klant{n}.example");
    house.lead(n, &email, "Eva", "Berg", &format!("Klant {n} BV")).await;
    let base = u128::from(n) << 16;
    let (company, contact) = (CompanyId(Uuid::from_u128(base + 1)), ContactId(Uuid::from_u128(base + 2)));
    let now = house.clock.now();
    let due = house.engine.response_due_at(house.workspace).await.unwrap();
    let pursuit = Prospect {
        id: ProspectId(Uuid::from_u128(base + 9)),
        company_id: company,
        contact_id: contact,
        owner_id: support::user_id(3),
        state: ProspectState::ToQualify,
        step: Step::ToQualify,
        open_company_id: Some(company),
        rule: "R1".to_owned(),
        reason_nl: "Eva antwoordde".to_owned(),
        reason_en: "Eva replied".to_owned(),
        promoted_at: now,
        step_since: now,
        response_due_at: due,
        responded_at: None,
        theirs_at: Some(now),
        ours_at: None,
        next_action: Some("antwoord".to_owned()),
        next_action_kind: Some("reply".to_owned()),
        next_action_at: Some(due),
        nurture_until: None,
        closed_at: None,
        close_reason: None,
        close_note: None,
        value_cents: None,
        currency: "EUR".to_owned(),
        chance_percent: 5,
        sort_company: format!("klant {n} bv"),
        search_text: format!("klant {n} bv eva berg"),
        version: 1,
    };
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    prospect::insert(&mut tx, &pursuit).await.unwrap();
    tx.execute(
        "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap, gap_seconds_min,
             state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
         VALUES ($1, $2, 'sandbox', 'sam@kiem.example', 'Sam', '{}', 'Groet, Sam', 50, 0, 'active', 0, 0, 0, $3)
         ON CONFLICT (workspace_id, id) DO NOTHING",
        args![MailboxId(Uuid::from_u128(0x5a)), now],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    pursuit.id
}

fn call(house: &House, hours: i64) -> NextAction {
    NextAction {
        text: "bel Eva".to_owned(),
        kind: "call".to_owned(),
        at: house.clock.now() + SignedDuration::from_hours(hours),
    }
}

async fn sent_quote(house: &House, sales: &Caller, id: ProspectId) -> (kiem_domain::id::QuoteId, String) {
    let made = house.engine.create_quote(sales, id, "Website").await.unwrap();
    let line = |description: &str, quantity_milli, unit_price_cents, vat_bp| QuoteLine {
        description: description.to_owned(),
        line: Line { quantity_milli, unit_price_cents, discount_bp: 0, vat_bp },
    };
    let draft = QuoteDraft {
        contact_id: made.quote.contact_id,
        language: made.quote.language,
        title: "Website <b>".to_owned(),
        intro: made.quote.intro.clone(),
        terms: made.quote.terms.clone(),
        currency: Currency::Eur,
        valid_until: made.quote.valid_until,
        lines: vec![line("Bouw <script>", 1_000, 10_000_00, 2_100), line("Boek", 2_500, 100_00, 900)],
    };
    let saved = house.engine.change_quote(sales, made.quote.id, draft).await.unwrap();
    assert_eq!((saved.quote.net_cents, saved.quote.vat_cents), (10_250_00, 2_122_50));
    let sent = house.engine.send_quote(sales, made.quote.id, "", None).await.unwrap();
    let url = sent.url.unwrap();
    (made.quote.id, url[url.find("/q/").unwrap()..].to_owned())
}

async fn kinds(house: &House) -> Vec<String> {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    event::since(&mut tx, Uuid::nil(), 1000).await.unwrap().into_iter().map(|e| e.kind).collect()
}

async fn page(house: &House, method: &str, path: &str, form: &str) -> (StatusCode, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::USER_AGENT, BROWSER)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .unwrap();
    let response = kiem::api::service(house.engine.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    if status == StatusCode::OK && method == "GET" && !path.ends_with("/pdf") {
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    }
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn an_accepted_quote_makes_a_customer_once() {
    let house = House::sqlite().await;
    let sales = house.caller(Role::Sales);
    let id = prospect_of(&house, 1).await;
    let (quote, path) = sent_quote(&house, &sales, id).await;
    let record = house.engine.prospect(&sales, id).await.unwrap();
    assert_eq!(record.lifecycle, Lifecycle::Opportunity, "a quote that is out is an opportunity");
    assert_eq!(record.quotes[0].number.as_deref(), Some("2026-0001"));
    assert_eq!(record.card.card.prospect.value_cents, Some(10_250_00));
    assert!(
        record.card.card.prospect.next_action.as_deref().unwrap().contains("2026-0001"),
        "it is followed up"
    );

    // Looking changes nothing but the note that somebody looked; HEAD not even that.
    assert_eq!(page(&house, "HEAD", &path, "").await.0, StatusCode::OK);
    assert!(house.engine.quote(&sales, quote).await.unwrap().quote.viewed_at.is_none());
    let (status, html) = page(&house, "GET", &path, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.len() < 30_000 && html.contains("lang=\"nl\""), "{}", html.len());
    assert!(html.contains("€\u{a0}12.372,50") && !html.contains("<script>"), "{html}");
    assert!(html.contains("Bouw &lt;script&gt;"));
    let seen = house.engine.quote(&sales, quote).await.unwrap().quote;
    assert!(seen.viewed_at.is_some() && seen.state == QuoteState::Sent);
    let (status, pdf) = page(&house, "GET", &format!("{path}/pdf"), "").await;
    assert!(status == StatusCode::OK && pdf.starts_with("%PDF-"));

    // Without a name or the tick nothing happens.
    for form in ["name=Eva", "name=+&confirm=yes", ""] {
        let (status, html) = page(&house, "POST", &format!("{path}/acceptance"), form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(html.contains("role=\"alert\""));
    }
    for _ in 0..3 {
        let (status, _) =
            page(&house, "POST", &format!("{path}/acceptance"), "name=Eva+Berg&confirm=yes").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "twice is once");
    }
    let record = house.engine.prospect(&sales, id).await.unwrap();
    assert_eq!(record.lifecycle, Lifecycle::Customer);
    assert_eq!(record.card.card.prospect.state, ProspectState::Won);
    assert_eq!(record.opportunities[0].state, OpportunityState::Won);
    assert_eq!(record.quotes[0].decided_name.as_deref(), Some("Eva Berg"));
    let happened = kinds(&house).await;
    for kind in ["opportunity.opened", "quote.sent", "quote.viewed", "quote.accepted", "customer.won"] {
        assert_eq!(happened.iter().filter(|k| *k == kind).count(), 1, "{kind} in {happened:?}");
    }
    assert_eq!(page(&house, "POST", &format!("{path}/refusal"), "reason=").await.0, StatusCode::CONFLICT);
    assert!(page(&house, "GET", &path, "").await.1.contains("Akkoord gegeven door Eva Berg"));
    house.close().await;
}

#[tokio::test]
async fn a_quote_expires_is_replaced_and_numbers_have_no_gaps() {
    let house = House::sqlite().await;
    let sales = house.caller(Role::Sales);
    let id = prospect_of(&house, 1).await;
    let (first, first_path) = sent_quote(&house, &sales, id).await;
    let empty = house.engine.create_quote(&sales, id, "Leeg").await.unwrap();
    assert!(house.engine.send_quote(&sales, empty.quote.id, "", None).await.is_err(), "nothing to offer");
    let (second, second_path) = sent_quote(&house, &sales, id).await;
    let number = |quote: &kiem_store::quote::Quote| quote.number.clone();
    let newest = house.engine.quote(&sales, second).await.unwrap().quote;
    assert_eq!(number(&newest).as_deref(), Some("2026-0002"), "a refused sending takes no number");
    assert_eq!(house.engine.quote(&sales, first).await.unwrap().quote.state, QuoteState::Replaced);
    let form = "name=Eva&confirm=yes";
    assert_eq!(page(&house, "POST", &format!("{first_path}/acceptance"), form).await.0, StatusCode::CONFLICT);
    let frozen = house.engine.delete_quote(&sales, second).await;
    assert!(matches!(frozen, Err(EngineError::Refused { code: "quote_frozen", .. })));

    house.advance(SignedDuration::from_hours(24 * 32));
    assert_eq!(
        page(&house, "POST", &format!("{second_path}/acceptance"), form).await.0,
        StatusCode::CONFLICT
    );
    house.run_jobs().await;
    assert_eq!(house.engine.quote(&sales, second).await.unwrap().quote.state, QuoteState::Expired);
    assert!(page(&house, "GET", &second_path, "").await.1.contains("Vraag Kiem Voorbeeld BV"));
    for forged in ["/q/x", "/q/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(page(&house, "GET", forged, "").await.0, StatusCode::NOT_FOUND);
    }
    house.close().await;
}

#[tokio::test]
async fn an_answer_goes_into_the_thread_and_stops_the_clock() {
    let house = House::sqlite().await;
    let sales = house.caller(Role::Sales);
    let id = prospect_of(&house, 1).await;
    let today = house.engine.today(&sales, None).await.unwrap();
    assert!(matches!(&today[0].item, Item::Prospect(card) if card.urgency.why.as_str() == "response_due"));
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO inbound (workspace_id, id, mailbox_id, external_key, received_at, from_address, from_name, subject,
             message_header_id, reference_ids, text, quoted, outcome, outcome_reason, match_level, contact_id, flags, needs_look, auth)
         VALUES ($1, $2, $3, 'k', $4, 'eva1@klant1.example', 'Eva', 'RE: Kennismaken', '<b@klant1.example>',
             '<a@kiem.example>', 'Graag!', '', 'reply', '', 'M1', $5, '{}', TRUE, '')",
        args![
            Uuid::from_u128(0xabc),
            MailboxId(Uuid::from_u128(0x5a)),
            house.clock.now(),
            ContactId(Uuid::from_u128((1 << 16) + 2))
        ],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert!(
        matches!(house.engine.today(&sales, None).await.unwrap()[0].item, Item::Look(_)),
        "a reply comes first"
    );

    let reply = Reply {
        contact: None,
        subject: String::new(),
        text: "Hoi Eva".to_owned(),
        next: Some(call(&house, 30)),
        despite: None,
    };
    let message = house.engine.reply_to_prospect(&sales, id, reply).await.unwrap();
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let sent = kiem_store::message::find(&mut tx, message).await.unwrap().unwrap().new;
    drop(tx);
    assert_eq!(sent.subject, "Re: Kennismaken");
    assert_eq!(sent.in_reply_to.as_deref(), Some("b@klant1.example"));
    assert_eq!(sent.reference_ids.as_deref(), Some("a@kiem.example b@klant1.example"));
    assert!(sent.body.ends_with("Groet, Sam"));
    let card = house.engine.prospect(&sales, id).await.unwrap().card;
    assert_eq!(card.card.prospect.responded_at, Some(house.clock.now()));
    assert_eq!(card.card.prospect.next_action.as_deref(), Some("bel Eva"));
    house.close().await;
}

#[tokio::test]
async fn the_record_shows_what_is_known_and_what_to_ask() {
    let house = House::sqlite().await;
    let sales = house.caller(Role::Sales);
    let id = prospect_of(&house, 1).await;
    assert_eq!(house.engine.prospect(&sales, id).await.unwrap().question, Some(Question::NeedOpen));
    let finding = |aspect, note: &str| NewFinding {
        aspect,
        level: Level::Confirmed,
        note: note.to_owned(),
        source: FindingSource::Person,
        source_id: None,
    };
    house.engine.add_finding(&sales, id, finding(Aspect::Need, "site is traag")).await.unwrap();
    let record = house.engine.prospect(&sales, id).await.unwrap();
    assert_eq!(record.question, Some(Question::FitSize));
    assert!(record.card.levels.contains(&(Aspect::Need, Level::Confirmed)));
    assert!(
        house.engine.add_finding(&sales, id, finding(Aspect::Budget, " ")).await.is_err(),
        "no words, no finding"
    );
    house.engine.add_note(&sales, id, NoteKind::Call, "Belde, komt terug").await.unwrap();
    let timeline = house.engine.timeline(&sales, id, None, 50).await.unwrap();
    let note = timeline.iter().find(|entry| entry.event.kind == "note.added").unwrap();
    assert_eq!(
        (note.text.as_deref(), note.actor_name.as_deref()),
        (Some("Belde, komt terug"), Some("sales"))
    );
    house.close().await;
}

#[tokio::test]
async fn the_board_moves_and_who_comes_second_is_told() {
    let house = House::sqlite().await;
    let sales = house.caller(Role::Sales);
    let id = prospect_of(&house, 1).await;
    let moved = house.engine.move_prospect(&sales, id, Step::Negotiation, Some(1), None).await.unwrap();
    assert_eq!((moved.state, moved.chance_percent), (ProspectState::InConversation, 50));
    let late = house.engine.move_prospect(&sales, id, Step::Closing, Some(1), None).await;
    assert!(matches!(late, Err(EngineError::Conflict)));
    let intent = Intent {
        evidence: "wil in januari beginnen".to_owned(),
        name: String::new(),
        value_cents: 8_000_00,
        currency: Currency::Eur,
        expected_close_on: None,
    };
    house.engine.record_intent(&sales, id, intent.clone()).await.unwrap();
    let again = house.engine.record_intent(&sales, id, intent).await;
    assert!(matches!(again, Err(EngineError::Refused { code: "opportunity_open", .. })));
    let board = house.engine.board(&sales, None).await.unwrap();
    let column = board.iter().find(|c| c.step == Step::Negotiation).unwrap();
    assert_eq!((column.sums[0].sum_cents, column.sums[0].weighted_cents), (8_000_00, 4_000_00));
    assert!(column.cards[0].card.has_opportunity);
    for role in [Role::Marketing, Role::ReadOnly] {
        let refused = house.engine.move_prospect(&house.caller(role), id, Step::Closing, None, None).await;
        assert!(matches!(refused, Err(EngineError::Forbidden)), "{role}");
    }
    house.close().await;
}

#[tokio::test]
async fn closing_frees_the_company_and_reopening_brings_the_deal_back() {
    let house = House::sqlite().await;
    let sales = house.caller(Role::Sales);
    let id = prospect_of(&house, 1).await;
    let (_, path) = sent_quote(&house, &sales, id).await;
    let wordless = house.engine.lose_prospect(&sales, id, LostReason::Other, " ").await;
    assert!(matches!(wordless, Err(EngineError::Invalid(_))));
    house.engine.lose_prospect(&sales, id, LostReason::Price, "").await.unwrap();
    let twice = house.engine.disqualify_prospect(&sales, id, DisqualifyReason::NoFit, "").await;
    assert!(matches!(twice, Err(EngineError::Refused { code: "move_not_possible", .. })));
    assert_eq!(
        page(&house, "POST", &format!("{path}/acceptance"), "name=Eva&confirm=yes").await.0,
        StatusCode::CONFLICT,
        "a lost deal has no quote out"
    );
    let record = house.engine.prospect(&sales, id).await.unwrap();
    assert_eq!(record.opportunities[0].state, OpportunityState::Lost);
    assert!(record.card.card.prospect.open_company_id.is_none());
    house.engine.reopen_prospect(&sales, id, call(&house, 24)).await.unwrap();
    let record = house.engine.prospect(&sales, id).await.unwrap();
    assert_eq!(
        (record.lifecycle, record.opportunities[0].state),
        (Lifecycle::Opportunity, OpportunityState::Open)
    );
    house.engine.win_by_fact(&sales, id, "getekende order", 9_000_00, Currency::Eur).await.unwrap();
    assert_eq!(house.engine.prospect(&sales, id).await.unwrap().lifecycle, Lifecycle::Customer);
    house.close().await;
}

#[tokio::test]
async fn who_rests_comes_back_on_the_date_with_a_task() {
    let house = House::sqlite().await;
    let sales = house.caller(Role::Sales);
    let id = prospect_of(&house, 1).await;
    assert!(
        house.engine.nurture_prospect(&sales, id, date(2026, 11, 24), "").await.is_err(),
        "today is no rest"
    );
    house.engine.nurture_prospect(&sales, id, date(2027, 1, 11), "volgend jaar").await.unwrap();
    let on_board = house
        .engine
        .prospects(&sales, &ProspectFilter::default(), ProspectSort::Due, None, 10)
        .await
        .unwrap()
        .0;
    assert!(on_board.is_empty());
    house.run_jobs().await;
    assert_eq!(
        house.engine.prospect(&sales, id).await.unwrap().card.card.prospect.state,
        ProspectState::Nurture,
        "not before its date"
    );
    house.advance(SignedDuration::from_hours(24 * 49));
    house.run_jobs().await;
    let record = house.engine.prospect(&sales, id).await.unwrap();
    assert_eq!(record.card.card.prospect.state, ProspectState::ToQualify);
    assert_eq!(record.tasks.len(), 1);
    house.close().await;
}

#[tokio::test]
async fn another_workspace_finds_nothing() {
    let house = House::sqlite().await;
    let id = prospect_of(&house, 1).await;
    let other = house.db.workspace(2, house.clock.now()).await;
    let stranger = Caller { workspace: other, ..house.caller(Role::Owner) };
    assert!(matches!(house.engine.prospect(&stranger, id).await, Err(EngineError::NotFound)));
    let moved = house.engine.move_prospect(&stranger, id, Step::Closing, None, None).await;
    assert!(matches!(moved, Err(EngineError::NotFound)));
    assert!(house.engine.today(&stranger, None).await.unwrap().is_empty());
    let mut global = house.db.store.global_read().await.unwrap();
    assert!(account::workspace(&mut global, other).await.unwrap().is_some());
    drop(global);
    house.close().await;
}
