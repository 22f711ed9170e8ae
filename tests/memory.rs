//! The crawl's memory with many known ads: measured in its own process, by the system's high-water mark.
//! `BAVN_KNOWN_ADS` sets how many (1,000 if unset); `./measure memory` knows 100,000.

use crate::site::{Installation, Reply, ad_page, listing, serve};

fn known() -> usize {
    std::env::var("BAVN_KNOWN_ADS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000)
}

/// Ads on a listing page.
const A_PAGE: usize = 100;

/// A site of so many ads, crawled twice: the first time it learns them all, the second time it knows them.
fn peaks(ads: usize) -> (u64, u64) {
    let port = serve(move |path| match path.strip_prefix("/list") {
        Some(rest) => {
            let page: usize = rest.trim_start_matches("?page=").parse().unwrap_or(0);
            let on_it = page * A_PAGE..ads.min((page + 1) * A_PAGE);
            let next = format!("/list?page={}", page + 1);
            let next = (on_it.end < ads).then_some(next.as_str());
            listing(on_it.map(|ad| (format!("a{ad}"), format!("/ad/a{ad}"))), next)
        }
        None => path.strip_prefix("/ad/").map_or(Reply::status(404), ad_page),
    });
    let installation = Installation::new(&[("many", port)], "");
    let first = installation.crawl("many");
    let second = installation.crawl("many");
    println!(
        "memory: {ads} ads, first crawl {} MiB in {:.0} s, second, knowing them, {} MiB in {:.0} s",
        first.peak_mib,
        first.time.as_secs_f64(),
        second.peak_mib,
        second.time.as_secs_f64()
    );
    assert_eq!(installation.ads("many").len(), ads, "{}", second.told);
    (first.peak_mib, second.peak_mib)
}

#[test]
fn a_crawl_stays_small_however_many_ads_it_knows() {
    let (many, few) = (known(), known() / 10);
    let (first, second) = peaks(many);
    let (_, few_second) = peaks(few);
    assert!(first < 150 && second < 150, "{first} and {second} MiB with {many} known ads");
    assert!(second <= few_second + 25, "{second} MiB with {many} known ads, {few_second} with {few}");
}
