//! Indicators that fired, as a page shows them: the words with their surroundings, the rule's own words, and what
//! would change without them.

use crate::covered::is_covered;
use crate::highlight::{Mark, Segment, excerpt};
use crate::page::Page;
use classifier::Catalogue;
use domain::{AdRef, Assessment, Evidence, Field, Firing, Group, IndicatorId, MarginalEffect, Role, Scope};
use std::collections::BTreeMap;
use store::CaseAd;

/// Most pieces of evidence shown for one firing, and most ads named for one of them.
const MOST_EVIDENCE: usize = 4;
const MOST_ADS: usize = 8;

/// The firings of one group.
pub struct GroupView {
    /// `A` to `L`.
    pub letter: char,
    /// In words.
    pub name: String,
    /// What it gives; empty where it gives none.
    pub points: String,
    /// What fired.
    pub firings: Vec<FiringView>,
}

/// One firing.
pub struct FiringView {
    /// The indicator.
    pub id: String,
    /// Name within the page.
    pub anchor: String,
    /// The indicator's title.
    pub title: String,
    /// Grade as a letter.
    pub grade: String,
    /// Grade in words.
    pub grade_words: String,
    /// What it looks at.
    pub scope: String,
    /// What it gives, where it scores.
    pub points: Option<String>,
    /// A sensitive trait.
    pub sensitive: bool,
    /// It came after the decision.
    pub is_new: bool,
    /// Why it fired.
    pub evidence: Vec<EvidenceView>,
    /// Pieces of evidence left out.
    pub more_evidence: i64,
    /// The rule's reason.
    pub why: String,
    /// Innocent explanations.
    pub other_readings: Vec<String>,
    /// Where it comes from.
    pub sources: String,
    /// What the assessment would be without it.
    pub without: Option<String>,
}

/// One piece of evidence.
pub struct EvidenceView {
    /// Words with their surroundings.
    pub segments: Vec<Segment>,
    /// What about a set of ads.
    pub note: String,
    /// The ads: address and label.
    pub ads: Vec<(String, String)>,
    /// Ads left out.
    pub more: i64,
}

/// What the firings of a page are shown with.
pub struct Shown<'a> {
    /// Words of the page.
    pub page: &'a Page,
    /// The indicators.
    pub catalogue: &'a Catalogue,
    /// Texts by ad.
    pub ads: BTreeMap<&'a AdRef, (usize, &'a CaseAd)>,
    /// The single text of `try`, where there is one.
    pub text: Option<&'a str>,
    /// Covered words are shown.
    pub words_shown: bool,
    /// What came after the decision.
    pub new: Vec<IndicatorId>,
}

impl<'a> Shown<'a> {
    /// For a case's ads.
    pub fn of_case(page: &'a Page, catalogue: &'a Catalogue, ads: &'a [CaseAd], words_shown: bool) -> Self {
        let ads = ads.iter().enumerate().map(|(number, ad)| (&ad.ad, (number, ad))).collect();
        Self { page, catalogue, ads, text: None, words_shown, new: Vec::new() }
    }

    /// An indicator's title, or its id where the catalogue no longer has it.
    pub fn title(&self, id: &str) -> String {
        title(self.catalogue, self.page, id)
    }

    /// The marks of what fired in one text.
    pub fn marks<'f>(&self, firings: impl IntoIterator<Item = &'f Firing>, field: &Field) -> Vec<Mark> {
        let mut marks = Vec::new();
        for firing in firings {
            let (class, covered) = (class(firing.role), is_covered(firing) && !self.words_shown);
            for evidence in &firing.evidence {
                if let Evidence::Span { span, .. } = evidence
                    && &span.field == field
                {
                    let words = self.title(firing.indicator.as_str());
                    marks.push(Mark { start: span.start, end: span.end, words, class, covered });
                }
            }
        }
        marks
    }

    /// The firings by group, in order of group; `points` of the assessment where they score.
    pub fn groups(&self, firings: &[Firing], assessment: Option<&Assessment>, prefix: &str) -> Vec<GroupView> {
        let mut groups: BTreeMap<Group, Vec<FiringView>> = BTreeMap::new();
        for firing in firings {
            let effect = assessment
                .and_then(|a| a.marginal.iter().find(|effect| effect.indicator == firing.indicator))
                .filter(|_| firing.role == Role::Score);
            groups.entry(firing.group).or_default().push(self.firing(firing, effect, assessment, prefix));
        }
        groups
            .into_iter()
            .map(|(group, firings)| GroupView {
                letter: group.0,
                name: group_name(self.page, group),
                points: assessment
                    .and_then(|a| a.groups.get(&group))
                    .map_or_else(String::new, |points| self.page.decimal(points)),
                firings,
            })
            .collect()
    }

    fn firing(
        &self,
        firing: &Firing,
        effect: Option<&MarginalEffect>,
        assessment: Option<&Assessment>,
        prefix: &str,
    ) -> FiringView {
        let (page, id) = (self.page, firing.indicator.as_str());
        let indicator = self.catalogue.get(id);
        let evidence: Vec<EvidenceView> =
            firing.evidence.iter().take(MOST_EVIDENCE).map(|evidence| self.evidence(firing, evidence)).collect();
        FiringView {
            anchor: format!("{prefix}-{id}"),
            title: self.title(id),
            grade: firing.grade.as_str().to_owned(),
            grade_words: page.grade(&firing.grade),
            scope: page.t(match firing.scope {
                Scope::Ad => "scope-ad",
                Scope::Advertiser => "scope-advertiser",
                Scope::Network => "scope-network",
            }),
            points: (firing.points > 0.0).then(|| page.v("points-of", "points", page.decimal(&firing.points))),
            sensitive: firing.sensitive,
            is_new: self.new.contains(&firing.indicator),
            more_evidence: firing.evidence.len().saturating_sub(MOST_EVIDENCE) as i64,
            evidence,
            why: indicator.map_or_else(String::new, |i| page.of_both(&i.why).to_owned()),
            other_readings: indicator
                .map_or_else(Vec::new, |i| i.other_readings.iter().map(|r| page.of_both(r).to_owned()).collect()),
            sources: indicator.map_or_else(String::new, |i| i.sources.join(", ")),
            without: effect.map(|effect| self.without(effect, assessment)),
            id: id.to_owned(),
        }
    }

    fn without(&self, effect: &MarginalEffect, assessment: Option<&Assessment>) -> String {
        let page = self.page;
        if !effect.also_carried_by.is_empty() {
            let others: Vec<String> = effect.also_carried_by.iter().map(|id| self.title(id.as_str())).collect();
            return page.v("without-carried", "others", join(page, &others));
        }
        let band = page.t(&format!("band-{}", effect.band.as_str()));
        let points = page.decimal(&effect.points);
        match assessment {
            Some(a) if a.band != effect.band => page.t.vs("without-band", &[("points", points), ("band", band)]),
            _ => page.v("without-points", "points", points),
        }
    }

    fn evidence(&self, firing: &Firing, evidence: &Evidence) -> EvidenceView {
        match evidence {
            Evidence::Span { ad, version, span, .. } => {
                let found = ad.as_ref().and_then(|ad| self.ads.get(ad));
                let mut segments = Vec::new();
                if let Some(text) = self.text {
                    segments = excerpt(text, span.start, span.end, &self.marks([firing], &Field::Text));
                }
                if let Some((_, case_ad)) = found {
                    // Only the masked text is shown, never the words that came with the evidence.
                    let of_version = case_ad.versions.iter().find(|(facts, _)| facts.version == *version);
                    if let Some((facts, texts)) = of_version
                        && let Some(text) = texts.iter().find(|text| text.field == span.field)
                    {
                        let others = facts.firings.iter().filter(|other| is_covered(other));
                        let mut marks = self.marks(others, &span.field);
                        marks.insert(0, self.one_mark(firing, span.start, span.end));
                        segments = excerpt(&text.text, span.start, span.end, &marks);
                    }
                }
                let ads = found.map(|found| self.link(found)).into_iter().collect();
                EvidenceView { segments, note: String::new(), ads, more: 0 }
            }
            Evidence::Ads { ads, note } => EvidenceView {
                segments: Vec::new(),
                note: self.page.of_both(note).to_owned(),
                ads: ads.iter().filter_map(|ad| self.ads.get(ad)).take(MOST_ADS).map(|f| self.link(f)).collect(),
                more: ads.len().saturating_sub(MOST_ADS) as i64,
            },
        }
    }

    fn one_mark(&self, firing: &Firing, start: usize, end: usize) -> Mark {
        Mark {
            start,
            end,
            words: self.title(firing.indicator.as_str()),
            class: class(firing.role),
            covered: is_covered(firing) && !self.words_shown,
        }
    }

    fn link(&self, (number, ad): &(usize, &CaseAd)) -> (String, String) {
        let far = if *number < super::case_ads::MOST_ADS { "" } else { "?ads=all" };
        (format!("{far}#{}", super::case_ads::anchor(*number)), ad.label.words.clone())
    }
}

fn class(role: Role) -> &'static str {
    match role {
        Role::Score | Role::Urgent => "for",
        Role::Counter => "against",
        Role::Context | Role::Control => "context",
    }
}

/// An indicator's title, or its id where the catalogue no longer has it.
pub fn title(catalogue: &Catalogue, page: &Page, id: &str) -> String {
    catalogue.get(id).map_or_else(|| id.to_owned(), |indicator| page.of_both(&indicator.title).to_owned())
}

/// A group in words.
pub fn group_name(page: &Page, group: Group) -> String {
    page.t(&format!("group-{}", group.0.to_ascii_lowercase()))
}

/// `a, b og c`.
pub fn join(page: &Page, parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => page.t.vs("list-and", &[("first", first.join(", ")), ("last", last.clone())]),
    }
}
