//! One card of the board.

use super::integrations_board::Board;
use crate::{
    parts::{
        board::{connection_row, connection_words, integration_card, note},
        button::{Look, button_class, link, post},
        pill::{pill, tag},
        status,
        tone::Tone,
    },
    words::moment::relative,
};
use leptos::{ev::SubmitEvent, prelude::*};
use lexicontract::domain::{
    catalogue::{AuthType, Integration},
    connection::{Connection, ConnectionStatus},
    ids::ConnectionId,
};

/// The card of an integration with its connections, and what can be done.
pub(super) fn card(integration: &Integration, board: Board) -> AnyView {
    let slug = integration.slug.clone();
    let ids = Memo::new(move |_| {
        board.connections.with(|all| {
            all.iter()
                .filter(|connection| connection.integration.slug == slug)
                .map(|connection| connection.id.clone())
                .collect::<Vec<_>>()
        })
    });
    let (is_available, integration_for_foot) = (integration.available, integration.clone());
    let state = move || {
        let is_bare = ids.with(Vec::is_empty);
        is_bare.then(|| if is_available { pill(Tone::Neutral, "Not connected") } else { pill(Tone::Neutral, "Unavailable") })
    };
    let is_oauth = integration.auth_type == AuthType::OAuth2;
    let content = view! {
        <For each=move || ids.get() key=|id| id.to_string() children=move |id| connection_view(id, is_oauth, board) />
        {move || foot(&integration_for_foot, ids.with(Vec::is_empty), board.is_admin)}
    };
    integration_card(integration, state.into_any(), content.into_any())
}

/// The way to connect, or why there is none.
fn foot(integration: &Integration, is_bare: bool, is_admin: bool) -> AnyView {
    let form = format!("/integrations/connect/{}", integration.slug);
    let is_oauth = integration.auth_type == AuthType::OAuth2;
    let connect = format!("Connect {}", integration.name);
    match (integration.available, is_admin, is_bare, is_oauth) {
        (false, _, _, _) => {
            note(integration.unavailable_reason.clone().unwrap_or("It cannot be connected on this server.".to_owned()).into_any())
        }
        (true, false, true, _) => note("An admin of your organization can connect this.".into_any()),
        (true, false, false, _) | (true, true, false, false) => ().into_any(),
        (true, true, true, true) => view! {
            <div class="flex flex-wrap items-center gap-2">
                {post("/actions/connect", vec![("integration", integration.id.to_string())], connect, Look::Primary)}
                {link("Sandbox or My Domain", form, Look::Quiet)}
            </div>
        }
        .into_any(),
        (true, true, true, false) => view! { <div>{link(connect, form, Look::Primary)}</div> }.into_any(),
        (true, true, false, true) => {
            view! { <div>{link("Add a sandbox or another org", form, Look::Secondary)}</div> }.into_any()
        }
    }
}

fn connection_view(id: ConnectionId, is_oauth: bool, board: Board) -> AnyView {
    let found = {
        let id = id.clone();
        Memo::new(move |_| board.connections.with(|all| all.iter().find(|connection| connection.id == id).cloned()))
    };
    let environment =
        found.with_untracked(|found| found.as_ref().map(|connection| connection.environment.label())).filter(|_| is_oauth);
    let words = connection_words(
        view! {
            {move || found.with(|found| found.as_ref().and_then(|connection| connection.account_label.clone()))}
        }
        .into_any(),
        view! {
            {move || found.with(|found| found.as_ref().map(state))}
            {environment.map(tag)}
        }
        .into_any(),
        (move || found.with(|found| found.as_ref().map(|connection| activity(connection, board)))).into_any(),
        (move || found.with(|found| found.as_ref().and_then(|connection| connection.last_error.clone()))).into_any(),
    );
    let address = format!("/integrations/{id}");
    let actions = board.is_admin.then(|| {
        view! {
            {move || reconnect(found, is_oauth)}
            {disconnect(id, found, board)}
        }
    });
    connection_row(address, environment, words, actions.into_any())
}

fn state(connection: &Connection) -> AnyView {
    view! {
        {(!connection.is_enabled).then(|| pill(Tone::Warn, "Switched off"))}
        {status::connection(connection.status)}
    }
    .into_any()
}

fn activity(connection: &Connection, board: Board) -> String {
    match connection.last_activity_at {
        Some(at) => format!("Last activity {}", relative(board.now.get(), at)),
        None => "No activity yet".to_owned(),
    }
}

fn reconnect(found: Memo<Option<Connection>>, is_oauth: bool) -> AnyView {
    found
        .with(|found| {
            let connection = found.as_ref()?;
            let look = if connection.status == ConnectionStatus::NeedsReconnect { Look::Primary } else { Look::Quiet };
            Some(match is_oauth {
                true => post("/actions/reconnect", vec![("connection", connection.id.to_string())], "Reconnect", look),
                false => link("Reconnect", format!("/integrations/{}/reconnect", connection.id), look),
            })
        })
        .into_any()
}

/// Opens the dialog; without WebAssembly the same button leads to a page with the same words.
fn disconnect(id: ConnectionId, found: Memo<Option<Connection>>, board: Board) -> AnyView {
    let address = format!("/integrations/{id}/disconnect");
    let ask = move |event: SubmitEvent| {
        event.prevent_default();
        let name = found.with_untracked(|found| found.as_ref().map(|connection| connection.integration.name.clone()));
        board.ending.set(name.map(|name| (id.clone(), name)));
    };
    view! {
        <form method="get" action=address data-enhanced="" on:submit=ask>
            <button type="submit" class=button_class(Look::Quiet)>"Disconnect"</button>
        </form>
    }
    .into_any()
}
