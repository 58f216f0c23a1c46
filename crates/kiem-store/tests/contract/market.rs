//! What the register counts beside what is known.

use jiff::SignedDuration;
use jiff::civil::date;
use kiem_domain::audience::ActivityVersion;
use kiem_domain::id::UserId;
use kiem_store::company::{self, Company, CompanyDetails};
use kiem_store::market::{self, MarketBy, MarketLoad, MarketRow};
use kiem_store::testing;
use uuid::Uuid;

use crate::audience::a_company;
use crate::sales::now;

fn a_load() -> MarketLoad {
    MarketLoad {
        file_name: "hvds.csv".to_owned(),
        edition: ActivityVersion::V2025,
        as_of: date(2026, 6, 1),
        register_n: 50,
        is_sample: false,
        loaded_by: UserId(Uuid::from_u128(9)),
        loaded_at: now(),
        known_n: 0,
        uncounted: "{}".to_owned(),
        counted_at: None,
    }
}

fn cell(activity: &str, area: i64, register_n: i64, known_n: i64) -> MarketRow {
    MarketRow { activity: activity.to_owned(), area, register_n, known_n }
}

#[tokio::test]
async fn known_companies_stand_beside_those_of_the_register() {
    for db in testing::both().await {
        let (ws, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(ws).await.unwrap();
        assert_eq!(market::loaded(&mut tx).await.unwrap(), None);
        let register = [
            cell("62010", 26, 30, 0),
            cell("62020", 26, 5, 0),
            cell("62010", 10, 10, 0),
            cell("41201", 10, 5, 0),
        ];
        market::load(&mut tx, &a_load(), &register).await.unwrap();
        market::load(&mut tx, &a_load(), &register).await.unwrap();
        assert_eq!(market::loaded(&mut tx).await.unwrap(), Some(a_load()), "{}", db.name);

        let known = [cell("62010", 26, 0, 12), cell("62", 26, 0, 3), cell("41201", 99, 0, 1)];
        let later = now() + SignedDuration::from_secs(60);
        assert!(market::put_known(&mut tx, now(), &known, r#"{"no_area":4}"#, later).await.unwrap());
        assert!(
            market::put_known(&mut tx, now(), &known, r#"{"no_area":4}"#, later).await.unwrap(),
            "twice is once"
        );
        assert!(!market::put_known(&mut tx, later, &[], "{}", later).await.unwrap(), "of another file");
        let counted = MarketLoad {
            known_n: 16,
            uncounted: r#"{"no_area":4}"#.to_owned(),
            counted_at: Some(later),
            ..a_load()
        };
        assert_eq!(market::loaded(&mut tx).await.unwrap(), Some(counted));

        let place = |key: &str, known_n, register_n| (key.to_owned(), known_n, register_n);
        let by_area = market::sums(&mut tx, MarketBy::Area, "62", None).await.unwrap();
        assert_eq!(by_area, [place("10", 0, 10), place("26", 15, 35)], "{}", db.name);
        let by_division = market::sums(&mut tx, MarketBy::Activity(2), "", None).await.unwrap();
        assert_eq!(by_division, [place("41", 1, 5), place("62", 15, 45)]);
        let in_area = market::sums(&mut tx, MarketBy::Activity(5), "62", Some(26)).await.unwrap();
        assert_eq!(in_area, [place("62", 3, 0), place("62010", 12, 30), place("62020", 0, 5)]);
        tx.commit().await.unwrap();

        let mut tx = db.store.read(other).await.unwrap();
        assert_eq!(
            market::sums(&mut tx, MarketBy::Area, "", None).await.unwrap(),
            [],
            "of this workspace only"
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn companies_are_read_as_far_as_they_are_counted_by() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let details = CompanyDetails {
            legal_form: Some("B.V.".to_owned()),
            sbi_code: Some("62010".to_owned()),
            sbi_version: ActivityVersion::V2025,
            postcode: Some("2611 AB".to_owned()),
            ..CompanyDetails::default()
        };
        let firms = [Company { details, ..a_company(1, "Noord") }, a_company(2, "Zuid")];
        company::insert_many(&mut tx, &firms).await.unwrap();
        let first = market::companies(&mut tx, None, 1).await.unwrap();
        let read = &first[0];
        assert_eq!((first.len(), read.id, read.name.as_str()), (1, firms[0].id, "Noord"), "{}", db.name);
        assert_eq!((read.legal_form.as_deref(), read.postcode.as_deref()), (Some("B.V."), Some("2611 AB")));
        assert_eq!((read.sbi_code.as_deref(), read.sbi_version), (Some("62010"), ActivityVersion::V2025));
        let next = market::companies(&mut tx, Some(firms[0].id), 9).await.unwrap();
        assert_eq!(next.iter().map(|c| c.id).collect::<Vec<_>>(), [firms[1].id]);
        drop(tx);
        db.remove().await;
    }
}
