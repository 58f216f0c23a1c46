//! Opting out by the link in a mail. Looking changes nothing; the button, and the mail program's own button
//! (RFC 8058), stop everything at once.

use kiem_domain::contact::EmailAddress;
use kiem_domain::id::MessageId;
use kiem_domain::promotion::EventKind;
use kiem_store::event::Actor;
use kiem_store::message::Message;
use kiem_store::{Tx, account, campaign, message};

use super::booking::sender_of;
use crate::engine::keys::TokenKind;
use crate::engine::promotion::NewEngagement;
use crate::engine::settings::{language_of, settings_of};
use crate::engine::suppress::StopOrder;
use crate::engine::{Engine, Result};
use crate::messages::Lang;

/// What the opt-out page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// Who wrote.
    pub sender: String,
    /// Language of the mail.
    pub lang: Lang,
    /// The address is on the list already.
    pub is_done: bool,
}

impl Engine {
    /// What the page for an opt-out token says; `None` when the token is not ours. Changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn opt_out_page(&self, token: &str) -> Result<Option<OptOut>> {
        let Some((workspace, claim)) = self.public_claim(TokenKind::Unsubscribe, token).await? else {
            return Ok(None);
        };
        let mut tx = self.store().read(workspace).await?;
        let Some(mail) = message::find(&mut tx, MessageId(claim.id)).await? else { return Ok(None) };
        self.opt_out_of(&mut tx, &mail).await.map(Some)
    }

    /// Puts the recipient of a mail on the suppression list and ends what was planned. Doing it again changes nothing.
    /// `None` when the token is not ours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn opt_out(&self, token: &str) -> Result<Option<OptOut>> {
        let Some((workspace, claim)) = self.public_claim(TokenKind::Unsubscribe, token).await? else {
            return Ok(None);
        };
        let mut tx = self.store().begin(workspace).await?;
        let Some(mail) = message::find(&mut tx, MessageId(claim.id)).await? else { return Ok(None) };
        if let Ok(address) = EmailAddress::parse(&mail.new.recipient) {
            let order = StopOrder {
                address: &address,
                reason: "unsubscribed",
                source: "opt_out",
                lead: mail.new.lead_id,
                actor: Actor::Lead,
            };
            self.suppress(&mut tx, order).await?;
        }
        let new = NewEngagement {
            occurred_at: self.now(),
            what: EventKind::Unsubscribe,
            lead: mail.new.lead_id,
            contact: mail.new.contact_id,
            company: mail.new.company_id,
            message: Some(mail.new.id),
            link: None,
            inbound: None,
            web_session: None,
            source: "opt_out",
            external_id: mail.new.id.to_string(),
        };
        self.record_engagement(&mut tx, &new).await?;
        let page = self.opt_out_of(&mut tx, &mail).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(Some(page))
    }

    async fn opt_out_of(&self, tx: &mut Tx, mail: &Message) -> Result<OptOut> {
        let workspace = account::workspace_in(tx).await?;
        let settings = settings_of(&workspace)?;
        let campaign = match mail.new.campaign_id {
            Some(id) => campaign::find(tx, id).await?,
            None => None,
        };
        let lang = campaign.and_then(|c| c.language.parse().ok()).unwrap_or_else(|| language_of(&workspace));
        let is_done = match EmailAddress::parse(&mail.new.recipient) {
            Ok(address) => self.is_suppressed(tx, &address).await?,
            Err(_) => true,
        };
        Ok(OptOut { sender: sender_of(workspace, settings), lang, is_done })
    }
}
