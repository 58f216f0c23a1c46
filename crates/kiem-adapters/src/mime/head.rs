//! A header block, read once: raw fields for the facts, parsed ones for addresses, ids, dates and words.

use jiff::Timestamp;
use kiem_domain::inbound::Party;
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, MimeHeaders};

/// A value longer than this is cut; nothing we look for is that long.
const VALUE_CHARS_MAX: usize = 8_000;
/// So many addresses of one header are kept.
const ADDRESSES_MAX: usize = 200;
/// So many ids of one header are kept, the newest.
const IDS_MAX: usize = 200;

/// The headers of a mail or part.
pub(super) struct Head {
    message: Option<Message<'static>>,
    /// Name in lower case and value on one line, still encoded, in order.
    pub(super) fields: Vec<(String, String)>,
    /// `text` of `text/plain`, lower case.
    pub(super) main_type: String,
    /// `plain` of `text/plain`, lower case.
    pub(super) sub_type: String,
    /// The boundary of a multipart.
    pub(super) boundary: Option<String>,
    /// Content-Transfer-Encoding in lower case.
    pub(super) encoding: String,
    /// Whether the part is meant to be saved, not shown.
    pub(super) is_attachment: bool,
    /// The file name as given, without any path.
    pub(super) file_name: String,
}

impl Head {
    /// Reads a header block. `in_digest` says that a part without a type is a mail (RFC 2046, 5.1.5).
    pub(super) fn parse(block: &[u8], in_digest: bool) -> Self {
        // Old programs write headers in bare Latin-1; the parser wants UTF-8.
        let mut text = match std::str::from_utf8(block) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(block).0.into_owned(),
        };
        text.push_str("\r\n\r\n");
        let message = MessageParser::default().parse_headers(text.as_bytes()).map(Message::into_owned);
        let mut head = Self {
            fields: message.as_ref().map(fields).unwrap_or_default(),
            main_type: if in_digest { "message" } else { "text" }.to_owned(),
            sub_type: if in_digest { "rfc822" } else { "plain" }.to_owned(),
            boundary: None,
            encoding: String::new(),
            is_attachment: false,
            file_name: String::new(),
            message: None,
        };
        if let Some(message) = message {
            head.read_mime(&message);
            head.message = Some(message);
        }
        head
    }

    fn read_mime(&mut self, message: &Message<'_>) {
        let Some(part) = message.parts.first() else { return };
        if let Some(kind) = part.content_type() {
            self.main_type = kind.ctype().to_lowercase();
            self.sub_type = kind.subtype().unwrap_or_default().to_lowercase();
            self.boundary = kind.attribute("boundary").map(str::to_owned).filter(|b| !b.is_empty());
        }
        self.encoding = part.content_transfer_encoding().unwrap_or_default().trim().to_lowercase();
        self.is_attachment =
            part.content_disposition().is_some_and(|d| d.ctype().eq_ignore_ascii_case("attachment"));
        // The name in full (`filename*`, RFC 2231) comes behind the one for old programs.
        let names = part.content_disposition().and_then(|d| d.attributes()).unwrap_or_default();
        let full =
            names.iter().rev().find(|a| a.name.eq_ignore_ascii_case("filename")).map(|a| a.value.as_ref());
        let name = full.or_else(|| part.attachment_name()).unwrap_or_default();
        self.file_name = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(200).collect();
    }

    /// Whether there was no header at all.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// `text/plain` and the like.
    pub(super) fn media_type(&self) -> String {
        format!("{}/{}", self.main_type, self.sub_type)
    }

    pub(super) fn is_type(&self, main: &str, sub: &str) -> bool {
        self.main_type == main && self.sub_type == sub
    }

    /// Whether the content has to be decoded before it can be read.
    pub(super) fn is_encoded(&self) -> bool {
        matches!(self.encoding.as_str(), "base64" | "quoted-printable")
    }

    /// A parameter of Content-Type.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.message.as_ref()?.parts.first()?.content_type()?.attribute(name)
    }

    /// The raw value of the first field of that name, on one line.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The first parsed value; when a header is there twice, the first one is what programs show.
    fn parsed(&self, name: HeaderName<'static>) -> Option<&HeaderValue<'static>> {
        self.message.as_ref()?.headers().iter().find(|h| h.name == name).map(|h| &h.value)
    }

    /// The subject, decoded, on one line.
    pub(super) fn subject(&self) -> String {
        let text = self.parsed(HeaderName::Subject).and_then(HeaderValue::as_text).unwrap_or_default();
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().filter(|c| !c.is_control()).take(1_000).collect()
    }

    pub(super) fn date(&self) -> Option<Timestamp> {
        let date = self.parsed(HeaderName::Date)?.as_datetime().filter(|d| d.is_valid())?;
        Timestamp::from_second(date.to_timestamp()).ok()
    }

    /// The ids of a header, oldest first as written, without angle brackets.
    pub(super) fn ids(&self, name: HeaderName<'static>) -> Vec<String> {
        let Some(value) = self.parsed(name) else { return Vec::new() };
        let list: Vec<&str> = match value {
            HeaderValue::Text(id) => vec![id],
            HeaderValue::TextList(ids) => ids.iter().map(AsRef::as_ref).collect(),
            _ => Vec::new(),
        };
        let mut ids: Vec<String> = list.into_iter().map(id).filter(|id| !id.is_empty()).collect();
        ids.drain(..ids.len().saturating_sub(IDS_MAX));
        ids
    }

    /// The addresses of a header that the parser knows as an address header.
    pub(super) fn parties(&self, name: HeaderName<'static>) -> Vec<Party> {
        let Some(list) = self.parsed(name).and_then(HeaderValue::as_address) else { return Vec::new() };
        list.iter()
            .take(ADDRESSES_MAX)
            .map(party)
            .filter(|p| !p.address.is_empty() || !p.name.is_empty())
            .collect()
    }

    /// The addresses of headers that only servers write (`Delivered-To`, `X-Original-To`, ...).
    pub(super) fn plain_parties(&self, names: &[&str]) -> Vec<Party> {
        let values = self.fields.iter().filter(|(n, _)| names.contains(&n.as_str()));
        values
            .flat_map(|(_, v)| v.split(','))
            .take(ADDRESSES_MAX)
            .map(|piece| Party { address: bare_address(piece), name: bare_name(piece) })
            .filter(|p| !p.address.is_empty())
            .collect()
    }
}

fn fields(message: &Message<'_>) -> Vec<(String, String)> {
    message
        .headers_raw()
        .map(|(name, value)| {
            let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
            (name.to_lowercase(), line.chars().take(VALUE_CHARS_MAX).collect())
        })
        .collect()
}

fn party(addr: &mail_parser::Addr<'_>) -> Party {
    let address = addr.address().unwrap_or_default();
    Party {
        address: address
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .collect::<String>()
            .to_lowercase(),
        name: addr.name().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect(),
    }
}

/// An id without brackets and without the blanks of folded lines.
pub(super) fn id(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '<' | '>')).take(1_000).collect()
}

/// The address in `Name <address>` or in a bare value, lower case.
pub(super) fn bare_address(value: &str) -> String {
    let inner = match value.rsplit_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => value,
    };
    inner.trim().trim_matches(['<', '>', '"']).to_lowercase()
}

fn bare_name(value: &str) -> String {
    value.rsplit_once('<').map(|(name, _)| name.trim().trim_matches('"').to_owned()).unwrap_or_default()
}
