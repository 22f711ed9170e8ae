//! What stays fixed in a cluster of texts, and what changes from one to the next.

use crate::align::align;
use domain::{Template, TemplatePart};
use std::collections::HashMap;

/// Texts that are laid beside each other; more would show nothing new.
const MOST_TEXTS: usize = 24;
/// Words of each that are compared, as in linking.
const MOST_WORDS: usize = 400;
/// Share of the texts in which a word must stand to be fixed.
const FIXED_SHARE: f64 = 0.8;
/// Examples of what a slot holds.
const EXAMPLES: usize = 5;

/// `<phone>`, `<price>` …: what stands for something stripped.
fn is_token(word: &str) -> bool {
    word.starts_with('<') && word.ends_with('>')
}

/// The form that texts have in common, or `None` if there are fewer than two or nothing stays. Any texts of words and
/// spaces will do: skeletons, as linking compares them, or masked texts, as people read them.
///
/// ```
/// use domain::TemplatePart;
/// use linkage::template;
/// let made = template(&["kom forbi anna i dag ring <phone>", "kom forbi bea i dag ring <phone>"]).unwrap();
/// let names = TemplatePart::Slot(vec!["anna".into(), "bea".into()]);
/// assert_eq!(made.parts, [TemplatePart::Fixed("kom forbi".into()), names, TemplatePart::Fixed("i dag ring <phone>".into())]);
/// ```
pub fn template(texts: &[&str]) -> Option<Template> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut words_of = Vec::new();
    for text in texts.iter().take(MOST_TEXTS) {
        let words: Vec<&str> = text.split_whitespace().take(MOST_WORDS).collect();
        let numbered: Vec<u32> = words
            .iter()
            .map(|word| {
                let next = numbers.len() as u32;
                *numbers.entry(word).or_insert(next)
            })
            .collect();
        words_of.push((words, numbered));
    }
    if words_of.len() < 2 {
        return None;
    }
    let token: Vec<bool> = {
        let mut token = vec![false; numbers.len()];
        for (word, number) in &numbers {
            token[*number as usize] = is_token(word);
        }
        token
    };
    let weight = |word: u32| if token[word as usize] { 0.1 } else { 1.0 };
    // The text that has most in common with the others shows the form best; of equals the first.
    let common = |base: usize| -> usize {
        words_of.iter().map(|(_, other)| align(&words_of[base].1, other, &weight).len()).sum()
    };
    let base = (0..words_of.len()).max_by_key(|base| (common(*base), std::cmp::Reverse(*base)))?;
    let (base_words, base_numbers) = &words_of[base];
    // Where each word of the base stands in each text.
    let places: Vec<Vec<Option<u32>>> = words_of
        .iter()
        .map(|(_, other)| {
            let mut at = vec![None; base_numbers.len()];
            align(base_numbers, other, &weight).into_iter().for_each(|(own, theirs)| at[own as usize] = Some(theirs));
            at
        })
        .collect();
    let needed = (FIXED_SHARE * words_of.len() as f64).ceil() as usize;
    let fixed: Vec<usize> =
        (0..base_words.len()).filter(|word| places.iter().filter(|at| at[*word].is_some()).count() >= needed).collect();
    if fixed.is_empty() {
        return None;
    }
    let mut parts: Vec<TemplatePart> = Vec::new();
    for gap in 0..=fixed.len() {
        let (before, after) = (gap.checked_sub(1).map(|at| fixed[at]), fixed.get(gap).copied());
        if let Some(slot) = slot(&words_of, &places, before, after) {
            parts.push(slot);
        }
        if let Some(word) = after {
            match parts.last_mut() {
                Some(TemplatePart::Fixed(run)) => {
                    run.push(' ');
                    run.push_str(base_words[word]);
                }
                _ => parts.push(TemplatePart::Fixed(base_words[word].to_owned())),
            }
        }
    }
    Some(Template { parts, texts: words_of.len() })
}

/// What the texts have between two fixed words of the base; `None` if none has anything.
fn slot(
    words_of: &[(Vec<&str>, Vec<u32>)],
    places: &[Vec<Option<u32>>],
    before: Option<usize>,
    after: Option<usize>,
) -> Option<TemplatePart> {
    let mut seen: Vec<(String, usize)> = Vec::new();
    for ((words, _), at) in words_of.iter().zip(places) {
        // A text without one of the two fixed words cannot say what stands between them.
        let from = match before {
            None => 0,
            Some(word) => match at[word] {
                Some(place) => place as usize + 1,
                None => continue,
            },
        };
        let until = match after {
            None => words.len(),
            Some(word) => match at[word] {
                Some(place) => place as usize,
                None => continue,
            },
        };
        let held = words.get(from..until).unwrap_or_default().join(" ");
        match seen.iter_mut().find(|(known, _)| *known == held) {
            Some((_, times)) => *times += 1,
            None => seen.push((held, 1)),
        }
    }
    seen.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let something = seen.iter().any(|(held, _)| !held.is_empty());
    something.then(|| TemplatePart::Slot(seen.into_iter().map(|(held, _)| held).take(EXAMPLES).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(texts: &[&str]) -> String {
        let part = |part: &TemplatePart| match part {
            TemplatePart::Fixed(words) => words.clone(),
            TemplatePart::Slot(examples) => format!("[{}]", examples.join("|")),
        };
        template(texts).map_or_else(String::new, |made| made.parts.iter().map(part).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn slots_stand_where_texts_differ() {
        let texts = ["ny i <place> ring til os", "ny igen i <place> ring til os i dag", "ny i <place> ring til mig"];
        assert_eq!(shown(&texts), "ny [|igen] i <place> ring til [mig|os|os i dag]");
        assert_eq!(shown(&["a b c", "d e f"]), "");
        assert_eq!(shown(&["a b c"]), "");
        assert_eq!(shown(&["a b c", "a b c"]), "a b c");
    }

    #[test]
    fn one_text_of_many_that_left_a_word_out_does_not_open_a_slot_everywhere() {
        let mut texts = vec!["kom i dag og ring <phone>"; 9];
        texts.push("kom i dag og");
        assert_eq!(shown(&texts), "kom i dag og ring <phone>");
        assert_eq!(template(&texts).unwrap().fixed_words(), 5);
    }
}
