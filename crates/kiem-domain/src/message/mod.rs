//! Outbound mail before it becomes bytes: typed headers that cannot carry a second header, and threading.
//!
//! What is approved is what is sent: an [`OutboundMail`] is frozen into bytes once (by the adapter) and those bytes are
//! stored. Nothing here draws a random number or reads a clock; Message-ID and date come in.

mod invitation;
mod thread;

pub use invitation::{Invitation, InvitationKind};
pub use thread::{references_chain, thread_subject};

use crate::contact::EmailAddress;
use jiff::ZonedDateTime;

/// A header value is at most this long; one line of mail is at most 998 (RFC 5322, 2.1.1).
const HEADER_BYTES_MAX: usize = 900;

/// Why a text cannot be (part of) a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// It has a line break or another control character: that is how a second header is smuggled in.
    #[error("a header cannot contain line breaks or control characters")]
    ControlCharacter,
    /// Longer than 900 bytes.
    #[error("a header is at most 900 bytes long")]
    TooLong,
    /// Not of the form that this header needs.
    #[error("not a valid value for this header")]
    Malformed,
}

/// A text for one header line: no line breaks, no control characters, at most 900 bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct HeaderText(String);

impl HeaderText {
    /// Takes a text as it is; surrounding blanks go.
    ///
    /// # Errors
    /// Refuses line breaks and control characters instead of repairing them: a template that produces one is wrong.
    pub fn new(text: &str) -> Result<Self, HeaderError> {
        let text = text.trim_matches(' ');
        if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(HeaderError::ControlCharacter);
        }
        if text.len() > HEADER_BYTES_MAX {
            return Err(HeaderError::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A Message-ID without its angle brackets: `token@domain` in plain ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HeaderMessageId(String);

impl HeaderMessageId {
    /// Takes an id with or without angle brackets.
    ///
    /// # Errors
    /// When it is not `left@right` of printable ASCII without blanks and brackets, or is too long.
    pub fn parse(text: &str) -> Result<Self, HeaderError> {
        let text = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text);
        if text.len() > HEADER_BYTES_MAX {
            return Err(HeaderError::TooLong);
        }
        let is_plain = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| {
                    b.is_ascii_graphic()
                        && !matches!(b, b'<' | b'>' | b'@' | b'"' | b'(' | b')' | b',' | b'\\')
                })
        };
        match text.split_once('@') {
            Some((left, right)) if is_plain(left) && is_plain(right) => Ok(Self(text.to_owned())),
            _ => Err(HeaderError::Malformed),
        }
    }

    /// The id without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A web address for a header or a part: `http` or `https`, printable ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HeaderUrl(String);

impl HeaderUrl {
    /// Takes an absolute web address.
    ///
    /// # Errors
    /// When it is no `http(s)` address, holds blanks, brackets or quotes, or is too long.
    pub fn parse(text: &str) -> Result<Self, HeaderError> {
        if text.len() > HEADER_BYTES_MAX {
            return Err(HeaderError::TooLong);
        }
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or(HeaderError::Malformed)?;
        let is_plain =
            rest.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b',' | b'\\'));
        if rest.is_empty() || !is_plain {
            return Err(HeaderError::Malformed);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A sender or recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailParty {
    /// Where.
    pub address: EmailAddress,
    /// The display name; may be empty.
    pub name: HeaderText,
}

/// How the recipient gets rid of us with one click (RFC 2369 and RFC 8058).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUnsubscribe {
    /// Where mail programs post `List-Unsubscribe=One-Click`.
    pub one_click_url: HeaderUrl,
    /// Where old programs write to.
    pub address: Option<EmailAddress>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundAttachment {
    /// The file name as the recipient sees it.
    pub name: HeaderText,
    /// The media type, such as `application/pdf`.
    pub media_type: HeaderText,
    /// The content.
    pub bytes: Vec<u8>,
}

/// A mail that is complete and decided; the adapter freezes it into bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundMail {
    /// Its id, made by us.
    pub message_id: HeaderMessageId,
    /// The Date header, in the sender's zone.
    pub date: ZonedDateTime,
    /// Who writes.
    pub from: MailParty,
    /// Who gets it: one person per mail.
    pub to: MailParty,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<MailParty>,
    /// The subject; see [`thread_subject`].
    pub subject: HeaderText,
    /// The message that this one answers or follows.
    pub in_reply_to: Option<HeaderMessageId>,
    /// The thread, oldest first; see [`references_chain`].
    pub references: Vec<HeaderMessageId>,
    /// One-click unsubscribe; `None` only for mail inside a conversation.
    pub list_unsubscribe: Option<ListUnsubscribe>,
    /// Whether a machine wrote it without a person (notifications): then no autoresponder should answer (RFC 3834).
    pub is_automatic: bool,
    /// The text. Paragraphs are separated by empty lines; the HTML alternative is made from it.
    pub text: String,
    /// An invitation.
    pub invitation: Option<Invitation>,
    /// Files.
    pub attachments: Vec<OutboundAttachment>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_second_header_cannot_be_smuggled_in() {
        for text in ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\0b", "a\u{85}b", "a\u{2028}b", "a\tb"] {
            assert_eq!(HeaderText::new(text), Err(HeaderError::ControlCharacter), "{text:?}");
        }
        assert_eq!(HeaderText::new(&"x".repeat(901)), Err(HeaderError::TooLong));
        assert_eq!(HeaderText::new(" Offerte – café ").unwrap().as_str(), "Offerte – café");
    }

    #[test]
    fn ids_and_urls_are_plain() {
        assert_eq!(
            HeaderMessageId::parse("<k1.ab@agency.example>").unwrap().as_str(),
            "k1.ab@agency.example"
        );
        for bad in ["", "k1", "@x", "k1@", "a b@c", "a@b@c", "a@b>\r\nX: y", "a@é"] {
            assert!(HeaderMessageId::parse(bad).is_err(), "{bad:?}");
        }
        assert!(HeaderUrl::parse("https://t.example/u/abc?x=1").is_ok());
        for bad in ["", "https://", "javascript:x", "https://a b", "https://a>\r\nX: y", "ftp://x"] {
            assert!(HeaderUrl::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_one_line(text in "\\PC{0,40}|[\\r\\n\\t a-z\\x00]{0,20}") {
            if let Ok(header) = HeaderText::new(&text) {
                prop_assert!(!header.as_str().contains(['\r', '\n', '\0']));
            }
        }
    }
}
