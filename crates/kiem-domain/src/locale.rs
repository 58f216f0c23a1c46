//! Languages of the product, and dates as people say them.

use jiff::civil::Date;

text_enum! {
    /// The languages of the product.
    pub enum Lang {
        /// Dutch.
        Nl = "nl",
        /// English.
        En = "en",
    }
}

impl Lang {
    /// The first language of an `Accept-Language` header that Kiem speaks; English when there is none.
    pub fn from_accept_language(header: &str) -> Lang {
        header
            .split(',')
            .filter_map(|part| part.trim().get(..2))
            .find_map(|code| code.to_ascii_lowercase().parse().ok())
            .unwrap_or(Lang::En)
    }
}

const MONTHS_NL: [&str; 12] =
    ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(date: Date, lang: Lang) -> &'static str {
    // A month is 1..=12, so the place exists.
    let place = usize::from(date.month().unsigned_abs()) - 1;
    match lang {
        Lang::Nl => MONTHS_NL[place],
        Lang::En => MONTHS_EN[place],
    }
}

/// `14 Nov`, or `14 Nov 2026` when the reader lives in another year (`today`).
pub fn short_date(date: Date, today: Date, lang: Lang) -> String {
    if date.year() == today.year() {
        format!("{} {}", date.day(), month(date, lang))
    } else {
        format!("{} {} {}", date.day(), month(date, lang), date.year())
    }
}

/// `11, 12, 14 Nov`: every day once, in order, the month said once as long as it does not change.
pub fn short_dates(dates: &[Date], today: Date, lang: Lang) -> String {
    let mut days = dates.to_vec();
    days.sort_unstable();
    days.dedup();
    let mut parts = Vec::with_capacity(days.len());
    for (place, day) in days.iter().enumerate() {
        let same_month =
            days.get(place + 1).is_some_and(|n| (n.year(), n.month()) == (day.year(), day.month()));
        parts.push(if same_month { day.day().to_string() } else { short_date(*day, today, lang) });
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_browser_language_decides() {
        assert_eq!(Lang::from_accept_language("de-DE,nl-NL;q=0.9,en;q=0.8"), Lang::Nl);
        assert_eq!(Lang::from_accept_language("EN-gb"), Lang::En);
        assert_eq!(Lang::from_accept_language("fr"), Lang::En);
    }

    #[test]
    fn the_month_is_said_once_and_the_year_only_when_it_is_another() {
        let days = [date(2026, 11, 14), date(2026, 11, 11), date(2026, 11, 12), date(2026, 11, 11)];
        assert_eq!(short_dates(&days, date(2026, 11, 20), Lang::En), "11, 12, 14 Nov");
        assert_eq!(short_dates(&days, date(2027, 1, 9), Lang::Nl), "11, 12, 14 nov 2026");
        let over_a_month = [date(2026, 3, 31), date(2026, 4, 2), date(2026, 4, 5)];
        assert_eq!(short_dates(&over_a_month, date(2026, 5, 1), Lang::Nl), "31 mrt, 2, 5 apr");
        assert_eq!(short_dates(&[], date(2026, 5, 1), Lang::En), "");
    }
}
