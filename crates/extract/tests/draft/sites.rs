//! Seven made-up listing sites, built as differently as such sites are. Numbers cannot ring.

/// An ad as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Ad {
    pub number: usize,
    pub title: String,
    pub body: String,
    pub phone: Option<String>,
    pub price: Option<u32>,
    pub place: String,
    pub age: Option<u32>,
}

impl Ad {
    fn slug(&self) -> String {
        let letters: String =
            self.title.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("{}-{}", letters.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-"), self.number)
    }

    fn teaser(&self) -> String {
        self.body.split_whitespace().take(9).collect::<Vec<_>>().join(" ") + " …"
    }

    fn money(&self) -> String {
        self.price.map_or(String::new(), |price| format!("{price} kr."))
    }

    fn paragraphs(&self) -> String {
        self.body.lines().map(|line| format!("<p>{line}</p>\n")).collect()
    }
}

/// 23 ads: three pages of ten.
pub fn ads() -> Vec<Ad> {
    let names = ["Anna", "Eva", "Mia", "Liv", "Ida", "Nora", "Sara"];
    let places = ["Aarhus", "Odense", "Aalborg", "Esbjerg", "Randers"];
    let openings = ["Velkommen hos", "Massage ved", "En pause hos", "Ny tid hos"];
    let lines = [
        "Jeg har et lyst rum med god plads.",
        "Du finder mig tæt på stationen.",
        "Ring gerne i god tid, så finder vi et tidspunkt.",
        "Der er te på kanden og gratis parkering i gården.",
        "Massagen varer en time, og der er rolig musik.",
        "Skriv ikke, ring hellere efter klokken ti.",
        "Jeg holder fri om søndagen.",
    ];
    (0..23)
        .map(|at| {
            let (name, place) = (names[at % names.len()], places[(at * 3) % places.len()]);
            let count = 2 + at % 4;
            let own: Vec<&str> = (0..count).map(|line| lines[(at + line * 2) % lines.len()]).collect();
            Ad {
                number: 4100 + at * 7,
                title: format!("{} {name} i {place}", openings[at % openings.len()]),
                body: format!("{name} byder indenfor i {place}, nummer {at}.\n{}", own.join("\n")),
                phone: (at % 5 != 4).then(|| format!("34 00 {:02} {:02}", at, (at * 13) % 100)),
                price: (at % 3 != 2).then(|| 500 + at as u32 * 50),
                place: place.to_owned(),
                age: (at % 4 != 3).then(|| 21 + at as u32),
            }
        })
        .collect()
}

pub struct Site {
    pub name: &'static str,
    pub start: &'static str,
    pub fields: &'static [&'static str],
    pub id: fn(&Ad) -> String,
    pub reply: fn(&[Ad], &str) -> Option<String>,
}

fn number_id(ad: &Ad) -> String {
    ad.number.to_string()
}

/// Page `page` (from 1) of `size` ads, and whether more follow.
fn slice(ads: &[Ad], page: usize, size: usize) -> (&[Ad], bool) {
    let start = ((page - 1) * size).min(ads.len());
    let end = (start + size).min(ads.len());
    (&ads[start..end], end < ads.len())
}

fn parameter(path: &str, name: &str) -> Option<usize> {
    let query = path.split_once('?')?.1;
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1.parse().ok()
}

fn html(title: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=da><head><meta charset=utf-8><title>{title} - Opslag</title>{head}</head><body>\
         <header><a href=/>Opslag</a> <nav><ul><li><a href=/om>Om os</a></li><li><a href=/hjaelp>Hjælp til annoncer</a></li>\
         <li><a href=/opret>Opret annonce</a></li><li><a href=/kontakt>Kontakt</a></li></ul></nav></header>{body}\
         <footer><p>Opslag er en øvelse. Ring til os på <a href='tel:+4534999999'>34 99 99 99</a>.</p></footer></body></html>"
    )
}

pub const TABLE: Site = Site {
    name: "table",
    start: "/opslag.asp",
    fields: &["phone", "price", "place", "age"],
    id: number_id,
    reply: |ads, path| {
        if let Some(number) = parameter(path, "opslag") {
            let ad = ads.iter().find(|ad| ad.number == number)?;
            let row = |label: &str, value: String| {
                if value.is_empty() { String::new() } else { format!("<tr><td>{label}:</td><td>{value}</td></tr>") }
            };
            let facts = row("Alder", ad.age.map_or(String::new(), |age| format!("{age} år")))
                + &row("By", ad.place.clone())
                + &row("Pris", ad.money())
                + &row("Tlf.", ad.phone.clone().unwrap_or_default())
                + &row("Oprettet", "3. november 2026 kl. 09.15".into())
                + &row("Vist", format!("{} gange", ad.number % 91));
            let text = ad.body.replace('\n', "<br>\n");
            return Some(html(
                &ad.title,
                "",
                &format!(
                    "<table width=100%><tr><td class=venstre><font size=5><b class=ov>{}</b></font><table class=data>{facts}</table>\
                 <div>{text}</div></td><td class=hoejre>Se også<br><a href='opslag.asp?opslag={}'>Næste opslag</a></td></tr></table>",
                    ad.title, ads[0].number
                ),
            ));
        }
        let page = parameter(path, "s").unwrap_or(1);
        let (shown, _) = slice(ads, page, 10);
        let rows: String = shown
            .iter()
            .map(|ad| format!(
                "<tr><td><a href='opslag.asp?opslag={}'><b>{}</b></a><br>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                ad.number, ad.title, ad.teaser(), ad.place, ad.money(), ad.number % 91))
            .collect();
        let pages: String = (1..=3)
            .map(|n| if n == page { format!("<b>{n}</b> ") } else { format!("<a href='opslag.asp?s={n}'>{n}</a> ") })
            .collect();
        Some(html(
            "Opslag",
            "",
            &format!(
                "<table class=oversigt><tr><th>Opslag<th>By<th>Pris<th>Vist</tr>{rows}</table><p>Side: {pages}</p>"
            ),
        ))
    },
};

pub const OFFSET: Site = Site {
    name: "offset",
    start: "/kvinder/",
    fields: &["phone", "price", "place", "age"],
    id: number_id,
    reply: |ads, path| {
        if let Some(rest) = path.strip_prefix("/kvinder/profil/") {
            let number: usize = rest.trim_end_matches('/').parse().ok()?;
            let ad = ads.iter().find(|ad| ad.number == number)?;
            let item = |label: &str, value: Option<String>| {
                value.map_or(String::new(), |v| format!("<dt>{label}</dt><dd>{v}</dd>"))
            };
            let facts = item("Alder", ad.age.map(|age| age.to_string()))
                + &item("Område", Some(ad.place.clone()))
                + &item("Pris fra", ad.price.map(|price| format!("{price} kr.")))
                + &item("Højde", Some("170 cm".into()))
                + &item("Mobil", ad.phone.clone());
            return Some(html(
                &ad.title,
                "",
                &format!(
                    "<div class=profil><h2 class=profil-titel>{}</h2><p class=dato>Lagt op for {} timer siden</p><dl class=fakta>{facts}</dl>\
                 <section class=profil-om>{}</section><div class=andre><h3>Andre</h3><a href=/kvinder/profil/{}/>{}</a></div></div>",
                    ad.title,
                    1 + ad.number % 20,
                    ad.paragraphs(),
                    ads[1].number,
                    ads[1].title
                ),
            ));
        }
        if path.split('?').next() != Some("/kvinder/") {
            return None;
        }
        let offset = parameter(path, "offset").unwrap_or(0);
        let shown = &ads[offset.min(ads.len())..(offset + 10).min(ads.len())];
        let cards: String = shown
            .iter()
            .map(|ad| format!(
                "<div class='kort stor'><a href=/kvinder/profil/{}/><img src=/b/{}.jpg alt=''></a><div class=kort-tekst><h3><a href=/kvinder/profil/{}/>{}</a></h3>\
                 <p>{}</p><span class=tid>for {} timer siden</span></div></div>",
                ad.number, ad.number, ad.number, ad.title, ad.teaser(), 1 + ad.number % 20))
            .collect();
        let more = if offset + 10 < ads.len() {
            format!("<a class='knap load-more' href='/kvinder/?offset={}'>Vis flere</a>", offset + 10)
        } else {
            String::new()
        };
        Some(html("Kvinder", "", &format!("<div class=gitter>{cards}</div>{more}")))
    },
};

pub const WEBLOG: Site = Site {
    name: "weblog",
    start: "/annoncer/",
    fields: &["price"],
    id: number_id,
    reply: |ads, path| {
        let path = path.trim_end_matches('/');
        if let Some(slug) = path.strip_prefix("/annonce/") {
            let ad = ads.iter().find(|ad| ad.slug() == slug)?;
            let head = format!(
                "<meta property='og:title' content='{}'><meta property='og:type' content=article>\
                <meta property='article:published_time' content='2026-11-02T10:00:00+01:00'>",
                ad.title
            );
            let price = ad.price.map_or(String::new(), |price| format!("<span class=annonce-price>{price} kr.</span>"));
            return Some(html(
                &ad.title,
                &head,
                &format!(
                    "<main id=main class=site-main><article id=post-{} class='post-{} post type-annonce hentry'><header class=entry-header>\
                 <h1 class=entry-title>{}</h1><div class=entry-meta>Skrevet 2. november 2026 {price}</div></header><div class=entry-content>{}</div>\
                 <footer class=entry-footer>Kategori: <a href=/kategori/massage/>Massage</a></footer></article></main>\
                 <aside id=secondary class=widget-area><section class=widget><h2 class=widget-title>Seneste annoncer</h2><ul>{}</ul></section></aside>",
                    ad.number,
                    ad.number,
                    ad.title,
                    ad.paragraphs(),
                    ads.iter()
                        .take(4)
                        .map(|ad| format!("<li><a href=/annonce/{}/>{}</a></li>", ad.slug(), ad.title))
                        .collect::<String>()
                ),
            ));
        }
        let page: usize = match path.strip_prefix("/annoncer/page/") {
            Some(number) => number.parse().ok()?,
            None if path == "/annoncer" => 1,
            None => return None,
        };
        let (shown, more) = slice(ads, page, 10);
        if shown.is_empty() {
            return None;
        }
        let posts: String = shown
            .iter()
            .map(|ad| format!(
                "<article id=post-{} class='post-{} post type-annonce hentry'><h2 class=entry-title><a href=/annonce/{}/ rel=bookmark>{}</a></h2>\
                 <div class=entry-summary><p>{}</p></div><a class=more-link href=/annonce/{}/>Læs mere</a></article>",
                ad.number, ad.number, ad.slug(), ad.title, ad.teaser(), ad.slug()))
            .collect();
        let older = if more {
            format!(
                "<div class=nav-previous><a href=/annoncer/page/{}/><span>←</span> Ældre annoncer</a></div>",
                page + 1
            )
        } else {
            String::new()
        };
        Some(html(
            "Annoncer",
            "",
            &format!(
                "<main id=main class=site-main>{posts}<nav class='navigation posts-navigation'>{older}</nav></main>"
            ),
        ))
    },
};

pub const MICRODATA: Site = Site {
    name: "microdata",
    start: "/listings?region=east",
    fields: &["phone", "price", "place"],
    id: number_id,
    reply: |ads, path| {
        if let Some(rest) = path.strip_prefix("/listing/") {
            let number: usize = rest.rsplit('-').next()?.trim_end_matches(".html").parse().ok()?;
            let ad = ads.iter().find(|ad| ad.number == number)?;
            let price = ad.price.map_or(String::new(), |price| format!(
                "<div itemprop=offers itemscope itemtype='https://schema.org/Offer'><span itemprop=price content={price}>DKK {price}</span></div>"));
            let phone = ad
                .phone
                .as_ref()
                .map_or(String::new(), |phone| format!("<a class=call href='tel:{}'>Call</a>", phone.replace(' ', "")));
            return Some(html(
                &ad.title,
                "",
                &format!(
                    "<div itemscope itemtype='https://schema.org/Product'><h1 itemprop=name>{}</h1>{price}<p>in <span itemprop=addressLocality>{}</span></p>\
                 {phone}<div itemprop=description>{}</div></div><div class=similar><h4>Similar</h4>{}</div>",
                    ad.title,
                    ad.place,
                    ad.paragraphs(),
                    ads.iter()
                        .take(3)
                        .map(|ad| format!(
                            "<a href=/listing/{}.html><p>{}</p><p>{}</p></a>",
                            ad.slug(),
                            ad.title,
                            ad.teaser()
                        ))
                        .collect::<String>()
                ),
            ));
        }
        if !path.starts_with("/listings") {
            return None;
        }
        let page = parameter(path, "page").unwrap_or(1);
        let (shown, more) = slice(ads, page, 10);
        let items: String = shown
            .iter()
            .map(|ad| {
                format!(
                    "<a class=listing href=/listing/{}.html><h3>{}</h3><p>{}</p><small>{}</small></a>",
                    ad.slug(),
                    ad.title,
                    ad.teaser(),
                    ad.place
                )
            })
            .collect();
        let next = if more {
            format!("<link rel=next href='/listings?region=east&amp;page={}'>", page + 1)
        } else {
            String::new()
        };
        Some(html("Listings", &next, &format!("<div class=results>{items}</div>")))
    },
};

pub const POINTS: Site = Site {
    name: "points",
    start: "/?sort=ny",
    fields: &["phone", "price", "place", "age"],
    id: number_id,
    reply: |ads, path| {
        if let Some(rest) = path.strip_prefix("/vis/") {
            let number: usize = rest.split('/').next()?.parse().ok()?;
            let ad = ads.iter().find(|ad| ad.number == number)?;
            let point = |label: &str, value: Option<String>| {
                value.map_or(String::new(), |v| format!("<li><strong>{label}:</strong> {v}</li>"))
            };
            let facts = point("Alder", ad.age.map(|age| format!("{age} år")))
                + &point("By", Some(ad.place.clone()))
                + &point("Pris", ad.price.map(|price| format!("{price} kr.")))
                + &point("Telefon", ad.phone.clone());
            return Some(html(
                &ad.title,
                "",
                &format!(
                    "<div id=indhold><h1>Opslag</h1><div class=boks><h2>{}</h2><ul class=info>{facts}</ul><p class=om>{}</p></div></div>",
                    ad.title,
                    ad.body.replace('\n', "<br>")
                ),
            ));
        }
        if path.split('?').next() != Some("/") {
            return None;
        }
        let page = parameter(path, "p").unwrap_or(0) + 1;
        let (shown, more) = slice(ads, page, 10);
        let items: String = shown
            .iter()
            .map(|ad| {
                format!(
                    "<li class=opslag><a href=/vis/{}/{}>{}</a> <em>{}</em></li>",
                    ad.number,
                    ad.slug(),
                    ad.title,
                    ad.teaser()
                )
            })
            .collect();
        let next = if more { format!("<a href='/?sort=ny&amp;p={page}'>»</a>") } else { String::new() };
        Some(html("Opslag", "", &format!("<ul class=opslagstavle>{items}</ul><p>{next}</p>")))
    },
};

pub const GRAPH: Site = Site {
    name: "graph",
    start: "/ads/1",
    fields: &["phone", "price", "place"],
    id: number_id,
    reply: |ads, path| {
        if let Some(rest) = path.strip_prefix("/ad/") {
            let number: usize = rest.parse().ok()?;
            let ad = ads.iter().find(|ad| ad.number == number)?;
            let price = ad.price.map_or(String::new(), |price| {
                format!(",\"offers\":[{{\"@type\":\"Offer\",\"price\":{price},\"priceCurrency\":\"DKK\"}}]")
            });
            let phone = ad.phone.as_ref().map_or(String::new(), |phone| {
                let turned: String = phone.replace(' ', "").chars().rev().collect();
                format!("<button class=number data-n={turned}>Show number</button>")
            });
            let ld = format!(
                "<script type='application/ld+json'>{{\"@context\":\"https://schema.org\",\"@graph\":[{{\"@type\":\"WebSite\",\"name\":\"Opslag\"}},\
                 {{\"@type\":\"Service\",\"name\":\"{}\"{price},\"areaServed\":{{\"@type\":\"City\",\"address\":{{\"addressLocality\":\"{}\"}}}},\"datePosted\":\"2026-11-01\"}}]}}</script>",
                ad.title, ad.place
            );
            return Some(html(
                &ad.title,
                &ld,
                &format!(
                    "<main><section><h1>{}</h1>{phone}<article>{}</article></section></main>",
                    ad.title,
                    ad.paragraphs()
                ),
            ));
        }
        let page: usize = path.strip_prefix("/ads/")?.parse().ok()?;
        let (shown, more) = slice(ads, page, 10);
        if shown.is_empty() {
            return None;
        }
        let cards: String = shown
            .iter()
            .map(|ad| {
                format!(
                    "<div><div><a href=/ad/{}><div>{}</div></a><div>{}</div></div></div>",
                    ad.number,
                    ad.title,
                    ad.teaser()
                )
            })
            .collect();
        let next = if more { format!("<a href=/ads/{}>Next page</a>", page + 1) } else { String::new() };
        Some(html("Ads", "", &format!("<main><div id=ads>{cards}</div>{next}</main>")))
    },
};

pub const SITEMAP: Site = Site {
    name: "sitemap",
    start: "/sitemap.xml",
    fields: &["phone", "price", "place"],
    id: number_id,
    reply: |ads, path| {
        if path == "/sitemap.xml" {
            let urls: String = ads
                .iter()
                .map(|ad| {
                    format!(
                        "<url><loc>https://www.example.dk/ads/{}-{}</loc><lastmod>2026-11-01</lastmod></url>",
                        ad.number, ad.place
                    )
                })
                .collect();
            return Some(format!(
                "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://www.example.dk/about</loc></url>\
                 <url><loc>https://www.example.dk/help</loc></url>{urls}</urlset>"
            ));
        }
        let number: usize = path.strip_prefix("/ads/")?.split('-').next()?.parse().ok()?;
        let ad = ads.iter().find(|ad| ad.number == number)?;
        let row = |label: &str, value: Option<String>| {
            value.map_or(String::new(), |v| format!("<tr><th>{label}</th><td>{v}</td></tr>"))
        };
        let facts = row("Phone", ad.phone.clone())
            + &row("Price", ad.price.map(|price| format!("{price} kr.")))
            + &row("Location", Some(ad.place.clone()))
            + &row("Posted", Some("yesterday".into()))
            + &row("Views", Some((ad.number % 91).to_string()));
        Some(html(
            &ad.title,
            "",
            &format!(
                "<h1 class=headline>{}</h1><table class=facts>{facts}</table><blockquote>{}</blockquote>",
                ad.title,
                ad.body.replace('\n', "<br>")
            ),
        ))
    },
};
