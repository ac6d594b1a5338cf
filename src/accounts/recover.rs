//! Starting a recovery, and asking for what a proof needs: a code, a question.

use super::{
    Accounts, Challenge, Challenged, Recover,
    claim::{Met, Opened},
    outbox::About,
};
use crate::{
    account::{Account, Method},
    audit::{Entry, Outcome, Verb},
    client::Client,
    email::EmailAddress,
    error::Error,
    flow::{
        budget::{self, Spent, Whose},
        change::roots,
        code::{Code, Stop, Target},
        decoy,
        state::{self, NewEmail},
    },
    message::{CodePurpose, Content, Message, MessageId, Url},
    name::LoginName,
    policy::{Change, Questions},
    secret::Ticket,
};

impl Accounts {
    /// Starts a recovery for a name, whether or not an account has it. Nothing is stored or looked
    /// up.
    ///
    /// `name`: as typed into the form. `client`: who is asking; it has passed the host's human
    /// check.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, name: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::new().human(true).label("Firefox, Uppsala");
    /// if let Recover::Started(ticket) = accounts.recover(&name.parse()?, &client)? {
    ///     accounts.challenge(&ticket, Challenge::SecurityEmail).await?;
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Entropy`].
    pub fn recover(&self, name: &LoginName, client: &Client) -> Result<Recover, Error> {
        let mut entry = self.event_of(Verb::Recover, client, name.key());
        if !client.is_human() {
            entry.outcome(Outcome::NotHuman);
            return Ok(Recover::NotHuman);
        }
        let result = self
            .flow_of(name.key(), client)
            .and_then(|flow| flow.sealed(&self.inner.keys));
        if result.is_ok() {
            entry.outcome(Outcome::Accepted);
        }
        entry.end(result.map(Recover::Started))
    }

    /// The methods of recovery that this service offers, for the page that lets one choose. They
    /// are the same for every name.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        &self.inner.policy.methods
    }

    /// The hint questions of this service, to offer them and to show the text of one.
    #[must_use]
    pub fn questions(&self) -> &Questions {
        &self.inner.policy.questions
    }

    /// Asks for what a proof needs. Asking again sends the same code again, as long as half of its
    /// life is left ([`Policy::recovery_life`](crate::Policy::recovery_life)) and it has tries left;
    /// then a new one.
    ///
    /// For a name that no account has, and for an account without an e-mail or a hint, the answer
    /// and the effects are the same; no mail is sent. How many mails an address gets is limited,
    /// and nobody is told when it has got them all.
    ///
    /// # Errors
    ///
    /// [`Error::NotOffered`]; [`Error::Overloaded`] when too many mails wait; otherwise as
    /// [`sign_in`](Self::sign_in). The ticket stays good.
    pub async fn challenge(
        &self,
        ticket: &Ticket,
        challenge: Challenge,
    ) -> Result<Challenged, Error> {
        let mut entry = self.event(Verb::Challenge);
        let result = Box::pin(self.try_challenge(&mut entry, ticket, challenge)).await;
        if let Ok(challenged) = &result {
            entry.outcome(match challenged {
                Challenged::Expired => Outcome::Ended,
                Challenged::Unproven | Challenged::NoAddress => Outcome::Unproven,
                Challenged::Question(_) | Challenged::Sent => Outcome::Accepted,
            });
        }
        entry.end(result)
    }

    async fn try_challenge(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
        challenge: Challenge,
    ) -> Result<Challenged, Error> {
        let Some(opened) = self.open(entry, ticket).await? else {
            return Ok(Challenged::Expired);
        };
        let method = match challenge {
            Challenge::HintQuestion => Method::HintQuestion,
            Challenge::NewEmail(_) => Method::NewEmail,
            Challenge::SecurityEmail => Method::SecurityEmail,
        };
        entry.method(method);
        self.offers(&opened, method)?;
        let Some(met) = self.meet(entry, &opened).await? else {
            return Ok(Challenged::Expired);
        };
        match challenge {
            Challenge::HintQuestion => self.question(&opened, &met),
            Challenge::NewEmail(address) => self.mail_new(&opened, &met, address).await,
            Challenge::SecurityEmail => self.mail(&opened, &met).await,
        }
    }

    /// Whether a method can be used in this flow.
    ///
    /// # Errors
    ///
    /// [`Error::NotOffered`].
    pub(super) fn offers(&self, opened: &Opened, method: Method) -> Result<(), Error> {
        let is_session = opened.is_session();
        let is_case = matches!(opened.flow.entry, state::Entry::Case(_));
        let offered = match method {
            // The link of a case has proved all there is.
            _ if is_case => false,
            Method::Support => false,
            // Whoever manages another account proves who they are, and a mailbox; nothing of what
            // that account is recovered with.
            Method::Manager | Method::NewEmail if opened.flow.managing().is_some() => true,
            _ if opened.flow.managing().is_some() => false,
            Method::Manager => false,
            Method::CurrentPassword | Method::LinkedIdentity | Method::SecondFactor => is_session,
            Method::NewEmail => true,
            Method::SecurityEmail if is_session => true,
            Method::HintQuestion if is_session => false,
            Method::HintQuestion | Method::SecurityCode | Method::SecurityEmail => {
                self.inner.policy.methods.contains(&method)
            }
        };
        if offered {
            Ok(())
        } else {
            Err(Error::NotOffered)
        }
    }

    /// The account's question, or the one that this name always gets.
    fn question(&self, opened: &Opened, met: &Met) -> Result<Challenged, Error> {
        let inner = &self.inner;
        let decoy = match &opened.flow.entry {
            state::Entry::Name(name) => {
                decoy::question(name, &inner.policy.questions, &inner.keys).cloned()
            }
            state::Entry::Case(_) | state::Entry::Manager(_) | state::Entry::Session(_) => None,
        };
        let own = met.question.clone();
        own.or(decoy)
            .map(Challenged::Question)
            .ok_or(Error::NotOffered)
    }

    /// To the security e-mail.
    async fn mail(&self, opened: &Opened, met: &Met) -> Result<Challenged, Error> {
        let inner = &self.inner;
        let account = met.account()?;
        let is_session = opened.is_session();
        if is_session && account.email.is_none() {
            return Ok(Challenged::NoAddress);
        }
        let place = inner.outbox.reserve(&inner.bell)?;
        let bits = inner.entropy.draw()?;
        let now = self.now();
        let is_young = |code: &Code| is_session || code.is_fresh(now, &inner.policy);
        let is_fresh = |code: &Code| is_young(code) && !code.is_used_up();
        let written = match opened.flow.code.clone() {
            Some(code) if is_fresh(&code) => Some(code),
            _ => {
                self.step(opened, met, |mut flow| {
                    if let Some(code) = flow.code.clone().filter(is_fresh) {
                        return Ok((flow, code));
                    }
                    // The flow lives as long as its link: else a stranger who kept tickets for a
                    // day would have the mails of the next one carry links that are about to end.
                    if !is_session && flow.proofs.is_empty() {
                        flow.began = now;
                    }
                    let code = Code::new(&inner.keys, bits, now);
                    flow.renew_code(code.clone());
                    Ok((flow, code))
                })
                .await?
            }
        };
        let Some(code) = written else {
            return Ok(Challenged::Expired);
        };
        // For a name without an address the same is made, and then dropped.
        let real = account.email.as_ref().filter(|_| met.is_real());
        let stand_in = met.stand_in().and_then(|decoy| decoy.email.as_ref());
        let Some(address) = real.or(stand_in).map(|email| &email.value) else {
            return Ok(Challenged::NoAddress);
        };
        let target = Target {
            method: Method::SecurityEmail,
            account: account.id(),
            address,
        };
        let purpose = if is_session {
            CodePurpose::ConfirmChange
        } else {
            CodePurpose::Recovery
        };
        let message = self.code_message(opened, account, &code, target, purpose)?;
        // What was sent before the last change of a credential is dead, so it does not count.
        let key = budget::sends_key(purpose, address, Some(account.epoch), &inner.keys);
        let about = self.about(opened, account, Method::SecurityEmail);
        let mail = real.map(|_| (key, message));
        place.put(about, mail, inner.policy.sends.memory());
        Ok(Challenged::Sent)
    }

    /// To an address that is to become the security e-mail, once everything else is proved.
    async fn mail_new(
        &self,
        opened: &Opened,
        met: &Met,
        address: EmailAddress,
    ) -> Result<Challenged, Error> {
        let inner = &self.inner;
        let Some(stored) = &met.stored else {
            return Ok(Challenged::Unproven);
        };
        let account = &stored.value;
        let mut with_code = opened.flow.clone();
        with_code.proofs.push(Method::NewEmail);
        let allowed = roots(
            account,
            &with_code,
            Change::Email,
            self.now(),
            &inner.policy,
        );
        if allowed.is_none() {
            return Ok(Challenged::Unproven);
        }
        let owner = self.find(&address.key()).await?;
        let holder = owner.filter(|owner| owner.value.id() != account.id());
        let place = inner.outbox.reserve(&inner.bell)?;
        self.point_to(account.id(), opened.flow.id).await?;
        let bits = inner.entropy.draw()?;
        let written = self
            .step(opened, met, |mut flow| {
                // The same address again gets the same code again, while that has tries left;
                // another one begins anew.
                let is_same = |new: &NewEmail| new.address == address && !new.code.is_used_up();
                let same = flow.new_email.take().filter(is_same);
                if same.is_none() {
                    flow.proofs.retain(|proof| *proof != Method::NewEmail);
                }
                let new = same.unwrap_or_else(|| NewEmail {
                    address: address.clone(),
                    code: Code::new(&inner.keys, bits, self.now()),
                });
                flow.new_email = Some(new.clone());
                Ok((flow, new))
            })
            .await?;
        let Some(new) = written else {
            return Ok(Challenged::Expired);
        };
        let target = Target {
            method: Method::NewEmail,
            account: account.id(),
            address: &new.address,
        };
        let purpose = match opened.flow.managing() {
            Some(_) => CodePurpose::ConfirmManaged,
            None => CodePurpose::ConfirmNewAddress,
        };
        let mut message = self.code_message(opened, account, &new.code, target, purpose)?;
        if let Some(holder) = holder {
            message.content = Content::AlreadyInUse;
            message.locale = holder.value.locale;
        }
        let key = budget::sends_key(purpose, &new.address, None, &inner.keys);
        let about = self.about(opened, account, Method::NewEmail);
        place.put(about, Some((key, message)), inner.policy.sends.memory());
        Ok(Challenged::Sent)
    }

    /// What a mail of this flow is about. For a name that nobody has it is the same.
    fn about(&self, opened: &Opened, account: &Account, method: Method) -> About {
        let whose = match &opened.flow.entry {
            state::Entry::Name(name) => Whose::Name(name),
            state::Entry::Case(_) | state::Entry::Manager(_) | state::Entry::Session(_) => {
                Whose::Account(account.id())
            }
        };
        let spent = match method {
            Method::NewEmail => Spent::NewEmail,
            _ => Spent::SecurityEmail,
        };
        About {
            flow: opened.flow.id,
            method,
            asker: budget::key(spent, whose, &self.inner.keys),
        }
    }

    fn code_message(
        &self,
        opened: &Opened,
        account: &Account,
        code: &Code,
        target: Target<'_>,
        purpose: CodePurpose,
    ) -> Result<Message, Error> {
        let inner = &self.inner;
        let flow = opened.flow.id;
        let url = |page, secret: &str| {
            let base = inner.link_base.as_deref()?;
            Some(Url::new(base, &format!("{page}={secret}")))
        };
        let link = code.link(flow, target, &inner.keys)?;
        let stop = match purpose {
            CodePurpose::Recovery => None,
            CodePurpose::ConfirmChange
            | CodePurpose::ConfirmManaged
            | CodePurpose::ConfirmNewAddress => Some(Stop::Flow(flow).link(&inner.keys)?),
        };
        // In a recovery, a link to a new address would go on without the proofs before it.
        let is_session = opened.is_session();
        let can_be_followed = is_session || target.method == Method::SecurityEmail;
        Ok(Message {
            id: MessageId::from_random(inner.entropy.draw()?),
            to: target.address.clone(),
            content: Content::Code {
                purpose,
                code: code.digits(flow, target, &inner.keys)?,
                link: url("prove", link.expose()).filter(|_| can_be_followed),
                cancel: stop.and_then(|stop| url("cancel", stop.expose())),
            },
            locale: account.locale,
            // A stranger's mailbox is told no name.
            name: (target.method == Method::SecurityEmail).then(|| account.login.clone()),
            label: None,
            catalogue: inner.texts.clone(),
        })
    }
}
