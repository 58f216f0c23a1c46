//! What a reply says besides its intent, as it is stored with the mail.

use kiem_domain::intent::Flags;
use serde::{Deserialize, Serialize};

use crate::engine::{EngineError, Result};

/// Version 1 of the stored flags. Fields are only ever added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredFlags {
    /// The day that it speaks of.
    pub date: Option<String>,
    /// Name of the person it refers to.
    pub person_name: Option<String>,
    /// Address of the person it refers to.
    pub person_email: Option<String>,
    /// A phone number in it.
    pub phone: Option<String>,
    /// It asks what it costs.
    pub price_asked: bool,
    /// It moves the matter to a later moment.
    pub postponed: bool,
    /// The words that decided, for the page.
    pub why: Vec<String>,
}

impl StoredFlags {
    /// From what the classifier found.
    pub fn of(flags: &Flags, why: &[String]) -> StoredFlags {
        StoredFlags {
            date: flags.date.map(|date| date.to_string()),
            person_name: flags.person.as_ref().and_then(|p| p.name.clone()),
            person_email: flags.person.as_ref().and_then(|p| p.email.clone()),
            phone: flags.phone.clone(),
            price_asked: flags.price_asked,
            postponed: flags.postponed,
            why: why.to_vec(),
        }
    }

    /// Reads stored flags.
    ///
    /// # Errors
    /// When they were changed by hand.
    pub fn read(stored: &str) -> Result<StoredFlags> {
        serde_json::from_str(stored)
            .map_err(|e| EngineError::Outside(format!("stored flags cannot be read: {e}")))
    }

    /// As stored.
    ///
    /// # Errors
    /// Never for this type; the signature follows the JSON library.
    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| EngineError::Outside(format!("flags cannot be written: {e}")))
    }
}
