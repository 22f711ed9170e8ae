//! What a word can be. A word may be several things at once (`fire` is a number in Danish and none in English).

/// A set of properties of a word.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flags(u64);

impl Flags {
    pub(crate) const fn has(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
    pub(crate) fn add(&mut self, other: Flags) {
        self.0 |= other.0;
    }
    pub(crate) const fn or(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

macro_rules! flags {
    ($($name:ident = $bit:literal $doc:literal;)*) => {
        impl Flags { $(#[doc = $doc] pub(crate) const $name: Flags = Flags(1 << $bit);)* }
    };
}

flags! {
    HINT = 0 "Says that a phone number is near.";
    FILLER = 1 "May stand between the parts of one phone number.";
    NOT_PHONE = 2 "What follows is another number.";
    CLOCK = 3 "About times of the day or months.";
    MEASURE = 4 "The number before it measures something.";
    MEASURE_BEFORE = 5 "The number after it measures something.";
    PRICE_WORD = 6 "A bare number after it is a price.";
    CONNECTOR = 7 "Between an amount and its length of time.";
    CURRENCY = 8 "A currency.";
    UNIT = 9 "A unit of time of the day.";
    LENGTH = 10 "First word of a length of time in words.";
    AGE_UNIT = 11 "The number before it is an age.";
    AGE_BEFORE = 12 "The number after it is an age.";
    TIME_AFTER = 13 "Behind a unit: a length of time, no age.";
    LIMIT = 14 "Before a number: a limit or a length of time.";
    I_AM = 15 "Last word of `jeg er`.";
    DECADE = 16 "A decade of life.";
    AT = 17 "Written-out @.";
    DOT = 18 "Written-out dot.";
    HYPHEN = 19 "Written-out hyphen.";
    UNDERSCORE = 20 "Written-out underscore.";
    TLD = 21 "Top-level domain.";
    PROVIDER = 22 "Known mail provider.";
    SERVICE = 23 "Messaging service.";
    SERVICE_COMMON = 24 "A service's name that means something else besides.";
    BETWEEN = 25 "Between a service and the handle.";
    BEFORE_SERVICE = 26 "Between a handle and the service behind it.";
    STREET_WORD = 27 "Street word that stands alone after a name.";
    STREET_ALONE = 28 "A street's whole name.";
    NAME = 29 "A first name.";
    NAME_HOMONYM = 30 "A first name that is also a word.";
    BUSINESS_BEFORE = 31 "Before a name: a business or a street.";
    BUSINESS_AFTER = 32 "After a name: a business or a street.";
    INTRO = 33 "Last word of an introduction that any name follows.";
    WEAK_INTRO = 34 "Last word of an introduction that a listed name follows.";
    PLACE = 35 "First word of a place.";
    PREPOSITION = 36 "May stand before a place.";
    NOT_AFTER = 37 "Behind a place's name: no place.";
    WEAK_NUMBER = 38 "A number word that mostly means something else.";
    DOUBLE = 39 "Says the next digit twice.";
    TRIPLE = 40 "Says the next digit three times.";
    HUNDRED = 41 "Times a hundred.";
    THOUSAND = 42 "Times a thousand.";
    JOINER = 43 "Joins unit and tens.";
    SHORT = 44 "Short form of a word in place names.";
    STOPWORD = 45 "A frequent word of some language.";
    PART = 46 "A part of the country.";
    TENS_FIRST = 47 "A tens word of a language that says tens first.";
    UNIT_FIRST = 48 "A tens word of a language that says units first.";
    PERSON = 49 "A person, by a common noun.";
    OTHERS = 51 "Somebody or something else whose age may be told.";
    AREA_AFTER = 52 "Behind a name: it is a place.";
    REST = 53 "Says that the rest of a number follows.";
    ORDINAL = 54 "First or last: how many digits come, or which.";
    TIMES = 55 "Between a count and the digit that is said so often.";
    DIGIT_NOUN = 56 "A digit, by a common noun.";
    SAYS = 57 "Between what a number is of and the number.";
    PIECES = 58 "Counts pieces.";
    PIECE_ENDING = 59 "Ends `4-taller`.";
    ARTICLE = 60 "May stand before the digit that is said several times.";
    MANY = 61 "Says the next digit several times, in one word.";
    PLURAL = 62 "A digit in the plural.";
    COMMON = 50 "A frequent word of Danish, English, Swedish, Norwegian or German.";
}
