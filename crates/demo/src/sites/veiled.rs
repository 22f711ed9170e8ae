//! demo-veiled: the site itself hides every number behind a button, and asks readers to come slowly. That a number is
//! hidden here says nothing about the writer.

use super::html::{base64, escape, lines};
use super::table::teaser;
use super::{Asked, Found, Reply, dates, find, image, slice, views};
use crate::population::{DemoAd, DemoVersion, Population};
use jiff::Timestamp;

const SITE: &str = "demo-veiled";
const PAGE_SIZE: usize = 10;
const ROBOTS: &str = "User-agent: *\nDisallow: /intern/\nDisallow: /vis/*/besked\nCrawl-delay: 5\n";

pub(super) fn reply(population: &Population, asked: &Asked<'_>, now: Timestamp) -> Reply {
    let parts: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["robots.txt"] => Reply::text(200, "text/plain; charset=utf-8", ROBOTS),
        [""] => page(200, "Sløret", "<p><a href=\"/liste/1\">Alle annoncer</a></p>"),
        ["liste", number] => listing(population, Asked::page(Some(number)), now),
        ["vis", ad_id] => detail(population, ad_id, now),
        ["medie", id] => image(population, Some(id)),
        ["intern", ..] | ["vis", _, "besked"] => page(403, "Lukket", "<p>Ingen adgang.</p>"),
        _ => page(404, "Ikke fundet", "<p>Siden findes ikke.</p>"),
    }
}

fn listing(population: &Population, number: usize, now: Timestamp) -> Reply {
    let ads = population.up_at(SITE, now);
    let (shown, more) = slice(&ads, number, PAGE_SIZE);
    if shown.is_empty() {
        return page(200, "Annoncer", "<p class=\"ingen\">Der er ingen annoncer på denne side.</p>");
    }
    let items: String = shown.iter().map(|ad| item(ad, ad.version_at(now))).collect();
    let next = if more { format!("<a href=\"/liste/{}\">Næste side</a>", number + 1) } else { String::new() };
    page(
        200,
        "Annoncer",
        &format!("<ol class=\"annoncer\">\n{items}</ol>\n<p class=\"bladre\">Side {number} {next}</p>"),
    )
}

fn item(ad: &DemoAd, version: &DemoVersion) -> String {
    let field = |name: &str| escape(version.fields.get(name).map_or("", String::as_str));
    format!(
        "<li class=\"emne\"><h3><a href=\"/vis/{}\">{}</a></h3>\n<span class=\"by\">{}</span> <span \
         class=\"pris\">{}</span>\n<blockquote>{}</blockquote></li>\n",
        ad.ad_id,
        escape(&version.title),
        field("place"),
        field("price"),
        escape(&teaser(&version.body, 60)),
    )
}

fn detail(population: &Population, ad_id: &str, now: Timestamp) -> Reply {
    let (ad, version) = match find(population, SITE, ad_id, now) {
        Found::Up(ad, version) => (ad, version),
        Found::Ended(_) => return page(404, "Væk", "<p class=\"slut\">Annoncen er taget ned af annoncøren.</p>"),
        Found::Closed => return page(404, "Lukket", "<p class=\"lukket\">Profilen er lukket af Sløret.</p>"),
        Found::Unknown => return page(404, "Ikke fundet", "<p class=\"slut\">Annoncen findes ikke.</p>"),
    };
    let mut facts = String::new();
    for (label, name) in
        [("Navn", "name"), ("Alder", "age"), ("Område", "place"), ("Fra", "price"), ("Type", "category")]
    {
        if let Some(value) = version.fields.get(name) {
            facts.push_str(&format!("<li><b>{label}</b><span>{}</span></li>\n", escape(value)));
        }
    }
    let button = version.fields.get("phone").map_or(String::new(), |phone| {
        // The number turned round and in base64, put right by the page's script on a click.
        let turned: String = phone.chars().rev().collect();
        format!(
            "<button type=\"button\" class=\"vis-nummer\" data-nr=\"{}\"><span>{} &#8226;&#8226; &#8226;&#8226; \
             &#8226;&#8226;</span> Vis nummer</button>\n<script>document.querySelector('.vis-nummer').onclick=function(){{\
             this.textContent=atob(this.dataset.nr).split('').reverse().join('')}}</script>\n",
            base64(turned.as_bytes()),
            &phone[..2]
        )
    });
    let pictures: String =
        version.images.iter().map(|id| format!("<img data-src=\"/medie/{id}\" src=\"/tom.gif\" alt=\"\">\n")).collect();
    let mut reply = page(
        200,
        &version.title,
        &format!(
            "<article>\n<h1>{}</h1>\n<p class=\"oprettet\">Oprettet {}</p>\n<ul class=\"oplysninger\">\n{facts}</ul>\n\
             {button}<div class=\"tekst\">{}</div>\n<div class=\"galleri\">\n{pictures}</div>\n<p class=\"tal\">Set {} \
             gange. <a href=\"/vis/{}/besked\">Send besked</a></p>\n</article>",
            escape(&version.title),
            dates::written(ad.up_from),
            lines(&version.body),
            views(ad, now),
            ad.ad_id
        ),
    );
    reply.headers.push(("last-modified", version.from.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    reply
}

fn page(status: u16, title: &str, content: &str) -> Reply {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"da\"><head><meta charset=\"utf-8\"><title>{} - Sløret</title></head>\n<body>\n<div \
         class=\"top\"><a href=\"/\">Sløret</a> | <a href=\"/intern/\">Annoncører</a></div>\n{content}\n<div \
         class=\"bund\">Sløret er en øvelse med opdigtede annoncer. Numre vises ved klik.</div>\n</body></html>\n",
        escape(title)
    );
    Reply::text(status, "text/html; charset=utf-8", html)
}
