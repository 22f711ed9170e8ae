//! Reads pages of the tests' own plain format: one line a thing. It shares no code with the real reader.
//!
//! `ad ID PATH EXCERPT` · `next PATH` · `mark expired|noads|suspended|challenge` · `title TEXT` · `phone TEXT` · `image PATH` · `id ID`

use crawler::ports::ReadPage;
use domain::{AdContent, DetailRead, Image, ListingItem, ListingRead, Mark, Page, PdqHash, SiteId};

pub struct PlainReader;

fn lines(page: &Page) -> Vec<(String, String)> {
    String::from_utf8_lossy(&page.body)
        .lines()
        .map(|line| line.split_once(' ').unwrap_or((line, "")))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn absolute(page: &Page, path: &str) -> String {
    url::Url::parse(&page.url).and_then(|base| base.join(path)).map_or_else(|_| path.to_owned(), Into::into)
}

fn mark(lines: &[(String, String)]) -> Option<Mark> {
    lines.iter().find(|(key, _)| key == "mark").and_then(|(_, value)| match value.as_str() {
        "expired" => Some(Mark::Expired),
        "noads" => Some(Mark::NoAds),
        "suspended" => Some(Mark::Suspended),
        "challenge" => Some(Mark::Challenge),
        _ => None,
    })
}

impl ReadPage for PlainReader {
    fn listing(&self, _site: &SiteId, page: &Page) -> ListingRead {
        let lines = lines(page);
        let mut read = ListingRead { mark: mark(&lines), ..ListingRead::default() };
        for (key, value) in &lines {
            match key.as_str() {
                "ad" => {
                    let mut words = value.splitn(3, ' ');
                    read.items.push(ListingItem {
                        ad_id: words.next().unwrap_or_default().to_owned(),
                        url: absolute(page, words.next().unwrap_or_default()),
                        excerpt: words.next().unwrap_or_default().to_owned(),
                    });
                }
                "next" => read.next.push(absolute(page, value)),
                _ => {}
            }
        }
        read
    }

    fn detail(&self, _site: &SiteId, page: &Page) -> DetailRead {
        let lines = lines(page);
        let value = |wanted: &str| lines.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.clone());
        let content = value("title").map(|title| AdContent {
            title,
            fields: value("phone").map(|phone| ("phone".to_owned(), phone)).into_iter().collect(),
            images: lines
                .iter()
                .filter(|(key, _)| key == "image")
                .map(|(_, path)| Image { source: absolute(page, path), pdq: None, quality: 0 })
                .collect(),
            ..AdContent::default()
        });
        DetailRead { content, ad_id: value("id"), mark: mark(&lines), issues: Vec::new() }
    }

    fn image(&self, bytes: &[u8]) -> Result<(PdqHash, u8), String> {
        match bytes.strip_prefix(b"PIXELS") {
            Some(rest) => Ok((PdqHash([rest.first().copied().unwrap_or_default(); 32]), 100)),
            None => Err("no picture".to_owned()),
        }
    }
}
