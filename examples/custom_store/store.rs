//! The store, whole: one file that every call reads, so it is meant for some hundred accounts. A
//! call is one atomic step: lock, read, decide, replace the file, sync. Any number of processes may
//! share it. It needs Unix, Rust 1.91, and a Tokio runtime of several threads.

use backstop::{account::*, name::*, record::*, store::*};
use std::{collections::BTreeMap, error::Error, fs, io::ErrorKind, path::PathBuf};
use time::OffsetDateTime as Time;

type Answer<T> = Result<T, StoreError>;
type Step<T> = Result<T, Box<dyn Error + Send + Sync>>;
type User = Stored<Account>;
type Flow = Stored<Record>;
type Data = (Rows<AccountId>, Rows<[u8; 32]>); // the accounts and the flows
type Rows<K> = BTreeMap<K, Row>;
/// A revision, its value, and when it is due or expires, in nanoseconds since 1970.
type Row = ([u8; 16], Vec<u8>, i128);

pub(crate) struct Folder(pub(crate) PathBuf);
impl Folder {
    /// As nothing in here awaits, nobody drops it midway. When `act` fails, nothing is changed.
    fn step<T>(&self, act: impl FnOnce(&mut Data) -> Step<T>) -> Answer<T> {
        let step = || -> Step<T> {
            let folder = fs::File::open(&self.0)?;
            folder.lock()?; // until it is unlocked or closed
            let (file, next) = (self.0.join("data"), self.0.join("next"));
            let mut data = match fs::read(&file) {
                Err(error) if error.kind() == ErrorKind::NotFound => Data::default(),
                bytes => postcard::from_bytes(&bytes?)?,
            };
            let old = data.clone();
            let answer = act(&mut data)?;
            if data != old {
                fs::write(&next, postcard::to_allocvec(&data)?)?;
                fs::File::open(&next)?.sync_all()?;
                fs::rename(&next, &file)?;
            }
            folder.unlock()?;
            folder.sync_all()?; // after a read, too: whoever wrote that may not be as far yet
            Ok(answer)
        };
        tokio::task::block_in_place(step).map_err(StoreError::new)
    }
    /// Writes where `was` lies, or answers what is in the way: a key of this kind, or the old row.
    fn put(&self, was: Option<Revision>, new: &User) -> Answer<Option<Option<KeyKind>>> {
        let (id, code) = (new.value.id(), new.value.security_code());
        self.step(|(users, _)| {
            let old = users.get(id).map(user).transpose()?;
            if old.as_ref().map(|old| old.revision) != was {
                return Ok(Some(None));
            }
            let old_code = old.as_ref().and_then(|old| old.value.security_code());
            if old_code.is_some() && old_code != code {
                return Err("a security code, once set, never changes".into());
            }
            for key in new.value.unique_keys() {
                if owner(users, key)?.is_some_and(|owner| owner.value.id() != id) {
                    return Ok(Some(Some(key.kind())));
                }
            }
            let row = row(new.revision, new.value.to_bytes(), new.value.due_at());
            users.insert(id.clone(), row);
            Ok(None)
        })
    }
}

fn row(revision: Revision, value: Vec<u8>, at: Option<Time>) -> Row {
    let at = at.map_or(i128::MAX, Time::unix_timestamp_nanos);
    (*revision.as_bytes(), value, at)
}
fn user((bits, value, _): &Row) -> Result<User, RecordError> {
    let (revision, value) = (Revision::from_bytes(*bits), Account::from_bytes(value)?);
    Ok(Stored { revision, value })
}
fn owner(users: &Rows<AccountId>, key: &UniqueKey) -> Result<Option<User>, RecordError> {
    let users: Result<Vec<User>, _> = users.values().map(user).collect();
    let has = |user: &User| user.value.unique_keys().contains(key);
    Ok(users?.into_iter().find(has))
}
fn live(flows: &Rows<[u8; 32]>, key: &Key, now: Time) -> Option<Flow> {
    let (bits, value, expires) = flows.get(key.as_bytes())?.clone();
    let (revision, value) = (Revision::from_bytes(bits), Record::from_bytes(value));
    (expires > now.unix_timestamp_nanos()).then_some(Stored { revision, value })
}
fn take<K: Ord>(rows: &mut Rows<K>, key: &K, was: Revision) -> Option<Row> {
    rows.get(key).filter(|row| row.0 == *was.as_bytes())?;
    rows.remove(key)
}

impl AccountStore for Folder {
    async fn add(&self, new: &User) -> Answer<Add> {
        Ok(self.put(None, new)?.map_or(Add::Added, Add::Taken))
    }
    async fn load(&self, id: &AccountId) -> Answer<Option<User>> {
        self.step(|(users, _)| Ok(users.get(id).map(user).transpose()?))
    }
    async fn find(&self, key: &UniqueKey) -> Answer<Option<User>> {
        self.step(|(users, _)| Ok(owner(users, key)?))
    }
    async fn update(&self, was: Revision, new: &User) -> Answer<Update> {
        let refused = |taken: Option<_>| taken.map_or(Update::Stale, Update::Taken);
        Ok(self.put(Some(was), new)?.map_or(Update::Updated, refused))
    }
    async fn remove(&self, was: Revision, id: &AccountId) -> Answer<Remove> {
        let gone = self.step(|(users, _)| Ok(take(users, id, was)))?;
        Ok(gone.map_or(Remove::Stale, |_| Remove::Removed))
    }
    async fn due(&self, now: Time, limit: usize) -> Answer<Vec<AccountId>> {
        let now = now.unix_timestamp_nanos();
        let due = |(id, row): (&AccountId, &Row)| (row.2 <= now).then(|| (row.2, id.clone()));
        self.step(|(users, _)| {
            let mut due: Vec<_> = users.iter().filter_map(due).collect();
            due.sort();
            Ok(due.into_iter().take(limit).map(|(_, id)| id).collect())
        })
    }
}

impl FlowStore for Folder {
    async fn insert(&self, key: &Key, new: &Flow, now: Time, expires: Time) -> Answer<Insert> {
        let row = row(new.revision, new.value.as_bytes().to_vec(), Some(expires));
        self.step(|(_, flows)| {
            if let Some(found) = live(flows, key, now) {
                return Ok(Insert::Exists(found));
            }
            flows.insert(*key.as_bytes(), row);
            Ok(Insert::Inserted)
        })
    }
    async fn get(&self, key: &Key, now: Time) -> Answer<Option<Flow>> {
        self.step(|(_, flows)| Ok(live(flows, key, now)))
    }
    async fn swap(&self, key: &Key, was: Revision, new: &Flow, expires: Time) -> Answer<Swap> {
        let row = row(new.revision, new.value.as_bytes().to_vec(), Some(expires));
        let old = self.step(|(_, flows)| {
            let old = take(flows, key.as_bytes(), was);
            Ok(old.map(|_| flows.insert(*key.as_bytes(), row)))
        })?;
        Ok(old.map_or(Swap::Stale, |_| Swap::Swapped))
    }
    async fn delete(&self, key: &Key, was: Revision) -> Answer<Delete> {
        let gone = self.step(|(_, flows)| Ok(take(flows, key.as_bytes(), was)))?;
        Ok(gone.map_or(Delete::Stale, |_| Delete::Deleted))
    }
    async fn purge(&self, now: Time, limit: usize) -> Answer<usize> {
        let is_over = |_: &_, row: &mut Row| row.2 <= now.unix_timestamp_nanos();
        self.step(|(_, flows)| Ok(flows.extract_if(.., is_over).take(limit).count()))
    }
}
