/// Converts a private-use character of a symbol font, such as Wingdings, to a Unicode character.
pub fn symbol(code: u32) -> char {
    match code {
        0xF06F | 0xF0A8 | 0xF071 | 0x2610 => '\u{2610}',
        0xF0FE | 0xF0FD | 0xF078 | 0xF053 | 0x2612 => '\u{2612}',
        0xF0D3 => '\u{A9}',
        0xF0D2 | 0xF0E2 => '\u{AE}',
        0xF000..=0xF0FF => '\u{2022}',
        code => char::from_u32(code).filter(|character| !character.is_control()).unwrap_or('\u{2022}'),
    }
}
