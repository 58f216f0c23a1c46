//! What a person changes about themselves: name, language, colours, password, sessions.

use std::net::IpAddr;

use kiem_domain::id::UserId;
use kiem_store::account::{self, Session, User};
use kiem_store::person;
use uuid::Uuid;

use super::{check_language, check_name, check_password, login_address};
use crate::engine::{Engine, EngineError, FieldError, Result, password};

/// A change of one's own settings; what is none stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct MeChange<'a> {
    /// Full name.
    pub name: Option<&'a str>,
    /// `nl` or `en`.
    pub language: Option<&'a str>,
    /// `auto`, `light` or `dark`.
    pub theme: Option<&'a str>,
}

impl Engine {
    /// Changes one's own settings.
    ///
    /// # Errors
    /// Says which fields are not right.
    pub async fn change_me(&self, id: UserId, change: MeChange<'_>) -> Result<User> {
        let mut errors = Vec::new();
        if let Some(name) = change.name {
            check_name("name", name, &mut errors);
        }
        if let Some(language) = change.language {
            check_language("language", language, &mut errors);
        }
        if change.theme.is_some_and(|t| !matches!(t, "auto" | "light" | "dark")) {
            errors.push(FieldError::new("theme", "unknown_choice"));
        }
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let mut global = self.store().global().await?;
        let mut user = account::user(&mut global, id).await?.ok_or(EngineError::NotLoggedIn)?;
        if let Some(name) = change.name {
            name.trim().clone_into(&mut user.name);
        }
        if let Some(language) = change.language {
            language.clone_into(&mut user.language);
        }
        if let Some(theme) = change.theme {
            theme.clone_into(&mut user.theme);
        }
        person::update(&mut global, id, &user.name, &user.language, &user.theme).await?;
        global.commit().await?;
        Ok(user)
    }

    /// Changes one's own password and ends all other sessions. Guessing the old one is slowed down like a log-in.
    ///
    /// # Errors
    /// Says when the old password is wrong or the new one too short.
    pub async fn change_password(
        &self,
        id: UserId,
        session: Uuid,
        old: &str,
        new: &str,
        ip: Option<IpAddr>,
    ) -> Result<()> {
        let mut errors = Vec::new();
        check_password("new_password", new, &mut errors);
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let user = account::user(&mut self.store().global_read().await?, id)
            .await?
            .ok_or(EngineError::NotLoggedIn)?;
        let counted = self.begin_login(&user.email, ip).await?;
        if !password::verify(Some(user.password_hash), old.to_owned()).await {
            return Err(EngineError::field("old_password", "password_wrong"));
        }
        self.login_was_right(counted).await?;
        let hash = password::hash(new.to_owned()).await?;
        let mut global = self.store().global().await?;
        person::set_password(&mut global, id, &hash).await?;
        person::end_other_sessions(&mut global, id, Some(session)).await?;
        Ok(global.commit().await?)
    }

    /// Sets a person's password from the command line and ends all their sessions.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for an unknown address; says when the password is too short.
    pub async fn reset_password(&self, email: &str, new: &str) -> Result<()> {
        let mut errors = Vec::new();
        check_password("password", new, &mut errors);
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let hash = password::hash(new.to_owned()).await?;
        let mut global = self.store().global().await?;
        let user =
            account::user_by_email(&mut global, &login_address(email)).await?.ok_or(EngineError::NotFound)?;
        person::set_password(&mut global, user.id, &hash).await?;
        person::end_other_sessions(&mut global, user.id, None).await?;
        Ok(global.commit().await?)
    }

    /// One's own running sessions, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn my_sessions(&self, id: UserId) -> Result<Vec<Session>> {
        Ok(person::sessions(&mut self.store().global_read().await?, id, self.now()).await?)
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when it is not theirs.
    pub async fn end_my_session(&self, id: UserId, session: Uuid) -> Result<()> {
        let mut global = self.store().global().await?;
        if !person::end_session(&mut global, id, session).await? {
            return Err(EngineError::NotFound);
        }
        Ok(global.commit().await?)
    }
}
