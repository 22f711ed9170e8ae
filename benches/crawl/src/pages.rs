//! A made-up classifieds site: listing pages of 50 ads, ad pages of 23 to 40 KB with the markup that such sites have
//! (head with JSON-LD, styles and scripts, menus, gallery, table of facts, similar ads, footer). The same bytes each time.

use std::fmt::Write;

const PER_PAGE: usize = 50;
const WORDS: &[&str] = &[
    "haven",
    "huset",
    "hjælp",
    "rengøring",
    "vinduer",
    "maling",
    "flytning",
    "cykel",
    "værksted",
    "undervisning",
    "klaver",
    "matematik",
    "hunde",
    "lufte",
    "barnepige",
    "madlavning",
    "syning",
    "gardiner",
    "træfældning",
    "hække",
    "fliser",
    "tag",
    "erfaren",
    "pålidelig",
    "venlig",
    "hurtig",
    "grundig",
    "weekend",
    "aften",
    "formiddag",
    "kørekort",
    "referencer",
    "aftale",
    "og",
    "med",
    "til",
    "for",
    "på",
    "i",
    "jeg",
    "tilbyder",
    "kan",
    "både",
    "små",
    "store",
    "opgaver",
    "ring",
    "skriv",
    "gerne",
];
const PLACES: &[&str] = &[
    "Aarhus C",
    "Odense C",
    "Aalborg",
    "Esbjerg",
    "Randers C",
    "Kolding",
    "Horsens",
    "Vejle",
    "Roskilde",
    "Herning",
    "Silkeborg",
    "Næstved",
    "Fredericia",
    "Viborg",
    "Køge",
    "Holstebro",
    "Taastrup",
    "Slagelse",
    "Hillerød",
    "Sønderborg",
    "Svendborg",
    "Hjørring",
    "Holbæk",
    "Frederikshavn",
    "Nørresundby",
    "Ringsted",
    "Haderslev",
    "Skive",
    "Nykøbing F",
    "Aabenraa",
];
const CATEGORIES: &[&str] = &["Have", "Hus", "Undervisning", "Dyr", "Flytning", "Cykler", "Rengøring", "Musik"];
const NAMES: &[&str] = &["Anna", "Bo", "Clara", "Dan", "Eva", "Finn", "Gerda", "Hans", "Ida", "Jens", "Karen", "Lars"];

/// Numbers that look random and are the same each time (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }

    fn words(&mut self, number: usize) -> String {
        let mut text = String::new();
        for at in 0..number {
            let word = self.of(WORDS);
            match at {
                0 => text
                    .extend(word.chars().next().into_iter().flat_map(char::to_uppercase).chain(word.chars().skip(1))),
                _ => write!(text, " {word}").unwrap(),
            }
        }
        text
    }
}

/// All answers of the site.
pub struct Site {
    ads: Vec<Vec<u8>>,
    listings: Vec<Vec<u8>>,
    robots: Vec<u8>,
    missing: Vec<u8>,
    smallest: usize,
    largest: usize,
    bytes: usize,
}

impl Site {
    /// Makes a site of so many ads.
    pub fn make(ads: usize) -> Site {
        let number = ads.div_ceil(PER_PAGE).max(1);
        let pages: Vec<String> = (1..=ads).map(|id| ad(id, ads)).collect();
        let sizes = || pages.iter().map(String::len);
        Site {
            smallest: sizes().min().unwrap_or(0),
            largest: sizes().max().unwrap_or(0),
            bytes: sizes().sum(),
            listings: (1..=number)
                .map(|page| answer("200 OK", "text/html; charset=utf-8", &listing(page, number, ads)))
                .collect(),
            ads: pages.iter().map(|page| answer("200 OK", "text/html; charset=utf-8", page)).collect(),
            robots: answer("200 OK", "text/plain", "User-agent: *\nDisallow: /admin/\nDisallow: /*?sort=\n"),
            missing: answer("404 Not Found", "text/html; charset=utf-8", "<title>Ikke fundet</title>"),
        }
    }

    /// The answer at a path.
    pub fn answer(&self, path: &str) -> &[u8] {
        let found = match path {
            "/robots.txt" => Some(&self.robots),
            "/" | "/list" => self.listings.first(),
            _ => match path.strip_prefix("/ad/").map(str::parse::<usize>) {
                Some(id) => id.ok().and_then(|id| self.ads.get(id.wrapping_sub(1))),
                None => {
                    let page = path.strip_prefix("/list?page=").and_then(|page| page.parse::<usize>().ok());
                    page.and_then(|page| self.listings.get(page.wrapping_sub(1)))
                }
            },
        };
        found.unwrap_or(&self.missing)
    }

    /// Least, mean and greatest bytes of an ad's page.
    pub fn sizes(&self) -> String {
        format!("{} {} {}", self.smallest, self.bytes / self.ads.len().max(1), self.largest)
    }
}

fn answer(status: &str, kind: &str, body: &str) -> Vec<u8> {
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    body.bytes().for_each(|byte| sum = (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!(
        "HTTP/1.1 {status}\r\nServer: bench\r\nDate: Tue, 03 Nov 2026 12:00:00 GMT\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\nCache-Control: max-age=60\r\nETag: \"{sum:016x}\"\r\nVary: Accept-Encoding\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn head(title: &str, extra: &str, dice: &mut Dice) -> String {
    let mut head = format!(
        "<!DOCTYPE html>\n<html lang=\"da\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title} | Småannoncer</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"description\" content=\"{title}\">\n\
         <meta property=\"og:title\" content=\"{title}\">\n<meta property=\"og:site_name\" content=\"Småannoncer\">\n\
         <meta property=\"og:type\" content=\"website\">\n<link rel=\"icon\" href=\"/favicon.ico\">\n{extra}<style>\n"
    );
    for number in 0..24 {
        writeln!(
            head,
            ".c{number}{{margin:{}px {}px;padding:0 {}px;color:#{:06x};font-size:1.{}rem}}",
            dice.roll(30),
            dice.roll(30),
            dice.roll(12),
            dice.roll(1 << 24),
            dice.roll(9)
        )
        .unwrap();
    }
    head.push_str("</style>\n<script>window.settings = {");
    for number in 0..12 {
        write!(head, "\"flag_{number}\":{},\"limit_{number}\":\"<{}>\",", dice.roll(2) == 1, dice.roll(9000)).unwrap();
    }
    head.push_str("\"end\":0};\n(function(w,d){w.queue=w.queue||[];function push(){w.queue.push(arguments)}push('js',new Date());push('page',d.location.pathname)})(window,document);</script>\n</head>\n");
    head
}

fn menus(pages: usize, dice: &mut Dice) -> String {
    let mut menus = String::from(
        "<body class=\"page c1\">\n<header class=\"top\" role=\"banner\">\n<a class=\"logo\" href=\"/\"><span>Småannoncer</span></a>\n<nav class=\"menu\" aria-label=\"Hovedmenu\">\n<ul>\n",
    );
    for category in CATEGORIES {
        let page = 1 + dice.roll(pages);
        writeln!(menus, "  <li class=\"item c{}\"><a href=\"/list?page={page}\"><i class=\"icon icon-{page}\"></i><span>{category}</span></a></li>", dice.roll(24)).unwrap();
    }
    menus.push_str("</ul>\n<ul class=\"places\">\n");
    for place in PLACES {
        writeln!(menus, "  <li><a href=\"/list?page={}\" class=\"place c{}\" title=\"Annoncer i {place}\">{place} <small>({})</small></a></li>", 1 + dice.roll(pages), dice.roll(24), dice.roll(400)).unwrap();
    }
    menus.push_str("</ul>\n</nav>\n<form class=\"search\" action=\"/list\" method=\"get\"><label for=\"q\">Søg</label><input id=\"q\" name=\"q\" type=\"search\" placeholder=\"Søg i annoncer\"><button type=\"submit\" class=\"button c3\">Søg</button></form>\n</header>\n");
    menus
}

fn footer(dice: &mut Dice) -> String {
    let mut footer = String::from("<footer class=\"bottom\">\n<div class=\"columns\">\n");
    for column in ["Om os", "Hjælp", "Regler", "Sikkerhed"] {
        write!(footer, "<section class=\"column\">\n<h3>{column}</h3>\n<ul>\n").unwrap();
        for _ in 0..5 {
            writeln!(
                footer,
                "  <li><a rel=\"noopener\" href=\"https://www.example.org/{}\">{}</a></li>",
                dice.roll(900),
                dice.words(3)
            )
            .unwrap();
        }
        footer.push_str("</ul>\n</section>\n");
    }
    footer.push_str("</div>\n<p class=\"legal\">&copy; 2026 Småannoncer &middot; alle priser er vejledende</p>\n</footer>\n<script>\nvar tracker = {");
    for number in 0..20 {
        write!(footer, "k{number}:\"{:016x}\",", dice.roll(usize::MAX)).unwrap();
    }
    footer.push_str("end:1};\nfor (var i = 0; i < 3 && tracker.end > 0; i++) { if (i < 2) { console.debug(i); } }\n</script>\n</body>\n</html>\n");
    footer
}

/// What belongs to an ad wherever it is shown.
struct Facts {
    title: String,
    place: &'static str,
    price: usize,
    category: &'static str,
    teaser: String,
}

fn facts(id: usize) -> Facts {
    let mut dice = Dice(id as u64);
    let number = 3 + dice.roll(5);
    Facts {
        title: dice.words(number),
        place: dice.of(PLACES),
        price: 100 + 50 * dice.roll(40),
        category: dice.of(CATEGORIES),
        teaser: dice.words(18),
    }
}

fn card(id: usize) -> String {
    let Facts { title, place, price, category, teaser } = facts(id);
    format!(
        "<article class=\"ad card\" data-id=\"{id}\">\n  <div class=\"thumb\"><img loading=\"lazy\" src=\"/img/{id}/0.jpg?w=240\" \
         srcset=\"/img/{id}/0.jpg?w=240 1x, /img/{id}/0.jpg?w=480 2x\" alt=\"{title}\" width=\"240\" height=\"180\"></div>\n  \
         <div class=\"info\">\n    <h2><a class=\"title\" href=\"/ad/{id}\">{title}</a></h2>\n    <p class=\"teaser\">{teaser} \u{2026}</p>\n    \
         <ul class=\"meta\"><li class=\"place\">{place}</li><li class=\"price\">{price} kr.</li><li class=\"kind\">{category}</li></ul>\n  \
         </div>\n</article>\n"
    )
}

fn listing(page: usize, pages: usize, ads: usize) -> String {
    let mut dice = Dice(1 << 40 | page as u64);
    let mut html = head(&format!("Annoncer, side {page}"), "", &mut dice);
    html.push_str(&menus(pages, &mut dice));
    html.push_str("<main>\n<h1>Annoncer</h1>\n");
    for id in (page - 1) * PER_PAGE + 1..=(page * PER_PAGE).min(ads) {
        html.push_str(&card(id));
    }
    html.push_str("<nav class=\"pages\">");
    if page < pages {
        write!(html, "<a rel=\"next\" href=\"/list?page={}\">Næste</a>", page + 1).unwrap();
    }
    html.push_str("</nav>\n</main>\n");
    html.push_str(&footer(&mut dice));
    html
}

fn ad(id: usize, ads: usize) -> String {
    let Facts { title, place, price, category, .. } = facts(id);
    let mut dice = Dice(1 << 41 | id as u64);
    let (name, age) = (dice.of(NAMES), 20 + dice.roll(50));
    let phone = format!("34 00 {:02} {:02}", id / 100 % 100, id % 100);
    let reversed: String = phone.chars().rev().collect();
    let posted = format!("2026-10-{:02}T{:02}:{:02}:00+01:00", 1 + dice.roll(31), dice.roll(24), dice.roll(60));
    let json = format!(
        "<link rel=\"canonical\" href=\"https://www.example.org/ad/{id}\">\n<script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\
         \"@type\":\"Product\",\"name\":\"{title}\",\"sku\":\"{id}\",\"category\":\"{category}\",\"offers\":{{\"@type\":\"Offer\",\"price\":{price},\
         \"priceCurrency\":\"DKK\",\"availability\":\"https://schema.org/InStock\",\"areaServed\":\"{place}\"}}}}</script>\n"
    );
    let mut html = head(&title, &json, &mut dice);
    html.push_str(&menus(ads.div_ceil(PER_PAGE), &mut dice));
    write!(
        html,
        "<main class=\"ad\" data-ad=\"{id}\">\n<ol class=\"crumbs\"><li><a href=\"/\">Forside</a></li><li class=\"last\">{category}</li></ol>\n\
         <h1 class=\"title\">{title}</h1>\n<p class=\"posted-line\">Oprettet <time class=\"posted\" datetime=\"{posted}\">{}</time> \
         i <b>{place}</b></p>\n<div class=\"gallery\" data-count=\"8\">\n",
        &posted[..10]
    )
    .unwrap();
    for number in 0..3 + dice.roll(8) {
        writeln!(html, "  <figure class=\"photo c{number}\"><a class=\"zoom\" href=\"#photo-{number}\"><img src=\"/img/{id}/{number}.jpg\" srcset=\"/img/{id}/{number}.jpg?w=480 480w, /img/{id}/{number}.jpg?w=960 960w\" sizes=\"(max-width: 600px) 100vw, 600px\" alt=\"Billede {number} til annoncen\" loading=\"lazy\"></a><figcaption>Billede {number}</figcaption></figure>").unwrap();
    }
    html.push_str("</div>\n<div class=\"text\">\n");
    for _ in 0..3 + dice.roll(9) {
        let (first, second, third) = (12 + dice.roll(25), 3 + dice.roll(5), 8 + dice.roll(25));
        writeln!(
            html,
            "<p>{}, <b>{}</b> &amp; {}.<br>\n{}</p>",
            dice.words(first),
            dice.words(second),
            dice.words(2),
            dice.words(third)
        )
        .unwrap();
    }
    write!(
        html,
        "</div>\n<div class=\"contact\"><span class=\"label\">Ring</span> <a class=\"phone\" rel=\"nofollow\" data-number=\"{phone}\" data-code=\"{reversed}\" href=\"tel:+45{}\">Vis nummer</a></div>\n<table class=\"facts\">\n<tbody>\n\
         <tr><th>Pris</th><td class=\"price\">{price} kr.</td></tr>\n<tr><th>Alder</th><td class=\"age\">{age}</td></tr>\n<tr><th>By</th><td class=\"place\">{place}</td></tr>\n<tr><th>Navn</th><td class=\"name\">{name}</td></tr>\n",
        phone.replace(' ', "")
    )
    .unwrap();
    for number in 0..8 + dice.roll(6) {
        writeln!(
            html,
            "<tr class=\"row-{number}\"><th scope=\"row\">{}</th><td><span class=\"value\">{}</span></td></tr>",
            dice.words(1),
            dice.words(3)
        )
        .unwrap();
    }
    html.push_str("</tbody>\n</table>\n</main>\n<aside class=\"similar\">\n<h2>Lignende annoncer</h2>\n");
    for _ in 0..14 + dice.roll(14) {
        html.push_str(&card(1 + dice.roll(ads)));
    }
    html.push_str("</aside>\n");
    html.push_str(&footer(&mut dice));
    html
}
