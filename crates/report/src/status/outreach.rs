//! Outreach in the report.

use super::{count, heading, say, share_words, told, words};
use crate::document::{Block, Tongue};
use crate::figures::{DECISION, Figures, Used};
use crate::guard::cube::ALL;
use crate::source::Source;
use crate::stat::Estimate;

pub(super) fn outreach(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    let out = &figures.outreach;
    heading(blocks, t.pick("Læsning, opsøgning og hjælp", "Reading, outreach and help"));
    let decisions = figures.cube.dimensions().get(DECISION).map_or(&[] as &[String], |dimension| &dimension.values);
    let rows = decisions
        .iter()
        .enumerate()
        .filter_map(|(at, decision)| {
            let mut key = vec![ALL; figures.cube.dimensions().len()];
            key[DECISION] = at as u16;
            let shown = figures.cube.shown(&key);
            (shown != Some(0)).then(|| vec![word(t, decision).to_owned(), count(t, shown)])
        })
        .collect();
    blocks.push(Block::Table {
        caption: t.pick("Annoncører efter gældende beslutning", "Advertisers by decision in force").to_owned(),
        header: [("Beslutning", "Decision"), ("Annoncører", "Advertisers")]
            .map(|(da, en)| t.pick(da, en).to_owned())
            .to_vec(),
        rows,
    });
    say(
        blocks,
        match (&figures.agreement, t) {
            (Some(found), Tongue::Da) => format!(
                "Læsernes enighed: {} sager blev læst af to uafhængigt af hinanden; de var enige i {}. Ud over det tilfældige (Cohens kappa): {} (95 %: {}–{}).",
                t.whole(found.cases),
                t.percent(found.share),
                t.decimal(found.kappa.value, 2),
                t.decimal(found.kappa.low, 2),
                t.decimal(found.kappa.high, 2)
            ),
            (Some(found), Tongue::En) => format!(
                "Agreement of readers: {} cases were read by two independently of each other; they agreed on {}. Beyond chance (Cohen's kappa): {} (95 %: {}–{}).",
                t.whole(found.cases),
                t.percent(found.share),
                t.decimal(found.kappa.value, 2),
                t.decimal(found.kappa.low, 2),
                t.decimal(found.kappa.high, 2)
            ),
            (None, _) => t
                .pick(
                    "Læsernes enighed: for få sager blev læst af to uafhængigt af hinanden til at opgøre den.",
                    "Agreement of readers: too few cases were read by two independently of each other to tell.",
                )
                .to_owned(),
        },
    );
    if out.attempts == 0 {
        say(
            blocks,
            t.pick(
                "Der er ikke registreret forsøg på kontakt i perioden.",
                "No attempt at contact was recorded in the period.",
            ),
        );
        return;
    }
    let [people, answered, informed, accepted, referred] = out.steps(figures.cube.least());
    say(
        blocks,
        match t {
            Tongue::Da => format!(
                "{} forsøg på kontakt til {} personer eller grupper. {} svarede, {} blev informeret, {} tog imod et tilbud, {} blev henvist med samtykke.",
                told(t, figures.shown(out.attempts)),
                told(t, people),
                told(t, answered),
                told(t, informed),
                told(t, accepted),
                told(t, referred)
            ),
            Tongue::En => format!(
                "{} attempts at contact with {} people or groups. {} answered, {} were informed, {} accepted an offer, {} were referred with consent.",
                told(t, figures.shown(out.attempts)),
                told(t, people),
                told(t, answered),
                told(t, informed),
                told(t, accepted),
                told(t, referred)
            ),
        },
    );
    methods(blocks, source, figures, t);
    compared(blocks, source, figures, t);
    missed(blocks, figures, t);
    super::validation::validation(blocks, source, figures, t);
    resources(blocks, source, figures, t);
}

fn named<'a>(source: &'a Source, code: &'a str, t: Tongue) -> &'a str {
    source.methods.iter().find(|named| named.id == code).map_or(code, |named| t.of(&named.title))
}

fn methods(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    let share = |estimate: &Option<Estimate>| share_words(t, estimate.as_ref());
    blocks.push(Block::Table {
        caption: t
            .pick("Metode ved første forsøg, efter udtræk (95 %)", "Method of the first attempt, by stratum (95 %)")
            .to_owned(),
        header: words(
            t,
            &[
                ("Metode", "Method"),
                ("Udtræk", "Stratum"),
                ("Personer", "People"),
                ("Svarede", "Answered"),
                ("Tog imod et tilbud", "Accepted an offer"),
            ],
        ),
        rows: (figures.outreach.methods.iter())
            .map(|method| {
                vec![
                    named(source, &method.method, t).to_owned(),
                    word(t, method.stratum).to_owned(),
                    count(t, method.people),
                    share(&method.answered),
                    share(&method.accepted),
                ]
            })
            .collect(),
    });
}

/// A difference of two shares in points of per cent.
fn points(t: Tongue, found: Option<&crate::figures::Difference>) -> Vec<String> {
    let Some(found) = found else {
        return vec![t.pick("holdt tilbage", "withheld").to_owned(); 2];
    };
    let [first, second] = found.shares.map(|share| t.percent(share));
    let part = |value: f64| t.decimal(value * 100.0, 1);
    let found = found.difference;
    vec![
        format!("{first} {} {second}", t.pick("mod", "against")),
        format!("{} ({} {} {})", part(found.value), part(found.low), t.pick("til", "to"), part(found.high)),
    ]
}

fn compared(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    let pairs = &figures.outreach.compared;
    if pairs.is_empty() {
        say(
            blocks,
            t.pick(
                "Metoden vælges af medarbejderen og ikke ved lodtrækning; forskelle mellem metoder er derfor ikke deres virkning og er ikke regnet ud.",
                "The method is chosen by the worker and not by lot; differences between methods are therefore not their effect and are not computed.",
            ),
        );
        return;
    }
    say(
        blocks,
        t.pick(
            "Hvor metoden er trukket ved lod, er de, som lodtrækningen kunne give begge metoder, sammenlignet, som loddet faldt: også de tæller, som ingen nåede at søge, eller som blev søgt på anden vis. Forskellen er i procentpoint, den første metode minus den anden. De øvrige forskelle mellem metoder i tabellen ovenfor er valgt af medarbejdere og er ikke en virkning.",
            "Where the method was drawn by lot, those for whom either of two methods could have been drawn are compared as the lot fell: whoever nobody came to approach, or who was approached another way, counts too. The difference is in percentage points, the first method minus the second. Other differences between methods in the table above were chosen by workers and are no effect.",
        ),
    );
    blocks.push(Block::Table {
        caption: t
            .pick("Metoder mod hinanden, som loddet faldt (95 %)", "Methods against each other, as drawn by lot (95 %)")
            .to_owned(),
        header: words(
            t,
            &[
                ("Metoder", "Methods"),
                ("Trukket for", "Drawn for"),
                ("Svarede", "Answered"),
                ("Forskel", "Difference"),
                ("Tog imod et tilbud", "Accepted an offer"),
                ("Forskel, tilbud", "Difference, offer"),
            ],
        ),
        rows: (pairs.iter())
            .map(|pair| {
                let [first, second] = pair.methods.each_ref().map(|code| named(source, code, t));
                let people = pair.people.map_or_else(
                    || t.pick("holdt tilbage", "withheld").to_owned(),
                    |[first, second]| format!("{} {} {}", t.whole(first), t.pick("mod", "against"), t.whole(second)),
                );
                let mut row = vec![format!("{first} – {second}"), people];
                row.extend(points(t, pair.answered.as_ref()));
                row.extend(points(t, pair.accepted.as_ref()));
                row
            })
            .collect(),
    });
}

fn missed(blocks: &mut Vec<Block>, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Hvad reglerne overser", "What the rules miss"));
    match &figures.outreach.missed {
        None => say(
            blocks,
            t.pick(
                "Intet tilfældigt udtræk af annoncører, som reglerne ikke markerer, er godkendt og trukket i perioden. Hvad de overser, vides derfor ikke.",
                "No random draw of advertisers whom the rules do not flag was approved and made in the period. What they miss is therefore not known.",
            ),
        ),
        Some(missed) => {
            let [drawn, approached, answered] = missed.steps(figures.cube.least());
            let mut text = match t {
                Tongue::Da => format!(
                    "{} blev trukket tilfældigt, {} søgt, {} svarede.",
                    told(t, drawn),
                    told(t, approached),
                    told(t, answered)
                ),
                Tongue::En => format!(
                    "{} were drawn at random, {} approached, {} answered.",
                    told(t, drawn),
                    told(t, approached),
                    told(t, answered)
                ),
            };
            match (&missed.share, missed.upper_bound) {
                (Some(found), _) => text.push_str(&format!(
                    " {} {} (95 %: {}–{}).",
                    t.pick("Vejet andel, der tog imod et tilbud:", "Weighted share who accepted an offer:"),
                    t.percent(found.value),
                    t.percent(found.low),
                    t.percent(found.high)
                )),
                (None, Some(bound)) => text.push_str(&format!(
                    " {} {}.",
                    t.pick("Ingen af dem tog imod et tilbud; andelen er højst", "None of them accepted an offer; the share is at most"),
                    t.percent(bound)
                )),
                (None, None) => text.push_str(t.pick(" For få til et skøn.", " Too few for an estimate.")),
            }
            say(blocks, text);
        }
    }
}

fn resources(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    heading(blocks, t.pick("Brug af ressourcer", "Use of resources"));
    let (out, used) = (&figures.outreach, &figures.outreach.resources.used);
    if out.steps(figures.cube.least())[0].is_none() {
        say(
            blocks,
            t.pick(
                "Så få blev søgt, at timer og udgifter er holdt tilbage: de ville fortælle, hvad der blev gjort for hver enkelt.",
                "So few were approached that hours and cost are withheld: they would tell what was done for each of them.",
            ),
        );
        return;
    }
    let (noted, attempts) =
        (count(t, figures.shown(out.resources.with_minutes)), count(t, figures.shown(out.attempts)));
    let hours = t.decimal(used.hours, 1);
    say(
        blocks,
        match (t, used.cost_kr) {
            (Tongue::Da, Some(cost)) => format!(
                "{hours} arbejdstimer er noteret for {noted} af {attempts} forsøg. Timerne til programmets takster og udgifter ved hvert forsøg er {} kr. Tid, som ingen noterede, er ikke med: tallene er så det mindste, det kostede.",
                t.whole(cost.round() as u64)
            ),
            (Tongue::En, Some(cost)) => format!(
                "{hours} hours of work were noted for {noted} of {attempts} attempts. The hours at the programme's rates and the expenses of each attempt come to {} kr. Time that nobody noted is not in it: the figures are then the least that it cost.",
                t.whole(cost.round() as u64)
            ),
            (Tongue::Da, None) => format!(
                "{hours} arbejdstimer er noteret for {noted} af {attempts} forsøg. Programmet nævner ingen takster, så udgiften i kroner kendes ikke."
            ),
            (Tongue::En, None) => format!(
                "{hours} hours of work were noted for {noted} of {attempts} attempts. The programme names no rates, so the cost in kroner is not known."
            ),
        },
    );
    let cell = |hours: Option<f64>, cost: Option<f64>| match (hours, cost) {
        (None, None) => "–".to_owned(),
        (Some(hours), None) => format!("{} {}", t.decimal(hours, 1), t.pick("t", "h")),
        (None, Some(cost)) => format!("{} kr.", t.whole(cost.round() as u64)),
        (Some(hours), Some(cost)) => {
            format!("{} {}, {} kr.", t.decimal(hours, 1), t.pick("t", "h"), t.whole(cost.round() as u64))
        }
    };
    let cells = |used: &Used| {
        let each = [used.per_attempt, used.per_answer, used.per_accepted];
        let mut cells = vec![cell(Some(used.hours), used.cost_kr)];
        cells.extend(each.iter().map(|each| cell(each.hours, each.cost_kr)));
        cells
    };
    let mut rows = vec![[vec![t.pick("Alle", "All").to_owned(), "–".to_owned()], cells(used)].concat()];
    rows.extend(out.methods.iter().filter_map(|method| {
        let names = vec![named(source, &method.method, t).to_owned(), word(t, method.stratum).to_owned()];
        Some([names, cells(method.used.as_ref()?)].concat())
    }));
    blocks.push(Block::Table {
        caption: t
            .pick(
                "Timer og kroner, i alt og for hver, efter første forsøgs metode",
                "Hours and kroner, in all and for each, by method of the first attempt",
            )
            .to_owned(),
        header: words(
            t,
            &[
                ("Metode", "Method"),
                ("Udtræk", "Stratum"),
                ("I alt", "In all"),
                ("Pr. forsøg", "An attempt"),
                ("Pr. kontakt", "A contact"),
                ("Pr. tilbud", "An offer"),
            ],
        ),
        rows,
    });
    say(
        blocks,
        t.pick(
            "En kontakt er en, der svarede; et tilbud er et, der blev taget imod. En streg: holdt tilbage, eller der var ingen.",
            "A contact is somebody who answered; an offer is one that was accepted. A dash: withheld, or there was none.",
        ),
    );
}

/// The word of a code.
pub(super) fn word(t: Tongue, code: &str) -> &str {
    match code {
        "none" => t.pick("ingen endnu", "none yet"),
        "offer_outreach" => t.pick("tilbyd kontakt", "offer outreach"),
        "watch" => t.pick("følg", "watch"),
        "no_concern" => t.pick("ingen bekymring", "no concern"),
        "spam" => t.pick("spam eller svindel", "spam or scam"),
        "refer" => t.pick("henvis", "refer"),
        "urgent" => t.pick("haster", "urgent"),
        "flagged" => t.pick("markeret", "flagged"),
        "random" => t.pick("tilfældigt", "random"),
        "other" => t.pick("uden liste", "no list"),
        "low" => t.pick("lav", "low"),
        "medium" => t.pick("mellem", "medium"),
        "high" => t.pick("høj", "high"),
        other => other,
    }
}
