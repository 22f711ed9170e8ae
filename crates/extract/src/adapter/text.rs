//! The text of an element as a reader sees it: line breaks at blocks and `<br>`, white space collapsed, no scripts.

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Node};
use std::collections::HashSet;
use std::sync::LazyLock;

/// No element is cut out.
pub(super) static NONE: LazyLock<HashSet<NodeId>> = LazyLock::new(HashSet::new);

/// The text of an element without the elements in `ignored`.
pub(super) fn text_of(element: ElementRef<'_>, ignored: &HashSet<NodeId>, keep_line_breaks: bool) -> String {
    text_of_node(*element, ignored, keep_line_breaks)
}

/// The same for any node of a tree.
pub(super) fn text_of_node(root: NodeRef<'_, Node>, ignored: &HashSet<NodeId>, keep_line_breaks: bool) -> String {
    let mut out = Builder::default();
    let mut skipped: Option<NodeId> = None;
    let mut kept: Vec<NodeId> = Vec::new();
    for edge in root.traverse() {
        match edge {
            Edge::Open(node) if skipped.is_none() => match node.value() {
                Node::Text(text) => out.push(text, keep_line_breaks || !kept.is_empty()),
                Node::Element(element) => {
                    let name = element.name();
                    if is_unseen(name) || (node.id() != root.id() && ignored.contains(&node.id())) {
                        skipped = Some(node.id());
                        continue;
                    }
                    match name {
                        "br" => out.line_break(),
                        "img" => out.push(element.attr("alt").filter(|alt| is_symbol(alt)).unwrap_or_default(), false),
                        "td" | "th" => out.space(),
                        _ if is_block(name) => out.block(),
                        _ => {}
                    }
                    if name == "pre" || element.attr("style").is_some_and(keeps_breaks) {
                        kept.push(node.id());
                    }
                }
                _ => {}
            },
            Edge::Close(node) => {
                if skipped == Some(node.id()) {
                    skipped = None;
                } else if skipped.is_none()
                    && let Node::Element(element) = node.value()
                {
                    if is_block(element.name()) {
                        out.block();
                    }
                    if kept.last() == Some(&node.id()) {
                        kept.pop();
                    }
                }
            }
            Edge::Open(_) => {}
        }
    }
    out.text
}

fn is_unseen(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template" | "head" | "iframe" | "object" | "svg")
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "option"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Sites draw emoji and digits as pictures; their `alt` is then part of the text. Longer ones describe photos.
fn is_symbol(alt: &str) -> bool {
    alt.chars().count() <= 4 && !alt.chars().any(char::is_alphabetic)
}

fn keeps_breaks(style: &str) -> bool {
    style.split(';').filter_map(|part| part.split_once(':')).any(|(name, value)| {
        name.trim().eq_ignore_ascii_case("white-space") && value.trim().to_ascii_lowercase().starts_with("pre")
    })
}

#[derive(Default)]
struct Builder {
    text: String,
    space: bool,
    breaks: u8,
    block: bool,
}

impl Builder {
    fn push(&mut self, piece: &str, keep_line_breaks: bool) {
        for part in piece.split_inclusive(char::is_whitespace) {
            let word = part.trim_end_matches(char::is_whitespace);
            if !word.is_empty() {
                self.flush();
                self.text.push_str(word);
            }
            match part[word.len()..].chars().next() {
                Some('\n') if keep_line_breaks => self.line_break(),
                Some(_) => self.space = true,
                None => {}
            }
        }
    }

    fn space(&mut self) {
        self.space = true;
    }

    /// `<br>`: one line each, an empty line at most.
    fn line_break(&mut self) {
        self.breaks = (self.breaks + 1).min(2);
    }

    /// Start or end of a block: at least one line break.
    fn block(&mut self) {
        self.block = true;
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            match self.breaks.max(u8::from(self.block)) {
                0 if self.space => self.text.push(' '),
                0 => {}
                1 => self.text.push('\n'),
                _ => self.text.push_str("\n\n"),
            }
        }
        (self.space, self.breaks, self.block) = (false, 0, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_lines_where_the_page_has_blocks() {
        let table = [
            ("<p>En</p><p>To</p>", "En\nTo"),
            ("En<br>To<br><br><br>Tre", "En\nTo\n\nTre"),
            ("<div>En <b>to</b>\n   tre</div>", "En to tre"),
            ("<div>a<div>b</div>c</div>", "a\nb\nc"),
            ("x<script>y</script><style>z</style><noscript>q</noscript>w", "xw"),
            (
                "<table><tr><td>Alder</td><td>24</td></tr><tr><td>By</td><td>Aarhus</td></tr></table>",
                "Alder 24\nBy Aarhus",
            ),
            ("34&nbsp;00<span>00</span>50", "34 000050"),
            ("<pre>a\nb</pre>", "a\nb"),
            ("<div style='white-space: pre-line'>a\nb</div>c\nd", "a\nb\nc d"),
            ("ring <img alt='📞'> <img alt='Foto af bilen'>", "ring 📞"),
            ("<ul><li>a<li>b</ul>", "a\nb"),
            ("  <p> </p> ", ""),
        ];
        for (html, expected) in table {
            let html = scraper::Html::parse_document(html);
            assert_eq!(text_of(html.root_element(), &NONE, false), expected, "{}", html.html());
        }
    }
}
