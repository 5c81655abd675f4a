//! The fact sheet of a connection.

use crate::connectors::{AuthMethod, Connector, Tokens};
use crate::db::audit::activity;
use crate::db::connections::{ConnectionRow, token_refreshes, webhook_secrets};
use crate::db::deliveries;
use crate::domain::connection::SecretPurpose;
use crate::domain::connection::fact_sheet::{
    AccessFacts, ActivityFacts, ApiCallFacts, ConnectionFacts, FactSheet, HostUse, RefreshTokenFacts, ScopeUse, Statement,
    WebhookFacts,
};
use crate::domain::delivery::DeliveryFilter;
use crate::domain::ids::ConnectionId;
use crate::domain::page::PageRequest;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::services::connections::refused_calls::REFUSED_CALL_RETENTION;
use crate::services::connections::target::authority;
use crate::services::deliveries::receive::webhook_path;
use crate::services::{Actor, connections};
use std::time::Duration;
use url::Url;

const PRODUCT: &str = concat!("LexiContract ", env!("CARGO_PKG_VERSION"));

impl Hub {
    /// Returns the facts about a connection, without any secret. Every role that sees the connection may read them.
    pub async fn fact_sheet(&self, actor: &Actor, id: &ConnectionId) -> Result<FactSheet> {
        let row = connections::find(&mut self.db.acquire().await?, actor, id).await?;
        let health = self.connection_health(actor, id).await?;
        let (polling, organization) = (self.polling(actor, id).await?, self.organization(actor).await?);
        let mut tx = self.db.read().await?;
        let refresh = token_refreshes::find(&mut tx, &actor.organization_id, id).await?;
        let secrets = webhook_secrets::list(&mut tx, &actor.organization_id, id, self.clock().now()).await?;
        let one = PageRequest::new(Some(1), None).unwrap_or_default();
        let filter = DeliveryFilter::default();
        let newest = deliveries::list(&mut tx, &actor.organization_id, id, &filter, None, &one).await?.into_iter().next();
        let last_event_from = match newest {
            Some(newest) => activity::first_of_delivery(&mut tx, &actor.organization_id, &newest.id).await?,
            None => None,
        };
        drop(tx);
        let connector = connections::connector(&row)?;
        let settings = &row.metadata.settings;
        // The sheet is useful even if the credentials cannot be decrypted.
        let tokens = connector.oauth().and_then(|_| self.tokens(&row).ok());
        let api_calls = polling.as_ref().and_then(|polling| polling.api_calls_used.zip(polling.api_calls_max));
        let is_set_up = |purpose: SecretPurpose| secrets.iter().any(|secret| secret.purpose == purpose);
        Ok(FactSheet {
            generated_at: self.clock().now(),
            product: PRODUCT.to_owned(),
            server: self.config().public(""),
            organization: organization.name.clone(),
            access: access(connector, tokens.as_ref(), refresh.map(|refresh| refresh.keep_alive_at)),
            data: connector.data_use.iter().map(|object| object.access(settings)).collect(),
            hosts: self.hosts(connector, tokens.as_ref()),
            webhooks: self.webhook_facts(&row, connector, is_set_up),
            activity: ActivityFacts {
                last_event_at: health.last_event_at,
                last_event_from,
                last_poll_at: polling.as_ref().and_then(|polling| polling.polled_at),
                next_poll_at: polling.as_ref().and_then(|polling| polling.next_poll_at),
                last_write_at: health.last_write_at,
                last_test_at: health.test.as_ref().map(|test| test.tested_at),
            },
            api_calls: api_calls.map(|(used, max)| ApiCallFacts { used, max, poll_share_percent: settings.poll_api_share() }),
            statements: self.statements(connector, organization.llm_analysis),
            connection: ConnectionFacts {
                id: row.id.clone(),
                provider: connector.name.to_owned(),
                account_label: row.account_label.clone(),
                external_account_id: row.external_account_id.clone(),
                environment: row.environment,
                status: row.status,
                is_enabled: row.is_enabled,
                connected_by: health.connected_by,
                connected_at: health.connected_at,
            },
        })
    }

    fn hosts(&self, connector: &'static Connector, tokens: Option<&Tokens>) -> Vec<HostUse> {
        let api =
            self.config().provider(connector.slug).api_url.clone().or_else(|| tokens.map(|tokens| tokens.instance_url.clone()));
        let api = api.or_else(|| connector.api_key().and_then(|method| Url::parse(method.origin).ok()));
        let host = |url: &Url, purpose: &str| HostUse { host: authority(url), purpose: purpose.to_owned() };
        let api = api.map(|url| host(&url, "API calls and downloads of files"));
        let login = tokens.map(|tokens| host(&tokens.login_url, "Consent, refresh and revocation of the tokens"));
        let proxy = self.config().outbound_proxy.as_ref().map(|_| HostUse {
            host: "Outbound proxy of the operator".to_owned(),
            purpose: "Passes these calls on. It sees the names of the hosts, and no content".to_owned(),
        });
        api.into_iter().chain(login).chain(proxy).collect()
    }

    fn webhook_facts(
        &self,
        row: &ConnectionRow,
        connector: &'static Connector,
        is_set_up: impl Fn(SecretPurpose) -> bool,
    ) -> Vec<WebhookFacts> {
        let signature = if row.metadata.settings.requires_signature() {
            "and a signature (Standard Webhooks, HMAC-SHA256, at most five minutes old) are required"
        } else {
            "is required; a signature is verified and not required"
        };
        let fact = |webhook: &crate::connectors::webhook::WebhookSpec| {
            WebhookFacts {
            title: webhook.title.to_owned(),
            url: self.config().public(&webhook_path(connector.slug, webhook)),
            authentication: match webhook.secret {
                SecretPurpose::Webhook => format!("A 256-bit secret in the header X-Webhook-Secret {signature}"),
                SecretPurpose::Outbound => {
                    "A separate 256-bit secret in the path of the URL, because the provider can send neither header nor signature. The \
                     named account must be the connected one"
                        .to_owned()
                }
            },
            is_set_up: is_set_up(webhook.secret),
        }
        };
        connector.webhooks.iter().map(fact).collect()
    }

    fn statements(&self, connector: &'static Connector, llm_analysis: bool) -> Vec<Statement> {
        let (name, days) = (connector.name, self.config().retention.as_secs() / (24 * 60 * 60));
        let revocation_guide = match connector.revocation_guide {
            "" => String::new(),
            guide => format!(" An administrator of {name} can revoke it there at any time: {guide}."),
        };
        let revocation = match connector.oauth() {
            Some(_) => format!(
                "Disconnecting erases the tokens and the webhook secrets immediately, and revokes the grant at {name}; the request is \
                 repeated until it succeeds.{revocation_guide}"
            ),
            None => format!("Disconnecting erases the key here. The key stays valid at {name} until it is deleted there."),
        };
        let refused_days = REFUSED_CALL_RETENTION.as_secs() / (24 * 60 * 60);
        let retention = format!(
            "Contracts, their files and analyses are kept until they are deleted here. Finished deliveries and their steps are removed \
             {days} days after they were received, refused calls after {refused_days} days. Ids of reported, filed and erased records are kept, so that nothing is imported or filed twice."
        );
        let recipients = match self.llm_provider().filter(|_| llm_analysis) {
            Some(llm) => format!(
                "The texts of contracts are sent to the language model {} at {}, which an admin has allowed.",
                llm.model, llm.host
            ),
            None => "None. The texts of contracts are not sent to a language model.".to_owned(),
        };
        let statement = |title: &str, text: String| Statement { title: title.to_owned(), text };
        vec![
            statement("Where credentials are stored", STORED.to_owned()),
            statement("How credentials are encrypted", ENCRYPTED.to_owned()),
            statement("Webhook secrets", WEBHOOK_SECRETS.to_owned()),
            statement("Transport", TRANSPORT.to_owned()),
            statement("Other recipients", recipients),
            statement("Retention", retention),
            statement("Revocation", revocation),
        ]
    }
}

const STORED: &str =
    "Only in the database of this server. They are neither logged nor shown, nor sent to a browser or another service.";
const ENCRYPTED: &str = "With Fernet (AES-128-CBC and HMAC-SHA256) under a key of the operator that is not in the database. Each \
    ciphertext is bound to the organization and its purpose. Keys can be rotated without a new consent.";
const WEBHOOK_SECRETS: &str = "Stored as keyed digests (HMAC-SHA256), so a copy of the database does not authenticate. Signing keys are \
    encrypted like credentials. A replaced secret works for 24 hours, or until an admin revokes it.";
const TRANSPORT: &str = "HTTPS with verified certificates and without redirects. Only public addresses are called, unless the operator allows a host.";

fn access(connector: &'static Connector, tokens: Option<&Tokens>, next_use_at: Option<Timestamp>) -> AccessFacts {
    let scope = |scope: &crate::connectors::Scope| ScopeUse { scope: scope.name.to_owned(), purpose: scope.purpose.to_owned() };
    match &connector.auth[0] {
        AuthMethod::OAuth2(method) => AccessFacts {
            method: "OAuth 2.0 authorization code with PKCE (S256), as the user who granted access".to_owned(),
            scopes_granted: tokens.map(|tokens| tokens.scopes.clone()).unwrap_or_default(),
            scopes_used: method.scopes.iter().map(scope).collect(),
            refresh_token: tokens.map(|tokens| refresh_token(tokens.issued_at, method.idle_limit, next_use_at)),
        },
        AuthMethod::ApiKey(_) => AccessFacts {
            method: "API key, with all rights that it has at the provider".to_owned(),
            scopes_granted: Vec::new(),
            scopes_used: Vec::new(),
            refresh_token: None,
        },
    }
}

fn refresh_token(last_used_at: Timestamp, idle_limit: Option<Duration>, next_use_at: Option<Timestamp>) -> RefreshTokenFacts {
    RefreshTokenFacts { last_used_at, expires_unused_at: idle_limit.map(|limit| last_used_at + limit), next_use_at }
}
