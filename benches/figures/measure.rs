//! Timing in turns, medians, and the table.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

/// A pause before each timing: until then a worker has wiped its memory, and the wiping of one
/// side is not paid for by the other.
const PAUSE: Duration = Duration::from_millis(6);

/// How long a pair's threads may have waited for a core. Beyond it, what the machine did besides
/// was timed. Below it is the waking of idle cores: up to 0.1 ms each on a virtual machine, and a
/// pair wakes a handful.
const DISTURBED: Duration = Duration::from_millis(1);

/// What two things took, timed in turns.
pub(crate) struct Pairs(Vec<Pair>);

struct Pair {
    a: f64,
    b: f64,
    is_quiet: bool,
}

/// Times both, `count` times each, beginning with either in turns. Each answers with its seconds.
pub(crate) fn pairs(count: usize, mut a: impl FnMut() -> f64, mut b: impl FnMut() -> f64) -> Pairs {
    const WARM_UP: usize = 2;
    let pairs = (0..WARM_UP + count).map(|round| {
        let waited = waited();
        let (a, b) = if round % 2 == 0 {
            let a = paused(&mut a);
            (a, paused(&mut b))
        } else {
            let b = paused(&mut b);
            (paused(&mut a), b)
        };
        let is_quiet = self::waited().saturating_sub(waited) < DISTURBED;
        Pair { a, b, is_quiet }
    });
    Pairs(pairs.skip(WARM_UP).collect())
}

fn paused(time: &mut impl FnMut() -> f64) -> f64 {
    std::thread::sleep(PAUSE);
    time()
}

/// How long it took.
pub(crate) fn seconds(run: impl FnOnce()) -> f64 {
    let began = Instant::now();
    run();
    began.elapsed().as_secs_f64()
}

/// How long the threads of this process have waited for a core until now, where that can be told:
/// the second number of `schedstat` (Linux, in ns).
fn waited() -> Duration {
    let of_thread = |thread: std::io::Result<std::fs::DirEntry>| -> Option<u64> {
        let stat = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        stat.split_whitespace().nth(1)?.parse().ok()
    };
    std::fs::read_dir("/proc/self/task").map_or(Duration::ZERO, |threads| {
        Duration::from_nanos(threads.filter_map(of_thread).sum())
    })
}

impl Pairs {
    /// The pairs of several rounds, each with memory of its own: where memory lies makes a hash
    /// some percent faster or slower.
    pub(crate) fn of_rounds(rounds: usize, round: impl FnMut(usize) -> Self) -> Self {
        Self((0..rounds).map(round).flat_map(|pairs| pairs.0).collect())
    }

    /// The median of a / b.
    pub(crate) fn ratio(&self) -> f64 {
        median(self.counted().map(|pair| pair.a / pair.b))
    }

    /// The median of a - b, in seconds.
    pub(crate) fn difference(&self) -> f64 {
        median(self.counted().map(|pair| pair.a - pair.b))
    }

    /// The median of each, in seconds.
    pub(crate) fn medians(&self) -> (f64, f64) {
        let (a, b) = (|pair: &Pair| pair.a, |pair: &Pair| pair.b);
        (median(self.counted().map(a)), median(self.counted().map(b)))
    }

    /// Both medians and the number of pairs, for the last column.
    pub(crate) fn from(&self, a: &str, b: &str) -> String {
        let (of_a, of_b) = self.medians();
        format!(
            "{a} {}, {b} {}, {} of {} pairs",
            readable(of_a),
            readable(of_b),
            self.counted().count(),
            self.0.len()
        )
    }

    /// The quiet pairs, unless they are too few: what keeps all cores busy has hardly any.
    fn counted(&self) -> impl Iterator<Item = &Pair> {
        const ENOUGH: usize = 30;
        let quiet = self.0.iter().filter(|pair| pair.is_quiet).count();
        self.0
            .iter()
            .filter(move |pair| pair.is_quiet || quiet < ENOUGH)
    }
}

/// What several things took, timed in turns.
pub(crate) struct Turns(Vec<Vec<f64>>);

/// Times all of them, `count` times each, beginning with another one each time.
pub(crate) fn turns<T>(
    count: usize,
    things: &mut [T],
    mut time: impl FnMut(&mut T) -> f64,
) -> Turns {
    const WARM_UP: usize = 4;
    let rounds = (0..WARM_UP + count).map(|round| {
        let mut times = vec![0.0; things.len()];
        for turn in 0..things.len() {
            let at = (round + turn) % things.len();
            times[at] = time(&mut things[at]);
        }
        times
    });
    Turns(rounds.skip(WARM_UP).collect())
}

impl Turns {
    /// The median of the last thing / the first.
    pub(crate) fn last_to_first(&self) -> f64 {
        median(
            self.0
                .iter()
                .filter_map(|times| Some(times.last()? / times.first()?)),
        )
    }

    /// The median of each, in seconds.
    pub(crate) fn medians(&self) -> Vec<f64> {
        let things = self.0.first().map_or(0, Vec::len);
        (0..things)
            .map(|at| median(self.0.iter().map(|times| times[at])))
            .collect()
    }
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

pub(crate) fn readable(seconds: f64) -> String {
    if seconds >= 1e-3 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{:.1} µs", seconds * 1e6)
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
    /// Told, and not promised.
    None,
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
            "| {:<61} | {:>9} | {:>9} | {:<11} | from |",
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
        let (least, most, to_reach) = match to_reach {
            Bound::AtLeast(least) => (least, f64::INFINITY, format!("≥ {least:.2}")),
            Bound::AtMost(most) if unit.is_empty() => {
                (f64::NEG_INFINITY, most, format!("≤ {most:.2}"))
            }
            Bound::AtMost(most) => (f64::NEG_INFINITY, most, format!("≤ {most} {unit}")),
            Bound::None => (f64::NEG_INFINITY, f64::INFINITY, "–".to_owned()),
            Bound::Within(least, most) => (least, most, format!("{least:.2}–{most:.2}")),
        };
        let reached = least <= measured && measured <= most;
        let measured = match unit {
            "" => format!("{measured:.3}"),
            unit => format!("{measured:.1} {unit}"),
        };
        let verdict = if reached { "ok" } else { "NOT REACHED" };
        println!("| {figure:<61} | {measured:>9} | {to_reach:>9} | {verdict:<11} | {from} |");
        self.lines += 1;
        self.missed += usize::from(!reached);
    }

    /// Says what takes so long, beside the table.
    pub(crate) fn progress(&self, what: &str) {
        eprintln!("… {what}");
    }

    pub(crate) fn end(self) {
        let reached = self.lines - self.missed;
        println!("\n{reached} of {} figures reached", self.lines);
    }
}
