//! The answer to a hint question as a proof.

use super::{
    Accounts, Prove,
    claim::{Met, Opened},
    prove::{Guessed, Hashed, accepted_or_expired},
};
use crate::{
    account::{Account, Method},
    error::Error,
    flow::{budget::Spent, decoy, registration, state},
    hash::{Comparison, Owner, Purpose},
    hasher::Seat,
    message::{Notice, Until},
    secret::HintAnswer,
};

impl Accounts {
    pub(super) async fn prove_hint(
        &self,
        opened: &Opened,
        met: &Met,
        typed: &HintAnswer,
    ) -> Result<Prove, Error> {
        let policy = &self.inner.policy;
        let account = met.account()?;
        let guess = Hashed {
            method: Method::HintQuestion,
            spent: Spent::HintQuestion,
            rule: policy.hint,
            comparison: self.hint_comparison(opened, account)?,
        };
        let has_hint = met.is_real() && account.has_answer();
        let seat = match self
            .prove_hash(opened, met, guess, typed.as_password())
            .await?
        {
            Guessed::No(refused) => return Ok(refused),
            Guessed::Right(_seat) if !has_hint => return Ok(Prove::Denied { left: Some(0) }),
            Guessed::Right(seat) => seat,
        };
        // If it cannot be written now, the next right answer makes up for it.
        let _not_now = self.rehash_hint(&seat, met, typed).await;
        drop(seat);
        if opened.flow.is_at_known_device(account) {
            return self
                .accept(opened, met, Method::HintQuestion, |_| ())
                .await
                .map(accepted_or_expired);
        }
        // An answer again does not begin the wait again.
        let until = opened
            .flow
            .ripe_at
            .unwrap_or_else(|| self.now().plus(policy.hint_wait));
        self.tell(opened, met, Notice::HintAnswered(Until(until)))
            .await?;
        let ticket = self
            .accept(opened, met, Method::HintQuestion, |flow| {
                flow.ripe_at = Some(until);
            })
            .await?;
        Ok(match ticket {
            Some(ticket) => Prove::Waiting {
                ticket,
                until: until.into(),
            },
            None => Prove::Expired,
        })
    }

    /// Replaces the hash of a right answer if a new one would be made another way. Somebody else's
    /// change in between goes first.
    async fn rehash_hint(&self, seat: &Seat, met: &Met, typed: &HintAnswer) -> Result<(), Error> {
        let inner = &self.inner;
        let Some(stored) = &met.stored else {
            return Ok(());
        };
        let account = &stored.value;
        let hint = account.hint.as_ref();
        let answer = hint.and_then(|hint| hint.value.answer.as_ref());
        if answer.is_some_and(|answer| !answer.is_current(inner.mix.own, &inner.keys)) {
            let hash = self.hash_answer(seat, account.id(), typed).await?;
            let decision = registration::rehash_hint(stored, hash, self.revision()?);
            let _stale_is_fine = decision.commit(self).await?;
        }
        Ok(())
    }

    /// What a typed answer is compared with: the account's own, or one that nobody has.
    fn hint_comparison(&self, opened: &Opened, account: &Account) -> Result<Comparison, Error> {
        let inner = &self.inner;
        let state::Entry::Name(name) = &opened.flow.entry else {
            return Err(Error::NotOffered);
        };
        // Made for every name, so that making it takes time for every name.
        let decoy = decoy::answer(name, &inner.answers, &inner.keys)?;
        let own = account
            .hint
            .as_ref()
            .and_then(|hint| hint.value.answer.as_ref());
        let owner = Owner {
            account: account.id(),
            purpose: Purpose::Hint,
        };
        own.unwrap_or(&decoy).comparison(owner, &inner.keys)
    }
}
