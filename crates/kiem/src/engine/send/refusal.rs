//! What a server's final "no" in the conversation means: the address is dead, or the server does not want our mail.

use jiff::Timestamp;
use kiem_domain::contact::EmailAddress;
use kiem_domain::inbound::machine::{Severity, of_smtp_reply};
use kiem_domain::promotion::{BounceKind, EventKind};
use kiem_store::event::Actor;
use kiem_store::{Tx, message};

use super::gate::Ticket;
use crate::engine::promotion::NewEngagement;
use crate::engine::suppress::StopOrder;
use crate::engine::{Engine, Result};

impl Engine {
    /// Acts on a refusal, in the transaction that writes it down. A dead address is a hard bounce and goes on the
    /// suppression list; a refusal of us marks the mail, so that the mailbox shows it, and leaves the person alone.
    pub(super) async fn take_refusal(
        &self,
        tx: &mut Tx,
        ticket: &Ticket,
        reply: &str,
        now: Timestamp,
    ) -> Result<()> {
        let Some(mail) = message::find(tx, ticket.id).await? else { return Ok(()) };
        let refusal = of_smtp_reply(reply, &mail.new.recipient);
        match refusal.severity {
            // No server spoke: the mail could not be offered as it is.
            _ if refusal.status.is_empty() => Ok(()),
            Severity::Hard => self.address_is_dead(tx, ticket, &mail.new.recipient, now).await,
            Severity::Refused => {
                message::mark_refused(tx, ticket.id, reply, now).await.map(drop).map_err(Into::into)
            }
            Severity::Soft => Ok(()),
        }
    }

    async fn address_is_dead(
        &self,
        tx: &mut Tx,
        ticket: &Ticket,
        recipient: &str,
        now: Timestamp,
    ) -> Result<()> {
        let (Some(lead), Ok(address)) = (ticket.lead, EmailAddress::parse(recipient)) else { return Ok(()) };
        let order = StopOrder {
            address: &address,
            reason: "hard_bounce",
            source: "mail_server",
            lead: Some(lead),
            actor: Actor::System,
        };
        self.suppress(tx, order).await?;
        let new = NewEngagement {
            occurred_at: now,
            what: EventKind::Bounce(BounceKind::Hard),
            lead: Some(lead),
            contact: ticket.contact,
            company: ticket.company,
            message: Some(ticket.id),
            link: None,
            inbound: None,
            web_session: None,
            source: "smtp",
            external_id: ticket.id.to_string(),
        };
        self.record_engagement(tx, &new).await.map(drop)
    }
}
