//! The page that a connect link leads to. It needs no account. Opening it does not use up the link.

use super::result::result_view;
use crate::connect_link::{self, ACTION};
use crate::context::{client, set_problem_status};
use crate::pages::connections::consent::ask_to_connect::{access, keep_out_of_indexes};
use crate::pages::prelude::*;
use crate::text::problem::message;
use lexicontract::domain::connection::connect_failure::ConnectFailure;
use lexicontract::secret::Secret;
use lexicontract::services::LinkRequest;

pub(crate) fn visit() -> WebPage {
    let (token, failure, messages) = (parameter("token"), failure(), messages());
    keep_out_of_indexes();
    page("Connect", async move {
        let (hub, secret) = (hub(), Secret::from(token.as_str()));
        let known = connect_link::secret_at(&connect_link::page(&token), &token);
        if let Some(browser) = &known
            && let Some(result) = hub.link_result(&secret, browser).await?
        {
            return Ok(result_view(&result, hub.clock().now()));
        }
        let request = match hub.link_request(&secret, &client()).await {
            Ok(request) => request,
            Err(hub::Error::Problem(problem @ (Problem::ConnectLinkInvalid | Problem::TooManyRequests))) => {
                return Ok(rejected(&problem));
            }
            Err(error) => return Err(error),
        };
        connect_link::keep(&token, &request.slug, &known.unwrap_or_else(connect_link::new_browser));
        set_title(&format!("Connect {}", connectors::terms(&request.slug).provider));
        let now = hub.clock().now();
        Ok(any_view! { {failure_notice(failure, &request)} {messages} {view(token, &request, now)} })
    })
    .with_layout(|content| centered_page(content, appearance()))
}

/// The page for a visitor whose consent could not be assigned to a link.
pub(crate) fn lost() -> WebPage {
    let failure = failure();
    keep_out_of_indexes();
    page("Not connected", async move {
        if failure.is_none() {
            return Ok(rejected(&Problem::ConnectLinkInvalid));
        }
        let text = "The sign-in could not be completed: it took longer than ten minutes, or it was finished in another browser. Nothing \
                    was connected. Open the link that you received again.";
        Ok(panel("Not connected", text, ()))
    })
    .with_layout(|content| centered_page(content, appearance()))
}

fn failure() -> Option<ConnectFailure> {
    let code = query("error")?;
    let reason = query("reason").as_deref().and_then(ConnectFailure::parse);
    Some(reason.or_else(|| ConnectFailure::parse(&code)).unwrap_or(ConnectFailure::ProviderError))
}

fn rejected(problem: &Problem) -> AnyView {
    set_problem_status(problem);
    set_title(problem.title());
    panel(problem.title(), message(problem), ())
}

fn failure_notice(failure: Option<ConnectFailure>, request: &LinkRequest) -> Option<AnyView> {
    let text = match failure? {
        ConnectFailure::AlreadyConnected => {
            format!(
                "{} has already connected this environment, and that connection is unchanged. The access that you granted was not needed \
                 and has been revoked.",
                request.organization
            )
        }
        failure => connectors::connect_message(&request.slug, failure),
    };
    Some(outcome_notice("Not connected".to_owned(), text))
}

fn view(token: String, request: &LinkRequest, now: Timestamp) -> AnyView {
    let terms = connectors::terms(&request.slug);
    let Terms { provider, account, .. } = terms;
    let LinkRequest { user, organization, .. } = request;
    let lead = format!(
        "{user} asks you to give {organization} access to your {provider} {account} with LexiContract. You need no account here, and \
         nothing is connected yet."
    );
    let next = if request.is_connected {
        callout(
            Tone::Neutral,
            None,
            format!("{organization} has connected this environment already. You don’t have to do anything."),
            None,
        )
    } else {
        let buttons = post_button(ACTION, vec![("token", token)], format!("Continue to {provider}"), Look::Primary);
        stack((text(warning(request)), buttons))
    };
    any_view! {
        {panel(format!("Connect {provider}"), lead, stack((other_organization(request, terms), about(request, now), next)))}
        {card("access", "What will be accessed", (), access(false, terms))}
    }
}

fn about(request: &LinkRequest, now: Timestamp) -> AnyView {
    let scopes = connectors::find(&request.slug).and_then(|connector| connector.oauth());
    let scopes = scopes
        .map(|oauth| oauth.method().scopes.iter().map(|scope| scope.name).collect::<Vec<_>>().join(" "))
        .unwrap_or_default();
    fact_rows(vec![
        ("Requested by", request.user.clone().into_any()),
        ("Email", any_view! { {request.email.clone()} " " {pill(Tone::Warn, "Not verified")} }),
        ("Organization", request.organization.clone().into_any()),
        ("Environment", request.environment.label().into_any()),
        ("Sign-in host", code(request.login_host.clone())),
        ("Permissions", code(scopes)),
        ("Link expires", moment(request.expires_at, now)),
    ])
}

fn warning(request: &LinkRequest) -> String {
    let LinkRequest { user, organization, .. } = request;
    format!(
        "LexiContract has not verified that the e-mail address and its domain belong to {user} and {organization}. Continue only if you \
         know who sent you the link and expected it."
    )
}

/// A notice for a visitor who is signed in to another organization.
fn other_organization(request: &LinkRequest, terms: &Terms) -> Option<AnyView> {
    let actor = visitor().0.filter(|actor| actor.organization_id != request.organization_id)?;
    let name = actor.organization_name;
    let Terms { provider, account, .. } = terms;
    let text = format!(
        "You are signed in to {name}. The {provider} {account} will be connected to {}, not to {name}.",
        request.organization
    );
    Some(callout(Tone::Warn, None, text, None))
}
