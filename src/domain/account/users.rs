//! Users, their roles, sessions and API tokens.

use crate::domain::ids::{ApiTokenId, InvitationId, OrganizationId, SessionId, UserId};
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

/// Each role includes the permissions of the previous roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(ToSchema, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Role {
    /// Can only read.
    Viewer,
    /// Can also edit contracts, retry failed work and view integrations.
    Member,
    /// Full access.
    Admin,
}

impl Role {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn label(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Member => "Member",
            Self::Admin => "Admin",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    pub user: MeUser,
    pub organization: MeOrganization,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeUser {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeOrganization {
    pub id: OrganizationId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// A disabled user cannot sign in.
    pub is_disabled: bool,
    /// True until the user accepts the invitation.
    pub is_invited: bool,
    pub created_at: Timestamp,
    pub last_signed_in_at: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Invited {
    pub id: UserId,
    /// Link with which the new user sets a password. It works once, within seven days, and is shown only once.
    pub invitation_url: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub organization_name: String,
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenSession {
    pub id: SessionId,
    /// Browser and operating system, such as `Firefox on Windows`; empty if unknown.
    pub device: String,
    pub created_at: Timestamp,
    /// Time of the last use, with minute precision.
    pub last_seen_at: Timestamp,
    /// True if this session sent the request.
    pub is_current: bool,
}

/// An API token without its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub name: String,
    /// The first characters of the token.
    pub prefix: String,
    pub created_by: String,
    pub created_at: Timestamp,
    /// The token can be revoked earlier.
    pub expires_at: Timestamp,
    /// Time of the last use, with minute precision.
    pub last_used_at: Option<Timestamp>,
}

/// Lifetime of a new API token: 1 to 365 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLifetime {
    days: u16,
}

impl TokenLifetime {
    pub const CHOICES: [u16; 5] = [7, 30, 90, 180, 365];

    /// Creates a lifetime; `None` if `days` is not from 1 to 365.
    pub fn from_days(days: i64) -> Option<Self> {
        u16::try_from(days).ok().filter(|days| (1..=365).contains(days)).map(|days| Self { days })
    }

    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.days) * 24 * 60 * 60)
    }

    pub fn days(self) -> u16 {
        self.days
    }
}

impl Default for TokenLifetime {
    fn default() -> Self {
        Self { days: 90 }
    }
}

#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NewApiToken {
    pub id: ApiTokenId,
    pub name: String,
    /// The value for `Authorization: Bearer`. It is shown only once.
    pub token: String,
    /// The token can be revoked earlier.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_lifetime_is_one_day_to_one_year() {
        for days in [i64::MIN, -1, 0, 366, 65_537, i64::MAX] {
            assert_eq!(TokenLifetime::from_days(days), None, "{days}");
        }
        for days in TokenLifetime::CHOICES.into_iter().chain([1]) {
            assert_eq!(TokenLifetime::from_days(i64::from(days)).map(TokenLifetime::days), Some(days));
        }
    }
}
