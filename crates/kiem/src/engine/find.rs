//! What the frame of the page asks: counts of waiting work, and finding anything by its name.

use kiem_store::find::{self, Found, WorkCounts};

use super::{Caller, Engine, Permission, Result};

/// Words of a search that count; more only make it slower.
const WORDS_MAX: usize = 6;

impl Engine {
    /// How much waits behind each page.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn work_counts(&self, caller: &Caller) -> Result<WorkCounts> {
        caller.may(Permission::View)?;
        let zone = self.zone(caller.workspace).await?;
        let now = self.now();
        let tonight = now
            .to_zoned_datetime(zone)
            .end_of_day()
            .map_or(now + jiff::SignedDuration::from_hours(24), |end| end.timestamp());
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(find::work_counts(&mut tx, tonight).await?)
    }

    /// Finds prospects, leads, companies and campaigns that hold every word.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn search(&self, caller: &Caller, text: &str, limit: i64) -> Result<Vec<Found>> {
        caller.may(Permission::View)?;
        let words: Vec<String> = text.split_whitespace().take(WORDS_MAX).map(str::to_owned).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(find::everywhere(&mut tx, &words, limit.clamp(1, 50)).await?)
    }
}
