//! What reading promises beyond the corpus: facts are found, and no bytes do harm.

use super::*;
use kiem_domain::inbound::Report;
use proptest::prelude::*;

fn read(raw: &str) -> ParsedMail {
    parse(raw.replace('\n', "\r\n").as_bytes(), Some("mx.agency.example")).unwrap()
}

#[test]
fn headers_become_facts() {
    let mail = read(
        "Return-Path: <>\nDelivered-To: jan+k.abc@agency.example\nAuthentication-Results: mx.agency.example;\n dmarc=fail (p=none; dmarc=pass) header.from=klant.example\n\
Authentication-Results: mx.agency.example; dmarc=pass\nFrom: =?utf-8?q?Eva_Caf=C3=A9?= <Eva@Klant.example>\nTo: jan@agency.example, \"Piet, P.\" <piet@agency.example>\n\
Reply-To: eva.prive@klant.example\nX-Original-From: Eva <eva@klant.example>\nSubject: Re:\n =?iso-8859-1?q?Caf=E9?=\nDate: Tue, 3 Nov 2026 09:12:00 +0100\nMessage-ID: <a@klant.example>\n\
In-Reply-To: <k2@agency.example>\nReferences: <k1@agency.example>\n <k2@agency.example>\nAuto-Submitted: auto-replied\nX-Spam: no\n\nHoi",
    );
    assert_eq!((mail.from.address.as_str(), mail.from.name.as_str()), ("eva@klant.example", "Eva Café"));
    assert_eq!(
        mail.to.iter().map(|p| p.address.as_str()).collect::<Vec<_>>(),
        ["jan@agency.example", "piet@agency.example"]
    );
    assert_eq!((mail.return_path.as_deref(), mail.subject.as_str()), (Some(""), "Re: Café"));
    assert_eq!(mail.delivered_to[0].address, "jan+k.abc@agency.example");
    assert_eq!(mail.answered_ids(), ["k2@agency.example", "k1@agency.example"]);
    assert_eq!(mail.headers, [("auto-submitted".to_owned(), "auto-replied".to_owned())]);
    assert_eq!(mail.dmarc, Dmarc::Fail, "the topmost result counts, not the comment and not a later header");
    assert_eq!(mail.date.unwrap().to_string(), "2026-11-03T08:12:00Z");
    assert_eq!(mail.external_key, "a@klant.example");
}

#[test]
fn results_of_other_servers_are_not_believed() {
    let raw = "Authentication-Results: evil.example; dmarc=pass\nFrom: a@b.example\n\nHoi";
    assert_eq!(read(raw).dmarc, Dmarc::None);
    assert_eq!(parse(raw.as_bytes(), None).unwrap().dmarc, Dmarc::Pass);
}

#[test]
fn a_mail_without_id_gets_the_key_of_its_bytes() {
    let (one, two) = (read("From: a@b.example\n\nHoi"), read("From: a@b.example\n\nHoi!"));
    assert!(one.external_key.starts_with("sha256:") && one.external_key.len() == 71);
    assert_ne!(one.external_key, two.external_key);
    assert_eq!(one.external_key, read("From: a@b.example\n\nHoi").external_key);
}

#[test]
fn the_plain_alternative_is_read_unless_it_is_a_notice() {
    let mail = |plain: &str| {
        read(&format!(
            "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{plain}\n--b\nContent-Type: text/html\n\n<p>Een twee drie vier vijf zes zeven acht negen tien elf <a href=\"https://t.example/x\">hier</a></p>\n--b--\n"
        ))
    };
    assert_eq!(
        (mail("Gewone tekst hier").text.as_str(), mail("x y z").text_source),
        ("Gewone tekst hier", TextSource::Plain)
    );
    assert_eq!(mail("Gewone tekst hier").links, ["https://t.example/x"]);
    assert_eq!(
        (mail("Bekijk online").text_source, mail("").text_source),
        (TextSource::Html, TextSource::Html)
    );
}

#[test]
fn reports_give_back_our_mail_and_forwards_do_not() {
    let inner = "Content-Type: message/rfc822\n\nFrom: Jan <jan@agency.example>\nTo: eva@klant.example\nSubject: Offertes\nMessage-ID: <k1@agency.example>\n\nHoi Eva\n";
    let report = format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNiet bezorgd\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; eva@klant.example\nAction: failed\nStatus: 5.1.1\n--b\n{inner}--b--\n"
    );
    let mail = read(&report);
    assert!(matches!(&mail.report, Some(Report::Delivery { recipients }) if recipients[0].status == "5.1.1"));
    assert_eq!(mail.returned.unwrap().message_id, "k1@agency.example");
    assert!(mail.forwarded.is_none() && mail.text.trim() == "Niet bezorgd");

    let forward = format!(
        "From: piet@klant.example\nSubject: zie bijlage\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nfyi\n--b\n{inner}--b--\n"
    );
    let mail = read(&forward);
    let inner = mail.forwarded.unwrap();
    assert_eq!((inner.from.address.as_str(), inner.text.trim()), ("jan@agency.example", "Hoi Eva"));
    assert!(mail.returned.is_none() && mail.text.trim() == "fyi");
}

#[test]
fn files_are_listed_and_layout_is_not() {
    let mail = read(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>Hoi</p>\n--r\nContent-Type: image/png; name=logo.png\nContent-ID: <l>\nContent-Transfer-Encoding: base64\n\nAAAA\n--r--\n\
--m\nContent-Type: application/pdf; name=\"../../offerte.pdf\"\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--m\nContent-Type: text/plain\n\n-- lijstvoettekst\n--m--\n",
    );
    assert_eq!(mail.attachments.len(), 1);
    assert_eq!((mail.attachments[0].name.as_str(), mail.attachments[0].size_bytes), ("offerte.pdf", 5));
    assert!(mail.text.starts_with("Hoi\n"));
}

#[test]
fn the_largest_mails_end_quickly() {
    let started = std::time::Instant::now();
    let line = format!(
        "From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        "A".repeat(8 * 1024 * 1024)
    );
    assert!(parse(line.as_bytes(), None).unwrap().text.len() <= TEXT_BYTES_MAX);
    let dashes = format!(
        "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{}",
        "--\r\n".repeat(2_000_000)
    );
    parse(dashes.as_bytes(), None).unwrap();
    let addresses = format!("From: a@b.example\r\nTo: {}\r\n\r\nx", "a@b.example, ".repeat(70_000));
    assert!(parse(addresses.as_bytes(), None).unwrap().to.len() <= 200);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

const PIECES: &[&str] = &[
    "From: a@b.example\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n",
    "Content-Type: multipart/report; boundary=\"b\"\r\n",
    "Content-Type: message/rfc822\r\n",
    "Content-Type: text/html; charset=utf-8\r\n",
    "Content-Type: message/delivery-status\r\n",
    "Content-Type: text/calendar; method=REPLY\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "\r\n",
    "\n",
    "--b\r\n",
    "--b--\r\n",
    "Subject: =?utf-8?B?4oKs?=\r\n",
    "Message-ID: <a@b>\r\n",
    "References: <a@b> <c@d\r\n",
    "Date: Tue, 99 Nov 9999 99:99:99 +9999\r\n",
    "Authentication-Results: x; dmarc=((fail\r\n",
    "Final-Recipient: rfc822;\r\nAction: failed\r\n\r\n",
    "<p>x</p><blockquote type=cite>",
    "=C3=A9 =\r\n",
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\n",
    "To: \"a\" <a@b>, ;,<\r\n",
    " folded\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _outcome = parse(&bytes, None);
    }

    #[test]
    fn any_mixture_of_mail_pieces_is_read_without_panic(
        picks in proptest::collection::vec((0..PIECES.len(), proptest::option::of(any::<u8>())), 0..40),
    ) {
        let mut raw = Vec::new();
        for (pick, noise) in picks {
            raw.extend_from_slice(PIECES[pick].as_bytes());
            raw.extend(noise);
        }
        if let Ok(mail) = parse(&raw, Some("x")) {
            prop_assert!(!mail.external_key.is_empty() && !mail.subject.contains(['\r', '\n']));
        }
    }
}
