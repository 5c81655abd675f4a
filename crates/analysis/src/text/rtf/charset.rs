//! Character sets and code pages of RTF. The code pages 437, 850 and 1361 are not supported.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_8859_2, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_874,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
    X_MAC_CYRILLIC,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// Code page of the document.
    Document,
    Encoding(&'static Encoding),
    /// Symbol font. ASCII bytes are letters, digits and punctuation.
    Symbol,
    /// Symbol font whose ASCII bytes are pictures, such as Wingdings.
    Pictures,
    Unknown,
}

pub fn of_code_page(number: i32) -> Charset {
    let encoding = match number {
        0 => return Charset::Document,
        42 => return Charset::Symbol,
        866 => IBM866,
        874 => WINDOWS_874,
        932 => SHIFT_JIS,
        936 => GBK,
        949 => EUC_KR,
        950 => BIG5,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        1252 | 28591 => WINDOWS_1252,
        1253 => WINDOWS_1253,
        1254 => WINDOWS_1254,
        1255 => WINDOWS_1255,
        1256 => WINDOWS_1256,
        1257 => WINDOWS_1257,
        1258 => WINDOWS_1258,
        10000 => MACINTOSH,
        10007 => X_MAC_CYRILLIC,
        20866 => KOI8_R,
        21866 => KOI8_U,
        28592 => ISO_8859_2,
        54936 => GB18030,
        65001 => UTF_8,
        _ => return Charset::Unknown,
    };
    Charset::Encoding(encoding)
}

/// Returns the character set for the parameter of `\fcharset`.
pub fn of_font(number: i32) -> Charset {
    of_code_page(match number {
        0 => 1252,
        2 => 42,
        77 => 10000,
        78 | 128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178..=181 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        130 | 254 | 255 => return Charset::Unknown,
        _ => return Charset::Document,
    })
}
