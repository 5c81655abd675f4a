//! The people of the organization.

use crate::{
    context::{actor, hub},
    fingerprint::page_at,
    flash,
    pages::{
        errors::rejected_form::FormState,
        messages::messages,
        page::{WebPage, page},
        request::query,
    },
    parts::{
        form::{
            button::{Look, hidden, post_of_one, submit, submit_of_one},
            confirm::confirm,
            copy::shown_once,
            field::{Input, select},
            form_id::form_id,
        },
        layout::{
            card::card,
            form_row, page_heading,
            prose::muted,
            row, sections,
            table::{Cell, next_page, table},
        },
        status::{moment::moment, pill::pill, tone::Tone},
    },
    text::next_path::escape,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        account::users::{Role, User},
        time::Timestamp,
    },
    services::Actor,
};

/// Who belongs to the organization, and what each may do.
pub(crate) fn team() -> WebPage {
    let cursor = query("cursor");
    let (messages, refused) = (messages(), FormState::here());
    page("Team", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let users = hub.users(&actor, &page_at(cursor)).await?;
        let now = hub.clock().now();
        let invitation = flash::take("/team").map(|address| {
            let note =
                "Hand it to the person yourself. It works once, for seven days, and lets whoever opens it choose the password.";
            shown_once("invitation-address", "Invitation address", address, note)
        });
        let rows = users.items.iter().map(|user| line(user, &actor, now)).collect();
        let more = users.next_cursor.map(|cursor| format!("/team?cursor={}", escape(&cursor)));
        Ok(sections(view! {
            {page_heading("Team", "Viewers read. Members work on contracts. Admins also connect systems and manage people.".into_any(), ().into_any())}
            {messages}
            {invitation}
            {card("people", "People", ().into_any(), view! { {table("People", rows)} {next_page(more)} }.into_any())}
            {card("invite", "Invite someone", ().into_any(), invite(&refused))}
        }))
    })
}

fn invite(refused: &FormState) -> AnyView {
    let name = Input::text("name", "Name");
    let role = refused.value("role").unwrap_or(Role::Member.as_str().to_owned());
    view! {
        <form method="post" action="/actions/invite_user">
            {hidden(vec![form_id()])}
            {form_row((
                refused.fill(name).view(),
                refused.fill(Input::email("off")).view(),
                select("invited-role", "role", "Role", roles(), &role),
                submit("Invite", Look::Primary),
            ))}
        </form>
    }
    .into_any()
}

fn roles() -> Vec<(&'static str, &'static str)> {
    Role::ALL.map(|role| (role.as_str(), role.label())).to_vec()
}

fn line(user: &User, actor: &Actor, now: Timestamp) -> Vec<Cell> {
    let is_self = user.id == actor.user_id;
    let state = match (user.is_disabled, user.is_invited) {
        (true, _) => pill(Tone::Warn, "Disabled"),
        (false, true) => pill(Tone::Busy, "Invited"),
        (false, false) => pill(Tone::Ok, "Active"),
    };
    let last = match user.last_signed_in_at {
        Some(at) => moment(at, now),
        None => "Never".into_any(),
    };
    let you = is_self.then(|| muted("This is you"));
    vec![
        ("Name", view! { {user.name.clone()} {muted(user.email.clone())} {you} }.into_any()),
        ("State", state),
        ("Last sign-in", last),
        ("Role", role_form(user)),
        ("", if is_self { ().into_any() } else { row((invite_again(user), switch(user), remove(user))) }),
    ]
}

fn role_form(user: &User) -> AnyView {
    view! {
        <form method="post" action="/actions/update_user">
            {hidden(vec![("user", user.id.to_string())])}
            {crate::parts::form::field::inline_select(
                format!("role-{}", user.id),
                "role",
                format!("Role of {}", user.name),
                roles(),
                user.role.as_str(),
                submit_of_one("Save", &format!("the role of {}", user.name), Look::Quiet),
            )}
        </form>
    }
    .into_any()
}

fn invite_again(user: &User) -> Option<AnyView> {
    let is_waiting = user.is_invited && !user.is_disabled;
    let of = format!("for {}", user.name);
    is_waiting.then(|| {
        post_of_one("/actions/invite_again", vec![("user", user.id.to_string()), form_id()], "New invitation", &of, Look::Quiet)
    })
}

fn switch(user: &User) -> AnyView {
    let action = "/actions/update_user";
    let values = |is_disabled: &str| vec![("user", user.id.to_string()), ("is_disabled", is_disabled.to_owned())];
    if user.is_disabled {
        return post_of_one(action, values("false"), "Enable", &user.name, Look::Quiet);
    }
    let consequence = format!(
        "{} is signed out and can no longer sign in. API tokens made by this account end; enabling it again does not restore them.",
        user.name
    );
    confirm(("Disable", &user.name), Look::Quiet, consequence, action, values("true"), "Disable account")
}

fn remove(user: &User) -> AnyView {
    let consequence = format!("{} can no longer sign in, and API tokens made by this account end.", user.name);
    confirm(
        ("Remove", &user.name),
        Look::Quiet,
        consequence,
        "/actions/remove_user",
        vec![("user", user.id.to_string()), form_id()],
        "Remove person",
    )
}
