/// Returns a duration with at most two units, such as `350 ms`, `1.4 s`, `2 min 5 s` or `3 d 4 h`.
pub fn duration(milliseconds: i64) -> String {
    let seconds = milliseconds / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match milliseconds {
        ..1_000 => format!("{} ms", milliseconds.max(0)),
        1_000..10_000 => format!("{}.{} s", seconds, milliseconds % 1_000 / 100),
        10_000..60_000 => format!("{seconds} s"),
        60_000..3_600_000 => format!("{minutes} min {} s", seconds % 60),
        3_600_000..86_400_000 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_have_at_most_two_units() {
        for (milliseconds, text) in [
            (-5, "0 ms"),
            (0, "0 ms"),
            (999, "999 ms"),
            (1_450, "1.4 s"),
            (59_999, "59 s"),
            (125_000, "2 min 5 s"),
            (3 * 3_600_000 + 240_000, "3 h 4 min"),
            (3 * 86_400_000 + 4 * 3_600_000, "3 d 4 h"),
        ] {
            assert_eq!(duration(milliseconds), text);
        }
    }
}
