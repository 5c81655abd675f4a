//! Creates reproducible ZIP archives.

use std::io::{Cursor, Write};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Path in the archive, and content of the file.
pub(super) type File = (String, String);

/// Creates the archive. Sorts the files by path and omits modification times, so that the result is reproducible.
pub(super) fn archive(mut files: Vec<File>) -> Vec<u8> {
    files.sort();
    write(&files).expect("writing to memory succeeds, and the paths are few, short and unique")
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
