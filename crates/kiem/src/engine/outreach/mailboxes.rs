//! Mailboxes: adding, changing, checking, pausing. A password is sealed before it is stored and never shown again.

use std::time::Duration;

use kiem_adapters::imap::Imap;
use kiem_adapters::net::Security;
use kiem_adapters::smtp::{Credentials, Session, Timeouts};
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::MailboxId;
use kiem_store::mailbox::{self, Mailbox};

use crate::engine::send::{MailServer, MailServers};
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// A mailbox as a person describes it.
#[derive(Debug, Clone)]
pub struct MailboxInput {
    /// `smtp_imap` or `sandbox` (the practice mailbox).
    pub kind: String,
    /// Address.
    pub address: String,
    /// Name beside it.
    pub display_name: String,
    /// Both servers.
    pub servers: MailServers,
    /// Password of both; none keeps what is stored.
    pub password: Option<String>,
    /// Text under every mail.
    pub signature: String,
    /// Outreach mails a day at most.
    pub daily_cap: i64,
    /// Seconds between two outreach mails at least.
    pub gap_seconds_min: i64,
}

/// What a check of a mailbox found: a sentence for each server, or that it is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxCheck {
    /// What is wrong with sending; none when it works.
    pub smtp_problem: Option<String>,
    /// What is wrong with reading; none when it works.
    pub imap_problem: Option<String>,
}

impl Engine {
    /// All mailboxes.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn mailboxes(&self, caller: &Caller) -> Result<Vec<Mailbox>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(mailbox::all(&mut tx).await?)
    }

    /// Adds a mailbox.
    ///
    /// # Errors
    /// Says which fields are not right; [`EngineError::Conflict`] when the address is there already.
    pub async fn create_mailbox(&self, caller: &Caller, input: &MailboxInput) -> Result<MailboxId> {
        caller.may(Permission::Configure)?;
        self.check_input(caller, input, true).await?;
        let id: MailboxId = self.new_id();
        let mut tx = self.store().begin(caller.workspace).await?;
        mailbox::insert(&mut tx, &self.stored(id, input), self.now()).await?;
        let detail = serde_json::json!({ "address": input.address });
        self.audit(&mut tx, caller, "mailbox.created", "mailbox", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(id)
    }

    /// Changes a mailbox; its address and kind stay.
    ///
    /// # Errors
    /// Says which fields are not right.
    pub async fn update_mailbox(&self, caller: &Caller, id: MailboxId, input: &MailboxInput) -> Result<()> {
        caller.may(Permission::Configure)?;
        self.check_input(caller, input, false).await?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !mailbox::update(&mut tx, &self.stored(id, input)).await? {
            return Err(EngineError::NotFound);
        }
        let detail = serde_json::json!({ "address": input.address });
        self.audit(&mut tx, caller, "mailbox.changed", "mailbox", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Pauses a mailbox, or lets it go on.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn pause_mailbox(&self, caller: &Caller, id: MailboxId, paused: bool) -> Result<()> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        mailbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        mailbox::set_state(&mut tx, id, if paused { "paused" } else { "active" }, None).await?;
        kiem_store::job::wake(&mut tx, kiem_store::job::Queue::Send, self.now()).await?;
        let action = if paused { "mailbox.paused" } else { "mailbox.resumed" };
        self.audit(&mut tx, caller, action, "mailbox", Some(id.0), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Logs in to both servers and says what is wrong, in the server's words.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn check_mailbox(&self, caller: &Caller, id: MailboxId) -> Result<MailboxCheck> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let mailbox = mailbox::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        drop(tx);
        if mailbox.kind == "sandbox" {
            return Ok(MailboxCheck { smtp_problem: None, imap_problem: None });
        }
        let servers: MailServers = serde_json::from_str(&mailbox.servers)
            .map_err(|e| EngineError::Outside(format!("a mailbox's servers cannot be read: {e}")))?;
        let password = match &mailbox.secret {
            Some(secret) => self.open_mailbox_secret(id, secret)?,
            None => String::new(),
        };
        let smtp_problem = match &servers.smtp {
            Some(server) => check_smtp(server, &password, &mailbox.address).await.err(),
            None => None,
        };
        let imap_problem = match &servers.imap {
            Some(server) => check_imap(server, &password).await.err(),
            None => None,
        };
        Ok(MailboxCheck { smtp_problem, imap_problem })
    }

    fn stored(&self, id: MailboxId, input: &MailboxInput) -> Mailbox {
        Mailbox {
            id,
            kind: input.kind.clone(),
            address: EmailAddress::parse(&input.address)
                .map_or_else(|_| input.address.clone(), |a| a.to_string()),
            display_name: input.display_name.trim().to_owned(),
            // A struct of strings and numbers always serialises.
            servers: serde_json::to_string(&input.servers).unwrap_or_default(),
            secret: input
                .password
                .as_deref()
                .filter(|p| !p.is_empty())
                .map(|p| self.seal_mailbox_secret(id, p)),
            signature: input.signature.clone(),
            daily_cap: input.daily_cap,
            gap_seconds_min: input.gap_seconds_min,
            state: "active".to_owned(),
            state_reason: None,
            next_send_at: jiff::Timestamp::UNIX_EPOCH,
            imap_uid_validity: 0,
            imap_last_uid: 0,
            imap_n_server: None,
            imap_n_seen: None,
            imap_checked_at: None,
            imap_problem: None,
        }
    }

    async fn has_mailbox(&self, caller: &Caller, address: &str) -> Result<bool> {
        let mut tx = self.store().read(caller.workspace).await?;
        let address = address.trim();
        let all = mailbox::all(&mut tx).await?;
        Ok(all.iter().any(|one| one.address.as_str().eq_ignore_ascii_case(address)))
    }

    async fn check_input(&self, caller: &Caller, input: &MailboxInput, is_new: bool) -> Result<()> {
        let (workspace, _) = self.workspace(caller.workspace).await?;
        let mut errors = Vec::new();
        if EmailAddress::parse(&input.address).is_err() {
            errors.push(FieldError::new("address", "email"));
        }
        if is_new && self.has_mailbox(caller, &input.address).await? {
            errors.push(FieldError::new("address", "address_in_use"));
        }
        if kiem_domain::message::HeaderText::new(&input.display_name).is_err()
            || input.display_name.trim().is_empty()
        {
            errors.push(FieldError::new("display_name", "required"));
        }
        if !(0..=2_000).contains(&input.daily_cap) {
            errors.push(FieldError::new("daily_cap", "daily_cap"));
        }
        if !(0..=86_400).contains(&input.gap_seconds_min) {
            errors.push(FieldError::new("gap_seconds_min", "gap"));
        }
        match (input.kind.as_str(), workspace.mode.as_str()) {
            ("sandbox", "practice") => {}
            // Practice mail never leaves the machine, and a live workspace never pretends.
            ("smtp_imap", "live") => check_servers(input, is_new, &mut errors),
            _ => errors.push(FieldError::new("kind", "mailbox_kind")),
        }
        if errors.is_empty() { Ok(()) } else { Err(EngineError::Invalid(errors)) }
    }
}

fn check_servers(input: &MailboxInput, is_new: bool, errors: &mut Vec<FieldError>) {
    let sides = [("servers.smtp", &input.servers.smtp), ("servers.imap", &input.servers.imap)];
    for (field, server) in sides {
        let Some(server) = server else {
            errors.push(FieldError::new(field, "required"));
            continue;
        };
        if server.host.trim().is_empty() || server.host.contains(char::is_whitespace) {
            errors.push(FieldError::new(format!("{field}.host"), "required"));
        }
        if server.port == 0 {
            errors.push(FieldError::new(format!("{field}.port"), "required"));
        }
        if server.security.parse::<Security>().is_err() {
            errors.push(FieldError::new(format!("{field}.security"), "unknown_choice"));
        }
    }
    let needs_password = sides.iter().any(|(_, s)| s.as_ref().is_some_and(|s| !s.username.is_empty()));
    if is_new && needs_password && input.password.as_deref().is_none_or(str::is_empty) {
        errors.push(FieldError::new("password", "required"));
    }
}

async fn check_smtp(server: &MailServer, password: &str, address: &str) -> std::result::Result<(), String> {
    let target = server.server().map_err(|e| e.to_string())?;
    let credentials = (!server.username.is_empty())
        .then(|| Credentials { username: server.username.clone(), password: password.to_owned() });
    let helo = EmailAddress::parse(address).map(|a| a.domain().to_string()).map_err(|e| e.to_string())?;
    let timeouts = Timeouts { command: Duration::from_secs(20), ..Timeouts::default() };
    let session =
        Session::open(&target, credentials.as_ref(), &helo, timeouts).await.map_err(|e| e.to_string())?;
    session.quit().await;
    Ok(())
}

async fn check_imap(server: &MailServer, password: &str) -> std::result::Result<(), String> {
    let target = server.server().map_err(|e| e.to_string())?;
    let credentials = Credentials { username: server.username.clone(), password: password.to_owned() };
    let mut imap = Imap::open(&target, &credentials).await.map_err(|e| e.to_string())?;
    imap.examine("INBOX").await.map_err(|e| e.to_string())?;
    imap.log_out().await;
    Ok(())
}
