//! The one pending change of the e-mail of an account, and the one of its phone: records that name
//! their flow.

use super::Accounts;
use crate::{
    account::{AccountId, Method},
    error::Error,
    flow::{
        decision::{Decision, Write},
        state::FlowId,
    },
    record::{self, Key, Record, RecordError, Schema, Stored},
};

/// A pointer is replaced as a whole: what a newer version has added to the one before is not about the
/// new one.
const SCHEMA: Schema<FlowId> = Schema {
    writer: (0xc1, record::to_body),
    readers: &[(0xc1, record::from_body)],
};

impl Accounts {
    /// From now on this flow's change is the pending one, and no other's.
    ///
    /// `method`: of the code to the new address.
    pub(super) async fn point_to(
        &self,
        method: Method,
        account: &AccountId,
        flow: FlowId,
    ) -> Result<(), Error> {
        let policy = &self.inner.policy;
        let key = self.pointer(method, account);
        let found = self.get(&key).await?;
        self.commit_flow(&key, found, |found, now, revision| {
            // It is replaced whatever it says, unless only a newer version knows what that is.
            if let Some(Err(RecordError::Newer)) = found.map(|found| read(&key, found)) {
                return Err(RecordError::Newer.into());
            }
            let record = Stored {
                revision,
                value: Record::from_bytes(record::encode(&SCHEMA, key.as_bytes(), &flow)),
            };
            let expires = now.plus(policy.recovery_life.max(policy.flow_life));
            let write = Write::put(key, found, record, now, expires);
            Ok(Decision::with(write, ()))
        })
        .await
    }

    /// Whether the pending change is this flow's.
    pub(super) async fn is_pointed_to(
        &self,
        method: Method,
        account: &AccountId,
        flow: FlowId,
    ) -> Result<bool, Error> {
        let key = self.pointer(method, account);
        let found = self.get(&key).await?;
        let found = found.map(|found| read(&key, &found)).transpose()?;
        Ok(found == Some(flow))
    }

    fn pointer(&self, method: Method, account: &AccountId) -> Key {
        let what: &[u8] = match method {
            Method::NewPhone => b"pending phone",
            _ => b"pending e-mail",
        };
        let parts: [&[u8]; 2] = [what, account.as_str().as_bytes()];
        Key::from_bytes(self.inner.keys.index(&parts))
    }
}

fn read(key: &Key, found: &Stored<Record>) -> Result<FlowId, RecordError> {
    record::decode(&SCHEMA, key.as_bytes(), found.value.as_bytes())
}
