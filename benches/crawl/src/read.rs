//! An ad's fields with scraper alone: the same ones that `site.toml` names.

use scraper::{Html, Selector};
use serde_json::{Value, json};
use std::sync::LazyLock;
use url::Url;

macro_rules! selectors {
    ($($name:ident = $css:literal;)*) => { $(static $name: LazyLock<Selector> = LazyLock::new(|| Selector::parse($css).unwrap());)* };
}
selectors! {
    ITEM = "article.ad a.title";
    NEXT = "a[rel=next]";
    TITLE = "h1.title";
    BODY = "div.text";
    AD = "[data-ad]";
    POSTED = "time.posted";
    IMAGE = ".gallery img";
    PHONE = "a.phone";
    PRICE = ".facts .price";
    AGE = ".facts .age";
    PLACE = ".facts .place";
    NAME = ".facts .name";
    CATEGORY = ".crumbs li.last";
}

/// The links of a listing page: to ads, and to the next page.
pub fn listing(page: &str, url: &str) -> (Vec<String>, Option<String>) {
    let (document, base) = (Html::parse_document(page), Url::parse(url).unwrap());
    let href = |element: scraper::ElementRef<'_>| base.join(element.attr("href")?).ok().map(String::from);
    (document.select(&ITEM).filter_map(href).collect(), document.select(&NEXT).next().and_then(href))
}

/// The fields of an ad's page, `None` where it is none.
pub fn ad(page: &str, url: &str) -> Option<Value> {
    let (document, base) = (Html::parse_document(page), Url::parse(url).ok()?);
    let text = |selector| document.select(selector).next().map(|element| element.text().collect::<String>());
    let attribute = |selector, name| document.select(selector).next().and_then(|element| element.attr(name));
    let images = document.select(&IMAGE).filter_map(|image| base.join(image.attr("src")?).ok());
    Some(json!({
        "ad_id": attribute(&AD, "data-ad")?,
        "title": text(&TITLE),
        "body": text(&BODY),
        "posted_at": attribute(&POSTED, "datetime"),
        "phone": attribute(&PHONE, "data-number"),
        "price": text(&PRICE),
        "age": text(&AGE),
        "place": text(&PLACE),
        "name": text(&NAME),
        "category": text(&CATEGORY),
        "images": images.map(String::from).collect::<Vec<_>>(),
    }))
}
