//! Logging in: passwords, sessions, and what a person may open.

use crate::engine::audience::undo::UNDO_WITHIN;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use kiem_domain::id::{UserId, WorkspaceId};
use kiem_store::account::{self, Session, User, WorkspaceOfUser};
use kiem_store::event::Actor;
use kiem_store::{host_turn, idempotency, import, login_attempt, register_run, website, website_run};
use uuid::Uuid;

use super::jobs::JobKind;
use super::keys::{random_bytes, sha256};
use super::{Caller, Engine, EngineError, Result, Role};

/// How long people from websites are proposed.
const PROPOSALS_KEPT: SignedDuration = SignedDuration::from_hours(28 * 24);
/// How long is kept which companies' sites a round read.
const ROUNDS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a session lives without use.
const SESSION_DAYS: i64 = 30;

/// A try to log in.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// Log-in address as typed.
    pub email: &'a str,
    /// Password as typed.
    pub password: &'a str,
    /// The browser's name, shown in the list of sessions.
    pub user_agent: &'a str,
    /// Where the request came from, for slowing down guesses; none when it is not known.
    pub ip: Option<std::net::IpAddr>,
}

/// A person with their workspaces.
#[derive(Debug, Clone)]
pub struct Me {
    /// The person.
    pub user: User,
    /// Their workspaces.
    pub workspaces: Vec<WorkspaceOfUser>,
}

impl Engine {
    /// Checks the password and opens a session; returns the token for the cookie.
    ///
    /// # Errors
    /// [`EngineError::Refused`] `wrong_login` for an unknown address and a wrong password alike;
    /// [`EngineError::TooMany`] while the account or the network address must wait.
    pub async fn log_in(&self, login: Login<'_>) -> Result<String> {
        let email = login.email.trim().to_lowercase();
        let counted = self.begin_login(&email, login.ip).await?;
        let user = account::user_by_email(&mut self.store().global_read().await?, &email).await?;
        let stored = user.as_ref().map(|u| u.password_hash.clone());
        let password = login.password.to_owned();
        let right = super::password::verify(stored, password).await;
        let (Some(user), true) = (user, right) else {
            return Err(EngineError::refused("wrong_login"));
        };
        self.login_was_right(counted).await?;
        self.open_session(user.id, login.user_agent).await
    }

    /// Opens a session for a person whose right to it was checked; returns the token for the cookie.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn open_session(&self, user: UserId, user_agent: &str) -> Result<String> {
        let token = URL_SAFE_NO_PAD.encode(random_bytes::<32>());
        let now = self.now();
        let session = Session {
            id: self.new_id(),
            user,
            user_agent: user_agent.chars().take(200).collect(),
            created_at: now,
            expires_at: now + SignedDuration::from_hours(24 * SESSION_DAYS),
        };
        let mut global = self.store().global().await?;
        account::insert_session(&mut global, &sha256(token.as_bytes()), &session).await?;
        global.commit().await?;
        Ok(token)
    }

    /// The session of a cookie. Using it lets it live on; that is written down once a day at most.
    ///
    /// # Errors
    /// [`EngineError::NotLoggedIn`] when it is unknown or over.
    pub async fn session(&self, token: &str) -> Result<Session> {
        let now = self.now();
        let mut global = self.store().global_read().await?;
        let mut session = account::session_by_token(&mut global, &sha256(token.as_bytes()), now)
            .await?
            .ok_or(EngineError::NotLoggedIn)?;
        drop(global);
        let expires_at = now + SignedDuration::from_hours(24 * SESSION_DAYS);
        if expires_at.duration_since(session.expires_at) >= SignedDuration::from_hours(24) {
            let mut global = self.store().global().await?;
            account::extend_session(&mut global, session.id, now, expires_at).await?;
            global.commit().await?;
            session.expires_at = expires_at;
        }
        Ok(session)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out(&self, session: Uuid) -> Result<()> {
        let mut global = self.store().global().await?;
        account::delete_session(&mut global, session).await?;
        Ok(global.commit().await?)
    }

    /// The person and their workspaces.
    ///
    /// # Errors
    /// [`EngineError::NotLoggedIn`] when the person is gone.
    pub async fn me(&self, user: UserId) -> Result<Me> {
        let mut global = self.store().global_read().await?;
        let person = account::user(&mut global, user).await?.ok_or(EngineError::NotLoggedIn)?;
        let workspaces = account::workspaces_of(&mut global, user).await?;
        Ok(Me { user: person, workspaces })
    }

    /// A person in the workspace that they ask for, or in their only one.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a workspace that is not theirs; refused when they must choose.
    pub async fn member_caller(&self, user: UserId, wanted: Option<WorkspaceId>) -> Result<Caller> {
        let mut global = self.store().global_read().await?;
        let workspaces = account::workspaces_of(&mut global, user).await?;
        let found = match wanted {
            Some(id) => workspaces.into_iter().find(|w| w.id == id).ok_or(EngineError::NotFound)?,
            None if workspaces.len() == 1 => workspaces.into_iter().next().ok_or(EngineError::NotFound)?,
            None => return Err(EngineError::refused("choose_workspace")),
        };
        let role: Role =
            found.role.parse().map_err(|_| EngineError::Outside("unknown role in database".to_owned()))?;
        Ok(Caller { workspace: found.id, actor: Actor::User(user.0), role })
    }

    /// The caller behind an API token `kiem_<workspace number>_<secret>`.
    ///
    /// # Errors
    /// [`EngineError::NotLoggedIn`] for anything but a valid token.
    pub async fn token_caller(&self, token: &str) -> Result<Caller> {
        let number = token
            .strip_prefix("kiem_")
            .and_then(|rest| rest.split_once('_'))
            .and_then(|(number, _)| number.parse::<u32>().ok())
            .ok_or(EngineError::NotLoggedIn)?;
        let workspace = account::workspace_by_number(&mut self.store().global_read().await?, number)
            .await?
            .ok_or(EngineError::NotLoggedIn)?;
        let mut tx = self.store().begin(workspace).await?;
        let found = account::use_token(&mut tx, &sha256(token.as_bytes()), self.now())
            .await?
            .ok_or(EngineError::NotLoggedIn)?;
        tx.commit().await?;
        let role: Role =
            found.role.parse().map_err(|_| EngineError::Outside("unknown role in database".to_owned()))?;
        Ok(Caller { workspace, actor: Actor::Token(found.id), role })
    }

    /// Asks every workspace for a clean-up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_rounds(&self) -> Result<()> {
        let all = account::all_workspaces(&mut self.store().global_read().await?).await?;
        for workspace in all {
            let mut tx = self.store().begin(workspace).await?;
            self.enqueue(&mut tx, JobKind::CleanUp, "", "{}", self.now()).await?;
            // A round whose date was lost (a database of before, a job that gave up) begins again here.
            self.ask_daily(&mut tx, self.now()).await?;
            self.ask_privacy_night(&mut tx).await?;
            // Who came in by a form or before a list was done, and companies of before this version.
            self.ask_matching_if_any(&mut tx).await?;
            tx.commit().await?;
            self.committed(workspace);
        }
        self.ask_titles().await
    }

    /// Removes sessions that are over, wrong log-ins of long ago, after a day kept answers and uploads that nobody
    /// started, and after seven days the files of uploads.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clean_up(&self, workspace: WorkspaceId) -> Result<()> {
        let yesterday = self.now() - SignedDuration::from_hours(24);
        let mut tx = self.store().begin(workspace).await?;
        idempotency::delete_old(&mut tx, yesterday).await?;
        // A list of people that was uploaded and never brought in is kept for nothing.
        import::end_old_previews(&mut tx, yesterday, self.now()).await?;
        // What was brought in can be taken back for a while; until then its list is kept.
        import::forget_files(&mut tx, self.now() - UNDO_WITHIN).await?;
        // Proposals that nobody took up: who is not told within a month that we have their data (GDPR, 14) is not kept.
        website::forget_people(&mut tx, self.now() - PROPOSALS_KEPT).await?;
        // Whose site was read in which round is of no use for long; each company keeps its own last reading.
        website_run::forget_companies(&mut tx, self.now() - ROUNDS_KEPT).await?;
        register_run::forget_companies(&mut tx, self.now() - ROUNDS_KEPT).await?;
        tx.commit().await?;
        let mut global = self.store().global().await?;
        host_turn::forget(&mut global, yesterday).await?;
        account::delete_old_sessions(&mut global, self.now()).await?;
        login_attempt::delete_old(&mut global, yesterday).await?;
        Ok(global.commit().await?)
    }
}
