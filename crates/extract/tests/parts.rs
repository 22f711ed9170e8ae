//! A number told in two of an ad's texts.
#![allow(missing_docs)]

mod common;

use domain::Field;
use extract::ReadHints;

fn read(title: &str, body: &str) -> Vec<(String, Field, bool)> {
    let texts = vec![(Field::Title, title.to_owned()), (Field::Body, body.to_owned())];
    let reading = common::READER.read(texts, &ReadHints::default()).reading;
    reading.phones.into_iter().map(|phone| (phone.e164, phone.span.field, phone.obscured)).collect()
}

#[test]
fn the_title_begins_and_the_body_goes_on() {
    let body = || vec![("+4534000050".to_owned(), Field::Body, true)];
    assert_eq!(read("Sød pige, nummeret starter med 3400", "Rolige omgivelser. Resten er 0050"), body());
    assert_eq!(read("Call 34 00 ...", "Quiet flat near the station. ... then 00 50"), body());
    assert_eq!(read("ring tre fire nul nul", "og så slutter det med nul nul fem nul"), body());
}

#[test]
fn two_numbers_that_nothing_joins_stay_apart() {
    assert_eq!(read("Ring mellem 10 og 22", "Massage i 45 minutter, 3400 meter fra stationen"), []);
    assert_eq!(read("Nummer 34", "Priser fra 1200"), []);
    assert_eq!(read("Ring 34 00 00 51", "Resten er 0050"), [("+4534000051".to_owned(), Field::Title, false)]);
}
