//! Asks before a flow that was not started on one of our own pages. Looking at it starts nothing.

use crate::{
    context::{actor, hub},
    pages::{
        page::{WebPage, page, set_title},
        request::{parameter, query},
    },
    parts::{
        form::button::{Look, link, post},
        layout::{
            back, bullets,
            card::card,
            list::facts,
            page_heading,
            prose::{code, text},
            row, sections, stack, subheading,
        },
    },
};
use http::{HeaderName, HeaderValue};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use lexicontract::{
    connectors,
    domain::{
        connection::{Environment, terms::Terms},
        problem::Invalid,
    },
    services::{Actor, AuthorizationRequest},
};

/// The page.
pub(crate) fn ask_to_connect() -> WebPage {
    let (slug, environment, domain) = (parameter("slug"), query("environment"), query("domain"));
    let terms = connectors::terms(&slug);
    page("Connect", async move {
        let (hub, actor) = (hub(), actor()?);
        let environment = match environment {
            Some(text) => Environment::parse(&text).ok_or(Invalid::Environment)?,
            None => Environment::Production,
        };
        let request = hub.authorization_request(&actor, &slug, environment, domain.as_deref()).await?;
        keep_out_of_indexes();
        set_title(&format!("Connect {}", terms.provider));
        Ok(view(&actor, &request, domain, terms))
    })
}

fn view(actor: &Actor, request: &AuthorizationRequest, domain: Option<String>, terms: &'static Terms) -> AnyView {
    let Terms { slug, provider, account, .. } = terms;
    let form = vec![
        ("provider", (*slug).to_owned()),
        ("environment", request.environment.as_str().to_owned()),
        ("domain", domain.unwrap_or_default()),
    ];
    let buttons = row((
        post("/actions/request_connection", form, format!("Continue to {provider}"), Look::Primary),
        link("Cancel", "/integrations", Look::Secondary),
    ));
    let warning = format!(
        "Continue only if you want to connect this {provider} {account}. If someone sent you the link, check that the {account} is yours."
    );
    sections(view! {
        {back("Integrations", "/integrations")}
        {page_heading(
            format!("Connect {provider}?"),
            "A link or a typed address led here. Nothing is connected yet.".into_any(),
            ().into_any(),
        )}
        {card("request", "What is connected", ().into_any(), stack((about(actor, request, terms), text(warning), buttons)))}
        {card("access", "What is read", ().into_any(), access(request, terms))}
    })
}

fn about(actor: &Actor, request: &AuthorizationRequest, terms: &'static Terms) -> AnyView {
    let mut rows = vec![
        ("Provider", terms.provider.into_any()),
        ("Organization", actor.organization_name.clone().into_any()),
        ("Signed in as", format!("{}, {}", actor.name, actor.email).into_any()),
        ("Environment", request.environment.label().into_any()),
        ("Sign-in host", code(request.login_host.clone())),
    ];
    if let Some(account) = &request.renews {
        rows.push(("Reconnects", account.clone().into_any()));
    }
    facts(rows)
}

fn access(request: &AuthorizationRequest, terms: &Terms) -> AnyView {
    let Terms { provider, account: name, deals, .. } = terms;
    let account = format!("The name and id of the {provider} {name}, and the name and e-mail address of the user who signs in");
    let contracts = format!("{deals} and their files are read, and the negotiation status is written back.");
    if request.renews.is_some() {
        let same = format!("Any other {provider} {name} than the connected one is refused.");
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
