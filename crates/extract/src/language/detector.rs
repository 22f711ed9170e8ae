//! The slow detector, for texts in a language that no list knows.

use whatlang::Lang;

/// A language and how sure it is, for texts whose words are mostly not listed.
pub(super) fn detect(text: &str) -> Option<(&'static str, f64)> {
    let info = whatlang::detect(text)?;
    let code = match info.lang() {
        Lang::Dan => "da",
        Lang::Eng => "en",
        Lang::Swe => "sv",
        Lang::Nob => "no",
        Lang::Deu => "de",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Fra => "fr",
        Lang::Ron => "ro",
        Lang::Pol => "pl",
        Lang::Nld => "nl",
        Lang::Fin => "fi",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tur => "tr",
        Lang::Hrv => "hr",
        Lang::Vie => "vi",
        Lang::Tgl => "tl",
        Lang::Ind => "id",
        Lang::Cat => "ca",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Bel => "be",
        _ => return None,
    };
    info.is_reliable().then(|| (code, info.confidence()))
}
