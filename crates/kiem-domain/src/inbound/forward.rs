//! A mail that was passed on as text: "Doorgestuurd bericht", "Begin forwarded message", an Outlook header block
//! under a subject with `FW:`.

use super::mail::{Forwarded, Party};
use super::strip::quote::{HeaderBlock, Line, header_block, is_forward_line, lines};
use super::subject::is_forward;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Further down than this nobody looks for a forwarded mail.
const LINES_MAX: usize = 4_000;

/// The mail that `text` passes on, if it does. A reply that merely quotes is no forward: it takes a forward mark in
/// the text, or one in the subject and a header block.
pub fn find(text: &str, subject: &str) -> Option<Forwarded> {
    let lines: Vec<Line<'_>> = lines(text).into_iter().take(LINES_MAX).collect();
    let marked = lines.iter().position(|l| is_forward_line(l.text));
    let (start, block) = match marked {
        Some(at) => {
            let start = at + 1 + lines[at + 1..].iter().take_while(|l| l.text.trim().is_empty()).count();
            (start, header_block(&lines[start..], 2)?)
        }
        None if is_forward(subject) => {
            (0..lines.len()).find_map(|at| header_block(&lines[at..], 3).map(|block| (at, block)))?
        }
        None => return None,
    };
    let rest = &lines[start + block.n_lines..];
    Some(forwarded(&block, rest))
}

fn forwarded(block: &HeaderBlock, rest: &[Line<'_>]) -> Forwarded {
    // A program that marks the whole forwarded mail with `>` marks its quotes with one more.
    let outer = rest.iter().filter(|l| !l.text.trim().is_empty()).map(|l| l.depth).min().unwrap_or(0);
    let text: Vec<String> = rest
        .iter()
        .map(|l| format!("{}{}", "> ".repeat(l.depth.saturating_sub(outer)), l.text.trim_end()))
        .collect();
    Forwarded {
        from: party(&block.from),
        subject: block.subject.clone(),
        date: written_date(&block.date),
        message_id: String::new(),
        answers: Vec::new(),
        text: text.join("\n").trim().to_owned(),
    }
}

/// `Jan de Vries <jan@agency.example>`, `Jan [mailto:jan@agency.example]`, `jan@agency.example` or only a name.
fn party(value: &str) -> Party {
    let open = value.find(['<', '[', '(']);
    let name = open.map_or(value, |at| &value[..at]).trim().trim_matches(['"', '\'', '*']).trim();
    let address = value
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '<' | '>' | '[' | ']' | '(' | ')' | ';' | ',' | '"')
        })
        .map(|w| w.trim_start_matches("mailto:").trim_matches('*'))
        .find(|w| crate::contact::EmailAddress::parse(w).is_ok());
    Party {
        address: address.unwrap_or_default().to_lowercase(),
        name: if name.contains('@') { String::new() } else { name.to_owned() },
    }
}

/// Month names by their first letters: nl, en, de, fr.
const MONTHS: &[(&str, i8)] = &[
    ("janv", 1),
    ("jan", 1),
    ("jän", 1),
    ("feb", 2),
    ("fév", 2),
    ("fev", 2),
    ("maart", 3),
    ("mrt", 3),
    ("mar", 3),
    ("mär", 3),
    ("mrz", 3),
    ("apr", 4),
    ("avr", 4),
    ("mei", 5),
    ("may", 5),
    ("mai", 5),
    ("juni", 6),
    ("june", 6),
    ("jun", 6),
    ("juin", 6),
    ("juli", 7),
    ("july", 7),
    ("jul", 7),
    ("juil", 7),
    ("aug", 8),
    ("aoû", 8),
    ("sep", 9),
    ("okt", 10),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("déc", 12),
];

/// A date as mail programs write it in a header block. Without a zone it is read as UTC, which is off by some hours at
/// most.
pub(crate) fn written_date(text: &str) -> Option<Timestamp> {
    let lower = text.to_lowercase();
    let (mut day, mut month, mut year) = (None::<i8>, None::<i8>, None::<i16>);
    let (mut hour, mut minute, mut second) = (0_i8, 0_i8, 0_i8);
    let mut offset = None;
    let has_half = lower.contains("am") || lower.contains("pm");
    let is_pm = lower.contains(" pm") || lower.contains("p.m") || lower.ends_with("pm");
    for word in lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | ';')) {
        let word = word.trim_end_matches(['.', 'h']);
        if let Some(found) = zone(word) {
            offset = Some(found);
        } else if let Some(time) = clock(word) {
            (hour, minute, second) = time;
        } else if let Some(date) = numeric_date(word, has_half) {
            (day, month, year) = (Some(date.0), Some(date.1), Some(date.2));
        } else if let Some((_, number)) = MONTHS.iter().find(|(name, _)| word.starts_with(name)) {
            // The last one counts: "mar. 3 nov" begins with a French weekday.
            month = Some(*number);
        } else {
            let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
            match digits.len() {
                1 | 2 if day.is_none() => day = digits.parse().ok(),
                4 if year.is_none() => year = digits.parse().ok(),
                _ => {}
            }
        }
    }
    if has_half && is_pm && hour < 12 {
        hour += 12;
    }
    let civil = DateTime::new(year?, month?, day?, hour, minute, second, 0).ok()?;
    offset.unwrap_or(Offset::UTC).to_timestamp(civil).ok()
}

fn clock(word: &str) -> Option<(i8, i8, i8)> {
    let word = word.trim_end_matches("am").trim_end_matches("pm");
    let parts: Vec<&str> = word.split(':').collect();
    if !(2..=3).contains(&parts.len()) || parts.iter().any(|p| !(1..=2).contains(&p.len())) {
        return None;
    }
    let number = |i: usize| parts.get(i).map_or(Ok(0), |p| p.parse::<i8>()).ok();
    Some((number(0)?, number(1)?, number(2)?))
}

fn numeric_date(word: &str, is_american: bool) -> Option<(i8, i8, i16)> {
    let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
    if parts.len() != 3 || parts.iter().any(|p| p.is_empty() || !p.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let number = |i: usize| parts[i].parse::<i16>().ok();
    let (a, b, c) = (number(0)?, number(1)?, number(2)?);
    let small = |n: i16| i8::try_from(n).ok();
    if parts[0].len() == 4 {
        return Some((small(c)?, small(b)?, a));
    }
    let year = if parts[2].len() == 2 { 2000 + c } else { c };
    let month_first = b > 12 || (is_american && word.contains('/') && a <= 12);
    if month_first { Some((small(b)?, small(a)?, year)) } else { Some((small(a)?, small(b)?, year)) }
}

fn zone(word: &str) -> Option<Offset> {
    let named = match word {
        "utc" | "gmt" | "z" => Some(0),
        "cet" | "mez" => Some(1),
        "cest" | "mesz" => Some(2),
        _ => None,
    };
    if let Some(hours) = named {
        return Some(Offset::constant(hours));
    }
    let digits = word.strip_prefix("gmt").or_else(|| word.strip_prefix("utc")).unwrap_or(word);
    let sign = match digits.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = digits[1..].chars().filter(|c| *c != ':').collect();
    if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) =
        if digits.len() <= 2 { (digits.as_str(), "0") } else { digits.split_at(digits.len() - 2) };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwards_of_many_programs_are_opened() {
        let at = "2026-11-03T08:12:00Z".parse::<Timestamp>().unwrap();
        for (text, date) in [
            (
                "Zie onder.\n\n---------- Forwarded message ---------\nVan: Eva Jansen <eva@klant.example>\nDate: di 3 nov 2026 om 09:12 +0100\nSubject: Offertes\nTo: <jan@agency.example>\n\nGraag een afspraak.",
                Some(at),
            ),
            (
                "Begin doorgestuurd bericht:\n\nVan: Eva Jansen <eva@klant.example>\nOnderwerp: Offertes\nDatum: 3 november 2026 om 09:12:00 CET\nAan: jan@agency.example\n\nGraag een afspraak.",
                Some(at),
            ),
            (
                "> Begin forwarded message:\n> \n> From: Eva Jansen <eva@klant.example>\n> Subject: Offertes\n> Date: 3 November 2026 at 09:12:00 CET\n> To: jan@agency.example\n> \n> Graag een afspraak.",
                Some(at),
            ),
            (
                "-------- Weitergeleitete Nachricht --------\nBetreff: Offertes\nDatum: Tue, 3 Nov 2026 09:12:00 +0100\nVon: Eva Jansen <eva@klant.example>\nAn: jan@agency.example\n\n\nGraag een afspraak.",
                Some(at),
            ),
        ] {
            let found = find(text, "x").unwrap();
            assert_eq!(
                (found.from.address.as_str(), found.from.name.as_str()),
                ("eva@klant.example", "Eva Jansen"),
                "{text}"
            );
            assert_eq!(
                (found.subject.as_str(), found.text.as_str(), found.date),
                ("Offertes", "Graag een afspraak.", date),
                "{text}"
            );
        }
        let outlook = "fyi\n\nVan: Eva Jansen <eva@klant.example>\nVerzonden: dinsdag 3 november 2026 09:12\nAan: Jan\nOnderwerp: RE: Offertes\n\nJa graag.";
        assert_eq!(find(outlook, "FW: Offertes").unwrap().from.address, "eva@klant.example");
        assert_eq!(find(outlook, "RE: Offertes"), None, "a reply that quotes is no forward");
    }

    #[test]
    fn dates_are_read_in_the_writing_of_their_country() {
        for (text, expected) in [
            ("dinsdag 3 november 2026 09:12", "2026-11-03T09:12:00Z"),
            ("Tuesday, November 3, 2026 9:12 PM", "2026-11-03T21:12:00Z"),
            ("03.11.2026 um 09:12 Uhr", "2026-11-03T09:12:00Z"),
            ("03-11-26 09:12 (GMT+01:00)", "2026-11-03T08:12:00Z"),
            ("mardi 3 novembre 2026 09:12", "2026-11-03T09:12:00Z"),
            ("2026-11-03 09:12", "2026-11-03T09:12:00Z"),
            ("11/3/2026 9:12 AM", "2026-11-03T09:12:00Z"),
        ] {
            assert_eq!(written_date(text).unwrap().to_string(), expected, "{text}");
        }
        for text in ["", "morgen", "99-99-2026", "31 februari 2026"] {
            assert_eq!(written_date(text), None, "{text}");
        }
    }
}
