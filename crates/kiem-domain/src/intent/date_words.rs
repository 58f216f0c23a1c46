//! The words of dates: months, weekdays, numbers, seasons, in Dutch, English and German.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use super::words::Word;

/// The month a word names, and whether the word is nothing else ("may" is a verb too).
pub(super) fn month_number(word: &str) -> Option<(i8, bool)> {
    let full = match word {
        "januari" | "january" | "januar" | "jaenner" => 1,
        "februari" | "february" | "februar" => 2,
        "maart" | "maerz" => 3,
        "april" => 4,
        "mei" | "mai" => 5,
        "juni" | "june" => 6,
        "juli" | "july" => 7,
        "augustus" | "august" => 8,
        "september" => 9,
        "oktober" | "october" => 10,
        "november" => 11,
        "december" | "dezember" => 12,
        _ => 0,
    };
    if full > 0 {
        return Some((full, true));
    }
    // Words that are also something else: a verb, a name. They need a number or a preposition beside them.
    let short = match word {
        "jan" => 1,
        "feb" | "febr" => 2,
        "mrt" | "mar" | "march" => 3,
        "apr" => 4,
        "may" => 5,
        "jun" => 6,
        "jul" => 7,
        "aug" => 8,
        "sep" | "sept" => 9,
        "okt" | "oct" => 10,
        "nov" => 11,
        "dec" | "dez" => 12,
        _ => return None,
    };
    Some((short, false))
}

/// The day of the week, also with its part of the day.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "maandag" | "monday" | "montag" | "maandagochtend" | "maandagmiddag" | "mondays" => Weekday::Monday,
        "dinsdag" | "tuesday" | "dienstag" | "dinsdagochtend" | "dinsdagmiddag" => Weekday::Tuesday,
        "woensdag" | "wednesday" | "mittwoch" | "woensdagochtend" | "woensdagmiddag" => Weekday::Wednesday,
        "donderdag" | "thursday" | "donnerstag" | "donderdagochtend" | "donderdagmiddag" => Weekday::Thursday,
        "vrijdag" | "friday" | "freitag" | "vrijdagochtend" | "vrijdagmiddag" => Weekday::Friday,
        "zaterdag" | "saturday" | "samstag" => Weekday::Saturday,
        "zondag" | "sunday" | "sonntag" => Weekday::Sunday,
        _ => return None,
    })
}

/// A small number in digits or words.
pub(super) fn small_number(word: &str) -> Option<i32> {
    if word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit()) {
        return word.parse().ok();
    }
    Some(match word {
        "een" | "one" | "a" | "an" | "ein" | "eine" | "einem" | "einer" | "1e" => 1,
        "twee" | "two" | "zwei" => 2,
        "drie" | "three" | "drei" => 3,
        "vier" | "four" => 4,
        "vijf" | "five" | "fuenf" => 5,
        "zes" | "six" | "sechs" => 6,
        "zeven" | "seven" | "sieben" => 7,
        "acht" | "eight" => 8,
        "negen" | "nine" | "neun" => 9,
        "tien" | "ten" | "zehn" => 10,
        "twaalf" | "twelve" | "zwoelf" => 12,
        "couple" | "paar" => 2,
        "few" | "enkele" | "einigen" | "einige" => 3,
        _ => return None,
    })
}

/// "next" in three languages.
pub(super) fn is_next(word: &str) -> bool {
    matches!(
        word,
        "volgend"
            | "volgende"
            | "next"
            | "naechstes"
            | "naechste"
            | "naechsten"
            | "naechster"
            | "komend"
            | "komende"
            | "kommendes"
            | "kommenden"
            | "kommende"
            | "aankomend"
            | "aankomende"
            | "coming"
            | "volgens"
            | "naechstem"
    )
}

/// The month in which a season begins.
pub(super) fn season_month(word: &str) -> Option<i8> {
    Some(match word {
        "voorjaar" | "lente" | "spring" | "fruehjahr" | "fruehling" => 3,
        "zomer" | "summer" | "sommer" | "summertime" => 6,
        "najaar" | "herfst" | "autumn" | "herbst" => 9,
        "winter" => 12,
        _ => return None,
    })
}

/// A number of days, weeks, months, quarters or years.
pub(super) fn unit_span(unit: &str, number: i32) -> Option<Span> {
    Some(match unit {
        "dag" | "dagen" | "day" | "days" | "tag" | "tage" | "tagen" => number.days(),
        "week" | "weken" | "weeks" | "woche" | "wochen" | "weekjes" => number.weeks(),
        "maand" | "maanden" | "month" | "months" | "monat" | "monate" | "monaten" | "maandjes" | "mnd" => {
            number.months()
        }
        "kwartaal" | "kwartalen" | "quarter" | "quarters" => (3 * number).months(),
        "jaar" | "jaren" | "year" | "years" | "jahr" | "jahre" | "jahren" | "jaartje" => number.years(),
        _ => return None,
    })
}

/// A number of at most four digits.
pub(super) fn whole(word: &Word) -> Option<i32> {
    let digits = word.text.len() <= 4 && word.text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| word.text.parse().ok())?
}

/// A year of this century.
pub(super) fn year(word: &str) -> Option<i16> {
    let digits = word.len() == 4 && word.starts_with("20") && word.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| word.parse().ok())?
}

/// A day of the month: "3", "3e", "3rd".
pub(super) fn ordinal(word: &str) -> Option<i32> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = word.split_at(digits);
    let suffix_ok = matches!(suffix, "" | "e" | "de" | "ste" | "st" | "nd" | "rd" | "th");
    (suffix_ok && (1..=2).contains(&digits)).then(|| number.parse().ok())?.filter(|n| (1..=31).contains(n))
}

/// A date, if the calendar has it.
pub(super) fn calendar(year: i16, month: i32, day: i32) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Easter Sunday (the anonymous Gregorian computus).
pub(super) fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    calendar(year, n / 31, n % 31 + 1)
}
