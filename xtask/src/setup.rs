//! What a machine needs before Kiem can be built and tested: checked, and installed where we may.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::checkout::Checkout;
use crate::{postgres, process, web};

const RUSTC_MIN: (u32, u32) = (1, 95);
const NODE_MIN: (u32, u32) = (20, 19);

/// What is going to be done with the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Build the program with its page.
    Build,
    /// Run every test: databases, mail servers, browser.
    Test,
}

/// A Debian package and how to see that what it brings is there, on any system.
struct Package {
    name: &'static str,
    purpose: Purpose,
    is_present: fn() -> bool,
}

const PACKAGES: &[Package] = &[
    Package { name: "ca-certificates", purpose: Purpose::Build, is_present: || exists(&["/etc/ssl/certs"]) },
    Package { name: "git", purpose: Purpose::Build, is_present: || has("git") },
    Package { name: "gcc", purpose: Purpose::Build, is_present: || has("cc") },
    Package { name: "libc6-dev", purpose: Purpose::Build, is_present: || exists(&["/usr/include/stdio.h"]) },
    Package { name: "postgresql", purpose: Purpose::Test, is_present: || postgres::programs().is_some() },
    Package { name: "postfix", purpose: Purpose::Test, is_present: || has("postfix") },
    Package { name: "dovecot-core", purpose: Purpose::Test, is_present: || has("dovecot") },
    Package {
        name: "dovecot-imapd",
        purpose: Purpose::Test,
        is_present: || exists(&["/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap"]),
    },
    Package { name: "chromium", purpose: Purpose::Test, is_present: || chromium().is_some() },
    Package { name: "poppler-utils", purpose: Purpose::Test, is_present: || has("pdftotext") },
];

/// `cargo xtask setup`: everything, for building and for testing.
///
/// # Errors
/// When something is missing that we may not install, with the command that does.
pub fn run(checkout: &Checkout) -> Result<()> {
    prepare(Purpose::Test)?;
    web::install(checkout)
}

/// Checks the tools and installs missing packages for this purpose.
///
/// # Errors
/// When something is missing that we may not install, with the command that does.
pub fn prepare(purpose: Purpose) -> Result<()> {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|package| purpose == Purpose::Test || package.purpose == Purpose::Build)
        .filter(|package| !(package.is_present)())
        .map(|package| package.name)
        .collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    println!("rustc {}", at_least("rustc", RUSTC_MIN, "install it from https://rustup.rs")?);
    println!("node {}", at_least("node", NODE_MIN, "install Node.js 20 or newer from https://nodejs.org")?);
    if !has("npm") {
        bail!("npm is missing; it comes with Node.js");
    }
    Ok(())
}

/// The Chromium that the browser tests drive: `KIEM_CHROMIUM`, or Debian's.
pub fn chromium() -> Option<std::path::PathBuf> {
    match std::env::var_os("KIEM_CHROMIUM") {
        Some(path) => Some(path.into()).filter(|path: &std::path::PathBuf| path.is_file()),
        None => process::find("chromium"),
    }
}

fn has(program: &str) -> bool {
    process::find(program).is_some()
}

fn exists(paths: &[&str]) -> bool {
    paths.iter().any(|path| Path::new(path).exists())
}

fn install(missing: &[&str]) -> Result<()> {
    let packages = missing.join(" ");
    if !has("apt-get") {
        bail!(
            "missing: what Debian calls {packages}; install the packages of your system that bring the same"
        );
    }
    let mut command = if process::is_root() {
        Command::new("sh")
    } else if has("sudo") && may_sudo() {
        let mut command = Command::new("sudo");
        command.args(["-n", "sh"]);
        command
    } else {
        bail!(
            "missing packages: {packages}\ninstall them with: sudo apt-get install --no-install-recommends {packages}"
        );
    };
    println!("installing {packages}");
    command.args(["-c", include_str!("install_packages.sh"), "install-packages"]).args(missing);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        _ => bail!("installing failed; try: sudo apt-get install --no-install-recommends {packages}"),
    }
}

fn may_sudo() -> bool {
    let mut command = Command::new("sudo");
    command.args(["-n", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn at_least(program: &str, minimum: (u32, u32), advice: &str) -> Result<String> {
    let (major, minor) = minimum;
    let text = match process::output(Command::new(program).arg("--version")) {
        Ok(text) => text,
        Err(_) => bail!("{program} {major}.{minor} or newer is missing; {advice}"),
    };
    match version(&text) {
        Some((found, exact)) if found >= minimum => Ok(exact.to_owned()),
        Some((_, exact)) => bail!("{program} is {exact}, but {major}.{minor} or newer is needed; {advice}"),
        None => bail!("{program} does not say its version (it says '{}')", text.trim()),
    }
}

/// The first version number in the text, as major and minor and in full.
fn version(text: &str) -> Option<((u32, u32), &str)> {
    text.split_whitespace().find_map(|word| {
        let exact = word.trim_start_matches('v');
        let mut numbers = exact.split('.').map(str::parse::<u32>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Some(((major, minor), exact)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_tools_say() {
        for (text, expected) in [
            ("rustc 1.95.0 (59807616e 2026-04-14)\n", Some(((1, 95), "1.95.0"))),
            ("v20.20.2\n", Some(((20, 20), "20.20.2"))),
            ("rustc 1.96.0-nightly (x)", Some(((1, 96), "1.96.0-nightly"))),
            ("no version here", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }

    #[test]
    fn an_old_or_missing_tool_is_named_with_what_to_do() {
        let error = at_least("sh", (1, 0), "install it").expect_err("sh does not say a version like that");
        assert!(error.to_string().starts_with("sh "), "{error}");
        let error = at_least("kiem-no-such-program", (1, 2), "install it").expect_err("it does not exist");
        assert_eq!(error.to_string(), "kiem-no-such-program 1.2 or newer is missing; install it");
        let error = at_least("git", (99, 0), "install it").expect_err("there is no git 99");
        assert!(error.to_string().ends_with("99.0 or newer is needed; install it"), "{error}");
    }
}
