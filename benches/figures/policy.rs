//! What the password rules cost beside zxcvbn, which they end with.

use backstop::policy::{Context, PasswordRules};
use zxcvbn::zxcvbn;

use crate::{
    measure::{Bound, Report, Row, pairs, seconds},
    world,
};

/// Ordinary ones, of the lengths that people choose.
const PASSWORDS: [&str; 4] = [
    "Mira-2-lakes",
    "Tulip&Anchor7",
    "hK4!wobble",
    "Seven-Grey-Herons-31",
];

pub(crate) fn measure(report: &mut Report) {
    let rules = PasswordRules::marketplace();
    let context = Context::new().user_name("member-000042");
    // What the rules give to zxcvbn: the name and its parts.
    let words = ["member", "000042", "member-000042"];
    let typed = PASSWORDS.map(world::new_password);
    let (mut checked, mut estimated) = (typed.iter().cycle(), PASSWORDS.iter().cycle());
    let pairs = pairs(
        400,
        || {
            seconds(|| {
                let unmet = checked.next().map(|typed| rules.unmet(typed, &context));
                assert_eq!(unmet, Some(Vec::new()));
            })
        },
        || {
            seconds(|| {
                let estimate = estimated.next().map(|typed| zxcvbn(typed, &words));
                std::hint::black_box(estimate);
            })
        },
    );
    report.row(Row {
        figure: "policy check of an ordinary password − zxcvbn alone",
        measured: pairs.difference() * 1e6,
        unit: "µs",
        to_reach: Bound::AtMost(100.0),
        from: pairs.from("check", "zxcvbn"),
    });
}
