//! The workspace's own settings, another workspace, and letting sending go on after a restore.

use jiff::Timestamp;
use kiem_domain::engagement::network::IpRange;
use kiem_domain::id::{UserId, WorkspaceId};
use kiem_store::account::{self, User, Workspace};
use kiem_store::event::Actor;
use kiem_store::job::{self, Queue};
use kiem_store::{member, person, website};
use serde_json::json;

use super::setup::TIME_ZONE_DEFAULT;
use super::{check_email, check_language, check_name, check_password, check_time_zone, login_address};
use crate::engine::settings::Settings;
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result, Role, password};

const TEXT_CHARS_MAX: usize = 500;
/// Most networks of our own people.
const OWN_NETWORKS_MAX: usize = 100;

/// A change of a workspace; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct WorkspaceChange {
    /// Name.
    pub name: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// `nl` or `en`.
    pub language: Option<String>,
    /// Company under every mail.
    pub sender_company: Option<String>,
    /// Postal address under every mail.
    pub postal_address: Option<String>,
    /// Page that explains what we do with data.
    pub privacy_url: Option<String>,
    /// Whether a promotion also stops the outreach to colleagues.
    pub promotion_stops_company: Option<bool>,
    /// Working hours within which a prospect gets its first answer.
    pub response_hours: Option<u32>,
    /// Networks of our own people.
    pub own_networks: Option<Vec<String>>,
    /// Whether people are kept from companies' websites.
    pub website_people: Option<bool>,
}

/// A person for the command line to add.
#[derive(Debug, Clone, Copy)]
pub struct NewPerson<'a> {
    /// Log-in address.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Password.
    pub password: &'a str,
    /// Workspace by name; the only one there is when none is given.
    pub workspace: Option<&'a str>,
    /// Role there.
    pub role: Role,
}

impl Engine {
    /// The caller's workspace with its settings.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn workspace_settings(&self, caller: &Caller) -> Result<(Workspace, Settings)> {
        caller.may(Permission::View)?;
        self.workspace(caller.workspace).await
    }

    /// Changes the workspace. Name, zone and language are the owner's; the rest also the manager's.
    ///
    /// # Errors
    /// Says which fields are not right.
    pub async fn change_workspace(
        &self,
        caller: &Caller,
        change: &WorkspaceChange,
    ) -> Result<(Workspace, Settings)> {
        caller.may(Permission::Configure)?;
        if change.name.is_some() || change.time_zone.is_some() || change.language.is_some() {
            caller.may(Permission::ManageWorkspace)?;
        }
        check_change(change)?;
        let (mut workspace, mut settings) = self.workspace(caller.workspace).await?;
        let before = json!({ "name": workspace.name, "time_zone": workspace.time_zone,
            "language": workspace.language, "settings": settings });
        let take = |from: &Option<String>, into: &mut String| {
            if let Some(text) = from {
                text.trim().clone_into(into);
            }
        };
        take(&change.name, &mut workspace.name);
        take(&change.time_zone, &mut workspace.time_zone);
        take(&change.language, &mut workspace.language);
        take(&change.sender_company, &mut settings.sender_company);
        take(&change.postal_address, &mut settings.postal_address);
        take(&change.privacy_url, &mut settings.privacy_url);
        if let Some(stops) = change.promotion_stops_company {
            settings.promotion_stops_company = stops;
        }
        if let Some(hours) = change.response_hours {
            settings.response_hours = hours;
        }
        if let Some(networks) = &change.own_networks {
            settings.own_networks = written(networks).map(str::to_owned).collect();
        }
        let forgets_people = settings.website_people && change.website_people == Some(false);
        settings.website_people = change.website_people.unwrap_or(settings.website_people);
        workspace.settings = serde_json::to_string(&settings)
            .map_err(|e| EngineError::Outside(format!("settings cannot be written: {e}")))?;
        let after = json!({ "name": workspace.name, "time_zone": workspace.time_zone,
            "language": workspace.language, "settings": settings });
        let mut tx = self.store().begin(caller.workspace).await?;
        member::update_workspace(
            &mut tx,
            &workspace.name,
            &workspace.time_zone,
            &workspace.language,
            &workspace.settings,
        )
        .await?;
        if forgets_people {
            website::forget_people(&mut tx, Timestamp::MAX).await?;
        }
        let detail = json!({ "before": before, "after": after });
        self.audit(&mut tx, caller, "workspace.changed", "workspace", Some(caller.workspace.0), &detail)
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok((workspace, settings))
    }

    /// Another workspace, owned by a person who owns one already.
    ///
    /// # Errors
    /// [`EngineError::Forbidden`] for others; says which fields are not right.
    pub async fn create_workspace(&self, user: UserId, name: &str, practice: bool) -> Result<WorkspaceId> {
        let me = self.me(user).await?;
        if !me.workspaces.iter().any(|w| w.role == Role::Owner.as_str()) {
            return Err(EngineError::Forbidden);
        }
        let mut errors = Vec::new();
        check_name("name", name, &mut errors);
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let zone = me.workspaces.first().map_or(TIME_ZONE_DEFAULT, |w| w.time_zone.as_str());
        self.add_workspace(&me.user, name, practice, zone).await
    }

    async fn add_workspace(
        &self,
        owner: &User,
        name: &str,
        practice: bool,
        zone: &str,
    ) -> Result<WorkspaceId> {
        let (workspace, now) = (self.new_id::<WorkspaceId>(), self.now());
        let mode = if practice { "practice" } else { "live" };
        let mut global = self.store().global().await?;
        account::insert_workspace(&mut global, workspace, name.trim(), mode, zone, &owner.language, now)
            .await?;
        account::set_member(&mut global, workspace, owner.id, Role::Owner.as_str(), now).await?;
        global.commit().await?;
        let caller = Caller { workspace, actor: Actor::User(owner.id.0), role: Role::Owner };
        self.finish_workspace(&caller, owner, practice).await?;
        Ok(workspace)
    }

    /// Lets sending go on that was paused after a restore.
    ///
    /// # Errors
    /// Refused `sending_not_paused` when there is nothing to release.
    pub async fn release_sending(&self, caller: &Caller) -> Result<()> {
        caller.may(Permission::ManageWorkspace)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !member::release_sending(&mut tx).await? {
            return Err(EngineError::refused("sending_not_paused"));
        }
        job::wake(&mut tx, Queue::Send, self.now()).await?;
        self.audit(&mut tx, caller, "sending.released", "workspace", Some(caller.workspace.0), &json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Adds a person from the command line. The first one owns a new workspace.
    ///
    /// # Errors
    /// Says what is not right; refused `which_workspace` when the name fits none or several.
    pub async fn add_person(&self, wanted: NewPerson<'_>) -> Result<UserId> {
        let mut errors = Vec::new();
        check_email("email", wanted.email, &mut errors);
        check_name("name", wanted.name, &mut errors);
        check_password("password", wanted.password, &mut errors);
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let place = self.place_for(wanted.workspace).await?;
        let password_hash = password::hash(wanted.password.to_owned()).await?;
        let user = User {
            id: self.new_id(),
            email: login_address(wanted.email),
            name: wanted.name.trim().to_owned(),
            password_hash,
            language: "nl".to_owned(),
            theme: "auto".to_owned(),
        };
        let now = self.now();
        let Some(workspace) = place else {
            let mut global = self.store().global().await?;
            account::insert_user(&mut global, &user, now).await?;
            global.commit().await?;
            let name = wanted.workspace.unwrap_or("Kiem");
            self.add_workspace(&user, name, false, TIME_ZONE_DEFAULT).await?;
            return Ok(user.id);
        };
        let caller = Caller::system(workspace);
        let mut tx = self.store().begin(workspace).await?;
        member::insert_user(&mut tx, &user, now).await?;
        member::insert(&mut tx, user.id, wanted.role.as_str(), now).await?;
        let detail = json!({ "email": user.email, "role": wanted.role.as_str() });
        self.audit(&mut tx, &caller, "member.added", "user", Some(user.id.0), &detail).await?;
        tx.commit().await?;
        Ok(user.id)
    }

    /// The workspace that a new person joins; none when it must be made.
    async fn place_for(&self, name: Option<&str>) -> Result<Option<WorkspaceId>> {
        let mut global = self.store().global_read().await?;
        let found = match name {
            Some(name) => person::workspaces_named(&mut global, name).await?,
            None => account::all_workspaces(&mut global).await?,
        };
        let any = !account::all_workspaces(&mut global).await?.is_empty();
        match found.as_slice() {
            [one] => Ok(Some(*one)),
            [] if !any => Ok(None),
            _ => Err(EngineError::refused("which_workspace")),
        }
    }
}

/// The lines that say something.
fn written(lines: &[String]) -> impl Iterator<Item = &str> {
    lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty())
}

fn check_change(change: &WorkspaceChange) -> Result<()> {
    let mut errors = Vec::new();
    if let Some(name) = &change.name {
        check_name("name", name, &mut errors);
    }
    if let Some(zone) = &change.time_zone {
        check_time_zone("time_zone", zone, &mut errors);
    }
    if let Some(language) = &change.language {
        check_language("language", language, &mut errors);
    }
    let texts = [
        ("sender_company", &change.sender_company),
        ("postal_address", &change.postal_address),
        ("privacy_url", &change.privacy_url),
    ];
    for (field, text) in texts {
        if text.as_ref().is_some_and(|t| t.chars().count() > TEXT_CHARS_MAX) {
            let params = vec![("n", TEXT_CHARS_MAX.to_string())];
            errors.push(FieldError { field: field.to_owned(), code: "text_long", params });
        }
    }
    let url = change.privacy_url.as_deref().map(str::trim).unwrap_or_default();
    if !(url.is_empty() || url.starts_with("https://") || url.starts_with("http://")) {
        errors.push(FieldError::new("privacy_url", "web_address"));
    }
    if change.response_hours.is_some_and(|h| !(1..=200).contains(&h)) {
        errors.push(FieldError::new("response_hours", "response_hours"));
    }
    let networks = change.own_networks.as_deref().unwrap_or_default();
    if networks.len() > OWN_NETWORKS_MAX {
        errors.push(FieldError::new("own_networks", "too_many"));
    }
    if let Some(wrong) = written(networks).find(|range| IpRange::parse(range).is_none()) {
        let params = vec![("text", wrong.to_owned())];
        errors.push(FieldError { field: "own_networks".to_owned(), code: "network", params });
    }
    if errors.is_empty() { Ok(()) } else { Err(EngineError::Invalid(errors)) }
}
