//! From the tree of parts: the text to read, reports, a calendar part, an attached mail, files.

use super::Attached;
use super::decode;
use super::head::Head;
use super::html::html_to_text;
use super::report;
use super::tree::{Content, Entity};
use crate::calendar;
use kiem_domain::inbound::{Attachment, CalendarAnswer, Report, TextSource};

/// So many files are listed.
const ATTACHMENTS_MAX: usize = 200;
/// A plain part with less than one word for so many words of HTML is a mere notice ("view this in a browser").
const WORDS_RATIO_MAX: usize = 5;

/// What a tree of parts holds.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) body: Body,
    pub(super) report: Option<Report>,
    pub(super) attached: Option<Attached>,
    pub(super) calendar: Option<CalendarAnswer>,
    pub(super) attachments: Vec<Attachment>,
}

/// The text of a mail.
pub(super) struct Body {
    pub(super) text: String,
    pub(super) source: TextSource,
    pub(super) signature: String,
    pub(super) links: Vec<String>,
}

impl Default for Body {
    fn default() -> Self {
        Self { text: String::new(), source: TextSource::Empty, signature: String::new(), links: Vec::new() }
    }
}

/// Looks at every part once. What is inside an attached mail belongs to that mail.
pub(super) fn gather(entity: &Entity<'_>) -> Gathered {
    let mut gathered = Gathered::default();
    gathered.body = gathered.body_of(entity, false);
    gathered
}

impl Gathered {
    /// The text of a part; everything that is no text is noted on the way.
    fn body_of(&mut self, entity: &Entity<'_>, is_related: bool) -> Body {
        match &entity.content {
            Content::Leaf(raw) => self.leaf(&entity.head, raw, is_related),
            Content::Mail(inner) => {
                if self.attached.is_none() {
                    self.attached = Some(Attached::of_entity(inner));
                }
                self.note_file(&entity.head, 0);
                Body::default()
            }
            Content::Parts(parts) if entity.head.sub_type == "alternative" => {
                let bodies: Vec<Body> = parts.iter().map(|p| self.body_of(p, is_related)).collect();
                best(bodies)
            }
            Content::Parts(parts) => {
                let is_related = entity.head.sub_type == "related";
                let is_report = entity.head.sub_type == "report";
                let mut whole = Body::default();
                for part in parts {
                    let body = self.body_of(part, is_related);
                    // In a report only the first text is for people; a second one may be a copy of our mail.
                    if whole.text.is_empty() || !is_report {
                        append(&mut whole, body);
                    }
                }
                whole
            }
        }
    }

    fn leaf(&mut self, head: &Head, raw: &[u8], is_related: bool) -> Body {
        match (head.main_type.as_str(), head.sub_type.as_str()) {
            ("message", "delivery-status" | "global-delivery-status") => {
                self.note_report(report::delivery(&decode::text(head, raw)));
            }
            ("message", "feedback-report") => self.note_report(report::feedback(&decode::text(head, raw))),
            ("message", "disposition-notification" | "global-disposition-notification") => {
                self.note_report(report::disposition(&decode::text(head, raw)));
            }
            ("text", "rfc822-headers")
            | ("message", "rfc822-headers" | "global-headers" | "rfc822" | "global") => {
                if self.attached.is_none() {
                    let bytes = decode::bytes(head, raw);
                    self.attached = Some(attached_headers(&bytes));
                }
            }
            ("text", "calendar") | ("application", "ics") => {
                if self.calendar.is_none() {
                    self.calendar = calendar::read_answer(&decode::text(head, raw));
                }
            }
            ("text", kind) if !head.is_attachment && (head.file_name.is_empty() || kind == "html") => {
                return text_body(head, raw);
            }
            _ => self.note_leaf_file(head, raw, is_related),
        }
        Body::default()
    }

    fn note_report(&mut self, report: Report) {
        if self.report.is_none() {
            self.report = Some(report);
        }
    }

    /// Files; pictures that belong to the layout of the HTML are none.
    fn note_leaf_file(&mut self, head: &Head, raw: &[u8], is_related: bool) {
        if is_related && !head.is_attachment && head.main_type == "image" {
            return;
        }
        if head.main_type == "text" && head.file_name.is_empty() {
            return;
        }
        if head.file_name.to_lowercase().ends_with(".ics") && self.calendar.is_none() {
            self.calendar = calendar::read_answer(&decode::text(head, raw));
        }
        self.note_file(head, decode::bytes(head, raw).len() as u64);
    }

    fn note_file(&mut self, head: &Head, size_bytes: u64) {
        if self.attachments.len() < ATTACHMENTS_MAX {
            self.attachments.push(Attachment {
                name: head.file_name.clone(),
                media_type: head.media_type(),
                size_bytes,
            });
        }
    }
}

fn attached_headers(bytes: &[u8]) -> Attached {
    let unix = bytes.windows(2).position(|w| w == b"\n\n");
    let dos = bytes.windows(4).position(|w| w == b"\r\n\r\n");
    let end = unix.into_iter().chain(dos).min();
    let block = &bytes[..end.unwrap_or(bytes.len()).min(super::HEADER_BYTES_MAX)];
    Attached::of_head(&Head::parse(block, false), String::new())
}

fn text_body(head: &Head, raw: &[u8]) -> Body {
    let text = decode::text(head, raw);
    match head.sub_type.as_str() {
        "html" => {
            let page = html_to_text(&text);
            Body { text: page.text, source: TextSource::Html, signature: page.signature, links: page.links }
        }
        _ => Body { text: text.replace("\r\n", "\n"), source: TextSource::Plain, ..Body::default() },
    }
}

/// The alternative to read: the plain one, unless it is empty or a mere notice. Links come from all of them.
fn best(bodies: Vec<Body>) -> Body {
    let words = |b: &Body| b.text.split_whitespace().count();
    let plain = bodies.iter().position(|b| b.source == TextSource::Plain && words(b) > 0);
    let html = bodies.iter().position(|b| b.source == TextSource::Html && words(b) > 0);
    let chosen = match (plain, html) {
        (Some(p), Some(h)) if words(&bodies[p]) * WORDS_RATIO_MAX < words(&bodies[h]) => h, // positions found above
        (Some(p), _) => p,
        (None, Some(h)) => h,
        (None, None) => return bodies.into_iter().next().unwrap_or_default(),
    };
    let mut links = Vec::new();
    let mut signature = String::new();
    let mut best = Body::default();
    for (at, body) in bodies.into_iter().enumerate() {
        links.extend(body.links.iter().cloned());
        if signature.is_empty() {
            signature.clone_from(&body.signature);
        }
        if at == chosen {
            best = body;
        }
    }
    Body { links, signature, ..best }
}

fn append(whole: &mut Body, body: Body) {
    if body.text.trim().is_empty() && body.links.is_empty() {
        return;
    }
    if whole.text.is_empty() {
        whole.source = body.source;
    } else {
        whole.text.push('\n');
    }
    whole.text.push_str(&body.text);
    whole.links.extend(body.links);
    if whole.signature.is_empty() {
        whole.signature = body.signature;
    }
}
