//! Reading the words: what a person wants, and transaction 2 with everything that follows from it.

use kiem_domain::engagement::reply::{LabelSource, LookReason, Millionths, ReplyLabel, Standing};
use kiem_domain::id::{InboundId, WorkspaceId};
use kiem_domain::inbound::Outcome;
use kiem_domain::intent::{self, Classification, DecidedBy};
use kiem_domain::promotion::EventKind;
use kiem_store::event::Actor;
use kiem_store::inbound::Inbound;
use kiem_store::{Tx, inbound, promotion, prospect};
use serde::Deserialize;
use uuid::Uuid;

use super::act::{Understood, reply_of};
use super::flags::StoredFlags;
use super::machine::day_of;
use crate::engine::{Engine, EngineError, Result};

/// A label that the classifier itself doubts is stated with less than the rules ask for, so that a person looks.
const DOUBTED: Millionths = Millionths::new(840_000);

#[derive(Debug, Deserialize)]
struct ClassifyJob {
    inbound: Uuid,
}

impl Engine {
    /// The job: reads a mail and carries out what follows. Safe to run twice: a mail is labelled once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn classify_reply(&self, workspace: WorkspaceId, payload: &str) -> Result<()> {
        let job: ClassifyJob = serde_json::from_str(payload)
            .map_err(|e| EngineError::Outside(format!("a job cannot be read: {e}")))?;
        let mut tx = self.store().read(workspace).await?;
        let Some(mail) = inbound::find(&mut tx, InboundId(job.inbound)).await? else { return Ok(()) };
        let rules = self.rules(&mut tx).await?;
        drop(tx);
        if mail.label.is_some() {
            return Ok(());
        }
        let read = intent::classify(&mail.text, day_of(mail.received_at, &rules), intent::built_in());
        let understood = understood(&read)?;
        let mut tx = self.store().begin(workspace).await?;
        // Read again under the writer's lock: another worker, or a person, may have been first.
        let Some(mut mail) = inbound::find(&mut tx, mail.id).await?.filter(|mail| mail.label.is_none())
        else {
            return Ok(());
        };
        let lead = match mail.lead_id {
            Some(lead) => promotion::lead_facts(&mut tx, lead).await?,
            None => None,
        };
        let reply = reply_of(&mail, lead.as_ref(), understood)?;
        let was_prospect = lead.as_ref().is_some_and(|lead| lead.state == "promoted");
        let standing = reply.standing(&rules.config);
        let outcome = outcome_of(&mail, understood.label, standing, was_prospect);
        mail.needs_look = outcome.needs_look();
        if outcome == Outcome::OptOut {
            self.suppress_writer(&mut tx, &mail, Actor::Lead).await?;
        }
        let said = StoredFlags::of(&read.flags, &read.why);
        self.finish_reading(&mut tx, &mail, EventKind::Reply(reply), &understood, &said, outcome, &rules)
            .await?;
        if standing == Standing::Certain {
            self.label_effects(&mut tx, &mail, understood.label, &said, understood.date, &rules).await?;
        }
        if matches!(outcome, Outcome::Reply | Outcome::AlreadyProspect) {
            self.welcome_colleague(&mut tx, &mail, lead.as_ref(), &rules).await?;
        }
        self.tell_reply(&mut tx, &mail, understood.label, outcome).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// Timeline, live feed, and the owner of a prospect who wrote again.
    async fn tell_reply(
        &self,
        tx: &mut Tx,
        mail: &Inbound,
        label: ReplyLabel,
        outcome: Outcome,
    ) -> Result<()> {
        let open = match mail.company_id {
            Some(company) => prospect::open_for_company(tx, company).await?,
            None => None,
        };
        let data = serde_json::json!({
            "label": label.as_str(),
            "needs_look": mail.needs_look,
            "outcome": outcome.as_str(),
            "contact": mail.from_name,
            "contact_id": mail.contact_id.map(|id| id.0),
            "subject": mail.subject,
        });
        let mut happened = self.event(Actor::System, "reply.labelled", "inbound", Some(mail.id.0));
        happened.company_id = mail.company_id;
        happened.contact_id = mail.contact_id;
        happened.prospect_id = open.as_ref().map(|p| p.id);
        happened.data = data.to_string();
        self.announce(tx, &happened).await?;
        if let (Outcome::AlreadyProspect, Some(open), Some(contact)) = (outcome, open, mail.contact_id) {
            prospect::touch_theirs(tx, open.id, mail.received_at).await?;
            inbound::set_prospect(tx, contact, Some(open.id)).await?;
            self.notify(tx, open.owner_id, "reply.received", "prospect", Some(open.id.0), &data).await?;
        }
        Ok(())
    }
}

/// What the classifier found, in the names of the promotion rules.
fn understood(read: &Classification) -> Result<Understood> {
    let label: ReplyLabel = read
        .label
        .as_str()
        .parse()
        .map_err(|e| EngineError::Outside(format!("a label that the rules do not know: {e}")))?;
    let mut probability = Millionths::from_share(f64::from(read.probability));
    if read.needs_look {
        probability = probability.min(DOUBTED);
    }
    Ok(Understood {
        label,
        by: match read.by {
            DecidedBy::Lexicon => LabelSource::Lexicon,
            DecidedBy::Model => LabelSource::Model,
        },
        probability,
        margin: Millionths::from_share(f64::from(read.margin)),
        date: read.flags.date,
        is_postponed: read.flags.postponed,
    })
}

/// How the handling of a person's mail ends.
fn outcome_of(mail: &Inbound, label: ReplyLabel, standing: Standing, was_prospect: bool) -> Outcome {
    if mail.outcome == Outcome::EmptyReply.as_str() {
        return Outcome::EmptyReply;
    }
    match standing {
        Standing::Ignored => Outcome::NoMatch,
        Standing::NeedsLook(LookReason::WeakMatch) => Outcome::Ambiguous,
        Standing::NeedsLook(LookReason::Disowned) => Outcome::SpoofSuspected,
        Standing::NeedsLook(_) => Outcome::LowConfidence,
        Standing::Certain => match label {
            ReplyLabel::Unsubscribe | ReplyLabel::Complaint => Outcome::OptOut,
            ReplyLabel::DataRequest => Outcome::DataRequest,
            ReplyLabel::OutOfOffice => Outcome::OutOfOffice,
            ReplyLabel::LeftCompany => Outcome::LeftCompany,
            ReplyLabel::Auto => Outcome::AutoReply,
            _ if was_prospect => Outcome::AlreadyProspect,
            _ => Outcome::Reply,
        },
    }
}
