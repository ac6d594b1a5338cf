//! Whole flows of accounts while every few statements one goes wrong.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use backstop::{Apply, Challenge, Changes, Proof, Prove, SignIn, SignInOnce};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use tokio::task::JoinSet;

use crate::{
    Scene,
    proxy::Fault::{self, *},
    support::{self, ALICE, NEW, OLD, WRONG, World, email, mail},
};

/// Of about five statements one goes wrong. A deletion never after it happened: nothing is there
/// that could be read back, so its error is right, and tested apart.
pub(crate) fn now_and_then(mut rng: ChaCha20Rng) -> impl FnMut(&str) -> Option<Fault> + Send {
    const BEFORE: [Fault; 4] = [Undone, UndoneAtCommit, UnknownBefore, LostBefore];
    const ALL: [Fault; 8] = [
        Undone,
        UndoneAtCommit,
        UnknownBefore,
        LostBefore,
        UnknownAfter,
        LostMeanwhile,
        LostAfter,
        LostAtCommit,
    ];
    move |sql| {
        let drawn = rng.next_u32() as usize;
        let faults: &[Fault] = if sql.contains("DELETE") {
            &BEFORE
        } else {
            &ALL
        };
        drawn
            .is_multiple_of(5)
            .then(|| faults[drawn / 5 % faults.len()])
    }
}

async fn world(seed: u64) -> (Scene, World<backstop::PostgresStore>) {
    let scene = Scene::new().await;
    let world = World::over(scene.store.clone(), support::key(), |builder| builder);
    println!("faults of seed {seed}");
    scene
        .proxy
        .plan(now_and_then(ChaCha20Rng::seed_from_u64(seed)));
    (scene, world)
}

/// Nothing that was acknowledged is lost, and no verb so much as fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flows_come_out_right() {
    for seed in 1..=6 {
        let (scene, world) = world(seed).await;
        let (signed_in, _code) = world.alice().await;
        assert!(world.is_live(signed_in.token()).await);

        let (ticket, letter) = world.recover_by_mail("alice").await;
        let ticket = world
            .accepted(&ticket, Proof::SecurityEmail(mail::code(&letter)))
            .await;
        let _device = world.recovered(&ticket, NEW).await;
        assert!(!world.is_live(signed_in.token()).await);
        assert!(matches!(
            world.sign_in("alice", OLD).await,
            SignIn::Denied { .. }
        ));
        let signed_in = world.signed_in("alice", NEW).await;
        let notices = world.post().await.len();
        assert!(notices >= 1);
        assert!(world.post().await.is_empty());

        // Another e-mail.
        world.clock.advance(support::days(8));
        let ticket = world.settings(&signed_in).await;
        let ticket = world.proven(&ticket, NEW).await;
        let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        let code = mail::code(&world.letter().await);
        let ticket = world.accepted(&ticket, Proof::SecurityEmail(code)).await;
        let new = "new@shop.example";
        let _sent = world
            .challenge(&ticket, Challenge::NewEmail(email(new)))
            .await;
        let code = mail::code(&world.letter().await);
        let ticket = world.accepted(&ticket, Proof::NewEmail(code)).await;
        let _signed_in = world.applied(&ticket, Changes::new().email()).await;
        assert!(matches!(world.sign_in(new, NEW).await, SignIn::Accepted(_)));
        assert!(!scene.proxy.struck().is_empty());

        // What another machine reads.
        scene.proxy.heal();
        let other = World::on(
            scene.direct.clone(),
            support::key(),
            world.clock.clone(),
            |b| b,
        );
        assert!(matches!(other.sign_in(new, NEW).await, SignIn::Accepted(_)));
        assert!(!matches!(
            other.sign_in(ALICE, NEW).await,
            SignIn::Accepted(_)
        ));
    }
}

/// Of one code that is handed in many times at once, one submission is accepted.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x11_one_code_many_submissions() {
    let mut in_all = 0;
    for seed in 1..=4 {
        let (scene, world) = world(seed).await;
        let (_signed_in, _code) = world.alice().await;
        let (ticket, letter) = world.recover_by_mail("alice").await;
        let code = mail::code(&letter);
        let accepted = Arc::new(AtomicUsize::new(0));
        let mut submissions = JoinSet::new();
        for _ in 0..16 {
            let (accounts, ticket, code, accepted) = (
                world.accounts.clone(),
                ticket.clone(),
                code.clone(),
                Arc::clone(&accepted),
            );
            submissions.spawn(async move {
                let proof = Proof::SecurityEmail(code);
                if let Ok(Prove::Accepted(_)) = accounts.prove(&ticket, proof).await {
                    accepted.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        submissions.join_all().await;
        let accepted = accepted.load(Ordering::SeqCst);
        assert!(accepted <= 1, "seed {seed}");
        assert!(!scene.proxy.struck().is_empty(), "seed {seed}");
        in_all += accepted;
    }
    assert!(in_all > 0, "no right code was accepted");
}

/// Guesses that come at once are counted each: 5 are looked at before the delay begins.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_guess_goes_uncounted() {
    let mut in_all = 0;
    for seed in 1..=4 {
        let (scene, world) = world(seed).await;
        let _signed_in = world.register("42", "alice", OLD).await;
        let mut guesses = JoinSet::new();
        for _ in 0..24 {
            let world = world.clone();
            guesses.spawn(async move { world.try_sign_in("alice", WRONG).await });
        }
        let answers = guesses.join_all().await;
        let looked_at = answers
            .iter()
            .filter(|answer| matches!(answer, Ok(SignIn::Denied { .. })));
        let looked_at = looked_at.count();
        assert!(looked_at <= 5, "seed {seed}: {looked_at}");
        assert!(!scene.proxy.struck().is_empty(), "seed {seed}");
        in_all += looked_at;
    }
    assert!(in_all > 0, "no guess was looked at");
}

/// The account changed, and the answer to the end of its ticket is lost: what was promised holds,
/// and the ticket does nothing again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x11_a_ticket_whose_end_is_unknown_is_not_accepted_twice() {
    let scene = Scene::new().await;
    let world = World::over(scene.store.clone(), support::key(), |builder| builder);
    let (_signed_in, _code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = || Proof::SecurityEmail(mail::code(&letter));
    let proven = world.accepted(&ticket, proof()).await;
    scene
        .proxy
        .plan(|sql| sql.starts_with("DELETE").then_some(LostAfter));
    let once = world.accounts.sign_in_once(&proven).await;
    println!("{once:?}");
    assert!(!scene.proxy.struck().is_empty());
    scene.proxy.heal();
    let again = world.accounts.sign_in_once(&proven).await;
    assert!(!matches!(again, Ok(SignInOnce::Accepted(_))), "{again:?}");
    let changes = Changes::new().password(support::typed_twice(NEW));
    let again = world.accounts.apply(&proven, changes).await;
    assert!(
        !matches!(again, Ok(Apply::Applied(_) | Apply::Recovered(_))),
        "{again:?}"
    );
}
