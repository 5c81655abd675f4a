//! Tables that become cards on phones.

use leptos::prelude::*;

/// One cell: what its column is called (for phones), and what is in it.
pub type Cell = (&'static str, AnyView);

/// A table. `caption` says what it lists, to those who cannot see it.
pub fn table(caption: &'static str, rows: Vec<Vec<Cell>>) -> AnyView {
    sortable_table(caption, rows, |_| None)
}

/// How a column can be sorted: the address that does it, and how it is sorted now, in the words of `aria-sort`.
pub struct Sorting {
    /// The address of the list in this column's order.
    pub address: String,
    /// `ascending` or `descending`, when it is in this order.
    pub now: Option<&'static str>,
}

/// A table some of whose columns can be sorted.
pub fn sortable_table(caption: &'static str, rows: Vec<Vec<Cell>>, sorting: impl Fn(&'static str) -> Option<Sorting>) -> AnyView {
    let headings = rows.first().map(|row| row.iter().map(|(heading, _)| *heading).collect::<Vec<_>>()).unwrap_or_default();
    let headings = headings.into_iter().map(|words| heading(words, sorting(words))).collect_view();
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

fn heading(words: &'static str, sorting: Option<Sorting>) -> AnyView {
    const HEADING: &str = "px-3 py-2 text-xs font-medium text-muted first:pl-0 last:pr-0";
    let Some(Sorting { address, now }) = sorting else {
        return view! { <th scope="col" class=HEADING>{words}</th> }.into_any();
    };
    let arrow = match now {
        Some("ascending") => "↑",
        Some(_) => "↓",
        None => "",
    };
    view! {
        <th scope="col" aria-sort=now class=HEADING>
            <a href=address class="-mx-2 inline-flex min-h-8 items-center gap-1 rounded-sm px-2 hover:bg-sunken hover:text-ink aria-[current=true]:text-ink" aria-current=now.map(|_| "true")>
                {words}
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

/// The ways through a list of several pages, with how much of it this page shows.
pub fn pages(shown: AnyView, first: Option<String>, next: Option<String>) -> AnyView {
    let link = |words: &'static str, address: String| {
        crate::parts::form::button::link(words, address, crate::parts::form::button::Look::Secondary)
    };
    let ways = (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav aria-label="Pages" class="flex flex-wrap gap-2">
                {first.map(|address| link("First page", address))} {next.map(|address| link("Next page", address))}
            </nav>
        }
    });
    view! {
        <div class="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
            <p class="text-sm text-muted">{shown}</p>
            {ways}
        </div>
    }
    .into_any()
}

/// The ways through a list that is read from its newest end; `name` says which list, where a page has several.
pub fn newer_and_older(name: &'static str, newest: Option<String>, older: Option<String>) -> AnyView {
    let link = |words: &'static str, address: String| {
        crate::parts::form::button::link(words, address, crate::parts::form::button::Look::Secondary)
    };
    (newest.is_some() || older.is_some())
        .then(|| {
            view! {
                <nav aria-label=format!("{name}: pages") data-screen-only="" class="flex flex-wrap justify-end gap-2">
                    {newest.map(|address| link("Newest", address))} {older.map(|address| link("Older", address))}
                </nav>
            }
        })
        .into_any()
}

/// The way to the next page of a list, when there is one.
pub fn next_page(address: Option<String>) -> AnyView {
    address
        .map(|address| {
            view! {
                <nav aria-label="Pages" class="flex justify-end">
                    {crate::parts::form::button::link("Older", address, crate::parts::form::button::Look::Secondary)}
                </nav>
            }
        })
        .into_any()
}
