//! Readings of websites, their facts, and the rounds in which sites are read.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{CompanyId, UserId, WebsiteRunId};
use kiem_domain::website::{FactKind, ReadingOutcome};
use kiem_store::company::{self, Company};
use kiem_store::testing;
use kiem_store::website::{self, WebsiteFact, WebsiteReading};
use kiem_store::website_run::{self, Candidates, RunCounts, RunState, WaitingSite, WebsiteRun};
use kiem_store::{Tx, host_turn, import_trace};
use uuid::Uuid;

use crate::audience::a_company;
use crate::sales::now;

fn reading(company: CompanyId, outcome: ReadingOutcome) -> WebsiteReading {
    WebsiteReading {
        company_id: company,
        site: "klant.example".to_owned(),
        read_at: now(),
        outcome,
        outcome_detail: None,
        n_pages: 2,
        refused: "[]".to_owned(),
        content_hash: "ab".to_owned(),
        retry_at: None,
    }
}

fn fact(n: u128, company: CompanyId, kind: FactKind, value: &str) -> WebsiteFact {
    WebsiteFact {
        id: Uuid::from_u128(n),
        company_id: company,
        kind,
        value: value.to_owned(),
        details: "{}".to_owned(),
        url: "https://klant.example/contact".to_owned(),
        snippet: "KvK 30123456".to_owned(),
        read_at: now(),
        content_hash: "cd".to_owned(),
        is_personal: kind == FactKind::Person,
    }
}

async fn companies(tx: &mut Tx, names: &[&str]) -> Vec<Company> {
    let all: Vec<Company> = (1..).zip(names).map(|(n, name)| a_company(n, name)).collect();
    company::insert_many(tx, &all).await.unwrap();
    all
}

fn a_run(n: u128, companies: &[Company]) -> (WebsiteRun, Vec<WaitingSite>) {
    let run = WebsiteRun {
        id: WebsiteRunId(Uuid::from_u128(n)),
        state: RunState::Running,
        n_companies: i64::try_from(companies.len()).unwrap(),
        counts: RunCounts::default(),
        created_by: UserId(Uuid::from_u128(7)),
        created_at: now() + SignedDuration::from_secs(i64::try_from(n).unwrap()),
        finished_at: None,
    };
    let site = |c: &Company| WaitingSite { company_id: c.id, host: c.domain.clone().unwrap() };
    (run, companies.iter().map(site).collect())
}

#[tokio::test]
async fn a_reading_and_its_facts_replace_those_before() {
    for db in testing::both().await {
        let (ws, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(ws).await.unwrap();
        let firm = companies(&mut tx, &["Noord"]).await.remove(0);
        for outcome in [ReadingOutcome::Later, ReadingOutcome::Read] {
            website::put_reading(&mut tx, &reading(firm.id, outcome)).await.unwrap();
        }
        let read = website::reading(&mut tx, firm.id).await.unwrap();
        assert_eq!(read, Some(reading(firm.id, ReadingOutcome::Read)), "{}", db.name);
        let old = [fact(1, firm.id, FactKind::News, "Oud")];
        website::replace_facts(&mut tx, firm.id, &old).await.unwrap();
        let new =
            [fact(2, firm.id, FactKind::Kvk, "30123456"), fact(3, firm.id, FactKind::Person, "Jan de Vries")];
        website::replace_facts(&mut tx, firm.id, &new).await.unwrap();
        assert_eq!(website::facts(&mut tx, firm.id).await.unwrap(), new, "{}", db.name);
        assert_eq!(website::fact(&mut tx, new[0].id).await.unwrap().as_ref(), Some(&new[0]));
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(other).await.unwrap();
        assert!(website::reading(&mut tx, firm.id).await.unwrap().is_none(), "another workspace's");
        assert!(website::facts(&mut tx, firm.id).await.unwrap().is_empty());
        assert!(website::fact(&mut tx, new[0].id).await.unwrap().is_none());
        assert_eq!(website::forget_people(&mut tx, Timestamp::MAX).await.unwrap(), 0);
        drop(tx);

        let mut tx = db.store.begin(ws).await.unwrap();
        assert_eq!(website::forget_people(&mut tx, now()).await.unwrap(), 0, "it was read now");
        assert_eq!(website::forget_people(&mut tx, Timestamp::MAX).await.unwrap(), 1);
        assert_eq!(website::facts(&mut tx, firm.id).await.unwrap(), new[..1]);
        let (run, sites) = a_run(9, std::slice::from_ref(&firm));
        website_run::insert(&mut tx, &run, &sites).await.unwrap();
        assert_eq!(
            import_trace::remove_companies(&mut tx, &[firm.id], import_trace::Unchanged::Since(now()))
                .await
                .unwrap()
                .len(),
            1
        );
        assert!(website::facts(&mut tx, firm.id).await.unwrap().is_empty(), "gone with the company");
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn a_round_hands_out_each_company_once_and_ends_with_the_last() {
    let added = RunCounts { n_done: 1, n_read: 1, n_refused: 0, n_facts: 5, n_filled: 2, n_suppressed: 1 };
    for db in testing::both().await {
        let (ws, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms = companies(&mut tx, &["Noord", "Zuid"]).await;
        let (run, sites) = a_run(1, &firms);
        website_run::insert(&mut tx, &run, &sites).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(ws).await.unwrap();
        assert_eq!(website_run::get(&mut tx, run.id).await.unwrap().as_ref(), Some(&run), "{}", db.name);
        assert_eq!(website_run::next(&mut tx, run.id, &[], 10).await.unwrap(), sites);
        let busy = ["noord.example".to_owned()];
        assert_eq!(
            website_run::next(&mut tx, run.id, &busy, 10).await.unwrap(),
            sites[1..],
            "one host at a time"
        );
        assert_eq!(website_run::waiting_in(&mut tx, firms[0].id).await.unwrap(), Some(run.id));
        assert_eq!(website_run::rounds_of(&mut tx, firms[1].id).await.unwrap(), [run.id]);
        let done = async |tx: &mut Tx, n: usize| {
            website_run::done(tx, run.id, firms[n].id, ReadingOutcome::Read, &added, now()).await.unwrap()
        };
        assert!(done(&mut tx, 0).await);
        assert!(!done(&mut tx, 0).await, "once");
        assert_eq!(website_run::waiting_in(&mut tx, firms[0].id).await.unwrap(), None);
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(ws).await.unwrap();
        assert!(website_run::pause(&mut tx, run.id, now()).await.unwrap());
        assert!(!website_run::pause(&mut tx, run.id, now()).await.unwrap());
        assert_eq!(website_run::get(&mut tx, run.id).await.unwrap().unwrap().state, RunState::Paused);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(ws).await.unwrap();
        assert!(!done(&mut tx, 1).await, "a round that waits counts nothing");
        drop(tx);

        let mut tx = db.store.begin(ws).await.unwrap();
        assert!(website_run::resume(&mut tx, run.id).await.unwrap());
        assert!(!website_run::resume(&mut tx, run.id).await.unwrap());
        assert!(done(&mut tx, 1).await);
        let over = website_run::get(&mut tx, run.id).await.unwrap().unwrap();
        assert_eq!((over.state, over.finished_at), (RunState::Finished, Some(now())), "{}", db.name);
        let twice =
            RunCounts { n_done: 2, n_read: 2, n_refused: 0, n_facts: 10, n_filled: 4, n_suppressed: 2 };
        assert_eq!(over.counts, twice);
        assert!(!website_run::end(&mut tx, run.id, RunState::Stopped, now()).await.unwrap(), "it is over");
        assert_eq!(
            website_run::forget_companies(&mut tx, now() + SignedDuration::from_secs(1)).await.unwrap(),
            2
        );
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(other).await.unwrap();
        assert!(website_run::get(&mut tx, run.id).await.unwrap().is_none(), "another workspace's");
        assert!(website_run::list(&mut tx, Timestamp::MAX, 10).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn who_was_not_read_is_told_with_the_reason() {
    use ReadingOutcome as O;
    let added = RunCounts { n_done: 1, n_refused: 1, ..RunCounts::default() };
    for db in testing::both().await {
        let (ws, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms = companies(&mut tx, &["Noord", "Oost", "Zuid", "West", "Midden"]).await;
        let (run, sites) = a_run(1, &firms);
        website_run::insert(&mut tx, &run, &sites).await.unwrap();
        for (firm, outcome) in firms.iter().zip([O::Robots, O::Unreachable, O::Read, O::Unreachable]) {
            assert!(website_run::done(&mut tx, run.id, firm.id, outcome, &added, now()).await.unwrap());
        }
        assert_eq!(
            website_run::refused_counts(&mut tx, run.id).await.unwrap(),
            [(O::Unreachable, 2), (O::Robots, 1)],
            "{}: who was read or still waits is not among them",
            db.name
        );
        let named = website_run::refused(&mut tx, run.id, 2).await.unwrap();
        let named: Vec<_> = named.iter().map(|s| (s.name.as_str(), s.host.as_str(), s.outcome)).collect();
        assert_eq!(named, [("Noord", "noord.example", O::Robots), ("Oost", "oost.example", O::Unreachable)]);
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(other).await.unwrap();
        assert!(website_run::refused(&mut tx, run.id, 9).await.unwrap().is_empty(), "another workspace's");
        assert!(website_run::refused_counts(&mut tx, run.id).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn the_turn_is_that_of_sites_that_fit_and_were_not_read_lately() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let mut firms: Vec<Company> = (1..)
            .zip(["Noord", "Zuid", "Oost", "West", "Kern", "Rand"])
            .map(|(n, name)| a_company(n, name))
            .collect();
        firms[0].fit_score = Some(40);
        firms[1].fit_score = Some(90);
        firms[2].domain = None;
        company::insert_many(&mut tx, &firms).await.unwrap();
        website::put_reading(&mut tx, &reading(firms[3].id, ReadingOutcome::Read)).await.unwrap();
        let asked_later = WebsiteReading {
            read_at: now() - SignedDuration::from_hours(24 * 365),
            retry_at: Some(now() + SignedDuration::from_hours(1)),
            ..reading(firms[4].id, ReadingOutcome::Later)
        };
        website::put_reading(&mut tx, &asked_later).await.unwrap();
        let (run, sites) = a_run(1, &firms[5..]);
        website_run::insert(&mut tx, &run, &sites).await.unwrap();

        let since = now() - SignedDuration::from_hours(24 * 90);
        let all = Candidates { fit_min: None, not_read_since: since, now: now() };
        let ids = async |tx: &mut Tx, wanted| -> Vec<CompanyId> {
            let found = website_run::candidates(tx, wanted, 10).await.unwrap();
            assert_eq!(
                website_run::count_candidates(tx, wanted).await.unwrap(),
                i64::try_from(found.len()).unwrap()
            );
            found.into_iter().map(|(id, ..)| id).collect()
        };
        // Oost has no site, West was just read, Kern asked to be left alone, Rand waits in a round.
        assert_eq!(ids(&mut tx, all).await, [firms[1].id, firms[0].id], "best fit first ({})", db.name);
        assert_eq!(ids(&mut tx, Candidates { fit_min: Some(50), ..all }).await, [firms[1].id]);
        let anew = Candidates { not_read_since: now() + SignedDuration::from_secs(1), ..all };
        assert_eq!(ids(&mut tx, anew).await.len(), 3, "West may be read again");
        assert!(website_run::end(&mut tx, run.id, RunState::Stopped, now()).await.unwrap());
        assert_eq!(ids(&mut tx, all).await.len(), 3, "a round that was stopped holds nobody");
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn one_round_at_a_time_has_the_turn_at_a_host() {
    for db in testing::both().await {
        let (a, b) = (WebsiteRunId(Uuid::from_u128(1)), WebsiteRunId(Uuid::from_u128(2)));
        let t = |seconds: i64| now() + SignedDuration::from_secs(seconds);
        let mut global = db.store.global().await.unwrap();
        let host = "dak.example";
        assert!(host_turn::take(&mut global, host, a, t(0), t(60)).await.unwrap());
        assert!(!host_turn::take(&mut global, host, b, t(1), t(61)).await.unwrap(), "{}", db.name);
        assert!(host_turn::take(&mut global, host, a, t(1), t(61)).await.unwrap(), "after its worker died");
        assert!(host_turn::take(&mut global, "goed.example", b, t(1), t(61)).await.unwrap());
        assert_eq!(host_turn::hold(&mut global, a, t(90)).await.unwrap(), 1);
        assert!(!host_turn::take(&mut global, host, b, t(89), t(149)).await.unwrap(), "it lives");
        assert!(!host_turn::give_back(&mut global, host, b, t(89)).await.unwrap(), "not b's to give");
        assert!(host_turn::give_back(&mut global, host, a, t(92)).await.unwrap());
        assert_eq!(
            host_turn::hold(&mut global, a, t(200)).await.unwrap(),
            0,
            "what was given back is not held"
        );
        assert!(!host_turn::take(&mut global, host, b, t(91), t(151)).await.unwrap(), "the gap");
        assert!(host_turn::take(&mut global, host, b, t(92), t(152)).await.unwrap());
        assert!(host_turn::take(&mut global, host, a, t(152), t(212)).await.unwrap(), "b was killed");
        assert_eq!(host_turn::forget(&mut global, t(100)).await.unwrap(), 1, "goed.example");
        drop(global);
        db.remove().await;
    }
}
