//! What it costs to say something in words of the host's.

use std::hint::black_box;

use backstop::{
    Accounts, Challenged, Locale, Localize, MemorySender, MemoryStore,
    locale::{Catalogue, Text},
};

use crate::{
    measure::{Bound, Report, Row, median, seconds},
    world,
};

/// How often it is timed, and how many messages each time: one is over too soon for a clock.
const TIMES: usize = 400;
const A_TIMING: usize = 100;

pub(crate) fn measure(report: &mut Report) {
    let danish = Locale::Other("da".parse().expect("a language"));
    let own = Catalogue::replacing(move |locale, text| match text {
        Text::MailSent if locale == danish => Some("En mail er på vej.".to_owned()),
        _ => None,
    });
    let accounts = |texts| {
        Accounts::builder(MemoryStore::new(), MemorySender::new(), world::key())
            .link_base("https://shop.example/recover")
            .expect("a page")
            .texts(texts)
            .build()
            .expect("accounts")
    };
    let (with, without) = (accounts(own), accounts(Catalogue::new()));
    let say = |accounts: &Accounts, locale| {
        let message = Challenged::Sent.message(accounts.reader(locale));
        message == "En mail er på vej."
    };
    assert!(say(&with, danish) && !say(&without, danish));
    let time = |accounts: &Accounts| {
        let times = (0..TIMES).map(|_| {
            let run = || {
                for _ in 0..A_TIMING {
                    black_box(say(black_box(accounts), danish));
                }
            };
            seconds(run) / A_TIMING as f64
        });
        median(times) * 1e6
    };
    let (replaced, ours) = (time(&with), time(&without));
    report.row(Row {
        figure: "a message in words of the host's",
        measured: replaced,
        unit: "µs",
        to_reach: Bound::AtMost(5.0),
        from: format!("in ours {ours:.2} µs, {TIMES} times {A_TIMING}"),
    });
}
