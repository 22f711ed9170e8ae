//! The form as TOML, with the place of each part.

use crate::check::{Checked, checked};
use crate::draft::{At, Draft, DraftChoice, DraftRow};
use crate::model::{BandRule, Consent, Licence, Sign, SignGroup, SignRole, Source, Status};
use crate::{Fault, Instrument, Place, Text};
use domain::{Band, Grade};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    id: Spanned<String>,
    version: Spanned<u32>,
    status: Status,
    title: Spanned<Text>,
    #[serde(default)]
    purpose: Text,
    validated: Spanned<Text>,
    languages: Spanned<BTreeMap<String, String>>,
    default_language: Spanned<String>,
    consent: Option<Spanned<Consent>>,
    licence: Option<Spanned<Licence>>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
    #[serde(default)]
    sources: Vec<Source>,
    #[serde(default)]
    groups: Vec<SignGroup>,
    #[serde(default)]
    signs: Vec<RawSign>,
    #[serde(default)]
    bands: Vec<RawBand>,
    #[serde(default)]
    choices: Vec<RawChoice>,
    survey: Vec<RawRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSign {
    id: Spanned<String>,
    title: Text,
    group: String,
    grade: Grade,
    #[serde(default = "score")]
    role: SignRole,
    points: Option<f64>,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    other_reading: Text,
}

fn score() -> SignRole {
    SignRole::Score
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBand {
    band: Spanned<Band>,
    title: Text,
    points: f64,
    groups: usize,
    #[serde(default)]
    strong_groups: usize,
    #[serde(default)]
    one_of: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChoice {
    list: Spanned<String>,
    name: String,
    label: Text,
    #[serde(default)]
    extra: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeans {
    sign: String,
    when: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    #[serde(rename = "type")]
    kind: Spanned<String>,
    name: Option<Spanned<String>>,
    #[serde(default)]
    label: Text,
    #[serde(default)]
    hint: Text,
    #[serde(default)]
    note: Text,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    required_message: Text,
    relevant: Option<Spanned<String>>,
    constraint: Option<Spanned<String>>,
    #[serde(default)]
    constraint_message: Text,
    calculation: Option<Spanned<String>>,
    choice_filter: Option<Spanned<String>>,
    #[serde(default)]
    signs: Vec<RawMeans>,
    #[serde(default)]
    unreachable: String,
    #[serde(default)]
    extra: BTreeMap<String, String>,
}

/// Points of a sign whose file names none: those of its grade, and none for what does not score.
pub fn default_points(grade: Grade, role: SignRole) -> f64 {
    if role == SignRole::Score { grade.default_points() } else { 0.0 }
}

impl Instrument {
    /// Reads a form and checks it; `file` is its name in faults.
    pub fn from_toml(file: &str, text: &str) -> Result<Checked, Vec<Fault>> {
        let place = |offset: usize| {
            let before = text.get(..offset).unwrap_or_default();
            let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count());
            Place::Line(before.matches('\n').count() + 1, column + 1)
        };
        let raw: RawForm = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(error) => {
                let place = error.span().map_or(Place::File, |span| place(span.start));
                return Err(vec![Fault { file: file.to_owned(), place, message: error.message().replace('\n', " ") }]);
            }
        };
        checked(file, draft(raw, &place))
    }
}

fn draft(raw: RawForm, place: &dyn Fn(usize) -> Place) -> Draft {
    Draft {
        id: at(raw.id, place),
        version: at(raw.version, place),
        status: raw.status,
        title: at(raw.title, place),
        purpose: raw.purpose,
        validated: at(raw.validated, place),
        languages: at(raw.languages, place),
        default_language: at(raw.default_language, place),
        consent: raw.consent.map(|consent| at(consent, place)),
        licence: raw.licence.map(|licence| at(licence, place)),
        settings: raw.settings,
        sources: raw.sources,
        groups: raw.groups,
        signs: raw.signs.into_iter().map(|sign| sign_of(sign, place)).collect(),
        bands: raw.bands.into_iter().map(|band| band_of(band, place)).collect(),
        choices: raw.choices.into_iter().map(|choice| choice_of(choice, place)).collect(),
        survey: raw.survey.into_iter().map(|row| row_of(row, place)).collect(),
    }
}

fn at<T>(spanned: Spanned<T>, place: &dyn Fn(usize) -> Place) -> At<T> {
    let place = place(spanned.span().start);
    At::new(spanned.into_inner(), place)
}

fn maybe(spanned: Option<Spanned<String>>, place: &dyn Fn(usize) -> Place) -> At<String> {
    spanned.map_or_else(At::default, |spanned| at(spanned, place))
}

fn sign_of(raw: RawSign, place: &dyn Fn(usize) -> Place) -> At<Sign> {
    let id = at(raw.id, place);
    let points = raw.points.unwrap_or_else(|| default_points(raw.grade, raw.role));
    let sign = Sign {
        id: id.value,
        title: raw.title,
        group: raw.group,
        grade: raw.grade,
        role: raw.role,
        points,
        sources: raw.sources,
        other_reading: raw.other_reading,
    };
    At::new(sign, id.place)
}

fn band_of(raw: RawBand, place: &dyn Fn(usize) -> Place) -> At<BandRule> {
    let band = at(raw.band, place);
    let (title, points, groups) = (raw.title, raw.points, raw.groups);
    let rule =
        BandRule { band: band.value, title, points, groups, strong_groups: raw.strong_groups, one_of: raw.one_of };
    At::new(rule, band.place)
}

fn choice_of(raw: RawChoice, place: &dyn Fn(usize) -> Place) -> At<DraftChoice> {
    let list = at(raw.list, place);
    At::new(DraftChoice { list: list.value, name: raw.name, label: raw.label, extra: raw.extra }, list.place)
}

fn row_of(raw: RawRow, place: &dyn Fn(usize) -> Place) -> DraftRow {
    let kind = at(raw.kind, place);
    let means = |means: RawMeans| {
        let when = at(means.when, place);
        At::new((means.sign, when.value), when.place)
    };
    DraftRow {
        name: raw.name.map_or_else(|| At::new(String::new(), kind.place), |name| at(name, place)),
        kind,
        label: raw.label,
        hint: raw.hint,
        note: raw.note,
        required: raw.required,
        required_message: raw.required_message,
        relevant: maybe(raw.relevant, place),
        constraint: maybe(raw.constraint, place),
        constraint_message: raw.constraint_message,
        calculation: maybe(raw.calculation, place),
        choice_filter: maybe(raw.choice_filter, place),
        signs: raw.signs.into_iter().map(means).collect(),
        unreachable: raw.unreachable,
        extra: raw.extra,
    }
}
