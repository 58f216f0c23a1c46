//! Pages of a list whose conditions are partly answered by the database and partly by the send gate: the database gives the
//! rows in order, and the gate is asked about each of them.

use std::collections::HashMap;

use kiem_domain::id::{ContactId, LeadId};
use kiem_domain::listing::{Condition, ListSort};
use kiem_store::listing::{self, ListCount, ListCursor, ListFilter, ListPage};
use kiem_store::{Tx, gate};
use uuid::Uuid;

use crate::engine::{Engine, Result};

/// People about whom the gate is asked together.
const ASKED_TOGETHER: usize = 500;
/// People about whom the gate is asked for one page; after them the page ends, also when it is not full.
const ASKED_FOR_PAGE: usize = 5_000;
/// People about whom it is asked for a count: a tenth of a second.
const ASKED_FOR_COUNT: usize = 20_000;

/// The filter that the database answers, and the conditions that are left for the gate.
fn parted(filter: &ListFilter) -> (ListFilter, Vec<Condition>) {
    let (gated, stored) =
        filter.conditions.iter().cloned().partition(|condition| condition.field().is_of_gate());
    (ListFilter { conditions: stored, ..filter.clone() }, gated)
}

impl Engine {
    /// A page of a list.
    pub(super) async fn page_of(
        &self,
        tx: &mut Tx,
        filter: &ListFilter,
        sort: ListSort,
        cursor: Option<&ListCursor>,
        limit: usize,
    ) -> Result<ListPage> {
        let (stored, gated) = parted(filter);
        if gated.is_empty() {
            return Ok(listing::page(tx, filter, sort, cursor, limit).await?);
        }
        let (mut rows, mut at, mut n_asked) = (Vec::new(), cursor.cloned(), 0);
        while n_asked < ASKED_FOR_PAGE {
            let page = listing::page(tx, &stored, sort, at.as_ref(), ASKED_TOGETHER).await?;
            let is_short = page.rows.len() < ASKED_TOGETHER;
            n_asked += page.rows.len();
            at = page.next;
            rows.extend(self.passing(tx, page.rows, &gated).await?);
            if rows.len() > limit {
                rows.truncate(limit);
                at = rows.last().cloned();
                break;
            }
            // The database looked at as many rows as it does for a page.
            if at.is_none() || is_short {
                break;
            }
        }
        Ok(ListPage { rows, next: at })
    }

    /// How many match, as far as it can be said without looking at them all.
    pub(super) async fn count_of(&self, tx: &mut Tx, filter: &ListFilter, most: i64) -> Result<ListCount> {
        let (stored, gated) = parted(filter);
        if gated.is_empty() {
            return Ok(listing::count(tx, filter, most).await?);
        }
        let (mut n, mut at, mut n_asked) = (0_i64, None, 0);
        while n < most && n_asked < ASKED_FOR_COUNT {
            let page = listing::page(tx, &stored, ListSort::Newest, at.as_ref(), ASKED_TOGETHER).await?;
            let is_short = page.rows.len() < ASKED_TOGETHER;
            n_asked += page.rows.len();
            at = page.next;
            n += i64::try_from(self.passing(tx, page.rows, &gated).await?.len()).unwrap_or_default();
            if at.is_none() {
                return Ok(ListCount { n: n.min(most), is_exact: n < most });
            }
            if is_short {
                break;
            }
        }
        Ok(ListCount { n: n.min(most), is_exact: false })
    }

    /// Who of these people passes the conditions of the gate.
    async fn passing(
        &self,
        tx: &mut Tx,
        mut rows: Vec<ListCursor>,
        gated: &[Condition],
    ) -> Result<Vec<ListCursor>> {
        let leads: Vec<LeadId> = rows.iter().map(|row| LeadId(row.id)).collect();
        let known = gate::of_leads(tx, &leads).await?;
        let contact_of: HashMap<Uuid, ContactId> =
            known.iter().filter_map(|row| Some((row.lead_id?.0, row.contact_id))).collect();
        let at_gate = self.at_gate_with(tx, known).await?;
        rows.retain(|row| contact_of.get(&row.id).is_some_and(|contact| at_gate.passes(*contact, gated)));
        Ok(rows)
    }
}
