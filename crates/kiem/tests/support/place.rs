//! A folder of its own for a test that runs the program.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder of its own that goes with the test.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new() -> Place {
        let name =
            kiem::engine::keys::random_bytes::<8>().iter().map(|b| format!("{b:02x}")).collect::<String>();
        let folder = std::env::temp_dir().join(format!("kiem-command-{name}"));
        std::fs::create_dir_all(&folder).unwrap();
        Place(folder)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Runs the program with a language and settings, and what is typed.
    pub fn kiem(&self, language: &str, settings: &[(&str, &str)], words: &[&str], typed: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kiem"));
        command
            .env_clear()
            .env("LANG", language)
            .env("PATH", "/usr/bin:/bin")
            .env("KIEM_DATA_DIR", self.path("data"));
        let mut child = command
            .envs(settings.iter().copied())
            .args(words)
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that ends without asking does not read.
        drop(child.stdin.take().unwrap().write_all(typed.as_bytes()));
        child.wait_with_output().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A folder that cannot be removed is the temporary folder's business.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
