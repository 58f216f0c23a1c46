//! Working days: Monday to Friday without the Dutch public holidays.

use jiff::civil::{Date, Weekday, date};

/// Working days of a month; 0 for a month that no calendar has.
pub fn working_days(year: i16, month: i8) -> u32 {
    let Ok(first) = Date::new(year, month, 1) else { return 0 };
    let holidays = dutch_holidays(year);
    let n = (1..=first.days_in_month())
        .filter_map(|day| Date::new(year, month, day).ok())
        .filter(|day| {
            !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !holidays.contains(day)
        })
        .count();
    u32::try_from(n).unwrap_or(31)
}

/// Days on which Dutch offices are closed. Liberation Day is a day off once in five years.
pub fn dutch_holidays(year: i16) -> Vec<Date> {
    let easter = easter_sunday(year);
    let after = |days: i32| easter.checked_add(jiff::Span::new().days(days)).unwrap_or(easter);
    let kings_day = date(year, 4, 27);
    let kings_day = if kings_day.weekday() == Weekday::Sunday { date(year, 4, 26) } else { kings_day };
    let mut days = vec![
        date(year, 1, 1),
        after(1),
        kings_day,
        after(39),
        after(50),
        date(year, 12, 25),
        date(year, 12, 26),
    ];
    if year % 5 == 0 {
        days.push(date(year, 5, 5));
    }
    days
}

/// Easter in the Gregorian calendar, by the method of Meeus, Jones and Butcher.
fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    // The method gives March or April and a day that it has, for every year.
    date(year, i8::try_from(month).unwrap_or(4), i8::try_from(day).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_when_it_was() {
        for (year, month, day) in [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)] {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }

    #[test]
    fn a_year_has_its_working_days() {
        let days: Vec<u32> = (1..=12).map(|month| working_days(2026, month)).collect();
        // April: 22 weekdays without Easter Monday and King's Day. December: 23 without Christmas Day (a Friday).
        assert_eq!(days, [21, 20, 22, 20, 19, 22, 23, 21, 22, 22, 21, 22]);
        assert_eq!(working_days(2026, 13), 0);
    }
}
