//! Dates as people write them in a reply, Dutch, English and German, relative to the day they wrote it.
//!
//! A span becomes its first day: "in maart" is the first of March, "Q2" the first of April, "next week" Monday.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::date_words::{
    calendar, easter, is_next, month_number, ordinal, season_month, small_number, unit_span, weekday, whole,
    year,
};
use super::words::{Word, Words};

/// A date and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundDate {
    /// The day.
    pub date: Date,
    /// The first word of the expression.
    pub word: usize,
}

/// Every date named in the text, in the order of the text, each once. Words about the past ("since May", "last year")
/// are skipped.
pub fn find_dates(words: &Words, today: Date) -> Vec<FoundDate> {
    let finder = Finder { words, today };
    let mut dates: Vec<FoundDate> = Vec::new();
    let mut at = 0;
    while at < words.list.len() {
        match finder.date_at(at) {
            Some(Found { date, end }) => {
                if let Some(date) = date
                    && dates.iter().all(|found| found.date != date)
                {
                    dates.push(FoundDate { date, word: at });
                }
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    dates
}

/// A recognised expression: its date (`None` when it speaks about the past) and one past its last word.
struct Found {
    date: Option<Date>,
    end: usize,
}

struct Finder<'a> {
    words: &'a Words,
    today: Date,
}

/// How a word before a date changes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Past,
    After,
    Before,
    End,
    Middle,
    Plain,
    Nothing,
}

impl Finder<'_> {
    fn at(&self, index: usize) -> &str {
        self.words.at(index)
    }

    fn before(&self, index: usize, back: usize) -> &str {
        index.checked_sub(back).map_or("", |i| self.words.at(i))
    }

    fn date_at(&self, at: usize) -> Option<Found> {
        self.numeric(at)
            .or_else(|| self.day_and_month(at))
            .or_else(|| self.month(at))
            .or_else(|| self.distance(at))
            .or_else(|| self.half_year(at))
            .or_else(|| self.second_half(at))
            .or_else(|| self.quarter(at))
            .or_else(|| self.next_span(at))
            .or_else(|| self.season(at))
            .or_else(|| self.feast(at))
            .or_else(|| self.near_day(at))
            .or_else(|| self.week_number(at))
            .or_else(|| self.day_of_month(at))
            .or_else(|| self.bare_year(at))
    }

    /// The word (or two) before the expression: "na de", "eind", "until the end of", "sinds".
    fn lead(&self, at: usize) -> Lead {
        let mut lead = Lead::Nothing;
        for back in 1..=4 {
            let word = self.before(at, back);
            let found = match word {
                "sinds" | "since" | "seit" | "vorig" | "vorige" | "last" | "afgelopen" | "letzten"
                | "letztes" | "ago" | "voriges" | "vergangenen" => Lead::Past,
                "na" | "after" | "nach" => Lead::After,
                "voor" | "before" | "vor" => Lead::Before,
                "eind" | "einde" | "end" | "ende" | "late" => Lead::End,
                "half" | "halverwege" | "medio" | "mid" | "mitte" => Lead::Middle,
                "begin" | "early" | "beginning" | "start" | "anfang" | "in" | "im" | "vanaf" | "from"
                | "ab" | "tot" | "until" | "till" | "bis" | "per" | "op" | "on" | "am" | "by" | "rond"
                | "around" | "um" | "tegen" | "zum" | "maybe" | "misschien" | "pas" | "erst" | "again" => {
                    Lead::Plain
                }
                "de" | "het" | "the" | "of" | "van" | "dem" | "den" | "der" | "t" | "m" | "en" | "met"
                | "nearer" => continue,
                _ => break,
            };
            if lead == Lead::Nothing || lead == Lead::Plain {
                lead = found;
            }
            if found != Lead::Plain {
                break;
            }
        }
        lead
    }

    fn past(end: usize) -> Option<Found> {
        Some(Found { date: None, end })
    }

    fn found(date: Option<Date>, end: usize) -> Option<Found> {
        date.map(|date| Found { date: Some(date), end })
    }

    /// 2026-01-12, 12-01-2026, 12/01, 12.01., 12.1.2026. Day first, as Europe writes; the other way when only that fits.
    fn numeric(&self, at: usize) -> Option<Found> {
        let first = self.words.list.get(at)?;
        let second = self.words.list.get(at + 1)?;
        let separator = match self.words.between(first, second) {
            s @ ("-" | "/" | ".") => s,
            _ => return None,
        };
        if at > 0 && !self.words.between(&self.words.list[at - 1], first).contains([' ', '\n', '(', ':', ','])
        {
            return None;
        }
        let third = self.words.list.get(at + 2).filter(|w| self.words.between(second, w) == separator);
        let (a, b) = (whole(first)?, whole(second)?);
        if first.text.len() == 4 && third.is_some() {
            let day = whole(third?)?;
            return Self::found(calendar(i16::try_from(a).ok()?, b, day), at + 3);
        }
        if first.text.len() > 2 || second.text.len() > 2 {
            return None;
        }
        let (day, month) = if b > 12 { (b, a) } else { (a, b) };
        if let Some(year) =
            third.and_then(whole).filter(|_| third.is_some_and(|w| matches!(w.text.len(), 2 | 4)))
        {
            let year = i16::try_from(if year < 100 { 2000 + year } else { year }).ok()?;
            return Self::found(calendar(year, month, day), at + 3);
        }
        if third.is_some() || !self.reads_as_short_date(separator, (a, b), first, second, at) {
            return None;
        }
        self.dated(month, day, at, at + 2)
    }

    /// Without a year, "12/01" may as well be a time, a range, a fraction or a piece of a phone number.
    fn reads_as_short_date(&self, separator: &str, value: (i32, i32), a: &Word, b: &Word, at: usize) -> bool {
        let after = &self.words.source[b.end..];
        let continues = after.chars().next().is_some_and(|c| c.is_alphanumeric())
            || after.trim_start_matches([' ', '-']).bytes().next().is_some_and(|c| c.is_ascii_digit());
        let unit = matches!(
            self.at(at + 2),
            "uur"
                | "u"
                | "h"
                | "uhr"
                | "am"
                | "pm"
                | "oclock"
                | "weken"
                | "weeks"
                | "wochen"
                | "dagen"
                | "days"
                | "tagen"
                | "mensen"
                | "people"
                | "jaar"
                | "years"
                | "maanden"
                | "months"
                | "monate"
        );
        if continues || unit || value == (24, 7) {
            return false;
        }
        match separator {
            "." => after.starts_with('.'),
            "-" => a.text.len() == 2 && b.text.len() == 2,
            _ => {
                a.text.len() + b.text.len() > 2
                    || self.lead(at) != Lead::Nothing
                    || weekday(self.before(at, 1)).is_some()
            }
        }
    }

    /// "3 december", "3. Dezember 2026", "December 3rd", "the 3rd of December".
    fn day_and_month(&self, at: usize) -> Option<Found> {
        if let Some(day) = ordinal(self.at(at)) {
            let month_at = if self.at(at + 1) == "of" { at + 2 } else { at + 1 };
            if let Some((month, _)) = month_number(self.at(month_at)) {
                return self.with_year(month, day, at, month_at + 1);
            }
        }
        let (month, _) = month_number(self.at(at))?;
        let day_at = if self.at(at + 1) == "the" { at + 2 } else { at + 1 };
        let day = ordinal(self.at(day_at))?;
        // "in maart 10 minuten" is no date: a Dutch day stands before its month.
        let english = matches!(
            self.at(at),
            "january"
                | "february"
                | "march"
                | "april"
                | "may"
                | "june"
                | "july"
                | "august"
                | "september"
                | "october"
                | "november"
                | "december"
                | "jan"
                | "feb"
                | "mar"
                | "apr"
                | "jun"
                | "jul"
                | "aug"
                | "sep"
                | "sept"
                | "oct"
                | "nov"
                | "dec"
        );
        english.then(|| self.with_year(month, day, at, day_at + 1))?
    }

    fn with_year(&self, month: i8, day: i32, at: usize, end: usize) -> Option<Found> {
        if let Some(year) = year(self.at(end)) {
            return Self::found(calendar(year, month.into(), day), end + 1);
        }
        self.dated(month.into(), day, at, end)
    }

    /// A day and month without a year: this year's, or next year's when that is long past.
    fn dated(&self, month: i32, day: i32, at: usize, end: usize) -> Option<Found> {
        let this_year = calendar(self.today.year(), month, day)?;
        if self.lead(at) == Lead::Past {
            return Self::past(end);
        }
        let date =
            if this_year < self.today { calendar(self.today.year() + 1, month, day)? } else { this_year };
        Self::found(Some(date), end)
    }

    /// "in maart", "eind januari", "until March 2027".
    fn month(&self, at: usize) -> Option<Found> {
        let (month, is_plain_word) = month_number(self.at(at))?;
        let lead = self.lead(at);
        if !is_plain_word && lead == Lead::Nothing {
            return None;
        }
        let (named_year, end) = match year(self.at(at + 1)) {
            Some(year) => (Some(year), at + 2),
            None => (None, at + 1),
        };
        if lead == Lead::Past {
            return Self::past(end);
        }
        // A month that runs now means next year's, unless its end is asked for.
        let passed = month < self.today.month() || (month == self.today.month() && lead != Lead::End);
        let year = named_year.unwrap_or(self.today.year() + i16::from(passed));
        let first = Date::new(year, month, 1).ok()?;
        Self::found(shifted(first, lead, 1), end)
    }

    /// "over twee maanden", "in 3 weeks", "in een half jaar", "6 months from now".
    fn distance(&self, at: usize) -> Option<Found> {
        let number = small_number(self.at(at))?;
        let unit_at = match self.at(at + 1) {
            "of" | "goede" | "good" => at + 2,
            _ => at + 1,
        };
        // "een maand of drie" is about three months.
        let (number, end) = match small_number(self.at(unit_at + 2)).filter(|_| self.at(unit_at + 1) == "of")
        {
            Some(about) => (about, unit_at + 3),
            None => (number, unit_at + 1),
        };
        let span = unit_span(self.at(unit_at), number)?;
        let mut back = 1;
        while matches!(
            self.before(at, back),
            "een" | "a" | "about" | "ongeveer" | "nog" | "another" | "say" | "zo" | "n" | "the" | "next"
        ) {
            back += 1;
        }
        let opener = self.before(at, back);
        let next = self.at(end);
        let given = matches!(
            (self.before(at, back + 1), opener),
            ("give" | "geef" | "gun", "us" | "me" | "ons" | "mij")
        );
        let ahead = given
            || matches!(opener, "over" | "in" | "binnen" | "within" | "nach" | "na" | "after")
            || matches!(next, "from" | "later" | "time");
        let past = matches!(next, "ago" | "geleden") || matches!(opener, "vor" | "sinds" | "since" | "seit");
        (ahead && !past).then(|| Self::found(self.today.checked_add(span).ok(), end))?
    }

    /// "over een half jaar", "in six months" without a number: "in half a year", "in einem halben Jahr".
    fn half_year(&self, at: usize) -> Option<Found> {
        if !matches!(self.at(at), "over" | "in" | "na" | "after" | "nach") {
            return None;
        }
        for length in 1..=3 {
            let (a, b) = (self.at(at + length), self.at(at + length + 1));
            let half = matches!((a, b), ("half", "jaar") | ("halve", "jaar") | ("halben", "jahr"))
                || a == "halfjaar"
                || a == "halbjahr"
                || (a == "half" && b == "a" && self.at(at + length + 2) == "year");
            if half {
                return Self::found(self.today.checked_add(6.months()).ok(), at + length + 2);
            }
        }
        None
    }

    /// "Q2", "het tweede kwartaal", "next quarter".
    fn quarter(&self, at: usize) -> Option<Found> {
        let word = self.at(at);
        let is_quarter_word = |w: &str| w.starts_with("kwarta") || w.starts_with("quarta") || w == "quarter";
        let (number, mut end) = if let Some(digit) = word.strip_prefix('q').or_else(|| word.strip_prefix('k'))
        {
            (digit.parse::<i8>().ok().filter(|n| digit.len() == 1 && (1..=4).contains(n))?, at + 1)
        } else {
            let number = match word {
                "eerste" | "first" | "erste" | "ersten" | "1e" | "1st" => 1,
                "tweede" | "second" | "zweite" | "zweiten" | "2e" | "2nd" => 2,
                "derde" | "third" | "dritte" | "dritten" | "3e" | "3rd" => 3,
                "vierde" | "fourth" | "vierte" | "vierten" | "4e" | "4th" => 4,
                _ => return None,
            };
            if !is_quarter_word(self.at(at + 1)) {
                return None;
            }
            (number, at + 2)
        };
        let lead = self.lead(at);
        let mut named_year = None;
        for ahead in 0..3 {
            if let Some(year) = year(self.at(end + ahead)) {
                named_year = Some(year);
                end += ahead + 1;
                break;
            }
            if is_next(self.at(end + ahead))
                && matches!(self.at(end + ahead + 1), "jaar" | "year" | "jahr" | "jahres")
            {
                named_year = Some(self.today.year() + 1);
                end += ahead + 2;
                break;
            }
        }
        if lead == Lead::Past {
            return Self::past(end);
        }
        let month = number * 3 - 2;
        let year = named_year.unwrap_or(self.today.year() + i16::from(month <= self.today.month()));
        Self::found(shifted(Date::new(year, month, 1).ok()?, lead, 3), end)
    }

    /// "de tweede helft van het jaar", "the second half of next year", "H2".
    fn second_half(&self, at: usize) -> Option<Found> {
        let named = matches!(self.at(at), "tweede" | "second" | "zweiten" | "zweite")
            && matches!(self.at(at + 1), "helft" | "half" | "jahreshaelfte" | "haelfte");
        if !named && self.at(at) != "h2" {
            return None;
        }
        let next = (1..=6).any(|ahead| is_next(self.at(at + ahead)));
        let passed = self.today.month() >= 7;
        let year = self.today.year() + i16::from(next || passed);
        Self::found(Date::new(year, 7, 1).ok(), at + if named { 6 } else { 1 })
    }

    /// "volgende week dinsdag", "next month", "nächstes Jahr", "begin volgend jaar", "next Tuesday", "end of the year".
    fn next_span(&self, at: usize) -> Option<Found> {
        let lead = self.lead(at);
        let this = matches!(
            self.at(at),
            "dit" | "deze" | "this" | "the" | "het" | "dieses" | "des" | "diese" | "diesen"
        );
        if this && lead == Lead::End && matches!(self.at(at + 1), "jaar" | "year" | "jahres" | "jahr") {
            return Self::found(Date::new(self.today.year(), 12, 31).ok(), at + 2);
        }
        if this && lead == Lead::End && matches!(self.at(at + 1), "maand" | "month" | "monats") {
            return Self::found(Some(self.today.last_of_month()), at + 2);
        }
        let new_year = matches!(self.at(at), "nieuwe" | "new" | "neuen" | "neues" | "neue")
            && matches!(self.at(at + 1), "jaar" | "year" | "jahr")
            && lead != Lead::Nothing;
        let two_on = matches!(self.at(at), "uebernaechste" | "uebernaechster");
        if !is_next(self.at(at)) && !new_year && !two_on {
            return None;
        }
        let monday = |weeks: i32| {
            let since_monday = i32::from(self.today.weekday().to_monday_zero_offset());
            self.today.checked_add((7 * weeks - since_monday).days()).ok()
        };
        match self.at(at + 1) {
            "week" | "woche" => {
                let day =
                    (2..=3).find_map(|ahead| weekday(self.at(at + ahead)).map(|day| (day, at + ahead + 1)));
                let start = monday(if two_on { 2 } else { 1 })?;
                match day.or_else(|| weekday(self.before(at, 1)).map(|day| (day, at + 2))) {
                    Some((day, end)) => {
                        let offset = i32::from(day.to_monday_zero_offset());
                        Self::found(start.checked_add(offset.days()).ok(), end)
                    }
                    None => Self::found(Some(start), at + 2),
                }
            }
            "maand" | "month" | "monat" => Self::found(
                shifted(self.today.first_of_month().checked_add(1.month()).ok()?, lead, 1),
                at + 2,
            ),
            "jaar" | "year" | "jahr" | "jahres" | "calendar" | "financial" | "fiscal" => {
                Self::found(shifted(Date::new(self.today.year() + 1, 1, 1).ok()?, lead, 12), at + 2)
            }
            word if word.starts_with("kwarta") || word == "quarter" || word.starts_with("quarta") => {
                let month = (self.today.month() - 1) / 3 * 3 + 1;
                let start = Date::new(self.today.year(), month, 1).ok()?.checked_add(3.months()).ok()?;
                Self::found(shifted(start, lead, 3), at + 2)
            }
            word => match (weekday(word), season_month(word)) {
                (Some(day), _) => Self::found(self.coming(day), at + 2),
                (None, Some(month)) => {
                    let ahead = i16::from(month <= self.today.month());
                    Self::found(Date::new(self.today.year() + ahead, month, 1).ok(), at + 2)
                }
                (None, None) => {
                    let (month, _) = month_number(word)?;
                    let ahead = i16::from(month <= self.today.month());
                    Self::found(Date::new(self.today.year() + ahead, month, 1).ok(), at + 2)
                }
            },
        }
    }

    fn coming(&self, day: Weekday) -> Option<Date> {
        self.today.nth_weekday(1, day).ok()
    }

    /// "na de zomer", "in het voorjaar", "after the summer", "im Herbst".
    fn season(&self, at: usize) -> Option<Found> {
        let month = season_month(self.at(at))?;
        let lead = self.lead(at);
        let this = matches!(self.before(at, 1), "dit" | "deze" | "this" | "diesen" | "dieses");
        let month = match lead {
            Lead::Past => return Self::past(at + 1),
            Lead::Nothing if !this => return None,
            Lead::After => month + 3,
            _ => month,
        };
        let (year_offset, month) = if month > 12 { (1, month - 12) } else { (0, month) };
        let first = Date::new(self.today.year() + year_offset, month, 1).ok()?;
        let date = if first <= self.today { first.checked_add(1.year()).ok()? } else { first };
        Self::found(Some(date), at + 1)
    }

    /// Easter, Christmas, New Year, the (summer) holidays.
    fn feast(&self, at: usize) -> Option<Found> {
        let lead = self.lead(at);
        let this_or_next = |date: Date, next: Option<Date>| if date > self.today { Some(date) } else { next };
        let year = self.today.year();
        match self.at(at) {
            "kerst" | "christmas" | "xmas" | "weihnachten" | "kerstvakantie" | "feestdagen" | "nieuwjaar"
            | "jaarwisseling" | "neujahr" | "jahreswechsel" | "feiertagen" | "kerstdagen" | "kerstreces" => {
                match lead {
                    Lead::After | Lead::Plain => Self::found(Date::new(year + 1, 1, 1).ok(), at + 1),
                    Lead::Before => Self::found(Date::new(year, 12, 1).ok(), at + 1),
                    _ => None,
                }
            }
            "pasen" | "easter" | "ostern" if lead != Lead::Nothing && lead != Lead::Past => {
                let days = if lead == Lead::After { 2 } else { 0 };
                let on = |year| easter(year).and_then(|d| d.checked_add(days.days()).ok());
                Self::found(this_or_next(on(year)?, on(year + 1)), at + 1)
            }
            "zomervakantie" | "bouwvak" | "sommerferien" | "zomerperiode" if lead == Lead::After => {
                let on = |year| Date::new(year, 9, 1).ok();
                Self::found(this_or_next(on(year)?, on(year + 1)), at + 1)
            }
            "vakantie" | "holidays" | "vakantieperiode" | "ferien" if lead == Lead::After => {
                let summer = (4..9).contains(&self.today.month());
                let date = if summer { Date::new(year, 9, 1) } else { Date::new(year + 1, 1, 1) };
                Self::found(date.ok().filter(|_| summer || self.today.month() >= 9), at + 1)
            }
            _ => None,
        }
    }

    /// "morgen", "overmorgen", "tomorrow", "dinsdag", "on Thursday".
    fn near_day(&self, at: usize) -> Option<Found> {
        let days = match self.at(at) {
            "morgen" | "tomorrow" | "morgenochtend" | "morgenmiddag" | "tomorow"
                if !matches!(
                    self.before(at, 1),
                    "guten" | "goede" | "goeden" | "am" | "schoenen" | "heute"
                ) =>
            {
                1
            }
            "overmorgen" | "uebermorgen" => 2,
            word => {
                let day = weekday(word)?;
                let every = matches!(
                    self.before(at, 1),
                    "elke" | "iedere" | "every" | "jeden" | "until" | "op" | "on"
                ) && matches!(self.at(at + 1), "t" | "to" | "through" | "bis");
                if every || self.lead(at) == Lead::Past {
                    return Self::past(at + 1);
                }
                // "maandag 3 december": the date that follows says it better.
                if (1..=2).any(|ahead| {
                    self.numeric(at + ahead).is_some() || self.day_and_month(at + ahead).is_some()
                }) {
                    return Self::past(at + 1);
                }
                return Self::found(self.coming(day), at + 1);
            }
        };
        Self::found(self.today.checked_add(days.days()).ok(), at + 1)
    }

    /// "week 12", "KW 12": the Monday of that ISO week.
    fn week_number(&self, at: usize) -> Option<Found> {
        if !matches!(self.at(at), "week" | "wk" | "kw") {
            return None;
        }
        let number = self.at(at + 1).parse::<i8>().ok().filter(|n| (1..=53).contains(n))?;
        let monday =
            |year| jiff::civil::ISOWeekDate::new(year, number, Weekday::Monday).ok().map(|week| week.date());
        let this_year = monday(self.today.year())?;
        let past = this_year.checked_add(6.days()).ok()? < self.today;
        Self::found(if past { monday(self.today.year() + 1) } else { Some(this_year) }, at + 2)
    }

    /// "on the 14th", "de 14e", "am 14.".
    fn day_of_month(&self, at: usize) -> Option<Found> {
        let word = self.at(at);
        let has_suffix = word.ends_with("th")
            || word.ends_with("st")
            || word.ends_with("nd")
            || word.ends_with("rd")
            || word.ends_with('e');
        let day = ordinal(word).filter(|_| has_suffix && word.as_bytes()[0].is_ascii_digit())?;
        let opened = matches!(self.before(at, 1), "the" | "de" | "op" | "on" | "until" | "tot" | "vanaf");
        let names_a_thing = matches!(
            self.at(at + 1),
            "floor" | "verdieping" | "keer" | "time" | "jaar" | "lijn" | "quarter" | "kwartaal"
        );
        if !opened || names_a_thing {
            return None;
        }
        (0..3).find_map(|months| {
            let month = self.today.first_of_month().checked_add(months.months()).ok()?;
            let date = calendar(month.year(), month.month().into(), day)?;
            (date >= self.today).then_some(Found { date: Some(date), end: at + 1 })
        })
    }

    /// "in 2027", "contract until 2027".
    fn bare_year(&self, at: usize) -> Option<Found> {
        let year =
            year(self.at(at)).filter(|year| *year > self.today.year() && *year <= self.today.year() + 10)?;
        match self.lead(at) {
            Lead::Nothing | Lead::Past => None,
            lead => Self::found(shifted(Date::new(year, 1, 1).ok()?, lead, 12), at + 1),
        }
    }
}

/// The end or the middle of a span, or the first day after it, of `months` months.
fn shifted(first: Date, lead: Lead, months: i32) -> Option<Date> {
    match lead {
        Lead::End => first.checked_add(months.months()).ok()?.checked_sub(1.day()).ok(),
        Lead::After => first.checked_add(months.months()).ok(),
        Lead::Middle if months == 1 => first.checked_add(14.days()).ok(),
        Lead::Middle => first.checked_add((months / 2).months()).ok(),
        _ => Some(first),
    }
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
