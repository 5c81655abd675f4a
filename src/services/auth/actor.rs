//! Who is asking.

use crate::domain::{
    account::users::Role,
    ids::{ApiTokenId, OrganizationId, SessionId, UserId},
    problem::Problem,
};

/// Who is asking, as proven by a session or an API token.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// The person.
    pub user_id: UserId,
    /// The person's organization: the only one whose rows may be touched.
    pub organization_id: OrganizationId,
    /// What the person may do.
    pub role: Role,
    /// The person's name, for the timeline.
    pub name: String,
    /// The person's e-mail address.
    pub email: String,
    /// The organization's name.
    pub organization_name: String,
    /// What proved it.
    pub via: Via,
}

/// What proves an [`Actor`].
#[derive(Clone, Debug, PartialEq)]
pub enum Via {
    /// A signed-in browser.
    Session(SessionId),
    /// An API token.
    Token(ApiTokenId),
}

impl Via {
    /// The id of the session or the token.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Session(id) => id.as_str(),
            Self::Token(id) => id.as_str(),
        }
    }
}

impl Actor {
    /// # Errors
    /// [`Problem::Forbidden`] when the actor's role is lower.
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        if self.role >= role { Ok(()) } else { Err(Problem::Forbidden) }
    }

    /// For what an API token cannot do, whatever its role.
    ///
    /// # Errors
    /// [`Problem::SessionRequired`] when an API token proves the actor.
    pub fn require_session(&self) -> Result<(), Problem> {
        match self.via {
            Via::Session(_) => Ok(()),
            Via::Token(_) => Err(Problem::SessionRequired),
        }
    }
}
