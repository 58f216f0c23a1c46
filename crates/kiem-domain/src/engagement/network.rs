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

/// The list of known gateways. It ages, so it carries a date, and lists of one's own go before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkCatalogue {
    as_of: Date,
    ranges: Vec<(IpRange, NetworkClass)>,
    systems: Vec<(u32, NetworkClass)>,
}

/// Addresses that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpRange {
    first: u128,
    last: u128,
    is_v6: bool,
}

impl IpRange {
    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a single address.
    pub fn parse(text: &str) -> Option<IpRange> {
        let (base, prefix) = text.split_once('/').map_or((text, None), |(base, prefix)| (base, Some(prefix)));
        let (base, is_v6) = number(base.parse().ok()?);
        let bits: u32 = if is_v6 { 128 } else { 32 };
        let host_bits = bits.checked_sub(prefix.map_or(Some(bits), |prefix| prefix.parse().ok())?)?;
        let hosts = if host_bits == 128 { u128::MAX } else { (1u128 << host_bits) - 1 };
        // A base with host bits set is a typing mistake that would silently cover another range.
        (base & hosts == 0).then_some(IpRange { first: base, last: base | hosts, is_v6 })
    }

    /// Whether an address lies in it; an IPv4 address inside IPv6 is the IPv4 address.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let (number, is_v6) = number(ip.to_canonical());
        self.is_v6 == is_v6 && (self.first..=self.last).contains(&number)
    }

    fn between(first: IpAddr, last: IpAddr) -> Option<IpRange> {
        let ((first, is_v6), (last, last_is_v6)) = (number(first), number(last));
        (is_v6 == last_is_v6 && first <= last).then_some(IpRange { first, last, is_v6 })
    }
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
                None => {
                    let range = IpRange::parse(target);
                    let range = range.ok_or_else(|| fault("the range is not like 192.0.2.0/24"))?;
                    ranges.push((range, class));
                }
            }
        }
        let as_of = as_of.ok_or(CatalogueError { line: 1, reason: "the date (as_of) is missing" })?;
        Ok(Self { as_of, ranges, systems })
    }

    /// Of when the list is.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// Puts a list of one's own before this one: where both speak of an address, the own list is right.
    pub fn put_before(&mut self, own: NetworkCatalogue) {
        self.as_of = self.as_of.max(own.as_of);
        self.ranges.splice(0..0, own.ranges);
        self.systems.splice(0..0, own.systems);
    }

    /// Takes one line of a table of autonomous systems: first address, last address, AS number, and whatever follows,
    /// with tabs between (the form of the public `ip2asn` tables). Only networks of systems that the list names are
    /// kept, so that a table of half a million lines costs nothing; ranges of the list itself go before them.
    ///
    /// # Errors
    /// Says what is wrong with the line.
    pub fn take_system_line(&mut self, line: &str) -> Result<(), &'static str> {
        let mut cells = line.split('\t').map(str::trim);
        let (Some(first), Some(last), Some(asn)) = (cells.next(), cells.next(), cells.next()) else {
            return Err("a line is not: first address, last address, AS number, with tabs between");
        };
        let asn = asn.strip_prefix("AS").unwrap_or(asn);
        let asn: u32 = asn.parse().map_err(|_| "the AS number is not a number")?;
        let address = |text: &str| text.parse::<IpAddr>().map_err(|_| "an address cannot be read");
        let range = IpRange::between(address(first)?, address(last)?)
            .ok_or("the last address is not after the first")?;
        if let Some((_, class)) = self.systems.iter().find(|(known, _)| *known == asn) {
            self.ranges.push((range, *class));
        }
        Ok(())
    }

    /// What the list says about an address.
    pub fn classify(&self, ip: IpAddr) -> NetworkClass {
        let found = self.ranges.iter().find(|(range, _)| range.contains(ip));
        found.map_or(NetworkClass::Ordinary, |(_, class)| *class)
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

    #[test]
    fn a_list_of_ones_own_and_a_table_of_systems_are_believed() {
        let mut list = NetworkCatalogue::built_in().clone();
        let own = "as_of 2027-01-04\nordinary 40.92.0.0/24 ours\nprobable_gateway AS64500 Voorbeeld";
        list.put_before(NetworkCatalogue::parse(own).unwrap());
        for line in [
            "192.0.2.0\t192.0.2.255\t64500\tNL\tVOORBEELD",
            "198.51.100.0\t198.51.100.255\t8075\tUS\tCLOUD",
            "203.0.113.0\t203.0.113.127\t16417\tUS\tCISCO",
            "2001:db8::\t2001:db8::ffff\tAS64500",
        ] {
            list.take_system_line(line).unwrap();
        }
        for (ip, class) in [
            ("40.92.0.9", NetworkClass::Ordinary),
            ("40.92.1.9", NetworkClass::CertainGateway),
            ("192.0.2.7", NetworkClass::ProbableGateway),
            ("198.51.100.7", NetworkClass::Ordinary),
            ("203.0.113.127", NetworkClass::ProbableGateway),
            ("203.0.113.128", NetworkClass::Ordinary),
            ("2001:db8::9", NetworkClass::ProbableGateway),
        ] {
            assert_eq!(list.classify(ip.parse().unwrap()), class, "{ip}");
        }
        assert_eq!(list.as_of().to_string(), "2027-01-04");
        for line in [
            "",
            "192.0.2.0\t192.0.2.9",
            "192.0.2.9\t192.0.2.0\t1",
            "192.0.2.0\t::1\t1",
            "a\tb\t1",
            "::\t::1\tx",
        ] {
            assert!(list.take_system_line(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_range_is_a_network_or_one_address() {
        let within = |range: &str, ip: &str| IpRange::parse(range).map(|r| r.contains(ip.parse().unwrap()));
        for (range, ip, expected) in [
            ("192.0.2.0/24", "192.0.2.255", Some(true)),
            ("192.0.2.0/24", "192.0.3.0", Some(false)),
            ("192.0.2.7", "192.0.2.7", Some(true)),
            ("192.0.2.7", "::ffff:192.0.2.7", Some(true)),
            ("192.0.2.7", "192.0.2.8", Some(false)),
            ("2001:db8::/32", "2001:db8:9::1", Some(true)),
            ("0.0.0.0/0", "::1", Some(false)),
            ("192.0.2.1/24", "192.0.2.1", None),
            ("192.0.2.0/", "192.0.2.1", None),
            ("kantoor", "192.0.2.1", None),
        ] {
            assert_eq!(within(range, ip), expected, "{range} {ip}");
        }
    }
}
