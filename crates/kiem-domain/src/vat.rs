//! VAT identification numbers, and what a Dutch one says about who stands behind it.
//!
//! Sources: the check digits that the tax offices publish; ISO 7064 (97-10) for the Dutch numbers that sole traders have
//! had since 2020; the eleven test for the numbers (RSIN) of Dutch legal persons and partnerships.

crate::text_enum! {
    /// What a VAT number says about the company.
    pub enum VatHolder {
        /// A Dutch number of the new kind: only sole traders have one, so a person stands behind the company.
        NaturalPersonLikely = "natural_person_likely",
        /// A Dutch number of a legal person or a partnership.
        RsinType = "rsin_type",
        /// The number says nothing about it.
        Unknown = "unknown",
    }
}

/// A VAT identification number: country and number without points and blanks, its check digits right.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VatId(String);

/// Why a text is no VAT number that may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VatError {
    /// Not formed like a number of a country whose numbers we can check.
    #[error("not a VAT number")]
    Form,
    /// The check digits are wrong.
    #[error("the check digits of the VAT number are wrong")]
    CheckDigits,
    /// A Dutch number of the old kind that may hold a citizen's service number: its digits must not be kept.
    #[error("the VAT number may hold a citizen's service number")]
    OfAPerson,
}

impl VatId {
    /// Reads a Dutch, Belgian, German or French number with its country in front; blanks, points and hyphens are
    /// dropped.
    ///
    /// # Errors
    /// Says why it is not kept.
    pub fn parse(text: &str) -> Result<VatId, VatError> {
        let plain: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}'))
            .collect::<String>()
            .to_uppercase();
        let (country, number) = plain.split_at_checked(2).ok_or(VatError::Form)?;
        match country {
            "NL" => check_dutch(number)?,
            "BE" => check(number, 10, |d| d.starts_with(['0', '1']) && is_belgian(d))?,
            "DE" => check(number, 9, is_german)?,
            "FR" => check_french(number)?,
            _ => return Err(VatError::Form),
        }
        Ok(VatId(plain))
    }

    /// The whole number, such as `NL004495445B01`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the number says about who stands behind the company.
    pub fn holder(&self) -> VatHolder {
        match self.0.strip_prefix("NL") {
            None => VatHolder::Unknown,
            Some(number) if is_new_dutch(number) => VatHolder::NaturalPersonLikely,
            Some(_) => VatHolder::RsinType,
        }
    }
}

/// `length` letters and digits with blanks, points and hyphens between, on one line; and where they end.
pub(crate) fn taken(rest: &str, length: usize) -> Option<(String, usize)> {
    let mut written = String::new();
    for (at, c) in rest.char_indices().take(length * 2) {
        match c {
            _ if c.is_ascii_alphanumeric() => written.push(c),
            ' ' | '.' | '-' | '\u{a0}' => {}
            _ => return None,
        }
        if written.len() == length {
            return Some((written, at + c.len_utf8()));
        }
    }
    None
}

/// A text whose digits are dots: the snippet of a number that must not be kept.
pub fn masked(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '•' } else { c }).collect()
}

/// A text without a citizen's number: where a VAT number holds one, all digits are dots. With its country before it or not.
pub fn mask_citizens(text: &str) -> String {
    let is_one = |written: &str| VatId::parse(written) == Err(VatError::OfAPerson);
    let in_text = || {
        text.char_indices().filter(|(_, c)| *c == 'N' || *c == 'n').any(|(at, _)| {
            taken(text.get(at..).unwrap_or_default(), 14).is_some_and(|(written, _)| is_one(&written))
        })
    };
    if is_one(&format!("NL{}", text.trim())) || in_text() { masked(text) } else { text.to_owned() }
}

/// Whether the check digits of this country's numbers are known here, so that [`VatId::parse`] reads them.
pub fn is_checked(country: &str) -> bool {
    matches!(country, "NL" | "BE" | "DE" | "FR")
}

/// Whether a Dutch number (without `NL`) says nothing about a person's own number: of the new kind, or from the range of
/// legal persons and partnerships, which begins with 8 or with two zeros. Any other may hold a citizen's service number.
fn is_dutch_of_nobody(number: &str) -> bool {
    is_dutch_form(number) && (is_new_dutch(number) || number.starts_with('8') || number.starts_with("00"))
}

fn check_dutch(number: &str) -> Result<(), VatError> {
    if !is_dutch_form(number) {
        return Err(VatError::Form);
    }
    if is_new_dutch(number) {
        return Ok(());
    }
    if !passes_eleven(number) {
        return Err(VatError::CheckDigits);
    }
    if is_dutch_of_nobody(number) { Ok(()) } else { Err(VatError::OfAPerson) }
}

fn is_dutch_form(number: &str) -> bool {
    number.len() == 12
        && number.bytes().enumerate().all(|(at, b)| if at == 9 { b == b'B' } else { b.is_ascii_digit() })
}

/// The new kind: `NL` and the number, letters as 10 to 35, leave 1 when divided by 97. They were chosen so that none passes the
/// eleven test: what passes both is of the old kind.
fn is_new_dutch(number: &str) -> bool {
    let rest = format!("NL{number}")
        .chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, digit| if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 });
    rest == 1 && !passes_eleven(number)
}

/// The eleven test over the first nine digits: weights 9 to 2, and the last digit taken off.
fn passes_eleven(number: &str) -> bool {
    let digits: Vec<i32> = digits(number).take(9).collect();
    let Some((last, first)) = digits.split_last() else { return false };
    let sum: i32 = first.iter().zip((2..=9).rev()).map(|(digit, weight)| digit * weight).sum();
    first.len() == 8 && digits.iter().any(|d| *d != 0) && (sum - last) % 11 == 0
}

fn check(number: &str, length: usize, is_right: impl Fn(&str) -> bool) -> Result<(), VatError> {
    if number.len() != length || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(VatError::Form);
    }
    if is_right(number) { Ok(()) } else { Err(VatError::CheckDigits) }
}

/// The last two digits are 97 minus the rest of the first eight.
fn is_belgian(number: &str) -> bool {
    let (first, last) = number.split_at(8);
    match (first.parse::<u32>(), last.parse::<u32>()) {
        (Ok(first), Ok(last)) => 97 - first % 97 == last,
        _ => false,
    }
}

/// ISO 7064, 11-10.
fn is_german(number: &str) -> bool {
    let product = digits(number).take(8).fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    digits(number).last() == Some((11 - product) % 10)
}

/// Two check digits, or a letter among them when no more numbers with two digits were left, before the company number.
fn check_french(number: &str) -> Result<(), VatError> {
    let (key, siren) = number.split_at_checked(2).ok_or(VatError::Form)?;
    let is_lettered = key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && key.bytes().any(|b| b.is_ascii_uppercase() && !matches!(b, b'I' | b'O'));
    if is_lettered { check(siren, 9, is_siren) } else { check(number, 11, is_french) }
}

/// Two check digits over the company number (SIREN), which has its own.
fn is_french(number: &str) -> bool {
    let (key, siren) = number.split_at(2);
    match (key.parse::<u64>(), siren.parse::<u64>()) {
        (Ok(key), Ok(n)) => is_siren(siren) && (12 + 3 * (n % 97)) % 97 == key,
        _ => false,
    }
}

/// The last digit by Luhn.
fn is_siren(siren: &str) -> bool {
    let luhn: i32 = digits(siren)
        .enumerate()
        .map(
            |(at, digit)| if at % 2 == 1 { if digit > 4 { digit * 2 - 9 } else { digit * 2 } } else { digit },
        )
        .sum();
    luhn % 10 == 0
}

fn digits(number: &str) -> impl Iterator<Item = i32> {
    number.bytes().filter(u8::is_ascii_digit).map(|b| i32::from(b - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_are_read() {
        for (text, expected) in [
            ("NL004495445B01", Ok(VatHolder::RsinType)),
            ("NL 0044.95.445.B01", Ok(VatHolder::RsinType)),
            ("NL000099998B57", Ok(VatHolder::NaturalPersonLikely)),
            ("nl000099998b57", Ok(VatHolder::NaturalPersonLikely)),
            ("BE 0428.759.497", Ok(VatHolder::Unknown)),
            ("DE136695976", Ok(VatHolder::Unknown)),
            ("FR40303265045", Ok(VatHolder::Unknown)),
            ("FRK7303265045", Ok(VatHolder::Unknown)),
            ("FRK7303265046", Err(VatError::CheckDigits)),
            ("NL000099998B58", Err(VatError::CheckDigits)),
            ("BE0428759498", Err(VatError::CheckDigits)),
            ("DE136695978", Err(VatError::CheckDigits)),
            ("FR41303265045", Err(VatError::CheckDigits)),
            ("NL004495445X01", Err(VatError::Form)),
            ("ES12345678", Err(VatError::Form)),
            ("N", Err(VatError::Form)),
            ("", Err(VatError::Form)),
            ("é", Err(VatError::Form)),
        ] {
            assert_eq!(VatId::parse(text).map(|id| id.holder()), expected, "{text}");
        }
    }

    #[test]
    fn a_number_that_may_be_a_citizens_is_not_kept() {
        // 111222333 passes the eleven test and is the example that the tax office itself uses for a citizen.
        assert_eq!(VatId::parse("NL111222333B01"), Err(VatError::OfAPerson));
        assert!(!is_dutch_of_nobody("111222333B01"));
        assert!(is_dutch_of_nobody("812345678B01"));
    }

    #[test]
    fn one_wrong_digit_is_seen() {
        let right = "004495445";
        for at in 0..right.len() {
            for digit in '0'..='9' {
                let mut wrong: Vec<char> = right.chars().collect();
                wrong[at] = digit;
                let wrong: String = wrong.into_iter().collect();
                let found = VatId::parse(&format!("NL{wrong}B01"));
                assert_eq!(
                    found.is_ok_and(|id| id.holder() == VatHolder::RsinType),
                    wrong == right,
                    "{wrong}"
                );
            }
        }
    }
}
