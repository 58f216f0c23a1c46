//! What the frame of the page asks: counts of waiting work, and finding anything by its name.

use kiem_domain::id::UserId;
use kiem_domain::opportunity::Section;
use kiem_store::event::Actor;
use kiem_store::find::{self, Found, WorkCounts};

use super::{Caller, Engine, Permission, Result};

impl Engine {
    /// How much waits behind each page.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn work_counts(&self, caller: &Caller) -> Result<WorkCounts> {
        caller.may(Permission::View)?;
        let owner = match caller.actor {
            Actor::User(id) => Some(UserId(id)),
            _ => None,
        };
        let list = self.today(caller, owner).await?;
        let n_now = list.iter().filter(|one| one.section == Section::Now).count();
        let today = self.now().to_zoned_datetime(self.zone(caller.workspace).await?).date();
        let mut tx = self.store().read(caller.workspace).await?;
        let counts = find::work_counts(&mut tx, today).await?;
        Ok(WorkCounts { today: i64::try_from(n_now).unwrap_or(i64::MAX), ..counts })
    }

    /// Finds prospects, leads, companies and campaigns that have every word.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn search(&self, caller: &Caller, text: &str, limit: i64) -> Result<Vec<Found>> {
        caller.may(Permission::View)?;
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(find::everywhere(&mut tx, text, limit.clamp(1, 50)).await?)
    }
}
