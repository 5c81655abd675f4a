//! A connection that an admin must confirm: on its card, and on its own page.

use super::disconnect::disconnect_dialog;
use crate::{
    pages::page::set_title,
    parts::{
        form::{
            button::{Look, post},
            dialog::asking_button,
        },
        layout::{
            back,
            board::{connection_row, details, traffic},
            card::card,
            list::facts,
            page_heading,
            prose::{code, muted, text, waiting},
            row, sections, stack,
        },
        status::{self, moment::moment, pill::tag},
    },
};
use leptos::prelude::*;
use lexicontract::domain::{
    connection::{Confirmation, Connection},
    time::Timestamp,
};

const UNUSED: &str = "Nothing else is read or written until an admin confirms this account.";

/// Its row on the integration's card; nothing for a connection that is in use.
pub(crate) fn pending_row(connection: &Connection, is_admin: bool, now: Timestamp) -> Option<AnyView> {
    let confirmation = connection.confirmation.as_ref()?;
    let address = format!("/integrations/{}", connection.id);
    let name = format!("the {} connection", connection.environment.label());
    Some(connection_row(
        view! { {status::connection(connection.status)} {tag(connection.environment.label())} }.into_any(),
        connection.account_label.clone().unwrap_or_default(),
        view! { {format!("Started by {} ", confirmation.started_by)} {moment(connection.created_at, now)} }.into_any(),
        traffic(vec![
            ("User", user(confirmation).into_any()),
            ("Host", confirmation.host.clone().into_any()),
            ("Expires", moment(confirmation.expires_at, now)),
        ]),
        waiting(UNUSED.into_any()),
        view! { {is_admin.then(|| buttons(connection))} {details(address, &name)} }.into_any(),
    ))
}

/// Its own page.
pub(crate) fn pending_page(connection: &Connection, is_admin: bool, now: Timestamp, messages: AnyView) -> Option<AnyView> {
    let confirmation = connection.confirmation.as_ref()?;
    let name = &connection.integration.name;
    let account = connection.account_label.clone().unwrap_or_default();
    set_title(&format!("{name} · {account}"));
    let lead = view! {
        <span class="wrap-anywhere">{account.clone()}</span>
        {tag(connection.environment.label())}
        {status::connection(connection.status)}
    };
    let started = view! { {format!("{} ", confirmation.started_by)} {moment(connection.created_at, now)} };
    let rows = vec![
        ("Account", account.into_any()),
        ("Account id", code(connection.external_account_id.clone().unwrap_or_default())),
        ("Host", code(confirmation.host.clone())),
        ("User who gave access", user(confirmation).into_any()),
        ("Started by", started.into_any()),
        ("Expires", moment(confirmation.expires_at, now)),
    ];
    let question = format!("Confirm only if this is your organization’s {name} account. {UNUSED}");
    let decision = match is_admin {
        true => row(buttons(connection)),
        false => muted("Ask an admin of your organization to confirm or decline it."),
    };
    Some(sections(view! {
        {back("Integrations", "/integrations")}
        {page_heading(name.clone(), lead.into_any(), ().into_any())}
        {messages}
        {card("confirmation", "Is this the right account?", ().into_any(), stack((facts(rows), text(question), decision)))}
        {is_admin.then(|| disconnect_dialog(connection))}
    }))
}

fn user(confirmation: &Confirmation) -> String {
    confirmation.user.clone().unwrap_or("Not known".to_owned())
}

fn buttons(connection: &Connection) -> AnyView {
    let id = connection.id.to_string();
    let (dialog, page) = (format!("disconnect-{id}"), format!("/integrations/{id}/disconnect"));
    view! {
        {post("/actions/confirm_connection", vec![("connection", id)], "Confirm", Look::Primary)}
        {asking_button("Decline", Look::Quiet, dialog, page)}
    }
    .into_any()
}
