//! The report's parts but outreach.

use super::{count, heading, say, share_words, told, words};
use crate::document::{Block, Tongue, chart};
use crate::figures::{BAND, FORM, Figures, INDICATOR, LANGUAGE, MONTH, PLACE, REGION};
use crate::guard::cube::ALL;
use crate::source::Source;
use crate::stat::{Estimate, LEVEL, interval::wilson};
use std::collections::BTreeMap;

/// A cell of the cube by the values of a few dimensions.
pub(super) fn cell(figures: &Figures, at: &[(usize, usize)]) -> Option<u64> {
    let mut key = vec![ALL; figures.cube.dimensions().len()];
    at.iter().for_each(|(dimension, value)| key[*dimension] = *value as u16);
    figures.cube.shown(&key)
}

pub(super) fn values(figures: &Figures, dimension: usize) -> &[String] {
    figures.cube.dimensions().get(dimension).map_or(&[], |dimension| &dimension.values)
}

fn between(t: Tongue, estimate: &Estimate) -> String {
    let whole = |value: f64| t.whole(value.round().max(0.0) as u64);
    format!(
        "{} (95 %: {} {} {})",
        whole(estimate.value),
        whole(estimate.low),
        t.pick("til", "to"),
        whole(estimate.high)
    )
}

pub(super) fn summary(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Sammenfatning", "Summary"));
    let mut items = vec![match t {
        Tongue::Da => format!(
            "Der blev set {} annoncer fra {} annoncører på {} sider.",
            told(t, figures.shown(figures.ads)),
            told(t, figures.shown(figures.advertisers)),
            source.sites.len()
        ),
        Tongue::En => format!(
            "{} ads of {} advertisers were seen on {} sites.",
            told(t, figures.shown(figures.ads)),
            told(t, figures.shown(figures.advertisers)),
            source.sites.len()
        ),
    }];
    match &figures.how_many.between_sites {
        Some(found) => items.push(format!(
            "{} {}.",
            t.pick("Skøn over alle annoncører, set eller ej:", "Estimate of all advertisers, seen or not:"),
            between(t, &found.total)
        )),
        None => items.push(
            t.pick(
                "Hvor mange annoncører der er i alt, kan ikke skønnes: for få blev mødt på to sider.",
                "How many advertisers there are in all cannot be estimated: too few were met on two sites.",
            )
            .to_owned(),
        ),
    }
    let flagged = [2, 3].map(|band| cell(figures, &[(BAND, band)]));
    items.push(match t {
        Tongue::Da => format!(
            "Flere tegn fra kataloget peger samme vej hos {} i bånd mellem og {} i bånd høj. Det siger ikke, at nogen er offer.",
            told(t, flagged[0]),
            told(t, flagged[1])
        ),
        Tongue::En => format!(
            "Several signs of the catalogue point the same way for {} in band medium and {} in band high. It does not say that anybody is a victim.",
            told(t, flagged[0]),
            told(t, flagged[1])
        ),
    });
    let [people, answered, _, accepted, referred] = figures.outreach.steps(figures.cube.least());
    items.push(match t {
        Tongue::Da => format!(
            "{} personer eller grupper blev søgt; {} svarede, {} tog imod et tilbud, heraf {} henvist med samtykke.",
            told(t, people),
            told(t, answered),
            told(t, accepted),
            told(t, referred)
        ),
        Tongue::En => format!(
            "{} people or groups were approached; {} answered, {} accepted an offer, {} of them were referred with consent.",
            told(t, people),
            told(t, answered),
            told(t, accepted),
            told(t, referred)
        ),
    });
    blocks.push(Block::List(items));
}

pub(super) fn watched(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Hvad der blev set efter", "What was watched"));
    say(
        blocks,
        t.pick(
            "En dag er set, når mindst ét gennemsyn af hele siden lykkedes (for sider, hvis annoncer importeres: når mindst én annonce er set). Huller ligner færre annoncer i alle tal nedenfor.",
            "A day is watched when at least one look at the whole site succeeded (for sites of imported ads: when at least one ad was seen). Gaps look like fewer ads in all figures below.",
        ),
    );
    let mut by_site: BTreeMap<&str, [u64; 6]> = BTreeMap::new();
    for row in &figures.coverage {
        let sums = by_site.entry(&row.site).or_default();
        sums[0] += u64::from(row.days);
        sums[1] += u64::from(row.days_watched);
        sums[2] = sums[2].max(u64::from(row.longest_gap));
        sums[3] += row.runs.iter().sum::<u64>();
        sums[4] += row.pages;
        sums[5] += row.failures;
    }
    let name =
        |id: &str| source.sites.iter().find(|site| site.id == id).map_or(id.to_owned(), |site| site.name.clone());
    blocks.push(Block::Table {
        caption: t.pick("Dækning efter side", "Coverage by site").to_owned(),
        header: words(
            t,
            &[
                ("Side", "Site"),
                ("Dage", "Days"),
                ("Set", "Watched"),
                ("Længste hul, dage", "Longest gap, days"),
                ("Gennemsyn", "Looks"),
                ("Forespørgsler", "Requests"),
                ("Fejl", "Failures"),
            ],
        ),
        rows: by_site
            .iter()
            .map(|(site, sums)| std::iter::once(name(site)).chain(sums.iter().map(|sum| t.whole(*sum))).collect())
            .collect(),
    });
}

pub(super) fn forms(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Former for annoncering over tid", "Forms of advertising over time"));
    say(
        blocks,
        t.pick(
            "Formen læses af sidens egen kategori og af annoncens ord; hvor ingen af dem siger noget, er den uklar. En annoncør tælles i hver måned, hvor en af dens annoncer var oppe.",
            "The form is told from the site's own category and from words of the ad; where neither says, it is unclear. An advertiser counts in each month in which one of its ads was up.",
        ),
    );
    let months = values(figures, MONTH).to_vec();
    let series: Vec<(String, Vec<Option<u64>>)> = source
        .forms
        .iter()
        .enumerate()
        .map(|(form, named)| {
            let counts = (0..months.len()).map(|month| cell(figures, &[(MONTH, month), (FORM, form)])).collect();
            (t.of(&named.title).to_owned(), counts)
        })
        .collect();
    let caption = t.pick("Annoncører efter måned og form", "Advertisers by month and form");
    let drawn: Vec<(String, Vec<Option<f64>>)> = (series.iter())
        .map(|(name, counts)| (name.clone(), counts.iter().map(|count| count.map(|count| count as f64)).collect()))
        .collect();
    blocks.push(Block::Figure {
        caption: caption.to_owned(),
        drawing: chart::lines(
            t,
            &months,
            &drawn,
            false,
            t.pick("Tallene står i tabellen nedenfor.", "The numbers stand in the table below.").to_owned(),
        ),
    });
    let mut header = vec![t.pick("Måned", "Month").to_owned()];
    header.extend(series.iter().map(|(name, _)| name.clone()));
    header.push(t.pick("I alt", "All").to_owned());
    let rows = months
        .iter()
        .enumerate()
        .map(|(month, name)| {
            let mut row = vec![name.clone()];
            row.extend(series.iter().map(|(_, counts)| count(t, counts[month])));
            row.push(count(t, cell(figures, &[(MONTH, month)])));
            row
        })
        .collect();
    blocks.push(Block::Table { caption: caption.to_owned(), header, rows });
}

pub(super) fn places(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Steder", "Places"));
    let places = values(figures, PLACE);
    let shown = |place: usize| cell(figures, &[(PLACE, place)]);
    let counts: BTreeMap<String, u64> = places
        .iter()
        .enumerate()
        .filter(|(_, code)| code.len() == 4)
        .filter_map(|(at, code)| Some((code.clone(), shown(at).filter(|count| *count > 0)?)))
        .collect();
    let caption = t.pick("Annoncører efter kommune", "Advertisers by municipality");
    blocks.push(Block::Figure {
        caption: caption.to_owned(),
        drawing: chart::map(
            t,
            &counts,
            t.pick(
                "Kommuner, som færre end 20 annoncører nævner mest, er lagt sammen i deres region og står uden farve.",
                "Municipalities that fewer than 20 advertisers name most are merged within their region and stand without a colour.",
            )
            .to_owned(),
        ),
    });
    let name = |code: &str| match source.places.iter().find(|place| place.code == code) {
        Some(place) => place.name.clone(),
        None if code.starts_with("rest of unknown") => t.pick("Intet sted læst", "No place was read").to_owned(),
        None => format!("{} {}", t.pick("Resten af", "Rest of"), code.trim_start_matches("rest of ")),
    };
    let mut rows: Vec<(String, Option<u64>)> = places
        .iter()
        .enumerate()
        .map(|(at, code)| (name(code), shown(at)))
        .filter(|(_, count)| *count != Some(0))
        .collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    blocks.push(Block::Table {
        caption: caption.to_owned(),
        header: words(t, &[("Kommune", "Municipality"), ("Annoncører", "Advertisers")]),
        rows: rows.into_iter().map(|(name, number)| vec![name, count(t, number)]).collect(),
    });
    let regions = values(figures, REGION);
    let mut header = words(t, &[("Region", "Region"), ("Annoncører", "Advertisers")]);
    header.extend(source.forms.iter().map(|form| t.of(&form.title).to_owned()));
    let rows = regions
        .iter()
        .enumerate()
        .filter(|(at, _)| cell(figures, &[(REGION, *at)]) != Some(0))
        .map(|(at, region)| {
            let region = if region == "unknown" { t.pick("Ukendt", "Unknown") } else { region };
            let mut row = vec![region.to_owned(), count(t, cell(figures, &[(REGION, at)]))];
            row.extend((0..source.forms.len()).map(|form| count(t, cell(figures, &[(REGION, at), (FORM, form)]))));
            row
        })
        .collect();
    blocks.push(Block::Table {
        caption: t.pick("Annoncører efter region og form", "Advertisers by region and form").to_owned(),
        header,
        rows,
    });
}

/// Tables of one region or language.
pub(super) fn chosen(
    blocks: &mut Vec<Block>,
    source: &Source,
    figures: &Figures,
    (region, language): (Option<&str>, Option<&str>),
    t: Tongue,
) {
    let at = |dimension: usize, value: Option<&str>| {
        values(figures, dimension).iter().position(|known| Some(known.as_str()) == value)
    };
    let mut table = |caption: String, of: (usize, usize), by: usize, names: &dyn Fn(usize, &str) -> String| {
        let rows = values(figures, by)
            .iter()
            .enumerate()
            .map(|(number, name)| (names(number, name), cell(figures, &[of, (by, number)])))
            .filter(|(_, count)| *count != Some(0))
            .map(|(name, number)| vec![name, count(t, number)])
            .collect();
        let first = match by {
            MONTH => ("Måned", "Month"),
            FORM => ("Form", "Form"),
            _ => ("Bånd", "Band"),
        };
        let header = words(t, &[first, ("Annoncører", "Advertisers")]);
        blocks.push(Block::Table { caption, header, rows });
    };
    let plain = |_: usize, name: &str| name.to_owned();
    let form = |number: usize, name: &str| {
        source.forms.get(number).map_or(name.to_owned(), |form| t.of(&form.title).to_owned())
    };
    if let (Some(number), Some(name)) = (at(REGION, region), region) {
        let of = (REGION, number);
        table(format!("{name}: {}", t.pick("annoncører efter måned", "advertisers by month")), of, MONTH, &plain);
        table(format!("{name}: {}", t.pick("annoncører efter form", "advertisers by form")), of, FORM, &form);
        table(format!("{name}: {}", t.pick("annoncører efter bånd", "advertisers by band")), of, BAND, &plain);
    }
    if let (Some(number), Some(name)) = (at(LANGUAGE, language), language) {
        table(
            format!("{name}: {}", t.pick("annoncører efter bånd", "advertisers by band")),
            (LANGUAGE, number),
            BAND,
            &plain,
        );
    }
}

pub(super) fn volatility(blocks: &mut Vec<Block>, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Hvor flygtige annoncerne er", "How short-lived ads are"));
    let life = &figures.lifetimes;
    let [quarter, half, three] = life.quartiles.map(|days| match days {
        Some(days) => match t {
            Tongue::Da => format!("{days} dage"),
            Tongue::En => format!("{days} days"),
        },
        None => t.pick("ikke nået i perioden", "not reached within the period").to_owned(),
    });
    say(
        blocks,
        match t {
            Tongue::Da => format!(
                "Af annoncer, der begyndte i perioden, er {} kendt som væk og {} stadig oppe. En fjerdedel er væk efter {quarter}, halvdelen efter {half}, tre fjerdedele efter {three} (Kaplan og Meier).",
                count(t, figures.shown(life.ended)),
                count(t, figures.shown(life.up))
            ),
            Tongue::En => format!(
                "Of the ads that began in the period, {} are known to be gone and {} are still up. A quarter are gone after {quarter}, half after {half}, three quarters after {three} (Kaplan and Meier).",
                count(t, figures.shown(life.ended)),
                count(t, figures.shown(life.up))
            ),
        },
    );
}

pub(super) fn how_many(blocks: &mut Vec<Block>, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Hvor mange annoncører der er", "How many advertisers there are"));
    let how_many = &figures.how_many;
    say(
        blocks,
        t.pick(
            "Nogle annoncører bliver aldrig set. Hvor ofte de samme mødes to gange, siger noget om, hvor mange der ikke er mødt.",
            "Some advertisers are never seen. How often the same are met twice tells how many were not met.",
        ),
    );
    match &how_many.between_sites {
        Some(found) => {
            let pairs: Vec<String> =
                found.pairs.iter().map(|(a, b)| format!("{} – {}", found.sites[*a], found.sites[*b])).collect();
            say(
                blocks,
                match t {
                    Tongue::Da => format!(
                        "Mellem {} sider: {}. {} annoncører blev mødt på to sider eller flere. Metode: {}.",
                        found.sites.len(),
                        between(t, &found.total),
                        count(t, figures.shown(found.twice)),
                        if found.method == "chapman" {
                            "Chapman".to_owned()
                        } else {
                            format!("{} loglineære modeller, vejet", found.models)
                        }
                    ),
                    Tongue::En => format!(
                        "Between {} sites: {}. {} advertisers were met on two sites or more. Method: {}.",
                        found.sites.len(),
                        between(t, &found.total),
                        count(t, figures.shown(found.twice)),
                        if found.method == "chapman" {
                            "Chapman".to_owned()
                        } else {
                            format!("{} log-linear models, weighed", found.models)
                        }
                    ),
                },
            );
            if !pairs.is_empty() {
                say(
                    blocks,
                    format!(
                        "{} {}.",
                        t.pick("Sider, der følges ad i den bedste model:", "Sites that go together in the best model:"),
                        pairs.join("; ")
                    ),
                );
            }
            blocks.push(Block::Table {
                caption: t.pick("Annoncører mødt på hver side", "Advertisers met on each site").to_owned(),
                header: words(t, &[("Side", "Site"), ("Annoncører", "Advertisers")]),
                rows: found
                    .sites
                    .iter()
                    .zip(&found.met)
                    .map(|(site, met)| vec![site.clone(), count(t, figures.shown(*met))])
                    .collect(),
            });
        }
        None => say(
            blocks,
            t.pick(
                "Mellem sider: intet skøn, fordi færre end 7 annoncører blev mødt på to sider.",
                "Between sites: no estimate, since fewer than 7 advertisers were met on two sites.",
            ),
        ),
    }
    if let Some(found) = &how_many.over_days {
        let (once, twice, days) = how_many.once_twice_days;
        say(
            blocks,
            match t {
                Tongue::Da => format!(
                    "Over {days} dage: mindst {} (Chaos nedre grænse); {} blev set på netop én dag, {} på to.",
                    between(t, found),
                    count(t, figures.shown(once)),
                    count(t, figures.shown(twice))
                ),
                Tongue::En => format!(
                    "Over {days} days: at least {} (Chao's lower bound); {} were seen on one day alone, {} on two.",
                    between(t, found),
                    count(t, figures.shown(once)),
                    count(t, figures.shown(twice))
                ),
            },
        );
    }
    blocks.push(Block::List(words(
        t,
        &[
            ("Forudsat: ingen kommer til eller forsvinder i perioden. En lang periode gør skønnet for højt.", "Assumed: nobody comes or goes within the period. A long period makes the estimate too high."),
            ("Forudsat: alle er lige lette at møde. Er nogle sværere at møde, er skønnet for lavt.", "Assumed: all are equally easy to meet. Where some are harder to meet, the estimate is too low."),
            ("Forudsat: at stå på én side siger intet om at stå på en anden. Følges sider ad, er skønnet for lavt; udelukker de hinanden, for højt.", "Assumed: being on one site says nothing of being on another. Where sites go together, the estimate is too low; where they exclude each other, too high."),
            ("Forudsat: de samme genkendes. Overses det, er skønnet for højt; tages forskellige for én, for lavt.", "Assumed: the same are recognised. Where they are not, the estimate is too high; where different ones are taken for one, too low."),
        ],
    )));
}

pub(super) fn indicators(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Indikatorer", "Indicators"));
    let all = figures.advertisers;
    let mut rows: Vec<(usize, Option<u64>)> = (0..source.indicators.len())
        .map(|at| (at, cell(figures, &[(INDICATOR, at)])))
        .filter(|(_, count)| *count != Some(0))
        .collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let bars: Vec<(String, Option<f64>, Option<(f64, f64)>)> = rows
        .iter()
        .take(15)
        .map(|(at, count)| {
            let share = count.and_then(|count| wilson(count, all, LEVEL));
            (
                short(t.of(&source.indicators[*at].title), 30),
                share.map(|share| share.value),
                share.map(|share| (share.low, share.high)),
            )
        })
        .collect();
    blocks.push(Block::Figure {
        caption: t
            .pick(
                "De hyppigste: andel af annoncørerne, 95 %-interval",
                "The most frequent: share of advertisers, 95 % interval",
            )
            .to_owned(),
        drawing: chart::bars(
            t,
            &bars,
            true,
            t.pick("Tallene står i tabellen nedenfor.", "The numbers stand in the table below.").to_owned(),
        ),
    });
    blocks.push(Block::Table {
        caption: t
            .pick(
                "Indikatorer, der udløstes, med evidensgrad",
                "Indicators that fired, with the grade of their evidence",
            )
            .to_owned(),
        header: words(
            t,
            &[
                ("Indikator", "Indicator"),
                ("Grad", "Grade"),
                ("Gruppe", "Group"),
                ("Annoncører", "Advertisers"),
                ("Andel (95 %)", "Share (95 %)"),
                ("Bånd mellem", "Band medium"),
                ("Bånd høj", "Band high"),
            ],
        ),
        rows: rows
            .iter()
            .map(|(at, number)| {
                let indicator = &source.indicators[*at];
                let share = number.and_then(|count| wilson(count, all, LEVEL));
                vec![
                    t.of(&indicator.title).to_owned(),
                    indicator.grade.clone(),
                    indicator.group.clone(),
                    count(t, *number),
                    share.map_or("–".to_owned(), |share| share_words(t, Some(&share))),
                    count(t, cell(figures, &[(INDICATOR, *at), (BAND, 2)])),
                    count(t, cell(figures, &[(INDICATOR, *at), (BAND, 3)])),
                ]
            })
            .collect(),
    });
    say(
        blocks,
        t.pick(
            "Grader: A prøvet mod udfald; B+ tre slags kilder eller flere peger samme vej; B flere kilder; C svagt eller almindeligt; D modsagt, uden point.",
            "Grades: A tested against outcomes; B+ three or more kinds of source agree; B several sources; C weak or common; D contradicted, no points.",
        ),
    );
}

pub(super) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(most - 1).collect::<String>().trim_end())
}

pub(super) fn limits(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Grænser", "Limits"));
    let (cells, withheld) = figures.cube.withheld();
    let mut items = words(
        t,
        &[
            (
                "Der tælles annoncer, der kunne læses, ikke mennesker, der sælger sex, og ikke ofre.",
                "What is counted are ads that could be read, not people who sell sex, and not victims.",
            ),
            (
                "Et bånd er en rækkefølge for mennesker at læse efter. En person afgør hver sag.",
                "A band is an order in which people read. A person decides each case.",
            ),
            (
                "Udfald er, hvad opsøgende medarbejdere skrev. De, der ikke svarede, kan være anderledes end dem, der gjorde.",
                "Outcomes are what outreach workers recorded. Those who did not answer may differ from those who did.",
            ),
        ],
    );
    items.push(match t {
        Tongue::Da => format!(
            "Antal på 1 til {} annoncører og det, hvoraf de ville følge, er holdt tilbage: {withheld} af {cells} celler, {} af dem kun for at dække over andre.",
            figures.cube.least() - 1,
            figures.cube.covering()
        ),
        Tongue::En => format!(
            "Counts of 1 to {} advertisers, and those from which they would follow, are withheld: {withheld} of {cells} cells, {} of them only to cover others.",
            figures.cube.least() - 1,
            figures.cube.covering()
        ),
    });
    if source.made_of.not_analysed > 0 {
        items.push(format!(
            "{} {}",
            t.whole(source.made_of.not_analysed),
            t.pick(
                "annoncer i perioden var endnu ikke analyseret og er udeladt.",
                "ads of the period had not been analysed yet and are left out."
            )
        ));
    }
    blocks.push(Block::List(items));
}

pub(super) fn methods(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Bilag: metoder og udgaver", "Appendix: methods and versions"));
    say(
        blocks,
        t.pick(
            "Andele har Wilsons interval. Skøn mellem sider: to sider ved Chapman med Sadinles interval, tre til seks ved loglineære modeller vejet efter Akaikes kriterium. Over dage: Chao. Hvor intet er set i n: den eksakte grænse, omkring 3/n. Andele i det tilfældige udtræk vejes med det omvendte af udtræksandsynligheden. Levetider: Kaplan og Meier.",
            "Shares have Wilson's interval. Estimates between sites: two sites by Chapman with Sadinle's interval, three to six by log-linear models weighed by Akaike's criterion. Over days: Chao. Where nothing was seen in n: the exact bound, about 3/n. Shares of the random draw are weighted by the inverse of the inclusion probability. Lifetimes: Kaplan and Meier.",
        ),
    );
    let made = &source.made_of;
    let rows = [
        (t.pick("Kendt pr.", "As known at"), source.as_of.to_string()),
        (t.pick("Analyse pr.", "Analysis as of"), made.analysed_as_of.to_string()),
        (t.pick("Katalog", "Catalogue"), made.catalogue.clone()),
        (t.pick("Parametre", "Parameters"), made.parameters.clone()),
        (t.pick("Reference", "Reference"), made.reference.clone()),
        (t.pick("Program", "Program"), format!("bavn {}", made.code)),
        (t.pick("Grænse for små tal", "Limit of small counts"), figures.cube.least().to_string()),
    ];
    blocks.push(Block::Table {
        caption: t.pick("Hvad tallene er lavet af", "What made the figures").to_owned(),
        header: words(t, &[("Hvad", "What"), ("Udgave", "Version")]),
        rows: rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect(),
    });
}
