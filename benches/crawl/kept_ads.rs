//! The ads that a crawl has kept, as JSON lines: for the comparison of fields in the crawl bench.
//!   kept_ads STORE KEY-FILE

use anyhow::Context;
use store::{MasterKey, Store};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, key] = arguments.as_slice() else { anyhow::bail!("kept_ads STORE KEY-FILE") };
    let key = MasterKey::parse(&std::fs::read_to_string(key)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(&format!("sqlite:{file}"), key, jiff::Timestamp::now()).await?;
        // Nothing has read them yet.
        for version in store.unread_versions("none", u32::MAX).await.context("reading the ads")? {
            let (content, mut line) = (version.content, serde_json::Map::new());
            line.extend(content.fields.into_iter().map(|(name, value)| (name, value.into())));
            let images: Vec<String> = content.images.into_iter().map(|image| image.source).collect();
            line.extend([
                ("ad_id".to_owned(), version.ad.ad_id.into()),
                ("title".to_owned(), content.title.into()),
                ("body".to_owned(), content.body.into()),
                ("posted_at".to_owned(), content.posted_at.map(|at| at.to_string()).into()),
                ("images".to_owned(), images.into()),
            ]);
            println!("{}", serde_json::Value::Object(line));
        }
        Ok(())
    })
}
