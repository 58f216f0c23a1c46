//! Pursuits: one open per company, nothing overwritten unseen, the board adds up.

use jiff::SignedDuration;
use kiem_domain::conversation::{ProspectState, Step};
use kiem_domain::id::{CompanyId, ContactId};
use kiem_store::event::{self, Event};
use kiem_store::prospect::{self, ProspectFilter, ProspectSort};
use kiem_store::{StoreError, Tx, company, testing};
use uuid::Uuid;

use crate::sales::{self, now, owner, stored};

#[tokio::test]
async fn a_company_has_at_most_one_open_pursuit_and_may_have_several_over_the_years() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let mut one = stored(&mut tx, 1).await;
        assert_eq!(prospect::get(&mut tx, one.id).await.unwrap(), one, "{}", db.name);
        assert_eq!(
            prospect::open_for_company(&mut tx, one.company_id).await.unwrap().map(|p| p.id),
            Some(one.id)
        );
        one.state = ProspectState::Lost;
        one.open_company_id = None;
        prospect::save(&mut tx, &one).await.unwrap();
        assert!(prospect::open_for_company(&mut tx, one.company_id).await.unwrap().is_none());
        let mut again = sales::pursuit(2, one.company_id, one.contact_id);
        again.sort_company.clone_from(&one.sort_company);
        prospect::insert(&mut tx, &again).await.unwrap();
        stored(&mut tx, 5).await;
        let all = prospect::of_company(&mut tx, one.company_id, 10).await.unwrap();
        let ids: Vec<_> = all.iter().map(|card| card.prospect.id).collect();
        assert_eq!(ids, [again.id, one.id], "newest first, of this company only, on {}", db.name);
        let stranger = CompanyId(Uuid::from_u128(404));
        let pursued = prospect::companies_pursued(&mut tx, &[stranger, one.company_id]).await.unwrap();
        assert_eq!(pursued, [one.company_id], "once, however often: {}", db.name);
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(ws).await.unwrap();
        let third = sales::pursuit(3, one.company_id, one.contact_id);
        let refused = prospect::insert(&mut tx, &third).await;
        assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{refused:?} on {}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn who_comes_second_is_refused() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let one = stored(&mut tx, 1).await;
        let mut first = one.clone();
        first.next_action = Some("bel".to_owned());
        prospect::save(&mut tx, &first).await.unwrap();
        let second = prospect::save(&mut tx, &one).await;
        assert!(matches!(second, Err(StoreError::Duplicate(_))), "{second:?}");
        let read = prospect::get(&mut tx, one.id).await.unwrap();
        assert_eq!((read.version, read.next_action.as_deref()), (2, Some("bel")));
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn the_board_adds_up_and_pages_without_gaps() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        for n in 1..=7 {
            let mut one = stored(&mut tx, n).await;
            one.step = if n <= 5 { Step::Negotiation } else { Step::ToQualify };
            one.state = one.step.state();
            one.value_cents = (n != 3).then_some(1_000_00);
            one.chance_percent = 50;
            let days = i64::try_from(n).unwrap();
            one.next_action_at = (n != 2).then(|| now() + SignedDuration::from_hours(24 * (days % 3)));
            prospect::save(&mut tx, &one).await.unwrap();
        }
        let sums = prospect::column_sums(&mut tx, Some(owner())).await.unwrap();
        let column = sums.iter().find(|s| s.step == Step::Negotiation).unwrap();
        assert_eq!(
            (column.n, column.sum_cents, column.weighted_cents),
            (5, 4_000_00, 2_000_00),
            "{}",
            db.name
        );

        let filter = ProspectFilter { step: Some(Step::Negotiation), ..ProspectFilter::default() };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = prospect::list(&mut tx, &filter, ProspectSort::Due, after.as_ref(), 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.place(ProspectSort::Due));
            seen.extend(page.iter().map(|card| card.prospect.id.0.as_u128() - 0x1000));
        }
        assert_eq!(seen, [2, 3, 1, 4, 5], "without a plan first, then by date, then by id ({})", db.name);
        let first =
            prospect::list(&mut tx, &filter, ProspectSort::Due, None, 1).await.unwrap()[0].prospect.id;
        let card = prospect::card(&mut tx, first).await.unwrap();
        assert_eq!((card.contact_name.as_str(), card.has_opportunity), ("Eva van den Berg", false));

        let found = ProspectFilter { search: Some("BEDRIJF 6".to_owned()), ..ProspectFilter::default() };
        assert_eq!(prospect::list(&mut tx, &found, ProspectSort::Due, None, 10).await.unwrap().len(), 1);
        let wild = ProspectFilter { search: Some("%".to_owned()), ..ProspectFilter::default() };
        assert!(
            prospect::list(&mut tx, &wild, ProspectSort::Due, None, 10).await.unwrap().is_empty(),
            "a percent sign is itself"
        );
        assert_eq!(prospect::for_today(&mut tx, Some(owner()), 50).await.unwrap().len(), 7);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn people_join_once_nurture_wakes_and_a_touch_never_goes_back() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let mut one = stored(&mut tx, 1).await;
        let colleague = ContactId(Uuid::from_u128(0x99));
        assert!(prospect::add_contact(&mut tx, one.id, colleague, "decides").await.unwrap());
        assert!(!prospect::add_contact(&mut tx, one.id, colleague, "decides").await.unwrap());
        assert_eq!(prospect::contacts(&mut tx, one.id).await.unwrap().len(), 2);

        let later = now() + SignedDuration::from_hours(5);
        prospect::touch_theirs(&mut tx, one.id, later).await.unwrap();
        prospect::touch_theirs(&mut tx, one.id, now()).await.unwrap();
        one = prospect::get(&mut tx, one.id).await.unwrap();
        assert_eq!(one.theirs_at, Some(later));

        one.state = ProspectState::Nurture;
        one.nurture_until = Some(later);
        prospect::save(&mut tx, &one).await.unwrap();
        assert!(prospect::nurture_due(&mut tx, now(), 10).await.unwrap().is_empty());
        assert_eq!(prospect::nurture_due(&mut tx, later, 10).await.unwrap().len(), 1);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_company_has_its_events_of_one_kind_newest_first() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (company, contact) = sales::company(&mut tx, 1).await;
        let (other, _) = sales::company(&mut tx, 2).await;
        for (n, kind, company) in [
            (1, "contact.changed", company),
            (2, "contact.changed", company),
            (3, "lead.judged", company),
            (4, "contact.changed", other),
        ] {
            let one = Event {
                id: Uuid::from_u128(n),
                occurred_at: now() + SignedDuration::from_secs(n as i64),
                recorded_at: now(),
                kind: kind.to_owned(),
                company_id: Some(company),
                contact_id: Some(contact),
                prospect_id: None,
                subject_kind: "contact".to_owned(),
                subject_id: Some(contact.0),
                actor_kind: "system".to_owned(),
                actor_id: None,
                data: "{}".to_owned(),
                source: "kiem".to_owned(),
                external_id: n.to_string(),
            };
            assert!(event::append(&mut tx, &one).await.unwrap());
        }
        let found = event::of_company(&mut tx, company, "contact.changed", 10).await.unwrap();
        assert_eq!(found.iter().map(|e| e.id.as_u128()).collect::<Vec<_>>(), [2, 1], "{}", db.name);
        assert_eq!(event::of_company(&mut tx, company, "contact.changed", 1).await.unwrap().len(), 1);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn every_order_of_the_list_pages_without_gaps_and_unknown_comes_last() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        for n in 1..=4_u128 {
            let mut one = stored(&mut tx, n).await;
            let hours = |h| Some(now() - SignedDuration::from_hours(h));
            (one.value_cents, one.theirs_at, one.ours_at) = match n {
                1 => (Some(500), hours(9), None),
                2 => (None, hours(2), hours(8)),
                3 => (Some(900), None, None),
                _ => (Some(500), hours(9), hours(1)),
            };
            one.sort_company =
                ["delta", "alfa", "charlie", "bravo"][usize::try_from(n - 1).unwrap()].to_owned();
            if n == 3 {
                one.state = ProspectState::Nurture;
                one.nurture_until = Some(now() + SignedDuration::from_hours(24));
            }
            one.next_action_at =
                (n < 3).then(|| now() + SignedDuration::from_hours(48 - i64::try_from(n).unwrap()));
            prospect::save(&mut tx, &one).await.unwrap();
            let fit: Option<i64> = [None, Some(40), Some(90), Some(40)][usize::try_from(n - 1).unwrap()];
            if let Some(fit) = fit {
                let mut company = company::get(&mut tx, one.company_id).await.unwrap().unwrap();
                company.fit_score = Some(fit);
                assert!(company::update(&mut tx, &company).await.unwrap());
            }
        }
        let states = vec![ProspectState::ToQualify, ProspectState::InConversation, ProspectState::Nurture];
        let filter = ProspectFilter { states, ..ProspectFilter::default() };
        for (sort, expected) in [
            (ProspectSort::Due, [4, 3, 2, 1]),
            (ProspectSort::Company, [2, 4, 3, 1]),
            (ProspectSort::Value, [3, 1, 4, 2]),
            (ProspectSort::Fit, [3, 2, 4, 1]),
            (ProspectSort::Touch, [4, 2, 1, 3]),
        ] {
            assert_eq!(paged(&mut tx, &filter, sort).await, expected, "{sort:?} ({})", db.name);
        }
        drop(tx);
        db.remove().await;
    }
}

/// Numbers of the pursuits in a list that is read row by row.
async fn paged(tx: &mut Tx, filter: &ProspectFilter, sort: ProspectSort) -> Vec<u128> {
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = prospect::list(tx, filter, sort, after.as_ref(), 1).await.unwrap();
        let Some(last) = page.last() else { return seen };
        seen.push(last.prospect.id.0.as_u128() - 0x1000);
        after = Some(last.place(sort));
    }
}

#[tokio::test]
async fn what_is_over_comes_last_and_a_company_is_with_sales_until_it_is_lost() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let states = [
            ProspectState::Won,
            ProspectState::Disqualified,
            ProspectState::Nurture,
            ProspectState::InConversation,
            ProspectState::Undone,
        ];
        for (n, state) in (1..).zip(states) {
            let mut one = stored(&mut tx, n).await;
            one.state = state;
            one.next_action_at = None;
            one.nurture_until = (n == 3).then(|| now() + SignedDuration::from_hours(24));
            one.open_company_id = state.is_open().then_some(one.company_id);
            prospect::save(&mut tx, &one).await.unwrap();
            let with_sales = prospect::is_with_sales(&mut tx, one.company_id).await.unwrap();
            assert_eq!(with_sales, state.is_open() || state == ProspectState::Won, "{state} ({})", db.name);
        }
        let all = ProspectFilter { states: states.to_vec(), ..ProspectFilter::default() };
        assert_eq!(paged(&mut tx, &all, ProspectSort::Due).await, [4, 3, 1, 2, 5], "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
