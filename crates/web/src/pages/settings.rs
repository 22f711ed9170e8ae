//! The configuration on the pages, for administrators: each file's values or its whole text, looked at before it is saved
//! (mistakes with their line, difference, what it would do), saved with a reason, and a way back. The files stay the truth.

use super::show;
use crate::AppState;
use crate::access::{Administrator, Visit, Who};
use crate::configuration::{
    ConfigChange, ConfigDraft, ConfigField, ConfigFile, ConfigGroup, ConfigMistake, ConfigOpen, ConfigurationError,
    DiffLine,
};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use std::collections::{BTreeMap, HashMap};
use store::{AlarmRow, ConfigHow, ConfigVersion};

/// Changes shown on the overview, texts in a file's history.
const CHANGES: u32 = 20;
const VERSIONS: u32 = 50;
/// Field names of the form begin so; the rest is the value's place.
const FIELD: &str = "v:";

struct FileView {
    id: String,
    title: String,
    path: String,
}

struct GroupView {
    title: String,
    files: Vec<FileView>,
}

struct ChangeView {
    id: i64,
    file: String,
    href: String,
    words: String,
    reason: String,
    newest: bool,
    is_gone: bool,
}

struct AlarmView {
    words: String,
    time: String,
    told: String,
    lasts: bool,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsView {
    page: Page,
    fault: Option<String>,
    groups: Vec<GroupView>,
    changes: Vec<ChangeView>,
    alarms: Vec<AlarmView>,
    can_add: bool,
}

struct TableView {
    title: String,
    fields: Vec<ConfigField>,
}

#[derive(Template)]
#[template(path = "settings_file.html")]
struct FilePage {
    page: Page,
    id: String,
    open: ConfigOpen,
    tables: Vec<TableView>,
    versions: Vec<ChangeView>,
    error: Option<String>,
}

struct DiffView {
    mark: &'static str,
    class: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "settings_draft.html")]
struct DraftPage {
    page: Page,
    id: String,
    /// The changed text; empty where the file goes.
    text: String,
    gone: bool,
    draft: ConfigDraft,
    lines: Vec<DiffView>,
    effects: Vec<String>,
    same: bool,
    reason: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "settings_new.html")]
struct NewPage {
    page: Page,
    kind: String,
    group: String,
    name: String,
    groups: Vec<char>,
    /// The file that the new one is to be like: its id; empty for an outline.
    like: String,
    error: Option<String>,
}

/// Groups of indicators.
const GROUPS: std::ops::RangeInclusive<char> = 'A'..='L';

/// A path as it stands in an address: one part.
fn id_of(path: &str) -> String {
    path.replace('/', "~")
}

fn path_of(id: &str) -> String {
    id.replace('~', "/")
}

/// All files, the newest changes, the alarms.
pub async fn overview(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    let page = Page::of(&state, &visit, &who, visit.language.t("settings-title"));
    let files = state.configuration.files().await?;
    let groups = ConfigGroup::ALL.into_iter().map(|group| GroupView {
        title: page.t(group.key()),
        files: files.iter().filter(|file| file.group == group).map(|file| file_view(&page, file)).collect(),
    });
    let groups = groups.filter(|group| !group.files.is_empty()).collect();
    let changes = state.store.config_changes(CHANGES).await?;
    let changes = changes.iter().map(|change| change_view(&page, change, false)).collect();
    let alarms = state.store.alarms(CHANGES).await?.iter().map(|alarm| alarm_view(&page, alarm)).collect();
    let can_add = !files.is_empty();
    show(&SettingsView { fault: state.configuration.fault(), groups, changes, alarms, can_add, page })
}

/// Asks what the new file is to be.
pub async fn new(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    new_shown(&state, &visit, &who, &["site", "A", "", ""], None)
}

/// Begins a new file: with an outline, or with what another one says.
pub async fn make(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let (name, like_id) = (posted.text("name"), posted.text("like"));
    let like = Some(path_of(&like_id)).filter(|like| !like.is_empty());
    let (kind, group) = (posted.text("kind"), posted.text("group"));
    let path = match &like {
        Some(like) => beside(like, &name),
        None => match kind.as_str() {
            "site" => format!("sites/{name}/site.toml"),
            "indicator" => format!("indicators/{group}/{name}.toml"),
            "programme" => format!("programmes/{name}.toml"),
            "words" => format!("public/{name}.toml"),
            _ => return Err(WebError::UnreadableForm),
        },
    };
    let wrong = |key: &str| -> Result<Response, WebError> {
        let error = Some(visit.language.t(key));
        let page = new_shown(&state, &visit, &who, &[&kind, &group, &name, &like_id], error)?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    match state.configuration.open(&path).await {
        Ok(open) if open.exists => return wrong("settings-new-exists"),
        Ok(_) => {}
        Err(ConfigurationError::NotFound) => return wrong("settings-new-name-wrong"),
        Err(error) => return Err(error.into()),
    }
    let text = state.configuration.outline(&path, like.as_deref()).await?;
    let draft = state.configuration.draft(&path, Some(&text), who.id(), state.now()).await?;
    Ok(draft_shown(&state, &visit, &who, draft, String::new(), None)?.into_response())
}

/// A new file of the same kind, beside another.
fn beside(like: &str, name: &str) -> String {
    match like.strip_suffix("/site.toml").unwrap_or(like).rsplit_once('/') {
        Some((folder, _)) if like.ends_with("/site.toml") => format!("{folder}/{name}/site.toml"),
        Some((folder, _)) => format!("{folder}/{name}.toml"),
        None => format!("{name}.toml"),
    }
}

/// Looks at what it would do if the file went.
pub async fn remove(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Html<String>, WebError> {
    let draft = state.configuration.draft(&path_of(&id), None, who.id(), state.now()).await?;
    draft_shown(&state, &visit, &who, draft, String::new(), None)
}

/// One file: values, whole text, history.
pub async fn file(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let open = state.configuration.open(&path_of(&id)).await?;
    let page = file_page(&state, &visit, &who, &open.file).with_done(query.get("done"));
    file_shown(&state, page, open, None).await
}

/// Looks at a change: of values, or of the whole text.
pub async fn check(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Html<String>, WebError> {
    let path = path_of(&id);
    let base = posted.text("base");
    let text = match posted.text("how").as_str() {
        "values" => match state.configuration.with_values(&path, &base, &posted.beginning_with(FIELD)).await {
            Ok(text) => text,
            Err(ConfigurationError::Invalid(mistakes)) => {
                let open = state.configuration.open(&path).await?;
                let page = file_page(&state, &visit, &who, &open.file);
                let error = mistakes.first().map(|mistake| mistake.message.clone());
                return file_shown(&state, page, open, error).await;
            }
            Err(error) => return Err(error.into()),
        },
        "text" => whole(posted.raw("text")),
        _ => return Err(WebError::UnreadableForm),
    };
    let draft = state.configuration.draft(&path, Some(&text), who.id(), state.now()).await?;
    // A whole text made of an older file would undo a colleague's change: that is said before it can be saved.
    let changed = (draft.open.digest != base).then(|| visit.language.t("settings-changed"));
    draft_shown(&state, &visit, &who, draft, posted.text("reason"), changed)
}

/// Saves a change that was looked at.
pub async fn save(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    let change = ConfigChange {
        path: path_of(&id),
        text: posted.text("gone").is_empty().then(|| whole(posted.raw("text"))),
        base: posted.text("base"),
        reason: posted.text("reason"),
        is_return: false,
        by: who.id(),
        at: state.now(),
    };
    let again = async |error: String| -> Result<Response, WebError> {
        let draft = state.configuration.draft(&change.path, change.text.as_deref(), who.id(), state.now()).await?;
        Ok(draft_shown(&state, &visit, &who, draft, change.reason.clone(), Some(error))?.into_response())
    };
    if change.reason.is_empty() {
        return again(visit.language.t("settings-reason-needed")).await;
    }
    match state.configuration.save(&change).await {
        Ok(()) => {
            let done = if change.text.is_some() { "settings-saved" } else { "settings-gone" };
            Ok(Redirect::to(&format!("/settings/{id}?done={done}")).into_response())
        }
        Err(ConfigurationError::Changed) => again(visit.language.t("settings-changed")).await,
        Err(ConfigurationError::Invalid(_)) => again(visit.language.t("settings-invalid")).await,
        Err(ConfigurationError::ReadOnly { what }) => {
            again(visit.language.v("settings-read-only-why", "why", what)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes an earlier text back, with one click: that it was in force before is its reason.
pub async fn go_back(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    let version = posted.number("version").ok_or(WebError::UnreadableForm)?;
    let (version, text) = state.store.config_text(version).await?;
    let open = state.configuration.open(&path_of(&id)).await?;
    if version.file != open.file.path || version.how == ConfigHow::Gone {
        return Err(WebError::NotFound);
    }
    let page = file_page(&state, &visit, &who, &open.file);
    let change = ConfigChange {
        path: version.file.clone(),
        text: Some(text),
        base: posted.text("base"),
        reason: page.v("settings-return-reason", "time", page.short_time(&version.at)),
        is_return: true,
        by: who.id(),
        at: state.now(),
    };
    match state.configuration.save(&change).await {
        Ok(()) => Ok(Redirect::to(&format!("/settings/{id}?done=settings-returned")).into_response()),
        // An old text may not be valid any more: it is shown with what is wrong, to go on from there.
        Err(error @ (ConfigurationError::Invalid(_) | ConfigurationError::Changed)) => {
            let key =
                if matches!(error, ConfigurationError::Changed) { "settings-changed" } else { "settings-invalid" };
            let draft = state.configuration.draft(&change.path, change.text.as_deref(), who.id(), state.now()).await?;
            Ok(draft_shown(&state, &visit, &who, draft, change.reason, Some(page.t(key)))?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// A text as a form sends it: line ends of the browser become those of files, and the last line ends.
fn whole(sent: &str) -> String {
    let mut text = sent.replace("\r\n", "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn file_page(state: &AppState, visit: &Visit, who: &Who, file: &ConfigFile) -> Page {
    let title = visit.language.of(&file.title).to_owned();
    Page::of(state, visit, who, title).under("/settings", visit.language.t("settings-title"))
}

async fn file_shown(
    state: &AppState,
    page: Page,
    mut open: ConfigOpen,
    error: Option<String>,
) -> Result<Html<String>, WebError> {
    let versions = state.store.config_versions(&open.file.path, VERSIONS).await?;
    // One that is gone is shown for its history and the way back; of one that never was there is nothing to show.
    if !open.exists && versions.is_empty() {
        return Err(WebError::NotFound);
    }
    let versions = versions.iter().enumerate().map(|(n, version)| change_view(&page, version, n == 0)).collect();
    let mut tables: Vec<TableView> = Vec::new();
    for field in std::mem::take(&mut open.fields) {
        match tables.last_mut() {
            Some(table) if table.title == field.table => table.fields.push(field),
            _ => tables.push(TableView { title: field.table.clone(), fields: vec![field] }),
        }
    }
    show(&FilePage { id: id_of(&open.file.path), tables, versions, error, open, page })
}

fn draft_shown(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    draft: ConfigDraft,
    reason: String,
    error: Option<String>,
) -> Result<Html<String>, WebError> {
    let file = &draft.open.file;
    let id = id_of(&file.path);
    let title = visit.language.of(&file.title).to_owned();
    let page = Page::of(state, visit, who, visit.language.t("settings-draft-title"))
        .under("/settings", visit.language.t("settings-title"))
        .under(format!("/settings/{id}"), title);
    let lines = draft.difference.iter().map(|line| match line {
        DiffLine::Same(text) => DiffView { mark: " ", class: "", text: text.clone() },
        DiffLine::Gone(text) => DiffView { mark: "−", class: "gone", text: text.clone() },
        DiffLine::New(text) => DiffView { mark: "+", class: "new", text: text.clone() },
        DiffLine::Skipped => DiffView { mark: "⋯", class: "quiet", text: String::new() },
    });
    let lines: Vec<DiffView> = lines.collect();
    let effects = draft.effects.iter().map(|effect| visit.language.of(effect).to_owned()).collect();
    let gone = draft.text.is_none();
    let text = draft.text.clone().unwrap_or_default();
    let same = !gone && draft.open.exists && text == draft.open.text;
    show(&DraftPage { id, text, gone, lines, effects, same, reason, error, draft, page })
}

fn new_shown(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    asked: &[&str; 4],
    error: Option<String>,
) -> Result<Html<String>, WebError> {
    let page = Page::of(state, visit, who, visit.language.t("settings-new-title"))
        .under("/settings", visit.language.t("settings-title"));
    let [kind, group, name, like] = asked.map(str::to_owned);
    show(&NewPage { like, kind, group, name, groups: GROUPS.collect(), error, page })
}

fn file_view(page: &Page, file: &ConfigFile) -> FileView {
    FileView { id: id_of(&file.path), title: page.of_both(&file.title).to_owned(), path: file.path.clone() }
}

fn change_view(page: &Page, version: &ConfigVersion, newest: bool) -> ChangeView {
    let words = [
        ("how", page.t(&format!("settings-how-{}", version.how.as_str()))),
        ("who", version.by.clone()),
        ("time", page.short_time(&version.at)),
    ];
    ChangeView {
        id: version.id,
        file: version.file.clone(),
        href: format!("/settings/{}", id_of(&version.file)),
        words: page.t.vs("settings-change", &words),
        reason: version.reason.clone(),
        newest,
        is_gone: version.how == ConfigHow::Gone,
    }
}

fn alarm_view(page: &Page, alarm: &AlarmRow) -> AlarmView {
    let key = format!("alarm-{}", alarm.kind);
    let time = match &alarm.ended_at {
        Some(at) => {
            page.t.vs("alarm-lasted", &[("from", page.short_time(&alarm.began_at)), ("to", page.short_time(at))])
        }
        None => page.v("since-time", "time", page.time(&alarm.began_at)),
    };
    let told = match alarm.told {
        (0, 0) => page.t("alarm-told-nobody"),
        (sent, 0) => page.n("alarm-told", sent),
        (_, waiting) => page.n("alarm-told-waiting", waiting),
    };
    AlarmView { words: page.v(&key, "which", &alarm.subject), time, told, lasts: alarm.ended_at.is_none() }
}

impl From<ConfigurationError> for WebError {
    fn from(error: ConfigurationError) -> Self {
        match error {
            ConfigurationError::NotFound => WebError::NotFound,
            ConfigurationError::Store(error) => WebError::Store(error),
            // Whoever changed it in the meantime: the page is old.
            ConfigurationError::Changed => WebError::OldForm,
            other => WebError::Internal { what: other.to_string() },
        }
    }
}

impl Posted {
    /// The fields whose names begin so, without that beginning, exactly as sent.
    fn beginning_with(&self, start: &str) -> BTreeMap<String, String> {
        let named = |(name, value): (&String, &String)| Some((name.strip_prefix(start)?.to_owned(), value.clone()));
        self.all().filter_map(named).collect()
    }
}

impl ConfigMistake {
    /// Whether a line is to blame.
    fn has_line(&self) -> bool {
        self.line > 0
    }
}
