//! The ZIP package of a DOCX file. Sizes and names in a ZIP are claims of the sender: what is inflated is counted, and
//! a package that two readers could read differently is refused.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::analysis::text::ExtractError;

/// Real documents have some dozens of entries; one with many pictures has some hundreds.
const MAXIMUM_ENTRIES: usize = 4_096;
/// The most bytes that one part may inflate to.
const MAXIMUM_PART_BYTES: u64 = 64 * 1024 * 1024;
/// The most bytes that all parts together may inflate to.
const MAXIMUM_TOTAL_BYTES: u64 = 128 * 1024 * 1024;

/// An open package. The names of its parts are in their [`part_name`] form.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The index of each entry in the archive.
    entries: HashMap<String, usize>,
    /// Names that more than one entry has.
    ambiguous: HashSet<String>,
    inflated: u64,
}

/// Normalizes a part name: names are case-insensitive, and some writers use backslashes or a leading slash.
pub fn part_name(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

impl<'a> Package<'a> {
    /// Opens the package and checks its list of entries.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ExtractError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ExtractError::damaged("it is no whole ZIP package"))?;
        let start = usize::try_from(archive.central_directory_start()).unwrap_or(usize::MAX);
        let ambiguous = ambiguous_names(bytes.get(start..).unwrap_or_default())?;
        let name = |index: usize| Some((part_name(&archive.name_for_index(index)?.ok()?), index));
        let entries = (0..archive.len()).filter_map(name).collect();
        Ok(Self { archive, entries, ambiguous, inflated: 0 })
    }

    /// The names of all parts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Whether there is a part of that name.
    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// The bytes of a part; `None` when there is none of that name.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, ExtractError> {
        let Some(index) = self.entries.get(name) else { return Ok(None) };
        if self.ambiguous.contains(name) {
            return Err(ExtractError::damaged("it holds two parts of one name, which readers understand differently"));
        }
        let entry = match self.archive.by_index(*index) {
            Ok(entry) => entry,
            Err(ZipError::UnsupportedArchive(reason)) if reason.contains("assword") => return Err(ExtractError::Encrypted),
            Err(_) => return Err(ExtractError::damaged("a part of it is packed in an unknown way")),
        };
        let limit = MAXIMUM_PART_BYTES.min(MAXIMUM_TOTAL_BYTES - self.inflated);
        let mut bytes = Vec::new();
        entry.take(limit + 1).read_to_end(&mut bytes).map_err(|_| ExtractError::damaged("a part of it cannot be unpacked"))?;
        self.inflated += bytes.len() as u64;
        if bytes.len() as u64 > limit {
            return Err(ExtractError::too_large("it unpacks to far more than its size"));
        }
        Ok(Some(bytes))
    }
}

const ENTRY_SIGNATURE: &[u8] = b"PK\x01\x02";
const ENTRY_HEADER_BYTES: usize = 46;

/// Names of several entries. Walks the central directory because the ZIP library silently keeps the last of two entries with
/// the same name.
fn ambiguous_names(mut directory: &[u8]) -> Result<HashSet<String>, ExtractError> {
    let (mut names, mut ambiguous) = (HashSet::new(), HashSet::new());
    while directory.starts_with(ENTRY_SIGNATURE) && directory.len() >= ENTRY_HEADER_BYTES {
        let length = |at: usize| usize::from(u16::from_le_bytes([directory[at], directory[at + 1]]));
        let (name, extra, comment) = (length(28), length(30), length(32));
        let after_name = ENTRY_HEADER_BYTES + name;
        let Some(name) = directory.get(ENTRY_HEADER_BYTES..after_name) else { break };
        let name = part_name(&String::from_utf8_lossy(name));
        if !names.insert(name.clone()) {
            ambiguous.insert(name);
        }
        if names.len() > MAXIMUM_ENTRIES {
            return Err(ExtractError::too_large("its package has more than 4,096 entries"));
        }
        directory = directory.get(after_name + extra + comment..).unwrap_or_default();
    }
    Ok(ambiguous)
}
