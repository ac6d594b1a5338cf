//! Success that nobody earned.
use backstop::{AccountId, SignedIn};

fn forge(account: AccountId, other: SignedIn) -> SignedIn {
    SignedIn { account, ..other }
}

fn main() {}
