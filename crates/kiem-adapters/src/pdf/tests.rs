use std::process::Command;

use jiff::civil::date;
use kiem_domain::money::{Line, line_net_cents, totals};

use super::*;

fn words(language: Lang) -> QuoteWords {
    let pick = |nl: &str, en: &str| if language == Lang::Nl { nl.to_owned() } else { en.to_owned() };
    QuoteWords {
        quote: pick("Offerte", "Quote"),
        number: pick("Nummer", "Number"),
        date: pick("Datum", "Date"),
        valid_until: pick("Geldig tot en met", "Valid until"),
        recipient: pick("Voor", "For"),
        description: pick("Omschrijving", "Description"),
        quantity: pick("Aantal", "Quantity"),
        price: pick("Prijs", "Price"),
        vat: pick("Btw", "VAT"),
        amount: pick("Bedrag", "Amount"),
        discount: pick("{percent} korting", "{percent} discount"),
        net: pick("Totaal exclusief btw", "Total excluding VAT"),
        vat_on: pick("{percent} btw over {amount}", "{percent} VAT on {amount}"),
        gross: pick("Totaal inclusief btw", "Total including VAT"),
        accept: pick("Online akkoord geven:", "Accept online:"),
        page: pick("Pagina {page} van {pages}", "Page {page} of {pages}"),
    }
}

fn document(language: Lang, n_lines: usize) -> QuoteDocument {
    let line = Line { quantity_milli: 1_500, unit_price_cents: 1_234_56, discount_bp: 1_000, vat_bp: 2_100 };
    let lines = vec![line; n_lines];
    QuoteDocument {
        language,
        words: words(language),
        sender_name: "Café Łódź & Zn.".to_owned(),
        sender_lines: vec!["Dorpsstraat 1, 1234 AB Ergens".to_owned(), "KvK 12345678".to_owned()],
        recipient_lines: vec!["Van den Berg B.V.".to_owned(), "Eva van den Berg".to_owned()],
        number: "2026-0042".to_owned(),
        title: "Nieuwe website".to_owned(),
        date: date(2026, 11, 24),
        valid_until: date(2026, 12, 24),
        intro: "Beste Eva,\n\nDank voor het gesprek. Hieronder ons voorstel.".to_owned(),
        lines: lines
            .iter()
            .map(|l| DocumentLine {
                description: "Ontwerp en bouw van de website, inclusief twee rondes met aanpassingen"
                    .to_owned(),
                quantity_milli: l.quantity_milli,
                unit_price_cents: l.unit_price_cents,
                discount_bp: l.discount_bp,
                vat_bp: l.vat_bp,
                net_cents: line_net_cents(l).unwrap(),
            })
            .collect(),
        totals: totals(&lines).unwrap(),
        currency: Currency::Eur,
        terms: "Betaling binnen 30 dagen.".to_owned(),
        accept_url: Some("https://kiem.example/q/abc".to_owned()),
    }
}

fn text_of(pdf: &[u8], name: &str) -> String {
    let folder = std::env::temp_dir().join(format!("kiem-pdf-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("quote.pdf");
    std::fs::write(&file, pdf).unwrap();
    let output = Command::new("pdftotext")
        .args(["-layout", "-enc", "UTF-8"])
        .arg(&file)
        .arg("-")
        .output()
        .expect("pdftotext is there (package poppler-utils)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "a reader complains: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::remove_dir_all(folder).unwrap();
    String::from_utf8(output.stdout).unwrap().replace('\u{a0}', " ")
}

#[test]
fn a_reader_finds_every_number_in_both_languages() {
    let dutch = text_of(&quote_pdf(&document(Lang::Nl, 2)), "nl");
    for expected in [
        "Offerte 2026-0042",
        "Café Lódz & Zn.",
        "24-12-2026",
        "€ 1.234,56",
        "€ 1.666,66",
        "10% korting",
        "1,5",
        "€ 3.333,32",
        "21% btw over € 3.333,32",
        "€ 700,00",
        "€ 4.033,32",
        "https://kiem.example/q/abc",
        "Pagina 1 van 1",
    ] {
        assert!(dutch.contains(expected), "{expected} is not in:\n{dutch}");
    }
    let english = text_of(&quote_pdf(&document(Lang::En, 2)), "en");
    for expected in
        ["Quote 2026-0042", "€1,234.56", "24 December 2026", "21% VAT on €3,333.32", "Page 1 of 1"]
    {
        assert!(english.contains(expected), "{expected} is not in:\n{english}");
    }
}

#[test]
fn a_long_quote_goes_on_with_the_head_of_the_table_and_loses_no_line() {
    let text = text_of(&quote_pdf(&document(Lang::Nl, 60)), "long");
    assert_eq!(text.matches("€ 1.666,66").count(), 60, "every line is there once");
    assert!(text.matches("Omschrijving").count() >= 3, "every page has the head of the table");
    let pages = text.matches("Pagina ").count();
    assert!(pages >= 3 && text.contains(&format!("Pagina {pages} van {pages}")));
    assert_eq!(text.matches("Totaal inclusief btw").count(), 1);
}

#[test]
fn the_same_quote_gives_the_same_bytes() {
    assert_eq!(quote_pdf(&document(Lang::En, 3)), quote_pdf(&document(Lang::En, 3)));
}

#[test]
fn brackets_and_backslashes_in_texts_do_not_break_the_file() {
    let mut hostile = document(Lang::Nl, 1);
    hostile.title = r"(niet) \ dicht ( endstream endobj".to_owned();
    hostile.sender_name = ")Tj (x".to_owned();
    let text = text_of(&quote_pdf(&hostile), "hostile");
    assert!(text.contains(r"(niet) \ dicht ( endstream endobj"), "{text}");
}
