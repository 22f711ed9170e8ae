//! From a page's text to its tree: html5gum tells the tags, html5ever's tree builder makes the tree of them. It is the
//! tree that `scraper::Html::parse_document` makes (tests hold it to that), in less time: html5ever's own tokenizer
//! takes as long as all the rest of reading a page.

use ego_tree::Tree;
use html5ever::interface::TreeSink;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Doctype, Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, QualName, ns};
use html5gum::{Emitter, Error, State, Tokenizer};
use scraper::{Html, HtmlTreeSink, Node};
use std::convert::Infallible;
use std::mem::take;

/// Most nodes that room is made for before there are any.
const MOST_ROOM: usize = 1 << 14;

/// A page's tree.
pub(super) fn document(text: &str) -> Html {
    // The mark of a byte order is no text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut html = Html::new_document();
    // A tag in two begins an element, and as many texts stand between tags.
    let nodes = memchr::memchr_iter(b'<', text.as_bytes()).count();
    html.tree = Tree::with_capacity(Node::Document, nodes.min(MOST_ROOM) + 16);
    let builder = TreeBuilder::new(HtmlTreeSink::new(html), TreeBuilderOpts::default());
    let tokens = Tokens { builder: &builder, current: Current::default(), text: Vec::new(), last_start: Vec::new() };
    // A text in memory always reads on to its end.
    let _ = Tokenizer::new_with_emitter(text, tokens).finish();
    builder.sink.finish()
}

/// Which line a token stands in is nowhere told.
const LINE: u64 = 1;

/// Gives the tokenizer's pieces to the tree builder as its tokens. Pieces are bytes, since one may end within a letter.
struct Tokens<'b, S: TokenSink> {
    builder: &'b S,
    current: Current,
    /// Characters since the last token.
    text: Vec<u8>,
    last_start: Vec<u8>,
}

/// What is being read: a tag, a comment or a doctype.
#[derive(Default)]
struct Current {
    is_end: bool,
    self_closing: bool,
    name: Vec<u8>,
    attributes: Vec<Attribute>,
    in_attribute: bool,
    attribute_name: Vec<u8>,
    value: Vec<u8>,
    repeats: bool,
    comment: Vec<u8>,
    public_id: Option<Vec<u8>>,
    system_id: Option<Vec<u8>>,
    force_quirks: bool,
}

fn tendril(bytes: &[u8]) -> StrTendril {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => (&*String::from_utf8_lossy(bytes)).into(),
    }
}

fn local_name(bytes: &[u8]) -> LocalName {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => (&*String::from_utf8_lossy(bytes)).into(),
    }
}

impl Current {
    fn begin_tag(&mut self, is_end: bool) {
        (self.is_end, self.self_closing, self.in_attribute, self.repeats) = (is_end, false, false, false);
        self.name.clear();
        self.attributes.clear();
    }

    /// The attribute is whole. Of two with one name the first counts.
    fn end_attribute(&mut self) {
        if !take(&mut self.in_attribute) || self.is_end {
            return;
        }
        let name = local_name(&self.attribute_name);
        if self.attributes.iter().any(|known| known.name.local == name) {
            self.repeats = true;
            return;
        }
        self.attributes.push(Attribute { name: QualName::new(None, ns!(), name), value: tendril(&self.value) });
    }
}

impl<S: TokenSink> Tokens<'_, S> {
    fn give(&self, token: Token) -> Option<State> {
        match self.builder.process_token(token, LINE) {
            TokenSinkResult::Continue | TokenSinkResult::EncodingIndicator(_) => None,
            // Nothing fetched is ever run.
            TokenSinkResult::Script(_) => Some(State::Data),
            TokenSinkResult::Plaintext => Some(State::PlainText),
            TokenSinkResult::RawData(RawKind::Rcdata) => Some(State::RcData),
            TokenSinkResult::RawData(RawKind::Rawtext) => Some(State::RawText),
            TokenSinkResult::RawData(RawKind::ScriptData | RawKind::ScriptDataEscaped(_)) => Some(State::ScriptData),
        }
    }

    fn give_text(&mut self) {
        if !self.text.is_empty() {
            let text = tendril(&self.text);
            self.text.clear();
            let _ = self.give(Token::CharacterTokens(text));
        }
    }
}

impl<S: TokenSink> Emitter for Tokens<'_, S> {
    type Token = Infallible;

    fn set_last_start_tag(&mut self, last_start_tag: Option<&[u8]>) {
        self.last_start = last_start_tag.unwrap_or_default().to_owned();
    }

    fn emit_eof(&mut self) {
        self.give_text();
        let _ = self.give(Token::EOFToken);
        self.builder.end();
    }

    fn emit_error(&mut self, _: Error) {}

    #[inline]
    fn should_emit_errors(&mut self) -> bool {
        false
    }

    #[inline]
    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    fn emit_string(&mut self, piece: &[u8]) {
        // Alone, as the tokenizer gives it.
        if piece == b"\0" {
            self.give_text();
            let _ = self.give(Token::NullCharacterToken);
        } else {
            self.text.extend_from_slice(piece);
        }
    }

    fn init_start_tag(&mut self) {
        self.current.begin_tag(false);
    }

    fn init_end_tag(&mut self) {
        self.current.begin_tag(true);
    }

    fn init_comment(&mut self) {
        self.current.comment.clear();
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.give_text();
        let current = &mut self.current;
        current.end_attribute();
        let kind = if current.is_end { TagKind::EndTag } else { TagKind::StartTag };
        let tag = Tag {
            kind,
            name: local_name(&current.name),
            self_closing: current.self_closing,
            attrs: take(&mut current.attributes),
            had_duplicate_attributes: current.repeats,
        };
        if !current.is_end {
            self.last_start.clone_from(&current.name);
        }
        self.give(Token::TagToken(tag))
    }

    fn emit_current_comment(&mut self) {
        self.give_text();
        let _ = self.give(Token::CommentToken(tendril(&self.current.comment)));
    }

    fn emit_current_doctype(&mut self) {
        self.give_text();
        let Current { name, public_id, system_id, force_quirks, .. } = &self.current;
        let doctype = Doctype {
            name: Some(name).filter(|name| !name.is_empty()).map(|name| tendril(name)),
            public_id: public_id.as_deref().map(tendril),
            system_id: system_id.as_deref().map(tendril),
            force_quirks: *force_quirks,
        };
        let _ = self.give(Token::DoctypeToken(doctype));
    }

    fn set_self_closing(&mut self) {
        self.current.self_closing = true;
    }

    fn set_force_quirks(&mut self) {
        self.current.force_quirks = true;
    }

    fn push_tag_name(&mut self, piece: &[u8]) {
        self.current.name.extend_from_slice(piece);
    }

    fn push_comment(&mut self, piece: &[u8]) {
        self.current.comment.extend_from_slice(piece);
    }

    fn push_doctype_name(&mut self, piece: &[u8]) {
        self.current.name.extend_from_slice(piece);
    }

    fn init_doctype(&mut self) {
        self.current.name.clear();
        (self.current.public_id, self.current.system_id, self.current.force_quirks) = (None, None, false);
    }

    fn init_attribute(&mut self) {
        self.current.end_attribute();
        self.current.in_attribute = true;
        self.current.attribute_name.clear();
        self.current.value.clear();
    }

    fn push_attribute_name(&mut self, piece: &[u8]) {
        self.current.attribute_name.extend_from_slice(piece);
    }

    fn push_attribute_value(&mut self, piece: &[u8]) {
        self.current.value.extend_from_slice(piece);
    }

    fn set_doctype_public_identifier(&mut self, value: &[u8]) {
        self.current.public_id = Some(value.to_owned());
    }

    fn set_doctype_system_identifier(&mut self, value: &[u8]) {
        self.current.system_id = Some(value.to_owned());
    }

    fn push_doctype_public_identifier(&mut self, piece: &[u8]) {
        self.current.public_id.get_or_insert_default().extend_from_slice(piece);
    }

    fn push_doctype_system_identifier(&mut self, piece: &[u8]) {
        self.current.system_id.get_or_insert_default().extend_from_slice(piece);
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.current.is_end && !self.last_start.is_empty() && self.current.name == self.last_start
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        // The text before may move the node that this asks for.
        self.give_text();
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Nodes are numbered in the order in which they were made, so that equal trees were made alike too.
    fn same(text: &str) -> Result<(), TestCaseError> {
        let (ours, theirs) = (document(text), Html::parse_document(text));
        prop_assert!(ours.tree == theirs.tree, "{:?}\n{}\n{}", text, ours.html(), theirs.html());
        prop_assert_eq!(ours.quirks_mode, theirs.quirks_mode);
        Ok(())
    }

    /// What tag soup is made of: each state of the tokenizer, and what changes it.
    #[rustfmt::skip]
    const PIECES: &[&str] = &[
        "<p>", "</p>", "<p", "<div class='a b' ID=x>", "</div>", "<b>", "</b>", "<i>", "</i>", "<a href=/x?a=1&amp;b=2&copy=3>",
        "</a>", "<br/>", "<img src=\"a.jpg\" alt=\"&aring;&#230;&#x1F4DE;\">", "<table>", "<tr>", "<td>", "</table>", "<caption>",
        "<select>", "<option>", "</select>", "<svg>", "<path d='M0'/>", "<foreignObject>", "</svg>", "<math>", "<mi>", "</math>",
        "<![CDATA[x]]>", "<script>", "</script>", "<script>a<b && '</p>'</script>", "<!--<script>", "-->", "<!-- c -->", "<!--",
        "--!>", "<!>", "<?xml version='1.0'?>", "<!DOCTYPE html>", "<!doctype html public \"-//W3C//DTD HTML 4.01//EN\" 'x'>",
        "<!DOCTYPE", "<style>", "</style>", "p > a { color: red }", "<title>", "</title>", "<textarea>", "</textarea>", "<noscript>",
        "</noscript>", "<plaintext>", "<template>", "</template>", "<form>", "</form>", "<li>", "<ul>", "</ul>", "<h1>", "<h2>",
        "<frameset>", "<body onload=x>", "<head>", "</head>", "<html lang=da>", "</body>", "</html>", "<iframe>", "</iframe>",
        "<button>", "<nobr>", "<input type=hidden a=1 a=2 A=3>", "<meta charset=latin1>", "<base href='/b/'>", " ", "\n", "\r\n", "\r",
        "\t", "\u{c}", "\0", "&", "&amp", "&amp;", "&notit;", "&nbsp;", "&#0;", "&#x80;", "&#xD800;", "&#99999999;", "&#;", "&#x;",
        "&ampx", "<", "<<", "</", "</>", "</ p>", "<1", "<å>", "<div å=ø æ>", "<a b='", "<a b=\"", "'", "\"", "=", ">", "/>", "/",
        "<a =b>", "<a b = c >", "<a b=c/d>", "<a/b/c>", "<a b=å>", "<a b=`>", "Å", "ø", "tekst", "\u{1F4DE}", "]]>", "<pre>\n",
        "<xmp>", "</xmp>", "<dd>", "<dt>", "<ruby><rt>", "<rp>", "<center>", "<font color=red>", "</font>", "<image>", "<isindex>",
        "<search>", "<dialog>", "</br>", "</script", "</script >", "</SCRIPT\n>", "<SCRIPT>", "<TITLE>", "</title/>", "<col>", "<hr>",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

        #[test]
        fn tag_soup_gives_the_tree_that_scraper_gives(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..30)) {
            same(&pieces.concat())?;
        }

        #[test]
        fn so_do_broken_tags(text in "[<>/!&;#='\"a-cA-C \\-\\[\\]?\u{e5}\0\r\n]{0,60}") {
            same(&text)?;
        }

        #[test]
        fn so_does_any_text(text in any::<String>()) {
            same(&text)?;
        }
    }

    #[test]
    fn the_mark_of_a_byte_order_is_left_out_where_it_begins_the_page() {
        same("\u{feff}<p>a").unwrap();
        same("<p>a\u{feff}b").unwrap();
    }
}
