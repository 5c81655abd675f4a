//! Rules for new passwords. The crate `zxcvbn` rates a password by the number of guesses of an attacker who knows common
//! passwords and patterns. The password is rated twice: unchanged, and without public words. Public words are the product name
//! and the user's organization, name and e-mail address.

use crate::domain::problem::Invalid;
use crate::secret::Secret;
use zxcvbn::{Score, zxcvbn};

const MIN_CHARACTERS: usize = 12;
pub(crate) const MAX_BYTES: usize = 1_024;
/// Number of leading characters that are rated. The rating time grows steeply with the length: 40 characters take up to 0.1 s.
const MEASURED_CHARACTERS: usize = 40;
/// Minimum score of a password. This score means more than 10^6 guesses, which is sufficient because sign-ins are rate-limited.
const REQUIRED: Score = Score::Two;
/// Minimum length of the password without public words.
const MIN_CHARACTERS_OF_REST: usize = 8;
/// Minimum score of the password without public words. This score means more than 10^3 guesses.
const REQUIRED_OF_REST: Score = Score::One;
const PRODUCT: &str = "lexicontract";
/// Minimum length of a public word. Shorter parts of names and addresses are ignored.
const MIN_WORD_CHARACTERS: usize = 3;

pub(crate) fn check_length(password: &Secret<String>) -> Result<(), Invalid> {
    if password.expose().chars().count() < MIN_CHARACTERS {
        return Err(Invalid::PasswordTooShort);
    }
    if password.expose().len() > MAX_BYTES {
        return Err(Invalid::PasswordTooLong);
    }
    Ok(())
}

/// Fails if an attacker who knows the public texts `known` can easily guess the password. Must be called on a blocking thread,
/// because the check takes up to 0.1 s of CPU time.
pub(crate) fn check_strength(password: &Secret<String>, known: &[String]) -> Result<(), Invalid> {
    let words = words(known);
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    let score = |text: &str| {
        let measured = Secret::new(text.chars().take(MEASURED_CHARACTERS).collect::<String>());
        zxcvbn(measured.expose(), &inputs).score()
    };
    let lower = Secret::new(password.expose().to_lowercase());
    let rest = Secret::new(words.iter().fold(lower.expose().clone(), |rest, word| rest.replace(word.as_str(), "")));
    let is_rest_strong = || rest.expose().chars().count() >= MIN_CHARACTERS_OF_REST && score(rest.expose()) >= REQUIRED_OF_REST;
    let is_strong = score(password.expose()) >= REQUIRED && (rest == lower || is_rest_strong());
    if is_strong { Ok(()) } else { Err(Invalid::PasswordTooCommon) }
}

/// Returns the texts and their alphanumeric parts, in lower case, longest first.
fn words(known: &[String]) -> Vec<String> {
    let texts = known.iter().map(String::as_str).chain([PRODUCT]).map(str::to_lowercase);
    let mut words: Vec<String> = texts
        .flat_map(|text| {
            let pieces: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
            [text].into_iter().chain(pieces)
        })
        .filter(|word| word.chars().count() >= MIN_WORD_CHARACTERS)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), Invalid> {
        let known = ["Acme Legal", "Ada Lovelace", "ada@example.com"].map(str::to_owned);
        check_strength(&Secret::from(password), &known)
    }

    #[test]
    fn common_passwords_and_patterns_are_rejected() {
        let passwords = "123456789012 passwordpassword aaaaaaaaaaaa qwertyuiop12 Password1234 1q2w3e4r5t6y iloveyou1234 \
             abcabcabcabc trustno1trustno1 changeme1234 longpassword123 P@ssw0rd1234";
        for common in passwords.split_whitespace() {
            assert_eq!(check(common), Err(Invalid::PasswordTooCommon), "{common}");
        }
    }

    #[test]
    fn public_words_add_no_strength() {
        let passwords = "lexicontract1 LexiContract2026! acmeacmeacme Acme-Legal-2026! ada@example.com ADA@example.com! \
             AdaLovelace2026 Ada-Lovelace-1815";
        for known in passwords.split_whitespace() {
            assert_eq!(check(known), Err(Invalid::PasswordTooCommon), "{known}");
        }
        assert_eq!(check("Acme correct horse battery"), Ok(()));
    }

    #[test]
    fn ordinary_passphrases_and_random_passwords_pass() {
        for good in [
            "correct horse battery",
            "an entirely new password",
            "mein hund frisst gras",
            "kX9#mQ2$vL5p",
            "ihatemondays2026",
            "ada's own password",
            "another new password",
            "ada's test-password-123",
            "Testing-12345!",
            "ééàü ßçñ 日本語",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_long_password_is_rated_by_its_beginning() {
        let long = format!("correct horse battery {}", "4@8({[<369&#!1/|0$5+7%2".repeat(40));
        assert_eq!(check(&long), Ok(()));
        assert_eq!(check(&"a".repeat(1_000)), Err(Invalid::PasswordTooCommon));
    }

    #[test]
    fn the_minimum_length_counts_characters_not_bytes() {
        let length = |text: &str| check_length(&Secret::from(text));
        assert_eq!(length("ééééééééééé"), Err(Invalid::PasswordTooShort));
        assert_eq!(length("éééééééééééé"), Ok(()));
        assert_eq!(length(&"x".repeat(1_025)), Err(Invalid::PasswordTooLong));
    }
}
