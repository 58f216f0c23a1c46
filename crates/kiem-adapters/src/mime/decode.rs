//! Content encodings and character sets, lenient: what cannot be decoded stays readable as far as possible.

use super::head::Head;
use std::borrow::Cow;

/// The bytes of a leaf without their transfer encoding.
pub(super) fn bytes<'a>(head: &Head, raw: &'a [u8]) -> Cow<'a, [u8]> {
    match head.encoding.as_str() {
        "base64" => Cow::Owned(base64(raw)),
        "quoted-printable" => Cow::Owned(quoted_printable(raw)),
        _ => Cow::Borrowed(raw),
    }
}

/// The text of a leaf; `format=flowed` paragraphs are joined.
pub(super) fn text(head: &Head, raw: &[u8]) -> String {
    let bytes = bytes(head, raw);
    let text = charset(&bytes, head.parameter("charset"));
    let is_flowed = head.is_type("text", "plain")
        && head.parameter("format").is_some_and(|f| f.eq_ignore_ascii_case("flowed"));
    if !is_flowed {
        return text;
    }
    let joins_words = head.parameter("delsp").is_some_and(|d| d.eq_ignore_ascii_case("yes"));
    unflowed(&text, joins_words)
}

fn charset(bytes: &[u8], label: Option<&str>) -> String {
    let utf8 = std::str::from_utf8(bytes).ok();
    let encoding = label.and_then(|l| encoding_rs::Encoding::for_label(l.trim().as_bytes()));
    match (encoding, utf8) {
        (Some(encoding), _) if encoding != encoding_rs::UTF_8 => {
            // "iso-8859-1" on bytes that are valid UTF-8 with accents is a wrong label far more often than a text that
            // happens to look so.
            let is_single_byte = encoding == encoding_rs::WINDOWS_1252 && !bytes.is_ascii();
            match utf8 {
                Some(text) if is_single_byte => text.to_owned(),
                _ => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            }
        }
        (_, Some(text)) => text.trim_start_matches('\u{feff}').to_owned(),
        (None, None) if label.is_some_and(|l| l.eq_ignore_ascii_case("utf-7")) => {
            mail_parser::decoders::charsets::map::charset_decoder(b"utf-7")
                .map_or_else(|| western(bytes), |decode| decode(bytes))
        }
        // No label, a wrong one, or one nobody knows: Western European, like most mail of this kind.
        (_, None) => western(bytes),
    }
}

fn western(bytes: &[u8]) -> String {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

fn base64(raw: &[u8]) -> Vec<u8> {
    use base64::Engine;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let mut clean: Vec<u8> =
        raw.iter().copied().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).collect();
    if clean.len() % 4 == 1 {
        clean.pop();
    }
    // Only alphabet characters in a possible number are left, so this cannot fail; an empty part is the safe answer.
    GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT).decode(clean).unwrap_or_default()
}

/// Quoted-printable; a `=` that starts no code stays as it is.
fn quoted_printable(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|b| *b == b'\n') {
        let (text, end): (&[u8], &[u8]) = match line.strip_suffix(b"\n") {
            Some(text) => (text.strip_suffix(b"\r").unwrap_or(text), b"\n"),
            None => (line, b""),
        };
        // Blanks at the end of a line were added on the way (RFC 2045, 6.7, rule 3).
        let text = text.trim_ascii_end();
        let (text, end): (&[u8], &[u8]) = match text.strip_suffix(b"=") {
            Some(text) => (text, b""),
            None => (text, end),
        };
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let code = (byte == b'=').then(|| hex(text.get(at + 1..at + 3))).flatten();
            out.push(code.unwrap_or(byte));
            at += if code.is_some() { 3 } else { 1 };
        }
        out.extend_from_slice(end);
    }
    out
}

fn hex(pair: Option<&[u8]>) -> Option<u8> {
    let [high, low] = *pair? else { return None };
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some(digit(high)? * 16 + digit(low)?)
}

/// Joins the lines of flowed paragraphs (RFC 3676): a line that ends in a blank goes on in the next one of the same
/// quote depth; the signature delimiter does not.
fn unflowed(text: &str, joins_words: bool) -> String {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut flows = false;
    for line in text.lines() {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let body = &line[depth..];
        let body = body.strip_prefix(' ').unwrap_or(body);
        let is_delimiter = body == "-- ";
        match lines.last_mut() {
            Some((last_depth, last)) if flows && *last_depth == depth && !is_delimiter => last.push_str(body),
            _ => lines.push((depth, body.to_owned())),
        }
        flows = body.ends_with(' ') && !is_delimiter;
        if let Some((_, last)) = lines.last_mut().filter(|_| flows && joins_words) {
            last.truncate(last.trim_end_matches(' ').len());
        }
    }
    let marked = |(depth, text): (usize, String)| match depth {
        0 => text,
        _ => format!("{} {text}", ">".repeat(depth)),
    };
    lines.into_iter().map(marked).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        Head::parse(text.as_bytes(), false)
    }

    #[test]
    fn encodings_are_read_leniently() {
        for (encoding, raw, expected) in [
            ("quoted-printable", "caf=C3=A9 =\r\nis =3D goed   \r\n", "café is = goed\n"),
            ("quoted-printable", "100 =% en =Z1", "100 =% en =Z1"),
            ("base64", "Y2Fm\r\nw6k=\r\n", "café"),
            ("base64", "Y2Fm!w6k", "café"),
            ("7bit", "gewoon", "gewoon"),
        ] {
            let head = head(&format!(
                "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}"
            ));
            assert_eq!(text(&head, raw.as_bytes()), expected, "{raw}");
        }
    }

    #[test]
    fn a_missing_or_wrong_charset_does_not_spoil_the_accents() {
        for (label, raw, expected) in [
            ("", &b"geluncht caf\xe9"[..], "geluncht café"),
            ("; charset=utf-8", b"caf\xe9", "café"),
            ("; charset=iso-8859-1", b"caf\xe9 \x80 5", "café € 5"),
            ("; charset=iso-8859-1", "café".as_bytes(), "café"),
            ("; charset=x-none", "café".as_bytes(), "café"),
            ("", "café".as_bytes(), "café"),
        ] {
            assert_eq!(text(&head(&format!("Content-Type: text/plain{label}")), raw), expected, "{label}");
        }
    }

    #[test]
    fn flowed_lines_are_joined_by_paragraph_and_depth() {
        let flowed = "Dit loopt \ndoor.\n\n> Op di schreef \n> Jan:\n>> x \nklaar\n-- \nEva";
        assert_eq!(
            unflowed(flowed, false),
            "Dit loopt door.\n\n> Op di schreef Jan:\n>> x \nklaar\n-- \nEva"
        );
    }
}
