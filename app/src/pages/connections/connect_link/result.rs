//! What a visitor sees after giving consent.

use crate::pages::prelude::*;
use lexicontract::services::LinkResult;

pub(super) fn result_view(result: &LinkResult, now: Timestamp) -> AnyView {
    let terms = connectors::terms(&result.slug);
    let Terms { provider, account, .. } = terms;
    let organization = &result.organization;
    let Some(connection) = &result.connection else {
        set_title("Access revoked");
        let text = format!(
            "{organization} has declined or disconnected this {provider} {account}, or did not confirm it in time. LexiContract’s access \
             is revoked. You don’t have to do anything."
        );
        return panel("Access revoked", text, ());
    };
    set_title("Thank you");
    let lead = match connection.confirmation {
        Some(_) => format!("You have granted access. An admin of {organization} has to confirm the connection."),
        None => format!("You have granted access, and {organization} has confirmed the connection."),
    };
    any_view! {
        {panel("Thank you", lead, shared(connection))}
        {card("next", "What happens next", (), next(connection, organization, terms, now))}
        {card("revoking", "If you change your mind", (), text(how_to_revoke(terms)))}
    }
}

fn shared(connection: &Connection) -> AnyView {
    let mut rows = vec![
        ("Account", connection.account_label.clone().unwrap_or_default().into_any()),
        ("Account ID", code(connection.external_account_id.clone().unwrap_or_default())),
        ("Environment", connection.environment.label().into_any()),
    ];
    if let Some(confirmation) = &connection.confirmation {
        rows.push(("Host", code(confirmation.host.clone())));
        rows.push(("User", confirmation.user.clone().unwrap_or("Unknown".to_owned()).into_any()));
    }
    fact_rows(rows)
}

fn next(connection: &Connection, organization: &str, terms: &Terms, now: Timestamp) -> AnyView {
    let works = format!("LexiContract reads {} and their files, and writes the negotiation status back.", terms.deals);
    let content = match &connection.confirmation {
        Some(confirmation) => any_view! {
            <p>
                {format!("{organization} checks that this is the expected account, and confirms it. Then {works} Until then, nothing else is \
                          read. Without a confirmation, the access is revoked automatically ")}
                {moment(confirmation.expires_at, now)} "."
            </p>
        },
        None => text(works),
    };
    stack((content, text("You can close this page.")))
}

fn how_to_revoke(terms: &Terms) -> &'static str {
    let oauth = connectors::find(terms.slug).and_then(|connector| connector.oauth());
    oauth.map(|oauth| oauth.method().guide.revoke).unwrap_or_default()
}
