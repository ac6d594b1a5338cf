//! The suite that proves a store or a sender: every numbered sentence of the contract of a trait, each
//! in checks of its own, over an implementation of yours.
//!
//! It is a feature for your `dev-dependencies`. Say how your runtime starts a task and waits, and
//! how a store of yours is opened, or a provider behind a sender ([`SenderFixture`]); the report
//! names each check and, for a broken one, the sentence that broke, and what that costs.
//!
//! ```
//! use backstop::{
//!     MemoryStore,
//!     conformance::{self, Broken, Fixture, Runtime},
//!     store::StoreError,
//! };
//!
//! struct Memory;
//!
//! impl Fixture for Memory {
//!     type Place = MemoryStore;
//!     type Store = MemoryStore;
//!
//!     async fn place(&self) -> Result<MemoryStore, StoreError> {
//!         Ok(MemoryStore::new())
//!     }
//!
//!     async fn open(&self, place: &MemoryStore) -> Result<MemoryStore, StoreError> {
//!         Ok(place.clone())
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Broken> {
//!     let runtime = Runtime::new(|task| drop(tokio::spawn(task)), tokio::time::sleep);
//!     let report = conformance::account_store(Memory, &runtime).await;
//!     println!("{report}");
//!     report.into_result()?;
//!     conformance::flow_store(Memory, &runtime).await.into_result()
//! }
//! ```
//!
//! Run it on a runtime of several threads: on one thread the races are between the awaits only. A
//! call that fails breaks its check: what the engine has undone is for the store to try again.

mod accounts;
mod bench;
mod contract;
mod flows;
mod report;
mod runtime;
mod sample;
mod sender;
mod service;
mod task;

use std::{future::Future, sync::Arc};

pub use contract::Sentence;
pub use report::{Broken, Check, Report};
pub use runtime::{Runtime, Task};
pub use sender::{Behaviour, Channel, SenderFixture, Taken, message_sender};

use self::bench::Bench;
use crate::store::{AccountStore, FlowStore, StoreError};

/// Stores of the implementer's, each with data of its own.
pub trait Fixture: Send + Sync + 'static {
    /// Where one store keeps its data: a file, a schema, a prefix of keys. It is dropped when a check
    /// is over, after every store that was opened on it.
    type Place: Send + Sync + 'static;

    /// The store that is proved.
    type Store: Send + Sync + 'static;

    /// A place that is new and empty.
    fn place(&self) -> impl Future<Output = Result<Self::Place, StoreError>> + Send;

    /// A client of this place with connections of its own, as another process would open it.
    fn open(
        &self,
        place: &Self::Place,
    ) -> impl Future<Output = Result<Self::Store, StoreError>> + Send;
}

/// Runs every check of the contract of [`AccountStore`], one after another.
pub async fn account_store<F>(fixture: F, runtime: &Runtime) -> Report
where
    F: Fixture,
    F::Store: AccountStore,
{
    let bench = Bench::<accounts::Store>::new(fixture, runtime, |store| Arc::new(store));
    report::run(
        "AccountStore",
        accounts::checks(&bench),
        runtime.time_out,
        runtime,
    )
    .await
}

/// Runs every check of the contract of [`FlowStore`], one after another.
pub async fn flow_store<F>(fixture: F, runtime: &Runtime) -> Report
where
    F: Fixture,
    F::Store: FlowStore,
{
    let bench = Bench::<flows::Store>::new(fixture, runtime, |store| Arc::new(store));
    report::run(
        "FlowStore",
        flows::checks(&bench),
        runtime.time_out,
        runtime,
    )
    .await
}

/// The checks of a suite, each named for the function that makes it.
///
/// The bench of a suite is cloned for each check: what it opens is the check's own.
macro_rules! checks {
    ($bench:expr; $($module:ident { $($name:ident)* })*) => {
        vec![$($({
            let bench = ::std::clone::Clone::clone($bench);
            $crate::conformance::report::Planned::new(stringify!($name), async move {
                $module::$name(bench).await
            })
        },)*)*]
    };
}
pub(crate) use checks;
