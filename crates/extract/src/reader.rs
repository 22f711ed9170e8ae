//! Reading an ad: from its texts to everything that is mentioned in them.

use crate::claim::Claims;
use crate::error::ReaderError;
use crate::language::Tally;
use crate::lexicon::{Flags, Lexicon};
use crate::phone::PhoneHints;
use crate::place::Gazetteer;
use crate::tokens::Tokens;
use crate::{address, age, clock, contact, lexicon, name, phone, place, price};
use domain::{AdContent, Field, FieldText, NormalText, ReadAd, Reading};

/// The data files that a reader is made of.
pub struct ReaderSources<'a> {
    /// The content of `config/places/dk_places.csv`.
    pub places_csv: &'a str,
    /// Name and content of each file of `config/lexicon`.
    pub lexicon: &'a [(String, String)],
}

/// What is known of an ad beside its texts.
#[derive(Debug, Default, Clone)]
pub struct ReadHints {
    /// The site, not the writer, hides numbers in its phone field: they do not count as obscured.
    pub site_obscures_phones: bool,
    /// The language as given with the ad, ISO 639-1.
    pub language: Option<String>,
}

/// Reads ads. Made once; reading needs no other state, never fails, and takes time linear in the text's length.
pub struct Reader {
    lexicon: Lexicon,
    gazetteer: Gazetteer,
}

/// The site's own fields whose values are mentions by themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Free,
    Phone,
    Place,
    Price,
    Name,
    Age,
    /// A value that is no mention (`category`).
    Other,
}

impl Kind {
    fn of(field: &Field) -> Self {
        match field {
            Field::Title | Field::Body | Field::Text => Kind::Free,
            Field::Named(name) => match name.as_str() {
                "phone" => Kind::Phone,
                "place" | "city" | "town" | "location" => Kind::Place,
                "price" => Kind::Price,
                "name" => Kind::Name,
                "age" => Kind::Age,
                _ => Kind::Other,
            },
        }
    }
}

impl Reader {
    /// Makes a reader from the lexicon and the list of places.
    ///
    /// # Errors
    /// Where a file is missing or not as expected.
    pub fn new(sources: &ReaderSources<'_>) -> Result<Reader, ReaderError> {
        let (mut lexicon, places) = lexicon::load(sources.lexicon)?;
        let gazetteer = Gazetteer::new(sources.places_csv, &places, &mut lexicon)?;
        Ok(Reader { lexicon, gazetteer })
    }

    /// Reads an ad version.
    pub fn read_content(&self, content: &AdContent, hints: &ReadHints) -> ReadAd {
        let mut texts = Vec::with_capacity(content.fields.len() + 2);
        for (field, text) in [(Field::Title, &content.title), (Field::Body, &content.body)] {
            if !text.is_empty() {
                texts.push((field, text.clone()));
            }
        }
        texts.extend(content.fields.iter().map(|(name, text)| (Field::Named(name.clone()), text.clone())));
        self.read(texts, hints)
    }

    /// Reads texts in the order that they are given: title, body, then fields by name.
    pub fn read(&self, texts: Vec<(Field, String)>, hints: &ReadHints) -> ReadAd {
        let mut reading = Reading::default();
        let (mut places, mut parts) = (Vec::new(), Vec::new());
        let tokenised: Vec<Tokens<'_>> = texts.iter().map(|(_, text)| Tokens::of(text, &self.lexicon)).collect();
        let mut claims: Vec<Claims> = tokenised.iter().map(Claims::new).collect();
        for (((field, _), tokens), claims) in texts.iter().zip(&tokenised).zip(&mut claims) {
            self.read_contacts(field, tokens, claims, &mut reading);
        }
        // Then the language: it decides what a foreign number without a country code is.
        reading.languages = self.languages(&texts, &tokenised, &claims, hints);
        let code = reading.languages.first().and_then(|guess| <[u8; 2]>::try_from(guess.code.as_bytes()).ok());
        for (((field, _), tokens), claims) in texts.iter().zip(&tokenised).zip(&mut claims) {
            self.read_text(field, tokens, claims, (hints, code), &mut reading, &mut places);
            parts.extend(
                (0..tokens.len()).filter(|&i| tokens[i].word.is(Flags::PART)).map(|i| tokens.text(i).to_owned()),
            );
        }
        if reading.phones.is_empty() && texts.len() > 1 {
            self.read_across(&texts, &tokenised, &mut claims, &mut reading);
        }
        // A number told in the words of one language says nothing of the ad's.
        if reading.phones.iter().any(|phone| phone.obscured) {
            reading.languages = self.languages(&texts, &tokenised, &claims, hints);
        }
        let normals: Vec<NormalText> = tokenised.into_iter().map(|tokens| tokens.normal).collect();
        reading.places = place::resolve(places, &parts, &self.lexicon);
        let texts = texts
            .into_iter()
            .zip(normals)
            .map(|((field, original), normal)| FieldText { field, original, normal })
            .collect();
        ReadAd { texts, reading }
    }

    fn languages(
        &self,
        texts: &[(Field, String)],
        tokens: &[Tokens<'_>],
        claims: &[Claims],
        hints: &ReadHints,
    ) -> Vec<domain::LanguageGuess> {
        let mut tally = Tally::default();
        for (((field, _), tokens), claims) in texts.iter().zip(tokens).zip(claims) {
            if Kind::of(field) == Kind::Free {
                tally.add(tokens, claims, &self.lexicon);
            }
        }
        tally.finish(&self.lexicon, hints.language.as_deref())
    }

    /// A number that begins in one text (the title) and goes on in another.
    fn read_across(
        &self,
        texts: &[(Field, String)],
        tokens: &[Tokens<'_>],
        claims: &mut [Claims],
        reading: &mut Reading,
    ) {
        let told =
            |at: usize| texts.get(at).is_some_and(|(field, _)| matches!(Kind::of(field), Kind::Free | Kind::Phone));
        for first in (0..texts.len()).filter(|&at| told(at)) {
            for second in (0..texts.len()).filter(|&at| at != first && told(at)) {
                let (head, tail) = claims.split_at_mut(first.max(second));
                let (Some(one), Some(other)) = (head.get_mut(first.min(second)), tail.first_mut()) else { continue };
                let (first_claims, second_claims) = if first < second { (one, other) } else { (other, one) };
                let fields = (&texts[first].0, &texts[second].0);
                let (first, second) = ((&tokens[first], first_claims), (&tokens[second], second_claims));
                if let Some(phone) = phone::across(first, second, &self.lexicon, fields) {
                    reading.phones.push(phone);
                    return;
                }
            }
        }
    }

    fn read_contacts(&self, field: &Field, tokens: &Tokens<'_>, claims: &mut Claims, reading: &mut Reading) {
        if matches!(Kind::of(field), Kind::Free | Kind::Phone | Kind::Name) {
            let contacts = contact::find(tokens, claims, &self.lexicon, field);
            reading.emails.extend(contacts.emails);
            reading.urls.extend(contacts.urls);
            reading.handles.extend(contacts.handles);
        }
    }

    fn read_text(
        &self,
        field: &Field,
        tokens: &Tokens<'_>,
        claims: &mut Claims,
        (hints, language): (&ReadHints, Option<[u8; 2]>),
        reading: &mut Reading,
        places: &mut Vec<place::Found>,
    ) {
        let kind = Kind::of(field);
        if kind == Kind::Other {
            return;
        }
        let lexicon = &self.lexicon;
        let free = kind == Kind::Free;
        if free || kind == Kind::Place {
            reading.addresses.extend(address::find(tokens, claims, lexicon, field));
            places.extend(place::find(tokens, claims, &self.gazetteer, field, kind == Kind::Place));
        }
        if free {
            clock::claim(tokens, claims);
        }
        if free || kind == Kind::Phone {
            let phone_hints =
                PhoneHints { field: kind == Kind::Phone, site_obscures: hints.site_obscures_phones, language };
            reading.phones.extend(phone::find(tokens, claims, lexicon, field, phone_hints));
        }
        if free || kind == Kind::Price {
            reading.prices.extend(price::find(tokens, claims, lexicon, field, kind == Kind::Price));
        }
        if free || kind == Kind::Age {
            reading.ages.extend(age::find(tokens, claims, lexicon, field, kind == Kind::Age));
        }
        if free || kind == Kind::Name {
            reading.names.extend(name::find(tokens, claims, lexicon, field, kind == Kind::Name));
        }
    }
}
