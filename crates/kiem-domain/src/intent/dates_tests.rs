use jiff::civil::date;

use super::*;

/// Wednesday 4 November 2026.
fn dates(text: &str) -> Vec<String> {
    find_dates(&Words::new(text), date(2026, 11, 4)).iter().map(|found| found.date.to_string()).collect()
}

#[test]
fn dates_in_three_languages() {
    let cases = [
        // Dutch
        ("kom er in maart op terug", "2027-03-01"),
        ("misschien na de zomer", "2027-09-01"),
        ("pas volgend jaar", "2027-01-01"),
        ("halverwege volgend jaar", "2027-07-01"),
        ("ik ben 3 december weer terug", "2026-12-03"),
        ("maandag 7 december ben ik er weer", "2026-12-07"),
        ("over twee maanden", "2027-01-04"),
        ("over een half jaar", "2027-05-04"),
        ("over een maand of drie", "2027-02-04"),
        ("volgende week dinsdag", "2026-11-10"),
        ("dinsdag volgende week", "2026-11-10"),
        ("volgende week", "2026-11-09"),
        ("volgende maand", "2026-12-01"),
        ("in het tweede kwartaal", "2027-04-01"),
        ("eind januari", "2027-01-31"),
        ("half januari", "2027-01-15"),
        ("begin 2027", "2027-01-01"),
        ("het contract loopt tot 2028", "2028-01-01"),
        ("na de kerst graag", "2027-01-01"),
        ("in het voorjaar", "2027-03-01"),
        ("in week 12", "2027-03-22"),
        ("morgen om 10 uur", "2026-11-05"),
        ("vrijdag kan ik", "2026-11-06"),
        ("tot en met 12-01-2027", "2027-01-12"),
        ("in het nieuwe jaar", "2027-01-01"),
        ("na Pasen", "2027-03-30"),
        ("de tweede helft van het jaar", "2027-07-01"),
        ("ik ben maandag 9/2 terug", "2027-02-09"),
        ("geef ons drie maanden", "2027-02-04"),
        // English
        ("maybe Q2", "2027-04-01"),
        ("in Q1 of next year", "2027-01-01"),
        ("until 5 January", "2027-01-05"),
        ("back on December 3rd", "2026-12-03"),
        ("the 3rd of December 2027", "2027-12-03"),
        ("back 12/01", "2027-01-12"),
        ("ask me in May", "2027-05-01"),
        ("try again in three months", "2027-02-04"),
        ("six months from now", "2027-05-04"),
        ("next Tuesday", "2026-11-10"),
        ("next quarter", "2027-01-01"),
        ("in a couple of weeks", "2026-11-18"),
        ("on the 14th", "2026-11-14"),
        ("at the end of the year", "2026-12-31"),
        ("by mid February", "2027-02-15"),
        ("after the summer", "2027-09-01"),
        ("due 2026-12-24", "2026-12-24"),
        // German
        ("erst im März", "2027-03-01"),
        ("ab dem 3. Dezember", "2026-12-03"),
        ("bis zum 14.11.", "2026-11-14"),
        ("nach dem Sommer", "2027-09-01"),
        ("nächstes Jahr", "2027-01-01"),
        ("in zwei Monaten", "2027-01-04"),
        ("im zweiten Quartal", "2027-04-01"),
        ("in einem halben Jahr", "2027-05-04"),
        ("nächste Woche Donnerstag", "2026-11-12"),
        ("in KW 12", "2027-03-22"),
    ];
    for (text, want) in cases {
        assert_eq!(dates(text), [want], "{text}");
    }
}

#[test]
fn what_only_looks_like_a_date_is_none() {
    for text in [
        "we may do so",
        "they march on",
        "Jan belt u terug",
        "bel 06-12 34 56 78",
        "06-12345678",
        "24/7 bereikbaar",
        "tussen 10-11 uur",
        "om 14.00 uur",
        "sinds mei werkt hij hier niet",
        "since September 2025",
        "last year we tried",
        "two months ago",
        "1/2 van de mensen",
        "guten Morgen",
        "versie 2.10",
        "32/13",
        "31-02-2027",
        "wij bestaan 25 jaar",
    ] {
        assert_eq!(dates(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_month_and_day_that_passed_is_next_years() {
    assert_eq!(dates("1 november"), ["2027-11-01"]);
    assert_eq!(dates("4 november"), ["2026-11-04"]);
    assert_eq!(dates("in november"), ["2027-11-01"]);
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_finder(text in "[a-z0-9 ./?-]{0,80}") {
        let _ = find_dates(&Words::new(&text), date(2026, 11, 4));
    }

    #[test]
    fn a_written_date_is_read_back(day in 1i8..=28, month in 1i8..=12, year in 2027i16..2036) {
        let text = format!("tot {day:02}-{month:02}-{year}");
        proptest::prop_assert_eq!(dates(&text), vec![date(year, month, day).to_string()]);
    }
}
