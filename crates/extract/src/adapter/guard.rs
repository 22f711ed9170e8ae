//! Where to cut a page so that parsing it stays cheap.
//!
//! An HTML parser is quadratic in the number of open elements and of attributes in one tag (97 KiB of unclosed
//! `<div>` took 2.4 s). So the tags are counted first, in one linear pass that follows the parser's stack of open
//! elements closely enough: it may count too many open elements, never far too few.

/// Most bytes of a page that are read.
pub const MAX_PAGE_BYTES: usize = 4 << 20;
/// Most elements open in each other.
pub const MAX_DEPTH: usize = 256;
/// Most attributes in one tag.
pub const MAX_ATTRIBUTES: usize = 256;
/// How far down the stack an end tag looks for its start tag; ordinary pages need a handful.
const REACH: usize = 64;

/// Where a text must be cut and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub at: usize,
    pub why: String,
}

/// The place where the text passes a limit, if it does.
pub(super) fn cut(html: &str) -> Option<Cut> {
    let bytes = html.as_bytes();
    let mut open: Vec<Tag> = Vec::with_capacity(64);
    let mut at = 0;
    while let Some(found) = find(bytes, at, b'<') {
        let next = bytes.get(found + 1).copied().unwrap_or(0);
        if bytes[found..].starts_with(b"<!--") {
            at = find_text(bytes, found + 4, b"-->").unwrap_or(bytes.len());
        } else if next == b'/' && bytes.get(found + 2).is_some_and(u8::is_ascii_alphabetic) {
            let scan = scan_tag(bytes, found + 2);
            close(&mut open, &scan.tag);
            at = scan.end;
        } else if next.is_ascii_alphabetic() {
            let scan = scan_tag(bytes, found + 1);
            if scan.attributes > MAX_ATTRIBUTES {
                return Some(Cut { at: found, why: format!("a tag has more than {MAX_ATTRIBUTES} attributes") });
            }
            let foreign = || open.iter().any(|tag| matches!(tag.name(), b"svg" | b"math"));
            at = match is_raw_text(scan.tag.name()) && !foreign() {
                true => find_end_tag(bytes, scan.end, scan.tag.name()).unwrap_or(bytes.len()),
                false => scan.end,
            };
            let mut tag = scan.tag;
            if is_formatting(tag.name()) {
                tag.hash = hash(&bytes[found..scan.end]);
            }
            push(&mut open, tag, scan.self_closing);
            if open.len() > MAX_DEPTH {
                return Some(Cut { at: found, why: format!("more than {MAX_DEPTH} elements are open in each other") });
            }
        } else {
            at = found + 1;
        }
    }
    None
}

/// A tag: its name's first 16 letters in lower case, and a hash of the whole of it.
#[derive(Clone, Copy)]
struct Tag {
    letters: [u8; 16],
    length: u8,
    hash: u64,
}

impl Tag {
    fn of(name: &[u8]) -> Self {
        let mut letters = [0; 16];
        for (to, from) in letters.iter_mut().zip(name) {
            *to = from.to_ascii_lowercase();
        }
        // At most 16.
        Tag { letters, length: name.len().min(16) as u8, hash: 0 }
    }

    fn name(&self) -> &[u8] {
        &self.letters[..usize::from(self.length)]
    }
}

struct Scan {
    tag: Tag,
    end: usize,
    attributes: usize,
    self_closing: bool,
}

/// Reads a tag from its name on, quotes minded.
fn scan_tag(bytes: &[u8], start: usize) -> Scan {
    let is_end = |byte: u8| byte.is_ascii_whitespace() || byte == b'/' || byte == b'>';
    let mut at = start;
    while at < bytes.len() && !is_end(bytes[at]) {
        at += 1;
    }
    let tag = Tag::of(&bytes[start..at]);
    let (mut attributes, mut in_name, mut slash) = (0, false, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return Scan { tag, end: at + 1, attributes, self_closing: slash },
            b'=' if in_name => {
                in_name = false;
                at += 1;
                while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                    at += 1;
                }
                match bytes.get(at) {
                    Some(&quote @ (b'"' | b'\'')) => at = find(bytes, at + 1, quote).map_or(bytes.len(), |end| end + 1),
                    _ => {
                        while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'>') {
                            at += 1;
                        }
                    }
                }
                slash = false;
                continue;
            }
            b'/' => (slash, in_name) = (true, false),
            _ if byte.is_ascii_whitespace() => in_name = in_name && next_is_equals(bytes, at),
            _ => {
                attributes += usize::from(!in_name);
                (slash, in_name) = (false, true);
            }
        }
        at += 1;
    }
    Scan { tag, end: bytes.len(), attributes, self_closing: slash }
}

/// `name = value`: white space before the sign still belongs to the same attribute.
fn next_is_equals(bytes: &[u8], at: usize) -> bool {
    // Bounded, so that a long run of white space is not walked once for each of its bytes.
    bytes[at..].iter().take(64).find(|byte| !byte.is_ascii_whitespace()) == Some(&b'=')
}

fn push(open: &mut Vec<Tag>, tag: Tag, self_closing: bool) {
    let name = tag.name();
    if is_void(name)
        || (self_closing && open.iter().rev().take(REACH).any(|tag| matches!(tag.name(), b"svg" | b"math")))
    {
        return;
    }
    // End tags that may be left out: a sibling closes its predecessor and what is open in it.
    if closes_p(name) {
        imply(open, |over| over == b"p", |over| is_barrier(over) || over == b"button", true);
    }
    let is_cell = |over: &[u8]| matches!(over, b"td" | b"th");
    let is_table = |over: &[u8]| matches!(over, b"table" | b"template" | b"html");
    let is_other_block = |over: &[u8]| is_special(over) && !matches!(over, b"div" | b"p" | b"address");
    match name {
        b"li" => imply(open, |over| over == b"li", is_other_block, true),
        b"dt" | b"dd" => imply(open, |over| matches!(over, b"dt" | b"dd"), is_other_block, true),
        b"option" | b"optgroup" => imply(open, |over| over == b"option", |_| true, false),
        b"td" | b"th" => imply(open, is_cell, |over| is_table(over) || over == b"tr", false),
        b"tr" => imply(open, |over| over == b"tr", is_table, false),
        b"tbody" | b"thead" | b"tfoot" => {
            imply(open, |over| matches!(over, b"tbody" | b"thead" | b"tfoot" | b"tr"), is_table, false);
            imply(open, |over| matches!(over, b"tbody" | b"thead" | b"tfoot"), is_table, false);
        }
        b"html" | b"head" | b"body" if open.iter().take(3).any(|tag| tag.name() == name) => return,
        b"body" => imply(open, |over| over == b"head", |_| true, false),
        b"a" => imply(open, |over| over == b"a", is_special, true),
        _ => {}
    }
    open.push(tag);
}

/// Closes the nearest element that `is` one of those, unless one that `stops` lies above it. Formatting that was open
/// in it opens again, as the parser does it: at most three alike (the standard's Noah's Ark clause).
fn imply(open: &mut Vec<Tag>, is: impl Fn(&[u8]) -> bool, stops: impl Fn(&[u8]) -> bool, reopens: bool) {
    for at in (0..open.len()).rev().take(REACH) {
        if is(open[at].name()) {
            let inner = open.split_off(at);
            for tag in inner.iter().skip(1).filter(|tag| reopens && is_formatting(tag.name())) {
                if open.iter().filter(|other| other.hash == tag.hash).count() < 3 {
                    open.push(*tag);
                }
            }
            return;
        }
        if stops(open[at].name()) {
            return;
        }
    }
}

/// An end tag, in the parser's terms: a block closes what is in it, but not past a table cell and its like; any other
/// one stops at a block (formatting is then cloned into the block, so the depth stays); a form is taken out alone.
fn close(open: &mut Vec<Tag>, tag: &Tag) {
    let name = tag.name();
    for at in (0..open.len()).rev().take(REACH) {
        let over = open[at].name();
        if over == name || (is_heading(over) && is_heading(name)) {
            match name {
                b"form" => drop(open.remove(at)),
                _ => open.truncate(at),
            }
            return;
        }
        let stops = match name {
            b"table" | b"tr" | b"tbody" | b"thead" | b"tfoot" => matches!(over, b"table" | b"template" | b"html"),
            b"body" | b"html" => over == b"template",
            b"li" => is_barrier(over) || matches!(over, b"ul" | b"ol"),
            b"p" => is_barrier(over) || over == b"button",
            _ if is_special(name) => is_barrier(over),
            _ => is_special(over),
        };
        if stops {
            return;
        }
    }
}

/// What an end tag of a block does not reach past. `select` is none in the newest standard, but was one.
fn is_barrier(name: &[u8]) -> bool {
    matches!(
        name,
        b"applet"
            | b"caption"
            | b"html"
            | b"table"
            | b"td"
            | b"th"
            | b"marquee"
            | b"object"
            | b"template"
            | b"select"
            | b"foreignobject"
            | b"desc"
            | b"title"
            | b"mi"
            | b"mo"
            | b"mn"
            | b"ms"
            | b"mtext"
            | b"annotation-xml"
    )
}

fn is_heading(name: &[u8]) -> bool {
    matches!(name, [b'h', b'1'..=b'6'])
}

/// FNV-1a; two different tags that collide would only be counted as one.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"param"
            | b"source"
            | b"track"
            | b"wbr"
            | b"keygen"
            | b"frame"
            | b"basefont"
            | b"bgsound"
            | b"image"
    )
}

fn is_formatting(name: &[u8]) -> bool {
    matches!(
        name,
        b"a" | b"b"
            | b"big"
            | b"code"
            | b"em"
            | b"font"
            | b"i"
            | b"nobr"
            | b"s"
            | b"small"
            | b"strike"
            | b"strong"
            | b"tt"
            | b"u"
    )
}

fn closes_p(name: &[u8]) -> bool {
    matches!(
        name,
        b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"center"
            | b"details"
            | b"dialog"
            | b"dir"
            | b"div"
            | b"dl"
            | b"dd"
            | b"dt"
            | b"li"
            | b"fieldset"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"form"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"header"
            | b"hgroup"
            | b"main"
            | b"menu"
            | b"nav"
            | b"ol"
            | b"p"
            | b"pre"
            | b"section"
            | b"summary"
            | b"table"
            | b"ul"
            | b"listing"
    )
}

fn is_special(name: &[u8]) -> bool {
    closes_p(name)
        || matches!(
            name,
            b"applet"
                | b"body"
                | b"button"
                | b"caption"
                | b"colgroup"
                | b"frameset"
                | b"head"
                | b"html"
                | b"iframe"
                | b"marquee"
                | b"noembed"
                | b"noframes"
                | b"noscript"
                | b"object"
                | b"plaintext"
                | b"script"
                | b"search"
                | b"select"
                | b"style"
                | b"tbody"
                | b"td"
                | b"template"
                | b"textarea"
                | b"tfoot"
                | b"th"
                | b"thead"
                | b"title"
                | b"tr"
                | b"xmp"
        )
}

/// Elements whose content is no markup. (`noscript` is one since the parser is told that scripts run.)
fn is_raw_text(name: &[u8]) -> bool {
    matches!(
        name,
        b"script"
            | b"style"
            | b"textarea"
            | b"title"
            | b"xmp"
            | b"iframe"
            | b"noembed"
            | b"noframes"
            | b"noscript"
            | b"plaintext"
    )
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|other| *other == byte).map(|at| from + at)
}

fn find_text(bytes: &[u8], from: usize, text: &[u8]) -> Option<usize> {
    let mut at = from;
    while let Some(found) = find(bytes, at, text[0]) {
        if bytes[found..].starts_with(text) {
            return Some(found + text.len());
        }
        at = found + 1;
    }
    None
}

/// Where `</name` stands.
fn find_end_tag(bytes: &[u8], from: usize, name: &[u8]) -> Option<usize> {
    let mut at = from;
    while let Some(found) = find(bytes, at, b'<') {
        let rest = &bytes[found + 1..];
        if rest.first() == Some(&b'/') && rest.get(1..=name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
        {
            return Some(found);
        }
        at = found + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Node};

    /// The true depth, by the parser itself.
    fn depth(html: &str) -> usize {
        let html = Html::parse_document(html);
        let depth =
            |node: ego_tree::NodeRef<'_, Node>| node.ancestors().filter(|node| node.value().is_element()).count();
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
}
