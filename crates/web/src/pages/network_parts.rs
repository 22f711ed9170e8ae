//! What the pages of a case and of a network share: the picture of ties, ads by contact over time, places on the map,
//! judgements.

use super::decision::by_words;
use crate::AppState;
use crate::page::Page;
use crate::picture::{contacts, graph, map};
use domain::LinkKind;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{AdLabel, CaseLink, JudgementRow};

/// Ties that the picture on a network's page shows at most: the strongest.
pub const MOST_TIES: usize = 110;
/// Ties that the smaller picture on a case's page shows.
pub const FEW_TIES: usize = 40;

/// A tie as a row of a table.
pub struct LinkView {
    /// One ad.
    pub a: String,
    /// The other.
    pub b: String,
    /// What kind.
    pub kind: String,
    /// Letter in the picture.
    pub letter: &'static str,
    /// Weight.
    pub bits: String,
    /// Whether it joins.
    pub joins: String,
    /// Why.
    pub note: String,
    /// Where its evidence stands.
    pub href: String,
}

impl LinkView {
    /// As the page shows it.
    pub fn of(page: &Page, link: &CaseLink) -> Self {
        let joins = if link.outside {
            "link-outside"
        } else if link.joins {
            "link-joins-yes"
        } else {
            "link-joins-no"
        };
        Self {
            a: link.a.words.clone(),
            b: link.b.words.clone(),
            kind: page.t(&format!("link-{}", link.kind.as_str())),
            letter: graph::letter(link.kind),
            bits: page.decimal(&link.bits),
            joins: page.t(joins),
            note: page.of_both(&link.note).to_owned(),
            href: pair_href(&link.a, &link.b),
        }
    }
}

/// The page of two ads.
pub fn pair_href(a: &AdLabel, b: &AdLabel) -> String {
    format!("/pair/{}/{}", a.number.min(b.number), a.number.max(b.number))
}

/// A kind of tie in the legend.
pub struct LegendView {
    /// Class of its line.
    pub class: &'static str,
    /// Letter on its line.
    pub letter: &'static str,
    /// In words.
    pub words: String,
}

/// A picture of ties with its legend.
#[derive(Default)]
pub struct GraphView {
    /// Empty where there is nothing to draw, or too much.
    pub svg: String,
    /// The kinds that it shows.
    pub legend: Vec<LegendView>,
    /// More boxes than a picture holds.
    pub too_many: bool,
    /// Ties left out of the picture.
    pub more_ties: usize,
}

/// Draws boxes and the links between them. `node_of` gives each link's ends as places among the boxes.
pub fn graph_of(
    page: &Page,
    nodes: &[graph::Node],
    links: &[CaseLink],
    most: usize,
    node_of: impl Fn(&CaseLink) -> Option<(usize, usize)>,
) -> GraphView {
    if nodes.len() > graph::MOST_NODES {
        return GraphView { too_many: true, ..GraphView::default() };
    }
    let mut strongest: BTreeMap<(usize, usize, LinkKind), &CaseLink> = BTreeMap::new();
    for link in links.iter().filter(|link| !link.outside) {
        let Some((a, b)) = node_of(link).filter(|(a, b)| a != b) else { continue };
        let best = strongest.entry((a.min(b), a.max(b), link.kind)).or_insert(link);
        if (link.joins, link.bits) > (best.joins, best.bits) {
            *best = link;
        }
    }
    let mut ties: Vec<graph::Tie> = strongest
        .iter()
        .map(|((a, b, kind), link)| graph::Tie {
            a: *a,
            b: *b,
            kind: *kind,
            joins: link.joins,
            href: pair_href(&link.a, &link.b),
            words: page.t.vs(
                "graph-tie",
                &[
                    ("kind", page.t(&format!("link-{}", kind.as_str()))),
                    ("bits", page.decimal(&link.bits)),
                    ("a", nodes[*a].name.clone()),
                    ("b", nodes[*b].name.clone()),
                ],
            ),
        })
        .collect();
    // What joins comes first; the order of the rest is kept.
    ties.sort_by_key(|tie| !tie.joins);
    let more_ties = ties.len().saturating_sub(most);
    ties.truncate(most);
    let kinds: BTreeSet<LinkKind> = ties.iter().map(|tie| tie.kind).collect();
    let legend = kinds.into_iter().map(|kind| LegendView {
        class: class(kind),
        letter: graph::letter(kind),
        words: page.t(&format!("link-{}", kind.as_str())),
    });
    GraphView { svg: graph::draw(page.t, nodes, &ties), legend: legend.collect(), too_many: false, more_ties }
}

fn class(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Phone => "k-phone",
        LinkKind::Email => "k-email",
        LinkKind::Handle => "k-handle",
        LinkKind::Url => "k-url",
        LinkKind::Image => "k-image",
        LinkKind::Text => "k-text",
        LinkKind::Template => "k-template",
        LinkKind::Premises => "k-premises",
        LinkKind::Style => "k-style",
        LinkKind::Symbol => "k-symbol",
        LinkKind::Manual => "k-manual",
    }
}

/// An ad on the time line: pseudonyms, first and last sighting, name.
pub type Shown<'a> = (&'a [String], Timestamp, Timestamp, &'a str);

/// A contact in the table beside the time line.
pub struct ContactRow {
    /// Pseudonym.
    pub name: String,
    /// Ads.
    pub ads: i64,
    /// First sighting.
    pub first: String,
    /// Last sighting.
    pub last: String,
}

/// Ads by contact over time, and the table that says the same: contacts by first sighting.
pub fn by_contact<'a>(page: &Page, ads: impl Iterator<Item = Shown<'a>>) -> (String, Vec<ContactRow>) {
    let mut rows: HashMap<&str, Vec<(Timestamp, Timestamp, String)>> = HashMap::new();
    for (names, first, last, label) in ads {
        for name in names {
            rows.entry(name).or_default().push((first, last, label.to_owned()));
        }
    }
    let mut rows: Vec<contacts::Row> = rows
        .into_iter()
        .map(|(name, mut ads)| {
            ads.sort();
            contacts::Row { name: name.to_owned(), ads }
        })
        .collect();
    rows.sort_by(|a, b| (&a.ads, &a.name).cmp(&(&b.ads, &b.name)));
    let table = rows
        .iter()
        .map(|row| ContactRow {
            name: row.name.clone(),
            ads: row.ads.len() as i64,
            first: row.ads.iter().map(|ad| ad.0).min().map_or_else(String::new, |at| page.short_date(&at)),
            last: row.ads.iter().map(|ad| ad.1).max().map_or_else(String::new, |at| page.short_date(&at)),
        })
        .collect();
    (contacts::draw(page.t, &rows), table)
}

/// Places on the map.
pub fn map_of(state: &AppState, page: &Page, counts: impl Iterator<Item = (String, u32)>) -> String {
    let counts: Vec<map::Count> = counts
        .map(|(code, count)| {
            let name = state.settings.municipality(&code).to_owned();
            let words = page.t.vs("map-count", &[("place", name.clone()), ("ads", page.n("count-ads", count))]);
            map::Count { code, name, count, words }
        })
        .collect();
    map::draw(page.t, &counts)
}

/// A judgement in the history.
pub struct JudgementView {
    /// Its row.
    pub id: i64,
    /// What was judged.
    pub kind: String,
    /// On which two ads.
    pub ads: String,
    /// Where they stand.
    pub href: String,
    /// Why.
    pub reason: String,
    /// Who and when.
    pub who_and_when: String,
    /// Whether the analysis does as it says.
    pub effect: String,
    /// Who undid it, and when.
    pub undone: Option<String>,
}

impl JudgementView {
    /// As the page shows it.
    pub fn of(page: &Page, row: &JudgementRow) -> Self {
        Self {
            id: row.id.0,
            kind: page.t(&format!("judge-{}", row.kind.as_str())),
            ads: format!("{} – {}", row.ads.0.words, row.ads.1.words),
            href: pair_href(&row.ads.0, &row.ads.1),
            reason: row.reason.clone(),
            who_and_when: by_words(page, "by-name-at", &row.by, &row.at),
            effect: page.t(if row.in_effect { "judgement-in-effect" } else { "judgement-waits" }),
            undone: row.undone.as_ref().map(|(name, at)| by_words(page, "undone-by-name-at", name, at)),
        }
    }
}
