//! The directory of an OLE compound file (MS-CFB): old Word, Excel and PowerPoint files, Outlook messages and encrypted packages share
//! this container, and only the names of its top-level streams tell them apart.

use super::read_at::{read_at, read_up_to, u16_at, u32_at};
use std::io::{Read, Result, Seek};

/// What the container is.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// An old Word document.
    WordDocument,
    /// A newer Office document that is encrypted with a password.
    Encrypted,
}

const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
/// Real documents have some dozens of entries, with many embedded objects some hundreds.
const MAX_ENTRIES: usize = 4_096;
/// A file of 2 GiB needs 258 of them.
const MAX_DIFAT_SECTORS: u32 = 512;
/// How many places of the FAT the header lists.
const HEADER_DIFAT: u32 = 109;
const STREAM: u8 = 2;
const ROOT: u8 = 5;

/// Whether it begins as a compound file.
pub fn is_compound(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// The kind of document in the container; `None` when it is not accepted or cannot be read.
pub fn find<R: Read + Seek>(reader: &mut R, head: &[u8]) -> Result<Option<Found>> {
    let shift = u32::from(u16_at(head, 30));
    if !is_compound(head) || head.len() < HEADER_BYTES || !matches!(shift, 9 | 12) {
        return Ok(None);
    }
    let entries = Compound { reader, head, shift }.entries()?;
    let names = top_level_streams(&entries);
    Ok(match () {
        () if names.iter().any(|name| name == "EncryptedPackage") => Some(Found::Encrypted),
        () if names.iter().any(|name| name == "WordDocument") => Some(Found::WordDocument),
        () => None,
    })
}

struct Compound<'a, R> {
    reader: &'a mut R,
    head: &'a [u8],
    /// The size of a sector, as a power of two.
    shift: u32,
}

impl<R: Read + Seek> Compound<'_, R> {
    /// The entries of the directory, as many as are read.
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

    /// The sector that follows in its chain, by the FAT.
    fn next(&mut self, sector: u32) -> Result<u32> {
        let per_sector = 1_u32 << (self.shift - 2);
        let fat = self.fat_sector(sector / per_sector)?;
        self.word(fat, sector % per_sector)
    }

    /// Where a sector of the FAT is, by the header and the DIFAT.
    fn fat_sector(&mut self, index: u32) -> Result<u32> {
        if index < HEADER_DIFAT {
            return Ok(u32_at(self.head, 76 + 4 * index as usize));
        }
        // The last word of a DIFAT sector leads to the next one.
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

/// Whether it is the number of a sector and not a mark.
fn is_regular(sector: u32) -> bool {
    sector <= 0xFFFF_FFFA
}

/// The names of the streams that are not in a storage: an embedded document has streams of the same names in one.
fn top_level_streams(entries: &[[u8; ENTRY_BYTES]]) -> Vec<String> {
    let Some(root) = entries.first().filter(|root| root[66] == ROOT) else { return Vec::new() };
    let mut names = Vec::new();
    let mut seen = vec![false; entries.len()];
    let mut waiting = vec![u32_at(root, 76)];
    while let Some(index) = waiting.pop() {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let (Some(entry), Some(is_seen)) = (entries.get(index), seen.get_mut(index)) else { continue };
        if std::mem::replace(is_seen, true) {
            continue;
        }
        if entry[66] == STREAM {
            names.push(name(entry));
        }
        waiting.extend([u32_at(entry, 68), u32_at(entry, 72)]);
    }
    names
}

fn name(entry: &[u8; ENTRY_BYTES]) -> String {
    // The length counts bytes, and the zero at the end.
    let length = usize::from(u16_at(entry, 64)).clamp(2, 64) - 2;
    let units: Vec<u16> = entry[..length].as_chunks::<2>().0.iter().copied().map(u16::from_le_bytes).collect();
    String::from_utf16_lossy(&units)
}
