//! Nothing is kept longer than a workspace says, and the page says before the night what would go.

mod support;

use jiff::SignedDuration;
use kiem::engine::privacy::RetentionChange;
use kiem::engine::settings::UninformedAction;
use kiem::engine::{EngineError, Role};
use kiem_domain::retention::RetentionKind;
use kiem_store::args;
use support::House;

fn change(kind: RetentionKind, days: u32, reason: &str) -> RetentionChange {
    RetentionChange { uninformed: UninformedAction::Restrict, periods: vec![(kind, days, reason.to_owned())] }
}

async fn due(house: &House, kind: RetentionKind) -> i64 {
    let plan = house.engine.retention(&house.caller(Role::ReadOnly)).await.unwrap();
    plan.rows.iter().find(|row| row.kind == kind).unwrap().due_n
}

#[tokio::test]
async fn a_lead_of_whom_nothing_is_heard_goes_after_a_year_and_the_trail_says_so() {
    for house in [House::sqlite().await, House::postgres().await] {
        let silent = house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
        let fresh = house.lead(2, "tom@ander.example", "Tom", "Bos", "Ander BV").await;
        let owner = house.caller(Role::Owner);
        house.advance(SignedDuration::from_hours(24 * 366));
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        let sql = "UPDATE lead SET state = 'approached', approached_at = $3, touched_at = $3
                   WHERE workspace_id = $1 AND id = $2";
        tx.execute(sql, args![silent, house.clock.now() - SignedDuration::from_hours(24 * 366)])
            .await
            .unwrap();
        tx.execute(sql, args![fresh, house.clock.now()]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due(&house, RetentionKind::LeadUnanswered).await, 1, "said before it is done");

        house.engine.privacy_nightly(house.workspace).await.unwrap();
        assert_eq!(due(&house, RetentionKind::LeadUnanswered).await, 0);
        let gone = house.engine.lead(&owner, silent).await.map(|lead| lead.contact.email);
        assert!(!matches!(gone, Ok(Some(_))), "{}", house.db.name);
        assert!(house.engine.lead(&owner, fresh).await.unwrap().contact.email.is_some());
        let trail = house.engine.audit_trail(&owner, None, 10).await.unwrap();
        let line = trail.iter().find(|(entry, _)| entry.action == "data.purged").unwrap();
        assert!(line.0.detail.contains("lead_unanswered"), "{}", line.0.detail);
        house.engine.privacy_nightly(house.workspace).await.unwrap();
        let again = house.engine.audit_trail(&owner, None, 10).await.unwrap();
        assert_eq!(again.len(), trail.len(), "nothing more goes, and nothing is said");
        house.close().await;
    }
}

#[tokio::test]
async fn longer_needs_a_reason_that_stays_beside_it() {
    let house = House::sqlite().await;
    let owner = house.caller(Role::Owner);
    let kind = RetentionKind::LeadUnanswered;
    let refused = house.engine.change_retention(&owner, &change(kind, 500, " ")).await;
    assert!(
        matches!(refused, Err(EngineError::Invalid(e)) if e[0].field == "lead_unanswered.reason"),
        "a reason is asked for"
    );
    let refused = house.engine.change_retention(&owner, &change(kind, 3, "")).await;
    assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].code == "retention_too_short"));
    let refused = house.engine.change_retention(&house.caller(Role::Marketing), &change(kind, 60, "")).await;
    assert!(matches!(refused, Err(EngineError::Forbidden)));

    let plan = house.engine.change_retention(&owner, &change(kind, 500, "Inkoop duurt hier jaren")).await;
    let plan = plan.unwrap();
    let row = plan.rows.iter().find(|row| row.kind == kind).unwrap();
    assert_eq!((row.days, row.reason.as_str()), (500, "Inkoop duurt hier jaren"));
    let back = house.engine.change_retention(&owner, &change(kind, kind.days_default(), "")).await.unwrap();
    assert!(back.rows.iter().all(|row| row.days == row.kind.days_default() && row.reason.is_empty()));
    house.close().await;
}
