//! Tables. On narrow screens each row becomes a card.

use crate::parts::{Look, link_button};
use leptos::prelude::*;

/// A table cell: the heading of its column, and its content.
pub type Cell = (&'static str, AnyView);

/// A table. Only screen readers read `caption`.
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
    let rows = rows.into_iter().map(row).collect_view();
    view! {
        <div class="@container relative overflow-x-auto">
            <table class="stacking-table w-full border-collapse text-left text-sm">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr class="border-b border-line">{headings}</tr>
                </thead>
                <tbody class="divide-y divide-line">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn heading(label: &'static str, sorting: Option<Sorting>) -> AnyView {
    const HEADING: &str = "px-3 py-2 text-xs font-medium text-muted first:pl-0 last:pr-0";
    let Some(Sorting { address, now }) = sorting else {
        return view! { <th scope="col" class=HEADING>{label}</th> }.into_any();
    };
    let arrow = match now {
        Some("ascending") => "↑",
        Some(_) => "↓",
        None => "",
    };
    view! {
        <th scope="col" aria-sort=now class=HEADING>
            <a href=address class="-mx-2 inline-flex min-h-8 items-center gap-1 rounded-sm px-2 hover:bg-sunken hover:text-ink aria-[current=true]:text-ink" aria-current=now.map(|_| "true")>
                {label}
                <span aria-hidden="true">{arrow}</span>
            </a>
        </th>
    }
    .into_any()
}

fn row(cells: Vec<Cell>) -> AnyView {
    let cells = cells
        .into_iter()
        .map(|(heading, content)| {
            view! {
                <td data-label=heading>
                    {content}
                </td>
            }
        })
        .collect_view();
    view! { <tr>{cells}</tr> }.into_any()
}

/// The links for paging through a list. `shown` describes the number of shown entries.
pub fn pagination(shown: impl IntoView + 'static, first: Option<String>, next: Option<String>) -> AnyView {
    let links = (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav aria-label="Pages" class="flex flex-wrap gap-2">
                {first.map(|address| link_button("First page", address, Look::Secondary))} {next.map(|address| link_button("Next page", address, Look::Secondary))}
            </nav>
        }
    });
    view! {
        <div class="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
            <p class="text-sm text-muted">{shown}</p>
            {links}
        </div>
    }
    .into_any()
}

/// The links for paging through a list whose newest entry is first. `name` distinguishes the list from other lists on the page.
pub fn newer_and_older(name: &'static str, newest: Option<String>, older: Option<String>) -> AnyView {
    (newest.is_some() || older.is_some())
        .then(|| {
            view! {
                <nav aria-label=format!("{name}: pages") data-screen-only="" class="flex flex-wrap justify-end gap-2">
                    {newest.map(|address| link_button("Newest", address, Look::Secondary))} {older.map(|address| link_button("Older", address, Look::Secondary))}
                </nav>
            }
        })
        .into_any()
}

pub fn next_page(address: Option<String>) -> AnyView {
    address
        .map(|address| {
            view! {
                <nav aria-label="Pages" class="flex justify-end">
                    {link_button("Older", address, Look::Secondary)}
                </nav>
            }
        })
        .into_any()
}
