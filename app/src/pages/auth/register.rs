use crate::pages::prelude::*;

pub(in crate::pages) fn register() -> WebPage {
    if visitor().0.is_some() {
        leptos_axum::redirect("/integrations");
    }
    let sign_in = view! { <p>"Already have an account? " {link("Sign in", "/login")}</p> };
    let content = match hub().config().registration_open {
        true => panel(
            "Create your account",
            "You become the admin of a new organization, and can then invite others.",
            stack((form(&FormState::take()), sign_in)),
        ),
        false => panel(
            "Registration is closed",
            "Only the operator of this server can create organizations. Ask an admin of your organization for an invitation.",
            sign_in,
        ),
    };
    ready_page("Create your account", centered_page(view! { {messages()} {content} }, appearance()))
}

fn form(form_state: &FormState) -> AnyView {
    let organization = Input { autocomplete: "organization", ..Input::text("organization", "Organization") };
    let name = Input { autocomplete: "name", ..Input::text("name", "Name") };
    let password = Input { min_length: Some(12), ..Input::password("new-password") }.help("At least 12 characters.");
    post_form(
        "/actions/register",
        Vec::new(),
        stack((
            form_state.fill(organization).view(),
            form_state.fill(name).view(),
            form_state.fill(Input::email("username")).view(),
            form_state.fill(password).view(),
            submit("Create account", Look::Primary),
        )),
    )
}
