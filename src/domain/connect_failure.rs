//! Why a connection could not be made: the codes of the callback, each with who can do what about it.

/// Why Salesforce's consent did not lead to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`sentence` says what each means")]
pub enum ConnectFailure {
    AccessDenied,
    StateInvalid,
    ExchangeFailed,
    InstanceNotAllowed,
    OrgMismatch,
    RefreshTokenMissing,
    AppNotInstalled,
    AppBlocked,
    SalesforceError,
    /// The connection was made by someone else in the meantime.
    AlreadyConnected,
    Unavailable,
    /// Nobody is signed in, or not as an admin.
    NotAllowed,
    /// A part of [`Self::SalesforceError`]: a scope that the app does not have, or that the org does not allow it.
    ScopeRefused,
    /// A part of [`Self::ExchangeFailed`]: the org does not have this version of the API yet.
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
        Self::SalesforceError,
        Self::AlreadyConnected,
        Self::Unavailable,
        Self::NotAllowed,
        Self::ScopeRefused,
        Self::VersionUnknown,
        Self::InProgress,
    ];

    /// The query of the integrations page. What is a part of another failure has the code of that one, and is its reason.
    pub fn query(self) -> String {
        let part_of = match self {
            Self::ScopeRefused => Self::SalesforceError,
            Self::VersionUnknown => Self::ExchangeFailed,
            whole => return format!("error={}", whole.code()),
        };
        format!("error={}&reason={}", part_of.code(), self.code())
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
            Self::SalesforceError => "salesforce_error",
            Self::AlreadyConnected => "already_connected",
            Self::Unavailable => "integration_unavailable",
            Self::NotAllowed => "forbidden",
            Self::ScopeRefused => "scope_refused",
            Self::VersionUnknown => "version_unknown",
            Self::InProgress => "in_progress",
        }
    }

    /// The failure of that code; unknown codes are nobody's.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    /// What happened, and who can do what about it.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AccessDenied => "Access was denied in Salesforce, so nothing was connected. Connect again and choose Allow.",
            Self::StateInvalid => {
                "This sign-in was used in another browser, took longer than ten minutes, or began in another browser. Connect again from this page."
            }
            Self::ExchangeFailed => {
                "Salesforce did not hand over the tokens. Connect again; if it stays, the operator of this server must check \
                 the client id, the client secret and the callback URL of the External Client App."
            }
            Self::InstanceNotAllowed => {
                "Salesforce named an address that is not a known Salesforce host, so nothing was stored. If Salesforce serves your org from \
                 another domain, the operator of this server must add its host to SALESFORCE_ALLOWED_HOSTS. Then connect again."
            }
            Self::OrgMismatch => {
                "You signed in to another Salesforce org than the one connected. Sign in to the same org, or disconnect first."
            }
            Self::RefreshTokenMissing => {
                "Salesforce gave no refresh token, so the connection would end within hours. Your Salesforce administrator must \
                 allow the scope “Perform requests at any time (refresh_token, offline_access)” in the External Client App."
            }
            Self::AppNotInstalled => {
                "The app is not installed in your Salesforce org. Your Salesforce administrator must install the External Client \
                 App (Setup → External Client App Manager), or grant you “Approve Uninstalled Connected Apps”."
            }
            Self::AppBlocked => {
                "Your Salesforce org blocks this app for you. Your Salesforce administrator must permit it for your profile or \
                 permission set (Setup → External Client App Manager → Policies)."
            }
            Self::SalesforceError => {
                "Salesforce reported an error and nothing was connected. Connect again; if it stays, ask your Salesforce administrator \
                 to look at the Login History in Setup."
            }
            Self::ScopeRefused => {
                "Salesforce refused a scope that LexiContract needs: api, refresh_token and openid. Your Salesforce administrator must select \
                 “Manage user data via APIs (api)”, “Perform requests at any time (refresh_token, offline_access)” and “Access unique user \
                 identifiers (openid)”: Setup → External Client App Manager → the app → Settings → OAuth Settings → OAuth Scopes. Then connect again."
            }
            Self::VersionUnknown => {
                "This Salesforce org does not have the version of the API that this server uses. The operator of this server must set an older \
                 SALESFORCE_API_VERSION. Then connect again."
            }
            Self::AlreadyConnected => "This environment is connected already. Reconnect or disconnect it instead.",
            Self::Unavailable => {
                "Salesforce is not set up on this server. Its operator must set SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET."
            }
            Self::InProgress => {
                "The connection is still in progress. Reload this page in a minute. If the connection does not appear, connect again."
            }
            Self::NotAllowed => "Only an admin of your organization can connect Salesforce. Sign in as one and try again.",
        }
    }
}
