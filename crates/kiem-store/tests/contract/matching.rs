//! By what companies are found, and that no table which points to a company, a person or a lead is forgotten in a merge.

use std::num::NonZeroU64;

use kiem_domain::id::{CompanyId, LeadId};
use kiem_domain::lead::LeadState;
use kiem_store::company_alias::{self, AliasKey, CompanyAlias};
use kiem_store::duplicate::{self, DuplicatePair, PairState};
use kiem_store::merge::{self, Merge, MergeCause, OF_COMPANY, OF_CONTACT, OF_LEAD, OTHERWISE};
use kiem_store::{Tx, args, company, lead, matching, prospect, testing};
use uuid::Uuid;

use crate::sales::{company, now, pursuit};

#[tokio::test]
async fn every_column_that_points_to_what_is_merged_is_treated() {
    for db in testing::both().await {
        let mut global = db.store.global_read().await.unwrap();
        let sql = if db.name == "sqlite" {
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table'"
        } else {
            "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c FROM information_schema.columns
             WHERE table_schema = 'public'"
        };
        let rows = global.fetch_all(sql, vec![]).await.unwrap();
        let mut n = 0;
        for row in rows {
            let (table, column): (String, String) = (row.get("t").unwrap(), row.get("c").unwrap());
            if !["company_id", "contact_id", "lead_id"].iter().any(|end| column.ends_with(end)) {
                continue;
            }
            n += 1;
            let moved = [OF_COMPANY, OF_CONTACT, OF_LEAD].concat();
            let is_known = moved.iter().any(|one| (one.table, one.column) == (&*table, &*column))
                || OTHERWISE.contains(&(table.as_str(), column.as_str()));
            assert!(is_known, "{}: a merge forgets {table}.{column}", db.name);
        }
        assert!(n > 40, "{}: {n}", db.name);
        drop(global);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_company_is_found_by_what_it_shares_and_not_by_what_it_said_before() {
    let key = |n: u64| NonZeroU64::new(n).unwrap();
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (a, _) = company(&mut tx, 1).await;
        let (b, _) = company(&mut tx, 2).await;
        matching::put_blocks(&mut tx, &[(a, vec![key(1), key(u64::MAX)]), (b, vec![key(u64::MAX)])])
            .await
            .unwrap();
        let mut found = matching::sharing(&mut tx, &[key(1), key(u64::MAX), key(3)], 10).await.unwrap();
        found.sort();
        assert_eq!(found, [(key(1), a), (key(u64::MAX), a), (key(u64::MAX), b)], "{}", db.name);
        assert_eq!(
            matching::sharing(&mut tx, &[key(u64::MAX)], 1).await.unwrap().len(),
            1,
            "no more than asked"
        );
        matching::put_blocks(&mut tx, &[(a, vec![key(3)])]).await.unwrap();
        assert!(matching::sharing(&mut tx, &[key(1)], 10).await.unwrap().is_empty());
        assert_eq!(matching::findable(&mut tx, &[a, b]).await.unwrap().len(), 2);
        tx.execute("DELETE FROM contact WHERE workspace_id = $1", vec![]).await.unwrap();
        tx.execute("DELETE FROM company WHERE workspace_id = $1 AND id = $2", args![a]).await.unwrap();
        assert!(
            matching::sharing(&mut tx, &[key(3)], 10).await.unwrap().is_empty(),
            "who is gone is not found"
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_kiem_made_one_since_a_moment_is_found_by_who_stayed_and_who_went() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (kept, _) = company(&mut tx, 1).await;
        let (lost, person) = (Uuid::from_u128(91), Uuid::from_u128(92));
        let made = |n: u128, cause, seconds| Merge {
            id: Uuid::from_u128(n),
            kept,
            lost: CompanyId(lost),
            people: None,
            lost_name: "Weg BV".to_owned(),
            cause,
            centibits: 2_000,
            people_joined_n: 1,
            people_apart_n: 0,
            merged_at: now() + jiff::SignedDuration::from_secs(seconds),
            merged_by: None,
            undone_at: None,
            undone_by: None,
            undo_report: None,
        };
        let gone = [(lost, kept.0), (person, Uuid::from_u128(93))];
        merge::put(&mut tx, &made(1, MergeCause::Evidence, 0), &gone).await.unwrap();
        merge::put(&mut tx, &made(2, MergeCause::Evidence, 5), &[]).await.unwrap();
        merge::put(&mut tx, &made(3, MergeCause::Person, 5), &[]).await.unwrap();
        for (records, since, expected) in [
            (vec![kept.0], 0, vec![2, 1]),
            (vec![kept.0], 1, vec![2]),
            (vec![lost], 0, vec![1]),
            (vec![person, kept.0, lost], 0, vec![2, 1]),
            (vec![Uuid::from_u128(94)], 0, vec![]),
            (vec![], 0, vec![]),
        ] {
            let since = now() + jiff::SignedDuration::from_secs(since);
            let found = merge::by_kiem_since(&mut tx, &records, since).await.unwrap();
            let found: Vec<u128> = found.iter().map(|merge| merge.id.as_u128()).collect();
            assert_eq!(found, expected, "{}: {records:?}", db.name);
        }
        merge::put_undone(&mut tx, Uuid::from_u128(2), None, "{}", now()).await.unwrap();
        let left = merge::by_kiem_since(&mut tx, &[kept.0], now()).await.unwrap();
        assert_eq!(left.len(), 1, "{}: what was taken back is no more", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_company_is_known_by_what_it_was_before_a_merge() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let other = db.workspace(2, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        assert!(!company_alias::is_any(&mut tx).await.unwrap());
        let (a, _) = company(&mut tx, 1).await;
        let (b, _) = company(&mut tx, 2).await;
        let alias = |n: u128, company_id, domain: Option<&str>| CompanyAlias {
            id: Uuid::from_u128(n),
            company_id,
            domain: domain.map(str::to_owned),
            name_key: "vroeger".to_owned(),
            facts: "{}".to_owned(),
        };
        let all = [alias(1, a, Some("vroeger.example")), alias(2, b, None), alias(3, a, None)];
        for one in &all {
            company_alias::put(&mut tx, one).await.unwrap();
        }
        assert!(company_alias::is_any(&mut tx).await.unwrap());
        let known = async |tx: &mut Tx, key, value: &str| {
            let mut found = company_alias::known_as(tx, key, &[value.to_owned()]).await.unwrap();
            found.sort();
            found.dedup();
            found
        };
        assert_eq!(known(&mut tx, AliasKey::Domain, "vroeger.example").await, [a]);
        assert_eq!(known(&mut tx, AliasKey::NameKey, "vroeger").await, [a, b], "{}", db.name);
        assert!(known(&mut tx, AliasKey::Domain, "vroeger").await.is_empty(), "a name is no domain");
        let of_a = company_alias::of_companies(&mut tx, &[a]).await.unwrap();
        assert_eq!(of_a, [all[0].clone(), all[2].clone()]);
        assert_eq!(company_alias::page(&mut tx, None, 2).await.unwrap(), all[..2]);
        assert_eq!(company_alias::page(&mut tx, Some(all[1].id), 2).await.unwrap(), all[2..]);
        tx.commit().await.unwrap();
        let mut tx = db.store.read(other).await.unwrap();
        assert!(known(&mut tx, AliasKey::NameKey, "vroeger").await.is_empty(), "another workspace's");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn who_is_asked_for_again_meanwhile_still_waits() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (a, b) = (CompanyId(Uuid::from_u128(1)), CompanyId(Uuid::from_u128(2)));
        matching::ask(&mut tx, &[a, b], now()).await.unwrap();
        assert_eq!(matching::waiting(&mut tx, 10).await.unwrap(), [a, b]);
        matching::ask(&mut tx, &[b], now() + jiff::SignedDuration::from_secs(1)).await.unwrap();
        matching::checked(&mut tx, &[a, b], now()).await.unwrap();
        assert_eq!(matching::waiting(&mut tx, 10).await.unwrap(), [b], "{}", db.name);
        assert_eq!(matching::waiting_n(&mut tx).await.unwrap(), 1);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn pairs_wait_by_what_is_at_stake_and_groups_grow_together() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let mut ids = Vec::new();
        for n in 1..=4 {
            ids.push(company(&mut tx, n).await.0);
        }
        let pair = |n: u128, a: usize, b: usize, place: i64| DuplicatePair {
            id: Uuid::from_u128(n),
            first: ids[a],
            second: ids[b],
            state: PairState::Open,
            centibits: 1,
            place,
            found_at: now(),
            decided_at: None,
            decided_by: None,
        };
        for one in [pair(1, 0, 1, 5), pair(2, 0, 2, 9), pair(3, 1, 2, 5)] {
            assert!(duplicate::put(&mut tx, &one).await.unwrap());
        }
        assert!(!duplicate::put(&mut tx, &pair(4, 0, 1, 7)).await.unwrap(), "it is there");
        let mut after = None;
        let mut seen = Vec::new();
        while let Some(one) = duplicate::list(&mut tx, PairState::Open, after, 1).await.unwrap().pop() {
            after = Some((one.place, one.id));
            seen.push((one.place, one.id.as_u128()));
        }
        assert_eq!(seen, [(9, 2), (7, 1), (5, 3)], "{}", db.name);
        duplicate::link(&mut tx, ids[0], ids[1], now()).await.unwrap();
        duplicate::link(&mut tx, ids[2], ids[3], now()).await.unwrap();
        assert_eq!(duplicate::siblings(&mut tx, ids[0]).await.unwrap().len(), 1);
        duplicate::link(&mut tx, ids[1], ids[2], now()).await.unwrap();
        assert_eq!(duplicate::siblings(&mut tx, ids[0]).await.unwrap().len(), 3, "two groups become one");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_was_said_about_a_pair_stays_and_what_was_not_goes() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (a, b) = (company(&mut tx, 1).await.0, company(&mut tx, 2).await.0);
        let pair = DuplicatePair {
            id: Uuid::from_u128(9),
            first: a,
            second: b,
            state: PairState::Open,
            centibits: 100,
            place: 3,
            found_at: now(),
            decided_at: None,
            decided_by: None,
        };
        duplicate::put(&mut tx, &pair).await.unwrap();
        assert_eq!(
            duplicate::of(&mut tx, b, a).await.unwrap().as_ref(),
            Some(&pair),
            "{}: in either order",
            db.name
        );
        assert_eq!(
            duplicate::of_companies(&mut tx, &[a, b]).await.unwrap(),
            std::slice::from_ref(&pair),
            "once"
        );
        assert!(
            duplicate::decide(&mut tx, pair.id, PairState::Different, Some((now(), None))).await.unwrap()
        );
        duplicate::put(&mut tx, &DuplicatePair { centibits: 900, ..pair.clone() }).await.unwrap();
        duplicate::remove_open(&mut tx, pair.id).await.unwrap();
        let kept = duplicate::get(&mut tx, pair.id).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.centibits), (PairState::Different, 900));
        assert_eq!(duplicate::counts(&mut tx).await.unwrap().different_n, 1);
        duplicate::decide(&mut tx, pair.id, PairState::Later, None).await.unwrap();
        duplicate::remove_open(&mut tx, pair.id).await.unwrap();
        assert!(duplicate::get(&mut tx, pair.id).await.unwrap().is_none(), "nobody said what it is");
        assert!(duplicate::join_group(&mut tx, a, b.0, now()).await.unwrap());
        assert!(!duplicate::join_group(&mut tx, a, a.0, now()).await.unwrap(), "it has a group");
        assert_eq!(duplicate::group_of(&mut tx, a).await.unwrap(), Some(b.0));
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_is_compared_counted_and_at_stake_is_read() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (a, person) = company(&mut tx, 1).await;
        let (b, _) = company(&mut tx, 2).await;
        company::lock(&mut tx, &[a, b]).await.unwrap();
        let records = matching::records(&mut tx, &[b, a]).await.unwrap();
        assert_eq!(records.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["Bedrijf 1", "Bedrijf 2"]);
        assert_eq!(matching::terms(&mut tx).await.unwrap(), None);
        for counts in [[1_u8, 2], [3, 4]] {
            matching::put_terms(&mut tx, &counts).await.unwrap();
            assert_eq!(matching::terms(&mut tx).await.unwrap(), Some(counts.to_vec()), "{}", db.name);
        }
        assert_eq!(matching::people_n(&mut tx, &[a]).await.unwrap(), [(a, 1)]);
        prospect::insert(&mut tx, &pursuit(1, a, person)).await.unwrap();
        let stakes = matching::stakes(&mut tx, &[a, b]).await.unwrap();
        let of = |id| stakes.iter().find(|(company, _)| *company == id).unwrap().1;
        assert!(of(a).has_open_pursuit && !of(a).is_customer && !of(b).has_open_pursuit);
        let parts = prospect::parts_of(&mut tx, person).await.unwrap();
        assert_eq!(parts, [(pursuit(1, a, person).id, String::new())]);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn two_leads_that_ran_side_by_side_cannot_be_one() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let mut ids = Vec::new();
        for n in 1..=2 {
            let (firm, person) = company(&mut tx, n).await;
            let id = LeadId(Uuid::from_u128(0x500 + n));
            tx.execute(
                "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, sort_name, sort_company, fit_score, created_at)
                 VALUES ($1, $2, $3, $4, 'new', 0, 0, FALSE, '', '', -1, $5)",
                args![id, person, firm, now()],
            )
            .await
            .unwrap();
            ids.push(id);
        }
        assert!(!lead::cannot_join(&mut tx, ids[0], ids[1]).await.unwrap());
        let mut first = lead::get(&mut tx, ids[0]).await.unwrap().unwrap();
        (first.state, first.warmth, first.approached_at) = (LeadState::Approached, 30, Some(now()));
        lead::put_joined(&mut tx, &first).await.unwrap();
        assert_eq!(lead::get(&mut tx, ids[0]).await.unwrap().unwrap(), first, "{}", db.name);
        for (n, id) in ids.iter().enumerate() {
            tx.execute(
                "INSERT INTO promotion (workspace_id, id, lead_id, contact_id, company_id, prospect_id, cycle, rule,
                     config_version, model_digest, evidence, explanation_nl, explanation_en, decided_at, restore)
                 VALUES ($1, $2, $3, $2, $2, $2, 1, 'R1', 1, '', '[]', '', '', $4, '{}')",
                args![Uuid::from_u128(0x600 + n as u128), *id, now()],
            )
            .await
            .unwrap();
        }
        assert!(
            lead::cannot_join(&mut tx, ids[0], ids[1]).await.unwrap(),
            "one lead has one promotion a cycle"
        );
        drop(tx);
        db.remove().await;
    }
}
