//! Where a file is: in memory, as an upload is, or on disk, as the command line has it. A file on disk is read in pieces.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use super::ImportError;

/// A file to read.
#[derive(Debug, Clone)]
pub enum Source {
    /// In memory.
    Bytes(Arc<Vec<u8>>),
    /// On disk.
    Path(PathBuf),
}

/// A file that is being read.
pub(super) enum Opened {
    Bytes(Cursor<Shared>),
    Path(BufReader<File>),
}

/// Bytes that several readers hold together.
pub(super) struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Source {
    /// A file in memory.
    pub fn bytes(bytes: Vec<u8>) -> Source {
        Source::Bytes(Arc::new(bytes))
    }

    /// Its size in bytes.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn size(&self) -> Result<u64, ImportError> {
        match self {
            Source::Bytes(bytes) => Ok(bytes.len() as u64),
            Source::Path(path) => {
                let about = std::fs::metadata(path).map_err(|e| ImportError::Disk(e.kind()))?;
                // A folder or a device has no size to speak of.
                if about.is_file() { Ok(about.len()) } else { Err(ImportError::NotText) }
            }
        }
    }

    pub(super) fn open(&self) -> Result<Opened, ImportError> {
        match self {
            Source::Bytes(bytes) => Ok(Opened::Bytes(Cursor::new(Shared(bytes.clone())))),
            Source::Path(path) => {
                let file = File::open(path).map_err(|e| ImportError::Disk(e.kind()))?;
                Ok(Opened::Path(BufReader::new(file)))
            }
        }
    }
}

impl Read for Opened {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Opened::Bytes(bytes) => bytes.read(into),
            Opened::Path(file) => file.read(into),
        }
    }
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        match self {
            Opened::Bytes(bytes) => bytes.seek(to),
            Opened::Path(file) => file.seek(to),
        }
    }
}
