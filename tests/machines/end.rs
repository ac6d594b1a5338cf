//! What must be so at the end.

use std::{sync::Arc, time::Duration};

use crate::{
    World,
    guesser::{LIMITED, LOCKED, SIGN_IN},
    owner::Owner,
    population::deliver_later,
    recovery::HINTS,
};

/// All hosts are up, and stay so.
pub(crate) async fn credentials(world: &Arc<World>, owners: &mut [Owner]) {
    for owner in owners.iter_mut() {
        if world.ledger.is_broken() {
            return;
        }
        owner.signs_in().await;
        owner.answer_hint().await;
        owner.recover_by_security_code().await;
    }
    if world.ledger.counted(HINTS) == 0 && !world.is_rough {
        world
            .ledger
            .broken("no hint was left to be answered".to_owned());
    }
    let dead = std::mem::take(&mut world.ledger.entries().dead);
    for session in &dead {
        for host in 0..world.hosts.count() {
            let Some(owner) = owners.first_mut() else {
                return;
            };
            let status = owner.browser.session_at(host, session).await;
            if status != Some(401) {
                world
                    .ledger
                    .broken(format!("a session of before a change: {status:?}"));
            }
        }
    }
    world.ledger.add(
        "sessions of before a change, dead at every host",
        dead.len(),
    );
}

impl Owner {
    /// By the user name, and by the address if it is known.
    async fn signs_in(&mut self) {
        let world = self.world();
        if !self.sign_in().await {
            return;
        }
        world.ledger.count("acknowledged passwords that sign in");
        if self.email.is.is_empty() {
            return;
        }
        let password = self.password.is.clone();
        let mut typed = vec![self.email.is.clone()];
        typed.extend(self.email.maybe.clone());
        for address in typed {
            if self.try_sign_in(&address, &password).await.is_some() {
                world.ledger.count("acknowledged addresses that sign in");
                return;
            }
        }
        self.broken("an acknowledged address is not there");
    }
}

/// At most three for each name and method.
pub(crate) fn budgets(world: &World) {
    let judged = world.ledger.entries().judged.clone();
    for ((name, method), judged) in &judged {
        if LIMITED.contains(method) && *judged > 3 {
            world
                .ledger
                .broken(format!("{name}: {judged} guesses, {method}"));
        }
    }
    let most = world.ledger.most_judged();
    let at_sign_in = most.get(SIGN_IN).copied().unwrap_or(0);
    let seconds = world.began.elapsed().as_secs() + 1;
    // 5 are free; then each delay is twice as long as the one before it, from 1 s on.
    if at_sign_in > 5 + seconds.ilog2() + 1 {
        world
            .ledger
            .broken(format!("{at_sign_in} guesses at sign-in in {seconds} s"));
    }
    for method in LIMITED {
        let judged = most.get(method).copied().unwrap_or(0);
        // What a killed host had begun to compare is counted as well, and never told.
        if judged != 3 && !world.is_rough {
            world.ledger.broken(format!(
                "{judged} guesses, {method}: an attack that was none"
            ));
        }
    }
    if world.ledger.counted(LOCKED) == 0 {
        world.ledger.broken("no attack was stopped".to_owned());
    }
}

/// Each change was told to each address. The hosts have ended.
pub(crate) async fn notices(world: &World, store: &str) {
    let told = world.ledger.entries().told.clone();
    let mut is_missing = true;
    // Those of a host that lives are on their way.
    for told in &told {
        let within = if is_missing {
            Duration::from_secs(1)
        } else {
            Duration::ZERO
        };
        let came = world
            .mails
            .wait(within, &told.to, told.subject, &told.label)
            .await;
        is_missing = came.is_some();
    }
    let later = deliver_later(store, &world.mails).await;
    world
        .ledger
        .add("notices of killed couriers, sent by others later", later);
    if later > 0 && !world.is_rough {
        world
            .ledger
            .broken(format!("{later} notices were still due"));
    }
    for told in &told {
        let came = world.mails.count(&told.to, told.subject, &told.label);
        let times: usize = came.values().sum();
        world.ledger.count("notices owed");
        world
            .ledger
            .add("notices that came", usize::from(times > 0));
        world.ledger.add(
            "notices that came again, with the same Message-ID",
            times.saturating_sub(1),
        );
        if times == 0 && told.is_replaced {
            world
                .ledger
                .count("notices replaced by the next of their kind");
        } else if times == 0 {
            world.ledger.broken(format!("never came: {told:?}"));
        }
        if came.len() > 1 {
            world
                .ledger
                .broken(format!("two Message-IDs: {told:?} {came:?}"));
        }
        if times > 1 && !world.is_rough {
            world.ledger.broken(format!("came {times} times: {told:?}"));
        }
    }
}
