//! Decodes PDF text strings (ISO 32000-2, 7.9.2.2).

/// Characters of PDFDocEncoding for the bytes from 0x18 and from 0x80. All other bytes have the same meaning as in Latin-1.
const FROM_18: &str = "˘ˇˆ˙˝˛˚˜";
const FROM_80: &str = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\u{FFFD}€";
/// Character before and after a language code.
const ESCAPE: char = '\u{1B}';

pub fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Little-endian order is not standard, but common.
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            // Some writers use UTF-8 without a byte order mark, which is not standard. It is recognized by its validity, because
            // non-ASCII text in PDFDocEncoding is rarely valid UTF-8.
            Ok(text) if !text.is_ascii() => text.to_owned(),
            _ => bytes.iter().map(|byte| letter(*byte)).collect(),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let letters = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    let text: String = letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    // Every second piece is a language code.
    text.split(ESCAPE).step_by(2).collect()
}

fn letter(byte: u8) -> char {
    let special = match byte {
        0x18..=0x1F => FROM_18.chars().nth(usize::from(byte - 0x18)),
        0x80..=0xA0 => FROM_80.chars().nth(usize::from(byte - 0x80)),
        _ => None,
    };
    special.unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_determine_the_encoding() {
        let name = "Zoë Müller \u{1F600}";
        let utf16 = |unit: fn(u16) -> [u8; 2]| name.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        assert_eq!(decode(&[b"\xFE\xFF", utf16(u16::to_be_bytes).as_slice()].concat()), name);
        assert_eq!(decode(&[b"\xFF\xFE", utf16(u16::to_le_bytes).as_slice()].concat()), name);
        assert_eq!(decode(&[b"\xEF\xBB\xBF", name.as_bytes()].concat()), name);
        assert_eq!(decode(name.as_bytes()), name);
        assert_eq!(decode(b"M\xFCller \x80 \x84 \xA0\x9E \x18"), "Müller • — €ž ˘");
        assert_eq!(decode(b"one\rtwo\n\tthree"), "one\rtwo\n\tthree");
    }

    #[test]
    fn broken_characters_are_replaced_and_language_codes_removed() {
        assert_eq!(decode(b"\xFE\xFF\0a\0"), "a");
        assert_eq!(decode(b"\xFE\xFF\xD8\0\0a"), "\u{FFFD}a");
        assert_eq!(decode(b"\xFE\xFF\0\x1B\0d\0e\0\x1B\0a"), "a");
        assert_eq!(decode(b""), "");
    }
}
