//! Every threshold of grading and promotion, by name, in one versioned value.

/// The value of a threshold: a whole number or a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigValue {
    /// A number; its unit is the end of the name.
    Number(u32),
    /// On or off.
    Switch(bool),
}

impl std::fmt::Display for ConfigValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Switch(switch) => switch.fmt(f),
        }
    }
}

/// Why a threshold was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// No threshold has this name.
    #[error("there is no threshold called '{0}'")]
    UnknownName(String),
    /// A number was given for a switch, or the reverse.
    #[error("the threshold '{name}' must be {wanted}")]
    WrongKind {
        /// The threshold.
        name: &'static str,
        /// "a whole number" or "true or false".
        wanted: &'static str,
    },
    /// Outside what makes sense.
    #[error("the threshold '{name}' must lie between {min} and {max}")]
    OutOfRange {
        /// The threshold.
        name: &'static str,
        /// Smallest value allowed.
        min: u32,
        /// Largest value allowed.
        max: u32,
    },
}

macro_rules! thresholds {
    (
        numbers { $($(#[$nmeta:meta])* $number:ident = $ndefault:literal in $min:literal..=$max:literal;)+ }
        switches { $($(#[$smeta:meta])* $switch:ident = $sdefault:literal;)+ }
    ) => {
        /// All thresholds. Units stand last in the names; durations in days are 24 hours long, only calendar days are
        /// counted in the workspace's time zone.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Config {
            /// The number of this set of values: stored with every promotion, so that it can be replayed.
            pub version: u32,
            $($(#[$nmeta])* pub $number: u32,)+
            $($(#[$smeta])* pub $switch: bool,)+
        }

        impl Default for Config {
            fn default() -> Self {
                Self { version: 1, $($number: $ndefault,)+ $($switch: $sdefault,)+ }
            }
        }

        impl Config {
            /// Changes one threshold by its name.
            ///
            /// # Errors
            /// When the name is not known, the value is of the wrong kind or makes no sense; nothing is changed then.
            pub fn set(&mut self, name: &str, value: ConfigValue) -> Result<(), ConfigError> {
                match (name, value) {
                    $((stringify!($number), ConfigValue::Number(number)) => {
                        if !($min..=$max).contains(&number) {
                            let name = stringify!($number);
                            return Err(ConfigError::OutOfRange { name, min: $min, max: $max });
                        }
                        self.$number = number;
                    })+
                    $((stringify!($number), ConfigValue::Switch(_)) => {
                        return Err(ConfigError::WrongKind { name: stringify!($number), wanted: "a whole number" });
                    })+
                    $((stringify!($switch), ConfigValue::Switch(switch)) => self.$switch = switch,)+
                    $((stringify!($switch), ConfigValue::Number(_)) => {
                        return Err(ConfigError::WrongKind { name: stringify!($switch), wanted: "true or false" });
                    })+
                    _ => return Err(ConfigError::UnknownName(name.to_owned())),
                }
                Ok(())
            }

            /// Every number with the smallest and the largest value that makes sense.
            pub fn ranges() -> Vec<(&'static str, u32, u32)> {
                vec![$((stringify!($number), $min, $max),)+]
            }

            /// Every threshold with its value, in the order of this file: for the settings page and the record.
            pub fn entries(&self) -> Vec<(&'static str, ConfigValue)> {
                vec![
                    $((stringify!($number), ConfigValue::Number(self.$number)),)+
                    $((stringify!($switch), ConfigValue::Switch(self.$switch)),)+
                ]
            }
        }
    };
}

thresholds! {
    numbers {
        /// R1: a model's label counts from this probability.
        r1_probability_min_percent = 85 in 0..=100;
        /// R1: and from this distance to its second choice.
        r1_margin_min_percent = 30 in 0..=100;
        /// R3: engaged visits needed.
        visits_min = 3 in 1..=100;
        /// R3: on at least so many calendar days.
        visit_days_min = 2 in 1..=30;
        /// R4: case studies read.
        case_pages_min = 1 in 1..=20;
        /// R4 without site script: likely clicks on case links, in different hours.
        case_clicks_min = 2 in 2..=20;
        /// R4: a case study is read when it was visible for so long.
        case_visible_seconds_min = 15 in 0..=600;
        /// A page is engaged when it was visible for so long, with a trusted input event.
        page_visible_seconds_min = 10 in 0..=600;
        /// R3, R4, R6: all evidence lies within this period.
        window_days = 30 in 1..=365;
        /// R3, R4: evidence counts until so long after our last mail.
        after_touch_days_max = 90 in 1..=730;
        /// Soft rules fire no earlier than this after the newest evidence; a click's grade is provisional as long.
        settle_seconds = 90 in 0..=3600;
        /// A no blocks the soft rules for so long.
        block_days = 180 in 0..=3650;
        /// R6: warmth needed.
        r6_warmth_min = 60 in 1..=100;
        /// R6: from so many kinds of engagement.
        r6_kinds_min = 2 in 1..=8;
        /// C6: a request so soon after delivery is a machine.
        click_machine_seconds = 30 in 0..=3600;
        /// C5: a probable gateway is a machine until so long after delivery.
        probable_gateway_seconds = 600 in 0..=86400;
        /// C7: two links of one mail within this time from one source are a burst.
        burst_seconds = 5 in 0..=600;
        /// C8: clicks so near a honeypot hit of the same source are machines.
        honeypot_seconds = 30 in 0..=3600;
        /// C9: all links of a mail within this time are a machine.
        all_links_seconds = 60 in 0..=3600;
        /// C9: only for mails with at least so many links.
        all_links_min = 3 in 2..=50;
        /// C10: a source that opens links of so many recipients is a gateway.
        gateway_recipients_min = 3 in 2..=1000;
        /// C10: when it does so within this time.
        gateway_window_seconds = 600 in 1..=86400;
        /// C10: a gateway is remembered for so long.
        gateway_memory_hours = 24 in 0..=720;
        /// C12: without a landing beacon a click is likely human only later than this after delivery.
        likely_after_seconds = 600 in 0..=86400;
        /// A visit belongs to the click before it for at most so long (the life of the landing token).
        beacon_seconds_max = 900 in 1..=86400;
        /// A return to the same link after so long is interaction (C11).
        return_minutes_min = 30 in 1..=10080;
        /// The same link from the same source within this time is one click.
        click_dedupe_seconds = 3600 in 0..=86400;
        /// A visit ends after so long without a sign.
        session_idle_minutes = 30 in 1..=1440;
        /// An absence without a return date pauses the sequence for so long.
        out_of_office_pause_days = 7 in 1..=365;
        /// A "not now" without a date pauses the sequence for so long.
        not_now_pause_days = 90 in 1..=730;
        /// Warmth counts fully for so long, then half.
        warmth_full_days = 30 in 1..=365;
        /// After so long warmth is nothing.
        warmth_half_days = 60 in 1..=730;
        /// Warmth of an engaged visit.
        warmth_visit_points = 15 in 0..=100;
        /// At most so much from visits.
        warmth_visit_cap = 45 in 0..=100;
        /// Warmth of a case study read.
        warmth_case_points = 20 in 0..=100;
        /// At most so much from case studies.
        warmth_case_cap = 40 in 0..=100;
        /// Warmth of a pricing or contact page.
        warmth_pricing_points = 15 in 0..=100;
        /// At most so much from pricing and contact pages.
        warmth_pricing_cap = 15 in 0..=100;
        /// Warmth of a certain click to another page.
        warmth_certain_click_points = 5 in 0..=100;
        /// At most so much from certain clicks.
        warmth_certain_click_cap = 10 in 0..=100;
        /// Warmth of a likely click.
        warmth_likely_click_points = 2 in 0..=100;
        /// At most so much from likely clicks.
        warmth_likely_click_cap = 6 in 0..=100;
        /// Warmth of coming back by oneself on another day, once.
        warmth_return_points = 15 in 0..=100;
        /// Warmth of a tentative answer to an invitation.
        warmth_tentative_points = 25 in 0..=100;
        /// Warmth of a "not now".
        warmth_not_now_points = 10 in 0..=100;
        /// What a cancelled appointment takes away.
        warmth_cancelled_points = 15 in 0..=100;
    }
    switches {
        /// R3 can be switched off for sites with few but casual readers.
        r3_enabled = true;
        /// R4 can be switched off.
        r4_enabled = true;
        /// R6 is off until somebody wants it.
        r6_enabled = false;
        /// Whether a language model's label may promote without a person.
        language_model_may_promote = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_changed_by_name_and_mistakes_change_nothing() {
        let mut config = Config::default();
        config.set("case_pages_min", ConfigValue::Number(2)).unwrap();
        config.set("r6_enabled", ConfigValue::Switch(true)).unwrap();
        assert!(config.case_pages_min == 2 && config.r6_enabled);
        let before = config.clone();
        for (name, value) in [
            ("case_page_min", ConfigValue::Number(2)),
            ("case_pages_min", ConfigValue::Switch(true)),
            ("case_pages_min", ConfigValue::Number(0)),
            ("r6_enabled", ConfigValue::Number(1)),
            ("version", ConfigValue::Number(9)),
        ] {
            assert!(config.set(name, value).is_err(), "{name}");
        }
        assert_eq!(config, before);
        let sentence = config.set("case_pages_min", ConfigValue::Number(0)).unwrap_err().to_string();
        assert_eq!(sentence, "the threshold 'case_pages_min' must lie between 1 and 20");
    }

    #[test]
    fn every_threshold_can_be_listed_and_set_back() {
        let defaults = Config::default();
        let mut config = Config::default();
        for (name, value) in defaults.entries() {
            config.set(name, value).unwrap();
        }
        assert_eq!(config, defaults, "defaults lie within their own ranges");
        for (name, min, max) in Config::ranges() {
            assert!(config.set(name, ConfigValue::Number(min)).is_ok(), "{name}");
            assert!(config.set(name, ConfigValue::Number(max)).is_ok(), "{name}");
        }
        let names: std::collections::BTreeSet<_> = defaults.entries().iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), defaults.entries().len());
    }
}
