//! The pages of settings and of recovery: a ticket, proofs, changes.

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, DeviceToken, Issue, Proof, Prove, Recover,
    SecurityCode, SignedIn, Ticket,
};

use super::{
    CHANGED, EXPIRED, RECOVERED, RIGHT, SENT, Service, UNPROVEN, both_fields, shown,
    words::{locked, sentence_of, sentences, tries, waiting},
};
use crate::stage::Told;

impl Service {
    pub(crate) fn recover(&self, name: &str, client: Client) -> Told<Ticket> {
        // As the host's CAPTCHA says.
        match self.accounts.recover(&name.parse()?, &client.human(true))? {
            Recover::Started(ticket) => Ok(ticket),
            other => Err(format!("no recovery: {other:?}").into()),
        }
    }

    pub(crate) async fn challenge(
        &self,
        did: &str,
        ticket: &Ticket,
        challenge: Challenge,
        told: &str,
    ) -> Told {
        let says = match self.accounts.challenge(ticket, challenge).await? {
            Challenged::Expired => EXPIRED.to_owned(),
            Challenged::NoAddress => "You have no e-mail yet.".to_owned(),
            Challenged::Question(id) => format!("Your question: {id}"),
            Challenged::Sent => SENT.to_owned(),
            Challenged::Unproven => UNPROVEN.to_owned(),
            _ => return Err("an answer that the tour does not know".into()),
        };
        shown(did, &says, told)
    }

    /// The ticket to go on with, if there is a new one.
    pub(crate) async fn prove(
        &self,
        did: &str,
        ticket: &Ticket,
        proof: Proof,
        told: &str,
    ) -> Told<Option<Ticket>> {
        let what = match proof {
            Proof::CurrentPassword(_) => "your current password",
            Proof::HintQuestion(_) => "the answer",
            _ => "the code",
        };
        let (says, ticket) = match self.accounts.prove(ticket, proof).await? {
            Prove::Accepted(ticket) => (RIGHT.to_owned(), Some(ticket)),
            Prove::Denied { left } => {
                let left = left.map_or(String::new(), |left| format!(" You have {}.", tries(left)));
                (format!("This is not {what}.{left}"), None)
            }
            Prove::Expired => (EXPIRED.to_owned(), None),
            Prove::Locked { until } => (locked(until)?, None),
            Prove::Waiting { ticket, until } => {
                (format!("{RIGHT} {}", waiting(until)?), Some(ticket))
            }
            _ => return Err("an answer that the tour does not know".into()),
        };
        shown(did, &says, told)?;
        Ok(ticket)
    }

    /// A right proof.
    pub(crate) async fn proved(&self, did: &str, ticket: &Ticket, proof: Proof) -> Told<Ticket> {
        let ticket = self.prove(did, ticket, proof, RIGHT).await?;
        Ok(ticket.ok_or("no ticket")?)
    }

    pub(crate) async fn apply(
        &self,
        did: &str,
        ticket: &Ticket,
        changes: Changes,
        told: &str,
    ) -> Told<Apply> {
        let answer = self.accounts.apply(ticket, changes).await?;
        let says = match &answer {
            Apply::Applied(_) => CHANGED.to_owned(),
            Apply::Expired => EXPIRED.to_owned(),
            Apply::Locked { until } => locked(*until)?,
            Apply::Mistyped => "This is not the code that was shown.".to_owned(),
            Apply::Recovered(_) => RECOVERED.to_owned(),
            Apply::Taken(_) => "This address is in use: sign in with that account.".to_owned(),
            Apply::Unmet { password, answer } if answer.is_empty() => sentences(password),
            Apply::Unmet { .. } => "Others would find this answer: choose another.".to_owned(),
            Apply::Unproven => UNPROVEN.to_owned(),
            Apply::Waiting { until } => waiting(*until)?,
            _ => return Err("an answer that the tour does not know".into()),
        };
        shown(did, &says, told)?;
        Ok(answer)
    }

    /// A new password, from both fields of the form.
    pub(crate) async fn new_password(
        &self,
        did: &str,
        ticket: &Ticket,
        typed: [&str; 2],
        told: &str,
    ) -> Told {
        if let Some(password) = both_fields(did, typed, told)? {
            let changes = Changes::new().password(password);
            let _answer = self.apply(did, ticket, changes, told).await?;
        }
        Ok(())
    }

    /// The end of a change in a session: a new one.
    pub(crate) async fn change(
        &self,
        did: &str,
        ticket: &Ticket,
        changes: Changes,
    ) -> Told<SignedIn> {
        match self.apply(did, ticket, changes, CHANGED).await? {
            Apply::Applied(cookie) => Ok(cookie),
            _ => Err("no session".into()),
        }
    }

    /// The end of a recovery: the device is known from now on.
    pub(crate) async fn renew(
        &self,
        did: &str,
        ticket: &Ticket,
        changes: Changes,
    ) -> Told<DeviceToken> {
        match self.apply(did, ticket, changes, RECOVERED).await? {
            Apply::Recovered(device) => Ok(device),
            _ => Err("no device token".into()),
        }
    }

    pub(crate) async fn issue(
        &self,
        did: &str,
        ticket: &Ticket,
        told: &str,
    ) -> Told<Option<SecurityCode>> {
        let (says, code) = match self.accounts.issue_security_code(ticket).await? {
            Issue::AlreadySet => ("You have one, and it never changes.", None),
            Issue::Expired => (EXPIRED, None),
            Issue::Issued(code) => ("Write it down, and type it here.", Some(code)),
            Issue::Unproven => (UNPROVEN, None),
            _ => return Err("an answer that the tour does not know".into()),
        };
        shown(did, says, told)?;
        Ok(code)
    }

    /// What the form says about a typing error, before anything is sent.
    pub(crate) fn type_code(&self, did: &str, typed: &str, told: &str) -> Told {
        let says = match typed.parse::<SecurityCode>() {
            Ok(_code) => RIGHT.to_owned(),
            Err(error) => sentence_of(&error),
        };
        shown(did, &says, told)
    }
}
