//! The registry of all server functions. Each function is registered explicitly, because the linker can drop the automatic
//! registration of Leptos.

use super::fields::Input;
use super::{account, auth, backlog, connect_links, connections, contracts, organization, theme, tokens, users, webhook};
use crate::auto_refresh;
use leptos::server_fn::ServerFn;
use leptos::server_fn::axum::register_explicit;
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

static INPUTS: RwLock<BTreeMap<&'static str, Input>> = RwLock::new(BTreeMap::new());

pub(super) fn input(path: &str) -> Option<Input> {
    INPUTS.read().unwrap_or_else(PoisonError::into_inner).get(path).copied()
}

/// Registers server functions whose input has the given encoding: `form` or `json`.
macro_rules! register {
    ($input:ident: $($function:ty),+ $(,)?) => {{
        let mut inputs = INPUTS.write().unwrap_or_else(PoisonError::into_inner);
        $(
            register_explicit::<$function>();
            inputs.insert(<$function as ServerFn>::PATH, Input::$input::<$function>());
        )+
    }};
}

pub fn register_all() {
    register!(json: auto_refresh::Fingerprint);
    register!(form: auto_refresh::Catalogue, auto_refresh::Connections);
    register!(form: auth::SignIn, auth::Register, auth::AcceptInvitation, auth::SignOut);
    register!(
        form: connections::Connect,
        connections::Reconnect,
        connections::RequestConnection,
        connections::ConfirmConnection,
        connections::Disconnect,
        connections::UpdateConnection,
        connections::TestConnection,
    );
    register!(
        form: connect_links::CreateConnectLink,
        connect_links::RevokeConnectLink,
        connect_links::StartConnectLink,
    );
    register!(form: backlog::ImportBacklog);
    register!(
        form: webhook::MakeWebhookSecret,
        webhook::EndPreviousWebhookSecrets,
        webhook::CreateOutboundSecret,
        webhook::EndPreviousOutboundSecrets,
        webhook::Redeliver,
        webhook::RedeliverFailed,
    );
    register!(
        form: contracts::ChangeStatus,
        contracts::RetrySync,
        contracts::RetryAnalysis,
        contracts::ChooseFile,
        contracts::FileVersion,
        contracts::DismissNewerVersion,
        contracts::ChangeTitle,
        contracts::LinkContract,
        contracts::UnlinkContract,
        contracts::EraseContract,
    );
    register!(form: users::InviteUser, users::InviteAgain, users::UpdateUser, users::RemoveUser);
    register!(form: account::ChangePassword, account::EndSession, account::SignOutEverywhere);
    register!(form: organization::UpdateOrganization, organization::DeleteOrganization);
    register!(form: tokens::CreateApiToken, tokens::RevokeApiToken);
    register!(form: theme::SetTheme);
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::axum::server_fn_paths;

    #[test]
    fn input_of_every_server_function_is_checked() {
        super::register_all();
        let unchecked: Vec<_> = server_fn_paths().filter(|(path, _)| super::input(path).is_none()).collect();
        assert!(unchecked.is_empty(), "register these with `register!`: {unchecked:?}");
    }
}
