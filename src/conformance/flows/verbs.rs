//! What the sentences are for: whole flows of several machines over one store of flows.

use std::sync::Arc;

use super::{
    super::{
        bench::{Bench, Two},
        report::{Fault, Verdict, ensure},
        sample::parse,
        service::{self, NEW, Service, count, typed, unexpected, unless_busy},
        task::yield_now,
    },
    Store,
};
use crate::{
    accounts::{Apply, Challenge, Prove},
    flow::change::{Changes, Proof},
    secret::{MailedCode, Ticket},
    store::MemoryStore,
};

const SUBMISSIONS: usize = 64;
const GUESSES: usize = 200;
const BUDGET: usize = 3;
/// How often a guess is made that is told to come again, while others are being judged.
const ROUNDS: usize = 64;

/// 200 guesses at once, each with a flow and a code of its own.
pub(super) async fn flow_02_a_budget_of_3_withstands_200_guesses(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let machines: [_; GUESSES / 2] = machines(&two)?;
    let [service, ..] = &machines;
    let _signed_in = service.register_with_email().await?;
    let answers = bench.race_of(GUESSES, &two, |_store, number| {
        let machine = machine(&machines, number);
        async move {
            let machine = machine?;
            let ticket = machine.recover("alice")?;
            let challenge = machine
                .accounts
                .challenge(&ticket, Challenge::SecurityEmail);
            let _sent = unless_busy(challenge.await)?;
            judged(&machine, &ticket, wrong(None)?).await
        }
    });
    let judged_at_once = answers.await?.into_iter().filter(|judged| *judged).count();
    ensure(judged_at_once >= 1, "no guess of 200 was judged")?;
    let mut all = judged_at_once;
    // The rest of the budget is still there, and no more than that.
    for machine in machines.iter().take(BUDGET.saturating_mul(2)) {
        let ticket = machine.recover("alice")?;
        let judged = judged(machine, &ticket, wrong(None)?).await?;
        all = all.saturating_add(usize::from(judged));
    }
    count(all, BUDGET, "guesses were judged")
}

/// 64 submissions of one code, and of what it opens; the accounts are in memory. Somebody has
/// guessed before, so that all of them write the same two records.
pub(super) async fn flow_04_one_code_is_accepted_once(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let machines: [_; SUBMISSIONS / 2] = machines(&two)?;
    let [service, ..] = &machines;
    let _signed_in = service.register_with_email().await?;
    let ticket = service.recover("alice")?;
    let code = service.mailed(&ticket, Challenge::SecurityEmail).await?;
    ensure(
        judged(service, &ticket, wrong(Some(&code))?).await?,
        "a first guess was not judged",
    )?;
    let answers = bench.race_of(SUBMISSIONS, &two, |_store, number| {
        let machine = machine(&machines, number);
        let (ticket, proof) = (ticket.clone(), Proof::SecurityEmail(code.clone()));
        async move { unless_busy(machine?.accounts.prove(&ticket, proof).await) }
    });
    let mut tickets = Vec::new();
    for answer in answers.await?.into_iter().flatten() {
        match answer {
            Prove::Accepted(ticket) => tickets.push(ticket),
            Prove::Expired => {}
            other => return Err(unexpected("a right code", &other)),
        }
    }
    count(tickets.len(), 1, "submissions of one code were accepted")?;
    let Some(ticket) = tickets.pop() else {
        return Err(Fault::new("no code was accepted"));
    };
    let answers = bench.race_of(SUBMISSIONS, &two, |_store, number| {
        let machine = machine(&machines, number);
        let ticket = ticket.clone();
        async move {
            let changes = Changes::new().password(typed(NEW)?);
            unless_busy(machine?.accounts.apply(&ticket, changes).await)
        }
    });
    let mut set = 0_usize;
    for answer in answers.await?.into_iter().flatten() {
        match answer {
            Apply::Recovered(_) => set = set.saturating_add(1),
            Apply::Expired => {}
            other => return Err(unexpected("a recovery", &other)),
        }
    }
    count(set, 1, "times one recovery set a password")
}

/// One guess after another, each on the other machine.
pub(super) async fn flow_05_a_miss_counts_on_the_other_machine(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let machines: [_; 2] = machines(&two)?;
    let [service, other] = &machines;
    let _signed_in = service.register_with_email().await?;
    let ticket = service.recover("alice")?;
    let code = service.mailed(&ticket, Challenge::SecurityEmail).await?;
    for (number, machine) in machines.iter().cycle().take(BUDGET).enumerate() {
        let guess = Proof::SecurityEmail(wrong(Some(&code))?);
        match machine.accounts.prove(&ticket, guess).await? {
            Prove::Denied { left: Some(left) } => count(
                usize::try_from(left).unwrap_or(usize::MAX),
                BUDGET.saturating_sub(number.saturating_add(1)),
                "guesses were left",
            )?,
            answer => return Err(unexpected("a wrong code", &answer)),
        }
    }
    // Also the right one, by now.
    for machine in [service, other] {
        let right = Proof::SecurityEmail(code.clone());
        match machine.accounts.prove(&ticket, right).await? {
            Prove::Locked { .. } | Prove::Expired => {}
            answer => return Err(unexpected("a code after 3 misses", &answer)),
        }
    }
    Ok(())
}

/// Whether the guess was judged in the end. No guess of these is right.
async fn judged(service: &Service, ticket: &Ticket, guess: MailedCode) -> Result<bool, Fault> {
    for _ in 0..ROUNDS {
        let proof = Proof::SecurityEmail(guess.clone());
        match unless_busy(service.accounts.prove(ticket, proof).await)? {
            Some(Prove::Denied { .. }) => return Ok(true),
            Some(Prove::Locked { .. } | Prove::Expired) => return Ok(false),
            Some(answer) => return Err(unexpected("a wrong code", &answer)),
            None => yield_now().await,
        }
    }
    Ok(false)
}

/// A code that is not this one.
fn wrong(code: Option<&MailedCode>) -> Result<MailedCode, Fault> {
    let begins_with_0 = code.is_some_and(|code| code.expose().starts_with('0'));
    parse(if begins_with_0 {
        "11111111"
    } else {
        "00000000"
    })
}

/// Over the two clients, and accounts in memory that all share.
fn machines<const MACHINES: usize>(two: &Two<Store>) -> Result<[Service; MACHINES], Fault> {
    let accounts = MemoryStore::new();
    service::machines(
        &[Arc::new(accounts.clone()), Arc::new(accounts)],
        &[Arc::clone(&two.one), Arc::clone(&two.other)],
    )
}

fn machine(machines: &[Service], number: usize) -> Result<Service, Fault> {
    let machine = machines.iter().cycle().nth(number).cloned();
    machine.ok_or_else(|| Fault::new("the suite has no machine for this caller"))
}
