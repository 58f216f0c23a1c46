//! What is known from a company's website, as its page shows it.

use kiem_domain::id::{CompanyId, WebsiteRunId};
use kiem_store::website::{self, WebsiteFact, WebsiteReading};
use kiem_store::{company, website_run};

use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Everything from a company's website.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyWebsite {
    /// The last reading; missing when it was never read.
    pub reading: Option<WebsiteReading>,
    /// The round in which the company waits or is being read.
    pub waits_in: Option<WebsiteRunId>,
    /// The facts, in the order in which they were found.
    pub facts: Vec<WebsiteFact>,
}

impl Engine {
    /// What a company's website said when it was last read.
    ///
    /// # Errors
    /// When the company is not there.
    pub async fn company_website(&self, caller: &Caller, id: CompanyId) -> Result<CompanyWebsite> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        company::get(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        Ok(CompanyWebsite {
            reading: website::reading(&mut tx, id).await?,
            waits_in: website_run::waiting_in(&mut tx, id).await?,
            facts: website::facts(&mut tx, id).await?,
        })
    }
}
