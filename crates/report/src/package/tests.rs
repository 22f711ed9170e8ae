use super::*;
use crate::document::{Block, Tongue};
use crate::source::*;
use domain::{Band, Bilingual};
use jiff::civil::date;

fn both(text: &str) -> Bilingual {
    Bilingual { da: text.to_owned(), en: text.to_owned() }
}

/// Two hundred made advertisers on three sites over two months; one of them in a place of its own.
pub(crate) fn source() -> Source {
    let (from, to) = (date(2026, 9, 1), date(2026, 10, 31));
    let advertiser = |n: u32| {
        let ad = |at: u32, site: u16| {
            let begin = ((n * 7 + at * 11) % 50) as u16;
            let days: Vec<u16> = (begin..begin + 1 + (n % 9) as u16).collect();
            let day = |offset: u16| from.saturating_add(jiff::Span::new().days(i64::from(offset)));
            Ad {
                number: i64::from(n * 10 + at),
                site,
                first: day(begin),
                last: day(*days.last().unwrap()),
                days,
                versions: 1 + at,
                gone: n % 3 > 0,
                place: Some(if n == 0 { 2 } else { u16::from(n % 4 == 0) }),
                language: Some(if n % 5 == 0 { "en" } else { "da" }.to_owned()),
                form: (n % 3) as u8,
                pictures: n % 4,
            }
        };
        let mut ads = vec![ad(0, (n % 2) as u16)];
        if n % 3 == 0 {
            ads.push(ad(1, ((n + 1) % 2) as u16));
        }
        if n % 7 == 0 {
            ads.push(ad(2, 2));
        }
        Advertiser {
            id: format!("adv_{n}"),
            network: format!("net_{}", n / 2),
            ads,
            band: if n < 3 {
                Band::High
            } else if n < 20 {
                Band::Medium
            } else {
                Band::None
            },
            points: 1.0,
            urgent: false,
            spam: false,
            indicators: if n < 20 { vec![0] } else { Vec::new() },
            decision: (n < 12).then(|| "offer_outreach".to_owned()),
        }
    };
    let advertisers: Vec<Advertiser> = (0..200).map(advertiser).collect();
    let network = |n: u32| Network {
        id: format!("net_{n}"),
        advertisers: vec![n * 2, n * 2 + 1],
        band: Band::None,
        points: 0.0,
        indicators: Vec::new(),
    };
    let attempt = |n: u32| Attempt {
        advertiser: Some(n),
        person: i64::from(n),
        team: "oest".to_owned(),
        method: "call".to_owned(),
        channel: "call".to_owned(),
        outcome: Some(if n % 2 == 0 { "accepted_offer" } else { "no_answer" }.to_owned()),
        minutes: Some(30),
        workers: 1,
        day: to,
        random: Some(false),
        probability: Some(1.0),
    };
    let place =
        |code: &str, name: &str, region: &str| Place { code: code.into(), name: name.into(), region: region.into() };
    let site = |id: &str| Site { id: id.into(), name: format!("Side {id}"), import_only: id == "s3" };
    let named = |id: &str| Named { id: id.into(), title: both(id) };
    let at = "2026-11-01T06:00:00Z".parse().unwrap();
    Source {
        from,
        to,
        known_to: to,
        as_of: at,
        sites: vec![site("s1"), site("s2"), site("s3")],
        forms: vec![named("escort"), named("clinic"), named("unclear")],
        places: vec![
            place("0101", "København", "Region Hovedstaden"),
            place("0751", "Aarhus", "Region Midtjylland"),
            place("0851", "Aalborg", "Region Nordjylland"),
        ],
        indicators: vec![Indicator {
            id: "third_person_voice".into(),
            version: 2,
            title: both("Written by someone else"),
            group: "B".into(),
            scope: "ad".into(),
            grade: "B".into(),
            status: "trial".into(),
            role: "score".into(),
            points: 1.0,
        }],
        methods: vec![named("call")],
        advertisers,
        networks: (0..100).map(network).collect(),
        attempts: (0..30).map(attempt).collect(),
        lines: Vec::new(),
        assignments: Vec::new(),
        rates: Rates::default(),
        readers: vec![("watch".into(), "watch".into()); 40]
            .into_iter()
            .chain(vec![("watch".into(), "no_concern".into()); 10])
            .collect(),
        runs: (0..61)
            .map(|n| Run {
                site: 0,
                day: from.saturating_add(jiff::Span::new().days(n)),
                end: if n == 30 { "failed" } else { "good" }.to_owned(),
                pages: 100,
                failures: 1,
                ads_listed: 50,
            })
            .collect(),
        ties: vec![("phone".into(), true, 120), ("text".into(), false, 3)],
        made_of: MadeOf {
            programme: "initiative-1".into(),
            programme_title: both("Outreach"),
            controller: "Demonstration".into(),
            catalogue: "sha256:00".into(),
            parameters: "sha256:11".into(),
            code: "0.1.0".into(),
            reference: "r1".into(),
            analysed_as_of: at,
            not_analysed: 0,
        },
    }
}

fn package(name: &str, ad_rows: bool) -> Package {
    let recipient = Recipient {
        name: name.to_owned(),
        organisation: "KI".to_owned(),
        agreement: if ad_rows { "Agreement 7 of 1 May 2026".to_owned() } else { String::new() },
        ad_rows,
        least: 5,
    };
    let pseudonym = |kind: &str, id: &str| {
        format!("{}-{}", &kind[..1], sha256(format!("{name}{kind}{id}").as_bytes()).get(..16).unwrap())
    };
    let order = Order {
        recipient: &recipient,
        pseudonym: &pseudonym,
        earlier: &[],
        extras: Extras::new(),
        counts: serde_json::json!({}),
    };
    make(&source(), order).unwrap()
}

fn text<'a>(package: &'a Package, path: &str) -> &'a str {
    std::str::from_utf8(&package.files[path]).unwrap()
}

#[test]
fn the_same_source_gives_the_same_bytes_and_another_recipient_no_common_pseudonym() {
    let (one, again, other) = (package("a", true), package("a", true), package("b", true));
    assert!(one.files == again.files, "another run gave other bytes");
    let names = |package: &Package, table: &str| -> std::collections::BTreeSet<String> {
        text(package, table).lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
    };
    for table in ["data/advertisers.csv", "data/networks.csv", "data/ads.csv"] {
        assert!(names(&one, table).len() > 50, "{table}");
        assert!(names(&one, table).is_disjoint(&names(&other, table)), "{table}: two recipients share a pseudonym");
    }
    for line in text(&one, CHECKSUMS).lines() {
        let (sum, path) = line.split_once("  ").unwrap();
        assert_eq!(sum, sha256(&one.files[path]), "{path}");
    }
}

#[test]
fn without_an_agreement_there_are_no_rows_of_ads_and_no_id_of_the_store() {
    let package = package("a", false);
    assert!(!package.files.keys().any(|path| path.ends_with("/ads.csv") || path.ends_with("/ads.parquet")));
    for (path, bytes) in &package.files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("adv_") && !text.contains("net_"), "{path} holds an id of the store");
    }
    assert!(package.check.smallest_group.unwrap() >= 5);
    assert!(text(&package, "data/ties.csv").contains("text,false,\n"), "three ties are withheld");
}

#[test]
fn no_count_of_one_to_four_is_in_any_table_of_counts() {
    let package = package("a", false);
    let mut cells = 0;
    for (path, bytes) in package.files.iter().filter(|(path, _)| path.starts_with("data/counts_")) {
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let at = reader.headers().unwrap().iter().position(|name| name == "advertisers").unwrap();
        for record in reader.records() {
            let record = record.unwrap();
            let (count, withheld) = (&record[at], &record[at + 1]);
            assert_eq!(count.is_empty(), withheld == "true", "{path}: {record:?}");
            if let Ok(count) = count.parse::<u64>() {
                assert!(count >= 5, "{path}: {record:?}");
                cells += 1;
            }
        }
    }
    assert!(cells > 50, "{cells}");
}

#[test]
fn the_report_says_in_both_languages_what_the_figures_say() {
    let source = source();
    let figures = Figures::of(&source, 5, &[]);
    let between = figures.how_many.between_sites.as_ref().unwrap();
    assert!(between.total.low <= between.total.value && between.total.value <= between.total.high);
    assert!(between.total.value >= 200.0, "{between:?}");
    for (t, words) in [
        (Tongue::Da, ["Sammenfatning", "Hvad reglerne overser", "200 annoncører", "15 tog imod et tilbud"]),
        (Tongue::En, ["Summary", "What the rules miss", "200 advertisers", "15 accepted an offer"]),
    ] {
        let document = crate::status::document(&source, &figures, t);
        let html = document.to_html();
        for word in words {
            assert!(html.contains(word), "{word} is missing");
        }
        let pdf = document.to_pdf();
        assert!(pdf.starts_with(b"%PDF-1.") && pdf == document.to_pdf(), "the same document, the same bytes");
        let figures = document.blocks.iter().filter(|block| matches!(block, Block::Figure { .. })).count();
        assert_eq!((figures, html.matches("<svg").count()), (6, 6));
    }
}

#[test]
fn a_year_of_history_is_covered_by_day() {
    let figures = Figures::of(&source(), 5, &[]);
    let september = figures.coverage.iter().find(|row| row.site == "s1" && row.month == "2026-09").unwrap();
    assert_eq!((september.days, september.days_watched, september.longest_gap), (30, 30, 0));
    let october = figures.coverage.iter().find(|row| row.site == "s1" && row.month == "2026-10").unwrap();
    assert_eq!((october.days, october.days_watched, october.longest_gap, october.runs), (31, 30, 1, [30, 0, 1, 0]));
    assert!(figures.coverage.iter().any(|row| row.site == "s3" && row.days_watched > 0), "imports count by their ads");
}
