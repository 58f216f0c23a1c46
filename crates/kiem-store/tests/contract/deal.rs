//! Findings, tasks, notes, opportunities and quotes on both databases.

use jiff::SignedDuration;
use jiff::civil::date;
use kiem_domain::id::{OpportunityId, QuoteId, TaskId};
use kiem_domain::locale::Lang;
use kiem_domain::money::{Currency, Line};
use kiem_domain::opportunity::{OpenedBy, OpportunityState, QuoteState};
use kiem_domain::qualification::{Aspect, Finding, FindingSource, Level};
use kiem_store::finding::{self, StoredFinding};
use kiem_store::note::{self, Note, NoteKind};
use kiem_store::opportunity::{self, Opportunity};
use kiem_store::prospect::Prospect;
use kiem_store::quote::{self, Quote, QuoteLine};
use kiem_store::task::{self, Task, TaskOutcome};
use kiem_store::{testing, thread};
use uuid::Uuid;

use crate::sales::{now, owner, stored};

fn deal(n: u128, prospect: &Prospect, value_cents: i64) -> Opportunity {
    Opportunity {
        id: OpportunityId(Uuid::from_u128(0x2000 + n)),
        prospect_id: prospect.id,
        company_id: prospect.company_id,
        name: "Website".to_owned(),
        state: OpportunityState::Open,
        opened_by: OpenedBy::Intent,
        opened_evidence: "wil beginnen in januari".to_owned(),
        value_cents,
        currency: "EUR".to_owned(),
        expected_close_on: Some(date(2026, 12, 31)),
        chance_own_percent: None,
        opened_at: now() + SignedDuration::from_mins(i64::try_from(n).unwrap()),
        closed_at: None,
        lost_reason: None,
        won_by: None,
    }
}

fn offer(n: u128, prospect: &Prospect) -> Quote {
    Quote {
        id: QuoteId(Uuid::from_u128(0x3000 + n)),
        opportunity_id: None,
        prospect_id: prospect.id,
        contact_id: prospect.contact_id,
        number: None,
        state: QuoteState::Draft,
        language: Lang::Nl,
        title: "Website".to_owned(),
        intro: String::new(),
        terms: String::new(),
        currency: Currency::Eur,
        valid_until: date(2026, 12, 24),
        net_cents: 0,
        vat_cents: 0,
        gross_cents: 0,
        created_by: owner(),
        created_at: now() + SignedDuration::from_mins(i64::try_from(n).unwrap()),
        sent_at: None,
        viewed_at: None,
        decided_at: None,
        decided_name: None,
        decided_note: None,
    }
}

#[tokio::test]
async fn findings_are_kept_in_order_and_none_is_overwritten() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (one, two) = (stored(&mut tx, 1).await, stored(&mut tx, 2).await);
        for (n, prospect, level) in
            [(1, &one, Level::Indicated), (2, &one, Level::Confirmed), (3, &two, Level::Unknown)]
        {
            let found = StoredFinding {
                reasons: None,
                id: Uuid::from_u128(n),
                prospect_id: prospect.id,
                finding: Finding {
                    aspect: Aspect::Budget,
                    level,
                    note: "20k".to_owned(),
                    source: FindingSource::Reply,
                    found_at: now() + SignedDuration::from_mins(i64::try_from(n).unwrap()),
                },
                source_id: Some(Uuid::from_u128(9)),
                found_by: None,
            };
            finding::insert(&mut tx, &found).await.unwrap();
        }
        let all = finding::of_prospects(&mut tx, &[one.id, two.id]).await.unwrap();
        let levels: Vec<Level> = all.iter().map(|f| f.finding.level).collect();
        assert_eq!(levels, [Level::Indicated, Level::Confirmed, Level::Unknown], "{}", db.name);
        assert!(finding::of_prospects(&mut tx, &[]).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_task_is_done_once_and_hides_while_it_is_snoozed() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let prospect = stored(&mut tx, 1).await;
        let later = now() + SignedDuration::from_hours(2);
        let mut mine = Task::new(TaskId(Uuid::from_u128(1)), "call", "bel Eva", now(), now());
        mine.prospect_id = Some(prospect.id);
        mine.company_id = Some(prospect.company_id);
        mine.contact_id = Some(prospect.contact_id);
        mine.assignee_id = Some(owner());
        task::insert(&mut tx, &mine).await.unwrap();
        let nobodys = Task::new(TaskId(Uuid::from_u128(2)), "other", "post", now(), now());
        task::insert(&mut tx, &nobodys).await.unwrap();
        assert_eq!(task::get(&mut tx, mine.id).await.unwrap(), mine);
        let open = task::open(&mut tx, Some(owner()), now(), later, 10).await.unwrap();
        assert_eq!(open.len(), 2, "{}", db.name);
        assert_eq!(open[0].company_name.as_deref(), Some("Bedrijf 1"));
        assert_eq!(open[0].contact_name.as_deref(), Some("Eva van den Berg"), "whom to call");
        assert_eq!((open[1].contact_name.as_deref(), open[1].phone.as_deref()), (None, None));
        assert!(task::snooze(&mut tx, mine.id, later).await.unwrap());
        assert_eq!(task::open(&mut tx, None, now(), later, 10).await.unwrap().len(), 1);
        assert!(task::finish(&mut tx, nobodys.id, TaskOutcome::Done, Some(owner()), now()).await.unwrap());
        assert!(
            !task::finish(&mut tx, nobodys.id, TaskOutcome::Done, Some(owner()), now()).await.unwrap(),
            "done once"
        );
        assert!(!task::snooze(&mut tx, nobodys.id, later).await.unwrap());
        assert_eq!(task::open_of_prospect(&mut tx, prospect.id).await.unwrap().len(), 1);
        assert_eq!(task::finish_of_prospect(&mut tx, prospect.id, None, now()).await.unwrap(), 1);
        assert!(task::open_of_prospect(&mut tx, prospect.id).await.unwrap().is_empty());
        assert!(
            task::done_of_prospect(&mut tx, prospect.id, 10).await.unwrap().is_empty(),
            "withdrawn is not done ({})",
            db.name
        );
        let did = Task { id: TaskId(Uuid::from_u128(3)), ..mine.clone() };
        task::insert(&mut tx, &did).await.unwrap();
        assert!(task::finish(&mut tx, did.id, TaskOutcome::Done, Some(owner()), now()).await.unwrap());
        let done = task::done_of_prospect(&mut tx, prospect.id, 10).await.unwrap();
        assert_eq!(done.iter().map(|card| card.task.id).collect::<Vec<_>>(), [did.id], "only its own");
        assert!(task::done_of_prospect(&mut tx, prospect.id, 0).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn notes_stand_with_the_company() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let prospect = stored(&mut tx, 1).await;
        let written = Note {
            id: Uuid::from_u128(1),
            prospect_id: Some(prospect.id),
            company_id: prospect.company_id,
            kind: NoteKind::Call,
            text: "Belde terug".to_owned(),
            created_by: owner(),
            created_at: now(),
        };
        note::insert(&mut tx, &written).await.unwrap();
        let words = thread::texts(&mut tx, &[written.id]).await.unwrap();
        assert_eq!(words, [(written.id, String::new(), written.text)], "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_opportunity_ends_once_and_comes_back_with_its_pursuit() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let prospect = stored(&mut tx, 1).await;
        assert_eq!(opportunity::usual_value_cents(&mut tx).await.unwrap(), None);
        let (mut one, two) = (deal(1, &prospect, 1_000_00), deal(2, &prospect, 3_000_00));
        opportunity::insert(&mut tx, &one).await.unwrap();
        opportunity::insert(&mut tx, &two).await.unwrap();
        assert_eq!(opportunity::get(&mut tx, one.id).await.unwrap(), one, "{}", db.name);
        assert_eq!(opportunity::open_of_prospect(&mut tx, prospect.id).await.unwrap().unwrap().id, two.id);
        assert_eq!(opportunity::usual_value_cents(&mut tx).await.unwrap(), Some(3_000_00));
        one.chance_own_percent = Some(40);
        assert!(opportunity::update_open(&mut tx, &one).await.unwrap());
        let page = opportunity::list(&mut tx, OpportunityState::Open, None, 1).await.unwrap();
        assert_eq!(page[0].opportunity.id, two.id);
        let place = Some((page[0].opportunity.opened_at, two.id));
        let rest = opportunity::list(&mut tx, OpportunityState::Open, place, 10).await.unwrap();
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0].opportunity.chance_own_percent, Some(40));

        assert!(opportunity::win(&mut tx, two.id, "quote:1", 2_900_00, now()).await.unwrap());
        assert!(!opportunity::win(&mut tx, two.id, "quote:1", 2_900_00, now()).await.unwrap(), "won once");
        assert!(opportunity::has_won(&mut tx, prospect.company_id).await.unwrap());
        assert_eq!(opportunity::lose_of_prospect(&mut tx, prospect.id, "price", now()).await.unwrap(), 1);
        assert!(!opportunity::update_open(&mut tx, &one).await.unwrap(), "closed");
        assert_eq!(opportunity::reopen_of_prospect(&mut tx, prospect.id, now()).await.unwrap(), 1);
        let all = opportunity::of_prospect(&mut tx, prospect.id).await.unwrap();
        let states: Vec<_> = all.iter().map(|o| o.state).collect();
        assert_eq!(states, [OpportunityState::Won, OpportunityState::Open]);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_quote_is_frozen_when_sent_and_decided_once() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let prospect = stored(&mut tx, 1).await;
        let deal = deal(1, &prospect, 1_000_00);
        opportunity::insert(&mut tx, &deal).await.unwrap();
        let mut draft = offer(1, &prospect);
        quote::insert(&mut tx, &draft).await.unwrap();
        let line = |description: &str| QuoteLine {
            description: description.to_owned(),
            line: Line { quantity_milli: 1_500, unit_price_cents: 100_00, discount_bp: 0, vat_bp: 2_100 },
        };
        draft.net_cents = 150_00;
        assert!(quote::save_draft(&mut tx, &draft, &[line("a"), line("b")]).await.unwrap());
        assert!(quote::save_draft(&mut tx, &draft, &[line("c")]).await.unwrap());
        assert_eq!(quote::lines(&mut tx, draft.id).await.unwrap(), [line("c")], "{}", db.name);
        assert_eq!(quote::get(&mut tx, draft.id).await.unwrap(), draft);

        assert_eq!(quote::take_number(&mut tx, 2026).await.unwrap(), "2026-0001");
        assert_eq!(quote::take_number(&mut tx, 2026).await.unwrap(), "2026-0002");
        assert_eq!(quote::take_number(&mut tx, 2027).await.unwrap(), "2027-0001");
        assert!(quote::mark_sent(&mut tx, draft.id, deal.id, "2026-0001", b"%PDF", now()).await.unwrap());
        assert!(!quote::mark_sent(&mut tx, draft.id, deal.id, "2026-0002", b"%PDF", now()).await.unwrap());
        assert!(!quote::save_draft(&mut tx, &draft, &[]).await.unwrap(), "what went out stays");
        assert!(!quote::delete_draft(&mut tx, draft.id).await.unwrap());
        assert_eq!(quote::lines(&mut tx, draft.id).await.unwrap().len(), 1);
        assert_eq!(quote::pdf(&mut tx, draft.id).await.unwrap().as_deref(), Some(&b"%PDF"[..]));
        assert!(quote::mark_viewed(&mut tx, draft.id, now()).await.unwrap());
        assert!(!quote::mark_viewed(&mut tx, draft.id, now()).await.unwrap());
        assert!(quote::decide(&mut tx, draft.id, QuoteState::Accepted, "Eva", "", now()).await.unwrap());
        assert!(!quote::decide(&mut tx, draft.id, QuoteState::Declined, "Eva", "", now()).await.unwrap());
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn quotes_expire_are_replaced_withdrawn_and_paged() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let prospect = stored(&mut tx, 1).await;
        let deal = deal(1, &prospect, 1_000_00);
        opportunity::insert(&mut tx, &deal).await.unwrap();
        let quotes: Vec<Quote> = (1..=4).map(|n| offer(n, &prospect)).collect();
        for (one, number) in quotes.iter().zip(["1", "2", "3", "4"]) {
            quote::insert(&mut tx, one).await.unwrap();
            if number != "4" {
                assert!(quote::mark_sent(&mut tx, one.id, deal.id, number, b"x", now()).await.unwrap());
            }
        }
        assert_eq!(quote::replace_others(&mut tx, deal.id, quotes[1].id).await.unwrap(), 2, "{}", db.name);
        assert!(quote::expire(&mut tx, date(2026, 12, 24)).await.unwrap().is_empty(), "the last day counts");
        assert_eq!(quote::expire(&mut tx, date(2026, 12, 25)).await.unwrap(), [quotes[1].id]);
        assert_eq!(quote::withdraw_of_prospect(&mut tx, prospect.id).await.unwrap(), 0);
        assert!(quote::delete_draft(&mut tx, quotes[3].id).await.unwrap());
        let first = quote::list(&mut tx, None, None, 2).await.unwrap();
        assert_eq!(first[0].1, "Bedrijf 1");
        let place = first.last().map(|(q, _)| (q.created_at, q.id));
        let rest = quote::list(&mut tx, None, place, 10).await.unwrap();
        assert_eq!((first.len(), rest.len()), (2, 1));
        assert_eq!(quote::list(&mut tx, Some(QuoteState::Expired), None, 10).await.unwrap().len(), 1);
        assert_eq!(quote::of_prospect(&mut tx, prospect.id).await.unwrap().len(), 3);
        drop(tx);
        db.remove().await;
    }
}
