use crate::pages::prelude::*;
use lexicontract::domain::account::users::{ApiToken, TokenLifetime};

pub(crate) fn tokens() -> WebPage {
    let cursor = query("cursor");
    let (messages, form_state) = (messages(), FormState::take());
    page("API tokens", async move {
        let (hub, actor) = (hub(), actor()?);
        let tokens = hub.api_tokens(&actor, &PageRequest::at(cursor)).await?;
        let made = flash::take("/settings/tokens").map(|token| {
            let note = "Programs send it in the header “Authorization: Bearer …”. Only a digest is stored, so the token can’t be \
                 shown again.";
            shown_once("new-token", "New API token", token, note)
        });
        let lead = view! { "A token acts with the role of the user who created it. " {link("API documentation", "/api/docs")} };
        Ok(sections(view! {
            {page_heading("API tokens", lead, ())}
            {messages}
            {made}
            {card("tokens", "Tokens", (), list(&tokens, hub.clock().now()))}
            {card("create", "Create a token", (), create(&form_state))}
        }))
    })
}

fn list(tokens: &Page<ApiToken>, now: Timestamp) -> AnyView {
    if tokens.items.is_empty() {
        return empty(Icon::KEY, "No tokens yet", "Create one below for a program that uses the API.", ());
    }
    let rows = tokens.items.iter().map(|token| row(token, now)).collect();
    let more = tokens.next_cursor.as_deref().map(|cursor| format!("/settings/tokens?cursor={}", escape(cursor)));
    any_view! { {table("API tokens", rows)} {next_page(more)} }
}

fn row(token: &ApiToken, now: Timestamp) -> Vec<Cell> {
    let has_expired = token.expires_at <= now;
    let expired = has_expired.then(|| view! { {pill(Tone::Warn, "Expired")} " " });
    let expires = any_view! { {expired} {moment(token.expires_at, now)} };
    let (label, consequence, submit) = if has_expired {
        ("Remove", format!("“{}” has expired and no longer works. This removes it from the list.", token.name), "Remove token")
    } else {
        ("Revoke", format!("Programs that use “{}” are rejected immediately.", token.name), "Revoke token")
    };
    let values = vec![("token", token.id.to_string()), form_id()];
    let action = "/actions/revoke_api_token";
    let revoke = Confirm { label, of: &token.name, look: Look::Quiet, consequence, action, values, submit }.view();
    vec![
        ("Name", token.name.clone().into_any()),
        ("Begins with", code(format!("{}…", token.prefix))),
        ("Created by", token.created_by.clone().into_any()),
        ("Created", moment(token.created_at, now)),
        ("Expires", expires),
        ("Last used", moment_or(token.last_used_at, "Never", now)),
        ("", revoke),
    ]
}

fn create(form_state: &FormState) -> AnyView {
    let name = Input { placeholder: "Nightly export".to_owned(), ..Input::text("name", "Name") };
    let days = TokenLifetime::CHOICES.map(|days| (days.to_string(), format!("{days} days"))).to_vec();
    let chosen = form_state.value("expires_in_days").unwrap_or_else(|| TokenLifetime::default().days().to_string());
    let fields = form_row((
        form_state.fill(name).help("What the token is for.").view(),
        select("token-expiry", "expires_in_days", "Expires after", days, &chosen, None),
        submit("Create token", Look::Primary),
    ));
    let note = muted(
        "A token works until it expires, you revoke it, you change your password without keeping tokens, or an admin disables or removes your \
         account. Expired tokens are removed from the list after 30 days.",
    );
    post_form("/actions/create_api_token", vec![form_id()], stack((fields, note)))
}
