//! HTML to the plain model of a page. Read as a stream of tags, not as a tree: a page that opens a hundred thousand
//! elements costs no more than its bytes.

use std::cell::RefCell;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use kiem_domain::website::{Block, BlockKind, Link, Meta, Page};
use reqwest::Url;

use super::things::things;

/// Longest block; a longer one is cut in pieces.
const BLOCK_BYTES_MAX: usize = 5_000;
/// All text that is kept of a page.
const TEXT_BYTES_MAX: usize = 200_000;
/// Most links, blocks, metas and sources.
const LINKS_MAX: usize = 2_000;
const BLOCKS_MAX: usize = 5_000;
const METAS_MAX: usize = 100;
const SOURCES_MAX: usize = 300;
/// Largest JSON-LD of a page, and largest title and attribute.
const DATA_BYTES_MAX: usize = 300_000;
const ATTRIBUTE_BYTES_MAX: usize = 2_000;

/// The model of a page that was read at `url`.
pub(super) fn page(body: &[u8], content_type: &str, url: &Url, headers: Vec<(String, String)>) -> Page {
    let text = decoded(body, content_type);
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(&text));
    let sink = Sink(RefCell::new(Building::at(url)));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // A script that ends stops the tokenizer once; the rest follows.
    while !queue.is_empty() {
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    let mut building = tokenizer.sink.0.into_inner();
    building.end_block();
    let mut page = building.page;
    page.url = url.to_string();
    page.headers = headers;
    page.things = things(&building.data);
    page
}

/// The text by the character set that the header, a mark in front or the page itself names; else UTF-8 when it is that,
/// and windows-1252, as browsers do.
fn decoded(body: &[u8], content_type: &str) -> String {
    let named = |text: &str| {
        let at = text.to_ascii_lowercase().find("charset=")? + "charset=".len();
        let name = text.get(at..)?.trim_start_matches(['"', '\'']);
        let end =
            name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c))).unwrap_or(name.len());
        Encoding::for_label(name.get(..end)?.as_bytes())
    };
    let head = String::from_utf8_lossy(body.get(..body.len().min(2_048)).unwrap_or_default());
    let encoding = named(content_type)
        .or_else(|| named(&head))
        .unwrap_or_else(|| if std::str::from_utf8(body).is_ok() { UTF_8 } else { WINDOWS_1252 });
    encoding.decode(body).0.into_owned()
}

/// What the text of the stream belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Into {
    Block,
    Title,
    Data,
    Nothing,
}

#[derive(Debug)]
struct Building {
    base: Url,
    page: Page,
    into: Into,
    text: String,
    links: Vec<Link>,
    /// Address of the link that is open, and where its words begin in `text`.
    open_link: Option<(String, usize)>,
    is_heading: bool,
    navigation_depth: usize,
    text_bytes: usize,
    n_links: usize,
    data: Vec<String>,
    data_bytes: usize,
}

struct Sink(RefCell<Building>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut building = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => building.characters(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                if let Some(raw) = building.start(&tag) {
                    return TokenSinkResult::RawData(raw);
                }
            }
            Token::TagToken(tag) => building.end(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Building {
    fn at(url: &Url) -> Building {
        Building {
            base: url.clone(),
            page: Page::default(),
            into: Into::Block,
            text: String::new(),
            links: Vec::new(),
            open_link: None,
            is_heading: false,
            navigation_depth: 0,
            text_bytes: 0,
            n_links: 0,
            data: Vec::new(),
            data_bytes: 0,
        }
    }

    fn characters(&mut self, text: &str) {
        match self.into {
            Into::Nothing => {}
            Into::Title if self.page.title.len() + text.len() <= ATTRIBUTE_BYTES_MAX => {
                self.page.title.push_str(text)
            }
            Into::Title => {}
            Into::Data => {
                self.data_bytes += text.len();
                if let Some(data) = self.data.last_mut().filter(|_| self.data_bytes <= DATA_BYTES_MAX) {
                    data.push_str(text);
                }
            }
            Into::Block => self.block_text(text),
        }
    }

    fn block_text(&mut self, text: &str) {
        for c in text.chars() {
            if self.text_bytes >= TEXT_BYTES_MAX {
                return;
            }
            if !c.is_whitespace() {
                self.text.push(c);
                self.text_bytes += c.len_utf8();
            } else if !self.text.is_empty() && !self.text.ends_with(' ') {
                self.text.push(' ');
                if self.text.len() > BLOCK_BYTES_MAX {
                    self.end_block();
                }
            }
        }
        // A word without end is cut as well.
        if self.text.len() > 2 * BLOCK_BYTES_MAX {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        self.end_link();
        let text = std::mem::take(&mut self.text).trim().to_owned();
        let links = std::mem::take(&mut self.links);
        if (text.is_empty() && links.is_empty()) || self.page.blocks.len() >= BLOCKS_MAX {
            return;
        }
        let kind = match (self.is_heading, self.navigation_depth) {
            (true, _) => BlockKind::Heading,
            (false, 0) => BlockKind::Text,
            _ => BlockKind::Navigation,
        };
        self.page.blocks.push(Block { kind, text, links });
    }

    fn end_link(&mut self) {
        let Some((url, from)) = self.open_link.take() else { return };
        let text = self.text.get(from..).unwrap_or_default().trim().chars().take(200).collect();
        self.links.push(Link { url, text });
    }

    fn start(&mut self, tag: &Tag) -> Option<RawKind> {
        let name: &str = &tag.name;
        match name {
            "script" => {
                let is_data = attribute(tag, "type")
                    .is_some_and(|t| t.trim().eq_ignore_ascii_case("application/ld+json"));
                self.source(attribute(tag, "src"));
                self.into = if is_data { Into::Data } else { Into::Nothing };
                if is_data {
                    self.data.push(String::new());
                }
                return Some(RawKind::ScriptData);
            }
            "style" | "iframe" | "noembed" | "noframes" | "xmp" => {
                self.source(attribute(tag, "src"));
                self.into = Into::Nothing;
                return Some(RawKind::Rawtext);
            }
            "title" | "textarea" => {
                let is_first = name == "title" && self.page.title.is_empty();
                self.into = if is_first { Into::Title } else { Into::Nothing };
                return Some(RawKind::Rcdata);
            }
            "html" => self.page.language = attribute(tag, "lang").or(attribute(tag, "xml:lang")),
            "meta" => self.meta(tag),
            "link" => self.source(attribute(tag, "href")),
            "img" => self.source(attribute(tag, "src")),
            "base" => {
                if let Some(base) = attribute(tag, "href").and_then(|href| self.base.join(&href).ok()) {
                    self.base = base;
                }
            }
            "a" => self.link(tag),
            "nav" => {
                self.end_block();
                self.navigation_depth += 1;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_block();
                self.is_heading = true;
            }
            _ if breaks(name) => self.end_block(),
            _ => {}
        }
        None
    }

    fn end(&mut self, name: &str) {
        match name {
            "script" | "style" | "iframe" | "noembed" | "noframes" | "xmp" | "title" | "textarea" => {
                self.into = Into::Block;
            }
            "a" => self.end_link(),
            "nav" => {
                self.end_block();
                self.navigation_depth = self.navigation_depth.saturating_sub(1);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_block();
                self.is_heading = false;
            }
            _ if breaks(name) => self.end_block(),
            _ => {}
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let name = attribute(tag, "name").or_else(|| attribute(tag, "property"));
        let room = self.page.metas.len() < METAS_MAX;
        if let (true, Some(name), Some(content)) = (room, name, attribute(tag, "content")) {
            self.page.metas.push(Meta { name: name.trim().to_lowercase(), content });
        }
    }

    fn source(&mut self, url: Option<String>) {
        let room = self.page.sources.len() < SOURCES_MAX;
        if let Some(url) =
            url.filter(|u| room && !u.starts_with("data:")).and_then(|u| self.base.join(&u).ok())
        {
            self.page.sources.push(url.to_string());
        }
    }

    fn link(&mut self, tag: &Tag) {
        self.end_link();
        self.n_links += 1;
        let Some(href) = attribute(tag, "href").filter(|_| self.n_links <= LINKS_MAX) else { return };
        let href = href.trim();
        let lower = href.get(..7).unwrap_or(href).to_ascii_lowercase();
        let url = if lower.starts_with("mailto:") || lower.starts_with("tel:") {
            let (scheme, rest) = href.split_once(':').unwrap_or_default();
            Some(format!("{}:{}", scheme.to_ascii_lowercase(), rest))
        } else {
            let joined = self.base.join(href).ok().filter(|u| matches!(u.scheme(), "http" | "https"));
            joined.map(|u| u.to_string())
        };
        self.open_link = url.map(|url| (url, self.text.len()));
    }
}

/// Elements that begin and end a line of their own.
fn breaks(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "li"
            | "ul"
            | "ol"
            | "td"
            | "th"
            | "tr"
            | "table"
            | "br"
            | "hr"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "aside"
            | "address"
            | "dl"
            | "dt"
            | "dd"
            | "blockquote"
            | "pre"
            | "form"
            | "fieldset"
            | "figure"
            | "figcaption"
            | "body"
            | "option"
            | "select"
            | "button"
            | "details"
            | "summary"
    )
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let value = tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value)?;
    (value.len() <= ATTRIBUTE_BYTES_MAX).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Page {
        page(html.as_bytes(), "text/html", &Url::parse("https://dak.example/over/").unwrap(), Vec::new())
    }

    #[test]
    fn a_page_becomes_lines_with_links() {
        let page = read(
            r#"<html lang="nl"><head><title> Dak &amp; Goot</title><meta name="Description" content="Wij dekken daken.">
            <script>var x = "<p>nee</p>";</script><style>p { color: red }</style></head>
            <body><nav><a href="/contact">Contact</a></nav><h1>Over <b>ons</b></h1>
            <p>Kerkstraat 12<br>3511 AB Utrecht</p><p>Mail <a href="MAILTO:info@dak.example">ons</a>,
            <a href="javascript:alert(1)">of niet</a></p><script src="//js.hs-scripts.com/1.js"></script>"#,
        );
        assert_eq!((page.title.trim(), page.language.as_deref()), ("Dak & Goot", Some("nl")));
        assert_eq!(page.meta("description"), Some("Wij dekken daken."));
        let lines: Vec<(BlockKind, &str)> = page.blocks.iter().map(|b| (b.kind, b.text.as_str())).collect();
        let expected = [
            (BlockKind::Navigation, "Contact"),
            (BlockKind::Heading, "Over ons"),
            (BlockKind::Text, "Kerkstraat 12"),
            (BlockKind::Text, "3511 AB Utrecht"),
            (BlockKind::Text, "Mail ons, of niet"),
        ];
        assert_eq!(lines, expected);
        let links: Vec<(&str, &str)> = page.links().map(|l| (l.url.as_str(), l.text.as_str())).collect();
        assert_eq!(links, [("https://dak.example/contact", "Contact"), ("mailto:info@dak.example", "ons")]);
        assert_eq!(page.sources, ["https://js.hs-scripts.com/1.js"]);
    }

    #[test]
    fn character_sets_are_heeded() {
        let url = Url::parse("https://dak.example/").unwrap();
        for (body, content_type) in [
            (&b"<p>Caf\xe9</p>"[..], "text/html; charset=iso-8859-1"),
            (&b"<meta charset='windows-1252'><p>Caf\xe9</p>"[..], "text/html"),
            (&b"<p>Caf\xe9</p>"[..], "text/html"),
            ("<p>Café</p>".as_bytes(), "text/html"),
            (&b"\xff\xfe<\0p\0>\0C\0a\0f\0\xe9\0<\0/\0p\0>\0"[..], "text/html"),
        ] {
            assert_eq!(page(body, content_type, &url, Vec::new()).blocks[0].text, "Café", "{content_type}");
        }
    }

    #[test]
    fn hostile_mark_up_costs_no_more_than_its_bytes() {
        let began = std::time::Instant::now();
        let deep = "<div><p>".repeat(200_000);
        assert!(read(&deep).blocks.is_empty());
        let links = read(&"<a href=/contact>Contact</a>".repeat(70_000));
        assert!(links.links().count() <= LINKS_MAX);
        let word = read(&"a".repeat(2_000_000));
        assert!(word.blocks.iter().map(|b| b.text.len()).sum::<usize>() <= TEXT_BYTES_MAX);
        read(&"<!--".repeat(400_000));
        read(&"<a ".repeat(400_000));
        read(&format!("<p {}>", "x=1 ".repeat(20_000)));
        read(&format!("<script type=application/ld+json>{}", "[".repeat(100_000)));
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
