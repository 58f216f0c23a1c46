//! Saved views of the lists: one's own, and those that are shared with the workspace.

use kiem_domain::id::UserId;
use kiem_domain::listing::{ListKind, ViewError, ViewName};
use kiem_store::list_view::{self, ListView};
use uuid::Uuid;

use super::list_form::{ViewV1, check_view, read_columns};
use crate::engine::{Actor, Caller, Engine, EngineError, Permission, Result};

/// Views that one list shows, and that one person may have.
const VIEWS_MAX: i64 = 200;

/// A view as somebody wants it kept.
#[derive(Debug, Clone)]
pub struct ViewToKeep {
    /// Its name.
    pub name: String,
    /// Whether everybody in the workspace sees it.
    pub is_shared: bool,
    /// What it shows.
    pub view: ViewV1,
}

/// A view that somebody sees.
#[derive(Debug, Clone)]
pub struct SeenView {
    /// As it is stored.
    pub stored: ListView,
    /// What it shows.
    pub view: ViewV1,
    /// Whether the one who looks may change it.
    pub may_change: bool,
}

/// The views of a list, and the columns that somebody chose for it.
#[derive(Debug, Clone)]
pub struct SeenViews {
    /// Own and shared, by name.
    pub views: Vec<SeenView>,
    /// Empty when they never chose.
    pub columns: Vec<String>,
}

fn person(caller: &Caller) -> Result<UserId> {
    let Actor::User(user) = caller.actor else { return Err(EngineError::Forbidden) };
    Ok(UserId(user))
}

/// Own ones are one's own affair; shared ones are changed by who works the audience.
fn may_change(caller: &Caller, user: UserId, view: &ListView) -> bool {
    if view.is_shared { caller.may(Permission::WorkAudience).is_ok() } else { view.created_by == user }
}

impl Engine {
    /// The views of a list that the caller sees.
    ///
    /// # Errors
    /// When the caller is no person.
    pub async fn list_views(&self, caller: &Caller, list: &str) -> Result<SeenViews> {
        caller.may(Permission::View)?;
        let user = person(caller)?;
        let list = list_of(list)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let columns = list_view::columns(&mut tx, user, list).await?.unwrap_or_default();
        let views = list_view::seen_by(&mut tx, user, list, VIEWS_MAX).await?;
        let seen = |stored: ListView| SeenView {
            // What cannot be read any more (an older column, a person who was erased) shows the whole list.
            view: serde_json::from_str(&stored.definition).unwrap_or_default(),
            may_change: may_change(caller, user, &stored),
            stored,
        };
        Ok(SeenViews {
            views: views.into_iter().map(seen).collect(),
            columns: columns.split(',').filter(|column| !column.is_empty()).map(str::to_owned).collect(),
        })
    }

    /// Keeps a new view.
    ///
    /// # Errors
    /// When it cannot be shown, has no name, there are too many, or it is to be shared by who may not.
    pub async fn add_list_view(&self, caller: &Caller, list: &str, new: &ViewToKeep) -> Result<Uuid> {
        caller.may(Permission::View)?;
        let created_by = person(caller)?;
        let list = list_of(list)?;
        let now = self.now();
        let mut view = ListView {
            id: self.new_id(),
            list,
            name: String::new(),
            is_shared: false,
            definition: String::new(),
            created_by,
            created_at: now,
            updated_at: now,
        };
        let mut tx = self.store().begin(caller.workspace).await?;
        let there = list_view::seen_by(&mut tx, view.created_by, list, VIEWS_MAX).await?;
        if i64::try_from(there.len()).is_ok_and(|n| n >= VIEWS_MAX) {
            return Err(EngineError::field("name", "too_many"));
        }
        self.put_list_view(&mut tx, caller, &mut view, new).await?;
        self.audit(&mut tx, caller, "list_view.added", "list_view", Some(view.id), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        Ok(view.id)
    }

    /// Renames a view, shares it, or replaces what it shows.
    ///
    /// # Errors
    /// When it is not there for the caller, or they may not.
    pub async fn change_list_view(&self, caller: &Caller, id: Uuid, new: &ViewToKeep) -> Result<()> {
        caller.may(Permission::View)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let mut view = self.own_or_shared(&mut tx, caller, id).await?;
        self.put_list_view(&mut tx, caller, &mut view, new).await?;
        self.audit(&mut tx, caller, "list_view.changed", "list_view", Some(id), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes a view.
    ///
    /// # Errors
    /// When it is not there for the caller, or they may not.
    pub async fn remove_list_view(&self, caller: &Caller, id: Uuid) -> Result<()> {
        caller.may(Permission::View)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        self.own_or_shared(&mut tx, caller, id).await?;
        list_view::remove(&mut tx, id).await?;
        self.audit(&mut tx, caller, "list_view.removed", "list_view", Some(id), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps which columns the caller wants to see in a list, in which order; none is the usual ones again.
    ///
    /// # Errors
    /// When the caller is no person, or the list has no such column.
    pub async fn choose_list_columns(&self, caller: &Caller, list: &str, columns: &[String]) -> Result<()> {
        caller.may(Permission::View)?;
        let user = person(caller)?;
        let list = list_of(list)?;
        let columns = read_columns(list, columns)?;
        let text = columns.iter().map(|column| column.as_str()).collect::<Vec<_>>().join(",");
        let mut tx = self.store().begin(caller.workspace).await?;
        list_view::put_columns(&mut tx, user, list, &text).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A view that the caller may change.
    async fn own_or_shared(&self, tx: &mut kiem_store::Tx, caller: &Caller, id: Uuid) -> Result<ListView> {
        let user = person(caller)?;
        let view = list_view::get(tx, id).await?.ok_or(EngineError::NotFound)?;
        if !view.is_shared && view.created_by != user {
            // Somebody else's own view does not exist.
            return Err(EngineError::NotFound);
        }
        if may_change(caller, user, &view) { Ok(view) } else { Err(EngineError::Forbidden) }
    }

    async fn put_list_view(
        &self,
        tx: &mut kiem_store::Tx,
        caller: &Caller,
        view: &mut ListView,
        new: &ViewToKeep,
    ) -> Result<()> {
        if new.is_shared != view.is_shared && caller.may(Permission::WorkAudience).is_err() {
            return Err(EngineError::field("is_shared", "not_yours_to_share"));
        }
        check_view(view.list, &new.view)?;
        let name = ViewName::parse(&new.name).map_err(|error| {
            EngineError::field("name", if error == ViewError::Missing { "required" } else { "text_too_long" })
        })?;
        view.name = name.as_str().to_owned();
        view.is_shared = new.is_shared;
        view.definition =
            serde_json::to_string(&new.view).map_err(|e| EngineError::Outside(e.to_string()))?;
        view.updated_at = self.now();
        Ok(list_view::put(tx, view).await?)
    }
}

fn list_of(text: &str) -> Result<ListKind> {
    text.parse().map_err(|_| EngineError::field("list", "unknown_choice"))
}
