//! `kiem user`: add people, set a password, list them. A password comes from standard input, never from the command
//! line, where every program of the machine could read it.

use std::io::{BufRead, IsTerminal, Write};
use std::process::{Command as Process, ExitCode, Stdio};

use anyhow::Context as _;
use clap::Subcommand;

use super::serve::{open, runtime};
use super::words::told;
use super::{Cli, said};
use crate::engine::people::workspaces::NewPerson;
use crate::engine::{Engine, EngineError, Role};

/// What to do with people.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a person; the first one owns the first workspace. Asks for the password.
    Add {
        /// E-mail address to log in with.
        email: String,
        /// Full name.
        #[arg(long)]
        name: String,
        /// Workspace by name; not needed when there is only one.
        #[arg(long)]
        workspace: Option<String>,
        /// owner, manager, marketing, sales or read_only.
        #[arg(long, default_value = "sales")]
        role: String,
    },
    /// Set a person's password and end their sessions. Asks for the password.
    Password {
        /// E-mail address that they log in with.
        email: String,
    },
    /// List all people with their workspaces and roles.
    List,
}

/// Runs `kiem user`.
pub fn user(cli: &Cli, command: &UserCommand) -> anyhow::Result<ExitCode> {
    let config = cli.settings()?;
    runtime()?.block_on(async {
        let engine = open(config).await?;
        let done = run(&engine, command).await;
        engine.store().close().await;
        done
    })
}

async fn run(engine: &Engine, command: &UserCommand) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::Add { email, name, workspace, role } => {
            let role: Role = role.parse().map_err(|_| told("role", &[("role", role.clone())]))?;
            let password = read_password()?;
            let workspace = workspace.as_deref();
            let wanted = NewPerson { email, name, password: &password, workspace, role };
            engine.add_person(wanted).await.map_err(|e| match e {
                EngineError::Conflict => told("user_taken", &[("email", email.clone())]),
                other => said(&other),
            })?;
            println!("{email} can log in now.");
        }
        UserCommand::Password { email } => {
            let password = read_password()?;
            engine.reset_password(email, &password).await.map_err(|e| match e {
                EngineError::NotFound => told("user_unknown", &[("email", email.clone())]),
                other => said(&other),
            })?;
            println!("{email} has a new password; all sessions have ended.");
        }
        UserCommand::List => {
            let mut global = engine.store().global_read().await?;
            for line in kiem_store::person::all(&mut global).await? {
                let workspace = line.workspace.unwrap_or_else(|| "(no workspace)".to_owned());
                println!("{}\t{}\t{workspace}\t{}", line.email, line.name, line.role.unwrap_or_default());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// One line from standard input; a person at a terminal is asked, and what they type is not shown.
fn read_password() -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    let asks = stdin.is_terminal();
    let hidden = asks && echo(false);
    if asks {
        eprint!("Password{}: ", if hidden { "" } else { " (shown while you type)" });
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    if hidden {
        echo(true);
        eprintln!();
    }
    read.context("the password cannot be read")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(told("no_password", &[]));
    }
    Ok(password.to_owned())
}

/// Shows or hides what is typed. False when the terminal cannot be told.
fn echo(on: bool) -> bool {
    let word = if on { "echo" } else { "-echo" };
    Process::new("stty").arg(word).stdin(Stdio::inherit()).status().is_ok_and(|status| status.success())
}
