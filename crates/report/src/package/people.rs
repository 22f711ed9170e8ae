//! Rows about single advertisers, networks and ads. Advertisers and networks are coarsened until at least k are alike; ads are
//! given under a named agreement alone.

use super::Order;
use super::table::{Column, Kind, Table, Value};
use crate::guard::rows::{Check, Coarsened, Row, check, coarsen};
use crate::source::{Advertiser, Source};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Quasi-identifiers of advertisers' rows: what could be known of somebody from elsewhere.
pub(super) const QUASI: [&str; 6] = ["first_seen", "form", "region", "language", "ads", "sites"];
/// Said on every level where nothing is told.
const ANY: &str = "*";

pub(super) struct People {
    pub advertisers: Table,
    pub networks: Table,
    pub ads: Option<Table>,
    pub advertisers_check: Check,
    pub networks_check: Check,
}

pub(super) fn tables(source: &Source, order: &Order<'_>) -> People {
    let k = order.recipient.least.max(crate::guard::cube::LEAST) as usize;
    let (advertisers, advertisers_check) = advertisers(source, order, k);
    let (networks, networks_check) = networks(source, order, k);
    let ads = (order.recipient.ad_rows && !order.recipient.agreement.trim().is_empty()).then(|| ads(source, order));
    People { advertisers, networks, ads, advertisers_check, networks_check }
}

/// The half year of a day: `2026-H2`; the quarter: `2026-Q4`.
fn quarter(day: Date) -> String {
    format!("{}-Q{}", day.year(), (day.month() - 1) / 3 + 1)
}
fn half(day: Date) -> String {
    format!("{}-H{}", day.year(), (day.month() - 1) / 6 + 1)
}
fn class(count: usize) -> &'static str {
    match count {
        0 | 1 => "1",
        2..=4 => "2-4",
        5..=9 => "5-9",
        _ => "10 or more",
    }
}
fn wide_class(count: usize) -> &'static str {
    if count <= 1 { "1" } else { "2 or more" }
}
/// Regions east and west of the Great Belt; a region that is neither by name stays what it is.
fn side(region: &str) -> &str {
    match region {
        "Region Hovedstaden" | "Region Sjælland" | "Region Østdanmark" => "east",
        "Region Syddanmark" | "Region Midtjylland" | "Region Nordjylland" => "west",
        other => other,
    }
}
fn wide_language(language: &str) -> &'static str {
    match language {
        "da" => "da",
        "und" => "und",
        _ => "other than da",
    }
}

/// The levels of an advertiser, the finest first. Each level is coarser than the one before in some column and finer in none.
fn levels(source: &Source, advertiser: &Advertiser) -> Vec<Vec<String>> {
    let unclear = (source.forms.len().max(1) - 1) as u8;
    let first = advertiser.ads.iter().map(|ad| ad.first).min().unwrap_or(source.from).max(source.from);
    let form = source.forms.get(usize::from(advertiser.form(unclear))).map_or("unclear", |form| form.id.as_str());
    let region = advertiser.place().and_then(|place| source.places.get(usize::from(place)));
    let region = region.map_or("unknown", |place| place.region.as_str());
    let language = advertiser.language().unwrap_or_else(|| "und".to_owned());
    let (ads, sites) = (advertiser.ads.len(), advertiser.sites().len());
    let of = |values: [&str; 6]| values.map(str::to_owned).to_vec();
    let (quarter, half) = (quarter(first), half(first));
    vec![
        of([&quarter, form, region, &language, class(ads), wide_class(sites)]),
        of([&quarter, form, region, wide_language(&language), class(ads), wide_class(sites)]),
        of([&quarter, form, region, wide_language(&language), wide_class(ads), ANY]),
        of([&half, form, side(region), wide_language(&language), wide_class(ads), ANY]),
        of([&half, form, side(region), ANY, ANY, ANY]),
        of([ANY, form, ANY, ANY, ANY, ANY]),
        of([ANY, ANY, ANY, ANY, ANY, ANY]),
    ]
}

const BANDS: &str = "none, low, medium, high";

fn groups(source: &Source, indicators: &[u16]) -> String {
    let mut groups: Vec<&str> = indicators
        .iter()
        .filter_map(|at| source.indicators.get(usize::from(*at)))
        .filter(|indicator| indicator.role == "score")
        .map(|indicator| indicator.group.as_str())
        .collect();
    groups.sort_unstable();
    groups.dedup();
    groups.join(" ")
}

fn advertisers(source: &Source, order: &Order<'_>, k: usize) -> (Table, Check) {
    let rows: Vec<Row> = source
        .advertisers
        .iter()
        .map(|advertiser| Row {
            levels: levels(source, advertiser),
            sensitive: vec![advertiser.band.as_str().to_owned(), groups(source, &advertiser.indicators)],
        })
        .collect();
    let coarse = "* = not told: too few are alike";
    let columns = vec![
        Column::new(
            "advertiser",
            Kind::Text,
            "Pseudonym, kun for denne modtager",
            "Pseudonym, for this recipient alone",
            "links between ads",
        )
        .coded("a- and 16 characters"),
        Column::new(
            "first_seen",
            Kind::Text,
            "Kvartal eller halvår, hvor annoncøren først sås i perioden",
            "Quarter or half year in which the advertiser was first seen in the period",
            "sightings",
        )
        .coded(coarse),
        Column::new("form", Kind::Text, "Annoncens form", "Form of advertising", "site's category, words of the ad")
            .coded(coarse),
        Column::new(
            "region",
            Kind::Text,
            "Region, eller øst/vest for Storebælt",
            "Region, or east/west of the Great Belt",
            "places named in ads",
        )
        .coded(coarse),
        Column::new(
            "language",
            Kind::Text,
            "Sprog i de fleste annoncer (ISO 639-1)",
            "Language of most ads (ISO 639-1)",
            "text of ads",
        )
        .coded(coarse),
        Column::new(
            "ads",
            Kind::Text,
            "Antal annoncer i perioden, i klasser",
            "Ads in the period, in classes",
            "sightings",
        )
        .coded(coarse),
        Column::new("sites", Kind::Text, "Antal sider, i klasser", "Sites, in classes", "sightings").coded(coarse),
    ];
    let ids = source.advertisers.iter().map(|advertiser| (order.pseudonym)("advertiser", &advertiser.id));
    coarsened(Table::new("advertisers", "Annoncører, gjort grove", "Advertisers, coarsened", columns), ids, &rows, k)
}

/// In the order of pseudonyms: the order says nothing of who was seen first.
fn sort(table: &mut Table) {
    let key = |row: &Vec<Value>| match row.first() {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    table.rows.sort_by_key(key);
}

fn networks(source: &Source, order: &Order<'_>, k: usize) -> (Table, Check) {
    let rows: Vec<Row> = source
        .networks
        .iter()
        .map(|network| {
            let size = network.advertisers.len();
            let members = || network.advertisers.iter().filter_map(|at| source.advertisers.get(*at as usize));
            let ads: usize = members().map(|advertiser| advertiser.ads.len()).sum();
            let mut regions: Vec<&str> = members()
                .filter_map(|advertiser| advertiser.place())
                .filter_map(|place| source.places.get(usize::from(place)))
                .map(|place| place.region.as_str())
                .collect();
            regions.sort_unstable();
            regions.dedup();
            let wide = if regions.len() > 1 { "several regions" } else { "one region" };
            let of = |values: [&str; 3]| values.map(str::to_owned).to_vec();
            Row {
                levels: vec![
                    of([class(size), class(ads), wide]),
                    of([wide_class(size), class(ads), ANY]),
                    of([wide_class(size), ANY, ANY]),
                ],
                sensitive: vec![network.band.as_str().to_owned(), groups(source, &network.indicators)],
            }
        })
        .collect();
    let coarse = "* = not told: too few are alike";
    let columns = vec![
        Column::new(
            "network",
            Kind::Text,
            "Pseudonym, kun for denne modtager",
            "Pseudonym, for this recipient alone",
            "links between ads",
        ),
        Column::new(
            "advertisers",
            Kind::Text,
            "Antal annoncører, i klasser",
            "Advertisers, in classes",
            "links between ads",
        )
        .coded(coarse),
        Column::new("ads", Kind::Text, "Antal annoncer, i klasser", "Ads, in classes", "sightings").coded(coarse),
        Column::new("spread", Kind::Text, "En eller flere regioner", "One region or several", "places named in ads")
            .coded(coarse),
    ];
    let ids = source.networks.iter().map(|network| (order.pseudonym)("network", &network.id));
    coarsened(Table::new("networks", "Netværk, gjort grove", "Networks, coarsened", columns), ids, &rows, k)
}

/// Fills a table of rows that are alike: pseudonym, the values of the level at which k are, then band, groups and level, whose
/// columns follow those that the table has.
fn coarsened(mut table: Table, ids: impl Iterator<Item = String>, rows: &[Row], k: usize) -> (Table, Check) {
    table.columns.extend([
        Column::new("band", Kind::Text, "Vurderingens bånd", "Band of the assessment", "assessment").coded(BANDS),
        Column::new(
            "groups",
            Kind::Text,
            "Indikatorgrupper med point",
            "Groups of indicators with points",
            "assessment",
        )
        .missing("no indicator gave points"),
        Column::new("level", Kind::Int, "Grovhed: 0 er finest", "Coarseness: 0 is the finest", "coarsening"),
    ]);
    let done = coarsen(rows, k);
    for ((id, row), what) in ids.zip(rows).zip(&done) {
        let Coarsened::At(level) = what else { continue };
        let mut values: Vec<Value> = vec![id.into()];
        values.extend(row.levels[*level].iter().map(|value| Value::from(value.as_str())));
        let [band, groups] = &row.sensitive[..] else { continue };
        values.push(band.as_str().into());
        values.push(Some(groups.clone()).filter(|groups| !groups.is_empty()).into());
        values.push(Value::Int(*level as i64));
        table.rows.push(values);
    }
    sort(&mut table);
    (table, check(rows, &done))
}

/// Monday of a day's week: times are coarsened to weeks even under an agreement.
fn week(day: Date) -> Value {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    Value::Day(day.saturating_sub(jiff::Span::new().days(back)))
}

fn ads(source: &Source, order: &Order<'_>) -> Table {
    let columns = vec![
        Column::new(
            "ad",
            Kind::Text,
            "Pseudonym, kun for denne modtager",
            "Pseudonym, for this recipient alone",
            "crawl or import",
        ),
        Column::new(
            "advertiser",
            Kind::Text,
            "Annoncørens pseudonym",
            "Pseudonym of the advertiser",
            "links between ads",
        ),
        Column::new("network", Kind::Text, "Netværkets pseudonym", "Pseudonym of the network", "links between ads"),
        Column::new("site", Kind::Text, "Side", "Site", "crawl or import"),
        Column::new(
            "first_week",
            Kind::Day,
            "Mandag i ugen for første observation",
            "Monday of the week of the first sighting",
            "sightings",
        ),
        Column::new(
            "last_week",
            Kind::Day,
            "Mandag i ugen for sidste observation",
            "Monday of the week of the last sighting",
            "sightings",
        ),
        Column::new(
            "days_up",
            Kind::Int,
            "Dage i perioden, hvor annoncen sås",
            "Days of the period on which it was seen",
            "sightings",
        )
        .unit("days"),
        Column::new("gone", Kind::Flag, "Kendt som væk", "Known to be gone", "crawl"),
        Column::new("versions", Kind::Int, "Udgaver", "Versions", "crawl or import"),
        Column::new("form", Kind::Text, "Form", "Form of advertising", "site's category, words of the ad"),
        Column::new(
            "municipality",
            Kind::Text,
            "Kommunekode; små lagt sammen i regionen",
            "Municipality code; small ones merged within the region",
            "places named in the ad",
        )
        .missing("no place was read"),
        Column::new("language", Kind::Text, "Sprog (ISO 639-1)", "Language (ISO 639-1)", "text of the ad")
            .missing("no language was told"),
        Column::new("pictures", Kind::Int, "Antal billeder", "Pictures", "crawl or import"),
    ];
    let mut named: BTreeMap<u16, usize> = BTreeMap::new();
    for ad in source.advertisers.iter().flat_map(|advertiser| &advertiser.ads) {
        if let Some(place) = ad.place {
            *named.entry(place).or_default() += 1;
        }
    }
    let mut table = Table::new("ads", "Annoncer (efter navngiven aftale)", "Ads (under the named agreement)", columns);
    for advertiser in &source.advertisers {
        for ad in &advertiser.ads {
            let place = ad.place.and_then(|place| {
                let of = source.places.get(usize::from(place))?;
                let alone = named.get(&place).copied().unwrap_or(0) >= 20;
                Some(if alone { of.code.clone() } else { format!("rest of {}", of.region) })
            });
            table.rows.push(vec![
                (order.pseudonym)("ad", &ad.number.to_string()).into(),
                (order.pseudonym)("advertiser", &advertiser.id).into(),
                (order.pseudonym)("network", &advertiser.network).into(),
                source.sites.get(usize::from(ad.site)).map(|site| site.id.clone()).into(),
                week(ad.first),
                week(ad.last),
                Value::Int(ad.days.len() as i64),
                ad.gone.into(),
                ad.versions.into(),
                source.forms.get(usize::from(ad.form)).map(|form| form.id.clone()).into(),
                place.into(),
                ad.language.clone().into(),
                ad.pictures.into(),
            ]);
        }
    }
    sort(&mut table);
    table
}
