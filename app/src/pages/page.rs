//! How a page is made: from what the hub says, or from the problem that keeps it from saying it.

use crate::{
    context::with_headers,
    parts::{
        form::button::{Look, link},
        layout::{page_heading, prose::muted},
    },
    text::problem::sentence,
};
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use lexicontract::{domain::problem::Problem, hub};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

/// A page before it is made.
pub(crate) struct WebPage {
    title: &'static str,
    // Boxed at once: what reads and makes a page is tens of kilobytes, and would be moved by every layer below.
    content: Pin<Box<dyn Future<Output = hub::Result<AnyView>> + Send>>,
    around: Option<Box<dyn FnOnce(AnyView) -> AnyView + Send>>,
}

/// A page, its title, and what reads and makes its content.
pub(super) fn page(title: &'static str, content: impl Future<Output = hub::Result<AnyView>> + Send + 'static) -> WebPage {
    WebPage { title, content: Box::pin(content), around: None }
}

/// A page that nothing is read for.
pub(super) fn ready_page(title: &'static str, content: AnyView) -> WebPage {
    page(title, async move { Ok(content) })
}

impl WebPage {
    /// The page with something around its content, also when that is a problem.
    pub(super) fn within(self, around: impl FnOnce(AnyView) -> AnyView + Send + 'static) -> Self {
        Self { around: Some(Box::new(around)), ..self }
    }

    /// Reads what the page shows, and makes its content.
    pub(crate) async fn make(self) -> Made {
        let changed = ChangedTitle::default();
        provide_context(changed.clone());
        let content = match self.content.await {
            Ok(view) => view,
            Err(error) => {
                let problem = error.report();
                set_title(problem.title());
                problem_view(&problem)
            }
        };
        let content = match self.around {
            Some(around) => around(content),
            None => content,
        };
        let changed = changed.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        Made { title: changed.unwrap_or_else(|| self.title.to_owned()), content }
    }
}

/// A page's content and title.
pub(crate) struct Made {
    pub(crate) title: String,
    pub(crate) content: AnyView,
}

/// The title of a page that says more than its kind.
#[derive(Clone, Default)]
struct ChangedTitle(Arc<Mutex<Option<String>>>);

/// Gives the page that is being made another title.
pub(super) fn set_title(text: &str) {
    if let Some(title) = use_context::<ChangedTitle>() {
        *title.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.to_owned());
    }
}

/// What happened, what it means, and the way on; with the status that says the same.
fn problem_view(problem: &Problem) -> AnyView {
    if *problem == Problem::NotSignedIn {
        leptos_axum::redirect("/login");
        return ().into_any();
    }
    set_status(problem.status());
    set_retry_after(problem);
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
    let id = with_headers(|headers| Some(headers.get("x-request-id")?.to_str().ok()?.to_owned()))?;
    problem.is_server_failure().then(|| {
        muted(format!("If it happens again, tell whoever runs LexiContract here this reference, which is in the log: {id}"))
    })
}

/// The status of the page.
pub(super) fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// When to try again, where that is known.
fn set_retry_after(problem: &Problem) {
    if let (Some(response), Some(seconds)) = (use_context::<ResponseOptions>(), problem.retry_after_seconds()) {
        response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
    }
}
