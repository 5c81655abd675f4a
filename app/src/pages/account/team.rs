use crate::pages::prelude::*;
use lexicontract::domain::account::users::User;

const ROLES: &str =
    "Viewers can only read. Members can also work on contracts. Admins can also connect systems and manage users.";

pub(crate) fn team() -> WebPage {
    let cursor = query("cursor");
    let (messages, form_state) = (messages(), FormState::take());
    page("Team", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let users = hub.users(&actor, &PageRequest::at(cursor)).await?;
        let now = hub.clock().now();
        let invitation = flash::take("/team").map(|address| {
            let note =
                "Send this link to the user yourself. It works once, within seven days, and anyone who opens it can set the \
                 password.";
            shown_once("invitation-address", "Invitation link", address, note)
        });
        let rows = users.items.iter().map(|user| user_row(user, &actor, now)).collect();
        let more = users.next_cursor.map(|cursor| format!("/team?cursor={}", escape(&cursor)));
        Ok(sections(view! {
            {page_heading("Team", ROLES, ())}
            {messages}
            {invitation}
            {card("people", "Users", (), view! { {table("Users", rows)} {next_page(more)} })}
            {card("invite", "Invite a user", (), invite(&form_state))}
        }))
    })
}

fn invite(form_state: &FormState) -> AnyView {
    let role = form_state.value("role").unwrap_or(Role::Member.into_str().to_owned());
    post_form(
        "/actions/invite_user",
        vec![form_id()],
        form_row((
            form_state.fill(Input::text("name", "Name")).view(),
            form_state.fill(Input::email("off")).view(),
            select("invited-role", "role", "Role", roles(), &role, None),
            submit("Invite", Look::Primary),
        )),
    )
}

fn roles() -> Vec<(&'static str, &'static str)> {
    Role::ALL.iter().map(|role| (role.into_str(), role.label())).collect()
}

fn user_row(user: &User, actor: &Actor, now: Timestamp) -> Vec<Cell> {
    let is_self = user.id == actor.user_id;
    let state = match (user.is_disabled, user.is_invited) {
        (true, _) => pill(Tone::Warn, "Disabled"),
        (false, true) => pill(Tone::Busy, "Invited"),
        (false, false) => pill(Tone::Ok, "Active"),
    };
    let last = moment_or(user.last_signed_in_at, "Never", now);
    let you = is_self.then(|| muted("This is you"));
    vec![
        ("Name", any_view! { {user.name.clone()} {muted(user.email.clone())} {you} }),
        ("State", state),
        ("Last sign-in", last),
        ("Role", role_form(user)),
        ("", if is_self { ().into_any() } else { row((invite_again(user), enable_or_disable(user), remove(user))) }),
    ]
}

fn role_form(user: &User) -> AnyView {
    let User { id, name, role, .. } = user;
    let save = submit(label_for("Save", &format!("the role of {name}")), Look::Quiet);
    let select = inline_select(format!("role-{id}"), "role", format!("Role of {name}"), roles(), role.into_str(), save);
    post_form("/actions/update_user", vec![("user", id.to_string())], select)
}

fn invite_again(user: &User) -> Option<AnyView> {
    (user.is_invited && !user.is_disabled).then(|| {
        let values = vec![("user", user.id.to_string()), form_id()];
        post_button("/actions/invite_again", values, label_for("New invitation", &format!("for {}", user.name)), Look::Quiet)
    })
}

fn enable_or_disable(user: &User) -> AnyView {
    let action = "/actions/update_user";
    let values = |is_disabled: &str| vec![("user", user.id.to_string()), ("is_disabled", is_disabled.to_owned())];
    if user.is_disabled {
        return post_button(action, values("false"), label_for("Enable", &user.name), Look::Quiet);
    }
    let consequence = format!(
        "{} is signed out and can no longer sign in. API tokens of this account are revoked; enabling the account again does not restore them.",
        user.name
    );
    let (look, values) = (Look::Quiet, values("true"));
    Confirm { label: "Disable", of: &user.name, look, consequence, action, values, submit: "Disable account" }.view()
}

fn remove(user: &User) -> AnyView {
    let consequence = format!("{} can no longer sign in, and API tokens of this account are revoked.", user.name);
    let (action, values) = ("/actions/remove_user", vec![("user", user.id.to_string()), form_id()]);
    Confirm { label: "Remove", of: &user.name, look: Look::Quiet, consequence, action, values, submit: "Remove user" }.view()
}
