//! Checks in the company register, against a counter of our own on the loopback and a real database: what is taken over,
//! what it costs, and what a crash, a refusal and a doubt do to it.
#![allow(missing_docs, reason = "a test binary")]

#[path = "support/counter.rs"]
mod counter_houses;
mod support;

use counter_houses::{NUMBER, PROFILE, access, company_id, houses};
use jiff::SignedDuration;
use kiem::engine::audience::CompanyEdit;
use kiem::engine::register::{AccessChange, Chosen, CompanyRegister, KeyTest, RegisterOrder, StoredTaking};
use kiem::engine::{EngineError, Role};
use kiem_adapters::kvk::counter::{KEY, answer, hit, hits, profile, refusal};
use kiem_adapters::website::forest::Leaf;
use kiem_domain::audience::ActivityVersion;
use kiem_domain::gate::{FormSource, Outcome, PersonKind, Reason};
use kiem_domain::id::{CompanyId, ContactId, RegisterRunId};
use kiem_domain::register::RegisterOutcome;
use kiem_store::company::Company;
use kiem_store::register::{Payment, PaymentState};
use kiem_store::register_run::{PauseReason, RegisterRun};
use kiem_store::website_run::RunState;
use kiem_store::{args, company, register};
use serde_json::json;
use support::House;
use uuid::Uuid;

/// A company of a list, with what is set.
async fn firm(house: &House, n: u32, name: &str, set: &str) -> CompanyId {
    let address = format!("eva@firma{n}.example");
    house.lead(n, &address, "Eva", "Smit", name).await;
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    let sql = format!("UPDATE company SET {set} WHERE workspace_id = $1 AND id = $2");
    tx.execute(sql, args![company_id(n)]).await.unwrap();
    tx.commit().await.unwrap();
    company_id(n)
}

async fn begin(house: &House, id: CompanyId, is_again: bool) -> kiem::engine::Result<RegisterRun> {
    let order = RegisterOrder::Company { id, is_again };
    house.engine.begin_register_round(&house.caller(Role::Marketing), order, 20).await
}

async fn check(house: &House, id: CompanyId) -> RegisterRun {
    let run = begin(house, id, false).await.unwrap();
    house.run_jobs().await;
    round(house, run.id).await
}

async fn round(house: &House, id: RegisterRunId) -> RegisterRun {
    house.engine.register_round(&house.caller(Role::ReadOnly), id).await.unwrap()
}

async fn found(house: &House, id: CompanyId) -> CompanyRegister {
    house.engine.company_register(&house.caller(Role::ReadOnly), id).await.unwrap()
}

async fn outcome(house: &House, id: CompanyId) -> RegisterOutcome {
    found(house, id).await.reading.expect("it was asked").outcome
}

async fn stored(house: &House, id: CompanyId) -> Company {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    company::get(&mut tx, id).await.unwrap().unwrap()
}

async fn spent(house: &House) -> i64 {
    house.engine.register_access(&house.caller(Role::ReadOnly)).await.unwrap().spent_mills
}

fn refused<T: std::fmt::Debug>(result: kiem::engine::Result<T>) -> &'static str {
    match result {
        Err(EngineError::Refused { code, .. }) => code,
        other => panic!("not refused: {other:?}"),
    }
}

fn with_number() -> String {
    format!("kvk_number = '{NUMBER}'")
}

#[tokio::test]
async fn the_register_fills_and_outranks_a_list_but_not_a_person() {
    let mut body = profile(NUMBER, "Dakdekkers Veer B.V.");
    body["indNonMailing"] = json!("Ja");
    for (house, tree) in houses(&[(PROFILE, answer(&body))]).await {
        let set = format!("{}, legal_form = 'Stichting', legal_form_source = 'oude lijst'", with_number());
        let id = firm(&house, 1, "Veer Daken", &set).await;
        let known = CompanyEdit {
            name: "Veer Daken".to_owned(),
            kvk_number: NUMBER.to_owned(),
            website: "firma1.example".to_owned(),
            country: "NL".to_owned(),
            employees_n: Some(7),
            ..CompanyEdit::default()
        };
        house.engine.edit_company(&house.caller(Role::Marketing), id, known).await.unwrap();
        let run = check(&house, id).await;
        assert_eq!(run.state, RunState::Finished, "{}", house.db.name);
        assert_eq!((run.counts.n_checked, run.counts.paid_mills, spent(&house).await), (1, 20, 20));
        assert_eq!(tree.paths(), [PROFILE], "the number is known: nothing is searched");

        let firm = stored(&house, id).await;
        assert_eq!(firm.name, "Veer Daken", "a trade name of the register is right");
        assert_eq!(firm.employees_n, Some(7), "somebody typed it in");
        assert_eq!(firm.website.as_deref(), Some("firma1.example"));
        let d = &firm.details;
        assert_eq!((d.sbi_code.as_deref(), d.sbi_version), (Some("43910"), ActivityVersion::V2025));
        assert_eq!(
            (d.street.as_deref(), d.house_number.as_deref(), d.postcode.as_deref(), firm.city.as_deref()),
            (Some("Kerkstraat"), Some("12a"), Some("3511AB"), Some("Utrecht"))
        );
        assert_eq!(d.legal_form.as_deref(), Some("Besloten Vennootschap"), "the register outranks a list");
        assert_eq!(
            (d.legal_form_source.as_deref(), d.legal_form_on.map(|day| day.to_string()).as_deref()),
            (Some("KVK Handelsregister"), Some("2026-11-24"))
        );
        assert!(d.is_non_mailing, "the indicator is heeded");

        let reading = found(&house, id).await.reading.unwrap();
        let takings: Vec<StoredTaking> = serde_json::from_str(&reading.takings).unwrap();
        let kept: Vec<_> = takings.iter().filter(|t| t.taken == "kept").map(|t| t.field.as_str()).collect();
        assert_eq!(kept, ["employees_n", "website"], "what contradicts a person is shown, not written");
        let detail = house.engine.company(&house.caller(Role::ReadOnly), id).await.unwrap();
        let source = |field: &str| detail.sources.iter().find(|t| t.field == field).unwrap().source.as_str();
        assert_eq!(
            ["legal_form", "sbi_code", "city", "employees_n"].map(source),
            ["register", "register", "register", "person"]
        );

        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let contact = ContactId(Uuid::from_u128((1 << 16) + 2));
        let gate = house.engine.gate_for(&mut tx, contact).await.unwrap();
        assert_eq!((gate.form.person, gate.form.from), (Some(PersonKind::LegalPerson), FormSource::Stated));
        drop(tx);
        house.close().await;
    }
}

#[tokio::test]
async fn nobody_is_paid_for_twice_unless_a_person_asks() {
    for (house, tree) in houses(&[(PROFILE, answer(&profile(NUMBER, "Dakdekkers Veer B.V.")))]).await {
        let id = firm(&house, 1, "Dakdekkers Veer", &with_number()).await;
        check(&house, id).await;
        assert_eq!(refused(begin(&house, id, false).await), "register_fresh");
        assert!(found(&house, id).await.fresh_until.is_some());
        let run = begin(&house, id, true).await.unwrap();
        house.run_jobs().await;
        assert_eq!(round(&house, run.id).await.counts.paid_mills, 20);
        assert_eq!((tree.paths().len(), spent(&house).await), (2, 40));
        house.advance(SignedDuration::from_hours(24 * 181));
        check(&house, id).await;
        assert_eq!((tree.paths().len(), spent(&house).await), (3, 20), "another month begins at nothing");
        house.close().await;
    }
}

#[tokio::test]
async fn a_crash_between_question_and_answer_is_not_paid_twice() {
    for (house, tree) in houses(&[(PROFILE, answer(&profile(NUMBER, "Dakdekkers Veer B.V.")))]).await {
        let id = firm(&house, 1, "Dakdekkers Veer", &with_number()).await;
        let run = begin(&house, id, false).await.unwrap();
        // As a process leaves it that dies while the register answers.
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        let asked = Payment {
            id: Uuid::from_u128(9),
            run_id: run.id,
            company_id: id,
            state: PaymentState::Asked,
            price_mills: 20,
            asked_at: house.clock.now(),
        };
        register::begin_payment(&mut tx, &asked).await.unwrap();
        tx.commit().await.unwrap();
        house.run_jobs().await;
        let over = round(&house, run.id).await;
        assert_eq!((over.state, over.counts.n_done), (RunState::Finished, 1), "{}", house.db.name);
        assert_eq!(outcome(&house, id).await, RegisterOutcome::Uncertain);
        assert_eq!((tree.paths().len(), spent(&house).await), (0, 20), "what may have been paid counts");
        house.close().await;
    }
}

#[tokio::test]
async fn many_are_checked_for_what_was_agreed_to_and_the_month_allows() {
    let second = "/api/v1/basisprofielen/30000002";
    let leaves = [
        (PROFILE, answer(&profile(NUMBER, "Dakdekkers Veer B.V."))),
        (second, answer(&profile("30000002", "Bakker Smit B.V."))),
        ("*", refusal("404 Not Found", "", "IPD5200")),
    ];
    for (house, tree) in houses(&leaves).await {
        let marketing = house.caller(Role::Marketing);
        let veer = firm(&house, 1, "Dakdekkers Veer", &format!("{}, fit_score = 80", with_number())).await;
        let smit = firm(&house, 2, "Bakker Smit", "kvk_number = '30000002', fit_score = 70").await;
        let bare = firm(&house, 3, "Zonder Nummer", "fit_score = 60, city = 'Goes'").await;
        firm(&house, 4, "Past Niet", "fit_score = 10").await;
        firm(&house, 5, "Ailleurs", "fit_score = 90, country = 'FR'").await;
        let full = "kvk_number = '30000006', legal_form = 'BV', sbi_code = '43910', fit_score = 90";
        firm(&house, 6, "Alles Bekend", full).await;
        let estimate = house.engine.register_estimate(&marketing, Some(50)).await.unwrap();
        assert_eq!(
            (estimate.n_companies, estimate.n_with_number, estimate.cost_mills, estimate.price_mills),
            (3, 2, 60, 20),
            "{}",
            house.db.name
        );
        let order = RegisterOrder::Lacking { fit_min: Some(50) };
        let start = |agreed| house.engine.begin_register_round(&marketing, order, agreed);
        assert_eq!(refused(start(59).await), "register_price", "more than was seen is never begun");
        access(&house, None, 19).await;
        assert_eq!(refused(start(60).await), "register_ceiling");
        access(&house, None, 30).await;
        let run = start(60).await.unwrap();
        house.run_jobs().await;
        let waits = round(&house, run.id).await;
        assert_eq!((waits.state, waits.paused_why), (RunState::Paused, Some(PauseReason::Ceiling)));
        assert_eq!((waits.counts.n_done, spent(&house).await), (1, 20), "the best fit first");
        assert_eq!(stored(&house, veer).await.details.sbi_code.as_deref(), Some("43910"));

        access(&house, None, 100).await;
        house.engine.pause_register_round(&marketing, run.id, false).await.unwrap();
        house.run_jobs().await;
        let over = round(&house, run.id).await;
        assert_eq!((over.state, over.counts.n_done, over.counts.n_checked), (RunState::Finished, 3, 2));
        assert_eq!((over.counts.paid_mills, spent(&house).await), (40, 40), "a search is free");
        assert_eq!(outcome(&house, smit).await, RegisterOutcome::Checked);
        assert_eq!(outcome(&house, bare).await, RegisterOutcome::Nobody);
        assert_eq!(refused(start(60).await), "register_nobody", "they were just asked about");
        let n_profiles = tree.paths().iter().filter(|path| path.contains("basisprofielen")).count();
        assert_eq!(n_profiles, 2);
        house.close().await;
    }
}

#[tokio::test]
async fn a_round_that_is_stopped_asks_no_more_and_one_that_is_paused_goes_on() {
    for (house, tree) in houses(&[(PROFILE, answer(&profile(NUMBER, "Dakdekkers Veer B.V.")))]).await {
        let marketing = house.caller(Role::Marketing);
        let id = firm(&house, 1, "Dakdekkers Veer", &with_number()).await;
        let run = begin(&house, id, false).await.unwrap();
        assert_eq!(begin(&house, id, false).await.unwrap().id, run.id, "it waits already");
        house.engine.pause_register_round(&marketing, run.id, true).await.unwrap();
        house.run_jobs().await;
        assert_eq!(round(&house, run.id).await.paused_why, Some(PauseReason::Person));
        assert_eq!(tree.paths().len(), 0);
        house.engine.pause_register_round(&marketing, run.id, false).await.unwrap();
        house.run_jobs().await;
        assert_eq!((round(&house, run.id).await.state, tree.paths().len()), (RunState::Finished, 1));
        assert_eq!(refused(house.engine.stop_register_round(&marketing, run.id).await), "register_over");
        let again = begin(&house, id, true).await.unwrap();
        house.engine.stop_register_round(&marketing, again.id).await.unwrap();
        house.run_jobs().await;
        assert_eq!((round(&house, again.id).await.state, tree.paths().len()), (RunState::Stopped, 1));
        house.close().await;
    }
}

#[tokio::test]
async fn a_number_is_taken_when_it_is_beyond_doubt_and_offered_otherwise() {
    let door = "/api/v2/zoeken?naam=Dakdekkers+Veer&postcode=3511AB&huisnummer=12&resultatenPerPagina=50";
    let town = "/api/v2/zoeken?naam=Bakker+Smit&plaats=Goes&resultatenPerPagina=50";
    let smit = "/api/v1/basisprofielen/30000002";
    let leaves = [
        (door, hits(&[hit(NUMBER, "Dakdekkers Veer B.V.", "Kerkstraat", "Utrecht")])),
        (
            town,
            hits(&[
                hit("30000002", "Bakker Smit B.V.", "Plein", "Goes"),
                hit("30000003", "Bakker Smit", "Kade", "Goes"),
            ]),
        ),
        (PROFILE, answer(&profile(NUMBER, "Dakdekkers Veer B.V."))),
        (smit, answer(&profile("30000002", "Bakker Smit B.V."))),
    ];
    for (house, tree) in houses(&leaves).await {
        let sure = firm(
            &house,
            1,
            "Dakdekkers Veer",
            "street = 'Kerkstraat 12', postcode = '3511 AB', city = 'Utrecht'",
        )
        .await;
        check(&house, sure).await;
        assert_eq!(outcome(&house, sure).await, RegisterOutcome::Checked, "{}", house.db.name);
        assert_eq!(stored(&house, sure).await.kvk_number.as_deref(), Some(NUMBER));
        assert_eq!(tree.paths(), [door, PROFILE]);

        let doubt = firm(&house, 2, "Bakker Smit", "city = 'Goes'").await;
        let run = check(&house, doubt).await;
        assert_eq!((run.counts.n_look, run.counts.paid_mills), (1, 0));
        let reading = found(&house, doubt).await.reading.unwrap();
        assert_eq!(reading.outcome, RegisterOutcome::Candidates);
        assert!(reading.candidates.contains("30000002") && reading.candidates.contains("30000003"));
        assert_eq!(stored(&house, doubt).await.kvk_number, None, "a doubt is a person's");

        let marketing = house.caller(Role::Marketing);
        let choose = |number| house.engine.choose_in_register(&marketing, doubt, number, 20);
        assert_eq!(refused(choose("30000009").await), "register_no_choice");
        assert!(matches!(choose("30000002").await.unwrap(), Chosen::Asked(_)));
        house.run_jobs().await;
        let chosen = stored(&house, doubt).await;
        assert_eq!(
            (chosen.kvk_number.as_deref(), chosen.details.sbi_code.as_deref()),
            (Some("30000002"), Some("43910"))
        );
        house.close().await;
    }
}

#[tokio::test]
async fn two_numbers_are_never_overwritten() {
    let door = "/api/v2/zoeken?naam=Dakdekkers+Veer&postcode=3511AB&huisnummer=12&resultatenPerPagina=50";
    let other = "/api/v1/basisprofielen/30000009";
    let leaves = [
        (door, hits(&[hit(NUMBER, "Dakdekkers Veer B.V.", "Kerkstraat", "Utrecht")])),
        (other, answer(&profile("30000009", "Bloemen Anders B.V."))),
    ];
    for (house, tree) in houses(&leaves).await {
        let marketing = house.caller(Role::Marketing);
        let place = "street = 'Kerkstraat 12', postcode = '3511 AB', city = 'Utrecht'";
        firm(&house, 1, "Veer Dakwerken", &with_number()).await;
        let second = firm(&house, 2, "Dakdekkers Veer", place).await;
        check(&house, second).await;
        assert_eq!(outcome(&house, second).await, RegisterOutcome::NumberTaken, "{}", house.db.name);
        assert_eq!(
            (stored(&house, second).await.kvk_number, spent(&house).await),
            (None, 0),
            "nothing is paid"
        );
        let choice = house.engine.choose_in_register(&marketing, second, NUMBER, 20).await;
        assert_eq!(refused(choice), "company_exists");

        // A number that was typed wrong is somebody else's.
        let wrong = firm(&house, 3, "Garage Zuid", "kvk_number = '30000009', city = 'Breda'").await;
        check(&house, wrong).await;
        assert_eq!(outcome(&house, wrong).await, RegisterOutcome::OtherCompany);
        let firm = stored(&house, wrong).await;
        assert_eq!(
            (firm.name.as_str(), firm.details.legal_form),
            ("Garage Zuid", None),
            "nothing is taken over"
        );
        assert!(matches!(
            house.engine.choose_in_register(&marketing, wrong, "30000009", 0).await.unwrap(),
            Chosen::Taken
        ));
        assert_eq!(
            stored(&house, wrong).await.name,
            "Bloemen Anders B.V.",
            "a person says that it is the one"
        );
        assert_eq!(tree.paths().iter().filter(|path| path.as_str() == other).count(), 1, "paid for once");
        house.close().await;
    }
}

#[tokio::test]
async fn a_company_that_left_the_register_is_not_approached_any_more() {
    let mut body = profile("30000002", "Bakker Smit B.V.");
    body["materieleRegistratie"]["datumEinde"] = json!("20260331");
    let second = "/api/v1/basisprofielen/30000002";
    let leaves = [(PROFILE, refusal("404 Not Found", "", "IPD0005")), (second, answer(&body))];
    for (house, _tree) in houses(&leaves).await {
        firm(&house, 1, "Dakdekkers Veer", &with_number()).await;
        firm(&house, 2, "Bakker Smit", "kvk_number = '30000002'").await;
        for (n, ended_on, paid) in [(1, None, 0), (2, Some("2026-03-31"), 20)] {
            let before = {
                let mut tx = house.db.store.read(house.workspace).await.unwrap();
                let contact = ContactId(Uuid::from_u128((u128::from(n) << 16) + 2));
                house.engine.gate_for(&mut tx, contact).await.unwrap().outcome
            };
            let run = check(&house, company_id(n)).await;
            assert_eq!((run.counts.n_ended, run.counts.paid_mills), (1, paid), "{}", house.db.name);
            let reading = found(&house, company_id(n)).await.reading.unwrap();
            assert_eq!((reading.outcome, reading.is_ended), (RegisterOutcome::Ended, true));
            assert_eq!(reading.ended_on.map(|day| day.to_string()).as_deref(), ended_on);
            let mut tx = house.db.store.read(house.workspace).await.unwrap();
            let contact = ContactId(Uuid::from_u128((u128::from(n) << 16) + 2));
            let after = house.engine.gate_for(&mut tx, contact).await.unwrap().outcome;
            assert_ne!(before, after);
            assert_eq!(after, Outcome::Blocked(Reason::Ended));
        }
        house.close().await;
    }
}

#[tokio::test]
async fn a_refused_key_waits_for_a_person_and_a_busy_register_for_its_time() {
    for (house, _tree) in houses(&[("*", Leaf::status("401 Unauthorized", ""))]).await {
        let id = firm(&house, 1, "Dakdekkers Veer", &with_number()).await;
        let run = check(&house, id).await;
        assert_eq!((run.state, run.paused_why), (RunState::Paused, Some(PauseReason::Key)));
        assert_eq!((run.counts.n_done, spent(&house).await), (0, 0), "a refusal costs nothing");
        assert_eq!(house.engine.try_register(&house.caller(Role::Manager)).await.unwrap(), KeyTest::Refused);
        house.close().await;
    }
    let busy = Leaf::status("429 Too Many Requests", "retry-after: 90\r\n");
    for (house, tree) in houses(&[("*", busy)]).await {
        let id = firm(&house, 1, "Dakdekkers Veer", &with_number()).await;
        let run = check(&house, id).await;
        assert_eq!((run.state, tree.paths().len()), (RunState::Running, 1), "{}", house.db.name);
        house.advance(SignedDuration::from_secs(80));
        house.run_jobs().await;
        assert_eq!(tree.paths().len(), 1, "not before the time that it asked for");
        for _ in 0..20 {
            house.advance(SignedDuration::from_secs(100));
            house.run_jobs().await;
        }
        let over = round(&house, run.id).await;
        assert_eq!((over.state, tree.paths().len()), (RunState::Failed, 12), "not for ever");
        assert_eq!(spent(&house).await, 0);
        house.close().await;
    }
}

#[tokio::test]
async fn in_practice_mode_and_without_a_key_nothing_is_asked() {
    for (house, tree) in houses(&[(PROFILE, answer(&profile(NUMBER, "Dakdekkers Veer B.V.")))]).await {
        let id = firm(&house, 1, "Dakdekkers Veer", &with_number()).await;
        access(&house, Some(""), 25_000).await;
        assert_eq!(refused(begin(&house, id, false).await), "register_no_key");
        let manager = house.caller(Role::Manager);
        assert_eq!(refused(house.engine.try_register(&manager).await), "register_no_key");
        let foreign = firm(&house, 2, "Ailleurs", "country = 'FR'").await;
        assert_eq!(refused(begin(&house, foreign, false).await), "register_not_dutch");
        let mut global = house.db.store.global().await.unwrap();
        let sql = "UPDATE workspace SET mode = 'practice' WHERE id = $1";
        global.execute(sql, args![house.workspace]).await.unwrap();
        global.commit().await.unwrap();
        access(&house, Some(KEY), 25_000).await;
        assert_eq!(check(&house, id).await.state, RunState::Finished);
        assert_eq!(outcome(&house, id).await, RegisterOutcome::Practice);
        assert_eq!(refused(house.engine.try_register(&manager).await), "register_practice");
        assert_eq!((tree.paths().len(), spent(&house).await), (0, 0), "{}", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn the_key_is_sealed_and_told_to_nobody() {
    for (house, tree) in houses(&[("*", hits(&[]))]).await {
        let manager = house.caller(Role::Manager);
        assert_eq!(house.engine.try_register(&manager).await.unwrap(), KeyTest::Works);
        assert!(tree.seen()[0].head.contains(KEY));
        access(&house, None, 1_000).await;
        let access = house.engine.register_access(&house.caller(Role::ReadOnly)).await.unwrap();
        assert!(access.has_key && access.ceiling_mills == 1_000, "what is left out stays");
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let sealed = register::access(&mut tx).await.unwrap().unwrap().secret.unwrap();
        assert!(!sealed.windows(KEY.len()).any(|bytes| bytes == KEY.as_bytes()), "{}", house.db.name);
        drop(tx);
        for (entry, _) in house.engine.audit_trail(&manager, None, 50).await.unwrap() {
            assert!(!entry.detail.contains(KEY), "{}", entry.detail);
        }
        let wrong = AccessChange {
            key: Some("met spatie".to_owned()),
            price_mills: -1,
            ceiling_mills: 0,
            fresh_days: 0,
        };
        let errors = house.engine.put_register_access(&manager, &wrong).await;
        assert!(matches!(errors, Err(EngineError::Invalid(fields)) if fields.len() == 2));
        let marketing = house.engine.put_register_access(&house.caller(Role::Marketing), &wrong).await;
        assert!(matches!(marketing, Err(EngineError::Forbidden)));
        house.close().await;
    }
}
