//! Telephone numbers as people write them, turned into the international form (ITU-T E.164).

/// A telephone number in E.164: a plus, the country's number and at most 15 digits in all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

/// Calling code, trunk prefix, and how many digits may follow them, per country whose own notation is read.
const PLANS: &[(&str, &str, &str, std::ops::RangeInclusive<usize>)] = &[
    ("NL", "31", "0", 7..=10),
    ("BE", "32", "0", 8..=9),
    ("DE", "49", "0", 6..=12),
    ("GB", "44", "0", 9..=10),
    ("FR", "33", "0", 9..=9),
    ("LU", "352", "", 5..=11),
];

impl PhoneNumber {
    /// Parses a number; `country` (ISO 3166 alpha-2) says how a number without a country code is meant. `None` for
    /// what cannot be a number there; a number without country code and without country is not guessed.
    pub fn parse(input: &str, country: Option<&str>) -> Option<PhoneNumber> {
        // "T: 020...", "tel. 020...".
        let text = input
            .trim()
            .trim_start_matches(|c: char| c.is_alphabetic() || matches!(c, ':' | '.' | ' ' | '\''));
        let text =
            text.split_once('/').filter(|(a, b)| is_whole(a) && is_whole(b)).map_or(text, |(first, _)| first);
        // An extension is not part of the number: "x12", "ext. 12", "tst 12".
        let text = text.split(|c: char| c.is_alphabetic() || c == ';' || c == ',').next().unwrap_or_default();
        let international = text.trim_start().starts_with('+') || text.trim_start().starts_with("00");
        let text = if international { text.replace("(0)", "") } else { text.to_owned() };
        if !text.chars().all(|c| c.is_ascii_digit() || " +().-/\u{a0}\u{2010}\u{2011}\u{2013}".contains(c)) {
            return None;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if international {
            let digits =
                if text.trim_start().starts_with('+') { digits.as_str() } else { digits.get(2..)? };
            return from_international(digits);
        }
        let (_, code, trunk, lengths) = PLANS.iter().find(|plan| Some(plan.0) == country)?;
        // Spreadsheets drop the leading zero of a number, so a national number without it is taken as it is.
        let national = digits.strip_prefix(trunk).unwrap_or(&digits);
        // And the plus of an international one.
        let national = match digits.strip_prefix(code) {
            Some(rest) if !trunk.is_empty() && !lengths.contains(&national.len()) => rest,
            _ => national,
        };
        (lengths.contains(&national.len()) && !national.starts_with('0'))
            .then(|| PhoneNumber(format!("+{code}{national}")))
            .filter(|n| *code != "31" || dutch(n.0.trim_start_matches("+31")))
    }

    /// The number as `+31201234567`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a part of a cell is a number by itself: two of them stand in one cell.
fn is_whole(part: &str) -> bool {
    part.chars().filter(char::is_ascii_digit).count() >= 9
}

/// Ordinary Dutch numbers have nine digits; only service numbers (0800, 0900, ...) have other lengths.
fn dutch(national: &str) -> bool {
    national.len() == 9 || ["800", "900", "906", "909"].iter().any(|p| national.starts_with(p))
}

fn from_international(digits: &str) -> Option<PhoneNumber> {
    if !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
        return None;
    }
    match PLANS.iter().find(|plan| digits.starts_with(plan.1)) {
        Some((_, code, _, lengths)) => {
            let national = digits.strip_prefix(code)?.trim_start_matches('0');
            (lengths.contains(&national.len()) && (*code != "31" || dutch(national)))
                .then(|| PhoneNumber(format!("+{code}{national}")))
        }
        None => Some(PhoneNumber(format!("+{digits}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_each_country_writes_them() {
        for (text, country, expected) in [
            ("020-123 45 67", Some("NL"), "+31201234567"),
            ("+31 (0)20 1234567", None, "+31201234567"),
            ("0031 20 123 4567", None, "+31201234567"),
            ("06-12345678", Some("NL"), "+31612345678"),
            ("612345678", Some("NL"), "+31612345678"),
            ("0800-1234", Some("NL"), "+318001234"),
            ("02/123.45.67", Some("BE"), "+3221234567"),
            ("0470 12 34 56", Some("BE"), "+32470123456"),
            ("030 / 123456-0", Some("DE"), "+49301234560"),
            ("020 7946 0958", Some("GB"), "+442079460958"),
            ("01 23 45 67 89", Some("FR"), "+33123456789"),
            ("+1 202-555-0143", Some("NL"), "+12025550143"),
            ("020 123 4567 tst 12", Some("NL"), "+31201234567"),
            ("tel: 0172-212345", Some("NL"), "+31172212345"),
            ("T 0172-212345", Some("NL"), "+31172212345"),
            ("'0172212345", Some("NL"), "+31172212345"),
            ("31172212345", Some("NL"), "+31172212345"),
        ] {
            let got = PhoneNumber::parse(text, country);
            assert_eq!(got.as_ref().map(PhoneNumber::as_str), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_guessed() {
        for (text, country) in [
            ("", Some("NL")),
            ("12345", Some("NL")),
            ("020 1234567", None),
            ("n.v.t.", Some("NL")),
            ("+31 20", None),
            ("3.16E+10", Some("NL")),
        ] {
            assert_eq!(PhoneNumber::parse(text, country), None, "{text}");
        }
    }
}
