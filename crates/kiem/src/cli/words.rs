//! What the command line says when something does not work: what happened, what it means, what to do; in the language of
//! the terminal.

use kiem_store::StoreError;

use crate::config::ConfigError;
use crate::engine::backup::BackupError;
use crate::engine::keys::KeyError;
use crate::engine::networks::NetworksError;
use crate::messages::{Lang, say};

/// The language of the terminal, by the variables that every program looks at; English when it says nothing.
pub fn lang() -> Lang {
    #[expect(clippy::disallowed_methods, reason = "the terminal says its language by the environment")]
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable).unwrap_or_default();
    if said.starts_with("nl") { Lang::Nl } else { Lang::En }
}

/// An error of a command, from the catalogues.
pub fn told(key: &str, params: &[(&str, String)]) -> anyhow::Error {
    anyhow::anyhow!(say(lang(), &format!("cli.{key}"), params))
}

/// An error as a person at a terminal reads it.
pub fn sentence(error: &anyhow::Error) -> String {
    sentence_in(lang(), error)
}

fn sentence_in(lang: Lang, error: &anyhow::Error) -> String {
    let known = error.chain().find_map(|cause| {
        cause
            .downcast_ref::<ConfigError>()
            .map(of_config)
            .or_else(|| {
                cause.downcast_ref::<KeyError>().map(|e| ("key_file", vec![("problem", e.to_string())]))
            })
            .or_else(|| cause.downcast_ref::<NetworksError>().map(of_networks))
            .or_else(|| cause.downcast_ref::<BackupError>().and_then(of_backup))
            .or_else(|| cause.downcast_ref::<StoreError>().map(of_store))
    });
    match known {
        Some((key, params)) => say(lang, &format!("cli.{key}"), &params),
        None => chain(error),
    }
}

type Said = (&'static str, Vec<(&'static str, String)>);

fn of_config(error: &ConfigError) -> Said {
    match error {
        ConfigError::Read { path, problem } => {
            ("config_read", vec![("path", path.clone()), ("problem", problem.clone())])
        }
        ConfigError::Parse { place, problem } => {
            ("config_parse", vec![("place", place.clone()), ("problem", problem.clone())])
        }
    }
}

fn of_networks(error: &NetworksError) -> Said {
    ("networks_read", vec![("path", error.path.clone()), ("problem", error.problem.clone())])
}

fn of_backup(error: &BackupError) -> Option<Said> {
    let path = |path: &std::path::Path| ("path", path.display().to_string());
    Some(match error {
        BackupError::Exists(file) => ("backup_exists", vec![path(file)]),
        BackupError::NotEmpty(place) => ("restore_not_empty", vec![("path", place.clone())]),
        BackupError::NotABackup { file, problem } => {
            ("not_a_backup", vec![path(file), ("problem", problem.clone())])
        }
        BackupError::File { path: file, problem } => ("file", vec![path(file), ("problem", problem.clone())]),
        BackupError::Store(_) => return None,
    })
}

fn of_store(error: &StoreError) -> Said {
    let problem = || vec![("problem", chain(error))];
    match error {
        StoreError::Address(problem) => ("database_address", vec![("problem", problem.clone())]),
        StoreError::Newer(step) => ("database_newer", vec![("step", step.to_string())]),
        StoreError::Busy(_) => ("database_busy", Vec::new()),
        StoreError::Alone => ("database_alone", Vec::new()),
        StoreError::Unsupported(_) => ("database_unsupported", problem()),
        StoreError::Migration(_) => ("database_migration", problem()),
        _ => ("database_failed", problem()),
    }
}

/// An error with its causes; what a cause only says again is left out.
fn chain<'e>(error: impl Into<Causes<'e>>) -> String {
    let mut text = String::new();
    let mut next = Some(error.into().0);
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&said);
        }
        next = cause.source();
    }
    text
}

struct Causes<'e>(&'e dyn std::error::Error);

impl<'e> From<&'e anyhow::Error> for Causes<'e> {
    fn from(error: &'e anyhow::Error) -> Self {
        Causes(error.as_ref())
    }
}

impl<'e> From<&'e StoreError> for Causes<'e> {
    fn from(error: &'e StoreError) -> Self {
        Causes(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn an_error_is_a_sentence_in_both_languages_and_says_nothing_twice() {
        let busy =
            Err::<(), _>(StoreError::Busy("locked".to_owned())).context("it cannot be opened").unwrap_err();
        assert!(sentence_in(Lang::En, &busy).starts_with("The database is in use by another program"));
        assert!(sentence_in(Lang::Nl, &busy).starts_with("De database is in gebruik"));
        let newer = anyhow::Error::from(StoreError::Newer(12));
        assert!(
            sentence_in(Lang::Nl, &newer).contains("nieuwere versie"),
            "{}",
            sentence_in(Lang::Nl, &newer)
        );
        let other = anyhow::anyhow!("deep").context("upper");
        assert_eq!(sentence_in(Lang::En, &other), "upper: deep");
        let twice = anyhow::anyhow!("deep").context("upper: deep");
        assert_eq!(sentence_in(Lang::En, &twice), "upper: deep");
    }
}
