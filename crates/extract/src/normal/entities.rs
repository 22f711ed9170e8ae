//! HTML remains: entities and tags that a site left in its text.

/// An entity or tag at the start of a text: what it stands for (`None`: nothing) and its length in bytes.
pub(crate) fn at(text: &str) -> Option<(Option<char>, usize)> {
    match text.as_bytes().first()? {
        b'&' => entity(text),
        b'<' => tag(text),
        _ => None,
    }
}

fn entity(text: &str) -> Option<(Option<char>, usize)> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let character = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        char::from_u32(code)?
    } else {
        named(name)?
    };
    Some((Some(character), end + 1))
}

/// The entities of HTML 4 that turn up in Nordic and German listings.
fn named(name: &str) -> Option<char> {
    Some(match name {
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" | "rsquo" | "lsquo" => '\'',
        "aelig" => 'æ',
        "AElig" => 'Æ',
        "oslash" => 'ø',
        "Oslash" => 'Ø',
        "aring" => 'å',
        "Aring" => 'Å',
        "auml" => 'ä',
        "Auml" => 'Ä',
        "ouml" => 'ö',
        "Ouml" => 'Ö',
        "uuml" => 'ü',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "Eacute" => 'É',
        "euro" => '€',
        "pound" => '£',
        "frac12" => '½',
        "ndash" => '–',
        "mdash" => '—',
        "bull" | "middot" => '·',
        "hellip" => '…',
        "shy" | "zwnj" | "zwj" => '\u{ad}',
        _ => return None,
    })
}

/// Tags that end a line, and tags that only style what is inside.
fn tag(text: &str) -> Option<(Option<char>, usize)> {
    let end = text.bytes().take(120).position(|b| b == b'>')?;
    let inside = text.get(1..end)?.trim_start_matches('/').trim_end_matches('/');
    let name = inside.split([' ', '\n', '\t']).next().unwrap_or("");
    if name.len() > 10 {
        return None;
    }
    let line = ["br", "p", "div", "li", "ul", "ol", "tr", "td", "table", "h1", "h2", "h3", "h4"];
    let style = ["b", "i", "u", "em", "strong", "span", "font", "a", "small", "big", "sup", "sub", "img", "wbr", "s"];
    let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    if is(&line) {
        Some((Some('\n'), end + 1))
    } else if is(&style) {
        Some((None, end + 1))
    } else {
        None
    }
}
