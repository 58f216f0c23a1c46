//! Who fits: the audience is scored against the profile, versions come and go, a draft is counted, won customers are
//! compared, and every company shows why.

mod support;

use jiff::SignedDuration;
use kiem::engine::audience::profile_form::{CodeForm, NearForm, RangeForm};
use kiem::engine::audience::{CompanyEdit, ProfileForm, WishForm};
use kiem::engine::{EngineError, Role};
use kiem_domain::audience::{ActivityVersion, Feature, FitOutcome, IdealProfile};
use kiem_domain::id::{CompanyId, ContactId};
use kiem_domain::titles::committee::Seat;
use kiem_domain::titles::{EDITION, Seniority};
use kiem_store::company::{self, Company, CompanyDetails};
use kiem_store::{account, args, contact};
use support::House;
use uuid::Uuid;

fn wish(criterion: &str, importance: &str) -> WishForm {
    WishForm { criterion: criterion.to_owned(), importance: importance.to_owned(), ..WishForm::default() }
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn size(importance: &str, min: u64, max: u64) -> WishForm {
    let sizes = vec![RangeForm { min: Some(min), max: Some(max) }];
    WishForm { sizes, weight: Some(30), ..wish("size", importance) }
}

fn country(importance: &str, code: &str) -> WishForm {
    WishForm { countries: texts(&[code]), ..wish("country", importance) }
}

fn profile(wishes: Vec<WishForm>) -> IdealProfile {
    ProfileForm { wishes, ..ProfileForm::default() }.read().unwrap()
}

fn id(n: u128) -> CompanyId {
    CompanyId(Uuid::from_u128(n))
}

/// Company `n` in a country with so many people; more facts are the caller's.
fn firm(house: &House, n: u128, country: Option<&str>, employees_n: Option<i64>) -> Company {
    Company {
        id: id(n),
        name: format!("Bedrijf {n}"),
        name_key: format!("bedrijf {n}"),
        domain: None,
        kvk_number: None,
        country: country.map(str::to_owned),
        region: None,
        city: None,
        industry: None,
        employees_n,
        website: None,
        phone: None,
        details: CompanyDetails::default(),
        fit_score: None,
        fit_known_percent: 0,
        fit_reasons: "[]".to_owned(),
        source: "test".to_owned(),
        import_id: None,
        created_at: house.clock.now(),
        updated_at: house.clock.now(),
    }
}

async fn add(house: &House, companies: &[Company]) {
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    company::insert_many(&mut tx, companies).await.unwrap();
    tx.commit().await.unwrap();
}

async fn stored(house: &House, n: u128) -> Company {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    company::get(&mut tx, id(n)).await.unwrap().unwrap()
}

async fn both() -> [House; 2] {
    [House::sqlite().await, House::postgres().await]
}

#[tokio::test]
async fn a_large_audience_is_scored_in_steps_that_say_how_far_it_is() {
    for house in both().await {
        let owner = house.caller(Role::Owner);
        let companies: Vec<Company> = (1..=2_500)
            .map(|n| firm(&house, n, Some(if n % 2 == 0 { "NL" } else { "DE" }), Some(20)))
            .collect();
        add(&house, &companies).await;
        assert_eq!(house.engine.fit_run(&owner).await.unwrap(), None);
        let wanted = profile(vec![country("must", "NL"), size("wanted", 10, 60)]);
        assert_eq!(house.engine.put_ideal_profile(&owner, &wanted, None).await.unwrap(), 1);
        let run = house.engine.fit_run(&owner).await.unwrap().unwrap();
        assert_eq!((run.profile_version, run.n_total, run.n_done, run.finished_at), (1, 2_500, 0, None));
        house.run_jobs().await;
        let run = house.engine.fit_run(&owner).await.unwrap().unwrap();
        assert_eq!((run.n_done, run.finished_at.is_some()), (2_500, true));
        for (n, score) in [(1, 0), (2, 100), (2_499, 0), (2_500, 100)] {
            let company = stored(&house, n).await;
            assert_eq!((company.fit_score, company.fit_known_percent), (Some(score), 100), "{n}");
        }
        let reasons: serde_json::Value = serde_json::from_str(&stored(&house, 1).await.fit_reasons).unwrap();
        let expected = serde_json::json!({
            "criterion": "country", "importance": "must", "verdict": "miss",
            "found": [{ "kind": "country", "value": "DE" }],
        });
        assert_eq!(reasons[0], expected, "codes and values, no sentences");
        house.close().await;
    }
}

#[tokio::test]
async fn a_scoring_that_was_broken_off_goes_on_where_it_was() {
    let house = House::sqlite().await;
    let owner = house.caller(Role::Owner);
    add(&house, &(1..=1_500).map(|n| firm(&house, n, Some("NL"), Some(20))).collect::<Vec<_>>()).await;
    house.engine.put_ideal_profile(&owner, &profile(vec![country("must", "NL")]), None).await.unwrap();
    // The first thousand are done, with what nobody would calculate: they are not looked at again.
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    kiem_store::fit::advance_run(&mut tx, 1, 1_000, Some(id(1_000)), None).await.unwrap();
    tx.commit().await.unwrap();
    house.run_jobs().await;
    let run = house.engine.fit_run(&owner).await.unwrap().unwrap();
    assert_eq!((run.n_done, run.finished_at.is_some()), (1_500, true));
    assert_eq!(stored(&house, 1_000).await.fit_score, None);
    assert_eq!(stored(&house, 1_001).await.fit_score, Some(100));
    house.close().await;
}

#[tokio::test]
async fn versions_say_who_and_when_and_an_earlier_one_can_be_taken_up_again() {
    for house in both().await {
        let (marketing, reader) = (house.caller(Role::Marketing), house.caller(Role::ReadOnly));
        add(&house, &[firm(&house, 1, Some("NL"), Some(20))]).await;
        let (first, second) = (profile(vec![country("must", "NL")]), profile(vec![country("must", "DE")]));
        house.engine.put_ideal_profile(&marketing, &first, Some(0)).await.unwrap();
        house.advance(SignedDuration::from_hours(1));
        let late = house.engine.put_ideal_profile(&marketing, &second, Some(0)).await.unwrap_err();
        assert!(matches!(late, EngineError::Refused { code: "changed_meanwhile", .. }), "{late:?}");
        house.engine.put_ideal_profile(&marketing, &second, Some(1)).await.unwrap();
        house.run_jobs().await;
        assert_eq!(stored(&house, 1).await.fit_score, Some(0));
        assert!(matches!(house.engine.restore_ideal_profile(&reader, 1).await, Err(EngineError::Forbidden)));
        assert!(matches!(
            house.engine.restore_ideal_profile(&marketing, 9).await,
            Err(EngineError::NotFound)
        ));
        assert_eq!(house.engine.restore_ideal_profile(&marketing, 1).await.unwrap(), 3);
        house.run_jobs().await;
        assert_eq!(stored(&house, 1).await.fit_score, Some(100));
        assert_eq!(house.engine.ideal_profile(&reader).await.unwrap(), (first.clone(), 3));
        let versions = house.engine.ideal_profiles(&reader).await.unwrap();
        let listed: Vec<_> =
            versions.iter().map(|(v, _)| (v.profile.version, v.profile.restored_from)).collect();
        assert_eq!(listed, [(3, Some(1)), (2, None), (1, None)]);
        assert_eq!(versions[0].0.created_by_name.as_deref(), Some("marketing"));
        assert_eq!(versions[2].1, first);
        house.close().await;
    }
}

#[tokio::test]
async fn a_profile_of_the_first_form_is_still_read_and_scored() {
    let house = House::sqlite().await;
    let owner = house.caller(Role::Owner);
    add(&house, &[firm(&house, 1, Some("NL"), Some(20))]).await;
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    let definition = r#"{"industries":[],"employees_min":10,"employees_max":60,"countries":["DE"],"regions":[],"title_words":[],"seniorities":[]}"#;
    tx.execute(
        "INSERT INTO ideal_profile (workspace_id, version, definition, created_by, created_at) VALUES ($1, 1, $2, $3, $4)",
        args![definition, support::user_id(0), house.clock.now()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let detail = house.engine.company(&owner, id(1)).await.unwrap();
    assert_eq!((detail.fit.score, detail.fit.known_percent), (Some(71), 100), "25 of 35, as it was");
    let (read, _) = house.engine.ideal_profile(&owner).await.unwrap();
    house.engine.put_ideal_profile(&owner, &read, None).await.unwrap();
    house.run_jobs().await;
    assert_eq!(stored(&house, 1).await.fit_score, Some(71));
    house.close().await;
}

#[tokio::test]
async fn a_draft_is_counted_without_being_stored() {
    for house in both().await {
        let reader = house.caller(Role::ReadOnly);
        let mut companies: Vec<Company> = Vec::new();
        for n in 1..=40_u128 {
            let (country, size) = match n {
                1..=20 => (Some("NL"), Some(20)),
                21..=27 => (Some("NL"), Some(5_000)),
                28..=34 => (Some("DE"), Some(20)),
                _ => (None, Some(20)),
            };
            companies.push(firm(&house, n, country, size));
        }
        add(&house, &companies).await;
        let draft = profile(vec![country("must", "NL"), size("wanted", 10, 60)]);
        let count = house.engine.count_fit(&reader, &draft).await.unwrap();
        assert_eq!((count.n_companies, count.n_judged), (40, 40));
        let of = |outcome| count.outcomes.iter().find(|o| o.outcome == outcome).unwrap();
        for (outcome, n) in [
            (FitOutcome::Fits, 20),
            (FitOutcome::Partly, 7),
            (FitOutcome::DoesNotFit, 7),
            (FitOutcome::Unknown, 6),
        ] {
            let companies = of(outcome).companies;
            assert_eq!((companies.n, companies.margin), (n, 0), "{outcome}");
        }
        assert_eq!(of(FitOutcome::Fits).examples.len(), 5);
        assert_eq!(of(FitOutcome::DoesNotFit).examples[0].id, id(28));
        let must = &count.wishes[0];
        assert_eq!((must.n_match, must.n_miss, must.n_unknown), (27, 7, 6));
        assert_eq!(house.engine.ideal_profile(&reader).await.unwrap().1, 0, "nothing was stored");
        house.close().await;
    }
}

#[tokio::test]
async fn of_a_very_large_audience_a_random_part_is_counted_and_the_margin_is_said() {
    let house = House::sqlite().await;
    let owner = house.caller(Role::Owner);
    // The last byte of the id is what the part is chosen by: all values come equally often.
    let companies: Vec<Company> = (1..=32_000_u128)
        .map(|n| firm(&house, n, Some(if n % 4 == 0 { "NL" } else { "DE" }), None))
        .collect();
    for some in companies.chunks(4_000) {
        add(&house, some).await;
    }
    let count = house.engine.count_fit(&owner, &profile(vec![country("must", "NL")])).await.unwrap();
    assert_eq!(count.n_companies, 32_000);
    assert!((15_000..25_000).contains(&count.n_judged), "{}", count.n_judged);
    let fits = count.outcomes[0].companies;
    assert!(fits.margin > 0 && fits.n.abs_diff(8_000) <= fits.margin, "{fits:?}");
    house.close().await;
}

#[tokio::test]
async fn what_customers_share_is_told_with_numbers_and_not_at_all_when_they_are_few() {
    for house in both().await {
        let owner = house.caller(Role::Owner);
        let mut companies: Vec<Company> = (1_000..1_200)
            .map(|n| firm(&house, n, Some("NL"), Some(if n % 10 == 0 { 30 } else { 3 })))
            .collect();
        for one in &mut companies {
            one.details.sbi_code = Some("41200".to_owned());
            one.details.sbi_version = ActivityVersion::V2025;
        }
        add(&house, &companies).await;
        let win = async |n: u32| {
            let base = u128::from(n) << 16;
            house.lead(n, &format!("w{n}@w{n}.example"), "Eva", "Berg", &format!("Gewonnen {n} BV")).await;
            let mut tx = house.db.store.begin(house.workspace).await.unwrap();
            let facts = "UPDATE company SET employees_n = 30 WHERE workspace_id = $1 AND id = $2";
            tx.execute(facts, args![id(base + 1)]).await.unwrap();
            let (pursuit, now) = (Uuid::from_u128(base + 4), house.clock.now());
            tx.execute(
                "INSERT INTO prospect (workspace_id, id, company_id, contact_id, owner_id, state, step, rule, reason_nl,
                     reason_en, promoted_at, step_since, response_due_at, currency, chance_percent, sort_company,
                     search_text, version)
                 VALUES ($1, $2, $3, $4, $5, 'won', 'closing', 'R1', '', '', $6, $6, $6, 'EUR', 100, '', '', 1)",
                args![pursuit, id(base + 1), ContactId(Uuid::from_u128(base + 2)), support::user_id(0), now],
            )
            .await
            .unwrap();
            tx.execute(
                "INSERT INTO opportunity (workspace_id, id, prospect_id, company_id, name, state, opened_by,
                     opened_evidence, value_cents, currency, opened_at)
                 VALUES ($1, $2, $3, $4, 'x', 'won', 'quote', '', 1, 'EUR', $5)",
                args![Uuid::from_u128(base + 5), pursuit, id(base + 1), now],
            )
            .await
            .unwrap();
            tx.commit().await.unwrap();
        };
        for n in 1..=9 {
            win(n).await;
        }
        let few = house.engine.lookalike(&owner).await.unwrap();
        assert_eq!((few.lookalike.won_n, few.lookalike.stands_out.len()), (9, 0));
        assert!(few.lookalike.too_thin.contains(&(Feature::Size, 9)));
        for n in 10..=14 {
            win(n).await;
        }
        let found = house.engine.lookalike(&owner).await.unwrap();
        assert_eq!((found.lookalike.won_n, found.n_rest, found.n_companies), (14, 200, 214));
        let size = found.lookalike.stands_out.iter().find(|l| l.feature == Feature::Size).unwrap();
        assert_eq!((size.value.as_str(), size.won_n, size.rest_n, size.rest_known_n), ("20-49", 14, 20, 200));
        assert!(size.lift > 5.0 && size.lift_min > 1.0);
        assert!(found.lookalike.too_thin.contains(&(Feature::Division, 0)), "no code of them is known");
        house.close().await;
    }
}

#[tokio::test]
async fn a_company_shows_why_it_fits_and_who_is_missing() {
    for house in both().await {
        let marketing = house.caller(Role::Marketing);
        let mut one = firm(&house, 1, Some("NL"), Some(30));
        one.details.postcode = Some("1011 AB".to_owned());
        one.details.sbi_code = Some("62010".to_owned());
        one.details.sbi_version = ActivityVersion::V2008;
        add(&house, &[one]).await;
        let code = CodeForm { code: "62".to_owned(), version: "2025".to_owned() };
        let near = NearForm { area: "35".to_owned(), km: 25 };
        let wanted = profile(vec![
            WishForm { codes: vec![code], ..wish("industry", "wanted") },
            size("must", 10, 60),
            WishForm { near: vec![near], ..wish("region", "wanted") },
            WishForm { legal_forms: texts(&["sole_trader"]), ..wish("legal_form", "never") },
        ]);
        house.engine.put_ideal_profile(&marketing, &wanted, None).await.unwrap();
        house.run_jobs().await;
        let detail = house.engine.company(&marketing, id(1)).await.unwrap();
        let answers: Vec<_> = detail
            .fit
            .reasons
            .iter()
            .map(|r| (r.wish.criterion.as_str(), r.verdict.as_str(), r.why.as_deref()))
            .collect();
        assert_eq!(
            answers,
            [
                ("industry", "unknown", Some("other_version")),
                ("size", "match", None),
                ("region", "partial", None),
                ("legal_form", "unknown", None),
            ]
        );
        assert_eq!(detail.fit.outcome, "fits", "what is unknown counts against nobody");
        let seats: Vec<Seat> = detail.committee.seats.iter().map(|(seat, _)| *seat).collect();
        assert!(detail.committee.is_by_size && seats == [Seat::Boss, Seat::FunctionalManager]);
        assert!(detail.committee.seats.iter().all(|(_, people)| people.is_empty()));

        let edit = CompanyEdit {
            name: "Bedrijf 1".to_owned(),
            country: "NL".to_owned(),
            employees_n: Some(30),
            sbi_code: Some("62.01".to_owned()),
            sbi_version: Some("2025".to_owned()),
            ..CompanyEdit::default()
        };
        house.engine.edit_company(&marketing, id(1), edit.clone()).await.unwrap();
        let detail = house.engine.company(&marketing, id(1)).await.unwrap();
        assert_eq!(detail.fit.reasons[0].verdict, "match", "a corrected code counts at once");
        assert!(detail.sources.iter().any(|fact| fact.field == "sbi_code"));
        let wrong = CompanyEdit { sbi_code: Some("IT".to_owned()), ..edit.clone() };
        assert!(matches!(
            house.engine.edit_company(&marketing, id(1), wrong).await,
            Err(EngineError::Invalid(errors)) if errors[0].field == "sbi_code"
        ));
        let silent = CompanyEdit { sbi_code: None, sbi_version: None, ..edit };
        house.engine.edit_company(&marketing, id(1), silent).await.unwrap();
        assert_eq!(stored(&house, 1).await.details.sbi_code.as_deref(), Some("6201"), "unsaid stays");
        house.close().await;
    }
}

#[tokio::test]
async fn titles_that_an_earlier_version_read_are_read_again() {
    for house in both().await {
        let owner = house.caller(Role::Owner);
        house.lead(1, "eva@klant.example", "Eva", "Berg", "Klant BV").await;
        let eva = ContactId(Uuid::from_u128((1 << 16) + 2));
        let wanted = profile(vec![WishForm { seniorities: texts(&["owner"]), ..wish("title", "must") }]);
        house.engine.put_ideal_profile(&owner, &wanted, None).await.unwrap();
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        let mut person = contact::get(&mut tx, eva).await.unwrap().unwrap();
        // As a version wrote that did not know the word.
        (person.title, person.seniority) = (Some("Eigenaar".to_owned()), None);
        contact::update(&mut tx, &person).await.unwrap();
        tx.commit().await.unwrap();
        house.run_jobs().await;
        let fit = async || house.marketing_list("").await[0].lead.fit_score;
        let read = async || {
            let mut tx = house.db.store.read(house.workspace).await.unwrap();
            contact::get(&mut tx, eva).await.unwrap().unwrap().seniority
        };
        for (edition, expected) in
            [(EDITION, (None, None)), (EDITION - 1, (Some(Seniority::Owner), Some(100)))]
        {
            let mut global = house.db.store.global().await.unwrap();
            account::set_title_edition(&mut global, house.workspace, edition).await.unwrap();
            global.commit().await.unwrap();
            house.engine.ask_rounds().await.unwrap();
            house.run_jobs().await;
            assert_eq!((read().await, fit().await), expected, "{}: edition {edition}", house.db.name);
        }
        let mut global = house.db.store.global_read().await.unwrap();
        let earlier = account::titles_read_before(&mut global, EDITION).await.unwrap();
        assert!(earlier.is_empty(), "once");
        drop(global);
        house.close().await;
    }
}

#[tokio::test]
async fn the_profile_may_name_the_seats_and_people_fill_them_by_their_titles() {
    let house = House::sqlite().await;
    let owner = house.caller(Role::Owner);
    house.lead(1, "eva@klant.example", "Eva", "Berg", "Klant BV").await;
    let (firm, eva) = (id((1 << 16) + 1), ContactId(Uuid::from_u128((1 << 16) + 2)));
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    let mut person = contact::get(&mut tx, eva).await.unwrap().unwrap();
    person.title = Some("Financieel directeur".to_owned());
    contact::update(&mut tx, &person).await.unwrap();
    tx.commit().await.unwrap();
    let mut form = ProfileForm::default();
    form.buyers.seats = texts(&["finance", "it"]);
    house.engine.put_ideal_profile(&owner, &form.read().unwrap(), None).await.unwrap();
    let committee = house.engine.company(&owner, firm).await.unwrap().committee;
    assert!(!committee.is_by_size);
    assert_eq!(committee.seats, [(Seat::Finance, vec![eva]), (Seat::It, vec![])]);
    assert_eq!(committee.roles.len(), 1);
    house.close().await;
}
