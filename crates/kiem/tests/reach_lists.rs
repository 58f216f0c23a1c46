//! Every number about who may be approached leads to exactly these people: the list, its pages, its count, the marketing list
//! and the file agree with it.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use kiem::engine::audience::{ConflictPolicy, ExportFormat, ExportRows, ListQuery, NewGround, Upload};
use kiem::engine::{Caller, Role};
use kiem::messages::Lang;
use kiem_domain::consent::Basis;
use kiem_domain::listing::{Condition, FilterField, FilterOp, ListKind, ListSort};
use support::House;
use support::lists::upload_order;
use uuid::Uuid;

/// People of four kinds of companies, in turn; more than the gate is asked about at once.
const PEOPLE: usize = 610;

fn list() -> String {
    let mut csv = "Company;Legal form;Country;Street;City;Phone;E-mail;Given name;Family name\r\n".to_owned();
    for n in 0..PEOPLE {
        let (form, country) =
            [("Ltd", "GB"), ("Besloten vennootschap", "NL"), ("", "NL"), ("GmbH", "DE")][n % 4];
        let email = if n % 5 == 0 { String::new() } else { format!("a{n}@firm{n}.example") };
        let phone = if n % 3 == 0 { format!("+31201{n:06}") } else { String::new() };
        let street = if n % 7 == 0 { "Dam 1" } else { "" };
        writeln!(csv, "Firm {n};{form};{country};{street};Utrecht;{phone};{email};Ann;Number{n}\r").unwrap();
    }
    csv
}

fn condition(field: FilterField, op: FilterOp, value: &str) -> Condition {
    Condition::new(ListKind::People, field, op, [value.to_owned()]).unwrap()
}

fn query(conditions: Vec<Condition>, sort: ListSort, limit: i64) -> ListQuery {
    ListQuery { list: ListKind::People, search: String::new(), conditions, sort, cursor: None, limit }
}

/// Everybody in a list, page after page, and the count of its first page.
async fn everybody(house: &House, caller: &Caller, mut query: ListQuery) -> (BTreeSet<Uuid>, i64, bool) {
    let (mut ids, mut counted) = (BTreeSet::new(), None);
    for _ in 0..1_000 {
        let page = house.engine.people_list(caller, &query).await.unwrap();
        assert!(page.rows.len() <= usize::try_from(query.limit).unwrap());
        for row in page.rows {
            assert!(ids.insert(row.lead_id.0), "nobody is seen twice");
        }
        counted = counted.or(page.count);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            let counted = counted.unwrap();
            return (ids, counted.n, counted.is_exact);
        }
    }
    panic!("the list has no end");
}

#[tokio::test]
async fn each_number_of_the_reach_leads_to_its_people() {
    for house in [House::sqlite().await, House::postgres().await] {
        let caller = house.caller(Role::Marketing);
        let upload = Upload { file_name: "people.csv".to_owned(), bytes: list().into_bytes() };
        let preview = house.engine.import_preview(&caller, upload).await.unwrap();
        let mapping = preview.proposals.iter().map(|p| (p.column, p.field)).collect();
        let mut order = upload_order(mapping, ConflictPolicy::Fill);
        order.ground = NewGround { basis: Basis::LegitimateInterest, ..order.ground };
        house.engine.import_start(&caller, preview.run.id, order).await.unwrap();
        house.run_jobs().await;
        for n in [1, 2, 8] {
            let address = format!("a{n}@firm{n}.example");
            house.engine.suppress_by_hand(&caller, &address, "asked us not to").await.unwrap();
        }

        let reach = house.engine.audience_reach(&caller).await.unwrap().counted.reach;
        assert_eq!(usize::try_from(reach.total_n), Ok(PEOPLE));
        let fields = [FilterField::ByMail, FilterField::ByPhone, FilterField::ByPost];
        let mut told = vec![
            (FilterField::Reachable, "yes".to_owned(), reach.reachable_n),
            (FilterField::Approachable, "yes".to_owned(), reach.lawful_n),
        ];
        for (by, field) in reach.channels.iter().zip(fields) {
            told.push((field, "allowed".to_owned(), by.lawful_n));
            told.extend(by.reasons.iter().map(|(reason, n)| (field, reason.to_string(), *n)));
        }
        told.extend(reach.unlocks.iter().map(|(unlock, n)| (FilterField::Unlock, unlock.to_string(), *n)));
        assert!(told.len() > 12, "{told:?}");
        let fits = condition(FilterField::FitGroup, FilterOp::IsNot, "misfit");
        for (field, value, n) in &told {
            let wanted = vec![condition(*field, FilterOp::Is, value), fits.clone()];
            let (ids, count, is_exact) =
                everybody(&house, &caller, query(wanted, ListSort::Company, 170)).await;
            assert_eq!(i64::try_from(ids.len()), Ok(*n), "{field} {value}");
            assert_eq!((count, is_exact), (*n, true), "{field} {value}");
        }
        the_same_elsewhere(&house, &caller).await;
        house.close().await;
    }
}

/// The marketing list and the file take the same people.
async fn the_same_elsewhere(house: &House, caller: &Caller) {
    let wanted = vec![
        condition(FilterField::ByMail, FilterOp::Is, "allowed"),
        condition(FilterField::Country, FilterOp::Is, "GB"),
    ];
    let (ids, n, _) = everybody(house, caller, query(wanted.clone(), ListSort::Newest, 200)).await;
    assert!(n > 100, "{n}");
    let (mut leads, mut next) = (BTreeSet::new(), query(wanted.clone(), ListSort::Newest, 40));
    loop {
        let (page, cursor) = house.engine.lead_ids(caller, &next).await.unwrap();
        leads.extend(page.into_iter().map(|id| id.0));
        next.cursor = cursor;
        if next.cursor.is_none() {
            break;
        }
    }
    assert_eq!(leads, ids);
    let rows = ExportRows::All(query(wanted.clone(), ListSort::Company, 100));
    let file = house.engine.export_list(caller, &rows, &[], ExportFormat::Csv, Lang::En).await.unwrap();
    assert_eq!(file.n_rows, ids.len());
    let not = vec![condition(FilterField::ByMail, FilterOp::IsNot, "allowed")];
    let (others, ..) = everybody(house, caller, query(not, ListSort::Name, 200)).await;
    let all = vec![condition(FilterField::ByMail, FilterOp::Is, "allowed")];
    let (may, ..) = everybody(house, caller, query(all, ListSort::Name, 200)).await;
    assert!(others.is_disjoint(&may));
    assert_eq!(others.len() + may.len(), PEOPLE);
}
