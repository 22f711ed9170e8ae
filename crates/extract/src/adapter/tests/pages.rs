//! Whole pages: listings with their next pages, ads with their marks, and what is broken.

use super::*;
use domain::Mark;

#[test]
fn a_listing_gives_each_ad_once_with_its_excerpt_and_address() {
    let rules =
        format!("{LISTING}\nexcerpt = [\"h2\", \".teaser\"]\nignored = [\".tid\"]\ndrop_parameters = [\"sid\"]");
    let html = "<article><h2><a href='/annonce/7?sid=9&a=1#top'>Anna</a></h2><p class=teaser>Ring <i class=tid>i dag</i></p></article>\
        <article><h2><a href='/annonce/7'>Anna igen</a></h2></article>\
        <article><h2><a href='https://andet.dk/annonce/8'>Eva</a></h2></article>\
        <article><h2>uden link</h2></article><article><a href='/om'>uden id</a></article>";
    let read = listing(&rules, "", "https://www.example.dk/annoncer", html);
    let items: Vec<_> =
        read.items.iter().map(|item| (item.ad_id.as_str(), item.url.as_str(), item.excerpt.as_str())).collect();
    assert_eq!(items, [("7", "https://www.example.dk/annonce/7?a=1", "Anna\nRing")]);
    assert_eq!(places(&read.issues), ["listing.link", "listing.link", "listing.ad_id"]);
}

#[test]
fn the_id_may_stand_in_the_entry_and_the_entry_may_be_the_link() {
    let rules = "item = \"a.ad\"\nad_id = { attribute = \"data-id\" }";
    let read = listing(
        rules,
        "",
        "https://www.example.dk/annoncer/",
        "<base href='/da/'><a class=ad data-id=x7 href='a/7'>Anna</a>",
    );
    assert_eq!((read.items[0].ad_id.as_str(), read.items[0].url.as_str()), ("x7", "https://www.example.dk/da/a/7"));
    let rules = "item = \"article\"\nlink = \".more\"\nad_id = { select = \"b\", regex = 'nr\\. (\\d+)' }";
    let html = "<article><a href='/profil'>x</a><b>nr. 7</b><a class=more href='/a/7'>Læs</a></article>";
    let read = listing(rules, "", "https://www.example.dk/annoncer/", html);
    assert_eq!((read.items[0].ad_id.as_str(), read.items[0].url.as_str()), ("7", "https://www.example.dk/a/7"));
}

#[test]
fn every_kind_of_next_page() {
    let one = "<article><a href='/annonce/7'>Anna</a></article>";
    let check = |next: &str, url: &str, html: &str, expected: &[&str]| {
        let read = listing(LISTING, &format!("[listing.next]\n{next}"), url, html);
        assert_eq!(read.next, expected, "{next} {url}");
    };
    let base = "https://www.example.dk/annoncer";
    let link =
        format!("{one}<a rel=next href='?side=2#x'>2</a><a rel=next href='?side=2'>2</a><a rel=next href='?'>her</a>");
    check(
        "selector = \"a[rel=next]\"",
        base,
        &link,
        &["https://www.example.dk/annoncer?side=2", "https://www.example.dk/annoncer?"],
    );
    check("selector = \"a[rel=next]\"", base, &format!("{one}<a rel=next href='https://andet.dk/'>2</a>"), &[]);
    check("parameter = \"side\"", base, one, &["https://www.example.dk/annoncer?side=2"]);
    check(
        "parameter = \"side\"",
        "https://www.example.dk/annoncer?side=2&by=aarhus",
        one,
        &["https://www.example.dk/annoncer?by=aarhus&side=3"],
    );
    check("parameter = \"side\"", "https://www.example.dk/annoncer?side=2", "<p>slut</p>", &[]);
    check("parameter = \"side\"\nlast = 2", "https://www.example.dk/annoncer?side=2", one, &[]);
    check("parameter = \"fra\"\nfirst = 0\nstep = 20", base, one, &["https://www.example.dk/annoncer?fra=20"]);
    check("parameter = \"side\"", "https://www.example.dk/annoncer?side=x", one, &[]);
    check("parameter = \"side\"", "https://www.example.dk/annoncer?side=4294967295", one, &[]);
    check("template = \"/annoncer/side/{page}\"", base, one, &["https://www.example.dk/annoncer/side/2"]);
    check(
        "template = \"/annoncer/side/{page}\"",
        "https://www.example.dk/annoncer/side/2",
        one,
        &["https://www.example.dk/annoncer/side/3"],
    );
    check("template = \"/annoncer/s{page}.html\"\nlast = 3", "https://www.example.dk/annoncer/s3.html", one, &[]);
}

#[test]
fn sitemaps_and_feeds_are_listings_too() {
    let rules = |kind: &str| format!("kind = \"{kind}\"\nad_id = {{ url = '/annonce/(\\d+)' }}");
    let xml = "<urlset><url><loc>https://www.example.dk/annonce/7</loc><lastmod>2026-11-03</lastmod></url>\
        <url><loc>https://www.example.dk/om</loc></url></urlset>";
    let read = listing(&rules("sitemap"), "", "https://www.example.dk/sitemap.xml", xml);
    assert_eq!(
        (read.items.len(), read.items[0].ad_id.as_str(), read.items[0].excerpt.as_str()),
        (1, "7", "2026-11-03")
    );
    assert_eq!(read.issues, []);
    let rss =
        "<rss><channel><item><title>Anna</title><link>https://www.example.dk/annonce/7</link></item></channel></rss>";
    let read = listing(&rules("rss"), "", "https://www.example.dk/rss", rss);
    assert_eq!((read.items.len(), read.items[0].excerpt.as_str()), (1, "Anna"));
    let read = listing(&rules("rss"), "", "https://www.example.dk/rss", "<html><p>Log ind");
    assert_eq!((read.items.len(), read.issues.is_empty()), (0, false));
}

#[test]
fn a_page_says_what_it_is() {
    let marks = "[marks]\nexpired = [{ select = \".n\", text = \"er UDLØBET\" }, { url = '/annoncer/?$' }]\n\
        no_ads = { text = \"ingen annoncer\" }\nsuspended = { select = \".closed\" }\nchallenge = { select = \"form#captcha\" }";
    let read = |html: &str| detail("title = \"h1\"\nbody = { select = \".b\", required = true }", marks, html);
    let expired = read("<p class=n>Annoncen er udløbet</p>");
    assert_eq!((expired.mark, expired.content, expired.issues), (Some(Mark::Expired), None, vec![]));
    assert_eq!(read("<p>Annoncen er udløbet</p>").mark, None, "not in the element that says so");
    let kept = read("<p class=n>Annoncen er udløbet</p><h1>Anna</h1><p class=b>Tekst</p>");
    assert_eq!((kept.mark, kept.content.map(|content| content.title)), (Some(Mark::Expired), Some("Anna".to_owned())));
    let challenge = read("<form id=captcha></form><h1>Er du et menneske?</h1>");
    assert_eq!((challenge.mark, challenge.content), (Some(Mark::Challenge), None));
    assert_eq!(read("<div class=closed>").mark, Some(Mark::Suspended));
    let changed = read("<div>et nyt layout</div>");
    assert_eq!((changed.content, places(&changed.issues)), (None, vec!["detail"]));
    let empty = listing(LISTING, marks, "https://www.example.dk/x", "<p>Ingen annoncer fundet</p>");
    assert_eq!((empty.mark, empty.items.len(), empty.issues), (Some(Mark::NoAds), 0, vec![]));
    let changed = listing(LISTING, "", "https://www.example.dk/x", "<p>et nyt layout</p>");
    assert_eq!(places(&changed.issues), ["listing.item"]);
}

#[test]
fn an_ads_page_gives_text_time_and_pictures() {
    let rules = "title = \"h1\"\nbody = \".b\"\nposted_at = \".t\"\nimages = \"img\"\nignored = [\".del\"]\nad_id = { select = \"[data-ad]\", attribute = \"data-ad\" }";
    let html = "<h1>Anna\n i Aarhus</h1><div class=b data-ad=7>Ny her<br>Ring<p class=del>Del</p></div><i class=t>i går 14:05</i>\
        <img src='/b/1.jpg'><img src='/b/1.jpg'><img src='2.jpg'><img src='data:image/gif;base64,R0'>";
    let read = detail(rules, "", html);
    let content = read.content.unwrap();
    assert_eq!((content.title.as_str(), content.body.as_str()), ("Anna i Aarhus", "Ny her\nRing"));
    assert_eq!(content.posted_at, "2026-11-02T13:05:00Z".parse().ok());
    let sources: Vec<_> = content.images.iter().map(|image| image.source.as_str()).collect();
    assert_eq!(sources, ["https://www.example.dk/b/1.jpg", "https://www.example.dk/annonce/2.jpg"]);
    assert_eq!((read.ad_id.as_deref(), places(&read.issues)), (Some("7"), vec!["images"]));
    let future = detail("title = \"h1\"\nposted_at = \".t\"", "", "<h1>A</h1><i class=t>3. december 2026</i>");
    assert_eq!((future.content.unwrap().posted_at, places(&future.issues)), (None, vec!["posted_at"]));
}

#[test]
fn a_wrong_charset_header_does_not_matter() {
    let adapter = adapter(LISTING, "title = \"h1\"", "");
    let read =
        adapter.read_detail(&page("https://www.example.dk/annonce/7", b"<h1>S\xF8de \xC5se p\xE5 \xD8sterbro</h1>"));
    assert_eq!(read.content.map(|content| content.title).as_deref(), Some("Søde Åse på Østerbro"));
    assert_eq!(read.issues, []);
}

#[test]
fn what_stands_before_the_broken_part_is_kept() {
    let html = format!("<h1>Anna</h1>{}", "<div>".repeat(100_000));
    let read = detail("title = \"h1\"", "", &html);
    assert_eq!(
        (read.content.map(|content| content.title).as_deref(), places(&read.issues)),
        (Some("Anna"), vec!["page"])
    );
    let html = format!("<h1>Anna</h1>{}", "x".repeat(MAX_PAGE_BYTES));
    let read = detail("title = \"h1\"", "", &html);
    assert_eq!(
        (read.content.map(|content| content.title).as_deref(), places(&read.issues)),
        (Some("Anna"), vec!["page"])
    );
    let read = detail("title = \"h1\"", "", "<div></span><h1>Anna<p></b><table><h1 class='");
    assert_eq!(read.content.map(|content| content.title).as_deref(), Some("Anna"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), url in "\\PC{0,20}") {
        let rules = "title = [\"h1\", { json_ld = \"name\" }]\nbody = \"body\"\nposted_at = \"body\"\nimages = \"img\"\n\
            [detail.fields]\nx = { microdata = \"X.y.z\" }\ny = { row = \"A\" }\nz = { select = \"p\", decode = [\"base64\", \"entities\", \"percent\", \"hex\"] }\n\
            [detail.rows]\nlabel = \"b\"";
        for listing in [LISTING, "kind = \"rss\"\nad_id = { url = '(.+)' }", "kind = \"sitemap\"\nad_id = { url = '(.+)' }"] {
            let adapter = adapter(listing, rules, "");
            let mut page = page(&url, &bytes);
            adapter.read_detail(&page);
            adapter.read_listing(&page);
            page.body = [b"<article><a href='/annonce/1'>".as_slice(), &bytes].concat();
            page.url = "https://www.example.dk/annonce/7".to_owned();
            adapter.read_listing(&page);
        }
    }
}
