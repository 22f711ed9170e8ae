//! Every address, with who may ask for it. A test asks for each as each role.

use crate::pages::{
    account, ad, administration, attempt, audit, called, case, contact, copies, coverage, decision, drift, findings,
    follow_ups, hand_over, health, history, identity, incoming, indicators, interview, invitation, left_out, line,
    network, notes, objection, objections, pair, people, place, places, queue, queue_acts, retention, search, second,
    second_factor, settings, shadow, shared_numbers, sign_in, today, try_text, urgent, visits, what_came, what_if,
};
use crate::{AppState, assets, errors, headers, sessions};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use store::PersonRole;

/// Largest form in bytes: a text of 20,000 characters, percent-encoded, fits.
const FORM_LIMIT_BYTES: usize = 256 * 1024;
/// Largest form of the public listener in bytes.
const PUBLIC_FORM_LIMIT_BYTES: usize = 8 * 1024;

/// Who may ask for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anybody.
    Public,
    /// Anybody who is signed in.
    SignedIn,
    /// One role.
    Only(PersonRole),
    /// Either of two roles.
    Either(PersonRole, PersonRole),
    /// Whoever is appointed for the urgent route, whatever their role.
    Appointed,
}

/// An address of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteInfo {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// With `{id}` where something is named.
    pub path: &'static str,
    /// Who may.
    pub audience: Audience,
}

macro_rules! routes {
    ($($method:ident $path:literal $audience:expr => $handler:expr;)*) => {
        /// Every address with who may ask for it.
        pub const ROUTES: &[RouteInfo] = &[$(RouteInfo { method: routes!(@name $method), path: $path, audience: $audience }),*];

        fn router() -> Router<AppState> {
            Router::new()$(.route($path, $method($handler)))*
        }
    };
    (@name get) => { "GET" };
    (@name post) => { "POST" };
}

use Audience::{Appointed, Either, Only, Public, SignedIn};
use PersonRole::{Administrator, Auditor, OutreachWorker, Researcher};

routes! {
    get "/" Public => sign_in::start;
    get "/sign-in" Public => sign_in::form;
    post "/sign-in" Public => sign_in::sign_in;
    get "/sign-in/code" Public => second_factor::code_form;
    post "/sign-in/code" Public => second_factor::code;
    get "/sign-in/factor" Public => second_factor::enrol_form;
    post "/sign-in/factor" Public => second_factor::enrol;
    get "/sign-in/provider" Public => identity::begin;
    get "/sign-in/provider/back" Public => identity::back;
    get "/invitation/{token}" Public => invitation::form;
    post "/invitation/{token}" Public => invitation::accept;
    get "/account" SignedIn => account::account;
    post "/account/password" SignedIn => account::password;
    post "/account/sessions/{id}/end" SignedIn => account::end_session;
    post "/account/sessions-end" SignedIn => account::end_others;
    get "/account/factor" SignedIn => account::factor_form;
    post "/account/factor" SignedIn => account::factor;
    post "/account/factor/confirm" SignedIn => account::confirm;
    post "/account/codes" SignedIn => account::codes;
    post "/sign-out" SignedIn => sign_in::sign_out;
    post "/language" Public => sign_in::language;
    get "/contact" Public => contact::contact;
    get "/objection" Public => objection::form;
    post "/objection" Public => objection::object;
    get "/healthz" Public => health::healthz;
    get "/readyz" Public => health::readyz;
    get "/assets/{name}" Public => assets::asset;
    get "/objections" Either(Researcher, Administrator) => objections::objections;
    get "/objections.csv" Either(Researcher, Administrator) => objections::file;
    post "/objections/{id}/decide" Either(Researcher, Administrator) => objections::decide;
    post "/objections/{id}/undo" Either(Researcher, Administrator) => objections::undo;
    post "/objections/{id}/withdraw" Either(Researcher, Administrator) => objections::withdraw;
    get "/queue" Only(Researcher) => queue::queue;
    post "/queue/next" Only(Researcher) => queue_acts::next;
    get "/incoming/{id}" Only(Researcher) => incoming::incoming;
    post "/incoming/{id}" Only(Researcher) => incoming::set;
    post "/queue/views" Only(Researcher) => queue_acts::save_view;
    post "/queue/views/{id}/open" Only(Researcher) => queue_acts::open_view;
    post "/queue/views/{id}/delete" Only(Researcher) => queue_acts::delete_view;
    get "/case/{id}" Only(Researcher) => case::case;
    post "/case/{id}/skip" Only(Researcher) => queue_acts::skip;
    post "/case/{id}/unskip" Only(Researcher) => queue_acts::unskip;
    post "/case/{id}/take" Only(Researcher) => decision::take;
    post "/case/{id}/give-back" Only(Researcher) => decision::give_back;
    post "/case/{id}/decide" Only(Researcher) => decision::decide;
    post "/case/{id}/undo" Only(Researcher) => decision::undo;
    get "/urgent" Appointed => urgent::urgent;
    get "/urgent/{id}" Appointed => urgent::one;
    post "/urgent/{id}/answer" Appointed => urgent::answer;
    post "/urgent/{id}/close" Appointed => urgent::close;
    post "/case/{id}/close-urgent" Only(Researcher) => decision::close_urgent;
    post "/notes" Only(Researcher) => notes::add;
    post "/notes/{id}/undo" Only(Researcher) => notes::undo;
    get "/tag/{id}" Only(Researcher) => notes::tag;
    get "/tag/{id}/file" Only(Researcher) => notes::tag_file;
    get "/ad/{id}" Only(Researcher) => ad::ad;
    post "/case/{id}/answer-urgent" Only(Researcher) => decision::answer_urgent;
    get "/search" Only(Researcher) => search::search;
    post "/search" Only(Researcher) => search::ask;
    post "/search/contact" Only(Researcher) => search::contact;
    get "/search.csv" Only(Researcher) => search::file;
    get "/queue.csv" Only(Researcher) => queue::file;
    get "/history.csv" Only(Researcher) => history::file;
    get "/history" Only(Researcher) => history::history;
    post "/history/undo" Only(Researcher) => history::undo;
    get "/second" Only(Researcher) => second::overview;
    get "/second.csv" Only(Researcher) => second::file;
    post "/second/next" Only(Researcher) => second::next;
    get "/second/{id}" Only(Researcher) => second::read_blind;
    post "/second/{id}/read" Only(Researcher) => second::answer;
    post "/second/{id}/give-back" Only(Researcher) => second::give_back;
    get "/drift" Only(Researcher) => drift::drift;
    get "/drift.csv" Only(Researcher) => drift::file;
    get "/findings" Only(Researcher) => findings::findings;
    get "/findings.csv" Only(Researcher) => findings::table;
    get "/findings.pdf" Only(Researcher) => findings::pdf;
    get "/network/{id}" Only(Researcher) => network::network;
    get "/network/{id}/file" Only(Researcher) => network::file;
    get "/pair/{a}/{b}" Only(Researcher) => pair::pair;
    post "/pair/{a}/{b}/judge" Only(Researcher) => pair::judge;
    post "/pair/{a}/{b}/undo" Only(Researcher) => pair::undo;
    get "/shared-numbers" Only(Researcher) => shared_numbers::list;
    get "/shared-numbers.csv" Only(Researcher) => shared_numbers::file;
    get "/shared-numbers/{id}" Only(Researcher) => shared_numbers::one;
    post "/shared-numbers/{id}/name" Only(Researcher) => shared_numbers::name;
    post "/shared-numbers/{id}/undo" Only(Researcher) => shared_numbers::undo;
    get "/try" Only(Researcher) => try_text::form;
    post "/try" Only(Researcher) => try_text::read;
    get "/today" Only(OutreachWorker) => today::today;
    get "/follow-ups" Only(OutreachWorker) => follow_ups::follow_ups;
    post "/follow-ups/{id}/save" Only(OutreachWorker) => follow_ups::save;
    get "/follow-ups/{id}/outcome" Only(OutreachWorker) => what_came::form;
    post "/follow-ups/{id}/outcome" Only(OutreachWorker) => what_came::save;
    post "/follow-ups/{id}/undo" Only(OutreachWorker) => what_came::undo;
    post "/follow-ups/{id}/hand-over" Only(OutreachWorker) => hand_over::offer;
    post "/hand-overs/{id}/answer" Only(OutreachWorker) => hand_over::answer;
    post "/hand-overs/{id}/undo" Only(OutreachWorker) => hand_over::undo;
    get "/left-out" Only(OutreachWorker) => left_out::left_out;
    get "/copies" Only(OutreachWorker) => copies::copies;
    post "/copies" Only(OutreachWorker) => copies::make;
    get "/copies/{id}" Only(OutreachWorker) => copies::copy;
    get "/copies/{id}/file" Only(OutreachWorker) => copies::file;
    post "/follow-ups/{id}/referral" Only(OutreachWorker) => follow_ups::status;
    get "/called" Only(OutreachWorker) => called::form;
    post "/called" Only(OutreachWorker) => called::look_up;
    get "/called/outcome" Only(OutreachWorker) => called::form;
    post "/called/outcome" Only(OutreachWorker) => what_came::called;
    get "/line/{id}" Only(OutreachWorker) => line::line;
    get "/line/{id}/claim" Only(OutreachWorker) => line::line;
    get "/line/{id}/attempt" Only(OutreachWorker) => line::line;
    get "/line/{id}/outcome" Only(OutreachWorker) => line::line;
    post "/line/{id}/claim" Only(OutreachWorker) => line::claim;
    post "/line/{id}/release" Only(OutreachWorker) => line::release;
    post "/line/{id}/attempt" Only(OutreachWorker) => attempt::attempt;
    post "/line/{id}/outcome" Only(OutreachWorker) => attempt::outcome;
    post "/line/{id}/undo" Only(OutreachWorker) => attempt::undo;
    get "/places" Either(Researcher, OutreachWorker) => places::list;
    post "/places" Either(Researcher, OutreachWorker) => places::add;
    get "/places/import" Only(Researcher) => places::import_form;
    post "/places/import" Only(Researcher) => places::import;
    get "/places/{id}" Either(Researcher, OutreachWorker) => place::place;
    post "/places/{id}/act" Either(Researcher, OutreachWorker) => place::act;
    post "/places/{id}/undo" Either(Researcher, OutreachWorker) => place::undo;
    get "/visits" Only(OutreachWorker) => visits::day;
    post "/visits/plan" Only(OutreachWorker) => visits::plan;
    post "/places/{id}/visit" Only(OutreachWorker) => visits::record;
    get "/places/{id}/form" Only(OutreachWorker) => interview::begin;
    post "/places/{id}/form" Only(OutreachWorker) => interview::consent;
    get "/forms/{id}" Only(OutreachWorker) => interview::form;
    post "/forms/{id}" Only(OutreachWorker) => interview::save;
    get "/coverage" Only(Researcher) => coverage::coverage;
    post "/line/{id}/urgent" Only(OutreachWorker) => urgent::report_on_line;
    post "/follow-ups/{id}/urgent" Only(OutreachWorker) => urgent::report_on_follow_up;
    post "/called/urgent" Only(OutreachWorker) => urgent::report_on_caller;
    get "/sites" Only(Administrator) => administration::sites;
    get "/sites/{id}" Only(Administrator) => administration::site;
    post "/sites/{id}/wish" Only(Administrator) => administration::wish;
    get "/settings" Only(Administrator) => settings::overview;
    get "/settings/new" Only(Administrator) => settings::new;
    post "/settings/new" Only(Administrator) => settings::make;
    get "/settings/{id}" Only(Administrator) => settings::file;
    post "/settings/{id}/check" Only(Administrator) => settings::check;
    post "/settings/{id}/save" Only(Administrator) => settings::save;
    post "/settings/{id}/return" Only(Administrator) => settings::go_back;
    post "/settings/{id}/remove" Only(Administrator) => settings::remove;
    get "/retention" Only(Administrator) => retention::upcoming;
    post "/retention/hold" Only(Administrator) => retention::hold;
    post "/retention/{id}/release" Only(Administrator) => retention::release;
    get "/people" Only(Administrator) => people::people;
    post "/people" Only(Administrator) => people::invite;
    get "/people/{id}" Only(Administrator) => people::person;
    post "/people/{id}/change" Only(Administrator) => people::change;
    post "/people/{id}/link" Only(Administrator) => people::link;
    post "/people/{id}/sessions-end" Only(Administrator) => people::end_sessions;
    post "/people/{id}/close" Only(Administrator) => people::close;
    post "/people/{id}/open" Only(Administrator) => people::open;
    get "/audit" Either(Administrator, Auditor) => audit::form;
    post "/audit" Either(Administrator, Auditor) => audit::search;
    get "/what-if" Either(Researcher, Administrator) => what_if::form;
    post "/what-if" Either(Researcher, Administrator) => what_if::begin;
    get "/what-if/{id}" Either(Researcher, Administrator) => what_if::trial;
    get "/what-if/{id}/file" Either(Researcher, Administrator) => what_if::trial_file;
    post "/what-if/{id}/adopt" Either(Researcher, Administrator) => what_if::adopt;
    get "/shadow/{id}" Either(Researcher, Administrator) => shadow::shadow;
    get "/shadow/{id}/file" Either(Researcher, Administrator) => shadow::file;
    post "/shadow/{id}/adopt" Either(Researcher, Administrator) => shadow::adopt;
    post "/shadow/{id}/drop" Either(Researcher, Administrator) => shadow::leave;
    get "/indicators" SignedIn => indicators::indicators;
    get "/indicators/{id}" SignedIn => indicators::indicator;
}

/// Paths whose answers are read by machines: no page is written around their errors.
pub fn is_for_machines(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz") || path.starts_with("/assets/")
}

/// The pages that the world may see, for a listener of their own: nobody can sign in there.
pub fn public_app(state: AppState) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/contact") }))
        .route("/contact", get(contact::contact))
        .route("/objection", get(objection::form).post(objection::object))
        .route("/language", post(sign_in::language))
        .route("/healthz", get(health::healthz))
        .route("/assets/{name}", get(assets::asset))
        .layer(DefaultBodyLimit::max(PUBLIC_FORM_LIMIT_BYTES))
        .layer(axum::middleware::from_fn(headers::limit_time))
        .layer(from_fn_with_state(state.clone(), errors::write_error_pages))
        .layer(from_fn_with_state(state.clone(), headers::set_headers))
        .with_state(state)
}

/// The pages.
pub fn app(state: AppState) -> Router {
    let settings = &state.settings;
    router()
        .layer(sessions::layer(state.store.clone(), settings))
        .layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES))
        .layer(axum::middleware::from_fn(headers::limit_time))
        .layer(from_fn_with_state(state.clone(), errors::write_error_pages))
        .layer(from_fn_with_state(state.clone(), headers::set_headers))
        .with_state(state)
}
