//! Use-cases. One file per action: load, let the domain decide, write in one transaction, say what happened.
//!
//! Nothing here knows HTTP or the command line, and no transaction is open while the network is used.

pub mod account;
pub mod audience;
pub mod audit;
pub mod backup;
pub mod clock;
pub mod doctor;
pub mod error;
pub mod find;
pub mod inbound;
pub mod jobs;
pub mod keys;
pub mod notify;
pub mod outreach;
pub mod password;
pub mod people;
pub mod permission;
pub mod planning;
pub mod practice;
pub mod promotion;
pub mod public;
pub mod sales;
pub mod send;
pub mod settings;
pub mod suppress;

use std::sync::Arc;

use jiff::Timestamp;
use kiem_domain::id::{WorkspaceId, uuid_v7};
use kiem_store::Store;
use kiem_store::event::{Actor, Event};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

pub use clock::Clock;
pub use error::{EngineError, FieldError, Result};
pub use keys::Keys;
pub use permission::{Permission, Role};

use crate::config::Config;

/// Who asks for a use-case, and in which workspace.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The workspace; every store call is scoped to it.
    pub workspace: WorkspaceId,
    /// The person, token or rule.
    pub actor: Actor,
    /// What the caller is in this workspace.
    pub role: Role,
}

impl Caller {
    /// Kiem itself: jobs and rules.
    pub fn system(workspace: WorkspaceId) -> Caller {
        Caller { workspace, actor: Actor::System, role: Role::Owner }
    }

    /// Goes on only when the role allows it.
    ///
    /// # Errors
    /// [`EngineError::Forbidden`].
    pub fn may(&self, permission: Permission) -> Result<()> {
        if permission::allowed(self.role, permission) { Ok(()) } else { Err(EngineError::Forbidden) }
    }
}

/// Everything that use-cases share. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Clock,
    keys: Keys,
    config: Config,
    /// Told after every commit with new events: the live pages look.
    live: broadcast::Sender<WorkspaceId>,
    /// Told after every commit with new jobs or messages: the worker looks at once instead of at its next poll.
    work: Notify,
}

impl Engine {
    /// Puts the parts together.
    pub fn new(store: Store, clock: Clock, keys: Keys, config: Config) -> Engine {
        let (live, _) = broadcast::channel(256);
        Engine { inner: Arc::new(Inner { store, clock, keys, config, live, work: Notify::new() }) }
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The current moment.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// A new time-ordered id.
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(uuid_v7(self.now(), &keys::random_bytes::<10>()))
    }

    /// An event of this workspace with the fields that are always the same filled in.
    pub fn event(&self, actor: Actor, kind: &str, subject_kind: &str, subject_id: Option<Uuid>) -> Event {
        let (id, now) = (self.new_id::<Uuid>(), self.now());
        Event {
            id,
            occurred_at: now,
            recorded_at: now,
            kind: kind.to_owned(),
            company_id: None,
            contact_id: None,
            prospect_id: None,
            subject_kind: subject_kind.to_owned(),
            subject_id,
            actor_kind: actor.kind().to_owned(),
            actor_id: actor.id(),
            data: "{}".to_owned(),
            source: "kiem".to_owned(),
            external_id: id.to_string(),
        }
    }

    /// After a commit: wakes the live pages and the worker.
    pub fn committed(&self, workspace: WorkspaceId) {
        // Nobody listening is not an error.
        let _ = self.inner.live.send(workspace);
        self.inner.work.notify_waiters();
    }

    /// Hears which workspaces changed.
    pub fn live(&self) -> broadcast::Receiver<WorkspaceId> {
        self.inner.live.subscribe()
    }

    /// Waits until there may be new work.
    pub async fn work(&self) {
        self.inner.work.notified().await;
    }
}
