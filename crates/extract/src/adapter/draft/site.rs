//! From what was found to a `site.toml` with samples.

use super::super::document::Document;
use super::super::issues::Issues;
use super::fields::Fields;
use super::rows::Rows;
use super::select::Compiled;
use super::write::{line, list, text};
use super::{
    Draft, DraftError, DraftSettings, Drafter, First, Found, Rule, Sample, WantedKind, fields, paging, rows, texts,
};
use crate::Adapter;
use domain::{DetailRead, ListingRead, Page};
use url::Url;

/// How many examples of a value are shown.
const EXAMPLES: usize = 3;

impl Drafter {
    /// Drafts from the pages that came.
    pub fn finish(self, settings: &DraftSettings) -> Result<Draft, DraftError> {
        let Some(first) = &self.first else {
            return Err(if self.listings.is_empty() { DraftError::NoPage } else { DraftError::NoListing });
        };
        if self.ads.is_empty() {
            return Err(match first {
                First::Html(cards) => DraftError::NoAd { entries: cards.cards.len(), item: cards.item.clone() },
                First::Feed { links, kind, .. } => DraftError::NoAd { entries: links.len(), item: (*kind).to_owned() },
            });
        }
        let mut compiled = Compiled::default();
        let samples: Vec<Sample> = self.ads.iter().map(|(page, card)| sample(page, card.clone(), first)).collect();
        let title = texts::title(&samples, &mut compiled);
        let titles = title.as_ref().map_or_else(|| vec![String::new(); samples.len()], |(_, texts)| texts.clone());
        let body = texts::body(&samples, &titles, &mut compiled);
        if title.is_none() && body.is_none() {
            return Err(DraftError::NoContent);
        }
        let rows = rows::find(&samples, &mut compiled);
        let fields = fields::find(&samples, rows.as_ref(), &mut compiled);
        let rules: Vec<Rule> =
            [title.map(|(rule, _)| rule), body.map(|(rule, _)| rule)].into_iter().flatten().collect();
        let toml = self.toml(settings, first, &rules, &fields, rows.as_ref(), None);
        let adapter = Adapter::parse(&settings.id, "the draft", &toml)?;
        let shares = Shares::of(&adapter, &self.ads);
        // Once more with bounds from what the draft itself finds.
        let toml = self.toml(settings, first, &rules, &fields, rows.as_ref(), Some(&shares));
        let adapter = Adapter::parse(&settings.id, "the draft", &toml)?;
        let found = self.found(&adapter, first, &rules, &fields);
        let doubts = self.doubts(&adapter, first, &rules, &fields);
        let samples = self.samples();
        Ok(Draft { toml, found, samples, doubts })
    }

    fn toml(
        &self,
        settings: &DraftSettings,
        first: &First,
        rules: &[Rule],
        fields: &Fields,
        rows: Option<&Rows>,
        shares: Option<&Shares>,
    ) -> String {
        let mut out = String::new();
        out.push_str("# Drafted by `bavn site new`. Go through it line by line, then `bavn site check` and `bavn site dry-run`.\n");
        out.push_str(
            "# The samples beside it are pages of the site: put made-up people and numbers in before you share them.\n",
        );
        line(&mut out, "id     ", &text(&settings.id), "the folder's name; never changed: every ad is known by it");
        line(&mut out, "name   ", &text(&settings.name), "what people call it");
        line(&mut out, "owner  ", "\"not yet known\"", "who runs it: fill in");
        line(&mut out, "purpose", "\"not yet written\"", "what it is and why it is read: fill in");
        line(&mut out, "start  ", &list(&self.start), "");
        out.push('\n');
        line(&mut out, "fetch_images", "false", "true once the approval covers pictures: they are hashed and dropped");
        if fields.obscures_phone {
            line(
                &mut out,
                "obscures_phone",
                "true",
                "the site hides every number, so hiding says nothing about the writer",
            );
        }
        if !settings.allow_private.is_empty() {
            line(&mut out, "allow_private_addresses", &list(&settings.allow_private), "");
        }
        out.push_str(
            "\n# Without an approval the site is never crawled. A person who may decide that fills it in:\n# [approval]\n# by          = \
             \"\"             # who\n# at          = \"2026-00-00\"   # when\n# legal_basis = \"\"             # e.g. \"GDPR art. 6(1)(e), \
             art. 9(2)(g)\"\n# until       = \"2027-00-00\"   # the last day\n",
        );
        out.push_str(&format!(
            "\n[pacing]\ndelay_s = {:.1}   # least seconds between two requests\n",
            settings.delay_s
        ));
        self.listing(&mut out, first);
        out.push_str("\n[detail]\n");
        for rule in rules.iter().chain(&fields.posted_at).chain(&fields.images) {
            line(&mut out, &format!("{:<9}", rule.key), &rule.toml, &rule.why);
        }
        if !fields.fields.is_empty() {
            out.push_str("\n[detail.fields]\n");
            for rule in &fields.fields {
                line(&mut out, &format!("{:<9}", rule.key), &rule.toml, &rule.why);
            }
        }
        if let Some(rows) =
            rows.filter(|_| fields.fields.iter().chain(&fields.posted_at).any(|rule| rule.toml.contains("{ row =")))
        {
            out.push_str(
                "\n[detail.rows]   # a table of labels and values; every label is read, ignored, or an issue\n",
            );
            if let Some(item) = &rows.item {
                line(&mut out, "item   ", &text(item), "");
            }
            line(&mut out, "label  ", &text(&rows.label), "");
            if let Some(value) = &rows.value {
                line(&mut out, "value  ", &text(value), "");
            }
            let used = |label: &str| {
                fields
                    .fields
                    .iter()
                    .chain(&fields.posted_at)
                    .any(|rule| rule.toml.contains(&format!("row = {}", text(label))))
            };
            let mut ignored: Vec<String> = rows.others.iter().cloned().collect();
            ignored.extend(rows.known.values().map(|(label, _)| label.clone()).filter(|label| !used(label)));
            if !ignored.is_empty() {
                line(&mut out, "ignored", &list(&ignored), "are any of them worth a field?");
            }
        }
        out.push_str(
            "\n# What pages say of themselves. Look for such a page and save it as a sample; each line is a test or a list of them.\n# \
             [marks]\n# expired   = { select = \".notice\", text = \"udløbet\" }\n# no_ads    = { text = \"Ingen annoncer\" }\n# suspended = \
             { select = \".closed\" }\n# challenge = { select = \"form#captcha\" }\n",
        );
        let entries = match first {
            First::Html(cards) => cards.cards.len(),
            First::Feed { links, .. } => links.len(),
        };
        let least = (entries / 2).max(1);
        out.push_str(
            "\n[expect]   # outside these bounds a run fails, the last good data stay, and no ad counts as gone\n",
        );
        line(
            &mut out,
            "ads_min  ",
            &least.to_string(),
            &format!("{entries} were seen on the pages of the draft; set it to half of a whole run"),
        );
        line(&mut out, "ads_max  ", &(entries * 100).max(1000).to_string(), "set it to twice a whole run");
        if let Some(shares) = shares {
            for (key, share) in [("phone_min", shares.phone), ("price_min", shares.price), ("place_min", shares.place)]
            {
                if share > 0.0 {
                    let half = (share * 5.0).floor() / 10.0;
                    line(
                        &mut out,
                        key,
                        &format!("{half:.1}"),
                        &format!("{:.0} % of the draft's pages have one", share * 100.0),
                    );
                }
            }
        }
        out
    }

    fn listing(&self, out: &mut String, first: &First) {
        out.push_str("\n[listing]\n");
        match first {
            First::Feed { kind, id, .. } => {
                line(out, "kind ", &text(kind), "");
                line(out, "ad_id", &format!("{{ url = {} }}", text(&id.pattern)), "");
                if !id.dropped.is_empty() {
                    line(
                        out,
                        "drop_parameters",
                        &list(&id.dropped),
                        "the same in every link: they say nothing of the ad",
                    );
                }
            }
            First::Html(cards) => {
                line(
                    out,
                    "item ",
                    &text(&cards.item),
                    &format!("{} entries on the pages of the draft", cards.cards.len()),
                );
                if let Some(link) = &cards.link {
                    line(out, "link ", &text(link), "");
                }
                line(
                    out,
                    "ad_id",
                    &format!("{{ url = {} }}", text(&cards.id.pattern)),
                    "the part of the link that differs in every entry",
                );
                if !cards.ignored.is_empty() {
                    line(
                        out,
                        "ignored",
                        &list(&cards.ignored),
                        "dates and counters: they change while the ad stays as it is",
                    );
                }
                if !cards.id.dropped.is_empty() {
                    line(
                        out,
                        "drop_parameters",
                        &list(&cards.id.dropped),
                        "the same in every link: they say nothing of the ad",
                    );
                }
                match self.way() {
                    Some(way) => {
                        out.push_str(&format!("\n[listing.next]   # {}\n", way.why));
                        for way in &way.lines {
                            out.push_str(way);
                            out.push('\n');
                        }
                    }
                    None => out.push_str(
                        "\n# No way to a next page was seen: either there is one page, or look at the bottom of a longer listing.\n# \
                         [listing.next]\n# selector = \"a[rel=next]\"\n",
                    ),
                }
            }
        }
    }

    fn way(&self) -> Option<paging::Paging> {
        let here = || self.start.first().and_then(|url| Url::parse(url).ok());
        self.paging.clone().or_else(|| here().and_then(|here| paging::by_address(&here)))
    }

    fn found(&self, adapter: &Adapter, first: &First, rules: &[Rule], fields: &Fields) -> Vec<Found> {
        let listings: Vec<ListingRead> = self.listings.iter().map(|page| adapter.read_listing(page)).collect();
        let reads: Vec<DetailRead> = self.ads.iter().map(|(page, _)| adapter.read_detail(page)).collect();
        let mut found = Vec::new();
        let entries: usize = listings.iter().map(|read| read.items.len()).sum();
        let pages = listings.len();
        let with_items = listings.iter().filter(|read| !read.items.is_empty()).count();
        let (rule, why) = match first {
            First::Html(cards) => (
                cards.item.clone(),
                format!("{entries} entries that are written alike, each with a link of the same kind"),
            ),
            First::Feed { kind, .. } => ((*kind).to_owned(), format!("{entries} addresses of the same kind")),
        };
        found.push(Found { at: "listing.item".into(), rule, why, filled: with_items, pages, examples: Vec::new() });
        let id = match first {
            First::Html(cards) => &cards.id.pattern,
            First::Feed { id, .. } => &id.pattern,
        };
        let examples =
            listings.iter().flat_map(|read| &read.items).take(EXAMPLES).map(|item| item.ad_id.clone()).collect();
        let why = "the part of the link that differs in every entry".to_owned();
        found.push(Found { at: "listing.ad_id".into(), rule: id.clone(), why, filled: with_items, pages, examples });
        if let (Some(way), First::Html(_)) = (self.way(), first) {
            let filled = listings.iter().filter(|read| !read.next.is_empty()).count();
            found.push(Found {
                at: "listing.next".into(),
                rule: way.lines.join(", "),
                why: way.why,
                filled,
                pages,
                examples: Vec::new(),
            });
        }
        let all = rules.iter().chain(&fields.posted_at).chain(&fields.images).map(|rule| (rule, "detail"));
        for (rule, table) in all.chain(fields.fields.iter().map(|rule| (rule, "detail.fields"))) {
            let values: Vec<String> = reads.iter().filter_map(|read| value_of(read, rule.key)).collect();
            found.push(Found {
                at: format!("{table}.{}", rule.key),
                rule: rule.toml.clone(),
                why: rule.why.clone(),
                filled: values.len(),
                pages: reads.len(),
                examples: values.into_iter().take(EXAMPLES).collect(),
            });
        }
        found
    }

    /// What the draft could not make sure of.
    fn doubts(&self, adapter: &Adapter, first: &First, rules: &[Rule], fields: &Fields) -> Vec<String> {
        let mut doubts = Vec::new();
        if let First::Html(_) = first
            && self.paging.is_none()
        {
            doubts.push(match self.way() {
                Some(_) => {
                    "the way to the next page is guessed from the address: no page of the draft showed a link to it"
                        .to_owned()
                }
                None => "no way to a next page was seen: if the listing is longer than one page, write [listing.next]"
                    .to_owned(),
            });
        }
        for key in ["title", "body"] {
            if !rules.iter().any(|rule| rule.key == key) {
                doubts.push(format!("no {key} was found: write detail.{key}"));
            }
        }
        for key in ["phone", "price", "place"] {
            if !fields.fields.iter().any(|rule| rule.key == key) {
                doubts.push(format!("no field {key} was found; what stands in the text is read all the same"));
            }
        }
        let mut issues: Vec<String> = Vec::new();
        for (page, _) in &self.ads {
            issues.extend(
                adapter.read_detail(page).issues.into_iter().map(|issue| format!("{}: {}", issue.at, issue.what)),
            );
        }
        issues.sort();
        issues.dedup();
        doubts.extend(issues.into_iter().map(|issue| format!("the draft's own pages raise an issue: {issue}")));
        doubts.push(
            "marks of expired ads, empty listings, closed accounts and challenges were not seen: write [marks]"
                .to_owned(),
        );
        doubts
    }

    /// The pages that are kept as samples.
    fn samples(&self) -> Vec<(String, WantedKind, Page)> {
        let listings = self.listings.iter().take(2).enumerate();
        let listings = listings.map(|(at, page)| (format!("listing-{}", at + 1), WantedKind::Listing, page.clone()));
        let ads = self.ads.iter().take(3).enumerate();
        listings.chain(ads.map(|(at, (page, _))| (format!("ad-{}", at + 1), WantedKind::Ad, page.clone()))).collect()
    }
}

fn sample(page: &Page, card: Option<super::cards::Card>, first: &First) -> Sample {
    let ad_kind = match first {
        First::Html(cards) => Some(cards.kind.clone()),
        First::Feed { .. } => None,
    };
    Sample { page: page.clone(), document: Document::read(page, &[], &mut Issues::default()), card, ad_kind }
}

fn value_of(read: &DetailRead, key: &str) -> Option<String> {
    let content = read.content.as_ref()?;
    let value = match key {
        "title" => content.title.clone(),
        "body" => content.body.clone(),
        "posted_at" => content.posted_at.map(|time| time.to_string()).unwrap_or_default(),
        "images" if content.images.is_empty() => String::new(),
        "images" => format!("{} pictures", content.images.len()),
        field => content.fields.get(field).cloned().unwrap_or_default(),
    };
    (!value.is_empty()).then_some(value)
}

/// Shares of the draft's pages.
struct Shares {
    phone: f64,
    price: f64,
    place: f64,
}

impl Shares {
    fn of(adapter: &Adapter, ads: &[(Page, Option<super::cards::Card>)]) -> Shares {
        let reads: Vec<DetailRead> = ads.iter().map(|(page, _)| adapter.read_detail(page)).collect();
        let share = |key: &str| {
            reads.iter().filter(|read| value_of(read, key).is_some()).count() as f64 / reads.len().max(1) as f64
        };
        Shares { phone: share("phone"), price: share("price"), place: share("place") }
    }
}
