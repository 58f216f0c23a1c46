//! Money in whole cents and the arithmetic of a quote. Every rounding is half away from zero, and happens once: per
//! line for the net amount, per rate for the VAT (Dutch and Belgian tax offices accept VAT per document and rate).

use std::collections::BTreeMap;

use crate::locale::Lang;

text_enum! {
    /// The currencies that a quote can be in (ISO 4217).
    pub enum Currency {
        /// Euro.
        Eur = "EUR",
        /// Pound sterling.
        Gbp = "GBP",
        /// US dollar.
        Usd = "USD",
        /// Swiss franc.
        Chf = "CHF",
    }
}

impl Currency {
    /// What stands before an amount.
    pub const fn sign(self) -> &'static str {
        match self {
            Currency::Eur => "€",
            Currency::Gbp => "£",
            Currency::Usd => "$",
            Currency::Chf => "CHF",
        }
    }
}

/// Whole and parts in a basis point: 21 % is 2,100 bp.
pub const BP_WHOLE: i64 = 10_000;
/// Thousandths in one piece: 1.5 hours is 1,500.
pub const MILLI_WHOLE: i64 = 1_000;
/// Largest amount on one line, in cents: ten milliard euros. Keeps every sum far inside 64 bits.
pub const LINE_CENTS_MAX: i64 = 1_000_000_000_000;
/// Largest quantity on one line, in thousandths.
pub const QUANTITY_MILLI_MAX: i64 = 1_000_000_000;
/// Lines on one quote.
pub const LINES_MAX: usize = 200;

/// One line as it is calculated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Thousandths; may be negative for a credit line.
    pub quantity_milli: i64,
    /// Price of one, in cents; may be negative.
    pub unit_price_cents: i64,
    /// Discount in basis points, 0 to 10,000.
    pub discount_bp: i64,
    /// VAT rate in basis points, 0 to 10,000.
    pub vat_bp: i64,
}

/// Why a line cannot be calculated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// The quantity is out of bounds.
    #[error("the quantity is too large")]
    Quantity,
    /// The price or the amount is out of bounds.
    #[error("the amount is too large")]
    Amount,
    /// The discount is not between 0 and 100 %.
    #[error("the discount is not between 0 and 100 %")]
    Discount,
    /// The VAT rate is not between 0 and 100 %.
    #[error("the VAT rate is not between 0 and 100 %")]
    Vat,
}

/// VAT of all lines with one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VatGroup {
    /// Rate in basis points.
    pub rate_bp: i64,
    /// Net amount of these lines, in cents.
    pub net_cents: i64,
    /// VAT on it, in cents.
    pub vat_cents: i64,
}

/// The sums under a quote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Without VAT, in cents.
    pub net_cents: i64,
    /// VAT, in cents.
    pub vat_cents: i64,
    /// With VAT, in cents.
    pub gross_cents: i64,
    /// VAT per rate, lowest rate first.
    pub vat: Vec<VatGroup>,
}

/// `numerator / denominator`, half away from zero.
fn divide(numerator: i128, denominator: i128) -> i128 {
    let half = denominator / 2;
    if numerator >= 0 { (numerator + half) / denominator } else { (numerator - half) / denominator }
}

/// A share of an amount in basis points, rounded half away from zero.
pub fn share_bp(cents: i64, bp: i64) -> i64 {
    let share = divide(i128::from(cents) * i128::from(bp), i128::from(BP_WHOLE));
    i64::try_from(share).unwrap_or(if share < 0 { i64::MIN } else { i64::MAX })
}

/// Net amount of a line in cents: quantity x price less discount, rounded once.
///
/// # Errors
/// Which part is out of bounds.
pub fn line_net_cents(line: &Line) -> Result<i64, LineError> {
    if line.quantity_milli.checked_abs().is_none_or(|n| n > QUANTITY_MILLI_MAX) {
        return Err(LineError::Quantity);
    }
    if line.unit_price_cents.checked_abs().is_none_or(|n| n > LINE_CENTS_MAX) {
        return Err(LineError::Amount);
    }
    if !(0..=BP_WHOLE).contains(&line.discount_bp) {
        return Err(LineError::Discount);
    }
    if !(0..=BP_WHOLE).contains(&line.vat_bp) {
        return Err(LineError::Vat);
    }
    let exact = i128::from(line.quantity_milli)
        * i128::from(line.unit_price_cents)
        * i128::from(BP_WHOLE - line.discount_bp);
    let cents = divide(exact, i128::from(MILLI_WHOLE) * i128::from(BP_WHOLE));
    i64::try_from(cents).ok().filter(|c| c.abs() <= LINE_CENTS_MAX).ok_or(LineError::Amount)
}

/// The sums of a quote.
///
/// # Errors
/// The place of the first line that cannot be calculated, and why.
pub fn totals(lines: &[Line]) -> Result<Totals, (usize, LineError)> {
    let mut by_rate: BTreeMap<i64, i64> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        let net = line_net_cents(line).map_err(|e| (place, e))?;
        let sum = by_rate.entry(line.vat_bp).or_default();
        *sum = sum.checked_add(net).ok_or((place, LineError::Amount))?;
    }
    let mut totals = Totals::default();
    for (rate_bp, net_cents) in by_rate {
        let vat_cents = share_bp(net_cents, rate_bp);
        totals.net_cents += net_cents;
        totals.vat_cents += vat_cents;
        totals.vat.push(VatGroup { rate_bp, net_cents, vat_cents });
    }
    totals.gross_cents = totals.net_cents + totals.vat_cents;
    Ok(totals)
}

/// An amount as people write it: `€ 1.234,56` in Dutch, `€1,234.56` in English. The blank does not break.
pub fn format_amount(cents: i64, currency: Currency, lang: Lang) -> String {
    let minus = if cents < 0 { "-" } else { "" };
    let gap = if lang == Lang::Nl || currency == Currency::Chf { "\u{a0}" } else { "" };
    let number = format_hundredths(cents.unsigned_abs(), lang);
    match lang {
        Lang::Nl => format!("{}{gap}{minus}{number}", currency.sign()),
        Lang::En => format!("{minus}{}{gap}{number}", currency.sign()),
    }
}

fn format_hundredths(cents: u64, lang: Lang) -> String {
    let (thousands, decimal) = marks(lang);
    format!("{}{decimal}{:02}", grouped(cents / 100, thousands), cents % 100)
}

const fn marks(lang: Lang) -> (char, char) {
    match lang {
        Lang::Nl => ('.', ','),
        Lang::En => (',', '.'),
    }
}

fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A quantity in thousandths without idle zeros: `1,5` in Dutch, `1.5` in English.
pub fn format_milli(milli: i64, lang: Lang) -> String {
    let (thousands, decimal) = marks(lang);
    let minus = if milli < 0 { "-" } else { "" };
    let (whole, rest) = (milli.unsigned_abs() / 1000, milli.unsigned_abs() % 1000);
    let rest = format!("{rest:03}");
    let rest = rest.trim_end_matches('0');
    let whole = grouped(whole, thousands);
    if rest.is_empty() { format!("{minus}{whole}") } else { format!("{minus}{whole}{decimal}{rest}") }
}

/// A rate in basis points: `21%`, `5,5%`.
pub fn format_bp(bp: i64, lang: Lang) -> String {
    format!("{}%", format_milli(bp * 10, lang))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn line(quantity_milli: i64, unit_price_cents: i64, discount_bp: i64, vat_bp: i64) -> Line {
        Line { quantity_milli, unit_price_cents, discount_bp, vat_bp }
    }

    #[test]
    fn a_line_is_rounded_once() {
        for (given, expected) in [
            (line(1_000, 12_000_00, 0, 2_100), Ok(12_000_00)),
            (line(1_500, 95_00, 0, 2_100), Ok(142_50)),
            // 3 x 0.335 euro: half a cent goes up.
            (line(3_000, 33, 5_000, 2_100), Ok(50)),
            (line(-3_000, 33, 5_000, 2_100), Ok(-50)),
            (line(333, 1_00, 0, 900), Ok(33)),
            (line(1_000, 100_00, 10_000, 2_100), Ok(0)),
            (line(1_000, 100_00, 10_001, 2_100), Err(LineError::Discount)),
            (line(1_000, 100_00, 0, -1), Err(LineError::Vat)),
            (line(i64::MIN, 1, 0, 0), Err(LineError::Quantity)),
            (line(1_000, i64::MAX, 0, 0), Err(LineError::Amount)),
            (line(QUANTITY_MILLI_MAX, LINE_CENTS_MAX, 0, 0), Err(LineError::Amount)),
        ] {
            assert_eq!(line_net_cents(&given), expected, "{given:?}");
        }
    }

    #[test]
    fn vat_is_rounded_per_rate_and_not_per_line() {
        // Three lines of 0.33: 21 % of 0.99 is 0.21, while three times 7 cents (0.0693) would be 0.21 as well; with
        // 0.32 it differs: 21 % of 0.96 = 0.20, per line 3 x 0.07 = 0.21.
        let sums = totals(&[line(1_000, 32, 0, 2_100); 3]).unwrap();
        assert_eq!((sums.net_cents, sums.vat_cents, sums.gross_cents), (96, 20, 116));
        let sums = totals(&[
            line(10_000, 95_00, 0, 2_100),
            line(1_000, 250_00, 1_000, 900),
            line(1_000, 40_00, 0, 0),
            line(1_000, 50_00, 0, 2_100),
        ])
        .unwrap();
        assert_eq!(
            sums.vat,
            [
                VatGroup { rate_bp: 0, net_cents: 40_00, vat_cents: 0 },
                VatGroup { rate_bp: 900, net_cents: 225_00, vat_cents: 20_25 },
                VatGroup { rate_bp: 2_100, net_cents: 1_000_00, vat_cents: 210_00 },
            ]
        );
        assert_eq!((sums.net_cents, sums.vat_cents, sums.gross_cents), (1_265_00, 230_25, 1_495_25));
        assert_eq!(totals(&[]).unwrap(), Totals::default());
        assert_eq!(totals(&[line(1, 1, 0, 0), line(1, 1, -1, 0)]), Err((1, LineError::Discount)));
    }

    #[test]
    fn amounts_are_written_as_people_write_them() {
        for (cents, nl, en) in [
            (0, "€\u{a0}0,00", "€0.00"),
            (5, "€\u{a0}0,05", "€0.05"),
            (1_234_56, "€\u{a0}1.234,56", "€1,234.56"),
            (-1_234_567_89, "€\u{a0}-1.234.567,89", "-€1,234,567.89"),
        ] {
            assert_eq!(format_amount(cents, Currency::Eur, Lang::Nl), nl);
            assert_eq!(format_amount(cents, Currency::Eur, Lang::En), en);
        }
        assert_eq!(format_amount(1_00, Currency::Chf, Lang::En), "CHF\u{a0}1.00");
        assert_eq!(format_milli(1_500, Lang::Nl), "1,5");
        assert_eq!(format_milli(-2_000_250, Lang::En), "-2,000.25");
        assert_eq!(format_bp(2_100, Lang::Nl), "21%");
        assert_eq!(format_bp(550, Lang::Nl), "5,5%");
    }

    fn any_line() -> impl Strategy<Value = Line> {
        (
            -5_000_i64..500_000,
            -10_000_i64..10_000_000,
            0_i64..=10_000,
            prop::sample::select(vec![0, 600, 900, 2_100]),
        )
            .prop_map(|(q, p, d, v)| line(q, p, d, v))
    }

    proptest! {
        #[test]
        fn the_order_of_lines_does_not_matter_and_the_sums_agree(mut lines in prop::collection::vec(any_line(), 0..20)) {
            let one = totals(&lines).unwrap();
            lines.reverse();
            prop_assert_eq!(&totals(&lines).unwrap(), &one);
            prop_assert_eq!(one.net_cents + one.vat_cents, one.gross_cents);
            prop_assert_eq!(one.vat.iter().map(|g| g.vat_cents).sum::<i64>(), one.vat_cents);
            let net: i64 = lines.iter().map(|l| line_net_cents(l).unwrap()).sum();
            prop_assert_eq!(net, one.net_cents);
        }

        #[test]
        fn more_discount_never_costs_more(given in any_line(), extra in 0_i64..5_000) {
            let given = Line { quantity_milli: given.quantity_milli.abs(), unit_price_cents: given.unit_price_cents.abs(), ..given };
            let cheaper = Line { discount_bp: (given.discount_bp + extra).min(BP_WHOLE), ..given };
            prop_assert!(line_net_cents(&cheaper).unwrap() <= line_net_cents(&given).unwrap());
        }
    }
}
