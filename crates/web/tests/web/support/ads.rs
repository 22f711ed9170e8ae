//! The ads, and what a reader makes of them.

use super::*;

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

pub async fn ads(state: &AppState) -> BTreeMap<AdRef, Vec<Firing>> {
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
    read(state, "test", &[]).await
}

/// Reads every version as the reader `version` does, which finds these addresses in the ads of Aarhus.
pub async fn read(state: &AppState, version: &str, addresses: &[&str]) -> BTreeMap<AdRef, Vec<Firing>> {
    let store = &state.store;
    let made = population();
    let mut firings: BTreeMap<AdRef, Vec<Firing>> = BTreeMap::new();
    let mut rows = Vec::new();
    for unread in store.unread_versions(version, 1000).await.unwrap() {
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
            addresses: addresses.iter().filter(|_| made.place.0 == "0751").map(|of| (*of).to_owned()).collect(),
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
        rows.push(ReadingRow { row: unread.row, reader_version: version.into(), reading: ad.reading, facts, masked });
    }
    store.put_readings(&rows, now()).await.unwrap();
    firings
}

pub fn read_ad(texts: Vec<(Field, String)>) -> ReadAd {
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

fn contact(phone: &str) -> Contact {
    Contact { kind: ContactKind::Phone, value: format!("+45{phone}") }
}

/// The first ad gets so many more versions, each with a text of so many letters.
pub async fn long_versions(world: &World, versions: usize, letters: usize) {
    let store = &world.state.store;
    for number in 0..versions {
        let body = format!("Udgave nummer {number}. {}", "Rolig musik og te. ".repeat(letters / 19));
        let content = AdContent {
            title: "Anna i Aarhus C".to_owned(),
            body: body.clone(),
            fields: BTreeMap::new(),
            url: None,
            posted_at: None,
            images: Vec::new(),
        };
        let seen = vec![now() - jiff::SignedDuration::from_mins((versions - number) as i64)];
        let ad = NewAd { ad: AdRef::new("s1", "a1"), content, seen, masked: Vec::new() };
        store.put_ads(&[ad]).await.unwrap();
        let unread = store.unread_versions("test", 10).await.unwrap();
        let row = |unread: &UnreadVersion| ReadingRow {
            row: unread.row,
            reader_version: "test".into(),
            reading: Reading::default(),
            facts: VersionFacts {
                version: unread.version,
                first_seen: unread.first_seen,
                last_seen: unread.last_seen,
                contacts: vec![contact("34000050")],
                urls: Vec::new(),
                addresses: Vec::new(),
                names: Vec::new(),
                ages: Vec::new(),
                places: Vec::new(),
                prices: Vec::new(),
                languages: Vec::new(),
                images: Vec::new(),
                skeleton: String::new(),
                habits: vec![],
                symbols: vec![],
                firings: Vec::new(),
            },
            masked: vec![MaskedText::build(Field::Body, &body, &[])],
        };
        let rows: Vec<ReadingRow> = unread.iter().map(row).collect();
        store.put_readings(&rows, now()).await.unwrap();
    }
}
