//! Access to the register: the key, what a profile costs, and how much a month may cost.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_adapters::http::Reach;
use kiem_adapters::kvk::{Kvk, KvkError, KvkQuestion};
use kiem_domain::id::WorkspaceId;
use kiem_store::Tx;
use kiem_store::register::{self, RegisterAccess};

use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// Price of a profile, unless told: 2 cents.
const PRICE_MILLS: i64 = 20;
/// What a month may cost, unless told: 25 euro.
const CEILING_MILLS: i64 = 25_000;
/// Days within which a company is not paid for again, unless told.
const FRESH_DAYS: i64 = 180;
/// Highest price of a profile: ten euro.
const PRICE_MILLS_MAX: i64 = 10_000;
/// Highest amount of a month: ten thousand euro.
const CEILING_MILLS_MAX: i64 = 10_000_000;
/// Most days.
const FRESH_DAYS_MAX: i64 = 3_650;
/// Characters of a key.
const KEY_CHARS_MAX: usize = 200;
/// What is searched for when a key is tried.
const TRIED_NAME: &str = "Kiem";

/// Access as people see it: never the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessView {
    /// Whether there is a key.
    pub has_key: bool,
    /// Price of one profile in thousandths of a euro.
    pub price_mills: i64,
    /// What may be spent in a calendar month.
    pub ceiling_mills: i64,
    /// What was spent in this one.
    pub spent_mills: i64,
    /// Days within which a company is not paid for again by itself.
    pub fresh_days: i64,
    /// The address that is asked.
    pub url: String,
}

/// What is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessChange {
    /// A new key; empty takes the key away, missing leaves it.
    pub key: Option<String>,
    /// Price of one profile in thousandths of a euro.
    pub price_mills: i64,
    /// What may be spent in a calendar month.
    pub ceiling_mills: i64,
    /// Days within which a company is not paid for again by itself.
    pub fresh_days: i64,
}

kiem_domain::text_enum! {
    /// What trying the key came to.
    pub enum KeyTest {
        /// The register answered.
        Works = "works",
        /// It does not accept the key.
        Refused = "refused",
        /// It asks to come back later.
        Later = "later",
        /// No answer came, or none that can be read.
        NoAnswer = "no_answer",
    }
}

/// Where the key is sealed.
fn place(workspace: WorkspaceId) -> String {
    format!("register_access.secret:{workspace}")
}

/// The first moment of the calendar month, in UTC.
pub(super) fn month_of(now: Timestamp) -> Timestamp {
    let first = now.to_zoned_datetime(TimeZone::UTC).date().first_of_month();
    first.to_zoned_datetime(TimeZone::UTC).map_or(now, |begin| begin.timestamp())
}

/// What holds when nobody set anything.
pub(super) fn built_in() -> RegisterAccess {
    RegisterAccess {
        secret: None,
        price_mills: PRICE_MILLS,
        ceiling_mills: CEILING_MILLS,
        fresh_days: FRESH_DAYS,
    }
}

impl Engine {
    /// Access to the register, with what was spent this month.
    ///
    /// # Errors
    /// When the caller may not look.
    pub async fn register_access(&self, caller: &Caller) -> Result<AccessView> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let access = self.access_in(&mut tx).await?;
        Ok(AccessView {
            has_key: access.secret.is_some(),
            price_mills: access.price_mills,
            ceiling_mills: access.ceiling_mills,
            spent_mills: register::spent_since(&mut tx, month_of(self.now())).await?,
            fresh_days: access.fresh_days,
            url: self.config().kvk_url.clone(),
        })
    }

    /// Changes key, price and bounds. The key is sealed and never shown again.
    ///
    /// # Errors
    /// When the caller may not, or says which fields are not right.
    pub async fn put_register_access(&self, caller: &Caller, change: &AccessChange) -> Result<()> {
        caller.may(Permission::Configure)?;
        let key = change.key.as_deref().map(str::trim);
        let mut errors = Vec::new();
        if key.is_some_and(|key| {
            key.chars().count() > KEY_CHARS_MAX || !key.bytes().all(|b| b.is_ascii_graphic())
        }) {
            errors.push(FieldError::new("key", "too_long"));
        }
        for (field, value, max) in [
            ("price_mills", change.price_mills, PRICE_MILLS_MAX),
            ("ceiling_mills", change.ceiling_mills, CEILING_MILLS_MAX),
            ("fresh_days", change.fresh_days, FRESH_DAYS_MAX),
        ] {
            if !(0..=max).contains(&value) {
                errors.push(FieldError::new(field, "range"));
            }
        }
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let mut tx = self.store().begin(caller.workspace).await?;
        let before = self.access_in(&mut tx).await?;
        let secret = match key {
            None => before.secret,
            Some("") => None,
            Some(key) => Some(self.keys().seal(&place(caller.workspace), key.as_bytes())),
        };
        let access = RegisterAccess {
            secret,
            price_mills: change.price_mills,
            ceiling_mills: change.ceiling_mills,
            fresh_days: change.fresh_days,
        };
        register::put_access(&mut tx, &access).await?;
        let detail = serde_json::json!({
            "key": key.map(|key| if key.is_empty() { "removed" } else { "replaced" }),
            "price_mills": [before.price_mills, access.price_mills],
            "ceiling_mills": [before.ceiling_mills, access.ceiling_mills],
            "fresh_days": [before.fresh_days, access.fresh_days],
        });
        self.audit(
            &mut tx,
            caller,
            "register.access_changed",
            "workspace",
            Some(caller.workspace.0),
            &detail,
        )
        .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Tries the key with a search, which is free.
    ///
    /// # Errors
    /// When the caller may not, there is no key, or the workspace practises.
    pub async fn try_register(&self, caller: &Caller) -> Result<KeyTest> {
        caller.may(Permission::Configure)?;
        if self.is_practice(caller.workspace).await? {
            return Err(EngineError::refused("register_practice"));
        }
        let mut tx = self.store().read(caller.workspace).await?;
        let key = self.register_key(&mut tx).await?.ok_or_else(|| EngineError::refused("register_no_key"))?;
        drop(tx);
        let question = KvkQuestion { name: TRIED_NAME, ..KvkQuestion::default() };
        let answer = match self.kvk() {
            Ok(kvk) => kvk.find(&key, &question).await.map(drop),
            Err(error) => Err(error),
        };
        Ok(match answer {
            Ok(()) | Err(KvkError::NotDelivered { .. } | KvkError::InProcess { .. }) => KeyTest::Works,
            Err(KvkError::Key) => KeyTest::Refused,
            Err(KvkError::Later { .. }) => KeyTest::Later,
            Err(error @ (KvkError::NoAnswer { .. } | KvkError::Unreadable(_))) => {
                tracing::warn!(error = %error, "the company register could not be tried");
                KeyTest::NoAnswer
            }
        })
    }

    pub(super) async fn access_in(&self, tx: &mut Tx) -> Result<RegisterAccess> {
        Ok(register::access(tx).await?.unwrap_or_else(built_in))
    }

    /// The key, opened.
    pub(super) async fn register_key(&self, tx: &mut Tx) -> Result<Option<String>> {
        let Some(sealed) = self.access_in(tx).await?.secret else { return Ok(None) };
        let plain = self
            .keys()
            .open(&place(tx.workspace()), &sealed)
            .map_err(|e| EngineError::Outside(e.to_string()))?;
        let key = String::from_utf8(plain);
        key.map(Some).map_err(|_| EngineError::Outside("the key of the register is damaged".to_owned()))
    }

    pub(super) fn kvk(&self) -> std::result::Result<Kvk, KvkError> {
        Kvk::new(&Reach::new(self.config().allow_private_addresses), &self.config().kvk_url)
    }

    pub(super) async fn is_practice(&self, workspace: WorkspaceId) -> Result<bool> {
        let (place, _) = self.workspace(workspace).await?;
        Ok(place.mode == "practice")
    }
}
