//! A page with its redirects: every hop passes the address check, the site's borders, robots.txt and the pace.

use super::ask::{Ask, Trouble};
use super::client::{Answer, Request};
use super::error::FetchError;
use crate::address::AddressPolicy;
use crate::error::ErrorKind;
use crate::pacing::host_key;
use crate::plan::SitePlan;
use crate::ports::Validators;
use crate::robots::RobotsGate;
use url::Url;

/// What to get.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Where, as found.
    pub url: &'a str,
    /// `Accept`.
    pub accept: &'static str,
    /// What the last answer was recognised by.
    pub validators: Option<&'a Validators>,
    /// Most bytes of the body after decompression.
    pub most_bytes: usize,
}

/// The last answer of a chain: 2xx, 304, 404 or 410.
#[derive(Debug)]
pub struct Fetched {
    /// Where it came from.
    pub url: Url,
    /// Whether it was redirected there.
    pub redirected: bool,
    /// The answer.
    pub answer: Answer,
}

/// Gets a page.
pub async fn follow(
    ask: &dyn Ask,
    gate: &RobotsGate,
    policy: &AddressPolicy,
    plan: &SitePlan,
    wanted: Wanted<'_>,
) -> Result<Fetched, Trouble> {
    let mut url = policy.check(wanted.url).map_err(FetchError::from)?;
    url.set_fragment(None);
    let mut seen = vec![url.clone()];
    loop {
        if !same_site(plan, &url) {
            return Err(FetchError::of(ErrorKind::OffSite).into());
        }
        gate.may_fetch(ask, policy, &url).await?;
        let request = Request {
            url: &url,
            accept: wanted.accept,
            validators: wanted.validators,
            most_bytes: wanted.most_bytes,
            cut: false,
        };
        let answer = ask.ask(&request).await?;
        match answer.status {
            301 | 302 | 303 | 307 | 308 => {}
            // 'Unchanged' answers only a question.
            304 if wanted.validators.is_none() => return Err(FetchError::of_status(304, None).into()),
            200..=299 | 304 | 404 | 410 => return Ok(Fetched { redirected: seen.len() > 1, url, answer }),
            status => return Err(FetchError::of_status(status, answer.retry_after).into()),
        }
        url = redirect_target(policy, &url, answer.location.as_deref())?;
        if seen.len() > plan.limits.redirects as usize || seen.contains(&url) {
            return Err(FetchError::of(ErrorKind::RedirectLoop).into());
        }
        seen.push(url.clone());
    }
}

/// Where a redirect leads, if it may be asked at all.
pub(crate) fn redirect_target(policy: &AddressPolicy, from: &Url, location: Option<&str>) -> Result<Url, FetchError> {
    let broken = || FetchError::of(ErrorKind::RedirectBroken);
    let location = location.map(str::trim).filter(|location| !location.is_empty()).ok_or_else(broken)?;
    let mut target = from.join(location).map_err(|_| broken())?;
    target.set_fragment(None);
    policy.check_url(&target)?;
    // A whole address is also held against its spelling, which joining has already tidied.
    let spelled = match location.strip_prefix("//") {
        Some(rest) => Some(format!("{}://{rest}", from.scheme())),
        None => location.contains("://").then(|| location.to_owned()),
    };
    if let Some(spelled) = spelled.filter(|spelled| Url::parse(spelled).is_ok_and(|url| url.host() == target.host())) {
        policy.check(&spelled)?;
    }
    Ok(target)
}

/// Whether a URL belongs to the site: the host of a start page, with or without `www.`, or one that the adapter names.
pub fn same_site(plan: &SitePlan, url: &Url) -> bool {
    let host = host_key(url);
    let bare = |name: &str| name.strip_prefix("www.").unwrap_or(name).to_owned();
    plan.also_hosts.contains(&host)
        || plan
            .start_urls
            .iter()
            .filter_map(|start| Url::parse(start).ok())
            .any(|start| bare(&host_key(&start)) == bare(&host))
}
