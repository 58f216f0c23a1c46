//! People at companies: parsed e-mail addresses.

use crate::company::DomainName;

/// An e-mail address that can be mailed: one `@`, a plain local part, a real domain. Kept in lower case, because
/// no mail system in use tells `Eva@` from `eva@` and a duplicate person is worse than a pedantic one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress {
    text: String,
    at: usize,
}

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing was given.
    #[error("the address is empty")]
    Empty,
    /// Longer than RFC 5321 allows (64 before the @, 254 in all).
    #[error("the address is too long")]
    TooLong,
    /// No `@`, or more than one.
    #[error("the address needs exactly one @")]
    AtSign,
    /// The part before the `@` has characters that mail systems refuse.
    #[error("the part before the @ is not valid")]
    Local,
    /// The part after the `@` is not a domain name.
    #[error("the part after the @ is not a domain name")]
    Domain,
}

impl EmailAddress {
    /// Parses an address as people type it: surrounding blanks, `<>` and `mailto:` are dropped.
    ///
    /// # Errors
    /// Says which part is wrong. Quoted local parts and address literals (RFC 5321) are refused on purpose: no
    /// business contact has one, and they are a classic way to smuggle headers.
    pub fn parse(input: &str) -> Result<Self, EmailError> {
        let mut text = input.trim();
        text = text.strip_prefix("mailto:").unwrap_or(text);
        text = text.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(text).trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailError::AtSign)?;
        if domain.contains('@') {
            return Err(EmailError::AtSign);
        }
        if local.len() > 64 {
            return Err(EmailError::TooLong);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        if local.is_empty()
            || !local.chars().all(allowed)
            || local.starts_with('.')
            || local.ends_with('.')
            || local.contains("..")
        {
            return Err(EmailError::Local);
        }
        // Which of the two was meant, "www.x.example" or "x.example", is not guessed.
        if domain.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) {
            return Err(EmailError::Domain);
        }
        let domain = DomainName::parse(domain).map_err(|_| EmailError::Domain)?;
        Ok(Self { at: local.len(), text: format!("{}@{}", local.to_ascii_lowercase(), domain.as_str()) })
    }

    /// The whole address in lower case.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        &self.text[..self.at]
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> DomainName {
        DomainName::from_checked(&self.text[self.at + 1..])
    }

    /// The address without a plus tag (`eva+crm@x.example` is `eva@x.example`): the same person for matching.
    pub fn without_tag(&self) -> EmailAddress {
        match self.local().split_once('+') {
            Some((base, _)) if !base.is_empty() => {
                EmailAddress { at: base.len(), text: format!("{base}@{}", &self.text[self.at + 1..]) }
            }
            _ => self.clone(),
        }
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_parsed_as_people_type_them() {
        for (input, expected) in [
            ("Eva@Klant.Example", "eva@klant.example"),
            ("  <eva@klant.example> ", "eva@klant.example"),
            ("mailto:eva@klant.example", "eva@klant.example"),
            ("o'brien+news@sub.klant.example", "o'brien+news@sub.klant.example"),
        ] {
            assert_eq!(EmailAddress::parse(input).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn what_cannot_be_mailed_is_refused_with_the_part_that_is_wrong() {
        for (input, expected) in [
            ("", EmailError::Empty),
            ("eva", EmailError::AtSign),
            ("eva@a@b.example", EmailError::AtSign),
            ("e va@klant.example", EmailError::Local),
            (".eva@klant.example", EmailError::Local),
            ("eva@klant", EmailError::Domain),
            ("eva@-klant.example", EmailError::Domain),
            ("eva@klant.example\r\nBcc: x@y.example", EmailError::AtSign),
            ("eva@klant.example\r\nSubject", EmailError::Domain),
        ] {
            assert_eq!(EmailAddress::parse(input), Err(expected), "{input}");
        }
    }

    #[test]
    fn a_plus_tag_is_the_same_person() {
        let tagged = EmailAddress::parse("eva+crm@klant.example").unwrap();
        assert_eq!(tagged.without_tag().as_str(), "eva@klant.example");
    }
}
