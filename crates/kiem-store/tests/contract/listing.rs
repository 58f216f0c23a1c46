//! The lists of companies and people: never a scan of a workspace, no gaps and no doubles, and what is found by which term.

use kiem_domain::id::{CompanyId, ContactId, ImportId, UserId};
use kiem_domain::listing::{Condition, FilterField, FilterOp, ListKind, ListSort, search_terms};
use kiem_store::company::{self, Company};
use kiem_store::contact::{self, Contact};
use kiem_store::lead::{self, Lead};
use kiem_store::list_view::{self, ListView};
use kiem_store::listing::{self, ListCursor, ListFilter, terms};
use kiem_store::{Tx, args, testing};
use uuid::Uuid;

use crate::audience::{a_company, a_contact, a_lead};
use crate::sales::now;

fn condition(list: ListKind, field: FilterField, op: FilterOp, values: &[&str]) -> Condition {
    Condition::new(list, field, op, values.iter().map(|value| (*value).to_owned())).unwrap()
}

fn filter(list: ListKind, words: &str, conditions: Vec<Condition>) -> ListFilter {
    ListFilter { list, words: search_terms(words), conditions }
}

/// A value that every field understands.
fn sample(field: FilterField) -> &'static str {
    match field {
        FilterField::Size => "10-19",
        FilterField::Stage => "lead",
        FilterField::FitGroup => "misfit",
        FilterField::State => "new",
        FilterField::Seniority => "manager",
        FilterField::Department => "sales",
        FilterField::Fit => "50",
        FilterField::Owner | FilterField::Import | FilterField::Campaign => {
            "0190aaaa-0000-7000-8000-000000000001"
        }
        FilterField::Town
        | FilterField::Postcode
        | FilterField::Country
        | FilterField::Region
        | FilterField::Industry
        | FilterField::Sbi
        | FilterField::Title => "3511",
        _ => "yes",
    }
}

/// What SQLite does for a statement: id, parent and words of each step.
async fn plan(tx: &mut Tx, sql: &str, params: Vec<kiem_store::Value>) -> Vec<(i64, i64, String)> {
    let rows = tx.fetch_all(format!("EXPLAIN QUERY PLAN {sql}"), params).await.unwrap();
    rows.iter()
        .map(|row| (row.get("id").unwrap(), row.get("parent").unwrap(), row.get("detail").unwrap()))
        .collect()
}

/// What of a plan reads a whole workspace: a table without a key, or a sort of what an index should bring in order.
fn reads_everything(plan: &[(i64, i64, String)]) -> Option<&str> {
    let is_inner = |step: &str| ["CO-ROUTINE", "MATERIALIZE"].iter().any(|word| step.starts_with(word));
    let inner = plan.iter().find(|(_, _, step)| is_inner(step));
    plan.iter()
        .find(|(_, parent, step)| {
            // Names of one letter are what was narrowed before; lists of keys are short.
            let scans = step.starts_with("SCAN ")
                && !(inner.is_some() && step.starts_with("SCAN r"))
                && !["SCAN w", "SCAN c", "SCAN few", "SCAN json_each", "SCAN CONSTANT"]
                    .iter()
                    .any(|few| step.starts_with(few));
            let without_key = step.starts_with("SEARCH r ") && !step.contains("workspace_id=?")
                // An index of those few only is narrow enough by the workspace alone.
                || step.starts_with("SEARCH l ") && step.contains("(workspace_id=?)") && !step.contains("lead_look");
            // Only the rows of one step, which come out of the inner part, may be sorted.
            let sorts = step.contains("TEMP B-TREE FOR") && inner.is_none_or(|(id, _, _)| parent == id);
            scans || without_key || sorts
        })
        .map(|(_, _, step)| step.as_str())
}

#[tokio::test]
async fn no_order_and_no_filter_reads_a_whole_workspace() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.read(ws).await.unwrap();
        let is_sqlite = db.name == "sqlite";
        if is_sqlite {
            let bad = "SELECT r.id FROM company r WHERE r.workspace_id = $1 ORDER BY r.city LIMIT 10";
            let bad = plan(&mut tx, bad, vec![]).await;
            assert!(reads_everything(&bad).is_some(), "the test sees a sort without an index: {bad:?}");
        }
        let mut n = 0;
        for (list, sort, filter) in every_list() {
            let after = ListCursor { value: "5".to_owned(), id: Uuid::from_u128(5) };
            for cursor in [None, Some(&after)] {
                for (what, (sql, params)) in listing::statements(&tx, &filter, sort, cursor) {
                    n += 1;
                    if is_sqlite {
                        let steps = plan(&mut tx, &sql, params).await;
                        assert_eq!(reads_everything(&steps), None, "{list} {sort} {what}: {steps:#?}\n{sql}");
                    } else {
                        // Of a small table PostgreSQL always reads all: that the statement is right is what it tells.
                        tx.fetch_all(sql, params).await.unwrap();
                    }
                }
            }
        }
        assert!(n > 400, "{n}");
        drop(tx);
        db.remove().await;
    }
}

/// Every order of every list with every filter.
fn every_list() -> Vec<(ListKind, ListSort, ListFilter)> {
    let mut all = Vec::new();
    for list in ListKind::ALL.iter().copied() {
        let mut filters = vec![filter(list, "", vec![]), filter(list, "bak vries", vec![])];
        for field in FilterField::ALL.iter().filter(|field| field.is_of(list) && !field.is_of_gate()) {
            for op in field.ops() {
                filters.push(filter(list, "", vec![condition(list, *field, *op, &[sample(*field)])]));
            }
        }
        for sort in ListSort::ALL.iter().copied().filter(|sort| sort.is_of(list)) {
            all.extend(filters.iter().map(|filter| (list, sort, filter.clone())));
        }
    }
    all
}

/// With which some of the numbered companies came in.
const SECOND_LIST: ImportId = ImportId(Uuid::from_u128(601));

/// Company `n` of a list: every hundredth is in Zeist, every fiftieth is of another list, every seventh has no size, fit and
/// postcode follow its number.
fn numbered(n: u128) -> Company {
    let mut one = a_company(n, &format!("Firma {:04}", n * 7 % 3500));
    one.domain = Some(format!("firma{n}.example"));
    one.import_id = n.is_multiple_of(50).then_some(SECOND_LIST);
    one.city = Some(if n.is_multiple_of(100) { "Zeist" } else { "Utrecht" }.to_owned());
    one.employees_n = (!n.is_multiple_of(7)).then(|| i64::try_from(n % 300).unwrap());
    one.fit_score = (!n.is_multiple_of(3)).then(|| i64::try_from(n % 101).unwrap());
    one.details.postcode = Some(format!("{} AB", 1000 + n % 9000));
    one
}

/// Whether a company belongs in a list.
type Holds<'a> = &'a dyn Fn(&Company) -> bool;

/// The ids of a list, page after page.
async fn all(tx: &mut Tx, filter: &ListFilter, sort: ListSort, limit: usize) -> Vec<Uuid> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    for _ in 0..2_000 {
        let page = listing::page(tx, filter, sort, cursor.as_ref(), limit).await.unwrap();
        assert!(page.rows.len() <= limit);
        ids.extend(page.ids());
        cursor = page.next;
        if cursor.is_none() {
            return ids;
        }
    }
    panic!("the list has no end");
}

#[tokio::test]
async fn companies_page_in_every_order_whether_few_or_many_match() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firms: Vec<Company> = (1..=3_300).map(numbered).collect();
        company::insert_many(&mut tx, &firms).await.unwrap();
        let ids: Vec<CompanyId> = firms.iter().map(|firm| firm.id).collect();
        terms::write(&mut tx, &ids).await.unwrap();
        tx.commit().await.unwrap();
        if db.name == "postgres" {
            // As it does by itself within a minute: without it every word is thought to be rare.
            let mut global = db.store.global().await.unwrap();
            global.execute("ANALYZE", vec![]).await.unwrap();
            global.commit().await.unwrap();
        }
        let mut tx = db.store.read(ws).await.unwrap();
        let town = |town: &str| condition(ListKind::Companies, FilterField::Town, FilterOp::Is, &[town]);
        let fit = condition(ListKind::Companies, FilterField::Fit, FilterOp::AtLeast, &["90"]);
        let came_with =
            condition(ListKind::Companies, FilterField::Import, FilterOp::Is, &[&SECOND_LIST.to_string()]);
        let fits = condition(ListKind::Companies, FilterField::FitGroup, FilterOp::IsNot, &["misfit"]);
        let cases: [(ListFilter, Holds<'_>); 7] = [
            (filter(ListKind::Companies, "", vec![]), &|_| true),
            (filter(ListKind::Companies, "", vec![town("zeist")]), &|c| c.city.as_deref() == Some("Zeist")),
            (filter(ListKind::Companies, "", vec![town("Utrecht"), fit.clone()]), &|c| {
                c.city.as_deref() == Some("Utrecht") && c.fit_score.is_some_and(|fit| fit >= 90)
            }),
            (filter(ListKind::Companies, "", vec![fits]), &|c| c.fit_score.is_none_or(|fit| fit >= 35)),
            (filter(ListKind::Companies, "fir utr", vec![]), &|c| c.city.as_deref() == Some("Utrecht")),
            (filter(ListKind::Companies, "firma 0007", vec![]), &|c| c.name == "Firma 0007"),
            (filter(ListKind::Companies, "", vec![came_with]), &|c| c.import_id == Some(SECOND_LIST)),
        ];
        for (filter, passes) in &cases {
            for sort in ListSort::ALL.iter().copied().filter(|sort| sort.is_of(ListKind::Companies)) {
                let mut expected: Vec<&Company> = firms.iter().filter(|firm| passes(firm)).collect();
                expected.sort_by(|a, b| match sort {
                    ListSort::Fit => {
                        (b.fit_score.unwrap_or(-1), b.id).cmp(&(a.fit_score.unwrap_or(-1), a.id))
                    }
                    ListSort::Size => {
                        (b.employees_n.unwrap_or(-1), b.id).cmp(&(a.employees_n.unwrap_or(-1), a.id))
                    }
                    ListSort::Newest => b.id.cmp(&a.id),
                    _ => (&a.name_key, a.id).cmp(&(&b.name_key, b.id)),
                });
                let expected: Vec<Uuid> = expected.iter().map(|firm| firm.id.0).collect();
                assert!(!expected.is_empty());
                let found = all(&mut tx, filter, sort, 450).await;
                assert!(
                    found == expected,
                    "{} {sort} {filter:?}: {} of {}",
                    db.name,
                    found.len(),
                    expected.len()
                );
            }
            let n = i64::try_from(firms.iter().filter(|firm| passes(firm)).count()).unwrap();
            let counted = listing::count(&mut tx, filter, 10_000).await.unwrap();
            assert_eq!((counted.n, counted.is_exact), (n, true), "{} {filter:?}", db.name);
        }
        let capped = listing::count(&mut tx, &cases[0].0, 100).await.unwrap();
        assert_eq!((capped.n, capped.is_exact), (100, false));
        drop(tx);
        db.remove().await;
    }
}

/// Three people: Eva and Jan at a bakery in Zeist, Kees at a builder in 's-Gravenhage.
async fn three_people(tx: &mut Tx) -> Vec<(Contact, Lead)> {
    let mut bakery = a_company(1, "Bakkerij");
    bakery.city = Some("Zeist".to_owned());
    let mut builder = a_company(2, "Bouwers");
    builder.employees_n = None;
    builder.city = Some("'s-Gravenhage".to_owned());
    builder.details.is_non_mailing = false;
    company::insert_many(tx, &[bakery.clone(), builder.clone()]).await.unwrap();
    let mut made = Vec::new();
    for (n, name, firm) in [(1, "eva meer", &bakery), (2, "jan smit", &bakery), (3, "kees groot", &builder)] {
        let mut person = a_contact(n, firm, None);
        person.name_key = name.to_owned();
        person.email = Some(format!("{}@post.example", name.replace(' ', ".")));
        person.title = Some(if n == 3 { "Projectleider" } else { "Directeur" }.to_owned());
        let place = a_lead(n, firm, &person, name);
        contact::insert_many(tx, std::slice::from_ref(&person), None).await.unwrap();
        lead::insert_many(tx, std::slice::from_ref(&place)).await.unwrap();
        made.push((person, place));
    }
    terms::write(tx, &[bakery.id, builder.id]).await.unwrap();
    made
}

#[tokio::test]
async fn people_are_found_by_their_own_words_and_those_of_their_company() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let made = three_people(&mut tx).await;
        let id = |n: usize| made[n - 1].1.id.0;
        for (words, expected) in [
            ("", vec![id(1), id(2), id(3)]),
            ("eva", vec![id(1)]),
            ("sm", vec![id(2)]),
            ("bakkerij jan", vec![id(2)]),
            ("zeist", vec![id(1), id(2)]),
            ("kees.groot@po", vec![id(3)]),
            ("direct eva", vec![id(1)]),
            ("projectl", vec![id(3)]),
            ("ees", vec![]),
            ("bakkerij kees", vec![]),
        ] {
            let found = all(&mut tx, &filter(ListKind::People, words, vec![]), ListSort::Name, 2).await;
            assert_eq!(found, expected, "{} {words}", db.name);
        }
        for (field, op, value, expected) in [
            (FilterField::Town, FilterOp::Is, "ZEIST", vec![id(1), id(2)]),
            (FilterField::Town, FilterOp::IsNot, "zeist", vec![id(3)]),
            (FilterField::Town, FilterOp::Is, "Den Haag", vec![id(3)]),
            (FilterField::Town, FilterOp::IsNot, "The Hague", vec![id(1), id(2)]),
            (FilterField::Town, FilterOp::StartsWith, "'s-g", vec![id(3)]),
            (FilterField::Postcode, FilterOp::StartsWith, "1234a", vec![id(1), id(2), id(3)]),
            (FilterField::Sbi, FilterOp::StartsWith, "01.1", vec![id(1), id(2), id(3)]),
            (FilterField::Size, FilterOp::Is, "20-49", vec![id(1), id(2)]),
            (FilterField::Size, FilterOp::IsNot, "20-49", vec![id(3)]),
            (FilterField::State, FilterOp::Is, "blocked", vec![]),
            (FilterField::Email, FilterOp::Is, "yes", vec![id(1), id(2), id(3)]),
            (FilterField::Ground, FilterOp::Is, "yes", vec![]),
            (FilterField::Approached, FilterOp::Is, "no", vec![id(1), id(2), id(3)]),
        ] {
            let one = filter(ListKind::People, "", vec![condition(ListKind::People, field, op, &[value])]);
            assert_eq!(all(&mut tx, &one, ListSort::Name, 2).await, expected, "{} {field} {op}", db.name);
        }
        let chosen = [id(3), Uuid::from_u128(0xdead), id(1), id(2)];
        for (sort, expected) in
            [(ListSort::Name, [id(1), id(2), id(3)]), (ListSort::Newest, [id(3), id(2), id(1)])]
        {
            let found = listing::chosen(&mut tx, ListKind::People, sort, &chosen).await.unwrap();
            assert_eq!(found, expected, "{} {sort}: in the order of the list", db.name);
        }
        let rows = listing::people(&mut tx, &[id(3), id(1)]).await.unwrap();
        let shown: Vec<(&str, bool)> =
            rows.iter().map(|row| (row.company.as_str(), row.is_non_mailing)).collect();
        assert_eq!(shown, [("Bouwers", false), ("Bakkerij", true)], "in the order asked for");
        assert!(contact::erase(&mut tx, made[0].0.id, now()).await.unwrap());
        let gone = all(&mut tx, &filter(ListKind::People, "eva", vec![]), ListSort::Name, 2).await;
        assert!(gone.is_empty(), "{}: who is erased is not found", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn people_are_found_by_the_campaign_that_they_are_or_were_in() {
    for db in testing::both().await {
        let (mut tx, _) = crate::outreach::twins(&db, 3).await;
        crate::outreach::lead(&mut tx, 9).await;
        let (mine, other) = (crate::outreach::campaign_id(1), Uuid::from_u128(0xdead));
        let sql = "UPDATE enrolment SET state = 'stopped' WHERE workspace_id = $1 AND id = $2";
        tx.execute(sql, kiem_store::args![crate::outreach::enrolment_id(1)]).await.unwrap();
        let sql =
            "SELECT lead_id FROM enrolment WHERE workspace_id = $1 AND campaign_id = $2 ORDER BY lead_id";
        let rows = tx.fetch_all(sql, kiem_store::args![mine]).await.unwrap();
        let there: Vec<Uuid> = rows.iter().map(|row| row.get("lead_id").unwrap()).collect();
        assert!(!there.is_empty(), "{}", db.name);
        let everybody = all(&mut tx, &filter(ListKind::People, "", vec![]), ListSort::Newest, 2).await;
        for (op, campaign, is_there) in
            [(FilterOp::Is, mine.0, true), (FilterOp::IsNot, mine.0, false), (FilterOp::Is, other, false)]
        {
            let one = condition(ListKind::People, FilterField::Campaign, op, &[&campaign.to_string()]);
            let mut found = all(&mut tx, &filter(ListKind::People, "", vec![one]), ListSort::Newest, 2).await;
            found.sort_unstable();
            let expected: Vec<Uuid> = if is_there {
                there.clone()
            } else if op == FilterOp::IsNot {
                let mut rest: Vec<Uuid> =
                    everybody.iter().copied().filter(|id| !there.contains(id)).collect();
                rest.sort_unstable();
                rest
            } else {
                Vec::new()
            };
            assert_eq!(found, expected, "{} {op} {campaign}: also who was stopped", db.name);
        }
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn who_is_new_or_changed_waits_for_terms_once() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let made = three_people(&mut tx).await;
        assert!(
            !terms::waits(&mut tx).await.unwrap(),
            "the companies wait to be matched, and their terms with them"
        );
        tx.execute("DELETE FROM company_to_match WHERE workspace_id = $1", vec![]).await.unwrap();
        let changed = Contact { name_key: "eva brink".to_owned(), ..made[0].0.clone() };
        contact::update(&mut tx, &changed).await.unwrap();
        contact::update_many(&mut tx, [&changed]).await.unwrap();
        let waiting = terms::waiting(&mut tx, 10).await.unwrap();
        assert_eq!(waiting, [changed.company_id], "{}", db.name);
        terms::write(&mut tx, &waiting).await.unwrap();
        assert!(!terms::waits(&mut tx).await.unwrap());
        for (word, n) in [("brink", 1), ("meer", 0)] {
            let found = all(&mut tx, &filter(ListKind::People, word, vec![]), ListSort::Newest, 5).await;
            assert_eq!(found.len(), n, "{} {word}", db.name);
        }
        let person = ContactId(made[1].0.id.0);
        tx.execute("DELETE FROM lead WHERE workspace_id = $1 AND contact_id = $2", args![person])
            .await
            .unwrap();
        tx.execute("DELETE FROM contact WHERE workspace_id = $1 AND id = $2", args![person]).await.unwrap();
        let sql = "SELECT COUNT(*) AS n FROM contact_term WHERE workspace_id = $1 AND contact_id = $2";
        let left: i64 = tx.fetch_one(sql, args![person]).await.unwrap().get("n").unwrap();
        assert_eq!(left, 0, "terms go with the person");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn views_are_ones_own_until_they_are_shared() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let other = db.workspace(2, now()).await;
        let (me, you) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let view = |n: u128, name: &str, by: UserId, is_shared: bool| ListView {
            id: Uuid::from_u128(n),
            list: ListKind::Companies,
            name: name.to_owned(),
            is_shared,
            definition: "{}".to_owned(),
            created_by: by,
            created_at: now(),
            updated_at: now(),
        };
        let mut tx = db.store.begin(ws).await.unwrap();
        let all = [view(1, "C", me, false), view(2, "B", you, false), view(3, "A", you, true)];
        for one in &all {
            list_view::put(&mut tx, one).await.unwrap();
        }
        let names = |views: Vec<ListView>| views.into_iter().map(|view| view.name).collect::<Vec<_>>();
        assert_eq!(names(list_view::seen_by(&mut tx, me, ListKind::Companies, 9).await.unwrap()), ["A", "C"]);
        assert!(list_view::seen_by(&mut tx, me, ListKind::People, 9).await.unwrap().is_empty());
        let renamed = ListView { name: "D".to_owned(), is_shared: true, ..all[1].clone() };
        list_view::put(&mut tx, &renamed).await.unwrap();
        assert_eq!(list_view::get(&mut tx, renamed.id).await.unwrap(), Some(renamed.clone()));
        assert!(list_view::remove(&mut tx, all[0].id).await.unwrap());
        assert!(!list_view::remove(&mut tx, all[0].id).await.unwrap());
        assert_eq!(names(list_view::seen_by(&mut tx, me, ListKind::Companies, 9).await.unwrap()), ["A", "D"]);
        assert_eq!(list_view::columns(&mut tx, me, ListKind::People).await.unwrap(), None);
        for columns in ["name", "email,name"] {
            list_view::put_columns(&mut tx, me, ListKind::People, columns).await.unwrap();
        }
        assert_eq!(
            list_view::columns(&mut tx, me, ListKind::People).await.unwrap().as_deref(),
            Some("email,name")
        );
        assert_eq!(list_view::columns(&mut tx, you, ListKind::People).await.unwrap(), None);
        tx.commit().await.unwrap();
        let mut tx = db.store.read(other).await.unwrap();
        assert_eq!(
            list_view::get(&mut tx, renamed.id).await.unwrap(),
            None,
            "another workspace sees nothing"
        );
        drop(tx);
        db.remove().await;
    }
}
