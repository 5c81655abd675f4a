//! The page of one delivery: its state and the steps of its attempts.

use crate::pages::prelude::*;
use lexicontract::domain::delivery_steps::{DeliveryDetail, DeliveryStep};
use lexicontract::domain::ids::DeliveryId;

pub(crate) fn delivery_page() -> WebPage {
    let id = parameter("id");
    let messages = messages();
    page("Delivery", async move {
        let (hub, actor) = (hub(), actor()?);
        let id: DeliveryId = parse_id(&id)?;
        // The fingerprint is read before the data. If the data changes in between, the next poll finds a different fingerprint.
        let known = fingerprint(&hub, &actor, &Subject::Delivery(id.clone())).await?;
        let detail = hub.delivery(&actor, &id).await?;
        let connection = hub.confirmed_connection(&actor, &detail.connection_id).await?;
        let terms = connectors::terms(&connection.integration.slug);
        let title = format!("Delivery of {}", detail.record_name.as_deref().unwrap_or(detail.delivery.record.id.as_str()));
        set_title(&title);
        let redeliver = (actor.role >= Role::Member).then(|| {
            let values = vec![("delivery", id.to_string()), form_id()];
            post_button("/actions/redeliver", values, "Redeliver", Look::Secondary)
        });
        let now = hub.clock().now();
        Ok(sections(view! {
            {back(connection.integration.name.clone(), format!("/integrations/{}#deliveries", connection.id))}
            {page_heading(title, connection.account_label.clone(), redeliver)}
            {messages}
            <LivePage subject=Subject::Delivery(id.clone()) known=known address=format!("/deliveries/{id}") />
            {live("delivery-live", card("delivery", "State", (), state(&detail, terms, now)))}
            {live("steps-live", card("steps", "Steps", (), steps_table(&detail)))}
        }))
    })
}

fn state(detail: &DeliveryDetail, terms: &'static Terms, now: Timestamp) -> AnyView {
    let delivery = &detail.delivery;
    let record = delivery.record.id.to_string();
    let deal = match &detail.record_url {
        Some(address) => external(detail.record_name.clone().unwrap_or(record), address.clone()),
        None => code(record),
    };
    let mut rows = vec![
        ("Status", delivery_pill(delivery.status)),
        (terms.deal, deal),
        ("Received", moment(delivery.received_at, now)),
        ("Attempts", delivery.attempts.into_any()),
    ];
    if let Some(at) = delivery.next_attempt_at {
        rows.push(("Next attempt", upcoming("Due", at, now)));
    }
    if let Some(contract) = &delivery.contract_id {
        rows.push(("Contract", link("Open contract", format!("/contracts/{contract}"))));
    }
    let error = delivery.error.clone().map(warning_text);
    stack((facts(rows), error))
}

fn steps_table(detail: &DeliveryDetail) -> AnyView {
    let rows = detail.steps.iter().map(|DeliveryStep { at, step, duration_ms, detail }| {
        vec![
            ("Started", exact_moment(*at)),
            ("Step", step.label().into_any()),
            ("Duration", elapsed(*duration_ms)),
            ("Result", detail.clone().map(|detail| view! { <span class="wrap-anywhere">{detail}</span> }).into_any()),
        ]
    });
    table("Steps of the delivery", rows.collect())
}
