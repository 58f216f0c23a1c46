//! Freezing a mail into bytes: our own small writer, so that the same mail always gives the same bytes and no byte is
//! there that we did not put there.
//!
//! `multipart/alternative` of text and simple HTML (no remote picture, no pixel), everything 7-bit: UTF-8 in
//! quoted-printable, CRLF line ends. Headers come from typed fields only; see [`kiem_domain::message`].

use crate::calendar;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kiem_domain::message::{InvitationKind, MailParty, OutboundAttachment, OutboundMail};

/// The most bytes of attachments; more does not arrive in practice.
const ATTACHMENT_BYTES_MAX: usize = 15 * 1024 * 1024;
/// The longest text.
const TEXT_BYTES_MAX: usize = 512 * 1024;
/// A line of encoded text (RFC 2045, 6.7).
const LINE_BYTES_MAX: usize = 76;
/// The bytes in one encoded word, so that the word and its header name fit a line (RFC 2047).
const WORD_BYTES_MAX: usize = 36;

/// Why a mail cannot be frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The text has a NUL byte, which mail cannot carry.
    #[error("the text contains a NUL character")]
    NulInText,
    /// The text is empty.
    #[error("the mail has no text")]
    EmptyText,
    /// Text or attachments are too large.
    #[error("the mail is too large")]
    TooLarge,
    /// An attachment's media type is not `type/subtype`.
    #[error("an attachment has no valid media type")]
    MediaType,
}

/// Freezes a mail into the bytes that are sent and stored.
///
/// # Errors
/// When the text is empty, holds a NUL or is too large, or an attachment is too large or has no media type.
pub fn build(mail: &OutboundMail) -> Result<Vec<u8>, BuildError> {
    if mail.text.contains('\0') {
        return Err(BuildError::NulInText);
    }
    if mail.text.trim().is_empty() {
        return Err(BuildError::EmptyText);
    }
    let n_attached: usize = mail.attachments.iter().map(|a| a.bytes.len()).sum();
    if mail.text.len() > TEXT_BYTES_MAX || n_attached > ATTACHMENT_BYTES_MAX {
        return Err(BuildError::TooLarge);
    }
    if mail.attachments.iter().any(|a| !is_media_type(a.media_type.as_str())) {
        return Err(BuildError::MediaType);
    }
    let mut out = headers(mail);
    let boundary = Boundaries::of(mail);
    if mail.attachments.is_empty() {
        alternative(&mut out, mail, &boundary.inner);
    } else {
        out.push_str(&format!("Content-Type: multipart/mixed; boundary=\"{}\"\r\n\r\n", boundary.outer));
        out.push_str(&format!("--{}\r\n", boundary.outer));
        alternative(&mut out, mail, &boundary.inner);
        for file in &mail.attachments {
            out.push_str(&format!("--{}\r\n", boundary.outer));
            attachment(&mut out, file);
        }
        out.push_str(&format!("--{}--\r\n", boundary.outer));
    }
    Ok(out.into_bytes())
}

/// Boundaries that cannot occur in the parts: `=_` is no quoted-printable, and base64 has no `_`.
struct Boundaries {
    outer: String,
    inner: String,
}

impl Boundaries {
    fn of(mail: &OutboundMail) -> Self {
        let token: String =
            mail.message_id.as_str().chars().filter(char::is_ascii_alphanumeric).take(32).collect();
        Self { outer: format!("=_kiem_1_{token}"), inner: format!("=_kiem_2_{token}") }
    }
}

fn headers(mail: &OutboundMail) -> String {
    let mut out = String::new();
    let mut put = |name: &str, value: &str| out.push_str(&format!("{name}: {value}\r\n"));
    put("Date", &mail.date.strftime("%a, %d %b %Y %H:%M:%S %z").to_string());
    put("From", &party(&mail.from));
    put("To", &party(&mail.to));
    if let Some(reply_to) = &mail.reply_to {
        put("Reply-To", &party(reply_to));
    }
    put("Subject", &words(mail.subject.as_str()));
    put("Message-ID", &format!("<{}>", mail.message_id.as_str()));
    if let Some(id) = &mail.in_reply_to {
        put("In-Reply-To", &format!("<{}>", id.as_str()));
    }
    if !mail.references.is_empty() {
        let ids: Vec<String> = mail.references.iter().map(|id| format!("<{}>", id.as_str())).collect();
        put("References", &ids.join("\r\n "));
    }
    if let Some(unsubscribe) = &mail.list_unsubscribe {
        let mut ways = vec![format!("<{}>", unsubscribe.one_click_url.as_str())];
        let id = mail.message_id.as_str();
        ways.extend(unsubscribe.address.as_ref().map(|a| format!("<mailto:{a}?subject=unsubscribe%20{id}>")));
        put("List-Unsubscribe", &ways.join(",\r\n "));
        put("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
    if mail.is_automatic {
        put("Auto-Submitted", "auto-generated");
        put("X-Auto-Response-Suppress", "All");
    }
    put("MIME-Version", "1.0");
    out
}

/// `"Jan de Vries" <jan@agency.example>`.
fn party(party: &MailParty) -> String {
    let name = party.name.as_str();
    if name.is_empty() {
        return party.address.to_string();
    }
    if is_plain(name) {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        return format!("\"{quoted}\" <{}>", party.address);
    }
    format!("{}\r\n <{}>", words(name), party.address)
}

/// A header text as it is, or as encoded words (RFC 2047) when it has more than printable ASCII or looks like one.
fn words(text: &str) -> String {
    if is_plain(text) {
        return folded(text);
    }
    let mut pieces: Vec<String> = Vec::new();
    let mut piece = String::new();
    for c in text.chars() {
        if piece.len() + c.len_utf8() > WORD_BYTES_MAX {
            pieces.push(std::mem::take(&mut piece));
        }
        piece.push(c);
    }
    pieces.push(piece);
    let encoded: Vec<String> = pieces.iter().map(|p| format!("=?UTF-8?B?{}?=", STANDARD.encode(p))).collect();
    encoded.join("\r\n ")
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) && !text.contains("=?")
}

/// Breaks a long plain text before blanks; readers join the lines again.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut n_bytes = 20; // the header name
    for (n, word) in text.split(' ').enumerate() {
        if n > 0 {
            // A line of blanks alone would end the header block for some programs.
            let breaks = n_bytes + word.len() >= LINE_BYTES_MAX && !word.is_empty();
            out.push_str(if breaks { "\r\n " } else { " " });
            n_bytes = if breaks { 1 } else { n_bytes + 1 };
        }
        out.push_str(word);
        n_bytes += word.len();
    }
    out
}

fn alternative(out: &mut String, mail: &OutboundMail, boundary: &str) {
    out.push_str(&format!("Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n"));
    text_part(out, boundary, "text/plain; charset=utf-8", &mail.text);
    text_part(out, boundary, "text/html; charset=utf-8", &html_of_text(&mail.text));
    if let Some(invitation) = &mail.invitation {
        let method = match invitation.kind {
            InvitationKind::Request => "REQUEST",
            InvitationKind::Cancel => "CANCEL",
        };
        let kind = format!("text/calendar; charset=utf-8; method={method}");
        text_part(out, boundary, &kind, &calendar::write(invitation));
    }
    out.push_str(&format!("--{boundary}--\r\n"));
}

fn text_part(out: &mut String, boundary: &str, kind: &str, text: &str) {
    out.push_str(&format!(
        "--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ));
    quoted_printable(out, text);
}

/// Quoted-printable with CRLF line ends; a line never starts with a dot or `From `, which careless servers change.
fn quoted_printable(out: &mut String, text: &str) {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for line in text.trim_end_matches('\n').split('\n') {
        let bytes = line.as_bytes();
        let mut n_line = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            let is_last = at + 1 == bytes.len();
            let starts_badly = n_line == 0 && (byte == b'.' || bytes[at..].starts_with(b"From "));
            let is_blank = matches!(byte, b' ' | b'\t');
            let is_literal =
                (byte.is_ascii_graphic() && byte != b'=' || is_blank && !is_last) && !starts_badly;
            let width = if is_literal { 1 } else { 3 };
            // One byte is kept free for the `=` of a soft break.
            if n_line + width > LINE_BYTES_MAX - 1 {
                out.push_str("=\r\n");
                n_line = 0;
            }
            // After a soft break this byte may stand first in its line.
            if is_literal && !(n_line == 0 && (byte == b'.' || bytes[at..].starts_with(b"From "))) {
                out.push(char::from(byte));
                n_line += 1;
            } else {
                out.push_str(&format!("={byte:02X}"));
                n_line += 3;
            }
        }
        out.push_str("\r\n");
    }
}

fn attachment(out: &mut String, file: &OutboundAttachment) {
    let kind = file.media_type.as_str();
    out.push_str(&format!("Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"));
    out.push_str(&format!("Content-Disposition: attachment{}\r\n\r\n", file_name(file.name.as_str())));
    let encoded = STANDARD.encode(&file.bytes);
    for start in (0..encoded.len()).step_by(LINE_BYTES_MAX) {
        out.push_str(&encoded[start..encoded.len().min(start + LINE_BYTES_MAX)]); // base64 is ASCII
        out.push_str("\r\n");
    }
}

/// The file name for old programs and, when it is not plain ASCII, in full for all others (RFC 2231).
fn file_name(name: &str) -> String {
    if name.is_empty() {
        return String::new();
    }
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '/') || c == ' ' { c } else { '_' })
        .take(120)
        .collect();
    let mut out = format!(";\r\n filename=\"{plain}\"");
    if plain != name {
        let encoded: String = name
            .bytes()
            .take(240)
            .map(|b| {
                if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_') {
                    char::from(b).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect();
        out.push_str(&format!(";\r\n filename*=UTF-8''{encoded}"));
    }
    out
}

fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'+'))
    };
    text.split_once('/').is_some_and(|(main, sub)| {
        is_token(main) && is_token(sub) && main != "multipart" && main != "message"
    })
}

/// The HTML alternative of a text: paragraphs, line breaks and links, nothing else.
pub fn html_of_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::from("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n");
    for paragraph in text.split("\n\n").map(|p| p.trim_matches('\n')).filter(|p| !p.trim().is_empty()) {
        let lines: Vec<String> = paragraph.split('\n').map(linked).collect();
        out.push_str(&format!("<p>{}</p>\n", lines.join("<br>\n")));
    }
    out.push_str("</body></html>\n");
    out
}

/// A line with its web addresses as links.
fn linked(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = find_link(rest) {
        out.push_str(&escaped(&rest[..at]));
        let tail = &rest[at..];
        let end =
            tail.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(tail.len());
        let link = tail[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', ']']);
        let shown = escaped(link);
        out.push_str(&format!("<a href=\"{shown}\">{shown}</a>"));
        rest = &tail[link.len()..];
    }
    out.push_str(&escaped(rest));
    out
}

fn find_link(text: &str) -> Option<usize> {
    let is_link = |at: usize| {
        let rest = text[at..].strip_prefix("https://").or_else(|| text[at..].strip_prefix("http://"));
        // Without a host it is a word about links.
        rest.is_some_and(|r| r.starts_with(char::is_alphanumeric))
    };
    text.match_indices("http").map(|(at, _)| at).find(|at| is_link(*at))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests;
