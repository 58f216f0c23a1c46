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

    /// Makes the build output this checkout's own. Cargo names what it builds by the path inside the workspace and
    /// compares times, so after a build of another checkout in the same place it would take that one's output for ours.
    ///
    /// # Errors
    /// When a source file or the note about the last checkout cannot be written.
    pub fn claim_target(&self) -> Result<()> {
        let note = self.target.join("stamps/last-checkout");
        let own = self.root.as_os_str().as_encoded_bytes();
        if std::fs::read(&note).is_ok_and(|last| last == own) {
            return Ok(());
        }
        for krate in std::fs::read_dir(self.root.join("crates")).context("cannot read crates/")? {
            let folder = krate?.path();
            for name in ["src/lib.rs", "src/main.rs"] {
                let path = folder.join(name);
                if let Ok(text) = std::fs::read(&path) {
                    // The same text with a new time: cargo builds the crate anew.
                    write(&path, text)?;
                }
            }
        }
        write(&note, own)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_checkout_in_the_same_build_output_builds_its_crates_anew() {
        let folder = std::env::temp_dir().join(format!("kiem-claim-{}", std::process::id()));
        let checkout =
            |name: &str| Checkout { root: folder.join(name), target: folder.join("target"), colours: false };
        let source = |name: &str| folder.join(name).join("crates/a/src/lib.rs");
        let time = |name: &str| std::fs::metadata(source(name)).unwrap().modified().unwrap();
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
        for name in ["one", "two"] {
            write(&source(name), "// the crate").unwrap();
        }
        let age = |name: &str| {
            std::fs::File::options().write(true).open(source(name)).unwrap().set_modified(long_ago).unwrap();
        };
        age("one");
        checkout("one").claim_target().unwrap();
        assert_ne!(time("one"), long_ago, "the first claim");
        age("one");
        checkout("one").claim_target().unwrap();
        assert_eq!(time("one"), long_ago, "its own output stays");
        checkout("two").claim_target().unwrap();
        checkout("one").claim_target().unwrap();
        assert_ne!(time("one"), long_ago, "another checkout built in between");
        assert_eq!(std::fs::read(source("one")).unwrap(), b"// the crate");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
