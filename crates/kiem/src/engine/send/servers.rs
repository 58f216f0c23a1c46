//! How a mailbox's servers and its password are stored.

use kiem_adapters::net::{Security, Server};
use kiem_domain::id::MailboxId;
use serde::{Deserialize, Serialize};

use crate::engine::{Engine, EngineError, Result};

/// Both servers of a mailbox, as stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServers {
    /// Submission.
    pub smtp: Option<MailServer>,
    /// Reading.
    pub imap: Option<MailServer>,
    /// Name of the folder with sent mail; found by its IMAP attribute when empty.
    #[serde(default)]
    pub sent_folder: String,
}

/// One server, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServer {
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `tls`, `start_tls` or `plain_loopback`.
    pub security: String,
    /// Account; empty for none.
    pub username: String,
    /// PEM file with a company's own root certificate.
    #[serde(default)]
    pub extra_root: Option<String>,
}

impl MailServer {
    /// The server as the adapters want it.
    ///
    /// # Errors
    /// When the stored security is not known.
    pub fn server(&self) -> Result<Server> {
        let security: Security =
            self.security.parse().map_err(|_| EngineError::field("security", "unknown_choice"))?;
        Ok(Server { host: self.host.clone(), port: self.port, security, extra_root: self.extra_root.clone() })
    }
}

impl Engine {
    /// Place to which a mailbox's password is bound.
    fn mailbox_place(id: MailboxId) -> String {
        format!("mailbox.secret:{id}")
    }

    /// Seals a mailbox's password for storage.
    pub fn seal_mailbox_secret(&self, id: MailboxId, password: &str) -> Vec<u8> {
        self.keys().seal(&Self::mailbox_place(id), password.as_bytes())
    }

    /// Opens a mailbox's stored password.
    ///
    /// # Errors
    /// When the key file is not the one that sealed it.
    pub fn open_mailbox_secret(&self, id: MailboxId, sealed: &[u8]) -> Result<String> {
        let plain = self
            .keys()
            .open(&Self::mailbox_place(id), sealed)
            .map_err(|e| EngineError::Outside(e.to_string()))?;
        String::from_utf8(plain).map_err(|_| EngineError::Outside("a stored password is not text".to_owned()))
    }
}
