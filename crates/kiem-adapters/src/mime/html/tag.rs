//! The tokenizer: one tag at a time, never failing, each byte looked at a fixed number of times.

use super::entity;

/// As many attributes of one element as are read.
const ATTRIBUTES_MAX: usize = 40;

/// A piece of markup.
pub(super) enum Tag {
    /// A comment, a declaration, a conditional of Outlook.
    Ignored,
    Open {
        name: String,
        attributes: Vec<(String, String)>,
        closes_itself: bool,
    },
    Close {
        name: String,
    },
}

/// What broken markup has taught about the rest of the page. Without it every tag would search to the end again.
#[derive(Default)]
pub(super) struct Scan {
    /// An attribute quote never closed: quotes mean nothing any more.
    ignores_quotes: bool,
    /// No `>` is left.
    has_no_end: bool,
}

/// Reads the tag at the start of `html` (which begins with `<`); answers it and the rest. `None`: this `<` is text.
pub(super) fn next_tag<'h>(html: &'h str, scan: &mut Scan) -> Option<(Tag, &'h str)> {
    if scan.has_no_end {
        return None;
    }
    let inner = html.strip_prefix('<')?;
    if let Some(comment) = inner.strip_prefix("!--") {
        // Outlook's conditional comments hide whole blocks this way, which is right for us.
        let after = comment.find("-->").map_or("", |end| &comment[end + 3..]);
        return Some((Tag::Ignored, after));
    }
    let first = inner.bytes().next()?;
    if matches!(first, b'!' | b'?') {
        let end = scan.first_end(inner)?;
        return Some((Tag::Ignored, &inner[end + 1..]));
    }
    let is_close = first == b'/';
    if !(first.is_ascii_alphabetic() || is_close && inner[1..].starts_with(|c: char| c.is_ascii_alphabetic()))
    {
        return None;
    }
    let end = scan.tag_end(inner)?;
    let (body, after) = (&inner[..end], &inner[end + 1..]);
    let body = body.strip_prefix('/').unwrap_or(body);
    let name_end = body.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(body.len());
    let name = body[..name_end].to_ascii_lowercase();
    if is_close {
        return Some((Tag::Close { name }, after));
    }
    let closes_itself = body.ends_with('/');
    Some((Tag::Open { name, attributes: attributes(&body[name_end..]), closes_itself }, after))
}

impl Scan {
    /// Where the tag ends: the first `>` outside attribute quotes.
    fn tag_end(&mut self, inner: &str) -> Option<usize> {
        if !self.ignores_quotes {
            let mut quote = None;
            let mut before = b' ';
            for (at, byte) in inner.bytes().enumerate() {
                match (quote, byte) {
                    (None, b'>') => return Some(at),
                    // A quote only opens a value behind `=`; `don't` as an attribute name opens nothing.
                    (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
                    (Some(open), _) if byte == open => quote = None,
                    _ => {}
                }
                if !byte.is_ascii_whitespace() {
                    before = byte;
                }
            }
            self.ignores_quotes = true;
        }
        self.first_end(inner)
    }

    fn first_end(&mut self, inner: &str) -> Option<usize> {
        let end = inner.find('>');
        self.has_no_end = end.is_none();
        end
    }
}

fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while found.len() < ATTRIBUTES_MAX {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            break;
        }
        // The first character belongs to the name whatever it is, so that every round takes something.
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let name_end = rest[first..]
            .find(|c: char| c.is_whitespace() || c == '=' || c == '/')
            .map_or(rest.len(), |e| first + e);
        let name = rest[..name_end].to_ascii_lowercase();
        rest = rest[name_end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            found.push((name, String::new()));
            continue;
        };
        let value = value.trim_start();
        let (text, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        found.push((name, entity::decoded(text).into_owned()));
        rest = after;
    }
    found
}
