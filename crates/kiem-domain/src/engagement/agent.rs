//! What a `User-Agent` says: machine or browser (rule C3), and which family of device.

use std::sync::LazyLock;

static MACHINE_PIECES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../../../../data/machine-user-agents.txt")
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty() && !line.starts_with("as_of "))
        .collect()
});

text_enum! {
    /// The family of device behind a `User-Agent`. Two families on one link mean that the mail was passed on.
    pub enum DeviceFamily {
        /// Windows.
        Windows = "windows",
        /// A Mac.
        Mac = "mac",
        /// An iPhone or iPad.
        Ios = "ios",
        /// An Android phone or tablet.
        Android = "android",
        /// A Linux desktop or Chromebook.
        Linux = "linux",
    }
}

impl DeviceFamily {
    /// The family, when the text names one.
    pub fn of(user_agent: &str) -> Option<Self> {
        let text = user_agent.to_ascii_lowercase();
        // Order matters: Android says Linux, and an iPhone says "like Mac OS X".
        [
            ("windows", Self::Windows),
            ("android", Self::Android),
            ("iphone", Self::Ios),
            ("ipad", Self::Ios),
            ("macintosh", Self::Mac),
            ("cros", Self::Linux),
            ("linux", Self::Linux),
        ]
        .into_iter()
        .find_map(|(piece, family)| text.contains(piece).then_some(family))
    }
}

/// Whether no person's browser sends this text: empty, a known scanner, library or crawler, or a word ending in "bot".
pub fn is_machine_agent(user_agent: &str) -> bool {
    let text = user_agent.trim().to_ascii_lowercase();
    text.is_empty() || has_bot_word(&text) || MACHINE_PIECES.iter().any(|piece| text.contains(piece))
}

fn has_bot_word(text: &str) -> bool {
    text.match_indices("bot").any(|(at, _)| {
        let ends = text[at + 3..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric());
        // CUBOT is a make of telephone.
        ends && !text[..at].ends_with("cu")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_known_by_their_name() {
        for agent in [
            "",
            "   ",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.example.test/bot.html)",
            "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/141.0.0.0 Safari/537.36",
            "Barracuda Sentinel (EE)",
            "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
            "python-requests/2.32",
            "Go-http-client/2.0",
            "curl/8.14.1",
            "Slackbot-LinkExpanding 1.0",
            "GPTBot",
        ] {
            assert!(is_machine_agent(agent), "{agent}");
        }
    }

    #[test]
    fn browsers_of_people_are_not_machines() {
        for agent in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 14; CUBOT P80) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0",
        ] {
            assert!(!is_machine_agent(agent), "{agent}");
        }
    }

    #[test]
    fn the_family_of_device_is_read_in_the_right_order() {
        for (agent, family) in [
            ("Mozilla/5.0 (Windows NT 10.0)", Some(DeviceFamily::Windows)),
            ("Mozilla/5.0 (Linux; Android 14; Pixel 8)", Some(DeviceFamily::Android)),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)", Some(DeviceFamily::Ios)),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15)", Some(DeviceFamily::Mac)),
            ("Mozilla/5.0 (X11; Linux x86_64)", Some(DeviceFamily::Linux)),
            ("something", None),
        ] {
            assert_eq!(DeviceFamily::of(agent), family, "{agent}");
        }
    }
}
