//! Asks before a Salesforce flow that was not started on one of our own pages. Looking at it starts nothing.

use super::{
    page::{WebPage, page},
    request::query,
};
use crate::{
    context::{actor, hub},
    parts::{
        button::{Look, link, post},
        card::card,
        layout::{back, bullets, page_heading, row, sections, stack, subheading},
        list::facts,
        prose::{code, text},
    },
};
use http::{HeaderName, HeaderValue};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use lexicontract::{
    domain::{
        connection::Environment,
        problem::{Invalid, Problem},
    },
    services::{Actor, AuthorizationRequest},
};

/// The page.
pub(super) fn ask_to_connect() -> WebPage {
    let (environment, domain) = (query("environment"), query("domain"));
    page("Connect Salesforce", async move {
        let (hub, actor) = (hub(), actor()?);
        let environment = match environment {
            Some(text) => Environment::parse(&text).ok_or(Invalid::Environment)?,
            None => Environment::Production,
        };
        let request = hub.authorization_request(&actor, environment, domain.as_deref()).await.map_err(Problem::from)?;
        keep_out_of_indexes();
        Ok(view(&actor, &request, domain))
    })
}

fn view(actor: &Actor, request: &AuthorizationRequest, domain: Option<String>) -> AnyView {
    let form = vec![("environment", request.environment.as_str().to_owned()), ("domain", domain.unwrap_or_default())];
    let buttons = row((
        post("/actions/request_connection", form, "Continue to Salesforce", Look::Primary),
        link("Cancel", "/integrations", Look::Secondary),
    ));
    let warning =
        "Continue only if you want to connect this Salesforce org. If someone sent you the link, check that the org is yours.";
    sections(view! {
        {back("Integrations", "/integrations")}
        {page_heading(
            "Connect Salesforce?",
            "A link or a typed address led here. Nothing is connected yet.".into_any(),
            ().into_any(),
        )}
        {card("request", "What is connected", ().into_any(), stack((about(actor, request), text(warning), buttons)))}
        {card("access", "What is read", ().into_any(), access(request))}
    })
}

fn about(actor: &Actor, request: &AuthorizationRequest) -> AnyView {
    let mut rows = vec![
        ("Organization", actor.organization_name.clone().into_any()),
        ("Signed in as", format!("{}, {}", actor.name, actor.email).into_any()),
        ("Salesforce environment", request.environment.label().into_any()),
        ("Salesforce sign-in host", code(request.login_host.clone())),
    ];
    if let Some(account) = &request.renews {
        rows.push(("Reconnects", account.clone().into_any()));
    }
    facts(rows)
}

fn access(request: &AuthorizationRequest) -> AnyView {
    let account = "The name and id of the Salesforce org, and the name and e-mail address of the user who signs in".to_owned();
    let contracts = "Opportunities and their files are read, and the negotiation status is written back.".to_owned();
    if request.renews.is_some() {
        let same = "Any other Salesforce org than the connected one is refused.".to_owned();
        return stack((
            subheading("When you are back"),
            bullets(vec![account]),
            subheading("After that"),
            bullets(vec![same, contracts]),
        ));
    }
    let after = "After an admin confirms the connection";
    stack((
        subheading("Before an admin confirms the connection"),
        bullets(vec![account]),
        subheading(after),
        bullets(vec![contracts]),
    ))
}

/// The address may be shared.
fn keep_out_of_indexes() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    }
}
