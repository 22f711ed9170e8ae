//! The configuration folder, read once and checked: `bavn.toml`, one file a programme, the sites, the catalogue.
//!
//! Files are the single truth. Whatever is wrong in them stops the start with file, line and key.

mod builtin;
mod instruments;
mod overlay;
mod place;
mod programme;
mod release;
mod settings;
mod shadow;
mod toml_file;

pub use builtin::{Builtin, write_builtin};
pub use instruments::{Instruments, OWN_TOOL};
pub use overlay::{Overlay, differences};
pub use place::ProgrammePlace;
pub use programme::{
    Duty, Method, Offer, Programme, ProgrammePages, Reason, RegisterAgreement, StoreSettings, TeamSettings, Unit,
    UrgentPerson, UrgentSettings, VisitSettings,
};
pub use release::{FormTeller, Forms, Recipients};
pub use settings::{
    AlarmSettings, AnalyseSettings, AuditSettings, BackupSettings, Controller, ControllerKind, CrawlSettings,
    MonitorSettings, OidcSettings, PublicSettings, RegisterSettings, RetentionSettings, ServeSettings, Settings,
    SignInSettings, SmtpSecurity, SmtpSettings,
};
pub use shadow::Shadow;
pub use toml_file::{ConfigError, parse_toml};

use crate::cli::Cli;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything in the configuration folder.
pub struct Config {
    /// The folder, or `None` for the configuration built into the program.
    pub folder: Option<PathBuf>,
    /// `bavn.toml`.
    pub settings: Settings,
    /// `programmes/*.toml`, by id.
    pub programmes: BTreeMap<String, Programme>,
    /// The catalogue of indicators.
    pub catalogue: Arc<classifier::Catalogue>,
    /// The reader of texts, from `lexicon/` and `places/`.
    pub reader: Arc<extract::Reader>,
    /// Centres of municipalities.
    pub geography: classifier::Geography,
    /// `linkage.toml`.
    pub linkage: linkage::LinkParameters,
    /// `watch.toml`.
    pub watch: classifier::WatchRules,
    /// `forms.toml`.
    pub forms: Forms,
    /// `recipients.toml`.
    pub recipients: Recipients,
    /// Other programmes that share the contact register with this one: a case can be sent to them.
    pub partners: Vec<(String, domain::Bilingual)>,
    /// Other programmes with the address of their pages, where it is known.
    pub neighbours: Vec<(domain::Bilingual, String)>,
    /// `sites/<site>/site.toml`, by site.
    pub sites: BTreeMap<String, extract::adapter::Adapter>,
    /// `sha256:…` of what reading depends on: lexicon, places, catalogue, program. Versions that another one read are
    /// read again by the next analysis.
    pub reader_version: String,
    /// `public/*.toml`: words of the public page, Danish and English first.
    pub public_texts: Vec<web::PublicText>,
    /// `instruments/`: screening instruments.
    pub instruments: Instruments,
    /// `shadow/<group>/<id>.toml`, by id: indicators that run beside the catalogue without any effect.
    pub shadows: Vec<Shadow>,
    linkage_text: String,
    over: Overlay,
    crawl_version: String,
}

/// What a crawl needs of the configuration: neither catalogue nor lexicon, whose patterns take a while to compile.
#[derive(Debug, Clone)]
pub struct CrawlConfig {
    /// `bavn.toml`.
    pub settings: Settings,
    /// `programmes/*.toml`, by id.
    pub programmes: BTreeMap<String, Programme>,
    /// `sites/<site>/site.toml`, by site.
    pub sites: BTreeMap<String, extract::adapter::Adapter>,
    /// `sha256:…` of these files: another one where one of them changed.
    pub version: String,
}

impl CrawlConfig {
    /// The part that a command's crawl needs, of its programme.
    pub fn of(cli: &Cli) -> anyhow::Result<CrawlConfig> {
        let mut config = Self::load(&cli.config)?;
        let CrawlConfig { settings, programmes, sites, .. } = &mut config;
        choose(settings, programmes, sites, cli.programme.as_deref(), cli.place.as_ref())?;
        Ok(config)
    }

    /// Reads that part of the folder.
    pub fn load(folder: &Path) -> anyhow::Result<CrawlConfig> {
        Source::open(folder, false)?.crawl_config()
    }
}

impl Config {
    /// The configuration of a command: its programme alone, with the sites that it watches.
    pub fn of(cli: &Cli, fallback: bool) -> anyhow::Result<Config> {
        Self::load(&cli.config, fallback)?.only_at(cli.programme.as_deref(), cli.place.as_ref())
    }

    /// With the named programme alone, or with the only one.
    pub fn only(self, programme: Option<&str>) -> anyhow::Result<Config> {
        self.only_at(programme, None)
    }

    /// As [`Config::only`], for a command that works for all programmes.
    pub fn only_at(mut self, programme: Option<&str>, place: Option<&ProgrammePlace>) -> anyhow::Result<Config> {
        self.neighbours = neighbours(&self.settings, &self.programmes, programme, place);
        let sharing = self.programmes.values().filter(|programme| programme.register.common);
        let sharing: Vec<_> = sharing.map(|programme| (programme.id.clone(), programme.title.clone())).collect();
        choose(&mut self.settings, &mut self.programmes, &mut self.sites, programme, place)?;
        let own = self.programmes.values().next().filter(|programme| programme.register.common);
        self.partners = match own {
            Some(own) => sharing.into_iter().filter(|(id, _)| *id != own.id).collect(),
            None => Vec::new(),
        };
        Ok(self)
    }

    /// Reads the folder. Only what `needs` names is required to be there: a stateless command goes on with the
    /// configuration built into the program where the folder does not exist.
    pub fn load(folder: &Path, fallback: bool) -> anyhow::Result<Config> {
        let source = Source::open(folder, fallback)?;
        let CrawlConfig { settings, programmes, sites, version } = source.crawl_config()?;
        let (catalogue, reader) = source.reading()?;
        let instruments = source.instruments()?;
        for programme in programmes.values() {
            if let Some(id) = programme.instruments.iter().find(|id| !instruments.has(id)) {
                let known: Vec<&str> = instruments.all().map(|form| form.instrument.id.as_str()).collect();
                anyhow::bail!(
                    "programme '{}' names the instrument '{id}', which is not there: there is {}",
                    programme.id,
                    known.join(", ")
                );
            }
        }
        Ok(Config {
            shadows: source.shadows(&catalogue)?,
            over: Overlay::default(),
            reader_version: source.reader_version(&catalogue)?,
            catalogue: Arc::new(catalogue),
            reader: Arc::new(reader),
            geography: source.geography()?,
            linkage: source.toml("linkage.toml")?,
            watch: source.watch()?,
            public_texts: source.public_texts()?,
            instruments,
            forms: source.later_toml("forms.toml")?.0,
            recipients: source.recipients()?,
            linkage_text: source.text("linkage.toml")?,
            crawl_version: version,
            folder: source.folder.clone(),
            settings,
            programmes,
            partners: Vec::new(),
            neighbours: Vec::new(),
            sites,
        })
    }

    /// This configuration with other files in place of some: what it would be. Sites, programmes and settings stay, and
    /// so does what runs in the shadow.
    pub fn over(&self, overlay: &Overlay) -> anyhow::Result<Config> {
        let over = self.over.with(overlay);
        let source = Source { folder: self.folder.clone(), over: over.clone() };
        let catalogue = source.catalogue()?;
        let reads_alike = !overlay.files().any(|(path, _)| overlay::changes_reader(path));
        Ok(Config {
            reader_version: source.reader_version(&catalogue)?,
            catalogue: Arc::new(catalogue),
            reader: if reads_alike { self.reader.clone() } else { Arc::new(source.reader()?) },
            geography: source.geography()?,
            linkage: source.toml("linkage.toml")?,
            watch: self.watch,
            public_texts: self.public_texts.clone(),
            instruments: self.instruments.clone(),
            forms: source.later_toml("forms.toml")?.0,
            recipients: source.recipients()?,
            linkage_text: source.text("linkage.toml")?,
            folder: self.folder.clone(),
            settings: self.settings.clone(),
            programmes: self.programmes.clone(),
            partners: self.partners.clone(),
            neighbours: self.neighbours.clone(),
            sites: self.sites.clone(),
            shadows: Vec::new(),
            over,
            crawl_version: self.crawl_version.clone(),
        })
    }

    /// The part that a crawl needs.
    pub fn for_crawl(&self) -> CrawlConfig {
        CrawlConfig {
            settings: self.settings.clone(),
            programmes: self.programmes.clone(),
            sites: self.sites.clone(),
            version: self.crawl_version.clone(),
        }
    }

    /// `sha256:…` of the parameters of linking.
    pub fn parameters_hash(&self) -> String {
        sha256(&[self.linkage_text.as_bytes()])
    }

    /// `linkage.toml` as it stands.
    pub fn parameters_text(&self) -> &str {
        &self.linkage_text
    }

    /// What the reader must know of a site: whether the site itself hides numbers.
    pub fn read_hints(&self, site: &str) -> extract::ReadHints {
        let obscures = self.sites.get(site).is_some_and(|adapter| adapter.settings().obscures_phone);
        extract::ReadHints { site_obscures_phones: obscures, language: None }
    }

    fn source(&self) -> Source {
        Source { folder: self.folder.clone(), over: self.over.clone() }
    }

    /// The text of a file as it stands; `None` where there is none.
    pub fn file_text(&self, path: &str) -> Option<String> {
        self.source().text(path).ok()
    }

    /// The files of the indicators, by path.
    pub fn indicator_files(&self) -> anyhow::Result<Vec<(String, String)>> {
        let mut files = self.source().texts("indicators/", ".toml")?;
        files.retain(|(path, _)| path.matches('/').count() == 2);
        Ok(files)
    }

    /// Where recipients of packages are written down, for messages.
    pub fn recipients_file(&self) -> String {
        self.source().show("recipients.toml")
    }

    /// Configuration and catalogue for a package, by path: rules, weights and words, without the examples (they are texts).
    pub fn package_files(&self) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        let source = self.source();
        let mut files = BTreeMap::new();
        for file in ["linkage.toml", "watch.toml", "forms.toml"] {
            let text = source.text(file).or_else(|error| Builtin::text(file).ok_or(error))?;
            files.insert(format!("configuration/{file}"), text.into_bytes());
        }
        for (path, text) in source.texts("indicators/", ".toml")? {
            let mut table: toml::Table = parse_toml(&source.show(&path), &text)?;
            table.remove("examples");
            table.remove("counter_examples");
            let short = path.trim_start_matches("indicators/");
            files.insert(format!("catalogue/{short}"), toml::to_string_pretty(&table)?.into_bytes());
        }
        Ok(files)
    }

    /// The catalogue and the reader alone, for `bavn read` and `bavn indicators`.
    pub fn load_reading(folder: &Path) -> anyhow::Result<(classifier::Catalogue, extract::Reader)> {
        Source::open(folder, true)?.reading()
    }

    /// The indicators in the shadow beside that catalogue.
    pub fn load_shadows(folder: &Path, catalogue: &classifier::Catalogue) -> anyhow::Result<Vec<Shadow>> {
        Source::open(folder, true)?.shadows(catalogue)
    }

    /// The programme that a command works for: the one named, or the only one.
    pub fn programme(&self, name: Option<&str>) -> anyhow::Result<&Programme> {
        let known = || self.programmes.keys().cloned().collect::<Vec<_>>().join(", ");
        match name {
            Some(name) => {
                self.programmes.get(name).ok_or_else(|| anyhow::anyhow!("no programme '{name}': there is {}", known()))
            }
            None => self.programmes.values().next().ok_or_else(|| anyhow::anyhow!("no programme is configured")),
        }
    }

    /// The configured team and its programme.
    pub fn team(&self, id: &str) -> anyhow::Result<(&Programme, &TeamSettings)> {
        let teams = || self.programmes.values().flat_map(|p| p.teams.iter().map(move |t| (p, t)));
        teams().find(|(_, team)| team.id == id).ok_or_else(|| {
            let known: Vec<&str> = teams().map(|(_, team)| team.id.as_str()).collect();
            anyhow::anyhow!("no team '{id}' in config/programmes: there is {}", known.join(", "))
        })
    }
}

/// Settings and programmes alone, for whoever must know what is agreed among programmes.
pub fn programmes(folder: &Path) -> anyhow::Result<(Settings, BTreeMap<String, Programme>)> {
    let (settings, programmes, _) = Source::open(folder, false)?.programmes()?;
    Ok((settings, programmes))
}

/// Leaves the programme that is named and the sites that it watches. Where several are configured, one must be named: a
/// store belongs to one programme.
fn choose(
    settings: &mut Settings,
    programmes: &mut BTreeMap<String, Programme>,
    sites: &mut BTreeMap<String, extract::adapter::Adapter>,
    named: Option<&str>,
    place: Option<&ProgrammePlace>,
) -> anyhow::Result<()> {
    let several = programmes.len() > 1;
    let named = named.filter(|name| !name.is_empty());
    let known = programmes.keys().cloned().collect::<Vec<_>>().join(", ");
    match named {
        Some(name) => {
            programmes.retain(|id, _| id == name);
            let Some(programme) = programmes.get(name) else {
                anyhow::bail!("no programme '{name}': there is {known}");
            };
            sites.retain(|id, _| programme.watches(id));
        }
        None if programmes.len() > 1 => anyhow::bail!(
            "several programmes are configured ({known}): say with --programme which one this is for, and with --data or --database where its store is"
        ),
        None => {}
    }
    if let Some(programme) = programmes.values().next() {
        settings.take_on(programme, several, place);
    }
    Ok(())
}

/// Where the other programmes' pages are: what their files say, or where this process serves them on this machine.
fn neighbours(
    settings: &Settings,
    programmes: &BTreeMap<String, Programme>,
    own: Option<&str>,
    place: Option<&ProgrammePlace>,
) -> Vec<(domain::Bilingual, String)> {
    let address = |(number, programme): (usize, &Programme)| {
        let known = || {
            let place = ProgrammePlace { number: u16::try_from(number).ok()?, ..*place? };
            let mut own = settings.clone();
            own.take_on(programme, true, Some(&place));
            let listen = own.serve.listen;
            let scheme = if own.serve.certificate.is_empty() { "http" } else { "https" };
            (listen.ip().is_loopback() && listen.port() != 0).then(|| format!("{scheme}://{listen}/"))
        };
        let url = Some(programme.serve.pages_url.clone()).filter(|url| !url.is_empty()).or_else(known)?;
        Some((programme.title.clone(), url))
    };
    let others = programmes.values().enumerate().filter(|(_, programme)| Some(programme.id.as_str()) != own);
    others.filter_map(address).collect()
}

/// Where files come from: a folder, or the program itself; with others in place of some.
struct Source {
    folder: Option<PathBuf>,
    over: Overlay,
}

impl Source {
    fn built_in() -> Source {
        Source { folder: None, over: Overlay::default() }
    }

    fn open(folder: &Path, fallback: bool) -> anyhow::Result<Source> {
        if folder.join("bavn.toml").is_file() {
            return Ok(Source { folder: Some(folder.to_owned()), over: Overlay::default() });
        }
        if fallback && !folder.exists() {
            return Ok(Source::built_in());
        }
        anyhow::bail!(
            "there is no configuration in '{}' (bavn.toml is missing): write one with 'bavn init --config {}'",
            folder.display(),
            folder.display()
        )
    }

    fn show(&self, path: &str) -> String {
        match &self.folder {
            Some(folder) => folder.join(path).display().to_string(),
            None => format!("(built in) {path}"),
        }
    }

    fn text(&self, path: &str) -> anyhow::Result<String> {
        if let Some(text) = self.over.text(path) {
            return Ok(text.to_owned());
        }
        match &self.folder {
            Some(folder) => {
                let file = folder.join(path);
                std::fs::read_to_string(&file).map_err(|error| {
                    anyhow::anyhow!("cannot read {}: {error}; 'bavn init' writes one to start from", file.display())
                })
            }
            None => Builtin::text(path).ok_or_else(|| anyhow::anyhow!("{path} is not built into this program")),
        }
    }

    fn toml<T: serde::de::DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        Ok(parse_toml(&self.show(path), &self.text(path)?)?)
    }

    /// The texts under `prefix` whose path ends with `suffix`, in path order.
    fn texts(&self, prefix: &str, suffix: &str) -> anyhow::Result<Vec<(String, String)>> {
        let mut paths = match &self.folder {
            Some(folder) => {
                let mut found = Vec::new();
                walk(folder, &folder.join(prefix), &mut found)?;
                found
            }
            None => Builtin::paths(),
        };
        paths.extend(self.over.files().map(|(path, _)| path.to_owned()));
        paths.retain(|path| path.starts_with(prefix) && path.ends_with(suffix));
        paths.sort();
        paths.dedup();
        paths.into_iter().map(|path| self.text(&path).map(|text| (path, text))).collect()
    }

    /// Settings and programmes, and the texts that they were read from.
    fn programmes(&self) -> anyhow::Result<(Settings, BTreeMap<String, Programme>, Vec<String>)> {
        let settings: Settings = self.toml("bavn.toml")?;
        let mut parts = vec![self.text("bavn.toml")?];
        settings.check("bavn.toml")?;
        let mut programmes = BTreeMap::new();
        for (path, text) in self.texts("programmes/", ".toml")? {
            let file = self.show(&path);
            let programme: Programme = parse_toml(&file, &text)?;
            programme.check(&file)?;
            parts.extend([path, text]);
            if let Some(other) = programmes.insert(programme.id.clone(), programme) {
                anyhow::bail!("{file}: there is a programme '{}' already: as a file and as a folder?", other.id);
            }
        }
        programme::share(&mut programmes).map_err(|error| anyhow::anyhow!("{}: {error}", self.show("programmes/")))?;
        if programmes.is_empty() {
            anyhow::bail!("{} holds no programme: add one as programmes/<id>.toml", self.show("programmes/"));
        }
        Ok((settings, programmes, parts))
    }

    fn crawl_config(&self) -> anyhow::Result<CrawlConfig> {
        let (settings, programmes, mut parts) = self.programmes()?;
        let mut sites = BTreeMap::new();
        for (path, text) in self.texts("sites/", "/site.toml")? {
            let id = path.trim_start_matches("sites/").trim_end_matches("/site.toml").to_owned();
            let adapter = extract::adapter::Adapter::parse(&id, &self.show(&path), &text)?;
            sites.insert(id, adapter);
            parts.extend([path, text]);
        }
        let version = sha256(&parts.iter().map(String::as_bytes).collect::<Vec<_>>());
        Ok(CrawlConfig { settings, programmes, sites, version })
    }

    fn catalogue(&self) -> anyhow::Result<classifier::Catalogue> {
        let mut indicators = self.texts("indicators/", ".toml")?;
        let take = |name: &str| -> anyhow::Result<(String, String)> {
            Ok((self.show(&format!("indicators/{name}")), self.text(&format!("indicators/{name}"))?))
        };
        indicators.retain(|(path, _)| path.matches('/').count() == 2);
        let files = classifier::CatalogueFiles {
            indicators: indicators.into_iter().map(|(path, text)| (self.show(&path), text)).collect(),
            sources: take("sources.toml")?,
            rules: take("rules.toml")?,
        };
        classifier::Catalogue::load(&files).map_err(|errors| {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("{}", lines.join("\n"))
        })
    }

    fn watch(&self) -> anyhow::Result<classifier::WatchRules> {
        let (file, text) = (self.show("watch.toml"), self.text("watch.toml")?);
        let rules: classifier::WatchRules = parse_toml(&file, &text)?;
        rules.check().map_err(|(key, fault)| ConfigError::at_key(&file, &text, key, fault.to_owned()))?;
        Ok(rules)
    }

    /// Where the folder has none (a configuration of before there were any), those built into the program are used.
    fn public_texts(&self) -> anyhow::Result<Vec<web::PublicText>> {
        let mut found = self.texts("public/", ".toml")?;
        if found.is_empty() {
            found = Source::built_in().texts("public/", ".toml")?;
        }
        let mut texts = Vec::new();
        for (path, text) in found {
            let file = self.show(&path);
            let words: web::PublicText = parse_toml(&file, &text)?;
            words.check().map_err(|fault| ConfigError::at_key(&file, &text, "sections", fault))?;
            texts.push(words);
        }
        for needed in ["da", "en"] {
            if !texts.iter().any(|text| text.language == needed) {
                anyhow::bail!(
                    "{} has no words in '{needed}': the public page needs Danish and English",
                    self.show("public/")
                );
            }
        }
        texts.sort_by_key(|text| (text.language != "da", text.language != "en", text.language.clone()));
        Ok(texts)
    }

    /// A file that older configurations do not have yet: the one built in stands in.
    fn later_toml<T: serde::de::DeserializeOwned>(&self, path: &str) -> anyhow::Result<(T, String)> {
        let missing = self.folder.as_ref().is_some_and(|folder| !folder.join(path).exists());
        let text = if missing { Source::built_in().text(path)? } else { self.text(path)? };
        Ok((parse_toml(&self.show(path), &text)?, text))
    }

    /// A folder without the file names no recipient: nobody is to receive anything by default there.
    fn recipients(&self) -> anyhow::Result<Recipients> {
        if self.folder.as_ref().is_some_and(|folder| !folder.join("recipients.toml").exists()) {
            return Ok(parse_toml("recipients.toml", "")?);
        }
        let (recipients, text): (Recipients, String) = self.later_toml("recipients.toml")?;
        recipients.check(&self.show("recipients.toml"), &text)?;
        Ok(recipients)
    }

    /// Catalogue and reader, side by side: they are most of what any start takes.
    fn reading(&self) -> anyhow::Result<(classifier::Catalogue, extract::Reader)> {
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| self.reader());
            let catalogue = self.catalogue()?;
            let reader = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok((catalogue, reader))
        })
    }

    fn reader(&self) -> anyhow::Result<extract::Reader> {
        let lexicon: Vec<(String, String)> = self
            .texts("lexicon/", ".toml")?
            .into_iter()
            .map(|(path, text)| (path.trim_start_matches("lexicon/").to_owned(), text))
            .collect();
        let places = self.text("places/dk_places.csv")?;
        Ok(extract::Reader::new(&extract::ReaderSources { places_csv: &places, lexicon: &lexicon })?)
    }

    fn reader_version(&self, catalogue: &classifier::Catalogue) -> anyhow::Result<String> {
        let mut parts = vec![env!("CARGO_PKG_VERSION").to_owned(), catalogue.reading_hash().to_owned()];
        // Words of the index are made of the masked texts: made otherwise, they are made again.
        parts.push(store::search::words::VERSION.to_owned());
        // What is noted of a reading beside its text: read before, an ad is read again.
        parts.push("mentions: contacts, places, languages, personas, addresses".to_owned());
        for (path, text) in self.texts("lexicon/", ".toml")? {
            parts.extend([path, text]);
        }
        parts.push(self.text("places/dk_places.csv")?);
        Ok(sha256(&parts.iter().map(String::as_bytes).collect::<Vec<_>>()))
    }

    fn geography(&self) -> anyhow::Result<classifier::Geography> {
        Ok(classifier::Geography::parse(&self.text("places/municipalities.csv")?)?)
    }
}

fn sha256(parts: &[&[u8]]) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, found)?;
        } else if let Some(relative) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            found.push(relative.replace('\\', "/"));
        }
    }
    Ok(())
}
