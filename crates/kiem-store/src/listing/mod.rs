//! Pages of the lists of companies and people. No page reads a whole workspace: when few rows can match, their ids come from
//! an index and they are sorted; otherwise the index of the order is walked, up to a bound, and the page says where to go on.

mod condition;
mod row;
pub mod terms;

use kiem_domain::listing::{Condition, FilterField, ListKind, ListSort};
use uuid::Uuid;

use self::condition::{Params, by_index, has_term, passes, with_term};
pub use self::row::{CompanyRow, PersonRow, companies, people};
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KeyKind, among};
use crate::value::Value;

/// Rows that are taken from an index and sorted; when more can match, the index of the order is walked.
const FEW_MAX: usize = 3_000;
/// Rows that are looked at in each step of a walk; after the last the page ends, also when it is not full.
const STEPS: [i64; 5] = [400, 1_600, 2_000, 2_000, 2_000];
/// Rows of a filtered list that are looked at for counting.
const COUNT_LOOKED_AT: i64 = 5_000;

/// What of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFilter {
    /// Which list.
    pub list: ListKind,
    /// Beginnings of terms; each must be one of the row's.
    pub words: Vec<String>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
}

/// The place of a row in a list: its sort value and id. The next page begins after one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListCursor {
    /// The sort value, as text; numbers in decimal; empty when only the id sorts.
    pub value: String,
    /// The id of the row (of people: of the place on the list).
    pub id: Uuid,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// The rows, in order.
    pub rows: Vec<ListCursor>,
    /// Where the next page begins; missing at the end.
    pub next: Option<ListCursor>,
}

impl ListPage {
    /// Ids of the rows, in order.
    pub fn ids(&self) -> Vec<Uuid> {
        self.rows.iter().map(|row| row.id).collect()
    }
}

/// How many match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCount {
    /// So many were found.
    pub n: i64,
    /// Whether there are no more.
    pub is_exact: bool,
}

/// A statement with its values.
type Statement = (String, Vec<Value>);

const fn table(list: ListKind) -> &'static str {
    match list {
        ListKind::Companies => "company",
        ListKind::People => "lead",
    }
}

/// What candidates are known by: people by themselves, not by their place on the list.
const fn key(list: ListKind) -> &'static str {
    match list {
        ListKind::Companies => "id",
        ListKind::People => "contact_id",
    }
}

/// What is sorted on before the id, as its index has it, and whether it grows. The newest have the highest ids.
const fn order(list: ListKind, sort: ListSort) -> (Option<&'static str>, bool) {
    match (list, sort) {
        (ListKind::Companies, ListSort::Company | ListSort::Name) => (Some("r.name_key"), true),
        (ListKind::Companies, ListSort::Fit | ListSort::Warmth) => (Some("COALESCE(r.fit_score, -1)"), false),
        (ListKind::Companies, ListSort::Size) => (Some("COALESCE(r.employees_n, -1)"), false),
        (ListKind::People, ListSort::Company | ListSort::Size) => (Some("r.sort_company"), true),
        (ListKind::People, ListSort::Name) => (Some("r.sort_name"), true),
        (ListKind::People, ListSort::Fit) => (Some("r.fit_score"), false),
        (ListKind::People, ListSort::Warmth) => (Some("r.warmth"), false),
        (_, ListSort::Newest) => (None, false),
    }
}

/// `ORDER BY` of an order, of a row under the name `name` whose sort value is `value`.
fn order_by(value: Option<&str>, name: &str, grows: bool) -> String {
    let direction = if grows { "ASC" } else { "DESC" };
    match value {
        Some(value) => format!("ORDER BY {value} {direction}, {name}.id {direction}"),
        None => format!("ORDER BY {name}.id {direction}"),
    }
}

/// The condition that a row lies after the cursor.
fn after(list: ListKind, sort: ListSort, cursor: Option<&ListCursor>, params: &mut Params) -> String {
    let Some(cursor) = cursor else { return String::new() };
    let (value, grows) = order(list, sort);
    let compare = if grows { ">" } else { "<" };
    let Some(value) = value else { return format!(" AND r.id {compare} {}", params.push(cursor.id)) };
    let at = if grows {
        params.push(cursor.value.as_str())
    } else {
        // A cursor that was changed by hand begins at the top; it cannot do harm.
        params.push(cursor.value.parse::<i64>().unwrap_or(i64::MAX))
    };
    format!(" AND ({value}, r.id) {compare} ({at}, {})", params.push(cursor.id))
}

/// Everything that must hold, as further conditions; empty when nothing is asked.
fn residual(filter: &ListFilter, params: &mut Params) -> String {
    let words = filter.words.iter().map(|word| has_term(filter.list, word, params)).collect::<Vec<_>>();
    let all = words.into_iter().chain(filter.conditions.iter().map(|one| passes(filter.list, one, params)));
    all.map(|holds| format!(" AND {holds}")).collect()
}

fn is_open(filter: &ListFilter) -> bool {
    filter.words.is_empty() && filter.conditions.is_empty()
}

/// A page out of few candidates.
fn few_sql(
    tx: &Tx,
    filter: &ListFilter,
    sort: ListSort,
    cursor: Option<&ListCursor>,
    few: &[Uuid],
    limit: i64,
) -> Statement {
    let (list, mut params) = (filter.list, Params::default());
    let them = params.push(keys::ids(few.iter().copied()));
    debug_assert_eq!(them, "$2", "the list of keys is the first value");
    let (value, grows) = order(list, sort);
    let wanted = residual(filter, &mut params) + &after(list, sort, cursor, &mut params);
    let sql = format!(
        "SELECT w.id, w.value FROM (SELECT r.id, {} AS value FROM {} r WHERE r.workspace_id = $1 AND r.{} IN {}{wanted}
             LIMIT {FEW_MAX}) w {} LIMIT {limit}",
        value.unwrap_or("''"),
        table(list),
        key(list),
        among(tx.conn(), KeyKind::Id, 2),
        order_by(value.map(|_| "w.value"), "w", grows),
    );
    (sql, params.0)
}

/// Rows that somebody chose, in the order of the list; who is not there is left out.
///
/// # Errors
/// Whatever the database refuses.
pub async fn chosen(tx: &mut Tx, list: ListKind, sort: ListSort, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let (value, grows) = order(list, sort);
    let sql = format!(
        "SELECT w.id FROM (SELECT r.id, {} AS value FROM {} r WHERE r.workspace_id = $1 AND r.id IN {} LIMIT {}) w {}",
        value.unwrap_or("''"),
        table(list),
        among(tx.conn(), KeyKind::Id, 2),
        ids.len(),
        order_by(value.map(|_| "w.value"), "w", grows),
    );
    let rows = tx.fetch_all(sql, vec![keys::ids(ids.iter().copied())]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// The rows of one step of a walk that match.
fn walk_sql(
    filter: &ListFilter,
    sort: ListSort,
    cursor: Option<&ListCursor>,
    step: i64,
    limit: i64,
) -> Statement {
    let (list, mut params) = (filter.list, Params::default());
    let (value, grows) = order(list, sort);
    let beyond = after(list, sort, cursor, &mut params);
    let rows = format!(
        "FROM {} r WHERE r.workspace_id = $1{beyond} {} LIMIT {step}",
        table(list),
        order_by(value, "r", grows)
    );
    let value = value.unwrap_or("''");
    if is_open(filter) {
        return (format!("SELECT r.id, {value} AS value {rows}"), params.0);
    }
    let wanted = residual(filter, &mut params);
    // The rows of the step themselves stand under the name of the table: looking each up again by its id takes as long as
    // all that is checked about it.
    let order = order_by(Some("r.value"), "r", grows);
    let sql = format!(
        "SELECT r.id, r.value FROM (SELECT r.*, {value} AS value {rows}) r WHERE TRUE{wanted} {order} LIMIT {limit}"
    );
    (sql, params.0)
}

/// The last row of one step of a walk.
fn edge_sql(filter: &ListFilter, sort: ListSort, cursor: Option<&ListCursor>, step: i64) -> Statement {
    let open = ListFilter { list: filter.list, words: Vec::new(), conditions: Vec::new() };
    let (sql, params) = walk_sql(&open, sort, cursor, 1, 1);
    (format!("{sql} OFFSET {}", step - 1), params)
}

async fn found(
    tx: &mut Tx,
    statement: Statement,
    filter: &ListFilter,
    sort: ListSort,
) -> Result<Vec<ListCursor>> {
    let is_number = matches!(order(filter.list, sort), (Some(_), false));
    let rows = tx.fetch_all(statement.0, statement.1).await?;
    rows.iter()
        .map(|row| {
            let value = if is_number { row.get::<i64>("value")?.to_string() } else { row.get("value")? };
            Ok(ListCursor { value, id: row.get("id")? })
        })
        .collect()
}

/// A page of a list.
///
/// # Errors
/// Whatever the database refuses.
pub async fn page(
    tx: &mut Tx,
    filter: &ListFilter,
    sort: ListSort,
    cursor: Option<&ListCursor>,
    limit: usize,
) -> Result<ListPage> {
    let most = i64::try_from(limit).unwrap_or(1) + 1;
    if is_open(filter) {
        let rows = found(tx, walk_sql(filter, sort, cursor, most, most), filter, sort).await?;
        return Ok(cut(rows, limit, None));
    }
    if let Some(few) = candidates(tx, filter).await? {
        let statement = few_sql(tx, filter, sort, cursor, &few, most);
        return Ok(cut(found(tx, statement, filter, sort).await?, limit, None));
    }
    let (mut rows, mut at) = (Vec::new(), cursor.cloned());
    for step in STEPS {
        let more = found(tx, walk_sql(filter, sort, at.as_ref(), step, most), filter, sort).await?;
        rows.extend(more);
        if rows.len() > limit {
            return Ok(cut(rows, limit, None));
        }
        at = found(tx, edge_sql(filter, sort, at.as_ref(), step), filter, sort).await?.pop();
        if at.is_none() {
            break;
        }
    }
    Ok(cut(rows, limit, at))
}

/// The first rows, and where to go on: after the last of them, or at `edge`.
fn cut(mut rows: Vec<ListCursor>, limit: usize, edge: Option<ListCursor>) -> ListPage {
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next = if is_more { rows.last().cloned() } else { edge };
    ListPage { rows, next }
}

/// How many rows match, as far as it can be said without reading them all.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count(tx: &mut Tx, filter: &ListFilter, most: i64) -> Result<ListCount> {
    let (sql, params, bound) = if is_open(filter) {
        let (sql, params) = walk_sql(filter, ListSort::Newest, None, most, most);
        (format!("SELECT COUNT(*) AS n FROM ({sql}) few"), params, most)
    } else if let Some((sql, params)) = index_count(filter, most) {
        (format!("SELECT COUNT(*) AS n FROM ({sql}) few"), params.0, most)
    } else if let Some(few) = candidates(tx, filter).await? {
        let (sql, params) = few_sql(tx, filter, ListSort::Newest, None, &few, most);
        (format!("SELECT COUNT(*) AS n FROM ({sql}) few"), params, most)
    } else {
        let (sql, params) = walk_sql(filter, ListSort::Newest, None, COUNT_LOOKED_AT, COUNT_LOOKED_AT);
        let n = count_of(tx, format!("SELECT COUNT(*) AS n FROM ({sql}) few"), params).await?;
        let is_all =
            found(tx, edge_sql(filter, ListSort::Newest, None, COUNT_LOOKED_AT), filter, ListSort::Newest)
                .await?
                .is_empty();
        return Ok(ListCount { n, is_exact: is_all });
    };
    let n = count_of(tx, sql, params).await?;
    Ok(ListCount { n, is_exact: n < bound })
}

async fn count_of(tx: &mut Tx, sql: String, params: Vec<Value>) -> Result<i64> {
    tx.fetch_one(sql, params).await?.get("n")
}

/// Queries that give all rows which can match, each with a bound; of the first that stays below it the rows are taken.
fn sources(filter: &ListFilter) -> Vec<Vec<(String, Params)>> {
    let most = i64::try_from(FEW_MAX).unwrap_or(i64::MAX) + 1;
    let mut words: Vec<&String> = filter.words.iter().collect();
    // The longest word is the rarest.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut all: Vec<Vec<(String, Params)>> =
        words.iter().map(|word| with_term(filter.list, word, true, most)).collect();
    for condition in &filter.conditions {
        if let Some(starts) = condition.term_starts() {
            all.push(starts.iter().flat_map(|term| with_term(filter.list, term, false, most)).collect());
        }
        let known = by_index(filter.list, condition, most);
        all.extend((!known.is_empty()).then_some(known));
    }
    all
}

/// How many match, when all that is asked is something that each person has once and an index of its own knows.
fn index_count(filter: &ListFilter, most: i64) -> Option<(String, Params)> {
    match (filter.list, filter.words.as_slice(), filter.conditions.as_slice()) {
        (ListKind::People, [], [one])
            if matches!(one.field(), FilterField::State | FilterField::Import | FilterField::NeedsLook) =>
        {
            by_index(filter.list, one, most).pop()
        }
        _ => None,
    }
}

/// Ids of all rows that can match, when they are few.
async fn candidates(tx: &mut Tx, filter: &ListFilter) -> Result<Option<Vec<Uuid>>> {
    for queries in sources(filter) {
        let mut n = 0;
        for (sql, params) in &queries {
            // Counted first: thousands of ids of what turns out to be common would be read for nothing.
            n += count_of(tx, format!("SELECT COUNT(*) AS n FROM ({sql}) few"), params.0.clone()).await?;
        }
        if usize::try_from(n).is_ok_and(|n| n > FEW_MAX) {
            continue;
        }
        let mut ids = std::collections::BTreeSet::new();
        for (sql, params) in queries {
            for row in tx.fetch_all(sql, params.0).await? {
                ids.insert(row.get::<Uuid>("id")?);
            }
        }
        return Ok(Some(ids.into_iter().collect()));
    }
    Ok(None)
}

/// Every statement that a page and its count may run, for a test that asks the database how it runs them.
#[cfg(feature = "testing")]
pub fn statements(
    tx: &Tx,
    filter: &ListFilter,
    sort: ListSort,
    cursor: Option<&ListCursor>,
) -> Vec<(&'static str, Statement)> {
    let mut all = vec![
        ("walk", walk_sql(filter, sort, cursor, 100, 50)),
        ("edge", edge_sql(filter, sort, cursor, 100)),
    ];
    if !is_open(filter) {
        all.push(("few", few_sql(tx, filter, sort, cursor, &[Uuid::nil()], 50)));
        let looks = sources(filter).into_iter().flatten();
        all.extend(looks.map(|(sql, params)| ("look", (sql, params.0))));
    }
    all
}
