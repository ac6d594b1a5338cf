//! The machines of a service over the store that is proved: whole flows.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use time::OffsetDateTime;

use super::{
    report::{Fault, Verdict, whole},
    sample::{at, parse, service_key, unusable},
};
use crate::{
    accounts::{
        Accounts, Apply, Builder, Challenge, Challenged, Prove, Recover, Register, SessionStatus,
        SignIn,
    },
    client::Client,
    error::Error,
    flow::change::{Changes, Proof},
    hash::HashCost,
    hasher::HasherConfig,
    message::Content,
    secret::{MailedCode, NewPassword, Password, Ticket},
    sender::MemorySender,
    session::SignedIn,
    store::{ErasedAccountStore, ErasedFlowStore},
};

pub(super) const OLD: &str = "Mira-2-lakes";
pub(super) const NEW: &str = "Orla-5-rivers";
pub(super) const ALICE: &str = "alice@shop.example";

const DAY: i64 = 24 * 60 * 60 * 1000;

/// One machine. All share a clock.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) accounts: Accounts,
    sender: MemorySender,
    clock: Arc<AtomicI64>,
}

/// Machines with a worker and an outbox of their own, which use the one client and the other by
/// turns. A machine hashes for one name only twice at once and tells the others that it is busy, so
/// a race has one for each two callers.
pub(super) fn machines<const MACHINES: usize>(
    accounts: &[Arc<dyn ErasedAccountStore>; 2],
    flows: &[Arc<dyn ErasedFlowStore>; 2],
) -> Result<[Service; MACHINES], Fault> {
    let clock = Arc::new(AtomicI64::new(0));
    let clients = accounts.iter().zip(flows).cycle().take(MACHINES);
    let machines: Result<Vec<Service>, Fault> = clients
        .map(|(accounts, flows)| Service::over(Arc::clone(accounts), Arc::clone(flows), &clock))
        .collect();
    machines?.try_into().map_err(|_some: Vec<Service>| {
        Fault::new("the suite has another number of machines than it wanted")
    })
}

impl Service {
    fn over(
        accounts: Arc<dyn ErasedAccountStore>,
        flows: Arc<dyn ErasedFlowStore>,
        clock: &Arc<AtomicI64>,
    ) -> Result<Self, Fault> {
        let sender = MemorySender::new();
        let cost = HashCost::danger_below_floor(8, 1, 1).map_err(unusable)?;
        let time = Arc::clone(clock);
        let built = Builder::new(accounts, flows, Arc::new(sender.clone()), service_key()?)
            .link_base("https://shop.example/recover")
            .map_err(unusable)?
            .hash_cost(cost)
            .hasher(HasherConfig::new().workers(1))
            .clock(move || now(&time))
            .build();
        Ok(Self {
            accounts: built.map_err(unusable)?,
            sender,
            clock: Arc::clone(clock),
        })
    }

    pub(super) fn advance_days(&self, days: i64) {
        let span = days.saturating_mul(DAY);
        self.clock.fetch_add(span, Ordering::SeqCst);
    }

    pub(super) async fn register(&self, id: &str, name: &str) -> Result<SignedIn, Fault> {
        match self.try_register(id, name).await? {
            Some(Register::Registered(signed_in)) => Ok(signed_in),
            other => Err(unexpected("a registration", &other)),
        }
    }

    /// No answer, if too much is hashed at the moment.
    pub(super) async fn try_register(
        &self,
        id: &str,
        name: &str,
    ) -> Result<Option<Register>, Fault> {
        let (id, name, client) = (parse(id)?, parse(name)?, Client::new());
        let registered = self.accounts.register(id, name, typed(OLD)?, &client);
        unless_busy(registered.await)
    }

    /// With an address that counts for everything by now.
    pub(super) async fn register_with_email(&self) -> Result<SignedIn, Fault> {
        let signed_in = self.register("42", "alice").await?;
        let ticket = self.settings(&signed_in).await?;
        let ticket = self.accepted(&ticket, current_password(OLD)?).await?;
        let ticket = self.prove_new_email(&ticket, ALICE).await?;
        let signed_in = self.applied(&ticket, Changes::new().email()).await?;
        self.advance_days(4);
        Ok(signed_in)
    }

    pub(super) async fn prove_new_email(
        &self,
        ticket: &Ticket,
        address: &str,
    ) -> Result<Ticket, Fault> {
        let code = self
            .mailed(ticket, Challenge::NewEmail(parse(address)?))
            .await?;
        self.accepted(ticket, Proof::NewEmail(code)).await
    }

    /// Whether the session lives.
    pub(super) async fn is_live(&self, signed_in: &SignedIn) -> Result<bool, Fault> {
        let status = self.accounts.session(signed_in.token()).await?;
        Ok(matches!(status, SessionStatus::Live(_)))
    }

    pub(super) async fn settings(&self, signed_in: &SignedIn) -> Result<Ticket, Fault> {
        match self.accounts.session(signed_in.token()).await? {
            SessionStatus::Live(session) => Ok(self.accounts.settings(&session)?),
            other => Err(unexpected("a session", &other)),
        }
    }

    pub(super) async fn sign_in(&self, name: &str, password: &str) -> Result<SignIn, Fault> {
        let password = Password::new(password).map_err(unusable)?;
        let client = Client::new();
        Ok(self
            .accounts
            .sign_in(&parse(name)?, &password, &client)
            .await?)
    }

    pub(super) fn recover(&self, name: &str) -> Result<Ticket, Fault> {
        let client = Client::new().human(true);
        match self.accounts.recover(&parse(name)?, &client)? {
            Recover::Started(ticket) => Ok(ticket),
            other => Err(unexpected("a recovery", &other)),
        }
    }

    /// The code of the mail that is asked for.
    pub(super) async fn mailed(
        &self,
        ticket: &Ticket,
        challenge: Challenge,
    ) -> Result<MailedCode, Fault> {
        match self.accounts.challenge(ticket, challenge).await? {
            Challenged::Sent => {}
            other => return Err(unexpected("a challenge", &other)),
        }
        let _sent = self.accounts.deliver_due().await?;
        let codes = self.sender.take().into_iter();
        let code = codes.rev().find_map(|message| match message.content() {
            Content::Code { code, .. } => Some(code.clone()),
            _ => None,
        });
        code.ok_or_else(|| Fault::new("no mail with a code went out"))
    }

    pub(super) async fn accepted(&self, ticket: &Ticket, proof: Proof) -> Result<Ticket, Fault> {
        match self.accounts.prove(ticket, proof).await? {
            Prove::Accepted(ticket) => Ok(ticket),
            other => Err(unexpected("a right proof", &other)),
        }
    }

    /// The session of whoever changed something out of one.
    pub(super) async fn applied(
        &self,
        ticket: &Ticket,
        changes: Changes,
    ) -> Result<SignedIn, Fault> {
        match self.accounts.apply(ticket, changes).await? {
            Apply::Applied(signed_in) => Ok(signed_in),
            other => Err(unexpected("a change", &other)),
        }
    }
}

pub(super) fn typed(password: &str) -> Result<NewPassword, Fault> {
    NewPassword::typed_twice(password, password).map_err(unusable)
}

pub(super) fn current_password(password: &str) -> Result<Proof, Fault> {
    Ok(Proof::CurrentPassword(
        Password::new(password).map_err(unusable)?,
    ))
}

/// Whether a verb was told to try again: what happens to some of many at once.
pub(super) fn unless_busy<T>(answer: Result<T, Error>) -> Result<Option<T>, Fault> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Contended | Error::Overloaded) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// So many, and no other number.
pub(super) fn count(found: usize, expected: usize, what: &str) -> Verdict {
    match found == expected {
        true => Ok(()),
        false => Err(Fault::new(format!("{found} {what} in place of {expected}"))),
    }
}

pub(super) fn unexpected(what: &str, answer: &impl std::fmt::Debug) -> Fault {
    Fault::new(format!("{what} was answered {answer:?}"))
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::new(format!("a verb failed: {}", whole(&error)))
    }
}

fn now(clock: &AtomicI64) -> OffsetDateTime {
    at(clock.load(Ordering::SeqCst))
}
