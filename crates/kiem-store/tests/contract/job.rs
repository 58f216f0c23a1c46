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
        job::enqueue(&mut tx, &[new_job(1, "a", now)], now).await.unwrap();
        job::enqueue(&mut tx, &[new_job(2, "a", now)], now).await.unwrap();
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
        let held = later + LEASE + LEASE;
        assert!(!job::hold(&mut tx, &first[0], held).await.unwrap(), "whoever lost it holds nothing");
        assert!(job::hold(&mut tx, &second[0], held).await.unwrap());
        assert!(
            job::claim(&mut tx, later + LEASE, LEASE, 10).await.unwrap().is_empty(),
            "held longer ({})",
            db.name
        );
        assert!(job::fail(&mut tx, &second[0], "no line", Some(later)).await.unwrap());
        let third = job::claim(&mut tx, later, LEASE, 10).await.unwrap();
        assert_eq!((third[0].attempt, third[0].last_error.as_deref()), (3, Some("no line")));
        assert!(job::is_asked(&mut tx, &third[0].kind, "a").await.unwrap());
        assert!(!job::is_asked(&mut tx, &third[0].kind, "b").await.unwrap());
        assert!(job::fail(&mut tx, &third[0], "gave up", None).await.unwrap());
        assert!(!job::is_asked(&mut tx, &third[0].kind, "a").await.unwrap(), "nobody works on it any more");
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
        job::enqueue(&mut tx, &[new_job(1, "a", now)], now).await.unwrap();
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

#[tokio::test]
async fn a_workspace_is_woken_for_the_earliest_work_and_for_what_came_meanwhile() {
    let now: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
    let at = |seconds| now + SignedDuration::from_secs(seconds);
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now).await, db.workspace(2, now).await);
        for (ws, wanted) in [(one, [60, 20]), (two, [10, 40])] {
            let mut tx = db.store.begin(ws).await.unwrap();
            for seconds in wanted {
                job::wake(&mut tx, Queue::Send, at(seconds)).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        let mut global = db.store.global().await.unwrap();
        for (seconds, limit, expected) in
            [(9, 9, vec![]), (10, 9, vec![two]), (20, 9, vec![two, one]), (20, 1, vec![two])]
        {
            let due = job::due(&mut global, Queue::Send, at(seconds), limit).await.unwrap();
            let due: Vec<_> = due.iter().map(|w| w.workspace).collect();
            assert_eq!(due, expected, "at {seconds}, at most {limit}, on {}", db.name);
        }
        assert!(job::due(&mut global, Queue::Job, at(99), 9).await.unwrap().is_empty(), "another queue");
        let due = job::due(&mut global, Queue::Send, at(20), 9).await.unwrap();
        global.commit().await.unwrap();

        let mut tx = db.store.begin(one).await.unwrap();
        job::wake(&mut tx, Queue::Send, at(90)).await.unwrap();
        job::settle(&mut tx, Queue::Send, due[1], None).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        job::settle(&mut tx, Queue::Send, due[0], Some(at(500))).await.unwrap();
        tx.commit().await.unwrap();
        let mut global = db.store.global().await.unwrap();
        let due = job::due(&mut global, Queue::Send, at(499), 9).await.unwrap();
        let found: Vec<_> = due.iter().map(|w| w.workspace).collect();
        assert_eq!(found, [one], "more came in while the worker looked ({})", db.name);
        assert_eq!(job::due(&mut global, Queue::Send, at(500), 9).await.unwrap().len(), 2);
        drop(global);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_claim_takes_the_longest_waiting_jobs_and_no_more_than_asked() {
    let now: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
    let at = |seconds| now + SignedDuration::from_secs(seconds);
    for db in testing::both().await {
        let ws = db.workspace(1, now).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let keys = ["a", "b", "c", "d", "e"];
        for (n, key) in (1..).zip(keys) {
            job::enqueue(&mut tx, &[new_job(n, key, at(-i64::try_from(n).unwrap()))], now).await.unwrap();
        }
        let mut taken = Vec::new();
        for _ in 0..3 {
            let claimed = job::claim(&mut tx, now, LEASE, 2).await.unwrap();
            taken.push(claimed.into_iter().map(|j| j.dedup_key).collect::<Vec<_>>());
        }
        assert_eq!(taken, [vec!["e", "d"], vec!["c", "b"], vec!["a"]], "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
