//! What the store knows of sites, as gauges: read when a monitor asks, so that they hold for all crawlers together.

use domain::crawl::SitePhase;
use jiff::Timestamp;
use metrics::{describe_gauge, gauge};
use store::{Store, StoreError};

pub(super) fn describe() {
    let gauges = [
        ("bavn_build_info", "Always 1; the label names the version"),
        ("bavn_store_up", "1 where the database answers"),
        ("bavn_site_state", "1 for the phase that a site is in, 0 for the others"),
        ("bavn_site_state_since_timestamp_seconds", "When the site's phase or its reason last changed"),
        ("bavn_site_last_good_run_timestamp_seconds", "When the site's last good run ended; absent before the first"),
        ("bavn_site_ads_up", "Ads of the site that are up as far as one knows"),
        ("bavn_site_notices_open", "Notices of the site that last"),
    ];
    for (name, help) in gauges {
        describe_gauge!(name, help);
    }
    gauge!("bavn_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// Renews the gauges.
pub(super) async fn renew(store: &Store) -> Result<(), StoreError> {
    let notices = store.open_notices().await?;
    for overview in store.sites(0).await? {
        let site = overview.registration.site;
        let open = notices.iter().filter(|notice| notice.site == site).count();
        if let Some(state) = &overview.state {
            for phase in SitePhase::ALL {
                let is = if state.phase == phase { 1.0 } else { 0.0 };
                gauge!("bavn_site_state", "site" => site.0.clone(), "phase" => phase.as_str()).set(is);
            }
            gauge!("bavn_site_state_since_timestamp_seconds", "site" => site.0.clone()).set(seconds(state.since));
        }
        if let Some(at) = overview.last_good {
            gauge!("bavn_site_last_good_run_timestamp_seconds", "site" => site.0.clone()).set(seconds(at));
        }
        gauge!("bavn_site_ads_up", "site" => site.0.clone()).set(overview.ads_up as f64);
        gauge!("bavn_site_notices_open", "site" => site.0).set(open as f64);
    }
    Ok(())
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}
