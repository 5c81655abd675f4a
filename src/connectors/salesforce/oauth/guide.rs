use crate::connectors::guide::{AppGuide, ConnectGuide, DomainField, EnvironmentChoice};
use crate::domain::connection::Environment;

pub(crate) static GUIDE: ConnectGuide = ConnectGuide {
    title: "Which org?",
    environments: &[
        EnvironmentChoice {
            environment: Environment::Production,
            label: "Production",
            help: "Your live org. You sign in at login.salesforce.com.",
        },
        EnvironmentChoice {
            environment: Environment::Sandbox,
            label: "Sandbox",
            help: "A copy of your org for testing. You sign in at test.salesforce.com.",
        },
        EnvironmentChoice {
            environment: Environment::MyDomain,
            label: "My Domain",
            help: "An org with its own sign-in address, which you enter below.",
        },
    ],
    domain: DomainField {
        label: "My Domain",
        placeholder: "acme.my.salesforce.com",
        help: "Only for My Domain. Paste any address of the org, such as the one of the Salesforce page you have open.",
    },
    next: "You go to Salesforce, sign in and choose Allow. Then you return here.",
    revoke: "In Salesforce, open Setup → Connected Apps OAuth Usage and revoke the access of LexiContract for your user. Without access to Setup, \
             open your personal settings → Advanced User Details → OAuth Connected Apps.",
    app: AppGuide {
        title: "External Client App",
        intro: "Your Salesforce administrator creates it: Setup → External Client App Manager → New External Client App. Its consumer key and secret \
                are SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET of this server, which its operator sets.",
        callback_label: "Callback URL",
        settings: &[
            ("OAuth Scopes", "api, refresh_token, openid"),
            ("Require secret for Web Server Flow and for Refresh Token Flow", "On"),
            ("Require Proof Key for Code Exchange (PKCE)", "On"),
            ("Enable Refresh Token Rotation", "On"),
            ("Policies: Refresh Token Policy", "Expire if not used for 30 days"),
            ("Policies: Permitted Users", "Admin approved users are pre-authorized"),
            ("Policies: IP Relaxation", "As your org requires; if addresses are listed, include those of this server"),
        ],
        note: "New and changed apps take up to ten minutes to become active. Since Spring ’26, new Connected Apps can no longer be created.",
    },
};
