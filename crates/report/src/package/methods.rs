//! Tables on methods of outreach: compared by lot, what they took; and who answered, and what follows for grades.

use super::table::{Column, Kind, Table, Value};
use crate::figures::{Figures, Used};
use crate::source::Source;

const FEW: &str = "withheld: it would tell of fewer than the limit";

pub(super) fn compared(figures: &Figures) -> Table {
    let mut columns = vec![
        Column::new("first", Kind::Text, "Første metode", "First method", "lot"),
        Column::new("second", Kind::Text, "Anden metode", "Second method", "lot"),
        Column::new("first_people", Kind::Int, "Trukket til den første", "Drawn for the first", "lot").missing(FEW),
        Column::new("second_people", Kind::Int, "Trukket til den anden", "Drawn for the second", "lot").missing(FEW),
    ];
    for (name, da, en) in [("answered", "svarede", "answered"), ("accepted", "tog imod et tilbud", "accepted an offer")]
    {
        for (part, part_da, part_en) in [
            ("first", "Andel af de første, der", "Share of the first who"),
            ("second", "Andel af de andre, der", "Share of the second who"),
            ("difference", "Forskel på andele, der", "Difference of shares who"),
            ("low", "Nedre grænse (95 %) for forskellen, der", "Lower limit (95 %) of the difference who"),
            ("high", "Øvre grænse (95 %) for forskellen, der", "Upper limit (95 %) of the difference who"),
        ] {
            let (name, da, en) = (format!("{name}_{part}"), format!("{part_da} {da}"), format!("{part_en} {en}"));
            columns.push(Column::new(&name, Kind::Real, &da, &en, "outreach workers").missing(FEW));
        }
    }
    let mut table = Table::new(
        "outreach_compared",
        "Metoder mod hinanden, som loddet faldt",
        "Methods against each other, as drawn by lot",
        columns,
    );
    for pair in &figures.outreach.compared {
        let mut row: Vec<Value> = pair.methods.iter().map(|method| method.as_str().into()).collect();
        row.extend([0, 1].map(|at| Value::from(pair.people.map(|people| people[at]))));
        for found in [pair.answered, pair.accepted] {
            row.extend([0, 1].map(|at| Value::from(found.map(|found| found.shares[at]))));
            let of = found.map(|found| found.difference);
            row.extend([of.map(|e| e.value).into(), of.map(|e| e.low).into(), of.map(|e| e.high).into()]);
        }
        table.rows.push(row);
    }
    table
}

pub(super) fn resources(figures: &Figures) -> Table {
    let no_rates = "withheld, there was none, or the programme names no rates";
    let mut columns = vec![
        Column::new("method", Kind::Text, "Første forsøgs metode", "Method of the first attempt", "outreach workers")
            .coded("a method's code; all = every attempt"),
        Column::new("stratum", Kind::Text, "Udtræk", "Stratum", "contact list").coded("flagged, random, other, all"),
        Column::new("hours", Kind::Real, "Arbejdstimer noteret", "Hours of work noted", "outreach workers")
            .unit("hours"),
        Column::new("cost", Kind::Real, "Udgift", "Cost", "hours at the programme's rates, expenses of attempts")
            .unit("DKK")
            .missing("the programme names no rates"),
    ];
    for (name, da, en) in [
        ("attempt", "forsøg", "attempt"),
        ("contact", "person, der svarede", "person who answered"),
        ("offer", "tilbud, der blev taget imod", "offer that was accepted"),
    ] {
        let (hours, cost) = (format!("hours_per_{name}"), format!("cost_per_{name}"));
        let hours =
            Column::new(&hours, Kind::Real, &format!("Timer pr. {da}"), &format!("Hours for each {en}"), "computed");
        columns.push(hours.unit("hours").missing("withheld, or there was none"));
        let cost =
            Column::new(&cost, Kind::Real, &format!("Udgift pr. {da}"), &format!("Cost for each {en}"), "computed");
        columns.push(cost.unit("DKK").missing(no_rates));
    }
    let mut table = Table::new("resources", "Brug af ressourcer", "Use of resources", columns);
    let row = |method: &str, stratum: &str, used: &Used| {
        let mut row: Vec<Value> = vec![method.into(), stratum.into(), used.hours.into(), used.cost_kr.into()];
        for each in [used.per_attempt, used.per_answer, used.per_accepted] {
            row.extend([Value::from(each.hours), Value::from(each.cost_kr)]);
        }
        row
    };
    if figures.outreach.steps(figures.cube.least())[0].is_some_and(|people| people > 0) {
        table.rows.push(row("all", "all", &figures.outreach.resources.used));
    }
    for method in &figures.outreach.methods {
        if let Some(used) = &method.used {
            table.rows.push(row(&method.method, method.stratum, used));
        }
    }
    table
}

pub(super) fn strata(figures: &Figures) -> Table {
    let columns = vec![
        Column::new("against", Kind::Text, "Holdt op mod", "Held against", "see METHODS").coded("outcomes, decisions"),
        Column::new("stratum", Kind::Text, "Udtræk", "Stratum", "contact list, assessment")
            .coded("flagged, random; bands, joined by + where too few answered"),
        Column::new("asked", Kind::Int, "Spurgt", "Asked", "counted").missing(FEW),
        Column::new("answered", Kind::Int, "Svarede", "Answered", "counted").missing(FEW),
        Column::new(
            "enough",
            Kind::Flag,
            "Svar nok til forhold",
            "Answers enough for ratios",
            "at least 30 in each stratum",
        ),
    ];
    let mut table = Table::new("validation_strata", "Svar efter udtræk", "Answers by stratum", columns);
    for (name, against) in [("outcomes", &figures.validation.outcomes), ("decisions", &figures.validation.decisions)] {
        for stratum in &against.strata {
            let [asked, answered, _] = figures.stratum(stratum);
            table.rows.push(vec![
                name.into(),
                stratum.name.as_str().into(),
                asked.into(),
                answered.into(),
                against.enough.into(),
            ]);
        }
    }
    table
}

pub(super) fn proposals(source: &Source, figures: &Figures) -> Table {
    let columns = vec![
        Column::new("indicator", Kind::Text, "Indikator", "Indicator", "catalogue"),
        Column::new("grade", Kind::Text, "Nuværende evidensgrad", "Present grade of evidence", "catalogue"),
        Column::new("proposed", Kind::Text, "Foreslået evidensgrad", "Proposed grade of evidence", "computed"),
        Column::new("because", Kind::Text, "Grundlag", "Grounds", "computed").coded("outcomes, decisions"),
        Column::new("ratio", Kind::Real, "Sandsynlighedsforhold, udløst", "Likelihood ratio, fired", "computed"),
        Column::new("low", Kind::Real, "Nedre grænse", "Lower limit", "computed"),
        Column::new("high", Kind::Real, "Øvre grænse", "Upper limit", "computed"),
    ];
    let mut table = Table::new(
        "validation_proposals",
        "Forslag til evidensgrader, som en forsker afgør",
        "Proposals for grades of evidence, for a researcher to decide",
        columns,
    );
    for proposal in &figures.validation.proposals {
        let Some(indicator) = source.indicators.get(proposal.indicator) else { continue };
        table.rows.push(vec![
            indicator.id.as_str().into(),
            proposal.from.as_str().into(),
            proposal.to.into(),
            proposal.because.into(),
            proposal.ratio.value.into(),
            proposal.ratio.low.into(),
            proposal.ratio.high.into(),
        ]);
    }
    table
}
