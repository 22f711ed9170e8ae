//! The adapters of the three sites, carried in the program so that `bavn demo` needs no files.

/// The folder of one site, as it would lie in `config/sites/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSiteFolder {
    /// Its name, which is the site's id.
    pub id: &'static str,
    /// Its files by their path in the folder, such as `samples/detail.html`.
    pub files: Vec<(&'static str, Vec<u8>)>,
}

impl DemoSiteFolder {
    /// The address that stands in the files until the site runs: `http://demo-table.invalid`.
    pub fn placeholder(&self) -> String {
        format!("http://{}.invalid", self.id)
    }

    /// The same folder for a site at `url` (as [`crate::DemoSites::base_url`] gives it).
    pub fn with_base(&self, url: &str) -> DemoSiteFolder {
        let placeholder = self.placeholder();
        let files =
            self.files.iter().map(|(path, bytes)| (*path, replace(bytes, placeholder.as_bytes(), url.as_bytes())));
        DemoSiteFolder { id: self.id, files: files.collect() }
    }
}

/// On bytes, since a sample may be in ISO-8859-1.
fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

macro_rules! folder {
    ($id:literal) => {
        folder!(
            $id,
            "detail",
            "detail-sparse",
            "listing",
            "no-ads",
            "expired",
            "account-closed",
            "layout-changed",
        )
    };
    ($id:literal, $($sample:literal),+ $(,)?) => {
        DemoSiteFolder {
            id: $id,
            files: vec![
                ("site.toml", include_bytes!(concat!("../config/sites/", $id, "/site.toml")).to_vec()),
                $((
                    concat!("samples/", $sample, ".html"),
                    include_bytes!(concat!("../config/sites/", $id, "/samples/", $sample, ".html")).to_vec(),
                ),
                (
                    concat!("expected/", $sample, ".json"),
                    include_bytes!(concat!("../config/sites/", $id, "/expected/", $sample, ".json")).to_vec(),
                )),+
            ],
        }
    };
}

/// The adapters with their samples, in the order of [`crate::SITES`].
pub fn site_folders() -> Vec<DemoSiteFolder> {
    vec![folder!("demo-cards"), folder!("demo-table"), folder!("demo-veiled")]
}
