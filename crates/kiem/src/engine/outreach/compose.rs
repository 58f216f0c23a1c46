//! From an approved message to frozen bytes, and mail outside campaigns: answers, confirmations, quotes, notices.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_adapters::mime::build;
use kiem_domain::contact::EmailAddress;
use kiem_domain::id::{CompanyId, ContactId, LeadId, MailboxId, MessageId, ProspectId, WorkspaceId};
use kiem_domain::message::{
    HeaderMessageId, HeaderText, HeaderUrl, Invitation, ListUnsubscribe, MailParty, OutboundAttachment,
    OutboundMail,
};
use kiem_store::account::{self, Workspace};
use kiem_store::job::{self, Queue};
use kiem_store::mailbox::Mailbox;
use kiem_store::message::{self, Message, MessageState, NewMessage};
use kiem_store::{Tx, mailbox};

use crate::engine::keys::{TokenClaim, TokenKind};
use crate::engine::{Engine, EngineError, Result};

/// A mail that belongs to a conversation or to Kiem itself: no approval, no window, no cap.
#[derive(Debug, Clone)]
pub struct DirectMail {
    /// `reply`, `booking`, `quote` or `notice`.
    pub kind: &'static str,
    /// Mailbox that it leaves from.
    pub mailbox: MailboxId,
    /// To whom.
    pub to: EmailAddress,
    /// Name beside it.
    pub to_name: String,
    /// Subject; for an answer already with its "Re:".
    pub subject: String,
    /// Text, complete with closing.
    pub text: String,
    /// The mail that is answered, without angle brackets.
    pub in_reply_to: Option<String>,
    /// Its thread, oldest first.
    pub references: Vec<String>,
    /// Whose timeline it stands on.
    pub contact: Option<ContactId>,
    /// See `contact`.
    pub company: Option<CompanyId>,
    /// See `contact`.
    pub prospect: Option<ProspectId>,
    /// See `contact`.
    pub lead: Option<LeadId>,
    /// An invitation.
    pub invitation: Option<Invitation>,
    /// Documents.
    pub attachments: Vec<OutboundAttachment>,
    /// A person confirmed, with a reason, that it goes to an address on the suppression list.
    pub despite_suppression: bool,
}

fn outside(problem: impl std::fmt::Display) -> EngineError {
    EngineError::Outside(format!("a mail cannot be put together: {problem}"))
}

impl Engine {
    /// The Message-ID of a message, without angle brackets: a signed token, so that an answer with a forged id never
    /// matches.
    pub fn message_id_for(&self, workspace: &Workspace, id: MessageId, address: &EmailAddress) -> String {
        let claim = TokenClaim { workspace_number: workspace.number, id: id.0 };
        format!("{}@{}", self.keys().public_token(TokenKind::MessageId, claim), address.domain())
    }

    /// The message of ours that a Message-ID names, when the signature is right.
    pub fn read_message_id(&self, header: &str) -> Option<TokenClaim> {
        let (left, _) = header.trim_matches(['<', '>']).split_once('@')?;
        self.keys().read_public_token(TokenKind::MessageId, left)
    }

    /// The address at which a recipient opts out of this message's sender.
    pub fn unsubscribe_url(&self, workspace: &Workspace, id: MessageId) -> String {
        let claim = TokenClaim { workspace_number: workspace.number, id: id.0 };
        format!("{}/u/{}", self.config().link_url, self.keys().public_token(TokenKind::Unsubscribe, claim))
    }

    /// Puts a mail into the queue, in the given transaction. It leaves within a moment.
    ///
    /// # Errors
    /// When a header is not acceptable or the database fails.
    pub async fn queue_mail(&self, tx: &mut Tx, mail: DirectMail) -> Result<MessageId> {
        let now = self.now();
        let workspace = account::workspace_in(tx).await?;
        let mailbox = mailbox::find(tx, mail.mailbox).await?.ok_or(EngineError::NotFound)?;
        let id: MessageId = self.new_id();
        let from = EmailAddress::parse(&mailbox.address).map_err(outside)?;
        let new = NewMessage {
            id,
            kind: mail.kind.to_owned(),
            mailbox_id: mailbox.id,
            campaign_id: None,
            enrolment_id: None,
            step_id: None,
            lead_id: mail.lead,
            contact_id: mail.contact,
            company_id: mail.company,
            prospect_id: mail.prospect,
            recipient: mail.to.to_string(),
            recipient_name: mail.to_name.clone(),
            state: MessageState::Queued,
            subject: mail.subject.clone(),
            body: mail.text.clone(),
            problem: None,
            message_id: self.message_id_for(&workspace, id, &from),
            in_reply_to: mail.in_reply_to.clone(),
            reference_ids: (!mail.references.is_empty()).then(|| mail.references.join(" ")),
            raw: None,
            due_at: Some(now),
        };
        let is_automatic = mail.kind == "notice";
        let zone = TimeZone::get(&workspace.time_zone).map_err(outside)?;
        let raw = frozen(&new, &mailbox, None, is_automatic, now, &zone, mail.invitation, mail.attachments)?;
        message::insert(tx, &NewMessage { raw: Some(raw), ..new }, now).await?;
        if mail.despite_suppression {
            message::allow_despite(tx, id).await?;
        }
        job::wake(tx, Queue::Send, now).await?;
        Ok(id)
    }

    /// The bytes of an approved outreach mail, made just before its first try.
    ///
    /// # Errors
    /// When a header is not acceptable.
    pub async fn compose(
        &self,
        workspace: WorkspaceId,
        mailbox: &Mailbox,
        message: &Message,
        now: Timestamp,
    ) -> Result<Vec<u8>> {
        let (workspace, _) = self.workspace(workspace).await?;
        let zone = TimeZone::get(&workspace.time_zone).map_err(outside)?;
        let opt_out =
            (message.new.kind == "outreach").then(|| self.unsubscribe_url(&workspace, message.new.id));
        frozen(&message.new, mailbox, opt_out, false, now, &zone, None, Vec::new())
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "every one decides the bytes; a struct would only repeat OutboundMail"
)]
fn frozen(
    message: &NewMessage,
    mailbox: &Mailbox,
    opt_out: Option<String>,
    is_automatic: bool,
    now: Timestamp,
    zone: &TimeZone,
    invitation: Option<Invitation>,
    attachments: Vec<OutboundAttachment>,
) -> Result<Vec<u8>> {
    let address = EmailAddress::parse(&mailbox.address).map_err(outside)?;
    let list_unsubscribe = match opt_out {
        Some(url) => Some(ListUnsubscribe {
            one_click_url: HeaderUrl::parse(&url).map_err(outside)?,
            address: Some(address.clone()),
        }),
        None => None,
    };
    let id = |text: &str| HeaderMessageId::parse(text).map_err(outside);
    let mail = OutboundMail {
        message_id: id(&message.message_id)?,
        date: now.to_zoned_datetime(zone.clone()),
        from: MailParty { address, name: HeaderText::new(&mailbox.display_name).map_err(outside)? },
        to: MailParty {
            address: EmailAddress::parse(&message.recipient).map_err(outside)?,
            name: HeaderText::new(&message.recipient_name).map_err(outside)?,
        },
        reply_to: None,
        subject: HeaderText::new(&message.subject).map_err(outside)?,
        in_reply_to: message.in_reply_to.as_deref().map(id).transpose()?,
        references: message
            .reference_ids
            .as_deref()
            .unwrap_or_default()
            .split_whitespace()
            .map(id)
            .collect::<Result<_>>()?,
        list_unsubscribe,
        is_automatic,
        text: message.body.clone(),
        invitation,
        attachments,
    };
    build(&mail).map_err(outside)
}
