//! What people type, turned into values that can be stored.

use crate::{
    db::account::users::UserRow,
    domain::{
        account::users::Role,
        ids::OrganizationId,
        problem::{Invalid, Problem},
        time::Timestamp,
    },
    random::new_id,
};

const MAX_NAME_CHARACTERS: usize = 100;
/// RFC 5321, section 4.5.3.1.3, less the angle brackets.
const MAX_EMAIL_BYTES: usize = 254;

/// A name of 1 to 100 characters, without spaces around it and without control characters.
pub(super) fn name(text: &str, invalid: Invalid) -> Result<String, Problem> {
    line(text, MAX_NAME_CHARACTERS, invalid)
}

/// One line of text of 1 to `max` characters.
pub(super) fn line(text: &str, max: usize, invalid: Invalid) -> Result<String, Problem> {
    let text = text.trim();
    match !text.is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err(invalid.into()),
    }
}

/// An address that has a chance of being one; only a message to it would prove more.
pub(super) fn email(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let parts = text.rsplit_once('@').filter(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.') && !local.contains('@')
    });
    match parts.is_some() && text.len() <= MAX_EMAIL_BYTES && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        true => Ok(text.to_owned()),
        false => Err(Invalid::Email.into()),
    }
}

/// A person to store, without a password yet.
pub(super) fn new_user(
    organization: &OrganizationId,
    address: &str,
    person: &str,
    role: Role,
    now: Timestamp,
) -> Result<UserRow, Problem> {
    Ok(UserRow {
        id: new_id(),
        organization_id: organization.clone(),
        email: email(address)?,
        name: name(person, Invalid::PersonName)?,
        role,
        password_hash: None,
        is_disabled: false,
        created_at: now,
        last_signed_in_at: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_be_ones_are_refused() {
        for good in ["ada@example.com", " ada@example.com ", "a+b@sub.example.co", "ä@exämple.de"] {
            assert!(email(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@example",
            "a b@example.com",
            "a@b@example.com",
            "a@.com",
            "a@com.",
            "a@b\n.com",
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
        assert!(email(&format!("{}@example.com", "a".repeat(250))).is_err());
    }
}
