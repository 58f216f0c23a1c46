//! Pages: a pen that goes down the sheet, turns to a new page when the room is used up, and writes the file at the end
//! when the number of pages is known.

use pdf_writer::types::{ActionType, AnnotationType};
use pdf_writer::{Content, Date, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::QuoteDocument;
use super::glyphs::{Face, encode, text_width};

/// A4 in points.
pub const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const TOP: f32 = HEIGHT - 64.0;
const BOTTOM: f32 = 72.0;

/// Where a text's x is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At its left edge.
    Left,
    /// At its right edge.
    Right,
}

/// Face and colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    face: Face,
    rgb: [f32; 3],
}

impl Ink {
    /// Plain text.
    pub const TEXT: Ink = Ink { face: Face::Regular, rgb: [0.106, 0.165, 0.133] };
    /// Labels.
    pub const MUTED: Ink = Ink { face: Face::Regular, rgb: [0.337, 0.392, 0.361] };
    /// Headings and sums.
    pub const BOLD: Ink = Ink { face: Face::Bold, rgb: [0.106, 0.165, 0.133] };
    /// The sender's name and links.
    pub const ACCENT: Ink = Ink { face: Face::Bold, rgb: [0.118, 0.435, 0.278] };
}

enum Draw {
    Text { x: f32, y: f32, size: f32, ink: Ink, bytes: Vec<u8> },
    Rule { from: f32, to: f32, y: f32, width: f32 },
}

struct Link {
    page: usize,
    rect: Rect,
    url: String,
}

/// The sheet under the pen.
pub struct Sheet {
    pages: Vec<Vec<Draw>>,
    links: Vec<Link>,
    y: f32,
}

impl Sheet {
    /// An empty first page.
    pub fn new() -> Sheet {
        Sheet { pages: vec![Vec::new()], links: Vec::new(), y: TOP }
    }

    /// Where the pen is.
    pub fn y(&self) -> f32 {
        self.y
    }

    /// Puts the pen at a height.
    pub fn go(&mut self, y: f32) {
        self.y = y;
    }

    /// Moves the pen down.
    pub fn down(&mut self, points: f32) {
        self.y -= points;
    }

    /// Whether so many points are left on this page.
    pub fn fits(&self, points: f32) -> bool {
        self.y - points >= BOTTOM
    }

    /// Begins a new page.
    pub fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Begins a new page unless so many points are left on this one.
    pub fn room(&mut self, points: f32) {
        if !self.fits(points) {
            self.turn();
        }
    }

    fn draw(&mut self, draw: Draw) {
        if let Some(page) = self.pages.last_mut() {
            page.push(draw);
        }
    }

    /// Writes text at the pen.
    pub fn text(&mut self, x: f32, align: Align, text: &str, size: f32, ink: Ink) {
        self.encoded(x, align, encode(text), size, ink);
    }

    /// Writes encoded text at the pen.
    pub fn encoded(&mut self, x: f32, align: Align, bytes: Vec<u8>, size: f32, ink: Ink) {
        let x = match align {
            Align::Left => x,
            Align::Right => x - text_width(&bytes, ink.face, size),
        };
        let y = self.y;
        self.draw(Draw::Text { x, y, size, ink, bytes });
    }

    /// Writes an address that can be clicked.
    pub fn link(&mut self, x: f32, url: &str, size: f32) {
        let ink = Ink { face: Face::Regular, ..Ink::ACCENT };
        let width = text_width(&encode(url), ink.face, size);
        let rect = Rect::new(x, self.y - 3.0, x + width, self.y + size);
        self.links.push(Link { page: self.pages.len() - 1, rect, url: url.to_owned() });
        self.text(x, Align::Left, url, size, ink);
    }

    /// Draws a line across at the pen.
    pub fn rule(&mut self, from: f32, to: f32, width: f32) {
        let y = self.y;
        self.draw(Draw::Rule { from, to, y, width });
    }

    fn foot(&mut self, document: &QuoteDocument) {
        let pages = self.pages.len();
        for (place, page) in self.pages.iter_mut().enumerate() {
            let right = document
                .words
                .page
                .replace("{page}", &(place + 1).to_string())
                .replace("{pages}", &pages.to_string());
            let left = format!("{} · {} {}", document.sender_name, document.words.quote, document.number);
            let bytes = encode(&right);
            let x = WIDTH - 56.0 - text_width(&bytes, Face::Regular, 8.0);
            page.push(Draw::Text { x: 56.0, y: 40.0, size: 8.0, ink: Ink::MUTED, bytes: encode(&left) });
            page.push(Draw::Text { x, y: 40.0, size: 8.0, ink: Ink::MUTED, bytes });
        }
    }

    /// Writes the file.
    pub fn finish(mut self, document: &QuoteDocument) -> Vec<u8> {
        self.foot(document);
        let mut refs = (1_i32..).map(Ref::new);
        // The range has two milliard numbers; a quote has at most a few thousand objects.
        let mut next = || refs.next().unwrap_or(Ref::new(i32::MAX));
        let (catalog, tree, info, regular, bold) = (next(), next(), next(), next(), next());
        let ids: Vec<(Ref, Ref)> = self.pages.iter().map(|_| (next(), next())).collect();
        let mut pdf = Pdf::new();
        {
            let mut root = pdf.catalog(catalog);
            root.pages(tree);
            root.lang(TextStr(document.language.as_str()));
            root.viewer_preferences().display_doc_title(true);
        }
        pdf.pages(tree)
            .kids(ids.iter().map(|(page, _)| *page))
            .count(i32::try_from(ids.len()).unwrap_or(i32::MAX));
        let title = format!("{} {}: {}", document.words.quote, document.number, document.title);
        pdf.document_info(info)
            .title(TextStr(&title))
            .author(TextStr(&document.sender_name))
            .producer(TextStr("Kiem"))
            .creation_date(info_date(document));
        for (id, face) in [(regular, &b"Helvetica"[..]), (bold, b"Helvetica-Bold")] {
            pdf.type1_font(id).base_font(Name(face)).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        for (place, (draws, (page_id, content_id))) in self.pages.iter().zip(&ids).enumerate() {
            let links: Vec<(Ref, &Link)> =
                self.links.iter().filter(|l| l.page == place).map(|l| (next(), l)).collect();
            let mut page = pdf.page(*page_id);
            page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(*content_id);
            page.annotations(links.iter().map(|(id, _)| *id));
            page.resources().fonts().pair(Name(b"F1"), regular).pair(Name(b"F2"), bold);
            page.finish();
            for (id, link) in links {
                let mut annotation = pdf.annotation(id);
                annotation.subtype(AnnotationType::Link).rect(link.rect).border(0.0, 0.0, 0.0, None);
                annotation.action().action_type(ActionType::Uri).uri(Str(link.url.as_bytes()));
            }
            pdf.stream(*content_id, &content(draws));
        }
        pdf.finish()
    }
}

fn info_date(document: &QuoteDocument) -> Date {
    let part = |n: i8| n.unsigned_abs();
    Date::new(document.date.year().unsigned_abs())
        .month(part(document.date.month()))
        .day(part(document.date.day()))
}

fn content(draws: &[Draw]) -> Vec<u8> {
    let mut content = Content::new();
    for draw in draws {
        match draw {
            Draw::Text { x, y, size, ink, bytes } => {
                let [r, g, b] = ink.rgb;
                let font = match ink.face {
                    Face::Regular => Name(b"F1"),
                    Face::Bold => Name(b"F2"),
                };
                content.set_fill_rgb(r, g, b).begin_text().set_font(font, *size);
                content.set_text_matrix([1.0, 0.0, 0.0, 1.0, *x, *y]).show(Str(bytes)).end_text();
            }
            Draw::Rule { from, to, y, width } => {
                content.set_stroke_gray(0.7).set_line_width(*width);
                content.move_to(*from, *y).line_to(*to, *y).stroke();
            }
        }
    }
    content.finish().into_vec()
}
