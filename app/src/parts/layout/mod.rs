//! How things stand beside and below one another.

pub mod board;
pub mod card;
pub mod disclosure;
pub mod document;
pub mod empty;
pub mod frame;
pub mod list;
pub mod prose;
pub mod table;

use leptos::prelude::*;

/// The heading of a page, what it is about, and what can be done at once.
pub fn page_heading(title: impl Into<String>, lead: AnyView, beside: AnyView) -> AnyView {
    let title: String = title.into();
    view! {
        <header class="flex flex-wrap items-start justify-between gap-4">
            <div class="flex min-w-0 flex-col gap-1">
                <h1 class="text-2xl font-semibold tracking-tight break-words">{title}</h1>
                <div class="flex max-w-prose flex-wrap items-center gap-x-3 gap-y-1 text-muted">{lead}</div>
            </div>
            <div class="flex flex-wrap items-center gap-2 empty:hidden">{beside}</div>
        </header>
    }
    .into_any()
}

/// The way back up to a place of the navigation.
pub fn back(words: &'static str, address: &'static str) -> AnyView {
    back_to(words, address)
}

/// The way back up.
pub fn back_to(words: impl Into<String>, address: impl Into<String>) -> AnyView {
    let (words, address): (String, String) = (words.into(), address.into());
    view! {
        <nav aria-label="Breadcrumb" data-screen-only="" class="-mb-2">
            <a href=address class="inline-flex min-h-10 items-center gap-1 text-sm text-muted hover:text-ink">
                <span aria-hidden="true">"←"</span>
                {words}
            </a>
        </nav>
    }
    .into_any()
}

/// One below the other.
pub fn stack(content: impl IntoView + 'static) -> AnyView {
    view! { <div class="flex min-w-0 flex-col gap-4">{content}</div> }.into_any()
}

/// What makes room for the much longer part that comes in its place: on a narrow screen, where other parts stand below it, they are out of
/// sight already and do not move when it comes.
pub fn reserved(content: AnyView) -> AnyView {
    view! { <div class="min-h-[75svh] xl:min-h-0">{content}</div> }.into_any()
}

/// The sections of a page.
pub fn sections(content: impl IntoView + 'static) -> AnyView {
    view! { <div class="flex min-w-0 flex-col gap-6">{content}</div> }.into_any()
}

/// Side by side, as far as there is room.
pub fn row(content: impl IntoView + 'static) -> AnyView {
    view! { <div class="flex flex-wrap items-center gap-2">{content}</div> }.into_any()
}

/// Inputs side by side with the button that sends them, aligned at the first line.
pub fn form_row(content: impl IntoView + 'static) -> AnyView {
    view! { <div class="flex flex-col gap-4 sm:flex-row sm:items-start sm:[&>*]:flex-1 sm:[&>button]:mt-6 sm:[&>button]:flex-none">{content}</div> }
        .into_any()
}

/// The inputs that narrow a list, the first one the widest, with the button that asks for it.
pub fn filter_row(content: impl IntoView + 'static) -> AnyView {
    view! {
        <div class="grid grid-cols-2 items-end gap-3 lg:flex [&>*]:min-w-0 [&>*:first-child]:col-span-2 lg:[&>*]:flex-1 lg:[&>*:first-child]:flex-2 lg:[&>button]:flex-none">
            {content}
        </div>
    }
    .into_any()
}

/// Equal columns.
pub fn columns(content: impl IntoView + 'static) -> AnyView {
    view! { <div class="grid min-w-0 gap-4 sm:grid-cols-2">{content}</div> }.into_any()
}

/// What matters beside what belongs to it.
pub fn main_and_side(main: AnyView, side: AnyView) -> AnyView {
    view! {
        <div class="grid min-w-0 items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
            <div class="flex min-w-0 flex-col gap-6">{main}</div>
            <div class="flex min-w-0 flex-col gap-6">{side}</div>
        </div>
    }
    .into_any()
}

/// What is to be done, what matters, and what belongs to it: below one another in this order, or with what matters at the left.
pub fn lead_main_and_rest(lead: AnyView, main: AnyView, rest: AnyView) -> AnyView {
    view! {
        <div class="grid min-w-0 items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem] xl:grid-rows-[auto_1fr]">
            <div class="flex min-w-0 flex-col gap-6 xl:col-start-2">{lead}</div>
            <div class="flex min-w-0 flex-col gap-6 xl:col-start-1 xl:row-span-2 xl:row-start-1">{main}</div>
            <div class="flex min-w-0 flex-col gap-6 xl:col-start-2 xl:row-start-2">{rest}</div>
        </div>
    }
    .into_any()
}

/// A heading within a card.
pub fn subheading(words: &'static str) -> AnyView {
    view! { <h3 class="mt-2 text-base font-semibold">{words}</h3> }.into_any()
}

/// Short lines without an order.
pub fn bullets(lines: Vec<String>) -> AnyView {
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! { <ul class="flex list-disc flex-col gap-1 pl-5">{lines}</ul> }.into_any()
}

/// Things of one kind, close together.
pub fn tight(content: Vec<AnyView>) -> AnyView {
    view! { <div class="flex flex-col gap-2">{content}</div> }.into_any()
}
