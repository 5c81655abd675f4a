//! ZIP package of a DOCX or ODT file. The reader counts the inflated bytes, because a hostile archive can state wrong sizes.

use crate::opc::{entries, part_name};
use crate::text::ExtractError;
use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// Maximum number of entries. Documents with many pictures have some hundreds.
const MAXIMUM_ENTRIES: usize = 4_096;
const MAXIMUM_PART_BYTES: u64 = 64 * 1024 * 1024;
/// Maximum size of all inflated parts together.
const MAXIMUM_TOTAL_BYTES: u64 = 128 * 1024 * 1024;

/// ZIP package, whose parts are found by the name that [`part_name`] normalizes.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Index of each part in the archive.
    entries: HashMap<String, usize>,
    ambiguous: HashSet<String>,
    inflated: u64,
}

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, ExtractError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ExtractError::damaged("it is no whole ZIP package"))?;
        let start = usize::try_from(archive.central_directory_start()).unwrap_or(usize::MAX);
        let ambiguous = ambiguous_names(bytes.get(start..).unwrap_or_default())?;
        let name = |index: usize| Some((part_name(&archive.name_for_index(index)?.ok()?), index));
        let entries = (0..archive.len()).filter_map(name).collect();
        Ok(Self { archive, entries, ambiguous, inflated: 0 })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

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

/// Returns the names that occur in several entries. The ZIP library silently keeps only the last entry of such a name.
fn ambiguous_names(directory: &[u8]) -> Result<HashSet<String>, ExtractError> {
    let (mut names, mut ambiguous) = (HashSet::new(), HashSet::new());
    for entry in entries(directory) {
        let name = entry.part_name();
        if !names.insert(name.clone()) {
            ambiguous.insert(name);
        }
        if names.len() > MAXIMUM_ENTRIES {
            return Err(ExtractError::too_large("its package has more than 4,096 entries"));
        }
    }
    Ok(ambiguous)
}
