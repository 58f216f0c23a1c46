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
pub mod given_up;
pub mod inbound;
pub mod jobs;
pub mod keys;
pub mod networks;
pub mod notify;
pub mod outreach;
pub mod password;
pub mod people;
pub mod permission;
pub mod planning;
pub mod practice;
pub mod privacy;
pub mod promotion;
pub mod public;
pub mod register;
pub mod sales;
pub mod send;
pub mod settings;
pub mod suppress;
pub mod website;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_adapters::website::Limits;
use kiem_domain::engagement::network::NetworkCatalogue;
use kiem_domain::id::{WorkspaceId, uuid_v7};
use kiem_store::Store;
use kiem_store::event::{Actor, Event};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use audience::matching::TermCache;
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

/// Bits of an id that count within a millisecond.
const ID_COUNTER_BITS: u32 = 12;
/// So far ids may run ahead of the clock: ten seconds. Further means that the clock was set back.
const ID_AHEAD_MAX: u64 = 10_000 << ID_COUNTER_BITS;

/// Everything that use-cases share. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
    networks: Arc<NetworkCatalogue>,
    websites: Arc<website::Websites>,
}

struct Inner {
    store: Store,
    clock: Clock,
    keys: Keys,
    config: Config,
    /// Millisecond and counter of the newest id.
    last_id: AtomicU64,
    /// What was counted of the companies of workspaces that were checked lately.
    terms: TermCache,
    /// Told after every commit with new events: the live pages look.
    live: broadcast::Sender<WorkspaceId>,
    /// Told after every commit with new jobs or messages: the worker looks at once instead of at its next poll.
    work: Notify,
}

impl Engine {
    /// Puts the parts together. It knows the networks that come with Kiem.
    pub fn new(store: Store, clock: Clock, keys: Keys, config: Config) -> Engine {
        let (live, _) = broadcast::channel(256);
        Engine {
            inner: Arc::new(Inner {
                store,
                clock,
                keys,
                config,
                last_id: AtomicU64::new(0),
                terms: TermCache::default(),
                live,
                work: Notify::new(),
            }),
            networks: Arc::new(NetworkCatalogue::built_in().clone()),
            websites: Arc::new(website::Websites::new(Limits::default())),
        }
    }

    /// With the networks of an installation ([`networks::of_installation`]).
    #[must_use]
    pub fn with_networks(self, networks: NetworkCatalogue) -> Engine {
        Engine { networks: Arc::new(networks), ..self }
    }

    /// The networks of mail gateways.
    pub fn networks(&self) -> &NetworkCatalogue {
        &self.networks
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

    /// What was counted of companies.
    pub(crate) fn terms(&self) -> &TermCache {
        &self.inner.terms
    }

    /// The current moment.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The day that it is in UTC: for terms of days, where an hour more or less decides nothing.
    pub fn utc_day(&self) -> Date {
        self.now().to_zoned_datetime(TimeZone::UTC).date()
    }

    /// A new time-ordered id. Ids of one process rise also within a millisecond (RFC 9562, 6.2): of two things in one
    /// transaction, the timeline lists the first one first.
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        let now = u64::try_from(self.now().as_millisecond()).unwrap_or(0) << ID_COUNTER_BITS;
        let next = |last: u64| if last.saturating_sub(now) < ID_AHEAD_MAX { now.max(last + 1) } else { now };
        // The closure always gives a value, so this is never an error.
        let last =
            self.inner.last_id.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        let place = next(last.unwrap_or(0));
        let millis = i64::try_from(place >> ID_COUNTER_BITS).unwrap_or(0);
        let mut random = keys::random_bytes::<10>();
        let [.., high, low] = place.to_be_bytes();
        (random[0], random[1]) = (high & 0x0f, low);
        T::from(uuid_v7(Timestamp::from_millisecond(millis).unwrap_or_else(|_| self.now()), &random))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ids_rise_also_within_a_millisecond_and_follow_a_clock_that_is_set_back() {
        let store = kiem_store::testing::sqlite().await;
        let now: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
        let config = Config::load(None, |_| None).unwrap();
        let clock = Clock::manual(now);
        let engine = Engine::new(store.store.clone(), clock.clone(), Keys::from_master(&[7; 32]), config);
        let ids: Vec<Uuid> = (0..10_000).map(|_| engine.new_id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "each is after the one before");
        let ahead = uuid_v7(now + jiff::SignedDuration::from_millis(3), &[0; 10]);
        assert!(*ids.last().unwrap() < ahead, "the clock is left by as little as can be");
        clock.set(now - jiff::SignedDuration::from_hours(1));
        let earlier: Uuid = engine.new_id();
        assert!(earlier < uuid_v7(now - jiff::SignedDuration::from_mins(59), &[0; 10]));
        store.remove().await;
    }
}
