//! Tickets: opening one, meeting the account that it is about, accepting a proof.

use super::Accounts;
use crate::{
    account::{Account, Method},
    audit::{Entry, Reason},
    client::Client,
    clock::Stamp,
    error::Error,
    flow::{
        budget::Whose,
        decision::{Decision, Write},
        state::{self, Flow, FlowId, Subject},
        ticket::{Held, NewTicket},
    },
    hint::QuestionId,
    name::UniqueKey,
    record::{Key, Record, Stored},
    secret::Ticket,
    support::Actor,
};

/// A flow that a ticket or a link led to.
pub(super) struct Opened {
    pub(super) flow: Flow,
    pub(super) key: Key,
    pub(super) record: Option<Stored<Record>>,
    by: By,
}

/// What led to it.
enum By {
    Link,
    Ticket(Held),
}

/// The account that a flow is about, or what stands in for it.
pub(super) struct Met {
    pub(super) stored: Option<Stored<Account>>,
    /// Who manages it, where that is what the flow is for.
    manager: Option<Stored<Account>>,
    decoy: Option<Account>,
    /// The question of whatever account has the name now: a flow that the account has outgrown
    /// shows no other one than a new flow does.
    pub(super) question: Option<QuestionId>,
}

impl Met {
    /// The account, or its stand-in, which no proof is right for.
    pub(super) fn account(&self) -> Result<&Account, Error> {
        let real = self.stored.as_ref().map(|stored| &stored.value);
        real.or(self.decoy.as_ref()).ok_or(Error::Contended)
    }

    /// What stands in for what the account does not have, where a stranger may ask.
    pub(super) const fn stand_in(&self) -> Option<&Account> {
        self.decoy.as_ref()
    }

    /// Whose password is typed in this flow.
    pub(super) fn typist(&self) -> Option<&Stored<Account>> {
        self.manager.as_ref().or(self.stored.as_ref())
    }

    pub(super) const fn is_real(&self) -> bool {
        self.stored.is_some()
    }
}

impl Opened {
    pub(super) const fn is_session(&self) -> bool {
        matches!(self.flow.entry, state::Entry::Session(_))
    }

    /// The budget of guesses in this flow.
    pub(super) fn whose<'a>(&'a self, met: &'a Met) -> Result<Whose<'a>, Error> {
        let account = met.account()?;
        Ok(match (&self.flow.entry, &self.flow.device) {
            (state::Entry::Manager(managing), _) => Whose::Account(&managing.account),
            (state::Entry::Case(_) | state::Entry::Session(_), _) => Whose::Account(account.id()),
            (state::Entry::Name(_), Some(device)) if device.is_of(account) => {
                Whose::Device(account.id(), device.device)
            }
            (state::Entry::Name(name), _) => Whose::Name(name),
        })
    }
}

impl Accounts {
    /// The flow that this ticket stands for.
    pub(super) async fn open(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
    ) -> Result<Option<Opened>, Error> {
        let inner = &self.inner;
        let Some(held) = Held::read(ticket, &inner.keys) else {
            return Ok(None);
        };
        let key = held.id().key(&inner.keys);
        let record = self.get(&key).await?;
        let now = self.now();
        let Some(flow) = Flow::held(&held, &key, record.as_ref(), now, &inner.policy)? else {
            return Ok(None);
        };
        self.note_flow(entry, &flow);
        Ok(Some(Opened {
            flow,
            key,
            record,
            by: By::Ticket(held),
        }))
    }

    /// The flow with this id, for whoever has its link.
    pub(super) async fn open_link(
        &self,
        entry: &mut Entry<'_>,
        id: FlowId,
    ) -> Result<Option<Opened>, Error> {
        let inner = &self.inner;
        let key = id.key(&inner.keys);
        let Some(record) = self.get(&key).await? else {
            return Ok(None);
        };
        let flow = Flow::read(&key, &record)?;
        if !flow.is_kept(self.now(), &inner.policy) {
            return Ok(None);
        }
        self.note_flow(entry, &flow);
        Ok(Some(Opened {
            flow,
            key,
            record: Some(record),
            by: By::Link,
        }))
    }

    fn note_flow(&self, entry: &mut Entry<'_>, flow: &Flow) {
        entry.relabel(flow.label.as_deref());
        match &flow.entry {
            state::Entry::Manager(managing) => {
                entry.session(managing.session);
                entry.actor(&Actor::Account(managing.account.clone()));
                if let Some(subject) = &flow.subject {
                    entry.account(&subject.account);
                }
            }
            state::Entry::Name(name) => entry.rename(self.tag(name)),
            state::Entry::Case(_) => {
                if let Some(subject) = &flow.subject {
                    entry.account(&subject.account);
                }
            }
            state::Entry::Session(session) => {
                entry.session(*session);
                if let Some(subject) = &flow.subject {
                    entry.account(&subject.account);
                }
            }
        }
    }

    /// The flow as the record that was found says now, if what led to it is still good.
    pub(super) fn current(
        &self,
        opened: &Opened,
        found: Option<&Stored<Record>>,
    ) -> Result<Option<Flow>, Error> {
        let (now, policy) = (self.now(), &self.inner.policy);
        Ok(match &opened.by {
            By::Ticket(held) => Flow::held(held, &opened.key, found, now, policy)?,
            By::Link => found
                .map(|record| Flow::read(&opened.key, record))
                .transpose()?,
        })
    }

    /// The account that the flow is about. `None`: the flow has ended.
    ///
    /// A flow that came in with a name and has proved nothing does not end when the account
    /// changes: it goes on as one for a name that nobody has. Else a stranger could watch for the
    /// owner.
    pub(super) async fn meet(
        &self,
        entry: &mut Entry<'_>,
        opened: &Opened,
    ) -> Result<Option<Met>, Error> {
        let flow = &opened.flow;
        let met = match &flow.entry {
            state::Entry::Manager(managing) => {
                let Some(subject) = &flow.subject else {
                    return Ok(None);
                };
                let found = self.load(&subject.account).await?;
                let manager = self.load(&managing.account).await?;
                let (Some(stored), Some(manager)) = (found, manager) else {
                    return Ok(None);
                };
                let may_change = managing.may_change(&manager.value, &stored.value);
                if !may_change || !flow.is_about(&stored.value) {
                    return Ok(None);
                }
                Met {
                    stored: Some(stored),
                    manager: Some(manager),
                    decoy: None,
                    question: None,
                }
            }
            state::Entry::Case(_) | state::Entry::Session(_) => {
                let Some(subject) = &flow.subject else {
                    return Ok(None);
                };
                let found = self.load(&subject.account).await?;
                let Some(stored) = found.filter(|stored| flow.is_about(&stored.value)) else {
                    return Ok(None);
                };
                Met {
                    stored: Some(stored),
                    manager: None,
                    decoy: None,
                    question: None,
                }
            }
            state::Entry::Name(name) => {
                let found = self.find(name).await?;
                let decoy = self.decoy(name)?;
                let hint = found.as_ref().and_then(|found| found.value.hint.as_ref());
                let question = hint.map(|hint| hint.value.question.clone());
                let is_first_step = opened.record.is_none();
                if let Some(found) = found.as_ref().filter(|found| !found.value.is_live()) {
                    entry.account(found.value.id());
                    entry.blame(Some(Reason::Disabled));
                }
                let found = found.filter(|found| found.value.is_live());
                let stored = found.filter(|stored| is_first_step || flow.is_about(&stored.value));
                if stored.is_none() && !flow.proofs.is_empty() {
                    return Ok(None);
                }
                Met {
                    stored,
                    manager: None,
                    decoy: Some(decoy),
                    question,
                }
            }
        };
        if let Some(stored) = &met.stored {
            entry.account(stored.value.id());
        }
        Ok(Some(met))
    }

    /// Writes the flow after this step. `None`: the flow has ended meanwhile.
    ///
    /// `step` says what the flow becomes, and what is answered.
    pub(super) async fn step<R>(
        &self,
        opened: &Opened,
        met: &Met,
        step: impl Fn(Flow) -> Result<(Flow, R), Error>,
    ) -> Result<Option<R>, Error> {
        let policy = &self.inner.policy;
        let (key, record) = (&opened.key, opened.record.clone());
        self.commit_flow(key, record, |found, now, revision| {
            let Some(mut flow) = self.current(opened, found)? else {
                return Ok(Decision::without_write(None));
            };
            if found.is_none() && flow.subject.is_none() {
                flow.subject = met.stored.as_ref().map(|stored| Subject {
                    account: stored.value.id.clone(),
                    epoch: stored.value.epoch,
                });
            }
            // Between the look at the account and this write somebody else may have bound the flow
            // to a later state of it.
            let is_another = |stored: &Stored<Account>| !flow.is_about(&stored.value);
            if met.stored.as_ref().is_some_and(is_another) {
                return Ok(Decision::without_write(None));
            }
            let (flow, reply) = step(flow)?;
            Ok(flow.keep(key, found, revision, now, policy, Some(reply)))
        })
        .await
    }

    /// Accepts a proof: a new ticket, the one before it is dead.
    pub(super) async fn accept(
        &self,
        opened: &Opened,
        met: &Met,
        method: Method,
        adapt: impl Fn(&mut Flow),
    ) -> Result<Option<Ticket>, Error> {
        let ticket = self.new_ticket(&opened.flow)?;
        let accepted = self
            .step(opened, met, |mut flow| {
                adapt(&mut flow);
                Ok((flow.accept(method, &ticket), ()))
            })
            .await?;
        Ok(accepted.map(|()| ticket.ticket))
    }

    /// Accepts a proof in a flow of its own: whoever began the other one sees nothing of it.
    pub(super) async fn fork(
        &self,
        opened: &Opened,
        method: Method,
        made_at: Stamp,
    ) -> Result<Ticket, Error> {
        let inner = &self.inner;
        let id = FlowId::from_random(inner.entropy.draw()?);
        let flow = opened.flow.forked(id, made_at);
        let ticket = self.new_ticket(&flow)?;
        let (flow, key) = (flow.accept(method, &ticket), id.key(&inner.keys));
        self.commit_flow(&key, None, |found, now, revision| {
            Ok(flow.keep(&key, found, revision, now, &inner.policy, ()))
        })
        .await?;
        Ok(ticket.ticket)
    }

    pub(super) fn new_ticket(&self, flow: &Flow) -> Result<NewTicket, Error> {
        let secret = self.inner.entropy.draw()?;
        Ok(NewTicket::new(flow.id, secret, &self.inner.keys))
    }

    /// Deletes a record that nothing leads to any more. If that fails it expires.
    pub(super) async fn forget(&self, key: Key, record: Option<Stored<Record>>) {
        if let Some(record) = record {
            let was = record.revision;
            let decision = Decision::with(Write::DeleteFlow { key, was }, ());
            let _expires_anyway = decision.commit(self).await;
        }
    }

    /// A flow that enters with a name.
    pub(super) fn flow_of(&self, name: &UniqueKey, client: &Client) -> Result<Flow, Error> {
        let id = FlowId::from_random(self.inner.entropy.draw()?);
        let (device, label) = (self.device(client), client.label_text());
        Ok(Flow::of_name(name, device, label, id, self.now()))
    }
}
