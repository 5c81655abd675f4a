pub fn size(bytes: i64) -> String {
    scaled(bytes).2
}

/// Converts a number of bytes to the largest suitable unit. Returns the value, the unit for `Intl.NumberFormat`, and the text,
/// such as `512 bytes` or `1.5 KB`.
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
    let text = format!("{value} {short}");
    (value, name, text)
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn size_has_at_most_one_decimal_and_a_unit() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_500, "1.5 KB"),
            (20_000, "20 KB"),
            (1_000_000, "1 MB"),
            (2_147_483_647, "2.1 GB"),
        ] {
            assert_eq!(scaled(bytes).2, text);
        }
        assert_eq!(scaled(1_500), ("1.5".to_owned(), "kilobyte", "1.5 KB".to_owned()), "number, unit, text");
    }
}
