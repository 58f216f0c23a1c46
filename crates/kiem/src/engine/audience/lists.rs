//! Pages of the lists of companies and of people, and of the marketing list: the people who are no prospect.

use kiem_domain::id::LeadId;
use kiem_domain::listing::{Condition, ListKind, ListSort, on_marketing_list, search_terms};
use kiem_store::lead::{self, LeadRow};
use kiem_store::listing::{self, CompanyRow, ListCount, ListFilter, PersonRow, terms};
use kiem_store::{Tx, matching};
use uuid::Uuid;

use super::leads::{COUNTED_MAX, PAGE_ROWS_MAX};
use super::list_form::{read_cursor, write_cursor};
use crate::engine::{Caller, Engine, Permission, Result};

/// Ids of one page.
const IDS_MAX: i64 = 1_000;

/// What of a list is wanted.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Which list.
    pub list: ListKind,
    /// Words as typed.
    pub search: String,
    /// What must hold.
    pub conditions: Vec<Condition>,
    /// In which order.
    pub sort: ListSort,
    /// Where the page begins, from [`ListAnswer::next_cursor`].
    pub cursor: Option<String>,
    /// Rows.
    pub limit: i64,
}

impl ListQuery {
    pub(super) fn filter(&self) -> ListFilter {
        ListFilter { list: self.list, words: search_terms(&self.search), conditions: self.conditions.clone() }
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct ListAnswer<Row> {
    /// The rows. Fewer than asked for, and still a next page, when many rows were looked at and did not match.
    pub rows: Vec<Row>,
    /// Where the next page begins; missing at the end.
    pub next_cursor: Option<String>,
    /// How many match; counted with the first page only.
    pub count: Option<ListCount>,
    /// Whether what came in lately can be found by its words already.
    pub is_searchable: bool,
}

impl Engine {
    /// A page of the list of companies.
    ///
    /// # Errors
    /// When the cursor was not made here.
    pub async fn companies_list(&self, caller: &Caller, query: &ListQuery) -> Result<ListAnswer<CompanyRow>> {
        let (mut tx, ids, rest) = self.list_page(caller, query).await?;
        Ok(rest.with(listing::companies(&mut tx, &ids).await?))
    }

    /// A page of the list of people.
    ///
    /// # Errors
    /// When the cursor was not made here.
    pub async fn people_list(&self, caller: &Caller, query: &ListQuery) -> Result<ListAnswer<PersonRow>> {
        let (mut tx, ids, rest) = self.list_page(caller, query).await?;
        Ok(rest.with(listing::people(&mut tx, &ids).await?))
    }

    /// A page of the marketing list.
    ///
    /// # Errors
    /// When the cursor was not made here.
    pub async fn leads_list(&self, caller: &Caller, query: &ListQuery) -> Result<ListAnswer<LeadRow>> {
        let query = ListQuery { conditions: on_marketing_list(query.conditions.clone()), ..query.clone() };
        let (mut tx, ids, rest) = self.list_page(caller, &query).await?;
        Ok(rest.with(lead::rows(&mut tx, &ids).await?))
    }

    /// The ids of a page of the marketing list, and where the next begins: how "all that match" is worked through.
    ///
    /// # Errors
    /// When the cursor was not made here.
    pub async fn lead_ids(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<(Vec<LeadId>, Option<String>)> {
        caller.may(Permission::View)?;
        let cursor = query.cursor.as_deref().map(read_cursor).transpose()?;
        let conditions = on_marketing_list(query.conditions.clone());
        let filter = ListFilter { conditions, ..query.filter() };
        let limit = usize::try_from(query.limit.clamp(1, IDS_MAX)).unwrap_or(1);
        let mut tx = self.store().read(caller.workspace).await?;
        let page = self.page_of(&mut tx, &filter, query.sort, cursor.as_ref(), limit).await?;
        Ok((page.ids().into_iter().map(LeadId).collect(), page.next.as_ref().map(write_cursor)))
    }

    async fn list_page(&self, caller: &Caller, query: &ListQuery) -> Result<(Tx, Vec<Uuid>, ListAnswer<()>)> {
        caller.may(Permission::View)?;
        let cursor = query.cursor.as_deref().map(read_cursor).transpose()?;
        let filter = query.filter();
        let limit = usize::try_from(query.limit.clamp(1, PAGE_ROWS_MAX)).unwrap_or(1);
        let mut tx = self.store().read(caller.workspace).await?;
        let page = self.page_of(&mut tx, &filter, query.sort, cursor.as_ref(), limit).await?;
        let count = match cursor {
            None => Some(self.count_of(&mut tx, &filter, COUNTED_MAX).await?),
            Some(_) => None,
        };
        let asks_terms =
            !filter.words.is_empty() || filter.conditions.iter().any(|one| one.term_starts().is_some());
        let is_searchable =
            !asks_terms || matching::waiting(&mut tx, 1).await?.is_empty() && !terms::waits(&mut tx).await?;
        let next_cursor = page.next.as_ref().map(write_cursor);
        Ok((tx, page.ids(), ListAnswer { rows: Vec::new(), next_cursor, count, is_searchable }))
    }
}

impl ListAnswer<()> {
    fn with<Row>(self, rows: Vec<Row>) -> ListAnswer<Row> {
        ListAnswer {
            rows,
            next_cursor: self.next_cursor,
            count: self.count,
            is_searchable: self.is_searchable,
        }
    }
}
