//! The External Client App in Salesforce, with the values of this installation: whoever makes it copies them from here.

use crate::{
    context::hub,
    parts::{
        card::card,
        copy::copyable,
        disclosure::disclosure,
        layout::stack,
        list::facts,
        prose::{code, muted},
    },
};
use leptos::prelude::*;

/// What to enter in Setup → External Client App Manager.
pub(super) fn external_client_app() -> AnyView {
    let hub = hub();
    let settings = vec![
        ("OAuth Scopes", code("api, refresh_token, openid")),
        ("Require secret for Web Server Flow and for Refresh Token Flow", "On".into_any()),
        ("Require Proof Key for Code Exchange (PKCE)", "On".into_any()),
        ("Enable Refresh Token Rotation", "On".into_any()),
        ("Policies: Refresh Token Policy", "Expire if not used for 30 days".into_any()),
        ("Policies: Permitted Users", "Admin approved users are pre-authorized".into_any()),
        (
            "Policies: IP Relaxation",
            "As your org demands; when addresses are listed, those that this server calls from".into_any(),
        ),
    ];
    let content = stack((
        muted(
            "Your Salesforce administrator makes it: Setup → External Client App Manager → New External Client App. Its consumer key and secret \
             are SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET of this server, which its operator sets.",
        ),
        copyable("callback-url", "Callback URL", hub.config().salesforce_redirect_uri()),
        facts(settings),
        muted(
            "Salesforce takes up to ten minutes to know a new or changed app. Connected Apps can no longer be made since Spring ’26.",
        ),
    ));
    let content = disclosure("external-client-app-settings", "What to enter in Salesforce", true, content);
    card("external-client-app", "External Client App", ().into_any(), content)
}
