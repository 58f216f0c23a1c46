//! Ratios as fractions, so that counting with them is exact, and histories with their default.

use std::fmt;
use std::str::FromStr;

/// Decimals that a typed ratio may have.
const DECIMALS_MAX: usize = 6;

/// A ratio above nothing and at most one, kept as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    num: u128,
    den: u128,
}

/// The text is not a ratio above 0 and at most 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a ratio: it must be above 0 and at most 1 (or 100%), with at most 6 decimals")]
pub struct NotARatio(pub String);

impl Ratio {
    /// All of them.
    pub const ONE: Ratio = Ratio { num: 1, den: 1 };

    /// `millionths` of a million; none when that is nothing or more than all.
    pub fn from_millionths(millionths: u32) -> Option<Ratio> {
        (1..=1_000_000).contains(&millionths).then(|| Ratio::reduced(u128::from(millionths), 1_000_000))
    }

    fn reduced(num: u128, den: u128) -> Ratio {
        let (mut a, mut b) = (num, den);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Ratio { num: num / a.max(1), den: den / a.max(1) }
    }

    /// This part of that part.
    #[must_use]
    pub fn times(self, other: Ratio) -> Ratio {
        // Typed ratios have at most 6 decimals and a quotient of two at most 12, so four of them fit in 128 bits.
        Ratio::reduced(self.num * other.num, self.den * other.den)
    }

    /// The ratio that times `part` gives this one; none when that would be more than all.
    pub fn divided_by(self, part: Ratio) -> Option<Ratio> {
        let quotient = Ratio::reduced(self.num * part.den, self.den * part.num);
        (quotient.num <= quotient.den).then_some(quotient)
    }

    /// How many have to enter so that at least `n` come out; none when that is beyond counting.
    pub fn entering_for(self, n: u64) -> Option<u64> {
        let entering = u128::from(n).checked_mul(self.den)?.div_ceil(self.num);
        u64::try_from(entering).ok()
    }

    /// How many whole ones come out when `n` enter.
    pub fn leaving(self, n: u64) -> u64 {
        let out = u128::from(n).saturating_mul(self.num) / self.den;
        // At most one, so never more than went in.
        u64::try_from(out).unwrap_or(n)
    }

    /// The ratio as a number for showing, 0 to 1.
    pub fn value(self) -> f64 {
        self.num as f64 / self.den as f64
    }
}

impl FromStr for Ratio {
    type Err = NotARatio;

    /// `0.03`, `0,03`, `1`, `3%` or `2.5 %`.
    fn from_str(text: &str) -> Result<Ratio, NotARatio> {
        let wrong = || NotARatio(text.to_owned());
        let trimmed = text.trim();
        let (digits, is_percent) = match trimmed.strip_suffix('%') {
            Some(rest) => (rest.trim_end(), true),
            None => (trimmed, false),
        };
        let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let is_number = !whole.is_empty() && (whole.len() + part.len()) <= 12;
        let all_digits = whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit());
        if !is_number || !all_digits || part.len() > DECIMALS_MAX {
            return Err(wrong());
        }
        let num: u128 = format!("{whole}{part}").parse().map_err(|_| wrong())?;
        let decimals = u32::try_from(part.len()).map_err(|_| wrong())?;
        let den = 10_u128.pow(decimals) * if is_percent { 100 } else { 1 };
        if num == 0 || num > den { Err(wrong()) } else { Ok(Ratio::reduced(num, den)) }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value())
    }
}

/// What happened: `k` of `n` went on, beside what is assumed until there is enough of it.
///
/// With few cases the assumption weighs more, with many it does not matter: 3 of 5 with 25 % at a weight of 20 is
/// 32 %, not 60 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// Went on.
    pub k: u64,
    /// Could have gone on.
    pub n: u64,
    /// The default.
    pub default: Ratio,
    /// How many cases the default counts for.
    pub default_weight: u32,
}

impl History {
    /// History with a default; more that went on than there were is read as all.
    pub fn new(k: u64, n: u64, default: Ratio, default_weight: u32) -> History {
        History { k: k.min(n), n, default, default_weight: default_weight.max(1) }
    }

    /// The two numbers of the Beta distribution: went on and did not, the default counted in.
    pub(super) fn beta(&self) -> (f64, f64) {
        let weight = f64::from(self.default_weight);
        let assumed = weight * self.default.value();
        // A default of 100 % leaves no room for "did not": a trace of it keeps the distribution defined.
        (assumed + self.k as f64, (weight - assumed + (self.n - self.k) as f64).max(1e-6))
    }

    /// History and default together, 0 to 1.
    pub fn mean(&self) -> f64 {
        let (a, b) = self.beta();
        a / (a + b)
    }
}
