//! Makes a filter of breached passwords for `BreachFilter::open`, out of the public corpus:
//!
//! ```sh
//! cargo run --release --features breach-filter --example build_breach_filter -- \
//!     pwnedpasswords.txt breached.filter --min-count 10
//! ```
//!
//! The input is one file of lines `SHA1:COUNT` in the order of the hashes, `-` for the standard
//! input, or a folder of a file for each prefix, as the corpus's downloader makes them. The output is
//! there when it is whole, not before. Without arguments it makes a corpus of its own and looks
//! up what is in it.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/stage.rs"]
mod stage;

use std::{
    fs::{self, File},
    io::{BufReader, stdin},
    path::{Path, PathBuf},
};

use backstop::{
    Accounts, BreachFilter, Client, Localize, MemorySender, MemoryStore, NewPassword, Password,
    Register, ServiceKey,
    breach_filter::{BreachFilterError, BreachFilterWriter},
    policy::Unmet,
};
use sha1::{Digest, Sha1};
use stage::{Scratch, Told, check, say};

const USAGE: &str = "build_breach_filter INPUT OUTPUT [--min-count N]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Told {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => demonstrate().await,
        [input, output] => build(input, Path::new(output), 1),
        [input, output, "--min-count", n] => build(input, Path::new(output), n.parse()?),
        _ => Err(USAGE.into()),
    }
}

fn build(input: &str, output: &Path, min_count: u64) -> Told {
    // Written beside it, and moved over it when it is on the disk.
    let mut beside = output.as_os_str().to_owned();
    beside.push(format!(".{}.partial", std::process::id()));
    let beside = PathBuf::from(beside);
    let made = write(input, &beside, min_count).and_then(|hashes| {
        fs::rename(&beside, output)?;
        Ok(hashes)
    });
    if made.is_err() {
        let _never_began = fs::remove_file(&beside);
    }
    let (hashes, bytes) = (made?, fs::metadata(output)?.len());
    say("made", &format!("{hashes} hashes in {bytes} bytes"));
    Ok(())
}

fn write(input: &str, output: &Path, min_count: u64) -> Told<u64> {
    let mut writer = BreachFilterWriter::new(File::create_new(output)?)?;
    if input == "-" {
        writer.add_lines("", stdin().lock(), min_count)?;
    } else if Path::new(input).is_dir() {
        let entries = fs::read_dir(input)?.collect::<Result<Vec<_>, _>>()?;
        let mut files: Vec<PathBuf> = entries.iter().map(|entry| entry.path()).collect();
        files.sort();
        for file in files {
            let prefix = file.file_stem().and_then(|name| name.to_str());
            let prefix = prefix.ok_or("a file whose name is no prefix")?;
            let lines = BufReader::new(File::open(&file)?);
            writer
                .add_lines(prefix, lines, min_count)
                .map_err(|error| format!("{}: {error}", file.display()))?;
        }
    } else {
        let lines = BufReader::with_capacity(1 << 20, File::open(input)?);
        writer.add_lines("", lines, min_count)?;
    }
    let hashes = writer.hashes();
    if hashes == 0 {
        return Err("no hash is listed: a filter of that would find nothing".into());
    }
    writer.finish()?.sync_all()?;
    Ok(hashes)
}

async fn demonstrate() -> Told {
    const LISTED: u32 = 20_000;
    let scratch = Scratch::new("build_breach_filter")?;
    let (corpus, output) = (scratch.0.join("corpus.txt"), scratch.0.join("out.filter"));
    let listed = |number: u32| format!("Breached-{number}-lanterns");
    let mut lines: Vec<String> = (0..LISTED)
        .map(|number| {
            let hash = Sha1::digest(listed(number));
            let digits: String = hash.iter().map(|byte| format!("{byte:02X}")).collect();
            // Every second one was seen once only.
            format!("{digits}:{}\r\n", 1 + 20 * (number % 2))
        })
        .collect();
    lines.sort();
    fs::write(&corpus, lines.concat())?;
    let input = corpus.to_str().ok_or("a path")?;

    build(input, &output, 1)?;
    let filter = BreachFilter::open(&output)?;
    say("in memory", &format!("{} bytes", filter.memory()));
    check(filter.hashes() == LISTED.into(), "every line is in it")?;
    let contains = |text: &str| Password::new(text).map(|typed| filter.contains(&typed));
    for number in 0..LISTED {
        check(contains(&listed(number))?, "a listed password is found")?;
    }
    let mut wrong = 0;
    for number in 0..100_000 {
        wrong += u32::from(contains(&format!("Other-{number}-lanterns"))?);
    }
    say("found, though not listed", &format!("{wrong} of 100000"));
    check(wrong < 10, "one in 65 536")?;

    build(input, &output, 10)?;
    let often = BreachFilter::open(&output)?;
    check(often.hashes() == u64::from(LISTED / 2), "those seen often")?;
    refused(&filter, &listed(7)).await?;

    // What goes wrong leaves the file of before.
    lines.swap(10, 5_000);
    fs::write(&corpus, lines.concat())?;
    let failed = build(input, &output, 1).err().ok_or("built all the same")?;
    say("out of order", &failed.to_string());
    check(
        matches!(
            failed.downcast_ref(),
            Some(BreachFilterError::Unsorted { line: 12 })
        ),
        "the line is named",
    )?;
    check(fs::read_dir(&scratch.0)?.count() == 2, "nothing lies about")?;
    fs::write(&corpus, "")?;
    let failed = build(input, &output, 1).err().ok_or("built all the same")?;
    say("nothing in it", &failed.to_string());
    let kept = BreachFilter::open(&output)?;
    check(kept.hashes() == often.hashes(), "the file of before")
}

/// A service with the filter: one line of its builder.
async fn refused(filter: &BreachFilter, typed: &str) -> Told {
    // A service reads its key from its environment: `openssl rand -base64 32`.
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
    let accounts = Accounts::builder(MemoryStore::new(), MemorySender::new(), key)
        .link_base("https://shop.example/recover")?
        .breach_filter(filter)
        .build()?;
    let new = NewPassword::typed_twice(typed, typed)?;
    let (id, name, client) = ("42".parse()?, "alice".parse()?, Client::new());
    let answer = accounts.register(id, name, new, &client).await?;
    let told = answer.message(backstop::Locale::English);
    say("register", &told.replace('\n', " "));
    check(
        matches!(answer, Register::Unmet(unmet) if unmet == [Unmet::Breached]),
        "a breached password is refused",
    )
}
