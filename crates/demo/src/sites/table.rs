//! demo-table: an old site of tables in ISO-8859-1, with links that carry a session and a page number in the query.

use super::html::{escape, latin1, lines};
use super::{Asked, Found, Reply, dates, find, image, slice, views};
use crate::draw::fnv;
use crate::population::{DemoAd, DemoVersion, Population};
use jiff::Timestamp;

const SITE: &str = "demo-table";
const PAGE_SIZE: usize = 25;
const ROBOTS: &str = "User-agent: *\nDisallow: /admin/\nDisallow: /svar.php\nDisallow: /*sort=\nCrawl-delay: 2\n";

pub(super) fn reply(population: &Population, asked: &Asked<'_>, now: Timestamp) -> Reply {
    match asked.path {
        "/robots.txt" => Reply::text(200, "text/plain", ROBOTS),
        "/" => page(
            200,
            "Forside",
            &format!("<p>Velkommen. <a href=\"annoncer.php?sid={}\">Se annoncer</a></p>", session(now)),
        ),
        "/annoncer.php" => listing(population, asked, now),
        "/annonce.php" => detail(population, asked.parameter("id").unwrap_or(""), now),
        "/billede.php" => image(population, asked.parameter("nr")),
        // A reader that obeys robots.txt never comes here.
        "/svar.php" | "/admin/" => page(403, "Lukket", "<p>Ingen adgang.</p>"),
        _ => page(404, "Ikke fundet", "<p>Siden findes ikke.</p>"),
    }
}

/// A new session each hour: the same ad has ever new addresses.
fn session(now: Timestamp) -> String {
    format!("{:08x}", fnv(&(now.as_second() / 3600).to_le_bytes()) as u32)
}

fn listing(population: &Population, asked: &Asked<'_>, now: Timestamp) -> Reply {
    let ads = population.up_at(SITE, now);
    let number = Asked::page(asked.parameter("side"));
    let (shown, more) = slice(&ads, number, PAGE_SIZE);
    let session = session(now);
    let rows: String = shown.iter().map(|ad| row(ad, ad.version_at(now), &session, now)).collect();
    let table = if rows.is_empty() {
        "<p class=\"tom\">Ingen annoncer fundet</p>".to_owned()
    } else {
        format!(
            "<table class=\"liste\" border=\"1\">\n<tr><th>Overskrift</th><th>By</th><th>Pris</th><th>Oprettet</th>\
             <th>Set</th></tr>\n{rows}</table>"
        )
    };
    let mut pages = String::new();
    if number > 1 {
        pages.push_str(&format!("<a href=\"annoncer.php?side={}&amp;sid={session}\">Forrige</a> ", number - 1));
    }
    if more {
        pages.push_str(&format!("<a href=\"annoncer.php?side={}&amp;sid={session}\">N\u{e6}ste</a>", number + 1));
    }
    let sorts = "<p class=\"sortering\"><a href=\"annoncer.php?sort=pris\">Sort\u{e9}r efter pris</a></p>";
    page(200, "Annoncer", &format!("{sorts}\n{table}\n<p class=\"sider\">{pages}</p>"))
}

fn row(ad: &DemoAd, version: &DemoVersion, session: &str, now: Timestamp) -> String {
    let field = |name: &str| escape(version.fields.get(name).map_or("", String::as_str));
    format!(
        "<tr class=\"annonce\"><td><a href=\"annonce.php?id={}&amp;sid={session}\">{}</a><br>\n<small>{}</small></td><td>{}</td>\
         <td>{}</td><td class=\"tid\">{}</td><td class=\"set\">{}</td></tr>\n",
        ad.ad_id,
        escape(&version.title),
        escape(&teaser(&version.body, 90)),
        field("place"),
        field("price"),
        dates::numeric(ad.up_from),
        views(ad, now),
    )
}

/// The first words of a text, as a listing shows them.
pub(super) fn teaser(body: &str, length: usize) -> String {
    let mut teaser = String::new();
    for word in body.split_whitespace() {
        if teaser.chars().count() + word.chars().count() >= length {
            return teaser + " ...";
        }
        if !teaser.is_empty() {
            teaser.push(' ');
        }
        teaser.push_str(word);
    }
    teaser
}

fn detail(population: &Population, ad_id: &str, now: Timestamp) -> Reply {
    let (ad, version) = match find(population, SITE, ad_id, now) {
        Found::Up(ad, version) => (ad, version),
        Found::Ended(_) => {
            return page(410, "Udl\u{f8}bet", "<p class=\"besked\">Annoncen er udl\u{f8}bet eller slettet.</p>");
        }
        Found::Closed => return page(410, "Lukket", "<p class=\"lukket\">Annonc\u{f8}rens konto er lukket.</p>"),
        Found::Unknown => return page(404, "Ikke fundet", "<p class=\"besked\">Annoncen findes ikke.</p>"),
    };
    let labels = [
        ("Navn", "name"),
        ("Alder", "age"),
        ("By", "place"),
        ("Telefon", "phone"),
        ("Pris", "price"),
        ("Kategori", "category"),
    ];
    let mut rows = String::new();
    for (label, name) in labels {
        if let Some(value) = version.fields.get(name) {
            rows.push_str(&format!("<tr><th>{label}</th><td>{}</td></tr>\n", escape(value)));
        }
    }
    rows.push_str(&format!("<tr><th>Oprettet</th><td>{}</td></tr>\n", dates::numeric(ad.up_from)));
    rows.push_str(&format!("<tr><th>Visninger</th><td>{}</td></tr>\n", views(ad, now)));
    let pictures: String =
        version.images.iter().map(|nr| format!("<img src=\"billede.php?nr={nr}\" alt=\"\" width=\"128\">\n")).collect();
    let others: String = population
        .up_at(SITE, now)
        .into_iter()
        .filter(|other| other.ad_id != ad.ad_id)
        .take(3)
        .map(|other| {
            let title = escape(&other.version_at(now).title);
            format!("<li><a href=\"annonce.php?id={}\">{title}</a></li>\n", other.ad_id)
        })
        .collect();
    let mut reply = page(
        200,
        &version.title,
        &format!(
            "<table class=\"annonceside\"><tr><td>\n<h1 class=\"ov\">{}</h1>\n<table class=\"fakta\">\n{rows}</table>\n\
             <div class=\"tekst\">{}</div>\n<div class=\"billeder\">\n{pictures}</div>\n<p class=\"svar\"><a \
             href=\"svar.php?id={}\">Skriv til annonc\u{f8}ren</a></p>\n</td><td class=\"lignende\">\n<h2>Andre annoncer</h2>\n\
             <ul>\n{others}</ul>\n</td></tr></table>",
            escape(&version.title),
            lines(&version.body),
            ad.ad_id
        ),
    );
    reply.headers.push(("last-modified", version.from.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    reply
}

fn page(status: u16, title: &str, content: &str) -> Reply {
    let html = format!(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">\n<html lang=\"da\">\n<head>\n<meta \
         http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\n<title>{} - Tavlen</title>\n</head>\n<body>\n\
         <table width=\"100%\"><tr><td><b>Tavlen</b> - private annoncer</td><td align=\"right\"><a \
         href=\"/admin/\">Log ind</a></td></tr></table>\n{content}\n<hr>\n<p class=\"bund\">Tavlen er en \u{f8}velse med \
         opdigtede annoncer.</p>\n</body>\n</html>\n",
        escape(title)
    );
    Reply::text(status, "text/html; charset=iso-8859-1", latin1(&html))
}
