//! Which encoding a text file has, and its text.

use std::borrow::Cow;

use super::ImportError;

kiem_domain::text_enum! {
    /// Encodings that spreadsheets write in Western Europe.
    pub enum Encoding {
        /// Unicode, with or without a mark at the start.
        Utf8 = "utf-8",
        /// Excel's "Unicode text".
        Utf16Le = "utf-16le",
        /// The same from other machines.
        Utf16Be = "utf-16be",
        /// Excel's CSV on Windows.
        Windows1252 = "windows-1252",
        /// Older systems with a euro sign.
        Iso885915 = "iso-8859-15",
        /// Excel's CSV on a Mac of old.
        MacRoman = "macintosh",
    }
}

/// How many bytes the guess looks at.
const SAMPLE_BYTES: usize = 64 * 1024;

impl Encoding {
    fn codec(self) -> &'static encoding_rs::Encoding {
        match self {
            Encoding::Utf8 => encoding_rs::UTF_8,
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            Encoding::Utf16Be => encoding_rs::UTF_16BE,
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
            Encoding::Iso885915 => encoding_rs::ISO_8859_15,
            Encoding::MacRoman => encoding_rs::MACINTOSH,
        }
    }

    /// Finds the encoding of a file.
    ///
    /// # Errors
    /// When the file is empty, or is no text.
    pub fn detect(bytes: &[u8]) -> Result<Encoding, ImportError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(ImportError::Empty);
        }
        if let Some((codec, _)) = encoding_rs::Encoding::for_bom(bytes) {
            return Ok(if codec == encoding_rs::UTF_16LE {
                Encoding::Utf16Le
            } else if codec == encoding_rs::UTF_16BE {
                Encoding::Utf16Be
            } else {
                Encoding::Utf8
            });
        }
        let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
        if sample.contains(&0) {
            return without_mark(sample).ok_or(ImportError::NotText);
        }
        // Archives (spreadsheets are archives), PDF, old Excel, pictures.
        if [&b"PK\x03\x04"[..], b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\x1f\x8b"]
            .iter()
            .any(|m| sample.starts_with(m))
        {
            return Err(ImportError::NotText);
        }
        if std::str::from_utf8(bytes).is_ok() {
            return Ok(Encoding::Utf8);
        }
        Ok(eight_bit(bytes))
    }
}

/// Two-byte text without a mark: every other byte of Western text is zero.
fn without_mark(sample: &[u8]) -> Option<Encoding> {
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    if odd * 10 >= half * 7 && even * 10 < half {
        Some(Encoding::Utf16Le)
    } else if even * 10 >= half * 7 && odd * 10 < half {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// Which one-byte encoding. The general guesser knows most; two cases that it gets wrong are told apart here by bytes
/// that make sense in only one of them.
fn eight_bit(bytes: &[u8]) -> Encoding {
    let n = |range: std::ops::RangeInclusive<u8>| bytes.iter().filter(|b| range.contains(b)).count();
    let lower = n(0xe0..=0xff);
    // Letters with accents stand at 0x80 to 0x9F on a Mac, and hardly anything stands there on Windows but quotes,
    // dashes and the euro sign.
    let mac_letters = bytes
        .iter()
        .filter(|b| matches!(b, 0x87 | 0x88 | 0x8a | 0x8d | 0x8e | 0x8f | 0x90 | 0x9a | 0x9f))
        .count();
    if mac_letters > 0 && lower == 0 {
        return Encoding::MacRoman;
    }
    if bytes.contains(&0xa4) && n(0x80..=0x9f) == 0 {
        return Encoding::Iso885915;
    }
    let mut guesser = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    guesser.feed(bytes, true);
    match guesser.guess(None, chardetng::Utf8Detection::Deny) {
        codec if codec == encoding_rs::ISO_8859_15 => Encoding::Iso885915,
        _ => Encoding::Windows1252,
    }
}

/// The text of a file, without its mark. What cannot be decoded becomes the replacement character.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Cow<'_, str> {
    let (text, _) = encoding.codec().decode_with_bom_removal(bytes);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_of_european_spreadsheets_are_found() {
        let text = "Naam;Plaats\r\nCafé Zoë;Curaçao\r\nMüller;Köln\r\n";
        let utf16 = |big: bool, mark: bool| -> Vec<u8> {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
        };
        let eight = |codec: &'static encoding_rs::Encoding| codec.encode(text).0.into_owned();
        // The only encoding here that the library decodes but does not write.
        let mac = text
            .replace('é', "\u{8e}")
            .replace('ë', "\u{91}")
            .replace('ç', "\u{8d}")
            .replace('ü', "\u{9f}")
            .replace('ö', "\u{9a}")
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect::<Vec<u8>>();
        for (name, bytes, expected) in [
            ("utf-8", text.as_bytes().to_vec(), Encoding::Utf8),
            ("utf-8 mark", [b"\xef\xbb\xbf", text.as_bytes()].concat(), Encoding::Utf8),
            ("utf-16le mark", utf16(false, true), Encoding::Utf16Le),
            ("utf-16le", utf16(false, false), Encoding::Utf16Le),
            ("utf-16be", utf16(true, false), Encoding::Utf16Be),
            ("windows", eight(encoding_rs::WINDOWS_1252), Encoding::Windows1252),
            ("mac", mac, Encoding::MacRoman),
        ] {
            let found = Encoding::detect(&bytes).unwrap();
            assert_eq!(found, expected, "{name}");
            assert_eq!(decode(&bytes, found), text, "{name}");
        }
        let euro = encoding_rs::ISO_8859_15.encode("Prijs\r\n€ 5 voor één\r\n").0.into_owned();
        assert_eq!(Encoding::detect(&euro), Ok(Encoding::Iso885915));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(Encoding::detect(b" \r\n"), Err(ImportError::Empty));
        assert_eq!(Encoding::detect(b"PK\x03\x04rest of a spreadsheet"), Err(ImportError::NotText));
        assert_eq!(Encoding::detect(&[0, 0, 0, 1, 0, 0, 0, 2, 7, 7]), Err(ImportError::NotText));
    }
}
