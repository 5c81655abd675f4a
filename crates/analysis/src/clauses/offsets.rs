use std::ops::Range;

/// Converts byte offsets to offsets in Unicode code points. The cost of a conversion is proportional to the distance from the
/// previous offset.
pub struct Offsets<'t> {
    text: &'t str,
    bytes: usize,
    code_points: i64,
}

impl<'t> Offsets<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, bytes: 0, code_points: 0 }
    }

    pub fn range(&mut self, bytes: &Range<usize>) -> Range<i64> {
        self.code_points(bytes.start)..self.code_points(bytes.end)
    }

    fn code_points(&mut self, bytes: usize) -> i64 {
        let count = |range: Range<usize>| self.text[range].chars().count() as i64;
        self.code_points += if bytes < self.bytes { -count(bytes..self.bytes) } else { count(self.bytes..bytes) };
        self.bytes = bytes;
        self.code_points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_offsets_become_code_point_offsets() {
        let text = "aé\u{1F600}\u{301}z".repeat(400);
        let mut offsets = Offsets::new(&text);
        for (count, (byte, _)) in (0..).zip(text.char_indices()) {
            assert_eq!(offsets.code_points(byte), count, "byte {byte}");
        }
        assert_eq!(offsets.code_points(text.len()), 2000);
        assert_eq!(offsets.range(&(0..3)), 0..2, "backwards");
    }
}
