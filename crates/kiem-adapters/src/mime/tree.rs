//! The parts of a mail as a tree, cut by our own bounded walker.
//!
//! `mail-parser` reads single header blocks and decodes words; it does not get whole mails. That way depth, number
//! of parts and size of headers are limits that hold before anything is built, every byte is looked at a fixed number
//! of times, and nothing recurses deeper than [`DEPTH_MAX`].

use super::head::Head;
use kiem_domain::inbound::Unreadable;

/// The largest mail that is read.
pub const MAIL_BYTES_MAX: usize = 25 * 1024 * 1024;
/// The most parts, multiparts included.
pub const PARTS_MAX: usize = 1_000;
/// The deepest nesting of parts and attached mails.
pub const DEPTH_MAX: usize = 20;
/// The most header bytes of all parts together.
pub const HEADER_BYTES_MAX: usize = 1024 * 1024;

/// A part: its headers and what is in it.
pub(super) struct Entity<'a> {
    pub(super) head: Head,
    pub(super) content: Content<'a>,
}

/// What a part holds.
pub(super) enum Content<'a> {
    /// Encoded bytes.
    Leaf(&'a [u8]),
    /// Parts of a multipart, in order.
    Parts(Vec<Entity<'a>>),
    /// An attached mail.
    Mail(Box<Entity<'a>>),
}

/// Cuts a mail into its parts.
pub(super) fn read(raw: &[u8]) -> Result<Entity<'_>, Unreadable> {
    if raw.len() > MAIL_BYTES_MAX {
        return Err(Unreadable::TooLarge);
    }
    let mut walker = Walker { n_parts: 0, n_header_bytes: 0 };
    let entity = walker.entity(raw, 0, false)?;
    if entity.head.is_empty() { Err(Unreadable::NotAMail) } else { Ok(entity) }
}

struct Walker {
    n_parts: usize,
    n_header_bytes: usize,
}

impl Walker {
    fn entity<'a>(&mut self, raw: &'a [u8], depth: usize, in_digest: bool) -> Result<Entity<'a>, Unreadable> {
        if depth > DEPTH_MAX {
            return Err(Unreadable::TooDeep);
        }
        self.n_parts += 1;
        if self.n_parts > PARTS_MAX {
            return Err(Unreadable::TooManyParts);
        }
        let (head, body) = split_head(raw);
        self.n_header_bytes += head.len();
        if self.n_header_bytes > HEADER_BYTES_MAX {
            return Err(Unreadable::HeadersTooLarge);
        }
        let head = Head::parse(head, in_digest);
        let content = self.content(&head, body, depth)?;
        Ok(Entity { head, content })
    }

    fn content<'a>(&mut self, head: &Head, body: &'a [u8], depth: usize) -> Result<Content<'a>, Unreadable> {
        if head.main_type == "multipart" {
            let pieces = head.boundary.as_deref().map(|b| cut(body, b)).transpose()?;
            // A multipart without its boundary is shown as the text it is.
            let Some(pieces) = pieces.filter(|p| !p.is_empty()) else { return Ok(Content::Leaf(body)) };
            let in_digest = head.sub_type == "digest";
            let parts = pieces.into_iter().map(|piece| self.entity(piece, depth + 1, in_digest));
            return Ok(Content::Parts(parts.collect::<Result<_, _>>()?));
        }
        let is_mail = head.main_type == "message" && matches!(head.sub_type.as_str(), "rfc822" | "global");
        if is_mail && !head.is_encoded() {
            return Ok(Content::Mail(Box::new(self.entity(body, depth + 1, false)?)));
        }
        Ok(Content::Leaf(body))
    }
}

/// The header block and the body. A block ends at the first empty line; a part that does not begin like a header has
/// none.
fn split_head(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for (n, line) in raw.split_inclusive(|b| *b == b'\n').enumerate() {
        let text = line.trim_ascii_end();
        if text.is_empty() {
            return (&raw[..at], &raw[at + line.len()..]);
        }
        if n == 0 && !begins_header(text) {
            return (&[], raw);
        }
        at += line.len();
    }
    (raw, &[])
}

/// `Name: value`, or the "From " line that mailbox files put on top.
fn begins_header(line: &[u8]) -> bool {
    let name = line.split(|b| *b == b':').next().unwrap_or_default();
    let is_name = name.len() < line.len()
        && !name.is_empty()
        && name.trim_ascii_end().iter().all(|b| b.is_ascii_graphic());
    is_name || line.starts_with(b"From ")
}

/// The pieces of a multipart between its boundary lines. A missing last boundary ends at the end of the body.
fn cut<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<&'a [u8]>, Unreadable> {
    let mut pieces = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive(|b| *b == b'\n') {
        let next = at + line.len();
        if let Some(is_last) = boundary_line(line, boundary.as_bytes()) {
            if let Some(from) = start {
                pieces.push(without_line_end(&body[from..at]));
            }
            if pieces.len() > PARTS_MAX {
                return Err(Unreadable::TooManyParts);
            }
            start = Some(next);
            if is_last {
                return Ok(pieces);
            }
        }
        at = next;
    }
    pieces.extend(start.filter(|from| *from < body.len()).map(|from| &body[from..]));
    Ok(pieces)
}

fn boundary_line(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

fn without_line_end(piece: &[u8]) -> &[u8] {
    let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
    piece.strip_suffix(b"\r").unwrap_or(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> Vec<u8> {
        let mut raw = String::from("From: a@b.example\r\n");
        for level in 0..depth {
            raw.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"));
        }
        raw.push_str("Content-Type: text/plain\r\n\r\nhoi\r\n");
        raw.into_bytes()
    }

    #[test]
    fn every_limit_has_its_own_error() {
        assert!(read(&nested(DEPTH_MAX)).is_ok());
        assert_eq!(read(&nested(DEPTH_MAX + 1)).err(), Some(Unreadable::TooDeep));
        assert_eq!(read(&nested(10_000)).err(), Some(Unreadable::TooDeep));

        let mail = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
        assert_eq!(read(mail.as_bytes()).err(), Some(Unreadable::TooDeep));

        let many =
            format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n\r\nx\r\n".repeat(1_001));
        assert_eq!(read(many.as_bytes()).err(), Some(Unreadable::TooManyParts));

        let heads = format!("X-A: {}\r\n\r\nhoi", "x".repeat(HEADER_BYTES_MAX));
        assert_eq!(read(heads.as_bytes()).err(), Some(Unreadable::HeadersTooLarge));

        assert_eq!(read(&vec![b'a'; MAIL_BYTES_MAX + 1]).err(), Some(Unreadable::TooLarge));
        for bytes in [&b""[..], b"\r\n", b"geen mail", b"\xff\xfe\x00"] {
            assert_eq!(read(bytes).err(), Some(Unreadable::NotAMail));
        }
    }

    #[test]
    fn a_mail_cut_off_in_the_middle_keeps_what_arrived() {
        let raw = b"From: a@b.example\nContent-Type: multipart/alternative; boundary=\"x y\"\n\npreamble\n--x y\nContent-Type: text/plain\n\nhoi\n--x y  \nContent-Type: text/html\n\n<p>ho";
        let entity = read(raw).unwrap();
        let Content::Parts(parts) = entity.content else { panic!("a multipart has parts") };
        let bodies: Vec<&[u8]> = parts
            .iter()
            .map(|p| match p.content {
                Content::Leaf(bytes) => bytes,
                _ => b"",
            })
            .collect();
        assert_eq!(bodies, [&b"hoi"[..], b"<p>ho"]);
    }
}
