//! `bavn read`: stateless, streaming, in constant memory.

use crate::cli::ReadArgs;
use crate::config::Config;
use crate::exports::{
    indicators::{FiredRow, WhyNotRow},
    mentions::MentionsRow,
    write_line,
};
use crate::input::each_line;
use domain::Field;
use serde::Serialize;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

#[derive(Serialize)]
struct ReadLine<'a> {
    id: serde_json::Value,
    #[serde(flatten)]
    mentions: MentionsRow<'a>,
    indicators: Vec<FiredRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_fired: Option<Vec<WhyNotRow<'a>>>,
}

/// Reads each line's text and writes what was found in it.
pub fn run(config: &Path, args: &ReadArgs) -> anyhow::Result<()> {
    let (catalogue, reader) = Config::load_reading(config)?;
    let (mut input, name): (Box<dyn BufRead>, String) = match &args.file {
        Some(path) if path.as_os_str() != "-" => {
            let file = std::fs::File::open(path)
                .map_err(|error| anyhow::anyhow!("cannot open {}: {error}", path.display()))?;
            (Box::new(BufReader::new(file)), path.display().to_string())
        }
        _ => (Box::new(std::io::stdin().lock()), "standard input".to_owned()),
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    // Texts without a date are read as if they were seen today: a year of birth is an age only by a day.
    let at = classifier::AdAt { ad: None, on: Some(crate::time::local_day(jiff::Timestamp::now())) };
    let mut broken = None;
    let counts = each_line(&mut *input, &name, args.strict, |_, object| {
        let id = object.value("id").ok_or("'id' is missing")?;
        let text = object.text("text")?;
        let language = object.optional_text("lang")?;
        let fields = object.texts_by_name("fields")?;
        let mut texts = vec![(Field::Text, text)];
        texts.extend(fields.into_iter().map(|(name, value)| (Field::Named(name), value)));
        let hints = extract::ReadHints { language, ..Default::default() };
        let ad = reader.read(texts, &hints);
        let firings = classifier::fire_ad(&catalogue, &ad, &at);
        let why_not = if args.explain { classifier::explain_ad(&catalogue, &ad, &at) } else { Vec::new() };
        let line = ReadLine {
            id,
            mentions: MentionsRow::from(&ad.reading),
            indicators: firings.iter().map(FiredRow::from).collect(),
            not_fired: args.explain.then(|| why_not.iter().map(WhyNotRow::from).collect()),
        };
        if let Err(error) = write_line(&mut out, &line) {
            broken = Some(error);
        }
        Ok(())
    });
    if let Some(error) = broken {
        return Err(error.context("cannot write to standard output"));
    }
    out.flush()?;
    counts.map(|_| ())
}
