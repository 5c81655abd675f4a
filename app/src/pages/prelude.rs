//! The imports that most pages share.

pub(super) use super::{
    appearance::appearance,
    messages::{connect_messages, messages, messages_with},
    page::{WebPage, page, ready_page, set_title},
    request::{parameter, path, query},
};
pub(super) use crate::{
    auto_refresh::Subject,
    context::{actor, hub, parse_id, set_status},
    fingerprint::{fingerprint, page_at},
    flash,
    form_state::FormState,
    islands::LivePage,
    parts::*,
};
pub(super) use leptos::prelude::*;
pub(super) use lexicontract::{
    connectors,
    domain::{
        account::users::Role,
        connection::{Connection, catalogue::Integration, health::ConnectionHealth, terms::Terms},
        contract::{Contract, NegotiationStatus, Version},
        ids::{ConnectionId, ContractId},
        page::Page,
        problem::{Invalid, Problem},
        time::Timestamp,
    },
    hub::{self, Hub},
    services::Actor,
};
