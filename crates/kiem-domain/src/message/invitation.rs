//! An appointment as a calendar program understands it (RFC 5545, RFC 5546).

use super::{HeaderText, HeaderUrl, MailParty};
use crate::locale::Lang;
use jiff::Timestamp;

text_enum! {
    /// What an invitation says.
    pub enum InvitationKind {
        /// The appointment stands, or has moved.
        Request = "request",
        /// It is off.
        Cancel = "cancel",
    }
}

/// One appointment between one of us and one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Invite or cancel.
    pub kind: InvitationKind,
    /// The same for every version of the appointment, so that programs replace instead of adding.
    pub uid: HeaderText,
    /// Grows with every change.
    pub sequence: u32,
    /// When this version was made.
    pub made_at: Timestamp,
    /// Start.
    pub starts_at: Timestamp,
    /// End.
    pub ends_at: Timestamp,
    /// The title in the calendar.
    pub summary: HeaderText,
    /// Where: an address, a phone number or a meeting link. May be empty.
    pub location: HeaderText,
    /// What else to know; may have several lines.
    pub description: String,
    /// Where the guest moves or cancels it.
    pub change_url: Option<HeaderUrl>,
    /// One of us; a mailbox that we read.
    pub organizer: MailParty,
    /// The guest.
    pub attendee: MailParty,
    /// The language of the line about moving and cancelling.
    pub language: Lang,
}

impl Invitation {
    /// The text in the calendar: the description, and how to move or cancel.
    pub fn full_description(&self) -> String {
        let mut text = self.description.trim().to_owned();
        if let Some(url) = &self.change_url {
            let label = match self.language {
                Lang::Nl => "Verzetten of afzeggen",
                Lang::En => "Move or cancel",
            };
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&format!("{label}: {}", url.as_str()));
        }
        text
    }
}
