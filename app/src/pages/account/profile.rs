use crate::pages::prelude::*;
use lexicontract::domain::account::users::{Me, OpenSession};

pub(crate) fn account() -> WebPage {
    let (messages, form_state) = (messages(), FormState::take());
    page("Your account", async move {
        let (hub, actor) = (hub(), actor()?);
        let me = hub.me(&actor);
        let open = hub.sessions(&actor).await?;
        let now = hub.clock().now();
        Ok(sections(view! {
            {page_heading("Your account", "Your profile, your password, and where you are signed in.", ())}
            {messages}
            {card("you", "You", (), you(&me))}
            {card("password", "Password", (), password(&me, &form_state))}
            {card("sessions", "Where you are signed in", tag(open.len().to_string()), sessions(&open, now))}
        }))
    })
}

fn you(me: &Me) -> AnyView {
    let facts = vec![
        ("Name", me.user.name.clone()),
        ("Email", me.user.email.clone()),
        ("Role", me.user.role.label().to_owned()),
        ("Organization", me.organization.name.clone()),
    ];
    stack((fact_rows(facts), muted("An admin of your organization can change your role.")))
}

fn password(me: &Me, form_state: &FormState) -> AnyView {
    let keep_tokens_help = view! {
        "If you leave this unticked, all your " {link("API tokens", "/settings/tokens")}
        " are revoked, and programs that use them are rejected. Leave it unticked if someone else might know your password."
    };
    let field = |name: &'static str, label: &'static str, autocomplete: &'static str| Input {
        name: name.to_owned(),
        label: label.to_owned(),
        error: form_state.error(name),
        ..Input::password(autocomplete)
    };
    let new = Input {
        min_length: Some(12),
        error: form_state.error("password"),
        ..field("new_password", "New password", "new-password")
    };
    let repeated = Input { min_length: Some(12), ..field("repeated_password", "New password again", "new-password") };
    any_view! {
        <form id="password-form" method="post" action="/actions/change_password" data-busy="Changing …">
            // This field tells password managers to which account the password belongs.
            <input type="hidden" autocomplete="username" value=me.user.email.clone() />
            {hidden(vec![form_id()])}
            {stack((
                field("current_password", "Current password", "current-password").view(),
                columns((new.help("At least 12 characters.").view(), repeated.view())),
                checkbox("keep_tokens", "Keep my API tokens working", false, keep_tokens_help),
                muted("You will be signed out on all other devices."),
                row(submit("Change password", Look::Primary)),
            ))}
        </form>
    }
}

fn sessions(open: &[OpenSession], now: Timestamp) -> AnyView {
    let rows = open.iter().map(|session| line(session, now)).collect();
    stack((
        table("Sessions", rows),
        muted("A session ends after two hours without use, and after twelve hours at the latest."),
        muted("Signing out everywhere ends these sessions. Your API tokens keep working; revoke them separately."),
        row((
            post_button("/actions/sign_out_everywhere", Vec::new(), "Sign out everywhere", Look::Danger),
            link("API tokens", "/settings/tokens"),
        )),
    ))
}

fn line(session: &OpenSession, now: Timestamp) -> Vec<Cell> {
    let device = if session.device.is_empty() { "Unknown".to_owned() } else { session.device.clone() };
    let end = match session.is_current {
        true => pill(Tone::Ok, "This device"),
        false => {
            let label = label_for("Sign out there", &format!("on {device}"));
            post_button("/actions/end_session", vec![("session", session.id.to_string())], label, Look::Quiet)
        }
    };
    vec![
        ("Device", device.into_any()),
        ("Signed in", moment(session.created_at, now)),
        ("Last used", moment(session.last_seen_at, now)),
        ("", end),
    ]
}
