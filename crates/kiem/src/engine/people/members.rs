//! Members of a workspace and what they may do. The last owner stays.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kiem_domain::id::UserId;
use kiem_store::account::{self, User};
use kiem_store::member::{self, Member};
use serde_json::json;

use super::{check_email, check_name, login_address};
use crate::engine::keys::random_bytes;
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result, Role, password};

/// A new member, as told once to who added them.
#[derive(Debug)]
pub struct NewMember {
    /// The person.
    pub user: UserId,
    /// Password of a new account, shown once; none when the person had an account already.
    pub first_password: Option<String>,
}

impl Engine {
    /// All members.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn members(&self, caller: &Caller) -> Result<Vec<Member>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(member::all(&mut tx, false).await?)
    }

    /// Adds a member; a person without an account gets one with a password that is shown once.
    ///
    /// # Errors
    /// Says which fields are not right; refused `already_member`.
    pub async fn add_member(
        &self,
        caller: &Caller,
        email: &str,
        name: &str,
        role: Role,
    ) -> Result<NewMember> {
        caller.may(Permission::ManageMembers)?;
        may_give(caller, role)?;
        let mut errors = Vec::new();
        check_email("email", email, &mut errors);
        check_name("name", name, &mut errors);
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let email = login_address(email);
        let (workspace, _) = self.workspace(caller.workspace).await?;
        let known = account::user_by_email(&mut self.store().global_read().await?, &email).await?;
        // Made outside the transaction: hashing takes long on purpose.
        let first_password = known.is_none().then(new_password);
        let password_hash = match &first_password {
            Some(text) => password::hash(text.clone()).await?,
            None => String::new(),
        };
        let now = self.now();
        let mut tx = self.store().begin(caller.workspace).await?;
        let user = match known {
            Some(user) => user.id,
            None => {
                let user = User {
                    id: self.new_id(),
                    email: email.clone(),
                    name: name.trim().to_owned(),
                    password_hash,
                    language: workspace.language,
                    theme: "auto".to_owned(),
                };
                member::insert_user(&mut tx, &user, now).await?;
                user.id
            }
        };
        if !member::insert(&mut tx, user, role.as_str(), now).await? {
            return Err(EngineError::refused("already_member"));
        }
        let detail = json!({ "email": email, "role": role.as_str() });
        self.audit(&mut tx, caller, "member.added", "user", Some(user.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(NewMember { user, first_password })
    }

    /// Gives a member another role.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; refused `last_owner` when nobody would own the workspace.
    pub async fn change_role(&self, caller: &Caller, user: UserId, role: Role) -> Result<()> {
        caller.may(Permission::ManageMembers)?;
        may_give(caller, role)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let before = leaving_role(caller, &member::all(&mut tx, true).await?, user, Some(role))?;
        member::set_role(&mut tx, user, role.as_str()).await?;
        let detail = json!({ "before": before, "after": role.as_str() });
        self.audit(&mut tx, caller, "member.role_changed", "user", Some(user.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Removes a member from the workspace; their account stays for other workspaces.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; refused `last_owner`.
    pub async fn remove_member(&self, caller: &Caller, user: UserId) -> Result<()> {
        caller.may(Permission::ManageMembers)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let before = leaving_role(caller, &member::all(&mut tx, true).await?, user, None)?;
        member::remove(&mut tx, user).await?;
        let detail = json!({ "role": before });
        self.audit(&mut tx, caller, "member.removed", "user", Some(user.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}

/// Only an owner makes owners.
fn may_give(caller: &Caller, role: Role) -> Result<()> {
    if role == Role::Owner { caller.may(Permission::ManageWorkspace) } else { Ok(()) }
}

/// The role that a member has until now, when it may be taken from them.
fn leaving_role(caller: &Caller, members: &[Member], user: UserId, next: Option<Role>) -> Result<String> {
    let found = members.iter().find(|m| m.user == user).ok_or(EngineError::NotFound)?;
    let owner = Role::Owner.as_str();
    if found.role == owner {
        caller.may(Permission::ManageWorkspace)?;
        if next != Some(Role::Owner) && members.iter().filter(|m| m.role == owner).count() < 2 {
            return Err(EngineError::refused("last_owner"));
        }
    }
    Ok(found.role.clone())
}

/// A password of 16 characters (96 random bits) for a new account.
fn new_password() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<12>())
}

/// A role from outside.
///
/// # Errors
/// Says that it is not one of the choices.
pub fn role_from(field: &'static str, text: &str) -> Result<Role> {
    text.parse().map_err(|_| EngineError::Invalid(vec![FieldError::new(field, "unknown_choice")]))
}
