//! What is counted of everybody does not keep a page waiting when there are many: it is counted aside, and says when.

mod support;

use jiff::SignedDuration;
use kiem::engine::Role;
use kiem::engine::audience::{CompanyEdit, ContactEdit, MeantCompany, NewLead};
use kiem::engine::planning::funnel::FunnelQuery;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{CompanyId, ContactId, LeadId};
use kiem_store::args;
use support::House;
use uuid::Uuid;

/// One more than what is counted whenever somebody looks.
const MANY: u128 = 20_001;

/// People `from` to `to` at one company, each a lead.
async fn people(house: &House, from: u128, to: u128) {
    let now = house.engine.now();
    let id = |n: u128, kind: u128| Uuid::from_u128((n << 8) + kind);
    let firm = CompanyId(id(0, 1));
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    if from == 1 {
        tx.execute(
            "INSERT INTO company (workspace_id, id, name, name_key, country, fit_known_percent, fit_reasons, source,
                 created_at, updated_at) VALUES ($1, $2, 'Groot', 'groot', 'NL', 0, '[]', 'test', $3, $3)",
            args![firm, now],
        )
        .await
        .unwrap();
    }
    let rows = (from..=to).map(|n| {
        let email = EmailAddress::parse(&format!("p{n}@groot.example")).unwrap().to_string();
        args![ContactId(id(n, 2)), firm, "p", email.as_str(), "test", now, now]
    });
    let head =
        "INSERT INTO contact (workspace_id, id, company_id, name_key, email, source, created_at, updated_at)";
    tx.insert_many(head, rows, "").await.unwrap();
    let rows = (from..=to)
        .map(|n| args![LeadId(id(n, 3)), ContactId(id(n, 2)), firm, "new", 0, 0, false, "", "", -1, now]);
    let head = "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, sort_name,
         sort_company, fit_score, created_at)";
    tx.insert_many(head, rows, "").await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_large_audience_is_counted_aside_and_says_when() {
    for house in [House::sqlite().await, House::postgres().await] {
        let caller = house.caller(Role::ReadOnly);
        let counted = async || house.engine.audience_reach(&caller).await.unwrap().counted;
        let leads = async || {
            let report = house.engine.funnel(&caller, FunnelQuery::default()).await.unwrap();
            (report.leads_now, report.counts.leads, report.before.unwrap().leads)
        };
        people(&house, 1, MANY - 1).await;
        let live = counted().await;
        assert_eq!((live.reach.total_n, live.at, live.is_counting), (20_000, None, false), "counted at once");
        people(&house, MANY, MANY).await;
        house.advance(SignedDuration::from_mins(20));

        let first = counted().await;
        assert_eq!((first.reach.total_n, first.at, first.is_counting), (0, None, true), "not known yet");
        assert_eq!(leads().await, ((20_001, 0), 20_001, 0));
        house.run_jobs().await;
        let at = house.engine.now();
        let known = counted().await;
        assert_eq!((known.reach.total_n, known.at, known.is_counting), (20_001, Some(at), false));
        assert_eq!((known.companies_n, known.reach.channels.len()), (1, 3));
        assert_eq!(leads().await, ((20_001, 0), 20_001, 0), "the same as when it was counted by looking");

        people(&house, MANY + 1, MANY + 1).await;
        assert_eq!(counted().await, known, "for a while that is good enough");
        house.advance(SignedDuration::from_mins(11));
        let old = counted().await;
        assert_eq!((old.reach.total_n, old.at, old.is_counting), (20_001, Some(at), true));
        assert!(counted().await.is_counting, "asked for once");
        house.run_jobs().await;
        assert_eq!(counted().await.reach.total_n, 20_002);
        assert_eq!(leads().await, ((20_002, 0), 20_002, 0));

        // After something came in nobody has to look first.
        house.advance(SignedDuration::from_mins(11));
        let company = CompanyEdit { name: "Klein".to_owned(), ..CompanyEdit::default() };
        let contact = ContactEdit { family_name: "Bos".to_owned(), ..ContactEdit::default() };
        let new = NewLead { company, meant: MeantCompany::Recognised, contact, ground: None };
        house.engine.add_lead(&house.caller(Role::Marketing), new).await.unwrap();
        house.run_jobs().await;
        let fresh = counted().await;
        assert_eq!((fresh.companies_n, fresh.at, fresh.is_counting), (2, Some(house.engine.now()), false));
        house.close().await;
    }
}
