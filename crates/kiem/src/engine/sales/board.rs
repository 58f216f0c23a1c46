//! The board and the list of prospects.

use kiem_domain::conversation::Step;
use kiem_domain::id::UserId;
use kiem_store::prospect::{self, ColumnSum, Place, ProspectCard, ProspectFilter, ProspectSort};

use super::Card;
use crate::engine::{Caller, Engine, Permission, Result};

/// Cards that a column shows before it is asked for more.
const CARDS_PER_COLUMN: i64 = 50;
/// Rows on one page of a list at most.
const PAGE_MAX: i64 = 200;

/// One column of the board.
#[derive(Debug, Clone)]
pub struct Column {
    /// The step.
    pub step: Step,
    /// Count and sums per currency.
    pub sums: Vec<ColumnSum>,
    /// The first cards, most urgent first.
    pub cards: Vec<Card>,
    /// Where the rest begins.
    pub next: Option<Place>,
}

impl Engine {
    /// The board: one person's prospects, or everybody's.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn board(&self, caller: &Caller, owner: Option<UserId>) -> Result<Vec<Column>> {
        caller.may(Permission::View)?;
        let scene = self.scene(caller.workspace).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        let sums = prospect::column_sums(&mut tx, owner).await?;
        let mut columns = Vec::with_capacity(Step::ALL.len());
        for step in Step::ALL {
            let filter = ProspectFilter { step: Some(*step), owner, ..ProspectFilter::default() };
            let mut rows =
                prospect::list(&mut tx, &filter, ProspectSort::Due, None, CARDS_PER_COLUMN + 1).await?;
            let next = cut(&mut rows, ProspectSort::Due, CARDS_PER_COLUMN);
            let mut cards = self.cards(&mut tx, &scene, rows).await?;
            cards.sort_by_key(|card| std::cmp::Reverse(card.urgency.score));
            let sums = sums.iter().filter(|sum| sum.step == *step).cloned().collect();
            columns.push(Column { step: *step, sums, cards, next });
        }
        Ok(columns)
    }

    /// A list of prospects in an order, from after `after` on, with where the rest begins.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn prospects(
        &self,
        caller: &Caller,
        filter: &ProspectFilter,
        sort: ProspectSort,
        after: Option<&Place>,
        limit: i64,
    ) -> Result<(Vec<Card>, Option<Place>)> {
        caller.may(Permission::View)?;
        let scene = self.scene(caller.workspace).await?;
        let limit = limit.clamp(1, PAGE_MAX);
        let mut tx = self.store().read(caller.workspace).await?;
        let mut rows = prospect::list(&mut tx, filter, sort, after, limit + 1).await?;
        let next = cut(&mut rows, sort, limit);
        Ok((self.cards(&mut tx, &scene, rows).await?, next))
    }
}

/// Drops the row that was read only to see whether there is more.
fn cut(rows: &mut Vec<ProspectCard>, sort: ProspectSort, limit: i64) -> Option<Place> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last().map(|row| row.place(sort))
}
