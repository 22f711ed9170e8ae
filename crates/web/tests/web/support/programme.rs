//! The programme: catalogue, settings, public words.

use super::*;

pub fn catalogue() -> Catalogue {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/indicators");
    let read = |path: &Path| (path.display().to_string(), std::fs::read_to_string(path).unwrap());
    let mut files = CatalogueFiles {
        sources: read(&root.join("sources.toml")),
        rules: read(&root.join("rules.toml")),
        indicators: Vec::new(),
    };
    for group in std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(group).unwrap() {
            files.indicators.push(read(&file.unwrap().path()));
        }
    }
    files.indicators.sort();
    Catalogue::load(&files).unwrap()
}

pub fn settings(clock: Clock) -> WebSettings {
    let both = |da: &str, en: &str| Bilingual { da: da.into(), en: en.into() };
    let team = |id: &str, name: &str, municipalities: &[&str]| Team {
        id: TeamId::from(id),
        name: name.into(),
        municipalities: municipalities.iter().map(|code| (*code).to_owned()).collect(),
        lines: 12,
        languages: vec!["da".into(), "en".into()],
        phone: "+45 34 00 00 01".into(),
        hour: "06:00".into(),
        interpreter: "67 00 00 55".into(),
    };
    WebSettings {
        programme: ProgrammeId::from("initiative-1"),
        programme_name: both("Opsøgende indsats", "Outreach"),
        other_programmes: vec![(ProgrammeId::from("initiative-3"), both("Klinikker", "Clinics"))],
        teams: vec![team("vest", "Team Vest", &["0751", "0461"]), team("oest", "Team Øst", &["0101"])],
        regions: vec![Region {
            id: "midt".into(),
            name: "Region Midtjylland".into(),
            municipalities: vec!["0751".into()],
        }],
        municipalities: [("0751", "Aarhus"), ("0461", "Odense"), ("0101", "København")]
            .map(|(code, name)| (code.to_owned(), name.to_owned()))
            .into(),
        controller: Controller {
            organisation: "Eksempelhuset".into(),
            email: "kontakt@example.dk".into(),
            legal_basis: both("Databeskyttelsesforordningen, artikel 6", "GDPR article 6"),
            ..Controller::default()
        },
        crawler: CrawlerFacts {
            user_agent: "bavn/0.1 (+https://example.dk/contact)".into(),
            product_token: "bavn".into(),
            delay_s: 5,
        },
        public_page: "https://bavn.example.dk/objection".into(),
        public_texts: public_texts(),
        kept_days: (730, 1826),
        clocks: ::store::Clocks {
            pages_days: 90,
            ads_days: 730,
            contacts_days: 365,
            images_days: 730,
            cases_days: 1826,
            ledger_days: 1826,
            audit_days: 1826,
        },
        cookie_suffix: String::new(),
        neighbours: Vec::new(),
        default_language: Language::Da,
        clock,
        reasons: vec![
            ReviewReason {
                code: "several_signs".into(),
                text: both("Flere tegn peger samme vej", "Several signs point the same way"),
            },
            ReviewReason { code: "other".into(), text: both("Andet (skriv hvorfor)", "Other (write why)") },
        ],
        methods: vec![
            Method { code: "visit".into(), name: both("Besøg", "Visit"), channel: Some(::outreach::Channel::Visit) },
            Method { code: "call".into(), name: both("Opkald", "Call"), channel: Some(::outreach::Channel::Call) },
        ],
        offers: vec![
            Offer {
                id: "health".into(),
                title: both("Sundhedsrådgivning", "Health advice"),
                contact: "67 00 00 10".into(),
                municipalities: vec![],
            },
            Offer {
                id: "clinic".into(),
                title: both("Klinik i Odense", "Clinic in Odense"),
                contact: String::new(),
                municipalities: vec!["0461".into()],
            },
        ],
        hotline: "67 00 00 99".into(),
        outreach: ::outreach::Settings::default(),
        urgent_people: vec![UrgentPerson { login: "udpeget".into(), name: String::new(), phone: "67 00 00 61".into() }],
        duty: Some(Duty {
            text: both("Underret kommunen straks.", "Notify the municipality at once."),
            law: "Barnets lov § 133".into(),
            checked: "2026-11-01".parse().unwrap(),
        }),
        review: ReviewSettings::default(),
        places: None,
        watches: true,
        copies: Copies { paper: true, csv: true },
        approach_minutes: 120,
        idle_minutes: 60,
        session_minutes: 720,
        second_factor: Vec::new(),
        invitation_hours: 72,
        proxies: Proxies::default(),
        watch: classifier::WatchRules { least_advertisers: 20, z: 1.96, factor: 2.0, least_firings: 10 },
        behind_tls: false,
        notice: None,
    }
}

/// The words that ship, Danish first.
fn public_texts() -> Vec<PublicText> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/public");
    let read = |language: &str| std::fs::read_to_string(folder.join(format!("{language}.toml"))).unwrap();
    ["da", "en", "ro"].map(|language| toml::from_str(&read(language)).unwrap()).into()
}
