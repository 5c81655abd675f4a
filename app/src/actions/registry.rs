//! Every server function, by name: a linker may drop what only registers itself.

use super::{account, connections, contracts, entrance, people, theme, tokens, webhook};
use crate::live;
use leptos::server_fn::axum::register_explicit;

/// Registers every server function.
pub fn register_all() {
    register_explicit::<live::Catalogue>();
    register_explicit::<live::Connections>();
    register_explicit::<live::Fingerprint>();

    register_explicit::<entrance::SignIn>();
    register_explicit::<entrance::Register>();
    register_explicit::<entrance::AcceptInvitation>();
    register_explicit::<entrance::SignOut>();

    register_explicit::<connections::Connect>();
    register_explicit::<connections::Reconnect>();
    register_explicit::<connections::RequestConnection>();
    register_explicit::<connections::ConfirmConnection>();
    register_explicit::<connections::Disconnect>();
    register_explicit::<connections::UpdateConnection>();
    register_explicit::<connections::TestConnection>();

    register_explicit::<webhook::MakeWebhookSecret>();
    register_explicit::<webhook::Redeliver>();

    register_explicit::<contracts::ChangeStatus>();
    register_explicit::<contracts::RetrySync>();
    register_explicit::<contracts::RetryAnalysis>();

    register_explicit::<people::InviteUser>();
    register_explicit::<people::InviteAgain>();
    register_explicit::<people::UpdateUser>();
    register_explicit::<people::RemoveUser>();

    register_explicit::<account::ChangePassword>();
    register_explicit::<account::EndSession>();
    register_explicit::<account::SignOutEverywhere>();

    register_explicit::<tokens::CreateApiToken>();
    register_explicit::<tokens::RevokeApiToken>();

    register_explicit::<theme::SetTheme>();
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::axum::server_fn_paths;
    use std::collections::BTreeSet;

    #[test]
    fn every_server_function_answers_at_the_address_that_forms_and_the_server_name() {
        super::register_all();
        let paths: BTreeSet<String> = server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
        let expected = [
            "accept_invitation",
            "catalogue",
            "change_password",
            "change_status",
            "confirm_connection",
            "connect",
            "connections",
            "create_api_token",
            "disconnect",
            "end_session",
            "fingerprint",
            "invite_again",
            "invite_user",
            "make_webhook_secret",
            "reconnect",
            "redeliver",
            "register",
            "remove_user",
            "request_connection",
            "retry_analysis",
            "retry_sync",
            "revoke_api_token",
            "set_theme",
            "sign_in",
            "sign_out",
            "sign_out_everywhere",
            "test_connection",
            "update_connection",
            "update_user",
        ];
        assert_eq!(paths, expected.iter().map(|name| format!("POST /actions/{name}")).collect());
    }
}
