//! How a page is made: from what the hub says, or from the problem that keeps it from saying it.

use crate::{
    context::headers,
    parts::{
        button::{Look, link},
        layout::page_heading,
        prose::muted,
    },
    words::problem::sentence,
};
use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;
use lexicontract::domain::problem::Problem;
use std::pin::Pin;

/// A page. `title` is a constant: the title's text is not escaped, so nothing from outside may be in it.
pub(super) fn page(title: &'static str, content: impl Future<Output = Result<AnyView, Problem>> + Send + 'static) -> AnyView {
    // Boxed at once: what reads and makes a page is tens of kilobytes, and would be moved by every layer below.
    page_of(title, Box::pin(content))
}

fn page_of(title: &'static str, content: Pin<Box<dyn Future<Output = Result<AnyView, Problem>> + Send>>) -> AnyView {
    let content = Suspend::new(async move {
        match content.await {
            Ok(view) => view,
            Err(problem) => problem_view(&problem),
        }
    });
    view! {
        <Title text=format!("{title} · LexiContract") />
        <Suspense>{content}</Suspense>
    }
    .into_any()
}

/// The title of a page that shows something from outside. The head takes it as it is, so it is escaped here.
pub(super) fn title(text: &str) -> AnyView {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! { <Title text=format!("{escaped} · LexiContract") /> }.into_any()
}

/// What happened, what it means, and the way on; with the status that says the same.
fn problem_view(problem: &Problem) -> AnyView {
    if *problem == Problem::NotSignedIn {
        leptos_axum::redirect("/login");
        return ().into_any();
    }
    set_status(problem.status());
    page_heading(
        problem.title(),
        view! {
            <p role="alert">{sentence(problem)}</p>
            {reference(problem)}
        }
        .into_any(),
        link("Go to Integrations", "/integrations", Look::Secondary),
    )
}

/// Of a fault of ours: what its log lines can be found by.
fn reference(problem: &Problem) -> Option<AnyView> {
    let id = headers().get("x-request-id")?.to_str().ok()?.to_owned();
    (problem.status() >= 500).then(|| {
        muted(format!("If it happens again, tell whoever runs LexiContract here this reference, which is in the log: {id}"))
    })
}

/// The status of the page.
pub(super) fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}
