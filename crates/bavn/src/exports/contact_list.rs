//! `contact-list`: one line for each line of the list, in its order.

use serde::Serialize;
use store::{ListHeader, ListLine};

/// A line.
#[derive(Serialize)]
pub struct ContactLine<'a> {
    date: String,
    team: &'a str,
    rank: u32,
    stratum: &'static str,
    inclusion_probability: f64,
    case: Option<&'a str>,
    advertiser: &'a str,
    network: &'a str,
    contacts: Vec<&'a str>,
    language: &'a str,
    municipality_code: &'a str,
    last_seen: String,
    reasons: Vec<&'a str>,
    cautions: Vec<&'a str>,
    channel: &'static str,
    band: &'static str,
}

impl<'a> ContactLine<'a> {
    /// A kept line.
    pub fn new(header: &'a ListHeader, line: &'a ListLine) -> Self {
        let kept = &line.line;
        ContactLine {
            date: header.date.to_string(),
            team: header.team.as_str(),
            rank: line.rank,
            stratum: if kept.random { "random" } else { "flagged" },
            inclusion_probability: kept.inclusion_probability,
            case: kept.case.as_ref().map(|case| case.0.as_str()),
            advertiser: kept.advertiser.as_str(),
            network: kept.network.as_str(),
            contacts: line.contacts.iter().map(|(_, contact)| contact.value.as_str()).collect(),
            language: &kept.language,
            municipality_code: &kept.municipality_code,
            last_seen: kept.last_seen.to_string(),
            reasons: kept.reasons.iter().map(|reason| reason.da.as_str()).collect(),
            cautions: kept.cautions.iter().map(|caution| caution.da.as_str()).collect(),
            channel: kept.channel.as_str(),
            band: kept.band.as_str(),
        }
    }
}
