//! Errors of OAuth flows.

use super::terms::Terms;
use crate::domain::compatibility;
use strum::{EnumString, IntoStaticStr};

/// Reason why an OAuth flow did not create a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ConnectFailure {
    AccessDenied,
    StateInvalid,
    ExchangeFailed,
    InstanceNotAllowed,
    OrgMismatch,
    RefreshTokenMissing,
    AppNotInstalled,
    AppBlocked,
    ProviderError,
    /// A concurrent flow has already created the connection.
    AlreadyConnected,
    #[strum(serialize = "integration_unavailable")]
    Unavailable,
    /// The user is not signed in or is not an admin.
    #[strum(serialize = "forbidden")]
    NotAllowed,
    /// Special case of [`Self::ProviderError`]. The app lacks a scope, or the account does not allow the scope.
    ScopeRefused,
    /// Special case of [`Self::ExchangeFailed`]. The account does not support the API version that LexiContract uses.
    VersionUnknown,
    /// Another callback with the same state is in progress.
    InProgress,
}

impl ConnectFailure {
    /// Query string for the integrations page. The parameter `error` contains a code of the API contract. If the failure has a
    /// more specific code, the parameter `reason` contains it.
    pub fn query(self, terms: &Terms) -> String {
        let (whole, reason) = match self {
            Self::ScopeRefused => (Self::ProviderError, format!("&reason={}", self.into_str())),
            Self::VersionUnknown => (Self::ExchangeFailed, format!("&reason={}", self.into_str())),
            whole => (whole, String::new()),
        };
        let code = if whole == Self::ProviderError { compatibility::provider_error(terms) } else { whole.into_str() };
        format!("error={code}{reason}{}", compatibility::provider_query(terms))
    }

    /// Parses the parameter `error` or `reason` from [`Self::query`].
    pub fn parse(code: &str) -> Option<Self> {
        compatibility::general_code(code).parse().ok()
    }

    /// Message: what happened and what to do. A connector can replace this message.
    pub fn sentence(self, terms: &Terms) -> String {
        let Terms { provider, account, administrator, .. } = terms;
        match self {
            Self::AccessDenied => {
                format!("Access was denied in {provider}, so nothing was connected. Connect again and choose Allow.")
            }
            Self::StateInvalid => {
                "This sign-in could not be completed: it took longer than ten minutes, or it was started or finished in another \
                 browser or LexiContract session. Connect again from this page."
                    .to_owned()
            }
            Self::ExchangeFailed => format!(
                "{provider} did not issue tokens. Connect again; if it keeps happening, the operator of this server must check \
                 the client id, the client secret and the callback URL."
            ),
            Self::InstanceNotAllowed => format!(
                "{provider} named an address that is not one of its known hosts, so nothing was stored. Check that the \
                 domain at which you signed in belongs to {provider}, then connect again."
            ),
            Self::OrgMismatch => format!(
                "You signed in to a different {provider} {account} from the connected one. Sign in to the connected {account}, \
                 or disconnect it first."
            ),
            Self::RefreshTokenMissing => format!(
                "{provider} issued no refresh token, so the connection would stop working within hours and was not made. \
                 {administrator} must allow refresh tokens for the app. Then connect again."
            ),
            Self::AppNotInstalled => format!(
                "The app is not installed in your {provider} {account}. {administrator} must install it. Then connect again."
            ),
            Self::AppBlocked => {
                format!("Your {provider} {account} blocks this app. {administrator} must permit it. Then connect again.")
            }
            Self::ProviderError => format!("{provider} reported an error, so nothing was connected. Connect again."),
            Self::ScopeRefused => format!(
                "{provider} rejected a scope that LexiContract needs. {administrator} must add it to the app. Then connect again."
            ),
            Self::VersionUnknown => format!(
                "This {provider} {account} does not have the version of the API that this server uses. Ask the operator of this \
                 server to set another version."
            ),
            Self::AlreadyConnected => "This environment is connected already. Reconnect or disconnect it instead.".to_owned(),
            Self::Unavailable => format!("{provider} is not set up on this server. Its operator must set the client id and secret."),
            Self::InProgress => {
                "The connection is still in progress. Reload this page in a minute. If the connection does not appear, connect again."
                    .to_owned()
            }
            Self::NotAllowed => {
                format!("Only an admin of your organization can connect {provider}. Sign in as one and try again.")
            }
        }
    }
}
