//! A made-up installation for the pages' tests: two sites, a network of two advertisers, an ordinary advertiser, an
//! urgent case, accounts of each role, and the day's list made through the gate. Numbers begin with 34.

// Each test file uses its own part of it.
#![allow(dead_code)]

mod one_file;

use ::store::testing::TestStore;
use ::store::*;
use classifier::{AdAt, Catalogue, CatalogueFiles, assess, explain_ad, fire_ad};
use domain::*;
use jiff::Timestamp;
use jiff::civil::Date;
use report::document::{Block, Document, Tongue, chart};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use web::*;

/// The installation's present: 24 November 2026, 09:00 in Denmark.
pub fn now() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

fn days_ago(days: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_hours(24 * days)
}

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

/// Reads nothing but phone numbers of eight digits; the real reader is tested where it lives.
struct Bench(Arc<Catalogue>);

#[async_trait::async_trait]
impl Workbench for Bench {
    async fn read_text(&self, text: &str, on: Date) -> Result<TextRead, WorkbenchError> {
        let ad = read_ad(vec![(Field::Text, text.to_owned())]);
        let at = AdAt { ad: None, on: Some(on) };
        let not_fired = explain_ad(&self.0, &ad, &at);
        Ok(TextRead { firings: fire_ad(&self.0, &ad, &at), not_fired, reading: ad.reading })
    }

    /// A document of one table and one picture; what is counted is tested where it is counted.
    async fn findings(&self, asked: &FindingsAsked) -> Result<FindingsMade, WorkbenchError> {
        let t = if asked.tongue == web::Language::En { Tongue::En } else { Tongue::Da };
        let table = Block::Table {
            caption: "Annoncører efter måned".into(),
            header: vec!["Måned".into(), "Annoncører".into()],
            rows: vec![vec![asked.from.to_string(), "12".into()], vec!["=1+1".into(), "holdt tilbage".into()]],
        };
        let drawing =
            chart::bars(t, &[("Escort <1>".into(), Some(12.0), None)], false, "Tabellen siger det samme".into());
        let chosen = asked.region.iter().map(|region| Block::Paragraph(format!("Valgt: {region}"))).collect();
        let document = Document {
            tongue: t,
            title: "Status".into(),
            subtitle: String::new(),
            author: "Test".into(),
            blocks: vec![
                Block::Heading(1, "Former".into()),
                Block::Figure { caption: "Annoncører".into(), drawing },
                table,
            ],
        };
        let proposal = |indicator: &str, to: &str| report::status::GradeProposal {
            indicator: indicator.to_owned(),
            title: format!("Tegn {indicator}"),
            from: "B".into(),
            to: to.into(),
            because: "udfald: 3,00 (1,50–6,00)".into(),
        };
        Ok(FindingsMade {
            chosen,
            document,
            proposals: vec![proposal("third_person_voice", "A"), proposal("not_in_the_files", "A")],
            regions: vec!["Region Midtjylland".into()],
            languages: vec!["da".into()],
        })
    }

    /// Two of an indicator, one of a way to a band, one weight.
    fn settings(&self) -> Vec<Setting> {
        let one = |file: &str, key: &str, value: &str, about: &str| Setting {
            file: file.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
            about: about.to_owned(),
        };
        vec![
            one("indicators/B/third_person_voice.toml", "grade", "B", ""),
            one("indicators/B/third_person_voice.toml", "points", "1.0", ""),
            one("indicators/rules.toml", "medium.0.points", "4.0", "a cross-ad group and signs"),
            one("linkage.toml", "levels.image.most", "9.0", "A picture. Alone it joins nobody."),
        ]
    }

    /// Trial 7 is done, every other one is under way or unknown; a word where a number belongs is refused.
    async fn try_settings(
        &self,
        values: &[(String, String, String)],
        _at: Timestamp,
    ) -> Result<TrialId, WorkbenchError> {
        match values.iter().find(|(_, key, value)| key != "grade" && value.parse::<f64>().is_err()) {
            Some((_, key, value)) => Err(WorkbenchError::Refused { why: format!("{key}: '{value}' is no number") }),
            None => Ok(7),
        }
    }

    fn trial(&self, id: TrialId) -> Option<(Vec<SettingChange>, Trial)> {
        let change = SettingChange {
            file: "indicators/B/third_person_voice.toml".to_owned(),
            key: "points".to_owned(),
            before: Some("1.0".to_owned()),
            after: Some("2.0".to_owned()),
        };
        let case = |band, spam| CaseSubject { subject: "adv_1".to_owned(), band, urgent: false, spam };
        let cause = |now: Option<f64>, then: Option<f64>| Cause {
            indicator: IndicatorId::from("third_person_voice"),
            now,
            then,
        };
        let moved = |change, now, then, causes| MovedCase {
            subject: "adv_1".to_owned(),
            case: Some(CaseId("c1".to_owned())),
            now,
            then,
            change,
            causes,
            other_ads: false,
            also_without: Some(false),
        };
        let found = Comparison {
            as_of: now(),
            reference_now: "2026-11-01-a".to_owned(),
            reference_then: "2026-11-02-b".to_owned(),
            moved: vec![
                moved(CaseChange::Comes, None, Some(case(Band::Low, false)), vec![cause(None, Some(2.0))]),
                moved(
                    CaseChange::Rises,
                    Some(case(Band::Low, false)),
                    Some(case(Band::High, false)),
                    vec![cause(Some(1.0), Some(2.0))],
                ),
                moved(CaseChange::Goes, Some(case(Band::Low, true)), None, vec![]),
            ],
            unchanged: 12,
            changes: vec![change.clone()],
        };
        match id {
            7 => Some((vec![change], Trial::Done(Arc::new(found)))),
            8 => Some((vec![change], Trial::UnderWay(1_200))),
            _ => None,
        }
    }

    /// Only reasons of more than one word are written down here.
    async fn adopt_trial(&self, id: TrialId, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        Ok(match (id, act.reason.contains(' ')) {
            (7, true) => Adopted::Written(vec!["indicators/B/third_person_voice.toml".to_owned()]),
            _ => Adopted::Refused("the files cannot be written: change points by hand".to_owned()),
        })
    }

    fn shadows(&self) -> Vec<ShadowInfo> {
        Vec::from_iter(self.0.get("third_person_voice").map(|indicator| ShadowInfo {
            file: "shadow/B/third_person_voice.toml".to_owned(),
            version: "sha256:shadow".to_owned(),
            indicator: indicator.clone(),
            changes: self.trial(7).map_or_else(Vec::new, |(changes, _)| changes),
            replaces: true,
        }))
    }

    async fn adopt_shadow(&self, id: &str, _act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        Ok(Adopted::Written(vec![format!("indicators/B/{id}.toml")]))
    }

    async fn drop_shadow(&self, _id: &str, _act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        Ok(Adopted::Refused("the folder cannot be written".to_owned()))
    }

    /// Nobody analyses here: what is judged waits.
    async fn follow_judgement(&self, _at: Timestamp) -> Followed {
        Followed::Soon
    }

    /// One picture and one template speak for it, another price list against, no moves to compare.
    async fn compare_ads(&self, a: &AdRef, b: &AdRef) -> Result<Option<Waterfall>, WorkbenchError> {
        let note = |da: &str, en: &str| Bilingual { da: da.into(), en: en.into() };
        let steps = [
            (WaterfallSection::Prior, "prior", -12.0, note("Udgangspunkt", "Prior")),
            (WaterfallSection::For, "image", 9.0, note("Samme billede (findes hos 2 annoncører)", "The same picture")),
            (
                WaterfallSection::For,
                "template",
                5.0,
                note("Samme skabelon: 62 % af ordene ligger fast", "The same template"),
            ),
            (WaterfallSection::Against, "prices_other", -0.5, note("En anden prisliste", "Another price list")),
            (
                WaterfallSection::Missing,
                "move",
                0.0,
                note("Skift mellem byer mangler hos den ene", "Moves are missing"),
            ),
        ];
        let mut sum = 0.0;
        let steps = steps.into_iter().map(|(section, key, bits, note)| {
            sum += bits;
            WaterfallStep { section, key: key.into(), bits, sum, note, ads: None }
        });
        let fixed = |words: &str| TemplatePart::Fixed(words.into());
        let parts = vec![fixed("ny i"), TemplatePart::Slot(vec!["ugen".into(), "byen".into()]), fixed("ring <phone>")];
        Ok(Some(Waterfall {
            sides: [a, b].map(|ad| PairSide { ad: ad.clone(), ads: 2 }),
            steps: steps.collect(),
            bits: 1.5,
            threshold: 2.0,
            kinds: 2,
            outcome: PairOutcome::TooFewBits,
            template: Some(Template { parts, texts: 2 }),
        }))
    }
}

fn read_ad(texts: Vec<(Field, String)>) -> ReadAd {
    let mut reading = Reading::default();
    for (field, text) in &texts {
        for start in 0..text.len().saturating_sub(7) {
            let run = text.as_bytes().get(start..start + 8).unwrap();
            if run.iter().all(u8::is_ascii_digit) {
                let span = Span::new(field.clone(), start, start + 8);
                let e164 = format!("+45{}", &text[start..start + 8]);
                reading.phones.push(Phone { e164, span, obscured: false });
            }
        }
    }
    for (field, text) in &texts {
        if let Some(start) = text.find("17 år") {
            reading.ages.push(Age { years: 17, span: Span::new(field.clone(), start, start + 6) });
        }
    }
    let texts = texts
        .into_iter()
        .map(|(field, original)| FieldText { field, normal: NormalText::fold(&original), original })
        .collect();
    ReadAd { texts, reading }
}

fn mask(ad: &ReadAd) -> Vec<MaskedText> {
    let of = |text: &FieldText| {
        let runs: Vec<(std::ops::Range<usize>, &str)> = ad
            .reading
            .phones
            .iter()
            .filter(|phone| phone.span.field == text.field)
            .map(|phone| (phone.span.start..phone.span.end, "[telefon]"))
            .collect();
        MaskedText::build(text.field.clone(), &text.original, &runs)
    };
    ad.texts.iter().map(of).collect()
}

/// One made-up ad.
pub struct Made {
    pub site: &'static str,
    pub id: &'static str,
    pub phone: &'static str,
    pub name: &'static str,
    pub place: (&'static str, &'static str),
    pub language: &'static str,
    /// Texts in order, with the days ago on which each was seen.
    pub versions: Vec<(&'static str, Vec<i64>)>,
}

pub fn population() -> Vec<Made> {
    let aarhus = ("0751", "Aarhus C");
    let odense = ("0461", "Odense C");
    let made =
        |site, id, phone, name, place, language, versions| Made { site, id, phone, name, place, language, versions };
    vec![
        made(
            "s1",
            "a1",
            "34000050",
            "Anna",
            aarhus,
            "en",
            vec![
                ("She is new with us and very sweet. Any time, every day. Call 34000050", vec![20, 19, 18]),
                (
                    "She is new with us and very sweet. Any time, every day. Call reception 34000050",
                    vec![12, 11, 2, 1, 0],
                ),
            ],
        ),
        made(
            "s1",
            "a2",
            "34000050",
            "Maria",
            aarhus,
            "en",
            vec![(
                "Mary is here. Call reception on 34000050. Without protection on request. 100 % real, trust me",
                vec![9, 8, 1, 0],
            )],
        ),
        made(
            "s2",
            "a3",
            "34000060",
            "Eva",
            odense,
            "en",
            vec![("She is new with us and very sweet. Any time, every day. Call 34000060", vec![15, 14, 3, 0])],
        ),
        made(
            "s2",
            "b1",
            "34000070",
            "Lone",
            odense,
            "da",
            vec![(
                "Jeg er selvstændig massør. Min egen hjemmeside. Kun med aftale og navn. Døgnet rundt. Ring 34000070",
                vec![40, 20, 10, 1, 0],
            )],
        ),
        made(
            "s1",
            "c1",
            "34000080",
            "Mia",
            ("0101", "København K"),
            "da",
            vec![("Jeg er 17 år. Skriv til 34000080", vec![1, 0])],
        ),
    ]
}

fn contact(phone: &str) -> Contact {
    Contact { kind: ContactKind::Phone, value: format!("+45{phone}") }
}

pub struct World {
    pub state: AppState,
    pub test: TestStore,
    pub team_case: CaseId,
    pub ordinary_case: CaseId,
    pub urgent_case: CaseId,
    firings: BTreeMap<AdRef, Vec<Firing>>,
}

/// Analyses the same ads once more an hour later, with other counts over everybody.
pub async fn analysed_again(world: &World, change: impl FnOnce(&mut RunFigures)) {
    let later = now() + jiff::SignedDuration::from_hours(1);
    analysis(&world.state, world.firings.clone(), later, change).await;
}

/// A decision of `udpeget` on the ordinary case, drawn for a second reading that `forsker` holds: its row.
pub async fn hold_second(world: &World) -> i64 {
    let store = &world.state.store;
    let by = async |login: &str| store.account_by_login(login).await.unwrap().unwrap().id;
    let look = Look {
        actor: Actor::System("test".into()),
        purpose: "test".into(),
        what: "case",
        subject: "case".into(),
        at: now(),
    };
    let version = store.case(&look, &world.ordinary_case).await.unwrap().row.version;
    let decision = Decision {
        kind: DecisionKind::NoConcern,
        reason_code: "several_signs".into(),
        text: "Den første læsers ord".into(),
        change_mind: String::new(),
        until: None,
        refer_to: None,
    };
    let with = DecideWith { form: String::new(), second: SecondShare { share: 1.0, seed: "s".into() } };
    let first = by("udpeget").await;
    store.decide_with(&world.ordinary_case, &decision, version, first, now(), &with).await.unwrap();
    let until = now() + jiff::SignedDuration::from_mins(30);
    let programme = ProgrammeId::from("initiative-1");
    store.claim_second(&programme, by("forsker").await, now(), until).await.unwrap().unwrap().0
}

pub const PASSWORD: &str = "gul cykel ved havnen";

pub async fn world() -> World {
    world_at(Arc::new(now)).await
}

pub async fn world_at(clock: Clock) -> World {
    let test = ::store::testing::on(Engine::Sqlite).await;
    let catalogue = Arc::new(catalogue());
    let state = AppState {
        identity: None,
        store: test.store.clone(),
        catalogue: catalogue.clone(),
        settings: Arc::new(settings(clock)),
        configuration: one_file::OneFile::new(test.store.clone()),
        workbench: Arc::new(Bench(catalogue)),
        limits: Arc::default(),
    };
    accounts(&state.store).await;
    let firings = ads(&state).await;
    analysis(&state, firings.clone(), now(), |_| {}).await;
    let case_of = async |site: &str, id: &str| {
        state.store.case_of_ad(&AdRef::new(site, id)).await.unwrap().unwrap_or_else(|| panic!("{id} has no case"))
    };
    let (team_case, ordinary_case, urgent_case) =
        (case_of("s1", "a1").await, case_of("s2", "b1").await, case_of("s1", "c1").await);
    runs(&state.store).await;
    World { team_case, ordinary_case, urgent_case, state, test, firings }
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
        public_texts: public_texts(),
        kept_days: (730, 1826),
        clocks: ::store::Clocks {
            pages_days: 90,
            ads_days: 730,
            images_days: 730,
            cases_days: 1826,
            ledger_days: 1826,
            audit_days: 1826,
        },
        default_language: Language::Da,
        clock,
        reasons: vec![
            ReviewReason {
                code: "several_signs".into(),
                text: both("Flere tegn peger samme vej", "Several signs point the same way"),
            },
            ReviewReason { code: "other".into(), text: both("Andet (skriv hvorfor)", "Other (write why)") },
        ],
        methods: vec![Method { code: "call".into(), name: both("Opkald", "Call") }],
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
        duty: Some(Duty {
            text: both("Underret kommunen straks.", "Notify the municipality at once."),
            law: "Barnets lov § 133".into(),
            checked: "2026-11-01".parse().unwrap(),
        }),
        review: ReviewSettings::default(),
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

async fn accounts(store: &Store) {
    let hash = web::password::hash(PASSWORD).unwrap();
    for (login, name, role, team, urgent) in [
        ("forsker", "Rikke Forsker", PersonRole::Researcher, None, false),
        ("udpeget", "Ulla Udpeget", PersonRole::Researcher, None, true),
        ("vest", "Vera Vest", PersonRole::OutreachWorker, Some("vest"), false),
        ("viggo", "Viggo Vest", PersonRole::OutreachWorker, Some("vest"), false),
        ("oest", "Oda Øst", PersonRole::OutreachWorker, Some("oest"), false),
        ("admin", "Anders Admin", PersonRole::Administrator, None, false),
        ("revisor", "Rune Revisor", PersonRole::Auditor, None, false),
    ] {
        let account = NewAccount {
            login: login.into(),
            name: name.into(),
            role,
            team: team.map(TeamId::from),
            programme: Some(ProgrammeId::from("initiative-1")),
            organisation: None,
            language: "da".into(),
            urgent_contact: urgent,
            password_hash: hash.clone(),
        };
        store.put_account(&account, &Actor::System("test".into()), days_ago(50)).await.unwrap();
    }
}

async fn ads(state: &AppState) -> BTreeMap<AdRef, Vec<Firing>> {
    let store = &state.store;
    for (site, name) in [("s1", "Annonceby"), ("s2", "Torvet")] {
        let site = SiteRegistration {
            site: SiteId::from(site),
            programme: ProgrammeId::from("initiative-1"),
            name: name.into(),
            import_only: false,
        };
        store.register_site(&site, days_ago(50)).await.unwrap();
    }
    for made in population() {
        for (body, seen) in &made.versions {
            let content = AdContent {
                title: format!("{} i {}", made.name, made.place.1),
                body: (*body).to_owned(),
                fields: [("phone".to_owned(), made.phone.to_owned()), ("place".to_owned(), made.place.1.to_owned())]
                    .into(),
                url: Some(format!("https://{}.example.dk/{}", made.site, made.id)),
                posted_at: None,
                images: Vec::new(),
            };
            let seen = seen.iter().map(|days| days_ago(*days)).collect();
            let ad = NewAd { ad: AdRef::new(made.site, made.id), content, seen, masked: Vec::new() };
            store.put_ads(&[ad]).await.unwrap();
        }
    }
    let made = population();
    let mut firings: BTreeMap<AdRef, Vec<Firing>> = BTreeMap::new();
    let mut rows = Vec::new();
    for unread in store.unread_versions("test", 1000).await.unwrap() {
        let made = made.iter().find(|made| unread.ad == AdRef::new(made.site, made.id)).unwrap();
        let mut texts = vec![(Field::Title, unread.content.title.clone()), (Field::Body, unread.content.body.clone())];
        texts.extend(unread.content.fields.iter().map(|(name, value)| (Field::Named(name.clone()), value.clone())));
        let ad = read_ad(texts);
        let masked = mask(&ad);
        let mut fired = fire_ad(&state.catalogue, &ad, &AdAt { ad: Some((&unread.ad, unread.version)), on: None });
        for evidence in fired.iter_mut().flat_map(|firing| &mut firing.evidence) {
            if let Evidence::Span { span, text, .. } = evidence {
                let field = masked.iter().find(|text| text.field == span.field).unwrap();
                *span = field.mask_span(span);
                *text = field.text[span.start..span.end].to_owned();
            }
        }
        firings.entry(unread.ad.clone()).or_default().extend(fired.clone());
        let facts = VersionFacts {
            version: unread.version,
            first_seen: unread.first_seen,
            last_seen: unread.last_seen,
            contacts: vec![contact(made.phone)],
            urls: Vec::new(),
            addresses: Vec::new(),
            names: vec![made.name.to_owned()],
            ages: Vec::new(),
            places: vec![PlaceFact { municipality_code: made.place.0.into(), place: made.place.1.into() }],
            prices: Vec::new(),
            languages: vec![LanguageGuess { code: made.language.into(), confidence: 0.9 }],
            images: Vec::new(),
            skeleton: String::new(),
            habits: vec![],
            symbols: vec![],
            firings: fired,
        };
        rows.push(ReadingRow { row: unread.row, reader_version: "test".into(), reading: ad.reading, facts, masked });
    }
    store.put_readings(&rows, now()).await.unwrap();
    firings
}

async fn analysis(
    state: &AppState,
    firings: BTreeMap<AdRef, Vec<Firing>>,
    when: Timestamp,
    change: impl FnOnce(&mut RunFigures),
) {
    let note = |da: &str, en: &str| Bilingual { da: da.into(), en: en.into() };
    let desks: [&[(&str, &str)]; 4] =
        [&[("s1", "a1"), ("s1", "a2")], &[("s2", "a3")], &[("s2", "b1")], &[("s1", "c1")]];
    let networks: [&[usize]; 3] = [&[0, 1], &[2], &[3]];
    let refs = |desk: &[(&str, &str)]| desk.iter().map(|(site, id)| AdRef::new(*site, *id)).collect::<Vec<_>>();
    let advertisers: Vec<Advertiser> = desks
        .iter()
        .map(|desk| Advertiser {
            id: AdvertiserId::of(&refs(desk)[0]),
            founder: refs(desk)[0].clone(),
            ads: refs(desk),
        })
        .collect();
    let networks: Vec<Network> = networks
        .iter()
        .map(|members| {
            let founder = advertisers[members[0]].founder.clone();
            let ids: BTreeSet<AdvertiserId> = members.iter().map(|at| advertisers[*at].id.clone()).collect();
            let ads: BTreeSet<AdRef> = members.iter().flat_map(|at| advertisers[*at].ads.clone()).collect();
            Network {
                id: NetworkId::of(&founder),
                founder,
                advertisers: ids.into_iter().collect(),
                ads: ads.into_iter().collect(),
            }
        })
        .collect();
    let links = vec![
        Link {
            a: AdRef::new("s1", "a1"),
            b: AdRef::new("s1", "a2"),
            kind: LinkKind::Phone,
            bits: 12.0,
            joins: true,
            note: note("samme telefon", "same phone"),
        },
        Link {
            a: AdRef::new("s1", "a1"),
            b: AdRef::new("s2", "a3"),
            kind: LinkKind::Text,
            bits: 9.4,
            joins: true,
            note: note("96 % af teksten er ens", "96 % of the text is the same"),
        },
    ];
    let across = |ads: Vec<AdRef>, scope| {
        let group = |id: &str, letter, grade: Grade, da: &str, en: &str| Firing {
            indicator: IndicatorId::from(id),
            version: 1,
            scope,
            group: Group(letter),
            grade,
            role: Role::Score,
            sensitive: false,
            points: grade.default_points(),
            evidence: vec![Evidence::Ads { ads: ads.clone(), note: note(da, en) }],
        };
        vec![
            group("shared_contact", 'C', Grade::BPlus, "2 navne på samme kontaktpunkt", "2 names on the same contact"),
            group("near_duplicate_text", 'J', Grade::BPlus, "96 % ens tekst", "96 % the same text"),
        ]
    };
    let fired = |ads: &[AdRef]| ads.iter().flat_map(|ad| firings[ad].clone()).collect::<Vec<_>>();
    let mut assessments = Vec::new();
    for advertiser in &advertisers {
        let mut all = fired(&advertiser.ads);
        if advertiser.ads.len() > 1 {
            all.extend(across(advertiser.ads.clone(), Scope::Advertiser));
        }
        assessments.push(assess(
            &state.catalogue,
            Subject::Advertiser(advertiser.id.clone()),
            &advertiser.ads,
            all,
            Vec::new(),
        ));
    }
    let mut all = fired(&networks[0].ads);
    all.extend(across(networks[0].ads.clone(), Scope::Network));
    let missing = vec![Abstention {
        indicator: IndicatorId::from("price_missing"),
        reason: note("færre end 30 priser i området", "fewer than 30 prices in the area"),
    }];
    assessments.push(assess(
        &state.catalogue,
        Subject::Network(networks[0].id.clone()),
        &networks[0].ads,
        all,
        missing,
    ));
    let mut linkage = Linkage { links, advertisers, networks, damped: Vec::new() };
    linkage.advertisers.sort_by(|a, b| a.id.cmp(&b.id));
    linkage.networks.sort_by(|a, b| a.id.cmp(&b.id));
    let kept = NewAnalysis {
        as_of: when,
        catalogue: state.catalogue.hash().to_owned(),
        parameters: "sha256:parameters".into(),
        code_version: "0.1.0".into(),
        reference_version: "ref-1".into(),
        reference: b"{}".to_vec(),
        linkage: &linkage,
        assessments: &assessments,
        figures: {
            let mut figures = RunFigures::default();
            assessments.iter().for_each(|assessment| figures.add(assessment, "en"));
            change(&mut figures);
            figures
        },
        spam: SpamShare::default(),
        at: when,
    };
    state.store.put_analysis(&kept).await.unwrap();
}

async fn runs(store: &Store) {
    let site = SiteId::from("s1");
    let running = ::store::crawl::SiteState {
        phase: ::store::crawl::SitePhase::Running,
        reason: Bilingual { da: "læses".into(), en: "being read".into() },
        since: days_ago(0),
        until: None,
    };
    let run = store.begin_run(&site, days_ago(0), &[], &running).await.unwrap().0;
    let verdict = ::store::crawl::RunVerdict {
        end: ::store::crawl::RunEnd::Partial,
        missing_are_gone: false,
        set_aside: false,
        reasons: vec![Bilingual { da: "2 sider svarede ikke".into(), en: "2 pages did not answer".into() }],
        politeness: ::store::crawl::Politeness { requests: 31, delay_ms: 2_000, shortest_gap_ms: Some(2_001), busy: 1 },
        alarms: Vec::new(),
    };
    store.finish_run(run.id, &verdict, days_ago(0), &running).await.unwrap();
    let state = ::store::crawl::SiteState {
        phase: ::store::crawl::SitePhase::Waiting,
        reason: Bilingual { da: "Siden bad om ro".into(), en: "The site asked for quiet".into() },
        since: days_ago(1),
        until: None,
    };
    store.set_site_state(&site, &state).await.unwrap();
}

/// Decides 'offer outreach' on the network and makes the team's list for today through the gate.
pub async fn make_list(world: &World) -> Vec<i64> {
    let state = &world.state;
    let by = state.store.account_by_login("forsker").await.unwrap().unwrap().id;
    let look =
        Look { actor: Actor::Account(by), purpose: "test".into(), what: "case", subject: String::new(), at: now() };
    let version = state.store.case(&look, &world.team_case).await.unwrap().row.version;
    let decision = Decision {
        kind: DecisionKind::OfferOutreach,
        reason_code: "several_signs".into(),
        text: String::new(),
        change_mind: String::new(),
        until: None,
        refer_to: None,
    };
    state.store.decide(&world.team_case, &decision, version, by, now()).await.unwrap();
    put_list(world).await
}

/// The same for the ordinary advertiser alone: its line.
pub async fn make_ordinary_list(world: &World) -> i64 {
    let state = &world.state;
    let by = state.store.account_by_login("forsker").await.unwrap().unwrap().id;
    let look =
        Look { actor: Actor::Account(by), purpose: "test".into(), what: "case", subject: String::new(), at: now() };
    let version = state.store.case(&look, &world.ordinary_case).await.unwrap().row.version;
    let decision = Decision {
        kind: DecisionKind::OfferOutreach,
        reason_code: "several_signs".into(),
        text: String::new(),
        change_mind: String::new(),
        until: None,
        refer_to: None,
    };
    state.store.decide(&world.ordinary_case, &decision, version, by, now()).await.unwrap();
    put_list(world).await[0]
}

/// Makes and keeps the list of Team Vest.
pub async fn put_list(world: &World) -> Vec<i64> {
    let state = &world.state;
    let (settings, team) = (&state.settings, &state.settings.teams[0]);
    let date = "2026-11-24".parse().unwrap();
    let view = web::gate::team_view(team, None);
    let list = web::gate::list_for(
        &state.store,
        &state.catalogue,
        &settings.programme,
        &view,
        &settings.outreach.policy,
        date,
        now(),
    )
    .await
    .unwrap();
    let keep = web::gate::to_keep(&list, &settings.programme, now(), now());
    state.store.put_list(&keep, &Actor::System("job:list".into())).await.unwrap();
    let look = Look {
        actor: Actor::System("test".into()),
        purpose: "test".into(),
        what: "list",
        subject: String::new(),
        at: now(),
    };
    let (_, lines) = state.store.list(&look, date, &team.id).await.unwrap().unwrap();
    lines.iter().map(|line| line.id).collect()
}

/// Makes every question about one table fail, as a torn database would.
pub async fn break_table(file: &Path, table: &str) {
    use sqlx::Connection;
    let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let text = sqlx::AssertSqlSafe(format!("ALTER TABLE {table} RENAME TO broken_{table}"));
    sqlx::query(text).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
