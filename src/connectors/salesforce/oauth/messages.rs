use crate::domain::connection::connect_failure::ConnectFailure;

pub(crate) const fn connect_message(failure: ConnectFailure) -> &'static str {
    match failure {
        ConnectFailure::ExchangeFailed => {
            "Salesforce did not issue tokens. Connect again; if it keeps happening, the operator of this server must check \
             the client id, the client secret and the callback URL of the External Client App."
        }
        ConnectFailure::InstanceNotAllowed => {
            "Salesforce named an address that is not a known Salesforce host, so nothing was stored. If Salesforce serves your org from \
             another domain, the operator of this server must add its host to SALESFORCE_ALLOWED_HOSTS. Then connect again."
        }
        ConnectFailure::RefreshTokenMissing => {
            "Salesforce issued no refresh token, so the connection would stop working within hours and was not made. Your \
             Salesforce administrator must allow the scope “Perform requests at any time (refresh_token, offline_access)” in the \
             External Client App. Then connect again."
        }
        ConnectFailure::AppNotInstalled => {
            "The app is not installed in your Salesforce org. Your Salesforce administrator must install the External Client \
             App (Setup → External Client App Manager), or grant you “Approve Uninstalled Connected Apps”. Then connect again."
        }
        ConnectFailure::AppBlocked => {
            "Your Salesforce org blocks this app for you. Your Salesforce administrator must permit it for your profile or \
             permission set (Setup → External Client App Manager → Policies). Then connect again."
        }
        ConnectFailure::ProviderError => {
            "Salesforce reported an error, so nothing was connected. Connect again; if it keeps happening, ask your Salesforce \
             administrator to check the Login History in Setup."
        }
        ConnectFailure::ScopeRefused => {
            "Salesforce rejected a scope that LexiContract needs: api, refresh_token and openid. Your Salesforce administrator must select \
             “Manage user data via APIs (api)”, “Perform requests at any time (refresh_token, offline_access)” and “Access unique user \
             identifiers (openid)”: Setup → External Client App Manager → the app → Settings → OAuth Settings → OAuth Scopes. Then connect again."
        }
        ConnectFailure::VersionUnknown => {
            "This Salesforce org does not have the version of the API that this server uses. The operator of this server must set an older \
             SALESFORCE_API_VERSION. Then connect again."
        }
        ConnectFailure::Unavailable => {
            "Salesforce is not set up on this server. Its operator must set SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET."
        }
        _ => "",
    }
}
