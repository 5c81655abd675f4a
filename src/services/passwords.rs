//! Passwords: Argon2id with the parameters of OWASP's password storage cheat sheet (19 MiB, two passes, one lane).

use crate::{
    domain::problem::{Invalid, Problem},
    secret::Secret,
};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use std::sync::LazyLock;

const MIN_CHARACTERS: usize = 12;
const MAX_BYTES: usize = 1024;

/// The password rules: long enough to matter, short enough to hash.
pub(super) fn check(password: &Secret<String>) -> Result<(), Problem> {
    if password.expose().chars().count() < MIN_CHARACTERS {
        return Err(Invalid::PasswordTooShort.into());
    }
    if password.expose().len() > MAX_BYTES {
        return Err(Invalid::PasswordTooLong.into());
    }
    Ok(())
}

/// Takes 20 ms: never on a thread that serves others.
pub(super) fn hash(password: &Secret<String>) -> Option<String> {
    Argon2::default().hash_password(password.expose().as_bytes()).ok().map(|hash| hash.to_string())
}

/// Whether the password belongs to the hash. Without a hash it takes as long and says no, so that nobody learns who has an account.
pub(super) fn verify(password: &Secret<String>, hash: Option<&str>) -> bool {
    static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| self::hash(&Secret::from("nobody has this password")));
    let Some(stored) = hash.or(NOBODY.as_deref()) else { return false };
    let Ok(parsed) = PasswordHash::new(stored) else { return false };
    let is_right =
        password.expose().len() <= MAX_BYTES && Argon2::default().verify_password(password.expose().as_bytes(), &parsed).is_ok();
    is_right && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_opens_and_nobody_has_none() {
        let stored = super::hash(&Secret::from("correct horse battery")).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify(&Secret::from("correct horse battery"), Some(&stored)));
        assert!(!verify(&Secret::from("correct horse batterz"), Some(&stored)));
        assert!(!verify(&Secret::from("nobody has this password"), None));
    }

    #[test]
    fn eleven_characters_are_too_few_whatever_their_bytes() {
        assert_eq!(check(&Secret::from("ééééééééééé")), Err(Invalid::PasswordTooShort.into()));
        assert!(check(&Secret::from("éééééééééééé")).is_ok());
        assert_eq!(check(&Secret::new("x".repeat(1025))), Err(Invalid::PasswordTooLong.into()));
    }
}
