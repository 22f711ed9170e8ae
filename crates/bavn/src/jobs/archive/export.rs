//! `bavn archive export`: WARC/1.1 (ISO 28500), one gzip member a record, streamed. The same store gives the same bytes.
//! Bodies are written as they were decoded; what described their coding on the way stands under `X-Archive-Orig-`.

use crate::cli::{ArchiveExportArgs, Cli};
use crate::key::Need;
use anyhow::Context;
use domain::{CaptureKind, Exchange, SiteId};
use jiff::Timestamp;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use store::{ArchiveQuery, ArchiveReader, ArchivedPage, CaptureRow, Store};
use warc::{NewRecord, Writer, digest, http};

/// Writes the file.
pub async fn run(cli: &Cli, args: &ArchiveExportArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (_, store) = super::super::open(cli, Need::Existing, now).await?;
    let at = super::super::virtual_today(&store).await?.unwrap_or(now);
    let from = args.from.as_deref().map(begin).transpose()?;
    // A day given as the end is that day whole; the store asks for the first moment after.
    let until = args.to.as_deref().map(|text| crate::time::argument("--to", text)).transpose()?;
    let until = until.map(|to| to + jiff::SignedDuration::from_millis(1));
    if args.purpose.trim().is_empty() {
        anyhow::bail!("--purpose is empty; say in a few words what the file is for: it is kept in the audit log");
    }
    let known: Vec<SiteId> = store.sites(0).await?.into_iter().map(|site| site.registration.site).collect();
    let sites: Vec<SiteId> = match &args.site {
        Some(site) if known.iter().any(|known| known.as_str() == site) => vec![SiteId(site.clone())],
        Some(site) => anyhow::bail!("the store holds no site '{site}'"),
        None => known,
    };
    // The audit row comes first: no row, no file.
    let mut look = super::super::system_look("archive_export", &args.purpose, at);
    look.subject = args.site.clone().unwrap_or_else(|| "every site".to_owned());
    store.audit(&look).await?;
    let mut output = Unfinished::create(&args.file)?;
    let bar = crate::progress::spinner("writing pages");
    let mut export = Export { writer: Writer::new(BufWriter::new(output.take()?)), pages: 0, began: false };
    for site in sites {
        let query = ArchiveQuery { from, until, ..ArchiveQuery::of(site.clone()) };
        let mut reader = store.archive_reader(query).await?;
        while let Some(capture) = reader.next().await? {
            export.capture(&reader, &site, &capture).await?;
            bar.inc(1);
        }
    }
    let file = export.writer.into_inner()?.into_inner().map_err(|error| error.into_error())?;
    output.finish(&file)?;
    bar.finish_and_clear();
    close(&store, export.pages, &args.file).await;
    Ok(())
}

async fn close(store: &Store, pages: u64, file: &Path) {
    store.close().await;
    eprintln!(
        "{pages} answers are in {}. The file holds personal data in clear (addresses, texts, numbers): keep it as you \
         keep the store's key, give it to nobody without an agreement, and delete it when it has served its purpose.",
        file.display()
    );
}

/// The first moment that is asked for.
fn begin(text: &str) -> anyhow::Result<Timestamp> {
    match text.parse::<jiff::civil::Date>() {
        Ok(date) if text.len() == 10 => Ok(crate::time::copenhagen(date.at(0, 0, 0, 0))?),
        _ => crate::time::argument("--from", text),
    }
}

/// A file that has its name only once it is whole; readable by its owner alone.
struct Unfinished {
    name: PathBuf,
    part: PathBuf,
    file: Option<File>,
    done: bool,
}

impl Unfinished {
    fn create(name: &Path) -> anyhow::Result<Self> {
        let mut part = name.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let mut options = File::options();
        // One that a killed export left is begun anew; its mode is set before a byte is in it.
        drop(std::fs::remove_file(&part));
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&part).with_context(|| format!("cannot write {}", part.display()))?;
        Ok(Self { name: name.to_owned(), part, file: Some(file), done: false })
    }

    fn take(&mut self) -> anyhow::Result<File> {
        self.file.take().context("the file is being written already")
    }

    fn finish(&mut self, file: &File) -> anyhow::Result<()> {
        file.sync_all().with_context(|| format!("cannot write {}", self.part.display()))?;
        std::fs::rename(&self.part, &self.name)
            .with_context(|| format!("cannot give {} its name", self.name.display()))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.done {
            drop(std::fs::remove_file(&self.part));
        }
    }
}

struct Export<W: Write> {
    writer: Writer<W>,
    pages: u64,
    began: bool,
}

/// A record that others refer to.
struct Original {
    id: String,
    url: String,
    date: String,
    payload: String,
}

fn response_id(site: &SiteId, row: CaptureRow, at: Timestamp) -> String {
    digest::record_id(&["response", site.as_str(), &row.0.to_string(), &at.to_string()])
}

impl<W: Write> Export<W> {
    /// One answer: `response` or `revisit`, then its `request` and `metadata`.
    async fn capture(&mut self, reader: &ArchiveReader, site: &SiteId, capture: &ArchivedPage) -> anyhow::Result<()> {
        let date = capture.page.fetched_at.to_string();
        if !self.began {
            self.began = true;
            self.info(&date)?;
        }
        let id = response_id(site, capture.row, capture.page.fetched_at);
        let url = &capture.page.url;
        let exchange = capture.exchange.clone().unwrap_or_else(|| made_up(capture));
        let mut fields = vec![("WARC-Target-URI", url.clone())];
        if let Some(remote) = exchange.remote {
            fields.push(("WARC-IP-Address", remote.to_string()));
        }
        if let Some(protocol) = &exchange.protocol {
            fields.push(("WARC-Protocol", protocol.clone()));
        }
        if let Some(truncated) = capture.truncated {
            fields.push(("WARC-Truncated", truncated.as_str().to_owned()));
        }
        let about = fields.clone();
        let body = &capture.page.body;
        let original = original(reader, site, capture).await?;
        let head = http::mended_head(&exchange.response, body.len());
        match &original {
            Some(original) => {
                let profile = if capture.page.status == 304 { warc::NOT_MODIFIED } else { warc::IDENTICAL };
                fields.extend([
                    ("WARC-Profile", profile.to_owned()),
                    ("WARC-Refers-To", original.id.clone()),
                    ("WARC-Refers-To-Target-URI", original.url.clone()),
                    ("WARC-Refers-To-Date", original.date.clone()),
                    ("WARC-Payload-Digest", original.payload.clone()),
                ]);
                // The head alone: the payload stands in the record that is referred to.
                let head = if capture.page.status == 304 { http::latin1(&exchange.response) } else { head };
                self.writer.write(&NewRecord {
                    kind: "revisit",
                    id: &id,
                    date: &date,
                    fields,
                    content_type: "application/http;msgtype=response",
                    head: &head,
                    payload: &[],
                    payload_digest: false,
                })?;
            }
            None => self.writer.write(&NewRecord {
                kind: "response",
                id: &id,
                date: &date,
                fields,
                content_type: "application/http;msgtype=response",
                head: &head,
                payload: body,
                payload_digest: true,
            })?,
        }
        if !exchange.request.is_empty() {
            let mut fields = about.clone();
            fields.retain(|(name, _)| *name != "WARC-Truncated");
            fields.push(("WARC-Concurrent-To", id.clone()));
            self.writer.write(&NewRecord {
                kind: "request",
                id: &digest::record_id(&["request", &id]),
                date: &date,
                fields,
                content_type: "application/http;msgtype=request",
                head: &http::latin1(&exchange.request),
                payload: &[],
                payload_digest: false,
            })?;
        }
        let sought = match capture.kind {
            CaptureKind::Listing => "listing",
            CaptureKind::Detail => "ad",
            CaptureKind::Robots => "robots.txt",
            CaptureKind::Imported => "imported",
        };
        self.writer.write(&NewRecord {
            kind: "metadata",
            id: &digest::record_id(&["metadata", &id]),
            date: &date,
            fields: vec![("WARC-Target-URI", url.clone()), ("WARC-Concurrent-To", id)],
            content_type: "application/warc-fields",
            head: format!("bavn-site: {site}\r\nbavn-sought: {sought}\r\n").as_bytes(),
            payload: &[],
            payload_digest: false,
        })?;
        self.pages += 1;
        Ok(())
    }

    fn info(&mut self, date: &str) -> anyhow::Result<()> {
        let text = format!(
            "software: bavn/{}\r\nformat: WARC File Format 1.1\r\n\
             conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n\
             robots: obey\r\ndescription: pages as they were decoded; headers of their coding stand under X-Archive-Orig-\r\n",
            env!("CARGO_PKG_VERSION")
        );
        self.writer.write(&NewRecord {
            kind: "warcinfo",
            id: &digest::record_id(&["warcinfo", date]),
            date,
            fields: Vec::new(),
            content_type: "application/warc-fields",
            head: text.as_bytes(),
            payload: &[],
            payload_digest: false,
        })?;
        Ok(())
    }
}

/// Heads of a page that was archived before they were kept.
fn made_up(capture: &ArchivedPage) -> Exchange {
    let (status, kind) = (capture.page.status, &capture.page.content_type);
    let kind: String = kind.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).map(char::from).collect();
    Exchange { response: format!("HTTP/1.1 {status} \r\nContent-Type: {kind}\r\n\r\n"), ..Exchange::default() }
}

/// The record whose payload a capture repeats.
async fn original(reader: &ArchiveReader, site: &SiteId, capture: &ArchivedPage) -> anyhow::Result<Option<Original>> {
    let of = |row, at: Timestamp, body: &[u8], url: &str| Original {
        id: response_id(site, row, at),
        url: url.to_owned(),
        date: at.to_string(),
        payload: digest::sha256(&[body]),
    };
    if let Some((row, at)) = capture.same_as {
        return Ok(Some(of(row, at, &capture.page.body, &capture.page.url)));
    }
    let Some(row) = capture.unchanged_since else { return Ok(None) };
    let Some(last) = reader.capture(row).await? else { return Ok(None) };
    let (row, at) = last.same_as.unwrap_or((last.row, last.page.fetched_at));
    Ok(Some(of(row, at, &last.page.body, &last.page.url)))
}
