//! Counts: the cube's tables, estimates, coverage, ties, indicators.

use super::table::{Column, Kind, Table, Value};
use crate::figures::{Against, Figures, TABLES};
use crate::guard::cube::ALL;
use crate::source::Source;
use crate::stat::Estimate;

pub(super) fn tables(source: &Source, figures: &Figures) -> Vec<Table> {
    let mut tables: Vec<Table> = TABLES.iter().map(|table| counts(figures, table)).collect();
    tables.extend([
        estimates(figures),
        outreach(figures),
        super::methods::compared(figures),
        super::methods::resources(figures),
        super::methods::strata(figures),
        validation(source, figures),
        super::methods::proposals(source, figures),
        coverage(figures),
        ties(source, figures),
        indicators(source),
    ]);
    tables
}

/// What a dimension means.
pub(super) fn meaning(name: &str) -> (&'static str, &'static str, &'static str) {
    match name {
        "month" => ("Måned, hvor en annonce var oppe", "Month in which an ad was up", "sightings"),
        "form" => ("Annoncens form", "Form of advertising", "site's category, words of the ad"),
        "region" => ("Region", "Region", "places named in ads"),
        "place" => (
            "Kommunekode; små lagt sammen i regionen",
            "Municipality code; small ones merged within the region",
            "places named in ads",
        ),
        "language" => {
            ("Sprog i de fleste annoncer; sjældne lagt sammen", "Language of most ads; rare ones merged", "text of ads")
        }
        "band" => ("Vurderingens bånd", "Band of the assessment", "assessment"),
        "indicator" => ("Indikator, der udløstes", "Indicator that fired", "assessment"),
        "decision" => ("Gældende beslutning", "Decision in force", "researchers"),
        "outcome" => ("Det udfald, der er nærmest hjælp", "Outcome that is nearest to help", "outreach workers"),
        "method" => ("Metode, hvormed der blev søgt kontakt", "Method of approach", "outreach workers"),
        "lifetime" => (
            "Længste annonces dage fra første til sidste observation",
            "Days from first to last sighting of the longest ad",
            "sightings",
        ),
        _ => ("Antal sider", "Number of sites", "sightings"),
    }
}

/// One table of the cube, with its sums (`all`).
fn counts(figures: &Figures, dimensions: &[usize]) -> Table {
    let cube = &figures.cube;
    let names: Vec<&str> =
        dimensions.iter().filter_map(|at| cube.dimensions().get(*at)).map(|d| d.name.as_str()).collect();
    let mut columns: Vec<Column> = names
        .iter()
        .map(|name| {
            let (da, en, from) = meaning(name);
            Column::new(name, Kind::Text, da, en, from).coded("see codebook; all = added up, each advertiser once")
        })
        .collect();
    columns.push(
        Column::new("advertisers", Kind::Int, "Antal annoncører", "Advertisers", "counted")
            .unit("advertisers")
            .missing("withheld: fewer than the limit, or a count from which one would follow"),
    );
    columns.push(Column::new("withheld", Kind::Flag, "Holdt tilbage", "Withheld", "suppression"));
    let title = names.join(", ");
    let mut table = Table::new(
        &format!("counts_{}", names.join("_")),
        &format!("Annoncører efter {title}"),
        &format!("Advertisers by {title}"),
        columns,
    );
    for (key, cell) in cube.cells() {
        let inside = key.iter().enumerate().all(|(at, value)| *value == ALL || dimensions.contains(&at));
        // Nobody is in it and nothing hides there: left out to keep the file short.
        if !inside || (cell.people == 0 && !cell.withheld) {
            continue;
        }
        let mut row: Vec<Value> = dimensions
            .iter()
            .map(|at| match key[*at] {
                ALL => "all".into(),
                value => cube.dimensions()[*at].values.get(usize::from(value)).cloned().into(),
            })
            .collect();
        row.push((!cell.withheld).then_some(cell.people).into());
        row.push(cell.withheld.into());
        table.rows.push(row);
    }
    table
}

fn estimates(figures: &Figures) -> Table {
    let columns = vec![
        Column::new("quantity", Kind::Text, "Hvad", "What", "see METHODS").coded("see codebook"),
        Column::new("value", Kind::Real, "Værdi", "Value", "computed").missing("not estimated: too little to go on"),
        Column::new("low", Kind::Real, "Nedre grænse, 95 %", "Lower limit, 95 %", "computed").missing("no interval"),
        Column::new("high", Kind::Real, "Øvre grænse, 95 %", "Upper limit, 95 %", "computed").missing("no interval"),
        Column::new("method", Kind::Text, "Metode", "Method", "see METHODS").missing("counted"),
    ];
    let mut table = Table::new("estimates", "Tal med intervaller", "Numbers with intervals", columns);
    let mut count = |name: &str, value: Option<u64>| {
        table.rows.push(vec![
            name.into(),
            value.map(|v| v as f64).into(),
            Value::Missing,
            Value::Missing,
            Value::Missing,
        ]);
    };
    let [people, answered, _, accepted, referred] = figures.outreach.steps(figures.cube.least());
    for (name, value) in [
        ("ads", figures.shown(figures.ads)),
        ("ad_versions", figures.shown(figures.versions)),
        ("advertisers_seen", figures.shown(figures.advertisers)),
        ("networks", figures.shown(figures.networks)),
        ("attempts", figures.shown(figures.outreach.attempts)),
        ("people_approached", people),
        ("people_answered", answered),
        ("people_accepted", accepted),
        ("people_referred", referred),
    ] {
        count(name, value);
    }
    let how_many = &figures.how_many;
    let mut estimate = |name: &str, value: Option<Estimate>, method: &str| {
        table.rows.push(vec![
            name.into(),
            value.map(|e| e.value).into(),
            value.map(|e| e.low).into(),
            value.map(|e| e.high).into(),
            method.into(),
        ]);
    };
    let between = how_many.between_sites.as_ref();
    estimate("advertisers_between_sites", between.map(|b| b.total), between.map_or("none", |b| b.method));
    estimate("advertisers_at_least_over_days", how_many.over_days, "chao");
    for (name, quartile) in ["ad_days_quarter_gone", "ad_days_half_gone", "ad_days_three_quarters_gone"]
        .iter()
        .zip(figures.lifetimes.quartiles)
    {
        let value = quartile.map(|days| Estimate { value: f64::from(days), low: f64::NAN, high: f64::NAN });
        table.rows.push(vec![
            (*name).into(),
            value.map(|e| e.value).into(),
            Value::Missing,
            Value::Missing,
            "kaplan-meier".into(),
        ]);
    }
    table
}

fn outreach(figures: &Figures) -> Table {
    let mut columns = vec![
        Column::new(
            "method",
            Kind::Text,
            "Metode, hvormed der først blev søgt kontakt",
            "Method of the first approach",
            "outreach workers",
        ),
        Column::new(
            "stratum",
            Kind::Text,
            "Markeret af reglerne, trukket tilfældigt, eller uden liste",
            "Flagged by the rules, drawn at random, or from no list",
            "contact list",
        )
        .coded("flagged, random, other"),
        Column::new("people", Kind::Int, "Personer søgt", "People approached", "outreach workers")
            .unit("people")
            .missing("withheld: fewer than the limit"),
    ];
    for (name, da, en) in [("answered", "svarede", "answered"), ("accepted", "tog imod et tilbud", "accepted an offer")]
    {
        for (part, part_da, part_en) in [
            ("share", "Andel, der", "Share who"),
            ("low", "Nedre grænse (95 %), andel, der", "Lower limit (95 %) of those who"),
            ("high", "Øvre grænse (95 %), andel, der", "Upper limit (95 %) of those who"),
        ] {
            columns.push(
                Column::new(
                    &format!("{name}_{part}"),
                    Kind::Real,
                    &format!("{part_da} {da}"),
                    &format!("{part_en} {en}"),
                    "outreach workers",
                )
                .missing("withheld: it would tell of fewer than the limit"),
            );
        }
    }
    let mut table = Table::new("outreach_methods", "Metoder og udfald", "Methods and outcomes", columns);
    for method in &figures.outreach.methods {
        let mut row: Vec<Value> = vec![method.method.as_str().into(), method.stratum.into(), method.people.into()];
        for share in [method.answered, method.accepted] {
            row.extend([share.map(|e| e.value).into(), share.map(|e| e.low).into(), share.map(|e| e.high).into()]);
        }
        table.rows.push(row);
    }
    table
}

fn validation(source: &Source, figures: &Figures) -> Table {
    let few = "withheld: it would tell of fewer than the limit";
    let mut columns = vec![
        Column::new("against", Kind::Text, "Holdt op mod", "Held against", "see METHODS").coded("outcomes, decisions"),
        Column::new("indicator", Kind::Text, "Indikator", "Indicator", "catalogue"),
        Column::new("grade", Kind::Text, "Nuværende evidensgrad", "Present grade of evidence", "catalogue"),
        Column::new("fired", Kind::Int, "Svar, hvor den var udløst", "Answers where it had fired", "counted")
            .missing(few),
    ];
    for (name, da, en, missing) in [
        ("precision", "Præcision", "Precision", few),
        (
            "positive_ratio",
            "Sandsynlighedsforhold, udløst",
            "Likelihood ratio, fired",
            "withheld, or not enough answers",
        ),
        (
            "negative_ratio",
            "Sandsynlighedsforhold, ikke udløst",
            "Likelihood ratio, not fired",
            "withheld, or not enough answers",
        ),
    ] {
        for (part, part_da, part_en) in
            [("", "", ""), ("_low", ", nedre grænse", ", lower limit"), ("_high", ", øvre grænse", ", upper limit")]
        {
            let (da, en) = (format!("{da}{part_da}"), format!("{en}{part_en}"));
            columns.push(Column::new(&format!("{name}{part}"), Kind::Real, &da, &en, "computed").missing(missing));
        }
    }
    columns.push(Column::new("level", Kind::Real, "Forholdenes niveau", "Level of the ratios' limits", "computed"));
    let mut table = Table::new(
        "validation",
        "Indikatorer mod udfald og beslutninger",
        "Indicators against outcomes and decisions",
        columns,
    );
    let both: [(&str, &Against); 2] =
        [("outcomes", &figures.validation.outcomes), ("decisions", &figures.validation.decisions)];
    for (name, against) in both {
        for tested in &against.indicators {
            let Some(indicator) = source.indicators.get(tested.indicator) else { continue };
            let mut row: Vec<Value> =
                vec![name.into(), indicator.id.as_str().into(), indicator.grade.as_str().into(), tested.fired.into()];
            let ratios = tested.ratios;
            for found in [tested.precision, ratios.map(|of| of.positive), ratios.map(|of| of.negative)] {
                row.extend([found.map(|e| e.value).into(), found.map(|e| e.low).into(), found.map(|e| e.high).into()]);
            }
            row.push(against.level.into());
            table.rows.push(row);
        }
    }
    table
}

fn coverage(figures: &Figures) -> Table {
    let mut columns = vec![
        Column::new("site", Kind::Text, "Side", "Site", "configuration"),
        Column::new("month", Kind::Text, "Måned", "Month", "crawl"),
        Column::new("days", Kind::Int, "Dage i perioden", "Days of the period", "calendar").unit("days"),
        Column::new("days_watched", Kind::Int, "Dage med et helt gennemsyn", "Days with a whole look", "crawl")
            .unit("days"),
        Column::new("longest_gap", Kind::Int, "Længste række dage uden", "Longest run of days without", "crawl")
            .unit("days"),
    ];
    for (name, da, en) in [
        ("runs_good", "Hele gennemsyn", "Whole looks"),
        ("runs_partial", "Delvise", "Partial ones"),
        ("runs_failed", "Mislykkede", "Failed ones"),
        ("runs_cut_off", "Afbrudte", "Cut off"),
        ("pages", "Forespørgsler", "Requests"),
        ("failures", "Fejl", "Failures"),
    ] {
        columns.push(Column::new(name, Kind::Int, da, en, "crawl"));
    }
    let mut table = Table::new("coverage", "Dækning", "Coverage", columns);
    for row in &figures.coverage {
        let mut values: Vec<Value> = vec![
            row.site.as_str().into(),
            row.month.as_str().into(),
            row.days.into(),
            row.days_watched.into(),
            row.longest_gap.into(),
        ];
        values.extend(row.runs.map(Value::from));
        values.extend([row.pages.into(), row.failures.into()]);
        table.rows.push(values);
    }
    table
}

fn ties(source: &Source, figures: &Figures) -> Table {
    let columns = vec![
        Column::new("kind", Kind::Text, "Forbindelsens art", "Kind of tie", "linking"),
        Column::new("joins", Kind::Flag, "Holder annoncer sammen", "Holds ads together", "linking"),
        Column::new("ties", Kind::Int, "Antal i hele analysen", "Number in the whole analysis", "linking")
            .missing("withheld: fewer than the limit"),
    ];
    let mut table = Table::new("ties", "Forbindelser", "Ties between ads", columns);
    for (kind, joins, count) in &source.ties {
        table.rows.push(vec![kind.as_str().into(), (*joins).into(), figures.shown(*count).into()]);
    }
    table
}

fn indicators(source: &Source) -> Table {
    let text = |name: &str, da: &str, en: &str| Column::new(name, Kind::Text, da, en, "catalogue");
    let columns = vec![
        text("indicator", "Id", "Id"),
        Column::new("version", Kind::Int, "Udgave", "Version", "catalogue"),
        text("title_da", "Titel, dansk", "Title, Danish"),
        text("title_en", "Titel, engelsk", "Title, English"),
        text("group", "Gruppe", "Group"),
        text("scope", "Genstand", "Scope").coded("ad, advertiser, network"),
        text("grade", "Evidensgrad", "Grade of evidence").coded("A, B+, B, C, D"),
        text("status", "Status", "Status"),
        text("role", "Rolle", "Role").coded("score, context, control, urgent, counter"),
        Column::new("points", Kind::Real, "Point", "Points", "catalogue"),
    ];
    let mut table = Table::new("indicators", "Indikatorkataloget", "The catalogue of indicators", columns);
    for indicator in &source.indicators {
        table.rows.push(vec![
            indicator.id.as_str().into(),
            indicator.version.into(),
            indicator.title.da.as_str().into(),
            indicator.title.en.as_str().into(),
            indicator.group.as_str().into(),
            indicator.scope.as_str().into(),
            indicator.grade.as_str().into(),
            indicator.status.as_str().into(),
            indicator.role.as_str().into(),
            indicator.points.into(),
        ]);
    }
    table
}
