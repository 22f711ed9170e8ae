//! The parser's stack of open elements, closely enough (HTML standard, 13.2.6.4.7, 'in body').

/// How far down the stack a tag looks for another; ordinary pages need a handful.
const REACH: usize = 64;

/// A tag: its name's first 16 letters in lower case, and a hash of the whole of it.
#[derive(Clone, Copy)]
pub(super) struct Tag {
    letters: [u8; 16],
    length: u8,
    pub hash: u64,
}

impl Tag {
    pub fn of(name: &[u8]) -> Self {
        let mut letters = [0; 16];
        for (to, from) in letters.iter_mut().zip(name) {
            *to = from.to_ascii_lowercase();
        }
        // At most 16.
        Tag { letters, length: name.len().min(16) as u8, hash: 0 }
    }

    pub fn name(&self) -> &[u8] {
        &self.letters[..usize::from(self.length)]
    }
}

/// Opens an element.
pub(super) fn push(open: &mut Vec<Tag>, tag: Tag, self_closing: bool) {
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
pub(super) fn close(open: &mut Vec<Tag>, tag: &Tag) {
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

pub(super) fn is_formatting(name: &[u8]) -> bool {
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
