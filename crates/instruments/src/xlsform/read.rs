//! From a workbook to a draft.

use super::sheet::{Header, Sheet, language, sheets};
use super::{ImportOptions, SETTINGS, TEXTS, VALUES, consent, ours};
use crate::check::{Checked, Remark, checked};
use crate::draft::{At, Draft, DraftChoice, DraftRow};
use crate::model::{BandRule, Consent, Licence, Sign, SignGroup, SignRole, Source, Status};
use crate::{Fault, Place, Text};
use domain::{Band, Grade};
use std::collections::BTreeMap;

/// Reads an XLSForm workbook and checks it; `file` is its name in faults.
pub fn from_xlsx(file: &str, bytes: &[u8], options: &ImportOptions) -> Result<Checked, Vec<Fault>> {
    let whole = |message: String| vec![Fault { file: file.to_owned(), place: Place::File, message }];
    let sheets = sheets(bytes)
        .map_err(|error| whole(format!("this is no workbook that can be read ({error}): save the form as .xlsx")))?;
    let Some(survey) = sheets.get("survey") else {
        return Err(whole("there is no sheet 'survey': an XLSForm has 'survey', 'choices' and 'settings'".to_owned()));
    };
    let mut reader = Reading { file, faults: Vec::new(), remarks: Vec::new(), plain: String::new() };
    let draft = reader.draft(survey, &sheets, options);
    if !reader.faults.is_empty() {
        return Err(reader.faults);
    }
    let mut checked = checked(file, draft)?;
    checked.remarks.splice(0..0, reader.remarks);
    Ok(checked)
}

struct Reading<'a> {
    file: &'a str,
    faults: Vec<Fault>,
    remarks: Vec<Remark>,
    /// The language of columns that name none.
    plain: String,
}

impl Reading<'_> {
    fn fault(&mut self, place: Place, message: impl Into<String>) {
        self.faults.push(Fault { file: self.file.to_owned(), place, message: message.into() });
    }

    fn remark(&mut self, place: Place, message: impl Into<String>) {
        self.remarks.push(Remark { place, message: message.into() });
    }

    fn draft(&mut self, survey: &Sheet, sheets: &BTreeMap<String, Sheet>, options: &ImportOptions) -> Draft {
        let empty = Sheet::default();
        let sheet = |name: &str| sheets.get(name).unwrap_or(&empty);
        let (settings_sheet, choices_sheet) = (sheet("settings"), sheet("choices"));
        let none = Vec::new();
        let (settings_row, settings_cells) =
            settings_sheet.rows.first().map_or((2, &none), |(row, cells)| (*row, cells));
        let setting = |name: &str| settings_sheet.value(settings_cells, name);
        let place = |name: &str| {
            settings_sheet.column(name).map_or(Place::File, |c| Place::Cell("settings", settings_row, c + 1))
        };

        // Languages: of the columns, and of those without one.
        let headers = survey.headers.iter().chain(&choices_sheet.headers);
        let mut languages: BTreeMap<String, String> =
            headers.clone().filter_map(|header| header.language.clone()).collect();
        let named = Some(setting("default_language")).filter(|text| !text.is_empty()).map(language);
        let plain = options.language.as_deref().map(language).or(named.clone());
        let (code, name) = plain.unwrap_or_else(|| language("en"));
        if headers.clone().any(|header| header.language.is_none() && TEXTS.contains(&header.base.as_str())) {
            languages.entry(code.clone()).or_insert(name);
        }
        self.plain = code;
        let default = named.map(|(code, _)| code).filter(|code| languages.contains_key(code));
        let first = survey.headers.iter().find_map(|header| header.language.as_ref().map(|(code, _)| code.clone()));
        let default_language = default
            .or_else(|| Some(self.plain.clone()).filter(|code| languages.contains_key(code)))
            .or(first)
            .unwrap_or_else(|| "en".to_owned());

        let mut choices = self.choices(choices_sheet);
        let survey_rows = self.survey(survey, &mut choices, &languages);
        let form = Form::of(sheet("bavn_form"), &default_language);
        let id = options.id.clone().unwrap_or_else(|| plain_id(setting("form_id"), setting("form_title")));
        let written = setting("version");
        let version = options.version.or_else(|| written.parse().ok()).unwrap_or(1);
        let mut settings: BTreeMap<String, String> = settings_sheet
            .headers
            .iter()
            .zip(settings_cells)
            .filter(|(header, cell)| !cell.is_empty() && !SETTINGS.contains(&header.base.as_str()))
            .map(|(header, cell)| (header.text.clone(), cell.clone()))
            .collect();
        if !written.is_empty() && written.parse::<u32>().is_err() {
            self.remark(
                place("version"),
                format!("the version '{written}' is no whole number: this is version {version}"),
            );
            settings.insert("bavn_original_version".to_owned(), written.to_owned());
        }
        let title = if setting("form_title").is_empty() { id.clone() } else { setting("form_title").to_owned() };
        let title = form.text("title").unwrap_or_else(|| Text([(default_language.clone(), title)].into()));
        let unvalidated = languages
            .keys()
            .map(|code| (code.clone(), ours(code, "ikke valideret i Danmark", "not validated in Denmark").to_owned()));
        let validated = form.text("validated").unwrap_or_else(|| Text(unvalidated.collect()));
        let own_consent = form
            .value("consent_question")
            .map(|question| Consent { question, given: form.value("consent_given").unwrap_or_default() });
        let own_licence = form.value("licence_holder").map(|holder| Licence {
            holder,
            terms: form.value("licence_terms").unwrap_or_default(),
            until: form.value("licence_until").unwrap_or_default(),
        });
        let status = match form.value("status").as_deref() {
            Some("trial") => Status::Trial,
            Some("active") => Status::Active,
            Some("retired") => Status::Retired,
            _ => Status::Draft,
        };
        let mut draft = Draft {
            id: At::new(id, place("form_id")),
            version: At::new(version, place("version")),
            status,
            title: At::new(title, place("form_title")),
            purpose: form.text("purpose").unwrap_or_default(),
            validated: At::new(validated, Place::File),
            languages: At::new(languages, Place::Cell("survey", 1, 1)),
            default_language: At::new(default_language, place("default_language")),
            consent: options.consent.clone().or(own_consent).map(|consent| At::new(consent, Place::File)),
            licence: options.licence.clone().or(own_licence).map(|licence| At::new(licence, Place::File)),
            sources: sources(sheet("bavn_sources")),
            groups: self.groups(sheet("bavn_groups")),
            signs: self.signs(sheet("bavn_signs")),
            bands: self.bands(sheet("bavn_bands")),
            choices,
            survey: survey_rows,
            settings,
        };
        if options.add_consent && draft.consent.is_none() {
            consent::add(&mut draft);
        }
        draft
    }

    fn choices(&mut self, sheet: &Sheet) -> Vec<At<DraftChoice>> {
        let own = |header: &Header| ["list_name", "name", "label"].contains(&header.base.as_str());
        let mut choices = Vec::new();
        for (row, cells) in &sheet.rows {
            let (list, name) = (sheet.value(cells, "list_name"), sheet.value(cells, "name"));
            if list.is_empty() && name.is_empty() {
                continue;
            }
            let place = Place::Cell("choices", *row, sheet.column("name").unwrap_or(0) + 1);
            let label = sheet.text(cells, "label", &self.plain);
            let choice =
                DraftChoice { list: list.to_owned(), name: name.to_owned(), label, extra: extra(sheet, cells, own) };
            choices.push(At::new(choice, place));
        }
        choices
    }

    fn survey(
        &mut self,
        sheet: &Sheet,
        choices: &mut Vec<At<DraftChoice>>,
        languages: &BTreeMap<String, String>,
    ) -> Vec<DraftRow> {
        let own = |header: &Header| TEXTS.contains(&header.base.as_str()) || VALUES.contains(&header.base.as_str());
        for needed in ["type", "name"] {
            if sheet.column(needed).is_none() {
                self.fault(Place::Cell("survey", 1, 1), format!("the sheet has no column '{needed}'"));
            }
        }
        let mut rows = Vec::new();
        for (number, cells) in &sheet.rows {
            let cell = |base: &str| {
                let place = Place::Cell("survey", *number, sheet.column(base).unwrap_or(0) + 1);
                At::new(sheet.value(cells, base).to_owned(), place)
            };
            let plain = self.plain.clone();
            let text = |base: &str| sheet.text(cells, base, &plain);
            let (mut kind, name, label) = (cell("type"), cell("name"), text("label"));
            if kind.value.is_empty() && name.value.is_empty() && label.is_empty() {
                continue; // A remark of whoever wrote the form.
            }
            let other = [" or_other", " or specify other"].iter().find_map(|end| kind.value.strip_suffix(end));
            let other = other.map(str::to_owned);
            if let Some(plain) = &other {
                kind.value = plain.clone();
            }
            let required = cell("required");
            let is_required = match required.value.to_lowercase().as_str() {
                "yes" | "true" | "true()" | "1" => true,
                "" | "no" | "false" | "false()" | "0" => false,
                _ => {
                    self.fault(required.place, "required must be yes or no: bavn follows no condition here");
                    false
                }
            };
            let signs = cell("bavn_signs");
            let mut means = Vec::new();
            for line in signs.value.lines().filter(|line| !line.trim().is_empty()) {
                match line.split_once(": ") {
                    Some((sign, when)) => {
                        means.push(At::new((sign.trim().to_owned(), when.trim().to_owned()), signs.place));
                    }
                    None => self.fault(signs.place, "each line is a sign and an expression: sign: . = 'yes'"),
                }
            }
            let question = name.value.clone();
            let extra = extra(sheet, cells, own);
            rows.push(DraftRow {
                label,
                hint: text("hint"),
                note: text("guidance_hint"),
                required: is_required,
                required_message: text("required_message"),
                relevant: cell("relevant"),
                constraint: cell("constraint"),
                constraint_message: text("constraint_message"),
                calculation: cell("calculation"),
                choice_filter: cell("choice_filter"),
                signs: means,
                unreachable: cell("bavn_unreachable").value,
                extra,
                kind,
                name,
            });
            if let Some(kind) = other {
                let place = rows.last().map_or(Place::File, |row| row.kind.place);
                rows.push(self.other(&kind, &question, place, choices, languages));
            }
        }
        rows
    }

    /// The choice "other" of `or_other`, and its question, written out.
    fn other(
        &mut self,
        kind: &str,
        question: &str,
        place: Place,
        choices: &mut Vec<At<DraftChoice>>,
        languages: &BTreeMap<String, String>,
    ) -> DraftRow {
        let list = kind.split_whitespace().last().unwrap_or_default();
        let text = |da, en| Text(languages.keys().map(|code| (code.clone(), ours(code, da, en).to_owned())).collect());
        if !choices.iter().any(|choice| choice.value.list == list && choice.value.name == "other") {
            let label = text("Andet", "Other");
            let choice = DraftChoice { list: list.to_owned(), name: "other".to_owned(), label, extra: BTreeMap::new() };
            choices.push(At::new(choice, place));
        }
        self.remark(
            place,
            format!("or_other of '{question}' is written out as a choice and the question '{question}_other'"),
        );
        DraftRow {
            kind: At::new("text".to_owned(), place),
            name: At::new(format!("{question}_other"), place),
            label: text("Andet: hvad?", "Other: what?"),
            relevant: At::new(format!("selected(${{{question}}}, 'other')"), place),
            ..DraftRow::default()
        }
    }

    fn groups(&mut self, sheet: &Sheet) -> Vec<SignGroup> {
        let group = |(_, cells): &(usize, Vec<String>)| SignGroup {
            key: sheet.value(cells, "key").to_owned(),
            title: sheet.text(cells, "title", &self.plain),
        };
        sheet.rows.iter().map(group).collect()
    }

    fn signs(&mut self, sheet: &Sheet) -> Vec<At<Sign>> {
        let mut signs = Vec::new();
        for (row, cells) in &sheet.rows {
            let place = |base: &str| Place::Cell("bavn_signs", *row, sheet.column(base).unwrap_or(0) + 1);
            let value = |base: &str| sheet.value(cells, base);
            let grade = match value("grade") {
                "A" => Grade::A,
                "B+" => Grade::BPlus,
                "B" => Grade::B,
                "C" => Grade::C,
                "D" => Grade::D,
                other => {
                    self.fault(place("grade"), format!("the grade '{other}' is none of A, B+, B, C, D"));
                    continue;
                }
            };
            let role = match value("role") {
                "" | "score" => SignRole::Score,
                "context" => SignRole::Context,
                "counter" => SignRole::Counter,
                "urgent" => SignRole::Urgent,
                other => {
                    self.fault(place("role"), format!("the role '{other}' is none of score, context, counter, urgent"));
                    continue;
                }
            };
            let points = match value("points") {
                "" => crate::toml_form::default_points(grade, role),
                text => text.parse().unwrap_or_else(|_| {
                    self.fault(place("points"), format!("'{text}' is no number"));
                    0.0
                }),
            };
            let sign = Sign {
                id: value("id").to_owned(),
                title: sheet.text(cells, "title", &self.plain),
                group: value("group").to_owned(),
                grade,
                role,
                points,
                sources: value("sources").split_whitespace().map(str::to_owned).collect(),
                other_reading: sheet.text(cells, "other_reading", &self.plain),
            };
            signs.push(At::new(sign, place("id")));
        }
        signs
    }

    fn bands(&mut self, sheet: &Sheet) -> Vec<At<BandRule>> {
        let mut bands = Vec::new();
        for (row, cells) in &sheet.rows {
            let place = Place::Cell("bavn_bands", *row, 1);
            let band = match sheet.value(cells, "band") {
                "high" => Band::High,
                "medium" => Band::Medium,
                other => {
                    self.fault(place, format!("the band '{other}' is neither medium nor high"));
                    continue;
                }
            };
            let [points, groups, strong_groups] =
                ["points", "groups", "strong_groups"].map(|base| match sheet.value(cells, base) {
                    "" => 0.0,
                    text => text.parse::<f64>().unwrap_or_else(|_| {
                        let place = Place::Cell("bavn_bands", *row, sheet.column(base).unwrap_or(0) + 1);
                        self.fault(place, format!("'{text}' is no number"));
                        0.0
                    }),
                });
            let rule = BandRule {
                band,
                title: sheet.text(cells, "title", &self.plain),
                points,
                groups: groups as usize,
                strong_groups: strong_groups as usize,
                one_of: sheet.value(cells, "one_of").split_whitespace().map(str::to_owned).collect(),
            };
            bands.push(At::new(rule, place));
        }
        bands
    }
}

fn sources(sheet: &Sheet) -> Vec<Source> {
    let source = |(_, cells): &(usize, Vec<String>)| Source {
        key: sheet.value(cells, "key").to_owned(),
        // Without a language the head "title" reads as a form's.
        title: sheet.value(cells, "form_title").to_owned(),
        verified: sheet.value(cells, "verified") == "yes",
    };
    sheet.rows.iter().map(source).collect()
}

fn extra(sheet: &Sheet, cells: &[String], own: impl Fn(&Header) -> bool) -> BTreeMap<String, String> {
    sheet
        .headers
        .iter()
        .zip(cells)
        .filter(|(header, cell)| !cell.is_empty() && !header.text.is_empty() && !own(header))
        .map(|(header, cell)| (header.text.clone(), cell.clone()))
        .collect()
}

/// An id of small letters, digits, - and _.
fn plain_id(form_id: &str, title: &str) -> String {
    let text = [form_id, title, "form"].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    text.chars().map(plain).collect::<String>().trim_matches('-').to_owned()
}

/// The sheet of keys with a value, or a text in each language.
struct Form(BTreeMap<String, (String, Text)>);

impl Form {
    fn of(sheet: &Sheet, plain: &str) -> Form {
        let row = |(_, cells): &(usize, Vec<String>)| {
            // The head "value" reads as a choice's name.
            let value = sheet.value(cells, "name").to_owned();
            (sheet.value(cells, "key").to_owned(), (value, sheet.text(cells, "text", plain)))
        };
        Form(sheet.rows.iter().map(row).collect())
    }
    fn value(&self, key: &str) -> Option<String> {
        self.0.get(key).map(|(value, _)| value.clone()).filter(|value| !value.is_empty())
    }
    fn text(&self, key: &str) -> Option<Text> {
        self.0.get(key).map(|(_, text)| text.clone()).filter(|text| !text.is_empty())
    }
}
