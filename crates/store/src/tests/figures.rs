//! Figures of each analysis, and the draw of spam cases.

use super::fixture::{World, analyse, figures, look, put, register};
use super::on_both;
use crate::{QueueFilter, RunFiguresRow, Store};
use domain::Queue;

const DAY: i64 = 24 * 60;

async fn kept(store: &Store) -> Vec<RunFiguresRow> {
    store.run_figures(100).await.unwrap()
}

on_both! {
    each_analysis_keeps_its_figures_and_after_a_week_one_a_day_stays(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0), ("2", "0002", 10)]).await;
        let world = World { advertisers: vec![(vec!["1"], vec!["a", "b"]), (vec!["2"], vec![])], networks: vec![] };
        for minute in [100, 160, DAY + 100, 8 * DAY + 100, 8 * DAY + 160] {
            analyse(store, &world, minute).await;
        }
        let rows = kept(store).await;
        let wanted = figures(&world.assessments(&world.linkage()));
        assert_eq!((wanted.advertisers, wanted.bands), (2, [1, 0, 1, 0]));
        assert!(rows.iter().all(|row| row.figures == wanted));
        assert_eq!(rows[0].analysis, store.latest_analysis().await.unwrap().unwrap());
        // Two of the first day became one once a week had gone; the last day still has both.
        assert_eq!(rows.len(), 4);
        assert_eq!(store.run_figures(2).await.unwrap().len(), 2);
    }

    a_share_of_the_spam_queue_is_drawn_once_and_on_record(test) {
        let store = &test.store;
        register(store).await;
        let ids = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let ads: Vec<(&str, &str, i64)> = ids.iter().zip(0..).map(|(id, minute)| (*id, ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009"][minute as usize], minute)).collect();
        put(store, &ads).await;
        let world = World { advertisers: ids.iter().map(|id| (vec![*id], vec!["spam"])).collect(), networks: vec![] };
        analyse(store, &world, 100).await;
        let drawn = store.spam_draws().await.unwrap();
        assert_eq!(drawn.len(), 9);
        assert!(drawn.iter().all(|(_, seed, share, _)| seed == "test" && *share == 0.5));
        let count = drawn.iter().filter(|(.., drawn)| *drawn).count();
        assert!((1..9).contains(&count), "{count} of 9 at a share of one half");
        let all = QueueFilter { queue: Some(Queue::Spam), ..QueueFilter::default() };
        let read = QueueFilter { drawn: true, ..all.clone() };
        assert_eq!(store.queue(&look("queue"), &all, 0, 50).await.unwrap().total, 9);
        assert_eq!(store.queue(&look("queue"), &read, 0, 50).await.unwrap().total, count as u64);
        // Another run draws nothing anew.
        analyse(store, &world, 200).await;
        assert_eq!(store.spam_draws().await.unwrap(), drawn);
    }
}
