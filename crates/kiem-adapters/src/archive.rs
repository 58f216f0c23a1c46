//! Several files in one: what somebody who asks for their data takes home.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

/// A file of an archive.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveFile<'a> {
    /// Its name, without folders.
    pub name: &'a str,
    /// What is in it.
    pub content: &'a [u8],
}

/// Packs files into a ZIP archive, in memory.
///
/// # Errors
/// When a name cannot stand in an archive, or two are equal.
pub fn pack(files: &[ArchiveFile<'_>]) -> Result<Vec<u8>, ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        archive.start_file(file.name, SimpleFileOptions::default())?;
        archive.write_all(file.content)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let long = "Eva ".repeat(10_000);
        let files = [
            ArchiveFile { name: "gegevens.json", content: b"{}" },
            ArchiveFile { name: "leesbaar.html", content: long.as_bytes() },
        ];
        let packed = pack(&files).unwrap();
        assert!(packed.len() < 5_000, "it is packed: {}", packed.len());
        let mut archive = ZipArchive::new(Cursor::new(packed)).unwrap();
        for file in files {
            let mut text = Vec::new();
            archive.by_name(file.name).unwrap().read_to_end(&mut text).unwrap();
            assert_eq!(text, file.content, "{}", file.name);
        }
    }
}
