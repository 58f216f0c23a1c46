//! `kiem completeness load`: the open data of the company register, to see how much of the market the audience is.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use kiem_domain::audience::ActivityVersion;

use super::import::{caller, workspace};
use super::serve::{open, runtime};
use super::words::{lang, told};
use super::{Cli, said};
use crate::engine::audience::completeness::{RegisterToLoad, count_register};
use crate::messages::say;

/// `kiem completeness ...`.
#[derive(Debug, Subcommand)]
pub enum CompletenessCommand {
    /// Count a file of the register's open data (KVK, Basis Bedrijfsgegevens; CSV, or ZIP with one).
    Load(Load),
}

/// `kiem completeness load ...`.
#[derive(Debug, Args)]
pub struct Load {
    /// The file.
    file: PathBuf,
    /// Workspace by number or name.
    #[arg(long)]
    workspace: String,
    /// Edition of its codes: 2025, or 2008 for files from before September 2025.
    #[arg(long, default_value = "2025")]
    edition: String,
    /// Day on which the register gave it out, such as 2026-06-01.
    #[arg(long)]
    as_of: Date,
    /// The file is made up, for trying; the page says so.
    #[arg(long)]
    sample: bool,
    /// Who loads it, by e-mail address; the first owner of the workspace when it is not given.
    #[arg(long = "as", value_name = "EMAIL")]
    loaded_by: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be counted, in a sentence that says what to do.
pub fn run(cli: &Cli, command: &CompletenessCommand) -> anyhow::Result<ExitCode> {
    let CompletenessCommand::Load(load) = command;
    let config = cli.settings()?;
    let edition = ActivityVersion::named(&load.edition)
        .ok_or_else(|| told("register_edition", &[("value", load.edition.clone())]))?;
    let path = load.file.display().to_string();
    let file = File::open(&load.file).map_err(|_| told("file_missing", &[("path", path)]))?;
    let counted = count_register(file, edition).map_err(|e| said(&e))?;
    let params = [
        ("companies", counted.companies_n.to_string()),
        ("passed", counted.passed_n.to_string()),
        ("unreadable", counted.unreadable_n.to_string()),
    ];
    let file_name = load.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    runtime()?.block_on(async {
        let engine = open(config).await?;
        let loaded = async {
            let workspace = workspace(&engine, &load.workspace).await?;
            let caller = caller(&engine, workspace, load.loaded_by.as_deref()).await?;
            let register =
                RegisterToLoad { file_name, edition, as_of: load.as_of, is_sample: load.sample, counted };
            engine.load_register(&caller, register).await.map_err(|e| said(&e))
        }
        .await;
        engine.store().close().await;
        loaded
    })?;
    println!("{}", say(lang(), "cli.register_loaded", &params));
    Ok(ExitCode::SUCCESS)
}
