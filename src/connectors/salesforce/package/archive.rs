//! The ZIP: the same files give the same bytes, on any day and any machine.

use std::io::{Cursor, Write};
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipResult, write::SimpleFileOptions};

/// A path inside the archive and its content.
pub(super) type File = (String, String);

/// The files as a ZIP, sorted by path, without the time of day.
pub(super) fn archive(mut files: Vec<File>) -> Vec<u8> {
    files.sort();
    write(&files).expect("memory takes what is written, and the paths are few, short and different")
}

fn write(files: &[File]) -> ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        writer.start_file(path.as_str(), options)?;
        writer.write_all(content.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}
