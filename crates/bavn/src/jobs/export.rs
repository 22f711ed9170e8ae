//! `bavn export`: what the store holds, as JSON Lines for operators. Each export is logged with user and purpose.

use crate::cli::{Cli, ExportArgs, ExportCommand};
use crate::closures::Analysed;
use crate::config::Config;
use crate::exports::assessments::{AssessmentLine, MadeWith};
use crate::exports::{self, write_line};
use crate::key::Need;
use crate::pipeline;
use domain::{AdRef, Assessment, Contact, DampedContact, Evidence, Firing, IndicatorId, Scope, Span, Subject};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::io::{BufWriter, Write};
use store::{AnalysisHeader, Look, ReadAdRow, Store};

/// Writes one form to standard output, or a package into a folder.
pub async fn run(cli: &Cli, command: &ExportCommand) -> anyhow::Result<()> {
    match command {
        ExportCommand::Research(args) => super::research::export(cli, args).await,
        ExportCommand::Finding(args) => super::finding::run(cli, args).await,
        ExportCommand::Verify(args) => super::research::verify(cli, args).await,
        ExportCommand::Mentions(args)
        | ExportCommand::Indicators(args)
        | ExportCommand::Links(args)
        | ExportCommand::Entities(args)
        | ExportCommand::Assessments(args)
        | ExportCommand::ContactList(args) => form(cli, command, args).await,
    }
}

async fn form(cli: &Cli, what: &ExportCommand, args: &ExportArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let at = super::virtual_today(&store).await?.unwrap_or(now);
    let export = Export {
        as_of: super::as_of(&store, args.as_of.as_deref()).await?,
        purpose: &args.purpose,
        at,
        asked: args.as_of.is_some(),
        store: &store,
        config: &config,
    };
    if store.latest_analysis().await?.is_none() {
        anyhow::bail!("nothing was analysed yet: run 'bavn analyse' first");
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    match what {
        ExportCommand::Mentions(_) => export.mentions(&mut out).await?,
        ExportCommand::Indicators(_) => export.indicators(&mut out).await?,
        ExportCommand::Links(_) => export.links(&mut out).await?,
        ExportCommand::Entities(_) => export.entities(&mut out).await?,
        ExportCommand::Assessments(_) => export.assessments(&mut out).await?,
        ExportCommand::ContactList(_) => export.contact_list(&mut out).await?,
        // Packages and findings are written elsewhere.
        ExportCommand::Research(_) | ExportCommand::Finding(_) | ExportCommand::Verify(_) => {}
    }
    out.flush()?;
    drop(out);
    store.close().await;
    Ok(())
}

struct Export<'a> {
    store: &'a Store,
    config: &'a Config,
    purpose: &'a str,
    as_of: Timestamp,
    asked: bool,
    at: Timestamp,
}

/// Evidence of single ads in original offsets, by what the store keeps of it.
type Originals = BTreeMap<(AdRef, u32, IndicatorId), Vec<(Span, Evidence)>>;

impl Export<'_> {
    fn look(&self, what: &'static str) -> Look {
        super::system_look(what, self.purpose, self.at)
    }

    async fn readings(&self, what: &'static str) -> anyhow::Result<Vec<ReadAdRow>> {
        Ok(self.store.readings(&self.look(what), Some(self.as_of)).await?)
    }

    /// The kept analysis, where it is the one that was asked for.
    async fn kept(&self) -> anyhow::Result<Option<AnalysisHeader>> {
        let latest = self.store.latest_analysis().await?;
        Ok(latest.filter(|header| !self.asked || header.as_of == self.as_of))
    }

    /// The analysis as of the time, made in memory.
    async fn made(&self, what: &'static str) -> anyhow::Result<Analysed> {
        self.store.audit(&self.look(what)).await?;
        pipeline::analyse_in_memory(self.store, self.config, self.as_of).await
    }

    async fn all_assessments(&self, what: &'static str) -> anyhow::Result<(Vec<Assessment>, MadeWith)> {
        if let Some(header) = self.kept().await? {
            let AnalysisHeader { parameters, reference_version: reference, code_version: code, .. } = header;
            let assessments = self.store.analysis_assessments(&self.look(what)).await?;
            return Ok((assessments, MadeWith { parameters, reference, code }));
        }
        let made = self.made(what).await?;
        let (parameters, code) = (self.config.parameters_hash(), env!("CARGO_PKG_VERSION").to_owned());
        Ok((made.assessments, MadeWith { parameters, reference: made.reference, code }))
    }

    async fn mentions(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        for row in self.readings("export:mentions").await? {
            let line = exports::mentions::MentionsLine {
                site: row.ad.site.as_str(),
                ad_id: &row.ad.ad_id,
                version: row.version,
                mentions: (&row.reading).into(),
            };
            write_line(out, &line)?;
        }
        Ok(())
    }

    fn original_firings(&self, row: &ReadAdRow) -> Vec<Firing> {
        let hints = self.config.read_hints(row.ad.site.as_str());
        let (catalogue, reader) = (&self.config.catalogue, &self.config.reader);
        pipeline::original_firings(
            catalogue,
            reader,
            &hints,
            &row.ad,
            (row.version, row.facts.first_seen),
            &row.content,
        )
        .1
    }

    async fn indicators(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let rows = self.readings("export:indicators").await?;
        for row in &rows {
            for firing in &self.original_firings(row) {
                let line = exports::indicators::AdLine {
                    scope: "ad",
                    site: row.ad.site.as_str(),
                    ad_id: &row.ad.ad_id,
                    version: row.version,
                    fired: firing.into(),
                };
                write_line(out, &line)?;
            }
        }
        for assessment in &self.all_assessments("export:indicators").await?.0 {
            let (scope, id) = match &assessment.subject {
                Subject::Advertiser(id) => ("advertiser", id.as_str()),
                Subject::Network(id) => ("network", id.as_str()),
            };
            let all = assessment.evidence.iter().chain(&assessment.counter_evidence).chain(&assessment.context);
            let mut several: Vec<&Firing> = all.filter(|firing| firing.scope != Scope::Ad).collect();
            several.sort_by(|a, b| a.indicator.cmp(&b.indicator));
            for firing in several {
                write_line(out, &exports::indicators::GroupLine { scope, id, fired: firing.into() })?;
            }
        }
        Ok(())
    }

    async fn links(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let what = "export:links";
        let links = match self.kept().await? {
            None => self.made(what).await?.linkage.links,
            Some(_) => {
                let mut links = self.store.analysis_links(&self.look(what)).await?;
                // A damped contact's chain runs through many closures: it is made of the ads that show it, in their order.
                let damped = self.store.analysis_damped(&self.look(what)).await?;
                let places: HashMap<(&Contact, &AdRef), usize> = damped
                    .iter()
                    .flat_map(|of| of.ads.iter().zip(0..).map(|(ad, at)| ((&of.contact, ad), at)))
                    .collect();
                let place = |of: &DampedContact, ad: &AdRef| places.get(&(&of.contact, ad)).copied();
                links.extend(linkage::damped_links(&damped, place));
                links.sort_by(|x, y| (&x.a, &x.b, x.kind).cmp(&(&y.a, &y.b, y.kind)));
                links
            }
        };
        for link in &links {
            write_line(out, &exports::links::LinkLine::from(link))?;
        }
        Ok(())
    }

    async fn entities(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let what = "export:entities";
        let rows = match self.kept().await? {
            Some(_) => self.store.analysis_entities(&self.look(what)).await?,
            None => exports::entities::rows(&self.made(what).await?.linkage),
        };
        for row in &rows {
            write_line(out, &exports::entities::EntityLine::from(row))?;
        }
        Ok(())
    }

    async fn assessments(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let originals = self.originals().await?;
        let (assessments, with) = self.all_assessments("export:assessments").await?;
        for assessment in assessments {
            let assessment = with_originals(assessment, &originals);
            write_line(out, &AssessmentLine::new(&assessment, &with))?;
        }
        Ok(())
    }

    /// What the store keeps in masked offsets, with the same evidence in the original's.
    async fn originals(&self) -> anyhow::Result<Originals> {
        let mut originals = Originals::new();
        for row in self.readings("export:assessments").await? {
            for firing in self.original_firings(&row) {
                let key = (row.ad.clone(), row.version, firing.indicator.clone());
                let masked = pipeline::mask_firing(firing.clone(), &row.masked);
                let pairs =
                    masked.evidence.into_iter().zip(firing.evidence).filter_map(|(kept, original)| match kept {
                        Evidence::Span { span, .. } => Some((span, original)),
                        Evidence::Ads { .. } => None,
                    });
                originals.entry(key).or_default().extend(pairs);
            }
        }
        Ok(originals)
    }

    /// The newest kept list of each team; with `--as-of` the newest that was made of what was known by then.
    async fn contact_list(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut newest = BTreeMap::new();
        for header in self.store.lists(None, 10_000).await? {
            if self.asked && header.as_of > self.as_of {
                continue;
            }
            let kept = newest.entry(header.team.clone()).or_insert_with(|| header.clone());
            if (header.date, header.made_at) > (kept.date, kept.made_at) {
                *kept = header;
            }
        }
        for (team, header) in newest {
            let mut look = self.look("export:contact-list");
            look.subject = format!("{team} {}", header.date);
            if let Some((header, lines)) = self.store.list(&look, header.date, &team).await? {
                // Whoever objected or came into the urgent route since is on no list any more.
                let open = |line: &&store::ListLine| !(line.urgent || line.objected && line.contacts.is_empty());
                for line in lines.iter().filter(open) {
                    write_line(out, &exports::contact_list::ContactLine::new(&header, line))?;
                }
            }
        }
        Ok(())
    }
}

fn with_originals(mut assessment: Assessment, originals: &Originals) -> Assessment {
    let firings =
        (assessment.evidence.iter_mut()).chain(&mut assessment.counter_evidence).chain(&mut assessment.context);
    for firing in firings {
        for evidence in &mut firing.evidence {
            let Evidence::Span { ad: Some(ad), version, span, .. } = &*evidence else { continue };
            let known = originals.get(&(ad.clone(), *version, firing.indicator.clone()));
            let original = known.and_then(|pairs| pairs.iter().find(|(kept, _)| kept == span));
            if let Some((_, original)) = original {
                *evidence = original.clone();
            }
        }
    }
    assessment
}
