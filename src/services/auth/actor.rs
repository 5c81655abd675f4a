use crate::domain::account::users::Role;
use crate::domain::ids::{ApiTokenId, OrganizationId, SessionId, UserId};
use crate::domain::problem::Problem;
use sha2::{Digest, Sha256};

/// The authenticated caller of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    pub user_id: UserId,
    pub organization_id: OrganizationId,
    pub role: Role,
    pub name: String,
    pub email: String,
    pub organization_name: String,
    pub via: Via,
    /// Set if the request is a submitted form. Services that support idempotency keys apply a repeated submission only once.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Identifies one submission of a form by a digest of the form's id, path and content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub(super) [u8; 32]);

impl IdempotencyKey {
    pub fn new(form_id: &str, content: &[&[u8]]) -> Self {
        content.iter().fold(Self(Sha256::digest(form_id).into()), |key, part| key.and(part))
    }

    #[must_use]
    pub fn and(&self, content: &[u8]) -> Self {
        let part: [u8; 32] = Sha256::digest(content).into();
        Self(Sha256::digest([self.0, part].concat()).into())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Via {
    Session(SessionId),
    Token(ApiTokenId),
}

impl Via {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Session(id) => id.as_str(),
            Self::Token(id) => id.as_str(),
        }
    }
}

impl Actor {
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        if self.role >= role { Ok(()) } else { Err(Problem::Forbidden) }
    }

    /// Fails if an API token authenticated the actor.
    pub fn require_session(&self) -> Result<(), Problem> {
        match self.via {
            Via::Session(_) => Ok(()),
            Via::Token(_) => Err(Problem::SessionRequired),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_content_gives_a_different_key() {
        let key = IdempotencyKey::new("f", &[b"/actions/create_api_token", b"name=a"]);
        assert_eq!(key, IdempotencyKey::new("f", &[b"/actions/create_api_token", b"name=a"]));
        for other in [
            IdempotencyKey::new("g", &[b"/actions/create_api_token", b"name=a"]),
            IdempotencyKey::new("f", &[b"/actions/create_api_token", b"name=b"]),
            IdempotencyKey::new("f", &[b"/actions/create_api_tokenn", b"ame=a"]),
            key.and(b""),
        ] {
            assert_ne!(key, other);
        }
    }
}
