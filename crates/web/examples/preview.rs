//! Serves the pages with the made-up installation of the tests, to look at them:
//! `cargo run -p web --example preview`, then sign in as `forsker`, `udpeget`, `vest` or `admin`.

#[path = "../tests/web/support/mod.rs"]
mod support;

#[tokio::main]
async fn main() {
    let world = support::world().await;
    support::make_list(&world).await;
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8099".to_owned());
    let listener = tokio::net::TcpListener::bind(&address).await.expect("the address is free");
    println!("http://{address}/ with the password '{}'", support::PASSWORD);
    web::serve(listener, None, world.state.clone(), std::future::pending()).await.expect("the server runs");
}
