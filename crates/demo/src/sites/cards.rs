//! demo-cards: a newer site of cards with JSON-LD, a listing for each region, and dates that count from now.

use super::html::escape;
use super::table::teaser;
use super::{Asked, Found, Reply, dates, find, image, slice, views};
use crate::population::{DemoAd, DemoVersion, Population};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const SITE: &str = "demo-cards";
const PAGE_SIZE: usize = 12;
const ROBOTS: &str =
    "# Velkommen\nUser-agent: *\nAllow: /annonce/\nDisallow: /min-side/\nDisallow: /favorit\nDisallow: /soeg?\n";
const REGIONS: [(&str, &str); 5] = [
    ("hovedstaden", "Region Hovedstaden"),
    ("sjaelland", "Region Sjælland"),
    ("syddanmark", "Region Syddanmark"),
    ("midtjylland", "Region Midtjylland"),
    ("nordjylland", "Region Nordjylland"),
];

pub(super) fn reply(population: &Population, asked: &Asked<'_>, now: Timestamp) -> Reply {
    let parts: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["robots.txt"] => Reply::text(200, "text/plain; charset=utf-8", ROBOTS),
        [""] => {
            let links: String = REGIONS
                .iter()
                .map(|(slug, name)| format!("<li><a href=\"/region/{slug}\">{name}</a></li>\n"))
                .collect();
            page(200, "Kortet", "", &format!("<ul class=\"regioner\">\n{links}</ul>"))
        }
        ["region", slug] => match REGIONS.iter().find(|(name, _)| name == slug) {
            Some(region) => listing(population, *region, Asked::page(asked.parameter("side")), now),
            None => missing(),
        },
        ["annonce", ad_id] => detail(population, ad_id, now),
        ["foto", file] => image(population, file.strip_suffix(".png")),
        ["min-side", ..] | ["favorit"] | ["soeg"] => page(403, "Lukket", "", "<p>Log ind for at fortsætte.</p>"),
        _ => missing(),
    }
}

fn missing() -> Reply {
    page(404, "Ikke fundet", "", "<p>Siden findes ikke længere.</p>")
}

fn listing(population: &Population, (slug, name): (&str, &str), number: usize, now: Timestamp) -> Reply {
    let mut ads = population.up_at(SITE, now);
    ads.retain(|ad| ad.version_at(now).town.region == name);
    let (shown, more) = slice(&ads, number, PAGE_SIZE);
    let cards: String = shown.iter().map(|ad| card(ad, ad.version_at(now), now)).collect();
    let content = if cards.is_empty() {
        format!("<h1>{name}</h1>\n<p class=\"tom\">Ingen annoncer i {name} lige nu</p>")
    } else {
        format!("<h1>{name}</h1>\n<div class=\"kort-liste\">\n{cards}</div>")
    };
    let next = if more {
        format!(
            "\n<nav class=\"sider\"><a rel=\"next\" href=\"/region/{slug}?side={}\">Flere annoncer</a></nav>",
            number + 1
        )
    } else {
        String::new()
    };
    page(200, name, "", &format!("{content}{next}"))
}

fn card(ad: &DemoAd, version: &DemoVersion, now: Timestamp) -> String {
    let field = |name: &str| escape(version.fields.get(name).map_or("", String::as_str));
    let picture = match version.images.first() {
        Some(id) => format!("<img src=\"/foto/{id}.png\" alt=\"\" loading=\"lazy\">"),
        None => "<span class=\"uden-foto\"></span>".to_owned(),
    };
    format!(
        "<article class=\"kort\" data-id=\"{id}\">\n<a class=\"titel\" href=\"/annonce/{id}\">{picture}<h2>{}</h2></a>\n\
         <p class=\"uddrag\">{}</p>\n<p class=\"sted\">{} <span class=\"pris\">{}</span></p>\n<time \
         class=\"tid\">{}</time> <a class=\"favorit\" href=\"/favorit?id={id}\" rel=\"nofollow\">Gem</a>\n</article>\n",
        escape(&version.title),
        escape(&teaser(&version.body, 120)),
        field("place"),
        field("price"),
        dates::relative(ad.up_from, now),
        id = ad.ad_id,
    )
}

fn detail(population: &Population, ad_id: &str, now: Timestamp) -> Reply {
    let (ad, version) = match find(population, SITE, ad_id, now) {
        Found::Up(ad, version) => (ad, version),
        // For two days the page says that the ad has ended; then it is gone.
        Found::Ended(ad) if now < ad.up_until + SignedDuration::from_hours(48) => {
            return page(200, "Udløbet", "", "<div class=\"udloebet\"><h1>Annoncen er udløbet</h1></div>");
        }
        Found::Closed => {
            return page(200, "Lukket", "", "<div class=\"lukket\"><h1>Kontoen er lukket</h1></div>");
        }
        _ => return missing(),
    };
    let field = |name: &str| version.fields.get(name);
    let mut facts = String::new();
    for (label, class, name) in
        [("Navn", "navn", "name"), ("Alder", "alder", "age"), ("Kategori", "kategori", "category")]
    {
        if let Some(value) = field(name) {
            facts.push_str(&format!("<dt>{label}</dt><dd class=\"{class}\">{}</dd>\n", escape(value)));
        }
    }
    let call =
        field("phone").map_or(String::new(), |phone| format!("<a class=\"ring\" href=\"tel:{phone}\">Ring op</a>\n"));
    let paragraphs: String = version.body.split('\n').map(|line| format!("<p>{}</p>\n", escape(line))).collect();
    let photos: String =
        version.images.iter().map(|id| format!("<li><img src=\"/foto/{id}.png\" alt=\"\"></li>\n")).collect();
    let content = format!(
        "<main class=\"annonce\">\n<h1>{}</h1>\n<p class=\"meta\"><time class=\"tid\">{}</time> · <span class=\"set\">{} \
         visninger</span></p>\n<dl class=\"fakta\">\n{facts}</dl>\n{call}<div class=\"tekst\">\n{paragraphs}</div>\n<ul \
         class=\"fotos\">\n{photos}</ul>\n<p><a href=\"/min-side/anmeld?id={}\" rel=\"nofollow\">Anmeld annoncen</a></p>\n</main>",
        escape(&version.title),
        dates::relative(ad.up_from, now),
        views(ad, now),
        ad.ad_id
    );
    page(200, &version.title, &json_ld(ad, version), &content)
}

/// What search engines read. `<` is written as an escape, so that no text can end the script.
fn json_ld(ad: &DemoAd, version: &DemoVersion) -> String {
    let price = version.fields.get("price").map(|price| price.trim_end_matches(" kr.").to_owned());
    let mut offer = json!({
        "@type": "Offer",
        "areaServed": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": version.town.name,
                "addressRegion": version.town.region,
                "addressCountry": "DK"
            }
        }
    });
    if let (Some(price), Some(offer)) = (price, offer.as_object_mut()) {
        offer.insert("price".to_owned(), json!(price));
        offer.insert("priceCurrency".to_owned(), json!("DKK"));
    }
    let data = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": ad.ad_id,
        "name": version.title,
        "offers": offer
    });
    format!("<script type=\"application/ld+json\">{}</script>\n", data.to_string().replace('<', "\\u003c"))
}

fn page(status: u16, title: &str, head: &str, content: &str) -> Reply {
    let html = format!(
        "<!doctype html>\n<html lang=\"da\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>{} | Kortet</title>\n{head}</head>\n<body>\n<header><a href=\"/\">Kortet</a> <a \
         href=\"/min-side/\" rel=\"nofollow\">Min side</a></header>\n{content}\n<footer>Kortet er en øvelse med opdigtede \
         annoncer.</footer>\n</body>\n</html>\n",
        escape(title)
    );
    Reply::text(status, "text/html; charset=utf-8", html)
}
