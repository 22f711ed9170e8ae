//! How somebody writes: marks, casing, pictures in the text, spellings; and strings of symbols that are nobody else's.
//! What is compared by them is weak: many write alike.

use domain::{Field, ReadAd};
use std::collections::BTreeSet;

/// Symbols in a row from which a string is unusual.
const LONG: usize = 4;
/// Symbols that are kept of one string.
const LONGEST: usize = 24;
/// Letters of a text below which its casing says nothing.
const LETTERS: usize = 60;

/// Spellings that are usual and wrong, or right without the keys for æ, ø and å. Neutral words of ads in Danish and
/// English, collected by hand.
const SPELLINGS: [&str; 23] = [
    "velkomen",
    "velkommmen",
    "masage",
    "massge",
    "discret",
    "gaar",
    "faar",
    "paa",
    "saa",
    "ogsaa",
    "hyggligt",
    "oensker",
    "aaben",
    "koebenhavn",
    "ikk",
    "osse",
    "wellcome",
    "welcom",
    "beautifull",
    "realy",
    "definately",
    "recieve",
    "avaible",
];

/// Habits of writing in title and body, each as a short token, sorted. Contacts, names and numbers are none of them.
pub fn habits(ad: &ReadAd) -> Vec<String> {
    let mut found = BTreeSet::new();
    for text in texts(ad) {
        marks(text, &mut found);
        casing(text, &mut found);
        let mut symbols: Vec<char> = text.chars().filter(|c| is_symbol(*c)).collect();
        symbols.sort_unstable();
        symbols.dedup();
        found.extend(symbols.into_iter().take(8).map(|symbol| format!("sign {symbol}")));
        let lower = text.to_lowercase();
        let words: BTreeSet<&str> = lower.split(|c: char| !c.is_alphabetic()).collect();
        found.extend(SPELLINGS.iter().filter(|word| words.contains(**word)).map(|word| format!("word {word}")));
    }
    found.into_iter().collect()
}

/// Strings of at least four symbols, two of them different, that stand together; each once, sorted.
pub fn symbols(ad: &ReadAd) -> Vec<String> {
    let mut found = BTreeSet::new();
    for text in texts(ad) {
        let mut run = String::new();
        for c in text.chars().chain(['.']) {
            match c {
                _ if is_symbol(c) => run.push(c),
                // Spaces and the marks that colour or join a picture are not part of what was chosen.
                ' ' | '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}' => {}
                _ => {
                    let many = run.chars().count() >= LONG && run.chars().collect::<BTreeSet<_>>().len() > 1;
                    if many {
                        found.insert(run.chars().take(LONGEST).collect());
                    }
                    run.clear();
                }
            }
        }
    }
    found.into_iter().collect()
}

fn texts(ad: &ReadAd) -> impl Iterator<Item = &str> {
    let own = |field: &Field| matches!(field, Field::Title | Field::Body | Field::Text);
    ad.texts.iter().filter(move |text| own(&text.field)).map(|text| text.original.as_str())
}

/// Pictures and ornaments; punctuation, currency and mathematics are not.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2500}'..='\u{27bf}' | '\u{2900}'..='\u{297f}'
        | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}')
}

fn marks(text: &str, found: &mut BTreeSet<String>) {
    let runs = [("!!", "!!"), ("!!!", "!!!"), ("??", "??"), ("..", ".."), ("....", "...."), (" ,", "space before ,")];
    let more =
        [(" !", "space before !"), (" .", "space before ."), ("~", "~"), (" xx", "xx"), (":)", ":)"), (":-)", ":-)")];
    let dashes =
        [(" - ", "dash -"), (" – ", "dash –"), ("“", "quote “"), ("»", "quote »"), ("´", "mark ´"), (" & ", "&")];
    let all = runs.into_iter().chain(more).chain(dashes);
    found.extend(all.filter(|(mark, _)| text.contains(mark)).map(|(_, name)| format!("mark {name}")));
    let glued = text.as_bytes().windows(2).filter(|two| two[0] == b',' && two[1].is_ascii_alphabetic()).count();
    if glued > 1 {
        found.insert("mark no space after ,".to_owned());
    }
    let starts = text.lines().filter_map(|line| line.trim_start().chars().next());
    let bullets: BTreeSet<char> = starts.filter(|c| matches!(c, '*' | '•' | '+' | '-' | '✓' | '>')).collect();
    found.extend(bullets.into_iter().map(|c| format!("line {c}")));
}

fn casing(text: &str, found: &mut BTreeSet<String>) {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters < LETTERS {
        return;
    }
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let shouted = text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_uppercase()).count() > 3).count();
    if capitals * 3 > letters {
        found.insert("case mostly capitals".to_owned());
    } else if shouted > 2 {
        found.insert("case shouted words".to_owned());
    }
    if capitals * 100 < letters {
        found.insert("case no capitals".to_owned());
    }
    let lonely = text.split(|c: char| !c.is_alphanumeric()).filter(|word| *word == "i").count();
    if lonely > 0 && text.contains(" i am ") {
        found.insert("case small i".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{FieldText, NormalText, Reading};

    fn ad(text: &str) -> ReadAd {
        let text = FieldText { field: Field::Body, original: text.into(), normal: NormalText::fold(text) };
        ReadAd { texts: vec![text], reading: Reading::default() }
    }

    #[test]
    fn strings_of_symbols_are_kept_and_single_ones_are_not() {
        assert_eq!(symbols(&ad("Velkommen ★✿ ★❀ hos os ❤ ring")), ["★✿★❀"]);
        assert_eq!(symbols(&ad("❤❤❤❤❤ ring!!! 500,-")), [""; 0], "one symbol, however often, is nobody's mark");
        assert_eq!(symbols(&ad("☀️🌸☀️🌸")), ["☀🌸☀🌸"], "how a picture is coloured does not matter");
    }

    #[test]
    fn habits_tell_writers_apart_and_not_what_they_write() {
        let one = habits(&ad("VELKOMEN !! ring til mig ,jeg er hjemme ❤ paa torsdag .. kom glad"));
        let other = habits(&ad("VELKOMEN !! skriv endelig ,vi ses ❤ paa mandag .. kom igen"));
        assert_eq!(one, other);
        assert!(
            one.contains(&"word velkomen".to_owned()) && one.contains(&"mark space before ,".to_owned()),
            "{one:?}"
        );
        let plain = habits(&ad("Velkommen. Ring til mig, jeg er hjemme på torsdag. Kom glad."));
        assert!(plain.is_empty(), "{plain:?}");
    }
}
