//! Whether a file is plain text: UTF-8, UTF-16 with a byte order mark, or Windows-1252, without binary data and without markup.
//!
//! Markup is recognized by the names of elements that run or show something in a browser. Contracts use angle brackets for placeholders
//! such as `<Party A>` or `<date of signature>`, so a bracket alone, or another word in it, is text.

use std::io::{ErrorKind, Read, Result, Seek, SeekFrom};

const PIECE_BYTES: usize = 64 * 1024;
/// What begins markup, in lower case, without the bracket.
const MARKUP: [&[u8]; 8] = [b"html", b"svg", b"script", b"iframe", b"!doctype", b"!entity", b"?xml", b"?php"];
/// The longest of them with its bracket and what follows its name.
const LONGEST_MARKUP: usize = 10;
/// Bytes that Windows-1252 does not define.
const UNDEFINED: [u8; 5] = [0x81, 0x8D, 0x8F, 0x90, 0x9D];
/// Replaces every character outside ASCII before the search.
const NOT_ASCII: u8 = 0xFF;

/// Reads the file to its end.
pub fn is_plain_text<R: Read + Seek>(reader: &mut R) -> Result<bool> {
    reader.seek(SeekFrom::Start(0))?;
    let mut piece = vec![0; PIECE_BYTES];
    let mut text = Text::default();
    let mut is_first = true;
    loop {
        let length = fill(reader, &mut piece)?;
        if is_first {
            text.encoding = encoding(&piece[..length]);
            is_first = false;
        }
        if length == 0 {
            return Ok(text.is_whole());
        }
        if !text.takes(&piece[..length]) {
            return Ok(false);
        }
    }
}

/// Whether it contains the beginning of an element that runs or shows something in a browser.
pub fn has_markup(ascii: &[u8]) -> bool {
    let follows = |at: usize, name: &[u8]| {
        let rest = &ascii[at + 1..];
        let is_named = rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name);
        is_named && rest.get(name.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'-')
    };
    let brackets = ascii.iter().enumerate().filter(|(_, byte)| **byte == b'<');
    brackets.into_iter().any(|(at, _)| MARKUP.iter().any(|name| follows(at, name)))
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Encoding {
    /// UTF-8 or Windows-1252, as the bytes show.
    #[default]
    Bytes,
    Utf16 {
        is_big_endian: bool,
    },
}

#[derive(Default)]
struct Text {
    encoding: Encoding,
    /// The bytes of a character that the last piece cut.
    cut: Vec<u8>,
    is_not_utf8: bool,
    is_not_windows: bool,
    /// How the last piece ended, where markup may begin.
    end: Vec<u8>,
}

impl Text {
    /// Takes the next piece; `false` when it is not plain text.
    fn takes(&mut self, piece: &[u8]) -> bool {
        let ascii = match self.encoding {
            Encoding::Bytes => {
                self.note_encoding(piece);
                piece.to_vec()
            }
            Encoding::Utf16 { is_big_endian } => self.units(piece, is_big_endian),
        };
        if ascii.iter().any(|byte| is_control(*byte)) || (self.is_not_utf8 && self.is_not_windows) {
            return false;
        }
        let seen = [std::mem::take(&mut self.end), ascii].concat();
        self.end = seen[seen.len().saturating_sub(LONGEST_MARKUP)..].to_vec();
        !has_markup(&seen)
    }

    fn note_encoding(&mut self, piece: &[u8]) {
        self.is_not_windows |= piece.iter().any(|byte| UNDEFINED.contains(byte));
        if self.is_not_utf8 {
            return;
        }
        let bytes = [std::mem::take(&mut self.cut), piece.to_vec()].concat();
        match std::str::from_utf8(&bytes) {
            Ok(_) => {}
            Err(error) if error.error_len().is_none() => self.cut = bytes[error.valid_up_to()..].to_vec(),
            Err(_) => self.is_not_utf8 = true,
        }
    }

    /// The characters, as far as they are ASCII. Surrogates are not checked: a wrong one is shown as a replacement character.
    fn units(&mut self, piece: &[u8], is_big_endian: bool) -> Vec<u8> {
        let bytes = [std::mem::take(&mut self.cut), piece.to_vec()].concat();
        let (units, rest) = bytes.as_chunks::<2>();
        self.cut = rest.to_vec();
        let unit = |two: &[u8; 2]| if is_big_endian { u16::from_be_bytes(*two) } else { u16::from_le_bytes(*two) };
        units.iter().map(|two| u8::try_from(unit(two)).ok().filter(u8::is_ascii).unwrap_or(NOT_ASCII)).collect()
    }

    fn is_whole(&self) -> bool {
        match self.encoding {
            Encoding::Bytes => !self.is_not_windows || (!self.is_not_utf8 && self.cut.is_empty()),
            Encoding::Utf16 { .. } => self.cut.is_empty(),
        }
    }
}

fn encoding(head: &[u8]) -> Encoding {
    match head {
        [0xFF, 0xFE, ..] => Encoding::Utf16 { is_big_endian: false },
        [0xFE, 0xFF, ..] => Encoding::Utf16 { is_big_endian: true },
        _ => Encoding::Bytes,
    }
}

/// Control characters that text does not have; form feeds separate pages.
fn is_control(byte: u8) -> bool {
    (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C)) || byte == 0x7F
}

/// Reads until the piece is full or the file ends.
fn fill<R: Read>(reader: &mut R, piece: &mut [u8]) -> Result<usize> {
    let mut length = 0;
    while length < piece.len() {
        match reader.read(&mut piece[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
