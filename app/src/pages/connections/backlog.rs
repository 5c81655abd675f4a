use super::data::connection_with_deals;
use crate::backlog_query::BacklogQuery;
use crate::pages::prelude::*;
use crate::text::problem::message;
use lexicontract::domain::connection::polling::{Backlog, RecordTypeCount};

pub(super) fn backlog_card(id: &ConnectionId, terms: &'static Terms) -> AnyView {
    let about = format!(
        "{} that are in a stage that starts a review and have no contract are not imported automatically, for example those that \
         entered it before the connection was made. See how many there are, and import those that you choose.",
        terms.deals
    );
    let content = stack((muted(about), row(link_button("Show them", format!("/integrations/{id}/backlog"), Look::Secondary))));
    card("backlog", format!("Older {}", terms.deals), (), content)
}

/// The page with the deals that are in a trigger stage and have no contract.
pub(crate) fn backlog_page() -> WebPage {
    let (id, selection) = (parameter("id"), BacklogQuery::read(query));
    let messages = messages();
    page("Older deals", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let id: ConnectionId = parse_id(&id)?;
        let connection = connection_with_deals(&hub, &actor, &id).await?;
        let terms = connectors::terms(&connection.integration.slug);
        let found = match selection.filter() {
            Ok(filter) => hub.backlog(&actor, &id, filter).await.map_err(hub::Error::report),
            Err(invalid) => Err(invalid.into()),
        };
        let now = hub.clock().now();
        let known = found.as_ref().map(|found| found.by_record_type.as_slice()).unwrap_or_default();
        let filter = card("filter", format!("Which {}?", terms.deals), (), filters(&id, &selection, &connection, known));
        let content = match &found {
            Ok(found) => any_view! {
                {filter}
                {card("found", format!("{} without a contract", terms.deals), (), counts(found, terms, now))}
                {import(&id, &selection, found, terms)}
            },
            Err(problem) => any_view! {
                {outcome_notice(problem.title().to_owned(), message(problem))}
                {filter}
            },
        };
        let title = format!("Older {}", terms.deals);
        set_title(&format!("{title} · {}", connection.integration.name));
        let about = format!("{} that are in a stage that starts a review, and have no contract.", terms.deals);
        Ok(sections(view! {
            {back(connection.integration.name.clone(), format!("/integrations/{id}"))}
            {page_heading(title, about, ())}
            {messages}
            {content}
        }))
    })
}

fn filters(id: &ConnectionId, selection: &BacklogQuery, connection: &Connection, known: &[RecordTypeCount]) -> AnyView {
    let all = |text: &str| vec![(String::new(), text.to_owned())];
    let mut stages = all("All that start a review");
    stages.extend(connection.metadata.trigger_stages().into_iter().map(|stage| (stage.clone(), stage)));
    let mut record_types = all("All");
    let known = known.iter().filter_map(|found| found.record_type.clone());
    let known = known.chain(connection.metadata.trigger_rule().record_types);
    let mut known: Vec<String> = known.chain(Some(selection.record_type.clone()).filter(|name| !name.is_empty())).collect();
    known.sort();
    known.dedup();
    record_types.extend(known.into_iter().map(|name| (name.clone(), name)));
    any_view! {
        <form method="get" action=format!("/integrations/{id}/backlog") role="search">
            {filter_row((
                select("stage", "stage", "Stage", stages, &selection.stage, None),
                select("record-type", "record_type", "Record type", record_types, &selection.record_type, None),
                date("since", "In the stage since", selection.since.clone()),
                submit("Show", Look::Secondary),
            ))}
        </form>
    }
}

fn counts(found: &Backlog, terms: &Terms, now: Timestamp) -> AnyView {
    if found.total == 0 {
        let text = format!("All {} of this selection have a contract or are being imported, or there are none.", terms.deals);
        return empty(Icon::CHECK, "Nothing to import", text, ());
    }
    let stages = found.by_stage.iter().map(|stage| {
        let oldest = stage.oldest.map(|at| moment(at, now));
        vec![("Stage", stage.stage.clone().into_any()), ("Number", stage.count.into_any()), ("Oldest", oldest.into_any())]
    });
    let record_types = found.by_record_type.iter().map(|found| {
        let name = found.record_type.clone().unwrap_or_else(|| "None".to_owned());
        vec![("Record type", name.into_any()), ("Number", found.count.into_any())]
    });
    stack((table("By stage", stages.collect()), table("By record type", record_types.collect())))
}

fn import(id: &ConnectionId, selection: &BacklogQuery, found: &Backlog, terms: &Terms) -> Option<AnyView> {
    let total = found.total;
    let values = vec![
        ("connection", id.to_string()),
        ("stage", selection.stage.clone()),
        ("record_type", selection.record_type.clone()),
        ("since", selection.since.clone()),
        ("fingerprint", found.fingerprint.clone()),
        form_id(),
    ];
    let about = format!(
        "A contract is created for each of them, from the file that the settings choose. This also writes their status to {}.",
        terms.provider
    );
    let button = post_button("/actions/import_backlog", values, format!("Import {total} {}", terms.deals), Look::Primary);
    (total > 0).then(|| card("import", "Import", (), stack((text(about), row(button)))))
}
