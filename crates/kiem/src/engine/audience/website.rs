//! What companies say about themselves on their own websites.

use kiem_adapters::http::Reach;
use kiem_adapters::website::{Errand, Limits, Reader, ReaderError, SiteReading};
use kiem_domain::website::Wanted;

use crate::config::Config;
use crate::engine::Clock;

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
) -> Result<SiteReading, ReaderError> {
    let reach = Reach::new(config.allow_private_addresses);
    let reader = Reader::new(reach, Limits::default(), &config.public_url)?;
    let now = || clock.now();
    Ok(reader.read(Errand { site, country, wanted: Wanted { people }, now: &now }).await)
}
