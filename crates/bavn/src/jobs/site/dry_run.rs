//! `bavn site dry-run`: some pages live, nothing stored, and what each rule found on how many of them.

use super::look::{Look, failures};
use super::masked::Shown;
use crate::cli::{Cli, DryRunArgs};
use crate::config::Config;
use crate::plans;
use crate::ports::DryLimits;
use crawler::ports::ReadPage;
use domain::{DetailRead, Issue, ListingRead, Page, PdqHash, SiteId};
use extract::adapter::{Adapter, RuleFound};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// How many examples of a value are shown.
const EXAMPLES: usize = 3;

/// Looks, and reports.
pub async fn run(cli: &Cli, config: &Config, args: &DryRunArgs) -> anyhow::Result<()> {
    let adapter = super::adapter(config, &args.site, args.adapter.as_deref())?;
    let settings = adapter.settings();
    plans::check_controller(&config.settings, &settings.id, &settings.hosts)?;
    if let Some(refusal) = settings.refusal(crate::time::local_day(crate::time::now())) {
        anyhow::bail!("{refusal}; nothing was asked of the site");
    }
    let plan = plans::plan(&config.settings, settings)?;
    let limits = DryLimits { listings: args.listings as usize, ads: args.ads as usize };
    let look = Look::begin(cli, limits).await?;
    let reader = Arc::new(Explaining { adapter: adapter.clone(), seen: Mutex::default() });
    eprintln!(
        "Reading at most {} listing pages and {} ads' pages of {}; nothing is stored.",
        args.listings, args.ads, args.site
    );
    let looked = look.read(config, &plan, reader.clone()).await?;
    let seen = std::mem::take(&mut *reader.seen.lock().unwrap_or_else(PoisonError::into_inner));
    let shown = Shown::new(config, args.show_contacts);
    let mut out = std::io::stdout().lock();
    let tally = &looked.tally;
    writeln!(
        out,
        "{}: {} listing pages with {} ads, {} ads' pages, {} gone",
        args.site, tally.listing_pages, tally.ads_listed, tally.details, tally.ads_gone
    )?;
    if !tally.errors.is_empty() {
        writeln!(out, "failures: {}", failures(tally))?;
    }
    seen.report("listing pages", &seen.listings, seen.listing_pages, &shown, &mut out)?;
    seen.report("ads' pages", &seen.details, seen.detail_pages, &shown, &mut out)?;
    if !seen.issues.is_empty() {
        writeln!(out, "\nunexpected (pages)")?;
        for (issue, pages) in &seen.issues {
            writeln!(out, "  {pages:>4}  {issue}")?;
        }
    }
    let mut wrong: Vec<String> = Vec::new();
    match &looked.end {
        Err(why) => wrong.push(why.clone()),
        // The number of ads is that of a part of the listing: bounds for a whole run say nothing here.
        Ok(summary) => wrong.extend(
            summary
                .verdict
                .reasons
                .iter()
                .map(|reason| reason.en.clone())
                .filter(|reason| !reason.contains("were expected")),
        ),
    }
    if wrong.is_empty() && tally.ads_listed == 0 && !tally.marked_empty {
        wrong.push("no ad was found".to_owned());
    }
    if !wrong.is_empty() {
        anyhow::bail!("{}: {}", args.site, wrong.join("; "));
    }
    writeln!(out, "\nnothing of this was stored")?;
    Ok(())
}

/// Reads by the adapter and notes what each rule found.
struct Explaining {
    adapter: Adapter,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    listing_pages: usize,
    detail_pages: usize,
    listings: Vec<Row>,
    details: Vec<Row>,
    issues: BTreeMap<String, usize>,
}

/// One rule over all pages.
struct Row {
    at: String,
    rule: String,
    required: bool,
    pages: usize,
    matches: usize,
    values: Vec<String>,
}

impl Seen {
    fn add(rows: &mut Vec<Row>, found: Vec<RuleFound>) {
        for rule in found {
            let known = rows.iter_mut().find(|row| row.at == rule.at && row.rule == rule.rule);
            let row = match known {
                Some(row) => row,
                None => {
                    let (at, text, required) = (rule.at.clone(), rule.rule.clone(), rule.required);
                    rows.push(Row { at, rule: text, required, pages: 0, matches: 0, values: Vec::new() });
                    let last = rows.len() - 1;
                    &mut rows[last]
                }
            };
            row.pages += usize::from(rule.matches > 0);
            row.matches += rule.matches;
            // Enough for a few different examples.
            row.values.extend(rule.values.into_iter().take(5));
            row.values.truncate(40);
        }
    }

    fn issues(&mut self, issues: &[Issue]) {
        for issue in issues {
            *self.issues.entry(format!("{}: {}", issue.at, issue.what)).or_default() += 1;
        }
    }

    fn report(
        &self,
        what: &str,
        rows: &[Row],
        pages: usize,
        shown: &Shown<'_>,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        if pages == 0 {
            return Ok(());
        }
        writeln!(out, "\n{what} ({pages})")?;
        for row in rows {
            let key = row.at.trim_start_matches("detail.").trim_start_matches("listing.");
            let examples = shown.values(&row.at, &row.values, EXAMPLES);
            let examples = if examples.is_empty() { examples } else { format!("  e.g. {examples}") };
            let flag = if row.required && row.pages < pages { "  MISSING ON SOME" } else { "" };
            writeln!(
                out,
                "  {key:<18} {:>3} of {pages}, {:>4} matches  {}{examples}{flag}",
                row.pages, row.matches, row.rule
            )?;
        }
        let nothing: Vec<String> =
            rows.iter().filter(|row| row.matches == 0).map(|row| format!("{} ({})", row.at, row.rule)).collect();
        if !nothing.is_empty() {
            writeln!(out, "  found nothing on any page: {}", nothing.join("; "))?;
        }
        Ok(())
    }
}

impl ReadPage for Explaining {
    fn listing(&self, _site: &SiteId, page: &Page) -> ListingRead {
        let read = self.adapter.read_listing(page);
        let found = self.adapter.explain_listing(page);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.listing_pages += 1;
        Seen::add(&mut seen.listings, found);
        seen.issues(&read.issues);
        read
    }

    fn detail(&self, _site: &SiteId, page: &Page) -> DetailRead {
        let read = self.adapter.read_detail(page);
        let found = self.adapter.explain_detail(page);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.detail_pages += 1;
        Seen::add(&mut seen.details, found);
        seen.issues(&read.issues);
        read
    }

    fn image(&self, _bytes: &[u8]) -> Result<(PdqHash, u8), String> {
        Err("a dry run reads no pictures".to_owned())
    }
}
