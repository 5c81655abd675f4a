//! Calls that carried a secret of the connection and were refused.

use super::data::ConnectionData;
use crate::pages::prelude::*;
use crate::text::details::sentence_case;
use lexicontract::domain::connection::refused_call::RefusedCall;

/// Maximum number of shown reasons. The API lists all.
const SHOWN: usize = 10;

pub(super) fn refused_calls(data: &ConnectionData) -> AnyView {
    let calls = &data.refused_calls.items;
    let content = if calls.is_empty() {
        muted("No call with a secret of this connection was refused in the last 30 days.")
    } else {
        let about = "Calls with a secret of this connection that were not accepted, and what to do. They are kept for 30 days.";
        let rows = calls.iter().take(SHOWN).map(|call| refused(call, data.now)).collect_view();
        stack((muted(about), items(rows)))
    };
    card("refused-calls", "Refused calls", (), content)
}

fn refused(call: &RefusedCall, now: Timestamp) -> AnyView {
    let times = match call.count {
        1 => "Once".to_owned(),
        count => format!("{count} times"),
    };
    let from = call.address.as_ref().map(|address| view! { <span>"from " {code(address.clone())}</span> });
    let changing = any_view! { <span>{times} ", last " {moment(call.at, now)}</span> {from} };
    changing_item(format!("{} {}", call.status, sentence_case(call.reason.into_str())), changing, call.detail.clone())
}
