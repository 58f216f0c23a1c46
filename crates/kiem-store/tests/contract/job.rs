//! Jobs: claimed once, fenced by epoch, found through wake-ups.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::JobId;
use kiem_store::job::{self, NewJob, Queue};
use kiem_store::testing;
use uuid::Uuid;

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn new_job(n: u128, key: &str, run_at: Timestamp) -> NewJob<'_> {
    NewJob {
        id: JobId(Uuid::from_u128(n)),
        kind: "test",
        dedup_key: key,
        payload: "{}",
        run_at,
        attempts_max: 3,
    }
}

#[tokio::test]
async fn a_job_is_claimed_once_and_returned_when_its_worker_dies() {
    let now: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
    for db in testing::both().await {
        let ws = db.workspace(1, now).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        job::enqueue(&mut tx, &new_job(1, "a", now), now).await.unwrap();
        job::enqueue(&mut tx, &new_job(2, "a", now), now).await.unwrap();
        tx.commit().await.unwrap();

        let mut global = db.store.global().await.unwrap();
        let due = job::due(&mut global, Queue::Job, now, 10).await.unwrap();
        assert_eq!(due.len(), 1, "{}", db.name);
        global.commit().await.unwrap();

        let mut tx = db.store.begin(ws).await.unwrap();
        let first = job::claim(&mut tx, now, LEASE, 10).await.unwrap();
        assert_eq!(first.len(), 1, "asked twice, done once ({})", db.name);
        assert!(job::claim(&mut tx, now, LEASE, 10).await.unwrap().is_empty());
        let later = now + LEASE;
        let second = job::claim(&mut tx, later, LEASE, 10).await.unwrap();
        assert_eq!(second.len(), 1, "a dead worker's job comes back ({})", db.name);
        assert!(!job::finish(&mut tx, &first[0]).await.unwrap(), "the old worker is fenced off");
        assert!(job::fail(&mut tx, &second[0], "no line", Some(later)).await.unwrap());
        let third = job::claim(&mut tx, later, LEASE, 10).await.unwrap();
        assert_eq!((third[0].attempt, third[0].last_error.as_deref()), (3, Some("no line")));
        assert!(job::fail(&mut tx, &third[0], "gave up", None).await.unwrap());
        assert_eq!(job::dead(&mut tx, 10).await.unwrap().len(), 1);
        job::settle(&mut tx, Queue::Job, due[0], None).await.unwrap();
        assert_eq!(job::next_run_at(&mut tx).await.unwrap(), None);
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn another_workspace_sees_nothing() {
    let now: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now).await, db.workspace(2, now).await);
        let mut tx = db.store.begin(one).await.unwrap();
        job::enqueue(&mut tx, &new_job(1, "a", now), now).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(job::claim(&mut tx, now, LEASE, 10).await.unwrap().is_empty());
        if db.name == "postgres" {
            let rows = tx.unscoped().fetch_all("SELECT id FROM job", vec![]).await.unwrap();
            assert!(rows.is_empty(), "row-level security guards a statement that forgot its scope");
        }
        drop(tx);
        db.remove().await;
    }
}
