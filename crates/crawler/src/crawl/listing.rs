//! A listing page: its ads, and where it leads on.

use super::hand::Hand;
use super::held::before;
use crate::error::ErrorKind;
use crate::fetch::{Trouble, same_site};
use crate::ports::{Entry, EntryKind, NewEntry, PageOutcome, Validators};
use domain::{ListingRead, Mark, Page};
use std::hash::{DefaultHasher, Hash, Hasher};

pub(super) async fn read_listing(
    hand: &Hand<'_>,
    entry: &Entry,
    page: Page,
    validators: Validators,
) -> Result<PageOutcome, Trouble> {
    let plan = hand.visit.plan;
    let site = plan.site.clone();
    let (page, read) = hand.read(page, move |reader, page| reader.listing(&site, page)).await?;
    if read.mark == Some(Mark::Challenge) {
        return Err(hand.not_it(page, ErrorKind::Challenge));
    }
    // An account that is closed is an answer for an ad's page; a listing that says so lists nothing.
    let mut next = leads_on(hand, entry, &read);
    let mut incomplete = read.incomplete.then_some(ErrorKind::Incomplete);
    if !next.is_empty() && hand.visit.goes_in_circles(&read.items) {
        next.clear();
        incomplete = Some(ErrorKind::Repeats);
    }
    let recheck_before = before(page.fetched_at, plan.recheck_after);
    let ListingRead { items, mark, issues, .. } = read;
    Ok(PageOutcome::Listing { page, validators, items, recheck_before, next, mark, incomplete, issues })
}

/// The listing pages that a page leads to.
///
/// A page without ads, or with exactly the ads of a page read before in this run, leads nowhere: calendars without an
/// end and sites that answer every page number with their last page.
fn leads_on(hand: &Hand<'_>, entry: &Entry, read: &ListingRead) -> Vec<NewEntry> {
    let visit = hand.visit;
    if read.items.is_empty() || read.mark == Some(Mark::NoAds) || !visit.remember_listing(ads_hash(read)) {
        return Vec::new();
    }
    let mut next = Vec::new();
    for address in &read.next {
        let Ok(url) = visit.policy.check(address) else { continue };
        if same_site(visit.plan, &url) {
            let (kind, url, depth) = (EntryKind::Listing, address.clone(), entry.depth.saturating_add(1));
            next.push(NewEntry { kind, url, ad: None, depth });
        }
    }
    next
}

fn ads_hash(read: &ListingRead) -> u64 {
    let mut hasher = DefaultHasher::new();
    for item in &read.items {
        item.ad_id.hash(&mut hasher);
    }
    hasher.finish()
}
