//! What a person decides about the company register: which companies are asked about, that none of those that were offered
//! is the one, and that the register is right after all.
#![allow(missing_docs, reason = "a test binary")]

#[path = "support/counter.rs"]
mod counter_houses;
mod support;

use counter_houses::{NUMBER, PROFILE, company_id, houses};
use jiff::SignedDuration;
use kiem::engine::audience::CompanyEdit;
use kiem::engine::register::{CompanyRegister, RegisterOrder, StoredTaking};
use kiem::engine::{EngineError, Role};
use kiem_adapters::kvk::counter::{answer, hit, hits, profile, refusal};
use kiem_domain::id::CompanyId;
use kiem_domain::register::{RegisterField, RegisterOutcome};
use kiem_store::website_run::RunState;
use kiem_store::{args, company};
use support::House;

/// A company of a list, with what is set.
async fn firm(house: &House, n: u32, name: &str, set: &str) -> CompanyId {
    house.lead(n, &format!("eva@firma{n}.example"), "Eva", "Smit", name).await;
    change(house, n, set).await;
    company_id(n)
}

async fn change(house: &House, n: u32, set: &str) {
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    let sql = format!("UPDATE company SET {set} WHERE workspace_id = $1 AND id = $2");
    tx.execute(sql, args![company_id(n)]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn begin(house: &House, order: RegisterOrder<'_>, agreed: i64) -> kiem::engine::Result<i64> {
    let run = house.engine.begin_register_round(&house.caller(Role::Marketing), order, agreed).await?;
    house.run_jobs().await;
    let over = house.engine.register_round(&house.caller(Role::ReadOnly), run.id).await.unwrap();
    assert_eq!(over.state, RunState::Finished, "{}", house.db.name);
    Ok(over.counts.n_done)
}

async fn found(house: &House, id: CompanyId) -> CompanyRegister {
    house.engine.company_register(&house.caller(Role::ReadOnly), id).await.unwrap()
}

fn refused<T: std::fmt::Debug>(result: kiem::engine::Result<T>) -> &'static str {
    match result {
        Err(EngineError::Refused { code, .. }) => code,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn those_that_somebody_chose_are_checked_and_nobody_is_paid_for_twice() {
    let second = "/api/v1/basisprofielen/30000002";
    let leaves = [
        (PROFILE, answer(&profile(NUMBER, "Dakdekkers Veer B.V."))),
        (second, answer(&profile("30000002", "Bakker Smit B.V."))),
        ("*", refusal("404 Not Found", "", "IPD5200")),
    ];
    for (house, tree) in houses(&leaves).await {
        let marketing = house.caller(Role::Marketing);
        let veer = firm(&house, 1, "Dakdekkers Veer", &format!("kvk_number = '{NUMBER}'")).await;
        // Nothing lacks: whoever chooses it wants it checked all the same.
        let full = "kvk_number = '30000002', legal_form = 'BV', sbi_code = '43910'";
        let smit = firm(&house, 2, "Bakker Smit", full).await;
        let abroad = firm(&house, 3, "Ailleurs", "country = 'FR'").await;
        let aside = firm(&house, 4, "Niet gekozen", "kvk_number = '30000004'").await;
        let chosen = [veer, smit, abroad, veer];
        let told = house.engine.chosen_register_estimate(&marketing, &chosen).await.unwrap();
        let e = told.estimate;
        assert_eq!((e.n_companies, e.n_with_number, e.cost_mills), (2, 2, 40), "{}", house.db.name);
        assert_eq!((told.n_abroad, told.n_recent, told.n_waiting, told.n_refused), (1, 0, 0, 0));
        assert!(tree.paths().is_empty(), "a look costs nothing");
        assert_eq!(refused(begin(&house, RegisterOrder::Chosen(&chosen), 39).await), "register_price");
        assert_eq!(begin(&house, RegisterOrder::Chosen(&chosen), 40).await.unwrap(), 2);
        let mut asked = tree.paths();
        asked.sort();
        assert_eq!(asked, [second, PROFILE]);
        assert!(found(&house, aside).await.reading.is_none(), "only those that were chosen");

        let told = house.engine.chosen_register_estimate(&marketing, &chosen).await.unwrap();
        assert_eq!((told.estimate.n_companies, told.estimate.cost_mills, told.n_recent), (0, 0, 2));
        let again = begin(&house, RegisterOrder::Chosen(&chosen), 40).await;
        assert_eq!(refused(again), "register_none_chosen");
        house.advance(SignedDuration::from_hours(24 * 181));
        let told = house.engine.chosen_register_estimate(&marketing, &chosen).await.unwrap();
        assert_eq!(told.estimate.n_companies, 2);
        let many: Vec<CompanyId> = (1..=501).map(company_id).collect();
        let many = house.engine.chosen_register_estimate(&marketing, &many).await;
        assert!(matches!(many, Err(EngineError::Invalid(_))), "500 at most");
        house.close().await;
    }
}

#[tokio::test]
async fn none_of_these_holds_until_the_company_changes_or_somebody_asks() {
    let question =
        |town: &str| format!("/api/v2/zoeken?naam=Bakker+Smit&plaats={town}&resultatenPerPagina=50");
    let (goes, zeist) = (question("Goes"), question("Zeist"));
    let offered = || {
        hits(&[
            hit("30000002", "Bakker Smit B.V.", "Plein", "Goes"),
            hit("30000003", "Bakker Smit", "Kade", "Goes"),
        ])
    };
    let leaves = [(goes.as_str(), offered()), (zeist.as_str(), hits(&[]))];
    for (house, tree) in houses(&leaves).await {
        let marketing = house.caller(Role::Marketing);
        let smit = firm(&house, 1, "Bakker Smit", "city = 'Goes'").await;
        let one = RegisterOrder::Company { id: smit, is_again: false };
        assert_eq!(refused(house.engine.refuse_in_register(&marketing, smit).await), "register_no_choice");
        begin(&house, one, 20).await.unwrap();
        house.engine.refuse_in_register(&marketing, smit).await.unwrap();
        house.engine.refuse_in_register(&marketing, smit).await.unwrap();
        let reading = found(&house, smit).await.reading.unwrap();
        assert_eq!(reading.refused.map(|(at, _)| at), Some(house.clock.now()), "{}", house.db.name);

        house.advance(SignedDuration::from_hours(24 * 400));
        let every = RegisterOrder::Lacking { fit_min: None };
        assert_eq!(refused(begin(&house, every, 20).await), "register_nobody", "also a year later");
        let told = house.engine.chosen_register_estimate(&marketing, &[smit]).await.unwrap();
        assert_eq!((told.n_refused, told.estimate.n_companies), (1, 0));
        assert_eq!(tree.paths().len(), 1);

        // Somebody asks on its page: a new answer, and what was said before is over.
        begin(&house, one, 20).await.unwrap();
        assert_eq!(found(&house, smit).await.reading.unwrap().refused, None);
        house.engine.refuse_in_register(&marketing, smit).await.unwrap();
        assert_eq!(refused(begin(&house, every, 20).await), "register_nobody");
        change(&house, 1, "city = 'Zeist'").await;
        assert_eq!(begin(&house, every, 20).await.unwrap(), 1, "it lies elsewhere: searched again at once");
        let reading = found(&house, smit).await.reading.unwrap();
        assert_eq!((reading.outcome, reading.refused), (RegisterOutcome::Nobody, None));
        assert_eq!(tree.paths(), [goes.as_str(), goes.as_str(), zeist.as_str()]);
        house.close().await;
    }
}

#[tokio::test]
async fn who_said_none_of_these_may_choose_after_all() {
    let goes = "/api/v2/zoeken?naam=Bakker+Smit&plaats=Goes&resultatenPerPagina=50";
    let offered = hits(&[
        hit("30000002", "Bakker Smit B.V.", "Plein", "Goes"),
        hit("30000003", "Bakker Smit", "Kade", "Goes"),
    ]);
    let smit = "/api/v1/basisprofielen/30000002";
    let leaves = [(goes, offered), (smit, answer(&profile("30000002", "Bakker Smit B.V.")))];
    for (house, _tree) in houses(&leaves).await {
        let marketing = house.caller(Role::Marketing);
        let id = firm(&house, 1, "Bakker Smit", "city = 'Goes'").await;
        begin(&house, RegisterOrder::Company { id, is_again: false }, 20).await.unwrap();
        house.engine.refuse_in_register(&marketing, id).await.unwrap();
        house.engine.choose_in_register(&marketing, id, "30000002", 20).await.unwrap();
        house.run_jobs().await;
        let reading = found(&house, id).await.reading.unwrap();
        assert_eq!((reading.outcome, reading.refused), (RegisterOutcome::Checked, None), "{}", house.db.name);
        house.close().await;
    }
}

#[tokio::test]
async fn the_register_is_taken_over_a_person_when_they_wish_it() {
    for (house, _tree) in houses(&[(PROFILE, answer(&profile(NUMBER, "Dakdekkers Veer B.V.")))]).await {
        let marketing = house.caller(Role::Marketing);
        let id = firm(&house, 1, "Veer", &format!("kvk_number = '{NUMBER}'")).await;
        let typed = CompanyEdit {
            name: "Dakdekkers Veer".to_owned(),
            kvk_number: NUMBER.to_owned(),
            website: "firma1.example".to_owned(),
            country: "NL".to_owned(),
            employees_n: Some(7),
            ..CompanyEdit::default()
        };
        house.engine.edit_company(&marketing, id, typed).await.unwrap();
        begin(&house, RegisterOrder::Company { id, is_again: false }, 20).await.unwrap();
        let take = |field| house.engine.take_from_register(&marketing, id, field);
        assert_eq!(refused(take(RegisterField::SbiCode).await), "register_no_difference");
        take(RegisterField::EmployeesN).await.unwrap();
        let mut tx = house.db.store.read(house.workspace).await.unwrap();
        let firm = company::get(&mut tx, id).await.unwrap().unwrap();
        drop(tx);
        assert_ne!(firm.employees_n, Some(7), "{}", house.db.name);
        let detail = house.engine.company(&house.caller(Role::ReadOnly), id).await.unwrap();
        let source = detail.sources.iter().find(|t| t.field == "employees_n").unwrap().source;
        assert_eq!(source.as_str(), "register", "from now on it is the register's");
        let reading = found(&house, id).await.reading.unwrap();
        let takings: Vec<StoredTaking> = serde_json::from_str(&reading.takings).unwrap();
        let told = takings.iter().find(|t| t.field == "employees_n").unwrap();
        assert_eq!((told.known.as_str(), told.taken.as_str()), ("7", "replaced"));
        assert_eq!(refused(take(RegisterField::EmployeesN).await), "register_no_difference");
        house.close().await;
    }
}

#[tokio::test]
async fn a_website_of_another_company_is_not_taken_over() {
    let mut body = profile(NUMBER, "Dakdekkers Veer B.V.");
    body["_embedded"]["hoofdvestiging"]["websites"] = serde_json::json!(["firma2.example"]);
    for (house, _tree) in houses(&[(PROFILE, answer(&body))]).await {
        let marketing = house.caller(Role::Marketing);
        let id = firm(&house, 1, "Dakdekkers Veer", &format!("kvk_number = '{NUMBER}'")).await;
        firm(&house, 2, "Een ander", "kvk_number = NULL").await;
        begin(&house, RegisterOrder::Company { id, is_again: false }, 20).await.unwrap();
        let taken = house.engine.take_from_register(&marketing, id, RegisterField::Website).await;
        assert_eq!(refused(taken), "register_website", "{}", house.db.name);
        house.close().await;
    }
}
