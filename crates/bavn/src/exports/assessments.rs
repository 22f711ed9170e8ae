//! `assessments`: one line for each advertiser and network.

use super::indicators::EvidenceRow;
use domain::{Assessment, Firing, Subject};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct FiringRow<'a> {
    indicator: &'a str,
    group: String,
    grade: &'static str,
    points: f64,
    evidence: Vec<EvidenceRow<'a>>,
}

impl<'a> From<&'a Firing> for FiringRow<'a> {
    fn from(firing: &'a Firing) -> Self {
        FiringRow {
            indicator: firing.indicator.as_str(),
            group: firing.group.to_string(),
            grade: firing.grade.as_str(),
            points: firing.points,
            evidence: firing.evidence.iter().map(EvidenceRow::among).collect(),
        }
    }
}

/// A line.
#[derive(Serialize)]
pub struct AssessmentLine<'a> {
    scope: &'static str,
    id: &'a str,
    band: &'static str,
    points: f64,
    groups: BTreeMap<String, f64>,
    evidence: Vec<FiringRow<'a>>,
    counter_evidence: Vec<FiringRow<'a>>,
    urgent: bool,
    catalogue: &'a str,
    parameters: &'a str,
    reference: &'a str,
    code: &'a str,
    ads: Vec<(&'a str, &'a str)>,
}

/// What an assessment was made with, besides its catalogue.
#[derive(Debug, Clone)]
pub struct MadeWith {
    /// `sha256:…` of the weights of linking.
    pub parameters: String,
    /// Version of the dated reference.
    pub reference: String,
    /// Version of the program.
    pub code: String,
}

impl<'a> AssessmentLine<'a> {
    /// Of an assessment.
    pub fn new(assessment: &'a Assessment, with: &'a MadeWith) -> Self {
        let (scope, id) = match &assessment.subject {
            Subject::Advertiser(id) => ("advertiser", id.as_str()),
            Subject::Network(id) => ("network", id.as_str()),
        };
        AssessmentLine {
            scope,
            id,
            band: assessment.band.as_str(),
            points: assessment.points,
            groups: assessment.groups.iter().map(|(group, points)| (group.to_string(), *points)).collect(),
            evidence: assessment.evidence.iter().map(FiringRow::from).collect(),
            counter_evidence: assessment.counter_evidence.iter().map(FiringRow::from).collect(),
            urgent: assessment.urgent,
            catalogue: &assessment.catalogue,
            parameters: &with.parameters,
            reference: &with.reference,
            code: &with.code,
            ads: assessment.ads.iter().map(|ad| (ad.site.as_str(), ad.ad_id.as_str())).collect(),
        }
    }
}
