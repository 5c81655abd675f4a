//! Why a connection could not be made: the codes of the callback, each with who can do what about it.

use super::terms::Terms;
use crate::domain::compatibility;

/// Why a provider's consent did not lead to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The connection was made by someone else in the meantime.
    AlreadyConnected,
    Unavailable,
    /// Nobody is signed in, or not as an admin.
    NotAllowed,
    /// A part of [`Self::ProviderError`]: a scope that the app does not have, or that the account does not allow it.
    ScopeRefused,
    /// A part of [`Self::ExchangeFailed`]: the account does not have this version of the API yet.
    VersionUnknown,
    /// Another callback with the same state is still in progress.
    InProgress,
}

impl ConnectFailure {
    const ALL: [Self; 15] = [
        Self::AccessDenied,
        Self::StateInvalid,
        Self::ExchangeFailed,
        Self::InstanceNotAllowed,
        Self::OrgMismatch,
        Self::RefreshTokenMissing,
        Self::AppNotInstalled,
        Self::AppBlocked,
        Self::ProviderError,
        Self::AlreadyConnected,
        Self::Unavailable,
        Self::NotAllowed,
        Self::ScopeRefused,
        Self::VersionUnknown,
        Self::InProgress,
    ];

    /// The query of the integrations page. What is a part of another failure has the code of that one, and is its reason.
    pub fn query(self, terms: &Terms) -> String {
        let (whole, reason) = match self {
            Self::ScopeRefused => (Self::ProviderError, format!("&reason={}", self.code())),
            Self::VersionUnknown => (Self::ExchangeFailed, format!("&reason={}", self.code())),
            whole => (whole, String::new()),
        };
        let code = if whole == Self::ProviderError { compatibility::provider_error(terms) } else { whole.code() };
        format!("error={code}{reason}{}", compatibility::provider_query(terms))
    }

    /// The stable word.
    pub fn code(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::StateInvalid => "state_invalid",
            Self::ExchangeFailed => "exchange_failed",
            Self::InstanceNotAllowed => "instance_not_allowed",
            Self::OrgMismatch => "org_mismatch",
            Self::RefreshTokenMissing => "refresh_token_missing",
            Self::AppNotInstalled => "app_not_installed",
            Self::AppBlocked => "app_blocked",
            Self::ProviderError => "provider_error",
            Self::AlreadyConnected => "already_connected",
            Self::Unavailable => "integration_unavailable",
            Self::NotAllowed => "forbidden",
            Self::ScopeRefused => "scope_refused",
            Self::VersionUnknown => "version_unknown",
            Self::InProgress => "in_progress",
        }
    }

    /// The failure of that code; `None` for unknown codes.
    pub fn parse(code: &str) -> Option<Self> {
        let code = compatibility::general_code(code);
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    /// What happened, and what to do, where the connector has no better words.
    pub fn sentence(self, terms: &Terms) -> String {
        let Terms { provider, account, administrator, .. } = terms;
        match self {
            Self::AccessDenied => {
                format!("Access was denied in {provider}, so nothing was connected. Connect again and choose Allow.")
            }
            Self::StateInvalid => {
                "This sign-in was used in another browser, took longer than ten minutes, or began in another browser. Connect again from this page."
                    .to_owned()
            }
            Self::ExchangeFailed => format!(
                "{provider} did not hand over the tokens. Connect again; if it keeps happening, the operator of this server must check the \
                 client id, the client secret and the callback URL."
            ),
            Self::InstanceNotAllowed => {
                format!("{provider} named an address that is not one of its hosts, so nothing was stored.")
            }
            Self::OrgMismatch => format!(
                "You signed in to another {provider} {account} than the one connected. Sign in to the same {account}, or disconnect first."
            ),
            Self::RefreshTokenMissing => format!("{provider} gave no refresh token, so the connection would end within hours."),
            Self::AppNotInstalled => format!("The app is not installed in your {provider} {account}. {administrator} must install it."),
            Self::AppBlocked => format!("Your {provider} {account} blocks this app. {administrator} must permit it."),
            Self::ProviderError => format!("{provider} reported an error and nothing was connected. Connect again."),
            Self::ScopeRefused => format!("{provider} refused a scope that LexiContract needs. {administrator} must add it to the app."),
            Self::VersionUnknown => format!("This {provider} {account} does not have the version of the API that this server uses."),
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
