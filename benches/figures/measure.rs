//! Timing in turns, medians, and the table.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

/// A pause before each timing: until then a worker has wiped its memory, and the wiping of one
/// side is not paid for by the other.
const PAUSE: Duration = Duration::from_millis(6);

/// What two things took, timed in turns.
pub(crate) struct Pairs {
    a: Vec<Duration>,
    b: Vec<Duration>,
}

/// Times both, `count` times each, beginning with either in turns.
pub(crate) fn pairs(count: usize, mut a: impl FnMut(), mut b: impl FnMut()) -> Pairs {
    const WARM_UP: usize = 4;
    let mut pairs = Pairs {
        a: Vec::new(),
        b: Vec::new(),
    };
    for round in 0..count + WARM_UP {
        let (first, second) = if round % 2 == 0 {
            let first = paused(&mut a);
            (first, paused(&mut b))
        } else {
            let second = paused(&mut b);
            (paused(&mut a), second)
        };
        if round >= WARM_UP {
            pairs.a.push(first);
            pairs.b.push(second);
        }
    }
    pairs
}

fn paused(run: &mut impl FnMut()) -> Duration {
    std::thread::sleep(PAUSE);
    timed(run)
}

/// How long it took.
pub(crate) fn timed(run: impl FnOnce()) -> Duration {
    let began = Instant::now();
    run();
    began.elapsed()
}

impl Pairs {
    /// The median of a / b.
    pub(crate) fn ratio(&self) -> f64 {
        self.median_of(|a, b| a / b)
    }

    /// The median of a - b, in seconds.
    pub(crate) fn difference(&self) -> f64 {
        self.median_of(|a, b| a - b)
    }

    fn median_of(&self, combine: impl Fn(f64, f64) -> f64) -> f64 {
        let pairs = self.a.iter().zip(&self.b);
        median(pairs.map(|(a, b)| combine(a.as_secs_f64(), b.as_secs_f64())))
    }

    /// Both medians, for the last column.
    pub(crate) fn medians(&self, a: &str, b: &str) -> String {
        let [of_a, of_b] = [&self.a, &self.b].map(|side| median(side.iter().map(seconds)));
        format!("{a} {}, {b} {}", readable(of_a), readable(of_b))
    }
}

pub(crate) fn seconds(duration: &Duration) -> f64 {
    duration.as_secs_f64()
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    quantile(values, 50)
}

/// The value that `percent` of them do not exceed.
pub(crate) fn quantile(values: impl Iterator<Item = f64>, percent: usize) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

fn readable(seconds: f64) -> String {
    if seconds >= 1e-3 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{:.2} µs", seconds * 1e6)
    }
}

/// The number of cores, which is also the number of workers unless a host sets it.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// What a figure should reach.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
    Within(f64, f64),
}

/// One line of the table.
pub(crate) struct Row<'a> {
    pub(crate) figure: &'a str,
    pub(crate) measured: f64,
    /// Of the measured value and its bound; empty for a ratio.
    pub(crate) unit: &'a str,
    pub(crate) to_reach: Bound,
    /// What it was made from.
    pub(crate) from: String,
}

/// The table, printed line by line.
pub(crate) struct Report {
    lines: usize,
    missed: usize,
}

impl Report {
    pub(crate) fn begin() -> Self {
        println!("{} cores\n", cores());
        println!(
            "| {:<58} | {:>9} | {:>12} | {:<11} | from |",
            "figure", "measured", "to reach", ""
        );
        println!("|---|---:|---:|---|---|");
        Self {
            lines: 0,
            missed: 0,
        }
    }

    pub(crate) fn row(&mut self, row: Row<'_>) {
        let Row {
            figure,
            measured,
            unit,
            to_reach,
            from,
        } = row;
        let (reached, to_reach) = match to_reach {
            Bound::AtLeast(least) => (measured >= least, format!("≥ {least:.2}")),
            Bound::AtMost(most) if unit.is_empty() => (measured <= most, format!("≤ {most:.2}")),
            Bound::AtMost(most) => (measured <= most, format!("≤ {most} {unit}")),
            Bound::Within(least, most) => (
                least <= measured && measured <= most,
                format!("{least:.2}–{most:.2}"),
            ),
        };
        let measured = match unit {
            "" => format!("{measured:.3}"),
            unit => format!("{measured:.1} {unit}"),
        };
        let verdict = if reached { "ok" } else { "NOT REACHED" };
        println!("| {figure:<58} | {measured:>9} | {to_reach:>12} | {verdict:<11} | {from} |");
        self.lines += 1;
        self.missed += usize::from(!reached);
    }

    pub(crate) fn end(self) {
        if cfg!(not(feature = "sqlite")) {
            println!("\nSQLite is left out: cargo bench --features sqlite");
        }
        println!(
            "\n{} of {} figures reached",
            self.lines - self.missed,
            self.lines
        );
    }
}
