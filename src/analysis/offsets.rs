//! From bytes, which Rust counts, to Unicode code points, which the API counts.

/// Code points between two remembered places.
const STEP: usize = 512;

/// Finds the code point offset of a byte offset.
pub struct Offsets<'a> {
    text: &'a str,
    /// How many code points begin before byte `index * STEP`.
    marks: Vec<usize>,
}

impl<'a> Offsets<'a> {
    /// Counts the text once.
    pub fn new(text: &'a str) -> Self {
        let mut marks = Vec::with_capacity(text.len() / STEP + 1);
        let mut count = 0;
        for (at, byte) in text.bytes().enumerate() {
            if at % STEP == 0 {
                marks.push(count);
            }
            count += usize::from(starts_code_point(byte));
        }
        Self { text, marks }
    }

    /// The number of code points before this byte.
    pub fn code_points(&self, byte: usize) -> i64 {
        let byte = byte.min(self.text.len());
        let mark = (byte / STEP).min(self.marks.len().saturating_sub(1));
        let before = self.marks.get(mark).copied().unwrap_or(0);
        let rest = self.text.as_bytes()[(mark * STEP).min(byte)..byte].iter().filter(|byte| starts_code_point(**byte)).count();
        i64::try_from(before + rest).unwrap_or(i64::MAX)
    }
}

fn starts_code_point(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_boundary_is_counted_in_code_points() {
        let text = "aé\u{1F600}\u{301}z".repeat(400);
        let offsets = Offsets::new(&text);
        for (count, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(offsets.code_points(byte), i64::try_from(count).expect("small"));
        }
        assert_eq!(offsets.code_points(text.len()), 2000);
    }
}
