//! What companies say about themselves on their own websites: reading one site, rounds over many, and what the facts do.

mod contact;
mod facts;
mod job;
mod keep;
mod rounds;
mod source;

use std::sync::{Arc, OnceLock};

use kiem_adapters::http::Reach;
use kiem_adapters::website::{Errand, Limits, Reader, ReaderError, SiteReading};
use kiem_domain::website::Wanted;
use tokio::sync::Semaphore;

pub use contact::{AddedFromWebsite, may_be_designated};
pub use facts::CompanyWebsite;
pub use rounds::{RefusedSites, RoundOrder};

use super::{Clock, Engine, EngineError, Result};
use crate::config::Config;

/// Sites that rounds read at the same time in one process.
const SITES_AT_ONCE: usize = 12;
/// Sites besides, for who waits at a page: a long round must not keep them waiting.
const QUICK_AT_ONCE: usize = 4;
/// Companies up to which a round is quick.
const QUICK_COMPANIES_MAX: i64 = 5;

/// What reads websites in this process: one reader, so that no host is ever asked twice at a time, and places.
pub(super) struct Websites {
    limits: Limits,
    reader: OnceLock<Arc<Reader>>,
    places: Arc<Semaphore>,
    quick: Arc<Semaphore>,
}

impl Websites {
    pub(super) fn new(limits: Limits) -> Websites {
        Websites {
            limits,
            reader: OnceLock::new(),
            places: Arc::new(Semaphore::new(SITES_AT_ONCE)),
            quick: Arc::new(Semaphore::new(QUICK_AT_ONCE)),
        }
    }

    fn places(&self, n_companies: i64) -> &Arc<Semaphore> {
        if n_companies <= QUICK_COMPANIES_MAX { &self.quick } else { &self.places }
    }

    fn reader(&self, config: &Config) -> Result<Arc<Reader>> {
        if let Some(reader) = self.reader.get() {
            return Ok(reader.clone());
        }
        let made = reader(config, self.limits).map_err(|e| EngineError::Outside(e.to_string()))?;
        // Who comes second takes the first one's: two readers would know nothing of each other's turns.
        Ok(self.reader.get_or_init(|| Arc::new(made)).clone())
    }
}

fn reader(config: &Config, limits: Limits) -> std::result::Result<Reader, ReaderError> {
    Reader::new(Reach::new(config.allow_private_addresses), limits, &config.public_url)
}

impl Engine {
    /// With other bounds of a reading than the built-in ones: for tests, whose sites stand on this machine.
    #[must_use]
    pub fn with_website_limits(self, limits: Limits) -> Engine {
        Engine { websites: Arc::new(Websites::new(limits)), ..self }
    }
}

/// Reads one site once. `country` (ISO 3166 alpha-2) says how numbers without a country code are meant; `people` whether
/// names and personal addresses are kept.
///
/// # Errors
/// When the system's TLS cannot be set up.
pub async fn read_site(
    config: &Config,
    clock: &Clock,
    site: &str,
    country: Option<&'static str>,
    people: bool,
) -> std::result::Result<SiteReading, ReaderError> {
    let reader = reader(config, Limits::default())?;
    let now = || clock.now();
    Ok(reader.read(Errand { site, country, wanted: Wanted { people }, now: &now }).await)
}
