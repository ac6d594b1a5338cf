//! Signing in with an account of another service, over OpenID Connect: the conversation with a
//! provider that this example starts itself, what the host verifies, and what backstop keeps of it.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "../shared/letter.rs"]
mod letter;
#[path = "../shared/mailbox.rs"]
mod mailbox;
mod provider;
#[path = "../shared/shop.rs"]
mod shop;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "../shared/stage.rs"]
mod stage;
mod wire;

use std::{sync::Arc, time::Duration};

use backstop::{
    Apply, Challenge, Challenged, Changes, Identity, IssueFactor, Proof, Register, SignIn,
    SignInLinked, SignedIn, Ticket, name::KeyKind,
};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ClientId, CsrfToken, HttpRequest, Nonce,
    PkceCodeChallenge, RedirectUrl, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
    http::{Request, header},
    url::Url,
};

use mailbox::Mailbox;
use provider::{Provider, Wrong};
use shop::{NEW, OLD, Shop, browser, password, twice};
use stage::{Told, check, say, seen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::main]
async fn main() -> Told {
    let (shop, mailbox) = Mailbox::with_shop("linked-identity").await?;
    let provider = Provider::open().await?;
    let cookie = shop.register("42", "alice").await?;
    let cookie = mailbox
        .confirm(&shop, &cookie, "alice@shop.example")
        .await?;
    shop.clock.advance(4 * DAY);

    shop.clock
        .chapter("Alice links the account that she has elsewhere");
    linking(&shop, &mailbox, &provider, &cookie).await?;

    shop.clock.advance(DAY);
    shop.clock.chapter("Tokens that are not what they say");
    for (wrong, token) in [
        (Wrong::Expired, "a token of yesterday"),
        (Wrong::Forged, "a forged token"),
        (Wrong::Replayed, "somebody else's token"),
    ] {
        provider.next_is(wrong);
        let refused = at_provider(&provider, "alice-1001").await.err();
        let why = refused.as_ref().and_then(|error| error.downcast_ref());
        let is_refused = matches!(
            (wrong, why),
            (Wrong::Expired, Some(ClaimsVerificationError::Expired(_)))
                | (
                    Wrong::Forged,
                    Some(ClaimsVerificationError::SignatureVerification(_))
                )
                | (
                    Wrong::Replayed,
                    Some(ClaimsVerificationError::InvalidNonce(_))
                )
        );
        seen(
            token,
            "The other service did not confirm who you are.",
            is_refused,
        )?;
    }
    provider.next_is(Wrong::Nothing);

    shop.clock.chapter("A second factor is asked for as ever");
    second_factor(&shop, &mailbox, &provider).await?;

    shop.clock
        .chapter("One identity, one account; and the last way in stays");
    no_password(&shop, &mailbox, &provider).await
}

/// The whole conversation. The host alone knows the provider; backstop gets what it has verified.
///
/// `subject`: whose browser it is.
async fn at_provider(provider: &Arc<Provider>, subject: &str) -> Told<Identity> {
    let send = |request: HttpRequest| wire::send(request);
    let metadata = CoreProviderMetadata::discover_async(provider.issuer.clone(), &send).await?;
    let back = "https://shop.example/back".to_owned();
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new("shop".into()), None)
        .set_redirect_uri(RedirectUrl::new(back)?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
    let (url, state, nonce) = request.set_pkce_challenge(challenge).url();

    // The browser goes there, and is sent back.
    let visit = Request::get(url.as_str()).header(header::COOKIE, subject);
    let answer = wire::send(visit.body(Vec::new())?).await?;
    let location = answer
        .headers()
        .get(header::LOCATION)
        .ok_or("not sent back")?;
    let returned = Url::parse(location.to_str()?)?;
    let field = |name: &str| {
        let found = returned.query_pairs().find(|(field, _)| field == name);
        found
            .map(|(_, value)| value.into_owned())
            .ok_or("a field is missing")
    };
    check(
        field("state")? == *state.secret(),
        "the state of this browser",
    )?;

    let code = AuthorizationCode::new(field("code")?);
    let tokens = client.exchange_code(code)?.set_pkce_verifier(verifier);
    let tokens = tokens.request_async(&send).await?;
    let token = tokens.id_token().ok_or("no ID token")?;
    // The signature, the issuer, the audience, the time, the nonce.
    let claims = token.claims(&client.id_token_verifier(), &nonce)?;
    Ok(Identity::verified(
        claims.issuer().as_str(),
        claims.subject().as_str(),
    )?)
}

async fn linking(
    shop: &Shop,
    mailbox: &Mailbox,
    provider: &Arc<Provider>,
    cookie: &SignedIn,
) -> Told {
    let identity = at_provider(provider, "alice-1001").await?;
    let answer = shop.accounts.sign_in_linked(&identity, &browser()).await?;
    let is_unknown = matches!(answer, SignInLinked::NotLinked);
    let says = "Not linked yet: sign in with your password and link it, or register.";
    seen("sign in elsewhere", says, is_unknown)?;

    let ticket = both_proofs(shop, mailbox, cookie).await?;
    let cookie = shop.apply(&ticket, Changes::new().link(identity)).await?;
    say("link it", "Linked. You are signed out everywhere else.");
    mailbox.open_one().await?;

    let identity = at_provider(provider, "alice-1001").await?;
    let answer = shop.accounts.sign_in_linked(&identity, &browser()).await?;
    let is_hers = matches!(answer, SignInLinked::Accepted(signed_in) if signed_in.account() == cookie.account());
    seen("sign in elsewhere", "You are signed in as alice.", is_hers)
}

/// The password, and a code out of the mailbox.
async fn both_proofs(shop: &Shop, mailbox: &Mailbox, cookie: &SignedIn) -> Told<Ticket> {
    let ticket = shop
        .prove(&shop.settings(cookie).await?, password()?)
        .await?;
    let sent = shop
        .accounts
        .challenge(&ticket, Challenge::SecurityEmail)
        .await?;
    check(sent == Challenged::Sent, "a mail with a code")?;
    let code = mailbox.open_one().await?.code()?;
    shop.prove(&ticket, Proof::SecurityEmail(code)).await
}

async fn second_factor(shop: &Shop, mailbox: &Mailbox, provider: &Arc<Provider>) -> Told {
    let SignIn::Accepted(cookie) = shop.sign_in("alice", OLD).await? else {
        return Err("not signed in".into());
    };
    let ticket = both_proofs(shop, mailbox, &cookie).await?;
    let IssueFactor::Issued(factor) = shop.accounts.issue_second_factor(&ticket).await? else {
        return Err("not issued".into());
    };
    let key = totp_rs::Secret::try_from_base32(factor.key().expose().as_str())?;
    let app = totp_rs::Builder::new().with_secret(key).build()?;
    let shown = || -> Told<String> {
        let now = u64::try_from(shop.clock.now().unix_timestamp())?;
        Ok(app.generate(now).to_string())
    };
    let changes = Changes::new().second_factor(shown()?.parse()?);
    let _cookie = shop.apply(&ticket, changes).await?;
    mailbox.open_one().await?;

    shop.clock.advance(DAY);
    let identity = at_provider(provider, "alice-1001").await?;
    let answer = shop.accounts.sign_in_linked(&identity, &browser()).await?;
    let SignInLinked::SecondFactor(ticket) = answer else {
        return Err("the second factor was not asked for".into());
    };
    say("sign in elsewhere", "Type the code that your app shows.");
    let typed = shown()?;
    let factor = backstop::SecondFactor::Totp(typed.parse()?);
    let answer = shop.accounts.second_factor(&ticket, &factor).await?;
    let is_in = matches!(answer, SignIn::Accepted(_));
    seen(&typed, "You are signed in.", is_in)
}

async fn no_password(shop: &Shop, mailbox: &Mailbox, provider: &Arc<Provider>) -> Told {
    let register = async |subject: &str| -> Told<Register> {
        let identity = at_provider(provider, subject).await?;
        let (id, name) = ("43".parse()?, "carol".parse()?);
        Ok(shop
            .accounts
            .register_linked(id, name, identity, &browser())
            .await?)
    };
    let taken = register("alice-1001").await?;
    let is_taken = matches!(taken, Register::Taken(KeyKind::Identity));
    seen(
        "register as alice",
        "You have an account here already.",
        is_taken,
    )?;
    let Register::Registered(cookie) = register("carol-1002").await? else {
        return Err("not registered".into());
    };
    say("register as carol", "Welcome! You need no password.");

    // Her first address: she goes to the provider once more.
    let proof = Proof::LinkedIdentity(at_provider(provider, "carol-1002").await?);
    let ticket = shop.prove(&shop.settings(&cookie).await?, proof).await?;
    let new = Challenge::NewEmail("carol@shop.example".parse()?);
    let sent = shop.accounts.challenge(&ticket, new).await?;
    check(sent == Challenged::Sent, "a mail to the new address")?;
    let code = mailbox.open_one().await?.code()?;
    let ticket = shop.prove(&ticket, Proof::NewEmail(code)).await?;
    let _cookie = shop.apply(&ticket, Changes::new().email()).await?;
    mailbox.open_one().await?;

    shop.clock.advance(4 * DAY);
    let ticket = shop.recover("carol", browser())?;
    let sent = shop
        .accounts
        .challenge(&ticket, Challenge::SecurityEmail)
        .await?;
    check(sent == Challenged::Sent, "a mail with a code")?;
    let code = mailbox.open_one().await?.code()?;
    let ticket = shop.prove(&ticket, Proof::SecurityEmail(code)).await?;
    let unlink = || Changes::new().unlink(provider.issuer.as_str(), "carol-1002");
    let answer = shop.accounts.apply(&ticket, unlink()).await?;
    let is_last = matches!(answer, Apply::LastWayIn);
    seen(
        "unlink it",
        "You could not sign in any more: set a password first.",
        is_last,
    )?;
    let changes = unlink().password(twice(NEW)?);
    let _device = shop.renew(&ticket, changes).await?;
    say(
        "and set a password",
        "Unlinked: sign in with your password.",
    );
    mailbox.open().await?;
    let is_in = matches!(shop.sign_in("carol", NEW).await?, SignIn::Accepted(_));
    seen("carol", "You are signed in.", is_in)
}
