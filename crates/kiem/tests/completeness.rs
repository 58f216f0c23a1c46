//! How complete the audience is, against a real database: the register's file is counted, and the audience beside it.
#![allow(missing_docs, reason = "a test binary")]

mod support;

use std::io::Cursor;

use jiff::civil::{Date, date};
use kiem::engine::audience::completeness::{CompletenessQuery, RegisterToLoad, count_register};
use kiem::engine::{EngineError, Role};
use kiem_domain::audience::{ActivityVersion, PostcodeArea, Uncounted};
use kiem_domain::id::CompanyId;
use kiem_store::company::{self, Company, CompanyDetails};
use kiem_store::testing;
use support::House;
use uuid::Uuid;

const FILE: &str =
    "postcodeRegio,sbiCode,rechtsvormCode\n35,62010,BV\n35,62010,BV\n35,62020,BV\n10,62010,NV\n10,41201,BV\n";

fn register(text: &str, as_of: Date) -> RegisterToLoad {
    let edition = ActivityVersion::V2025;
    RegisterToLoad {
        file_name: "hvds.csv".to_owned(),
        edition,
        as_of,
        is_sample: false,
        counted: count_register(Cursor::new(text.to_owned()), edition).unwrap(),
    }
}

fn firm(like: &Company, n: u128, postcode: Option<&str>, sbi: Option<&str>) -> Company {
    Company {
        id: CompanyId(Uuid::from_u128(n)),
        name: format!("Firma {n} B.V."),
        domain: None,
        kvk_number: None,
        country: Some("NL".to_owned()),
        details: CompanyDetails {
            postcode: postcode.map(str::to_owned),
            sbi_code: sbi.map(str::to_owned),
            sbi_version: ActivityVersion::V2025,
            ..CompanyDetails::default()
        },
        ..like.clone()
    }
}

#[tokio::test]
async fn known_companies_are_counted_the_way_the_register_counts() {
    for db in [testing::sqlite().await, testing::postgres().await] {
        let house = House::on(db, kiem::engine::Clock::manual(support::tuesday_ten()), |_| None).await;
        house.lead(1, "eva@dak.example", "Eva", "Smit", "Dak").await;
        let mut tx = house.db.store.begin(house.workspace).await.unwrap();
        let like = company::page(&mut tx, None, 1).await.unwrap().remove(0);
        let firms = [
            firm(&like, 11, Some("3511 AB"), Some("62010")),
            firm(&like, 12, Some("3512 AB"), Some("6201")),
            firm(&like, 13, None, Some("62010")),
            firm(&like, 14, Some("3511 AB"), None),
        ];
        company::insert_many(&mut tx, &firms).await.unwrap();
        tx.commit().await.unwrap();

        let caller = house.caller(Role::Marketing);
        let missing = house.engine.count_audience(&caller).await;
        assert!(matches!(missing, Err(EngineError::Refused { code: "register_missing", .. })));
        house.engine.load_register(&caller, register(FILE, date(2026, 6, 1))).await.unwrap();
        let all = CompletenessQuery::default();
        let before = house.engine.completeness(&caller, &all).await.unwrap();
        assert!(before.is_counting && before.loaded.unwrap().counted_at.is_none(), "{}", house.db.name);
        house.run_jobs().await;

        let found = house.engine.completeness(&house.caller(Role::ReadOnly), &all).await.unwrap();
        let share = |key: &str, known_n, register_n| (key.to_owned(), known_n, register_n);
        assert_eq!(found.areas, [share("10", 0, 2), share("35", 2, 3)], "{}", house.db.name);
        assert_eq!(found.activities, [share("41", 0, 1), share("62", 2, 4)]);
        assert_eq!((found.uncounted[&Uncounted::NoArea], found.uncounted[&Uncounted::NoActivity]), (1, 1));
        assert!(!found.is_counting);
        let here = CompletenessQuery { activity: "62".to_owned(), area: PostcodeArea::parse("35") };
        let here = house.engine.completeness(&caller, &here).await.unwrap();
        assert_eq!(here.activities, [share("6201", 1, 0), share("62010", 1, 2), share("62020", 0, 1)]);

        // A newer file takes the place of the old one, and the audience is counted again.
        house
            .engine
            .load_register(&caller, register("postcodeRegio,sbiCode\n35,62010\n", date(2026, 9, 1)))
            .await
            .unwrap();
        house.run_jobs().await;
        let found = house.engine.completeness(&caller, &all).await.unwrap();
        assert_eq!((found.areas, found.loaded.unwrap().known_n), (vec![share("35", 2, 1)], 2));
        house.close().await;
    }
}

#[tokio::test]
async fn what_is_no_register_changes_nothing() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    for (text, wanted) in [
        ("naam,plaats\nA,B\n", "register_columns"),
        ("postcodeRegio,sbiCode\n,\n", "register_empty"),
        ("PK\u{3}\u{4}xx", "register_unreadable"),
    ] {
        let refused = count_register(Cursor::new(text), ActivityVersion::V2025).err();
        assert!(matches!(refused, Some(EngineError::Refused { code, .. }) if code == wanted), "{wanted}");
    }
    let future = house.engine.load_register(&caller, register(FILE, date(2031, 1, 1))).await;
    assert!(matches!(future, Err(EngineError::Invalid(_))));
    let sales =
        house.engine.load_register(&house.caller(Role::Sales), register(FILE, date(2026, 6, 1))).await;
    assert!(matches!(sales, Err(EngineError::Forbidden)));
    let view = house.engine.completeness(&caller, &CompletenessQuery::default()).await.unwrap();
    assert_eq!((view.loaded, view.areas, view.is_counting), (None, vec![], false));
    let wrong = CompletenessQuery { activity: "62a".to_owned(), area: None };
    assert!(matches!(house.engine.completeness(&caller, &wrong).await, Err(EngineError::Invalid(_))));
    house.close().await;
}
