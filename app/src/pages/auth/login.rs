use crate::pages::prelude::*;
use crate::saved_form;
use crate::text::url::safe;

pub(in crate::pages) fn login() -> WebPage {
    let next = query("next").filter(|path| safe(path).is_some()).unwrap_or_default();
    if visitor().0.is_some() {
        leptos_axum::redirect(safe(&next).unwrap_or("/integrations"));
    }
    let saved = (next == saved_form::PAGE).then(|| {
        let text = "Your session ended before your form was sent. The form is saved: sign in to send it.";
        notice(Tone::Busy, None, text.to_owned())
    });
    let form_state = FormState::take();
    let form = post_form(
        "/actions/sign_in",
        vec![("next", next)],
        stack((
            form_state.fill(Input::email("username")).view(),
            Input::password("current-password").view(),
            submit("Sign in", Look::Primary),
        )),
    );
    let register = if hub().config().registration_open {
        any_view! { <p>"New here? " {link("Create an account", "/register")}</p> }
    } else {
        muted("You need an invitation to get an account. Ask an admin of your organization for one.")
    };
    let panel = panel("Sign in", "Contracts from your CRM, with their status written back.", stack((form, register)));
    ready_page("Sign in", centered_page(view! { {messages()} {saved} {panel} }, appearance()))
}
