//! What it costs to look a password up among 10 million breached ones.

use std::hint::black_box;

use backstop::{
    Password,
    breach_filter::{BreachFilter, BreachFilterWriter},
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use sha1::{Digest, Sha1};

use crate::measure::{Bound, Report, Row, median, quantile, seconds};

const HASHES: usize = 10_000_000;
/// How many of them are looked up, and as many that are not among them.
const LISTED: usize = 20_000;

pub(crate) fn measure(report: &mut Report) {
    let mut filter = None;
    let built = seconds(|| filter = Some(filter_of_millions()));
    let filter = filter.expect("a filter");
    let password = |what: &str, n| Password::new(&format!("{what}-{n}-lanterns")).expect("a text");
    let mut times = Vec::new();
    let mut wrong = 0;
    for n in 0..LISTED {
        let (listed, other) = (password("listed", n), password("other", n));
        times.push(seconds(|| {
            assert!(filter.contains(black_box(&listed)), "{n}");
        }));
        times.push(seconds(|| wrong += usize::from(filter.contains(&other))));
    }
    assert!(wrong < 10, "{wrong}");
    report.row(Row {
        figure: "breach check, 10 000 000 hashes",
        measured: median(times.iter().copied()) * 1e6,
        unit: "µs",
        to_reach: Bound::AtMost(50.0),
        from: format!(
            "median of {}, p99 {:.1} µs; {:.1} MB, built in {built:.1} s",
            times.len(),
            quantile(times.iter().copied(), 99) * 1e6,
            filter.memory() as f64 / 1e6,
        ),
    });
}

/// Random hashes from a seed, and those that are looked up.
fn filter_of_millions() -> BreachFilter {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let mut hashes: Vec<[u8; 20]> = (0..LISTED)
        .map(|n| Sha1::digest(format!("listed-{n}-lanterns")).into())
        .collect();
    hashes.resize_with(HASHES, || {
        let mut hash = [0; 20];
        rng.fill_bytes(&mut hash);
        hash
    });
    hashes.sort_unstable();
    let mut writer = BreachFilterWriter::new(Vec::new()).expect("a writer");
    for hash in hashes {
        writer.add(hash).expect("in order");
    }
    let file = writer.finish().expect("a file");
    BreachFilter::from_reader(file.as_slice()).expect("a filter")
}
