//! Codes of what a company does: SBI, NACE, NAF. A code means something only together with its version: in September 2025
//! the registers went over to a new one, and files mix both.

text_enum! {
    /// The edition that a code belongs to.
    pub enum ActivityVersion {
        /// SBI 2008; its first four digits are NACE revision 2.
        V2008 = "2008",
        /// SBI 2025; its first four digits are NACE revision 2.1.
        V2025 = "2025",
        /// Nobody said which.
        Unknown = "unknown",
    }
}

#[expect(clippy::derivable_impls, reason = "the macro that declares it has no place for a default")]
impl Default for ActivityVersion {
    fn default() -> ActivityVersion {
        ActivityVersion::Unknown
    }
}

impl ActivityVersion {
    /// An edition by its name here; missing when it is none, `unknown` included.
    pub fn named(text: &str) -> Option<ActivityVersion> {
        text.trim().parse().ok().filter(|version| *version != ActivityVersion::Unknown)
    }

    /// Reads how registers and people name an edition ("SBI 2008", "NAFRev2", "NACE 2.1", "2025"); what is not understood
    /// is unknown.
    pub fn parse(text: &str) -> ActivityVersion {
        let plain: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        match plain.as_str() {
            "2025" | "sbi2025" | "nace2025" | "nacebel2025" | "nace21" | "nacerev21" | "naf2025" => {
                ActivityVersion::V2025
            }
            "2008" | "sbi2008" | "nace2008" | "nacebel2008" | "nace2" | "nace20" | "nacerev2" | "nafrev2"
            | "naf2008" | "wz2008" | "sic2007" => ActivityVersion::V2008,
            _ => ActivityVersion::Unknown,
        }
    }
}

/// Digits of the longest code.
const DIGITS_MAX: usize = 5;
/// Digits of the shortest code that stands for anything: a division.
const DIGITS_MIN: usize = 2;

/// A code or the beginning of one, with its edition. Digits are text: "01110" is not 1110.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ActivityCode {
    digits: String,
    version: ActivityVersion,
}

impl ActivityCode {
    /// Reads "62.01", "6201Z", "62010"; missing when it is not two to five digits.
    pub fn parse(text: &str, version: ActivityVersion) -> Option<ActivityCode> {
        let digits = digits_of(text)?;
        Some(ActivityCode { digits, version })
    }

    /// Its digits.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Its edition.
    pub fn version(&self) -> ActivityVersion {
        self.version
    }

    /// Its division: the first two digits.
    pub fn division(&self) -> &str {
        &self.digits[..DIGITS_MIN]
    }
}

/// Dots and blanks inside go, and the letter at the end of a French code.
fn digits_of(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_suffix(|c: char| c.is_ascii_alphabetic()).unwrap_or(text);
    let digits: String = text.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    let is_code =
        (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_code.then_some(digits)
}

/// How a known code stands to a wanted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeMatch {
    /// It begins with the wanted digits.
    Begins,
    /// It is another activity of the same edition.
    Differs,
    /// It is of the other edition, where the same digits may mean something else. Codes are not converted: of the old ones
    /// about a fifth fell apart into several new ones.
    OtherVersion,
    /// Nobody said of which edition it is.
    VersionUnknown,
    /// It has fewer digits than are wanted and begins the same: it may be the one or another.
    LessPrecise,
}

/// Compares a known code with a wanted beginning.
pub fn compare(wanted: &ActivityCode, found: &ActivityCode) -> CodeMatch {
    if found.version == ActivityVersion::Unknown {
        return CodeMatch::VersionUnknown;
    }
    if found.version != wanted.version {
        return CodeMatch::OtherVersion;
    }
    if found.digits.starts_with(&wanted.digits) {
        CodeMatch::Begins
    } else if wanted.digits.starts_with(&found.digits) {
        CodeMatch::LessPrecise
    } else {
        CodeMatch::Differs
    }
}

#[cfg(test)]
mod tests {
    use super::ActivityVersion::{Unknown, V2008, V2025};
    use super::*;

    #[test]
    fn codes_are_digits_as_text() {
        for (text, expected) in [
            ("62010", Some("62010")),
            ("01110", Some("01110")),
            (" 62.01 ", Some("6201")),
            ("62.01Z", Some("6201")),
            ("62", Some("62")),
            ("6", None),
            ("620100", None),
            ("IT", None),
            ("62-01", None),
            ("", None),
        ] {
            let read = ActivityCode::parse(text, V2008);
            assert_eq!(read.as_ref().map(ActivityCode::digits), expected, "{text}");
        }
    }

    #[test]
    fn editions_are_told_apart_and_never_guessed() {
        let code = |digits: &str, version| ActivityCode::parse(digits, version).unwrap();
        for (wanted, found, expected) in [
            (code("62", V2008), code("62010", V2008), CodeMatch::Begins),
            (code("62010", V2025), code("62010", V2025), CodeMatch::Begins),
            (code("62", V2008), code("63110", V2008), CodeMatch::Differs),
            (code("62", V2008), code("62010", V2025), CodeMatch::OtherVersion),
            (code("62", V2025), code("41", V2008), CodeMatch::OtherVersion),
            (code("62", V2025), code("62010", Unknown), CodeMatch::VersionUnknown),
            (code("62010", V2025), code("6201", V2025), CodeMatch::LessPrecise),
            (code("01", V2025), code("1110", V2025), CodeMatch::Differs),
        ] {
            assert_eq!(compare(&wanted, &found), expected, "{wanted:?} {found:?}");
        }
    }

    #[test]
    fn registers_name_the_edition_in_their_own_ways() {
        for (text, expected) in [
            ("2008", V2008),
            ("SBI 2025", V2025),
            ("NAFRev2", V2008),
            ("NACE Rev. 2.1", V2025),
            ("2003", Unknown),
            ("", Unknown),
        ] {
            assert_eq!(ActivityVersion::parse(text), expected, "{text}");
        }
    }
}
