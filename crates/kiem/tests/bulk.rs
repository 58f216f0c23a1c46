//! What is done with many companies at once: nobody there is approached any more, whole and in the background, those that
//! somebody chose are checked in the register, and what a person answers to the register holds.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use kiem::engine::audience::ListQuery;
use kiem::engine::audience::list_form::read_conditions;
use kiem::engine::{EngineError, Role};
use kiem_domain::id::{CompanyId, LeadId};
use kiem_domain::lead::LeadState;
use kiem_domain::listing::{ListKind, ListSort};
use kiem_store::message::MessageState;
use kiem_store::suppression_run::SuppressionRun;
use kiem_store::{args, lead, suppression};
use support::House;
use support::play::{Play, QUESTION};
use uuid::Uuid;

fn company_id(n: u32) -> CompanyId {
    CompanyId(Uuid::from_u128((u128::from(n) << 16) + 1))
}

async fn state(house: &House, id: LeadId) -> LeadState {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    lead::get(&mut tx, id).await.unwrap().unwrap().state
}

async fn n_suppressed(house: &House) -> i64 {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    suppression::count(&mut tx).await.unwrap()
}

async fn set(house: &House, sql: &'static str, id: Uuid) {
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    assert_eq!(tx.execute(sql, args![id]).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

async fn suppress(house: &House, role: Role, ids: &[CompanyId]) -> kiem::engine::Result<SuppressionRun> {
    house.engine.suppress_companies(&house.caller(role), ids, " Klant van een zusterbedrijf ").await
}

async fn audited(house: &House, action: &str) -> Vec<String> {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    let sql = "SELECT detail FROM audit_entry WHERE workspace_id = $1 AND action = $2";
    let rows = tx.fetch_all(sql, args![action]).await.unwrap();
    rows.iter().map(|row| row.get("detail").unwrap()).collect()
}

#[tokio::test]
async fn nobody_at_a_company_is_approached_any_more() {
    for house in [House::sqlite().await, House::postgres().await] {
        let people = [
            (1, "eva@klant.example", "Eva", "Groothandel Klant"),
            (2, "bas@delta.example", "Bas", "Delta Metaal"),
            (3, "kees@anders.example", "Kees", "Anders"),
        ];
        let (play, leads) = Play::with(house, &people).await;
        let house = &play.house;
        // Bas writes from an address of his own, and nobody knows a site of Delta.
        set(house, "UPDATE company SET domain = NULL WHERE workspace_id = $1 AND id = $2", company_id(2).0)
            .await;
        let chosen = [company_id(1), company_id(2), company_id(1)];
        let sales = house.caller(Role::Sales);
        let told = house.engine.suppression_estimate(&sales, &chosen).await.unwrap();
        let c = told.counts;
        assert_eq!((c.n_companies, c.n_with_domain, c.n_people), (2, 1, 2), "{}", house.db.name);
        assert_eq!((c.n_people_running, c.n_companies_running, told.n_already), (2, 2, 0));
        assert_eq!((n_suppressed(house).await, audited(house, "companies.suppressed").await.len()), (0, 0));

        let run = suppress(house, Role::Sales, &chosen).await.unwrap();
        assert_eq!((run.n_companies, run.n_done, run.n_people, run.n_stopped), (2, 2, 2, 2));
        assert_eq!(run.finished_at, Some(house.clock.now()), "a few are done at once");
        assert!(play.suppressed("eva@klant.example").await && play.suppressed("wie@klant.example").await);
        assert!(play.suppressed("bas@delta.example").await, "without a domain the address itself");
        assert!(!play.suppressed("wie@delta.example").await);
        assert!(!play.suppressed("kees@anders.example").await);
        for (n, expected) in [(0, LeadState::Blocked), (1, LeadState::Blocked), (2, LeadState::Approached)] {
            assert_eq!(state(house, leads[n]).await, expected, "{} {n}", house.db.name);
        }
        assert_eq!(play.enrolment(leads[0]).await, ("stopped".to_owned(), Some("manual".to_owned())));
        assert_eq!(play.enrolment(leads[2]).await.0, "active");
        let detail = audited(house, "companies.suppressed").await;
        assert_eq!(detail.len(), 1);
        assert!(detail[0].contains("Klant van een zusterbedrijf") && detail[0].contains("2"), "{detail:?}");

        house.advance(jiff::SignedDuration::from_hours(24 * 7));
        play.settle().await;
        let sent = play.messages(Some(MessageState::Sent)).await;
        let to = |email: &str| sent.iter().filter(|m| m.new.recipient == email).count();
        let n = people.map(|(_, email, ..)| to(email));
        assert_eq!(n, [1, 1, 2], "{}: only Kees got the second mail", house.db.name);
        let again = suppress(house, Role::Marketing, &chosen).await.unwrap();
        assert_eq!((again.n_done, again.n_stopped, n_suppressed(house).await), (2, 0, 2), "safe to do twice");
        let told = house.engine.suppression_estimate(&sales, &chosen).await.unwrap();
        assert_eq!((told.n_already, told.counts.n_people_running), (1, 0));
        play.house.close().await;
    }
}

#[tokio::test]
async fn who_talks_with_a_company_hears_that_it_may_not_be_approached() {
    let (play, eva) = Play::eva().await;
    play.reply(QUESTION).await;
    let pursuit = play.prospect(eva).await.expect("her question made her a prospect");
    let run = suppress(&play.house, Role::Marketing, &[company_id(1)]).await.unwrap();
    assert_eq!(run.n_done, 1);
    let after = play.prospect(eva).await.expect("the conversation stays its owner's");
    assert_ne!(after.next_action, pursuit.next_action, "what was planned makes room");
    let told = play
        .count(
            "SELECT COUNT(*) AS n FROM notification WHERE workspace_id = $1 AND kind = 'prospect.suppressed'",
        )
        .await;
    assert_eq!(told, 1);
    assert_eq!(state(&play.house, eva).await, LeadState::Promoted);
    play.house.close().await;
}

#[tokio::test]
async fn many_companies_go_on_in_the_background_and_none_is_half_done() {
    for house in [House::sqlite().await, House::postgres().await] {
        let mut ids = Vec::new();
        for n in 1..=120 {
            house.lead(n, &format!("eva@firma{n}.example"), "Eva", "Smit", &format!("Firma {n}")).await;
            ids.push(company_id(n));
        }
        let run = suppress(&house, Role::Owner, &ids).await.unwrap();
        assert_eq!((run.n_companies, run.n_done, run.finished_at), (120, 0, None), "{}", house.db.name);
        assert_eq!(n_suppressed(&house).await, 0);
        house.run_jobs().await;
        let viewer = house.caller(Role::ReadOnly);
        let over = house.engine.suppression_run(&viewer, run.id).await.unwrap();
        assert_eq!((over.n_done, over.n_people, over.finished_at.is_some()), (120, 120, true));
        assert_eq!(n_suppressed(&house).await, 120);
        assert_eq!(house.engine.suppression_runs(&viewer).await.unwrap(), [over]);
        for n in [1, 50, 51, 120] {
            let id = LeadId(Uuid::from_u128((u128::from(n as u32) << 16) + 3));
            assert_eq!(state(&house, id).await, LeadState::Blocked, "{} {n}", house.db.name);
        }
        house.close().await;
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_does_nothing() {
    let house = House::sqlite().await;
    house.lead(1, "eva@firma1.example", "Eva", "Smit", "Firma").await;
    let marketing = house.caller(Role::Marketing);
    let one = [company_id(1)];
    let fields = |error: EngineError| match error {
        EngineError::Invalid(problems) => format!("{problems:?}"),
        other => format!("{other:?}"),
    };
    let without = house.engine.suppress_companies(&marketing, &one, "  ").await.unwrap_err();
    assert!(fields(without).contains("reason"));
    let none = house.engine.suppress_companies(&marketing, &[], "Nee").await.unwrap_err();
    assert!(fields(none).contains("companies"));
    let many: Vec<CompanyId> = (1..=5_001).map(company_id).collect();
    let many = house.engine.suppress_companies(&marketing, &many, "Nee").await.unwrap_err();
    assert!(fields(many).contains("too_many"));
    let gone = house.engine.suppress_companies(&marketing, &[company_id(9)], "Nee").await.unwrap_err();
    assert!(matches!(gone, EngineError::NotFound), "{gone:?}");
    let looks = suppress(&house, Role::ReadOnly, &one).await.unwrap_err();
    assert!(matches!(looks, EngineError::Forbidden), "{looks:?}");
    assert_eq!((n_suppressed(&house).await, audited(&house, "companies.suppressed").await.len()), (0, 0));
    house.close().await;
}

#[tokio::test]
async fn people_are_listed_by_campaign() {
    let people = [(1, "eva@klant.example", "Eva", "Groothandel Klant")];
    let (play, leads) = Play::with(House::sqlite().await, &people).await;
    let other = play.house.lead(2, "bas@delta.example", "Bas", "Peters", "Delta").await;
    let mut tx = play.house.db.store.read(play.house.workspace).await.unwrap();
    let sql = "SELECT campaign_id FROM enrolment WHERE workspace_id = $1";
    let campaign: Uuid = tx.fetch_one(sql, args![]).await.unwrap().get("campaign_id").unwrap();
    drop(tx);
    suppress(&play.house, Role::Owner, &[company_id(1)]).await.unwrap();
    for (op, expected) in [("is", leads[0]), ("is_not", other)] {
        let filter = format!(r#"[{{"field":"campaign","op":"{op}","values":["{campaign}"]}}]"#);
        let query = ListQuery {
            list: ListKind::People,
            search: String::new(),
            conditions: read_conditions(ListKind::People, &filter).unwrap(),
            sort: ListSort::Name,
            cursor: None,
            limit: 10,
        };
        let viewer = play.house.caller(Role::ReadOnly);
        let found = play.house.engine.people_list(&viewer, &query).await.unwrap();
        let ids: Vec<LeadId> = found.rows.iter().map(|row| row.lead_id).collect();
        assert_eq!(ids, [expected], "{op}: also when it was stopped");
    }
    play.house.close().await;
}
