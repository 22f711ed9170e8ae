//! People, for administrators: who may sign in and as what, one-time links, sessions.

use super::account::{SessionView, session_view};
use super::{Choice, show};
use crate::AppState;
use crate::access::{Administrator, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::TeamId;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use store::{Account, AccountId, Actor, NewAccount, PersonRole, StoreError};

/// Longest log-in and name in characters.
const MOST_CHARACTERS: usize = 80;

struct PersonView {
    id: i64,
    name: String,
    login: String,
    role: String,
    urgent: bool,
    team: String,
    since: String,
    state: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeopleView {
    page: Page,
    people: Vec<PersonView>,
    roles: Vec<Choice>,
    teams: Vec<Choice>,
    login: String,
    name: String,
    /// The field that something is wrong with, and what.
    error: Option<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    page: Page,
    p: PersonView,
    id: i64,
    closed: bool,
    own: bool,
    factor: String,
    roles: Vec<Choice>,
    teams: Vec<Choice>,
    sessions: Vec<SessionView>,
    /// The field that something is wrong with, and what.
    error: Option<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkView {
    page: Page,
    name: String,
    link: String,
    until: String,
}

/// All accounts, and the form that invites somebody.
pub async fn people(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
) -> Result<Response, WebError> {
    people_page(&state, &who, &visit, StatusCode::OK, &Posted::default(), None).await
}

async fn people_page(
    state: &AppState,
    who: &Who,
    visit: &Visit,
    status: StatusCode,
    posted: &Posted,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let accounts = state.store.accounts().await?;
    let page = Page::of(state, visit, who, visit.language.t("people-title"));
    let view = PeopleView {
        people: accounts.iter().map(|account| person_view(state, &page, account)).collect(),
        roles: roles(&page, &posted.text("role")),
        teams: teams(state, &page, &posted.text("team")),
        login: posted.text("login"),
        name: posted.text("name"),
        error: wrong.map(|key| (field_of(key), visit.language.t(key))),
        page,
    };
    Ok((status, show(&view)?).into_response())
}

fn person_view(state: &AppState, page: &Page, account: &Account) -> PersonView {
    let (t, details) = (page.t, &account.details);
    let team = details.team.as_ref().map(|id| state.settings.team(id).map_or(id.0.clone(), |team| team.name.clone()));
    PersonView {
        id: account.id.0,
        name: details.name.clone(),
        login: details.login.clone(),
        role: t.t(&format!("role-{}", details.role.as_str())),
        urgent: details.urgent_contact,
        team: team.unwrap_or_else(|| "–".to_owned()),
        since: page.short_date(&account.created_at),
        state: match &account.disabled_at {
            Some(at) => page.v("person-disabled", "date", page.short_date(at)),
            None if details.password_hash.is_empty() => t.t("person-invited"),
            None => t.t("person-active"),
        },
    }
}

fn roles(page: &Page, chosen: &str) -> Vec<Choice> {
    [PersonRole::Researcher, PersonRole::OutreachWorker, PersonRole::Administrator, PersonRole::Auditor]
        .map(|role| Choice::new(role.as_str(), page.t.t(&format!("role-{}", role.as_str())), chosen))
        .into()
}

fn teams(state: &AppState, page: &Page, chosen: &str) -> Vec<Choice> {
    let none = Choice::new("", page.t("person-no-team"), chosen);
    let teams = state.settings.teams.iter().map(|team| Choice::new(team.id.0.clone(), team.name.clone(), chosen));
    std::iter::once(none).chain(teams).collect()
}

/// The field that a mistake is about; empty where it is about none.
fn field_of(wrong: &str) -> &'static str {
    match wrong {
        "person-wrong-login" | "person-login-taken" => "login",
        "person-wrong-name" => "name",
        "person-wrong-role" => "role",
        "person-wrong-team" => "team",
        _ => "",
    }
}

/// Role and team as sent, or the key of what is wrong with them.
fn role_and_team(state: &AppState, posted: &Posted) -> Result<(PersonRole, Option<TeamId>), &'static str> {
    let role = PersonRole::parse(&posted.text("role")).ok_or("person-wrong-role")?;
    let team = Some(TeamId(posted.text("team"))).filter(|team| !team.0.is_empty());
    match (&team, role) {
        (Some(team), PersonRole::OutreachWorker) if state.settings.team(team).is_some() => {
            Ok((role, Some(team.clone())))
        }
        (None, PersonRole::OutreachWorker) | (Some(_), PersonRole::OutreachWorker) => Err("person-wrong-team"),
        // A team is a worker's; who becomes something else leaves it.
        _ => Ok((role, None)),
    }
}

/// Makes an account without a password and shows its one-time link.
pub async fn invite(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    parts: Parts,
    posted: Posted,
) -> Result<Response, WebError> {
    let (login, name) = (posted.text("login").to_lowercase(), posted.text("name"));
    let fits = |text: &str| !text.is_empty() && text.chars().count() <= MOST_CHARACTERS && !text.contains('\n');
    let wrong = if !fits(&login) || login.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Some("person-wrong-login")
    } else if !fits(&name) {
        Some("person-wrong-name")
    } else if state.store.account_by_login(&login).await?.is_some() {
        Some("person-login-taken")
    } else {
        None
    };
    let checked = wrong.map_or_else(|| role_and_team(&state, &posted), Err);
    let (role, team) = match checked {
        Ok(checked) => checked,
        Err(key) => {
            return people_page(&state, &who, &visit, StatusCode::UNPROCESSABLE_ENTITY, &posted, Some(key)).await;
        }
    };
    let account = NewAccount {
        login,
        name,
        role,
        team,
        programme: Some(state.settings.programme.clone()),
        organisation: who.account.details.organisation.clone(),
        language: state.settings.default_language.code().to_owned(),
        urgent_contact: false,
        password_hash: String::new(),
    };
    let id = match state.store.add_account(&account, &Actor::Account(who.id()), state.now()).await {
        // A colleague was faster by a moment.
        Err(StoreError::Refused { .. }) => {
            let wrong = Some("person-login-taken");
            return people_page(&state, &who, &visit, StatusCode::UNPROCESSABLE_ENTITY, &posted, wrong).await;
        }
        id => id?,
    };
    link_page(&state, &who, &visit, &parts, id, &account.name).await
}

/// Makes a new one-time link for an account: its password and second factor are good until it is used.
pub async fn link(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    parts: Parts,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Response, WebError> {
    let account = known(&state, id).await?;
    if account.disabled_at.is_some() {
        let wrong = Some("person-closed-no-link");
        return person_page(&state, &who, &visit, &account, StatusCode::UNPROCESSABLE_ENTITY, None, wrong).await;
    }
    link_page(&state, &who, &visit, &parts, account.id, &account.details.name).await
}

async fn link_page(
    state: &AppState,
    who: &Who,
    visit: &Visit,
    parts: &Parts,
    id: AccountId,
    name: &str,
) -> Result<Response, WebError> {
    // Links go by the machine's clock, as sessions do.
    let now = Timestamp::now();
    let until = now + SignedDuration::from_hours(state.settings.invitation_hours);
    let token = state.store.invite(id, until, &Actor::Account(who.id()), now).await?;
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if state.settings.behind_tls { "https" } else { "http" };
    let page =
        Page::of(state, visit, who, visit.language.t("link-title")).under("/people", visit.language.t("people-title"));
    let view = LinkView {
        name: name.to_owned(),
        link: format!("{scheme}://{host}/invitation/{}", token.as_str()),
        until: page.time(&until),
        page,
    };
    Ok(show(&view)?.into_response())
}

async fn known(state: &AppState, id: i64) -> Result<Account, WebError> {
    state.store.account(AccountId(id)).await?.ok_or(WebError::NotFound)
}

/// One account.
pub async fn person(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Path(id): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let account = known(&state, id).await?;
    person_page(&state, &who, &visit, &account, StatusCode::OK, query.get("done"), None).await
}

async fn person_page(
    state: &AppState,
    who: &Who,
    visit: &Visit,
    account: &Account,
    status: StatusCode,
    done: Option<&String>,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let t = visit.language;
    let page =
        Page::of(state, visit, who, account.details.name.clone()).under("/people", t.t("people-title")).with_done(done);
    let sessions = state.store.sessions_of(account.id, Timestamp::now()).await?;
    let factor = match state.store.second_factor(account.id).await? {
        Some(_) => page.n("codes-left", state.store.recovery_codes_left(account.id).await?),
        None => t.t("factor-none"),
    };
    let team = account.details.team.as_ref().map_or("", |team| team.as_str());
    let view = PersonPage {
        id: account.id.0,
        closed: account.disabled_at.is_some(),
        own: account.id == who.id(),
        factor,
        roles: roles(&page, account.details.role.as_str()),
        teams: teams(state, &page, team),
        sessions: sessions.iter().map(|shown| session_view(&page, shown, "")).collect(),
        p: person_view(state, &page, account),
        error: wrong.map(|key| (field_of(key), t.t(key))),
        page,
    };
    Ok((status, show(&view)?).into_response())
}

/// Changes role and team; the person signs in again.
pub async fn change(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let account = known(&state, id).await?;
    let checked = if account.id == who.id() { Err("person-own") } else { role_and_team(&state, &posted) };
    match checked {
        Ok((role, team)) => {
            let by = Actor::Account(who.id());
            state.store.set_account_role(account.id, role, team.as_ref(), &by, state.now()).await?;
            Ok(Redirect::to(&format!("/people/{id}?done=person-changed")).into_response())
        }
        Err(key) => {
            person_page(&state, &who, &visit, &account, StatusCode::UNPROCESSABLE_ENTITY, None, Some(key)).await
        }
    }
}

/// Ends all sessions of an account.
pub async fn end_sessions(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let account = known(&state, id).await?;
    state.store.end_sessions(account.id, |_| true, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to(&format!("/people/{id}?done=sessions-ended")))
}

/// Closes an account at once.
pub async fn close(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Response, WebError> {
    let account = known(&state, id).await?;
    if account.id == who.id() {
        let wrong = Some("person-own");
        return person_page(&state, &who, &visit, &account, StatusCode::UNPROCESSABLE_ENTITY, None, wrong).await;
    }
    state.store.set_account_disabled(account.id, true, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to(&format!("/people/{id}?done=person-closed")).into_response())
}

/// Lets a closed account sign in again.
pub async fn open(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let account = known(&state, id).await?;
    state.store.set_account_disabled(account.id, false, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to(&format!("/people/{id}?done=person-opened")))
}
