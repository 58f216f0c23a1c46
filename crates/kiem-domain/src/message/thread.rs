//! Threading: a follow-up must lie in the recipient's program below the mail that it follows.

use super::{HeaderError, HeaderMessageId, HeaderText};
use crate::inbound::subject::base_subject;

/// As many ids of a thread are named: the first, and the newest ones. Longer headers get lost on the way.
const REFERENCES_MAX: usize = 20;

/// The References of an answer: those of its parent, then the parent itself (RFC 5322, 3.6.4), bounded, each once.
pub fn references_chain(of_parent: &[HeaderMessageId], parent: &HeaderMessageId) -> Vec<HeaderMessageId> {
    let mut chain: Vec<HeaderMessageId> = Vec::new();
    for id in of_parent.iter().filter(|id| *id != parent).chain([parent]) {
        if !chain.contains(id) {
            chain.push(id.clone());
        }
    }
    if chain.len() > REFERENCES_MAX {
        let newest = chain.split_off(chain.len() - (REFERENCES_MAX - 1));
        chain.truncate(1);
        chain.extend(newest);
    }
    chain
}

/// The subject of a mail: `Re: ` and the base subject in a real thread, else the subject as it is. A first mail never
/// pretends to be an answer.
///
/// # Errors
/// When the subject holds a control character or is too long.
pub fn thread_subject(subject: &str, is_thread: bool) -> Result<HeaderText, HeaderError> {
    let text = HeaderText::new(subject)?;
    if is_thread { HeaderText::new(&format!("Re: {}", base_subject(text.as_str()))) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> HeaderMessageId {
        HeaderMessageId::parse(&format!("k{n}@agency.example")).unwrap()
    }

    #[test]
    fn a_chain_grows_and_stays_bounded() {
        assert_eq!(references_chain(&[], &id(1)), [id(1)]);
        assert_eq!(references_chain(&[id(1)], &id(2)), [id(1), id(2)]);
        assert_eq!(references_chain(&[id(1), id(2)], &id(2)), [id(1), id(2)]);
        let mut chain = Vec::new();
        for n in 0..40 {
            chain = references_chain(&chain, &id(n));
        }
        assert_eq!((chain.len(), chain.first(), chain.last()), (20, Some(&id(0)), Some(&id(39))));
    }

    #[test]
    fn only_a_real_thread_gets_re() {
        for (subject, is_thread, expected) in [
            ("Offertes", false, "Offertes"),
            ("Offertes", true, "Re: Offertes"),
            ("Antw: Re: Offertes", true, "Re: Offertes"),
        ] {
            assert_eq!(thread_subject(subject, is_thread).unwrap().as_str(), expected);
        }
        assert!(thread_subject("Offertes\r\nBcc: x@y.example", true).is_err());
    }
}
