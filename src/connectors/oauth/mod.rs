//! OAuth 2.0 client for all providers: authorize, exchange, refresh, revoke.
//! Each connector supplies the settings of its provider.

mod error_response;
mod token_response;

use super::{
    Connector, Ctx, Error, Kind, Tokens,
    auth::OAuth2,
    error_rules::{self, Endpoint, rule_for},
    http::{JSON_LIMIT, Response, at_path, send_and_read},
};
use crate::{
    config::{Config, OAuthApp, ProviderConfig},
    domain::{
        connection::{Environment, connect_failure::ConnectFailure},
        problem::Invalid,
    },
    secret::Secret,
};
use error_response::{ErrorResponse, token_endpoint_error};
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, basic::BasicClient};
use std::ops::RangeInclusive;
use token_response::TokenResponse;
use url::Url;

/// Allowed length of a PKCE verifier (RFC 7636, section 4.1).
const VERIFIER_CHARACTERS: RangeInclusive<usize> = 43..=128;

/// OAuth 2.0 client for one provider.
#[derive(Clone, Copy)]
pub struct OAuthClient {
    connector: &'static Connector,
    method: &'static OAuth2,
}

impl OAuthClient {
    pub(super) fn new(connector: &'static Connector, method: &'static OAuth2) -> Self {
        Self { connector, method }
    }

    pub fn connector(self) -> &'static Connector {
        self.connector
    }

    pub fn method(self) -> &'static OAuth2 {
        self.method
    }

    fn settings(self, config: &Config) -> &ProviderConfig {
        config.provider(self.connector.slug)
    }

    /// Checks whether an OAuth app is configured for the provider. The error is a message that lists the missing variables.
    pub fn availability(self, config: &Config) -> Result<(), String> {
        self.settings(config).app.as_ref().map(|_| ()).ok_or_else(|| self.missing_app_message())
    }

    fn missing_app_message(self) -> String {
        let (name, variable) = (self.connector.name, self.connector.slug.to_ascii_uppercase().replace('-', "_"));
        format!("{name} is not set up on this server. Its operator must set {variable}_CLIENT_ID and {variable}_CLIENT_SECRET.")
    }

    fn app(self, config: &Config) -> Result<&OAuthApp, Error> {
        let missing = || Error::new(Kind::Refused, "no client id is configured").with_message(self.missing_app_message());
        self.settings(config).app.as_ref().ok_or_else(missing)
    }

    /// Returns the login host of an environment. `domain` is the user's input for [`Environment::MyDomain`].
    pub fn login_url(self, config: &Config, environment: Environment, domain: Option<&str>) -> Result<Url, Invalid> {
        (self.method.login_url)(self.settings(config), environment, domain)
    }

    /// Builds the authorization URL with `state` and the PKCE S256 challenge for `verifier`.
    pub fn authorize_url(
        self,
        config: &Config,
        login_url: &Url,
        state: &Secret<String>,
        verifier: &Secret<String>,
    ) -> Result<Url, Error> {
        if !VERIFIER_CHARACTERS.contains(&verifier.expose().len()) {
            return Err(Error::new(Kind::Unexpected, "a PKCE verifier has 43 to 128 characters"));
        }
        let redirect = RedirectUrl::new(config.redirect_uri(self.connector.slug))
            .map_err(|error| Error::new(Kind::Unexpected, "the redirect URI is not a URL").with_source(error))?;
        let client = BasicClient::new(ClientId::new(self.app(config)?.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(self.endpoint(config, login_url, self.method.authorize_path)?))
            .set_redirect_uri(redirect);
        let state = state.expose().clone();
        let verifier = PkceCodeVerifier::new(verifier.expose().clone());
        let (url, _) = client
            .authorize_url(move || CsrfToken::new(state))
            .add_scopes(self.method.scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url)
    }

    /// Returns the URL of an OAuth endpoint. Rejects hosts that do not belong to the provider.
    fn endpoint(self, config: &Config, host: &Url, path: &str) -> Result<Url, Error> {
        if !self.settings(config).allows(host) {
            return Err(Error::new(Kind::HostNotAllowed, "the login host is not one of the provider's"));
        }
        Ok(at_path(host, path))
    }

    /// Exchanges an authorization code for tokens. The host of the returned `instance_url` is on the allow list.
    pub async fn exchange(
        self,
        ctx: &Ctx,
        login_url: &Url,
        code: &Secret<String>,
        verifier: &Secret<String>,
    ) -> Result<Tokens, Error> {
        let app = self.app(&ctx.config)?;
        let redirect_uri = ctx.config.redirect_uri(self.connector.slug);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("code_verifier", verifier.expose()),
            ("redirect_uri", &redirect_uri),
            ("client_id", &app.client_id),
            ("client_secret", app.client_secret.expose()),
        ];
        let token_url = self.endpoint(&ctx.config, login_url, self.method.token_path)?;
        let response = post(ctx, "exchange the code", token_url, &form).await?;
        if !response.status.is_success() {
            return Err(token_endpoint_error(ctx, self.connector, &response));
        }
        response.json::<TokenResponse>()?.into_first_tokens(ctx, self, login_url)
    }

    /// Refreshes the tokens. If the response contains a refresh token, it replaces the previous one.
    ///
    /// The request goes to the account's host first. It goes to the login host only if the account's host certainly did not
    /// process it, for example because the account disabled the endpoint there. After an unknown outcome, the refresh token must
    /// not be sent again.
    ///
    /// # Errors
    /// If the error has `outcome_unknown` set, the provider may already have replaced the refresh token.
    pub async fn refresh(self, ctx: &Ctx, tokens: &Tokens) -> Result<Tokens, Error> {
        let first = self.refresh_at(ctx, &tokens.instance_url, tokens).await;
        let is_unprocessed = match &first {
            Ok(response) => has_no_endpoint(response),
            Err(error) => !error.outcome_unknown,
        };
        let response = match is_unprocessed && has_other_login(tokens) {
            true => self.refresh_at(ctx, &tokens.login_url, tokens).await?,
            false => first?,
        };
        if !response.status.is_success() || response.is_html {
            let mut error = token_endpoint_error(ctx, self.connector, &response);
            // 502 and 504: the gateway may have lost the token endpoint's response.
            // Other statuses mean that the endpoint did not replace the refresh token.
            error.outcome_unknown = matches!(response.status.as_u16(), 502 | 504);
            return Err(error);
        }
        // After a success status the provider may have replaced the refresh token, even if we cannot use the response.
        let tokens = response.json::<TokenResponse>().and_then(|response| response.into_next_tokens(ctx, self, tokens));
        tokens.map_err(|error| Error { outcome_unknown: true, ..error })
    }

    async fn refresh_at(self, ctx: &Ctx, host: &Url, tokens: &Tokens) -> Result<Response, Error> {
        let app = self.app(&ctx.config)?;
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.refresh_token.expose()),
            ("client_id", &app.client_id),
            ("client_secret", app.client_secret.expose()),
        ];
        post(ctx, "refresh the session", self.endpoint(&ctx.config, host, self.method.token_path)?, &form).await
    }

    /// Revokes the grant at the account's host. If that fails, tries the login host.
    /// Idempotent: a token that the provider does not know counts as revoked.
    pub async fn revoke(self, ctx: &Ctx, tokens: &Tokens) -> Result<(), Error> {
        match self.revoke_at(ctx, &tokens.instance_url, tokens).await {
            Err(_) if has_other_login(tokens) => self.revoke_at(ctx, &tokens.login_url, tokens).await,
            result => result,
        }
    }

    async fn revoke_at(self, ctx: &Ctx, host: &Url, tokens: &Tokens) -> Result<(), Error> {
        let form = [("token", tokens.refresh_token.expose().as_str())];
        let url = self.endpoint(&ctx.config, host, self.method.revoke_path)?;
        let response = post(ctx, "revoke the grant", url, &form).await?;
        let is_revoked = matches!(response.status.as_u16(), 200 | 204) && !response.is_html;
        if is_revoked || ErrorResponse::parse(&response.body).is_unknown_token() {
            return Ok(());
        }
        Err(token_endpoint_error(ctx, self.connector, &response))
    }

    /// Maps the callback parameters `error` and `error_description` to a failure.
    pub fn callback_failure(self, error: &str, description: &str) -> ConnectFailure {
        let code = error.to_ascii_lowercase();
        if let Some((_, failure)) = self.method.callback_errors.iter().find(|(known, _)| *known == code) {
            return *failure;
        }
        let response = error_rules::ErrorResponse {
            endpoint: Endpoint::Token,
            status: 400,
            code: &code,
            message: description,
            redirect: None,
            has_retry_after: false,
            is_html: false,
        };
        rule_for(self.connector, &response).connect_failure.unwrap_or(ConnectFailure::ProviderError)
    }
}

fn has_other_login(tokens: &Tokens) -> bool {
    tokens.login_url.origin() != tokens.instance_url.origin()
}

fn has_no_endpoint(response: &Response) -> bool {
    response.status.is_redirection() || matches!(response.status.as_u16(), 404 | 405 | 410)
}

async fn post(ctx: &Ctx, call: &str, url: Url, form: &[(&str, &str)]) -> Result<Response, Error> {
    let request = ctx.http.post(url).header(reqwest::header::ACCEPT, "application/json").form(form);
    send_and_read(ctx, call, request, JSON_LIMIT).await
}
