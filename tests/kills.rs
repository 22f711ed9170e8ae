//! SIGKILL at any moment during crawl and analysis: after a restart no ad is lost and none doubled, compared with an
//! undisturbed run. `BAVN_KILLS` sets how often (10 if unset); `./measure kills` uses more.

use crate::support::{bavn, done};
use demo::{DemoSites, Population, PopulationSettings, site_folders};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn kills() -> u32 {
    std::env::var("BAVN_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(10)
}

/// Moments spread over a run that takes `whole`: from its first instant to just before its end, in an order that jumps
/// about, different each time the tests are run.
fn moment(number: u32, whole: Duration) -> Duration {
    let jitter = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
    let share = (f64::from(number) * 0.618_034 + f64::from(jitter) * 1e-9) % 1.0;
    whole.mul_f64(share * 0.95)
}

/// Starts the command and kills it after a while; false where it had ended by then.
fn kill_after(arguments: &[&str], wait: Duration) -> bool {
    let mut child =
        bavn(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    std::thread::sleep(wait);
    if child.try_wait().expect("a child").is_some() {
        return false;
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("a child");
    true
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// The demo's sites at one moment, over real HTTP for as long as the test runs, and a configuration that crawls them.
struct World {
    _runtime: tokio::runtime::Runtime,
    _sites: DemoSites,
    folder: tempfile::TempDir,
    config: PathBuf,
}

fn world() -> World {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let population =
        Arc::new(Population::generate(&PopulationSettings { days: 10, advertisers: 700, ..Default::default() }));
    let noon = population.settings.start + jiff::SignedDuration::from_hours(24 * 6 + 12);
    let sites = runtime.block_on(DemoSites::start(population, Arc::new(move || noon))).expect("sites");
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    done(&mut bavn(&["init", "--config", text(&config)]));
    for site in site_folders().into_iter().filter(|site| site.id == "demo-cards") {
        // The other two ask for a Crawl-delay, which is kept: on the wall's clock that would take minutes.
        let site = site.with_base(&sites.base_url(site.id));
        for (path, bytes) in &site.files {
            let target = config.join("sites").join(site.id).join(path);
            std::fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
            let bytes = if *path == "site.toml" { without_delay(bytes) } else { bytes.clone() };
            std::fs::write(target, bytes).expect("written");
        }
    }
    World { _runtime: runtime, _sites: sites, folder, config }
}

fn without_delay(toml: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(toml).expect("UTF-8");
    let lines: Vec<String> = text
        .lines()
        .map(|line| if line.trim_start().starts_with("delay_s") { "delay_s = 0.0".to_owned() } else { line.to_owned() })
        .collect();
    lines.join("\n").into_bytes()
}

#[test]
fn a_crawl_that_is_killed_goes_on_where_it_was() {
    let world = world();
    let (calm, disturbed) = (world.folder.path().join("calm"), world.folder.path().join("disturbed"));
    let crawl = |data: &Path| {
        ["--config", text(&world.config), "--data", text(data), "crawl", "--once"].map(str::to_owned).to_vec()
    };
    let began = Instant::now();
    let calm_crawl = crawl(&calm);
    done(&mut bavn(&calm_crawl.iter().map(String::as_str).collect::<Vec<_>>()));
    let whole = began.elapsed();
    let mut killed = 0;
    let disturbed_crawl = crawl(&disturbed);
    let arguments: Vec<&str> = disturbed_crawl.iter().map(String::as_str).collect();
    for number in 0..kills() {
        // Each go gets a share of the whole, so that the run is cut many times before its end.
        killed += u32::from(kill_after(&arguments, moment(number, whole / 3)));
    }
    assert!(killed * 2 >= kills(), "only {killed} of {} kills met a running crawl", kills());
    done(&mut bavn(&arguments));
    assert!(mentions(&world, &calm) == mentions(&world, &disturbed), "the disturbed crawl holds other ads");
    assert!(mentions(&world, &calm).lines().count() > 50, "too few ads to say anything");
}

/// All that was read in all versions of all ads: the same lines mean the same ads, none lost, none doubled.
fn mentions(world: &World, data: &Path) -> String {
    let base = ["--config", text(&world.config), "--data", text(data)];
    done(&mut bavn(&[&base[..], &["analyse"]].concat()));
    done(&mut bavn(&[&base[..], &["export", "mentions"]].concat())).out
}

#[test]
fn an_analysis_that_is_killed_leaves_the_one_before_or_the_whole_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let population = Population::generate(&PopulationSettings { days: 10, advertisers: 150, ..Default::default() });
    let ads = folder.path().join("ads.jsonl");
    std::fs::write(&ads, population.ads_jsonl()).expect("written");
    let data = |name: &str| folder.path().join(name);
    let (calm, disturbed) = (data("calm"), data("disturbed"));
    for store in [&calm, &disturbed] {
        done(&mut bavn(&["--data", text(store), "import", "ads", text(&ads)]));
    }
    let began = Instant::now();
    done(&mut bavn(&["--data", text(&calm), "analyse"]));
    let whole = began.elapsed();
    let mut killed = 0;
    for number in 0..kills() {
        killed += u32::from(kill_after(&["--data", text(&disturbed), "analyse", "--all"], moment(number, whole)));
    }
    assert!(killed * 2 >= kills(), "only {killed} of {} kills met a running analysis", kills());
    done(&mut bavn(&["--data", text(&disturbed), "analyse", "--all"]));
    for form in ["mentions", "indicators", "links", "entities", "assessments"] {
        let of = |store: &Path| done(&mut bavn(&["--data", text(store), "export", form])).out;
        assert!(of(&calm) == of(&disturbed), "{form} differs after kills");
    }
}

#[test]
fn a_batch_that_is_killed_leaves_the_analysis_before_or_the_whole_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let population = Population::generate(&PopulationSettings { days: 10, advertisers: 150, ..Default::default() });
    let all = population.ads_jsonl();
    let lines: Vec<&str> = all.lines().collect();
    let (first, later) = lines.split_at(lines.len() * 4 / 5);
    let file = |name: &str, lines: &[&str]| {
        let path = folder.path().join(name);
        std::fs::write(&path, lines.join("\n")).expect("written");
        path
    };
    let (first, later) = (file("first.jsonl", first), file("later.jsonl", later));
    let data = |name: &str| folder.path().join(name);
    let (calm, disturbed) = (data("calm"), data("disturbed"));
    for store in [&calm, &disturbed] {
        done(&mut bavn(&["--data", text(store), "import", "ads", text(&first)]));
        done(&mut bavn(&["--data", text(store), "analyse"]));
        done(&mut bavn(&["--data", text(store), "import", "ads", text(&later)]));
    }
    let began = Instant::now();
    let said = done(&mut bavn(&["--data", text(&calm), "analyse"])).err;
    assert!(said.contains("had changed"), "a batch was expected: {said}");
    let whole = began.elapsed();
    let mut killed = 0;
    for number in 0..kills() {
        killed += u32::from(kill_after(&["--data", text(&disturbed), "analyse"], moment(number, whole)));
    }
    assert!(killed > 0, "no kill met a running batch");
    done(&mut bavn(&["--data", text(&disturbed), "analyse"]));
    for form in ["mentions", "indicators", "links", "entities", "assessments"] {
        let of = |store: &Path| done(&mut bavn(&["--data", text(store), "export", form])).out;
        assert!(of(&calm) == of(&disturbed), "{form} differs after kills");
    }
}
