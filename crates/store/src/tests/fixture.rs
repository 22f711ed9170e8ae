//! A small made-up population: ads with phones, read and linked by hand.

use crate::testing::at;
use crate::{
    Account, AccountId, Actor, AttemptDetails, Look, NewAccount, NewAd, NewAnalysis, Outcome, OutcomeEdit, PersonRole,
    PutAnalysis, ReadingRow, SiteRegistration, SpamShare, Store,
};
use domain::{
    AdContent, AdRef, Advertiser, AdvertiserId, Assessment, Band, Bilingual, Contact, ContactKind, Evidence, Field,
    Firing, Grade, Group, IndicatorId, LanguageGuess, Link, LinkKind, Linkage, MaskedText, Network, NetworkId,
    PlaceFact, ProgrammeId, Queue, Reading, Role, RunFigures, Scope, SiteId, Span, Subject, TeamId, VersionFacts,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

pub fn ad(id: &str) -> AdRef {
    AdRef::new("s1", id)
}

pub fn phone(last_digits: &str) -> Contact {
    Contact { kind: ContactKind::Phone, value: format!("+453400{last_digits}") }
}

pub fn content(text: &str) -> AdContent {
    AdContent {
        title: format!("Title {text}"),
        body: format!("Body {text}"),
        fields: BTreeMap::from([("place".to_owned(), "Aarhus C".to_owned())]),
        url: Some(format!("https://example.dk/{text}")),
        posted_at: None,
        images: Vec::new(),
    }
}

pub fn programme() -> ProgrammeId {
    ProgrammeId::from("initiative-1")
}

pub fn system() -> Actor {
    Actor::System("tester".to_owned())
}

pub fn look(what: &'static str) -> Look {
    Look { actor: system(), purpose: "test".to_owned(), what, subject: "all".to_owned(), at: at(5_000) }
}

pub async fn register(store: &Store) {
    let site = SiteRegistration {
        site: SiteId::from("s1"),
        programme: programme(),
        name: "Site one".to_owned(),
        import_only: false,
    };
    store.register_site(&site, at(0)).await.unwrap();
}

pub async fn account(store: &Store, login: &str, role: PersonRole) -> AccountId {
    let account = NewAccount {
        login: login.to_owned(),
        name: format!("Name of {login}"),
        role,
        team: (role == PersonRole::OutreachWorker).then(|| TeamId::from("east")),
        programme: Some(programme()),
        organisation: None,
        language: "da".to_owned(),
        urgent_contact: login == "urgent",
        password_hash: "$argon2id$…".to_owned(),
    };
    store.put_account(&account, &system(), at(0)).await.unwrap()
}

pub async fn known(store: &Store, id: AccountId) -> Account {
    store.account(id).await.unwrap().unwrap()
}

/// Puts ads in and reads them: (id, phone, seen at).
pub async fn put(store: &Store, ads: &[(&str, &str, i64)]) {
    let new: Vec<NewAd> = ads
        .iter()
        .map(|(id, _, seen)| NewAd { ad: ad(id), content: content(id), seen: vec![at(*seen)], masked: Vec::new() })
        .collect();
    store.put_ads(&new).await.unwrap();
    let unread = store.unread_versions("r1", 1000).await.unwrap();
    let rows: Vec<ReadingRow> = unread
        .iter()
        .map(|unread| {
            let phone_of = ads.iter().find(|(id, ..)| *id == unread.ad.ad_id).map(|(_, phone, _)| *phone);
            ReadingRow {
                row: unread.row,
                reader_version: "r1".to_owned(),
                reading: Reading::default(),
                facts: facts(unread.version, unread.first_seen, unread.last_seen, phone_of.unwrap_or("0000")),
                masked: vec![
                    MaskedText { field: Field::Title, text: "Title".to_owned(), runs: Vec::new() },
                    MaskedText { field: Field::Body, text: "Body [telefon]".to_owned(), runs: Vec::new() },
                ],
            }
        })
        .collect();
    store.put_readings(&rows, at(100)).await.unwrap();
}

pub fn facts(version: u32, first_seen: Timestamp, last_seen: Timestamp, phone_of: &str) -> VersionFacts {
    VersionFacts {
        version,
        first_seen,
        last_seen,
        contacts: vec![phone(phone_of)],
        urls: vec!["https://example.dk/canary-link".to_owned()],
        addresses: vec!["canarygade 12".to_owned()],
        names: vec!["Anna".to_owned()],
        ages: vec![24],
        places: vec![PlaceFact { municipality_code: "0751".to_owned(), place: "Aarhus C".to_owned() }],
        prices: Vec::new(),
        languages: vec![LanguageGuess { code: "da".to_owned(), confidence: 0.9 }],
        images: Vec::new(),
        skeleton: "title body <phone>".to_owned(),
        habits: vec![],
        symbols: vec![],
        firings: Vec::new(),
    }
}

pub fn firing(indicator: &str, role: Role, on: &AdRef) -> Firing {
    Firing {
        indicator: IndicatorId::from(indicator),
        version: 1,
        scope: Scope::Ad,
        group: Group('B'),
        grade: Grade::B,
        role,
        sensitive: false,
        points: if role == Role::Score { 1.0 } else { 0.0 },
        evidence: vec![Evidence::Span {
            ad: Some(on.clone()),
            version: 1,
            span: Span::new(Field::Body, 0, 4),
            text: "Body".to_owned(),
        }],
    }
}

/// What an analysis finds: advertisers by their ads, each with indicators (`!` before one: urgent; `spam`: the queue of spam and scam), and networks by
/// the places of their advertisers.
pub struct World {
    pub advertisers: Vec<(Vec<&'static str>, Vec<&'static str>)>,
    pub networks: Vec<Vec<usize>>,
}

impl World {
    pub fn linkage(&self) -> Linkage {
        let mut advertisers = Vec::new();
        for (ads, _) in &self.advertisers {
            let members: Vec<AdRef> = ads.iter().map(|id| ad(id)).collect();
            advertisers.push(Advertiser {
                id: AdvertiserId::of(&members[0]),
                founder: members[0].clone(),
                ads: members.into_iter().collect::<BTreeSet<_>>().into_iter().collect(),
            });
        }
        let mut networks = Vec::new();
        let mut in_network = BTreeSet::new();
        let mut groups = self.networks.clone();
        for group in &groups {
            in_network.extend(group.iter().copied());
        }
        groups.extend((0..advertisers.len()).filter(|at| !in_network.contains(at)).map(|at| vec![at]));
        for group in groups {
            let founder = advertisers[group[0]].founder.clone();
            let ads: BTreeSet<AdRef> = group.iter().flat_map(|at| advertisers[*at].ads.clone()).collect();
            let members: BTreeSet<AdvertiserId> = group.iter().map(|at| advertisers[*at].id.clone()).collect();
            networks.push(Network {
                id: NetworkId::of(&founder),
                founder,
                advertisers: members.into_iter().collect(),
                ads: ads.into_iter().collect(),
            });
        }
        let mut links = Vec::new();
        for advertiser in &advertisers {
            for pair in advertiser.ads.windows(2) {
                links.push(Link {
                    a: pair[0].clone(),
                    b: pair[1].clone(),
                    kind: LinkKind::Phone,
                    bits: 9.5,
                    joins: true,
                    note: Bilingual { da: "samme telefon".to_owned(), en: "same phone".to_owned() },
                });
            }
        }
        advertisers.sort_by(|a, b| a.id.cmp(&b.id));
        networks.sort_by(|a, b| a.id.cmp(&b.id));
        Linkage { links, advertisers, networks, damped: Vec::new() }
    }

    pub fn assessments(&self, linkage: &Linkage) -> Vec<Assessment> {
        let mut all = Vec::new();
        for (ads, signs) in &self.advertisers {
            let founder = ad(ads[0]);
            all.push(assessment(Subject::Advertiser(AdvertiserId::of(&founder)), signs, &founder));
        }
        for network in linkage.networks.iter().filter(|network| network.advertisers.len() > 1) {
            let signs: Vec<&str> = self
                .advertisers
                .iter()
                .filter(|(ads, _)| network.ads.contains(&ad(ads[0])))
                .flat_map(|(_, signs)| signs.clone())
                .collect();
            all.push(assessment(Subject::Network(network.id.clone()), &signs, &network.founder));
        }
        all
    }
}

fn assessment(subject: Subject, signs: &[&str], on: &AdRef) -> Assessment {
    let spam = signs.contains(&"spam");
    let (urgent, scored): (Vec<&str>, Vec<&str>) =
        signs.iter().filter(|sign| **sign != "spam").partition(|sign| sign.starts_with('!'));
    let points = scored.len() as f64;
    Assessment {
        subject,
        band: match scored.len() {
            0 => Band::None,
            1 => Band::Low,
            2 => Band::Medium,
            _ => Band::High,
        },
        points,
        groups: BTreeMap::from([(Group('B'), points)]),
        evidence: scored.iter().map(|sign| firing(sign, Role::Score, on)).collect(),
        counter_evidence: Vec::new(),
        context: urgent.iter().map(|sign| firing(&sign[1..], Role::Urgent, on)).collect(),
        abstentions: Vec::new(),
        marginal: Vec::new(),
        urgent: !urgent.is_empty(),
        queue: if spam { Queue::Spam } else { Queue::Ordinary },
        catalogue: "sha256:test".to_owned(),
        ads: vec![on.clone()],
    }
}

pub fn figures(assessments: &[Assessment]) -> RunFigures {
    let mut figures = RunFigures::default();
    for assessment in assessments {
        figures.add(assessment, "da");
    }
    figures
}

pub async fn analyse(store: &Store, world: &World, minute: i64) -> PutAnalysis {
    let linkage = world.linkage();
    let assessments = world.assessments(&linkage);
    let analysis = NewAnalysis {
        as_of: at(minute),
        catalogue: "sha256:test".to_owned(),
        parameters: "sha256:parameters".to_owned(),
        code_version: "0.1.0".to_owned(),
        reference_version: "ref-1".to_owned(),
        reference: b"reference".to_vec(),
        linkage: &linkage,
        assessments: &assessments,
        figures: figures(&assessments),
        spam: SpamShare { share: 0.5, seed: "test".to_owned() },
        at: at(minute),
    };
    store.put_analysis(&analysis).await.unwrap()
}

/// An outcome that comes later, and nothing beside it.
pub fn outcome(outcome: Outcome) -> OutcomeEdit {
    OutcomeEdit { outcome, minutes: None, note: String::new(), follow_up: None, details: AttemptDetails::default() }
}
