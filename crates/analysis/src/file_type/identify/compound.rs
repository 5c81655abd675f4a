//! Bounded reader for OLE compound files (MS-CFB). Old Office files, Outlook messages and encrypted Office files use this format.
//! The names of the top-level streams show the kind of file.

use super::read_at::{read_at, read_up_to};
use crate::opc::{u16_at, u32_at};
use crate::signatures::OLE;
use std::io::{Read, Result, Seek};

#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    WordDocument,
    /// An Office document that is encrypted with a password.
    Encrypted,
    Workbook,
    Presentation,
    OutlookMessage,
}

const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
/// Maximum number of directory entries. Documents with embedded objects have some hundreds.
const MAX_ENTRIES: usize = 4_096;
/// Maximum number of DIFAT sectors. A file of 2 GiB needs 258.
const MAX_DIFAT_SECTORS: u32 = 512;
const HEADER_DIFAT: u32 = 109;
const STREAM: u8 = 2;
const ROOT: u8 = 5;

/// Returns the kind of document in the container, or `None` if the kind is unknown or the document is not readable.
pub fn find<R: Read + Seek>(reader: &mut R, head: &[u8]) -> Result<Option<Found>> {
    let shift = u32::from(u16_at(head, 30));
    if !head.starts_with(OLE) || head.len() < HEADER_BYTES || !matches!(shift, 9 | 12) {
        return Ok(None);
    }
    let entries = Compound { reader, head, shift }.entries()?;
    let names = top_level_streams(&entries);
    let kinds = [
        ("EncryptedPackage", Found::Encrypted),
        ("WordDocument", Found::WordDocument),
        ("Workbook", Found::Workbook),
        ("Book", Found::Workbook),
        ("PowerPoint Document", Found::Presentation),
        ("__properties_version1.0", Found::OutlookMessage),
    ];
    Ok(kinds.into_iter().find(|(stream, _)| names.iter().any(|name| name == stream)).map(|(_, found)| found))
}

struct Compound<'a, R> {
    reader: &'a mut R,
    head: &'a [u8],
    /// Binary logarithm of the sector size.
    shift: u32,
}

impl<R: Read + Seek> Compound<'_, R> {
    fn entries(&mut self) -> Result<Vec<[u8; ENTRY_BYTES]>> {
        let mut entries = Vec::new();
        let mut sector = u32_at(self.head, 48);
        let size = 1_usize << self.shift;
        while is_regular(sector) && entries.len() < MAX_ENTRIES {
            let bytes = read_up_to(self.reader, self.position(sector), size)?;
            entries.extend(bytes.as_chunks::<ENTRY_BYTES>().0);
            sector = self.next(sector)?;
        }
        Ok(entries)
    }

    fn next(&mut self, sector: u32) -> Result<u32> {
        let per_sector = 1_u32 << (self.shift - 2);
        let fat = self.fat_sector(sector / per_sector)?;
        self.word(fat, sector % per_sector)
    }

    /// Returns the number of the FAT sector with this index. The header lists the first FAT sectors, and the DIFAT lists the
    /// others.
    fn fat_sector(&mut self, index: u32) -> Result<u32> {
        if index < HEADER_DIFAT {
            return Ok(u32_at(self.head, 76 + 4 * index as usize));
        }
        // The last word of a DIFAT sector is the number of the next DIFAT sector.
        let links = (1_u32 << (self.shift - 2)) - 1;
        let (steps, place) = ((index - HEADER_DIFAT) / links, (index - HEADER_DIFAT) % links);
        let mut difat = u32_at(self.head, 68);
        for _ in 0..steps.min(MAX_DIFAT_SECTORS) {
            difat = self.word(difat, links)?;
        }
        self.word(difat, place)
    }

    fn word(&mut self, sector: u32, index: u32) -> Result<u32> {
        let position = self.position(sector) + 4 * u64::from(index);
        Ok(u32::from_le_bytes(read_at(self.reader, position)?))
    }

    fn position(&self, sector: u32) -> u64 {
        (u64::from(sector) + 1) << self.shift
    }
}

/// Returns false for markers, such as the end of a chain.
fn is_regular(sector: u32) -> bool {
    sector <= 0xFFFF_FFFA
}

/// Returns the names of the top-level streams. Ignores nested streams, which belong to embedded documents.
fn top_level_streams(entries: &[[u8; ENTRY_BYTES]]) -> Vec<String> {
    let Some(root) = entries.first().filter(|root| root[66] == ROOT) else { return Vec::new() };
    let mut names = Vec::new();
    let mut seen = vec![false; entries.len()];
    let mut pending = vec![u32_at(root, 76)];
    while let Some(index) = pending.pop() {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let (Some(entry), Some(is_seen)) = (entries.get(index), seen.get_mut(index)) else { continue };
        if std::mem::replace(is_seen, true) {
            continue;
        }
        if entry[66] == STREAM {
            names.push(name(entry));
        }
        pending.extend([u32_at(entry, 68), u32_at(entry, 72)]);
    }
    names
}

fn name(entry: &[u8; ENTRY_BYTES]) -> String {
    // The length is in bytes and includes the terminating zero.
    let length = usize::from(u16_at(entry, 64)).clamp(2, 64) - 2;
    let units: Vec<u16> = entry[..length].as_chunks::<2>().0.iter().copied().map(u16::from_le_bytes).collect();
    String::from_utf16_lossy(&units)
}
