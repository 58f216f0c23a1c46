//! What strangers reach without logging in: tracked links, opting out, visits, the quote form, booking. Tokens open
//! exactly one thing each; whatever is not right is "not found", never an explanation.

pub mod booking;
mod booking_mail;
pub mod booking_page;
pub mod click;
pub mod form;
pub mod hook;
pub mod inlet;
pub mod opt_out;
pub mod site;
mod staff;
pub mod visit;
pub mod visitor;
pub mod who;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_domain::engagement::network::NetworkClass;
use kiem_domain::id::WorkspaceId;
use kiem_store::account;

use super::keys::{TokenClaim, TokenKind};
use super::{Engine, Result};
use visitor::Visitor;

impl Engine {
    /// The workspace and record that a public token opens; `None` for anything that is not right.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn public_claim(
        &self,
        kind: TokenKind,
        token: &str,
    ) -> Result<Option<(WorkspaceId, TokenClaim)>> {
        let Some(claim) = self.keys().read_public_token(kind, token) else { return Ok(None) };
        Ok(self.workspace_of_number(claim.workspace_number).await?.map(|workspace| (workspace, claim)))
    }

    /// The workspace with a number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn workspace_of_number(&self, number: u32) -> Result<Option<WorkspaceId>> {
        let mut global = self.store().global_read().await?;
        Ok(account::workspace_by_number(&mut global, number).await?)
    }

    /// What is known about the network of a visitor.
    pub fn network_of(&self, visitor: &Visitor) -> NetworkClass {
        visitor.ip.map_or(NetworkClass::Ordinary, |ip| self.networks().classify(ip))
    }

    /// A keyed hash of day and address: tells visitors apart within a day and keeps no address.
    pub fn source_of(&self, visitor: &Visitor, at: Timestamp) -> String {
        let Some(ip) = visitor.ip else { return String::new() };
        let day = at.to_zoned_datetime(TimeZone::UTC).date();
        hex(self.keys().keyed_hash(&format!("source\0{day}\0{ip}")).get(..12).unwrap_or_default())
    }
}

/// Bytes as small letters and digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
