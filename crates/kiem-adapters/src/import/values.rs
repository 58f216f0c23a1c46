//! Values as spreadsheets leave them: zeros lost in front, amounts with a comma, days and months in either order. What could
//! mean two things is said, never chosen.

use jiff::civil::Date;
use kiem_domain::company::KvkNumber;
use kiem_domain::names::fold;
use kiem_domain::phone::PhoneNumber;

/// A value, and whether a spreadsheet had taken its leading zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored<T> {
    /// The value, whole again.
    pub value: T,
    /// Whether something was put back.
    pub is_restored: bool,
}

/// Whether a spreadsheet rounded a number away: 3,16E+10.
pub fn is_rounded(cell: &str) -> bool {
    let Some((number, exponent)) = cell.trim().split_once(['E', 'e']) else { return false };
    let is_number =
        |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    is_number(number) && !exponent.is_empty() && exponent.bytes().all(|b| b.is_ascii_digit())
}

/// A whole number that a program wrote with a fraction, "12345678.0", without it.
fn unfloated(cell: &str) -> &str {
    let cell = cell.trim();
    let is_whole = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    cell.strip_suffix(".0").filter(is_whole).unwrap_or(cell)
}

/// A KvK number; seven digits get their zero back.
pub fn kvk_number(cell: &str) -> Option<Restored<KvkNumber>> {
    let value = KvkNumber::parse(cell)?;
    let is_restored = unfloated(cell).chars().filter(char::is_ascii_digit).count() == 7;
    Some(Restored { value, is_restored })
}

/// A telephone number; in the Netherlands, Belgium, Germany, France and Britain a number that lost its zero gets it back.
pub fn phone(cell: &str, country: Option<&str>) -> Option<Restored<PhoneNumber>> {
    if is_rounded(cell) {
        return None;
    }
    let cell = unfloated(cell);
    let value = PhoneNumber::parse(cell, country)?;
    let trimmed = cell.trim_start_matches(|c: char| c.is_alphabetic() || "( '.:".contains(c));
    let has_zero = matches!(country, Some("NL" | "BE" | "DE" | "FR" | "GB"));
    Some(Restored { value, is_restored: has_zero && !trimmed.starts_with(['0', '+']) })
}

/// A postcode as it is written in its country. German, French, Spanish and Italian ones have five digits; one that begins
/// with a zero loses it in a spreadsheet. Dutch and Belgian ones never begin with a zero.
pub fn postcode(cell: &str, country: Option<&str>) -> Option<Restored<String>> {
    let plain: String = unfloated(cell).replace('\u{a0}', " ").to_uppercase();
    // "NL-1234 AB", as some write it abroad.
    let plain = match plain.strip_prefix("NL").filter(|_| country == Some("NL")) {
        Some(rest) => rest.trim_start_matches(['-', ' ']).to_owned(),
        None => plain,
    };
    if plain.is_empty()
        || plain.chars().count() > 12
        || !plain.chars().all(|c| c.is_alphanumeric() || " -".contains(c))
    {
        return None;
    }
    let compact: String = plain.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let is_digits = compact.bytes().all(|b| b.is_ascii_digit());
    let whole = |value: String| Some(Restored { value, is_restored: false });
    match country {
        Some("NL") => match (compact.get(..4), compact.get(4..)) {
            (Some(digits), Some(letters))
                if letters.len() == 2
                    && digits.bytes().all(|b| b.is_ascii_digit())
                    && letters.bytes().all(|b| b.is_ascii_alphabetic()) =>
            {
                whole(format!("{digits} {letters}"))
            }
            // Four digits are a neighbourhood, which is something.
            _ => (compact.len() == 4 && is_digits).then_some(Restored { value: compact, is_restored: false }),
        },
        Some("DE" | "FR" | "ES" | "IT") if is_digits && compact.len() == 4 => {
            Some(Restored { value: format!("0{compact}"), is_restored: true })
        }
        _ => whole(plain),
    }
}

/// An amount a year in cents, and its currency when the cell says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// In cents.
    pub cents: i64,
    /// ISO 4217; unknown when the cell does not say.
    pub currency: Option<&'static str>,
}

/// "€ 1.234,50", "1,234.50", "12 mln", "2.5M".
pub fn amount(cell: &str) -> Option<Amount> {
    let text = cell.trim().to_lowercase();
    let currency = [
        ("eur", "EUR"),
        ("€", "EUR"),
        ("usd", "USD"),
        ("$", "USD"),
        ("gbp", "GBP"),
        ("£", "GBP"),
        ("chf", "CHF"),
    ]
    .iter()
    .find(|(word, _)| text.contains(word))
    .map(|(_, code)| *code);
    let start = text.find(|c: char| c.is_ascii_digit())?;
    if text[..start].contains('-') {
        return None;
    }
    let rest = &text[start..];
    let end =
        rest.find(|c: char| !(c.is_ascii_digit() || ".,' \u{a0}\u{202f}".contains(c))).unwrap_or(rest.len());
    let (number, unit) = rest.split_at(end);
    if unit.contains(|c: char| c.is_ascii_digit()) {
        // "1M-10M" is a range, and its middle would be ours.
        return None;
    }
    let unit: String = unit.chars().filter(|c| c.is_alphabetic()).collect();
    let unit = ["euro", "eur", "usd", "gbp", "chf"].iter().fold(unit, |u, word| u.replace(word, ""));
    let times: i64 = match unit.as_str() {
        "" => 1,
        "k" | "duizend" | "thousand" | "tsd" | "t" => 1_000,
        "m" | "mln" | "mio" | "million" | "miljoen" | "millionen" | "millions" | "mn" => 1_000_000,
        "b" | "bn" | "mld" | "mrd" | "billion" | "miljard" | "milliarden" => 1_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = decimal(number, times > 1)?;
    let fraction: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let billionths = whole.parse::<i128>().ok()? * 1_000_000_000 + fraction.parse::<i128>().ok()?;
    let cents = billionths.checked_mul(i128::from(times))? / 10_000_000;
    i64::try_from(cents).ok().map(|cents| Amount { cents, currency })
}

/// The digits before and behind the decimal sign. The last of two different signs is the decimal one; a sign that comes
/// twice, or before exactly three digits, stands between thousands, but not behind a zero. None for "1,234 mln", which is a
/// thousand times more in one country than in another.
fn decimal(number: &str, is_scaled: bool) -> Option<(String, String)> {
    let compact: String = number.chars().filter(|c| c.is_ascii_digit() || ".,".contains(*c)).collect();
    let (dots, commas) = (compact.matches('.').count(), compact.matches(',').count());
    let sign = match (compact.rfind('.'), compact.rfind(',')) {
        (Some(dot), Some(comma)) if dot > comma => (commas >= 1 && dots == 1).then_some(dot),
        (Some(_), Some(comma)) => (commas == 1).then_some(comma),
        (Some(at), None) | (None, Some(at)) if dots + commas == 1 => match compact.len() - at {
            4 if compact[..at].trim_start_matches('0').is_empty() => Some(at),
            4 if is_scaled => return None,
            4 => None,
            _ => Some(at),
        },
        _ => None,
    };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (whole, fraction) = match sign {
        Some(at) => (digits(&compact[..at]), digits(&compact[at + 1..])),
        None => (digits(&compact), String::new()),
    };
    (!whole.is_empty() && whole.len() <= 15).then_some((whole, fraction))
}

kiem_domain::text_enum! {
    /// In which order a column writes day and month.
    pub enum DateOrder {
        /// 31-12-2024.
        DayFirst = "day_first",
        /// 12/31/2024.
        MonthFirst = "month_first",
        /// No value tells.
        Unknown = "unknown",
    }
}

/// Day, month or year, as much as is sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// ISO 8601: `2024-03-01`, or `2024` when only the year is sure.
    pub text: String,
    /// Whether day and month could be either way round, so that only the year was kept.
    pub is_ambiguous: bool,
}

/// The order of a column, by the values that can only be read one way. Values that contradict each other tell nothing.
pub fn date_order<'a>(cells: impl IntoIterator<Item = &'a str>) -> DateOrder {
    let (mut day_first, mut month_first) = (false, false);
    for (first, second, _) in cells.into_iter().filter_map(three_numbers) {
        day_first |= first > 12 && second <= 12;
        month_first |= second > 12 && first <= 12;
    }
    match (day_first, month_first) {
        (true, false) => DateOrder::DayFirst,
        (false, true) => DateOrder::MonthFirst,
        _ => DateOrder::Unknown,
    }
}

/// Two numbers and a year with four digits: "1/2/2024", "01-02-2024". A dot is German and Dutch: day first, so not here.
fn three_numbers(cell: &str) -> Option<(i8, i8, i16)> {
    let day = cell.trim().split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(['/', '-']).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let small = |t: &str| (t.len() <= 2).then(|| t.parse::<i8>().ok()).flatten();
    Some((small(first)?, small(second)?, (year.len() == 4).then(|| year.parse().ok()).flatten()?))
}

/// A day in any of the usual ways, or a year.
pub fn date(cell: &str, order: DateOrder) -> Option<Moment> {
    let sure = |date: Date| Some(Moment { text: date.to_string(), is_ambiguous: false });
    let day = unfloated(cell).split('T').next()?.trim();
    if let Ok(date) = day.get(..10).unwrap_or(day).parse::<Date>() {
        return sure(date);
    }
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    match day.len() {
        4 if digits(day) && (1000..2200).contains(&day.parse::<i16>().ok()?) => {
            return Some(Moment { text: day.to_owned(), is_ambiguous: false });
        }
        8 if digits(day) => {
            let date = Date::new(day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?);
            return date.ok().and_then(sure);
        }
        _ => {}
    }
    if let Some((first, second, year)) = three_numbers(day) {
        let (d, m) = match order {
            _ if first > 12 => (first, second),
            _ if second > 12 => (second, first),
            _ if first == second => (first, second),
            DateOrder::DayFirst => (first, second),
            DateOrder::MonthFirst => (second, first),
            DateOrder::Unknown => {
                let is_day = (1..=12).contains(&first) && (1..=12).contains(&second);
                return is_day.then(|| Moment { text: format!("{year:04}"), is_ambiguous: true });
            }
        };
        return Date::new(year, m, d).ok().and_then(sure);
    }
    let words: Vec<String> =
        day.split([' ', '.', '-', ',', '/']).filter(|w| !w.is_empty()).map(fold).collect();
    let [first, second, year] = words.as_slice() else { return None };
    let year: i16 = (year.len() == 4).then(|| year.parse().ok()).flatten()?;
    let (d, m) = match (first.parse::<i8>(), second.parse::<i8>()) {
        (Ok(d), Ok(m)) => (d, m),
        (Ok(d), Err(_)) => (d, month(second)?),
        (Err(_), Ok(d)) => (d, month(first)?),
        _ => return None,
    };
    Date::new(year, m, d).ok().and_then(sure)
}

/// A month by the first letters of its name in Dutch, English, German and French.
fn month(word: &str) -> Option<i8> {
    const MONTHS: &[&[&str]] = &[
        &["jan"],
        &["feb", "fev"],
        &["mrt", "maa", "mar", "mae"],
        &["apr", "avr"],
        &["mei", "may", "mai"],
        &["jun", "juin"],
        &["jul", "juil"],
        &["aug", "aou"],
        &["sep"],
        &["okt", "oct"],
        &["nov"],
        &["dec", "dez"],
    ];
    let at = MONTHS.iter().position(|names| names.iter().any(|n| word.starts_with(n)))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_that_a_spreadsheet_took_come_back() {
        let kvk = |cell| kvk_number(cell).map(|r| (r.value.as_str().to_owned(), r.is_restored));
        assert_eq!(kvk("1234567"), Some(("01234567".to_owned(), true)));
        assert_eq!(kvk("01234567"), Some(("01234567".to_owned(), false)));
        assert_eq!(kvk("1234567.0"), Some(("01234567".to_owned(), true)));
        assert_eq!(kvk("123456"), None);
        for (cell, country, expected) in [
            ("201234567", "NL", Some(("+31201234567", true))),
            ("612345678", "NL", Some(("+31612345678", true))),
            ("020-1234567", "NL", Some(("+31201234567", false))),
            ("+31201234567", "NL", Some(("+31201234567", false))),
            ("31612345678", "NL", Some(("+31612345678", true))),
            ("612345678.0", "NL", Some(("+31612345678", true))),
            ("T: 020-1234567", "NL", Some(("+31201234567", false))),
            ("tel. 020–1234567", "NL", Some(("+31201234567", false))),
            ("06-12345678 / 020-1234567", "NL", Some(("+31612345678", false))),
            ("2,01235E+08", "NL", None),
            ("3.16E+10", "NL", None),
        ] {
            let found = phone(cell, Some(country)).map(|r| (r.value.as_str().to_owned(), r.is_restored));
            assert_eq!(found, expected.map(|(n, r)| (n.to_owned(), r)), "{cell}");
        }
        for (cell, country, expected) in [
            ("1234ab", Some("NL"), Some(("1234 AB", false))),
            ("NL-1234 AB", Some("NL"), Some(("1234 AB", false))),
            ("1234\u{a0}AB", Some("NL"), Some(("1234 AB", false))),
            ("1234.0", Some("NL"), Some(("1234", false))),
            ("1234", Some("NL"), Some(("1234", false))),
            ("123", Some("NL"), None),
            ("1067", Some("DE"), Some(("01067", true))),
            ("10115", Some("DE"), Some(("10115", false))),
            ("1000", Some("BE"), Some(("1000", false))),
            ("6000", Some("FR"), Some(("06000", true))),
            ("SW1A 1AA", Some("GB"), Some(("SW1A 1AA", false))),
            ("1067", None, Some(("1067", false))),
            ("=1+1", None, None),
        ] {
            let found = postcode(cell, country).map(|r| (r.value, r.is_restored));
            assert_eq!(found, expected.map(|(p, r)| (p.to_owned(), r)), "{cell} {country:?}");
        }
    }

    #[test]
    fn amounts_as_every_country_writes_them() {
        for (cell, expected) in [
            ("1.234,50", Some((123_450, None))),
            ("1,234.50", Some((123_450, None))),
            ("1234.5", Some((123_450, None))),
            ("1.234", Some((123_400, None))),
            ("1.234.567", Some((123_456_700, None))),
            ("€ 2,5 mln", Some((250_000_000, Some("EUR")))),
            ("$12M", Some((1_200_000_000, Some("USD")))),
            ("1 234 567 €", Some((123_456_700, Some("EUR")))),
            ("EUR 1.000", Some((100_000, Some("EUR")))),
            ("1.200 euro", Some((120_000, Some("EUR")))),
            ("1,2 mln euro", Some((120_000_000, Some("EUR")))),
            ("2 miljoen euro", Some((200_000_000, Some("EUR")))),
            ("0.125 mln", Some((12_500_000, None))),
            ("0,500", Some((50, None))),
            ("€ 1,234 mln", None),
            ("1.234,5 mln", Some((123_450_000_000, None))),
            ("1.2340", Some((123, None))),
            ("1M-10M", None),
            ("-5", None),
            ("veel", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(amount(cell).map(|a| (a.cents, a.currency)), expected, "{cell}");
        }
    }

    #[test]
    fn days_are_read_only_when_they_are_sure() {
        use DateOrder as O;
        for (cell, order, expected) in [
            ("2024-03-01", O::Unknown, Some(("2024-03-01", false))),
            ("2024-03-01T10:00:00", O::Unknown, Some(("2024-03-01", false))),
            ("20240301", O::Unknown, Some(("2024-03-01", false))),
            ("1998", O::Unknown, Some(("1998", false))),
            ("1911.0", O::Unknown, Some(("1911", false))),
            ("31/12/2024", O::Unknown, Some(("2024-12-31", false))),
            ("12/31/2024", O::Unknown, Some(("2024-12-31", false))),
            ("01/02/2024", O::Unknown, Some(("2024", true))),
            ("01-02-2024", O::DayFirst, Some(("2024-02-01", false))),
            ("01/02/2024", O::MonthFirst, Some(("2024-01-02", false))),
            ("02/02/2024", O::Unknown, Some(("2024-02-02", false))),
            ("1.2.2024", O::Unknown, Some(("2024-02-01", false))),
            ("12 Mar 2024", O::Unknown, Some(("2024-03-12", false))),
            ("1 maart 2024", O::Unknown, Some(("2024-03-01", false))),
            ("Mar 5, 2024", O::Unknown, Some(("2024-03-05", false))),
            ("31/02/2024", O::DayFirst, None),
            ("gisteren", O::Unknown, None),
            ("é/é/2024", O::Unknown, None),
        ] {
            let found = date(cell, order).map(|m| (m.text, m.is_ambiguous));
            assert_eq!(found, expected.map(|(t, a)| (t.to_owned(), a)), "{cell}");
        }
        assert_eq!(date_order(["01/02/2024", "31/01/2024"]), O::DayFirst);
        assert_eq!(date_order(["01/02/2024", "01/31/2024"]), O::MonthFirst);
        assert_eq!(date_order(["13/01/2024", "01/31/2024"]), O::Unknown);
        assert_eq!(date_order(["01/02/2024", "2024-01-01"]), O::Unknown);
    }
}
