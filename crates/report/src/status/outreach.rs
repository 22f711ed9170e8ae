//! Outreach in the report.

use super::{count, heading, say};
use crate::document::{Block, Tongue};
use crate::figures::{DECISION, ENOUGH, Figures, Proposal};
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
                count(t, figures.shown(out.attempts)),
                count(t, people),
                count(t, answered),
                count(t, informed),
                count(t, accepted),
                count(t, referred)
            ),
            Tongue::En => format!(
                "{} attempts at contact with {} people or groups. {} answered, {} were informed, {} accepted an offer, {} were referred with consent.",
                count(t, figures.shown(out.attempts)),
                count(t, people),
                count(t, answered),
                count(t, informed),
                count(t, accepted),
                count(t, referred)
            ),
        },
    );
    let share = |estimate: &Option<Estimate>| match estimate {
        Some(e) => format!("{} ({}–{})", t.percent(e.value), t.decimal(e.low * 100.0, 1), t.decimal(e.high * 100.0, 1)),
        None => t.pick("holdt tilbage", "withheld").to_owned(),
    };
    blocks.push(Block::Table {
        caption: t
            .pick("Metode ved første forsøg, efter udtræk (95 %)", "Method of the first attempt, by stratum (95 %)")
            .to_owned(),
        header: [
            ("Metode", "Method"),
            ("Udtræk", "Stratum"),
            ("Personer", "People"),
            ("Svarede", "Answered"),
            ("Tog imod et tilbud", "Accepted an offer"),
        ]
        .map(|(da, en)| t.pick(da, en).to_owned())
        .to_vec(),
        rows: out
            .methods
            .iter()
            .map(|method| {
                let named = source.methods.iter().find(|named| named.id == method.method);
                vec![
                    named.map_or(method.method.clone(), |named| t.of(&named.title).to_owned()),
                    word(t, method.stratum).to_owned(),
                    count(t, method.people),
                    share(&method.answered),
                    share(&method.accepted),
                ]
            })
            .collect(),
    });
    say(
        blocks,
        t.pick(
            "Metoden vælges af medarbejderen og ikke ved lodtrækning; forskelle mellem metoder er derfor ikke deres virkning og er ikke regnet ud.",
            "The method is chosen by the worker and not by lot; differences between methods are therefore not their effect and are not computed.",
        ),
    );
    heading(blocks, t.pick("Hvad reglerne overser", "What the rules miss"));
    match &out.missed {
        None => say(
            blocks,
            t.pick(
                "Intet tilfældigt udtræk af annoncører, som reglerne ikke markerer, er godkendt og trukket i perioden. Hvad de overser, vides derfor ikke.",
                "No random draw of advertisers whom the rules do not flag was approved and made in the period. What they miss is therefore not known.",
            ),
        ),
        Some(missed) => {
            let mut text = match t {
                Tongue::Da => format!(
                    "{} blev trukket tilfældigt, {} søgt, {} svarede.",
                    count(t, figures.shown(missed.drawn)),
                    count(t, figures.shown(missed.approached)),
                    count(t, figures.shown(missed.answered))
                ),
                Tongue::En => format!(
                    "{} were drawn at random, {} approached, {} answered.",
                    count(t, figures.shown(missed.drawn)),
                    count(t, figures.shown(missed.approached)),
                    count(t, figures.shown(missed.answered))
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
    validation(blocks, source, figures, t);
    heading(blocks, t.pick("Brug af ressourcer", "Use of resources"));
    let used = &out.resources;
    let hours = |value: Option<f64>| value.map_or(t.pick("for få", "too few").to_owned(), |hours| t.decimal(hours, 1));
    say(
        blocks,
        match t {
            Tongue::Da => format!(
                "{} timer er noteret for {} af {} forsøg: {} timer for hver, der svarede, og {} for hvert tilbud, der blev taget imod. Løn og andre udgifter kendes ikke her.",
                t.decimal(used.minutes as f64 / 60.0, 1),
                t.whole(used.with_minutes),
                t.whole(out.attempts),
                hours(used.hours_per_answer),
                hours(used.hours_per_accepted)
            ),
            Tongue::En => format!(
                "{} hours were noted for {} of {} attempts: {} hours for each who answered and {} for each accepted offer. Pay and other costs are not known here.",
                t.decimal(used.minutes as f64 / 60.0, 1),
                t.whole(used.with_minutes),
                t.whole(out.attempts),
                hours(used.hours_per_answer),
                hours(used.hours_per_accepted)
            ),
        },
    );
}

fn validation(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    let found = &figures.validation;
    heading(blocks, t.pick("Indikatorer mod udfald", "Indicators against outcomes"));
    if found.indicators.is_empty() {
        say(
            blocks,
            match t {
                Tongue::Da => format!(
                    "Ikke nok: der skal mindst {ENOUGH} svar til blandt de markerede og blandt de tilfældigt trukne; der er {} og {}.",
                    count(t, figures.shown(found.flagged.1)),
                    count(t, figures.shown(found.random.1))
                ),
                Tongue::En => format!(
                    "Not enough: at least {ENOUGH} answers are needed among the flagged and among those drawn at random; there are {} and {}.",
                    count(t, figures.shown(found.flagged.1)),
                    count(t, figures.shown(found.random.1))
                ),
            },
        );
        return;
    }
    let (approached, answered) = (found.flagged.0 + found.random.0, found.flagged.1 + found.random.1);
    say(
        blocks,
        match t {
            Tongue::Da => format!(
                "Hvor meget oftere en indikator udløses hos dem, der tog imod et tilbud, end hos dem, der svarede og ikke gjorde. Vejet med udtræksandsynligheden; intervaller gælder samlet for {} indikatorer. {} af {} søgte svarede ikke og indgår ikke.",
                found.indicators.len(),
                t.whole(approached - answered),
                t.whole(approached)
            ),
            Tongue::En => format!(
                "How much more often an indicator fires among those who accepted an offer than among those who answered and did not. Weighted by inclusion probability; intervals hold for {} indicators together. {} of {} approached did not answer and are not in it.",
                found.indicators.len(),
                t.whole(approached - answered),
                t.whole(approached)
            ),
        },
    );
    let rows = found.indicators.iter().filter_map(|tested| {
        let indicator = source.indicators.get(tested.indicator)?;
        let ratio = tested.ratios.map_or_else(
            || t.pick("holdt tilbage", "withheld").to_owned(),
            |ratios| {
                let part = |value: f64| t.decimal(value, 2);
                format!(
                    "{} ({}–{})",
                    part(ratios.positive.value),
                    part(ratios.positive.low),
                    part(ratios.positive.high)
                )
            },
        );
        let proposal = match tested.proposal {
            Proposal::Raise => t.pick("overvej A", "consider A"),
            Proposal::Lower => t.pick("overvej lavere", "consider lower"),
            Proposal::Keep => t.pick("uændret", "unchanged"),
        };
        Some(vec![t.of(&indicator.title).to_owned(), indicator.grade.clone(), ratio, proposal.to_owned()])
    });
    blocks.push(Block::Table {
        caption: t
            .pick(
                "Sandsynlighedsforhold og forslag, som en forsker afgør",
                "Likelihood ratios and proposals, for a researcher to decide",
            )
            .to_owned(),
        header: [("Indikator", "Indicator"), ("Grad", "Grade"), ("Forhold", "Ratio"), ("Forslag", "Proposal")]
            .map(|(da, en)| t.pick(da, en).to_owned())
            .to_vec(),
        rows: rows.collect(),
    });
}

/// The word of a code.
fn word(t: Tongue, code: &str) -> &str {
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
        other => other,
    }
}
