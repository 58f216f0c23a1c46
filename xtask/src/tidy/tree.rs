//! The text of the project: every file that git tracks or would track.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// A file of the project. Paths are relative to the root, with forward slashes.
#[derive(Debug)]
pub struct File {
    /// Path relative to the root of the project.
    pub path: String,
    /// The content; empty for files that are not UTF-8 text.
    pub text: String,
}

impl File {
    /// Whether the name ends with one of these endings, given with their dot.
    pub fn is(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }
}

/// Every file of the project, sorted by path.
#[derive(Debug)]
pub struct Tree {
    files: Vec<File>,
}

impl Tree {
    /// Reads what git tracks and what it would track; ignored files are no part of the project.
    pub fn read(root: &Path) -> Result<Tree> {
        let mut command = Command::new("git");
        command.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listing = process::output(&mut command)?;
        let mut files = Vec::new();
        for path in listing.split('\0').filter(|path| !path.is_empty()) {
            let full = root.join(path);
            if !full.is_file() {
                continue; // deleted but not yet committed, or a link to a folder
            }
            let bytes = std::fs::read(&full).with_context(|| format!("cannot read {path}"))?;
            files.push(File { path: path.to_owned(), text: String::from_utf8(bytes).unwrap_or_default() });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Tree { files })
    }

    /// A project made of the given paths and texts.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let mut files: Vec<File> = files
            .iter()
            .map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Tree { files }
    }

    /// All files.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file with exactly this path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Files whose path begins with `prefix` (a folder ends with a slash).
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.path.starts_with(prefix))
    }

    /// Rust sources, build scripts and tests included.
    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is(&[".rs"]))
    }

    /// Whether a file or a folder of this name exists.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.iter().any(|file| {
            file.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_exist_through_their_files_only() {
        let tree = Tree::of(&[("crates/kiem/src/main.rs", "fn main() {}")]);
        for (path, exists) in [
            ("crates/kiem/src/main.rs", true),
            ("crates/kiem/src", true),
            ("crates/kiem/src/", true),
            ("crates/kiem/sr", false),
            ("crates/kiem/src/lib.rs", false),
        ] {
            assert_eq!(tree.has(path), exists, "{path}");
        }
    }
}
