//! What an analysis and a crawl leave: advertisers, a network, assessments, runs of the sites.

use super::*;

/// Analyses the same ads once more an hour later, with other counts over everybody.
pub async fn analysed_again(world: &World, change: impl FnOnce(&mut RunFigures)) {
    let later = now() + jiff::SignedDuration::from_hours(1);
    analysis(&world.state, world.firings.clone(), later, change).await;
}

/// Analyses the same ads once more at a time of one's own.
pub async fn analysed_at(world: &World, when: Timestamp) {
    analysis(&world.state, world.firings.clone(), when, |_| {}).await;
}

pub async fn analysis(
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

pub async fn runs(store: &Store) {
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
