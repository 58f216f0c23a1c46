//! Calendar parts: writing invitations (RFC 5545, RFC 5546) and reading what comes back.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarEntry, ICalendarMethod, ICalendarParameterName,
    ICalendarParameterValue, ICalendarParticipationStatus, ICalendarProperty, ICalendarUserTypes,
    ICalendarValue,
};
use calcard::{Entry, Parser};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiem_domain::inbound::{CalendarAnswer, CalendarMethod, Participation};
use kiem_domain::message::{Invitation, InvitationKind, MailParty};

/// A calendar part with more text than this is no answer to an invitation.
const CALENDAR_BYTES_MAX: usize = 256 * 1024;
/// A line holds at most so many bytes before it is folded (RFC 5545, 3.1).
const LINE_BYTES_MAX: usize = 75;

/// Writes an invitation or its cancellation as an `.ics` text with CRLF line ends. Times are UTC, so that no zone
/// definition has to travel along.
pub fn write(invitation: &Invitation) -> String {
    let (method, status) = match invitation.kind {
        InvitationKind::Request => ("REQUEST", "CONFIRMED"),
        InvitationKind::Cancel => ("CANCEL", "CANCELLED"),
    };
    let mut out = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kiem//Kiem//EN", "CALSCALE:GREGORIAN"] {
        put(&mut out, line);
    }
    put(&mut out, &format!("METHOD:{method}"));
    put(&mut out, "BEGIN:VEVENT");
    put(&mut out, &format!("UID:{}", escaped(invitation.uid.as_str())));
    put(&mut out, &format!("SEQUENCE:{}", invitation.sequence));
    put(&mut out, &format!("DTSTAMP:{}", utc(invitation.made_at)));
    put(&mut out, &format!("DTSTART:{}", utc(invitation.starts_at)));
    put(&mut out, &format!("DTEND:{}", utc(invitation.ends_at)));
    put(&mut out, &format!("SUMMARY:{}", escaped(invitation.summary.as_str())));
    let description = invitation.full_description();
    if !description.is_empty() {
        put(&mut out, &format!("DESCRIPTION:{}", escaped(&description)));
    }
    if !invitation.location.as_str().is_empty() {
        put(&mut out, &format!("LOCATION:{}", escaped(invitation.location.as_str())));
    }
    if let Some(url) = &invitation.change_url {
        put(&mut out, &format!("URL:{}", url.as_str()));
    }
    put(&mut out, &format!("ORGANIZER{}", party(&invitation.organizer)));
    let attendee = party(&invitation.attendee);
    put(
        &mut out,
        &format!("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE{attendee}"),
    );
    put(&mut out, &format!("STATUS:{status}"));
    for line in ["TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR"] {
        put(&mut out, line);
    }
    out
}

/// `;CN="Eva":mailto:eva@klant.example`.
fn party(party: &MailParty) -> String {
    // A parameter cannot hold a double quote in any way (RFC 5545, 3.2).
    let name = party.name.as_str().replace('"', "'");
    let name = if name.is_empty() { party.address.as_str().to_owned() } else { name };
    format!(";CN=\"{name}\":mailto:{}", party.address)
}

fn utc(at: Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text with its special characters escaped (RFC 5545, 3.3.11); control characters go.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, folded between characters.
fn put(out: &mut String, line: &str) {
    let mut n_bytes = 0;
    for c in line.chars() {
        if n_bytes + c.len_utf8() > LINE_BYTES_MAX {
            out.push_str("\r\n ");
            n_bytes = 1;
        }
        out.push(c);
        n_bytes += c.len_utf8();
    }
    out.push_str("\r\n");
}

/// Reads a calendar part; `None` when it holds no event with a UID.
pub fn read_answer(text: &str) -> Option<CalendarAnswer> {
    if text.len() > CALENDAR_BYTES_MAX {
        return None;
    }
    let calendar = calendar(text)?;
    let event = calendar.components.iter().find(|c| c.component_type.is_event() && c.uid().is_some())?;
    let attendee = event.property(&ICalendarProperty::Attendee);
    let parameter = |name| attendee.and_then(|a| a.parameter(&name));
    Some(CalendarAnswer {
        method: method(&calendar),
        uid: event.uid()?.trim().to_owned(),
        sequence: event
            .property(&ICalendarProperty::Sequence)
            .and_then(|e| e.values.first())
            .and_then(ICalendarValue::as_integer)
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(0),
        participation: parameter(ICalendarParameterName::Partstat).and_then(participation),
        attendee: attendee
            .and_then(ICalendarEntry::calendar_address)
            .unwrap_or_default()
            .trim()
            .to_lowercase(),
        is_resource: matches!(
            parameter(ICalendarParameterName::Cutype),
            Some(ICalendarParameterValue::Cutype(ICalendarUserTypes::Resource | ICalendarUserTypes::Room))
        ),
        comment: text_of(event, &ICalendarProperty::Comment),
        starts_at: moment(&calendar, event, &ICalendarProperty::Dtstart),
        ends_at: moment(&calendar, event, &ICalendarProperty::Dtend),
    })
}

fn calendar(text: &str) -> Option<ICalendar> {
    let mut parser = Parser::new(text);
    // Broken lines before the calendar are skipped, but not for ever.
    for _ in 0..100 {
        match parser.entry() {
            Entry::ICalendar(calendar) => return Some(calendar),
            Entry::Eof => return None,
            _ => {}
        }
    }
    None
}

fn method(calendar: &ICalendar) -> CalendarMethod {
    let entry = calendar.components.iter().find_map(|c| c.property(&ICalendarProperty::Method));
    match entry.and_then(|e| e.values.first()) {
        Some(ICalendarValue::Method(ICalendarMethod::Reply)) => CalendarMethod::Reply,
        Some(ICalendarValue::Method(ICalendarMethod::Counter)) => CalendarMethod::Counter,
        Some(ICalendarValue::Method(ICalendarMethod::Request)) => CalendarMethod::Request,
        Some(ICalendarValue::Method(ICalendarMethod::Cancel)) => CalendarMethod::Cancel,
        _ => CalendarMethod::Other,
    }
}

fn participation(value: &ICalendarParameterValue) -> Option<Participation> {
    use ICalendarParticipationStatus as Status;
    match value {
        ICalendarParameterValue::Partstat(Status::Accepted) => Some(Participation::Accepted),
        ICalendarParameterValue::Partstat(Status::Declined) => Some(Participation::Declined),
        ICalendarParameterValue::Partstat(Status::Tentative) => Some(Participation::Tentative),
        ICalendarParameterValue::Partstat(Status::Delegated) => Some(Participation::Delegated),
        ICalendarParameterValue::Partstat(Status::NeedsAction) => Some(Participation::NeedsAction),
        _ => None,
    }
}

fn text_of(event: &ICalendarComponent, property: &ICalendarProperty) -> String {
    let text = event.property(property).and_then(|e| e.values.first()).and_then(ICalendarValue::as_text);
    text.unwrap_or_default().trim().chars().take(2_000).collect()
}

/// A time of the event in UTC: given in UTC, with an offset, or in a zone that is known by its IANA or Windows name.
fn moment(
    calendar: &ICalendar,
    event: &ICalendarComponent,
    property: &ICalendarProperty,
) -> Option<Timestamp> {
    let entry = event.property(property)?;
    let time = entry.values.first()?.as_partial_date_time()?;
    time.hour?; // a whole day is no time
    let zone = match entry.parameter(&ICalendarParameterName::Tzid).and_then(ICalendarParameterValue::as_text)
    {
        Some(name) => Some(calendar.build_tz_resolver().resolve(name)?),
        None => None,
    };
    let has_offset = time.tz_hour.is_some();
    let seconds = match zone {
        Some(zone) if !has_offset => time.to_date_time_with_tz(zone)?.timestamp(),
        _ if has_offset => time.to_date_time_with_tz(calcard::common::timezone::Tz::Floating)?.timestamp(),
        // A floating time means "in the reader's zone", which nobody here knows.
        _ => return None,
    };
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiem_domain::contact::EmailAddress;
    use kiem_domain::locale::Lang;
    use kiem_domain::message::{HeaderText, HeaderUrl};
    use proptest::prelude::*;

    fn someone(address: &str, name: &str) -> MailParty {
        MailParty { address: EmailAddress::parse(address).unwrap(), name: HeaderText::new(name).unwrap() }
    }

    fn invitation(summary: &str, description: &str) -> Invitation {
        Invitation {
            kind: InvitationKind::Request,
            uid: HeaderText::new("booking-1@agency.example").unwrap(),
            sequence: 2,
            made_at: "2026-11-03T08:00:00Z".parse().unwrap(),
            starts_at: "2026-11-10T09:00:00Z".parse().unwrap(),
            ends_at: "2026-11-10T09:30:00Z".parse().unwrap(),
            summary: HeaderText::new(summary).unwrap(),
            location: HeaderText::new("Kade 1; Rotterdam").unwrap(),
            description: description.to_owned(),
            change_url: Some(HeaderUrl::parse("https://agency.example/b/abc").unwrap()),
            organizer: someone("jan@agency.example", "Jan \"de\" Vries"),
            attendee: someone("eva@klant.example", ""),
            language: Lang::Nl,
        }
    }

    #[test]
    fn an_invitation_reads_back() {
        let text = write(&invitation("Kennismaking, 15 min", "Agenda:\n- wij\n- jullie"));
        assert!(text.lines().all(|l| l.len() <= LINE_BYTES_MAX) && text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.contains("SUMMARY:Kennismaking\\, 15 min\r\n"), "{text}");
        assert!(text.replace("\r\n ", "").contains("Verzetten of afzeggen: https://agency.example/b/abc"));
        let back = read_answer(&text).unwrap();
        assert_eq!(
            (back.method, back.uid.as_str(), back.sequence),
            (CalendarMethod::Request, "booking-1@agency.example", 2)
        );
        assert_eq!(
            (back.attendee.as_str(), back.participation),
            ("eva@klant.example", Some(Participation::NeedsAction))
        );
        assert_eq!(back.starts_at, Some("2026-11-10T09:00:00Z".parse().unwrap()));
        let off = write(&Invitation { kind: InvitationKind::Cancel, ..invitation("x", "") });
        assert_eq!(read_answer(&off).unwrap().method, CalendarMethod::Cancel);
        assert!(off.contains("STATUS:CANCELLED"));
    }

    #[test]
    fn answers_of_outlook_and_google_are_read() {
        let reply = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n\
ATTENDEE;PARTSTAT=ACCEPTED;CN=Eva Jansen:MAILTO:Eva@klant.example\r\nCOMMENT;LANGUAGE=nl-NL:Tot dan\\, Eva\r\nUID:booking-1\r\n\
DTSTART;TZID=W. Europe Standard Time:20261110T100000\r\nSEQUENCE:2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let answer = read_answer(reply).unwrap();
        assert_eq!(
            (answer.method, answer.participation),
            (CalendarMethod::Reply, Some(Participation::Accepted))
        );
        assert_eq!(
            (answer.attendee.as_str(), answer.comment.as_str()),
            ("eva@klant.example", "Tot dan, Eva")
        );
        assert_eq!(answer.starts_at, Some("2026-11-10T09:00:00Z".parse().unwrap()));
        let room = reply.replace("PARTSTAT", "CUTYPE=ROOM;PARTSTAT");
        assert!(read_answer(&room).unwrap().is_resource);
        let counter = reply
            .replace("METHOD:REPLY", "METHOD:COUNTER")
            .replace("TZID=W. Europe Standard Time:", "TZID=Nowhere:");
        assert_eq!(
            read_answer(&counter).map(|c| (c.method, c.starts_at)),
            Some((CalendarMethod::Counter, None))
        );
        for text in ["", "geen kalender", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"] {
            assert_eq!(read_answer(text), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        #[test]
        fn any_text_is_read_without_panic(text in "(BEGIN:|END:|VEVENT|VCALENDAR|UID:|DTSTART;TZID=|\\r\\n|[:;,=\"A-Z0-9]|\\PC){0,120}") {
            read_answer(&text);
            read_answer(&format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"));
        }

        #[test]
        fn what_is_written_is_one_event_with_our_uid(summary in "\\PC{0,120}", description in "(\\PC|\\n){0,200}") {
            prop_assume!(HeaderText::new(&summary).is_ok());
            let text = write(&invitation(&summary, &description));
            prop_assert_eq!(text.matches("BEGIN:VEVENT\r\n").count(), 1);
            prop_assert_eq!(read_answer(&text).map(|a| a.uid), Some("booking-1@agency.example".to_owned()));
        }
    }
}
