//! File sizes as people say them.

/// A number of bytes: `512 bytes`, `1.5 KB`, `20 MB`.
pub fn size(bytes: i64) -> String {
    const UNITS: [&str; 3] = ["KB", "MB", "GB"];
    if bytes < 1_000 {
        return format!("{bytes} bytes");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1_000;
        unit += 1;
    }
    let (whole, rest) = (tenths / 10, tenths % 10);
    if whole >= 10 || rest == 0 { format!("{whole} {}", UNITS[unit]) } else { format!("{whole}.{rest} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_has_two_digits_at_least_and_a_unit() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_500, "1.5 KB"),
            (20_000, "20 KB"),
            (1_000_000, "1 MB"),
            (2_147_483_647, "2.1 GB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }
}
