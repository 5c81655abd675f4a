//! OAuth 2.0 for every provider: authorize, exchange, refresh, revoke, driven by the data of a connector.

mod refusal;
mod token_answer;

use super::{
    Connector, Ctx, Error, Kind, Tokens,
    auth::OAuth2,
    error_rules::{Endpoint, Seen, rule_for},
    http::{Answer, JSON_LIMIT, send_and_read},
};
use crate::{
    config::{Config, OAuthApp, ProviderConfig},
    domain::{
        connection::{Environment, connect_failure::ConnectFailure},
        problem::Invalid,
    },
    secret::Secret,
};
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, basic::BasicClient};
use refusal::{Refusal, by_token_endpoint};
use std::ops::RangeInclusive;
use token_answer::TokenAnswer;
use url::Url;

/// RFC 7636, 4.1.
const VERIFIER_CHARACTERS: RangeInclusive<usize> = 43..=128;

/// OAuth 2.0 at one provider.
#[derive(Clone, Copy)]
pub struct OAuthClient {
    connector: &'static Connector,
    method: &'static OAuth2,
}

impl OAuthClient {
    pub(super) fn new(connector: &'static Connector, method: &'static OAuth2) -> Self {
        Self { connector, method }
    }

    /// The connector.
    pub fn connector(self) -> &'static Connector {
        self.connector
    }

    /// The OAuth 2.0 data of the connector.
    pub fn method(self) -> &'static OAuth2 {
        self.method
    }

    fn settings(self, config: &Config) -> &ProviderConfig {
        config.provider(self.connector.slug)
    }

    /// Whether this server is set up for it.
    ///
    /// # Errors
    /// A message that names the missing variables.
    pub fn availability(self, config: &Config) -> Result<(), String> {
        self.settings(config).app.as_ref().map(|_| ()).ok_or_else(|| self.not_set_up())
    }

    fn not_set_up(self) -> String {
        let (name, variable) = (self.connector.name, self.connector.slug.to_ascii_uppercase().replace('-', "_"));
        format!("{name} is not set up on this server. Its operator must set {variable}_CLIENT_ID and {variable}_CLIENT_SECRET.")
    }

    fn app(self, config: &Config) -> Result<&OAuthApp, Error> {
        let missing = || Error::new(Kind::Refused, "no client id is configured").advise(self.not_set_up());
        self.settings(config).app.as_ref().ok_or_else(missing)
    }

    /// The login host of an environment. `domain` is what a person typed for `my_domain`.
    ///
    /// # Errors
    /// The domain is missing or not one of the provider's hosts.
    pub fn login_url(self, config: &Config, environment: Environment, domain: Option<&str>) -> Result<Url, Invalid> {
        (self.method.login_url)(self.settings(config), environment, domain)
    }

    /// Where to send the person: with `state` and a PKCE S256 challenge of `verifier`.
    ///
    /// # Errors
    /// The server has no app for this provider.
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
            .map_err(|error| Error::new(Kind::Unexpected, "the redirect URI is not an address").because(error))?;
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

    /// One of the OAuth paths of a host that may get a token.
    fn endpoint(self, config: &Config, host: &Url, path: &str) -> Result<Url, Error> {
        if !self.settings(config).allows(host) {
            return Err(Error::new(Kind::HostNotAllowed, "the login host is not one of the provider's"));
        }
        let mut url = host.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        Ok(url)
    }

    /// Redeems a code. The answer's `instance_url` has been checked against the allowed hosts.
    ///
    /// # Errors
    /// The provider refused, could not be asked, or left something out that we need.
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
        let answer = post(ctx, "exchange the code", token_url, &form).await?;
        if !answer.status.is_success() {
            return Err(by_token_endpoint(ctx, self.connector, &answer));
        }
        answer.json::<TokenAnswer>()?.into_first_tokens(ctx, self, login_url)
    }

    /// New tokens for old. Keeps what the answer leaves out; the answer's refresh token, when there is one, replaces the old.
    ///
    /// Calls the account's host, and the login host only if the first certainly did not process the request: an account may disable either,
    /// but a refresh token must not be sent twice when the outcome is unknown.
    ///
    /// # Errors
    /// The provider refused or could not be asked; `outcome_unknown` says that it may have replaced the refresh token.
    pub async fn refresh(self, ctx: &Ctx, tokens: &Tokens) -> Result<Tokens, Error> {
        let first = self.refresh_at(ctx, &tokens.instance_url, tokens).await;
        let answer = match first {
            Ok(answer) if has_no_endpoint(&answer) && has_other_login(tokens) => {
                self.refresh_at(ctx, &tokens.login_url, tokens).await?
            }
            Err(error) if !error.outcome_unknown && has_other_login(tokens) => {
                self.refresh_at(ctx, &tokens.login_url, tokens).await?
            }
            first => first?,
        };
        if !answer.status.is_success() {
            let mut error = by_token_endpoint(ctx, self.connector, &answer);
            // The edge did not hear the end of what the token endpoint did.
            error.outcome_unknown = matches!(answer.status.as_u16(), 502 | 504);
            return Err(error);
        }
        if answer.is_html {
            // A page of maintenance with the status of a success: the edge answered, and the token endpoint never saw the token.
            return Err(by_token_endpoint(ctx, self.connector, &answer));
        }
        answer.json::<TokenAnswer>().map_err(after_refresh)?.into_next_tokens(ctx, self, tokens).map_err(after_refresh)
    }

    async fn refresh_at(self, ctx: &Ctx, host: &Url, tokens: &Tokens) -> Result<Answer, Error> {
        let app = self.app(&ctx.config)?;
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.refresh_token.expose()),
            ("client_id", &app.client_id),
            ("client_secret", app.client_secret.expose()),
        ];
        post(ctx, "refresh the session", self.endpoint(&ctx.config, host, self.method.token_path)?, &form).await
    }

    /// Ends the grant at the account's own host, else at the login host. JobOutcome it twice does no harm, and a token that the provider no
    /// longer knows counts as ended.
    ///
    /// # Errors
    /// The provider refused or could not be asked.
    pub async fn revoke(self, ctx: &Ctx, tokens: &Tokens) -> Result<(), Error> {
        match self.revoke_at(ctx, &tokens.instance_url, tokens).await {
            Err(_) if has_other_login(tokens) => self.revoke_at(ctx, &tokens.login_url, tokens).await,
            result => result,
        }
    }

    async fn revoke_at(self, ctx: &Ctx, host: &Url, tokens: &Tokens) -> Result<(), Error> {
        let form = [("token", tokens.refresh_token.expose().as_str())];
        let url = self.endpoint(&ctx.config, host, self.method.revoke_path)?;
        let answer = post(ctx, "revoke the grant", url, &form).await?;
        let is_page = answer.is_html;
        match answer.status.as_u16() {
            200 | 204 if !is_page => Ok(()),
            _ => match Refusal::read(&answer.body).is_unknown_token() {
                true => Ok(()),
                false => Err(by_token_endpoint(ctx, self.connector, &answer)),
            },
        }
    }

    /// What the `error` of a callback means for the person who was connecting.
    pub fn callback_failure(self, error: &str, description: &str) -> ConnectFailure {
        let code = error.to_ascii_lowercase();
        if let Some((_, failure)) = self.method.callback_errors.iter().find(|(known, _)| *known == code) {
            return *failure;
        }
        let seen = Seen {
            endpoint: Endpoint::Token,
            status: 400,
            code: &code,
            message: description,
            redirect: None,
            asks_to_wait: false,
            is_page: false,
        };
        rule_for(self.connector, &seen).connecting.unwrap_or(ConnectFailure::ProviderError)
    }
}

fn has_other_login(tokens: &Tokens) -> bool {
    tokens.login_url.origin() != tokens.instance_url.origin()
}

/// The provider answered with success, so it may have replaced the refresh token that we could not read.
fn after_refresh(mut error: Error) -> Error {
    error.outcome_unknown = true;
    error
}

fn has_no_endpoint(answer: &Answer) -> bool {
    answer.status.is_redirection() || matches!(answer.status.as_u16(), 404 | 405 | 410)
}

async fn post(ctx: &Ctx, call: &str, url: Url, form: &[(&str, &str)]) -> Result<Answer, Error> {
    let request = ctx.http.post(url).header(reqwest::header::ACCEPT, "application/json").form(form);
    send_and_read(ctx, call, request, JSON_LIMIT).await
}
