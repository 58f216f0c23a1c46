//! What a reply says besides its intent: a date, a person to talk to, a phone number, the price, "later".

use jiff::ToSpan;
use jiff::civil::Date;

use crate::contact::EmailAddress;

use super::concepts::{self, Concepts};
use super::dates::{FoundDate, find_dates};
use super::label::Label;
use super::people::{Need, find_person};
use super::words::{EMAIL, Words, fold};

/// A person (or department) that the reply names to talk to. At least one of the fields is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferredPerson {
    /// The name as written, without "mr" or "Frau".
    pub name: Option<String>,
    /// The address to write to.
    pub email: Option<String>,
}

/// What a reply says besides its intent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flags {
    /// When to come back, or the day proposed, or the end of an absence.
    pub date: Option<Date>,
    /// Who to talk to instead.
    pub person: Option<ReferredPerson>,
    /// A phone number that the text names: digits, with a leading `+` when the country was given.
    pub phone: Option<String>,
    /// The reply asks what it costs.
    pub price_asked: bool,
    /// The reply moves the matter to a later moment.
    pub postponed: bool,
}

/// Reads the flags that make sense for a label.
pub fn read(words: &Words, found: &Concepts, label: Label, today: Date) -> Flags {
    let mut flags = Flags {
        date: date_for(words, found, label, today),
        person: person_for(words, found, label),
        phone: if label == Label::Auto { None } else { find_phone(&words.source) },
        price_asked: !label.is_automatic() && found.has(concepts::PRICE_ASKED),
        postponed: false,
    };
    let later = found.has(concepts::POSTPONED);
    let far = flags.date.is_some_and(|date| is_far(today, date));
    flags.postponed = match label {
        Label::NotNow => true,
        Label::Interested => later || far,
        Label::Question | Label::QuoteRequest | Label::MeetingRequest | Label::Referral => later && far,
        Label::UsingCompetitor | Label::NotInterested | Label::Other => later && flags.date.is_some(),
        _ => false,
    };
    flags
}

/// Four weeks or more away: later, not just an appointment.
fn is_far(today: Date, date: Date) -> bool {
    today.checked_add(28.days()).is_ok_and(|limit| date >= limit)
}

/// An absence ends on its last date. Elsewhere a date counts most where the text says "come back", then the first one.
fn date_for(words: &Words, found: &Concepts, label: Label, today: Date) -> Option<Date> {
    let dates = || -> Vec<FoundDate> {
        find_dates(words, today).into_iter().filter(|found| found.date >= today).collect()
    };
    match label {
        Label::OutOfOffice => {
            let weekly = |date: &FoundDate| {
                let mut hits = found.hits().iter().filter(|hit| Concepts::name(hit) == concepts::EVERY_WEEK);
                hits.any(|hit| (hit.start..hit.end).contains(&date.word))
            };
            dates().into_iter().filter(|date| !weekly(date)).map(|found| found.date).max()
        }
        Label::Unsubscribe | Label::DataRequest | Label::WrongPerson | Label::LeftCompany | Label::Auto => {
            None
        }
        _ => {
            let dates = dates();
            let sentence = |index: usize| words.sentence_at(index);
            let invited = |found_date: &&FoundDate| {
                let place = sentence(found_date.word);
                let hits = found.hits().iter().filter(|hit| Concepts::name(hit) == concepts::COME_BACK);
                hits.into_iter().any(|hit| sentence(hit.start) == place)
            };
            dates.iter().find(invited).or(dates.first()).map(|found| found.date)
        }
    }
}

/// Finds a phone number as people in the Netherlands, Belgium, Germany and Britain write it.
pub fn find_phone(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let starts = match bytes[at] {
            b'+' => bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
            b'0' => true,
            b'(' => matches!(bytes.get(at + 1), Some(b'0' | b'+')),
            _ => false,
        };
        // A byte that starts a number is ASCII, so that `at` is a character boundary when `starts` holds.
        let before = || text.get(..at).and_then(|left| left.chars().next_back());
        if !starts || before().is_some_and(|c| c.is_alphanumeric() || "+-/.#_@".contains(c)) {
            at += 1;
            continue;
        }
        let (number, end) = read_number(bytes, at);
        if let Some(phone) = number {
            return Some(phone);
        }
        at = end.max(at + 1);
    }
    None
}

/// Reads digits and their separators from `start`. Returns the number when its length fits, and where it ended.
fn read_number(bytes: &[u8], start: usize) -> (Option<String>, usize) {
    let mut digits = String::new();
    let mut at = start;
    let mut separators = 0;
    let mut end = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'+' if digits.is_empty() => digits.push('+'),
            b'0'..=b'9' => {
                digits.push(byte as char);
                separators = 0;
                end = at + 1;
            }
            // "+31 (0)6": the nought in brackets is not dialled with the country code.
            b'(' if digits.starts_with('+') && bytes.get(at..at + 3) == Some(b"(0)") => at += 2,
            b' ' | b'-' | b'.' | b'/' | b'(' | b')' => {
                separators += 1;
                if separators > 2 {
                    break;
                }
            }
            _ => break,
        }
        at += 1;
    }
    // "00 31 ..." is "+31 ..." typed on an old phone.
    let number = match digits.strip_prefix("00") {
        Some(rest) if !digits.starts_with('+') => format!("+{rest}"),
        _ => digits,
    };
    let n_digits = number.trim_start_matches('+').len();
    let continues = bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'@');
    let country_ok = !number.starts_with("+0");
    let fits = (number.starts_with('+') && (9..=14).contains(&n_digits))
        || (number.starts_with('0') && (9..=12).contains(&n_digits));
    ((fits && !continues && country_ok).then_some(number), end)
}

fn person_for(words: &Words, found: &Concepts, label: Label) -> Option<ReferredPerson> {
    let email = || {
        let written = words.list.iter().filter(|w| w.text == EMAIL).map(|w| words.raw(w));
        written.filter_map(|raw| EmailAddress::parse(raw).ok()).map(|address| address.to_string()).next()
    };
    let (name, email) = match label {
        Label::Referral => {
            let email = email();
            (find_person(words, Need::Likely).or_else(|| name_of_address(words, email.as_deref()?)), email)
        }
        Label::LeftCompany | Label::WrongPerson | Label::OutOfOffice => {
            let need = if label == Label::LeftCompany { Need::SureAndStays } else { Need::Sure };
            let name = find_person(words, need);
            let pointed = name.is_some() || found.has(concepts::POINTS_TO_PERSON);
            (name, if pointed { email() } else { None })
        }
        Label::NotNow | Label::NotInterested | Label::UsingCompetitor | Label::Interested => {
            (find_person(words, Need::Sure), None)
        }
        _ => (None, None),
    };
    (name.is_some() || email.is_some()).then_some(ReferredPerson { name, email })
}

/// "I spoke to Wendy, write to wendy@...": the address says which word is the name.
fn name_of_address(words: &Words, email: &str) -> Option<String> {
    let first = fold(email.split(['@', '.', '-', '_']).next()?);
    let capital = |raw: &str| raw.chars().next().is_some_and(char::is_uppercase);
    let named = words.list.iter().find(|w| w.text == first && capital(words.raw(w)));
    named.map(|w| words.raw(w).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_of_four_countries() {
        let cases = [
            ("bel 06-12345678 maar", Some("0612345678")),
            ("06 12 34 56 78", Some("0612345678")),
            ("+31 (0)6 1234 5678.", Some("+31612345678")),
            ("0031 20 123 4567", Some("+31201234567")),
            ("(020) 123 45 67", Some("0201234567")),
            ("0470 12 34 56", Some("0470123456")),
            ("+32 2 123 45 67", Some("+3221234567")),
            ("030 1234567", Some("0301234567")),
            ("+49 30 1234567", Some("+49301234567")),
            ("+44 20 7946 0958", Some("+442079460958")),
            ("07700 900123", Some("07700900123")),
            ("order 2026-0012345", None),
            ("ticket 0012", None),
            ("KvK 01234567", None),
            ("IBAN NL02ABCD0123456789", None),
            ("om 09.00 uur", None),
            ("03-12-2026", None),
            ("no number", None),
        ];
        for (text, want) in cases {
            assert_eq!(find_phone(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn days_on_which_somebody_always_works_end_no_absence() {
        // A Thursday.
        let today = jiff::civil::date(2026, 11, 12);
        for (text, back) in [
            ("I only work Tuesday to Thursday.", None),
            ("Ik werk op maandag, dinsdag en donderdag.", None),
            ("Ich arbeite nur montags und dienstags.", None),
            ("Ik werk alleen op dinsdag. Vanaf 3 december ben ik er weer.", Some("2026-12-03")),
            ("I am back at work on Monday.", Some("2026-11-16")),
        ] {
            let words = Words::new(text);
            let found = Concepts::find(&words);
            let date = read(&words, &found, Label::OutOfOffice, today).date;
            assert_eq!(date.map(|date| date.to_string()).as_deref(), back, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_searched(text in "[+0-9 ()./éöa-zA-Z-]{0,60}") {
            let _ = find_phone(&text);
        }
    }
}
