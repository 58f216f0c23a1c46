//! The first start: somebody becomes the owner of a new Kiem and of its first workspace.

use kiem_domain::id::{UserId, WorkspaceId};
use kiem_store::account::{self, User};
use kiem_store::event::Actor;
use kiem_store::{StoreError, person};

use super::{check_email, check_language, check_name, check_password, login_address};
use crate::engine::outreach::mailboxes::MailboxInput;
use crate::engine::send::MailServers;
use crate::engine::{Caller, Engine, EngineError, Result, Role, password};

/// Zone of a new workspace until its settings say otherwise.
pub const TIME_ZONE_DEFAULT: &str = "Europe/Amsterdam";

/// What the first person enters.
#[derive(Debug, Clone, Copy)]
pub struct SetUp<'a> {
    /// Full name.
    pub name: &'a str,
    /// Log-in address.
    pub email: &'a str,
    /// Password.
    pub password: &'a str,
    /// Name of the first workspace.
    pub workspace_name: &'a str,
    /// `nl` or `en`, of the person and the workspace.
    pub language: &'a str,
    /// Whether the workspace is for practice: mail never leaves the machine.
    pub practice: bool,
}

impl Engine {
    /// Whether nobody has an account yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn needs_owner(&self) -> Result<bool> {
        Ok(account::count_users(&mut self.store().global_read().await?).await? == 0)
    }

    /// Makes the owner and the first workspace. Of two at the same time one wins.
    ///
    /// # Errors
    /// Says which fields are not right; refused `already_set_up` when there is an account.
    pub async fn set_up(&self, wanted: SetUp<'_>) -> Result<(UserId, WorkspaceId)> {
        if !self.needs_owner().await? {
            return Err(EngineError::refused("already_set_up"));
        }
        let mut errors = Vec::new();
        check_name("name", wanted.name, &mut errors);
        check_email("email", wanted.email, &mut errors);
        check_password("password", wanted.password, &mut errors);
        check_name("workspace_name", wanted.workspace_name, &mut errors);
        check_language("language", wanted.language, &mut errors);
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let password_hash = password::hash(wanted.password.to_owned()).await?;
        let (user, workspace, now) = (self.new_id::<UserId>(), self.new_id::<WorkspaceId>(), self.now());
        let person = User {
            id: user,
            email: login_address(wanted.email),
            name: wanted.name.trim().to_owned(),
            password_hash,
            language: wanted.language.to_owned(),
            theme: "auto".to_owned(),
        };
        let mut global = self.store().global().await?;
        person::claim_instance_setting(&mut global, "first_owner", &user.to_string()).await.map_err(|e| {
            match e {
                StoreError::Duplicate(_) => EngineError::refused("already_set_up"),
                other => other.into(),
            }
        })?;
        account::insert_user(&mut global, &person, now).await?;
        let mode = if wanted.practice { "practice" } else { "live" };
        let name = wanted.workspace_name.trim();
        account::insert_workspace(
            &mut global,
            workspace,
            name,
            mode,
            TIME_ZONE_DEFAULT,
            wanted.language,
            now,
        )
        .await?;
        account::set_member(&mut global, workspace, user, Role::Owner.as_str(), now).await?;
        global.commit().await?;
        let caller = Caller { workspace, actor: Actor::User(user.0), role: Role::Owner };
        self.finish_workspace(&caller, &person, wanted.practice).await?;
        Ok((user, workspace))
    }

    /// What a new workspace gets beside its row: the first line of its audit trail and, for practice, the mailbox
    /// whose mail never leaves the machine.
    pub(super) async fn finish_workspace(&self, caller: &Caller, owner: &User, practice: bool) -> Result<()> {
        let mut tx = self.store().begin(caller.workspace).await?;
        let detail = serde_json::json!({ "practice": practice });
        self.audit(&mut tx, caller, "workspace.created", "workspace", Some(caller.workspace.0), &detail)
            .await?;
        tx.commit().await?;
        if practice {
            let mailbox = MailboxInput {
                kind: "sandbox".to_owned(),
                address: owner.email.clone(),
                display_name: owner.name.clone(),
                servers: MailServers::default(),
                password: None,
                signature: owner.name.clone(),
                daily_cap: 500,
                gap_seconds_min: 0,
            };
            self.create_mailbox(caller, &mailbox).await?;
        }
        self.committed(caller.workspace);
        Ok(())
    }
}
