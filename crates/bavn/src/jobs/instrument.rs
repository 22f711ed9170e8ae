//! `bavn instrument`: screening instruments. No store is needed.

use crate::cli::{InstrumentCommand, InstrumentImportArgs};
use crate::config::{Instruments, OWN_TOOL};
use crate::live::write_whole;
use anyhow::Context;
use instruments::{Answers, Checked, Consent, Fault, Filled, ImportOptions, Instrument, Interview, Licence, Released};
use serde_json::json;
use std::io::{BufRead, Read, Write};
use std::path::Path;

fn today() -> String {
    crate::time::local_day(jiff::Timestamp::now()).to_string()
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Lists, checks, shows, takes in, writes out, releases, tries.
pub fn run(config: &Path, command: &InstrumentCommand) -> anyhow::Result<()> {
    match command {
        InstrumentCommand::List => list(&Instruments::load(config)?),
        InstrumentCommand::Check { id } => check(&Instruments::load(config)?, id.as_deref()),
        InstrumentCommand::Show { id, edition, lang } => {
            let shelf = Instruments::load(config)?;
            let form = &shelf.get(id, *edition)?.instrument;
            let language = lang.as_deref().unwrap_or(&form.default_language);
            if !form.languages.contains_key(language) {
                let known: Vec<&str> = form.languages.keys().map(String::as_str).collect();
                anyhow::bail!("'{id}' has no texts in '{language}': there is {}", known.join(", "));
            }
            write!(std::io::stdout().lock(), "{}", form.markdown(language))?;
            Ok(())
        }
        InstrumentCommand::Import(args) => import(config, args),
        InstrumentCommand::Export { id, file, edition } => {
            let shelf = Instruments::load(config)?;
            let form = &shelf.get(id, *edition)?.instrument;
            let bytes = instruments::to_xlsx(form)?;
            std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
            eprintln!("{}: version {} of '{}' as XLSForm", file.display(), form.version, form.id);
            Ok(())
        }
        InstrumentCommand::Release { id, edition, by } => release(config, id, *edition, by),
        InstrumentCommand::Try { id, edition, file } => {
            let shelf = Instruments::load(config)?;
            let form = &shelf.get(id, *edition)?.instrument;
            let mut text = String::new();
            match file {
                Some(file) => {
                    text = std::fs::read_to_string(file).with_context(|| format!("cannot open {}", file.display()))?;
                }
                None => {
                    std::io::stdin().lock().read_to_string(&mut text)?;
                }
            }
            attempt(form, &text)
        }
    }
}

fn list(shelf: &Instruments) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for Checked { instrument: form, .. } in shelf.all() {
        let asked = form.survey.iter().filter(|row| row.kind.is_asked()).count();
        let released = shelf.release(form).map_or("not released".to_owned(), |r| format!("released {}", r.on));
        let languages: Vec<&str> = form.languages.keys().map(String::as_str).collect();
        writeln!(
            out,
            "{:<16} {:>3}  {:<8} {:>3} questions  {:<6} {released}; {}; {}",
            form.id,
            form.version,
            form.status.as_str(),
            asked,
            languages.join(","),
            form.validated.get("en", "da"),
            form.title.get("en", "da"),
        )?;
    }
    if !shelf.has(OWN_TOOL) {
        writeln!(
            out,
            "{OWN_TOOL:<16}      empty: the institution's own licensed or validated tool. Fill it with 'bavn instrument import FILE.xlsx --own-tool --licence-holder … --licence-terms …'"
        )?;
    }
    Ok(())
}

fn check(shelf: &Instruments, id: Option<&str>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let today = today();
    let (mut checked, mut failed) = (0, 0);
    if let Some(id) = id {
        shelf.get(id, None)?;
    }
    for Checked { instrument: form, remarks } in shelf.all() {
        if id.is_some_and(|id| id != form.id) {
            continue;
        }
        checked += 1;
        let name = format!("{} version {}", form.id, form.version);
        for remark in remarks {
            writeln!(out, "{name}{}: to know: {}", remark.place, remark.message)?;
        }
        for row in form.unreached(&today) {
            if row.proved {
                failed += 1;
                writeln!(
                    out,
                    "{name}: no answers lead to '{}': mend its condition, or say why with unreachable = \"…\"",
                    row.name
                )?;
            } else {
                writeln!(
                    out,
                    "{name}: to know: no answers were found that lead to '{}'; there are too many to try all",
                    row.name
                )?;
            }
        }
        if let Some(licence) = form.licence.as_ref().filter(|l| !l.until.is_empty() && l.until < today) {
            failed += 1;
            writeln!(
                out,
                "{name}: the licence of {} ended on {}: renew it, or retire the form",
                licence.holder, licence.until
            )?;
        }
    }
    writeln!(out, "{checked} forms, {failed} faults")?;
    if failed > 0 {
        anyhow::bail!("{failed} faults in the instruments; they are listed above");
    }
    Ok(())
}

fn import(config: &Path, args: &InstrumentImportArgs) -> anyhow::Result<()> {
    if !config.join("bavn.toml").is_file() {
        anyhow::bail!("there is no configuration in '{}': write one with 'bavn init' first", config.display());
    }
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot open {}", args.file.display()))?;
    let licence = args.licence_holder.as_ref().map(|holder| Licence {
        holder: holder.clone(),
        terms: args.licence_terms.clone().unwrap_or_default(),
        until: args.licence_until.clone().unwrap_or_default(),
    });
    let consent = match &args.consent {
        Some(text) => {
            let (question, given) =
                text.split_once('=').context("--consent takes QUESTION=ANSWER, for example --consent ok=yes")?;
            Some(Consent { question: question.trim().to_owned(), given: given.trim().to_owned() })
        }
        None => None,
    };
    let options = ImportOptions {
        id: args.id.clone().or_else(|| args.own_tool.then(|| OWN_TOOL.to_owned())),
        version: args.edition,
        language: args.language.clone(),
        add_consent: args.own_tool || args.add_consent,
        consent,
        licence,
    };
    let file = args.file.display().to_string();
    let checked =
        instruments::from_xlsx(&file, &bytes, &options).map_err(|faults| anyhow::anyhow!("{}", lines(&faults)))?;
    let form = &checked.instrument;
    for remark in &checked.remarks {
        eprintln!("{file}{}: to know: {}", remark.place, remark.message);
    }
    if form.consent.is_none() {
        eprintln!(
            "to know: this form asks for no consent; --consent QUESTION=ANSWER names its question, --add-consent puts one first"
        );
    }
    let folder = config.join("instruments").join(&form.id);
    let target = folder.join(format!("{}.toml", form.version));
    if let Ok(old) = std::fs::read_to_string(&target) {
        let same = Instrument::from_toml(&target.display().to_string(), &old)
            .is_ok_and(|old| old.instrument.hash() == form.hash());
        if same {
            eprintln!("{} holds this form already: nothing to do", target.display());
            return Ok(());
        }
        anyhow::bail!(
            "{} holds another form: take this one in as a new version with --form-version N, or under another --id",
            target.display()
        );
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    write_whole(&target, &form.to_toml())?;
    let asked = form.survey.iter().filter(|row| row.kind.is_asked()).count();
    eprintln!(
        "{}: {asked} questions; look at it with 'bavn instrument show {}', then 'bavn instrument check'",
        target.display(),
        form.id
    );
    Ok(())
}

fn release(config: &Path, id: &str, version: Option<u32>, by: &str) -> anyhow::Result<()> {
    let shelf = Instruments::load(config)?;
    let form = &shelf.get(id, version)?.instrument;
    if let Some(released) = shelf.release(form) {
        eprintln!(
            "version {} of '{id}' was released on {} by {}: nothing to do",
            form.version, released.on, released.by
        );
        return Ok(());
    }
    let today = today();
    if let Some(row) = form.unreached(&today).iter().find(|row| row.proved) {
        anyhow::bail!("no answers lead to '{}': see 'bavn instrument check {id}' before it is released", row.name);
    }
    let file = config.join("instruments/released.toml");
    let released =
        Released { id: form.id.clone(), version: form.version, hash: form.hash(), on: today, by: by.trim().to_owned() };
    let before = match std::fs::read_to_string(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| format!("cannot read {}", file.display()))?,
    };
    write_whole(&file, &format!("{before}{}", released.lines()))?;
    eprintln!("version {} of '{id}' is released: from now on it never changes", form.version);
    Ok(())
}

/// One object out for each line of answers: what is shown, what cannot be taken, what comes next, the band and why.
fn attempt(form: &Instrument, text: &str) -> anyhow::Result<()> {
    let today = today();
    let mut out = std::io::stdout().lock();
    let mut wrong_lines = 0;
    for (number, line) in text.as_bytes().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answers: Answers = match serde_json::from_str(&line) {
            Ok(answers) => answers,
            Err(error) => {
                eprintln!("line {}: {error}; a line is an object of questions and answers, all in quotes", number + 1);
                wrong_lines += 1;
                continue;
            }
        };
        let filled = Filled::of(form, &answers, &today);
        let judged = instruments::judge(form, &filled.answers(), &today);
        let shown = form.survey.iter().enumerate().filter(|(index, row)| filled.shows(*index) && row.kind.is_asked());
        let wrong: Vec<String> = filled.wrong().values().map(ToString::to_string).collect();
        let unknown: Vec<&String> = answers.keys().filter(|name| form.row(name).is_none()).collect();
        let effects = judged.answers.iter().map(|effect| {
            json!({"question": effect.question, "answer": effect.answer, "signs": effect.signs,
                "without": {"band": effect.without.0.as_str(), "points": effect.without.1}})
        });
        let signs = judged.signs.iter().map(|sign| {
            json!({"sign": sign.sign, "group": sign.group, "points": sign.points, "counts": sign.counts,
                "role": sign.role.as_str(), "questions": sign.questions})
        });
        let line = json!({
            "instrument": form.id, "version": form.version, "hash": form.hash(),
            "shown": shown.map(|(_, row)| row.name.as_str()).collect::<Vec<_>>(),
            "next": next(form, &filled.answers(), &today),
            "wrong": wrong, "unknown": unknown,
            "band": judged.band.as_str(), "points": judged.points, "groups": judged.groups, "urgent": judged.urgent,
            "because": judged.because.map(|text| text.0),
            "signs": signs.collect::<Vec<_>>(), "answers": effects.collect::<Vec<_>>(),
            "unanswered": judged.unanswered,
        });
        writeln!(out, "{line}")?;
    }
    if wrong_lines > 0 {
        anyhow::bail!("{wrong_lines} lines were no answers; they are named above");
    }
    Ok(())
}

/// The question that comes after these answers, or how it ends.
fn next(form: &Instrument, answers: &Answers, today: &str) -> String {
    let mut talk = Interview::begin(form, today);
    loop {
        match talk.step() {
            instruments::Step::End(end) => return format!("{end:?}").to_lowercase(),
            instruments::Step::Ask(row) => match answers.get(&row.name) {
                Some(answer) if talk.answer(answer).is_ok() => {}
                _ => return row.name.clone(),
            },
            instruments::Step::Read(_) => {
                if talk.pass().is_err() {
                    return String::new();
                }
            }
        }
    }
}
