//! People who register, several under one name at once.

use std::sync::Arc;

use serde_json::json;

use crate::{
    World,
    browser::{Browser, Heard, text},
    owner::{Applied, Owner},
    recovery::at_once,
};

const AT_ONCE: u32 = 5;

/// All of them want the name. `None`: nobody is known to have it.
pub(crate) async fn arrive(world: &Arc<World>, name: String, seed: u64) -> Option<Owner> {
    let passwords: Vec<String> = (0..AT_ONCE)
        .map(|at| format!("Copper-{at}-kettles"))
        .collect();
    let forms = passwords
        .iter()
        .map(|it| json!({ "name": name, "password": it, "again": it }))
        .collect();
    let heard = at_once(&Browser::new(world, seed), "/register", forms).await;
    let mut owner = Owner::new(world, name, "", seed);
    let mut registered = 0;
    for (heard, password) in heard.iter().zip(passwords) {
        match heard {
            Heard::Answer(200, answer) => {
                registered += 1;
                owner.password.acknowledge(password);
                owner.browser.session = Some(text(answer, "session"));
            }
            Heard::Answer(409, _) => {}
            Heard::Answer(status, answer) => owner.broken(&format!("{status} {answer}")),
            Heard::Unknown if registered == 0 => owner.password.maybe.push(password),
            Heard::Unknown => {}
        }
    }
    world
        .ledger
        .add("registrations of one name at once", heard.len());
    world.ledger.add("registrations acknowledged", registered);
    if registered > 1 {
        owner.broken("a name was given twice");
    }
    if registered == 0 && !owner.claim().await {
        return None;
    }
    owner.get_security_code().await;
    owner.change_email().await;
    owner.change_hint().await;
    Some(owner)
}

impl Owner {
    /// The answer was lost: one of the passwords signs in, if there is an account.
    async fn claim(&mut self) -> bool {
        for password in std::mem::take(&mut self.password.maybe) {
            if let Some(session) = self.try_sign_in(&self.name.clone(), &password).await {
                self.password.acknowledge(password);
                self.browser.session = Some(session);
                return true;
            }
        }
        self.not_now::<()>().is_some()
    }

    /// On the pages of registration, before there is an address.
    async fn get_security_code(&mut self) {
        for _ in 0..8 {
            let Some(ticket) = self.proved().await else {
                return;
            };
            let step = json!({ "ticket": ticket });
            let (status, issued) = self
                .browser
                .ask_again("/issue-security-code", Some(step))
                .await;
            match status {
                200 => {}
                // That of the answer that was lost, which is on paper.
                409 if self.code.is_some() => return,
                410 if self.browser.world.is_rough => continue,
                _ => return self.broken(&format!("a security code: {status} {issued}")),
            }
            let code = text(&issued, "security_code");
            let typed_back = json!({ "security_code": code });
            match self.apply(&ticket, typed_back).await {
                Some(Applied::Yes) => {
                    self.world().ledger.count("security codes issued");
                    self.code = Some(code);
                    return;
                }
                Some(Applied::Maybe) => self.code = Some(code),
                None => {}
            }
        }
        // Not known to be set: nothing is promised of it.
        self.code = None;
    }
}
