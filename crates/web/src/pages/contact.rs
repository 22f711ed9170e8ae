//! The public page that the crawler's user agent points to.

use super::show;
use crate::AppState;
use crate::access::Visit;
use crate::errors::WebError;
use crate::page::Page;
use askama::Template;
use axum::extract::State;
use axum::response::Html;

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactView {
    page: Page,
    facts: Vec<(String, String)>,
    does: Vec<String>,
    token: String,
}

/// Who runs it, what the crawler does, and how to make it stop.
pub async fn contact(State(state): State<AppState>, visit: Visit) -> Result<Html<String>, WebError> {
    let (t, controller, crawler) = (visit.language, &state.settings.controller, &state.settings.crawler);
    let facts = [
        (t.t("controller-organisation"), controller.organisation.clone()),
        (t.t("controller-address"), controller.address.clone()),
        (t.t("controller-email"), controller.email.clone()),
        (t.t("controller-phone"), controller.phone.clone()),
        (t.t("controller-data-protection"), controller.data_protection.clone()),
        (t.t("controller-legal-basis"), t.of(&controller.legal_basis).to_owned()),
        (t.t("controller-dpia"), controller.dpia.clone()),
    ];
    let view = ContactView {
        facts: facts.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        does: vec![
            t.v("crawler-agent", "agent", &crawler.user_agent),
            t.t("crawler-robots"),
            t.n("crawler-pace", i64::from(crawler.delay_s)),
            t.t("crawler-refusal"),
            t.t("crawler-no-login"),
            t.t("crawler-pictures"),
        ],
        token: crawler.product_token.clone(),
        page: Page::public(&state, &visit, t.t("contact-title")),
    };
    show(&view)
}
