//! Somebody whom we sell to did something by themselves: asked for a quote, booked, wrote again. It is our turn: an
//! answer is due, the next action says what, and the owner hears of it.

use jiff::Timestamp;
use kiem_domain::conversation::{Move, apply};
use kiem_domain::id::{CompanyId, ContactId, LeadId, ProspectId};
use kiem_domain::working_time::{WorkingHours, working_deadline};
use kiem_store::prospect::{self, Prospect};
use kiem_store::task::{self, Task};
use kiem_store::{Tx, lead_override, promotion};
use serde_json::Value as Json;

use super::steps::refused;
use crate::engine::notify::whom::Notice;
use crate::engine::promotion::keeps_lead;
use crate::engine::{Engine, Result};
use crate::messages::say;

/// What they did.
#[derive(Debug, Clone)]
pub(crate) struct Sign<'a> {
    /// Key of the notice's words: `quote.requested`, `booking.confirmed`, ...
    pub kind: &'a str,
    /// Kind of the next action and the key of its words; nothing to plan when missing.
    pub action: Option<(&'a str, &'a str)>,
    /// Who did it.
    pub contact: Option<ContactId>,
    /// Their name.
    pub name: &'a str,
    /// When.
    pub at: Timestamp,
    /// The action is of use only before this moment.
    pub before: Option<Timestamp>,
    /// Values for the notice.
    pub data: Json,
}

impl Engine {
    /// Somebody came by themselves: the owner of the company's open pursuit hears it. Without one the promotion rules
    /// decide and tell; where they will not (kept as a lead, suppressed, a pursuit that was closed) those who sell hear it,
    /// because a person who asks must not stay without an answer.
    pub(crate) async fn came_in(
        &self,
        tx: &mut Tx,
        company: CompanyId,
        lead: Option<LeadId>,
        sign: Sign<'_>,
    ) -> Result<()> {
        if let Some(open) = prospect::open_for_company(tx, company).await? {
            return self.prospect_acted(tx, open.id, sign).await;
        }
        let Some(lead) = lead else { return Ok(()) };
        let Some(facts) = promotion::lead_facts(tx, lead).await? else { return Ok(()) };
        let live = promotion::newest_of_lead(tx, lead).await?.filter(|p| p.undone_at.is_none());
        if let Some(live) = live {
            let closed = prospect::get(tx, live.prospect_id).await?;
            return self.notify_owner(tx, &closed, sign.kind, &sign.words()).await;
        }
        let now = self.now();
        let is_kept = lead_override::of_lead(tx, lead).await?.iter().any(|made| keeps_lead(made, now));
        let is_suppressed = match facts.email.as_deref().map(kiem_domain::contact::EmailAddress::parse) {
            Some(Ok(address)) => self.is_suppressed(tx, &address).await?,
            _ => false,
        };
        if !is_kept && !is_suppressed {
            return Ok(());
        }
        let mut data = sign.words();
        if let Some(data) = data.as_object_mut() {
            data.insert("company".to_owned(), facts.company_name.clone().into());
            data.insert("contact_id".to_owned(), facts.contact_id.0.to_string().into());
        }
        let notice = Notice { kind: sign.kind, subject_kind: "lead", subject_id: Some(lead.0), data: &data };
        self.notify_sellers(tx, notice).await
    }

    /// Somebody of an open pursuit acted: it is our turn, by a new deadline.
    pub(crate) async fn prospect_acted(&self, tx: &mut Tx, id: ProspectId, sign: Sign<'_>) -> Result<()> {
        let rules = self.rules(tx).await?;
        let now = self.now();
        let mut pursuit = prospect::lock(tx, id).await?;
        if let Some(contact) = sign.contact {
            prospect::add_contact(tx, id, contact, "").await?;
        }
        let minutes = i64::from(rules.response_hours) * 60;
        let due = working_deadline(now, minutes, &WorkingHours::office(), &rules.zone);
        let waited = pursuit.responded_at.is_none() && pursuit.state.is_active();
        pursuit.response_due_at = if waited { pursuit.response_due_at.min(due) } else { due };
        pursuit.responded_at = None;
        pursuit.theirs_at = Some(pursuit.theirs_at.map_or(sign.at, |at| at.max(sign.at)));
        if !pursuit.state.is_active() {
            (pursuit.state, pursuit.step) =
                apply(pursuit.state, pursuit.step, Move::Wake).map_err(refused)?;
            pursuit.step_since = now;
            pursuit.nurture_until = None;
        }
        if let Some((kind, key)) = sign.action {
            self.keep_plan(tx, &pursuit, kind).await?;
            pursuit.next_action = Some(say(rules.lang, key, &[("name", sign.name.to_owned())]));
            pursuit.next_action_kind = Some(kind.to_owned());
            let at =
                sign.before.map_or(pursuit.response_due_at, |before| before.min(pursuit.response_due_at));
            pursuit.next_action_at = Some(at.max(now));
        }
        prospect::save(tx, &pursuit).await?;
        if let Some(contact) = sign.contact {
            self.record_acts(tx, id, contact).await?;
        }
        self.watch_response(tx, &pursuit).await?;
        self.notify_owner(tx, &pursuit, sign.kind, &sign.words()).await
    }

    /// What was planned is not forgotten because something more urgent came in between: it becomes a task.
    async fn keep_plan(&self, tx: &mut Tx, pursuit: &Prospect, new_kind: &str) -> Result<()> {
        let (Some(text), Some(at)) = (pursuit.next_action.as_deref(), pursuit.next_action_at) else {
            return Ok(());
        };
        let kind = match pursuit.next_action_kind.as_deref() {
            Some(kind) if kind == new_kind => return Ok(()),
            Some(kind @ ("call" | "mail" | "meeting")) => kind,
            Some("reply") => "mail",
            _ => "other",
        };
        let mut kept = Task::new(self.new_id(), kind, text, at, self.now());
        kept.prospect_id = Some(pursuit.id);
        kept.company_id = Some(pursuit.company_id);
        kept.contact_id = Some(pursuit.contact_id);
        kept.assignee_id = Some(pursuit.owner_id);
        Ok(task::insert(tx, &kept).await?)
    }
}

impl Sign<'_> {
    fn words(&self) -> Json {
        let mut data = self.data.clone();
        if let Some(data) = data.as_object_mut() {
            if !self.name.is_empty() {
                data.insert("contact".to_owned(), self.name.into());
            }
            if let Some(contact) = self.contact {
                data.insert("contact_id".to_owned(), contact.0.to_string().into());
            }
        }
        data
    }
}
