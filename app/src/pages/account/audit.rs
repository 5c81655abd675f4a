//! The page of the audit log.

use crate::{audit_query::AuditQuery, pages::prelude::*};
use lexicontract::domain::{
    account::users::User,
    audit::AuditEntry,
    contract::timeline::ActivityKind,
    page::{MAX_LIMIT, PageRequest},
};

pub(crate) fn audit() -> WebPage {
    let filter = AuditQuery::read(query);
    let messages = messages();
    page("Audit log", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let people = hub.users(&actor, &PageRequest::new(Some(MAX_LIMIT), None).unwrap_or_default()).await?;
        let lines = hub.audit_log(&actor, &filter.filter(), &filter.page()).await?;
        let now = hub.clock().now();
        let list = list(&lines.items, &filter, lines.next_cursor, now);
        let csv = row(link_button("Export as CSV", filter.csv(), Look::Secondary));
        Ok(sections(view! {
            {page_heading("Audit log", "Security-relevant events: who did what, from where, and when.", csv)}
            {messages}
            {card("log", "Events", (), stack((filters(&filter, &people.items), list)))}
        }))
    })
}

fn filters(filter: &AuditQuery, people: &[User]) -> AnyView {
    let every = |label: &str| std::iter::once((String::new(), label.to_owned()));
    let kinds = ActivityKind::AUDITED.map(|(kind, label)| (kind.into_str().to_owned(), label.to_owned()));
    let people = people.iter().map(|user| (user.id.to_string(), user.name.clone()));
    view! {
        <form method="get" action="/settings/audit" role="search">
            {filter_row((
                select("kind", "kind", "What", every("Everything").chain(kinds).collect::<Vec<_>>(), filter.kind.as_deref().unwrap_or_default(), None),
                select("person", "person", "Who", every("Everyone").chain(people).collect::<Vec<_>>(), filter.person.as_deref().unwrap_or_default(), None),
                date("from", "From", filter.from.clone().unwrap_or_default()),
                date("until", "Until", filter.until.clone().unwrap_or_default()),
                submit("Show", Look::Secondary),
            ))}
        </form>
    }
    .into_any()
}

fn list(lines: &[AuditEntry], filter: &AuditQuery, next: Option<String>, now: Timestamp) -> AnyView {
    if lines.is_empty() {
        let all = link_button("Show everything", "/settings/audit", Look::Secondary);
        return empty(Icon::Search, "No events found", "No event matches these filters.", all);
    }
    let rows = lines.iter().map(|line| cells(line, now)).collect();
    let first = filter.cursor.is_some().then(|| filter.at(None));
    let note = "Newest first. Days are in UTC.".into_any();
    view! { {table("Events", rows)} {pagination(note, first, next.map(|cursor| filter.at(Some(cursor))))} }.into_any()
}

fn cells(line: &AuditEntry, now: Timestamp) -> Vec<Cell> {
    let kind = ActivityKind::parse_audit_event(&line.kind).map_or("Activity", ActivityKind::audit_label);
    let sequence = line.sequence.map(|sequence| sequence.to_string());
    let contract = line.contract_id.as_ref().map(ToString::to_string);
    let more: Vec<(String, String)> = [
        ("Contract", &contract),
        ("Request ID", &line.request_id),
        ("Client request ID", &line.client_request_id),
        ("Authenticated by", &line.via),
        ("Number", &sequence),
        ("Hash", &line.hash),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
    .collect();
    let more = (!more.is_empty()).then(|| disclosure(format!("line-{}", line.id), "Details", false, fact_rows(more)));
    vec![
        ("When", moment(line.at, now)),
        ("What", view! { {kind} {muted(line.summary.clone())} }.into_any()),
        ("Who", line.actor.clone().into_any()),
        ("From", line.address.clone().unwrap_or("–".to_owned()).into_any()),
        ("", more.into_any()),
    ]
}
