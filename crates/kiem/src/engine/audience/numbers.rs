//! Numbers by which registers and tax offices know a company, in the one form in which they are compared.

use kiem_adapters::import::values::Restored;
use kiem_domain::vat::{VatId, is_checked};

/// A number in the register of another country, without points and blanks. Belgian numbers have ten digits, British ones
/// eight places, French ones nine; what a spreadsheet took in front is put back.
pub(super) fn register_number(cell: &str, country: Option<&str>) -> Option<Restored<String>> {
    let plain: String = cell.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    if !(2..=20).contains(&plain.len()) || !plain.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let is_digits = plain.bytes().all(|b| b.is_ascii_digit());
    let places = match country {
        Some("BE") => 10,
        Some("GB") => 8,
        _ => plain.len(),
    };
    let value = if is_digits { format!("{plain:0>places$}") } else { plain.clone() };
    // The number of an establishment begins with the number of its company.
    let value =
        if country == Some("FR") && is_digits && plain.len() == 14 { plain[..9].to_owned() } else { value };
    Some(Restored { is_restored: value.len() > plain.len(), value })
}

/// A VAT identification number with its country, its check digits right where we know them. A Dutch one that may hold a
/// citizen's service number is not kept.
pub(super) fn vat_id(cell: &str, country: Option<&str>) -> Option<String> {
    let plain: String = cell.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let has_country = plain.get(..2).is_some_and(|c| c.bytes().all(|b| b.is_ascii_alphabetic()));
    let whole = if has_country { plain } else { format!("{}{plain}", country?) };
    let (country, number) = whole.split_at_checked(2)?;
    if is_checked(country) {
        return VatId::parse(&whole).ok().map(|id| id.as_str().to_owned());
    }
    let is_formed = (4..=13).contains(&number.len()) && number.bytes().any(|b| b.is_ascii_digit());
    is_formed.then_some(whole)
}

/// A legal entity identifier, checked by its last two digits (ISO 7064, 97-10).
pub(super) fn lei(cell: &str) -> Option<String> {
    let plain = cell.trim().to_ascii_uppercase();
    let is_formed = plain.len() == 20 && plain.bytes().all(|b| b.is_ascii_alphanumeric());
    let remainder = plain
        .chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, digit| if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 });
    (is_formed && remainder == 1).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn register_numbers_have_one_form() {
        for (cell, country, expected) in [
            ("0123.456.789", "BE", Some(("0123456789", false))),
            ("123456789", "BE", Some(("0123456789", true))),
            ("SC123456", "GB", Some(("SC123456", false))),
            ("1234567", "GB", Some(("01234567", true))),
            ("732 829 320", "FR", Some(("732829320", false))),
            ("73282932000074", "FR", Some(("732829320", false))),
            ("HRB 12345", "DE", Some(("HRB12345", false))),
            ("onbekend", "DE", None),
        ] {
            let found = register_number(cell, Some(country)).map(|r| (r.value, r.is_restored));
            assert_eq!(found, expected.map(|(n, r)| (n.to_owned(), r)), "{cell}");
        }
    }

    #[test]
    fn no_number_of_a_person_is_kept() {
        assert_eq!(vat_id("NL 8123.45.678.B01", None).as_deref(), Some("NL812345678B01"));
        assert_eq!(vat_id("812345678B01", Some("NL")).as_deref(), Some("NL812345678B01"));
        assert_eq!(vat_id("BE 0428.759.497", None).as_deref(), Some("BE0428759497"));
        assert_eq!(vat_id("BE0428759498", None), None, "its check digits are wrong");
        assert_eq!(vat_id("IE6388047V", None).as_deref(), Some("IE6388047V"));
        assert_eq!(vat_id("NL123456789B01", None), None, "it may be a citizen's service number");
        assert_eq!(vat_id("NL000099998B57", None).as_deref(), Some("NL000099998B57"));
        assert_eq!(vat_id("812345678B01", None), None, "of an unknown country");
        assert_eq!(lei("529900T8BM49AURSDO55").as_deref(), Some("529900T8BM49AURSDO55"));
        assert_eq!(lei("529900T8BM49AURSDO56"), None);
    }
}
