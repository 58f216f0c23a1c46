//! Indexes that rest while a list comes in that is larger than the database.

use std::collections::BTreeMap;

use kiem_domain::id::CompanyId;
use kiem_store::company::{self, Company, CompanyKeys};
use kiem_store::contact::{self, ContactKeys};
use kiem_store::listing::terms;
use kiem_store::{Store, StoreError, args, bulk, lead, suppression, testing};

use crate::audience::{a_company, a_contact, a_lead};
use crate::sales::now;

/// Every index with the text that made it.
async fn indexes(store: &Store, database: &str) -> BTreeMap<String, String> {
    let mut global = store.global_read().await.unwrap();
    let sql = if database == "sqlite" {
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    } else {
        "SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = 'public'"
    };
    let rows = global.fetch_all(sql, vec![]).await.unwrap();
    rows.iter()
        .map(|row| {
            let text: String = row.get("sql").unwrap();
            (row.get("name").unwrap(), text.replace(" IF NOT EXISTS", ""))
        })
        .collect()
}

#[tokio::test]
async fn indexes_rest_while_a_large_list_comes_in_and_are_all_there_afterwards() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let before = indexes(&db.store, db.name).await;
        let (is_alone, is_postgres) = (bulk::begin(&db.store).await.unwrap(), db.name == "postgres");
        assert_eq!(is_alone, !is_postgres);
        let meanwhile = indexes(&db.store, db.name).await;
        // PostgreSQL puts rows into large indexes well.
        assert_eq!(meanwhile.contains_key("lead_name"), is_postgres, "what only sorts rests");
        assert!(!meanwhile.contains_key("company_domain"), "nobody else can make two of one");
        assert!(is_postgres || meanwhile.contains_key("lead_company"), "what an import asks stays");
        bulk::begin(&db.store).await.unwrap();

        let mut tx = db.store.begin(ws).await.unwrap();
        let firm = a_company(1, "Noord");
        company::insert_many(&mut tx, std::slice::from_ref(&firm)).await.unwrap();
        let person = a_contact(1, &firm, Some("a@noord.example"));
        contact::insert_many(&mut tx, std::slice::from_ref(&person), None).await.unwrap();
        lead::insert_many(&mut tx, &[a_lead(1, &firm, &person, "noord")]).await.unwrap();
        tx.commit().await.unwrap();

        bulk::end(&db.store).await.unwrap();
        assert_eq!(indexes(&db.store, db.name).await, before, "{}", db.name);
        if db.name == "sqlite" {
            let mut tx = db.store.read(ws).await.unwrap();
            let sql = "SELECT COUNT(*) AS n FROM lead INDEXED BY lead_name WHERE workspace_id = $1";
            let n: i64 = tx.fetch_one(sql, vec![]).await.unwrap().get("n").unwrap();
            assert_eq!(n, 1, "what came in meanwhile is in the index");
        }
        db.remove().await;
    }
}

#[tokio::test]
async fn what_a_killed_import_let_rest_is_there_again_when_the_database_is_opened() {
    for db in testing::both().await {
        let before = indexes(&db.store, db.name).await;
        bulk::begin(&db.store).await.unwrap();
        let meanwhile = indexes(&db.store, db.name).await;
        assert_eq!(meanwhile.len() < before.len(), db.name == "sqlite");
        db.store.close().await;
        let next = Store::open(&db.url, 2).await.unwrap();
        next.migrate().await.unwrap();
        assert_eq!(indexes(&next, db.name).await, before, "{}", db.name);
        next.close().await;
        db.remove().await;
    }
}

#[tokio::test]
async fn what_keeps_a_value_unique_never_rests_while_somebody_else_may_write() {
    for db in testing::both().await {
        let (ws, before) = (db.workspace(1, now()).await, indexes(&db.store, db.name).await);
        let other = Store::open(&db.url, 2).await.unwrap();
        assert!(!bulk::begin(&db.store).await.unwrap(), "{}", db.name);
        let meanwhile = indexes(&db.store, db.name).await;
        for kept in before.keys().filter(|name| !name.starts_with("lead_") && *name != "contact_inform_by") {
            let only_sorts = ["company_fit", "company_size", "company_import"].contains(&kept.as_str());
            assert_eq!(meanwhile.contains_key(kept), db.name == "postgres" || !only_sorts, "{kept}");
        }
        let mut tx = other.begin(ws).await.unwrap();
        let mut twice = [a_company(1, "Noord"), a_company(2, "Zuid")];
        twice[1].domain = twice[0].domain.clone();
        let refused = company::insert_many(&mut tx, &twice).await.unwrap_err();
        assert!(matches!(refused, StoreError::Duplicate(_)), "{refused}");
        drop(tx);
        other.close().await;
        bulk::end(&db.store).await.unwrap();
        assert_eq!(indexes(&db.store, db.name).await, before);
        db.remove().await;
    }
}

#[tokio::test]
async fn who_has_the_database_alone_lets_nobody_in_until_all_is_there_again() {
    for db in testing::both().await {
        let is_alone = bulk::begin(&db.store).await.unwrap();
        match Store::open(&db.url, 2).await {
            Ok(other) => {
                assert!(!is_alone, "{}", db.name);
                other.close().await;
            }
            Err(refused) => assert!(is_alone && matches!(refused, StoreError::Alone), "{refused}"),
        }
        bulk::end(&db.store).await.unwrap();
        Store::open(&db.url, 2).await.unwrap().close().await;
        db.remove().await;
    }
}

#[tokio::test]
async fn all_keys_of_a_workspace_are_read_page_by_page() {
    for db in testing::both().await {
        let (ws, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        bulk::begin(&db.store).await.unwrap();
        bulk::end(&db.store).await.unwrap();
        let mut tx = db.store.begin(ws).await.unwrap();
        assert!(!suppression::is_any(&mut tx).await.unwrap());
        let firms = [a_company(1, "Noord"), a_company(2, "Zuid"), a_company(3, "West")];
        company::insert_many(&mut tx, &firms).await.unwrap();
        let people = [a_contact(1, &firms[0], Some("a@noord.example")), a_contact(2, &firms[1], None)];
        contact::insert_many(&mut tx, &people, None).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = db.store.read(ws).await.unwrap();
        let first = company::keys(&mut tx, None, 2).await.unwrap();
        let ids: Vec<CompanyId> = first.iter().map(|keys| keys.id).collect();
        assert_eq!(ids, [firms[0].id, firms[1].id], "{}", db.name);
        let keys = CompanyKeys {
            id: firms[0].id,
            kvk_number: firms[0].kvk_number.clone(),
            domain: firms[0].domain.clone(),
            register_number: firms[0].details.register_number.clone(),
            name_key: firms[0].name_key.clone(),
            country: firms[0].country.clone(),
            city: firms[0].city.clone(),
        };
        assert_eq!(first[0], keys);
        assert_eq!(company::keys(&mut tx, Some(ids[1]), 2).await.unwrap().len(), 1);
        let them = contact::keys(&mut tx, None, 9).await.unwrap();
        let keys: Vec<ContactKeys> = people
            .iter()
            .map(|person| ContactKeys {
                id: person.id,
                company_id: person.company_id,
                email: person.email.clone(),
                name_key: person.name_key.clone(),
            })
            .collect();
        assert_eq!(them, keys);
        drop(tx);
        let mut tx = db.store.read(other).await.unwrap();
        assert_eq!(company::keys(&mut tx, None, 9).await.unwrap(), [], "of this workspace only");
        assert_eq!(contact::keys(&mut tx, None, 9).await.unwrap(), []);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_column_that_is_left_out_is_as_one_without_a_value() {
    for db in testing::both().await {
        let mut global = db.store.global_read().await.unwrap();
        for table in ["company", "contact", "lead", "company_to_match"] {
            let sql = if db.name == "sqlite" {
                "SELECT name FROM pragma_table_info($1) WHERE \"notnull\" = 0 AND dflt_value IS NOT NULL"
            } else {
                "SELECT column_name AS name FROM information_schema.columns
                 WHERE table_name = $1 AND is_nullable = 'YES' AND column_default IS NOT NULL"
            };
            let found = global.fetch_all(sql, args![table]).await.unwrap();
            let names: Vec<String> = found.iter().map(|row| row.get("name").unwrap()).collect();
            assert!(names.is_empty(), "{table} on {}: {names:?}", db.name);
        }
        drop(global);
        db.remove().await;
    }
}

#[tokio::test]
async fn companies_and_people_are_as_they_were_after_their_tables_were_built_anew() {
    for db in testing::both_after(23).await {
        let ws = db.workspace(1, now()).await;
        // The version of then did not know with which list it came.
        let firm = Company { import_id: None, ..a_company(1, "Noord") };
        let person = a_contact(1, &firm, Some("a@noord.example"));
        let mut tx = db.store.begin(ws).await.unwrap();
        company::insert_many(&mut tx, [&firm]).await.unwrap();
        contact::insert_many(&mut tx, [&person], None).await.unwrap();
        // As the version of then wrote it.
        let sql = "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, search_text,
                sort_name, sort_company, fit_score, created_at)
            VALUES ($1, $2, $2, $3, 'new', 0, 0, TRUE, 'noord', 'noord', 'noord', 5, $4)";
        tx.execute(sql, args![person.id, firm.id, now()]).await.unwrap();
        tx.execute("DELETE FROM terms_to_write WHERE workspace_id = $1", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        db.store.migrate().await.unwrap();

        let mut tx = db.store.begin(ws).await.unwrap();
        assert_eq!(company::get(&mut tx, firm.id).await.unwrap().as_ref(), Some(&firm), "{}", db.name);
        assert_eq!(contact::get(&mut tx, person.id).await.unwrap().as_ref(), Some(&person));
        let place = lead::of_contact(&mut tx, person.id).await.unwrap().unwrap();
        assert_eq!((place.sort_name.as_str(), place.fit_score, place.needs_look), ("noord", Some(5), true));
        assert_eq!(terms::waiting(&mut tx, 9).await.unwrap(), [firm.id], "titles are searched from now on");
        let mut same = a_contact(2, &firm, None);
        same.email.clone_from(&person.email);
        let refused = contact::insert_many(&mut tx, [&same], None).await.unwrap_err();
        assert!(matches!(refused, StoreError::Duplicate(_)), "{refused}");
        drop(tx);
        // References are watched again, those to the new tables and those from them.
        let nowhere = a_contact(3, &a_company(2, "Zuid"), None);
        for sql in
            ["DELETE FROM company WHERE workspace_id = $1", "DELETE FROM contact WHERE workspace_id = $1"]
        {
            let mut tx = db.store.begin(ws).await.unwrap();
            let refused = tx.execute(sql, vec![]).await.unwrap_err();
            assert!(matches!(refused, StoreError::MissingReference(_)), "{refused}");
        }
        let mut tx = db.store.begin(ws).await.unwrap();
        let refused = contact::insert_many(&mut tx, [&nowhere], None).await.unwrap_err();
        assert!(matches!(refused, StoreError::MissingReference(_)), "{refused}");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_table_that_has_grown_is_known_to_have_grown() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms: Vec<_> = (1..=300).map(|n| a_company(n, &format!("Firma {n}"))).collect();
        company::insert_many(&mut tx, &firms).await.unwrap();
        tx.commit().await.unwrap();
        bulk::look_anew(&db.store).await.unwrap();
        if db.name == "postgres" {
            let mut global = db.store.global_read().await.unwrap();
            let sql = "SELECT CAST(reltuples AS BIGINT) AS n FROM pg_class WHERE relname = 'company'";
            let known: i64 = global.fetch_one(sql, vec![]).await.unwrap().get("n").unwrap();
            assert_eq!(known, 300);
        }
        db.remove().await;
    }
}
