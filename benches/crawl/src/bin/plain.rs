//! The plain loop: reqwest and scraper, 16 connections on all cores, no robots.txt, nothing stored.
//! Prints the ads when it is told to (`--show`), for the comparison of fields.
//!   plain START [--show]

use crawl_bench::read;
use futures::{StreamExt, stream};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (start, show) = (arguments[1].clone(), arguments.get(2).is_some());
    let client = reqwest::Client::builder().build().expect("a client");
    let get = async |client: &reqwest::Client, url: &str| {
        client.get(url).send().await.expect("an answer").text().await.expect("a body")
    };
    let (mut next, mut links) = (Some(start), Vec::new());
    while let Some(url) = next {
        let (found, following) = read::listing(&get(&client, &url).await, &url);
        links.extend(found);
        next = following;
    }
    let tasks = links.into_iter().map(|url| {
        let client = client.clone();
        // A task each, so that reading uses all cores.
        tokio::spawn(async move {
            let page = client.get(&url).send().await.expect("an answer").text().await.expect("a body");
            read::ad(&page, &url)
        })
    });
    let mut ads = stream::iter(tasks).buffer_unordered(16);
    let mut count = 0;
    while let Some(read) = ads.next().await {
        let ad = read.expect("a task").expect("an ad");
        count += 1;
        if show {
            println!("{ad}");
        }
    }
    eprintln!("ads: {count}");
}
