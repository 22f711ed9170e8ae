//! Drafting adapters for listing sites that are built in different ways: what the draft reads is compared with the truth
//! for every ad of the site. Sites are functions from an address to a page, so that nothing is fetched.

mod sites;

use domain::Page;
use extract::adapter::{Adapter, Draft, DraftSettings, Drafter, WantedKind};
use sites::{Ad, Site, ads};
use std::collections::{BTreeMap, BTreeSet};

fn page(url: &str, body: String) -> Page {
    Page {
        url: url.to_owned(),
        status: 200,
        content_type: "text/html; charset=utf-8".to_owned(),
        body: body.into_bytes(),
        fetched_at: "2026-11-03T14:30:00Z".parse().unwrap(),
    }
}

fn get(site: &Site, url: &str) -> Option<Page> {
    let path = url.strip_prefix("https://www.example.dk")?;
    (site.reply)(&ads(), path).map(|body| page(url, body))
}

fn draft(site: &Site) -> Draft {
    let start = format!("https://www.example.dk{}", site.start);
    let mut drafter = Drafter::new(&[start]);
    let mut asked = 0;
    while let Some(wanted) = drafter.wants() {
        asked += 1;
        if let Some(page) = get(site, &wanted.url) {
            drafter.take(&wanted, page);
        }
    }
    assert!(asked <= 12, "{}: {asked} pages were asked for", site.name);
    let settings = DraftSettings { id: "s1".into(), name: "Site".into(), allow_private: Vec::new(), delay_s: 5.0 };
    drafter.finish(&settings).unwrap_or_else(|error| panic!("{}: {error}", site.name))
}

/// Every ad that the adapter finds by following the listing, as a crawl would.
fn crawl(site: &Site, adapter: &Adapter) -> BTreeMap<String, domain::AdContent> {
    let mut waiting: Vec<String> = adapter.settings().start.clone();
    let mut seen = BTreeSet::new();
    let mut found = BTreeMap::new();
    while let Some(url) = waiting.pop() {
        if !seen.insert(url.clone()) || seen.len() > 60 {
            continue;
        }
        let Some(page) = get(site, &url) else { continue };
        let listing = adapter.read_listing(&page);
        if !listing.items.is_empty() {
            waiting.extend(listing.next);
        }
        for item in listing.items {
            let page = get(site, &item.url).unwrap_or_else(|| panic!("{}: {} leads nowhere", site.name, item.url));
            let read = adapter.read_detail(&page);
            found.insert(item.ad_id, read.content.unwrap_or_default());
        }
    }
    found
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check(site: &Site) {
    let draft = draft(site);
    let adapter = Adapter::parse("s1", "draft", &draft.toml).unwrap_or_else(|error| panic!("{error}\n{}", draft.toml));
    assert!(adapter.settings().approval.is_none(), "a draft has no approval");
    let found = crawl(site, &adapter);
    let truth: BTreeMap<String, Ad> = ads().into_iter().map(|ad| ((site.id)(&ad), ad)).collect();
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        truth.keys().collect::<Vec<_>>(),
        "{}: every ad by its id\n{}",
        site.name,
        draft.toml
    );
    for (id, ad) in &truth {
        let content = &found[id];
        assert_eq!(plain(&content.title), plain(&ad.title), "{}: title of {id}\n{}", site.name, draft.toml);
        assert_eq!(plain(&content.body), plain(&ad.body), "{}: text of {id}\n{}", site.name, draft.toml);
        for field in site.fields {
            let expected = match *field {
                "phone" => ad.phone.clone(),
                "price" => ad.price.map(|price| format!("{price} kr.")),
                "place" => Some(ad.place.clone()),
                "age" => ad.age.map(|age| age.to_string()),
                other => panic!("{other}"),
            };
            let given = content.fields.get(*field).map(|value| value.replace(" år", ""));
            let digits = |text: &Option<String>| {
                text.as_ref().map(|t| t.chars().filter(char::is_ascii_digit).collect::<String>())
            };
            if *field == "place" {
                assert_eq!(given, expected, "{}: place of {id}\n{}", site.name, draft.toml);
            } else {
                assert_eq!(digits(&given), digits(&expected), "{}: {field} of {id}\n{}", site.name, draft.toml);
            }
        }
    }
    // What is written beside it holds.
    for (name, kind, page) in &draft.samples {
        let expected = adapter.expected(page, *kind == WantedKind::Listing);
        let sample = (format!("{name}.html"), page.body.clone(), Some(expected.to_string()));
        let result = extract::adapter::check_site(&adapter, &[sample]).remove(0);
        assert!(result.passed(), "{}: {result}", site.name);
    }
    for rule in &draft.found {
        assert!(!rule.why.is_empty() && rule.filled <= rule.pages, "{rule:?}");
    }
}

#[test]
fn a_table_of_rows_with_numbered_pages() {
    check(&sites::TABLE);
}

#[test]
fn definition_lists_and_a_load_more_link_with_an_offset() {
    check(&sites::OFFSET);
}

#[test]
fn a_weblog_with_page_numbers_in_the_path() {
    check(&sites::WEBLOG);
}

#[test]
fn microdata_and_a_link_with_rel_next() {
    check(&sites::MICRODATA);
}

#[test]
fn list_points_with_bold_labels_and_a_next_sign() {
    check(&sites::POINTS);
}

#[test]
fn cards_of_nameless_elements_with_json_ld_in_a_graph() {
    check(&sites::GRAPH);
}

#[test]
fn an_english_table_with_a_sitemap() {
    check(&sites::SITEMAP);
}

#[test]
fn a_page_without_a_listing_is_told_so() {
    let mut drafter = Drafter::new(&["https://www.example.dk/om".to_owned()]);
    let wanted = drafter.wants().unwrap();
    drafter.take(&wanted, page(&wanted.url, "<h1>Om os</h1><p>Vi er en side.</p>".to_owned()));
    assert_eq!(drafter.wants(), None);
    let settings = DraftSettings { id: "s1".into(), name: "Site".into(), allow_private: Vec::new(), delay_s: 5.0 };
    let error = drafter.finish(&settings).unwrap_err();
    assert!(error.to_string().contains("give the address of a listing page"), "{error}");
}
