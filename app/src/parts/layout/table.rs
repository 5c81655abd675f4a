//! Tables. On narrow screens each row becomes a card.

use crate::parts::{Look, link_button};
use leptos::prelude::*;

/// The heading of a column, and the content of its cell.
pub type Cell = (&'static str, AnyView);

pub fn table(caption: &'static str, rows: Vec<Vec<Cell>>) -> AnyView {
    sortable_table(caption, rows, |_| None)
}

pub struct Sorting {
    pub address: String,
    /// The value of `aria-sort`; `None` unless the table is sorted by this column.
    pub now: Option<&'static str>,
}

pub fn sortable_table(caption: &'static str, rows: Vec<Vec<Cell>>, sorting: impl Fn(&'static str) -> Option<Sorting>) -> AnyView {
    let headings = rows.first().map(|row| row.iter().map(|(heading, _)| *heading).collect::<Vec<_>>()).unwrap_or_default();
    let headings = headings.into_iter().map(|label| heading(label, sorting(label))).collect_view();
    any_view! {
        <div class="@container relative overflow-x-auto">
            <table class="stacking-table w-full border-collapse text-left text-sm">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr class="border-b border-line">{headings}</tr>
                </thead>
                <tbody class="divide-y divide-line">{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn heading(label: &'static str, sorting: Option<Sorting>) -> AnyView {
    const HEADING: &str = "px-3 py-2 text-xs font-medium text-muted first:pl-0 last:pr-0";
    let Some(Sorting { address, now }) = sorting else {
        return any_view! { <th scope="col" class=HEADING>{label}</th> };
    };
    let arrow = match now {
        Some("ascending") => "↑",
        Some(_) => "↓",
        None => "",
    };
    any_view! {
        <th scope="col" aria-sort=now class=HEADING>
            <a href=address class="-mx-2 inline-flex min-h-8 items-center gap-1 rounded-sm px-2 hover:bg-sunken hover:text-ink aria-[current=true]:text-ink" aria-current=now.map(|_| "true")>
                {label}
                <span aria-hidden="true">{arrow}</span>
            </a>
        </th>
    }
}

fn row(cells: Vec<Cell>) -> AnyView {
    let cells = cells.into_iter().map(|(heading, content)| view! { <td data-label=heading>{content}</td> });
    any_view! { <tr>{cells.collect_view()}</tr> }
}

/// The links for paging through a list. `shown` describes the number of shown entries.
pub fn pagination(shown: impl IntoView + 'static, first: Option<String>, next: Option<String>) -> AnyView {
    any_view! {
        <div class="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
            <p class="text-sm text-muted">{shown}</p>
            {page_links("Pages".to_owned(), "flex flex-wrap gap-2", [("First page", first), ("Next page", next)])}
        </div>
    }
}

/// The links for paging through a list whose newest entry is first. `name` distinguishes the list from other lists on the page.
pub fn newer_and_older(name: &'static str, newest: Option<String>, older: Option<String>) -> AnyView {
    page_links(format!("{name}: pages"), "flex flex-wrap justify-end gap-2", [("Newest", newest), ("Older", older)])
}

pub fn next_page(address: Option<String>) -> AnyView {
    page_links("Pages".to_owned(), "flex justify-end", [("Older", address)])
}

/// A `nav` element with the links that have an address. The element is omitted if no link has an address.
fn page_links<const N: usize>(label: String, class: &'static str, links: [(&'static str, Option<String>); N]) -> AnyView {
    let links = links.into_iter().filter_map(|(text, address)| Some(link_button(text, address?, Look::Secondary)));
    let links: Vec<AnyView> = links.collect();
    (!links.is_empty()).then(|| view! { <nav aria-label=label class=class>{links}</nav> }).into_any()
}
