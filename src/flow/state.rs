//! A flow: what one claimant has proved so far.
//!
//! ```text
//!  recover(name)     ─┐
//!  settings(session) ─┴▶ ticket ──▶ challenge ──▶ prove ──▶ accepted: a new ticket ──▶ … ──▶ apply
//!                       (sealed,    (a record      │                                          │
//!                       no record)  under its id)  └▶ denied · locked · expired    record gone ┘
//! ```
//!
//! The record lies under the flow's id and names the one ticket that is good. While that is the
//! sealed one there need not be a record. Accepting a proof is one guarded write of the record, so
//! of many submissions of one right code one is accepted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    code::Code,
    decision::{Decision, Write},
    manage::Managing,
    session::{DeviceClaims, Sealed, seal, within},
    ticket::{Held, NewTicket},
};
use crate::{
    account::{Account, AccountId, Epoch, Method, SecondFactor},
    address::Address,
    clock::Stamp,
    email::EmailAddress,
    error::Error,
    name::UniqueKey,
    phone::PhoneNumber,
    policy::Policy,
    record::{self, Added, Key, Record, RecordError, Revision, Schema, Stored},
    secret::{SecurityCodeHash, Ticket},
    service_key::{Mac, ServiceKey},
    session::{Session, SessionId},
    support::CaseId,
};

/// Names a flow: 128 random bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct FlowId([u8; 16]);

/// Where a claimant came in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Entry {
    /// Signed in as the manager of the account that the flow is about.
    Manager(Managing),
    /// With the link of a support case.
    Case(CaseId),
    /// With a login name, which an account may have or not.
    Name(UniqueKey),
    /// Signed in.
    Session(SessionId),
}

/// The account that a flow is about, in the state in which the flow met it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(crate) account: AccountId,
    /// A flow dies with any change of a credential.
    pub(crate) epoch: Epoch,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Flow {
    pub(crate) id: FlowId,
    pub(crate) entry: Entry,
    pub(crate) began: Stamp,
    pub(crate) label: Option<String>,
    /// What a device token said; whether it is one of the account is seen when that is loaded.
    pub(crate) device: Option<DeviceClaims>,
    pub(crate) subject: Option<Subject>,
    /// The ticket that is good; none while it is the sealed one.
    ticket: Option<Mac>,
    pub(crate) proofs: Vec<Method>,
    /// To the security e-mail.
    pub(crate) code: Option<Code>,
    /// The one before it: its mail is in the mailbox, and its link stays good.
    older: Option<Code>,
    pub(crate) new_email: Option<NewEmail>,
    /// Backup codes that were shown and of which one has to be typed back.
    pub(crate) issued_backup: Vec<SecurityCodeHash>,
    pub(crate) new_phone: Option<NewPhone>,
    /// To the phone of the account.
    pub(crate) phone_code: Option<Code>,
    /// A security code that was shown and has to be typed back.
    pub(crate) issued: Option<SecurityCodeHash>,
    /// A second factor that was shown and has to be confirmed by a first code.
    pub(crate) issued_factor: Option<SecondFactor>,
    /// Whether a second factor was shown in the session that it came out of.
    pub(crate) has_factor: bool,
    /// From when on a hint answer counts.
    pub(crate) ripe_at: Option<Stamp>,
    /// When the code or link was made that proved the security e-mail, or the phone.
    mailed_at: Option<Stamp>,
    /// The flow whose link this one came out of.
    origin: Option<FlowId>,
    added: Added,
}

const SCHEMA: Schema<Flow> = Schema {
    writer: (0x81, record::to_body),
    readers: &[(0x81, record::from_body)],
};

/// An address that is to become the security e-mail, and the code that was sent to it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct NewEmail {
    pub(crate) address: EmailAddress,
    pub(crate) code: Code,
}

/// A number that is to become the phone, and the code that was sent to it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct NewPhone {
    pub(crate) number: PhoneNumber,
    pub(crate) code: Code,
}

pub(super) const ID_LEN: usize = 16;

impl FlowId {
    pub(crate) const fn from_random(bits: [u8; ID_LEN]) -> Self {
        Self(bits)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; ID_LEN] {
        &self.0
    }

    /// The key of the record. Whoever reads the store does not learn the id.
    pub(crate) fn key(self, keys: &ServiceKey) -> Key {
        Key::from_bytes(keys.index(&[b"flow", &self.0]))
    }
}

impl Flow {
    fn begin(id: FlowId, entry: Entry, now: Stamp) -> Self {
        Self {
            id,
            entry,
            began: now,
            label: None,
            device: None,
            subject: None,
            ticket: None,
            proofs: Vec::new(),
            code: None,
            older: None,
            new_email: None,
            issued_backup: Vec::new(),
            new_phone: None,
            phone_code: None,
            issued: None,
            issued_factor: None,
            has_factor: false,
            ripe_at: None,
            mailed_at: None,
            origin: None,
            added: Added::default(),
        }
    }

    pub(crate) fn of_session(session: &Session, id: FlowId, now: Stamp) -> Self {
        Self {
            subject: Some(Subject {
                account: session.account.clone(),
                epoch: session.epoch,
            }),
            has_factor: session.has_factor,
            label: session.label.clone(),
            ..Self::begin(id, Entry::Session(session.id), now)
        }
    }

    /// A flow about an account that the owner of this session manages.
    pub(crate) fn of_manager(session: &Session, account: &Account, id: FlowId, now: Stamp) -> Self {
        Self {
            subject: Some(Subject {
                account: account.id.clone(),
                epoch: account.epoch,
            }),
            ..Self::begin(id, Entry::Manager(Managing::of(session)), now)
        }
    }

    pub(crate) fn of_name(
        name: &UniqueKey,
        device: Option<DeviceClaims>,
        label: Option<&str>,
        id: FlowId,
        now: Stamp,
    ) -> Self {
        Self {
            device,
            label: label.map(str::to_owned),
            ..Self::begin(id, Entry::Name(name.clone()), now)
        }
    }

    /// From when the link was made that led to it.
    pub(crate) fn of_case(account: &Account, case: CaseId, id: FlowId, made_at: Stamp) -> Self {
        Self {
            subject: Some(Subject {
                account: account.id.clone(),
                epoch: account.epoch,
            }),
            ..Self::begin(id, Entry::Case(case), made_at)
        }
    }

    /// The same recovery as a flow of its own, from when the code was made that led to it.
    pub(crate) fn forked(&self, id: FlowId, made_at: Stamp) -> Self {
        Self {
            subject: self.subject.clone(),
            mailed_at: Some(made_at),
            origin: Some(self.id),
            ..Self::begin(id, self.entry.clone(), made_at)
        }
    }

    /// The flow once it was stopped: no ticket, code or link is good for it.
    ///
    /// `nobodys`: a ticket that nobody gets.
    pub(crate) fn stopped(&self, nobodys: &NewTicket) -> Self {
        Self {
            subject: self.subject.clone(),
            ticket: Some(nobodys.kept),
            added: self.added.clone(),
            ..Self::begin(self.id, self.entry.clone(), self.began)
        }
    }

    /// The ticket of a flow without proofs.
    pub(crate) fn sealed(&self, keys: &ServiceKey) -> Result<Ticket, Error> {
        seal(Sealed::Started, self, keys).map(Ticket::from_text)
    }

    /// The flow that a ticket stands for beside the record that was found, if it is still good.
    pub(crate) fn held(
        held: &Held,
        key: &Key,
        found: Option<&Stored<Record>>,
        now: Stamp,
        policy: &Policy,
    ) -> Result<Option<Self>, RecordError> {
        let kept: Option<Self> = found.map(|stored| Self::read(key, stored)).transpose()?;
        let flow = match (held, kept) {
            (Held::Started(flow), None) => Some((**flow).clone()),
            (Held::Started(_), Some(kept)) => kept.ticket.is_none().then_some(kept),
            (Held::Kept { secret, .. }, Some(kept)) => {
                let is_good = kept.ticket.is_some_and(|good| good.matches(secret));
                is_good.then_some(kept)
            }
            (Held::Kept { .. }, None) => None,
        };
        Ok(flow.filter(|flow| flow.is_within_its_life(now, policy)))
    }

    pub(crate) fn read(key: &Key, stored: &Stored<Record>) -> Result<Self, RecordError> {
        record::decode(&SCHEMA, key.as_bytes(), stored.value.as_bytes())
    }

    /// Whether its ticket may still be good.
    pub(crate) fn is_within_its_life(&self, now: Stamp, policy: &Policy) -> bool {
        within(self.began, self.life(policy), now)
    }

    /// Whether a link that was mailed out of it may still be good.
    pub(crate) fn is_kept(&self, now: Stamp, policy: &Policy) -> bool {
        within(self.began, self.kept_for(policy), now)
    }

    /// A hint answer that has to wait gets a day more.
    fn life(&self, policy: &Policy) -> Duration {
        let life = match self.entry {
            Entry::Case(_) => policy.support.link_life,
            Entry::Name(_) => policy.recovery_life,
            Entry::Manager(_) | Entry::Session(_) => policy.flow_life,
        };
        self.ripe_at
            .map_or(life, |ripe_at| life.max(self.until(ripe_at, policy)))
    }

    /// How long the record is kept: a recovery's as long as the link of its last mail is good.
    fn kept_for(&self, policy: &Policy) -> Duration {
        let life = self.life(policy);
        match (&self.entry, &self.code) {
            (Entry::Name(_), Some(code)) => life.max(self.until(code.made_at(), policy)),
            (Entry::Case(_) | Entry::Manager(_) | Entry::Name(_) | Entry::Session(_), _) => life,
        }
    }

    /// From the beginning until what began then has had a recovery's life.
    fn until(&self, then: Stamp, policy: &Policy) -> Duration {
        then.since(self.began).saturating_add(policy.recovery_life)
    }

    /// The proofs that count by now.
    pub(crate) fn counting(&self, now: Stamp) -> Vec<Method> {
        let is_ripe = self.ripe_at.is_none_or(|ripe_at| ripe_at <= now);
        let proofs = self.proofs.iter().copied();
        proofs
            .filter(|method| is_ripe || *method != Method::HintQuestion)
            .collect()
    }

    /// The last code that was made for this method.
    pub(crate) const fn code_of(&self, method: Method) -> Option<&Code> {
        match (method, &self.new_email, &self.new_phone) {
            (Method::NewEmail, Some(new), _) => Some(&new.code),
            (Method::NewPhone, _, Some(new)) => Some(&new.code),
            (Method::NewEmail | Method::NewPhone, ..) => None,
            (Method::Phone, ..) => self.phone_code.as_ref(),
            _ => self.code.as_ref(),
        }
    }

    /// Makes this the code to the security e-mail, or to the phone.
    pub(crate) fn renew_code(&mut self, method: Method, code: Code) {
        match method {
            Method::Phone => self.phone_code = Some(code),
            _ => self.older = self.code.replace(code),
        }
    }

    /// The address that is to become the security e-mail, or the phone.
    pub(crate) fn new_address(&self, method: Method) -> Option<Address> {
        match method {
            Method::NewEmail => self
                .new_email
                .as_ref()
                .map(|new| new.address.clone().into()),
            Method::NewPhone => self.new_phone.as_ref().map(|new| new.number.clone().into()),
            _ => None,
        }
    }

    /// Makes this the address that is to become one of the account. What was proved of one before it
    /// does not count.
    pub(crate) fn renew_address(&mut self, method: Method, to: Address, code: Code) {
        self.proofs.retain(|proof| *proof != method);
        match to {
            Address::Email(address) => self.new_email = Some(NewEmail { address, code }),
            Address::Phone(number) => self.new_phone = Some(NewPhone { number, code }),
        }
    }

    /// The codes whose links may still be good.
    pub(crate) fn linked(&self, method: Method) -> impl Iterator<Item = &Code> {
        let (code, older) = match method {
            Method::NewEmail => (self.new_email.as_ref().map(|new| &new.code), None),
            Method::NewPhone | Method::Phone => (None, None),
            _ => (self.code.as_ref(), self.older.as_ref()),
        };
        code.into_iter().chain(older)
    }

    /// Whether a code or link for this method may still be good, also where the flow lives longer.
    pub(crate) fn has_good_code(&self, method: Method, now: Stamp, policy: &Policy) -> bool {
        let code = self.code_of(method);
        code.is_none_or(|code| code.is_good(method, now, policy))
    }

    /// Whether the security e-mail, or the phone, was proved by a code that was made so lately.
    pub(crate) fn was_mailed_within(&self, life: Duration, now: Stamp) -> bool {
        self.mailed_at.is_some_and(|at| within(at, life, now))
    }

    /// Whether this is the flow that the code lies in which proved the security e-mail in `other`.
    pub(crate) fn has_code_of(&self, other: &Self) -> bool {
        let made_at = |code: &Code| Some(code.made_at()) == other.mailed_at;
        self.linked(Method::SecurityEmail).any(made_at)
    }

    /// The flow whose end spends a sign-in: that of the code, however often its link was opened.
    pub(crate) fn of_code(&self) -> FlowId {
        self.origin.unwrap_or(self.id)
    }

    /// Whether the account is still the one that the flow met, in the same state.
    pub(crate) fn is_about(&self, account: &Account) -> bool {
        let is_same = self.subject.as_ref().is_some_and(|subject| {
            subject.account == account.id && subject.epoch.matches(&account.epoch)
        });
        is_same
            && match self.entry {
                Entry::Case(id) => account.has_case(id, self.began),
                Entry::Manager(_) | Entry::Name(_) | Entry::Session(_) => true,
            }
    }

    /// Who manages the account, where that is what the flow is for.
    pub(crate) const fn managing(&self) -> Option<&Managing> {
        match &self.entry {
            Entry::Manager(managing) => Some(managing),
            Entry::Case(_) | Entry::Name(_) | Entry::Session(_) => None,
        }
    }

    /// Whether the claimant is at a device that this account knows.
    pub(crate) fn is_at_known_device(&self, account: &Account) -> bool {
        matches!(self.entry, Entry::Session(_))
            || self
                .device
                .as_ref()
                .is_some_and(|device| device.is_of(account))
    }

    /// The flow with one more proof; only the new ticket is good from now on.
    pub(crate) fn accept(mut self, method: Method, ticket: &NewTicket) -> Self {
        if !self.proofs.contains(&method) {
            self.proofs.push(method);
        }
        let is_own = matches!(method, Method::Phone | Method::SecurityEmail);
        if let Some(made_at) = self.code_of(method).filter(|_| is_own).map(Code::made_at) {
            self.mailed_at = Some(made_at);
            self.origin = None;
        }
        self.ticket = Some(ticket.kept);
        self
    }

    /// The write that keeps the flow like this, and what is answered with it.
    pub(crate) fn keep<R>(
        &self,
        key: &Key,
        found: Option<&Stored<Record>>,
        revision: Revision,
        now: Stamp,
        policy: &Policy,
        reply: R,
    ) -> Decision<R> {
        let record = Stored {
            revision,
            value: Record::from_bytes(record::encode(&SCHEMA, key.as_bytes(), self)),
        };
        let expires = self.began.plus(self.kept_for(policy));
        Decision::with(Write::put(*key, found, record, now, expires), reply)
    }
}
