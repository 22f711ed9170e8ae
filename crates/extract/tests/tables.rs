//! One table for each kind of mention: a text and what is read in it. The tables were written with the patterns; the
//! measure on other texts is `reading.rs`.
#![allow(missing_docs)]

mod common;

use common::read;
use domain::Field;
use extract::{ReadHints, mask, normalise, skeleton};

fn check<T: PartialEq + std::fmt::Debug>(text: &str, found: T, expected: T) {
    assert_eq!(found, expected, "in: {text}");
}

fn phones(text: &str) -> String {
    let phones: Vec<_> = read(text).reading.phones.into_iter().map(|m| (m.e164, m.obscured)).collect();
    phones
        .iter()
        .map(|(e164, hidden)| format!("{e164}{}", if *hidden { "*" } else { "" }))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn phones_plain_and_hidden() {
    for (text, expected) in [
        ("Ring +45 34 00 00 50.", "+4534000050"),
        ("51.23-45.67", "+4551234567"),
        ("+45 (0) 51 23 45 67", "+4551234567"),
        ("tlf 51234567 / 52345678", "+4551234567 +4552345678"),
        ("5one23four567", "+4551234567*"),
        ("ENOGHALVTREDS TREOGTYVE FEMOGFYRRE SYVOGTRES", "+4551234567*"),
        ("en-og-halvtreds tre-og-tyve 45 67", "+4551234567*"),
        ("femti en, tjue tre, førti fem, seksti syv", "+4551234567*"),
        ("femtioett tjugotre fyrtiofem sextiosju", "+4551234567*"),
        ("einundfünfzig dreiundzwanzig fünfundvierzig siebenundsechzig", "+4551234567*"),
        ("ring thirty-four double-oh double-oh fifty", "+4534000050*"),
        ("51 - to tre - 45 - 67", "+4551234567*"),
        ("plus femogfyrre 34 00 00 50", "+4534000050*"),
        ("34:00:00:50 ring", "+4534000050*"),
        ("S1234567 ring", "+4551234567*"),
        ("+48 512 345 678 whatsapp", "+48512345678"),
        ("Tel: 0151 23456789, ich bin Anna und freue mich", "+4915123456789"),
        // Not phones.
        ("CVR 34000050", ""),
        ("Moms nr DK34001236", ""),
        ("Født 24.12.1996", ""),
        ("Åbent 20.00-23.00", ""),
        ("Str. 36 38 40 42", ""),
        ("Jeg har 20 30 40 50 kr sedler", ""),
        ("tlf 51 23 45", ""),
        ("FIRE SEKS SYV", ""),
    ] {
        check(text, phones(text), expected.to_owned());
    }
}

#[test]
fn a_site_that_hides_numbers_does_not_make_the_writer_hide_them() {
    let texts = || vec![(Field::Named("phone".to_owned()), "34 OO OO 5O".to_owned())];
    let hints = ReadHints { site_obscures_phones: true, language: None };
    assert!(!common::READER.read(texts(), &hints).reading.phones[0].obscured);
    assert!(common::READER.read(texts(), &ReadHints::default()).reading.phones[0].obscured);
}

#[test]
fn prices_with_their_lengths() {
    let prices = |text: &str| {
        let prices = read(text).reading.prices;
        prices
            .iter()
            .map(|m| format!("{} {}{}", m.amount, m.currency, m.minutes.map_or(String::new(), |m| format!("/{m}"))))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (text, expected) in [
        ("800 kr for 30 min", "800 DKK/30"),
        ("½ time 800,-", "800 DKK/30"),
        ("1 time 1.500 kr", "1500 DKK/60"),
        ("1500/t", "1500 DKK/60"),
        ("0,5 time 600 kr - 1 time 1000 kr", "600 DKK/30 1000 DKK/60"),
        ("1/2 time 600 kr, 1/1 time 1000 kr", "600 DKK/30 1000 DKK/60"),
        ("15 min 400,- / 30 min 700,- / 60 min 1200,-", "400 DKK/15 700 DKK/30 1200 DKK/60"),
        ("2000kr 1 time, 1000kr 30min", "2000 DKK/60 1000 DKK/30"),
        ("1.000 - 1.500 kr./time", "1000 DKK 1500 DKK/60"),
        ("100€/30min - 180€/1h", "100 EUR/30 180 EUR/60"),
        ("1500:- för en timme", "1500 DKK/60"),
        ("eine Stunde 150 Euro, halbe Stunde 80 €", "150 EUR/60 80 EUR/30"),
        ("fifteen hundred kroner", "1500 DKK"),
        ("Mål 90-60-90, 10 minutter fra byen", ""),
    ] {
        check(text, prices(text), expected.to_owned());
    }
}

#[test]
fn ages_and_not_limits_or_lengths_of_time() {
    for (text, expected) in [
        ("to piger på 20 og 23 år", vec![20, 23]),
        ("mellem 20 og 30 år", vec![20]),
        ("Kun gentlemen over 25. Jeg er selv 31.", vec![31]),
        ("in her early 20s", vec![20]),
        ("Mitte zwanzig", vec![20]),
        ("Soy Lucia, tengo 25 años", vec![25]),
        ("Jeg går i 9. klasse og er 15.", vec![15]),
        ("18+ only, ikke under 18 år, +18", vec![]),
        ("10 års erfaring, for 12 år siden", vec![]),
    ] {
        check(text, read(text).reading.ages.iter().map(|m| m.years).collect(), expected);
    }
}

#[test]
fn names_of_persons_and_not_of_firms_or_months() {
    for (text, expected) in [
        ("Anna, Maria, Julia og Sofia arbejder i dag", "Anna Maria Julia Sofia"),
        ("Ring til Anne-Mette eller Søren", "Anne-Mette Søren"),
        ("maria 24 år, ny i byen", "Maria"),
        ("Bo hos Bo", "Bo"),
        ("Hi, this is Grace from Kenya", "Grace"),
        ("Rose i vasen. Storm fra vest. Frank diskussion.", ""),
        ("Hugo Boss jakke, Louis Vuitton taske, Salon Maria", ""),
    ] {
        let names: Vec<_> = read(text).reading.names.into_iter().map(|m| m.name).collect();
        check(text, names.join(" "), expected.to_owned());
    }
}

#[test]
fn places_to_their_municipality() {
    for (text, expected) in [
        ("Kbh NV, Emdrup og Frb.", "0101 0101 0147"),
        ("Nykøbing på Mors", "0773"),
        ("Viby ved Roskilde", "0265 0265"),
        ("Højby, Odense", "0461 0461"),
        ("Hasle ved Aarhus", "0751 0751"),
        ("Nykøbing", "?"),
        ("Jag kommer till Köpenhamn och Helsingör", "0101 0217"),
        ("1620 V", "0101"),
        ("Hals og ryg behandles. Give me a call. Ringe på døren.", ""),
        ("Malmö og Hamburg", ""),
    ] {
        let places = read(text).reading.places;
        let codes: Vec<_> = places.iter().map(|m| m.municipality_code.clone().unwrap_or("?".to_owned())).collect();
        check(text, codes.join(" "), expected.to_owned());
    }
}

#[test]
fn the_normal_form_undoes_what_hides_words() {
    for (text, expected) in [
        ("l i g e  n y", "lige ny"),
        ("r.i.n.g nu", "ring nu"),
        ("m4ssage", "massage"),
        ("ｎｙ ＰＩＧＥ", "ny pige"),
        ("𝐧𝐲 𝓹𝓲𝓰𝓮", "ny pige"),
        ("Νу рigе i byen", "ny pige i byen"),
        ("n\u{200b}y pi\u{ad}ge", "ny pige"),
        ("n\u{336}y\u{336} pige", "ny pige"),
        ("S&oslash;d<br>pige", "soed pige"),
        ("A\u{30a}rhus", "aarhus"),
        ("❸❹ ⓪", "34 0"),
        ("30 m² ½ time", "30 m2 ½ time"),
        ("Добро пожаловать", "добро пожаловать"),
    ] {
        check(text, normalise(text).as_str().to_owned(), expected.to_owned());
    }
}

#[test]
fn masked_text_and_skeleton() {
    let text = "Ring Anna på 34 00 00 50, 800 kr, Vestergade 12, anna@example.dk, @anna_1, example.dk, kode 12 34 56";
    let ad = read(text);
    assert_eq!(mask(&ad)[0].text, "Ring Anna på [telefon], 800 kr, [adresse], [e-mail], [profil], [link], kode [tal]");
    assert_eq!(
        skeleton(&ad),
        "ring <name> paa <phone> , <price> , <addr> , <mail> , <mail> , <url> , kode <num> <num> <num>"
    );
}
