use crate::pages::prelude::*;
use lexicontract::secret::Secret;

pub(in crate::pages) fn invitation() -> WebPage {
    let token = parameter("token");
    let (messages, form_state) = (messages(), FormState::take());
    page("Invitation", async move {
        let invitation = hub().invitation(&Secret::from(token.as_str())).await?.ok_or(Problem::InvitationInvalid)?;
        let lead = format!("{} invites you. Set a password for {}.", invitation.organization_name, invitation.email);
        Ok(panel("Join your team", lead, form(token, invitation.email, &form_state)))
    })
    .with_layout(|content| centered_page(view! { {messages} {content} }, appearance()))
}

fn form(token: String, email: String, form_state: &FormState) -> AnyView {
    let password = Input { min_length: Some(12), ..Input::password("new-password") }.help("At least 12 characters.");
    any_view! {
        <form method="post" action="/actions/accept_invitation">
            {hidden(vec![("token", token)])}
            // This field is for password managers. The server reads the e-mail address from the invitation.
            <input type="hidden" autocomplete="username" value=email />
            {stack((form_state.fill(password).view(), submit("Set password and sign in", Look::Primary)))}
        </form>
    }
}
