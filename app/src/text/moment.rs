use lexicontract::domain::time::Timestamp;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;
const WEEK: i64 = 7 * DAY;

/// Returns true if `then` is shown relative to `now`.
pub fn is_recent(now: Timestamp, then: Timestamp) -> bool {
    (now.millis() - then.millis()).abs() < WEEK
}

/// Returns the time `then` relative to `now`, such as `just now`, `5 minutes ago` or `in 2 hours`. If the times are a week or
/// more apart, returns the date of `then`, such as `22 Nov 2026`.
pub fn relative(now: Timestamp, then: Timestamp) -> String {
    let distance = now.millis() - then.millis();
    match distance.abs() {
        0..45_000 => "just now".to_owned(),
        length if length < WEEK => {
            let text = duration(length);
            if distance < 0 { format!("in {text}") } else { format!("{text} ago") }
        }
        _ => date(then),
    }
}

fn duration(length: i64) -> String {
    let minutes = ((length + MINUTE / 2) / MINUTE).max(1);
    let (count, unit) = match length {
        _ if minutes < 60 => (minutes, "minute"),
        ..DAY => (minutes / 60, "hour"),
        _ => (minutes / (24 * 60), "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn date(time: Timestamp) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = time.to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let month = part(5, 7).parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?)).unwrap_or(&"");
    format!("{} {month} {}", part(8, 10).trim_start_matches('0'), part(0, 4))
}

/// The date and the time with seconds, such as `22 Nov 2026, 16:00:05 UTC`.
pub fn exact(time: Timestamp) -> String {
    let text = time.to_string();
    format!("{}, {} UTC", date(time), text.get(11..19).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_time_uses_its_largest_unit() {
        let now = Timestamp::parse("2026-11-22T16:00:00Z").unwrap();
        for (then, text) in [
            ("2026-11-22T15:59:30Z", "just now"),
            ("2026-11-22T16:00:20Z", "just now"),
            ("2026-11-22T15:59:00Z", "1 minute ago"),
            ("2026-11-22T15:55:00Z", "5 minutes ago"),
            ("2026-11-22T16:02:00Z", "in 2 minutes"),
            ("2026-11-22T16:59:29Z", "in 59 minutes"),
            ("2026-11-22T16:59:40Z", "in 1 hour"),
            ("2026-11-22T14:30:00Z", "1 hour ago"),
            ("2026-11-23T15:59:58Z", "in 24 hours"),
            ("2026-11-19T16:00:00Z", "3 days ago"),
            ("2026-11-01T16:00:00Z", "1 Nov 2026"),
        ] {
            assert_eq!(relative(now, Timestamp::parse(then).unwrap()), text, "{then}");
        }
    }

    #[test]
    fn exact_time_includes_the_zone() {
        assert_eq!(exact(Timestamp::parse("2026-11-02T06:07:08Z").unwrap()), "2 Nov 2026, 06:07:08 UTC");
    }
}
