//! The authenticated caller of a request.

use super::idempotency::IdempotencyKey;
use crate::domain::{
    account::users::Role,
    ids::{ApiTokenId, OrganizationId, SessionId, UserId},
    problem::Problem,
};

/// The authenticated caller of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    pub user_id: UserId,
    /// The actor's organization. The actor has no access to the rows of other organizations.
    pub organization_id: OrganizationId,
    pub role: Role,
    pub name: String,
    pub email: String,
    pub organization_name: String,
    pub via: Via,
    /// Set if the request is a submitted form. Services that support the key apply a form once, even if it is submitted several
    /// times.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// The credential that authenticated an [`Actor`].
#[derive(Clone, Debug, PartialEq)]
pub enum Via {
    Session(SessionId),
    Token(ApiTokenId),
}

impl Via {
    /// Returns the id of the session or API token.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Session(id) => id.as_str(),
            Self::Token(id) => id.as_str(),
        }
    }
}

impl Actor {
    /// Fails if the actor's role is lower than `role`.
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        if self.role >= role { Ok(()) } else { Err(Problem::Forbidden) }
    }

    /// Fails if the actor is authenticated by an API token. For operations that require a session in every role.
    pub fn require_session(&self) -> Result<(), Problem> {
        match self.via {
            Via::Session(_) => Ok(()),
            Via::Token(_) => Err(Problem::SessionRequired),
        }
    }
}
