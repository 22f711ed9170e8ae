//! From the configuration to what the pages need of it.

use crate::config::{Config, Programme, TeamSettings};
use crate::jobs::crawl::contact_url;
use crate::ports::Bench;
use domain::{Bilingual, ProgrammeId, TeamId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Store;
use web::{
    AppState, Clock, Controller, Copies, CrawlerFacts, Duty, Language, Method, Offer, PlacesSettings, PublicLimits,
    Region, ReviewReason, ReviewSettings, Team, UrgentPerson, WebSettings,
};

/// A team with the municipalities of its regions.
pub fn team(config: &Config, team: &TeamSettings) -> Team {
    let mut municipalities = team.municipalities.clone();
    for (code, _, region) in config.geography.municipalities() {
        if team.regions.iter().any(|name| name == region) {
            municipalities.push(code.to_owned());
        }
    }
    municipalities.sort();
    municipalities.dedup();
    Team {
        id: TeamId(team.id.clone()),
        name: team.name.clone(),
        municipalities,
        lines: team.lines,
        languages: team.languages.clone(),
        phone: team.phone.clone(),
        hour: team.hour.clone(),
        interpreter: config
            .team(&team.id)
            .map_or_else(|_| String::new(), |(programme, _)| programme.interpreter.clone()),
    }
}

/// What the pages work with. `today`: the time at which a demo stands still.
pub fn app_state(
    config: &Arc<Config>,
    programme: &Programme,
    store: Store,
    today: Option<Timestamp>,
    notice: Option<Bilingual>,
) -> anyhow::Result<AppState> {
    let clock: Clock = match today {
        Some(at) => Arc::new(move || at),
        None => Arc::new(crate::time::now),
    };
    let http = crawler::Http::new(&contact_url(&config.settings))?;
    let mut regions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut municipalities = BTreeMap::new();
    for (code, name, region) in config.geography.municipalities() {
        municipalities.insert(code.to_owned(), name.to_owned());
        regions.entry(region).or_default().push(code.to_owned());
    }
    let controller = &config.settings.controller;
    let bases = controller.legal_bases.join("; ");
    let slowest = config.sites.values().map(|adapter| adapter.settings().pacing.delay_s).fold(f64::INFINITY, f64::min);
    let settings = WebSettings {
        programme: ProgrammeId(programme.id.clone()),
        programme_name: programme.title.clone(),
        other_programmes: (config.partners.iter())
            .map(|(id, title)| (ProgrammeId(id.clone()), title.clone()))
            .collect(),
        teams: programme.teams.iter().map(|each| team(config, each)).collect(),
        regions: regions
            .into_iter()
            .map(|(name, municipalities)| Region { id: slug(name), name: name.to_owned(), municipalities })
            .collect(),
        municipalities,
        controller: Controller {
            organisation: controller.organisation.clone(),
            email: controller.contact.clone(),
            legal_basis: Bilingual { da: bases.clone(), en: bases },
            dpia: format!("{} {}", controller.dpia_reference, controller.dpia_date).trim().to_owned(),
            ..Controller::default()
        },
        crawler: CrawlerFacts {
            user_agent: http.agent().to_owned(),
            product_token: crawler::fetch::PRODUCT.to_owned(),
            delay_s: if slowest.is_finite() { slowest.ceil() as u32 } else { 1 },
        },
        public_page: match config.settings.public.url.trim_end_matches('/') {
            "" => String::new(),
            url => format!("{url}/objection"),
        },
        public_texts: config.public_texts.clone(),
        kept_days: {
            let clocks = &config.settings.retention;
            (clocks.ads_days, clocks.cases_days.max(clocks.ledger_days))
        },
        clocks: crate::jobs::retention::clocks(config),
        default_language: if config.settings.serve.language == "en" { Language::En } else { Language::Da },
        clock,
        reasons: (programme.reasons.iter())
            .map(|reason| ReviewReason { code: reason.code.clone(), text: reason.text.clone() })
            .collect(),
        methods: (programme.methods.iter())
            .map(|method| Method { code: method.code.clone(), name: method.name.clone(), channel: method.channel })
            .collect(),
        offers: (programme.offers.iter())
            .map(|offer| Offer {
                id: offer.id.clone(),
                title: offer.title.clone(),
                contact: offer.contact.clone(),
                municipalities: offer.municipalities.clone(),
            })
            .collect(),
        hotline: programme.hotline.clone(),
        outreach: programme.outreach.clone(),
        urgent_people: (programme.urgent.people.iter())
            .map(|person| UrgentPerson {
                login: person.login.clone(),
                name: person.name.clone(),
                phone: person.phone.clone(),
            })
            .collect(),
        duty: programme.duty.as_ref().map(|duty| Duty {
            text: duty.text.clone(),
            law: duty.law.clone(),
            checked: duty.checked,
        }),
        review: ReviewSettings {
            reading_minutes: i64::from(programme.review.reading_minutes),
            pause_minutes: i64::from(programme.review.pause_minutes),
            pause_cases: u64::from(programme.review.pause_cases),
            rest_minutes: i64::from(programme.review.rest_minutes),
            second_share: programme.review.second_share,
            second_seed: programme.review.second_seed.clone(),
        },
        watches: !programme.sites.is_empty(),
        places: programme.unit.visits_places().then(|| Arc::new(places(config, programme))),
        copies: Copies { paper: programme.copies.paper, csv: programme.copies.csv },
        approach_minutes: 120,
        idle_minutes: i64::from(config.settings.sign_in.idle_minutes),
        session_minutes: i64::from(config.settings.sign_in.session_hours) * 60,
        second_factor: config.settings.sign_in.roles().unwrap_or_default(),
        invitation_hours: i64::from(config.settings.sign_in.invitation_hours),
        proxies: proxies(config),
        behind_tls: config.settings.serve.https || !config.settings.serve.certificate.is_empty(),
        watch: config.watch,
        cookie_suffix: if config.settings.several { format!("-{}", programme.id) } else { String::new() },
        neighbours: config.neighbours.clone(),
        notice,
    };
    let public = &config.settings.public;
    Ok(AppState {
        limits: Arc::new(PublicLimits::new(public.objections_per_client_hour, public.objections_per_minute)),
        configuration: Arc::new(web::NoConfiguration),
        identity: crate::ports::identity_provider(&config.settings.oidc)?,
        catalogue: config.catalogue.clone(),
        settings: Arc::new(settings),
        workbench: Arc::new(Bench::new(config.clone(), store.clone())),
        store,
    })
}

/// Where each municipality lies.
pub fn centres(config: &Config) -> BTreeMap<String, (f64, f64)> {
    let codes = config.geography.municipalities().map(|(code, ..)| code);
    codes.filter_map(|code| Some((code.to_owned(), config.geography.centre(code)?))).collect()
}

/// How places are visited, with the forms of the programme in every version that was asked.
pub fn places(config: &Config, programme: &Programme) -> PlacesSettings {
    let visits = &programme.visits;
    PlacesSettings {
        interval_days: visits.interval_days,
        concern_days: visits.concern_days,
        pause_days: visits.pause_days,
        visits: visits.visits,
        points: centres(config),
        bases: visits.bases.iter().map(|(team, point)| (TeamId(team.clone()), *point)).collect(),
        asked: (programme.instruments.iter())
            .filter_map(|id| config.instruments.in_use(id))
            .map(|form| (form.id.clone(), form.version))
            .collect(),
        forms: (programme.instruments.iter())
            .flat_map(|id| config.instruments.ever_asked(id))
            .map(|form| Arc::new(form.clone()))
            .collect(),
    }
}

/// Our proxies. `public.behind_proxy` alone means one on this machine. What cannot be read stopped the start.
fn proxies(config: &Config) -> web::Proxies {
    let mut texts = config.settings.serve.proxies.clone();
    if texts.is_empty() && config.settings.public.behind_proxy {
        texts = vec!["127.0.0.0/8".to_owned(), "::1".to_owned()];
    }
    web::Proxies::parse(&texts).unwrap_or_default()
}

fn slug(name: &str) -> String {
    domain::NormalText::fold(name).as_str().replace(' ', "-")
}
