//! Starting a recovery, and asking for what a proof needs: a code, a question.

use super::{
    Accounts, Challenge, Challenged, Recover,
    claim::{Met, Opened},
    outbox::About,
};
use crate::{
    account::{Account, Method},
    address::Address,
    audit::{Entry, Outcome, Verb},
    client::Client,
    error::Error,
    flow::{
        budget::{self, Spent, Whose},
        change::roots,
        code::{Code, Stop, Target},
        decoy, state,
    },
    message::{CodePurpose, Content, Message, MessageId, Url},
    name::{LoginName, UserName},
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
    /// For a name that no account has, and for an account without an e-mail, a phone or a hint, the
    /// answer and the effects are the same; nothing is sent. How many messages an address gets is
    /// limited, and nobody is told when it has got them all.
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
                Challenged::CountryRefused
                | Challenged::NoAddress
                | Challenged::NoPhone
                | Challenged::Unproven => Outcome::Unproven,
                Challenged::Question(_) | Challenged::Sent | Challenged::TextSent => {
                    Outcome::Accepted
                }
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
            Challenge::NewPhone(_) => Method::NewPhone,
            Challenge::Phone(_) => Method::Phone,
            Challenge::SecurityEmail => Method::SecurityEmail,
        };
        entry.method(method);
        self.offers(&opened, method)?;
        if let Challenge::Phone(None) = challenge
            && !opened.is_session()
        {
            return Err(Error::NotOffered);
        }
        if let Challenge::NewPhone(number) = &challenge
            && !self.may_send_to(&number.clone().into())
        {
            return Ok(Challenged::CountryRefused);
        }
        let Some(met) = self.meet(entry, &opened).await? else {
            return Ok(Challenged::Expired);
        };
        match challenge {
            Challenge::HintQuestion => self.question(&opened, &met),
            Challenge::NewEmail(address) => {
                self.send_new(&opened, &met, method, address.into()).await
            }
            Challenge::NewPhone(number) => {
                self.send_new(&opened, &met, method, number.into()).await
            }
            Challenge::Phone(name) => self.send(&opened, &met, method, name.as_ref()).await,
            Challenge::SecurityEmail => self.send(&opened, &met, method, None).await,
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
            // Whoever manages another account proves who they are, and a mailbox or a phone; nothing
            // of what that account is recovered with.
            Method::Manager | Method::NewEmail if opened.flow.managing().is_some() => true,
            Method::NewPhone if opened.flow.managing().is_some() => self.has_phones(),
            _ if opened.flow.managing().is_some() => false,
            Method::Manager => false,
            Method::CurrentPassword | Method::LinkedIdentity | Method::SecondFactor => is_session,
            Method::NewEmail => true,
            Method::NewPhone => self.has_phones(),
            Method::Phone if is_session => self.has_phones(),
            Method::SecurityEmail if is_session => true,
            Method::HintQuestion if is_session => false,
            Method::HintQuestion | Method::Phone | Method::SecurityCode | Method::SecurityEmail => {
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

    /// To the security e-mail, or to the phone.
    ///
    /// `name`: the user name that was typed for the phone. With one that is not the account's all is
    /// as for an account without a phone.
    async fn send(
        &self,
        opened: &Opened,
        met: &Met,
        method: Method,
        name: Option<&UserName>,
    ) -> Result<Challenged, Error> {
        let inner = &self.inner;
        let account = met.account()?;
        let is_session = opened.is_session();
        let (sent, none) = match method {
            Method::Phone => (Challenged::TextSent, Challenged::NoPhone),
            _ => (Challenged::Sent, Challenged::NoAddress),
        };
        let own = account.address(method);
        let stand_in = met.stand_in().and_then(|decoy| decoy.address(method));
        let Some(address) = own.as_ref().filter(|_| met.is_real()).or(stand_in.as_ref()) else {
            return Ok(none);
        };
        let may_send = self.may_send_to(address);
        if is_session && !may_send {
            return Ok(Challenged::CountryRefused);
        }
        let typed = name.map(LoginName::from);
        let is_named = typed.is_some_and(|typed| account.keys.contains(typed.key()));
        let is_asked = is_session || method != Method::Phone || is_named;
        let is_sent = met.is_real() && own.is_some() && may_send && is_asked;
        let place = inner.outbox.reserve(&inner.bell)?;
        let bits = inner.entropy.draw()?;
        let now = self.now();
        // A mailed code of a session lives as long as its flow.
        let is_young = |code: &Code| {
            is_session && method != Method::Phone || code.is_fresh(method, now, &inner.policy)
        };
        let is_fresh = |code: &Code| is_young(code) && !code.is_used_up();
        let written = match opened.flow.code_of(method).cloned() {
            Some(code) if is_fresh(&code) => Some(code),
            _ => {
                self.step(opened, met, |mut flow| {
                    if let Some(code) = flow.code_of(method).cloned().filter(is_fresh) {
                        return Ok((flow, code));
                    }
                    // The flow lives as long as its link: else a stranger who kept tickets for a
                    // day would have the mails of the next one carry links that are about to end.
                    if !is_session && flow.proofs.is_empty() {
                        flow.began = now;
                    }
                    let code = Code::new(&inner.keys, bits, now);
                    flow.renew_code(method, code.clone());
                    Ok((flow, code))
                })
                .await?
            }
        };
        let Some(code) = written else {
            return Ok(Challenged::Expired);
        };
        // For a name without an address the same is made, and then dropped.
        let target = Target {
            method,
            account: account.id(),
            address,
        };
        let purpose = if is_session {
            CodePurpose::ConfirmChange
        } else {
            CodePurpose::Recovery
        };
        let message = self.code_message(opened, account, &code, target, purpose)?;
        let known = opened
            .flow
            .device
            .as_ref()
            .filter(|device| device.is_of(account));
        let (epoch, device) = match method {
            // Each costs money, so what was sent counts whatever has changed since.
            Method::Phone => (None, known.map(|known| known.device)),
            // What was sent before the last change of a credential is dead, so it does not count.
            _ => (Some(account.epoch), None),
        };
        let key = budget::sends_key(purpose, address, device, epoch, &inner.keys);
        let about = self.about(opened, account, method);
        let mail = is_sent.then(|| (vec![key], message));
        place.put(about, mail, self.sends_to(address).memory());
        Ok(sent)
    }

    /// To an address that is to become the security e-mail, or the phone, once everything else is
    /// proved.
    async fn send_new(
        &self,
        opened: &Opened,
        met: &Met,
        method: Method,
        address: Address,
    ) -> Result<Challenged, Error> {
        let inner = &self.inner;
        let Some(stored) = &met.stored else {
            return Ok(Challenged::Unproven);
        };
        let account = &stored.value;
        let (change, sent) = match method {
            Method::NewPhone => (Change::Phone, Challenged::TextSent),
            _ => (Change::Email, Challenged::Sent),
        };
        let mut with_code = opened.flow.clone();
        with_code.proofs.push(method);
        let allowed = roots(account, &with_code, change, self.now(), &inner.policy);
        if allowed.is_none() {
            return Ok(Challenged::Unproven);
        }
        let owner = self.find(&address.key()).await?;
        let holder = owner.filter(|owner| owner.value.id() != account.id());
        let place = inner.outbox.reserve(&inner.bell)?;
        self.point_to(method, account.id(), opened.flow.id).await?;
        let bits = inner.entropy.draw()?;
        let written = self
            .step(opened, met, |mut flow| {
                // The same address again gets the same code again, while that has tries left;
                // another one begins anew.
                let now = self.now();
                let is_same = flow.new_address(method).as_ref() == Some(&address);
                let is_good = |code: &Code| {
                    let is_fresh =
                        method == Method::NewEmail || code.is_fresh(method, now, &inner.policy);
                    is_same && is_fresh && !code.is_used_up()
                };
                if let Some(code) = flow.code_of(method).cloned().filter(is_good) {
                    return Ok((flow, code));
                }
                let code = Code::new(&inner.keys, bits, now);
                flow.renew_address(method, address.clone(), code.clone());
                Ok((flow, code))
            })
            .await?;
        let Some(code) = written else {
            return Ok(Challenged::Expired);
        };
        let target = Target {
            method,
            account: account.id(),
            address: &address,
        };
        let purpose = match opened.flow.managing() {
            Some(_) => CodePurpose::ConfirmManaged,
            None => CodePurpose::ConfirmNewAddress,
        };
        let mut message = self.code_message(opened, account, &code, target, purpose)?;
        if let Some(holder) = holder {
            message.content = Content::AlreadyInUse;
            message.locale = holder.value.locale;
        }
        let mut costs = vec![budget::sends_key(
            purpose,
            &address,
            None,
            None,
            &inner.keys,
        )];
        if method == Method::NewPhone {
            // First: what an account has not left uses up nothing of somebody's number.
            costs.insert(0, budget::new_numbers_key(account.id(), &inner.keys));
        }
        let about = self.about(opened, account, method);
        place.put(
            about,
            Some((costs, message)),
            self.sends_to(&address).memory(),
        );
        Ok(sent)
    }

    /// What a message of this flow is about. For a name that nobody has it is the same.
    fn about(&self, opened: &Opened, account: &Account, method: Method) -> About {
        let whose = match &opened.flow.entry {
            state::Entry::Name(name) => Whose::Name(name),
            state::Entry::Case(_) | state::Entry::Manager(_) | state::Entry::Session(_) => {
                Whose::Account(account.id())
            }
        };
        let spent = match method {
            Method::NewEmail => Spent::NewEmail,
            Method::NewPhone => Spent::NewPhone,
            Method::Phone => Spent::Phone,
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
        // A text message has no links: whoever sends one that looks like ours is not to be followed.
        let is_mail = matches!(target.address, Address::Email(_));
        let url = |page, secret: &str| {
            let base = inner.link_base.as_deref().filter(|_| is_mail)?;
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
            // A stranger's mailbox or phone is told no name.
            name: matches!(target.method, Method::Phone | Method::SecurityEmail)
                .then(|| account.login.clone()),
            label: None,
            catalogue: inner.texts.clone(),
        })
    }
}
