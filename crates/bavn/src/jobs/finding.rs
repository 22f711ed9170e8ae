//! `bavn export finding`: one closed case as a document.

use crate::cli::{Cli, FindingArgs, ReportLanguage};
use crate::config::Config;
use crate::key::Need;
use anyhow::{Context, bail};
use domain::{Bilingual, Firing, IndicatorId};
use jiff::Timestamp;
use report::document::Tongue;
use report::finding::{Finding, document};
use std::collections::BTreeMap;
use store::{CaseId, CaseState, CaseView};

/// Writes it.
pub async fn run(cli: &Cli, args: &FindingArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let ending = args.out.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    if !matches!(ending.as_str(), "pdf" | "html") {
        bail!("'{}' ends neither in .pdf nor in .html: name such a file with --out", args.out.display());
    }
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let at = super::virtual_today(&store).await?.unwrap_or(now);
    let mut look = super::system_look("export:finding", &args.purpose, at);
    look.subject = args.case.clone();
    let case = store.case(&look, &CaseId(args.case.clone())).await;
    let case = case.with_context(|| format!("no case '{}': its page shows the id", args.case))?;
    if case.row.state != CaseState::Decided {
        bail!("case '{}' is not closed: decide it first; a finding documents a closed case", args.case);
    }
    let header = store.latest_analysis().await?.context("nothing was analysed yet: run 'bavn analyse' first")?;
    store.close().await;
    let finding = finding(&config, &case, &header);
    let tongue = match args.lang {
        Some(ReportLanguage::Da) => Tongue::Da,
        Some(ReportLanguage::En) => Tongue::En,
        None if config.settings.serve.language == "en" => Tongue::En,
        None => Tongue::Da,
    };
    let document = document(&finding, tongue);
    let bytes = if ending == "pdf" { document.to_pdf() } else { document.to_html().into_bytes() };
    std::fs::write(&args.out, &bytes).with_context(|| format!("cannot write {}", args.out.display()))?;
    eprintln!("Wrote the finding of {} to {}.", args.case, args.out.display());
    Ok(())
}

fn day(at: Timestamp) -> String {
    crate::time::local_day(at).to_string()
}

fn finding(config: &Config, case: &CaseView, header: &store::AnalysisHeader) -> Finding {
    let both = |text: &str| Bilingual { da: text.to_owned(), en: text.to_owned() };
    let title = |id: &IndicatorId| {
        let known = config.catalogue.indicators().iter().find(|indicator| indicator.id == *id);
        known.map_or_else(|| both(id.as_str()), |indicator| indicator.title.clone())
    };
    let named = |firings: &[Firing]| firings.iter().map(|firing| (title(&firing.indicator), firing.clone())).collect();
    let mut ties: BTreeMap<&'static str, (u32, u32)> = BTreeMap::new();
    for link in case.links.iter().filter(|link| !link.outside) {
        let counts = ties.entry(link.kind.as_str()).or_default();
        counts.0 += 1;
        counts.1 += u32::from(link.joins);
    }
    let programmes = || config.programmes.values();
    let reason = |code: &str| {
        let known = programmes().flat_map(|programme| &programme.reasons).find(|reason| reason.code == code);
        known.map_or_else(|| both(code), |reason| reason.text.clone())
    };
    let method = |code: &str| {
        let known = programmes().flat_map(|programme| &programme.methods).find(|method| method.code == code);
        known.map_or_else(|| both(code), |method| method.name.clone())
    };
    let mut decisions: Vec<_> = case
        .decisions
        .iter()
        .map(|row| {
            let decision = &row.decision;
            (
                row.at,
                (day(row.at), decision.kind.as_str().to_owned(), reason(&decision.reason_code), row.undone.is_some()),
            )
        })
        .collect();
    decisions.sort_by_key(|(at, _)| *at);
    let mut attempts: Vec<_> = case
        .attempts
        .iter()
        .map(|row| {
            let outcome = row.outcome.map(|outcome| outcome.as_str().to_owned());
            (row.at, (day(row.at), method(&row.method), row.channel.as_str().to_owned(), outcome, row.undone))
        })
        .collect();
    attempts.sort_by_key(|attempt| attempt.0);
    let place = |code: &String| config.geography.name(code).unwrap_or(code).to_owned();
    let words = |da: &str, en: &str| Bilingual { da: da.to_owned(), en: en.to_owned() };
    let assessment = case.assessment.as_ref();
    Finding {
        case: case.row.case.0.clone(),
        programme: programmes().next().map(|programme| programme.title.clone()).unwrap_or_default(),
        controller: config.settings.controller.organisation.clone(),
        band: case.row.band.as_str().to_owned(),
        points: case.row.points,
        days: [day(case.row.opened_at), day(case.row.first_seen), day(case.row.last_seen)],
        size: (case.row.ads, case.row.advertisers),
        places: case.row.municipalities.iter().map(place).collect(),
        languages: case.row.languages.clone(),
        evidence: assessment.map_or_else(Vec::new, |assessment| named(&assessment.evidence)),
        counter_evidence: assessment.map_or_else(Vec::new, |assessment| named(&assessment.counter_evidence)),
        abstentions: assessment.map_or_else(Vec::new, |assessment| {
            assessment.abstentions.iter().map(|one| (title(&one.indicator), one.reason.clone())).collect()
        }),
        decisions: decisions.into_iter().map(|(_, row)| row).collect(),
        attempts: attempts.into_iter().map(|(_, row)| row).collect(),
        ties: ties.into_iter().map(|(kind, (all, join))| (kind.to_owned(), all, join)).collect(),
        made_of: vec![
            (words("Katalog", "Catalogue"), header.catalogue.clone()),
            (words("Parametre", "Parameters"), header.parameters.clone()),
            (words("Reference", "Reference"), header.reference_version.clone()),
            (words("Analyse pr.", "Analysis as of"), header.as_of.to_string()),
            (words("Program", "Program"), format!("bavn {}", header.code_version)),
        ],
    }
}
