//! Listings for machines: sitemaps (sitemaps.org), RSS 2.0, RSS 1.0 and Atom (RFC 4287; next pages by RFC 5005).

use super::guard;
use super::issues::Issues;
use super::text::{NONE, text_of};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What a feed or sitemap lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Feed {
    pub entries: Vec<Entry>,
    /// Further sitemaps or pages of the feed.
    pub next: Vec<String>,
    /// It broke off: entries may be missing.
    pub broken: bool,
}

/// One address and what shows that it changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub link: String,
    pub excerpt: String,
}

/// A sitemap or an index of sitemaps. `lastmod` is what shows a change.
pub(super) fn sitemap(xml: &str, issues: &mut Issues) -> Feed {
    let mut feed = Feed::default();
    let mut entry = Entry::default();
    let whole = read(xml, issues, |step| match step {
        Step::Text { path: [.., "url", "loc"], text } => entry.link = text.to_owned(),
        Step::Text { path: [.., "url", "lastmod"], text } => entry.excerpt = text.to_owned(),
        Step::Text { path: [.., "sitemap", "loc"], text } => feed.next.push(text.to_owned()),
        Step::End { path: [.., "url"] } => feed.entries.push(std::mem::take(&mut entry)),
        _ => {}
    });
    feed.entries.retain(|entry| !entry.link.is_empty());
    feed.broken = !whole;
    feed
}

/// RSS or Atom. Title and summary are what shows a change.
pub(super) fn feed(xml: &str, issues: &mut Issues) -> Feed {
    let mut feed = Feed::default();
    let mut entry = Entry::default();
    let mut guid = String::new();
    let whole = read(xml, issues, |step| match step {
        Step::Text { path: [.., "item", "link"], text } => entry.link = text.to_owned(),
        Step::Text { path: [.., "item", "guid"] | [.., "entry", "id"], text } => guid = text.to_owned(),
        Step::Text {
            path: [.., "item", "title" | "description"] | [.., "entry", "title" | "summary" | "content"],
            text,
        } => {
            let text = &text[..text.floor_char_boundary(LONGEST_TEXT)];
            let text = guard::cut(text).map_or(text, |cut| &text[..cut.at]);
            let html = scraper::Html::parse_fragment(text);
            let line = text_of(html.root_element(), &NONE, false);
            let between = if entry.excerpt.is_empty() || line.is_empty() { "" } else { "\n" };
            entry.excerpt = format!("{}{between}{line}", entry.excerpt);
        }
        Step::Start { path: [.., "entry", "link"], element } => {
            let rel = attribute(element, "rel");
            if matches!(rel.as_deref(), None | Some("alternate")) {
                entry.link = attribute(element, "href").unwrap_or_default();
            }
        }
        Step::Start { path: [.., "feed" | "channel", "link"], element }
            if attribute(element, "rel").as_deref() == Some("next") =>
        {
            feed.next.extend(attribute(element, "href"));
        }
        Step::End { path: [.., "item" | "entry"] } => {
            if entry.link.is_empty() && guid.starts_with("http") {
                entry.link = std::mem::take(&mut guid);
            }
            feed.entries.push(std::mem::take(&mut entry));
            guid.clear();
        }
        _ => {}
    });
    feed.entries.retain(|entry| !entry.link.is_empty());
    feed.broken = !whole;
    feed
}

enum Step<'s> {
    Start { path: &'s [&'s str], element: &'s BytesStart<'s> },
    Text { path: &'s [&'s str], text: &'s str },
    End { path: &'s [&'s str] },
}

/// Deepest nesting that is followed; real feeds need six.
const MAX_DEPTH: usize = 64;

/// Longest title or summary that is read, in bytes.
const LONGEST_TEXT: usize = 20_000;

/// Walks the elements by their local names. What is broken ends the walk with an issue; what stands before is kept.
/// False where it broke off. Entities that a document declares for itself are not expanded.
fn read(xml: &str, issues: &mut Issues, mut step: impl FnMut(Step<'_>)) -> bool {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut seen = 0usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                seen += 1;
                if path.len() == MAX_DEPTH {
                    issues.add("feed", "is nested too deep and was read to there");
                    return false;
                }
                path.push(String::from_utf8_lossy(element.local_name().as_ref()).into_owned());
                text.clear();
                step(Step::Start { path: &names(&path), element: &element });
            }
            Ok(Event::Empty(element)) => {
                path.push(String::from_utf8_lossy(element.local_name().as_ref()).into_owned());
                step(Step::Start { path: &names(&path), element: &element });
                path.pop();
            }
            Ok(Event::Text(piece)) => text.push_str(&piece.decode().unwrap_or_default()),
            Ok(Event::CData(piece)) => text.push_str(&piece.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(name)) => text.push_str(&reference(&name.decode().unwrap_or_default())),
            Ok(Event::End(_)) => {
                let own = names(&path);
                step(Step::Text { path: &own, text: text.trim() });
                step(Step::End { path: &own });
                path.pop();
                text.clear();
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                issues.add("feed", "is broken and was read to there");
                return false;
            }
        }
    }
    if seen == 0 {
        issues.add("feed", "holds no element of XML");
    } else if !path.is_empty() {
        issues.add("feed", "ends too early and was read to there");
    }
    seen > 0 && path.is_empty()
}

fn names(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// A character or named reference, without its `&` and `;`. XML's five and HTML's few that feeds use.
fn reference(name: &str) -> String {
    let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    if let Some(letter) = number.and_then(char::from_u32) {
        return letter.to_string();
    }
    match name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => super::decode::Decode::Entities.apply(&format!("&{other};")).unwrap_or_default(),
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|own| own.key.local_name().as_ref() == name.as_bytes())?;
    let raw = String::from_utf8_lossy(&attribute.value).into_owned();
    Some(raw.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(feed: &Feed) -> Vec<(&str, &str)> {
        feed.entries.iter().map(|entry| (entry.link.as_str(), entry.excerpt.as_str())).collect()
    }

    #[test]
    fn a_sitemap_lists_addresses_and_when_they_changed() {
        let mut issues = Issues::default();
        let xml = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
            <url><loc> https://e.dk/annonce/1?a=1&amp;b=2 </loc><lastmod>2026-11-03</lastmod></url>\
            <url><loc>https://e.dk/om</loc></url></urlset>";
        let found = sitemap(xml, &mut issues);
        assert_eq!(links(&found), [("https://e.dk/annonce/1?a=1&b=2", "2026-11-03"), ("https://e.dk/om", "")]);
        let index = "<sitemapindex><sitemap><loc>https://e.dk/s1.xml</loc></sitemap></sitemapindex>";
        assert_eq!(sitemap(index, &mut issues).next, ["https://e.dk/s1.xml"]);
        assert_eq!(issues.0, []);
    }

    #[test]
    fn a_file_in_gzip_is_unpacked_within_the_limit_and_a_cut_one_is_not_whole() {
        use std::io::Write as _;
        let gzip = |text: &[u8]| {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            writer.write_all(text).expect("in memory");
            writer.finish().expect("in memory")
        };
        let toml = r#"
            id = "s"
            name = "S"
            owner = "S"
            purpose = "S"
            start = ["https://e.dk/sitemap.xml.gz"]
            [pacing]
            delay_s = 5
            [listing]
            kind = "sitemap"
            ad_id = { url = '/annonce/(\d+)' }
            [detail]
            title = "h1"
            [expect]
            ads_min = 1
            ads_max = 100
            "#;
        let adapter = crate::Adapter::parse("s", "site.toml", toml).expect("an adapter");
        let read = |body: Vec<u8>| {
            adapter.read_listing(&domain::Page {
                url: "https://e.dk/sitemap.xml.gz".to_owned(),
                status: 200,
                content_type: "application/x-gzip".to_owned(),
                body,
                fetched_at: "2026-11-03T14:00:00Z".parse().expect("a time"),
            })
        };
        let xml = b"<urlset><url><loc>https://e.dk/annonce/1</loc></url><url><loc>https://e.dk/annonce/2</loc></url></urlset>";
        let whole = read(gzip(xml));
        assert_eq!((whole.items.len(), whole.incomplete, whole.issues.len()), (2, false, 0));
        let cut = read(gzip(xml)[..70].to_vec());
        assert!(cut.incomplete && !cut.issues.is_empty());
        let bomb = read(gzip(&[xml.as_slice(), &vec![b' '; 64 << 20]].concat()));
        assert_eq!((bomb.items.len(), bomb.incomplete), (2, true), "what stands before the limit is read");
    }

    #[test]
    fn rss_and_atom_list_the_same() {
        let mut issues = Issues::default();
        let rss = "<rss><channel><link>https://e.dk/</link><item><title>Anna &amp; Eva</title>\
            <description><![CDATA[<p>Ring 34&nbsp;00 00 50</p>]]></description><link>https://e.dk/1</link></item></channel></rss>";
        assert_eq!(links(&feed(rss, &mut issues)), [("https://e.dk/1", "Anna & Eva\nRing 34 00 00 50")]);
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='/feed?p=2&amp;x=1'/><entry><title>Anna</title>\
            <link rel='edit' href='/e'/><link href='/1'/><summary type='html'>&lt;b&gt;Ring&lt;/b&gt;</summary></entry></feed>";
        let found = feed(atom, &mut issues);
        assert_eq!(
            (links(&found), found.next.as_slice()),
            (vec![("/1", "Anna\nRing")], ["/feed?p=2&x=1".to_owned()].as_slice())
        );
        assert_eq!(issues.0, []);
    }

    #[test]
    fn entities_that_grow_and_markup_that_nests_stay_cheap() {
        let mut issues = Issues::default();
        let laughs = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><rss><item><title>&b;</title>\
            <link>https://e.dk/1</link></item></rss>";
        assert!(feed(laughs, &mut issues).entries.iter().all(|entry| entry.excerpt.len() < 10));
        let nested = format!("<item><title><![CDATA[{}]]></title><link>/1</link></item>", "<b><p>".repeat(3_000));
        let started = std::time::Instant::now();
        assert_eq!(feed(&format!("<rss>{}</rss>", nested.repeat(100)), &mut issues).entries.len(), 100);
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }

    #[test]
    fn a_broken_feed_is_read_as_far_as_it_goes() {
        let mut issues = Issues::default();
        let found = feed("<rss><channel><item><link>https://e.dk/1</link></item><item><link>https://e", &mut issues);
        assert_eq!(links(&found), [("https://e.dk/1", "")]);
        assert_eq!(issues.0.len(), 1);
        assert!(found.broken);
        assert!(feed(&"<a>".repeat(10_000), &mut issues).broken);
        assert!(feed("ikke xml", &mut issues).broken);
        assert_eq!(issues.0.len(), 3);
    }
}
