//! The page of findings.

use super::*;

/// A document of one table and one picture; what is counted is tested where it is counted.
pub fn findings(asked: &FindingsAsked) -> FindingsMade {
    let t = if asked.tongue == web::Language::En { Tongue::En } else { Tongue::Da };
    let table = Block::Table {
        caption: "Annoncører efter måned".into(),
        header: vec!["Måned".into(), "Annoncører".into()],
        rows: vec![vec![asked.from.to_string(), "12".into()], vec!["=1+1".into(), "holdt tilbage".into()]],
    };
    let drawing = chart::bars(t, &[("Escort <1>".into(), Some(12.0), None)], false, "Tabellen siger det samme".into());
    let chosen = asked.region.iter().map(|region| Block::Paragraph(format!("Valgt: {region}"))).collect();
    let document = Document {
        tongue: t,
        title: "Status".into(),
        subtitle: String::new(),
        author: "Test".into(),
        blocks: vec![
            Block::Heading(1, "Former".into()),
            Block::Figure { caption: "Annoncører".into(), drawing },
            table,
        ],
    };
    let proposal = |indicator: &str, to: &str| report::status::GradeProposal {
        indicator: indicator.to_owned(),
        title: format!("Tegn {indicator}"),
        from: "B".into(),
        to: to.into(),
        because: "udfald: 3,00 (1,50–6,00)".into(),
    };
    FindingsMade {
        counted_at: asked.at,
        chosen,
        document,
        proposals: vec![proposal("third_person_voice", "A"), proposal("not_in_the_files", "A")],
        regions: vec!["Region Midtjylland".into()],
        languages: vec!["da".into()],
    }
}
