//! How values are spread, and how they move from month to month.

use super::parts::{cell, short, values};
use super::{count, heading, say, share_words, words};
use crate::document::{Block, Tongue, chart};
use crate::figures::{BAND, Figures, INDICATOR, LIFETIME, MONTH};
use crate::source::Source;
use crate::stat::LEVEL;
use crate::stat::interval::{difference, wilson};

/// Most indicators of the table of changes.
const MOST: usize = 15;

fn beside(t: Tongue) -> String {
    t.pick("Tallene står i tabellen nedenfor.", "The numbers stand in the table below.").to_owned()
}

/// Shares of all advertisers by the values of a dimension: bars, and the table that says the same.
fn spread(
    blocks: &mut Vec<Block>,
    figures: &Figures,
    t: Tongue,
    dimension: usize,
    names: &[&str],
    caption: &str,
    head: &str,
) {
    let all = figures.advertisers;
    let shown: Vec<Option<u64>> = (0..names.len()).map(|at| cell(figures, &[(dimension, at)])).collect();
    let share = |number: &Option<u64>| number.and_then(|number| wilson(number, all, LEVEL));
    let bars: Vec<_> = names
        .iter()
        .zip(&shown)
        .map(|(name, number)| {
            let share = share(number);
            ((*name).to_owned(), share.map(|share| share.value), share.map(|share| (share.low, share.high)))
        })
        .collect();
    blocks.push(Block::Figure { caption: caption.to_owned(), drawing: chart::bars(t, &bars, true, beside(t)) });
    blocks.push(Block::Table {
        caption: caption.to_owned(),
        header: [head, t.pick("Annoncører", "Advertisers"), t.pick("Andel (95 %)", "Share (95 %)")]
            .map(str::to_owned)
            .to_vec(),
        rows: names
            .iter()
            .zip(&shown)
            .map(|(name, number)| vec![(*name).to_owned(), count(t, *number), share_words(t, share(number).as_ref())])
            .collect(),
    });
}

pub(super) fn lifetimes(blocks: &mut Vec<Block>, figures: &Figures, t: Tongue) {
    let names =
        [("1 dag", "1 day"), ("2-7 dage", "2-7 days"), ("8-30 dage", "8-30 days"), ("over 30 dage", "over 30 days")]
            .map(|(da, en)| t.pick(da, en));
    let caption =
        t.pick("Annoncører efter deres længste annonces levetid", "Advertisers by the lifetime of their longest ad");
    spread(blocks, figures, t, LIFETIME, &names, caption, t.pick("Levetid", "Lifetime"));
}

pub(super) fn bands(blocks: &mut Vec<Block>, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Hvordan vurderingerne fordeler sig", "How assessments are spread"));
    let names =
        [("intet", "none"), ("lav", "low"), ("mellem", "medium"), ("høj", "high")].map(|(da, en)| t.pick(da, en));
    let caption = t.pick("Annoncører efter bånd, 95 %-interval", "Advertisers by band, 95 % interval");
    spread(blocks, figures, t, BAND, &names, caption, t.pick("Bånd", "Band"));
}

/// Shares by month of bands and of indicators: a rule that fires more often than before may have met other ads, or read them
/// otherwise.
pub(super) fn drift(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    blocks.push(Block::Heading(2, t.pick("Ændringer over tid", "Changes over time").to_owned()));
    let months = values(figures, MONTH).to_vec();
    let all: Vec<Option<u64>> = (0..months.len()).map(|month| cell(figures, &[(MONTH, month)])).collect();
    let bands =
        [(1, "lav", "low"), (2, "mellem", "medium"), (3, "høj", "high")].map(|(at, da, en)| (at, t.pick(da, en)));
    let of = |band: usize| -> Vec<Option<u64>> {
        (0..months.len()).map(|month| cell(figures, &[(MONTH, month), (BAND, band)])).collect()
    };
    let series: Vec<(String, Vec<Option<f64>>)> = bands
        .iter()
        .map(|(band, name)| {
            let shares = of(*band).into_iter().zip(&all).map(|(some, all)| {
                let all = all.filter(|all| *all > 0)?;
                some.map(|some| some as f64 / all as f64)
            });
            ((*name).to_owned(), shares.collect())
        })
        .collect();
    let caption = t.pick("Andel af månedens annoncører i hvert bånd", "Share of the month's advertisers in each band");
    // One month makes no line.
    if months.len() > 1 {
        blocks.push(Block::Figure {
            caption: caption.to_owned(),
            drawing: chart::lines(t, &months, &series, true, beside(t)),
        });
    }
    let mut header = words(t, &[("Måned", "Month"), ("Annoncører", "Advertisers")]);
    header.extend(bands.iter().map(|(_, name)| (*name).to_owned()));
    let rows = months
        .iter()
        .enumerate()
        .map(|(at, month)| {
            let mut row = vec![month.clone(), count(t, all[at])];
            row.extend(bands.iter().map(|(band, _)| match (of(*band)[at], all[at]) {
                (Some(some), Some(all)) if all > 0 => share_words(t, wilson(some, all, LEVEL).as_ref()),
                _ => share_words(t, None),
            }));
            row
        })
        .collect();
    blocks.push(Block::Table { caption: caption.to_owned(), header, rows });
    indicators(blocks, source, figures, &all, t);
}

fn indicators(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, all: &[Option<u64>], t: Tongue) {
    let months = values(figures, MONTH);
    let last = months.len().saturating_sub(1);
    let (Some(Some(first_all)), Some(Some(last_all)), true) = (all.first(), all.get(last), last > 0) else {
        say(
            blocks,
            t.pick(
                "Perioden har ikke to måneder at sammenligne indikatorer over.",
                "The period does not have two months over which to compare indicators.",
            ),
        );
        return;
    };
    let mut rows: Vec<_> = (0..source.indicators.len())
        .filter_map(|at| {
            let of = |month: usize| cell(figures, &[(MONTH, month), (INDICATOR, at)]);
            let (first, last) = (of(0)?, of(last)?);
            if first + last == 0 {
                return None;
            }
            Some((at, first, last, difference((last, *last_all), (first, *first_all), LEVEL)?))
        })
        .collect();
    rows.sort_by(|a, b| b.3.value.abs().total_cmp(&a.3.value.abs()).then(a.0.cmp(&b.0)));
    rows.truncate(MOST);
    let part = |value: f64| t.decimal(value * 100.0, 1);
    blocks.push(Block::Table {
        caption: t
            .pick(
                "Indikatorer, hvis andel ændrede sig mest fra første til sidste måned",
                "Indicators whose share changed most from the first month to the last",
            )
            .to_owned(),
        header: [
            t.pick("Indikator", "Indicator").to_owned(),
            months.first().cloned().unwrap_or_default(),
            months.last().cloned().unwrap_or_default(),
            t.pick("Forskel i procentpoint (95 %)", "Difference in percentage points (95 %)").to_owned(),
        ]
        .to_vec(),
        rows: rows
            .iter()
            .filter_map(|(at, first, last, change)| {
                let indicator = source.indicators.get(*at)?;
                Some(vec![
                    short(t.of(&indicator.title), 60),
                    t.percent(*first as f64 / (*first_all).max(1) as f64),
                    t.percent(*last as f64 / (*last_all).max(1) as f64),
                    format!(
                        "{} ({} {} {})",
                        part(change.value),
                        part(change.low),
                        t.pick("til", "to"),
                        part(change.high)
                    ),
                ])
            })
            .collect(),
    });
    say(
        blocks,
        t.pick(
            "Den første og den sidste måned kan være ufuldstændige. Annoncører, der var oppe i begge, gør intervallet bredere end nødvendigt. En stor ændring kan skyldes andre annoncer, en ny udgave af en indikator eller et hul i dækningen.",
            "The first and the last month may be incomplete. Advertisers who were up in both make the interval wider than need be. A large change may come from other ads, a new version of an indicator or a gap in coverage.",
        ),
    );
}
