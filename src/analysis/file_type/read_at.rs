//! Reads pieces of a file by their position.

use std::io::{Read, Result, Seek, SeekFrom};

/// Exactly `N` bytes from there.
pub fn read_at<R: Read + Seek, const N: usize>(reader: &mut R, position: u64) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.seek(SeekFrom::Start(position))?;
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// At most `length` bytes from there.
pub fn read_up_to<R: Read + Seek>(reader: &mut R, position: u64, length: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.seek(SeekFrom::Start(position))?;
    reader.by_ref().take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How the file begins.
pub fn start_of<R: Read + Seek>(reader: &mut R, length: usize) -> Result<Vec<u8>> {
    read_up_to(reader, 0, length)
}

/// A little-endian number of two bytes.
pub fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).map_or(0, u16::from_le_bytes)
}

/// A little-endian number of four bytes.
pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}
