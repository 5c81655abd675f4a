use crate::context::{set_problem_status, with_headers};
use crate::parts::{Look, link_button, muted, page_heading};
use crate::text::problem::message;
use leptos::prelude::*;
use lexicontract::domain::problem::Problem;
use lexicontract::hub;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) struct WebPage {
    title: &'static str,
    // The future is boxed, because its size is tens of kilobytes and moving it would be expensive.
    content: Pin<Box<dyn Future<Output = hub::Result<AnyView>> + Send>>,
    layout: Option<Box<dyn FnOnce(AnyView) -> AnyView + Send>>,
}

pub(super) fn page(title: &'static str, content: impl Future<Output = hub::Result<AnyView>> + Send + 'static) -> WebPage {
    WebPage { title, content: Box::pin(content), layout: None }
}

pub(super) fn ready_page(title: &'static str, content: AnyView) -> WebPage {
    page(title, async move { Ok(content) })
}

impl WebPage {
    /// Adds a layout around the content or, if the page fails, around the problem.
    pub(super) fn with_layout(self, layout: impl FnOnce(AnyView) -> AnyView + Send + 'static) -> Self {
        Self { layout: Some(Box::new(layout)), ..self }
    }

    pub(crate) async fn render(self) -> RenderedPage {
        let title = PageTitle::default();
        provide_context(title.clone());
        let content = match self.content.await {
            Ok(view) => view,
            Err(error) => {
                let problem = error.report();
                set_title(problem.title());
                problem_view(&problem)
            }
        };
        let content = match self.layout {
            Some(layout) => layout(content),
            None => content,
        };
        let title = title.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        RenderedPage { title: title.unwrap_or_else(|| self.title.to_owned()), content }
    }
}

pub(crate) struct RenderedPage {
    pub(crate) title: String,
    pub(crate) content: AnyView,
}

/// The title that a page sets while it renders. `None` keeps the default title.
#[derive(Clone, Default)]
struct PageTitle(Arc<Mutex<Option<String>>>);

pub(super) fn set_title(text: &str) {
    if let Some(title) = use_context::<PageTitle>() {
        *title.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.to_owned());
    }
}

fn problem_view(problem: &Problem) -> AnyView {
    if *problem == Problem::NotSignedIn {
        leptos_axum::redirect("/login");
        return ().into_any();
    }
    set_problem_status(problem);
    page_heading(
        problem.title(),
        view! {
            <p role="alert">{message(problem)}</p>
            {reference(problem)}
        },
        link_button("Go to Integrations", "/integrations", Look::Secondary),
    )
}

/// The request id of a server failure. Administrators use the id to find the failure in the log.
fn reference(problem: &Problem) -> Option<AnyView> {
    let id = with_headers(|headers| Some(headers.get("x-request-id")?.to_str().ok()?.to_owned()))?;
    problem
        .is_server_failure()
        .then(|| muted(format!("If it keeps happening, contact your administrator and give this reference: {id}")))
}
