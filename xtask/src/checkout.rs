//! Where things are: the checkout, its parts and its build output.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The checkout that this program was built from.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// Root of the checkout.
    pub root: PathBuf,
    /// Build output, outside the checkout by default so that clean clones share it.
    pub target: PathBuf,
    colours: bool,
}

/// How cargo builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Fast to build.
    Dev,
    /// Fast to run.
    Release,
}

impl Checkout {
    /// Finds the checkout and the build output.
    ///
    /// # Errors
    /// When neither `CARGO_TARGET_DIR`, `XDG_CACHE_HOME` nor `HOME` says where build output may go.
    pub fn find() -> Result<Checkout> {
        // Cargo sets the variable when it runs us; the built-in value serves when the binary is started by hand.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().context("xtask has no parent folder")?.to_owned();
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let target = match folder("CARGO_TARGET_DIR") {
            Some(target) => std::path::absolute(target)?,
            None => folder("XDG_CACHE_HOME")
                .or_else(|| folder("HOME").map(|home| home.join(".cache")))
                .context("set HOME, XDG_CACHE_HOME or CARGO_TARGET_DIR, so that build output has a place")?
                .join("kiem/target"),
        };
        Ok(Checkout { root, target, colours: std::env::var_os("NO_COLOR").is_none() })
    }

    /// The same checkout, with every tool told to print plain text.
    pub fn without_colours(&self) -> Checkout {
        Checkout { colours: false, ..self.clone() }
    }

    /// Folder of the page.
    pub fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    /// Whether a file or folder, given relative to the root, exists.
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// A command that runs in the root of the checkout and builds where all of ours build.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        if !self.colours {
            command
                .env("NO_COLOR", "1")
                .env("CARGO_TERM_COLOR", "never")
                .env("CI", "1")
                .env_remove("FORCE_COLOR");
        }
        command
    }

    /// The cargo that runs us, with these arguments.
    pub fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments);
        command
    }

    /// npm in the page's folder, with these arguments.
    pub fn npm<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.command("npm");
        // The browser tests use the system's Chromium.
        command.current_dir(self.web()).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").args(arguments);
        command
    }

    /// Where cargo puts the program of this profile.
    pub fn kiem(&self, profile: Profile) -> PathBuf {
        let folder = if profile == Profile::Release { "release" } else { "debug" };
        self.target.join(folder).join("kiem")
    }

    /// Builds the program and says where it is.
    ///
    /// # Errors
    /// When cargo fails.
    pub fn build_kiem(&self, profile: Profile) -> Result<PathBuf> {
        let mut command = self.cargo(["build", "--locked", "--package", "kiem", "--bin", "kiem"]);
        if profile == Profile::Release {
            command.arg("--release");
        }
        crate::process::run(&mut command)?;
        Ok(self.kiem(profile))
    }

    /// A file in the build output that remembers `what` about this checkout; other checkouts have their own.
    pub fn stamp(&self, what: &str) -> PathBuf {
        self.target.join("stamps").join(format!("{what}-{:016x}", hash(&self.root)))
    }
}

/// A number that changes when the value does. Good enough to skip work, no proof of anything.
pub fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Writes a file and the folders that lead to it.
///
/// # Errors
/// With the path, when the file cannot be written.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    std::fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
