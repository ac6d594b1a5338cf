//! How often each verb asks the store: the README's tables, row by row.

mod support;
mod trips;

use backstop::MemoryStore;
use trips::{Counter, Table, Wire};

struct Calls;

impl Counter for Calls {
    type Store = MemoryStore;

    async fn store(&self) -> MemoryStore {
        MemoryStore::new()
    }

    fn take_wire(&self) -> Option<Wire> {
        None
    }
}

#[tokio::test]
async fn the_readme_counts_the_calls_of_each_verb() {
    let mut table = Table::of(Calls);
    trips::sessions::issue(&mut table).await;
    trips::sessions::sign_in(&mut table).await;
    trips::recovery::by_mail(&mut table).await;
    trips::recovery::by_hint(&mut table).await;
    trips::recovery::by_security_code(&mut table).await;
    trips::sessions::managing(&mut table).await;
    trips::sessions::changing(&mut table).await;
    table.is_in_the_readme();
}

#[tokio::test]
async fn the_readme_counts_the_calls_of_a_support_case() {
    let mut table = Table::of(Calls);
    trips::support_case::support_case(&mut table).await;
    table.is_in_the_readme();
}

#[cfg(feature = "phone")]
#[tokio::test]
async fn the_readme_counts_the_calls_of_a_phone() {
    let mut table = Table::of(Calls);
    trips::phones::phone(&mut table).await;
    table.is_in_the_readme();
}

#[cfg(feature = "totp")]
#[tokio::test]
async fn the_readme_counts_the_calls_of_a_second_factor() {
    let mut table = Table::of(Calls);
    trips::second_factor::second_factor(&mut table).await;
    table.is_in_the_readme();
}
