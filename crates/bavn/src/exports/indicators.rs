//! `indicators`: one line for each ad version, advertiser or network and indicator that fired.

use super::mentions::At;
use classifier::WhyNot;
use domain::{Evidence, Firing};
use serde::Serialize;

/// One piece of evidence: a span with its words, or a set of ads with a note.
#[derive(Serialize)]
#[serde(untagged)]
pub enum EvidenceRow<'a> {
    /// Words of the ad version that the line is about.
    Here {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// The words.
        text: &'a str,
    },
    /// Words of one of several ads.
    There {
        /// Site and the site's own id.
        ad: (&'a str, &'a str),
        /// Version, from 1.
        version: u32,
        /// Where.
        #[serde(flatten)]
        at: At,
        /// The words.
        text: &'a str,
    },
    /// A set of ads.
    Ads {
        /// Site and the site's own id of each.
        ads: Vec<(&'a str, &'a str)>,
        /// What about them.
        note: &'a str,
    },
}

impl<'a> EvidenceRow<'a> {
    /// For a line that names its ad itself.
    pub fn here(evidence: &'a Evidence) -> Self {
        match evidence {
            Evidence::Span { span, text, .. } => EvidenceRow::Here { at: span.into(), text },
            Evidence::Ads { .. } => Self::among(evidence),
        }
    }

    /// For a line about several ads.
    pub fn among(evidence: &'a Evidence) -> Self {
        match evidence {
            Evidence::Span { ad: Some(ad), version, span, text } => {
                EvidenceRow::There { ad: (ad.site.as_str(), &ad.ad_id), version: *version, at: span.into(), text }
            }
            Evidence::Span { span, text, .. } => EvidenceRow::Here { at: span.into(), text },
            Evidence::Ads { ads, note } => EvidenceRow::Ads {
                ads: ads.iter().map(|ad| (ad.site.as_str(), ad.ad_id.as_str())).collect(),
                note: &note.en,
            },
        }
    }
}

/// An indicator that fired in a text read by `bavn read`.
#[derive(Serialize)]
pub struct FiredRow<'a> {
    indicator: &'a str,
    indicator_version: u32,
    group: String,
    grade: &'static str,
    evidence: Vec<EvidenceRow<'a>>,
}

impl<'a> From<&'a Firing> for FiredRow<'a> {
    fn from(firing: &'a Firing) -> Self {
        FiredRow {
            indicator: firing.indicator.as_str(),
            indicator_version: firing.version,
            group: firing.group.to_string(),
            grade: firing.grade.as_str(),
            evidence: firing.evidence.iter().map(EvidenceRow::here).collect(),
        }
    }
}

/// An indicator that did not fire in a text read by `bavn read --explain`.
#[derive(Serialize)]
pub struct WhyNotRow<'a> {
    indicator: &'a str,
    group: String,
    near: bool,
    reason: &'a str,
    at: Option<At>,
    stopped_by: Option<At>,
}

impl<'a> From<&'a WhyNot> for WhyNotRow<'a> {
    fn from(not: &'a WhyNot) -> Self {
        WhyNotRow {
            indicator: not.indicator.as_str(),
            group: not.group.to_string(),
            near: not.near,
            reason: &not.reason.en,
            at: not.span.as_ref().map(At::from),
            stopped_by: not.by.as_ref().map(At::from),
        }
    }
}

/// A line about one ad version.
#[derive(Serialize)]
pub struct AdLine<'a> {
    /// Always `ad`.
    pub scope: &'static str,
    /// Site.
    pub site: &'a str,
    /// The site's own id.
    pub ad_id: &'a str,
    /// Version, from 1.
    pub version: u32,
    /// The indicator and its evidence.
    #[serde(flatten)]
    pub fired: FiredRow<'a>,
}

/// A line about an advertiser or a network.
#[derive(Serialize)]
pub struct GroupLine<'a> {
    /// `advertiser` or `network`.
    pub scope: &'static str,
    /// Its id.
    pub id: &'a str,
    /// The indicator and its evidence.
    #[serde(flatten)]
    pub fired: FiredRow<'a>,
}
