//! Workbooks as people have them, and as nobody should send them. All are made here.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use kiem_adapters::import::{Format, ImportError, Note, Record, Source, Whole, detect, read_rows};
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Formula, Workbook};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn read(bytes: Vec<u8>) -> Result<(Format, u64, Whole, Vec<Record>), ImportError> {
    let source = Source::bytes(bytes);
    let dialect = detect(&source)?;
    let mut rows = Vec::new();
    let whole = read_rows(&source, &dialect, |_, row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok((dialect.format, dialect.header_row, whole, rows))
}

fn refusal(bytes: Vec<u8>) -> ImportError {
    read(bytes).map(|(_, _, whole, _)| whole).unwrap_err()
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        zip.start_file(*name, packed).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An Excel file around the XML of one sheet.
fn excel(sheet: &str, others: &[(&str, &[u8])]) -> Vec<u8> {
    let types = br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    let relations = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let book = br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Leden" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let of_book = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>"#
    );
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types),
        ("_rels/.rels", relations),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", of_book),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    parts.retain(|(name, _)| others.iter().all(|(other, _)| other != name));
    parts.extend_from_slice(others);
    archive(&parts)
}

fn cell(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn open_document(tables: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"#
    );
    archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
    ])
}

fn text(value: &str) -> String {
    format!(r#"<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>"#)
}

#[test]
fn an_excel_file_reads_like_text() {
    let mut book = Workbook::new();
    let hidden = book.add_worksheet();
    hidden.set_name("Geheim").unwrap().write(0, 0, "Verborgen").unwrap();
    hidden.set_hidden(true);
    book.add_worksheet().set_name("Leeg").unwrap().set_active(true);
    let sheet = book.add_worksheet().set_name("Leden").unwrap();
    sheet.write(0, 0, "Ledenlijst & meer").unwrap();
    for (column, name) in
        ["Bedrijf", "KvK", "Sinds", "Omzet", "Telefoon", "Lid", "Som", "Uur"].iter().enumerate()
    {
        sheet.write(2, column as u16, *name).unwrap();
    }
    let day = Style::new().set_num_format("dd-mm-yyyy");
    let clock = Style::new().set_num_format("dd-mm-yyyy hh:mm");
    sheet.write(3, 0, "Café Zoë\nfiliaal").unwrap();
    sheet.write(3, 1, 1234567).unwrap();
    sheet.write_with_format(3, 2, ExcelDateTime::from_ymd(2024, 3, 1).unwrap(), &day).unwrap();
    sheet.write(3, 3, 1234.5).unwrap();
    sheet.write(3, 4, 3.16e10).unwrap();
    sheet.write(3, 5, true).unwrap();
    sheet.write(3, 6, Formula::new("=SUM(1,2)").set_result("3")).unwrap();
    let at = ExcelDateTime::from_ymd(2024, 12, 31).unwrap().and_hms(13, 5, 0).unwrap();
    sheet.write_with_format(3, 7, at, &clock).unwrap();
    sheet.write(6, 0, "Bos").unwrap();
    sheet.write(6, 3, 1.234).unwrap();
    book.add_worksheet().set_name("Oud").unwrap().write(0, 0, "Oud").unwrap();

    let (format, header_row, whole, rows) = read(book.save_to_buffer().unwrap()).unwrap();
    assert_eq!((format, header_row, whole.n_rows), (Format::Xlsx, 3, 2));
    assert_eq!(whole.header, ["Bedrijf", "KvK", "Sinds", "Omzet", "Telefoon", "Lid", "Som", "Uur"]);
    assert_eq!(
        rows[0].cells,
        [
            "Café Zoë filiaal",
            "1234567",
            "2024-03-01",
            "1234.5",
            "31600000000",
            "true",
            "3",
            "2024-12-31T13:05:00"
        ]
    );
    assert_eq!(
        (rows[1].row_number, rows[1].cells.clone()),
        (7, vec!["Bos".into(), "".into(), "".into(), "1.2340".to_owned()])
    );
    assert_eq!(whole.notes, [Note::HiddenSheets, Note::OtherSheets]);
}

/// A sheet of explanation, the list, and what is left of something.
const SHEETS: [&[&[&str]]; 3] = [
    &[
        &["Toelichting"],
        &["Kolom", "Betekenis"],
        &["Bedrijfsnaam", "De handelsnaam"],
        &["Plaats", "Vestiging"],
    ],
    &[
        &["Bedrijfsnaam", "KvK-nummer", "Plaats", "E-mail"],
        &["Bos B.V.", "12345678", "Urk", "info@bos.example"],
    ],
    &[&["Oud"]],
];

#[test]
fn the_list_is_found_behind_an_explanation() {
    let mut book = Workbook::new();
    let mut tables = String::new();
    for (n, rows) in SHEETS.iter().enumerate() {
        let sheet = book.add_worksheet();
        let mut table = String::new();
        for (line, cells) in rows.iter().enumerate() {
            for (column, value) in cells.iter().enumerate() {
                sheet.write(u32::try_from(line).unwrap(), u16::try_from(column).unwrap(), *value).unwrap();
            }
            let cells: String = cells.iter().map(|value| text(value)).collect();
            table.push_str(&format!("<table:table-row>{cells}</table:table-row>"));
        }
        tables.push_str(&format!(r#"<table:table table:name="{n}">{table}</table:table>"#));
    }
    for bytes in [book.save_to_buffer().unwrap(), open_document(&tables)] {
        let (format, header_row, whole, rows) = read(bytes).unwrap();
        assert_eq!((header_row, whole.n_rows), (1, 1), "{format:?}");
        assert_eq!(whole.header, SHEETS[1][0], "{format:?}");
        assert_eq!(rows[0].cells, SHEETS[1][1], "{format:?}");
        assert_eq!(whole.notes, [Note::OtherSheets], "{format:?}");
    }
}

#[test]
fn an_open_document_reads_like_text() {
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let mut rows = String::from(r#"<table:table-column table:number-columns-repeated="1024"/>"#);
    rows += &row(&text("Ledenlijst"));
    rows += r#"<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>"#;
    rows += &row(&["Bedrijf", "KvK", "Sinds", "Omzet", "Lid"].map(text).concat());
    rows += &row(&format!(
        r#"{}<table:table-cell office:value-type="float" office:value="1234567"><text:p>01234567</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-03-01"><text:p>1-3-2024</text:p></table:table-cell><table:table-cell table:formula="of:=1" office:value-type="currency" office:value="1234.5"><text:p>€ 1.234,50</text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAAR</text:p></table:table-cell>"#,
        r#"<table:table-cell office:value-type="string"><office:annotation><text:p>niet lezen</text:p></office:annotation><text:p>Smit &amp; <text:span>Zn</text:span><text:s/>&#233;</text:p></table:table-cell>"#
    ));
    rows += r#"<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let hidden = format!(
        r#"<table:table table:name="Geheim" table:style-name="ta2">{}</table:table>"#,
        row(&text("x"))
    );
    let tables =
        format!(r#"{hidden}<table:table table:name="Leden" table:style-name="ta1">{rows}</table:table>"#);
    let (format, header_row, whole, rows) = read(open_document(&tables)).unwrap();
    assert_eq!((format, header_row, whole.n_rows), (Format::Ods, 4, 1));
    assert_eq!(rows[0].cells, ["Smit & Zn é", "1234567", "2024-03-01", "1234.5", "true"]);
    assert_eq!((rows[0].row_number, whole.notes.clone()), (5, vec![Note::HiddenSheets]));
}

#[test]
fn a_far_cell_costs_nothing() {
    let sheet = format!(
        r#"<row r="1">{}{}</row><row r="2">{}</row><row r="1048576">{}</row>"#,
        cell("A1", "Bedrijf"),
        cell("B1", "Plaats"),
        cell("A2", "Jansen"),
        cell("XFD1048576", "ver weg")
    );
    let (_, _, whole, rows) = read(excel(&sheet, &[])).unwrap();
    assert_eq!((whole.n_rows, rows.len(), rows[0].cells.clone()), (1, 1, vec!["Jansen".to_owned()]));
    assert_eq!(whole.notes, [Note::FarCells]);
    let far = format!(
        r#"<table:table table:name="x"><table:table-row>{}</table:table-row><table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated="16383"/>{}</table:table-row></table:table>"#,
        text("Bedrijf"),
        text("ver weg")
    );
    let (_, _, whole, _) = read(open_document(&far)).unwrap();
    assert_eq!((whole.n_rows, whole.notes), (0, vec![Note::FarCells]));
}

#[test]
fn a_cell_repeated_for_ever_is_bounded() {
    let wide = format!(
        r#"<table:table table:name="x"><table:table-row>{}</table:table-row><table:table-row table:number-rows-repeated="1048575"><table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row></table:table>"#,
        text("Bedrijf")
    );
    assert_eq!(refusal(open_document(&wide)), ImportError::TooMuch);
}

#[test]
fn bombs_are_refused_before_they_are_opened() {
    let zeros = vec![b' '; 40 * 1024 * 1024];
    let bomb = excel("", &[("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(bomb.len() < 200_000);
    assert_eq!(refusal(bomb.clone()), ImportError::TooMuch, "the directory says how much it is");
    drop(zeros);
    let mut lies = bomb;
    // The inflated size in the directory and in front of the part: everywhere a thousand bytes.
    let truth = (40 * 1024 * 1024_u32).to_le_bytes();
    let places: Vec<usize> =
        lies.windows(4).enumerate().filter(|(_, w)| **w == truth).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        lies[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
    }
    let refused = refusal(lies);
    assert!(matches!(refused, ImportError::TooMuch | ImportError::Damaged), "{refused:?}");

    let many: Vec<(String, Vec<u8>)> = (0..2_500).map(|n| (format!("xl/part{n}.xml"), Vec::new())).collect();
    let parts: Vec<(&str, &[u8])> =
        many.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    assert_eq!(refusal(excel("", &parts)), ImportError::TooMuch, "parts");

    let texts = format!("<sst>{}</sst>", "<si/>".repeat(3_200_000));
    assert_eq!(
        refusal(excel("", &[("xl/sharedStrings.xml", texts.as_bytes())])),
        ImportError::TooMuch,
        "texts"
    );
    let styles = format!("<x:styleSheet>{}</x:styleSheet>", "<xf/>".repeat(300_000));
    assert_eq!(refusal(excel("", &[("xl/styles.xml", styles.as_bytes())])), ImportError::TooMuch, "styles");
    let endless = format!(r#"<row r="1"><c r="A1" t="str"><v>{}</v></c></row>"#, "a<!---->".repeat(400_000));
    assert_eq!(refusal(excel(&endless, &[])), ImportError::TooMuch, "one value");
    let run = format!(r#"<row r="1">{}</row>"#, cell("A1", &"x".repeat(3 * 1024 * 1024)));
    assert_eq!(refusal(excel(&run, &[])), ImportError::TooMuch, "one text");
}

#[test]
fn document_types_and_entities_are_refused() {
    let doctype = br#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>"#;
    assert_eq!(refusal(excel("", &[("xl/worksheets/sheet1.xml", doctype)])), ImportError::DocType);
    // Without a document type an entity means nothing, and nothing is fetched.
    let row = format!(r#"<row r="1">{}</row>"#, cell("A1", "&lol;"));
    assert_eq!(refusal(excel(&row, &[])), ImportError::Damaged);
    let content = br#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><office:document-content/>"#;
    let document = archive(&[("mimetype", b"x"), ("content.xml", content)]);
    assert_eq!(refusal(document), ImportError::DocType);
}

#[test]
fn what_is_not_read_says_why() {
    let locked = [(
        "META-INF/manifest.xml",
        &br#"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"#[..],
    )];
    let document = archive(&[&[("mimetype", &b"x"[..]), ("content.xml", b"\x01\x02")], &locked[..]].concat());
    assert_eq!(refusal(document), ImportError::Encrypted);
    assert_eq!(refusal(compound("EncryptedPackage", &[])), ImportError::Encrypted);
    assert_eq!(refusal(compound("WordDocument", &[])), ImportError::NotText);
    // FilePass: the password of Excel 97.
    let passed = [&[9, 8, 4, 0, 0, 6, 5, 0][..], &[0x2f, 0, 2, 0, 1, 0]].concat();
    assert_eq!(refusal(compound("Workbook", &passed)), ImportError::Encrypted);
    assert_eq!(refusal(archive(&[("xl/workbook.bin", b"x")])), ImportError::OtherForm);
    assert_eq!(refusal(archive(&[("word/document.xml", b"<w/>")])), ImportError::NotText);
    assert_eq!(refusal(excel("", &[])), ImportError::Empty);
    let whole = excel(&format!(r#"<row r="1">{}</row>"#, cell("A1", "x")), &[]);
    assert_eq!(refusal(whole[..whole.len() / 2].to_vec()), ImportError::Damaged);
}

#[test]
fn a_sheet_that_ends_before_it_begins_is_damaged_or_read() {
    let sheet = format!(
        r#"<worksheet><dimension ref="C3:A1"/><sheetData><row r="1">{}</row></sheetData></worksheet>"#,
        cell("A1", "Bedrijf")
    );
    // The library counts backwards there: a panic with checks, nonsense that nobody uses without.
    let found = read(excel("", &[("xl/worksheets/sheet1.xml", sheet.as_bytes())]));
    assert!(matches!(found, Ok(_) | Err(ImportError::Damaged)), "{found:?}");
}

#[test]
fn an_old_excel_file_that_lies_about_its_size_is_refused() {
    // Dimensions: four billion rows.
    let mut huge = vec![0, 2, 14, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0];
    huge.extend([0x0a, 0, 0, 0]);
    assert_eq!(refusal(compound("Workbook", &old_book(&huge))), ImportError::TooMuch);
    let mut nowhere = old_book(&[]);
    nowhere[12] = 0xff;
    nowhere[13] = 0xff;
    assert_eq!(refusal(compound("Workbook", &nowhere)), ImportError::Damaged);
}

/// Rows of cells and the ranges that are merged: first row and column, last row and column, from 0.
type Sheet<'a> = (&'a [&'a [&'a str]], &'a [(u16, u16, u16, u16)]);

/// The same sheet as Excel writes it, as Excel did in 1997, and as an open document.
fn as_workbooks((rows, merged): Sheet<'_>) -> [Vec<u8>; 3] {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (top, left, bottom, right) in merged {
        sheet.merge_range(u32::from(*top), *left, u32::from(*bottom), *right, "", &Style::new()).unwrap();
    }
    let mut old = Vec::new();
    let mut record = |kind: u16, data: &[u8]| {
        old.extend(kind.to_le_bytes());
        old.extend((data.len() as u16).to_le_bytes());
        old.extend(data);
    };
    let mut table = String::new();
    for (row, cells) in (0_u16..).zip(rows) {
        table.push_str("<table:table-row>");
        for (column, value) in (0_u16..).zip(*cells) {
            if !value.is_empty() {
                sheet.write(u32::from(row), column, *value).unwrap();
                let mut label: Vec<u8> =
                    [row, column, 0, value.len() as u16].iter().flat_map(|n| n.to_le_bytes()).collect();
                label.push(0);
                label.extend(value.bytes());
                record(0x204, &label);
            }
            let begins = merged.iter().find(|m| (m.0, m.1) == (row, column));
            let is_covered = merged.iter().any(|m| {
                (m.0..=m.2).contains(&row) && (m.1..=m.3).contains(&column) && (m.0, m.1) != (row, column)
            });
            table.push_str(&match begins {
                Some(m) => text(value).replace(
                    "<table:table-cell",
                    &format!(
                        r#"<table:table-cell table:number-rows-spanned="{}" table:number-columns-spanned="{}""#,
                        m.2 - m.0 + 1,
                        m.3 - m.1 + 1
                    ),
                ),
                None if is_covered => "<table:covered-table-cell/>".to_owned(),
                None if value.is_empty() => "<table:table-cell/>".to_owned(),
                None => text(value),
            });
        }
        table.push_str("</table:table-row>");
    }
    let areas: Vec<u8> = std::iter::once(merged.len() as u16)
        .chain(merged.iter().flat_map(|m| [m.0, m.2, m.1, m.3]))
        .flat_map(u16::to_le_bytes)
        .collect();
    record(0xe5, &areas);
    record(0x0a, &[]);
    let open = open_document(&format!(r#"<table:table table:name="Leden">{table}</table:table>"#));
    [book.save_to_buffer().unwrap(), compound("Workbook", &old_book(&old)), open]
}

/// An Excel file of old around the records of one sheet.
fn old_book(sheet: &[u8]) -> Vec<u8> {
    const BEGIN: [u8; 8] = [9, 8, 4, 0, 0, 6, 5, 0];
    let sheet_at = 8_u32 + 4 + 10 + 4;
    let mut book = BEGIN.to_vec();
    book.extend([0x85, 0, 10, 0]);
    book.extend(sheet_at.to_le_bytes());
    book.extend([0, 0, 1, 0, b'x', 0]);
    book.extend([0x0a, 0, 0, 0]);
    book.extend(BEGIN);
    book.extend(sheet);
    book
}

#[test]
fn a_merged_cell_holds_for_every_row_that_it_covers() {
    let rows: &[&[&str]] = &[
        &["Bedrijf", "Plaats", "Naam", "Functie", "Niet mailen"],
        &["Bos B.V.", "Urk", "Eva", "Inkoper", "ja"],
        &["", "", "Jan", "", ""],
        &["", "", "", "", ""],
        &["", "Ede", "Piet", "Chef", ""],
        &["", "", "Klaas", "", ""],
        &["Vos B.V.", "", "Zoe uit Zeist", "", ""],
    ];
    // The company over five rows, the town over two, who wants no mail over two, and a remark to the right.
    let merged = [(1, 0, 5, 0), (1, 1, 2, 1), (1, 4, 2, 4), (6, 2, 6, 3)];
    for bytes in as_workbooks((rows, &merged)) {
        let (format, header_row, _, found) = read(bytes).unwrap();
        let cells: Vec<(u64, String)> = found.iter().map(|r| (r.row_number, r.cells.join("|"))).collect();
        let expected = [
            (2, "Bos B.V.|Urk|Eva|Inkoper|ja"),
            (3, "Bos B.V.|Urk|Jan||ja"),
            // The row between says nothing, and what is not merged stays blank.
            (5, "Bos B.V.|Ede|Piet|Chef"),
            (6, "Bos B.V.||Klaas"),
            (7, "Vos B.V.||Zoe uit Zeist"),
        ];
        assert_eq!(cells, expected.map(|(row, cells)| (row, cells.to_owned())), "{format:?}");
        assert_eq!(header_row, 1, "{format:?}");
    }
    // Nobody says so here: blank stays blank.
    for bytes in as_workbooks((rows, &[])) {
        let (format, _, _, found) = read(bytes).unwrap();
        assert_eq!(found[1].cells, ["", "", "Jan"], "{format:?}");
    }
}

#[test]
fn merged_cells_of_a_header_name_the_columns_that_they_cover() {
    let group: &[&str] = &["Nr", "Bedrijf", "", "", "Status", "Contactpersoon", "", "Branche"];
    let names: &[&str] = &["", "Naam", "Plaats", "Telefoon", "Telefoon", "Naam", "Telefoon", ""];
    let record: &[&str] = &["1", "Bos", "Urk", "030 123 45 67", "nieuw", "Eva", "06 12 34 56 78", "Bouw"];
    let one: &[&str] = &["Bedrijf", "Adres", "", "Telefoon", ""];
    let of_one: &[&str] = &["Bos", "Kade", "1", "030 123 45 67", "06 12 34 56 78"];
    let title: &[&str] = &["Ledenlijst", "", "", "", ""];
    let two_titles: &[&str] = &["Leden", "", "Regio", "", ""];
    let plain: &[&str] = &["Bedrijf", "Adres", "Plaats", "Telefoon", "Functie"];
    let of_plain: &[&str] = &["Bos", "Kade 1", "Urk", "030 123 45 67", "Chef"];
    for (name, rows, merged, header, header_row) in [
        (
            "groups, and names over both rows",
            &[group, names, record][..],
            &[(0, 0, 1, 0), (0, 1, 0, 3), (0, 5, 0, 6), (0, 7, 1, 7)][..],
            // The status is no part of the company, which a text would leave open.
            "Nr|Bedrijf Naam|Plaats|Bedrijf Telefoon|Status Telefoon|Contactpersoon Naam|Contactpersoon Telefoon|Branche",
            2,
        ),
        (
            "one row",
            &[one, of_one],
            &[(0, 1, 0, 2), (0, 3, 0, 4)],
            "Bedrijf|Adres|Adres|Telefoon|Telefoon",
            1,
        ),
        ("a title", &[title, plain, of_plain], &[(0, 0, 0, 4)], "Bedrijf|Adres|Plaats|Telefoon|Functie", 2),
        (
            "a title in two pieces",
            &[two_titles, plain, of_plain],
            &[(0, 0, 0, 1), (0, 2, 0, 4)],
            "Bedrijf|Adres|Plaats|Telefoon|Functie",
            2,
        ),
        (
            "a title over two rows",
            &[title, &["", "", "", "", ""], plain, of_plain],
            &[(0, 0, 1, 4)],
            "Bedrijf|Adres|Plaats|Telefoon|Functie",
            3,
        ),
    ] {
        for bytes in as_workbooks((rows, merged)) {
            let (format, found_row, whole, found) = read(bytes).unwrap();
            assert_eq!(whole.header.join("|"), header, "{name} {format:?}");
            let first = rows.len() as u64;
            assert_eq!(
                (found_row, found[0].row_number, whole.n_rows),
                (header_row, first, 1),
                "{name} {format:?}"
            );
        }
    }
}

#[test]
fn merged_cells_are_bounded_and_never_keep_a_list_from_being_read() {
    let row = |n: usize| {
        format!(r#"<row r="{n}">{}{}</row>"#, cell(&format!("A{n}"), "x"), cell(&format!("B{n}"), "y"))
    };
    let sheet = |areas: &str| {
        format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}{}</sheetData><mergeCells>{areas}</mergeCells></worksheet>"#,
            row(1),
            row(2)
        )
    };
    let of = |areas: &str| excel("", &[("xl/worksheets/sheet1.xml", sheet(areas).as_bytes())]);
    // Ranges that no program writes: backwards, without end, one over the other, of nothing.
    for areas in [
        r#"<mergeCell ref="C3:A1"/>"#,
        r#"<mergeCell ref="A1:XFD1048576"/><mergeCell ref="A1:A9"/><mergeCell ref="A2:B2"/>"#,
        r#"<mergeCell ref="ZZZZZZ1:A1"/>"#,
        r#"<mergeCell ref="?"/>"#,
        "<mergeCell/>",
    ] {
        let (_, _, _, rows) = read(of(areas)).unwrap();
        assert_eq!(rows.last().unwrap().cells, ["x", "y"], "{areas}");
    }
    assert_eq!(refusal(of(&r#"<mergeCell ref="A1:A2"/>"#.repeat(500_001))), ImportError::TooMuch);
    // A record of Excel 97 that claims more ranges than it holds.
    let mut many = Vec::new();
    for _ in 0..20 {
        many.extend([0xe5, 0, 2, 0, 0xff, 0xff]);
    }
    many.extend([0x0a, 0, 0, 0]);
    assert_eq!(refusal(compound("Workbook", &old_book(&many))), ImportError::TooMuch);
}

/// A compound file with one small stream.
fn compound(name: &str, content: &[u8]) -> Vec<u8> {
    let mut stream = content.to_vec();
    stream.resize(4096, 0);
    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(512, 0);
    file[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    file[44] = 1;
    file[48] = 1;
    file[57] = 0x10;
    file[60..64].copy_from_slice(&(-2_i32).to_le_bytes());
    file[68..72].copy_from_slice(&(-2_i32).to_le_bytes());
    file[76..512].fill(0xff);
    file[76..80].fill(0);
    // Sector 0 is the table, 1 the folder, 2 to 9 the stream.
    let mut table: Vec<i32> = vec![-3, -2, 3, 4, 5, 6, 7, 8, 9, -2];
    table.resize(128, -1);
    file.extend(table.iter().flat_map(|n| n.to_le_bytes()));
    let entry = |name: &str, kind: u8, start: i32, size: u32| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(64, 0);
        entry.extend((2 * (name.len() as u16 + 1)).to_le_bytes());
        entry.extend([kind, 1]);
        entry.extend([0xff; 12]);
        entry.resize(116, 0);
        entry.extend(start.to_le_bytes());
        entry.extend(size.to_le_bytes());
        entry.resize(128, 0);
        entry
    };
    let mut folder = entry("Root Entry", 5, -2, 0);
    folder.extend(entry(name, 2, 2, 4096));
    folder.resize(512, 0);
    file.extend(folder);
    file.extend(stream);
    file
}
