//! Quotes as PDF: A4, the standard fonts (nothing embedded, small files), the same bytes for the same quote.

mod glyphs;
mod page;

use jiff::civil::Date;
use kiem_domain::locale::Lang;
use kiem_domain::money::{Currency, Totals, format_amount, format_bp, format_milli};

use page::{Align, Ink, Sheet};

/// The words on the document, from the message catalogue of its language.
#[derive(Debug, Clone)]
pub struct QuoteWords {
    /// "Quote".
    pub quote: String,
    /// "Number".
    pub number: String,
    /// "Date".
    pub date: String,
    /// "Valid until".
    pub valid_until: String,
    /// "For".
    pub recipient: String,
    /// "Description".
    pub description: String,
    /// "Quantity".
    pub quantity: String,
    /// "Price".
    pub price: String,
    /// "VAT".
    pub vat: String,
    /// "Amount".
    pub amount: String,
    /// "{percent} discount".
    pub discount: String,
    /// "Total excluding VAT".
    pub net: String,
    /// "{percent} VAT on {amount}".
    pub vat_on: String,
    /// "Total including VAT".
    pub gross: String,
    /// "Accept this quote online: ".
    pub accept: String,
    /// "Page {page} of {pages}".
    pub page: String,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct DocumentLine {
    /// What it is.
    pub description: String,
    /// Thousandths.
    pub quantity_milli: i64,
    /// Price of one in cents.
    pub unit_price_cents: i64,
    /// Discount in basis points.
    pub discount_bp: i64,
    /// VAT in basis points.
    pub vat_bp: i64,
    /// Net amount in cents.
    pub net_cents: i64,
}

/// Everything that stands on the document.
#[derive(Debug, Clone)]
pub struct QuoteDocument {
    /// Its language: words, dates and numbers.
    pub language: Lang,
    /// Its words.
    pub words: QuoteWords,
    /// Name of the sender.
    pub sender_name: String,
    /// Address, registration and contact lines of the sender.
    pub sender_lines: Vec<String>,
    /// For whom: company, person.
    pub recipient_lines: Vec<String>,
    /// "2026-0042", or what stands on a draft.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// Day on which it went out.
    pub date: Date,
    /// Last day on which it can be accepted.
    pub valid_until: Date,
    /// Text above the table.
    pub intro: String,
    /// The lines.
    pub lines: Vec<DocumentLine>,
    /// The sums.
    pub totals: Totals,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Text below the sums.
    pub terms: String,
    /// Where it can be accepted; left out on a draft.
    pub accept_url: Option<String>,
}

const LEFT: f32 = 56.0;
const RIGHT: f32 = page::WIDTH - 56.0;
const SIZE: f32 = 9.5;
const LEADING: f32 = 13.5;
/// Right edges of the number columns.
const QUANTITY: f32 = 345.0;
const PRICE: f32 = 425.0;
const VAT: f32 = 465.0;
const DESCRIPTION_WIDTH: f32 = 235.0;

/// Writes the document.
pub fn quote_pdf(document: &QuoteDocument) -> Vec<u8> {
    let mut sheet = Sheet::new();
    head(&mut sheet, document);
    paragraphs(&mut sheet, &document.intro);
    table_head(&mut sheet, document);
    for line in &document.lines {
        table_line(&mut sheet, document, line);
    }
    sums(&mut sheet, document);
    paragraphs(&mut sheet, &document.terms);
    if let Some(url) = &document.accept_url {
        sheet.room(3.0 * LEADING);
        sheet.down(LEADING);
        sheet.text(LEFT, Align::Left, &document.words.accept, SIZE, Ink::BOLD);
        sheet.down(LEADING);
        sheet.link(LEFT, url, SIZE);
        sheet.down(LEADING);
    }
    sheet.finish(document)
}

fn amount(document: &QuoteDocument, cents: i64) -> String {
    format_amount(cents, document.currency, document.language)
}

fn day(document: &QuoteDocument, date: Date) -> String {
    match document.language {
        Lang::Nl => format!("{:02}-{:02}-{}", date.day(), date.month(), date.year()),
        Lang::En => format!("{} {} {}", date.day(), date.strftime("%B"), date.year()),
    }
}

fn head(sheet: &mut Sheet, document: &QuoteDocument) {
    let words = &document.words;
    sheet.text(LEFT, Align::Left, &document.sender_name, 14.0, Ink::ACCENT);
    let top = sheet.y();
    for line in &document.sender_lines {
        sheet.text(RIGHT, Align::Right, line, 8.5, Ink::MUTED);
        sheet.down(11.5);
    }
    let below = sheet.y().min(top - 20.0);
    sheet.go(below - 30.0);
    sheet.text(LEFT, Align::Left, &format!("{} {}", words.quote, document.number), 20.0, Ink::BOLD);
    sheet.down(20.0);
    for line in glyphs::wrap(&document.title, glyphs::Face::Regular, 12.0, RIGHT - LEFT) {
        sheet.encoded(LEFT, Align::Left, line, 12.0, Ink::TEXT);
        sheet.down(16.0);
    }
    sheet.down(12.0);
    let start = sheet.y();
    sheet.text(LEFT, Align::Left, &words.recipient, 8.5, Ink::MUTED);
    sheet.down(LEADING);
    for line in &document.recipient_lines {
        for piece in glyphs::wrap(line, glyphs::Face::Regular, SIZE, 270.0) {
            sheet.encoded(LEFT, Align::Left, piece, SIZE, Ink::TEXT);
            sheet.down(LEADING);
        }
    }
    let end = sheet.y();
    sheet.go(start);
    for (name, value) in [
        (&words.number, document.number.clone()),
        (&words.date, day(document, document.date)),
        (&words.valid_until, day(document, document.valid_until)),
    ] {
        sheet.text(350.0, Align::Left, name, 8.5, Ink::MUTED);
        sheet.text(RIGHT, Align::Right, &value, SIZE, Ink::TEXT);
        sheet.down(LEADING);
    }
    sheet.go(end.min(sheet.y()) - 14.0);
}

fn paragraphs(sheet: &mut Sheet, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    for line in glyphs::wrap(text.trim(), glyphs::Face::Regular, SIZE, RIGHT - LEFT) {
        sheet.room(LEADING);
        sheet.encoded(LEFT, Align::Left, line, SIZE, Ink::TEXT);
        sheet.down(LEADING);
    }
    sheet.down(12.0);
}

fn table_head(sheet: &mut Sheet, document: &QuoteDocument) {
    let words = &document.words;
    sheet.room(4.0 * LEADING);
    for (x, align, word) in [
        (LEFT, Align::Left, &words.description),
        (QUANTITY, Align::Right, &words.quantity),
        (PRICE, Align::Right, &words.price),
        (VAT, Align::Right, &words.vat),
        (RIGHT, Align::Right, &words.amount),
    ] {
        sheet.text(x, align, word, 8.5, Ink::MUTED);
    }
    sheet.down(6.0);
    sheet.rule(LEFT, RIGHT, 0.8);
    sheet.down(14.0);
}

fn table_line(sheet: &mut Sheet, document: &QuoteDocument, line: &DocumentLine) {
    let mut texts: Vec<(Vec<u8>, Ink)> =
        glyphs::wrap(&line.description, glyphs::Face::Regular, SIZE, DESCRIPTION_WIDTH)
            .into_iter()
            .map(|text| (text, Ink::TEXT))
            .collect();
    if line.discount_bp > 0 {
        let percent = format_bp(line.discount_bp, document.language);
        let words = document.words.discount.replace("{percent}", &percent);
        texts.push((glyphs::encode(&words), Ink::MUTED));
    }
    let mut first = true;
    for (text, ink) in texts {
        if !sheet.fits(LEADING) {
            sheet.turn();
            table_head(sheet, document);
        }
        sheet.encoded(LEFT, Align::Left, text, SIZE, ink);
        if first {
            let language = document.language;
            sheet.text(QUANTITY, Align::Right, &format_milli(line.quantity_milli, language), SIZE, Ink::TEXT);
            sheet.text(PRICE, Align::Right, &amount(document, line.unit_price_cents), SIZE, Ink::TEXT);
            sheet.text(VAT, Align::Right, &format_bp(line.vat_bp, language), SIZE, Ink::TEXT);
            sheet.text(RIGHT, Align::Right, &amount(document, line.net_cents), SIZE, Ink::TEXT);
            first = false;
        }
        sheet.down(LEADING);
    }
    sheet.down(3.0);
}

fn sums(sheet: &mut Sheet, document: &QuoteDocument) {
    let (words, totals) = (&document.words, &document.totals);
    // The sums stay together: a total alone on a page says nothing.
    let rows = totals.vat.len() + 2;
    sheet.room(rows as f32 * LEADING + 40.0);
    sheet.rule(LEFT, RIGHT, 0.8);
    sheet.down(16.0);
    let mut row = |name: &str, cents: i64, ink: Ink| {
        sheet.text(VAT, Align::Right, name, SIZE, ink);
        sheet.text(RIGHT, Align::Right, &amount(document, cents), SIZE, ink);
        sheet.down(LEADING + 1.0);
    };
    row(&words.net, totals.net_cents, Ink::TEXT);
    for group in &totals.vat {
        let name = words
            .vat_on
            .replace("{percent}", &format_bp(group.rate_bp, document.language))
            .replace("{amount}", &amount(document, group.net_cents));
        row(&name, group.vat_cents, Ink::MUTED);
    }
    row(&words.gross, totals.gross_cents, Ink::BOLD);
    sheet.down(16.0);
}

#[cfg(test)]
mod tests;
