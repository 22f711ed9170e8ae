//! Where a value stands and what is done with it.

use super::*;

fn field(rule: &str, html: &str) -> (Option<String>, Vec<String>) {
    let read = detail(&format!("title = \"h1\"\n[detail.fields]\nx = {rule}"), "", &format!("<h1>Titel</h1>{html}"));
    let issues = places(&read.issues).into_iter().map(str::to_owned).collect();
    (read.content.and_then(|content| content.fields.get("x").cloned()), issues)
}

fn check(rule: &str, html: &str, expected: &str, issues: &[&str]) {
    let (value, found) = field(rule, html);
    assert_eq!(value.unwrap_or_default(), expected, "{rule}");
    assert_eq!(found, issues, "{rule}");
}

#[test]
fn selectors_attributes_and_patterns() {
    check("\".p\"", "<p class=p> 800 kr. </p>", "800 kr.", &[]);
    check("{ select = \".p\", attribute = \"data-n\" }", "<a class=p data-n='34 00 00 50'>Vis</a>", "34 00 00 50", &[]);
    check("{ select = \".p\", regex = '(\\d+) kr' }", "<p class=p>Fra 800 kr.</p>", "800", &[]);
    check("{ select = \".p\", regex = '(\\d+) kr' }", "<p class=p>efter aftale</p>", "", &["fields.x"]);
    check("{ url = '/annonce/(\\d+)' }", "", "7", &[]);
    check("{ attribute = \"lang\" }", "", "", &[]);
    check("[\".q\", { select = \".p\" }]", "<p class=p>b</p>", "b", &[]);
    check(
        "{ select = \"img\", attribute = \"srcset\" }",
        "<img srcset='/a.jpg 320w, /b.jpg 1280w, /c.jpg 640w'>",
        "/b.jpg",
        &[],
    );
}

#[test]
fn what_a_site_does_to_its_numbers_is_undone() {
    check(
        "{ select = \".p\", attribute = \"data-n\", decode = \"reverse\" }",
        "<a class=p data-n='05 00 00 43'>",
        "34 00 00 50",
        &[],
    );
    let script = "<a class=p onclick=\"vis('MzQgMDAgMDAgNTA=')\">Vis</a>";
    check(
        "{ select = \".p\", attribute = \"onclick\", regex = \"'(.+)'\", decode = \"base64\" }",
        script,
        "34 00 00 50",
        &[],
    );
    check(
        "{ select = \".p\", decode = [\"base64\", \"reverse\"] }",
        "<b class=p>MDUgMDAgMDAgNDM=</b>",
        "34 00 00 50",
        &[],
    );
    check("{ select = \".p\", decode = \"base64\" }", "<b class=p>*</b>", "", &["fields.x"]);
}

#[test]
fn a_count_that_is_not_right_is_noticed_and_the_value_kept() {
    let two = "<i class=p>a</i><i class=p>b</i>";
    check("\".p\"", two, "a", &["fields.x"]);
    check("{ select = \".p\", count = \"1+\" }", two, "a", &[]);
    check("{ select = \".p\", count = 3 }", two, "a", &["fields.x"]);
    check("{ select = \".p\", join = \" / \" }", two, "a / b", &[]);
    check("{ select = \".p\", required = true }", "", "", &["fields.x"]);
    check("{ select = \".p\", required = true, ignored_values = [\"-\"] }", "<i class=p>-</i>", "", &[]);
    check("[{ select = \".q\", required = true }, \".p\"]", "<i class=p>a</i>", "a", &[]);
}

#[test]
fn look_ups_have_no_catch_all() {
    let rule = "{ select = \".p\", lookup = { Kbh = \"København\" } }";
    check(rule, "<i class=p>Kbh</i>", "København", &[]);
    check(rule, "<i class=p>Aarhus</i>", "Aarhus", &["fields.x"]);
}

#[test]
fn a_value_that_cannot_be_what_it_should_is_noticed_and_kept() {
    check("{ select = \".p\", kind = \"price\", suffix = \" kr.\" }", "<i class=p>800</i>", "800 kr.", &[]);
    check("{ select = \".p\", kind = \"price\" }", "<i class=p>Aarhus</i>", "Aarhus", &["fields.x"]);
    check("{ select = \".p\", kind = \"age\" }", "<i class=p>16 år</i>", "16 år", &[]);
    check("{ select = \".p\", kind = \"age\" }", "<i class=p>160 cm</i>", "160 cm", &["fields.x"]);
    check("{ select = \".p\", kind = \"phone\" }", "<i class=p>+45 34 00 00 50</i>", "+45 34 00 00 50", &[]);
    check("{ select = \".p\", kind = \"phone\" }", "<i class=p>24</i>", "24", &["fields.x"]);
}

#[test]
fn json_ld_in_all_the_shapes_that_sites_give_it() {
    let ld = |json: &str| format!("<script type='application/ld+json'>{json}</script>");
    let rule = "{ json_ld = \"Product.offers.price\" }";
    check(rule, &ld(r#"{"@type":"Product","offers":{"@type":"Offer","price":800}}"#), "800", &[]);
    check(rule, &ld(r#"[{"@type":"Thing"},{"@type":["Product","X"],"offers":[{"price":"800"}]}]"#), "800", &[]);
    check(rule, &ld(r#"{"@graph":[{"@type":"https://schema.org/Product","offers":{"price":"800"}}]}"#), "800", &[]);
    check(rule, &ld("<!-- {\"@type\":\"Product\",\n\"x\":\"a\nb\",\"offers\":{\"price\":\"800\"}} -->"), "800", &[]);
    check(rule, &(ld("{broken") + &ld(r#"{"@type":"Product","offers":{"price":1}}"#)), "1", &["json_ld"]);
    check("{ json_ld = \"name\" }", &ld(r#"{"@type":"Person","name":{"@value":"Anna"}}"#), "Anna", &[]);
    check(rule, "", "", &[]);
}

#[test]
fn microdata_with_items_in_items() {
    let html = "<div itemscope itemtype='https://schema.org/Product'><b itemprop=name>Titel</b>\
        <span itemprop=offers itemscope itemtype='https://schema.org/Offer'><meta itemprop=price content=800><i itemprop=name>Tilbud</i></span>\
        <time itemprop=date datetime=2026-11-03>i dag</time></div>";
    check("{ microdata = \"Product.offers.price\" }", html, "800", &[]);
    check("{ microdata = \"Product.name\" }", html, "Titel", &[]);
    check("{ microdata = \"Offer.name\" }", html, "Tilbud", &[]);
    check("{ microdata = \"date\" }", html, "2026-11-03", &[]);
}

#[test]
fn open_graph_by_property_or_name() {
    check("{ opengraph = \"og:title\" }", "<meta property='og:title' content='Anna'>", "Anna", &[]);
    check("{ opengraph = \"description\" }", "<meta name=Description content='Tekst'>", "Tekst", &[]);
}

#[test]
fn every_label_is_read_ignored_or_noticed() {
    let html = "<h1>t</h1><table><tr><th>Alder:<td>24<tr><th>BY<td>Aarhus<tr><th>Visninger<td>7</table>";
    let rules = |ignored: &str| {
        format!(
            "title = \"h1\"\n[detail.fields]\nage = {{ row = \"Alder\" }}\nplace = {{ row = \"By\" }}\n\
             [detail.rows]\nitem = \"tr\"\nlabel = \"th\"\nvalue = \"td\"\nignored = [{ignored}]"
        )
    };
    let read = detail(&rules("\"Visninger\""), "", html);
    let fields = read.content.unwrap().fields;
    assert_eq!((fields["age"].as_str(), fields["place"].as_str()), ("24", "Aarhus"));
    assert_eq!(read.issues, []);
    let read = detail(&rules(""), "", html);
    assert_eq!(places(&read.issues), ["rows"]);
    assert_eq!(read.issues[0].what, "1 of 3 labels are neither read nor ignored");
    let dl = "title = \"h1\"\n[detail.fields]\nage = { row = \"Alder\" }\n[detail.rows]\nlabel = \"dt\"";
    let read = detail(dl, "", "<h1>t</h1><dl><dt>Alder<dd>24</dl>");
    assert_eq!((read.content.unwrap().fields["age"].as_str(), read.issues.len()), ("24", 0));
}
