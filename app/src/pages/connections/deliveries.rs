//! The list of a connection's deliveries, with a filter and a button that requests the failed ones again.

use super::data::ConnectionData;
use super::webhook::confirm;
use crate::pages::prelude::*;
use lexicontract::domain::delivery::{Delivery, DeliveryStatus};
use lexicontract::services::MAX_REDELIVERIES;

pub(super) fn deliveries(data: &ConnectionData) -> AnyView {
    let content = stack((filters(data), live("deliveries-live", list(data))));
    card("deliveries", "Recent deliveries", (), content)
}

fn filters(data: &ConnectionData) -> AnyView {
    let selection = &data.selection.query;
    let mut statuses = vec![("", "All")];
    statuses.extend(DeliveryStatus::ALL.map(|status| (status.into_str(), status.label())));
    any_view! {
        <form method="get" action=format!("/integrations/{}#deliveries", data.health.connection.id) role="search" aria-label="Deliveries">
            {filter_row((
                select("delivery-status", "status", "Status", statuses, &selection.status, None),
                date("since", "Received since", selection.since.clone()),
                submit("Show", Look::Secondary),
            ))}
        </form>
    }
}

fn list(data: &ConnectionData) -> AnyView {
    let rows: Vec<Vec<Cell>> = data.deliveries.items.iter().map(|delivery| delivery_row(delivery, data)).collect();
    let query = &data.selection.query;
    let older = data.deliveries.next_cursor.as_deref();
    let older = older.map(|cursor| format!("{}#deliveries", query.address(data.health.connection.id.as_str(), Some(cursor))));
    let content = match (rows.is_empty(), query.is_empty()) {
        (true, true) => {
            let text = format!("When {} reaches a trigger stage, its delivery appears here.", data.terms().a_deal());
            empty(Icon::CLOCK, "No deliveries yet", text, ())
        }
        (true, false) => muted("No deliveries match this filter."),
        (false, _) => any_view! { {table("Recent deliveries", rows)} {next_page(older)} },
    };
    any_view! { {redeliver_failed(data)} {content} }
}

fn redeliver_failed(data: &ConnectionData) -> Option<AnyView> {
    let failed = data.failed;
    let noun = if failed == 1 { "failed delivery" } else { "failed deliveries" };
    let since = match data.selection.query.since.as_str() {
        "" => String::new(),
        day => format!(" received since {day}"),
    };
    let rest = if failed == MAX_REDELIVERIES { " If there are more, repeat this for the rest." } else { "" };
    let consequence = format!(
        "Repeats {failed} {noun}{since} from the first attempt, oldest first. Contracts that are up to date are not changed.{rest}"
    );
    let values =
        vec![("connection", data.health.connection.id.to_string()), ("since", data.selection.query.since.clone()), form_id()];
    let is_offered = failed > 0 && data.role >= Role::Member;
    is_offered.then(|| {
        confirm("Redeliver all failed", &consequence, "/actions/redeliver_failed", values, "Redeliver failed deliveries")
    })
}

fn delivery_row(delivery: &Delivery, data: &ConnectionData) -> Vec<Cell> {
    let next = delivery.next_attempt_at.map(|at| view! { <div>{upcoming("Next attempt", at, data.now)}</div> });
    let error = delivery.error.clone().map(muted);
    let contract = delivery.contract_id.as_ref().map(|id| link("Open contract", format!("/contracts/{id}")));
    let steps = link_for("Steps", &format!("of the delivery of {}", delivery.record.id), format!("/deliveries/{}", delivery.id));
    let redeliver = (data.role >= Role::Member).then(|| {
        let values =
            vec![("delivery", delivery.id.to_string()), ("connection", data.health.connection.id.to_string()), form_id()];
        let label = label_for("Redeliver", &format!("the delivery of {}", delivery.record.id));
        let button = post_button("/actions/redeliver", values, label, Look::Quiet);
        // When the list is replaced, the focus is restored by this id.
        view! { <div id=format!("redeliver-{}", delivery.id)>{button}</div> }
    });
    vec![
        ("Received", moment(delivery.received_at, data.now)),
        (data.terms().deal, code(delivery.record.id.to_string())),
        ("Status", any_view! { {delivery_pill(delivery.status)} {next} {error} }),
        ("Attempts", delivery.attempts.into_any()),
        ("Steps", steps),
        ("Contract", contract.into_any()),
        ("", redeliver.into_any()),
    ]
}
