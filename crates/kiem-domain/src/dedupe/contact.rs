//! Websites and telephone numbers as people leave them in a cell, brought to what can be compared.

use std::borrow::Cow;

use crate::company::DomainName;
use crate::phone::PhoneNumber;

/// The domain that speaks for a company: registrable, neither free mail nor a builder's or platform's host. An address
/// instead of a website, a protocol without its name, and what stands behind a comma do no harm.
pub(super) fn company_domain(text: &str) -> Option<DomainName> {
    let text = text.trim().trim_start_matches('/');
    let text = text.split([',', ';', ' ']).next().unwrap_or_default();
    let text = if text.contains('/') { text } else { text.rsplit('@').next().unwrap_or_default() };
    if text.is_empty() {
        return None;
    }
    let domain = DomainName::parse(&in_ascii(text)).ok()?.registrable();
    (!domain.is_free_mail() && !domain.is_platform()).then_some(domain)
}

/// A telephone number, also behind "tel:", "T" or the apostrophe of a spreadsheet, and a Dutch one that lost its plus.
pub(super) fn phone_number(text: &str, country: &str) -> Option<PhoneNumber> {
    let text = text.trim_start_matches(|c: char| {
        c.is_alphabetic() || c.is_whitespace() || matches!(c, ':' | '.' | '\'')
    });
    let number = PhoneNumber::parse(text, Some(country));
    if number.is_some() || !text.starts_with("31") || text.bytes().filter(u8::is_ascii_digit).count() != 11 {
        return number;
    }
    PhoneNumber::parse(&format!("+{text}"), None)
}

/// A host as it stands in the domain name system: labels with other letters are coded ("günther" is "xn--gnther-3ya").
fn in_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let lower = text.to_lowercase();
    let host = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let labels = host.split('.').map(|label| if label.is_ascii() { label.to_owned() } else { coded(label) });
    labels.collect::<Vec<_>>().join(".").into()
}

/// Bootstring with the parameters of Punycode (RFC 3492, sections 5 and 6.3).
fn coded(label: &str) -> String {
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let n_basic = u32::try_from(out.len()).unwrap_or(u32::MAX);
    let n_letters = u32::try_from(label.chars().count()).unwrap_or(u32::MAX);
    if n_basic > 0 {
        out.push('-');
    }
    let (mut code, mut delta, mut bias, mut done) = (128_u32, 0_u32, 72_u32, n_basic);
    while done < n_letters {
        let Some(next) = label.chars().map(u32::from).filter(|c| *c >= code).min() else { break };
        delta = delta.saturating_add((next - code).saturating_mul(done + 1));
        code = next;
        for c in label.chars().map(u32::from) {
            if c < code {
                delta = delta.saturating_add(1);
            } else if c == code {
                push_number(&mut out, delta, bias);
                bias = adapted(delta, done + 1, done == n_basic);
                delta = 0;
                done += 1;
            }
        }
        delta = delta.saturating_add(1);
        code += 1;
    }
    format!("xn--{out}")
}

fn push_number(out: &mut String, mut number: u32, bias: u32) {
    for k in (36..).step_by(36) {
        let threshold = u32::clamp(if k <= bias { 1 } else { k - bias }, 1, 26);
        if number < threshold {
            break;
        }
        out.push(digit(threshold + (number - threshold) % (36 - threshold)));
        number = (number - threshold) / (36 - threshold);
    }
    out.push(digit(number));
}

fn digit(value: u32) -> char {
    char::from_digit(if value < 26 { value + 10 } else { value - 26 }, 36).unwrap_or('0')
}

fn adapted(delta: u32, n_points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / n_points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn websites_are_read_as_people_leave_them() {
        for (text, expected) in [
            ("https://www.kerk.example/contact", Some("kerk.example")),
            ("//kerk.example", Some("kerk.example")),
            ("info@kerk.example", Some("kerk.example")),
            ("https://www.kerk.example,", Some("kerk.example")),
            ("www.kerk.example; www.toren.example", Some("kerk.example")),
            ("https://www.günther-glas.example/", Some("xn--gnther-glas-thb.example")),
            ("Müller.example", Some("xn--mller-kva.example")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("例え.example", Some("xn--r8jz45g.example")),
            ("jan@gmail.com", None),
            ("geen", None),
            ("", None),
        ] {
            let found = company_domain(text);
            assert_eq!(found.as_ref().map(DomainName::as_str), expected, "{text}");
        }
    }

    #[test]
    fn telephones_are_read_as_people_leave_them() {
        for text in ["tel: 0172-212345", "T 0172-212345", "'0172212345", "31172212345", "0172 212 345"] {
            let found = phone_number(text, "NL");
            assert_eq!(found.as_ref().map(PhoneNumber::as_str), Some("+31172212345"), "{text}");
        }
        assert_eq!(phone_number("geen", "NL"), None);
    }
}
