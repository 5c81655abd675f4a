use crate::pages::connections::disconnect::disconnect_dialog;
use crate::pages::prelude::*;
use lexicontract::domain::connection::Confirmation;

const PENDING: &str = "Nothing else is read or written until an admin confirms this account.";

/// The row of a pending connection on the board. `None` if the connection is confirmed.
pub(crate) fn pending_row(connection: &Connection, is_admin: bool, now: Timestamp) -> Option<AnyView> {
    let confirmation = connection.confirmation.as_ref()?;
    let address = format!("/integrations/{}", connection.id);
    let name = format!("the {} connection", connection.environment.label());
    Some(connection_row(ConnectionRow {
        states: any_view! { {connection_pill(connection.status)} {tag(connection.environment.label())} },
        account: connection.account_label.clone().unwrap_or_default(),
        by: any_view! { {format!("Started by {} ", confirmation.started_by)} {moment(connection.created_at, now)} },
        facts: inline_facts(vec![
            ("User", user(confirmation).into_any()),
            ("Host", confirmation.host.clone().into_any()),
            ("Expires", moment(confirmation.expires_at, now)),
        ]),
        issue: warning_text(PENDING),
        actions: any_view! { {is_admin.then(|| buttons(connection))} {details_link(address, &name)} },
    }))
}

/// The page of a pending connection. `None` if the connection is confirmed.
pub(crate) fn pending_page(connection: &Connection, is_admin: bool, now: Timestamp, messages: AnyView) -> Option<AnyView> {
    let confirmation = connection.confirmation.as_ref()?;
    let name = &connection.integration.name;
    let account = connection.account_label.clone().unwrap_or_default();
    set_title(&format!("{name} · {account}"));
    let lead = view! {
        <span class="wrap-anywhere">{account.clone()}</span>
        {tag(connection.environment.label())}
        {connection_pill(connection.status)}
    };
    let started = view! { {format!("{} ", confirmation.started_by)} {moment(connection.created_at, now)} };
    let rows = vec![
        ("Account", account.into_any()),
        ("Account ID", code(connection.external_account_id.clone().unwrap_or_default())),
        ("Host", code(confirmation.host.clone())),
        ("User who granted access", user(confirmation).into_any()),
        ("Started by", started.into_any()),
        ("Expires", moment(confirmation.expires_at, now)),
    ];
    let question = format!("Confirm only if this is your organization’s {name} account. {PENDING}");
    let actions =
        if is_admin { row(buttons(connection)) } else { muted("Ask an admin of your organization to confirm or decline it.") };
    Some(sections(view! {
        {back("Integrations", "/integrations")}
        {page_heading(name.clone(), lead, ())}
        {messages}
        {card("confirmation", "Is this the right account?", (), stack((facts(rows), text(question), actions)))}
        {is_admin.then(|| disconnect_dialog(connection))}
    }))
}

fn user(confirmation: &Confirmation) -> String {
    confirmation.user.clone().unwrap_or("Unknown".to_owned())
}

fn buttons(connection: &Connection) -> AnyView {
    let id = connection.id.to_string();
    let (dialog, page) = (format!("disconnect-{id}"), format!("/integrations/{id}/disconnect"));
    any_view! {
        {post_button("/actions/confirm_connection", vec![("connection", id)], "Confirm", Look::Primary)}
        {dialog_button("Decline", Look::Quiet, dialog, page)}
    }
}
