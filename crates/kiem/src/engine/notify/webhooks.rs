//! Webhooks out: who hears of what, and the deliveries with their tries.

use jiff::{SignedDuration, Timestamp};
use kiem_adapters::http::UrlError;
use kiem_adapters::webhook::{Delivered, secret_text};
use kiem_domain::id::WorkspaceId;
use kiem_store::event::Actor;
use kiem_store::webhook::{self, Delivery, DeliveryState, Endpoint, Try};
use kiem_store::{Tx, member};
use uuid::Uuid;

use super::DeliverJob;
use crate::engine::jobs::JobKind;
use crate::engine::keys::random_bytes;
use crate::engine::{Caller, Engine, EngineError, Permission, Result, permission};

/// The events that another program can hear of: everything that moves a lead, a prospect or a deal. Single clicks are
/// not among them (most are machines); those that count stand in the evidence of `lead.promoted`.
pub const KINDS: [&str; 24] = [
    "lead.promoted",
    "promotion.undone",
    "lead.judged",
    "lead.suppressed",
    "suppression.added",
    "suppression.removed",
    "reply.received",
    "reply.labelled",
    "visit.recorded",
    "booking.confirmed",
    "booking.moved",
    "booking.cancelled",
    "quote.requested",
    "prospect.moved",
    "prospect.nurtured",
    "prospect.disqualified",
    "prospect.lost",
    "prospect.reopened",
    "opportunity.opened",
    "quote.sent",
    "quote.viewed",
    "quote.accepted",
    "quote.declined",
    "customer.won",
];
/// Seconds to wait after the 1st, 2nd, ... failed try: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. Ten tries
/// over 75.6 hours, as Standard Webhooks advises.
const RETRY_SECONDS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// An endpoint at which nothing arrived for so long is switched off: the last try of the first event comes later.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(72);
/// How long a replaced secret goes on signing, so that the receiver can change over without losing an event.
const OLD_SECRET_SIGNS: SignedDuration = SignedDuration::from_hours(24);
/// Endpoints of one workspace.
const ENDPOINTS_MAX: usize = 20;
/// Deliveries that are shown.
const DELIVERIES_SHOWN: i64 = 50;

/// What a person fills in.
#[derive(Debug, Clone)]
pub struct EndpointInput {
    /// `https://...`
    pub url: String,
    /// Event kinds; empty means all.
    pub kinds: Vec<String>,
    /// Whether it is used.
    pub active: bool,
}

fn place(id: Uuid) -> String {
    format!("webhook_endpoint.secret:{id}")
}

impl Engine {
    /// The endpoints of the workspace.
    ///
    /// # Errors
    /// When the caller may not configure.
    pub async fn webhook_endpoints(&self, caller: &Caller) -> Result<Vec<Endpoint>> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(webhook::all(&mut tx).await?)
    }

    /// Adds an endpoint. Returns its id and the secret, which is shown this once.
    ///
    /// # Errors
    /// When the address or a kind cannot be used, or there are too many.
    pub async fn create_webhook(&self, caller: &Caller, input: &EndpointInput) -> Result<(Uuid, String)> {
        caller.may(Permission::Configure)?;
        let kinds = self.checked(input)?;
        let secret = random_bytes::<24>();
        let id: Uuid = self.new_id();
        let endpoint = Endpoint {
            id,
            url: input.url.trim().to_owned(),
            secret: self.keys().seal(&place(id), &secret),
            old_secret: None,
            kinds,
            active: input.active,
            failing_since: None,
            created_at: self.now(),
        };
        let mut tx = self.store().begin(caller.workspace).await?;
        if webhook::all(&mut tx).await?.len() >= ENDPOINTS_MAX {
            return Err(EngineError::refused("too_many_webhooks"));
        }
        webhook::insert(&mut tx, &endpoint).await?;
        let detail = serde_json::json!({ "url": endpoint.url });
        self.audit(&mut tx, caller, "webhook.created", "webhook_endpoint", Some(id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok((id, secret_text(&secret)))
    }

    /// Changes an endpoint; switching it on again forgets earlier failures.
    ///
    /// # Errors
    /// When the address or a kind cannot be used, or there is no such endpoint.
    pub async fn update_webhook(&self, caller: &Caller, id: Uuid, input: &EndpointInput) -> Result<()> {
        caller.may(Permission::Configure)?;
        let kinds = self.checked(input)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !webhook::update(&mut tx, id, input.url.trim(), &kinds, input.active).await? {
            return Err(EngineError::NotFound);
        }
        let detail = serde_json::json!({ "url": input.url.trim(), "active": input.active });
        self.audit(&mut tx, caller, "webhook.changed", "webhook_endpoint", Some(id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Gives an endpoint a new secret, which is shown this once. For a day both sign.
    ///
    /// # Errors
    /// When there is no such endpoint.
    pub async fn rotate_webhook_secret(&self, caller: &Caller, id: Uuid) -> Result<String> {
        caller.may(Permission::Configure)?;
        let secret = random_bytes::<24>();
        let sealed = self.keys().seal(&place(id), &secret);
        let mut tx = self.store().begin(caller.workspace).await?;
        if !webhook::rotate(&mut tx, id, &sealed, self.now() + OLD_SECRET_SIGNS).await? {
            return Err(EngineError::NotFound);
        }
        self.audit(
            &mut tx,
            caller,
            "webhook.secret_replaced",
            "webhook_endpoint",
            Some(id),
            &serde_json::json!({}),
        )
        .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(secret_text(&secret))
    }

    /// Removes an endpoint.
    ///
    /// # Errors
    /// When there is no such endpoint.
    pub async fn remove_webhook(&self, caller: &Caller, id: Uuid) -> Result<()> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !webhook::remove(&mut tx, id).await? {
            return Err(EngineError::NotFound);
        }
        self.audit(&mut tx, caller, "webhook.removed", "webhook_endpoint", Some(id), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// The newest deliveries of an endpoint.
    ///
    /// # Errors
    /// When there is no such endpoint.
    pub async fn webhook_deliveries(&self, caller: &Caller, id: Uuid) -> Result<Vec<Delivery>> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().read(caller.workspace).await?;
        webhook::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        Ok(webhook::deliveries(&mut tx, id, DELIVERIES_SHOWN).await?)
    }

    /// Sends a test event to an endpoint, through the same queue as real ones.
    ///
    /// # Errors
    /// When there is no such endpoint.
    pub async fn test_webhook(&self, caller: &Caller, id: Uuid) -> Result<()> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        webhook::find(&mut tx, id).await?.filter(|e| e.active).ok_or(EngineError::NotFound)?;
        let happened = self.event(caller.actor, "webhook.test", "webhook_endpoint", Some(id));
        self.announce(&mut tx, &happened).await?;
        self.plan_delivery(&mut tx, id, &happened).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    fn checked(&self, input: &EndpointInput) -> Result<String> {
        self.webhooks().check_url(input.url.trim()).map_err(|error| {
            EngineError::field(
                "url",
                match error {
                    UrlError::Malformed => "not_a_web_address",
                    UrlError::NotHttps => "needs_https",
                    UrlError::Credentials => "no_credentials_in_address",
                    UrlError::Port => "port_in_address",
                    UrlError::Private => "private_address",
                },
            )
        })?;
        if !input.kinds.iter().all(|kind| KINDS.contains(&kind.as_str())) {
            return Err(EngineError::field("kinds", "unknown_choice"));
        }
        Ok(input.kinds.join(" "))
    }

    /// The job: one try of one delivery. A failed try plans the next one itself, so the job as such succeeds.
    ///
    /// # Errors
    /// When the database fails or the secret cannot be opened.
    pub async fn deliver_webhook(&self, workspace: WorkspaceId, payload: &str) -> Result<()> {
        let job: DeliverJob = serde_json::from_str(payload)
            .map_err(|e| EngineError::Outside(format!("a job cannot be read: {e}")))?;
        let mut tx = self.store().read(workspace).await?;
        let Some(delivery) = webhook::find_delivery(&mut tx, job.delivery).await? else { return Ok(()) };
        let Some(endpoint) = webhook::find(&mut tx, delivery.endpoint_id).await? else { return Ok(()) };
        drop(tx);
        if delivery.state != DeliveryState::Waiting {
            return Ok(());
        }
        let answer = if endpoint.active {
            let secrets = self.signing_secrets(&endpoint)?;
            let id = format!("msg_{}", delivery.id.simple());
            self.webhooks().post(&endpoint.url, &secrets, &id, self.now().as_second(), &delivery.body).await
        } else {
            Delivered::Gone
        };
        let mut tx = self.store().begin(workspace).await?;
        self.note_answer(&mut tx, &delivery, &endpoint, &answer).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// The secrets that sign now: the new one first.
    fn signing_secrets(&self, endpoint: &Endpoint) -> Result<Vec<Vec<u8>>> {
        let old = endpoint.old_secret.as_ref().filter(|(_, until)| *until > self.now()).map(|(old, _)| old);
        std::iter::once(&endpoint.secret)
            .chain(old)
            .map(|sealed| self.keys().open(&place(endpoint.id), sealed))
            .collect::<std::result::Result<_, _>>()
            .map_err(|e| EngineError::Outside(e.to_string()))
    }

    async fn note_answer(
        &self,
        tx: &mut Tx,
        delivery: &Delivery,
        endpoint: &Endpoint,
        answer: &Delivered,
    ) -> Result<()> {
        let now = self.now();
        let (status, error) = match answer {
            Delivered::Ok(status) => {
                let done =
                    Try { state: DeliveryState::Delivered, status: Some(i64::from(*status)), error: None };
                webhook::note_try(tx, delivery.id, &done, now).await?;
                return Ok(webhook::set_failing(tx, endpoint.id, None).await?);
            }
            Delivered::Gone => {
                let gone =
                    Try { state: DeliveryState::Failed, status: Some(410), error: Some("switched off") };
                webhook::note_try(tx, delivery.id, &gone, now).await?;
                return self.switch_off(tx, endpoint, "gone").await;
            }
            Delivered::Refused(status, text) => (Some(i64::from(*status)), format!("HTTP {status} {text}")),
            Delivered::NoAnswer(text) => (None, text.clone()),
        };
        let retry = next_try(delivery.attempt, now);
        let state = if retry.is_some() { DeliveryState::Waiting } else { DeliveryState::Failed };
        let failed = Try { state, status, error: Some(error.trim()) };
        webhook::note_try(tx, delivery.id, &failed, now).await?;
        webhook::set_failing(tx, endpoint.id, Some(now)).await?;
        if endpoint.failing_since.is_some_and(|since| now.duration_since(since) >= GIVE_UP) {
            return self.switch_off(tx, endpoint, "failing").await;
        }
        if let Some(at) = retry {
            let payload = super::as_text(&DeliverJob { delivery: delivery.id })?;
            self.enqueue(tx, JobKind::DeliverWebhook, &delivery.id.to_string(), &payload, at).await?;
        }
        Ok(())
    }

    async fn switch_off(&self, tx: &mut Tx, endpoint: &Endpoint, why: &str) -> Result<()> {
        if webhook::disable(tx, endpoint.id, self.now()).await? {
            let mut happened =
                self.event(Actor::System, "webhook.disabled", "webhook_endpoint", Some(endpoint.id));
            let data = serde_json::json!({ "reason": why, "endpoint": endpoint.url });
            happened.data = data.to_string();
            self.announce(tx, &happened).await?;
            for member in member::all(tx, false).await? {
                let may_mend =
                    member.role.parse().is_ok_and(|role| permission::allowed(role, Permission::Configure));
                if may_mend {
                    let about = Some(endpoint.id);
                    self.notify(tx, member.user, "webhook.disabled", "webhook_endpoint", about, &data)
                        .await?;
                }
            }
        }
        Ok(())
    }
}

/// When a delivery that failed `attempts_before` times before this try goes out again; none when it is given up.
fn next_try(attempts_before: i64, now: Timestamp) -> Option<Timestamp> {
    let wait = RETRY_SECONDS.get(usize::try_from(attempts_before).ok()?)?;
    Some(now + SignedDuration::from_secs(*wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_ten_times_over_three_days_with_growing_delay() {
        let start: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
        let (mut now, mut last_wait, mut tries) = (start, SignedDuration::ZERO, 1);
        while let Some(at) = next_try(tries - 1, now) {
            assert!(at.duration_since(now) > last_wait, "try {tries}");
            last_wait = at.duration_since(now);
            now = at;
            tries += 1;
        }
        assert_eq!(tries, 10);
        assert!(now.duration_since(start) >= GIVE_UP, "the last try sees that it was long enough");
        assert_eq!(now.duration_since(start).as_secs(), 272_105);
    }
}
