//! What a call costs among many accounts, and among as many flows, beside the same among few. What
//! is asked for lies in memory by then: how fast a disk is, is not measured.

use backstop::{
    Accounts, Client, Import, ImportedAccount,
    account::{Account, AccountId},
    name::{KeyKind, UniqueKey},
    record::{Key, Record, Revision, Stored},
    store::{AccountStore, FlowStore, Swap, Update},
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use time::{Duration, OffsetDateTime};
use tokio::runtime::Runtime;

use crate::{
    floor::FLOW_BYTES,
    measure::{Bound, Report, Row, readable, seconds, turns},
    world,
};

/// How many accounts there are, and how many flows.
pub(crate) const SIZES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The accounts that are asked for. The others are a crowd, in which they are scattered.
const MEMBERS: usize = 4_000;

/// Timings of each call at each size, after some that warm it up.
const ROUNDS: usize = 60;

/// Until a flow of the crowd expires, in ms since 1970 UTC; they expire one after the other.
pub(crate) const EXPIRES: i64 = 1_800_000_000_000;

/// A store with so many accounts and flows.
pub(crate) struct Level<S> {
    size: usize,
    store: S,
    members: Vec<Stored<Account>>,
    flows: Vec<(Key, Revision)>,
    rng: ChaCha20Rng,
    /// The member and the flow that are next.
    next: usize,
}

#[derive(Clone, Copy)]
enum Call {
    Find,
    Swap,
    Update,
}

/// Times each call at all sizes in turns.
pub(crate) fn measure<S>(
    report: &mut Report,
    store: &str,
    executor: &Runtime,
    levels: &mut [Level<S>],
) where
    S: AccountStore + FlowStore,
{
    report.progress("what is asked for is asked for once");
    for level in &*levels {
        executor.block_on(level.warm_up());
    }
    let few = grouped(levels.first().expect("few").size);
    let many = grouped(levels.last().expect("many").size);
    for (call, name, a_timing) in [
        (Call::Find, "find", 40),
        (Call::Swap, "swap", 40),
        (Call::Update, "update", 10),
    ] {
        let turns = turns(ROUNDS, levels, |level| {
            seconds(|| executor.block_on(level.call(call, a_timing))) / a_timing as f64
        });
        let told = levels.iter().zip(turns.medians());
        let told =
            told.map(|(level, time)| format!("{} at {}", readable(time), grouped(level.size)));
        report.row(Row {
            figure: &format!("{name} at {many} / at {few}, {store}"),
            measured: turns.last_to_first(),
            unit: "",
            to_reach: Bound::AtMost(3.0),
            from: told.collect::<Vec<_>>().join(", "),
        });
    }
}

impl<S: AccountStore + FlowStore> Level<S> {
    /// `store` has the members already, and the flows of the crowd.
    pub(crate) async fn new(size: usize, store: S) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let mut members = Vec::new();
        for number in 0..members_of(size) {
            let id: AccountId = name(number, size).parse().expect("an id");
            let member = store.load(&id).await.expect("a store");
            members.push(member.expect("a member"));
        }
        let flows = (0..members.len()).map(|_| {
            let place = usize::try_from(rng.next_u64()).expect("64 bits") % size;
            (key(place, size), Revision::from_bytes([0; 16]))
        });
        let flows: std::collections::BTreeMap<Key, Revision> = flows.collect();
        let mut flows: Vec<_> = flows.into_iter().collect();
        shuffle(&mut members, &mut rng);
        shuffle(&mut flows, &mut rng);
        Self {
            size,
            store,
            members,
            flows,
            rng,
            next: 0,
        }
    }

    async fn warm_up(&self) {
        for member in &self.members {
            self.find(member).await;
        }
        for (key, _revision) in &self.flows {
            let found = self.store.get(key, OffsetDateTime::UNIX_EPOCH).await;
            assert!(matches!(found, Ok(Some(_))), "{found:?}");
        }
    }

    async fn call(&mut self, call: Call, times: usize) {
        for _ in 0..times {
            self.next += 1;
            match call {
                Call::Find => {
                    self.find(&self.members[self.next % self.members.len()])
                        .await
                }
                Call::Swap => self.swap().await,
                Call::Update => self.update().await,
            }
        }
    }

    async fn find(&self, member: &Stored<Account>) {
        let key = UniqueKey::new(KeyKind::Login, member.value.id().as_str());
        let found = self.store.find(&key).await;
        assert!(matches!(found, Ok(Some(_))), "{found:?}");
    }

    async fn swap(&mut self) {
        let mut bytes = vec![0; FLOW_BYTES];
        self.rng.fill_bytes(&mut bytes);
        let revision = self.revision();
        let value = Record::from_bytes(bytes);
        let at = self.next % self.flows.len();
        let (key, was) = &mut self.flows[at];
        let later = i64::try_from(self.next).expect("a number");
        let expires = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(2 * EXPIRES + later);
        let record = Stored { revision, value };
        let swapped = self.store.swap(key, *was, &record, expires).await;
        assert!(matches!(swapped, Ok(Swap::Swapped)), "{swapped:?}");
        *was = revision;
    }

    async fn update(&mut self) {
        let revision = self.revision();
        let at = self.next % self.members.len();
        let member = &mut self.members[at];
        let was = std::mem::replace(&mut member.revision, revision);
        let updated = self.store.update(was, member).await;
        assert!(matches!(updated, Ok(Update::Updated)), "{updated:?}");
    }

    fn revision(&mut self) -> Revision {
        let mut bits = [0; 16];
        self.rng.fill_bytes(&mut bits);
        Revision::from_bytes(bits)
    }
}

/// Registers the members of a store of this size.
pub(crate) async fn import<S>(size: usize, store: S)
where
    S: AccountStore + FlowStore,
{
    let accounts = Accounts::builder(store, backstop::MemorySender::new(), world::key())
        .link_base("https://shop.example/recover")
        .expect("a page")
        .build()
        .expect("accounts");
    for number in 0..members_of(size) {
        let name = name(number, size);
        let member = ImportedAccount::new(
            name.parse().expect("an id"),
            name.parse().expect("a name"),
            world::HASH.parse().expect("a hash"),
        );
        let imported = accounts.import(member, &Client::new()).await;
        assert!(matches!(imported, Ok(Import::Imported)), "{imported:?}");
    }
}

/// How many accounts the crowd has in a store of this size.
pub(crate) fn crowd(size: usize) -> usize {
    size - members_of(size)
}

fn members_of(size: usize) -> usize {
    size.min(MEMBERS)
}

/// The id and the name of a member. The crowd's are of the same form, and evenly around it.
fn name(number: usize, size: usize) -> String {
    let place = number * (1 << 32) / members_of(size);
    format!("{place:08x}-member")
}

/// The key of a flow of the crowd: four bytes that are evenly scattered, and 28 more.
fn key(place: usize, size: usize) -> Key {
    let mut key = [7; 32];
    let scattered = u32::try_from(place * ((1 << 32) / size)).expect("32 bits");
    let (first, _rest) = key.split_at_mut(4);
    first.copy_from_slice(&scattered.to_be_bytes());
    Key::from_bytes(key)
}

fn shuffle<T>(values: &mut [T], rng: &mut ChaCha20Rng) {
    for at in (1..values.len()).rev() {
        let other = usize::try_from(rng.next_u64()).expect("64 bits") % (at + 1);
        values.swap(at, other);
    }
}

/// `10 000 000`
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(" ")
}
