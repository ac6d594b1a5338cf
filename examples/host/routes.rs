//! A route for each verb that the service offers. A handler reads, calls, and answers; it decides nothing.

use axum::{
    Json, Router,
    extract::State,
    http::HeaderMap,
    routing::{get, post},
};
use backstop::{Accounts, Session, SessionStatus};

use crate::{
    answer::Answer,
    request::{
        Asked, Change, Followed, Offered, Recovery, Registration, SignIn, Step, bearer, client,
        name, password, read, typed_twice,
    },
};

type Answered = Result<Answer, Answer>;

pub(crate) fn router(accounts: Accounts) -> Router {
    Router::new()
        .route("/register", post(register))
        .route("/sign-in", post(sign_in))
        .route("/session", get(session))
        .route("/settings", post(settings))
        .route("/recover", post(recover))
        .route("/challenge", post(challenge))
        .route("/prove", post(prove))
        .route("/follow", post(follow))
        .route("/issue-security-code", post(issue_security_code))
        .route("/sign-in-once", post(sign_in_once))
        .route("/apply", post(apply))
        .with_state(accounts)
}

async fn register(
    State(accounts): State<Accounts>,
    headers: HeaderMap,
    Json(typed): Json<Registration>,
) -> Answered {
    let new = typed_twice(&typed.password, &typed.again)?;
    let id = read(&new_user_id())?;
    let (name, client) = (read(&typed.name)?, client(&headers));
    Ok(accounts.register(id, name, new, &client).await?.into())
}

async fn sign_in(
    State(accounts): State<Accounts>,
    headers: HeaderMap,
    Json(typed): Json<SignIn>,
) -> Answered {
    let (name, password) = (name(&typed.name)?, password(&typed.password)?);
    let client = client(&headers);
    Ok(accounts.sign_in(&name, &password, &client).await?.into())
}

async fn session(State(accounts): State<Accounts>, headers: HeaderMap) -> Answered {
    Ok(Answer::live(&signed_in(&accounts, &headers).await?))
}

async fn settings(State(accounts): State<Accounts>, headers: HeaderMap) -> Answered {
    let session = signed_in(&accounts, &headers).await?;
    let session = session.at(&client(&headers));
    Ok(Answer::started(&accounts.settings(&session)?))
}

async fn recover(
    State(accounts): State<Accounts>,
    headers: HeaderMap,
    Json(typed): Json<Recovery>,
) -> Answered {
    // Once your CAPTCHA is passed.
    let client = client(&headers).human(true);
    Ok(accounts.recover(&name(&typed.name)?, &client)?.into())
}

async fn challenge(State(accounts): State<Accounts>, Json(asked): Json<Asked>) -> Answered {
    let (ticket, challenge) = (read(&asked.ticket)?, asked.challenge.read()?);
    Ok(accounts.challenge(&ticket, challenge).await?.into())
}

async fn prove(State(accounts): State<Accounts>, Json(offered): Json<Offered>) -> Answered {
    let (ticket, proof) = (read(&offered.ticket)?, offered.proof.read()?);
    Ok(accounts.prove(&ticket, proof).await?.into())
}

async fn follow(
    State(accounts): State<Accounts>,
    headers: HeaderMap,
    Json(followed): Json<Followed>,
) -> Answered {
    let link = read(&followed.link)?;
    // Some links are good only in the browser that is signed in, and the others everywhere.
    let session = live_session(&accounts, &headers).await?;
    Ok(accounts.follow(&link, session.as_ref()).await?.into())
}

async fn issue_security_code(State(accounts): State<Accounts>, Json(step): Json<Step>) -> Answered {
    let ticket = read(&step.ticket)?;
    Ok(accounts.issue_security_code(&ticket).await?.into())
}

async fn sign_in_once(State(accounts): State<Accounts>, Json(step): Json<Step>) -> Answered {
    let ticket = read(&step.ticket)?;
    Ok(accounts.sign_in_once(&ticket).await?.into())
}

async fn apply(State(accounts): State<Accounts>, Json(change): Json<Change>) -> Answered {
    let (ticket, changes) = (read(&change.ticket)?, change.read()?);
    Ok(accounts.apply(&ticket, changes).await?.into())
}

/// The session of a request that needs one.
async fn signed_in(accounts: &Accounts, headers: &HeaderMap) -> Result<Session, Answer> {
    live_session(accounts, headers)
        .await?
        .ok_or_else(Answer::ended)
}

/// The session of a request, if there is one and it lives.
async fn live_session(accounts: &Accounts, headers: &HeaderMap) -> Result<Option<Session>, Answer> {
    let Some(token) = bearer(headers).and_then(|token| token.parse().ok()) else {
        return Ok(None);
    };
    Ok(match accounts.session(&token).await? {
        SessionStatus::Live(session) => Some(session),
        SessionStatus::Ended => None,
    })
}

/// The key of a new row in your own table of users.
#[expect(
    clippy::disallowed_methods,
    reason = "the host draws the keys of its users"
)]
fn new_user_id() -> String {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => format!("{:032x}", u128::from_ne_bytes(bytes)),
        // No id: it is refused.
        Err(_) => String::new(),
    }
}
