use crate::patterns::patterns;

patterns! {
    DURATION = r"\b(\d{1,4}|[a-z]+(?:[ -](?:one|two|three|five))?)\)?[ -](?:\((\d{1,4})\) ?)?(?:(?:calendar|business|consecutive|working) )?(day|week|month|year)s?\b";
    /// Matches the text after the number in a notice period, as in "six months' prior written notice".
    OF_A_NOTICE = r"^['’]?\s*(?:(?:written|prior|advance)\s+)*(?:notice|before|prior|advance)\b";
}

const WORDS: &[(&str, u32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("twelve", 12),
    ("fifteen", 15),
    ("eighteen", 18),
    ("twenty", 20),
    ("thirty", 30),
    ("forty-five", 45),
    ("forty five", 45),
    ("sixty", 60),
    ("seventy-five", 75),
    ("ninety", 90),
    ("twenty-one", 21),
];

/// Returns the longest period of days or weeks in a clause, in days. Counts months only in a notice period, because other periods
/// of months or years are usually the length of a term.
pub fn longest_days(clause: &str) -> Option<u32> {
    let days = DURATION.captures_iter(clause).filter_map(|found| {
        let figure = found.get(2).or_else(|| found.get(1))?.as_str();
        let number = figure.parse().ok().or_else(|| WORDS.iter().find(|(word, _)| *word == figure).map(|(_, number)| *number))?;
        match &found[3] {
            "day" => Some(number),
            "week" => number.checked_mul(7),
            "month" if OF_A_NOTICE.is_match(&clause[found.get(0)?.end()..]) => number.checked_mul(30).filter(|days| *days <= 365),
            _ => None,
        }
    });
    days.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_from_figures_and_words() {
        assert_eq!(longest_days("at least ninety (90) days prior to the end"), Some(90));
        assert_eq!(longest_days("60 days' notice"), Some(60));
        assert_eq!(longest_days("within thirty days or two weeks"), Some(30));
        assert_eq!(longest_days("six (6) months' notice"), Some(180));
        assert_eq!(longest_days("for five (5) years"), None);
        let renewal =
            "renews for successive periods of twelve (12) months unless notice is given at least ninety (90) days before the end";
        assert_eq!(longest_days(renewal), Some(90));
    }
}
