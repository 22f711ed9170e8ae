//! What answers are signs of, and the band, explained answer by answer. The rule is the classifier's: a group counts
//! once, with the most points among its signs.

use crate::Text;
use crate::fill::{Answers, Filled};
use crate::model::{BandRule, Instrument, Sign, SignRole};
use domain::Band;
use std::collections::{BTreeMap, BTreeSet};

/// The outcome of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The band.
    pub band: Band,
    /// What the rule says that led there; `None` for low and none.
    pub because: Option<Text>,
    /// Points over all groups.
    pub points: f64,
    /// Points of each group.
    pub groups: BTreeMap<String, f64>,
    /// Signs shown, by id.
    pub signs: Vec<ShownSign>,
    /// Whether one of them opens the urgent route.
    pub urgent: bool,
    /// What each answer that is a sign does.
    pub answers: Vec<AnswerEffect>,
    /// Questions that were shown, could have been signs, and were not answered: no answer is no "no".
    pub unanswered: Vec<String>,
}

/// A sign that answers show.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownSign {
    /// The sign's id.
    pub sign: String,
    /// The questions whose answers show it.
    pub questions: Vec<String>,
    /// Its group.
    pub group: String,
    /// What it is used for.
    pub role: SignRole,
    /// Its points.
    pub points: f64,
    /// Whether the group's points are its own; where two tie, the first by id.
    pub counts: bool,
}

/// What one answer does.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerEffect {
    /// The question.
    pub question: String,
    /// Its answer.
    pub answer: String,
    /// The signs that it shows.
    pub signs: Vec<String>,
    /// Band and points had this question not been answered (and what it opened not been asked).
    pub without: (Band, f64),
}

/// Judges `answers`; the same answers give the same outcome, whatever the order in which they were given.
pub fn judge(instrument: &Instrument, answers: &Answers, today: &str) -> Judgement {
    let filled = Filled::of(instrument, answers, today);
    let shown = shown(instrument, &filled);
    let score = Score::of(instrument, shown.keys().copied());
    let mut counted = BTreeSet::new();
    let signs = shown.iter().filter_map(|(id, questions)| {
        let sign = instrument.sign(id)?;
        let best = score.groups.get(&sign.group).is_some_and(|points| *points == sign.points);
        let counts = sign.points > 0.0 && best && counted.insert(sign.group.clone());
        let (group, questions) = (sign.group.clone(), questions.iter().map(|name| (*name).to_owned()).collect());
        Some(ShownSign { sign: sign.id.clone(), questions, group, role: sign.role, points: sign.points, counts })
    });
    let signs: Vec<ShownSign> = signs.collect();
    let counting = filled.answers();
    let mut effects = Vec::new();
    let mut unanswered = Vec::new();
    for (index, row) in instrument.survey.iter().enumerate().filter(|(_, row)| !row.signs.is_empty()) {
        if row.kind.is_asked() && filled.shows(index) && filled.value(&row.name).is_empty() {
            unanswered.push(row.name.clone());
        }
        let of_row =
            |(id, questions): (&&str, &Vec<&str>)| questions.contains(&row.name.as_str()).then(|| (*id).to_owned());
        let own: Vec<String> = shown.iter().filter_map(of_row).collect();
        if own.is_empty() {
            continue;
        }
        let mut others = counting.clone();
        others.remove(&row.name);
        // A calculated value has no answer of its own: it is left out with its sign.
        let without = if row.kind.is_asked() {
            let filled = Filled::of(instrument, &others, today);
            Score::of(instrument, self::shown(instrument, &filled).keys().copied())
        } else {
            Score::of(instrument, shown.keys().copied().filter(|id| !own.iter().any(|other| other == id)))
        };
        effects.push(AnswerEffect {
            question: row.name.clone(),
            answer: filled.value(&row.name).to_owned(),
            signs: own,
            without: (without.band, without.points),
        });
    }
    Judgement {
        band: score.band,
        because: score.rule.map(|rule| rule.title.clone()),
        points: score.points,
        groups: score.groups,
        urgent: signs.iter().any(|sign| sign.role == SignRole::Urgent),
        signs,
        answers: effects,
        unanswered,
    }
}

/// Signs shown, with the questions that show them.
fn shown<'a>(instrument: &'a Instrument, filled: &Filled<'_>) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut shown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &instrument.survey {
        for means in row.signs.iter().filter(|means| filled.means(row, &means.when)) {
            let questions = shown.entry(means.sign.as_str()).or_default();
            if questions.last() != Some(&row.name.as_str()) {
                questions.push(&row.name);
            }
        }
    }
    shown
}

struct Score<'a> {
    band: Band,
    rule: Option<&'a BandRule>,
    points: f64,
    groups: BTreeMap<String, f64>,
}

impl<'a> Score<'a> {
    fn of<'b>(instrument: &'a Instrument, signs: impl Iterator<Item = &'b str>) -> Score<'a> {
        let mut groups: BTreeMap<String, f64> = BTreeMap::new();
        let mut strong: BTreeSet<&str> = BTreeSet::new();
        let scoring = signs.filter_map(|id| instrument.sign(id)).filter(|sign: &&Sign| sign.points > 0.0);
        for sign in scoring {
            let points = groups.entry(sign.group.clone()).or_insert(0.0);
            *points = points.max(sign.points);
            if sign.grade.is_strong() {
                strong.insert(&sign.group);
            }
        }
        // Rounded to a millionth, so that the order of addition cannot show.
        let points = (groups.values().sum::<f64>() * 1e6).round() / 1e6 + 0.0;
        let holds = |rule: &&BandRule| {
            points >= rule.points
                && groups.len() >= rule.groups
                && strong.len() >= rule.strong_groups
                && (rule.one_of.is_empty() || rule.one_of.iter().any(|group| groups.contains_key(group)))
        };
        let of_band = |band: Band| instrument.bands.iter().filter(|rule| rule.band == band).find(holds);
        let rule = of_band(Band::High).or_else(|| of_band(Band::Medium));
        let band = match rule {
            Some(rule) => rule.band,
            None if groups.is_empty() => Band::None,
            None => Band::Low,
        };
        Score { band, rule, points, groups }
    }
}
