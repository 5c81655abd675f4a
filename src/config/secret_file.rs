//! Secrets in files whose paths are in `{NAME}_FILE` variables, such as container secrets and systemd credentials.

use crate::secret::Secret;
use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;

const MAX_BYTES: u64 = 64 * 1024;

/// Returns the trimmed content of a file. Error messages contain neither content nor path, because an operator can set the
/// variable to the secret by mistake.
pub(super) fn read(path: &str) -> Result<Secret<String>, String> {
    let mut content = String::new();
    let read = File::open(Path::new(path)).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut content));
    let content = Secret::new(content);
    match read {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err("is not UTF-8 text".to_owned()),
        Err(error) => Err(format!("can't be read ({})", error.kind())),
        Ok(_) if content.expose().len() as u64 > MAX_BYTES => Err("is larger than 64 KiB".to_owned()),
        Ok(_) => match content.expose().trim() {
            "" => Err("is empty".to_owned()),
            value => Ok(Secret::from(value)),
        },
    }
}
