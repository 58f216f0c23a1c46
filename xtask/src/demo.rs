//! `cargo xtask demo`: from a fresh checkout to a running demo.

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::checkout::{Checkout, Profile};
use crate::setup::{self, Purpose};
use crate::web;

/// Builds the page and the program, and becomes `kiem demo`, which prints its address and log-in.
///
/// # Errors
/// When something is missing, a build fails, or the program cannot be started.
pub fn run(checkout: &Checkout, arguments: &[&str]) -> Result<()> {
    let profile = if arguments.contains(&"--debug") { Profile::Dev } else { Profile::Release };
    setup::prepare(Purpose::Build)?;
    web::build(checkout, false)?;
    let program = checkout.build_kiem(profile)?;
    let mut command = checkout.command(&program);
    command.arg("demo").args(arguments.iter().filter(|argument| **argument != "--debug"));
    // Replacing this process gives the demo the terminal: Ctrl-C reaches it, and nothing stands in between.
    Err(command.exec()).with_context(|| format!("cannot start {}", program.display()))
}
