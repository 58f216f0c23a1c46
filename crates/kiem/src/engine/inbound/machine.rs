//! Mail that no person wrote, and opt-outs: what they mean is known from structure and unmistakable words, so
//! everything happens in the first transaction.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::contact::EmailAddress;
use kiem_domain::engagement::reply::{LabelSource, Millionths, ReplyLabel};
use kiem_domain::inbound::Outcome;
use kiem_domain::inbound::machine::{Kind, Severity};
use kiem_domain::intent::concepts::Concepts;
use kiem_domain::intent::words::Words;
use kiem_domain::intent::{Flags, Label, flags};
use kiem_domain::promotion::{BounceKind, EventKind};
use kiem_store::event::Actor;
use kiem_store::inbound::{Inbound, Labelling};
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::{Tx, campaign, inbound, informing, message, promotion};

use super::act::{Understood, act, reply_of};
use super::flags::StoredFlags;
use super::take_in::Sighted;
use crate::engine::promotion::Rules;
use crate::engine::suppress::StopOrder;
use crate::engine::{Engine, Result};

impl Engine {
    /// Acts on a mail that no person wrote.
    pub(super) async fn take_machine_mail(
        &self,
        tx: &mut Tx,
        row: &Inbound,
        sighted: &Sighted,
        outcome: Outcome,
    ) -> Result<()> {
        let rules = self.rules(tx).await?;
        match &sighted.verdict.kind {
            Kind::Bounce(bounce) => {
                let kind = match bounce.severity {
                    Severity::Hard => BounceKind::Hard,
                    // About us, not about the address: to the lead it is a fault that may pass.
                    Severity::Soft | Severity::Refused => BounceKind::Soft,
                };
                match bounce.severity {
                    Severity::Hard => {
                        self.suppress_recipient(tx, row, &bounce.recipient, "hard_bounce").await?;
                    }
                    Severity::Refused if sighted.found.is_sure() => {
                        self.refused_as_sender(tx, row, &bounce.diagnostic).await?;
                    }
                    Severity::Refused | Severity::Soft => {}
                }
                let came_back = bounce.severity != Severity::Soft && sighted.found.is_sure();
                if let (true, Some(contact), Some(mail)) = (came_back, row.contact_id, row.message_id) {
                    informing::mail_failed(tx, contact, mail).await?;
                }
                self.record_machine(tx, row, sighted, EventKind::Bounce(kind), ReplyLabel::Bounce, &rules)
                    .await
            }
            Kind::Complaint { recipient } => {
                self.suppress_recipient(tx, row, recipient, "complaint").await?;
                self.record_machine(tx, row, sighted, EventKind::Complaint, ReplyLabel::Complaint, &rules)
                    .await
            }
            Kind::CalendarReply(part) => self.take_calendar(tx, row, sighted, part, &rules).await,
            Kind::OutOfOffice => {
                self.take_label(tx, row, sighted, ReplyLabel::OutOfOffice, outcome, &rules).await
            }
            Kind::LeftCompany => {
                self.take_label(tx, row, sighted, ReplyLabel::LeftCompany, outcome, &rules).await
            }
            Kind::Challenge => {
                self.take_label(tx, row, sighted, ReplyLabel::Challenge, outcome, &rules).await
            }
            Kind::Auto => self.take_label(tx, row, sighted, ReplyLabel::Auto, outcome, &rules).await,
            Kind::ReadReceipt | Kind::Human => Ok(()),
        }
    }

    /// An opt-out in unmistakable words: suppressed before anything else can happen.
    pub(super) async fn take_opt_out(&self, tx: &mut Tx, row: &Inbound, sighted: &Sighted) -> Result<()> {
        self.suppress_writer(tx, row, Actor::Lead).await?;
        let rules = self.rules(tx).await?;
        let understood = Understood {
            label: ReplyLabel::Unsubscribe,
            by: LabelSource::Lexicon,
            probability: Millionths::ONE,
            margin: Millionths::ONE,
            date: None,
            is_postponed: false,
        };
        let reply = reply_of(row, sighted.lead.as_ref(), understood)?;
        self.finish_reading(
            tx,
            row,
            EventKind::Reply(reply),
            &understood,
            &StoredFlags::default(),
            Outcome::OptOut,
            &rules,
        )
        .await
    }

    async fn take_label(
        &self,
        tx: &mut Tx,
        row: &Inbound,
        sighted: &Sighted,
        label: ReplyLabel,
        outcome: Outcome,
        rules: &Rules,
    ) -> Result<()> {
        let today = row.received_at.to_zoned_datetime(rules.zone.clone()).date();
        let said = said_besides(&row.text, label, today);
        let understood = Understood::by_headers(label, said.date);
        let reply = reply_of(row, sighted.lead.as_ref(), understood)?;
        let stored = StoredFlags::of(&said, &[]);
        self.finish_reading(tx, row, EventKind::Reply(reply), &understood, &stored, outcome, rules).await?;
        self.label_effects(tx, row, label, &stored, said.date, rules).await
    }

    async fn record_machine(
        &self,
        tx: &mut Tx,
        row: &Inbound,
        sighted: &Sighted,
        what: EventKind,
        label: ReplyLabel,
        rules: &Rules,
    ) -> Result<()> {
        let outcome = if label == ReplyLabel::Bounce { Outcome::Bounce } else { Outcome::Complaint };
        let understood = Understood::by_headers(label, None);
        // Only a report that names a mail of ours is about this lead.
        let row =
            if sighted.found.is_sure() { row.clone() } else { Inbound { lead_id: None, ..row.clone() } };
        self.finish_reading(tx, &row, what, &understood, &StoredFlags::default(), outcome, rules).await
    }

    /// Writes label, act and decision: the second half of every mail's way, also of those that need no reading.
    #[expect(clippy::too_many_arguments, reason = "one mail with everything that is known of it")]
    pub(super) async fn finish_reading(
        &self,
        tx: &mut Tx,
        row: &Inbound,
        what: EventKind,
        understood: &Understood,
        said: &StoredFlags,
        outcome: Outcome,
        rules: &Rules,
    ) -> Result<()> {
        let made = Labelling {
            label: understood.label.as_str(),
            by: understood.by.as_str(),
            probability_permille: permille(understood.probability),
            margin_permille: permille(understood.margin),
            flags: &said.write()?,
            outcome: outcome.as_str(),
            outcome_reason: &row.outcome_reason,
            needs_look: row.needs_look,
        };
        inbound::set_label(tx, row.id, &made, false).await?;
        let Some(lead) = row.lead_id else { return Ok(()) };
        self.store_engagement(tx, &act(row, what), rules).await?;
        self.decide(tx, lead).await.map(drop)
    }

    /// The recipient's server does not want our mail: this one failed, the rest of the sequence would only make it worse,
    /// and the person stays a lead who may be approached another way.
    async fn refused_as_sender(&self, tx: &mut Tx, row: &Inbound, words: &str) -> Result<()> {
        let now = self.now();
        if let Some(id) = row.message_id {
            message::mark_refused(tx, id, words, now).await?;
        }
        if let Some(lead) = row.lead_id {
            outreach_stop::stop(tx, StopScope::Lead(lead), message::REFUSED_AS_SENDER, now).await?;
            campaign::mark_resting(tx, lead).await?;
        }
        Ok(())
    }

    /// Puts the address that a report names on the list; without one, the address we had mailed.
    async fn suppress_recipient(&self, tx: &mut Tx, row: &Inbound, named: &str, reason: &str) -> Result<()> {
        let lead = match row.lead_id {
            Some(lead) => promotion::lead_facts(tx, lead).await?,
            None => None,
        };
        // A report about somebody we never mailed is noise, or an attempt to get an address onto our list.
        let Some(lead) = lead else { return Ok(()) };
        let of_lead = lead.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
        let named = EmailAddress::parse(named).ok();
        let Some(address) = of_lead.or(named) else { return Ok(()) };
        let order = StopOrder {
            address: &address,
            reason,
            source: "mail_report",
            lead: Some(lead.lead_id),
            actor: Actor::System,
        };
        self.suppress(tx, order).await.map(drop)
    }
}

/// What a text says besides its intent, when the intent is known already.
pub(super) fn said_besides(text: &str, label: ReplyLabel, today: Date) -> Flags {
    let label = match label {
        ReplyLabel::OutOfOffice => Label::OutOfOffice,
        ReplyLabel::LeftCompany => Label::LeftCompany,
        ReplyLabel::Referral => Label::Referral,
        ReplyLabel::WrongPerson => Label::WrongPerson,
        _ => Label::Auto,
    };
    let words = Words::new(text);
    let found = Concepts::find(&words);
    flags::read(&words, &found, label, today)
}

/// In thousandths, as the page shows it.
pub(super) fn permille(share: Millionths) -> i64 {
    (0..=100)
        .rev()
        .find(|percent| share.is_at_least_percent(*percent))
        .map_or(0, |percent| i64::from(percent) * 10)
}

/// When a mail came, as the day in a zone.
pub(super) fn day_of(at: Timestamp, rules: &Rules) -> Date {
    at.to_zoned_datetime(rules.zone.clone()).date()
}
