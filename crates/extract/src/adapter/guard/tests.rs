//! Held against the parser itself.

use super::*;
use scraper::{Html, Node};

/// The true depth, by the parser itself.
fn depth(html: &str) -> usize {
    let html = Html::parse_document(html);
    let depth = |node: ego_tree::NodeRef<'_, Node>| node.ancestors().filter(|node| node.value().is_element()).count();
    html.tree.nodes().filter(|node| node.value().is_element()).map(|node| depth(node) + 1).max().unwrap_or(0)
}

#[test]
fn ordinary_untidy_pages_pass() {
    let pages = [
        "<ul>".to_owned() + &"<li>punkt".repeat(2000) + "</ul>",
        "<p>afsnit".repeat(2000),
        "<p><b>fed".repeat(2000),
        "<p><font color=red>rød".repeat(2000),
        "<table>".to_owned() + &"<tr><td>en<td>to".repeat(2000),
        "<dl>".to_owned() + &"<dt>navn<dd><b>Anna</b>".repeat(2000),
        "<br><img src=a><input>".repeat(2000),
        "<div><p>tekst</div>".repeat(2000),
        "<div><ul><li>a</ul></div>".repeat(2000),
        "<select>".to_owned() + &"<option>a".repeat(2000) + "</select>",
        "<script>if (a<b) '<div><div>'</script>".repeat(2000),
        "<!-- <div> -->".repeat(2000),
        "<h2>a</h3>".repeat(2000),
    ];
    for page in pages {
        assert_eq!(cut(&page), None, "{}", &page[..page.len().min(60)]);
    }
}

#[test]
fn no_trick_makes_the_parser_go_deeper_than_the_limit() {
    let tricks = [
        "<div>",
        "<b id=$>",
        "<p><b id=$>",
        "<a id=$><div>",
        "<li><dd>",
        "<span>",
        "<table><tr><td>",
        "<b><div></b>",
        "<form><div></form>",
        "<div><xmp></div></xmp>",
        "<div><object></div>",
        "<div><select></div></select>",
        "<span><div></span>",
        "<svg><title><div>",
        "<svg><desc></div><div>",
        "<div><svg><foreignObject></div>",
        "<rt>",
        "<option><div>",
        "<button><div></button>",
        "<div><marquee></div>",
        "<x$>",
        "<ul><li>",
        "<i><p></i>",
        "<div><noscript></div></noscript>",
        "<div><iframe></div></iframe>",
        "<math><mi><div></math>",
        "<div/>",
        "<div <div>",
        "<font a=$><table></font>",
        "<template><div></template></div><p>",
    ];
    for trick in tricks {
        let page: String = (0..3000).map(|turn| trick.replace('$', &turn.to_string())).collect();
        let kept = cut(&page).map_or(page.as_str(), |cut| &page[..cut.at]);
        // The parser adds html, body, tbody and clones of formatting; four times the limit is still cheap.
        assert!(depth(kept) <= 4 * MAX_DEPTH, "{trick}: {} deep", depth(kept));
    }
}

#[test]
fn a_tag_of_ten_thousand_attributes_is_cut() {
    let page = format!("<p>tekst</p><div {}>", (0..10_000).map(|turn| format!("a{turn} ")).collect::<String>());
    assert_eq!(cut(&page).map(|cut| cut.at), Some("<p>tekst</p>".len()));
    assert_eq!(cut("<a href = \"x\" class='y z' data-a=b / title >"), None);
    assert_eq!(scan_tag(b"a href = \"x y\" class='y z' data-a=b / title >", 0).attributes, 4);
}

proptest::proptest! {
    #[test]
    fn never_panics_and_cuts_on_a_letter(text in "(<[/!]?[a-z\"'= é>-]{0,6}){0,60}") {
        if let Some(cut) = cut(&text) {
            proptest::prop_assert!(text.is_char_boundary(cut.at));
        }
    }
}
