//! What goes wrong in a page, and the one place that picks status codes and words for it.

use crate::access::Visit;
use crate::page::Page;
use crate::{AppState, WorkbenchError};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use store::StoreError;
use tower_sessions::{session, session_store};

/// What goes wrong in a page.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// There is no such page or thing.
    #[error("there is no such page")]
    NotFound,
    /// The role has no access.
    #[error("this role has no access to the page")]
    Forbidden,
    /// Only those appointed for the urgent route may see it.
    #[error("the case is in the urgent route; only those appointed for it may see it")]
    UrgentOnly,
    /// Nobody is signed in, or no more.
    #[error("nobody is signed in; sign in and try again")]
    SignedOut {
        /// Where to go on after signing in.
        next: Option<String>,
    },
    /// The form belongs to another session or to another site.
    #[error("the form is too old or comes from elsewhere; open the page again")]
    OldForm,
    /// The form cannot be read.
    #[error("the form cannot be read; open the page again")]
    UnreadableForm,
    /// The form is too big.
    #[error("the form is too big; make it shorter and send it again")]
    TooLarge,
    /// The request asks for what the page does not offer.
    #[error("the request asks for something that the page does not offer")]
    Unknown,
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A session could not be read or kept.
    #[error("the session could not be read or kept: {0}; try again")]
    Session(#[from] session::Error),
    /// A page could not be written.
    #[error("the page could not be written: {0}")]
    Template(#[from] askama::Error),
    /// A text could not be read.
    #[error(transparent)]
    Workbench(#[from] WorkbenchError),
    /// Something else.
    #[error("an inner fault: {what}")]
    Internal {
        /// What, without anything personal.
        what: String,
    },
}

/// Which error page a response stands for; the middleware writes it in the visitor's language.
#[derive(Debug, Clone, Copy)]
struct ErrorPage(&'static str);

impl WebError {
    fn status_and_page(&self) -> (StatusCode, &'static str) {
        match self {
            WebError::NotFound | WebError::Store(StoreError::NotFound { .. }) => (StatusCode::NOT_FOUND, "not-found"),
            WebError::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            WebError::UrgentOnly => (StatusCode::FORBIDDEN, "urgent-only"),
            WebError::SignedOut { .. } => (StatusCode::UNAUTHORIZED, "signed-out"),
            WebError::OldForm => (StatusCode::FORBIDDEN, "old-form"),
            WebError::UnreadableForm | WebError::Unknown => (StatusCode::BAD_REQUEST, "bad-request"),
            WebError::Store(StoreError::Conflict { .. }) => (StatusCode::CONFLICT, "conflict"),
            WebError::Store(StoreError::Held { .. }) => (StatusCode::CONFLICT, "held"),
            WebError::Store(StoreError::Refused { .. }) => (StatusCode::CONFLICT, "refused"),
            WebError::Store(error) if error.is_transient() => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            // Sessions lie in the store: their first reading is what meets a database that is away.
            WebError::Session(session::Error::Store(session_store::Error::Backend(_))) => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy")
            }
            WebError::TooLarge | WebError::Workbench(WorkbenchError::TooLong { .. }) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too-long")
            }
            WebError::Workbench(_) => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            WebError::Store(_) | WebError::Session(_) | WebError::Template(_) | WebError::Internal { .. } => {
                (StatusCode::INTERNAL_SERVER_ERROR, "fault")
            }
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        if let WebError::SignedOut { next: Some(next) } = &self {
            let next = if next == "/" { String::new() } else { format!("?next={next}") };
            return Redirect::to(&format!("/sign-in{next}")).into_response();
        }
        let (status, page) = self.status_and_page();
        if status.is_server_error() {
            // Handled here, so logged here, once. No error of these crates holds anything personal.
            tracing::error!(status = status.as_u16(), error = %self, "a page failed");
        }
        let mut response = status.into_response();
        response.extensions_mut().insert(ErrorPage(page));
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorView {
    page: Page,
    what: String,
    todo: String,
}

/// Writes the page for every failed response, also for those of the router itself.
pub async fn write_error_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&parts, state.settings.default_language);
    let plain = crate::routes::is_for_machines(parts.uri.path());
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    let kind = response.extensions().get::<ErrorPage>().map(|page| page.0);
    let written = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/html")));
    if plain || written || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let kind = kind.unwrap_or(match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "not-found",
        StatusCode::PAYLOAD_TOO_LARGE => "too-long",
        status if status.is_server_error() => "fault",
        _ => "bad-request",
    });
    let t = visit.language;
    let view = ErrorView {
        what: t.t(&format!("error-{kind}-what")),
        todo: t.t(&format!("error-{kind}-do")),
        page: Page::public(&state, &visit, t.t(&format!("error-{kind}-title"))),
    };
    match view.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page failed");
            status.into_response()
        }
    }
}
