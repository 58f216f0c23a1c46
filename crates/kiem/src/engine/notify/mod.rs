//! Telling others: the timeline and live feed, members, and webhooks of other programs.

pub mod webhooks;
pub(crate) mod whom;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_adapters::webhook::Webhooks;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{ContactId, UserId, WorkspaceId};
use kiem_store::event::{self, Actor, Event};
use kiem_store::notification::{self, Notification};
use kiem_store::webhook::{self, Delivery, DeliveryState};
use kiem_store::{Tx, mailbox, promotion};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::jobs::JobKind;
use super::outreach::compose::DirectMail;
use super::{Caller, Engine, EngineError, Permission, Result};
use crate::engine::public::booking::spoken;
use crate::messages::{Lang, has, say};

#[derive(Debug, Serialize, Deserialize)]
struct NotifyJob {
    notification: Uuid,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeliverJob {
    pub delivery: Uuid,
}

/// The body of a webhook, version 1. Fields are only ever added.
#[derive(Debug, Serialize)]
struct WebhookBody<'a> {
    r#type: &'a str,
    timestamp: String,
    id: Uuid,
    workspace: Uuid,
    company: Option<Uuid>,
    contact: Option<Uuid>,
    prospect: Option<Uuid>,
    subject: Subject<'a>,
    data: serde_json::Value,
}

#[derive(Debug, Serialize)]
struct Subject<'a> {
    kind: &'a str,
    id: Option<Uuid>,
}

fn as_text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| EngineError::Outside(format!("cannot be written as JSON: {e}")))
}

impl Engine {
    /// The one place where something is said to have happened: appends the event and, when other programs may hear of
    /// its kind, plans its delivery to every endpoint that wants it, in the given transaction. Returns whether the
    /// event was new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announce(&self, tx: &mut Tx, happened: &Event) -> Result<bool> {
        if !event::append(tx, happened).await? {
            return Ok(false);
        }
        if !webhooks::KINDS.contains(&happened.kind.as_str()) {
            return Ok(true);
        }
        for endpoint in webhook::all(tx).await? {
            if endpoint.wants(&happened.kind) {
                self.plan_delivery(tx, endpoint.id, happened).await?;
            }
        }
        Ok(true)
    }

    pub(crate) async fn plan_delivery(&self, tx: &mut Tx, endpoint: Uuid, happened: &Event) -> Result<()> {
        let body = WebhookBody {
            r#type: &happened.kind,
            timestamp: happened.occurred_at.to_string(),
            id: happened.id,
            workspace: tx.workspace().0,
            company: happened.company_id.map(|id| id.0),
            contact: happened.contact_id.map(|id| id.0),
            prospect: happened.prospect_id.map(|id| id.0),
            subject: Subject { kind: &happened.subject_kind, id: happened.subject_id },
            data: serde_json::from_str(&happened.data).unwrap_or(serde_json::Value::Null),
        };
        let delivery = Delivery {
            id: self.new_id(),
            endpoint_id: endpoint,
            event_id: happened.id,
            kind: happened.kind.clone(),
            body: as_text(&body)?,
            state: DeliveryState::Waiting,
            attempt: 0,
            last_status: None,
            last_error: None,
            created_at: self.now(),
            finished_at: None,
        };
        if webhook::insert_delivery(tx, &delivery).await? {
            let payload = as_text(&DeliverJob { delivery: delivery.id })?;
            self.enqueue(tx, JobKind::DeliverWebhook, &delivery.id.to_string(), &payload, self.now()).await?;
        }
        Ok(())
    }

    /// Tells a member something: in the page at once, and by mail.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notify(
        &self,
        tx: &mut Tx,
        user: UserId,
        kind: &str,
        subject_kind: &str,
        subject_id: Option<Uuid>,
        data: &serde_json::Value,
    ) -> Result<()> {
        let id = self.tell(tx, user, kind, subject_kind, subject_id, data).await?;
        let payload = as_text(&NotifyJob { notification: id })?;
        self.enqueue(tx, JobKind::MailNotification, &id.to_string(), &payload, self.now()).await
    }

    /// Tells a member something in the page alone. `data` holds the `contact_id` that it speaks of, so that it can be
    /// erased with the person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell(
        &self,
        tx: &mut Tx,
        user: UserId,
        kind: &str,
        subject_kind: &str,
        subject_id: Option<Uuid>,
        data: &serde_json::Value,
    ) -> Result<Uuid> {
        let one = Notification {
            id: self.new_id(),
            user_id: user,
            kind: kind.to_owned(),
            subject_kind: subject_kind.to_owned(),
            subject_id,
            data: data.to_string(),
            created_at: self.now(),
            read_at: None,
            mailed_at: None,
        };
        notification::insert(tx, &one).await?;
        Ok(one.id)
    }

    /// The job: mails a notification to its member, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mail_notification(&self, workspace: WorkspaceId, payload: &str) -> Result<()> {
        let job: NotifyJob = serde_json::from_str(payload)
            .map_err(|e| EngineError::Outside(format!("a job cannot be read: {e}")))?;
        let mut tx = self.store().begin(workspace).await?;
        let Some(told) = notification::find(&mut tx, job.notification).await? else { return Ok(()) };
        let Some((name, language, email)) = promotion::member(&mut tx, told.user_id).await? else {
            return Ok(());
        };
        // Without a mailbox that sends, or with a member whose log-in name is no address, the page alone tells.
        let from = mailbox::for_notices(&mut tx).await?;
        let (Some(from), Ok(to)) = (from, EmailAddress::parse(&email)) else { return Ok(()) };
        if !notification::mark_mailed(&mut tx, told.id, self.now()).await? {
            return Ok(());
        }
        let (zone, ..) = promotion::workspace_settings(&mut tx).await?;
        let (subject, text) = self.words(&told, &name, language.parse().unwrap_or(Lang::En), &zone);
        let data: serde_json::Value = serde_json::from_str(&told.data).unwrap_or_default();
        let contact = data.get("contact_id").and_then(|id| id.as_str()?.parse::<Uuid>().ok());
        let mail = DirectMail {
            kind: "notice",
            mailbox: from,
            to,
            to_name: name,
            subject,
            text,
            in_reply_to: None,
            references: Vec::new(),
            // Of whom it speaks, so that it is erased with them; it stands on nobody's timeline.
            contact: contact.map(ContactId),
            company: None,
            prospect: None,
            lead: None,
            invitation: None,
            attachments: Vec::new(),
            despite_suppression: false,
        };
        self.queue_mail(&mut tx, mail).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    fn words(&self, told: &Notification, name: &str, lang: Lang, zone: &str) -> (String, String) {
        let data: serde_json::Value = serde_json::from_str(&told.data).unwrap_or_default();
        let field = |key: &str| data.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let why = match field("reason") {
            reason if has(lang, &format!("stop_reason.{reason}")) => {
                say(lang, &format!("stop_reason.{reason}"), &[])
            }
            _ => field(if lang == Lang::Nl { "explanation_nl" } else { "explanation_en" }),
        };
        let when = match (field("at").parse::<Timestamp>(), TimeZone::get(zone)) {
            (Ok(at), Ok(zone)) => spoken(at, &zone, lang),
            _ => String::new(),
        };
        let place = match (told.subject_kind.as_str(), told.subject_id) {
            ("prospect", Some(id)) => format!("{}/prospects/{id}", self.config().public_url),
            ("inbound", Some(id)) => format!("{}/inbox/{id}", self.config().public_url),
            ("lead", Some(id)) => format!("{}/leads/{id}", self.config().public_url),
            ("privacy", _) => format!("{}/audience?view=informing", self.config().public_url),
            ("webhook_endpoint", _) => format!("{}/settings", self.config().public_url),
            _ => self.config().public_url.clone(),
        };
        let contact = Some(field("contact")).filter(|c| !c.is_empty()).unwrap_or_else(|| field("company"));
        let params = [
            ("name", name.to_owned()),
            ("contact", contact),
            ("company", field("company")),
            ("why", why),
            ("endpoint", field("endpoint")),
            ("number", field("number")),
            ("note", field("note")),
            ("when", when),
            ("job", field("job")),
            ("url", place),
        ];
        let key = format!("notice.{}", told.kind.replace('.', "_"));
        (say(lang, &format!("{key}.subject"), &params), say(lang, &format!("{key}.text"), &params))
    }

    /// The caller's notifications, newest first, and how many are new.
    ///
    /// # Errors
    /// For a caller that is no person.
    pub async fn notifications(
        &self,
        caller: &Caller,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Notification>, i64)> {
        caller.may(Permission::View)?;
        let Actor::User(user) = caller.actor else { return Err(EngineError::Forbidden) };
        let mut tx = self.store().read(caller.workspace).await?;
        let list = notification::list(&mut tx, UserId(user), before, limit).await?;
        let n_unread = notification::count_unread(&mut tx, UserId(user)).await?;
        Ok((list, n_unread))
    }

    /// Notes that the caller saw everything up to and with a notification, or `only` that one.
    ///
    /// # Errors
    /// For a caller that is no person.
    pub async fn read_notifications(&self, caller: &Caller, id: Uuid, only: bool) -> Result<()> {
        caller.may(Permission::View)?;
        let Actor::User(user) = caller.actor else { return Err(EngineError::Forbidden) };
        let mut tx = self.store().begin(caller.workspace).await?;
        notification::mark_read(&mut tx, UserId(user), id, only, self.now()).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Sender of webhooks with this installation's rules about private addresses.
    pub(crate) fn webhooks(&self) -> Webhooks {
        Webhooks::new(self.config().allow_private_addresses)
    }
}
