//! `kiem backup`, `kiem restore`, `kiem doctor`.

use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

use anyhow::Context as _;
use kiem_store::Store;
use kiem_store::migrate::BACKUP_SETTING;

use super::serve::{make_data_dir, open, open_as_it_stands, runtime};
use super::{Cli, words};
use crate::config::Config;
use crate::engine::Clock;
use crate::engine::backup::{self, Restored};
use crate::messages::say;

fn print(key: &str, params: &[(&str, String)]) {
    println!("{}", say(words::lang(), &format!("cli.{key}"), params));
}

/// Writes a backup.
pub fn back_up(cli: &Cli, file: &Path) -> anyhow::Result<ExitCode> {
    let config = cli.settings()?;
    runtime()?.block_on(async {
        let store = open_as_it_stands(&config).await?;
        let written = backup::back_up(&store, file).await;
        store.close().await;
        if !written? {
            backup::reserve(file)?;
            // Row-level security holds for the owner too; the policies let a session through that says it is a backup.
            let options = ["--format=custom", "--enable-row-security", "--file"];
            postgres_tool("pg_dump", &config, &options, file)
                .inspect_err(|_| drop(std::fs::remove_file(file)))?;
        }
        let path = |path: &Path| [("path", path.display().to_string())];
        print("backup_done", &path(file));
        print("backup_key", &path(&config.key_file()));
        print("backup_journal", &path(&config.journal_file()));
        Ok(ExitCode::SUCCESS)
    })
}

/// Brings a backup back into an empty place.
pub fn restore(cli: &Cli, file: &Path) -> anyhow::Result<ExitCode> {
    let config = cli.settings()?;
    if !file.exists() {
        return Err(words::told("file_missing", &[("path", file.display().to_string())]));
    }
    make_data_dir(&config)?;
    let journal_was_there = config.journal_file().exists();
    let restored = runtime()?.block_on(async {
        let now = Clock::System.now();
        match config.database_url.strip_prefix("sqlite:") {
            Some(path) => {
                Ok(backup::restore_sqlite(file, &PathBuf::from(path), &config.journal_file(), now).await?)
            }
            None => restore_postgres(&config, file).await,
        }
    })?;
    let n = |n: u64| [("n", n.to_string())];
    let path = |path: &Path| [("path", path.display().to_string())];
    print("restored", &n(restored.n_workspaces as u64));
    if journal_was_there {
        print("restored_steps", &n(restored.n_journal_steps));
        print("restored_opt_outs", &n(restored.n_opt_outs));
        print("restored_erased", &n(restored.n_erased));
    } else {
        print("restored_no_journal", &path(&config.journal_file()));
    }
    print("restored_held", &[]);
    if !config.key_file().exists() {
        print("restored_no_key", &path(&config.key_file()));
    }
    Ok(ExitCode::SUCCESS)
}

async fn restore_postgres(config: &Config, file: &Path) -> anyhow::Result<Restored> {
    let store = Store::open(&config.database_url, 2).await?;
    let empty = backup::has_nobody(&store).await?;
    store.close().await;
    if !empty {
        return Err(backup::BackupError::NotEmpty(without_password(&config.database_url).0).into());
    }
    postgres_tool(
        "pg_restore",
        config,
        &["--single-transaction", "--no-owner", "--clean", "--if-exists", "--exit-on-error", "--dbname"],
        file,
    )?;
    let store = Store::open(&config.database_url, 2).await?;
    store.migrate().await?;
    let restored = backup::hold_sending(&store, &config.journal_file(), Clock::System.now()).await;
    store.close().await;
    Ok(restored?)
}

/// Runs a tool of PostgreSQL. The password goes through the environment, where other users cannot see it.
fn postgres_tool(tool: &str, config: &Config, options: &[&str], file: &Path) -> anyhow::Result<()> {
    let (url, password) = without_password(&config.database_url);
    let mut process = Process::new(tool);
    process.args(options);
    let shown = if tool == "pg_dump" {
        process.arg(file).arg(&url);
        format!("{tool} {} {} '{url}'", options.join(" "), file.display())
    } else {
        process.arg(&url).arg(file);
        format!("{tool} {} '{url}' {}", options.join(" "), file.display())
    };
    if let Some(password) = password {
        process.env("PGPASSWORD", password);
    }
    process.env("PGOPTIONS", format!("-c {BACKUP_SETTING}=on"));
    let status = match process.status() {
        Ok(status) => status,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => anyhow::bail!(
            "{tool} is not on this machine. Install PostgreSQL's client programs, or run this where they are: {shown}"
        ),
        Err(e) => return Err(e).with_context(|| format!("{tool} cannot be started")),
    };
    anyhow::ensure!(status.success(), "{tool} failed; what it said stands above. The command was: {shown}");
    Ok(())
}

/// A database address without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let (login, place) = rest.rsplit_once('@')?;
        let (user, password) = login.split_once(':')?;
        Some((format!("{scheme}://{user}@{place}"), percent_decoded(password)))
    });
    parts.map_or((url.to_owned(), None), |(url, password)| (url, Some(password)))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Looks at everything and says what to do.
pub fn doctor(cli: &Cli) -> anyhow::Result<ExitCode> {
    let config = cli.settings()?;
    runtime()?.block_on(async {
        let engine = open(config).await?;
        let findings = engine.examine().await;
        engine.store().close().await;
        let findings = findings.map_err(|e| super::said(&e))?;
        let (lang, mut n_ill) = (words::lang(), 0);
        for finding in &findings {
            let mark = say(lang, if finding.is_well { "doctor.well" } else { "doctor.ill" }, &[]);
            println!("{mark}  {}", finding.sentence(lang));
            n_ill += usize::from(!finding.is_well);
        }
        let (k, n) = (("k", n_ill.to_string()), ("n", findings.len().to_string()));
        println!("{}", say(lang, if n_ill == 0 { "doctor.all_well" } else { "doctor.some_ill" }, &[k, n]));
        Ok(if n_ill == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_never_stands_on_a_command_line() {
        let (url, password) = without_password("postgres://kiem:p%40ss@db.example/kiem");
        assert_eq!((url.as_str(), password.as_deref()), ("postgres://kiem@db.example/kiem", Some("p@ss")));
        let same = "postgres://kiem@db.example/kiem";
        assert_eq!(without_password(same), (same.to_owned(), None));
    }
}
