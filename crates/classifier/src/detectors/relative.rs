//! Signs that compare with everybody: they abstain where the reference has too few values.

use super::Outcome;
use super::contacts::fires_or_silent;
use crate::catalogue::Indicator;
use crate::group::{AdSummary, GroupContext, ads_evidence};
use crate::reference;
use domain::Bilingual;

/// New ads a day above the percentile of all owners.
pub(super) fn posting_rate(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let percentile = indicator.parameters.number("percentile");
    let Some((bound, n)) = context.reference.posting(percentile) else {
        return Outcome::Abstains(Bilingual {
            da: "Færre end 30 annoncører at sammenligne med".to_owned(),
            en: "Fewer than 30 advertisers to compare with".to_owned(),
        });
    };
    let ads: Vec<&AdSummary<'_>> = context.ads.iter().collect();
    let rate = reference::posting_rate(&ads);
    if ads.len() < indicator.parameters.count("least_ads") || rate <= bound {
        return Outcome::Silent;
    }
    fires_or_silent(vec![ads_evidence(
        ads.iter().map(|ad| &ad.facts.ad),
        format!("{rate:.1} nye annoncer om dagen; {percentile} % af {n} har højst {bound:.1}"),
        format!("{rate:.1} new ads a day; {percentile} % of {n} have {bound:.1} at most"),
    )])
}

/// The longest list in a text has more items than the percentile of its site.
pub(super) fn list_length(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let (percentile, least) = (indicator.parameters.number("percentile"), indicator.parameters.count("least_items"));
    let (mut evidence, mut missing) = (Vec::new(), false);
    for ad in &context.ads {
        let items = reference::list_length(ad);
        if items < least {
            continue;
        }
        match context.reference.list(ad.facts.ad.site.as_str(), percentile) {
            Some((bound, n)) if items as f64 > bound => evidence.push(ads_evidence(
                [&ad.facts.ad],
                format!("En liste med {items} punkter; {percentile} % af {n} annoncer på siden har højst {bound}"),
                format!("A list of {items} items; {percentile} % of {n} ads on the site have {bound} at most"),
            )),
            Some(_) => {}
            None => missing = true,
        }
    }
    if missing && evidence.is_empty() {
        return Outcome::Abstains(Bilingual {
            da: "Færre end 30 annoncer på siden".to_owned(),
            en: "Fewer than 30 ads on the site".to_owned(),
        });
    }
    fires_or_silent(evidence)
}
