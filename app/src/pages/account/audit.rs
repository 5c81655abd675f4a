use crate::audit_query::AuditQuery;
use crate::pages::prelude::*;
use lexicontract::domain::account::users::User;
use lexicontract::domain::audit::AuditEntry;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::page::MAX_LIMIT;

pub(crate) fn audit() -> WebPage {
    let filter = AuditQuery::read(query);
    let messages = messages();
    page("Audit log", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let people = hub.users(&actor, &PageRequest::new(Some(MAX_LIMIT), None).unwrap_or_default()).await?;
        let lines = hub.audit_log(&actor, &filter.filter(), &PageRequest::at(filter.cursor.clone())).await?;
        let now = hub.clock().now();
        let list = list(&lines, &filter, now);
        let csv = row(link_button("Export as CSV", filter.csv(), Look::Secondary));
        Ok(sections(view! {
            {page_heading("Audit log", "Security-relevant events: who did what, from where, and when.", csv)}
            {messages}
            {card("log", "Events", (), stack((filters(&filter, &people.items), list)))}
        }))
    })
}

fn filters(filter: &AuditQuery, people: &[User]) -> AnyView {
    let kinds = ActivityKind::AUDITED.map(|(kind, label)| (kind.into_str(), label));
    let kinds = [("", "Everything")].into_iter().chain(kinds).collect::<Vec<_>>();
    let people = people.iter().map(|user| (user.id.to_string(), user.name.clone()));
    let people = std::iter::once((String::new(), "Everyone".to_owned())).chain(people).collect::<Vec<_>>();
    any_view! {
        <form method="get" action="/settings/audit" role="search">
            {filter_row((
                select("kind", "kind", "What", kinds, filter.kind.as_deref().unwrap_or_default(), None),
                select("person", "person", "Who", people, filter.person.as_deref().unwrap_or_default(), None),
                date("from", "From", filter.from.clone().unwrap_or_default()),
                date("until", "Until", filter.until.clone().unwrap_or_default()),
                submit("Show", Look::Secondary),
            ))}
        </form>
    }
}

fn list(lines: &Page<AuditEntry>, filter: &AuditQuery, now: Timestamp) -> AnyView {
    if lines.items.is_empty() {
        let all = link_button("Show everything", "/settings/audit", Look::Secondary);
        return empty(Icon::SEARCH, "No events found", "No event matches these filters.", all);
    }
    let rows = lines.items.iter().map(|line| cells(line, now)).collect();
    let first = filter.cursor.is_some().then(|| filter.at(None));
    let next = lines.next_cursor.as_deref().map(|cursor| filter.at(Some(cursor)));
    any_view! { {table("Events", rows)} {pagination("Newest first. Days are in UTC.", first, next)} }
}

/// The chain keeps lines of erased contracts without their detail.
fn summary(line: &AuditEntry) -> String {
    if line.summary.is_empty() { "The details were erased together with the contract.".to_owned() } else { line.summary.clone() }
}

fn cells(line: &AuditEntry, now: Timestamp) -> Vec<Cell> {
    let kind = ActivityKind::parse_audit_event(&line.kind).map_or("Activity", ActivityKind::audit_label);
    let more = [
        ("Contract", line.contract_id.as_ref().map(ToString::to_string)),
        ("Request ID", line.request_id.clone()),
        ("Client request ID", line.client_request_id.clone()),
        ("Authenticated by", line.via.clone()),
        ("Number", line.sequence.map(|sequence| sequence.to_string())),
        ("Hash", line.hash.clone()),
    ];
    let more: Vec<_> = more.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let more = (!more.is_empty()).then(|| disclosure(format!("line-{}", line.id), "Details", false, fact_rows(more)));
    vec![
        ("When", moment(line.at, now)),
        ("What", any_view! { {kind} {muted(summary(line))} }),
        ("Who", line.actor.clone().into_any()),
        ("From", line.address.clone().unwrap_or("–".to_owned()).into_any()),
        ("", more.into_any()),
    ]
}
