//! Colleagues who may be one person, and what people were before they went up in another.

use kiem_domain::dedupe::PersonSign;
use kiem_domain::id::{CompanyId, ContactId};
use kiem_store::contact_alias::{self, ContactAlias};
use kiem_store::contact_pair::{self, ContactPair};
use kiem_store::duplicate::PairState;
use kiem_store::merge::{self, Merge, MergeCause};
use kiem_store::{Tx, args, contact, testing};
use uuid::Uuid;

use crate::sales::{company, now};

/// One more person at a company.
async fn colleague(tx: &mut Tx, n: u128, company: CompanyId) -> ContactId {
    let id = ContactId(Uuid::from_u128(n));
    tx.execute(
        "INSERT INTO contact (workspace_id, id, company_id, given_name, family_name, name_key, source, created_at, updated_at)
         VALUES ($1, $2, $3, 'Jan', 'Smit', 'jan smit', 'test', $4, $4)",
        args![id, company, now()],
    )
    .await
    .unwrap();
    id
}

fn pair(n: u128, a: ContactId, b: ContactId, place: i64) -> ContactPair {
    let (first, second) = contact_pair::in_order(a, b);
    ContactPair {
        id: Uuid::from_u128(n),
        first,
        second,
        state: PairState::Open,
        sign: PersonSign::Initials,
        place,
        found_at: now(),
        decided_at: None,
        decided_by: None,
    }
}

#[tokio::test]
async fn a_pair_of_colleagues_waits_until_somebody_says_something() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (firm, a) = company(&mut tx, 1).await;
        let (b, c) = (colleague(&mut tx, 11, firm).await, colleague(&mut tx, 12, firm).await);
        let (one, other) = (pair(1, b, a, 5), pair(2, c, b, 9));
        assert!(contact_pair::put(&mut tx, &one).await.unwrap());
        assert!(contact_pair::put(&mut tx, &other).await.unwrap());
        let again = ContactPair { sign: PersonSign::Name, place: 7, id: Uuid::from_u128(3), ..one.clone() };
        assert!(!contact_pair::put(&mut tx, &again).await.unwrap(), "{}: each pair once", db.name);
        let known = contact_pair::get(&mut tx, one.id).await.unwrap().unwrap();
        assert_eq!((known.sign, known.place, known.first), (PersonSign::Name, 7, a));
        let first = contact_pair::list(&mut tx, PairState::Open, None, 1).await.unwrap();
        assert_eq!(first, std::slice::from_ref(&other), "the highest place first");
        let after = Some((other.place, other.id));
        assert_eq!(
            contact_pair::list(&mut tx, PairState::Open, after, 9).await.unwrap(),
            std::slice::from_ref(&known)
        );
        assert_eq!(contact_pair::of_contacts(&mut tx, &[b]).await.unwrap().len(), 2);
        assert_eq!(contact_pair::of_contacts(&mut tx, &[c]).await.unwrap(), std::slice::from_ref(&other));

        assert!(
            contact_pair::decide(&mut tx, one.id, PairState::Different, Some((now(), None))).await.unwrap()
        );
        assert!(!contact_pair::decide(&mut tx, Uuid::from_u128(99), PairState::Later, None).await.unwrap());
        contact_pair::remove_open(&mut tx, one.id).await.unwrap();
        contact_pair::remove_open(&mut tx, other.id).await.unwrap();
        let counts = contact_pair::counts(&mut tx).await.unwrap();
        assert_eq!((counts.open_n, counts.different_n), (0, 1), "{}: what was said is kept", db.name);
        tx.execute("DELETE FROM contact WHERE workspace_id = $1 AND id = $2", args![b]).await.unwrap();
        assert!(contact_pair::get(&mut tx, one.id).await.unwrap().is_none(), "who is gone is in no pair");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn only_people_with_colleagues_are_read_and_nobody_erased() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (firm, a) = company(&mut tx, 1).await;
        let (alone, _) = company(&mut tx, 2).await;
        let (b, gone) = (colleague(&mut tx, 11, firm).await, colleague(&mut tx, 12, firm).await);
        contact::erase(&mut tx, gone, now()).await.unwrap();
        let found = contact::colleagues(&mut tx, &[alone, firm]).await.unwrap();
        assert_eq!(found.iter().map(|person| person.id).collect::<Vec<_>>(), [a, b], "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_person_is_known_by_what_they_were_before_a_merge() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        assert!(!contact_alias::is_any(&mut tx).await.unwrap());
        let (firm, a) = company(&mut tx, 1).await;
        let (other_firm, b) = company(&mut tx, 2).await;
        let alias = |n: u128, contact_id, company_id, email: Option<&str>| ContactAlias {
            id: Uuid::from_u128(n),
            contact_id,
            company_id,
            email: email.map(str::to_owned),
            name_key: "e van den berg".to_owned(),
            facts: "{}".to_owned(),
        };
        let all = [
            alias(1, a, firm, Some("eva@a.example")),
            alias(2, b, other_firm, None),
            alias(3, a, firm, Some("evdb@a.example")),
        ];
        for one in &all {
            contact_alias::put(&mut tx, one).await.unwrap();
        }
        assert!(contact_alias::is_any(&mut tx).await.unwrap());
        let of_a = [all[0].clone(), all[2].clone()];
        assert_eq!(contact_alias::of_contacts(&mut tx, &[a]).await.unwrap(), of_a, "{}", db.name);
        assert_eq!(contact_alias::at_companies(&mut tx, &[firm]).await.unwrap(), of_a);
        let addresses = ["evdb@a.example".to_owned(), "niemand@a.example".to_owned()];
        assert_eq!(contact_alias::at_addresses(&mut tx, &addresses).await.unwrap(), [all[2].clone()]);
        assert_eq!(contact_alias::page(&mut tx, None, 2).await.unwrap(), all[..2]);
        assert_eq!(contact_alias::page(&mut tx, Some(all[1].id), 2).await.unwrap(), all[2..]);
        tx.commit().await.unwrap();
        let other = db.workspace(2, now()).await;
        let mut tx = db.store.read(other).await.unwrap();
        assert!(
            contact_alias::at_addresses(&mut tx, &addresses).await.unwrap().is_empty(),
            "another workspace's"
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_merge_of_people_is_none_of_their_company() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (firm, _) = company(&mut tx, 1).await;
        let (a, b) = (colleague(&mut tx, 11, firm).await, colleague(&mut tx, 12, firm).await);
        let made = |n: u128, cause| Merge {
            id: Uuid::from_u128(n),
            kept: firm,
            lost: firm,
            people: Some((a, b)),
            lost_name: String::new(),
            cause,
            centibits: 1_200,
            people_joined_n: 0,
            people_apart_n: 0,
            merged_at: now(),
            merged_by: None,
            undone_at: None,
            undone_by: None,
            undo_report: None,
        };
        let (by_kiem, by_somebody) = (made(1, MergeCause::Evidence), made(2, MergeCause::Person));
        merge::put(&mut tx, &by_kiem, &[(b.0, a.0)]).await.unwrap();
        merge::put(&mut tx, &by_somebody, &[]).await.unwrap();
        assert_eq!(merge::get(&mut tx, by_kiem.id).await.unwrap().as_ref(), Some(&by_kiem));
        assert_eq!((by_kiem.kept_record(), by_kiem.lost_record()), (a.0, b.0));
        assert!(merge::of_kept(&mut tx, firm).await.unwrap().is_empty(), "{}: no company went up", db.name);
        for (record, expected) in [(firm.0, 0), (a.0, 1), (b.0, 1)] {
            let found = merge::by_kiem_since(&mut tx, &[record], now()).await.unwrap();
            assert_eq!(found.len(), expected, "{}: {record}", db.name);
        }
        assert_eq!(contact_pair::counts(&mut tx).await.unwrap().same_n, 1);
        assert_eq!(kiem_store::duplicate::counts(&mut tx).await.unwrap().same_n, 0);
        assert_eq!(merge::new_id_of(&mut tx, b.0).await.unwrap(), Some(a.0));
        drop(tx);
        db.remove().await;
    }
}
