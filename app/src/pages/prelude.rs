pub(super) use super::{
    layout::appearance,
    messages::{connect_messages, messages, messages_with},
    page::{WebPage, page, ready_page, set_title},
    request::{parameter, path, query},
};
pub(super) use crate::{
    auto_refresh::Subject,
    context::{actor, hub, parse_id, set_status, visitor},
    fingerprint::{fingerprint, page_at},
    flash,
    form_state::FormState,
    islands::LivePage,
    parts::*,
    text::url::{escape, with_query},
};
pub(super) use leptos::prelude::*;
pub(super) use lexicontract::{
    connectors,
    domain::{
        account::users::*,
        connection::{catalogue::*, health::*, terms::Terms, *},
        contract::{analysis::*, timeline::*, *},
        delivery::Delivery,
        file::rule::FileRule,
        ids::{ActivityId, ConnectionId, ContractId},
        page::{MAX_LIMIT, Page, PageRequest},
        problem::{Invalid, Problem},
        time::Timestamp,
    },
    hub::{self, Hub},
    services::Actor,
};
