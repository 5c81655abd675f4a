use std::io::{Read, Result, Seek, SeekFrom};

pub fn read_at<R: Read + Seek, const N: usize>(reader: &mut R, position: u64) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.seek(SeekFrom::Start(position))?;
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

pub fn read_up_to<R: Read + Seek>(reader: &mut R, position: u64, length: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.seek(SeekFrom::Start(position))?;
    reader.by_ref().take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
