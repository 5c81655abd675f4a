//! ZIP packages, read without trusting what they claim: the library that unpacks documents reserves memory by numbers in the file, which
//! only its child process with limits may do.

use super::read_at::{read_at, read_up_to, u16_at, u32_at};
use crate::analysis::text::part_name;
use flate2::read::DeflateDecoder;
use std::{
    collections::HashSet,
    io::{Error, ErrorKind, Read, Result, Seek, SeekFrom},
};

/// Real documents have some dozens of entries; one with many pictures has some hundreds.
const MAX_ENTRIES: u16 = 4_096;
/// Room for `MAX_ENTRIES` entries with long names.
const MAX_DIRECTORY_BYTES: u32 = 2 * 1024 * 1024;
/// What a part that is read here may unpack to.
const MAX_PART_BYTES: u64 = 1024 * 1024;
const END_BYTES: usize = 22;
const MAX_COMMENT_BYTES: usize = 65_535;
const END: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
const ENTRY_BYTES: usize = 46;
const LOCAL_BYTES: usize = 30;
const OPEN_DOCUMENT_TEXT: &[u8] = b"application/vnd.oasis.opendocument.text";

/// The list of a package's entries.
pub struct Package {
    entries: Vec<Entry>,
}

struct Entry {
    name: Vec<u8>,
    is_encrypted: bool,
    method: u16,
    packed_bytes: u32,
    position: u32,
}

impl Entry {
    fn part_name(&self) -> String {
        part_name(&String::from_utf8_lossy(&self.name))
    }
}

/// Whether something that reads archives from their end would take the file for one.
pub fn ends_as_archive<R: Read + Seek>(reader: &mut R) -> Result<bool> {
    Ok(end_record(reader)?.is_some())
}

/// Whether it begins as OpenDocument text does: the first entry is not packed and names the type (OpenDocument 1.3, part 2, 3.3).
pub fn begins_as_open_document(head: &[u8]) -> bool {
    let is_type =
        head.starts_with(LOCAL) && u16_at(head, 8) == 0 && u16_at(head, 26) == 8 && head.get(30..38) == Some(b"mimetype");
    let content = head.get(38 + usize::from(u16_at(head, 28))..).unwrap_or_default();
    // Templates and master documents have a longer type; the next record follows this one.
    is_type && content.strip_prefix(OPEN_DOCUMENT_TEXT).is_some_and(|rest| rest.starts_with(b"PK"))
}

/// Whether it is OpenDocument text.
pub fn is_open_document<R: Read + Seek>(reader: &mut R, head: &[u8]) -> Result<bool> {
    Ok(begins_as_open_document(head) && Package::open(reader)?.is_some_and(|package| package.has("content.xml")))
}

impl Package {
    /// Reads the list of entries. `None` when it is not a plain ZIP archive, has too many entries, or two of one name, which readers
    /// understand differently.
    pub fn open<R: Read + Seek>(reader: &mut R) -> Result<Option<Self>> {
        let Some((position, end)) = end_record(reader)? else { return Ok(None) };
        let (count, size, start) = (u16_at(&end, 10), u32_at(&end, 12), u32_at(&end, 16));
        // The marks of ZIP64 are beyond these bounds.
        let is_plain = count <= MAX_ENTRIES && size <= MAX_DIRECTORY_BYTES && u64::from(start) + u64::from(size) == position;
        if !is_plain {
            return Ok(None);
        }
        let directory = read_up_to(reader, start.into(), size as usize)?;
        let entries = entries(&directory);
        let names: HashSet<String> = entries.iter().map(Entry::part_name).collect();
        let is_whole = entries.len() == usize::from(count) && names.len() == entries.len();
        Ok(is_whole.then_some(Self { entries }))
    }

    /// Whether there is an entry of that name.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Whether a part is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.entries.iter().any(|entry| entry.is_encrypted)
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        let name = part_name(name);
        self.entries.iter().find(|entry| entry.part_name() == name)
    }

    /// The content of an entry; `None` when there is none of that name.
    pub fn part<R: Read + Seek>(&self, reader: &mut R, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(entry) = self.find(name) else { return Ok(None) };
        let local: [u8; LOCAL_BYTES] = read_at(reader, entry.position.into())?;
        let local_name = read_up_to(reader, u64::from(entry.position) + LOCAL_BYTES as u64, u16_at(&local, 26).into())?;
        if !local.starts_with(LOCAL) || local_name != entry.name {
            return Err(malformed("an entry is not where the list says"));
        }
        reader.seek(SeekFrom::Current(u16_at(&local, 28).into()))?;
        let packed = reader.take(entry.packed_bytes.into());
        let mut content = Vec::new();
        match entry.method {
            0 => packed.take(MAX_PART_BYTES + 1).read_to_end(&mut content)?,
            8 => DeflateDecoder::new(packed).take(MAX_PART_BYTES + 1).read_to_end(&mut content)?,
            _ => return Err(malformed("an entry is packed in another way")),
        };
        if content.len() as u64 > MAX_PART_BYTES { Err(malformed("an entry is too large")) } else { Ok(Some(content)) }
    }
}

/// The record at the end of an archive, whose comment reaches to the end of the file, and its position.
fn end_record<R: Read + Seek>(reader: &mut R) -> Result<Option<(u64, Vec<u8>)>> {
    let size = reader.seek(SeekFrom::End(0))?;
    let start = size.saturating_sub((END_BYTES + MAX_COMMENT_BYTES) as u64);
    let tail = read_up_to(reader, start, END_BYTES + MAX_COMMENT_BYTES)?;
    let is_end = |at: &usize| tail[*at..].starts_with(END) && at + END_BYTES + usize::from(u16_at(&tail, at + 20)) == tail.len();
    let found = (0..=tail.len().saturating_sub(END_BYTES)).rev().find(is_end);
    Ok(found.map(|at| (start + at as u64, tail[at..].to_vec())))
}

fn entries(mut directory: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    while directory.starts_with(ENTRY) && directory.len() >= ENTRY_BYTES {
        let length = |at: usize| usize::from(u16_at(directory, at));
        let end_of_name = ENTRY_BYTES + length(28);
        let Some(name) = directory.get(ENTRY_BYTES..end_of_name) else { break };
        entries.push(Entry {
            name: name.to_vec(),
            is_encrypted: u16_at(directory, 8) & 1 == 1,
            method: u16_at(directory, 10),
            packed_bytes: u32_at(directory, 20),
            position: u32_at(directory, 42),
        });
        directory = directory.get(end_of_name + length(30) + length(32)..).unwrap_or_default();
    }
    entries
}

fn malformed(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}
