//! The many ways in which people write a phone number, plainly or to hide it, and some names and places.

/// A small generator of numbers that always gives the same row.
pub struct Row(u64);

impl Row {
    /// The generator of a turn.
    pub fn of(turn: usize) -> Self {
        let mut row = Row(turn as u64 * 7919 + 17);
        row.next(2);
        row
    }

    /// The next number under `below`.
    pub fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

/// A slot's text as a marked mention; `None` where it is no slot.
pub fn marked(slot: &str, turn: usize) -> Option<String> {
    let mut row = Row::of(turn);
    Some(match slot {
        "<P>" => {
            let number = number(&mut row);
            format!("{{P|{}|{number}}}", plain(&number, turn))
        }
        "<H>" => {
            let number = number(&mut row);
            format!("{{H|{}|{number}}}", hidden(&number, turn, &mut row).replace('|', "¦"))
        }
        "<N>" => format!("{{N|{}}}", NAMES[turn % NAMES.len()]),
        "<L>" => {
            let (name, code) = PLACES[turn % PLACES.len()];
            format!("{{L|{name}|{code}}}")
        }
        _ => return None,
    })
}

const NAMES: [&str; 40] = [
    "Anna",
    "Nikoline",
    "Mathilde",
    "Sofie",
    "Cecilie",
    "Ida",
    "Josefine",
    "Lærke",
    "Astrid",
    "Bella",
    "Natasja",
    "Katja",
    "Svetlana",
    "Olga",
    "Irina",
    "Ioana",
    "Andreea",
    "Camelia",
    "Agnieszka",
    "Kasia",
    "Zuzana",
    "Ploy",
    "Noi",
    "Nok",
    "Mei",
    "Linh",
    "Blessing",
    "Precious",
    "Camila",
    "Valentina",
    "Yuliana",
    "Jessica",
    "Nicole",
    "Chanel",
    "Kimmie",
    "Trine",
    "Mette",
    "Pernille",
    "Rikke",
    "Lucia",
];

const PLACES: [(&str, &str); 32] = [
    ("Aarhus", "0751"),
    ("Kbh NV", "0101"),
    ("København K", "0101"),
    ("Odense M", "0461"),
    ("Ålborg", "0851"),
    ("Esbjerg", "0561"),
    ("Randers C", "0730"),
    ("Horsens", "0615"),
    ("Kolding", "0621"),
    ("Vejle", "0630"),
    ("Herning", "0657"),
    ("Silkeborg", "0740"),
    ("Næstved", "0370"),
    ("Slagelse", "0330"),
    ("Roskilde", "0265"),
    ("Helsingør", "0217"),
    ("Hillerød", "0219"),
    ("Viborg", "0791"),
    ("Sønderborg", "0540"),
    ("Svendborg", "0479"),
    ("Holbæk", "0316"),
    ("Køge", "0259"),
    ("Fredericia", "0607"),
    ("Hjørring", "0860"),
    ("Frederikshavn", "0813"),
    ("Nykøbing F", "0376"),
    ("Frederiksberg", "0147"),
    ("Glostrup", "0161"),
    ("Valby", "0101"),
    ("Nørrebro", "0101"),
    ("Århus N", "0751"),
    ("Haderslev", "0510"),
];

/// Any number that no one has.
pub fn number(row: &mut Row) -> String {
    let mut digits = ["34", "37", "67", "68", "94"][row.next(5)].to_owned();
    // Half of them from the test series with many noughts, half with any digits.
    if row.next(2) == 0 {
        digits.push_str("00");
        digits.push_str(["00", "10", "05"][row.next(3)]);
        digits.push_str(&format!("{:02}", row.next(100)));
    } else {
        digits.push_str(&format!("{:06}", row.next(1_000_000)));
    }
    digits
}

fn groups(number: &str, lengths: &[usize], glue: &str) -> String {
    let mut at = 0;
    let mut parts = Vec::new();
    for length in lengths {
        parts.push(&number[at..at + length]);
        at += length;
    }
    parts.join(glue)
}

/// A number as it is written plainly.
pub fn plain(number: &str, turn: usize) -> String {
    let pairs = [2, 2, 2, 2];
    match turn % 20 {
        0 | 10 => number.to_owned(),
        1 | 11 => groups(number, &pairs, " "),
        2 => groups(number, &pairs, "-"),
        3 => groups(number, &pairs, "."),
        4 => groups(number, &[4, 4], " "),
        5 => groups(number, &[2, 3, 3], " "),
        6 => format!("+45 {}", groups(number, &pairs, " ")),
        7 => format!("+45{number}"),
        8 => format!("0045 {number}"),
        9 => format!("(+45) {}", groups(number, &pairs, " ")),
        12 => format!("0045{number}"),
        13 => groups(number, &[4, 4], "-"),
        14 => format!("+45-{}", groups(number, &pairs, "-")),
        15 => groups(number, &[2, 6], " "),
        16 => groups(number, &[3, 3, 2], " "),
        17 => format!("+45 {}", groups(number, &[4, 4], " ")),
        18 => format!("+45.{}", groups(number, &pairs, ".")),
        _ => groups(number, &[4, 2, 2], " "),
    }
}

const DA: [&str; 10] = ["nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"];
const EN: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const SV: [&str; 10] = ["noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio"];
const DE: [&str; 10] = ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"];
const NO: [&str; 10] = ["null", "én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni"];

fn danish_pair(pair: &str) -> String {
    let (tens, unit) = (usize::from(pair.as_bytes()[0] - b'0'), usize::from(pair.as_bytes()[1] - b'0'));
    let teens = ["ti", "elleve", "tolv", "tretten", "fjorten", "femten", "seksten", "sytten", "atten", "nitten"];
    let names = ["", "", "tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"];
    match (tens, unit) {
        (0, unit) => format!("nul {}", DA[unit]),
        (1, unit) => teens[unit].to_owned(),
        (tens, 0) => names[tens].to_owned(),
        (tens, unit) => format!("{}og{}", DA[unit], names[tens]),
    }
}

fn english_pair(pair: &str, glue: &str) -> String {
    let (tens, unit) = (usize::from(pair.as_bytes()[0] - b'0'), usize::from(pair.as_bytes()[1] - b'0'));
    let teens =
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
    let names = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    match (tens, unit) {
        (0, unit) => format!("zero {}", EN[unit]),
        (1, unit) => teens[unit].to_owned(),
        (tens, 0) => names[tens].to_owned(),
        (tens, unit) => format!("{}{glue}{}", names[tens], EN[unit]),
    }
}

fn each(number: &str, glue: &str, say: impl Fn(usize, usize) -> String) -> String {
    number.bytes().enumerate().map(|(at, digit)| say(at, usize::from(digit - b'0'))).collect::<Vec<_>>().join(glue)
}

fn by_pairs(number: &str, glue: &str, say: impl Fn(usize, &str) -> String) -> String {
    (0..4).map(|at| say(at, &number[at * 2..at * 2 + 2])).collect::<Vec<_>>().join(glue)
}

/// How many ways of hiding there are.
pub const WAYS: usize = 43;

/// A number as it is written to hide it.
pub fn hidden(number: &str, turn: usize, row: &mut Row) -> String {
    let pairs = [2, 2, 2, 2];
    let digit = |c: char| c.to_digit(10).unwrap_or(0);
    let from = |c: char, base: u32| char::from_u32(base + digit(c)).unwrap_or(c);
    let way = match turn % WAYS {
        // Nothing to hide behind a letter.
        24 if !number[2..].contains(['0', '1']) => 0,
        25 if !number.contains('0') => 1,
        way => way,
    };
    match way {
        0 => each(number, " ", |_, d| DA[d].to_owned()),
        1 => each(number, " ", |_, d| EN[d].to_owned()),
        2 => each(number, " ", |_, d| SV[d].to_owned()),
        3 => each(number, " ", |_, d| DE[d].to_owned()),
        4 => by_pairs(number, " ", |_, pair| danish_pair(pair)),
        5 => by_pairs(number, ", ", |_, pair| danish_pair(pair)),
        6 => by_pairs(number, " ", |_, pair| english_pair(pair, "-")),
        7 => by_pairs(number, " ", |at, pair| if at % 2 == 0 { pair.to_owned() } else { danish_pair(pair) }),
        8 => by_pairs(number, " ", |at, pair| if at == 0 { danish_pair(pair) } else { pair.to_owned() }),
        9 => by_pairs(number, " ", |at, pair| if at == 3 { english_pair(pair, " ") } else { pair.to_owned() }),
        10 => each(number, " ", |at, d| if at % 2 == 0 { DA[d].to_owned() } else { d.to_string() }),
        11 => each(number, "-", |_, d| DA[d].to_owned()),
        12 => each(number, "", |_, d| EN[d].to_owned()),
        13 => each(number, " ", |_, d| d.to_string()),
        14 => each(number, "-", |_, d| d.to_string()),
        15 => each(number, ".", |_, d| d.to_string()),
        16 => groups(number, &pairs, "*"),
        17 => groups(number, &pairs, "_"),
        18 => groups(number, &pairs, " | "),
        19 => groups(number, &pairs, " // "),
        20 => groups(number, &pairs, "/"),
        21 => groups(number, &pairs, "~"),
        22 => groups(number, &pairs, "\n"),
        23 => groups(number, &pairs, " - - "),
        24 => format!("{}{}", &number[..2], number[2..].replace('0', "O")).replace('1', "I"),
        25 => groups(&number.replace('0', "o"), &pairs, " "),
        26 => number.chars().map(|c| from(c, 0xff10)).collect(),
        27 => number.chars().map(|c| format!("{c}\u{fe0f}\u{20e3}")).collect(),
        28 => number.chars().map(|c| if c == '0' { '⓪' } else { from(c, 0x245f) }).collect(),
        29 => number.chars().map(|c| from(c, 0x1d7ce)).collect(),
        30 => groups(number, &pairs, "\u{200b}"),
        31 => groups(number, &pairs, " og "),
        32 => groups(number, &pairs, "   "),
        33 => groups(number, &pairs, " ... "),
        34 => by_pairs(number, " ", |at, pair| if at == 1 { format!("({pair})") } else { pair.to_owned() }),
        35 => each(number, " ", |_, d| NO[d].to_owned()),
        36 => by_pairs(number, " ", |at, pair| {
            if at == 0 { english_pair(pair, " ") } else { each(pair, " ", |_, d| EN[d].to_owned()) }
        }),
        37 => format!("+45 {}", each(number, " ", |_, d| DA[d].to_owned())),
        38 => groups(number, &pairs, " ★ "),
        39 => each(number, ",", |_, d| DA[d].to_owned()),
        40 => {
            by_pairs(number, " ", |at, pair| if at == 1 { pair.to_owned() } else { danish_pair(pair).to_uppercase() })
        }
        41 => {
            let languages: Vec<usize> = (0..8).map(|_| row.next(4)).collect();
            each(number, " ", |at, d| [DA, EN, SV, DE][languages[at]][d].to_owned())
        }
        _ => groups(number, &pairs, " dash "),
    }
}
