//! Companies: parsed domain names and KvK numbers.

use crate::shared_hosts::{FREE_MAIL, FREE_MAIL_BRANDS, PLATFORMS};

/// A host name with at least two labels, in lower case ASCII (RFC 1035 letters, digits, hyphen).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainName(String);

/// The text is not a domain name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a domain name")]
pub struct DomainError;

impl DomainName {
    /// Parses a domain as people type it: a scheme, path, port and leading `www.` are dropped, and other letters are written
    /// as the domain name system knows them (RFC 5891: `müller.example` is `xn--mller-kva.example`).
    ///
    /// # Errors
    /// When what is left is not a name of two or more labels.
    pub fn parse(input: &str) -> Result<Self, DomainError> {
        let text = input.trim().to_ascii_lowercase();
        let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        let text = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let text = text.strip_prefix("www.").unwrap_or(text).trim_end_matches('.');
        if !text.is_ascii() {
            // What comes back is ASCII, so that this goes one step deep.
            return DomainName::parse(&idna::domain_to_ascii(text).map_err(|_| DomainError)?);
        }
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let labels = text.split('.').count();
        let last_is_word = text.rsplit('.').next().is_some_and(|l| !l.bytes().all(|b| b.is_ascii_digit()));
        if labels < 2 || text.len() > 253 || !text.split('.').all(label_ok) || !last_is_word {
            return Err(DomainError);
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn from_checked(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part that somebody registers (`klant.co.uk` of `mail.klant.co.uk`), by the public suffix list.
    pub fn registrable(&self) -> DomainName {
        psl::domain_str(&self.0).map_or_else(|| self.clone(), |d| DomainName(d.to_owned()))
    }

    /// Whether everybody can get an address here (gmail, ziggo, ...), so that it says nothing about a company.
    pub fn is_free_mail(&self) -> bool {
        let brand = self.0.split('.').next().unwrap_or_default();
        FREE_MAIL.contains(&self.0.as_str())
            || (self.0.matches('.').count() == 1 && FREE_MAIL_BRANDS.contains(&brand))
    }

    /// Whether the sites of many companies live under this domain (builders of sites, social networks), so that it says
    /// nothing about one of them. Hosts that give each customer a name on the public suffix list need no place here.
    pub fn is_platform(&self) -> bool {
        PLATFORMS.contains(&self.0.as_str())
    }
}

impl std::fmt::Display for DomainName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A number in the Dutch company register: eight digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KvkNumber(String);

impl KvkNumber {
    /// Parses a KvK number as people and programs write it: "KvK 12345678", "12345678.0", with the "0000" of the head
    /// office behind it. Excel drops leading zeros, so seven digits get one back.
    pub fn parse(input: &str) -> Option<Self> {
        let text = input.trim();
        let is_named = text.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("kvk"));
        let text = if is_named { text.trim_start_matches(|c: char| !c.is_ascii_digit()) } else { text };
        let is_whole = |digits: &&str| digits.bytes().all(|b| b.is_ascii_digit());
        let text = text.strip_suffix(".0").filter(is_whole).unwrap_or(text);
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}')).collect();
        let digits = match digits.strip_suffix("0000") {
            Some(number) if digits.len() == 12 => number.to_owned(),
            _ => digits,
        };
        let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let number = format!("{digits:0>8}");
        (all_digits && (7..=8).contains(&digits.len()) && number != "00000000").then_some(Self(number))
    }

    /// The eight digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_from_what_people_paste() {
        for (input, expected) in [
            ("https://www.Klant.example/over-ons?x=1", "klant.example"),
            ("klant.example:8080", "klant.example"),
            ("mail.klant.example.", "mail.klant.example"),
            ("https://www.Günther-Glas.example/", "xn--gnther-glas-thb.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("例え.example", "xn--r8jz45g.example"),
        ] {
            assert_eq!(DomainName::parse(input).unwrap().as_str(), expected);
        }
        for input in ["", "localhost", "127.0.0.1", "a b.example", "-a.example", "a..example"] {
            assert_eq!(DomainName::parse(input), Err(DomainError), "{input}");
        }
    }

    #[test]
    fn the_registrable_part_follows_the_public_suffix_list() {
        for (input, expected) in [("mail.klant.co.uk", "klant.co.uk"), ("a.b.klant.nl", "klant.nl")] {
            assert_eq!(DomainName::parse(input).unwrap().registrable().as_str(), expected);
        }
    }

    #[test]
    fn an_address_of_a_provider_or_a_page_on_a_platform_says_nothing_about_a_company() {
        let domain = |text: &str| DomainName::parse(text).unwrap();
        for provider in [
            "btinternet.com",
            "online.nl",
            "hccnet.nl",
            "proximus.be",
            "sfr.fr",
            "posteo.de",
            "libero.it",
            "eircom.net",
            "terra.es",
            "aon.at",
            "tiscali.it",
            "yandex.com",
            "gmx.ch",
            "qq.com",
        ] {
            assert!(domain(provider).is_free_mail(), "{provider}");
        }
        for page in [
            "https://bakker.jouwweb.nl",
            "https://g.page/bakker",
            "https://maps.app.goo.gl/x",
            "https://wa.me/31",
            "bit.ly",
            "https://www.tripadvisor.co.uk/Restaurant",
            "https://www.kvk.nl/x",
            "https://bakker.godaddysites.com",
        ] {
            assert!(domain(page).registrable().is_platform(), "{page}");
        }
        for own in ["klant.example", "mail.klant.example", "online.example", "tiscali.klant.example"] {
            assert!(!domain(own).is_free_mail() && !domain(own).is_platform(), "{own}");
        }
    }

    #[test]
    fn the_lists_hold_each_domain_once_as_it_is_asked_for() {
        for list in [FREE_MAIL, PLATFORMS] {
            assert!(list.is_sorted_by(|before, after| before < after), "a list is in order");
            for name in list {
                let parsed = DomainName::parse(name).unwrap();
                assert_eq!(parsed.as_str(), *name);
                assert_eq!(parsed.registrable().as_str(), *name, "only what is registered is looked up");
            }
        }
        for brand in FREE_MAIL_BRANDS {
            let covered = FREE_MAIL.iter().find(|name| {
                name.strip_prefix(brand)
                    .is_some_and(|end| end.starts_with('.') && end.matches('.').count() == 1)
            });
            assert_eq!(covered, None, "stands under {brand} already");
        }
    }

    #[test]
    fn a_kvk_number_that_lost_its_zero_gets_it_back() {
        assert_eq!(KvkNumber::parse("01234567").unwrap().as_str(), "01234567");
        assert_eq!(KvkNumber::parse("1234567").unwrap().as_str(), "01234567");
        assert_eq!(KvkNumber::parse("12.34.56.78").unwrap().as_str(), "12345678");
        for written in [
            "KvK 12345678",
            "KVK: 12345678",
            "kvk-nr. 12345678",
            "12345678.0",
            "12345678 0000",
            "12345678\u{a0}",
        ] {
            assert_eq!(KvkNumber::parse(written).unwrap().as_str(), "12345678", "{written}");
        }
        assert_eq!(KvkNumber::parse("1234567.0").unwrap().as_str(), "01234567", "not 12345670");
        for bad in ["", "123456", "123456789", "1234567a", "00000000", "BTW 12345678", "KvK"] {
            assert_eq!(KvkNumber::parse(bad), None, "{bad}");
        }
    }
}
