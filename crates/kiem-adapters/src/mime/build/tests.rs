//! What freezing promises: exactly our headers, exactly our text, readable everywhere.

use super::*;
use crate::mime::parse;
use kiem_domain::contact::EmailAddress;
use kiem_domain::inbound::CalendarMethod;
use kiem_domain::locale::Lang;
use kiem_domain::message::{
    HeaderMessageId, HeaderText, HeaderUrl, Invitation, ListUnsubscribe, OutboundAttachment,
};
use proptest::prelude::*;

fn header(text: &str) -> HeaderText {
    HeaderText::new(text).unwrap()
}

fn someone(address: &str, name: &str) -> MailParty {
    MailParty { address: EmailAddress::parse(address).unwrap(), name: header(name) }
}

fn mail(subject: &str, text: &str) -> OutboundMail {
    let id = |t: &str| HeaderMessageId::parse(t).unwrap();
    OutboundMail {
        message_id: id("k2.0123456789abcdef@agency.example"),
        date: "2026-11-03T09:12:00+01:00[Europe/Amsterdam]".parse().unwrap(),
        from: someone("jan@agency.example", "Jan de Vries"),
        to: someone("eva@klant.example", "Eva, de \"baas\" van Café"),
        reply_to: Some(someone("jan+k.abc@agency.example", "")),
        subject: header(subject),
        in_reply_to: Some(id("k1.0123456789abcdef@agency.example")),
        references: vec![id("k0@agency.example"), id("k1.0123456789abcdef@agency.example")],
        list_unsubscribe: Some(ListUnsubscribe {
            one_click_url: HeaderUrl::parse("https://t.agency.example/u/abcDEF").unwrap(),
            address: Some(EmailAddress::parse("jan@agency.example").unwrap()),
        }),
        is_automatic: false,
        text: text.to_owned(),
        invitation: None,
        attachments: Vec::new(),
    }
}

fn raw_text(mail: &OutboundMail) -> String {
    String::from_utf8(build(mail).unwrap()).unwrap()
}

/// Header names in order, read strictly: a name at the start of a line until the first empty line.
fn header_names(raw: &str) -> Vec<&str> {
    let head = raw.split("\r\n\r\n").next().unwrap();
    head.split("\r\n").filter(|l| !l.starts_with([' ', '\t'])).map(|l| l.split(':').next().unwrap()).collect()
}

const HEADERS: [&str; 12] = [
    "Date",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
];

fn assert_clean(raw: &str) {
    assert!(raw.is_ascii() && raw.ends_with("\r\n"));
    assert!(!raw.replace("\r\n", "").contains(['\r', '\n', '\0']), "bare line end");
    assert!(raw.split("\r\n").all(|l| l.len() <= 998 && !l.starts_with('.')), "{raw}");
}

#[test]
fn a_mail_reads_back_as_it_was_meant() {
    let text = "Hoi Eva,\n\nWij helpen cafés – écht – sneller.\n\n. een punt vooraan\nFrom nu af aan = anders   \n\nGroet, Jan";
    let mail = mail(
        "Re: Offertes sneller voor Café Übung – en nog een heel lang onderwerp dat over meerdere regels loopt",
        text,
    );
    let raw = raw_text(&mail);
    assert_clean(&raw);
    assert_eq!(header_names(&raw), HEADERS);
    assert!(raw.starts_with(
        "Date: Tue, 03 Nov 2026 09:12:00 +0100\r\nFrom: \"Jan de Vries\" <jan@agency.example>\r\n"
    ));
    assert!(raw.contains("List-Unsubscribe: <https://t.agency.example/u/abcDEF>,\r\n <mailto:jan@agency.example?subject=unsubscribe%20k2.0123456789abcdef@agency.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    let back = parse(raw.as_bytes(), None).unwrap();
    assert_eq!(back.message_id.as_deref(), Some("k2.0123456789abcdef@agency.example"));
    assert_eq!(back.answered_ids(), ["k1.0123456789abcdef@agency.example", "k0@agency.example"]);
    assert_eq!(
        (back.to[0].address.as_str(), back.to[0].name.as_str()),
        ("eva@klant.example", "Eva, de \"baas\" van Café")
    );
    assert_eq!(back.subject, mail.subject.as_str());
    assert_eq!(back.text.trim_end(), text);
    assert_eq!(build(&mail), build(&mail), "the same mail gives the same bytes");
}

#[test]
fn html_is_made_from_the_text_and_holds_nothing_else() {
    let html = html_of_text(
        "Hoi <Eva> & co,\n\nZie https://a.example/x?a=1&b=2.\nOf (http://b.example).\n\n\nTot \"snel\" http:// weg",
    );
    assert!(html.contains("<p>Hoi &lt;Eva&gt; &amp; co,</p>"));
    assert!(html.contains(
        "Zie <a href=\"https://a.example/x?a=1&amp;b=2\">https://a.example/x?a=1&amp;b=2</a>.<br>"
    ));
    assert!(html.contains("(<a href=\"http://b.example\">http://b.example</a>)."));
    assert!(html.contains("http:// weg") && !html.contains("<img"));
}

#[test]
fn invitations_and_files_travel_along() {
    let mut mail = mail("Afspraak", "Tot dinsdag.");
    mail.invitation = Some(Invitation {
        kind: InvitationKind::Request,
        uid: header("booking-1@agency.example"),
        sequence: 0,
        made_at: "2026-11-03T08:00:00Z".parse().unwrap(),
        starts_at: "2026-11-10T09:00:00Z".parse().unwrap(),
        ends_at: "2026-11-10T09:30:00Z".parse().unwrap(),
        summary: header("Kennismaking"),
        location: header(""),
        description: String::new(),
        change_url: None,
        organizer: mail.from.clone(),
        attendee: mail.to.clone(),
        language: Lang::En,
    });
    mail.attachments.push(OutboundAttachment {
        name: header("Offerte Café \"12\".pdf"),
        media_type: header("application/pdf"),
        bytes: (0..=255).cycle().take(5_000).collect(),
    });
    mail.is_automatic = true;
    let raw = raw_text(&mail);
    assert_clean(&raw);
    let back = parse(raw.as_bytes(), None).unwrap();
    let calendar = back.calendar.unwrap();
    assert_eq!(
        (calendar.method, calendar.uid.as_str()),
        (CalendarMethod::Request, "booking-1@agency.example")
    );
    assert_eq!(back.attachments.len(), 1);
    assert_eq!(
        (back.attachments[0].name.as_str(), back.attachments[0].size_bytes),
        ("Offerte Café \"12\".pdf", 5_000)
    );
    assert_eq!(back.text.trim(), "Tot dinsdag.");
    assert!(back.headers.contains(&("auto-submitted".into(), "auto-generated".into())));
}

#[test]
fn what_cannot_be_a_mail_is_refused() {
    assert_eq!(build(&mail("x", " \n")), Err(BuildError::EmptyText));
    assert_eq!(build(&mail("x", "a\0b")), Err(BuildError::NulInText));
    assert_eq!(build(&mail("x", &"x".repeat(TEXT_BYTES_MAX + 1))), Err(BuildError::TooLarge));
    let mut with_file = mail("x", "y");
    with_file.attachments =
        vec![OutboundAttachment { name: header("x"), media_type: header("pdf; x=y"), bytes: vec![] }];
    assert_eq!(build(&with_file), Err(BuildError::MediaType));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_the_texts_there_is_one_mail_to_one_person(
        subject in "\\PC{0,120}|(=\\?|\\?=|[ a-z\"<>@,;:()\\\\]){0,60}",
        name in "\\PC{0,60}|([\"\\\\<>@,;: a-z]|=\\?){0,40}",
        text in "(\\PC|\\n|\\r|\\t){1,300}|(\\r?\\n\\.?(From |Bcc: |--=_kiem_1_|DATA|=)?[a-z]{0,5}){1,20}",
    ) {
        prop_assume!(!text.trim().is_empty() && !text.contains('\0'));
        prop_assume!(HeaderText::new(&subject).is_ok() && HeaderText::new(&name).is_ok());
        let mut mail = mail(&subject, &text);
        mail.to.name = header(&name);
        mail.from.name = header(&name);
        let raw = raw_text(&mail);
        assert_clean(&raw);
        prop_assert_eq!(header_names(&raw), HEADERS);
        let back = parse(raw.as_bytes(), None).unwrap();
        prop_assert_eq!(&back.from.address, "jan@agency.example");
        prop_assert_eq!(back.to.iter().map(|p| p.address.as_str()).collect::<Vec<_>>(), ["eva@klant.example"]);
        prop_assert!(back.cc.is_empty() && back.attachments.is_empty());
        let unix = text.replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(back.text.trim_end_matches('\n'), unix.trim_end_matches('\n').trim_start_matches('\u{feff}'));
        let flat = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(flat(&back.subject), flat(mail.subject.as_str()));
    }
}
