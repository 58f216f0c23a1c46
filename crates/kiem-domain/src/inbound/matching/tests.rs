//! What matching promises, level by level.

use super::*;
use crate::inbound::mail::{DeliveryAction, DeliveryRecipient, Forwarded, Report, Returned};

const TEXT: &str = "Hoi Eva,\n\nJullie magazijn in Breda werd dit jaar groter. Wij helpen groothandels hun offertes sneller te maken. \
Heb je dinsdag tijd voor een gesprek?\n\nGroet, Jan";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn sent(n: u128, to: &str, sent_at: &str) -> SentMessage {
    SentMessage {
        id: MessageId(uuid::Uuid::from_u128(n)),
        contact: ContactId(uuid::Uuid::from_u128(1000 + n)),
        header_ids: vec![
            format!("k{n}.0123456789abcdef@agency.example"),
            format!("provider{n}@mail.example"),
        ],
        reply_token: format!("tok{n}0123456789"),
        recipient: EmailAddress::parse(to).unwrap(),
        subject: "Offertes sneller maken".to_owned(),
        sent_at: at(sent_at),
        company_domain: Some(EmailAddress::parse(to).unwrap().domain().registrable()),
        link_tickets: vec![format!("Ticket{n}AbCdEfGh0123")],
        text: TEXT.to_owned(),
    }
}

fn candidates(messages: Vec<SentMessage>) -> Candidates {
    Candidates {
        messages,
        own_addresses: vec![EmailAddress::parse("jan@agency.example").unwrap()],
        own_domains: vec![DomainName::parse("agency.example").unwrap()],
        received_at: at("2026-11-10T09:00:00Z"),
    }
}

fn one() -> Candidates {
    candidates(vec![sent(1, "eva@klant.example", "2026-11-03T09:00:00Z")])
}

fn mail(from: &str) -> ParsedMail {
    ParsedMail {
        from: Party::new(from),
        subject: "Re: iets anders".to_owned(),
        text: "Vertel eens meer.".to_owned(),
        ..Default::default()
    }
}

fn id(n: u128) -> Option<MessageId> {
    Some(MessageId(uuid::Uuid::from_u128(n)))
}

#[test]
fn m1_a_token_in_the_address_it_arrived_at() {
    let mut m = mail("iemand@anders.example");
    m.delivered_to = vec![Party::new("Jan+K.TOK10123456789@agency.example")];
    let found = match_reply(&m, &one());
    assert_eq!(
        (found.level, found.message, found.is_same_person),
        (MatchLevel::RecipientToken, id(1), false)
    );
    assert_eq!(lookup_keys(&m).recipient_tokens, ["tok10123456789"]);
}

#[test]
fn m2_the_newest_id_of_ours_wins_and_a_provider_id_counts() {
    let both = candidates(vec![
        sent(1, "eva@klant.example", "2026-11-03T09:00:00Z"),
        sent(2, "eva@klant.example", "2026-11-07T09:00:00Z"),
    ]);
    let mut m = mail("eva@klant.example");
    m.references = vec![
        "k1.0123456789abcdef@agency.example".into(),
        "provider2@mail.example".into(),
        "x@y.example".into(),
    ];
    let found = match_reply(&m, &both);
    assert_eq!((found.level, found.message, found.is_same_person), (MatchLevel::MessageIds, id(2), true));
}

#[test]
fn m2_a_forged_id_from_a_stranger_matches_nothing() {
    let mut m = mail("vreemd@anders.example");
    m.in_reply_to = vec!["k1.ffffffffffffffff@agency.example".into()];
    let found = match_reply(&m, &one());
    assert_eq!((found.level, found.exit()), (MatchLevel::Unmatched, Some(Outcome::NoMatch)));
}

#[test]
fn m3_the_address_counts_for_sixty_days() {
    for (sent_at, level) in [
        ("2026-11-03T09:00:00Z", MatchLevel::Address),
        ("2026-09-11T09:00:00Z", MatchLevel::Address),
        ("2026-09-11T08:59:59Z", MatchLevel::Unmatched),
        ("2026-11-10T09:00:01Z", MatchLevel::Unmatched),
    ] {
        let found = match_reply(
            &mail("Eva+priv@Klant.Example"),
            &candidates(vec![sent(1, "eva@klant.example", sent_at)]),
        );
        assert_eq!(found.level, level, "{sent_at}");
    }
}

#[test]
fn m3_a_list_or_google_group_does_not_hide_the_writer() {
    let mut m = mail("verkoop@klant.example");
    m.from.name = "'Eva Jansen' via Verkoop".into();
    m.reply_to = vec![Party::new("eva@klant.example")];
    assert_eq!(match_reply(&m, &one()).level, MatchLevel::Address);
    m.reply_to.clear();
    m.x_original_from = Some(Party::new("eva@klant.example"));
    let found = match_reply(&m, &one());
    assert_eq!((found.level, found.writer.address.as_str()), (MatchLevel::Address, "eva@klant.example"));
}

#[test]
fn m3_an_address_of_two_contacts_is_for_a_person_to_decide() {
    let mut other = sent(2, "eva@klant.example", "2026-11-04T09:00:00Z");
    other.subject = "Iets heel anders".into();
    let two = candidates(vec![sent(1, "eva@klant.example", "2026-11-03T09:00:00Z"), other]);
    let found = match_reply(&mail("eva@klant.example"), &two);
    assert!(found.ambiguous);
    assert_eq!(found.exit(), Some(Outcome::Ambiguous));
    let mut clear = mail("eva@klant.example");
    clear.subject = "Antw: Offertes sneller maken".into();
    let found = match_reply(&clear, &two);
    assert_eq!((found.ambiguous, found.message), (false, id(1)));
}

#[test]
fn m4_a_colleague_who_quotes_us_is_matched() {
    let mut by_text = mail("piet@klant.example");
    by_text.text = format!("Ik neem dit over van Eva.\n\n> {}", TEXT.replace('\n', "\n> "));
    let found = match_reply(&by_text, &one());
    assert_eq!((found.level, found.is_same_person, found.is_sure()), (MatchLevel::Quote, false, true));

    let mut by_link = mail("piet@klant.example");
    by_link.links =
        vec!["https://safe.example/?url=https%3A%2F%2Ft.agency.example%2Fc%2FTicket1AbCdEfGh0123&d=1".into()];
    assert_eq!(match_reply(&by_link, &one()).level, MatchLevel::Quote);
    assert!(lookup_keys(&by_link).link_tickets.contains(&"Ticket1AbCdEfGh0123".to_owned()));

    let mut chance = mail("piet@klant.example");
    chance.text = "Heb je dinsdag tijd voor een gesprek? Groet".into();
    assert_eq!(match_reply(&chance, &one()).level, MatchLevel::Unmatched, "one sentence is a coincidence");
}

#[test]
fn m5_company_and_subject_need_a_look_and_free_mail_never_counts() {
    let mut m = mail("inkoop@mail.klant.example");
    m.subject = "RE: Offertes sneller maken".into();
    let found = match_reply(&m, &one());
    assert_eq!(
        (found.level, found.is_sure(), found.exit()),
        (MatchLevel::CompanySubject, false, Some(Outcome::Ambiguous))
    );

    let mut free = mail("iemand@gmail.com");
    free.subject = m.subject.clone();
    let mailed_at_gmail = candidates(vec![sent(1, "eva@gmail.com", "2026-11-03T09:00:00Z")]);
    assert_eq!(match_reply(&free, &mailed_at_gmail).level, MatchLevel::Unmatched);

    let mut invoice = mail("facturen@klant.example");
    invoice.subject = "Factuur 2026-118".into();
    assert_eq!(match_reply(&invoice, &one()).level, MatchLevel::Unmatched);
}

#[test]
fn m6_one_of_us_passes_on_what_the_lead_wrote() {
    let mut m = mail("piet@agency.example");
    m.forwarded = Some(Forwarded {
        from: Party::new("eva@klant.example"),
        subject: "RE: Offertes sneller maken".into(),
        date: Some(at("2026-11-05T10:00:00Z")),
        text: "Ja graag.".into(),
        ..Default::default()
    });
    let mut late = one();
    late.received_at = at("2027-03-01T09:00:00Z");
    let found = match_reply(&m, &late);
    assert_eq!(
        (found.level, found.message, found.is_same_person),
        (MatchLevel::EmployeeForward, id(1), true)
    );
    assert_eq!(found.writer.address, "eva@klant.example");
}

#[test]
fn our_own_mail_is_never_an_answer() {
    let mut copy = mail("iemand@anders.example");
    copy.message_id = Some("k1.0123456789abcdef@agency.example".into());
    let mut colleague = mail("piet@agency.example");
    colleague.in_reply_to = vec!["k1.0123456789abcdef@agency.example".into()];
    for m in [copy, colleague, mail("jan+x@agency.example")] {
        let found = match_reply(&m, &one());
        assert_eq!((found.exit(), found.message), (Some(Outcome::OwnMail), None));
    }
}

#[test]
fn reports_match_by_what_they_give_back_even_from_our_own_server() {
    let recipient = DeliveryRecipient {
        action: Some(DeliveryAction::Failed),
        status: "5.1.1".into(),
        final_recipient: "eva@klant.example".into(),
        original_recipient: String::new(),
        diagnostic: String::new(),
    };
    let mut m = mail("mailer-daemon@agency.example");
    m.report = Some(Report::Delivery { recipients: vec![recipient] });
    assert_eq!(match_reply(&m, &one()).level, MatchLevel::Address);
    m.returned =
        Some(Returned { message_id: "k1.0123456789abcdef@agency.example".into(), ..Default::default() });
    assert_eq!(match_reply(&m, &one()).level, MatchLevel::MessageIds);
}

#[test]
fn a_disowned_mail_matches_but_never_promotes() {
    let mut m = mail("eva@klant.example");
    m.dmarc = Dmarc::Fail;
    let found = match_reply(&m, &one());
    assert_eq!((found.level, found.exit()), (MatchLevel::Address, Some(Outcome::SpoofSuspected)));
}

#[test]
fn the_order_of_candidates_is_no_difference() {
    let messages: Vec<SentMessage> =
        (1..6).map(|n| sent(n, "eva@klant.example", &format!("2026-11-0{n}T09:00:00Z"))).collect();
    let mut turned = messages.clone();
    turned.reverse();
    let m = mail("eva@klant.example");
    assert_eq!(match_reply(&m, &candidates(messages)), match_reply(&m, &candidates(turned)));
}
