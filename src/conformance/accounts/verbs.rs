//! What the sentences are for: whole flows of several machines over one store of accounts.

use std::sync::Arc;

use super::{
    super::{
        bench::{Bench, Two},
        report::{Fault, Verdict, ensure},
        service::{
            self, ALICE, NEW, OLD, Service, count, current_password, typed, unexpected, unless_busy,
        },
    },
    Store,
};
use crate::{
    accounts::{Apply, Challenge, Prove, Register, SignIn},
    flow::change::{Changes, Proof},
    name::KeyKind,
    store::MemoryStore,
};

const SUBMISSIONS: usize = 64;
const CROWD: usize = SUBMISSIONS / 2;

pub(super) async fn account_03_of_32_registrations_one_gets_the_name(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let machines: [_; CROWD] = machines(&two)?;
    let answers = bench.race(&two, |_store, number| {
        let machine = machine(&machines, number);
        async move { machine?.try_register(&number.to_string(), "alice").await }
    });
    let mut registered = 0_usize;
    for answer in answers.await?.into_iter().flatten() {
        match answer {
            Register::Registered(_) => registered = registered.saturating_add(1),
            Register::Taken(KeyKind::Login | KeyKind::Skeleton) => {}
            other => return Err(unexpected("a registration", &other)),
        }
    }
    count(registered, 1, "accounts got one name")
}

/// 64 submissions of one code, and of what it opens; the flows are in memory.
pub(super) async fn account_04_one_code_sets_one_password(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let machines: [_; CROWD] = machines(&two)?;
    let [service, other, ..] = &machines;
    let before = service.register_with_email().await?;
    let ticket = service.recover("alice")?;
    let code = service.mailed(&ticket, Challenge::SecurityEmail).await?;
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
    count(set, 1, "times one recovery set a password")?;
    ensure(
        !other.is_live(&before).await?,
        "a session lived on after a recovery",
    )?;
    for machine in [service, other] {
        match machine.sign_in("alice", NEW).await? {
            SignIn::Accepted(_) => {}
            other => return Err(unexpected("the new password", &other)),
        }
    }
    Ok(())
}

pub(super) async fn account_05_a_changed_email_opens_no_more(bench: Bench<Store>) -> Verdict {
    const NEXT: &str = "alice@new.example";
    let two = bench.two().await?;
    let [service, other] = machines(&two)?;
    let signed_in = service.register_with_email().await?;
    let ticket = service.settings(&signed_in).await?;
    let ticket = service.accepted(&ticket, current_password(OLD)?).await?;
    let code = service.mailed(&ticket, Challenge::SecurityEmail).await?;
    let ticket = service
        .accepted(&ticket, Proof::SecurityEmail(code))
        .await?;
    let ticket = service.prove_new_email(&ticket, NEXT).await?;
    let _signed_in = service.applied(&ticket, Changes::new().email()).await?;
    match other.sign_in(NEXT, OLD).await? {
        SignIn::Accepted(_) => {}
        answer => return Err(unexpected("the new address", &answer)),
    }
    match other.sign_in(ALICE, OLD).await? {
        SignIn::Denied { .. } => {}
        answer => return Err(unexpected("the address of before", &answer)),
    }
    // Somebody else can have it now.
    let bob = other.register("43", "bob").await?;
    let ticket = other.settings(&bob).await?;
    let ticket = other.accepted(&ticket, current_password(OLD)?).await?;
    let ticket = other.prove_new_email(&ticket, ALICE).await?;
    other
        .applied(&ticket, Changes::new().email())
        .await
        .map(drop)
}

pub(super) async fn account_06_a_session_ends_with_a_change_on_another_machine(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let [service, other] = machines(&two)?;
    let mut signed_in = service.register("42", "alice").await?;
    let (mut old, mut new) = (OLD, NEW);
    for round in 0..6_u8 {
        let (changing, looking) = match round % 2 {
            0 => (&service, &other),
            _ => (&other, &service),
        };
        ensure(
            looking.is_live(&signed_in).await?,
            "a session of another machine is not seen",
        )?;
        let ticket = changing.settings(&signed_in).await?;
        let ticket = changing.accepted(&ticket, current_password(old)?).await?;
        let changes = Changes::new().password(typed(new)?);
        let next = changing.applied(&ticket, changes).await?;
        ensure(
            !looking.is_live(&signed_in).await?,
            "a session lived on after the password was changed on another machine",
        )?;
        signed_in = next;
        (old, new) = (new, old);
        // A password changes so often a day, and no more.
        service.advance_days(1);
    }
    Ok(())
}

/// Over the two clients, and flows in memory that all share.
fn machines<const MACHINES: usize>(two: &Two<Store>) -> Result<[Service; MACHINES], Fault> {
    let flows = MemoryStore::new();
    service::machines(
        &[Arc::clone(&two.one), Arc::clone(&two.other)],
        &[Arc::new(flows.clone()), Arc::new(flows)],
    )
}

fn machine(machines: &[Service], number: usize) -> Result<Service, Fault> {
    let machine = machines.iter().cycle().nth(number).cloned();
    machine.ok_or_else(|| Fault::new("the suite has no machine for this caller"))
}
