//! OAuth 2.0 client for all providers: authorize, exchange, refresh, revoke.

mod token_response;

use super::auth::OAuth2;
use super::error_rules::{self, ApiError, Endpoint, ErrorResponse, FieldValue, rule_for};
use super::http::{JSON_LIMIT, Response, at_path, send_and_read};
use super::{Connector, Ctx, Error, Kind, Tokens};
use crate::config::{Config, OAuthApp, ProviderConfig};
use crate::domain::connection::Environment;
use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::problem::Invalid;
use crate::secret::Secret;
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;
use token_response::TokenResponse;
use url::{Url, form_urlencoded};

/// Allowed length of a PKCE verifier (RFC 7636, section 4.1).
const VERIFIER_CHARACTERS: RangeInclusive<usize> = 43..=128;

#[derive(Clone, Copy)]
pub struct OAuthClient {
    pub(super) connector: &'static Connector,
    pub(super) method: &'static OAuth2,
}

impl OAuthClient {
    pub fn connector(self) -> &'static Connector {
        self.connector
    }

    pub fn method(self) -> &'static OAuth2 {
        self.method
    }

    fn settings(self, config: &Config) -> &ProviderConfig {
        config.provider(self.connector.slug)
    }

    /// Checks that an OAuth app is configured. The error is a message that lists the missing variables.
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

    /// Returns the login host of an environment. `domain` is user input for [`Environment::MyDomain`].
    pub fn login_url(self, config: &Config, environment: Environment, domain: Option<&str>) -> Result<Url, Invalid> {
        (self.method.login_url)(self.settings(config), environment, domain)
    }

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
            .add_scopes(self.method.scopes.iter().map(|scope| Scope::new(scope.name.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url)
    }

    /// Returns the URL of an endpoint. Rejects hosts that do not belong to the provider.
    fn endpoint(self, config: &Config, host: &Url, path: &str) -> Result<Url, Error> {
        if !self.settings(config).allows(host) {
            return Err(Error::new(Kind::HostNotAllowed, "the login host is not one of the provider's"));
        }
        Ok(at_path(host, path))
    }

    /// Exchanges an authorization code for tokens. Fails if the host of `instance_url` does not belong to the provider.
    pub async fn exchange(
        self,
        ctx: &Ctx,
        login_url: &Url,
        code: &Secret<String>,
        verifier: &Secret<String>,
    ) -> Result<Tokens, Error> {
        let redirect_uri = ctx.config.redirect_uri(self.connector.slug);
        let grant = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("code_verifier", verifier.expose()),
            ("redirect_uri", &redirect_uri),
        ];
        let response = self.request_tokens(ctx, "exchange the code", login_url, &grant).await?;
        if !response.status.is_success() {
            return Err(token_endpoint_error(ctx, self.connector, &response));
        }
        response.json::<TokenResponse>()?.to_tokens(ctx, self, login_url, None)
    }

    async fn request_tokens(self, ctx: &Ctx, call: &str, host: &Url, grant: &[(&str, &str)]) -> Result<Response, Error> {
        let app = self.app(&ctx.config)?;
        let client = [("client_id", app.client_id.as_str()), ("client_secret", app.client_secret.expose())];
        let url = self.endpoint(&ctx.config, host, self.method.token_path)?;
        post(ctx, call, url, &[grant, &client].concat()).await
    }

    /// Refreshes the tokens. A refresh token in the response replaces the previous refresh token.
    ///
    /// Sends the request to the account's host. If the account's host did not process the request, for example because its
    /// endpoint is disabled, sends the request to the login host. If it is unknown whether the account's host processed the
    /// request, does not send the refresh token again.
    ///
    /// # Errors
    /// If the error's `outcome_unknown` is true, the provider may already have replaced the refresh token.
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
            // A gateway that responds with 502 or 504 may have lost the token endpoint's response.
            // After any other error status, the endpoint did not replace the refresh token.
            error.outcome_unknown = matches!(response.status.as_u16(), 502 | 504);
            return Err(error);
        }
        // The provider may have replaced the refresh token even if this server cannot use the successful response.
        let next = |response: TokenResponse| response.to_tokens(ctx, self, &tokens.login_url, Some(tokens));
        response.json().and_then(next).map_err(|error| Error { outcome_unknown: true, ..error })
    }

    async fn refresh_at(self, ctx: &Ctx, host: &Url, tokens: &Tokens) -> Result<Response, Error> {
        let grant = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token.expose().as_str())];
        self.request_tokens(ctx, "refresh the session", host, &grant).await
    }

    /// Revokes the grant at the account's host or, if the request fails, at the login host. Idempotent: a token that the provider
    /// no longer knows counts as revoked.
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
        match parse_error(&response.body).code.as_str() {
            "invalid_token" | "unsupported_token_type" | "invalid_grant" => Ok(()),
            _ if is_revoked => Ok(()),
            _ => Err(token_endpoint_error(ctx, self.connector, &response)),
        }
    }

    /// Maps the callback parameters `error` and `error_description` to a failure of the connect flow.
    pub fn callback_failure(self, error: &str, description: &str) -> ConnectFailure {
        let code = error.to_ascii_lowercase();
        if let Some((_, failure)) = self.method.callback_errors.iter().find(|(known, _)| *known == code) {
            return *failure;
        }
        let response = ErrorResponse {
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

/// Parses an error response (RFC 6749, section 5.2) as JSON or as a form. Missing parameters are empty.
fn parse_error(body: &[u8]) -> ApiError {
    let form = |_| form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), Value::from(value))).collect();
    let parameters: Map<String, Value> = serde_json::from_slice(body).unwrap_or_else(form);
    let text = |name: &str| parameters.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    ApiError { code: text("error"), message: text("error_description"), field: None }
}

fn token_endpoint_error(ctx: &Ctx, connector: &Connector, response: &Response) -> Error {
    error_rules::error(ctx, connector, response, Endpoint::Token, &parse_error(&response.body), FieldValue::default())
}

async fn post(ctx: &Ctx, call: &str, url: Url, form: &[(&str, &str)]) -> Result<Response, Error> {
    let request = ctx.http.post(url).header(reqwest::header::ACCEPT, "application/json").form(form);
    send_and_read(ctx, call, request, JSON_LIMIT).await
}
