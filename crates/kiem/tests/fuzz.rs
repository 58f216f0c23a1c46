//! Bytes from strangers: mail, lists, tokens and templates, broken on purpose. See `support/fuzz.rs`.

mod support;

use std::ops::ControlFlow;

use kiem::engine::Keys;
use kiem::engine::keys::{TokenClaim, TokenKind};
use kiem::engine::outreach::template::{SenderWords, fill};
use kiem_adapters::{import, mime};
use kiem_domain::id::{CompanyId, ContactId, LeadId};
use kiem_domain::inbound::machine::verdict_of_stripped;
use kiem_domain::inbound::matching::{Candidates, match_reply};
use kiem_domain::inbound::strip::strip;
use kiem_domain::intent;
use kiem_store::campaign::{Recipient, SiteLines};
use support::fuzz::{self, Dice};
use support::{House, MASTER};

fn corpus() -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../kiem-adapters/tests/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the corpus is there")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .collect();
    files.sort();
    assert!(files.len() > 100, "the corpus is whole");
    files.iter().map(|file| std::fs::read(file).expect("read")).collect()
}

/// Everything that happens to a received mail before the database.
fn read_mail(raw: &[u8]) {
    let Ok(mail) = mime::parse(raw, None) else { return };
    let candidates = Candidates {
        messages: Vec::new(),
        own_addresses: Vec::new(),
        own_domains: Vec::new(),
        received_at: support::tuesday_ten(),
    };
    let found = match_reply(&mail, &candidates);
    let stripped = strip(&mail.text, Some("Dag Eva,\n\nHoe regelen jullie de planning nu?\n\nGroet, Jan"));
    let verdict = verdict_of_stripped(&mail, &stripped, Some("Vraag over planning"), found.is_sure());
    let _exit = verdict.exit();
    let text: String = stripped.text.chars().take(20_000).collect();
    let read = intent::classify(&text, jiff::civil::date(2026, 11, 24), intent::built_in());
    assert!((0.0..=1.0).contains(&read.probability), "{}", read.probability);
    assert!(!mail.subject.contains(['\r', '\n']) && !mail.external_key.is_empty());
}

const MAIL_TOKENS: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"--",
    b"\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    b"Content-Type: multipart/alternative; boundary=\"\"\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n",
    b"Content-Type: text/html; charset=utf-7\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Subject: =?utf-8?B?4oKs?= =?x?q?=FF?=\r\n",
    b"References: <a@b> <c@d>\r\n ",
    b"Auto-Submitted: auto-replied\r\n",
    b"<div><blockquote type=\"cite\">",
    b"<!--",
    b"<table><tr><td>",
    b"&#x10FFFF;&amp;&nbsp;",
    b"> > > ",
    b"\nOp ma 3 nov. 2026 om 10:00 schreef Jan <jan@kiem.example>:\n",
    b"\n-- \n",
    b"\nVan: Jan\nVerzonden: maandag\nAan: Eva\nOnderwerp: Vraag\n",
    b"=\r\n",
    b"=E2=82",
    b"\xff\xfe",
    b"A",
];

#[test]
fn broken_mail_is_read_without_harm() {
    let seeds = corpus();
    fuzz::run("mail", |dice| fuzz::mutated(dice, &seeds, MAIL_TOKENS), read_mail);
}

#[test]
fn mail_bombs_are_refused_or_read_within_their_limits() {
    let head = "From: a@b.example\r\nTo: jan@kiem.example\r\nMIME-Version: 1.0\r\n";
    let nested = |n: usize| {
        let mut raw = head.to_owned();
        for i in 0..n {
            raw.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{i}\"\r\n\r\n--b{i}\r\n"));
        }
        raw.into_bytes()
    };
    let parts = |n: usize| {
        let part = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(n);
        format!("{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n{part}--b--\r\n").into_bytes()
    };
    let text =
        |kind: &str, body: String| format!("{head}Content-Type: {kind}\r\n\r\n{body}\r\n").into_bytes();
    let megabyte = 1 << 20;
    let bombs: Vec<(&str, Vec<u8>, bool)> = vec![
        ("10,000 nested multiparts", nested(10_000), false),
        ("25 nested multiparts", nested(25), false),
        ("15 nested multiparts", nested(15), true),
        ("1,001 parts", parts(1_001), false),
        ("100,000 parts", parts(100_000), false),
        ("26 MiB", text("text/plain", "a".repeat(26 * megabyte)), false),
        ("2 MiB of headers", format!("{head}{}\r\nx", "X-A: b\r\n".repeat(megabyte / 4)).into_bytes(), false),
        (
            "one header of 2 MiB",
            format!("{head}X-A: {}\r\n\r\nx", "b".repeat(2 * megabyte)).into_bytes(),
            false,
        ),
        ("900 parts", parts(900), true),
        (
            "a base64 line of 16 MiB",
            text("text/plain\r\nContent-Transfer-Encoding: base64", "QUFB".repeat(4 * megabyte)),
            true,
        ),
        ("100,000 open elements", text("text/html", "<div><b>".repeat(50_000)), true),
        ("100,000 quotes", text("text/plain", format!("{}x", "> ".repeat(100_000))), true),
        ("200,000 quoted lines", text("text/plain", "> aap noot mies\r\n".repeat(200_000)), true),
        ("a comment without end", text("text/html", format!("<!--{}", "-".repeat(2 * megabyte))), true),
        ("entities", text("text/html", "&amp;&#0;&#x110000;&bogus;".repeat(50_000)), true),
        (
            "addresses",
            format!("{head}Cc: {}\r\n\r\nx", "\"a\" <a@b.example>, ".repeat(20_000)).into_bytes(),
            true,
        ),
        (
            "references",
            format!("{head}References: {}\r\n\r\nx", "<a@b.example>\r\n ".repeat(20_000)).into_bytes(),
            true,
        ),
    ];
    for (name, raw, is_readable) in bombs {
        let before = fuzz::processor_time();
        assert_eq!(mime::parse(&raw, None).is_ok(), is_readable, "{name}");
        read_mail(&raw);
        // An optimised build takes a tenth of this.
        let took = fuzz::processor_time() - before;
        assert!(took.as_secs() < 8, "{name} took {took:?}");
    }
}

#[test]
fn broken_lists_are_read_without_harm() {
    let seeds: Vec<Vec<u8>> = [
        "Bedrijf;Voornaam;Achternaam;E-mail;KvK;Website;Plaats\r\nBakkerij Meer;Eva;van der Meer;eva@meer.example;12345678;www.meer.example;Utrecht\r\n\"Bouw \"\"B\"\" BV\";Tom;Bos;tom@bouw.example;;;\r\n",
        "Company,First name,Last name,Email,Employees\nWidgets Ltd,Ann,Smith,ann@widgets.example,12\nGears,,,\"info@gears.example\",\"1,200\"\n",
        "sep=;\nnaam\temail\nA\ta@b.example\n",
        "a|b|c\n1|2|3\n",
        "eva@meer.example\ntom@bouw.example\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .chain([
        b"\xff\xfeB\0e\0d\0r\0i\0j\0f\0;\0E\0-\0m\0a\0i\0l\0\r\0\n\0A\0;\0a\0@\0b\0.\0n\0l\0".to_vec(),
        b"Bedrijf;Plaats\r\nCaf\xe9;Den Haag\r\n".to_vec(),
        b"\xef\xbb\xbfBedrijf;Plaats\r\nCaf\xc3\xa9;Den Haag\r\n".to_vec(),
    ])
    .collect();
    let tokens: &[&[u8]] = &[
        b"\"",
        b"\"\"",
        b";",
        b",",
        b"\t",
        b"|",
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"sep=",
        b"=cmd|' /C calc'!A0",
        b"@",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xe9",
        b"E-mail",
        b"KvK",
        b"0001-01-01",
        b"1e308",
        b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];
    fuzz::run("lists", |dice| fuzz::mutated(dice, &seeds, tokens), read_list);
}

/// The reading of an import, from bytes to a proposed meaning of each column and safe cells for the error file.
fn read_list(bytes: &[u8]) {
    let source = import::Source::bytes(bytes.to_vec());
    let Ok(dialect) = import::detect(&source) else { return };
    let (mut records, mut n_cells) = (Vec::new(), 0);
    let whole = import::read_rows(&source, &dialect, |_, record| {
        n_cells += record.cells.len();
        records.push(record);
        // Looking at each cell takes longer than reading it.
        if n_cells < 100_000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    // A workbook may break off behind the rows that were looked at.
    let Ok(whole) = whole else { return };
    let proposals = import::propose(&whole.header, &records[..records.len().min(200)], dialect.has_header);
    assert!(proposals.windows(2).all(|pair| pair[0].column < pair[1].column), "each column once");
    assert!(
        records.windows(2).all(|pair| pair[0].row_number < pair[1].row_number),
        "in the order of the file"
    );
    for record in &records {
        for cell in &record.cells {
            assert!(cell.chars().count() <= import::CELL_CHARS_MAX && !cell.chars().any(char::is_control));
            let safe = import::safe_cell(cell);
            assert!(!safe.starts_with(['=', '+', '-', '@', '\t', '\r']), "a spreadsheet would run {safe}");
        }
    }
    assert_eq!(whole.n_rows, records.len() as u64);
}

/// An archive of parts as they are, so that what is broken on purpose gets past the checksums.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let (at, size) = (file.len() as u32, (content.len() as u32).to_le_bytes());
        let crc = content.iter().fold(!0_u32, |crc, byte| {
            (0..8)
                .fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
        });
        let mut about = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x58];
        about.extend((!crc).to_le_bytes());
        about.extend([size, size].concat());
        about.extend((name.len() as u16).to_le_bytes());
        about.extend([0, 0]);
        file.extend([&b"PK\x03\x04"[..], &about, name.as_bytes(), content].concat());
        directory.extend([&b"PK\x01\x02\x14\0"[..], &about, &[0; 10]].concat());
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let n = (parts.len() as u16).to_le_bytes();
    let (length, at) = ((directory.len() as u32).to_le_bytes(), (file.len() as u32).to_le_bytes());
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &n, &n, &length, &at, &[0, 0]].concat();
    [file, directory, end].concat()
}

const RELATIONS: &[u8] = br#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const OF_BOOK: &[u8] = br#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
const BOOK: &[u8] = br#"<workbook><sheets><sheet name="Leden" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const TEXTS: &[u8] = br#"<sst><si><t>Bedrijf</t></si><si><r><t>Ca</t></r><r><t>f&#233;</t></r></si></sst>"#;
const SHEET: &[u8] = br#"<worksheet><dimension ref="A1:B2"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>KvK</t></is></c></row><row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>1234567</v></c><c r="C2" t="str"><f>A1</f><v>x</v></c></row></sheetData></worksheet>"#;
const CONTENT: &[u8] = br#"<office:document-content><office:automatic-styles><style:style style:name="a"><style:table-properties table:display="false"/></style:style></office:automatic-styles><table:table table:name="x"><table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string"><text:p>Bedrijf &amp; <text:s/></text:p></table:table-cell><table:table-cell office:value-type="float" office:value="12.5"/></table:table-row></table:table></office:document-content>"#;

#[test]
fn broken_workbooks_are_read_without_harm() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../kiem-adapters/tests/files");
    let old = vec![std::fs::read(folder.join("leden.xls")).expect("the file is there")];
    let wrap = |sheet: &[u8], texts: &[u8], book: &[u8]| {
        archive(&[
            ("_rels/.rels", RELATIONS),
            ("xl/_rels/workbook.xml.rels", OF_BOOK),
            ("xl/workbook.xml", book),
            ("xl/sharedStrings.xml", texts),
            ("xl/worksheets/sheet1.xml", sheet),
        ])
    };
    let document = |content: &[u8]| archive(&[("mimetype", b"x"), ("content.xml", content)]);
    for whole in [wrap(SHEET, TEXTS, BOOK), document(CONTENT)] {
        let source = import::Source::bytes(whole);
        let dialect = import::detect(&source).expect("unbroken, it is a workbook");
        import::read_rows(&source, &dialect, |_, _| ControlFlow::Continue(())).expect("and is read");
    }
    let archives = [wrap(SHEET, TEXTS, BOOK), document(CONTENT)].to_vec();
    let tokens: &[&[u8]] = &[
        b"PK\x01\x02",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"<row r=\"1048576\">",
        b"<c r=\"XFD1\"><v>",
        b"</c></row>",
        b"<!DOCTYPE x>",
        b"&a;",
        b"<si/>",
        b"table:number-rows-repeated=\"99999999\"",
        b"table:number-columns-repeated=\"99999999\"",
        b"\x09\x08\x10\x00",
        b"\x0a\x00\x00\x00",
        b"\xfc\x00\xff\x1f",
        b"\x00\x02\x0e\x00",
    ];
    let one = |text: &[u8]| vec![text.to_vec()];
    let (sheets, texts, books, contents) = (one(SHEET), one(TEXTS), one(BOOK), one(CONTENT));
    let make = |dice: &mut Dice| match dice.below(6) {
        0 => fuzz::mutated(dice, &archives, tokens),
        1 => wrap(&fuzz::mutated(dice, &sheets, tokens), TEXTS, BOOK),
        2 => wrap(SHEET, &fuzz::mutated(dice, &texts, tokens), BOOK),
        3 => wrap(SHEET, TEXTS, &fuzz::mutated(dice, &books, tokens)),
        4 => document(&fuzz::mutated(dice, &contents, tokens)),
        _ => fuzz::mutated(dice, &old, tokens),
    };
    fuzz::run("workbooks", make, read_list);
}

const KINDS: &[TokenKind] = &[
    TokenKind::Click,
    TokenKind::Unsubscribe,
    TokenKind::Quote,
    TokenKind::Booking,
    TokenKind::Visit,
    TokenKind::MessageId,
    TokenKind::Inlet,
];

#[test]
fn no_token_is_read_but_the_one_that_was_made_for_it() {
    let keys = Keys::from_master(&MASTER);
    let claim = |n: u128| TokenClaim { workspace_number: n as u32, id: uuid::Uuid::from_u128(n << 64 | n) };
    let made: Vec<(usize, String)> = (0..70)
        .map(|n| (n % KINDS.len(), keys.public_token(KINDS[n % KINDS.len()], claim(n as u128))))
        .collect();
    let seeds: Vec<Vec<u8>> = made.iter().map(|(_, token)| token.clone().into_bytes()).collect();
    let tokens: &[&[u8]] = &[b"A", b"_", b"-", b"=", b"/", b"+", b"\0", b"%2e", b"..", b"\xc3\xa9", b" "];
    let make = |dice: &mut Dice| match dice.below(3) {
        0 => fuzz::mutated(dice, &seeds, tokens),
        _ => {
            // One letter is another one: nearest to a forgery.
            let mut token = dice.pick(&seeds).clone();
            let at = dice.below(token.len());
            token[at] = *dice.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
            token
        }
    };
    fuzz::run("tokens", make, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        for (n, kind) in KINDS.iter().enumerate() {
            let is_real = made.iter().any(|(of, token)| *of == n && *token == text);
            assert_eq!(keys.read_public_token(*kind, &text).is_some(), is_real, "{text}");
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_with_a_broken_token_makes_the_program_stumble() {
    let house = House::sqlite().await;
    let service = kiem::api::service(house.engine.clone());
    let browser = support::web::Browser::new(service);
    let keys = Keys::from_master(&MASTER);
    let claim = TokenClaim { workspace_number: 1, id: uuid::Uuid::from_u128(7) };
    let real: Vec<String> = KINDS.iter().map(|kind| keys.public_token(*kind, claim)).collect();
    for token in real.iter().map(String::as_str).chain([
        "x",
        "%00",
        "%ff%fe",
        "..%2f..",
        &"A".repeat(4_000),
        "%0d%0aX:y",
    ]) {
        for path in [
            "k/T",
            "u/T",
            "f/T",
            "b/m/T",
            "b/T/T",
            "hooks/T",
            "q/T",
            "q/T/pdf",
            "q/T/acceptance",
            "q/T/refusal",
        ] {
            let path = path.replace('T', token);
            for method in ["GET", "POST", "HEAD"] {
                let answer = browser.ask(method, &format!("/{path}"), None).await;
                assert!(answer.status.as_u16() < 500, "{method} /{path}: {answer:?}");
                assert!(!answer.status.is_redirection(), "nothing is there to lead to: {answer:?}");
            }
        }
    }
    house.close().await;
}

#[test]
fn broken_and_hostile_templates_end_within_their_limits() {
    let seeds: Vec<Vec<u8>> = [
        "Dag {{ contact.first_name }},\n\nHoe gaat het in {{ company.city | fallback('uw regio') }}?\n\n{{ sender.name }}",
        "{% if company.industry is defined %}In {{ company.industry | lower }}{% elif contact.title is defined %}x{% else %}y{% endif %}",
        "Zie {{ link('https://www.kiem.example/cases/bakkerij') }} of {{ sender.booking_url | default('bel mij') }}",
        "{{ contact.name | upper | title | trim | first }}{{ company.name | length }}",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    let tokens: &[&[u8]] = &[
        b"{{",
        b"}}",
        b"{%",
        b"%}",
        b"{#",
        b"#}",
        b"{%- if x %}",
        b"{% endif %}",
        b"{% else %}",
        b"{% set x = x ~ x %}",
        b"{% for a in range(99999) %}",
        b"{% endfor %}",
        b"{% macro a() %}{{ a() }}{% endmacro %}",
        b"{% raw %}",
        b"(",
        b"[",
        b"{{ contact }}",
        b"{{ [[[[]]]] }}",
        b" ~ contact.name",
        b" * 1000000",
        b"**9**9**9",
        b"|upper",
        b"|fallback('x')",
        b"|replace('a','aaaaaaaa')",
        b"|indent(999999999)",
        b"{{ link('https://a.example/') }}",
        b"'",
        b"\"",
        b"\\",
        b" not ",
        b"{{ 9223372036854775807 + 1 }}",
        b"{{ -9223372036854775807 // 0 }}",
        b"\xff",
        b"\0",
        b"{{ contact.first_name[0:9999] }}",
    ];
    let person = person();
    let sender =
        SenderWords { name: "Jan", company: "Kiem", booking_url: "", lang: kiem::messages::Lang::Nl };
    fuzz::run(
        "templates",
        |dice| fuzz::mutated(dice, &seeds, tokens),
        |bytes| {
            let text = String::from_utf8_lossy(bytes);
            if let Ok(filled) = fill(&text, &text, &person, &sender, |n| format!("https://go.example/{n}")) {
                assert!(
                    filled.text.len() <= 64 * 1024
                        && !filled.subject.contains('\n')
                        && filled.links.len() <= 10
                );
            }
        },
    );
}

fn person() -> Recipient {
    Recipient {
        lead_id: LeadId(uuid::Uuid::nil()),
        contact_id: ContactId(uuid::Uuid::nil()),
        company_id: CompanyId(uuid::Uuid::nil()),
        given_name: Some("{{ 7 * 7 }}".to_owned()),
        infix: None,
        family_name: Some("Meer".to_owned()),
        email: Some("eva@klant.example".to_owned()),
        title: None,
        time_zone: None,
        company_name: "Bakkerij".to_owned(),
        company_domain: None,
        industry: Some("Bakkerij".to_owned()),
        city: None,
        country: Some("NL".to_owned()),
        employees_n: Some(12),
        ground: None,
        site: SiteLines::default(),
    }
}
