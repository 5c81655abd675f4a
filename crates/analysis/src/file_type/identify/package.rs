//! Bounded reader for ZIP packages. The ZIP library allocates memory according to numbers in the file. Therefore only the child
//! process, whose memory is limited, uses the library.

use super::read_at::{read_at, read_up_to};
use crate::opc::{Entry, entries, part_name, u16_at, u32_at};
use flate2::read::DeflateDecoder;
use std::collections::HashSet;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};

/// Maximum number of entries. Documents with many pictures have some hundreds.
const MAX_ENTRIES: u16 = 4_096;
/// Maximum size of the central directory, sufficient for `MAX_ENTRIES` entries with long names.
const MAX_DIRECTORY_BYTES: u32 = 2 * 1024 * 1024;
const MAX_PART_BYTES: u64 = 1024 * 1024;
const END_BYTES: usize = 22;
const MAX_COMMENT_BYTES: usize = 65_535;
const END: &[u8] = b"PK\x05\x06";
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
const OPEN_DOCUMENT_TEXT: &[u8] = b"application/vnd.oasis.opendocument.text";

pub struct Package {
    entries: Vec<Entry>,
}

/// Returns true if programs that read ZIP archives from the end accept the file.
pub fn ends_as_archive<R: Read + Seek>(reader: &mut R) -> Result<bool> {
    Ok(end_record(reader)?.is_some())
}

/// Returns true if the first entry is uncompressed and contains the media type of OpenDocument text (OpenDocument 1.3, part 2,
/// 3.3).
pub fn begins_as_open_document(head: &[u8]) -> bool {
    let is_type =
        head.starts_with(LOCAL) && u16_at(head, 8) == 0 && u16_at(head, 26) == 8 && head.get(30..38) == Some(b"mimetype");
    let content = head.get(38 + usize::from(u16_at(head, 28))..).unwrap_or_default();
    // The media types of templates and master documents start with the media type of text. Therefore the header of the next ZIP
    // record must directly follow the media type.
    is_type && content.strip_prefix(OPEN_DOCUMENT_TEXT).is_some_and(|rest| rest.starts_with(b"PK"))
}

pub fn is_open_document<R: Read + Seek>(reader: &mut R, head: &[u8]) -> Result<bool> {
    Ok(begins_as_open_document(head) && Package::open(reader)?.is_some_and(|package| package.has("content.xml")))
}

impl Package {
    /// Reads the list of entries. Returns `None` if the file is not a plain ZIP archive, has too many entries, or has several
    /// entries with the same name.
    pub fn open<R: Read + Seek>(reader: &mut R) -> Result<Option<Self>> {
        let Some((position, end)) = end_record(reader)? else { return Ok(None) };
        let (count, size, start) = (u16_at(&end, 10), u32_at(&end, 12), u32_at(&end, 16));
        // These limits also exclude ZIP64 archives, which contain the largest possible values in these fields.
        let is_plain = count <= MAX_ENTRIES && size <= MAX_DIRECTORY_BYTES && u64::from(start) + u64::from(size) == position;
        if !is_plain {
            return Ok(None);
        }
        let directory = read_up_to(reader, start.into(), size as usize)?;
        let entries: Vec<Entry> = entries(&directory).collect();
        let names: HashSet<String> = entries.iter().map(Entry::part_name).collect();
        let is_whole = entries.len() == usize::from(count) && names.len() == entries.len();
        Ok(is_whole.then_some(Self { entries }))
    }

    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    pub fn is_encrypted(&self) -> bool {
        self.entries.iter().any(|entry| entry.is_encrypted)
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        let name = part_name(name);
        self.entries.iter().find(|entry| entry.part_name() == name)
    }

    pub fn part<R: Read + Seek>(&self, reader: &mut R, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(entry) = self.find(name) else { return Ok(None) };
        let local: [u8; LOCAL_BYTES] = read_at(reader, entry.position.into())?;
        let local_name = read_up_to(reader, u64::from(entry.position) + LOCAL_BYTES as u64, u16_at(&local, 26).into())?;
        if !local.starts_with(LOCAL) || local_name != entry.name {
            return Err(malformed("the position of an entry is wrong"));
        }
        reader.seek(SeekFrom::Current(u16_at(&local, 28).into()))?;
        let packed = reader.take(entry.packed_bytes.into());
        let mut content = Vec::new();
        match entry.method {
            0 => packed.take(MAX_PART_BYTES + 1).read_to_end(&mut content)?,
            8 => DeflateDecoder::new(packed).take(MAX_PART_BYTES + 1).read_to_end(&mut content)?,
            _ => return Err(malformed("the compression method is not supported")),
        };
        if content.len() as u64 > MAX_PART_BYTES { Err(malformed("an entry is too large")) } else { Ok(Some(content)) }
    }
}

/// Returns the position and the bytes of the end record. The archive comment must extend to the end of the file.
fn end_record<R: Read + Seek>(reader: &mut R) -> Result<Option<(u64, Vec<u8>)>> {
    let size = reader.seek(SeekFrom::End(0))?;
    let start = size.saturating_sub((END_BYTES + MAX_COMMENT_BYTES) as u64);
    let tail = read_up_to(reader, start, END_BYTES + MAX_COMMENT_BYTES)?;
    let is_end = |at: &usize| tail[*at..].starts_with(END) && at + END_BYTES + usize::from(u16_at(&tail, at + 20)) == tail.len();
    let found = (0..=tail.len().saturating_sub(END_BYTES)).rev().find(is_end);
    Ok(found.map(|at| (start + at as u64, tail[at..].to_vec())))
}

fn malformed(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}
