//! A12: a new password that was not typed twice, and so never met the rules.
use backstop::{Changes, Password};

fn change(password: Password) -> Changes {
    Changes::new().password(password)
}

fn main() {}
