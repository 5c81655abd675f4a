//! A person's own account: the password, and where the person is signed in.

use crate::{
    context::{actor, hub},
    pages::{
        errors::rejected_form::FormState,
        messages::messages,
        page::{WebPage, page},
    },
    parts::{
        form::{
            button::{Look, hidden, post, submit, submit_of_one},
            field::Input,
            form_id::form_id,
            options::checkbox,
        },
        layout::{
            card::card,
            columns,
            list::facts_of,
            page_heading,
            prose::{link, muted},
            row, sections, stack,
            table::{Cell, table},
        },
        status::{
            moment::moment,
            pill::{pill, tag},
            tone::Tone,
        },
    },
};
use leptos::prelude::*;
use lexicontract::domain::{
    account::users::{Me, OpenSession},
    time::Timestamp,
};

/// The page.
pub(crate) fn account() -> WebPage {
    let (messages, refused) = (messages(), FormState::here());
    page("Your account", async move {
        let (hub, actor) = (hub(), actor()?);
        let me = hub.me(&actor);
        let open = hub.sessions(&actor).await?;
        let now = hub.clock().now();
        Ok(sections(view! {
            {page_heading("Your account", "Your password, and where you are signed in.".into_any(), ().into_any())}
            {messages}
            {card("you", "You", ().into_any(), you(&me))}
            {card("password", "Password", ().into_any(), password(&me, &refused))}
            {card("sessions", "Where you are signed in", tag(open.len().to_string()), sessions(&open, now))}
        }))
    })
}

fn you(me: &Me) -> AnyView {
    let facts = [
        ("Name", me.user.name.as_str()),
        ("Email", me.user.email.as_str()),
        ("Role", me.user.role.label()),
        ("Organization", me.organization.name.as_str()),
    ];
    stack((
        facts_of(facts.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()),
        muted("An admin of your organization can change your role."),
    ))
}

fn password(me: &Me, refused: &FormState) -> AnyView {
    let field = |name: &'static str, label: &'static str, autocomplete: &'static str| Input {
        name: name.to_owned(),
        label: label.to_owned(),
        error: refused.error(name),
        ..Input::password(autocomplete)
    };
    let new =
        Input { min_length: Some(12), error: refused.error("password"), ..field("new_password", "New password", "new-password") };
    let repeated = Input { min_length: Some(12), ..field("repeated_password", "New password again", "new-password") };
    view! {
        <form id="password-form" method="post" action="/actions/change_password" data-busy="Changing …">
            // Password managers learn from it whose password this is.
            <input type="hidden" autocomplete="username" value=me.user.email.clone() />
            {hidden(vec![form_id()])}
            {stack((
                field("current_password", "Current password", "current-password").view(),
                columns((new.help("At least 12 characters.").view(), repeated.view())),
                checkbox("keep_tokens", "Keep my API tokens working", keep_tokens_help()),
                muted("You will be signed out everywhere else."),
                row(submit("Change password", Look::Primary)),
            ))}
        </form>
    }
    .into_any()
}

fn keep_tokens_help() -> AnyView {
    view! {
        "If you leave this unticked, all your " {link("API tokens", "/settings/tokens")}
        " end, and programs that use them are refused. Leave it unticked if someone else may know your password."
    }
    .into_any()
}

fn sessions(open: &[OpenSession], now: Timestamp) -> AnyView {
    let rows = open.iter().map(|session| line(session, now)).collect();
    stack((
        table("Sessions", rows),
        muted("A session ends automatically after two hours without use, and after twelve hours in any case."),
        muted(
            "Signing out everywhere ends these sessions. Your API tokens keep working, because programs use them: revoke them separately.",
        ),
        row((
            post("/actions/sign_out_everywhere", Vec::new(), "Sign out everywhere", Look::Danger),
            link("API tokens", "/settings/tokens"),
        )),
    ))
}

fn line(session: &OpenSession, now: Timestamp) -> Vec<Cell> {
    let device = if session.device.is_empty() { "Not known".to_owned() } else { session.device.clone() };
    let end = match session.is_current {
        true => pill(Tone::Ok, "This one"),
        false => view! {
            <form method="post" action="/actions/end_session">
                {hidden(vec![("session", session.id.to_string())])}
                {submit_of_one("Sign out there", &format!("on {device}"), Look::Quiet)}
            </form>
        }
        .into_any(),
    };
    vec![
        ("With", device.into_any()),
        ("Signed in", moment(session.created_at, now)),
        ("Last used", moment(session.last_seen_at, now)),
        ("", end),
    ]
}
