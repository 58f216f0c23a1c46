//! Companies that are put on the suppression list together.

use kiem_domain::id::{CompanyId, ContactId, SuppressionRunId, UserId};
use kiem_domain::lead::LeadState;
use kiem_store::suppression_run::{self, SuppressionCounts, SuppressionRun};
use kiem_store::{Tx, args, company, contact, import_trace, lead, prospect, testing};
use uuid::Uuid;

use crate::audience::{a_company, a_contact, a_lead};
use crate::outreach::after;
use crate::sales::{now, pursuit};

fn a_run(n_companies: i64) -> SuppressionRun {
    SuppressionRun {
        id: SuppressionRunId(Uuid::from_u128(0x51)),
        reason: "Klant van een zusterbedrijf".to_owned(),
        n_companies,
        n_done: 0,
        n_people: 0,
        n_stopped: 0,
        created_by: UserId(Uuid::from_u128(7)),
        created_at: now(),
        finished_at: None,
    }
}

/// Three companies: one with a domain and two people, one with one person, one with nobody.
async fn three(tx: &mut Tx) -> [CompanyId; 3] {
    let firms = [1, 2, 3].map(|n| {
        let mut firm = a_company(n, "Bouwers");
        firm.domain = (n == 1).then(|| "bouwers.example".to_owned());
        firm
    });
    company::insert_many(tx, &firms).await.unwrap();
    for (n, firm, email) in [
        (1, &firms[0], Some("eva@bouwers.example")),
        (2, &firms[0], Some("jan@post.example")),
        (3, &firms[1], Some("kees@post.example")),
    ] {
        let mut person = a_contact(n, firm, None);
        person.email = email.map(str::to_owned);
        contact::insert_many(tx, std::slice::from_ref(&person), None).await.unwrap();
        lead::insert_many(tx, &[a_lead(n, firm, &person, "wie")]).await.unwrap();
    }
    firms.map(|firm| firm.id)
}

#[tokio::test]
async fn companies_wait_until_they_are_done_and_are_counted_once() {
    for db in testing::both().await {
        let (ws, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms = three(&mut tx).await;
        let run = a_run(3);
        suppression_run::insert(&mut tx, &run, &firms).await.unwrap();
        suppression_run::put_waiting(&mut tx, run.id, &firms[..1]).await.unwrap();
        assert_eq!(suppression_run::get(&mut tx, run.id).await.unwrap(), Some(run.clone()), "{}", db.name);
        assert_eq!(suppression_run::lock(&mut tx, run.id).await.unwrap(), Some(run.clone()));
        assert_eq!(suppression_run::newest(&mut tx, 5).await.unwrap(), std::slice::from_ref(&run));
        assert_eq!(suppression_run::next(&mut tx, run.id, 2).await.unwrap(), firms[..2]);
        assert_eq!(suppression_run::waits_in(&mut tx, firms[1]).await.unwrap(), [run.id]);
        for _ in 0..2 {
            suppression_run::done(&mut tx, run.id, &firms[..2], (0, 0)).await.unwrap();
        }
        suppression_run::done(&mut tx, run.id, &[], (3, 1)).await.unwrap();
        assert_eq!(suppression_run::next(&mut tx, run.id, 2).await.unwrap(), firms[2..]);
        assert_eq!(
            import_trace::remove_companies(
                &mut tx,
                &firms[2..],
                import_trace::Unchanged::Since(after(1_000))
            )
            .await
            .unwrap()
            .len(),
            1
        );
        assert!(suppression_run::next(&mut tx, run.id, 2).await.unwrap().is_empty(), "gone with the company");
        for at in [after(5), after(9)] {
            suppression_run::finish(&mut tx, run.id, at).await.unwrap();
        }
        let over = suppression_run::get(&mut tx, run.id).await.unwrap().unwrap();
        assert_eq!(
            (over.n_done, over.n_people, over.n_stopped, over.finished_at),
            (2, 3, 1, Some(after(5))),
            "{}",
            db.name
        );
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(other).await.unwrap();
        assert_eq!(suppression_run::get(&mut tx, run.id).await.unwrap(), None, "another workspace's");
        assert!(suppression_run::newest(&mut tx, 5).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_it_comes_to_is_counted_before() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms = three(&mut tx).await;
        let people = suppression_run::people_at(&mut tx, &firms, None, 10).await.unwrap();
        assert_eq!(people.len(), 3, "{}", db.name);
        assert!(people.iter().all(|one| one.lead_id.is_some() && one.email.is_some()));
        let rest = suppression_run::people_at(&mut tx, &firms, Some(people[0].contact_id), 1).await.unwrap();
        assert_eq!(rest, people[1..2]);

        prospect::insert(&mut tx, &pursuit(1, firms[1], people[2].contact_id)).await.unwrap();
        let group = Uuid::from_u128(0x99);
        let mut sibling = a_company(4, "Zusje");
        sibling.domain = None;
        company::insert_many(&mut tx, std::slice::from_ref(&sibling)).await.unwrap();
        for firm in [firms[0], sibling.id] {
            let sql = "INSERT INTO company_group_member (workspace_id, company_id, group_id, linked_at)
                       VALUES ($1, $2, $3, $4)";
            tx.execute(sql, args![firm, group, now()]).await.unwrap();
        }
        let nobody = CompanyId(Uuid::from_u128(0xdead));
        let counts = suppression_run::counts(&mut tx, &[firms[0], firms[1], firms[2], nobody]).await.unwrap();
        let expected = SuppressionCounts {
            n_companies: 3,
            n_with_domain: 1,
            n_without_address: 1,
            n_people: 3,
            n_people_running: 0,
            n_companies_running: 0,
            n_pursued: 1,
            n_siblings: 1,
        };
        assert_eq!(counts, expected, "{}", db.name);

        assert!(contact::erase(&mut tx, people[0].contact_id, now()).await.unwrap());
        let left = suppression_run::people_at(&mut tx, &firms, None, 10).await.unwrap();
        let ids: Vec<ContactId> = left.iter().map(|one| one.contact_id).collect();
        assert!(!ids.contains(&people[0].contact_id), "{}: who is erased is nobody's any more", db.name);
        let from = [LeadState::New, LeadState::Approached];
        let moved = lead::set_state_at(&mut tx, firms[0], &from, LeadState::Blocked).await.unwrap();
        let again = lead::set_state_at(&mut tx, firms[0], &from, LeadState::Blocked).await.unwrap();
        assert_eq!((moved, again), (2, 0), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn running_sequences_are_counted_by_person_and_by_company() {
    for db in testing::both().await {
        let (mut tx, _) = crate::outreach::twins(&db, 3).await;
        let company = CompanyId(Uuid::from_u128(1));
        let sql = "UPDATE enrolment SET company_id = $2 WHERE workspace_id = $1";
        let n = tx.execute(sql, args![company]).await.unwrap();
        let counts = suppression_run::counts(&mut tx, &[company]).await.unwrap();
        let n = i64::try_from(n).unwrap();
        assert_eq!((counts.n_people_running, counts.n_companies_running), (n, 1), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
