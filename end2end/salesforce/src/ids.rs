//! Ids of records. The short form has 15 case-sensitive characters. The long form adds three check characters.

const CHECK_ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

pub fn check_characters(id: &str) -> String {
    id.as_bytes()
        .chunks(5)
        .take(3)
        .map(|group| {
            let index =
                group.iter().enumerate().fold(0, |bits, (place, byte)| bits | usize::from(byte.is_ascii_uppercase()) << place);
            char::from(CHECK_ALPHABET[index])
        })
        .collect()
}

/// Converts an id of 15 or 18 characters to its 18-character form. Returns `None` if the id is invalid.
pub fn to_18(id: &str) -> Option<String> {
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    match id.len() {
        15 => Some(format!("{id}{}", check_characters(id))),
        18 if check_characters(&id[..15]).eq_ignore_ascii_case(&id[15..]) => {
            Some(format!("{}{}", &id[..15], check_characters(&id[..15])))
        }
        _ => None,
    }
}

/// Generates an id from a number, and from a key prefix and an instance of three characters each.
pub fn make(prefix: &str, instance: &str, number: u64) -> String {
    let mut rest = number;
    let mut digits = [b'0'; 9];
    for place in digits.iter_mut().rev() {
        *place = DIGITS[usize::try_from(rest % 62).unwrap_or_default()];
        rest /= 62;
    }
    let short = format!("{prefix}{instance}{}", String::from_utf8_lossy(&digits));
    let check = check_characters(&short);
    short + &check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_characters_match_ids_of_real_organizations() {
        for (id, check) in [
            ("00558000001N0Ke", "AAK"),
            ("70130000001tcyI", "AAQ"),
            ("a0D30000001n7Pi", "EAI"),
            ("006ak00000OQ4Rx", "AAL"),
            ("0057e00000RmwSW", "AAZ"),
            ("0015500001QdQWa", "AAN"),
            ("003ak00000IiFIn", "AAN"),
            ("001ak00000OKNPH", "AA5"),
            ("00Dxx0000001gPL", "EAY"),
        ] {
            assert_eq!(check_characters(id), check, "{id}");
        }
    }

    #[test]
    fn ids_with_wrong_length_or_check_characters_are_invalid() {
        assert_eq!(to_18("006ak00000OQ4Rx").as_deref(), Some("006ak00000OQ4RxAAL"));
        assert_eq!(to_18("006ak00000OQ4Rxaal").as_deref(), Some("006ak00000OQ4RxAAL"));
        assert_eq!(to_18("006ak00000OQ4RxAAA"), None);
        assert_eq!(to_18("006ak00000OQ4R"), None);
        assert_eq!(to_18("006ak00000OQ4-x"), None);
    }

    #[test]
    fn generated_ids_are_valid_and_unique() {
        let first = make("006", "ak0", 238_327);
        assert_eq!(first.len(), 18);
        assert_eq!(to_18(&first).as_deref(), Some(first.as_str()));
        assert_ne!(first, make("006", "ak0", 238_328));
    }
}
