//! `bavn site diff`: what a changed adapter would read otherwise in the archived pages, field by field.

use super::masked::Shown;
use crate::cli::{Cli, DiffArgs};
use crate::config::Config;
use crate::key::{Need, open_store};
use domain::{AdContent, Bilingual, CaptureKind, ListingRead, SiteId};
use extract::adapter::Adapter;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use store::{ArchiveQuery, ArchivedPage, Look, Store, StoreError};

/// Compares.
pub async fn run(cli: &Cli, config: &Config, args: &DiffArgs) -> anyhow::Result<()> {
    let new = super::adapter(config, &args.site, args.adapter.as_deref())?;
    let old = match &args.adapter {
        Some(_) => Some(super::adapter(config, &args.site, None)?),
        None => None,
    };
    let now = crate::time::now();
    let store = open_store(cli, Need::Existing, now).await?;
    let mut look = crate::jobs::system_look("site_diff", "tuning an adapter", now);
    look.subject = args.site.clone();
    store.look_at_pages(&look).await?;
    let site = SiteId::from(args.site.as_str());
    let mut report = Report::default();
    let crawled = vec![CaptureKind::Listing, CaptureKind::Detail];
    match store.archive_reader(ArchiveQuery { kinds: crawled, ..ArchiveQuery::pages_of(site) }).await {
        Ok(mut archive) => {
            while let Some(kept) = archive.next().await? {
                let stored = match old {
                    None if kept.kind == CaptureKind::Detail => archive.content(&kept).await?,
                    _ => None,
                };
                report.page(old.as_ref(), &new, &kept, stored, args.examples);
            }
        }
        // A site that was never crawled is not registered.
        Err(StoreError::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    store.close().await;
    if report.details + report.listings == 0 {
        anyhow::bail!("the archive holds no page of '{}': crawl it first", args.site);
    }
    let against = match &args.adapter {
        Some(folder) => format!("{} against the configured adapter", folder.join("site.toml").display()),
        None => "the configured adapter against what the store holds".to_owned(),
    };
    report.write(&against, &Shown::new(config, args.show_contacts), &mut std::io::stdout().lock())?;
    Ok(())
}

/// What two adapters of a site read otherwise in the newest archived pages, in one sentence without a value. Logged as a
/// look.
pub async fn compare_adapters(
    store: &Store,
    site: &str,
    old: &Adapter,
    new: &Adapter,
    look: &Look,
    most: usize,
) -> anyhow::Result<Bilingual> {
    store.look_at_pages(look).await?;
    let kinds = vec![CaptureKind::Listing, CaptureKind::Detail];
    let mut report = Report::default();
    match store.archive_reader(ArchiveQuery { kinds, ..ArchiveQuery::pages_of(SiteId::from(site)) }).await {
        Ok(mut archive) => {
            while report.details + report.listings < most
                && let Some(kept) = archive.next().await?
            {
                // A page may take long to parse: others are served meanwhile.
                tokio::task::block_in_place(|| report.page(Some(old), new, &kept, None, 0));
            }
        }
        Err(StoreError::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(report.in_words())
}

/// How one field fares.
#[derive(Default)]
struct Change {
    gained: usize,
    lost: usize,
    changed: usize,
    same: usize,
    /// Value before and after; empty for none.
    examples: Vec<(String, String)>,
}

#[derive(Default)]
struct Report {
    listings: usize,
    details: usize,
    fields: BTreeMap<String, Change>,
    /// Ads on listings that only one of the two finds.
    ads_gained: usize,
    ads_lost: usize,
    /// Ads whose page the one calls otherwise than the other.
    other_id: usize,
    next_changed: usize,
    issues: BTreeMap<String, (usize, usize)>,
}

impl Report {
    /// `stored` is what the store holds of the page.
    fn page(
        &mut self,
        old: Option<&Adapter>,
        new: &Adapter,
        kept: &ArchivedPage,
        stored: Option<AdContent>,
        examples: usize,
    ) {
        match kept.kind {
            CaptureKind::Listing => {
                self.listings += 1;
                // The store keeps no listing as it was read: only two adapters can be compared.
                if let Some(old) = old {
                    self.listing(&old.read_listing(&kept.page), &new.read_listing(&kept.page));
                }
            }
            _ => self.detail(old, new, kept, stored, examples),
        }
    }

    fn listing(&mut self, old: &ListingRead, new: &ListingRead) {
        let by_url = |read: &ListingRead| -> BTreeMap<String, String> {
            read.items.iter().map(|item| (item.url.clone(), item.ad_id.clone())).collect()
        };
        let (before, after) = (by_url(old), by_url(new));
        let ids =
            |read: &ListingRead| -> BTreeSet<String> { read.items.iter().map(|item| item.ad_id.clone()).collect() };
        let (ids_before, ids_after) = (ids(old), ids(new));
        let renamed = before.iter().filter(|(url, id)| after.get(*url).is_some_and(|other| other != *id)).count();
        self.other_id += renamed;
        self.ads_gained += ids_after.difference(&ids_before).count().saturating_sub(renamed);
        self.ads_lost += ids_before.difference(&ids_after).count().saturating_sub(renamed);
        self.next_changed += usize::from(old.next != new.next);
    }

    fn detail(
        &mut self,
        old: Option<&Adapter>,
        new: &Adapter,
        kept: &ArchivedPage,
        stored: Option<AdContent>,
        examples: usize,
    ) {
        self.details += 1;
        let after = new.read_detail(&kept.page);
        let (before, id_before, issues_before) = match old {
            Some(old) => {
                let read = old.read_detail(&kept.page);
                (read.content, read.ad_id, read.issues)
            }
            None => (stored, None, Vec::new()),
        };
        let id_before = id_before.or_else(|| kept.ad.as_ref().map(|ad| ad.ad_id.clone()));
        self.other_id += usize::from(after.ad_id.is_some() && after.ad_id != id_before);
        for issue in &issues_before {
            self.issues.entry(issue.at.clone()).or_default().0 += 1;
        }
        for issue in &after.issues {
            self.issues.entry(issue.at.clone()).or_default().1 += 1;
        }
        let (before, after) = (values(before.as_ref()), values(after.content.as_ref()));
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let change = self.fields.entry(name.clone()).or_default();
            let (old, new) = (before.get(name), after.get(name));
            match (old, new) {
                (None, Some(_)) => change.gained += 1,
                (Some(_), None) => change.lost += 1,
                (Some(old), Some(new)) if old != new => change.changed += 1,
                _ => {
                    change.same += 1;
                    continue;
                }
            }
            if change.examples.len() < examples {
                change.examples.push((old.cloned().unwrap_or_default(), new.cloned().unwrap_or_default()));
            }
        }
    }

    fn in_words(&self) -> Bilingual {
        let pages = self.listings + self.details;
        if pages == 0 {
            return Bilingual {
                da: "Arkivet har ingen sider fra denne side endnu; prøv med 'bavn site dry-run'.".to_owned(),
                en: "The archive has no page of this site yet; try 'bavn site dry-run'.".to_owned(),
            };
        }
        let (mut da, mut en) = (Vec::new(), Vec::new());
        if self.ads_gained + self.ads_lost > 0 {
            da.push(format!("{} annoncer flere og {} færre på listerne", self.ads_gained, self.ads_lost));
            en.push(format!("{} ads more and {} fewer on the listings", self.ads_gained, self.ads_lost));
        }
        if self.other_id > 0 {
            da.push(format!("{} annoncer ville få et andet id og gælde for nye", self.other_id));
            en.push(format!("{} ads would get another id and count as new", self.other_id));
        }
        if self.next_changed > 0 {
            da.push(format!("{} lister ville føre videre på en anden måde", self.next_changed));
            en.push(format!("{} listings would lead on otherwise", self.next_changed));
        }
        for (name, Change { gained, lost, changed, .. }) in &self.fields {
            if gained + lost + changed > 0 {
                da.push(format!("{name}: {gained} kommer til, {lost} forsvinder, {changed} ændres"));
                en.push(format!("{name}: {gained} gained, {lost} lost, {changed} changed"));
            }
        }
        let (mut told_da, mut told_en) = (da.join("; "), en.join("; "));
        if da.is_empty() {
            (told_da, told_en) =
                ("intet ville blive læst anderledes".to_owned(), "nothing would be read otherwise".to_owned());
        }
        Bilingual {
            da: format!("{pages} arkiverede sider læst med begge: {told_da}."),
            en: format!("{pages} archived pages read with both: {told_en}."),
        }
    }

    fn write(&self, against: &str, shown: &Shown<'_>, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "{against}\n{} listing pages, {} ads' pages of the archive", self.listings, self.details)?;
        if self.ads_gained + self.ads_lost + self.other_id + self.next_changed > 0 {
            writeln!(
                out,
                "\nlisting: {} ads more, {} ads fewer, {} ads that would get another id, {} pages that lead on otherwise",
                self.ads_gained, self.ads_lost, self.other_id, self.next_changed
            )?;
        }
        if self.other_id > 0 {
            writeln!(
                out,
                "  An ad that gets another id is a new ad to bavn, and the old one is gone: keep ids as they are."
            )?;
        }
        writeln!(out, "\n{:<14} {:>7} {:>7} {:>8} {:>7}", "field", "gained", "lost", "changed", "same")?;
        for (name, change) in &self.fields {
            let Change { gained, lost, changed, same, .. } = change;
            writeln!(out, "{name:<14} {gained:>7} {lost:>7} {changed:>8} {same:>7}")?;
            for (old, new) in &change.examples {
                let value = |text: &str| {
                    if text.is_empty() { "nothing".to_owned() } else { format!("'{}'", shown.value(name, text)) }
                };
                writeln!(out, "      {} -> {}", value(old), value(new))?;
            }
        }
        let differing: Vec<String> = self
            .issues
            .iter()
            .filter(|(_, (before, after))| before != after)
            .map(|(at, (before, after))| format!("{at} {before} -> {after}"))
            .collect();
        if !differing.is_empty() {
            writeln!(out, "\npages with an issue: {}", differing.join(", "))?;
        }
        if self.fields.values().all(|change| change.gained + change.lost + change.changed == 0) {
            writeln!(out, "\nno ad would read otherwise")?;
        }
        Ok(())
    }
}

/// What is filled, by name.
fn values(content: Option<&AdContent>) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let Some(content) = content else { return values };
    let mut put = |name: &str, value: &str| {
        if !value.trim().is_empty() {
            values.insert(name.to_owned(), value.to_owned());
        }
    };
    put("title", &content.title);
    put("body", &content.body);
    put("posted_at", &content.posted_at.map(|time| time.to_string()).unwrap_or_default());
    let images: Vec<&str> = content.images.iter().map(|image| image.source.as_str()).collect();
    put("images", &images.join(" "));
    for (name, value) in &content.fields {
        put(name, value);
    }
    values
}
