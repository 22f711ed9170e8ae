//! Whether an ad's page is what the listing promised of it: title, price, place and the first words.
//!
//! A site that does not want to be read may answer the named crawler with a page that looks right and says something
//! else (soft cloaking), or tell it that ads are gone which its listing still shows. One page that differs from its
//! listing means little (it may have been edited in between); many in one run are an alarm, see [`crate::judge`].
//!
//! **Rule.** A listing promises something where it shows at least three words of three letters or more. The page keeps
//! it where at least half of the promise's words stand in the ad (title, text and fields), or where at least half of
//! the words of the ad's title stand in the promise and so does one of the promise's numbers of three digits or more
//! (prices, postal codes, phones), if it has any. Half, since listings also show words of the site's own ('new', 'read
//! more') and cut the text anywhere.

use domain::AdContent;
use std::collections::HashSet;

/// What came of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// The listing showed too little to compare.
    None,
    /// The page keeps it.
    Kept,
    /// The page is another.
    Broken,
}

/// Fewest words that are a promise.
const LEAST_WORDS: usize = 3;

/// Compares what a listing showed of an ad with the ad's page.
///
/// ```
/// use crawler::promise::{Promise, compare};
/// let ad = domain::AdContent { title: "Anna i Aarhus".into(), body: "Ny i byen, ring og hør mere".into(), ..Default::default() };
/// assert_eq!(compare("Anna i Aarhus · ny i byen …", &ad), Promise::Kept);
/// assert_eq!(compare("Sofie fra Odense hilser venligst", &ad), Promise::Broken);
/// assert_eq!(compare("2026-11-03", &ad), Promise::None, "a sitemap promises nothing");
/// ```
pub fn compare(promise: &str, ad: &AdContent) -> Promise {
    let promised = words(promise);
    if promised.iter().filter(|word| word.chars().all(char::is_alphabetic)).count() < LEAST_WORDS {
        return Promise::None;
    }
    let title = words(&ad.title);
    let mut shown = title.clone();
    shown.extend(words(&ad.body));
    shown.extend(ad.fields.values().flat_map(|value| words(value)));
    let half_of = |all: &HashSet<String>, found_in: &HashSet<String>| {
        !all.is_empty() && 2 * all.intersection(found_in).count() >= all.len()
    };
    let numbers: HashSet<String> =
        promised.iter().filter(|word| word.len() >= 3 && word.bytes().all(|b| b.is_ascii_digit())).cloned().collect();
    let numbers_agree = numbers.is_empty() || numbers.intersection(&shown).next().is_some();
    match half_of(&promised, &shown) || (half_of(&title, &promised) && numbers_agree) {
        true => Promise::Kept,
        false => Promise::Broken,
    }
}

/// Words of three letters or more and numbers of two digits or more, in lower case.
fn words(text: &str) -> HashSet<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| {
            let least = if word.bytes().all(|byte| byte.is_ascii_digit()) { 2 } else { 3 };
            word.chars().nth(least - 1).is_some()
        })
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ad(title: &str, body: &str, fields: &[(&str, &str)]) -> AdContent {
        AdContent {
            title: title.to_owned(),
            body: body.to_owned(),
            fields: fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..AdContent::default()
        }
    }

    #[test]
    fn a_page_that_was_edited_in_between_keeps_its_promise() {
        let listed = "Anna, ny i 8000 Aarhus C\nPris 800 kr\nLæs mere";
        let same = ad("Anna, ny i Aarhus C", "Ring på 34 00 00 50", &[("price", "800 kr"), ("place", "8000 Aarhus C")]);
        let dearer =
            ad("Anna, ny i Aarhus C", "Ring på 34 00 00 50", &[("price", "900 kr"), ("place", "8000 Aarhus C")]);
        let renamed = ad("Anna hilser", "Ny i Aarhus C, pris fra 800", &[]);
        for page in [same, dearer, renamed] {
            assert_eq!(compare(listed, &page), Promise::Kept, "{page:?}");
        }
    }

    #[test]
    fn a_page_for_the_named_crawler_breaks_it() {
        let listed = "Anna, ny i Aarhus C\nPris 800 kr\nKom og besøg mig i dag";
        let generic = ad("Velkommen", "Opret en profil for at se annoncer i hele landet", &[("price", "0 kr")]);
        let kept_title = ad("Anna", "Denne side vises kun for medlemmer af klubben", &[("price", "0 kr")]);
        assert_eq!(compare(listed, &generic), Promise::Broken);
        assert_eq!(compare(listed, &kept_title), Promise::Broken, "the title is right and the price is another");
    }

    #[test]
    fn too_few_words_promise_nothing() {
        for little in ["", "Anna 24", "2026-11-03T14:05:00+01:00", "VIP ny 800 kr"] {
            assert_eq!(compare(little, &ad("Sofie", "", &[])), Promise::None, "{little}");
        }
    }
}
