mod board;
mod card;
mod document;
mod frame;
mod list;
mod prose;
mod table;

pub use board::*;
pub use card::*;
pub use document::*;
pub use frame::*;
pub use list::*;
pub use prose::*;
pub use table::*;

use leptos::prelude::*;

/// The heading of a page. `lead` is shown below the title; `beside` contains the actions of the page.
pub fn page_heading(title: impl Into<String>, lead: impl IntoView + 'static, beside: impl IntoView + 'static) -> AnyView {
    let title: String = title.into();
    any_view! {
        <header class="flex flex-wrap items-start justify-between gap-4">
            <div class="flex min-w-0 flex-col gap-1">
                <h1 class="text-2xl font-semibold tracking-tight break-label">{title}</h1>
                <div class="flex max-w-prose flex-wrap items-center gap-x-3 gap-y-1 text-muted">{lead}</div>
            </div>
            <div class="flex flex-wrap items-center gap-2 empty:hidden">{beside}</div>
        </header>
    }
}

pub fn back(label: impl Into<String>, address: impl Into<String>) -> AnyView {
    let (label, address): (String, String) = (label.into(), address.into());
    any_view! {
        <nav aria-label="Breadcrumb" data-screen-only="" class="-mb-2">
            <a href=address class="inline-flex min-h-10 items-center gap-1 text-sm text-muted hover:text-ink">
                <span aria-hidden="true">"←"</span>
                {label}
            </a>
        </nav>
    }
}

elements! {
    stack: div "flex min-w-0 flex-col gap-4";
    sections: div "flex min-w-0 flex-col gap-6";
    row: div "flex flex-wrap items-center gap-2";
    columns: div "grid min-w-0 gap-4 sm:grid-cols-2";
    /// Reserves space for content that longer content will replace, so that the parts below do not move on narrow screens.
    reserved: div "min-h-[75svh] xl:min-h-0";
    /// Inputs and their submit button in a row. The button is level with the inputs, not with their labels or help texts.
    form_row: div "flex flex-col gap-4 sm:flex-row sm:items-start sm:[&>*]:flex-1 sm:[&>button]:mt-6 sm:[&>button]:flex-none";
    /// The inputs and the submit button of a filter form. The first input is the widest.
    filter_row: div "grid grid-cols-2 items-end gap-3 lg:flex [&>*]:min-w-0 [&>*:first-child]:col-span-2 lg:[&>*]:flex-1 lg:[&>*:first-child]:flex-2 lg:[&>button]:flex-none";
    subheading: h3 "mt-2 text-base font-semibold";
}

pub fn main_and_side(main: impl IntoView + 'static, side: impl IntoView + 'static) -> AnyView {
    any_view! {
        <div class="grid min-w-0 items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
            <div class="flex min-w-0 flex-col gap-6">{main}</div>
            <div class="flex min-w-0 flex-col gap-6">{side}</div>
        </div>
    }
}

/// A layout of three parts. On narrow screens, the parts follow each other in the order of the parameters. On wide screens,
/// `main` is the left column, and the other parts are the right column.
pub fn lead_main_and_rest(
    lead: impl IntoView + 'static,
    main: impl IntoView + 'static,
    rest: impl IntoView + 'static,
) -> AnyView {
    any_view! {
        <div class="grid min-w-0 items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem] xl:grid-rows-[auto_1fr]">
            <div class="flex min-w-0 flex-col gap-6 xl:col-start-2">{lead}</div>
            <div class="flex min-w-0 flex-col gap-6 xl:col-start-1 xl:row-span-2 xl:row-start-1">{main}</div>
            <div class="flex min-w-0 flex-col gap-6 xl:col-start-2 xl:row-start-2">{rest}</div>
        </div>
    }
}

pub fn bullets(lines: Vec<String>) -> AnyView {
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    any_view! { <ul class="flex list-disc flex-col gap-1 pl-5">{lines}</ul> }
}
