//! Networks of mail gateways, as data with a date (rules C4 and C5).

use std::net::IpAddr;
use std::sync::LazyLock;

use jiff::civil::Date;

text_enum! {
    /// What is known about the network that a request came from.
    pub enum NetworkClass {
        /// Only machines live there: Microsoft's and Barracuda's mail gateways.
        CertainGateway = "certain_gateway",
        /// Mostly machines just after delivery, people in an isolating browser later: Proofpoint, Mimecast, Cisco.
        ProbableGateway = "probable_gateway",
        /// Nothing special is known. Cloud networks are ordinary: people work on virtual desktops there.
        Ordinary = "ordinary",
    }
}

/// The list of known gateways. It ages, so it carries a date and can be replaced by a newer text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkCatalogue {
    as_of: Date,
    ranges: Vec<Range>,
    systems: Vec<(u32, NetworkClass)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Range {
    first: u128,
    last: u128,
    is_v6: bool,
    class: NetworkClass,
}

/// A line of a catalogue that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct CatalogueError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

static BUILT_IN: LazyLock<NetworkCatalogue> = LazyLock::new(|| {
    // The text is part of the program and a test reads it, so that a broken one never leaves the house.
    NetworkCatalogue::parse(include_str!("../../../../data/networks.txt"))
        .expect("data/networks.txt is readable")
});

impl NetworkCatalogue {
    /// The list that comes with the program.
    pub fn built_in() -> &'static NetworkCatalogue {
        &BUILT_IN
    }

    /// Reads a list: `as_of DATE` once, then `CLASS CIDR-or-AS-number OWNER` a line; `#` starts a comment.
    ///
    /// # Errors
    /// Names the first line that cannot be read; nothing of the list is used then.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let mut as_of = None;
        let (mut ranges, mut systems) = (Vec::new(), Vec::new());
        for (place, line) in text.lines().enumerate() {
            let fault = |reason| CatalogueError { line: place + 1, reason };
            let line = line.split('#').next().unwrap_or_default().trim();
            let mut words = line.split_whitespace();
            let (Some(kind), target) = (words.next(), words.next()) else { continue };
            let target = target.ok_or_else(|| fault("a value is missing"))?;
            if kind == "as_of" {
                as_of = Some(target.parse::<Date>().map_err(|_| fault("the date is not like 2026-11-01"))?);
                continue;
            }
            let class = kind.parse().map_err(|_| fault("the class is not known"))?;
            match target.strip_prefix("AS") {
                Some(number) => {
                    let number = number.parse().map_err(|_| fault("the AS number is not a number"))?;
                    systems.push((number, class));
                }
                None => ranges
                    .push(range(target, class).ok_or_else(|| fault("the range is not like 192.0.2.0/24"))?),
            }
        }
        let as_of = as_of.ok_or(CatalogueError { line: 1, reason: "the date (as_of) is missing" })?;
        Ok(Self { as_of, ranges, systems })
    }

    /// Of when the list is.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// What the list says about an address.
    pub fn classify(&self, ip: IpAddr) -> NetworkClass {
        let (number, is_v6) = number(ip.to_canonical());
        self.ranges
            .iter()
            .find(|r| r.is_v6 == is_v6 && (r.first..=r.last).contains(&number))
            .map_or(NetworkClass::Ordinary, |r| r.class)
    }

    /// What the list says about an autonomous system (the number behind `AS`), for those who know it.
    pub fn classify_system(&self, asn: u32) -> NetworkClass {
        self.systems.iter().find(|(n, _)| *n == asn).map_or(NetworkClass::Ordinary, |(_, class)| *class)
    }
}

fn number(ip: IpAddr) -> (u128, bool) {
    match ip {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), false),
        IpAddr::V6(v6) => (u128::from(v6), true),
    }
}

fn range(cidr: &str, class: NetworkClass) -> Option<Range> {
    let (base, prefix) = cidr.split_once('/')?;
    let (base, is_v6) = number(base.parse().ok()?);
    let bits: u32 = if is_v6 { 128 } else { 32 };
    let host_bits = bits.checked_sub(prefix.parse().ok()?)?;
    let hosts = if host_bits == 128 { u128::MAX } else { (1u128 << host_bits) - 1 };
    // A base with host bits set is a typing mistake that would silently cover another range.
    (base & hosts == 0).then_some(Range { first: base, last: base | hosts, is_v6, class })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_knows_the_gateways_and_leaves_clouds_alone() {
        let list = NetworkCatalogue::built_in();
        for (ip, class) in [
            ("40.92.0.1", NetworkClass::CertainGateway),
            ("40.93.255.255", NetworkClass::CertainGateway),
            ("40.94.0.0", NetworkClass::Ordinary),
            ("::ffff:104.47.1.2", NetworkClass::CertainGateway),
            ("2a01:111:f403:1::5", NetworkClass::CertainGateway),
            ("2a01:111:f404::1", NetworkClass::Ordinary),
            ("209.222.87.255", NetworkClass::CertainGateway),
            ("198.51.100.7", NetworkClass::Ordinary),
        ] {
            assert_eq!(list.classify(ip.parse().unwrap()), class, "{ip}");
        }
        assert_eq!(list.classify_system(22843), NetworkClass::ProbableGateway);
        assert_eq!(list.classify_system(8075), NetworkClass::Ordinary, "virtual desktops live there");
        assert_eq!(list.as_of().to_string(), "2026-11-01");
    }

    #[test]
    fn a_list_that_cannot_be_read_says_which_line() {
        for (text, line) in [
            ("certain_gateway 192.0.2.0/24 X", 1),
            ("as_of 2026-11-01\ncertain_gateway 192.0.2.1/24 X", 2),
            ("as_of 2026-11-01\ncertain_gateway 192.0.2.0/33 X", 2),
            ("as_of 2026-11-01\nsurely 192.0.2.0/24 X", 2),
            ("as_of 2026-11-01\n\nprobable_gateway ASx X", 3),
            ("as_of soon", 1),
            ("as_of 2026-11-01\ncertain_gateway", 2),
        ] {
            assert_eq!(NetworkCatalogue::parse(text).unwrap_err().line, line, "{text}");
        }
        let all = NetworkCatalogue::parse("as_of 2026-11-01\ncertain_gateway ::/0 all").unwrap();
        assert_eq!(all.classify("2001:db8::1".parse().unwrap()), NetworkClass::CertainGateway);
    }
}
