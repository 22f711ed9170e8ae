//! A message to an address of the installation's own choice, such as the webhook of its alarms. No site is asked for
//! anything here: robots.txt and pacing are for pages that are read.

use super::client::trusted;
use crate::error::CrawlError;
use std::time::Duration;

/// Longest time for one message.
const PATIENCE: Duration = Duration::from_secs(20);

/// Posts a body of JSON and gives the answer's status. No redirect is followed and no proxy of the environment used, so
/// that what is sent goes where the configuration says and nowhere else.
pub async fn post_json(url: &str, headers: &[(&'static str, String)], body: String) -> Result<u16, CrawlError> {
    let failed = |error: reqwest::Error| CrawlError::Client(error.without_url().to_string());
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(trusted()?)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .map_err(failed)?;
    let mut request = client.post(url).header("content-type", "application/json").body(body);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    Ok(request.send().await.map_err(failed)?.status().as_u16())
}
