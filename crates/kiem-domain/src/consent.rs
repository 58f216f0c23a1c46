//! On what ground a person may be approached, with its evidence. Whether that is enough is decided by [`crate::gate`].

use jiff::civil::Date;

text_enum! {
    /// Why a person may be approached. Asked at import, never read from a column of the file.
    pub enum Basis {
        /// The person agreed to be mailed, and it can be proved.
        Consent = "consent",
        /// Address obtained in a sale; own similar products; opt-out offered then and in every mail.
        ExistingCustomer = "existing_customer",
        /// Address published by its holder for receiving this kind of mail.
        DesignatedAddress = "designated_address",
        /// A weighed interest of ours (GDPR 6(1)(f)); enough only where the country needs no consent.
        LegitimateInterest = "legitimate_interest",
    }
}

/// The recorded ground of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Why.
    pub basis: Basis,
    /// Where the data came from, in words that the first mail repeats ("your website, page Contact").
    pub source: String,
    /// Day on which the data or the consent was obtained, or the page was read.
    pub obtained_on: Date,
    /// Proof in words: the sentence that designates the address, how and when the person agreed.
    pub proof: String,
    /// The page on which the proof stands.
    pub evidence_url: Option<String>,
}

impl Ground {
    /// Whether page, words and day show that the holder published the address for this. The day is always there.
    pub fn shows_designation(&self) -> bool {
        let has_page = self.evidence_url.as_deref().is_some_and(is_web_page);
        has_page && !self.proof.trim().is_empty()
    }
}

/// Whether a text is the address of a page on the web.
pub fn is_web_page(text: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|start| text.trim().strip_prefix(start));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        crate::company::DomainName::parse(host).is_ok() && !rest.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_page_on_the_web() {
        for (text, expected) in [
            ("https://klant.example/contact", true),
            ("http://www.klant.example", true),
            ("klant.example/contact", false),
            ("https://", false),
            ("https://klant.example/a b", false),
            ("javascript:alert(1)", false),
            ("contactpagina", false),
        ] {
            assert_eq!(is_web_page(text), expected, "{text}");
        }
    }
}
