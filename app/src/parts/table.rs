//! Tables that become cards on phones.

use leptos::prelude::*;

/// One cell: what its column is called (for phones), and what is in it.
pub type Cell = (&'static str, AnyView);

/// A table. `caption` says what it lists, to those who cannot see it.
pub fn table(caption: &'static str, rows: Vec<Vec<Cell>>) -> AnyView {
    let headings = rows.first().map(|row| row.iter().map(|(heading, _)| *heading).collect::<Vec<_>>()).unwrap_or_default();
    let headings = headings
        .into_iter()
        .map(|heading| view! { <th scope="col" class="px-3 py-2 text-xs font-medium text-muted first:pl-0 last:pr-0">{heading}</th> })
        .collect_view();
    let rows = rows.into_iter().map(row).collect_view();
    view! {
        <div class="relative overflow-x-auto">
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

fn row(cells: Vec<Cell>) -> AnyView {
    let cells = cells
        .into_iter()
        .map(|(heading, content)| {
            view! {
                <td data-label=heading class="align-top md:align-middle md:px-3 md:py-3 md:first:pl-0 md:last:pr-0">
                    {content}
                </td>
            }
        })
        .collect_view();
    view! { <tr>{cells}</tr> }.into_any()
}

/// The way to the next page of a list, when there is one.
pub fn next_page(address: Option<String>) -> AnyView {
    address
        .map(|address| {
            view! {
                <nav aria-label="Pages" class="flex justify-end">
                    {super::button::link("Older", address, super::button::Look::Secondary)}
                </nav>
            }
        })
        .into_any()
}
