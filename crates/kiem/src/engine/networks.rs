//! The networks of mail gateways that this installation knows: the list that comes with Kiem, the list of one's own in the
//! data folder before it, and a table that says which addresses belong to which autonomous system. Read once, at the start.

use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::Path;

use kiem_domain::engagement::network::NetworkCatalogue;

use crate::config::Config;

/// The list of one's own, in the data folder.
pub const OWN_LIST: &str = "networks.txt";

/// A list or table of networks that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the list of networks {path} cannot be read: {problem}")]
pub struct NetworksError {
    /// Which file.
    pub path: String,
    /// What is wrong, with its line where a line is wrong.
    pub problem: String,
}

/// The networks of an installation.
///
/// # Errors
/// Names the file and the line that cannot be read. A list of one's own that is not there is none; a table that the
/// configuration names must be there.
pub fn of_installation(config: &Config) -> Result<NetworkCatalogue, NetworksError> {
    let mut networks = NetworkCatalogue::built_in().clone();
    let own = config.data_dir.join(OWN_LIST);
    match std::fs::read_to_string(&own) {
        Ok(text) => {
            let read = NetworkCatalogue::parse(&text);
            networks.put_before(read.map_err(|e| problem(&own, e))?);
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(problem(&own, error)),
    }
    if !config.asn_file.as_os_str().is_empty() {
        let path = &config.asn_file;
        let file = std::fs::File::open(path).map_err(|e| problem(path, e))?;
        for (place, line) in BufReader::new(file).lines().enumerate() {
            let line = line.map_err(|e| problem(path, e))?;
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let taken = networks.take_system_line(&line);
            taken.map_err(|reason| problem(path, format!("line {}: {reason}", place + 1)))?;
        }
    }
    Ok(networks)
}

fn problem(path: &Path, why: impl std::fmt::Display) -> NetworksError {
    NetworksError { path: path.display().to_string(), problem: why.to_string() }
}
