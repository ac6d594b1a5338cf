//! What an example itself needs: a clock that it turns forward, a folder, and lines in two columns.

use std::{
    error::Error,
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use time::{
    OffsetDateTime,
    macros::{datetime, format_description},
};

pub(crate) type Told<T = ()> = Result<T, Box<dyn Error>>;

pub(crate) fn date_and_time(at: OffsetDateTime) -> Told<String> {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    Ok(at.format(format)?)
}

/// Shows what a page says about an answer, and fails unless that is the answer.
pub(crate) fn seen(did: &str, says: &str, is_answered: bool) -> Told {
    say(did, says);
    check(is_answered, says)
}

/// Two columns, the second one wrapped.
pub(crate) fn say(did: &str, says: &str) {
    const WIDTH: usize = 76;
    let mut line = String::new();
    let mut left = did;
    for word in says.split(' ') {
        if !line.is_empty() && line.chars().count() + word.chars().count() >= WIDTH {
            println!("  {left:<24} {line}");
            (left, line) = ("", String::new());
        }
        let gap = if line.is_empty() { "" } else { " " };
        line = format!("{line}{gap}{word}");
    }
    println!("  {left:<24} {line}");
}

pub(crate) fn check(as_told: bool, expected: &str) -> Told {
    if as_told {
        Ok(())
    } else {
        Err(format!("expected: {expected}").into())
    }
}

/// Time that only moves when the example says so.
#[derive(Clone, Default)]
pub(crate) struct Clock {
    seconds: Arc<AtomicU64>,
}

impl Clock {
    pub(crate) fn now(&self) -> OffsetDateTime {
        let passed = Duration::from_secs(self.seconds.load(Ordering::SeqCst));
        datetime!(2026-03-02 09:00 UTC) + passed
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.seconds.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    pub(crate) fn chapter(&self, title: &str) {
        let now = self.now();
        println!(
            "\n{} {:02}:{:02}  {title}\n",
            now.date(),
            now.hour(),
            now.minute()
        );
    }
}

/// A folder for the database file; it goes when the example ends, however that is.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(example: &str) -> Told<Self> {
        let name = format!("backstop-{example}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _left_to_the_system = fs::remove_dir_all(&self.0);
    }
}
