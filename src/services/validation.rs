use crate::db::account::users::UserRow;
use crate::domain::account::users::Role;
use crate::domain::ids::OrganizationId;
use crate::domain::problem::{Invalid, Problem};
use crate::domain::time::Timestamp;
use crate::random::new_id;

const MAX_NAME_CHARACTERS: usize = 100;
/// Limit of RFC 5321, section 4.5.3.1.3, without the angle brackets.
const MAX_EMAIL_BYTES: usize = 254;

pub(super) fn name(text: &str, invalid: Invalid) -> Result<String, Problem> {
    line(text, MAX_NAME_CHARACTERS, invalid)
}

/// Returns the trimmed text. Fails unless it has 1 to `max` characters and no control characters.
pub(super) fn line(text: &str, max: usize, invalid: Invalid) -> Result<String, Problem> {
    let text = text.trim();
    let is_valid = !text.is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control);
    if is_valid { Ok(text.to_owned()) } else { Err(invalid.into()) }
}

/// Returns the trimmed e-mail address. Fails if the syntax is not plausible.
pub(super) fn email(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let parts = text.rsplit_once('@').filter(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.') && !local.contains('@')
    });
    let is_valid = parts.is_some() && text.len() <= MAX_EMAIL_BYTES && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    if is_valid { Ok(text.to_owned()) } else { Err(Invalid::Email.into()) }
}

pub(super) fn new_user(
    organization: &OrganizationId,
    email_text: &str,
    name_text: &str,
    role: Role,
    now: Timestamp,
) -> Result<UserRow, Problem> {
    Ok(UserRow {
        id: new_id(),
        organization_id: organization.clone(),
        email: email(email_text)?,
        name: name(name_text, Invalid::PersonName)?,
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
    fn malformed_email_addresses_are_rejected() {
        for good in ["ada@example.com", " ada@example.com ", "a+b@sub.example.co", "ä@exämple.de"] {
            assert!(email(good).is_ok(), "{good}");
        }
        let too_long = format!("{}@example.com", "a".repeat(250));
        for bad in ["", "ada", "ada@", "@example.com", "ada@example", "a b@example.com", "a@b@example.com"] {
            assert!(email(bad).is_err(), "{bad}");
        }
        for bad in ["a@.com", "a@com.", "a@b\n.com", &too_long] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }
}
