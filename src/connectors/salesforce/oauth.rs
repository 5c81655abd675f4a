//! The web-server flow: authorize, exchange, refresh, revoke.

use super::{
    provider::settings,
    refused::{self, Refusal},
    token_answer::TokenAnswer,
};
use crate::{
    config::{Config, OAuthApp},
    connectors::{
        Ctx, Error, Kind, Tokens,
        http::{Answer, JSON_LIMIT, send_and_read},
    },
    secret::Secret,
};
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, basic::BasicClient};
use std::ops::RangeInclusive;
use url::Url;

/// What we ask for: calls, calls while nobody is there, and who we are.
const SCOPES: [&str; 3] = ["api", "refresh_token", "openid"];
/// RFC 7636, 4.1.
const VERIFIER_CHARACTERS: RangeInclusive<usize> = 43..=128;
const NOT_SET_UP: &str =
    "Salesforce is not set up on this server. Its operator must set SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET.";

pub(super) fn availability(config: &Config) -> Result<(), &'static str> {
    settings(config).app.as_ref().map(|_| ()).ok_or(NOT_SET_UP)
}

fn app(config: &Config) -> Result<&OAuthApp, Error> {
    let missing = || Error::new(Kind::Refused, "no Salesforce client id is configured").advise(NOT_SET_UP);
    settings(config).app.as_ref().ok_or_else(missing)
}

pub(super) fn authorize_url(
    config: &Config,
    login_url: &Url,
    state: &Secret<String>,
    verifier: &Secret<String>,
) -> Result<Url, Error> {
    if !VERIFIER_CHARACTERS.contains(&verifier.expose().len()) {
        return Err(Error::new(Kind::Unexpected, "a PKCE verifier has 43 to 128 characters"));
    }
    let redirect = RedirectUrl::new(config.redirect_uri("salesforce"))
        .map_err(|error| Error::new(Kind::Unexpected, "the redirect URI is not an address").because(error))?;
    let client = BasicClient::new(ClientId::new(app(config)?.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(endpoint(config, login_url, "authorize")?))
        .set_redirect_uri(redirect);
    let state = state.expose().clone();
    let verifier = PkceCodeVerifier::new(verifier.expose().clone());
    let (url, _) = client
        .authorize_url(move || CsrfToken::new(state))
        .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    Ok(url)
}

/// One of the OAuth paths of a host that may get a token.
fn endpoint(config: &Config, host: &Url, name: &str) -> Result<Url, Error> {
    if !settings(config).allows(host) {
        return Err(Error::new(Kind::HostNotAllowed, "the login host is not one of Salesforce's"));
    }
    let mut url = host.clone();
    url.set_path(&format!("/services/oauth2/{name}"));
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

pub(super) async fn exchange(
    ctx: &Ctx,
    login_url: &Url,
    code: &Secret<String>,
    verifier: &Secret<String>,
) -> Result<Tokens, Error> {
    let app = app(&ctx.config)?;
    let redirect_uri = ctx.config.redirect_uri("salesforce");
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("code_verifier", verifier.expose()),
        ("redirect_uri", &redirect_uri),
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.expose()),
    ];
    let answer = post(ctx, "exchange the code", endpoint(&ctx.config, login_url, "token")?, &form).await?;
    if !answer.status.is_success() {
        return Err(refused::by_token_endpoint(ctx, &answer));
    }
    answer.json::<TokenAnswer>()?.into_first_tokens(ctx, login_url)
}

/// Asks the org's own host, and the login host only when the first certainly did not take the request: an org may switch off
/// either, but a refresh token whose fate is unknown must not be sent again.
pub(super) async fn refresh(ctx: &Ctx, tokens: &Tokens) -> Result<Tokens, Error> {
    let first = refresh_at(ctx, &tokens.instance_url, tokens).await;
    let answer = match first {
        Ok(answer) if has_no_endpoint(&answer) && tokens.login_url.origin() != tokens.instance_url.origin() => {
            refresh_at(ctx, &tokens.login_url, tokens).await?
        }
        Err(error) if !error.outcome_unknown && tokens.login_url.origin() != tokens.instance_url.origin() => {
            refresh_at(ctx, &tokens.login_url, tokens).await?
        }
        first => first?,
    };
    if !answer.status.is_success() {
        let mut error = refused::by_token_endpoint(ctx, &answer);
        // The edge did not hear the end of what the token endpoint did.
        error.outcome_unknown = matches!(answer.status.as_u16(), 502 | 504);
        return Err(error);
    }
    if answer.is_html {
        // A page of maintenance with the status of a success: the edge answered, and the token endpoint never saw the token.
        return Err(refused::by_token_endpoint(ctx, &answer));
    }
    answer.json::<TokenAnswer>().map_err(after_refresh)?.into_next_tokens(ctx, tokens).map_err(after_refresh)
}

/// Salesforce answered with success, so it may have replaced the refresh token that we could not read.
fn after_refresh(mut error: Error) -> Error {
    error.outcome_unknown = true;
    error
}

fn has_no_endpoint(answer: &Answer) -> bool {
    answer.status.is_redirection() || matches!(answer.status.as_u16(), 404 | 405 | 410)
}

async fn refresh_at(ctx: &Ctx, host: &Url, tokens: &Tokens) -> Result<Answer, Error> {
    let app = app(&ctx.config)?;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh_token.expose()),
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.expose()),
    ];
    post(ctx, "refresh the session", endpoint(&ctx.config, host, "token")?, &form).await
}

/// Ends the grant at the org's own host, else at the login host. Ending it twice does no harm.
pub(super) async fn revoke(ctx: &Ctx, tokens: &Tokens) -> Result<(), Error> {
    match revoke_at(ctx, &tokens.instance_url, tokens).await {
        Err(_) if tokens.login_url.origin() != tokens.instance_url.origin() => revoke_at(ctx, &tokens.login_url, tokens).await,
        result => result,
    }
}

async fn revoke_at(ctx: &Ctx, host: &Url, tokens: &Tokens) -> Result<(), Error> {
    let form = [("token", tokens.refresh_token.expose().as_str())];
    let answer = post(ctx, "revoke the grant", endpoint(&ctx.config, host, "revoke")?, &form).await?;
    let is_page = answer.is_html;
    match answer.status.as_u16() {
        200 | 204 if !is_page => Ok(()),
        _ => match Refusal::read(&answer.body).is_unknown_token() {
            true => Ok(()),
            false => Err(refused::by_token_endpoint(ctx, &answer)),
        },
    }
}

async fn post(ctx: &Ctx, call: &str, url: Url, form: &[(&str, &str)]) -> Result<Answer, Error> {
    let request = ctx.http.post(url).header(reqwest::header::ACCEPT, "application/json").form(form);
    send_and_read(ctx, call, request, JSON_LIMIT).await
}
