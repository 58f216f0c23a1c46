//! HTML to text, for reading only: a small tolerant tokenizer of our own, bounded in every direction.
//!
//! Quotes that a mail program marked (`gmail_quote`, `blockquote type=cite`, `divRplyFwdMsg`, ...) become lines with
//! `> ` marks, so that one set of rules strips quotes from both kinds of mail; signatures that it marked are kept apart.

mod entity;
mod marks;
mod tag;
mod writer;

use marks::{Mark, mark};
use tag::{Scan, Tag, next_tag};
use writer::Writer;

/// As much HTML as is read.
const HTML_BYTES_MAX: usize = 2 * 1024 * 1024;
/// As much text as comes out.
const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// As many open elements as are followed; deeper ones are read as if they were not there.
const OPEN_MAX: usize = 256;
/// As many links as are kept.
const LINKS_MAX: usize = 500;
/// Links longer than this are nobody's.
const LINK_BYTES_MAX: usize = 4_000;

/// What a page of HTML says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HtmlText {
    /// The text; quoted lines begin with `> `.
    pub text: String,
    /// What the mail program marked as signature.
    pub signature: String,
    /// The link targets, in order, each once.
    pub links: Vec<String>,
}

/// Converts HTML into text. Scripts, styles and hidden elements are dropped.
pub fn html_to_text(html: &str) -> HtmlText {
    let mut end = html.len().min(HTML_BYTES_MAX);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    // The root takes what a page without a body puts outside every element; no tag has its name, so it stays open.
    let mut page = Page { open: vec![Open::root()], ..Page::default() };
    page.read(&html[..end]);
    page.finish()
}

/// An open element.
struct Open {
    name: String,
    /// Quote marks that its content gets.
    n_quotes: usize,
    is_hidden: bool,
    is_signature: bool,
    is_preformatted: bool,
    /// It wants an empty line behind it.
    is_paragraph: bool,
    /// A Gmail quote block, in which answers may stand between the quoted pieces.
    gmail: Option<GmailBlock>,
    /// The last thing in it is a quote of everything that follows.
    quotes_rest: bool,
}

impl Open {
    fn root() -> Self {
        Self {
            name: String::new(),
            n_quotes: 0,
            is_hidden: false,
            is_signature: false,
            is_preformatted: false,
            is_paragraph: false,
            gmail: None,
            quotes_rest: false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GmailBlock {
    /// A reply: quoted pieces and answers.
    Reply,
    /// A forward: all of it is the other mail.
    Forward,
}

#[derive(Default)]
struct Page {
    open: Vec<Open>,
    text: Writer,
    signature: Writer,
    links: Vec<String>,
    scan: Scan,
}

impl Page {
    fn read(&mut self, html: &str) {
        let mut rest = html;
        while !rest.is_empty() && self.text.len() < TEXT_BYTES_MAX && self.signature.len() < TEXT_BYTES_MAX {
            let Some(at) = rest.find('<') else {
                self.say(rest);
                return;
            };
            self.say(&rest[..at]);
            rest = &rest[at..];
            rest = match next_tag(rest, &mut self.scan) {
                Some((tag, after)) => self.apply(tag, after),
                None => {
                    self.say("<");
                    &rest[1..]
                }
            };
        }
    }

    /// Takes a tag in; answers where reading goes on.
    fn apply<'h>(&mut self, tag: Tag, after: &'h str) -> &'h str {
        match tag {
            Tag::Ignored => after,
            Tag::Open { name, attributes, closes_itself } => {
                if matches!(name.as_str(), "script" | "style" | "textarea" | "title" | "xmp") {
                    return skip_raw(after, &name);
                }
                self.open_element(name, &attributes, closes_itself);
                after
            }
            Tag::Close { name } => {
                self.close_element(&name);
                after
            }
        }
    }

    fn open_element(&mut self, name: String, attributes: &[(String, String)], closes_itself: bool) {
        match name.as_str() {
            "br" => return self.line_end(),
            "hr" => return self.block_border(),
            "img" | "input" | "meta" | "link" | "area" | "base" | "col" | "embed" | "source" | "track"
            | "wbr" => return,
            "a" => self.note_link(attributes),
            "p" | "li" | "tr" | "td" | "th" | "option" => self.close_implied(&name),
            _ => {}
        }
        self.before_element(&name, attributes);
        if closes_itself || self.open.len() >= OPEN_MAX {
            return;
        }
        let found = mark(&name, attributes);
        if found == Mark::QuotesRest {
            self.block_border();
            if let Some(parent) = self.open.last_mut().filter(|p| !p.quotes_rest) {
                parent.quotes_rest = true;
                parent.n_quotes += 1;
            }
        }
        let parent = self.open.last();
        let gmail = (found == Mark::GmailBlock).then_some(GmailBlock::Reply);
        let element = Open {
            n_quotes: parent.map_or(0, |p| p.n_quotes)
                + usize::from(matches!(found, Mark::Quote | Mark::GmailBlock)),
            is_hidden: parent.is_some_and(|p| p.is_hidden) || found == Mark::Hidden,
            is_signature: parent.is_some_and(|p| p.is_signature) || found == Mark::Signature,
            is_preformatted: parent.is_some_and(|p| p.is_preformatted) || name == "pre",
            is_paragraph: is_paragraph(&name) && !marks::is_line_paragraph(attributes),
            gmail,
            quotes_rest: false,
            name,
        };
        if matches!(found, Mark::Quote | Mark::GmailBlock | Mark::Signature) {
            self.block_border();
        }
        self.open.push(element);
    }

    fn before_element(&mut self, name: &str, attributes: &[(String, String)]) {
        match name {
            "p" if marks::is_line_paragraph(attributes) => self.block_border(),
            _ if is_paragraph(name) => self.paragraph_border(),
            "li" => {
                self.block_border();
                self.say_raw("- ");
            }
            "td" | "th" => self.say_raw(" "),
            _ if is_block(name) => self.block_border(),
            _ => {}
        }
    }

    fn close_element(&mut self, name: &str) {
        if name == "br" || name == "p" && !self.open.iter().any(|o| o.name == "p") {
            return self.line_end();
        }
        let Some(at) = self.open.iter().rposition(|o| o.name == name) else { return };
        self.close_down_to(at);
    }

    fn close_down_to(&mut self, at: usize) {
        while self.open.len() > at {
            let Some(closed) = self.open.last() else { return };
            let name = closed.name.clone();
            let quotes = closed.n_quotes;
            if closed.is_paragraph {
                self.paragraph_border();
            } else if is_block(&name) || is_paragraph(&name) || closed.is_signature {
                self.block_border();
            }
            self.open.pop();
            if name == "blockquote" {
                self.reopen_for_answers(quotes);
            }
        }
    }

    /// After a quoted piece inside a Gmail reply block, what follows may be an answer.
    fn reopen_for_answers(&mut self, quotes_of_piece: usize) {
        let Some(at) = self.open.iter().rposition(|o| o.gmail.is_some()) else { return };
        let block_quotes = self.open[at].n_quotes; // `at` comes from rposition above
        if self.open[at].gmail != Some(GmailBlock::Reply)
            || quotes_of_piece != block_quotes + 1
            || block_quotes == 0
        {
            return;
        }
        // Only the outermost block: an answer inside an older mail is not the writer's.
        if self.open[..at].iter().any(|o| o.n_quotes > 0) {
            return;
        }
        self.block_border();
        for element in &mut self.open[at..] {
            element.n_quotes -= 1;
        }
        self.open[at].gmail = Some(GmailBlock::Forward); // opened once is enough
    }

    /// `<p>` inside `<p>`, `<li>` inside `<li>`: the first one ends.
    fn close_implied(&mut self, name: &str) {
        let limit = self.open.iter().rposition(|o| {
            matches!(o.name.as_str(), "table" | "ul" | "ol" | "div" | "blockquote" | "td" | "th")
        });
        let from = limit.map_or(0, |l| {
            if matches!(name, "td" | "th" | "tr") && matches!(self.open[l].name.as_str(), "td" | "th") {
                l
            } else {
                l + 1
            }
        });
        if let Some(at) = self.open[from..]
            .iter()
            .rposition(|o| o.name == name || (name == "tr" && matches!(o.name.as_str(), "td" | "th")))
        {
            self.close_down_to(from + at);
        }
    }

    fn note_link(&mut self, attributes: &[(String, String)]) {
        let Some((_, target)) = attributes.iter().find(|(n, _)| n == "href") else { return };
        let target = target.trim();
        let is_web = target.len() <= LINK_BYTES_MAX
            && (target.get(..7).is_some_and(|s| s.eq_ignore_ascii_case("http://"))
                || target.get(..8).is_some_and(|s| s.eq_ignore_ascii_case("https://")));
        if is_web && self.links.len() < LINKS_MAX && !self.links.iter().any(|l| l == target) {
            self.links.push(target.to_owned());
        }
    }

    fn is_hidden(&self) -> bool {
        self.open.last().is_some_and(|o| o.is_hidden)
    }

    fn writer(&mut self) -> (&mut Writer, usize) {
        let quotes = self.open.last().map_or(0, |o| o.n_quotes);
        let is_signature = self.open.last().is_some_and(|o| o.is_signature) && quotes == 0;
        (if is_signature { &mut self.signature } else { &mut self.text }, quotes)
    }

    /// Text between tags.
    fn say(&mut self, raw: &str) {
        if self.is_hidden() || raw.is_empty() {
            return;
        }
        let text = entity::decoded(raw);
        let is_preformatted = self.open.last().is_some_and(|o| o.is_preformatted);
        // "---------- Forwarded message" right at the start of a Gmail block: all of it is the other mail.
        if text.trim_start().starts_with("----------")
            && let Some(block) = self.open.iter_mut().rev().find(|o| o.gmail == Some(GmailBlock::Reply))
        {
            block.gmail = Some(GmailBlock::Forward);
        }
        let (writer, quotes) = self.writer();
        writer.say(&text, quotes, is_preformatted);
    }

    fn say_raw(&mut self, text: &str) {
        if !self.is_hidden() {
            let (writer, quotes) = self.writer();
            writer.say(text, quotes, false);
        }
    }

    fn line_end(&mut self) {
        if !self.is_hidden() {
            let (writer, quotes) = self.writer();
            writer.line_end(quotes);
        }
    }

    fn block_border(&mut self) {
        let (writer, quotes) = self.writer();
        writer.border(quotes, false);
    }

    fn paragraph_border(&mut self) {
        let (writer, quotes) = self.writer();
        writer.border(quotes, true);
    }

    fn finish(self) -> HtmlText {
        HtmlText { text: self.text.finish(), signature: self.signature.finish(), links: self.links }
    }
}

/// Elements with an empty line around them.
fn is_paragraph(name: &str) -> bool {
    matches!(name, "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre" | "ul" | "ol" | "dl")
}

/// Elements that begin and end on lines of their own.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figure"
            | "footer"
            | "form"
            | "header"
            | "html"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// The rest behind the closing tag of an element whose content is not markup.
fn skip_raw<'h>(html: &'h str, name: &str) -> &'h str {
    let bytes = html.as_bytes();
    let mut at = 0;
    while let Some(found) = html[at..].find("</") {
        let start = at + found + 2;
        let is_end =
            bytes.get(start..start + name.len()).is_some_and(|b| b.eq_ignore_ascii_case(name.as_bytes()));
        if is_end {
            return html[start..].find('>').map_or("", |end| &html[start + end + 1..]);
        }
        at = start;
    }
    ""
}

#[cfg(test)]
mod tests;
