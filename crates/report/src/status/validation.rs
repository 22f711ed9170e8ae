//! Indicators against outcomes and decisions in the report, and what follows for their grades.

use super::outreach::word;
use super::{GradeProposal, count, heading, say, share_words, words};
use crate::document::{Block, Tongue};
use crate::figures::{Against, ENOUGH, Figures, Tested};
use crate::source::Source;
use crate::stat::Estimate;

/// Beyond it an upper limit says no more than that there is none.
const FAR: f64 = 1_000.0;

pub(super) fn validation(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    let found = &figures.validation;
    heading(blocks, t.pick("Indikatorer mod udfald og beslutninger", "Indicators against outcomes and decisions"));
    say(
        blocks,
        t.pick(
            "Præcision er den vejede andel af ja, hvor indikatoren var udløst. Forholdet siger, hvor meget oftere den udløses, hvor svaret var ja, end hvor det var nej; dets interval gælder samlet for alle indikatorer i tabellen (Bonferroni).",
            "Precision is the weighted share of yes where the indicator had fired. The ratio says how much more often it fires where the answer was yes than where it was no; its interval holds for all indicators of the table together (Bonferroni).",
        ),
    );
    blocks.push(Block::Heading(2, t.pick("Mod udfald", "Against outcomes").to_owned()));
    say(
        blocks,
        t.pick(
            "Ja er et tilbud, der blev taget imod; nej er ethvert andet svar fra personen selv. Vejet med det omvendte af sandsynligheden for at stå på listen. De, der ikke svarede, indgår ikke.",
            "Yes is an offer that was accepted; no is any other answer of the person herself. Weighted by the inverse of the probability of being on the list. Those who did not answer are not in it.",
        ),
    );
    against(blocks, (source, figures), &found.outcomes, t.pick("udfald", "outcomes"), t);
    blocks.push(Block::Heading(2, t.pick("Mod beslutninger", "Against decisions").to_owned()));
    say(
        blocks,
        t.pick(
            "Ja er en beslutning om, at noget skal ske (tilbyd kontakt, henvis, haster); nej er ingen bekymring. Følg og spam tæller ikke. Vejet med den andel af hvert bånd, der er afgjort; bånd med for få er slået sammen. Den, der afgør en sag, har set tegnene: det, tabellen viser, er derfor også vane.",
            "Yes is a decision that something should follow (offer outreach, refer, urgent); no is no concern. Watch and spam do not count. Weighted by the share of each band that was decided; bands with too few are joined. Who decides a case has seen the signs: what the table shows is therefore habit as well.",
        ),
    );
    against(blocks, (source, figures), &found.decisions, t.pick("beslutninger", "decisions"), t);
    blocks.push(Block::Heading(2, t.pick("Forslag til evidensgrader", "Proposals for grades of evidence").to_owned()));
    proposals(blocks, source, figures, t);
}

/// The tables against what `by` names; a reader who hears the page tells its tables apart by their captions.
fn against(blocks: &mut Vec<Block>, (source, figures): (&Source, &Figures), found: &Against, by: &str, t: Tongue) {
    let named = |name: &str| name.split('+').map(|part| word(t, part)).collect::<Vec<_>>().join(" + ");
    blocks.push(Block::Table {
        caption: format!("{} ({by})", t.pick("Hvem der svarede, efter udtræk", "Who answered, by stratum")),
        header: words(
            t,
            &[("Udtræk", "Stratum"), ("Spurgt", "Asked"), ("Svarede", "Answered"), ("Svarede ikke", "Did not answer")],
        ),
        rows: (found.strata.iter())
            .map(|stratum| {
                let counts = figures.stratum(stratum).map(|number| count(t, number));
                [vec![named(&stratum.name)], counts.to_vec()].concat()
            })
            .collect(),
    });
    if !found.enough {
        say(
            blocks,
            match t {
                Tongue::Da => format!("Ikke nok til forhold: der skal mindst {ENOUGH} svar til i hvert udtræk."),
                Tongue::En => format!("Not enough for ratios: at least {ENOUGH} answers are needed in each stratum."),
            },
        );
    }
    if found.indicators.is_empty() {
        return;
    }
    let told = |tested: &&Tested| tested.precision.is_some() || tested.ratios.is_some();
    let rows: Vec<Vec<String>> = (found.indicators.iter().filter(told))
        .filter_map(|tested| {
            let indicator = source.indicators.get(tested.indicator)?;
            let withheld = if found.enough { ("holdt tilbage", "withheld") } else { ("ikke nok", "not enough") };
            let ratio = |of: Option<Estimate>| {
                of.map_or_else(|| t.pick(withheld.0, withheld.1).to_owned(), |of| ratio_words(t, &of))
            };
            Some(vec![
                t.of(&indicator.title).to_owned(),
                indicator.grade.clone(),
                count(t, tested.fired),
                share_words(t, tested.precision.as_ref()),
                ratio(tested.ratios.map(|ratios| ratios.positive)),
                ratio(tested.ratios.map(|ratios| ratios.negative)),
            ])
        })
        .collect();
    let few = found.indicators.len() - rows.len();
    if few > 0 {
        say(
            blocks,
            match t {
                Tongue::Da => format!("{few} indikatorer var udløst hos for få til at vise noget."),
                Tongue::En => format!("{few} indicators had fired for too few to show anything."),
            },
        );
    }
    if rows.is_empty() {
        return;
    }
    blocks.push(Block::Table {
        caption: match t {
            Tongue::Da => {
                let level = t.decimal(found.level * 100.0, 2);
                format!("Præcision (95 %) og sandsynlighedsforhold ({level} %): {by}")
            }
            Tongue::En => {
                let level = t.decimal(found.level * 100.0, 2);
                format!("Precision (95 %) and likelihood ratios ({level} %): {by}")
            }
        },
        header: words(
            t,
            &[
                ("Indikator", "Indicator"),
                ("Grad", "Grade"),
                ("Svar, hvor udløst", "Answers where fired"),
                ("Præcision", "Precision"),
                ("Forhold, udløst", "Ratio, fired"),
                ("Forhold, ikke udløst", "Ratio, not fired"),
            ],
        ),
        rows,
    });
}

/// `2.10 (1.30–3.40)`.
pub(super) fn ratio_words(t: Tongue, ratio: &Estimate) -> String {
    let far = |part: f64| if part > FAR { format!("> {}", t.whole(FAR as u64)) } else { t.decimal(part, 2) };
    let [value, low, high] = [ratio.value, ratio.low, ratio.high].map(far);
    format!("{value} ({low}–{high})")
}

pub(super) fn offered(figures: &Figures, source: &Source, t: Tongue) -> Vec<GradeProposal> {
    let each = figures.validation.proposals.iter().filter_map(|proposal| {
        let indicator = source.indicators.get(proposal.indicator)?;
        let grounds = grounds(t, proposal.because);
        Some(GradeProposal {
            indicator: indicator.id.clone(),
            title: t.of(&indicator.title).to_owned(),
            from: proposal.from.clone(),
            to: proposal.to.to_owned(),
            because: format!("{grounds}: {}", ratio_words(t, &proposal.ratio)),
        })
    });
    each.collect()
}

fn grounds(t: Tongue, because: &str) -> &str {
    if because == "outcomes" { t.pick("udfald", "outcomes") } else { t.pick("beslutninger", "decisions") }
}

fn proposals(blocks: &mut Vec<Block>, source: &Source, figures: &Figures, t: Tongue) {
    let found = &figures.validation.proposals;
    if found.is_empty() {
        say(
            blocks,
            t.pick("Tallene taler ikke for at ændre nogen grad.", "The figures do not speak for changing any grade."),
        );
        return;
    }
    let rows = found.iter().filter_map(|proposal| {
        let indicator = source.indicators.get(proposal.indicator)?;
        // Their sum would tell the answers of a stratum that are withheld.
        let validation = &figures.validation;
        let against = if proposal.because == "outcomes" { &validation.outcomes } else { &validation.decisions };
        let all = against.strata.iter().all(|stratum| figures.stratum(stratum)[1].is_some());
        Some(vec![
            t.of(&indicator.title).to_owned(),
            proposal.from.clone(),
            proposal.to.to_owned(),
            grounds(t, proposal.because).to_owned(),
            ratio_words(t, &proposal.ratio),
            count(t, Some(proposal.answers).filter(|_| all)),
        ])
    });
    blocks.push(Block::Table {
        caption: t.pick("Forslag, som en forsker afgør", "Proposals, for a researcher to decide").to_owned(),
        header: words(
            t,
            &[
                ("Indikator", "Indicator"),
                ("Fra", "From"),
                ("Til", "To"),
                ("Grundlag", "Grounds"),
                ("Forhold", "Ratio"),
                ("Svar", "Answers"),
            ],
        ),
        rows: rows.collect(),
    });
}
