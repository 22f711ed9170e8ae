//! What holds for every text: no panic, spans on character boundaries, masked text without plain numbers, linear time.
#![allow(missing_docs)]

mod common;

use common::spans;
use domain::Field;
use extract::{mask, normalise, skeleton};
use proptest::prelude::*;

fn check(text: &str) {
    let ad = common::read(text);
    for span in spans(&ad) {
        assert_eq!(span.field, Field::Text);
        assert!(span.start < span.end, "an empty span");
        assert!(text.get(span.start..span.end).is_some(), "a span outside the characters");
    }
    for masked in mask(&ad) {
        for run in &masked.runs {
            assert!(text.get(run.original.clone()).is_some() && masked.text.get(run.masked.clone()).is_some());
        }
    }
    let normal = normalise(text);
    for (at, c) in normal.as_str().char_indices() {
        let original = normal.original(at..at + c.len_utf8());
        assert!(text.get(original).is_some(), "a way back that ends inside a character");
    }
    let _ = skeleton(&ad);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in "\\PC{0,120}") {
        check(&text);
    }

    #[test]
    fn pieces_of_ads_in_any_order_are_read(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "34", "00", "50", "+45", "0045", "nul", "fem", "og", "tyve", "twenty", "-", "five", "kr", "kr.", "800", ",-", "½", "time", "30", "min",
        "år", "24", "jeg er", "Anna", "May", "og", "Aarhus", "C", "8000", "Nr.", "Nykøbing", "F", "@", "snabel-a", "punktum", "dk", ".",
        "example", "https://", "telegram", ":", "(", ")", "\n", " ", "  ", "l", "O", "S", "3️⃣", "⓪", "４", "\u{200b}", "\u{301}", "&nbsp;", "<br>",
        "а", "ё", "p r i s", "Vestergade", "12", "kl", "10", "/", "24.12.2026", "double", "ø", "Å", "ß", "ﬁ", "🇩🇰", "i tyverne",
    ]), 0..40), glue in proptest::sample::select(vec!["", " "])) {
        check(&pieces.join(glue));
    }

    #[test]
    fn a_plain_number_never_stays_readable(
        number in prop_oneof![Just("34"), Just("37"), Just("67"), Just("68"), Just("94")],
        rest in "[0-9]{6}",
        before in "(Ring |Tlf\\. |Tlf[$] |ordrenr\\. |pris |kl\\. 10 |kr |)",
        style in 0..4usize,
    ) {
        let digits = format!("{number}{rest}");
        let written = match style {
            0 => digits.clone(),
            1 => format!("{} {} {} {}", &digits[..2], &digits[2..4], &digits[4..6], &digits[6..]),
            2 => format!("{}-{}", &digits[..4], &digits[4..]),
            _ => format!("+45 {digits}"),
        };
        let masked = mask(&common::read(&format!("{before}{written} i dag")));
        prop_assert!(!masked[0].text.contains(&written), "left: {}", masked[0].text);
    }
}

/// Prints ads a second; what is asserted is only that twice the text is not four times the work, with much slack.
#[test]
fn time_grows_with_length() {
    let ad = "Hej, jeg hedder Anna, 24 år, og bor i Aarhus C. 30 min 800 kr, 1 time 1.500 kr. Ring 34 00 00 50 eller skriv til \
              anna@example.dk. Jeg tilbyder massage i rolige omgivelser tæt på banegården med gratis parkering. Kun sms, ingen skjulte \
              numre. Åbent hver dag kl. 10-22. Jeg glæder mig til at se dig, og du er altid velkommen til at spørge, hvis du er i tvivl. ";
    common::read(ad);
    // The best of three: other programs may run beside the test.
    let seconds = |text: &str, rounds: usize| {
        let round = || {
            let start = std::time::Instant::now();
            for _ in 0..rounds {
                mask(&common::read(text));
            }
            start.elapsed().as_secs_f64()
        };
        (0..3).map(|_| round()).fold(f64::MAX, f64::min)
    };
    let one = seconds(ad, 100);
    println!("{:.0} ads a second of {} words", 100.0 / one, ad.split_whitespace().count());
    let long = seconds(&ad.repeat(64), 2) / 2.0 * 100.0 / 64.0;
    println!("64 times as long: {:.2} times the time for each ad", long / one);
    assert!(long < one * 8.0, "time is not linear in length");
    for hostile in [
        "20,",
        "30 min ",
        "500 kr ",
        "@anna ",
        "34000050 ",
        "5/",
        "1 ",
        "nul ",
        "a.",
        "@",
        "l i ",
        "(",
        "34 og ",
        "og ",
        "Anna ",
        "Ry, ",
        "<b>",
        "&#",
        "12-",
    ] {
        let short = seconds(&hostile.repeat(1000), 1);
        let long = seconds(&hostile.repeat(16_000), 1);
        assert!(long < (short + 0.01) * 16.0 * 8.0, "{hostile}: {short} then {long}");
    }
}

#[test]
fn a_row_of_stars_behind_an_address_is_only_a_row() {
    check(&format!("Skriv til lotte@postkasse{}", "*".repeat(50_000)));
}
