//! Access to the register, what was paid, the last answers, and rounds.

use jiff::SignedDuration;
use kiem_domain::id::{CompanyId, RegisterRunId, UserId};
use kiem_domain::register::RegisterOutcome;
use kiem_store::register::{self, Payment, PaymentState, RegisterAccess, RegisterReading};
use kiem_store::register_run::{
    self, PauseReason, RegisterCandidateCounts, RegisterCandidates, RegisterCounts, RegisterRun, Standing,
};
use kiem_store::website_run::RunState;
use kiem_store::{Tx, args, import_trace, testing};
use uuid::Uuid;

use crate::sales::now;

fn company(n: u128) -> CompanyId {
    CompanyId(Uuid::from_u128(0xa00 + n))
}

/// A Dutch company with what is set besides.
async fn firm(tx: &mut Tx, n: u128, set: &str) -> CompanyId {
    let sql = "INSERT INTO company (workspace_id, id, name, name_key, country, fit_known_percent, fit_reasons, source, created_at,
             updated_at) VALUES ($1, $2, 'Noord', 'noord', 'NL', 0, '[]', 'test', $3, $3)";
    tx.execute(sql, args![company(n), now()]).await.unwrap();
    if !set.is_empty() {
        let sql = format!("UPDATE company SET {set} WHERE workspace_id = $1 AND id = $2");
        tx.execute(sql, args![company(n)]).await.unwrap();
    }
    company(n)
}

fn a_run(n: u128, n_companies: i64) -> RegisterRun {
    RegisterRun {
        id: RegisterRunId(Uuid::from_u128(0xb00 + n)),
        state: RunState::Running,
        paused_why: None,
        is_again: n == 1,
        n_companies,
        counts: RegisterCounts::default(),
        n_waits: 0,
        created_by: UserId(Uuid::from_u128(7)),
        created_at: now(),
        finished_at: None,
    }
}

fn reading(id: CompanyId, outcome: RegisterOutcome) -> RegisterReading {
    RegisterReading {
        company_id: id,
        asked_at: now(),
        outcome,
        outcome_detail: Some("IPD0005".to_owned()),
        kvk_number: Some("30123456".to_owned()),
        is_ended: outcome == RegisterOutcome::Ended,
        ended_on: Some(jiff::civil::date(2026, 3, 31)),
        profile: Some("{}".to_owned()),
        candidates: "[]".to_owned(),
        takings: "[]".to_owned(),
        refused: None,
    }
}

#[tokio::test]
async fn access_and_the_last_answer_replace_those_before() {
    for db in testing::both().await {
        let (ws, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(ws).await.unwrap();
        assert_eq!(register::access(&mut tx).await.unwrap(), None, "{}", db.name);
        for secret in [None, Some(vec![1_u8, 2])] {
            let access = RegisterAccess { secret, price_mills: 20, ceiling_mills: 500, fresh_days: 90 };
            register::put_access(&mut tx, &access).await.unwrap();
            register::lock_access(&mut tx).await.unwrap();
            assert_eq!(register::access(&mut tx).await.unwrap(), Some(access));
        }
        let id = firm(&mut tx, 1, "").await;
        for outcome in [RegisterOutcome::Ended, RegisterOutcome::Checked] {
            register::put_reading(&mut tx, &reading(id, outcome)).await.unwrap();
            assert_eq!(register::reading(&mut tx, id).await.unwrap(), Some(reading(id, outcome)));
        }
        let (run, _) = (a_run(1, 1), ());
        register_run::insert(&mut tx, &run, &[id]).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(other).await.unwrap();
        assert_eq!(register::access(&mut tx).await.unwrap(), None, "another workspace's");
        assert_eq!(register::reading(&mut tx, id).await.unwrap(), None);
        assert_eq!(register_run::get(&mut tx, run.id).await.unwrap(), None);
        drop(tx);
        let mut tx = db.store.begin(ws).await.unwrap();
        assert_eq!(
            import_trace::remove_companies(&mut tx, &[id], import_trace::Unchanged::Since(now()))
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(register::reading(&mut tx, id).await.unwrap(), None, "gone with the company");
        tx.commit().await.unwrap();
        db.remove().await;
    }
}

#[tokio::test]
async fn what_was_asked_counts_as_paid_until_it_is_free() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let payment = |n: u128, days: i64| Payment {
            id: Uuid::from_u128(n),
            run_id: RegisterRunId(Uuid::from_u128(0xb01)),
            company_id: company(1),
            state: PaymentState::Asked,
            price_mills: 20,
            asked_at: now() - SignedDuration::from_hours(24 * days),
        };
        for (n, days) in [(1, 40), (2, 2), (3, 1)] {
            register::begin_payment(&mut tx, &payment(n, days)).await.unwrap();
        }
        let month = now() - SignedDuration::from_hours(24 * 30);
        assert_eq!(register::spent_since(&mut tx, month).await.unwrap(), 40, "{}", db.name);
        assert_eq!(register::last_payment(&mut tx, company(1)).await.unwrap(), Some(payment(3, 1)));
        register::end_payment(&mut tx, Uuid::from_u128(3), PaymentState::Free).await.unwrap();
        register::end_payment(&mut tx, Uuid::from_u128(2), PaymentState::Paid).await.unwrap();
        assert_eq!(register::spent_since(&mut tx, month).await.unwrap(), 20);
        let last = register::last_payment(&mut tx, company(1)).await.unwrap().unwrap();
        assert_eq!((last.id, last.state), (Uuid::from_u128(2), PaymentState::Paid));
        assert_eq!(register::last_payment(&mut tx, company(2)).await.unwrap(), None);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_round_hands_out_each_company_once_and_ends_with_the_last() {
    let added =
        RegisterCounts { n_done: 0, n_checked: 1, n_filled: 4, n_look: 0, n_ended: 1, paid_mills: 20 };
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms = [firm(&mut tx, 1, "").await, firm(&mut tx, 2, "").await];
        let run = a_run(1, 2);
        register_run::insert(&mut tx, &run, &firms).await.unwrap();
        assert_eq!(register_run::get(&mut tx, run.id).await.unwrap(), Some(run.clone()), "{}", db.name);
        assert_eq!(register_run::waiting_in(&mut tx, firms[1]).await.unwrap(), Some(run.id));
        assert_eq!(register_run::rounds_of(&mut tx, firms[1]).await.unwrap(), [run.id]);
        let done = async |tx: &mut Tx, n: usize| {
            let outcome = RegisterOutcome::Checked;
            register_run::done(tx, run.id, firms[n], outcome, &added, now()).await.unwrap()
        };
        assert_eq!(register_run::next(&mut tx, run.id).await.unwrap(), Some(firms[0]));
        assert!(done(&mut tx, 0).await);
        assert!(!done(&mut tx, 0).await, "somebody handled it");
        assert_eq!(register_run::waited(&mut tx, run.id).await.unwrap(), 1);
        assert_eq!(register_run::waited(&mut tx, run.id).await.unwrap(), 2);
        assert!(register_run::pause(&mut tx, run.id, PauseReason::Ceiling, now()).await.unwrap());
        assert!(!register_run::pause(&mut tx, run.id, PauseReason::Person, now()).await.unwrap());
        let waits = register_run::get(&mut tx, run.id).await.unwrap().unwrap();
        assert_eq!((waits.state, waits.paused_why), (RunState::Paused, Some(PauseReason::Ceiling)));
        assert!(register_run::resume(&mut tx, run.id).await.unwrap());
        assert!(!register_run::resume(&mut tx, run.id).await.unwrap());
        assert!(done(&mut tx, 1).await);
        let over = register_run::get(&mut tx, run.id).await.unwrap().unwrap();
        assert_eq!((over.state, over.n_waits, over.counts.n_done), (RunState::Finished, 0, 2));
        assert_eq!((over.counts.paid_mills, over.counts.n_ended, over.counts.n_filled), (40, 2, 8));
        assert!(!register_run::end(&mut tx, run.id, RunState::Stopped, now()).await.unwrap(), "it is over");
        assert_eq!(register_run::next(&mut tx, run.id).await.unwrap(), None);
        assert_eq!(register_run::list(&mut tx, jiff::Timestamp::MAX, 10).await.unwrap(), [over]);
        assert_eq!(register_run::forget_companies(&mut tx, now()).await.unwrap(), 0);
        assert_eq!(register_run::forget_companies(&mut tx, jiff::Timestamp::MAX).await.unwrap(), 2);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn whose_turn_it_is_lacks_something_and_was_not_asked_about() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let best = firm(&mut tx, 1, "fit_score = 90, kvk_number = '30000001'").await;
        let bare = firm(&mut tx, 2, "fit_score = 80").await;
        let unknown = firm(&mut tx, 3, "country = NULL, kvk_number = '30000003'").await;
        firm(&mut tx, 4, "fit_score = 99, country = 'BE'").await;
        firm(&mut tx, 5, "fit_score = 99, country = NULL").await;
        firm(&mut tx, 6, "fit_score = 99, kvk_number = '30000006', legal_form = 'BV', sbi_code = '43910'")
            .await;
        let asked = firm(&mut tx, 7, "fit_score = 99").await;
        register::put_reading(&mut tx, &reading(asked, RegisterOutcome::Nobody)).await.unwrap();
        let later = firm(&mut tx, 8, "fit_score = 50").await;
        register::put_reading(&mut tx, &reading(later, RegisterOutcome::Later)).await.unwrap();
        let waits = firm(&mut tx, 9, "fit_score = 99").await;
        register_run::insert(&mut tx, &a_run(2, 1), &[waits]).await.unwrap();
        let wanted = |fit_min| RegisterCandidates { fit_min, not_asked_since: now() };
        let found = register_run::candidates(&mut tx, wanted(None), 10).await.unwrap();
        assert_eq!(found, [best, bare, later, unknown], "{}", db.name);
        assert_eq!(register_run::candidates(&mut tx, wanted(Some(80)), 10).await.unwrap(), [best, bare]);
        for (fit_min, limit, n, n_with_number) in [(None, 10, 4, 2), (Some(80), 10, 2, 1), (None, 1, 1, 1)] {
            let counted = register_run::count_candidates(&mut tx, wanted(fit_min), limit).await.unwrap();
            assert_eq!(counted, RegisterCandidateCounts { n, n_with_number });
        }
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_somebody_refused_is_not_asked_about_until_it_changes() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let by = UserId(Uuid::from_u128(7));
        let mut tx = db.store.begin(ws).await.unwrap();
        let id = firm(&mut tx, 1, "city = 'Goes', postcode = '4461 AA'").await;
        assert!(!register::refuse(&mut tx, id, by, now()).await.unwrap(), "nothing was asked");
        register::put_reading(&mut tx, &reading(id, RegisterOutcome::Candidates)).await.unwrap();
        assert!(register::refuse(&mut tx, id, by, now()).await.unwrap());
        let refused =
            RegisterReading { refused: Some((now(), by)), ..reading(id, RegisterOutcome::Candidates) };
        assert_eq!(register::reading(&mut tx, id).await.unwrap(), Some(refused.clone()), "{}", db.name);
        let late = now() + SignedDuration::from_hours(24 * 400);
        let wanted = |not_asked_since| RegisterCandidates { fit_min: None, not_asked_since };
        assert!(register_run::candidates(&mut tx, wanted(late), 10).await.unwrap().is_empty(), "{}", db.name);
        // What was put off in the meantime takes nothing back.
        register::put_reading(&mut tx, &RegisterReading { outcome: RegisterOutcome::Later, ..refused })
            .await
            .unwrap();
        assert!(register_run::candidates(&mut tx, wanted(late), 10).await.unwrap().is_empty());
        for set in ["postcode = '4461aa'", "city = 'GOES'"] {
            let sql = format!("UPDATE company SET {set} WHERE workspace_id = $1 AND id = $2");
            tx.execute(sql, args![id]).await.unwrap();
            let found = register_run::candidates(&mut tx, wanted(now()), 10).await.unwrap();
            assert!(found.is_empty(), "{} {set}: written otherwise is no change", db.name);
        }
        for set in [
            "city = 'Zeist'",
            "name_key = 'zuid', city = 'Goes'",
            "name_key = 'noord', kvk_number = '30000001'",
        ] {
            let sql = format!("UPDATE company SET {set} WHERE workspace_id = $1 AND id = $2");
            tx.execute(sql, args![id]).await.unwrap();
            let found = register_run::candidates(&mut tx, wanted(now()), 10).await.unwrap();
            assert_eq!(found, [id], "{} {set}: it changed", db.name);
        }
        register::put_reading(&mut tx, &reading(id, RegisterOutcome::Nobody)).await.unwrap();
        assert_eq!(register::reading(&mut tx, id).await.unwrap().unwrap().refused, None, "a new answer");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn of_what_was_chosen_each_has_a_reason_to_be_left_out() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let plain = firm(&mut tx, 1, "fit_score = 20").await;
        let full =
            "fit_score = 90, kvk_number = '30000002', legal_form = 'BV', sbi_code = '43910', country = 'BE'";
        let known = firm(&mut tx, 2, full).await;
        let abroad = firm(&mut tx, 3, "country = 'BE'").await;
        let unknown = firm(&mut tx, 4, "country = NULL").await;
        let recent = firm(&mut tx, 5, "").await;
        register::put_reading(&mut tx, &reading(recent, RegisterOutcome::Nobody)).await.unwrap();
        let refused = firm(&mut tx, 6, "").await;
        register::put_reading(&mut tx, &reading(refused, RegisterOutcome::Candidates)).await.unwrap();
        register::refuse(&mut tx, refused, UserId(Uuid::from_u128(7)), now()).await.unwrap();
        let waits = firm(&mut tx, 7, "").await;
        register_run::insert(&mut tx, &a_run(2, 1), &[waits]).await.unwrap();
        let paid = firm(&mut tx, 8, "").await;
        let payment = Payment {
            id: Uuid::from_u128(0xcc),
            run_id: RegisterRunId(Uuid::from_u128(0xb00)),
            company_id: paid,
            state: PaymentState::Asked,
            price_mills: 20,
            asked_at: now(),
        };
        register::begin_payment(&mut tx, &payment).await.unwrap();
        let all = [plain, known, abroad, unknown, recent, refused, waits, paid, plain, company(99)];
        let since = now() - SignedDuration::from_hours(24);
        let found = register_run::standings(&mut tx, &all, since).await.unwrap();
        let standing: Vec<(CompanyId, Standing)> = found.iter().map(|one| (one.id, one.standing)).collect();
        assert_eq!(
            standing,
            [
                (known, Standing::Ask),
                (plain, Standing::Ask),
                (abroad, Standing::Abroad),
                (unknown, Standing::Ask),
                (recent, Standing::Recent),
                (refused, Standing::Refused),
                (waits, Standing::Waits),
                (paid, Standing::Recent),
            ],
            "{}: the best fit first",
            db.name
        );
        assert_eq!((found[0].has_number, found[1].has_number), (true, false));
        drop(tx);
        db.remove().await;
    }
}
