//! Characters and their widths in the two faces that every PDF reader has: Helvetica and Helvetica Bold in the
//! WinAnsi encoding. Widths are the published ones of the standard fonts, in thousandths of the type size.

/// One of the two faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Text.
    Regular,
    /// Headings and sums.
    Bold,
}

/// Widths of 0x20 to 0x7E.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The same in bold.
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278,
    556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584,
    556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556,
    333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// The width of one encoded character, in thousandths of the type size.
pub fn width(byte: u8, face: Face) -> u16 {
    let table = match face {
        Face::Regular => &REGULAR,
        Face::Bold => &BOLD,
    };
    let (normal, bold) = match byte {
        0x20..=0x7E => return table.get(usize::from(byte - 0x20)).copied().unwrap_or(556),
        // Accented letters are as wide as the letter without accent.
        _ if base_letter(byte).is_some() => return width(base_letter(byte).unwrap_or(b'n'), face),
        0x82 | 0x91 | 0x92 => (222, 278),
        0x84 | 0x93 | 0x94 => (333, 500),
        0x85 | 0x89 | 0x8C | 0x97 | 0x99 | 0xC6 => (1000, 1000),
        0x88 | 0x8B | 0x98 | 0x9B | 0xA1 | 0xA8 | 0xAD | 0xAF | 0xB2..=0xB4 | 0xB8 | 0xB9 => (333, 333),
        0x95 => (350, 350),
        0x9C => (944, 944),
        0xA0 | 0xB7 => (278, 278),
        0xA6 => (260, 280),
        0xA9 | 0xAE => (737, 737),
        0xAA => (370, 370),
        0xAC | 0xB1 | 0xD7 | 0xF7 => (584, 584),
        0xB0 => (400, 400),
        0xB5 | 0xF0 | 0xFE => (556, 611),
        0xB6 => (537, 556),
        0xBA => (365, 365),
        0xBC..=0xBE => (834, 834),
        0xBF | 0xDF | 0xF8 => (611, 611),
        0xD0 => (722, 722),
        0xD8 => (778, 778),
        0xDE => (667, 667),
        0xE6 => (889, 889),
        _ => (556, 556),
    };
    match face {
        Face::Regular => normal,
        Face::Bold => bold,
    }
}

const fn base_letter(byte: u8) -> Option<u8> {
    Some(match byte {
        0x8A => b'S',
        0x8E => b'Z',
        0x9A => b's',
        0x9E => b'z',
        0x9F | 0xDD => b'Y',
        0xC0..=0xC5 => b'A',
        0xC7 => b'C',
        0xC8..=0xCB => b'E',
        0xCC..=0xCF => b'I',
        0xD1 => b'N',
        0xD2..=0xD6 => b'O',
        0xD9..=0xDC => b'U',
        0xE0..=0xE5 => b'a',
        0xE7 => b'c',
        0xE8..=0xEB => b'e',
        // The accented i is as wide as the capital I, a little wider than the dotted one.
        0xEC..=0xEF => b'I',
        0xF1 => b'n',
        0xF2..=0xF6 => b'o',
        0xF9..=0xFC => b'u',
        0xFD | 0xFF => b'y',
        _ => return None,
    })
}

/// WinAnsi 0x80 to 0x9F, where it differs from Latin-1; U+FFFD marks places without a character.
const UPPER: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}',
    '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// Letters for U+0100 to U+017F: what people write when the accent is not on their keyboard.
const LATIN_EXTENDED: &[u8; 128] = b"AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiJjJjKkkLlLlLlLlLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/// Encodes text for the two faces. What they do not have becomes the nearest thing that a reader understands:
/// letters lose a rare accent, rare blanks and dashes become plain ones, invisible marks vanish, the rest is `?`.
pub fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' | '\u{a0}'..='\u{ff}' => bytes.push(u8::try_from(u32::from(c)).unwrap_or(b'?')),
            '\t' => bytes.push(b' '),
            // Controls, combining accents, zero-width and direction marks, variation selectors.
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{300}'..='\u{36f}' => {}
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {}
            '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => {}
            '\u{2000}'..='\u{200a}' | '\u{3000}' => bytes.push(b' '),
            '\u{202f}' => bytes.push(0xA0),
            '\u{2010}' | '\u{2011}' | '\u{2212}' => bytes.push(b'-'),
            '\u{2012}' | '\u{2015}' => bytes.push(0x96),
            '→' => bytes.extend(b"->"),
            '≤' => bytes.extend(b"<="),
            '≥' => bytes.extend(b">="),
            '≠' => bytes.extend(b"<>"),
            '≈' => bytes.push(b'~'),
            'Ĳ' => bytes.extend(b"IJ"),
            'ĳ' => bytes.extend(b"ij"),
            '✓' | '✔' => bytes.push(b'v'),
            'ﬁ' => bytes.extend(b"fi"),
            'ﬂ' => bytes.extend(b"fl"),
            other => bytes.push(rare(other)),
        }
    }
    bytes
}

fn rare(c: char) -> u8 {
    if let Some(place) = UPPER.iter().position(|u| *u == c && c != '\u{fffd}') {
        return u8::try_from(0x80 + place).unwrap_or(b'?');
    }
    match u32::from(c) {
        code @ 0x100..=0x17f => LATIN_EXTENDED.get(code as usize - 0x100).copied().unwrap_or(b'?'),
        0x218 => b'S',
        0x219 => b's',
        0x21a => b'T',
        0x21b => b't',
        _ => b'?',
    }
}

/// Width of encoded text in points.
pub fn text_width(bytes: &[u8], face: Face, size: f32) -> f32 {
    let thousandths: u32 = bytes.iter().map(|b| u32::from(width(*b, face))).sum();
    // A line of text is far below the 16 million at which this conversion would lose anything.
    thousandths as f32 / 1000.0 * size
}

/// Breaks text into encoded lines that fit a width; words longer than a line are cut. Line breaks in the text stay.
pub fn wrap(text: &str, face: Face, size: f32, width_max: f32) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    for paragraph in text.replace("\r\n", "\n").split('\n') {
        let mut line: Vec<u8> = Vec::new();
        for word in paragraph.split(' ').filter(|w| !w.is_empty()) {
            for piece in pieces(encode(word), face, size, width_max) {
                let mut longer = line.clone();
                if !longer.is_empty() {
                    longer.push(b' ');
                }
                longer.extend(&piece);
                if line.is_empty() || text_width(&longer, face, size) <= width_max {
                    line = longer;
                } else {
                    lines.push(std::mem::replace(&mut line, piece));
                }
            }
        }
        lines.push(line);
    }
    lines
}

fn pieces(word: Vec<u8>, face: Face, size: f32, width_max: f32) -> Vec<Vec<u8>> {
    if text_width(&word, face, size) <= width_max {
        return vec![word];
    }
    let mut pieces = vec![Vec::new()];
    for byte in word {
        if let Some(last) = pieces.last_mut() {
            last.push(byte);
            if text_width(last, face, size) > width_max && last.len() > 1 {
                last.pop();
                pieces.push(vec![byte]);
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_a_width_and_the_tables_are_those_of_the_standard_fonts() {
        assert_eq!(text_width(&encode("Hello"), Face::Regular, 1000.0), 2278.0);
        assert_eq!(text_width(&encode("Hello"), Face::Bold, 1000.0), 2445.0);
        assert_eq!(width(encode("€")[0], Face::Regular), 556);
        assert_eq!(width(encode("é")[0], Face::Bold), 556);
        for byte in 0x20..=0xff {
            assert!((191..=1015).contains(&width(byte, Face::Regular)), "{byte:#x}");
        }
    }

    #[test]
    fn what_the_font_does_not_have_is_written_the_nearest_way() {
        for (text, expected) in [
            ("café €5", &b"caf\xe9 \x805"[..]),
            ("“Łódź” – Ĳ", b"\x93L\xf3dz\x94 \x96 IJ"),
            ("a\u{202f}b\u{200b}c\u{301}", b"a\xa0bc"),
            ("Ştefan Țăran → ≤ 5", b"Stefan Taran -> <= 5"),
            ("日本", b"??"),
            ("x\ny\0", b"xy"),
        ] {
            assert_eq!(encode(text), expected, "{text}");
        }
        assert_eq!(LATIN_EXTENDED[usize::from(b'A' - b'A')], b'A');
        assert_eq!(encode("Žž Ąą Őő Űű Żż"), b"\x8e\x9e Aa Oo Uu Zz");
    }

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let text =
            "Een lange omschrijving met eenonafbreekbaarwoorddatnietpastopeenregel en\neen tweede alinea";
        let lines = wrap(text, Face::Regular, 10.0, 90.0);
        for line in &lines {
            assert!(text_width(line, Face::Regular, 10.0) <= 90.0, "{}", String::from_utf8_lossy(line));
        }
        let joined: String = lines.iter().map(|l| String::from_utf8_lossy(l).replace(' ', "")).collect();
        assert_eq!(joined, text.replace([' ', '\n'], ""));
    }
}
