//! Configuration: built-in defaults, then one TOML file, then environment, then flags.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The commented default, as `kiem config` prints it. Reading it gives exactly the defaults (see the test).
pub const DEFAULT_TOML: &str = include_str!("../kiem.toml");

/// All settings of an installation. What belongs to one workspace is set on its pages instead.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder for the SQLite database, the key file, the send journal and backups.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://...`; empty means SQLite in the data folder.
    pub database_url: String,
    /// Address that the program listens on.
    pub listen: SocketAddr,
    /// Address under which people and links reach it, without a slash at the end.
    pub public_url: String,
    /// Host name for click, opt-out, booking and quote links; empty means the public address.
    pub link_url: String,
    /// Whether an extra check on outgoing webhook addresses (private networks are refused) is switched off.
    pub allow_private_addresses: bool,
    /// Address of the Dutch company register's API, up to `/v2/zoeken`.
    pub kvk_url: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Conversations with mail servers at the same time; every mailbox gets one whatever this says, and at most 8.
    pub send_concurrency: usize,
    /// Seconds after which a mail that a dead process was working on is taken over.
    pub send_lease_seconds: i64,
    /// Seconds to wait for a mail server's answer after the whole mail was handed over (Postfix waits 600).
    pub smtp_answer_seconds: u64,
    /// Seconds after which an uncertain mail is looked up in the Sent folder; not below `smtp_answer_seconds`.
    pub uncertain_after_seconds: i64,
    /// Table of networks and their AS numbers (tab-separated `ip2asn` form); empty when there is none.
    pub asn_file: PathBuf,
    /// Whether background work runs in this process.
    pub worker: bool,
    /// `info`, `debug`, ... or a filter such as `kiem=debug`.
    pub log: String,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read: {problem}")]
    Read {
        /// Which file.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// The file or an environment value is not understood.
    #[error("the configuration in {place} is not understood: {problem}")]
    Parse {
        /// File or variable.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

/// Settings that come from the environment, as `KIEM_<NAME IN CAPITALS>`.
const ENVIRONMENT: &[&str] = &[
    "data_dir",
    "database_url",
    "listen",
    "public_url",
    "link_url",
    "allow_private_addresses",
    "kvk_url",
    "trusted_proxies",
    "send_concurrency",
    "send_lease_seconds",
    "smtp_answer_seconds",
    "uncertain_after_seconds",
    "asn_file",
    "worker",
    "log",
];

impl Config {
    /// Reads the configuration: `file` when given (it must exist), else defaults; then `KIEM_...` variables through
    /// `variable` (a function, so that tests need no real environment).
    ///
    /// # Errors
    /// Says which file or variable is wrong, and how.
    pub fn load(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Config, ConfigError> {
        Config::load_with_flags(file, variable, &[])
    }

    /// As [`Config::load`], and then flags of the command line (name of the setting and value), which win.
    ///
    /// # Errors
    /// Says which file, variable or flag is wrong, and how.
    pub fn load_with_flags(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
        flags: &[(&str, &str)],
    ) -> Result<Config, ConfigError> {
        let parse = |place: &str, text: &str| -> Result<toml::Table, ConfigError> {
            text.parse().map_err(|e: toml::de::Error| {
                let line = e.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
                let place = line.map_or(place.to_owned(), |line| format!("{place}, line {line}"));
                ConfigError::Parse { place, problem: e.message().to_owned() }
            })
        };
        let typed = |table: &toml::Table, place: &str| -> Result<Config, ConfigError> {
            toml::Value::Table(table.clone()).try_into().map_err(|e: toml::de::Error| ConfigError::Parse {
                place: place.to_owned(),
                problem: e.message().to_owned(),
            })
        };
        let mut table = parse("the built-in defaults", DEFAULT_TOML)?;
        if let Some(path) = file {
            let place = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|e| ConfigError::Read { path: place.clone(), problem: e.to_string() })?;
            for (name, value) in parse(&place, &text)? {
                table.insert(name.clone(), value);
                // One setting at a time, and before the environment is read: so the line that is wrong is named.
                typed(&table, &place_of(&name, &text, &place))?;
            }
        }
        let from_environment = ENVIRONMENT.iter().filter_map(|name| {
            let key = format!("KIEM_{}", name.to_ascii_uppercase());
            variable(&key).map(|text| (*name, key, text))
        });
        let from_flags = flags
            .iter()
            .map(|(name, text)| (*name, format!("--{}", name.replace('_', "-")), (*text).to_owned()));
        for (name, key, text) in from_environment.chain(from_flags) {
            let value = value_like(table.get(name), &text).ok_or_else(|| ConfigError::Parse {
                place: key.clone(),
                problem: format!("'{text}' is not a value for {name}"),
            })?;
            table.insert(name.to_owned(), value);
            typed(&table, &key)?;
        }
        let mut config = typed(&table, "the built-in defaults")?;
        config.complete();
        Ok(config)
    }

    fn complete(&mut self) {
        if self.database_url.is_empty() {
            self.database_url = format!("sqlite:{}", self.data_dir.join("kiem.sqlite").display());
        }
        if self.public_url.is_empty() {
            self.public_url = format!("http://{}", self.listen);
        }
        self.public_url = self.public_url.trim_end_matches('/').to_owned();
        if self.link_url.is_empty() {
            self.link_url = self.public_url.clone();
        }
        self.link_url = self.link_url.trim_end_matches('/').to_owned();
    }

    /// Where the master key is.
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("kiem.key")
    }

    /// Where the send journal is.
    pub fn journal_file(&self) -> PathBuf {
        self.data_dir.join("send.journal")
    }
}

/// The line of a file in which a setting stands.
fn place_of(name: &str, text: &str, file: &str) -> String {
    let sets = |line: &str| {
        line.trim_start().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    match text.lines().position(sets) {
        Some(n) => format!("{file}, line {} ({name})", n + 1),
        None => format!("{file} ({name})"),
    }
}

/// A text as a value of the same kind as the default. A list is written with commas.
fn value_like(default: Option<&toml::Value>, text: &str) -> Option<toml::Value> {
    match default {
        Some(toml::Value::Boolean(_)) => text.parse().ok().map(toml::Value::Boolean),
        Some(toml::Value::Integer(_)) => text.parse().ok().map(toml::Value::Integer),
        Some(toml::Value::Array(_)) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Some(toml::Value::Array(parts.map(|part| toml::Value::String(part.to_owned())).collect()))
        }
        _ => Some(toml::Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_default_is_the_default() {
        let config = Config::load(None, |_| None).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8400");
        assert_eq!(config.database_url, "sqlite:kiem-data/kiem.sqlite");
        assert_eq!(config.link_url, "http://127.0.0.1:8400");
    }

    #[test]
    fn a_mistake_names_the_file_and_the_line() {
        let file = std::env::temp_dir().join(format!("kiem-config-{}.toml", std::process::id()));
        let environment = |name: &str| (name == "KIEM_DATA_DIR").then(|| "elsewhere".to_owned());
        for (text, place) in [
            ("log = \"info\"\nlisten = \"x", ", line 2"),
            ("lisen = \"x\"", ", line 1 (lisen)"),
            ("\nlisten = 3", ", line 2 (listen)"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = Config::load(Some(&file), environment).unwrap_err().to_string();
            assert!(error.contains(&format!("{}{place} is not understood", file.display())), "{error}");
        }
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn every_setting_has_its_variable() {
        let table: toml::Table = DEFAULT_TOML.parse().unwrap();
        for name in table.keys() {
            assert!(ENVIRONMENT.contains(&name.as_str()), "no variable for {name}");
        }
        assert_eq!(table.len(), ENVIRONMENT.len());
        let proxies =
            |text: &str| Config::load(None, |name| (name == "KIEM_TRUSTED_PROXIES").then(|| text.to_owned()));
        let two = proxies("10.0.0.1, ::1").unwrap().trusted_proxies;
        assert_eq!(two.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.1", "::1"]);
        assert!(proxies("").unwrap().trusted_proxies.is_empty());
        let error = proxies("somewhere").unwrap_err();
        assert!(error.to_string().contains("KIEM_TRUSTED_PROXIES"), "{error}");
    }

    #[test]
    fn a_flag_wins_over_the_environment() {
        let variable = |name: &str| (name == "KIEM_LISTEN").then(|| "127.0.0.1:9000".to_owned());
        let load = |listen| Config::load_with_flags(None, variable, &[("listen", listen)]);
        assert_eq!(load("127.0.0.1:9001").unwrap().listen.to_string(), "127.0.0.1:9001");
        let error = load("nowhere").unwrap_err();
        assert!(error.to_string().contains("--listen"), "{error}");
    }

    #[test]
    fn the_environment_wins_and_a_wrong_value_names_its_variable() {
        let config = Config::load(None, |name| {
            (name == "KIEM_DATABASE_URL").then(|| "postgres://kiem@127.0.0.1/kiem".to_owned())
        })
        .unwrap();
        assert_eq!(config.database_url, "postgres://kiem@127.0.0.1/kiem");
        let error =
            Config::load(None, |name| (name == "KIEM_WORKER").then(|| "perhaps".to_owned())).unwrap_err();
        assert!(error.to_string().contains("KIEM_WORKER"), "{error}");
    }
}
