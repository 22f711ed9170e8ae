//! Why an indicator did not fire on a text: the first condition that is not met, and where.

use crate::ad::{AdAt, AdContext, has_words, reads_one_ad};
use crate::catalogue::{Catalogue, Indicator};
use crate::detectors::{self, Found, Needs, Why};
use domain::{Bilingual, Group, IndicatorId, ReadAd, Reading, Scope, Span};
use std::collections::BTreeMap;

/// An indicator that did not fire, and the first condition that was not met.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyNot {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// Its group.
    pub group: Group,
    /// Something came near and was stopped, or was not enough. Otherwise nothing of it is in the text.
    pub near: bool,
    /// The condition, in words.
    pub reason: Bilingual,
    /// What came near, in original offsets.
    pub span: Option<Span>,
    /// What stopped it, in original offsets.
    pub by: Option<Span>,
}

fn both(da: impl Into<String>, en: impl Into<String>) -> Bilingual {
    Bilingual { da: da.into(), en: en.into() }
}

/// Every indicator of the catalogue that does not fire on `ad`, by id, with the reason. Those of several ads are
/// among them: a single text can never make them fire.
pub fn explain_ad(catalogue: &Catalogue, ad: &ReadAd, at: &AdAt<'_>) -> Vec<WhyNot> {
    let context = AdContext::of(catalogue, ad, at.on);
    let near = near_wording(&context);
    let running = catalogue.indicators().iter().enumerate().filter(|(_, indicator)| indicator.status.runs());
    running
        .filter_map(|(index, indicator)| {
            if !reads_one_ad(indicator) {
                return Some(why_not(indicator, false, needs_several_ads(indicator, &ad.reading), None, None));
            }
            let seen = context.look(index, indicator)?;
            if !seen.found.is_empty() {
                return None;
            }
            let span = |found: &Found| {
                let text = ad.texts.get(found.0)?;
                Some(Span::new(text.field.clone(), found.1.start, found.1.end))
            };
            // A stop says more than a count, a count more than an absence.
            let by_detector =
                seen.missed.iter().find(|m| m.by.is_some()).or(seen.missed.iter().find(|m| m.at.is_some()));
            if let Some(missed) = by_detector.filter(|missed| missed.by.is_some()) {
                let (at, by) = (missed.at.as_ref().and_then(span), missed.by.as_ref().and_then(span));
                return Some(why_not(indicator, true, in_words(&missed.why), at, by));
            }
            if let Some(near) = near.get(&index) {
                let (at, by) = (near.at.as_ref().and_then(span), near.by.as_ref().and_then(span));
                return Some(why_not(indicator, true, near.reason.clone(), at, by));
            }
            if let Some(missed) = by_detector {
                return Some(why_not(indicator, true, in_words(&missed.why), missed.at.as_ref().and_then(span), None));
            }
            let patterns: usize = indicator.wording.fires.values().map(Vec::len).sum();
            let reason = match seen.missed.first() {
                Some(missed) => in_words(&missed.why),
                None => both(
                    format!("ingen af dens {patterns} vendinger står i teksten"),
                    format!("none of its {patterns} wordings is in the text"),
                ),
            };
            Some(why_not(indicator, false, reason, None, None))
        })
        .collect()
}

fn why_not(indicator: &Indicator, near: bool, reason: Bilingual, span: Option<Span>, by: Option<Span>) -> WhyNot {
    WhyNot { indicator: indicator.id.clone(), group: indicator.group, near, reason, span, by }
}

/// A wording that came near.
struct Near {
    at: Option<Found>,
    by: Option<Found>,
    reason: Bilingual,
}

/// By indicator: a wording that matched and was silenced, or else one that is there in part.
fn near_wording(context: &AdContext<'_>) -> BTreeMap<usize, Near> {
    let (mut near, mut parts) = (BTreeMap::new(), BTreeMap::new());
    for (index, (text, folded)) in context.ad.texts.iter().zip(&context.folded).enumerate() {
        if !has_words(&text.field) {
            continue;
        }
        let matcher = context.catalogue.matcher();
        for (indicator, stopped) in matcher.silenced_matches(folded) {
            let Some((at, stop)) = stopped.into_iter().next() else { continue };
            near.entry(indicator).or_insert_with(|| Near {
                at: Some((index, text.normal.original(at))),
                by: Some((index, text.normal.original(stop.by))),
                reason: in_words(&Why::Stopped(stop.guard)),
            });
        }
        for (indicator, part) in matcher.partly_there(folded) {
            parts.entry(indicator).or_insert_with(|| {
                let ways = |or: &str| part.missing.iter().map(|way| format!("\"{way}\"")).collect::<Vec<_>>().join(or);
                let (there, of) = (part.there, part.of);
                Near {
                    at: Some((index, text.normal.original(part.found.clone()))),
                    by: None,
                    reason: both(
                        format!("kun {there} af {of} led står sammen; der mangler fx {}", ways(" eller ")),
                        format!("only {there} of {of} parts stand together; missing is e.g. {}", ways(" or ")),
                    ),
                }
            });
        }
    }
    for (indicator, part) in parts {
        near.entry(indicator).or_insert(part);
    }
    near
}

fn in_words(why: &Why) -> Bilingual {
    match why {
        Why::Stopped("negation") => both("det afkræftes her", "it is denied here"),
        Why::Stopped("question") => both("det er et spørgsmål", "it is a question"),
        Why::Stopped("reported") => both("det er andres ord", "they are somebody else's words"),
        Why::Stopped("addressed") => both(
            "det siges om læseren, ikke om den annoncerede",
            "it is said of the reader, not of the person advertised",
        ),
        Why::Stopped("past") => both("det er fortid", "it is past"),
        Why::Stopped("warned") => both("det er en advarsel eller et råd", "it is a warning or advice"),
        Why::Stopped(_) => both(
            "ordene her giver en anden mening eller handler om en anden",
            "these words give it another meaning or another subject",
        ),
        Why::Years { years, least, most } => {
            let (da, en) = if *most < 18.0 { ("er ikke under 18", "is not under 18") } else { ("", "") };
            if da.is_empty() {
                both(
                    format!("alderen {years} er ikke mellem {least} og {most}"),
                    format!("age {years} is not between {least} and {most}"),
                )
            } else {
                both(format!("alderen {years} {da}"), format!("age {years} {en}"))
            }
        }
        Why::Lacks((da, en)) => both(*da, *en),
    }
}

/// What an indicator of several ads waits for, and what this text could not give it.
fn needs_several_ads(indicator: &Indicator, reading: &Reading) -> Bilingual {
    let needs = detectors::find(&indicator.detector).map_or(&[Needs::Anything][..], |detector| detector.needs);
    let told = |needs: &Needs| match needs {
        Needs::Contacts => (reading.phones.is_empty() && reading.emails.is_empty(), "kontaktpunkter", "contacts"),
        Needs::Names => (reading.names.is_empty(), "navne", "names"),
        Needs::Ages => (reading.ages.is_empty(), "aldre", "ages"),
        Needs::Personas => (reading.names.is_empty() && reading.ages.is_empty(), "navne og aldre", "names and ages"),
        Needs::Prices => (reading.prices.is_empty(), "priser", "prices"),
        Needs::Places => (reading.places.is_empty(), "steder", "places"),
        Needs::Addresses => (reading.addresses.is_empty(), "adresser", "addresses"),
        Needs::Images => (true, "billeder", "pictures"),
        Needs::Anything => (false, "", ""),
    };
    // The first thing that is not there, or else the first that is looked at.
    let told: Vec<_> = needs.iter().map(told).collect();
    let (lacks, da, en) = told.iter().find(|(lacks, ..)| *lacks).or(told.first()).copied().unwrap_or((false, "", ""));
    let network = indicator.scope == Scope::Network;
    let (who_da, who_en) = if network { ("et netværks", "a network's") } else { ("en annoncørs", "an advertiser's") };
    if da.is_empty() {
        both(format!("ser på {who_da} annoncer over tid"), format!("looks at {who_en} ads over time"))
    } else if lacks {
        both(
            format!("ser på {da} i {who_da} annoncer; her er ingen"),
            format!("looks at {en} in {who_en} ads; there are none here"),
        )
    } else {
        both(format!("ser på {da} i {who_da} annoncer over tid"), format!("looks at {en} in {who_en} ads over time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::testing::{catalogue, plain};
    use crate::fire_ad;
    use domain::{Age, Field};
    use jiff::civil::date;
    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);

    fn why_not_in(ad: &ReadAd, id: &str) -> WhyNot {
        let all = explain_ad(&CATALOGUE, ad, &AdAt::default());
        all.into_iter().find(|not| not.indicator.as_str() == id).unwrap_or_else(|| panic!("{id} fires"))
    }

    /// The reason in English, and the words that stopped it.
    fn check(id: &str, text: &str, near: bool, reason: &str, by: &str) {
        let not = why_not_in(&plain(text), id);
        assert!(not.near == near && not.reason.en.contains(reason), "{text}: {not:?}");
        assert_eq!(not.by.map_or("", |span| &text[span.start..span.end]), by, "{text}");
        assert!(!not.reason.da.is_empty());
    }

    #[test]
    fn a_near_miss_names_the_condition_and_the_words() {
        check("third_person_voice", "Hun er ikke ny hos os", true, "denied", "ikke");
        check("third_person_voice", "Er hun ny hos jer?", true, "question", "Er");
        check("third_person_voice", "En gæst skrev, at hun er sød", true, "somebody else's", "skrev");
        check("third_person_voice", "Min kat er her. Hun er sød", true, "another subject", "Min kat");
        check("youth_language", "Tidligere var jeg meget ung", true, "past", "Tidligere");
        check("newly_arrived", "Hvis nogen er ny i Danmark, så hjælp", true, "advice", "Hvis nogen");
        check("newly_arrived", "Turister, der er lige ankommet til Danmark", true, "of the reader", "Turister");
        check("staff_rotation", "Nye billeder hver uge", true, "parts stand together", "");
        check("staff_rotation", "Massage i Odense", false, "none of its", "");
    }

    #[test]
    fn what_is_counted_says_the_count() {
        let mut ad = plain("Jeg er 19");
        ad.reading.ages.push(Age { years: 19, span: Span::new(Field::Text, 7, 9) });
        let not = why_not_in(&ad, "possible_minor");
        assert_eq!((not.reason.en.as_str(), not.near), ("age 19 is not under 18", true));
        assert_eq!(not.reason.da, "alderen 19 er ikke under 18");
        check("several_phones_in_ad", "Ring til mig", false, "no phone number", "");
        check(
            "price_low_for_area",
            "Ring til mig",
            false,
            "looks at prices in an advertiser's ads; there are none here",
            "",
        );
    }

    #[test]
    fn a_year_of_birth_is_an_age_on_the_day_on_which_the_ad_was_seen() {
        let fires = |text: &str, on| {
            let at = AdAt { ad: None, on };
            fire_ad(&CATALOGUE, &plain(text), &at).iter().any(|firing| firing.indicator.as_str() == "possible_minor")
        };
        let in_2026 = Some(date(2026, 7, 1));
        for text in ["Født i 2010", "Sød pige, årgang 2011", "Born 2009", "f. 3. maj 2010", "Född 2010", "Geboren 2010"]
        {
            assert!(fires(text, in_2026), "{text}");
            assert!(!fires(text, Some(date(2040, 7, 1))) && !fires(text, None), "{text}");
        }
        assert!(fires("Født den 30.12.2008", in_2026) && !fires("Født den 30.1.2008", in_2026), "the day counts");
        assert!(fires("Født i 2008", in_2026), "the birthday may be still to come");
        for text in ["Født i 1990", "Klinikken åbnede i 2010", "Ikke født i 2010", "Min søn er født i 2010"] {
            assert!(!fires(text, in_2026), "{text}");
        }
    }

    #[test]
    fn every_indicator_either_fires_or_is_explained() {
        let text = "Vores damer er klar døgnet rundt. Jeg er ikke ung. Ring til receptionen, 800 kr.";
        let fired = fire_ad(&CATALOGUE, &plain(text), &AdAt::default());
        let fired: BTreeSet<&str> = fired.iter().map(|firing| firing.indicator.as_str()).collect();
        let not = explain_ad(&CATALOGUE, &plain(text), &AdAt::default());
        let not: BTreeSet<&str> = not.iter().map(|not| not.indicator.as_str()).collect();
        let running = CATALOGUE.indicators().iter().filter(|i| i.status.runs()).map(|i| i.id.as_str());
        assert!(fired.is_disjoint(&not) && !fired.is_empty());
        assert_eq!(fired.union(&not).copied().collect::<BTreeSet<_>>(), running.collect());
    }
}
