//! The inbox: threads with their newest mail, and one thread with everything that was said.

use jiff::Timestamp;
use kiem_domain::id::{InboundId, PromotionId, ProspectId};
use kiem_domain::inbound::Outcome;
use kiem_store::inbound::{self, Inbound, InboxFilter, InboxRow};
use kiem_store::message::{self, Message};
use kiem_store::promotion::{self, LeadFacts};

use super::effects::Suggestion;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Mails of one side that a thread shows.
const THREAD_MAX: i64 = 200;

kiem_domain::text_enum! {
    /// The folders of the inbox.
    pub enum Folder {
        /// What persons wrote, understood or not.
        People = "people",
        /// What waits for a person's judgement.
        NeedsLook = "needs_look",
        /// What belongs to no mail of ours.
        Unmatched = "unmatched",
        /// What machines wrote.
        Automatic = "automatic",
    }
}

impl Folder {
    pub(crate) fn outcomes(self) -> Vec<&'static str> {
        let ends: &[Outcome] = match self {
            Folder::People => &[
                Outcome::Reply,
                Outcome::AlreadyProspect,
                Outcome::LowConfidence,
                Outcome::SpoofSuspected,
                Outcome::EmptyReply,
                Outcome::DataRequest,
                Outcome::OptOut,
                Outcome::Ambiguous,
                Outcome::CalendarReply,
            ],
            Folder::NeedsLook => &[],
            Folder::Unmatched => &[Outcome::NoMatch, Outcome::Unreadable],
            Folder::Automatic => &[
                Outcome::OutOfOffice,
                Outcome::LeftCompany,
                Outcome::AutoReply,
                Outcome::Bounce,
                Outcome::Complaint,
                Outcome::ReadReceipt,
                Outcome::Challenge,
            ],
        };
        ends.iter().map(|outcome| outcome.as_str()).collect()
    }
}

/// A mail of ours in a thread.
#[derive(Debug, Clone)]
pub struct OurMail {
    /// The mail.
    pub message: Message,
}

/// Everything that was said with one person.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The mail that was asked for.
    pub mail: Inbound,
    /// The lead, when it is known.
    pub lead: Option<LeadFacts>,
    /// Their mails, newest first.
    pub theirs: Vec<Inbound>,
    /// Our mails, newest first.
    pub ours: Vec<OurMail>,
    /// The newest promotion, when it stands.
    pub promotion: Option<PromotionId>,
    /// The pursuit.
    pub prospect: Option<ProspectId>,
    /// The lead that a mail of the thread suggests, while nobody decided about it.
    pub suggestion: Option<Suggestion>,
}

impl Engine {
    /// A page of the inbox.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox(
        &self,
        caller: &Caller,
        folder: Folder,
        label: Option<&str>,
        before: Option<(Timestamp, InboundId)>,
        limit: i64,
    ) -> Result<Vec<InboxRow>> {
        caller.may(Permission::View)?;
        let outcomes = folder.outcomes();
        let filter = InboxFilter {
            needs_look: folder == Folder::NeedsLook,
            outcomes: &outcomes,
            label,
            prospect: None,
            before,
        };
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(inbound::inbox(&mut tx, filter, limit).await?)
    }

    /// How many mails wait for a look, and how many replies are unread.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_counts(&self, caller: &Caller) -> Result<(i64, i64)> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(inbound::open_counts(&mut tx).await?)
    }

    /// One thread.
    ///
    /// # Errors
    /// When there is no such mail.
    pub async fn thread(&self, caller: &Caller, id: InboundId) -> Result<Thread> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let mail = inbound::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let lead = match mail.lead_id {
            Some(lead) => promotion::lead_facts(&mut tx, lead).await?,
            None => None,
        };
        let (theirs, ours) = match mail.contact_id {
            Some(contact) => (
                inbound::of_contact(&mut tx, contact, THREAD_MAX).await?,
                message::to_contact(&mut tx, contact, THREAD_MAX).await?,
            ),
            None => (vec![mail.clone()], Vec::new()),
        };
        let promotion = match mail.lead_id {
            Some(lead) => promotion::newest_of_lead(&mut tx, lead).await?.filter(|p| p.undone_at.is_none()),
            None => None,
        };
        Ok(Thread {
            suggestion: self.suggestion_in_thread(&mut tx, &mail).await?,
            prospect: mail.prospect_id.or(promotion.as_ref().map(|p| p.prospect_id)),
            promotion: promotion.map(|p| p.id),
            ours: ours.into_iter().map(|message| OurMail { message }).collect(),
            mail,
            lead,
            theirs,
        })
    }
}
