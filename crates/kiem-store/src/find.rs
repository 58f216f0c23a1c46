//! What the frame of the page asks: how much work waits where, and where something is.

use jiff::civil::Date;
use kiem_domain::listing::{ListKind, ListSort, search_terms};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KeyKind, among};
use crate::listing::{self, ListFilter};
use crate::value::Value;

/// Words that are looked for in a text; more only make it slower.
const WORDS_MAX: usize = 6;

/// How much waits behind each page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCounts {
    /// Tasks that are due.
    pub today: i64,
    /// Received mails that a person must look at.
    pub inbox: i64,
    /// Leads that a person must look at.
    pub leads: i64,
    /// Prospects who wait for their first answer.
    pub prospects: i64,
    /// Open opportunities whose expected day has passed.
    pub pipeline: i64,
    /// Drafts that wait for approval.
    pub campaigns: i64,
}

/// Counts what waits. What waits today is ranked by the program, not counted here.
///
/// # Errors
/// Whatever the database refuses.
pub async fn work_counts(tx: &mut Tx, today: Date) -> Result<WorkCounts> {
    let row = tx
        .fetch_one(
            "SELECT
               (SELECT COUNT(*) FROM inbound WHERE workspace_id = $1 AND needs_look = TRUE AND handled_at IS NULL)
                 AS inbox,
               (SELECT COUNT(*) FROM lead WHERE workspace_id = $1 AND needs_look = TRUE) AS leads,
               (SELECT COUNT(*) FROM prospect WHERE workspace_id = $1 AND responded_at IS NULL
                  AND state IN ('to_qualify', 'in_conversation')) AS prospects,
               (SELECT COUNT(*) FROM opportunity WHERE workspace_id = $1 AND state = 'open'
                  AND expected_close_on < $2) AS pipeline,
               (SELECT COUNT(*) FROM message WHERE workspace_id = $1 AND state = 'draft') AS campaigns",
            args![today.to_string()],
        )
        .await?;
    Ok(WorkCounts {
        today: 0,
        inbox: row.get("inbox")?,
        leads: row.get("leads")?,
        prospects: row.get("prospects")?,
        pipeline: row.get("pipeline")?,
        campaigns: row.get("campaigns")?,
    })
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// `prospect`, `lead`, `company` or `campaign`.
    pub kind: &'static str,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// What tells it from others.
    pub detail: String,
}

/// How something is found by what was typed.
enum Place {
    /// By parts of a text: these are few.
    Text(&'static str),
    /// As its list finds it, under this column.
    List(ListKind, &'static str),
}

/// Prospects first: what is found most often is what is being worked on. A person is found once, as prospect or as lead;
/// a colleague who joined a pursuit is found as a lead.
const SOURCES: &[(&str, &str, Place)] = &[
    (
        "prospect",
        "SELECT p.id, COALESCE(c.given_name || ' ', '') || COALESCE(c.infix || ' ', '') || COALESCE(c.family_name, '') AS title, o.name AS detail
         FROM prospect p JOIN contact c ON c.workspace_id = $1 AND c.id = p.contact_id
         JOIN company o ON o.workspace_id = $1 AND o.id = p.company_id WHERE p.workspace_id = $1 AND p.state <> 'undone'",
        Place::Text("p.search_text"),
    ),
    (
        "lead",
        "SELECT l.id, COALESCE(c.given_name || ' ', '') || COALESCE(c.infix || ' ', '') || COALESCE(c.family_name, '') AS title, o.name AS detail
         FROM lead l JOIN contact c ON c.workspace_id = $1 AND c.id = l.contact_id
         JOIN company o ON o.workspace_id = $1 AND o.id = l.company_id
         WHERE l.workspace_id = $1 AND NOT EXISTS (SELECT 1 FROM prospect p
           WHERE p.workspace_id = $1 AND p.contact_id = l.contact_id AND p.state <> 'undone')",
        Place::List(ListKind::People, "l.id"),
    ),
    (
        "company",
        "SELECT o.id, o.name AS title, COALESCE(o.domain, o.city, '') AS detail FROM company o WHERE o.workspace_id = $1",
        Place::List(ListKind::Companies, "o.id"),
    ),
    (
        "campaign",
        "SELECT k.id, k.name AS title, k.state AS detail FROM campaign k WHERE k.workspace_id = $1",
        Place::Text("LOWER(k.name)"),
    ),
];

/// Finds what has every word of what was typed; at most `limit` in all, and no kind takes the place of another.
///
/// # Errors
/// Whatever the database refuses.
pub async fn everywhere(tx: &mut Tx, typed: &str, limit: i64) -> Result<Vec<Found>> {
    let most = usize::try_from(limit).unwrap_or(0);
    let mut kinds = Vec::new();
    for (kind, select, place) in SOURCES {
        let (sql, params) = match place {
            Place::Text(text) => with_text(select, text, typed, limit),
            Place::List(list, id) => {
                let ids = listed(tx, *list, typed, most).await?;
                let sql = format!("{select} AND {id} IN {}", among(tx.conn(), KeyKind::Id, 2));
                (sql, vec![keys::ids(ids)])
            }
        };
        let mut found = Vec::new();
        for row in tx.fetch_all(sql, params).await? {
            found.push(Found {
                kind,
                id: row.get("id")?,
                title: row.get::<String>("title")?.trim().to_owned(),
                detail: row.get("detail")?,
            });
        }
        found.sort_by(|a, b| (&a.title, a.id).cmp(&(&b.title, b.id)));
        kinds.push(found);
    }
    let lengths: Vec<usize> = kinds.iter().map(Vec::len).collect();
    let shares = shares(&lengths, most);
    Ok(kinds.into_iter().zip(shares).flat_map(|(found, share)| found.into_iter().take(share)).collect())
}

fn with_text(select: &str, text: &str, typed: &str, limit: i64) -> (String, Vec<Value>) {
    let mut params: Vec<Value> = args![limit];
    let mut sql = select.to_owned();
    for word in typed.split_whitespace().take(WORDS_MAX) {
        params.push(Value::from(format!("%{}%", like_literal(&word.to_lowercase()))));
        // $1 is the workspace, so the parameter just pushed has this number.
        sql.push_str(&format!(" AND {text} LIKE ${} ESCAPE '\\'", params.len() + 1));
    }
    sql.push_str(" LIMIT $2");
    (sql, params)
}

/// The first rows of a list that have every word; what only a long walk would find is left to the list itself.
async fn listed(tx: &mut Tx, list: ListKind, typed: &str, most: usize) -> Result<Vec<Uuid>> {
    let words = search_terms(typed);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let filter = ListFilter { list, words, conditions: Vec::new() };
    Ok(listing::page(tx, &filter, ListSort::Company, None, most).await?.ids())
}

/// How many of each kind are shown: one of each in turn, until `limit` is reached or nothing is left.
fn shares(lengths: &[usize], limit: usize) -> Vec<usize> {
    let mut shares = vec![0; lengths.len()];
    let mut left = limit.min(lengths.iter().sum());
    while left > 0 {
        for (share, length) in shares.iter_mut().zip(lengths) {
            if left > 0 && *share < *length {
                *share += 1;
                left -= 1;
            }
        }
    }
    shares
}

fn like_literal(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_takes_the_place_of_another() {
        for (lengths, limit, expected) in [
            ([2, 8, 5, 0], 8, [2, 3, 3, 0]),
            ([0, 8, 0, 0], 8, [0, 8, 0, 0]),
            ([1, 1, 1, 1], 8, [1, 1, 1, 1]),
            ([9, 9, 9, 9], 2, [1, 1, 0, 0]),
            ([0, 0, 0, 0], 8, [0, 0, 0, 0]),
        ] {
            assert_eq!(shares(&lengths, limit), expected, "{lengths:?} in {limit}");
        }
    }
}
