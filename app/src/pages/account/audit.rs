//! The audit log: who did what, from where, when.

use crate::{
    audit_query::AuditQuery,
    context::{actor, hub},
    pages::{
        messages::messages,
        page::{WebPage, page},
        request::query,
    },
    parts::{
        form::{
            button::{Look, link, submit},
            field::{date, select_of},
        },
        icon::Icon,
        layout::{
            card::card,
            disclosure::disclosure,
            empty::empty,
            filter_row,
            list::facts_of,
            page_heading,
            prose::muted,
            row, sections, stack,
            table::{Cell, pages, table},
        },
        status::moment::moment,
    },
};
use leptos::prelude::*;
use lexicontract::domain::{
    account::users::{Role, User},
    audit::AuditEntry,
    contract::timeline::ActivityKind,
    page::{MAX_LIMIT, PageRequest},
    time::Timestamp,
};

/// The page.
pub(crate) fn audit() -> WebPage {
    let asked = AuditQuery::read(query);
    let messages = messages();
    page("Audit log", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let people = hub.users(&actor, &PageRequest::new(Some(MAX_LIMIT), None).unwrap_or_default()).await?;
        let lines = hub.audit_log(&actor, &asked.filter(), &asked.page()).await?;
        let now = hub.clock().now();
        let list = list(&lines.items, &asked, lines.next_cursor, now);
        let csv = row(link("Export as CSV", asked.csv(), Look::Secondary));
        Ok(sections(view! {
            {page_heading("Audit log", "What was done that matters to security: by whom, from where, when.".into_any(), csv)}
            {messages}
            {card("log", "Events", ().into_any(), stack((filters(&asked, &people.items), list)))}
        }))
    })
}

fn filters(asked: &AuditQuery, people: &[User]) -> AnyView {
    let every = |words: &str| std::iter::once((String::new(), words.to_owned()));
    let kinds = ActivityKind::AUDITED.map(|kind| (kind.as_str().to_owned(), kind.audit_label().to_owned()));
    let people = people.iter().map(|user| (user.id.to_string(), user.name.clone()));
    view! {
        <form method="get" action="/settings/audit" role="search">
            {filter_row((
                select_of("kind", "kind", "What", every("Everything").chain(kinds).collect(), asked.kind.as_deref().unwrap_or_default()),
                select_of("person", "person", "Who", every("Everybody").chain(people).collect(), asked.person.as_deref().unwrap_or_default()),
                date("from", "From", asked.from.clone().unwrap_or_default()),
                date("until", "Until", asked.until.clone().unwrap_or_default()),
                submit("Show", Look::Secondary),
            ))}
        </form>
    }
    .into_any()
}

fn list(lines: &[AuditEntry], asked: &AuditQuery, next: Option<String>, now: Timestamp) -> AnyView {
    if lines.is_empty() {
        let all = link("Show everything", "/settings/audit", Look::Secondary);
        return empty(Icon::Search, "Nothing found", "Nothing of this kind happened then.", all);
    }
    let rows = lines.iter().map(|line| cells(line, now)).collect();
    let first = asked.cursor.is_some().then(|| asked.at(None));
    let words = "Newest first. Days are those of UTC.".into_any();
    view! { {table("Events", rows)} {pages(words, first, next.map(|cursor| asked.at(Some(cursor))))} }.into_any()
}

fn cells(line: &AuditEntry, now: Timestamp) -> Vec<Cell> {
    let kind = ActivityKind::parse_audit_event(&line.kind).map_or("Activity", ActivityKind::audit_label);
    let sequence = line.sequence.map(|sequence| sequence.to_string());
    let contract = line.contract_id.as_ref().map(ToString::to_string);
    let more: Vec<(String, String)> = [
        ("Contract", &contract),
        ("Request", &line.request_id),
        ("Client’s request id", &line.client_request_id),
        ("Proved by", &line.via),
        ("Number", &sequence),
        ("Hash", &line.hash),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
    .collect();
    let more = (!more.is_empty()).then(|| disclosure(format!("line-{}", line.id), "Details", false, facts_of(more)));
    vec![
        ("When", moment(line.at, now)),
        ("What", view! { {kind} {muted(line.summary.clone())} }.into_any()),
        ("Who", line.actor.clone().into_any()),
        ("From", line.address.clone().unwrap_or("–".to_owned()).into_any()),
        ("", more.into_any()),
    ]
}
