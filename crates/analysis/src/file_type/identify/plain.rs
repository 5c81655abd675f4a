//! Recognizes plain text in UTF-8, UTF-16 with a byte order mark, or Windows-1252. Binary data and markup are not plain text.
//!
//! Markup means elements that are active or visible in a browser. Other words in angle brackets count as text, because contracts
//! contain placeholders such as `<Party A>`.

use std::io::{Read, Result, Seek, SeekFrom};

const CHUNK_BYTES: usize = 64 * 1024;
/// Beginnings of markup in lower case, without the angle bracket.
const MARKUP: [&[u8]; 8] = [b"html", b"svg", b"script", b"iframe", b"!doctype", b"!entity", b"?xml", b"?php"];
/// Maximum length of an element of `MARKUP`, including the angle bracket and the next character.
const LONGEST_MARKUP: usize = 10;
const UNDEFINED_IN_WINDOWS_1252: [u8; 5] = [0x81, 0x8D, 0x8F, 0x90, 0x9D];
const NOT_ASCII: u8 = 0xFF;

/// Reads a file to its end, and returns true if the file is plain text.
pub fn is_plain_text<R: Read + Seek>(reader: &mut R) -> Result<bool> {
    reader.seek(SeekFrom::Start(0))?;
    let mut next_chunk = || {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        reader.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut chunk).map(|_| chunk)
    };
    let mut chunk = next_chunk()?;
    let unit: Option<fn([u8; 2]) -> u16> = match chunk[..] {
        [0xFF, 0xFE, ..] => Some(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => Some(u16::from_be_bytes),
        _ => None,
    };
    let mut text = Text { unit, ..Text::default() };
    while !chunk.is_empty() {
        if !text.accepts(&chunk) {
            return Ok(false);
        }
        chunk = next_chunk()?;
    }
    Ok(text.is_complete())
}

pub fn has_markup(ascii: &[u8]) -> bool {
    let follows = |at: usize, name: &[u8]| {
        let rest = &ascii[at + 1..];
        let is_named = rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name);
        is_named && rest.get(name.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'-')
    };
    let mut brackets = ascii.iter().enumerate().filter(|(_, byte)| **byte == b'<');
    brackets.any(|(at, _)| MARKUP.iter().any(|name| follows(at, name)))
}

#[derive(Default)]
struct Text {
    /// Conversion of two bytes to a UTF-16 code unit; `None` for UTF-8 and Windows-1252.
    unit: Option<fn([u8; 2]) -> u16>,
    /// First bytes of a character that continues in the next chunk.
    split: Vec<u8>,
    is_not_utf8: bool,
    is_not_windows: bool,
    /// End of the previous chunk, which may contain the beginning of a markup element.
    end: Vec<u8>,
}

impl Text {
    /// Processes the next chunk. Returns true if the chunk is plain text.
    fn accepts(&mut self, chunk: &[u8]) -> bool {
        let ascii = match self.unit {
            Some(unit) => self.units(chunk, unit),
            None => {
                self.check_encoding(chunk);
                chunk.to_vec()
            }
        };
        if ascii.iter().any(|byte| is_control(*byte)) || (self.is_not_utf8 && self.is_not_windows) {
            return false;
        }
        let seen = [std::mem::take(&mut self.end), ascii].concat();
        self.end = seen[seen.len().saturating_sub(LONGEST_MARKUP)..].to_vec();
        !has_markup(&seen)
    }

    fn check_encoding(&mut self, chunk: &[u8]) {
        self.is_not_windows |= chunk.iter().any(|byte| UNDEFINED_IN_WINDOWS_1252.contains(byte));
        if self.is_not_utf8 {
            return;
        }
        let bytes = [std::mem::take(&mut self.split), chunk.to_vec()].concat();
        match std::str::from_utf8(&bytes) {
            Ok(_) => {}
            Err(error) if error.error_len().is_none() => self.split = bytes[error.valid_up_to()..].to_vec(),
            Err(_) => self.is_not_utf8 = true,
        }
    }

    /// Converts UTF-16 to ASCII. Accepts invalid surrogates, because text editors display them as replacement characters.
    fn units(&mut self, chunk: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
        let bytes = [std::mem::take(&mut self.split), chunk.to_vec()].concat();
        let (units, rest) = bytes.as_chunks::<2>();
        self.split = rest.to_vec();
        units.iter().map(|two| u8::try_from(unit(*two)).ok().filter(u8::is_ascii).unwrap_or(NOT_ASCII)).collect()
    }

    fn is_complete(&self) -> bool {
        let is_windows = self.unit.is_none() && !self.is_not_windows;
        is_windows || (!self.is_not_utf8 && self.split.is_empty())
    }
}

/// Returns true for control characters other than whitespace. Form feeds count as whitespace, because they separate pages.
fn is_control(byte: u8) -> bool {
    (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C)) || byte == 0x7F
}
