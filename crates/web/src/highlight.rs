//! A text cut at the edges of its marks, so that a template only has to wrap the pieces.

/// Words to mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// What is marked: an indicator's title or a kind of mention.
    pub words: String,
    /// `for`, `against`, `context` or `mention`: how it looks.
    pub class: &'static str,
    /// Its words are not shown.
    pub covered: bool,
}

/// The looks; where several marks meet, the first of them is taken.
const LOOKS: [&str; 4] = ["for", "against", "mention", "context"];

/// A piece of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segment {
    /// The words, or the category that covers them.
    pub text: String,
    /// What marks it; empty for plain text.
    pub marks: Vec<String>,
    /// The marks in words.
    pub words: String,
    /// How it looks.
    pub class: &'static str,
    /// It is covered.
    pub covered: bool,
}

/// Cuts `text[from..to]` at the edges of `marks`. Offsets that do not fit the text are moved to fit, since spans of an
/// older reader must not break a page. Covered pieces that touch become one.
pub fn segments(text: &str, window: (usize, usize), marks: &[Mark]) -> Vec<Segment> {
    // What only says that something is missing points at the whole text; marking all of it would hide the rest.
    let all = |mark: &&Mark| mark.class == "context" && mark.start == 0 && mark.end >= text.len();
    let marks: Vec<&Mark> = marks.iter().filter(|mark| !all(mark)).collect();
    let (from, to) = (floor(text, window.0), floor(text, window.1));
    let mut edges = vec![from, to];
    for mark in &marks {
        edges.push(floor(text, mark.start).clamp(from, to.max(from)));
        edges.push(floor(text, mark.end).clamp(from, to.max(from)));
    }
    edges.sort_unstable();
    edges.dedup();
    let mut done: Vec<Segment> = Vec::new();
    for pair in edges.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        let over: Vec<&&Mark> = marks.iter().filter(|mark| mark.start <= start && mark.end >= end).collect();
        let covered = over.iter().find(|mark| mark.covered);
        let mut names: Vec<String> = Vec::new();
        for mark in &over {
            if !names.contains(&mark.words) {
                names.push(mark.words.clone());
            }
        }
        let segment = Segment {
            text: covered.map_or_else(|| text[start..end].to_owned(), |mark| format!("[{}]", mark.words)),
            words: names.join(", "),
            marks: names,
            class: LOOKS.into_iter().find(|class| over.iter().any(|mark| mark.class == *class)).unwrap_or(""),
            covered: covered.is_some(),
        };
        match done.last_mut() {
            Some(last) if last.covered && segment.covered && last.text == segment.text => {}
            _ => done.push(segment),
        }
    }
    done
}

/// The words around a mark: at most `around` bytes on each side, cut at spaces where there are some.
pub fn window(text: &str, start: usize, end: usize, around: usize) -> (usize, usize) {
    let start = floor(text, start);
    let end = floor(text, end).max(start);
    let low = floor(text, start.saturating_sub(around));
    let high = floor(text, end + around);
    let low = if low == 0 { 0 } else { text[low..start].find(char::is_whitespace).map_or(low, |at| low + at) };
    let high = match high == text.len() {
        true => high,
        false => text[end..high].rfind(char::is_whitespace).map_or(high, |at| end + at),
    };
    (low, high)
}

/// The segments of a window, with dots where something is left out.
pub fn excerpt(text: &str, start: usize, end: usize, marks: &[Mark]) -> Vec<Segment> {
    let (low, high) = window(text, start, end, 70);
    let mut pieces = segments(text, (low, high), marks);
    let dots = || Segment { text: "…".to_owned(), ..Segment::default() };
    if low > 0 {
        pieces.insert(0, dots());
    }
    if high < text.len() {
        pieces.push(dots());
    }
    pieces
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(start: usize, end: usize, words: &str, covered: bool) -> Mark {
        Mark { start, end, words: words.to_owned(), class: "for", covered }
    }

    fn shown(segments: &[Segment]) -> String {
        segments
            .iter()
            .map(|s| if s.marks.is_empty() { s.text.clone() } else { format!("<{}|{}>", s.text, s.words) })
            .collect()
    }

    #[test]
    fn overlapping_marks_are_cut_at_each_edge() {
        let text = "hun er ny hos os";
        let got = segments(text, (0, text.len()), &[mark(0, 9, "a", false), mark(4, 16, "b", false)]);
        assert_eq!(shown(&got), "<hun |a><er ny|a, b>< hos os|b>");
    }

    #[test]
    fn covered_words_are_nowhere_in_the_pieces() {
        let text = "før hemmeligt efter";
        let got = segments(text, (0, text.len()), &[mark(5, 14, "kategori", true), mark(8, 12, "b", false)]);
        assert_eq!(shown(&got), "før <[kategori]|kategori> efter");
    }

    #[test]
    fn every_text_survives_any_offsets() {
        let text = "æøå 🙂 tekst";
        for start in 0..text.len() + 3 {
            for end in 0..text.len() + 3 {
                let whole: String = segments(text, (0, text.len()), &[mark(start, end, "x", false)])
                    .into_iter()
                    .map(|s| s.text)
                    .collect();
                assert_eq!(whole, text);
                let (low, high) = window(text, start, end, 4);
                assert!(low <= high && text.is_char_boundary(low) && text.is_char_boundary(high));
            }
        }
    }

    #[test]
    fn an_excerpt_says_that_something_is_left_out() {
        let text = "ord ".repeat(60);
        let got = excerpt(&text, 120, 123, &[mark(120, 123, "x", false)]);
        assert_eq!((got[0].text.as_str(), got[got.len() - 1].text.as_str()), ("…", "…"));
        assert!(got.iter().map(|s| s.text.len()).sum::<usize>() < 170);
    }
}
