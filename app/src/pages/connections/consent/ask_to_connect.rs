use crate::pages::prelude::*;
use http::{HeaderName, HeaderValue};
use leptos_axum::ResponseOptions;
use lexicontract::domain::connection::Environment;
use lexicontract::services::AuthorizationRequest;

/// The consent page, which is shown before an OAuth flow that starts outside of our pages, for example from an external link.
/// Opening the page does not start the flow.
pub(crate) fn ask_to_connect() -> WebPage {
    let (slug, environment, domain) = (parameter("slug"), query("environment"), query("domain"));
    let terms = connectors::terms(&slug);
    page("Connect", async move {
        let (hub, actor) = (hub(), actor()?);
        let environment = match environment {
            Some(text) => text.parse().map_err(|_| Invalid::Environment)?,
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
        ("environment", request.environment.into_str().to_owned()),
        ("domain", domain.unwrap_or_default()),
    ];
    let buttons = row((
        post_button("/actions/request_connection", form, format!("Continue to {provider}"), Look::Primary),
        link_button("Cancel", "/integrations", Look::Secondary),
    ));
    let warning = format!(
        "Continue only if you want to connect this {provider} {account}. If someone sent you the link, check that the {account} is yours."
    );
    sections(view! {
        {back("Integrations", "/integrations")}
        {page_heading(format!("Connect {provider}?"), "You followed a link or entered an address. Nothing is connected yet.", ())}
        {card("request", "What will be connected", (), stack((about(actor, request, terms), text(warning), buttons)))}
        {card("access", "What will be accessed", (), access(request.renews.is_some(), terms))}
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

pub(crate) fn access(is_reconnect: bool, terms: &Terms) -> AnyView {
    let Terms { provider, account: name, deals, .. } = terms;
    let account = format!("The name and ID of the {provider} {name}, and the name and e-mail address of the user who signs in");
    let contracts = format!("{deals} and their files are read, and the negotiation status is written back.");
    let (before, after, effects) = if is_reconnect {
        let same = format!("A {provider} {name} other than the connected one is rejected.");
        ("When you return", "After that", vec![same, contracts])
    } else {
        ("Before an admin confirms the connection", "After an admin confirms the connection", vec![contracts])
    };
    stack((subheading(before), bullets(vec![account]), subheading(after), bullets(effects)))
}

/// Tells search engines not to index the page, because users can publish its address.
pub(crate) fn keep_out_of_indexes() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    }
}
