//! The parser's stack of open elements, closely enough (HTML standard, 13.2.6.4.7, 'in body').

/// How far down the stack a tag looks for another; ordinary pages need a handful.
const REACH: usize = 64;

/// A tag: its name's first 16 letters in lower case, what kind of element it is, and a hash of the whole of it.
#[derive(Clone, Copy)]
pub(super) struct Tag {
    letters: [u8; 16],
    length: u8,
    kind: u8,
    pub hash: u64,
}

// Kinds, told once for each tag: the stack is asked about them again and again.
const VOID: u8 = 1;
const CLOSES_P: u8 = 2;
const SPECIAL: u8 = 4;
const BARRIER: u8 = 8;
const FORMATTING: u8 = 16;
const HEADING: u8 = 32;
const FOREIGN: u8 = 64;

impl Tag {
    pub fn of(name: &[u8]) -> Self {
        let mut letters = [0; 16];
        for (to, from) in letters.iter_mut().zip(name) {
            *to = from.to_ascii_lowercase();
        }
        // At most 16.
        let length = name.len().min(16) as u8;
        let kind = kind_of(&letters[..usize::from(length)]);
        Tag { letters, length, kind, hash: 0 }
    }

    pub fn name(&self) -> &[u8] {
        &self.letters[..usize::from(self.length)]
    }

    fn is(&self, kind: u8) -> bool {
        self.kind & kind != 0
    }

    pub fn is_formatting(&self) -> bool {
        self.is(FORMATTING)
    }

    pub fn is_foreign(&self) -> bool {
        self.is(FOREIGN)
    }
}

/// Opens an element.
pub(super) fn push(open: &mut Vec<Tag>, tag: Tag, self_closing: bool) {
    let name = tag.name();
    if tag.is(VOID) || (self_closing && open.iter().rev().take(REACH).any(Tag::is_foreign)) {
        return;
    }
    // End tags that may be left out: a sibling closes its predecessor and what is open in it.
    if tag.is(CLOSES_P) {
        imply(open, |over| over.name() == b"p", |over| over.is(BARRIER) || over.name() == b"button", true);
    }
    let is_cell = |over: &Tag| matches!(over.name(), b"td" | b"th");
    let is_table = |over: &Tag| matches!(over.name(), b"table" | b"template" | b"html");
    let is_other_block = |over: &Tag| over.is(SPECIAL) && !matches!(over.name(), b"div" | b"p" | b"address");
    match name {
        b"li" => imply(open, |over| over.name() == b"li", is_other_block, true),
        b"dt" | b"dd" => imply(open, |over| matches!(over.name(), b"dt" | b"dd"), is_other_block, true),
        b"option" | b"optgroup" => imply(open, |over| over.name() == b"option", |_| true, false),
        b"td" | b"th" => imply(open, is_cell, |over| is_table(over) || over.name() == b"tr", false),
        b"tr" => imply(open, |over| over.name() == b"tr", is_table, false),
        b"tbody" | b"thead" | b"tfoot" => {
            imply(open, |over| matches!(over.name(), b"tbody" | b"thead" | b"tfoot" | b"tr"), is_table, false);
            imply(open, |over| matches!(over.name(), b"tbody" | b"thead" | b"tfoot"), is_table, false);
        }
        b"html" | b"head" | b"body" if open.iter().take(3).any(|tag| tag.name() == name) => return,
        b"body" => imply(open, |over| over.name() == b"head", |_| true, false),
        b"a" => imply(open, |over| over.name() == b"a", |over| over.is(SPECIAL), true),
        _ => {}
    }
    open.push(tag);
}

/// Closes the nearest element that `is` one of those, unless one that `stops` lies above it. Formatting that was open
/// in it opens again, as the parser does it: at most three alike (the standard's Noah's Ark clause).
fn imply(open: &mut Vec<Tag>, is: impl Fn(&Tag) -> bool, stops: impl Fn(&Tag) -> bool, reopens: bool) {
    for at in (0..open.len()).rev().take(REACH) {
        if is(&open[at]) {
            let inner = open.split_off(at);
            for tag in inner.iter().skip(1).filter(|tag| reopens && tag.is_formatting()) {
                if open.iter().filter(|other| other.hash == tag.hash).count() < 3 {
                    open.push(*tag);
                }
            }
            return;
        }
        if stops(&open[at]) {
            return;
        }
    }
}

/// An end tag, in the parser's terms: a block closes what is in it, but not past a table cell and its like; any other
/// one stops at a block (formatting is then cloned into the block, so the depth stays); a form is taken out alone.
pub(super) fn close(open: &mut Vec<Tag>, tag: &Tag) {
    let name = tag.name();
    for at in (0..open.len()).rev().take(REACH) {
        let over = &open[at];
        if over.name() == name || (over.is(HEADING) && tag.is(HEADING)) {
            match name {
                b"form" => drop(open.remove(at)),
                _ => open.truncate(at),
            }
            return;
        }
        let stops = match name {
            b"table" | b"tr" | b"tbody" | b"thead" | b"tfoot" => {
                matches!(over.name(), b"table" | b"template" | b"html")
            }
            b"body" | b"html" => over.name() == b"template",
            b"li" => over.is(BARRIER) || matches!(over.name(), b"ul" | b"ol"),
            b"p" => over.is(BARRIER) || over.name() == b"button",
            _ if tag.is(SPECIAL) => over.is(BARRIER),
            _ => over.is(SPECIAL),
        };
        if stops {
            return;
        }
    }
}

/// What kind of element a name stands for. `BARRIER` is what an end tag of a block does not reach past; `select` is none in
/// the newest standard, but was one.
fn kind_of(name: &[u8]) -> u8 {
    match name {
        b"applet" | b"caption" | b"html" | b"td" | b"th" | b"marquee" | b"object" | b"template" | b"select"
        | b"title" => SPECIAL | BARRIER,
        b"table" => CLOSES_P | SPECIAL | BARRIER,
        b"foreignobject" | b"desc" | b"mi" | b"mo" | b"mn" | b"ms" | b"mtext" | b"annotation-xml" => BARRIER,
        b"area" | b"base" | b"br" | b"col" | b"embed" | b"hr" | b"img" | b"input" | b"link" | b"meta" | b"param"
        | b"source" | b"track" | b"wbr" | b"keygen" | b"frame" | b"basefont" | b"bgsound" | b"image" => VOID,
        b"a" | b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small" | b"strike" | b"strong"
        | b"tt" | b"u" => FORMATTING,
        b"address" | b"article" | b"aside" | b"blockquote" | b"center" | b"details" | b"dialog" | b"dir" | b"div"
        | b"dl" | b"dd" | b"dt" | b"li" | b"fieldset" | b"figcaption" | b"figure" | b"footer" | b"form" | b"header"
        | b"hgroup" | b"main" | b"menu" | b"nav" | b"ol" | b"p" | b"pre" | b"section" | b"summary" | b"ul"
        | b"listing" => CLOSES_P | SPECIAL,
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => CLOSES_P | SPECIAL | HEADING,
        b"body" | b"button" | b"colgroup" | b"frameset" | b"head" | b"iframe" | b"noembed" | b"noframes"
        | b"noscript" | b"plaintext" | b"script" | b"search" | b"style" | b"tbody" | b"textarea" | b"tfoot"
        | b"thead" | b"tr" | b"xmp" => SPECIAL,
        b"svg" | b"math" => FOREIGN,
        _ => 0,
    }
}
