//! The stylesheet, the scripts, the icon and the map's outlines, inside the program. Their names hold a hash of their bytes, so browsers may keep them
//! for ever and never show an old one.

use crate::errors::WebError;
use crate::picture::map;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::sync::LazyLock;

struct Asset {
    name: String,
    kind: &'static str,
    bytes: Cow<'static, [u8]>,
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", &include_bytes!("../assets/style.css")[..]));
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", &include_bytes!("../assets/icon.svg")[..]));
static KEYS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("keys", "js", "text/javascript; charset=utf-8", &include_bytes!("../assets/keys.js")[..])
});
static KEEP: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("keep", "js", "text/javascript; charset=utf-8", &include_bytes!("../assets/keep.js")[..])
});
static DENMARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("denmark", "svg", "image/svg+xml", map::ground().into_bytes()));

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        let bytes = bytes.into();
        let hash: String = Sha256::digest(&bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { name: format!("{stem}.{hash}.{ending}"), kind, bytes }
    }
}

/// Address of the stylesheet.
pub fn style() -> String {
    format!("/assets/{}", STYLE.name)
}

/// Address of the icon.
pub fn icon() -> String {
    format!("/assets/{}", ICON.name)
}

/// Address of the shortcuts' script.
pub fn keys() -> String {
    format!("/assets/{}", KEYS.name)
}

/// Address of the script that keeps what was typed.
pub fn keep() -> String {
    format!("/assets/{}", KEEP.name)
}

/// Address of the country's outlines.
pub fn denmark() -> String {
    format!("/assets/{}", DENMARK.name)
}

/// Serves an asset by its hashed name.
pub async fn asset(Path(name): Path<String>) -> Result<impl IntoResponse, WebError> {
    let asset = [&*STYLE, &*ICON, &*KEYS, &*KEEP, &*DENMARK]
        .into_iter()
        .find(|asset| asset.name == name)
        .ok_or(WebError::NotFound)?;
    Ok(([(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")], asset.bytes.as_ref()))
}
