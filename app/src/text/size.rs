//! File sizes as people say them.

/// A number of bytes in words, such as `1.5 KB`, for running text.
pub fn size(bytes: i64) -> String {
    scaled(bytes).2
}

/// A number of bytes in the unit that suits it: the value, the unit's name for `Intl.NumberFormat`, and both in words, such
/// as `512 bytes`, `1.5 KB`, `20 MB`.
pub fn scaled(bytes: i64) -> (String, &'static str, String) {
    const UNITS: [(&str, &str); 3] = [("kilobyte", "KB"), ("megabyte", "MB"), ("gigabyte", "GB")];
    if bytes < 1_000 {
        let noun = if bytes == 1 { "byte" } else { "bytes" };
        return (bytes.to_string(), "byte", format!("{bytes} {noun}"));
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1_000;
        unit += 1;
    }
    let (whole, rest) = (tenths / 10, tenths % 10);
    let value = if whole >= 10 || rest == 0 { whole.to_string() } else { format!("{whole}.{rest}") };
    let (name, short) = UNITS[unit];
    let words = format!("{value} {short}");
    (value, name, words)
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn a_size_has_two_digits_at_least_and_a_unit() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_500, "1.5 KB"),
            (20_000, "20 KB"),
            (1_000_000, "1 MB"),
            (2_147_483_647, "2.1 GB"),
        ] {
            assert_eq!(scaled(bytes).2, words);
        }
        assert_eq!(scaled(1_500), ("1.5".to_owned(), "kilobyte", "1.5 KB".to_owned()));
    }
}
