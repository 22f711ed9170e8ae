//! The prepared texts that ship with bavn. Danish and English are offered as they stand; the others are drafts: somebody
//! who grew up with the language reads them first, and the programme then names them in `confirmed`.

use crate::text::PreparedText;

/// Language, is it a draft, the offer, the neutral question.
type Shipped = (&'static str, bool, &'static str, &'static str);

const TEXTS: [Shipped; 11] = [
    (
        "da",
        false,
        "Hej. Vi er {team}. Vi tilbyder gratis og anonym hjælp om sundhed og rettigheder. Skriv eller ring, hvis du vil: \
         {phone}. Svar NEJ, så skriver vi ikke igen.",
        "Hej. Kan jeg ringe til dig i dag? Svar JA eller NEJ.",
    ),
    (
        "en",
        false,
        "Hi. We are {team}. We offer free, anonymous advice on health and rights. Text or call if you like: {phone}. \
         Answer NO and we will not write again.",
        "Hi. May I call you today? Answer YES or NO.",
    ),
    (
        "ro",
        true,
        "Bună. Suntem {team}. Oferim sfaturi gratuite și anonime despre sănătate și drepturi. Scrie sau sună dacă vrei: \
         {phone}. Răspunde NU și nu mai scriem.",
        "Bună. Pot să te sun astăzi? Răspunde DA sau NU.",
    ),
    (
        "es",
        true,
        "Hola. Somos {team}. Ofrecemos consejo gratuito y anónimo sobre salud y derechos. Escribe o llama si quieres: \
         {phone}. Responde NO y no escribiremos más.",
        "Hola. ¿Puedo llamarte hoy? Responde SÍ o NO.",
    ),
    (
        "pl",
        true,
        "Cześć. Jesteśmy {team}. Oferujemy bezpłatne i anonimowe porady o zdrowiu i prawach. Napisz lub zadzwoń, jeśli \
         chcesz: {phone}. Odpisz NIE, a nie napiszemy więcej.",
        "Cześć. Czy mogę dziś zadzwonić? Odpisz TAK lub NIE.",
    ),
    (
        "hu",
        true,
        "Szia. Mi a {team} vagyunk. Ingyenes, névtelen tanácsot adunk egészségről és jogokról. Írj vagy hívj, ha szeretnéd: \
         {phone}. Válaszolj NEM-mel, és nem írunk többet.",
        "Szia. Felhívhatlak ma? Válasz: IGEN vagy NEM.",
    ),
    (
        "bg",
        true,
        "Здравей. Ние сме {team}. Предлагаме безплатни и анонимни съвети за здраве и права. Пиши или се обади, ако искаш: \
         {phone}. Отговори НЕ и няма да пишем повече.",
        "Здравей. Може ли да ти се обадя днес? Отговори ДА или НЕ.",
    ),
    (
        "ru",
        true,
        "Здравствуйте. Мы {team}. Бесплатно и анонимно советуем о здоровье и правах. Пишите или звоните, если хотите: \
         {phone}. Ответьте НЕТ, и мы больше не напишем.",
        "Здравствуйте. Можно позвонить вам сегодня? Ответьте ДА или НЕТ.",
    ),
    (
        "uk",
        true,
        "Вітаємо. Ми {team}. Безкоштовно й анонімно радимо про здоров'я та права. Пишіть або дзвоніть, якщо хочете: \
         {phone}. Відповідь НІ, і ми більше не напишемо.",
        "Вітаю. Можна подзвонити вам сьогодні? Відповідь: ТАК або НІ.",
    ),
    (
        "pt",
        true,
        "Olá. Somos {team}. Oferecemos conselhos gratuitos e anónimos sobre saúde e direitos. Escreve ou liga se quiseres: \
         {phone}. Responde NÃO e não escrevemos mais.",
        "Olá. Posso ligar-te hoje? Responde SIM ou NÃO.",
    ),
    (
        "th",
        true,
        "สวัสดี เราคือ {team} ให้คำปรึกษาฟรีและไม่ต้องบอกชื่อ เรื่องสุขภาพและสิทธิ ส่งข้อความหรือโทรได้ถ้าต้องการ {phone} ตอบ NO \
         แล้วเราจะไม่ส่งอีก",
        "สวัสดี วันนี้โทรหาคุณได้ไหม ตอบ YES หรือ NO",
    ),
];

/// The texts that ship with bavn.
pub fn shipped() -> Vec<PreparedText> {
    let text = |id: &str, (language, draft): (&str, bool), reveals_nothing: bool, body: &str| PreparedText {
        id: id.to_owned(),
        version: 1,
        language: language.to_owned(),
        reveals_nothing,
        draft,
        body: body.to_owned(),
    };
    TEXTS
        .iter()
        .flat_map(|(language, draft, offer, neutral)| {
            let of = (*language, *draft);
            [text("offer", of, false, offer), text("neutral", of, true, neutral)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Encoding, sms_length};
    use std::collections::BTreeMap;

    #[test]
    fn shipped_texts_are_sound_and_short() {
        let values = BTreeMap::from([("team", "Team Øst"), ("phone", "+45 34 00 00 50")]);
        for text in shipped() {
            assert_eq!(text.check(), Ok(()));
            assert_eq!(text.draft, !["da", "en"].contains(&text.language.as_str()), "{}", text.version_name());
            let length = sms_length(&text.fill(&values).unwrap());
            let most = if text.reveals_nothing { 1 } else { 3 };
            assert!(length.parts <= most, "{}: {length:?}", text.version_name());
            let gsm = ["da", "en"].contains(&text.language.as_str());
            assert!(!gsm || length.encoding == Encoding::Gsm7, "{}", text.version_name());
            assert!(!text.reveals_nothing || !text.body.contains('{'), "a neutral text names nobody");
        }
    }
}
