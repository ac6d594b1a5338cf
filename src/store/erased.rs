//! The private twins of the store traits, which can be held without a type parameter.

use std::{future::Future, pin::Pin};

use time::OffsetDateTime;

use super::{AccountStore, Add, Delete, FlowStore, Insert, Remove, StoreError, Swap, Update};
use crate::{
    account::{Account, AccountId},
    name::UniqueKey,
    record::{Key, Record, Revision, Stored},
};

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// [`AccountStore`].
pub(crate) trait ErasedAccountStore: Send + Sync {
    fn add<'a>(&'a self, account: &'a Stored<Account>) -> Answer<'a, Add>;
    fn load<'a>(&'a self, id: &'a AccountId) -> Answer<'a, Option<Stored<Account>>>;
    fn find<'a>(&'a self, key: &'a UniqueKey) -> Answer<'a, Option<Stored<Account>>>;
    fn update<'a>(&'a self, was: Revision, account: &'a Stored<Account>) -> Answer<'a, Update>;
    fn remove<'a>(&'a self, was: Revision, id: &'a AccountId) -> Answer<'a, Remove>;
    fn due(&self, now: OffsetDateTime, limit: usize) -> Answer<'_, Vec<AccountId>>;
}

impl<S: AccountStore> ErasedAccountStore for S {
    fn add<'a>(&'a self, account: &'a Stored<Account>) -> Answer<'a, Add> {
        Box::pin(AccountStore::add(self, account))
    }
    fn load<'a>(&'a self, id: &'a AccountId) -> Answer<'a, Option<Stored<Account>>> {
        Box::pin(AccountStore::load(self, id))
    }
    fn find<'a>(&'a self, key: &'a UniqueKey) -> Answer<'a, Option<Stored<Account>>> {
        Box::pin(AccountStore::find(self, key))
    }
    fn update<'a>(&'a self, was: Revision, account: &'a Stored<Account>) -> Answer<'a, Update> {
        Box::pin(AccountStore::update(self, was, account))
    }
    fn remove<'a>(&'a self, was: Revision, id: &'a AccountId) -> Answer<'a, Remove> {
        Box::pin(AccountStore::remove(self, was, id))
    }
    fn due(&self, now: OffsetDateTime, limit: usize) -> Answer<'_, Vec<AccountId>> {
        Box::pin(AccountStore::due(self, now, limit))
    }
}

/// [`FlowStore`].
pub(crate) trait ErasedFlowStore: Send + Sync {
    fn insert<'a>(
        &'a self,
        key: &'a Key,
        record: &'a Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Answer<'a, Insert>;
    fn get<'a>(&'a self, key: &'a Key, now: OffsetDateTime) -> Answer<'a, Option<Stored<Record>>>;
    fn swap<'a>(
        &'a self,
        key: &'a Key,
        was: Revision,
        record: &'a Stored<Record>,
        expires: OffsetDateTime,
    ) -> Answer<'a, Swap>;
    fn delete<'a>(&'a self, key: &'a Key, was: Revision) -> Answer<'a, Delete>;
    fn purge<'a>(&'a self, now: OffsetDateTime, limit: usize) -> Answer<'a, usize>;
}

impl<S: FlowStore> ErasedFlowStore for S {
    fn insert<'a>(
        &'a self,
        key: &'a Key,
        record: &'a Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Answer<'a, Insert> {
        Box::pin(FlowStore::insert(self, key, record, now, expires))
    }
    fn get<'a>(&'a self, key: &'a Key, now: OffsetDateTime) -> Answer<'a, Option<Stored<Record>>> {
        Box::pin(FlowStore::get(self, key, now))
    }
    fn swap<'a>(
        &'a self,
        key: &'a Key,
        was: Revision,
        record: &'a Stored<Record>,
        expires: OffsetDateTime,
    ) -> Answer<'a, Swap> {
        Box::pin(FlowStore::swap(self, key, was, record, expires))
    }
    fn delete<'a>(&'a self, key: &'a Key, was: Revision) -> Answer<'a, Delete> {
        Box::pin(FlowStore::delete(self, key, was))
    }
    fn purge<'a>(&'a self, now: OffsetDateTime, limit: usize) -> Answer<'a, usize> {
        Box::pin(FlowStore::purge(self, now, limit))
    }
}
