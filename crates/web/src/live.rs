//! Pages whose configuration changes while they are served: the router is made anew of the newest state at the first
//! request after a change. Sessions, claims and brakes lie in the store or are carried over, so that nobody notices.

use crate::AppState;
use axum::Router;
use axum::extract::Request;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tower::ServiceExt as _;

/// Where the pages get their state from.
pub enum Source {
    /// It stays as it is.
    Fixed(Box<AppState>),
    /// The newest one counts.
    Live(watch::Receiver<AppState>),
}

impl From<AppState> for Source {
    fn from(state: AppState) -> Self {
        Source::Fixed(Box::new(state))
    }
}

impl From<watch::Receiver<AppState>> for Source {
    fn from(states: watch::Receiver<AppState>) -> Self {
        Source::Live(states)
    }
}

impl Source {
    /// The pages that `make` makes of the state.
    pub(crate) fn router(self, make: fn(AppState) -> Router) -> Router {
        let mut states = match self {
            Source::Fixed(state) => return make(*state),
            Source::Live(states) => states,
        };
        let first = states.borrow_and_update().clone();
        let made = Arc::new(Mutex::new((make(first), states)));
        Router::new().fallback(move |request: Request| {
            let router = {
                let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
                if made.1.has_changed().unwrap_or(false) {
                    let state = made.1.borrow_and_update().clone();
                    made.0 = make(state);
                }
                made.0.clone()
            };
            router.oneshot(request)
        })
    }
}
