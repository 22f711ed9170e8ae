//! The finding of one closed case as a document: evidence and counter-evidence side by side, what was decided, done and came of
//! it, the versions of everything that made it, and a checksum. Pseudonymous: nobody who reads, works or is advertised is named.

use crate::document::{Block, Document, Tongue};
use crate::package::sha256;
use domain::{Bilingual, Evidence, Firing};

/// A closed case's facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The case's id.
    pub case: String,
    /// Programme's title.
    pub programme: Bilingual,
    /// Who answers for it.
    pub controller: String,
    /// `high`, …
    pub band: String,
    /// Points.
    pub points: f64,
    /// Days of opening, first and last sighting.
    pub days: [String; 3],
    /// Ads and advertisers.
    pub size: (u32, u32),
    /// Municipalities by name, languages by code.
    pub places: Vec<String>,
    /// Languages.
    pub languages: Vec<String>,
    /// What scores: title and firing.
    pub evidence: Vec<(Bilingual, Firing)>,
    /// What argues the other way.
    pub counter_evidence: Vec<(Bilingual, Firing)>,
    /// What could not be computed: title and reason.
    pub abstentions: Vec<(Bilingual, Bilingual)>,
    /// Decisions, oldest first: day, kind, reason, undone.
    pub decisions: Vec<(String, String, Bilingual, bool)>,
    /// Attempts, oldest first: day, method, channel, outcome, undone.
    pub attempts: Vec<(String, Bilingual, String, Option<String>, bool)>,
    /// Ties by kind: how many, how many join.
    pub ties: Vec<(String, u32, u32)>,
    /// Names and versions of what made it.
    pub made_of: Vec<(Bilingual, String)>,
}

/// Writes it; the last line holds the checksum of everything before it.
pub fn document(finding: &Finding, t: Tongue) -> Document {
    let words = |pairs: &[(&str, &str)]| pairs.iter().map(|(da, en)| t.pick(da, en).to_owned()).collect::<Vec<_>>();
    let mut blocks = vec![
        Block::Heading(1, t.pick("Sagen", "The case").to_owned()),
        Block::Table {
            caption: t.pick("Omfang", "Extent").to_owned(),
            header: words(&[("Hvad", "What"), ("Værdi", "Value")]),
            rows: vec![
                vec![t.pick("Bånd og point", "Band and points").to_owned(), format!("{} · {}", finding.band, t.decimal(finding.points, 1))],
                vec![t.pick("Annoncer, annoncører", "Ads, advertisers").to_owned(), format!("{}, {}", finding.size.0, finding.size.1)],
                vec![t.pick("Åbnet", "Opened").to_owned(), finding.days[0].clone()],
                vec![t.pick("Først og sidst set", "First and last seen").to_owned(), format!("{} – {}", finding.days[1], finding.days[2])],
                vec![t.pick("Kommuner", "Municipalities").to_owned(), finding.places.join(", ")],
                vec![t.pick("Sprog", "Languages").to_owned(), finding.languages.join(", ")],
            ],
        },
        Block::Paragraph(
            t.pick(
                "Belæg er tegn i annoncer. De siger ikke, at nogen er offer; modbelægget vejer lige så meget for den, der læser.",
                "Evidence is signs in ads. It does not say that anybody is a victim; counter-evidence weighs as much for whoever reads.",
            )
            .to_owned(),
        ),
    ];
    for (title, firings) in [
        (t.pick("Belæg", "Evidence"), &finding.evidence),
        (t.pick("Modbelæg", "Counter-evidence"), &finding.counter_evidence),
    ] {
        blocks.push(Block::Heading(1, title.to_owned()));
        if firings.is_empty() {
            blocks.push(Block::Paragraph(t.pick("Intet.", "None.").to_owned()));
        }
        for (name, firing) in firings {
            blocks.push(Block::Heading(2, t.of(name).to_owned()));
            blocks.push(Block::Paragraph(format!(
                "{} · {} {} · {} {} · {} {}",
                firing.indicator,
                t.pick("udgave", "version"),
                firing.version,
                t.pick("grad", "grade"),
                firing.grade.as_str(),
                t.decimal(firing.points, 1),
                t.pick("point", "points")
            )));
            blocks.push(Block::List(firing.evidence.iter().take(MOST).map(|evidence| told(evidence, t)).collect()));
            if firing.evidence.len() > MOST {
                blocks.push(Block::Paragraph(format!("… {} {}", firing.evidence.len() - MOST, t.pick("mere", "more"))));
            }
        }
    }
    if !finding.abstentions.is_empty() {
        blocks.push(Block::Heading(1, t.pick("Hvad der ikke kunne afgøres", "What could not be told").to_owned()));
        blocks.push(Block::List(
            finding.abstentions.iter().map(|(title, reason)| format!("{}: {}", t.of(title), t.of(reason))).collect(),
        ));
    }
    blocks.push(Block::Heading(1, t.pick("Forbindelser", "Ties").to_owned()));
    blocks.push(Block::Table {
        caption: t.pick("Forbindelser mellem sagens annoncer", "Ties between the case's ads").to_owned(),
        header: words(&[("Art", "Kind"), ("Antal", "Number"), ("Holder sammen", "Join")]),
        rows: finding
            .ties
            .iter()
            .map(|(kind, all, join)| vec![kind.clone(), all.to_string(), join.to_string()])
            .collect(),
    });
    let undone = |yes: bool| if yes { t.pick("fortrudt", "undone").to_owned() } else { String::new() };
    blocks.push(Block::Heading(1, t.pick("Afgørelser", "Decisions").to_owned()));
    blocks.push(Block::Table {
        caption: t.pick("Afgørelser med begrundelse", "Decisions with their reasons").to_owned(),
        header: words(&[("Dag", "Day"), ("Afgørelse", "Decision"), ("Grund", "Reason"), ("Bemærkning", "Remark")]),
        rows: finding
            .decisions
            .iter()
            .map(|(day, kind, reason, u)| vec![day.clone(), kind.clone(), t.of(reason).to_owned(), undone(*u)])
            .collect(),
    });
    blocks.push(Block::Heading(1, t.pick("Kontaktforsøg og udfald", "Attempts and outcomes").to_owned()));
    if finding.attempts.is_empty() {
        blocks.push(Block::Paragraph(t.pick("Ingen forsøg.", "No attempts.").to_owned()));
    } else {
        blocks.push(Block::Table {
            caption: t.pick("Forsøg i rækkefølge", "Attempts in order").to_owned(),
            header: words(&[
                ("Dag", "Day"),
                ("Metode", "Method"),
                ("Vej", "Channel"),
                ("Udfald", "Outcome"),
                ("Bemærkning", "Remark"),
            ]),
            rows: finding
                .attempts
                .iter()
                .map(|(day, method, channel, outcome, u)| {
                    vec![
                        day.clone(),
                        t.of(method).to_owned(),
                        channel.clone(),
                        outcome.clone().unwrap_or_default(),
                        undone(*u),
                    ]
                })
                .collect(),
        });
    }
    blocks.push(Block::Heading(1, t.pick("Udgaver", "Versions").to_owned()));
    blocks.push(Block::Table {
        caption: t.pick("Hvad fundet er lavet af", "What made the finding").to_owned(),
        header: words(&[("Hvad", "What"), ("Udgave", "Version")]),
        rows: finding.made_of.iter().map(|(name, version)| vec![t.of(name).to_owned(), version.clone()]).collect(),
    });
    let mut document = Document {
        tongue: t,
        title: format!("{} {}", t.pick("Fund: sag", "Finding: case"), finding.case),
        subtitle: format!("{} · {}", t.of(&finding.programme), finding.controller),
        author: finding.controller.clone(),
        blocks,
    };
    let sum = sha256(document.to_html().as_bytes());
    document.blocks.push(Block::Paragraph(format!(
        "{} sha256:{sum}",
        t.pick("Kontrolsum af det ovenstående:", "Checksum of the above:")
    )));
    document
}

/// Most pieces of evidence that are written out for one indicator.
const MOST: usize = 12;

/// A piece of evidence in words. Ads stand for their number, not their name.
fn told(evidence: &Evidence, t: Tongue) -> String {
    match evidence {
        Evidence::Span { span, text, .. } => format!("»{text}« ({})", span.field),
        Evidence::Ads { ads, note } => {
            format!("{} ({} {})", t.of(note), ads.len(), t.pick("annoncer", "ads"))
        }
    }
}
