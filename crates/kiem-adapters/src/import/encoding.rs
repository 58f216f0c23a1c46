//! Which encoding a text file has, and its text.

use std::io::{self, Read, Seek};

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
        /// DOS: "CSV (MS-DOS)" in Excel. Only by choice, as no byte tells it apart.
        Cp850 = "cp850",
    }
}

/// How many bytes are looked at for marks and zeros.
const SAMPLE_BYTES: usize = 64 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;

/// The upper half of code page 850 (IBM).
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

impl Encoding {
    /// An encoding by any of the names that people use for it.
    pub fn named(name: &str) -> Option<Encoding> {
        let plain: String = name.to_ascii_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        Some(match plain.as_str() {
            "utf8" | "utf8bom" | "unicode" => Encoding::Utf8,
            "utf16le" | "utf16" => Encoding::Utf16Le,
            "utf16be" => Encoding::Utf16Be,
            "windows1252" | "cp1252" | "ansi" | "latin1" | "iso88591" => Encoding::Windows1252,
            "iso885915" | "latin9" => Encoding::Iso885915,
            "macintosh" | "macroman" | "mac" => Encoding::MacRoman,
            "cp850" | "ibm850" | "dos" | "oem850" => Encoding::Cp850,
            _ => return None,
        })
    }

    /// The library's codec; none for the one that it does not know.
    fn codec(self) -> Option<&'static encoding_rs::Encoding> {
        Some(match self {
            Encoding::Utf8 => encoding_rs::UTF_8,
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            Encoding::Utf16Be => encoding_rs::UTF_16BE,
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
            Encoding::Iso885915 => encoding_rs::ISO_8859_15,
            Encoding::MacRoman => encoding_rs::MACINTOSH,
            Encoding::Cp850 => return None,
        })
    }

    /// Finds the encoding of a file, which is read to its end: the first letter with an accent may stand there.
    ///
    /// # Errors
    /// When the file is empty, cannot be read, or is no text.
    pub fn detect(mut file: impl Read + Seek) -> Result<Encoding, ImportError> {
        let mut sample = vec![0; SAMPLE_BYTES];
        let n = fill(&mut file, &mut sample)?;
        sample.truncate(n);
        if let Some((codec, _)) = encoding_rs::Encoding::for_bom(&sample) {
            return Ok(if codec == encoding_rs::UTF_16LE {
                Encoding::Utf16Le
            } else if codec == encoding_rs::UTF_16BE {
                Encoding::Utf16Be
            } else {
                Encoding::Utf8
            });
        }
        if sample.contains(&0) {
            return without_mark(&sample).ok_or(ImportError::NotText);
        }
        // Archives, PDF, old Excel, pictures: what is not read as a workbook is no text either.
        if [
            &b"PK\x03\x04"[..],
            b"%PDF",
            b"\xd0\xcf\x11\xe0",
            b"\x89PNG",
            b"\x1f\x8b",
            b"GIF8",
            b"\xff\xd8\xff",
        ]
        .iter()
        .any(|m| sample.starts_with(m))
        {
            return Err(ImportError::NotText);
        }
        let strange = sample.iter().filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace()).count();
        if strange * 50 > sample.len() {
            return Err(ImportError::NotText);
        }
        // Guessing takes twenty times as long as seeing that nothing has to be guessed.
        let mut utf8 = Utf8 { is_blank: true, is_right: true, rest: Vec::new() };
        each_chunk(&mut file, |chunk| utf8.feed(chunk))?;
        if utf8.is_blank {
            return Err(ImportError::Empty);
        }
        if utf8.is_right && utf8.rest.is_empty() {
            return Ok(Encoding::Utf8);
        }
        let mut tally = Tally::new();
        each_chunk(&mut file, |chunk| {
            tally.feed(chunk);
            true
        })?;
        Ok(tally.verdict())
    }
}

/// Reads a file from its beginning, until `take` has seen enough.
fn each_chunk(file: &mut (impl Read + Seek), mut take: impl FnMut(&[u8]) -> bool) -> Result<(), ImportError> {
    file.rewind().map_err(|e| ImportError::Disk(e.kind()))?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let n = fill(file, &mut chunk)?;
        if n == 0 || !take(&chunk[..n]) {
            return Ok(());
        }
    }
}

/// Reads until `into` is full or the file ends; returns how many bytes.
fn fill(file: &mut impl Read, into: &mut [u8]) -> Result<usize, ImportError> {
    let mut n = 0;
    while n < into.len() {
        match file.read(&mut into[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(ImportError::Disk(e.kind())),
        }
    }
    Ok(n)
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

/// Whether a file is UTF-8 so far.
struct Utf8 {
    is_blank: bool,
    is_right: bool,
    /// Bytes of a letter that goes on in the next chunk.
    rest: Vec<u8>,
}

impl Utf8 {
    /// False when the rest of the file says nothing any more.
    fn feed(&mut self, chunk: &[u8]) -> bool {
        self.is_blank = self.is_blank && chunk.iter().all(u8::is_ascii_whitespace);
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(chunk);
        match std::str::from_utf8(&bytes) {
            Ok(_) => {}
            Err(e) if e.error_len().is_none() => self.rest = bytes.split_off(e.valid_up_to()),
            Err(_) => self.is_right = false,
        }
        self.is_right
    }
}

/// What the bytes of a file that is no UTF-8 have shown so far. The general guesser knows most; two cases that it gets wrong
/// are told apart here by bytes that make sense in only one of them.
struct Tally {
    guesser: chardetng::EncodingDetector,
    of_byte: [u64; 256],
}

impl Tally {
    fn new() -> Tally {
        Tally {
            guesser: chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny),
            of_byte: [0; 256],
        }
    }

    fn feed(&mut self, chunk: &[u8]) {
        for byte in chunk.iter().filter(|b| !b.is_ascii()) {
            self.of_byte[usize::from(*byte)] += 1;
        }
        self.guesser.feed(chunk, false);
    }

    fn verdict(mut self) -> Encoding {
        let n = |range: std::ops::RangeInclusive<usize>| self.of_byte[range].iter().sum::<u64>();
        // Letters with accents stand at 0x80 to 0x9F on a Mac, and hardly anything stands there on Windows but quotes,
        // dashes and the euro sign.
        let mac = [0x87, 0x88, 0x8a, 0x8d, 0x8e, 0x8f, 0x90, 0x9a, 0x9f];
        if mac.iter().any(|b| self.of_byte[*b] > 0) && n(0xe0..=0xff) == 0 {
            return Encoding::MacRoman;
        }
        if self.of_byte[0xa4] > 0 && n(0x80..=0x9f) == 0 {
            return Encoding::Iso885915;
        }
        self.guesser.feed(b"", true);
        match self.guesser.guess(None, chardetng::Utf8Detection::Deny) {
            codec if codec == encoding_rs::ISO_8859_15 => Encoding::Iso885915,
            _ => Encoding::Windows1252,
        }
    }
}

/// A file as text in UTF-8, without its mark, while it is read. What cannot be decoded becomes the replacement character.
pub(super) struct Decoded<R> {
    file: R,
    decoder: Option<encoding_rs::Decoder>,
    cp850: Vec<char>,
    raw: Vec<u8>,
    raw_at: usize,
    text: Vec<u8>,
    text_at: usize,
    is_at_end: bool,
    /// Whether something could not be decoded.
    pub(super) is_undecodable: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(file: R, encoding: Encoding) -> Decoded<R> {
        Decoded {
            file,
            decoder: encoding.codec().map(encoding_rs::Encoding::new_decoder_with_bom_removal),
            cp850: CP850.chars().collect(),
            raw: Vec::new(),
            raw_at: 0,
            text: Vec::new(),
            text_at: 0,
            is_at_end: false,
            is_undecodable: false,
        }
    }

    /// Decodes the next piece.
    fn decode(&mut self) -> io::Result<()> {
        if self.raw_at == self.raw.len() && !self.is_at_end {
            self.raw.resize(CHUNK_BYTES, 0);
            let n = self.file.read(&mut self.raw)?;
            self.raw.truncate(n);
            self.raw_at = 0;
            self.is_at_end = n == 0;
        }
        self.text_at = 0;
        let raw = &self.raw[self.raw_at..];
        let Some(decoder) = &mut self.decoder else {
            self.text.clear();
            let text: String = raw.iter().map(|b| letter_of_cp850(&self.cp850, *b)).collect();
            self.text.extend_from_slice(text.as_bytes());
            self.raw_at = self.raw.len();
            return Ok(());
        };
        self.text.resize(3 * CHUNK_BYTES + 16, 0);
        let (_, read, written, had_errors) = decoder.decode_to_utf8(raw, &mut self.text, self.is_at_end);
        self.text.truncate(written);
        self.raw_at += read;
        self.is_undecodable |= had_errors;
        if self.is_at_end && self.raw_at == self.raw.len() {
            // A decoder that has said its last must not be asked again.
            self.decoder = None;
            self.raw.clear();
            self.raw_at = 0;
        }
        Ok(())
    }
}

fn letter_of_cp850(table: &[char], byte: u8) -> char {
    match usize::from(byte).checked_sub(0x80) {
        Some(at) => table.get(at).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
        None => char::from(byte),
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.text_at == self.text.len() {
            if self.is_at_end && self.raw_at == self.raw.len() {
                return Ok(0);
            }
            self.decode()?;
        }
        let n = into.len().min(self.text.len() - self.text_at);
        into[..n].copy_from_slice(&self.text[self.text_at..self.text_at + n]);
        self.text_at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn decoded(bytes: &[u8], encoding: Encoding) -> String {
        let mut text = String::new();
        Decoded::new(bytes, encoding).read_to_string(&mut text).unwrap();
        text
    }

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
            let found = Encoding::detect(Cursor::new(&bytes)).unwrap();
            assert_eq!(found, expected, "{name}");
            assert_eq!(decoded(&bytes, found), text, "{name}");
        }
        let euro = encoding_rs::ISO_8859_15.encode("Prijs\r\n€ 5 voor één\r\n").0.into_owned();
        assert_eq!(Encoding::detect(Cursor::new(&euro)), Ok(Encoding::Iso885915));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(Encoding::detect(Cursor::new(&b" \r\n"[..])), Err(ImportError::Empty));
        assert_eq!(
            Encoding::detect(Cursor::new(&b"PK\x03\x04rest of an archive"[..])),
            Err(ImportError::NotText)
        );
        assert_eq!(
            Encoding::detect(Cursor::new(&[0_u8, 0, 0, 1, 0, 0, 0, 2, 7, 7][..])),
            Err(ImportError::NotText)
        );
    }

    #[test]
    fn dos_text_is_read_by_choice() {
        assert_eq!(decoded(b"Caf\x82 Zo\x89;\xd5", Encoding::Cp850), "Café Zoë;ı");
        assert_eq!(CP850.chars().count(), 128);
        for name in ["CP850", "cp-850", "ibm850"] {
            assert_eq!(Encoding::named(name), Some(Encoding::Cp850), "{name}");
        }
        assert!(Encoding::ALL.iter().all(|e| Encoding::named(e.as_str()) == Some(*e)));
    }

    #[test]
    fn an_accent_at_the_end_of_a_long_file_still_counts() {
        let mut long = b"naam;plaats\n".repeat(20_000);
        long.extend_from_slice(b"Caf\xe9;Urk\n");
        assert_eq!(Encoding::detect(Cursor::new(&long)), Ok(Encoding::Windows1252));
        let mut odd = b"x".to_vec();
        odd.extend_from_slice("é".repeat(100_000).as_bytes());
        assert_eq!(
            Encoding::detect(Cursor::new(&odd)),
            Ok(Encoding::Utf8),
            "a letter may lie across two pieces"
        );
        assert_eq!(decoded(&odd, Encoding::Utf8).chars().count(), 100_001);
    }
}
