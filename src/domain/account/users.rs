//! Organizations, their people, and what each may do.

use crate::domain::{
    ids::{ApiTokenId, InvitationId, OrganizationId, SessionId, UserId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// What a person may do. Each role may do all that the one before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Works on contracts, retries, sees integrations.
    Member,
    /// Everything.
    Admin,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Member, Self::Admin];

    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Member => "Member",
            Self::Admin => "Admin",
        }
    }

    /// The role of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// The person who is signed in, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The person.
    pub user: MeUser,
    /// The organization.
    pub organization: MeOrganization,
}

/// The signed-in person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeUser {
    /// The id.
    pub id: UserId,
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
}

/// The signed-in person's organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeOrganization {
    /// The id.
    pub id: OrganizationId,
    /// The name.
    pub name: String,
}

/// A person of the organization, or one who is invited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Whether the person is kept from signing in.
    pub is_disabled: bool,
    /// Whether the invitation has not been accepted yet.
    pub is_invited: bool,
    /// When the person was added.
    pub created_at: Timestamp,
    /// When the person last signed in.
    pub last_signed_in_at: Option<Timestamp>,
}

/// A new person, and the address that lets that person choose a password. It is shown this once.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Invited {
    /// The new person's id.
    pub id: UserId,
    /// The address to hand over. It works once, for seven days.
    pub invitation_url: String,
}

/// An invitation that still can be accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The organization that invites.
    pub organization_name: String,
    /// The invited person's e-mail address.
    pub email: String,
}

/// A place where a person is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenSession {
    /// Its id.
    pub id: SessionId,
    /// What it was opened with, such as `Firefox on Windows`; empty when that is not known.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// An API token, as lists show it: everything but the token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What its maker called it.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if nothing ends it before.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// How long a new API token works: 1 to 365 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLifetime {
    days: u16,
}

impl TokenLifetime {
    /// The days that a form offers.
    pub const CHOICES: [u16; 5] = [7, 30, 90, 180, 365];

    /// That many days; `None` for fewer than 1 and more than 365.
    pub fn from_days(days: i64) -> Option<Self> {
        u16::try_from(days).ok().filter(|days| (1..=365).contains(days)).map(|days| Self { days })
    }

    /// As a duration.
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.days) * 24 * 60 * 60)
    }

    /// In days.
    pub fn days(self) -> u16 {
        self.days
    }
}

impl Default for TokenLifetime {
    fn default() -> Self {
        Self { days: 90 }
    }
}

/// A new API token. It is shown this once.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NewApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What its maker called it.
    pub name: String,
    /// The token for `Authorization: Bearer`.
    pub token: String,
    /// When it ends, if nothing ends it before.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_works_for_a_day_to_a_year() {
        for days in [i64::MIN, -1, 0, 366, 65_537, i64::MAX] {
            assert_eq!(TokenLifetime::from_days(days), None, "{days}");
        }
        for days in TokenLifetime::CHOICES.into_iter().chain([1]) {
            assert_eq!(TokenLifetime::from_days(i64::from(days)).map(TokenLifetime::days), Some(days));
        }
    }
}
