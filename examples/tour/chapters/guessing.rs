//! Guesses at the password, by a stranger and in settings, and the day after.

use backstop::{Changes, NewPassword, SignedIn, Ticket};

use super::{GUESS, HOME, MINUTE, NEW, OLD, SECOND, password};
use crate::{
    service::{DIFFER, EXPIRED, SIGNED_IN, Service, UNPROVEN},
    stage::Told,
};

/// After 5 misses each further try has to wait, and longer each time.
pub(crate) async fn guessing_at_sign_in(service: &Service) -> Told {
    for (guess, left) in (1..=5).zip([
        "4 more tries",
        "3 more tries",
        "2 more tries",
        "1 more try",
        "no more tries",
    ]) {
        let told = format!("Wrong name or password. You have {left} before a wait.");
        service
            .sign_in(&format!("guess {guess}"), "alice", GUESS, &told)
            .await?;
    }
    let miss = "Wrong name or password. You have no more tries before a wait.";
    for (guess, delay) in [(6, 1), (7, 2), (8, 4)] {
        let told = format!("Too many tries. Try again in {delay} s.");
        service
            .sign_in(&format!("guess {guess}, too early"), "alice", OLD, &told)
            .await?;
        service.clock.advance(delay * SECOND);
        service
            .sign_in(&format!("guess {guess}"), "alice", GUESS, miss)
            .await?;
    }
    service.clock.advance(8 * SECOND);
    service
        .sign_in("Alice, 8 s later", "alice", OLD, SIGNED_IN)
        .await?;
    let told = "Wrong name or password. You have 4 more tries before a wait.";
    service
        .sign_in("a name nobody has", "nobody", GUESS, told)
        .await?;
    Ok(())
}

/// 3 misses in 24 hours lock the change, and nothing but the change.
pub(crate) async fn guessing_in_settings(service: &Service, laptop: &SignedIn) -> Told<Ticket> {
    let ticket = service.settings(laptop).await?;
    for (guess, left) in [(1, "2 more tries"), (2, "1 more try"), (3, "no more tries")] {
        let told = format!("This is not your current password. You have {left}.");
        service
            .prove(&format!("guess {guess}"), &ticket, password(GUESS)?, &told)
            .await?;
    }
    let told = "Locked until 2026-03-03 09:00:15. Every other way stays open.";
    service
        .prove("even the right one", &ticket, password(OLD)?, told)
        .await?;
    service.clock.advance(MINUTE);
    service
        .sign_in("signing in meanwhile", "alice", OLD, SIGNED_IN)
        .await?;
    Ok(ticket)
}

/// Method 1.
pub(crate) async fn changing_the_password(
    service: &Service,
    laptop: &SignedIn,
    yesterday: &Ticket,
) -> Told<SignedIn> {
    service
        .prove("yesterday's page", yesterday, password(OLD)?, EXPIRED)
        .await?;
    let ticket = service.settings(laptop).await?;
    service
        .new_password("nothing proved yet", &ticket, [NEW, NEW], UNPROVEN)
        .await?;
    let ticket = service
        .proved("the current password", &ticket, password(OLD)?)
        .await?;
    let common = "It needs a special character. Many people use it. It is too easy to guess.";
    service
        .new_password("Hello2026", &ticket, ["Hello2026", "Hello2026"], common)
        .await?;
    service
        .new_password("two that differ", &ticket, [NEW, OLD], DIFFER)
        .await?;
    let changes = Changes::new().password(NewPassword::typed_twice(NEW, NEW)?);
    let renewed = service.change(NEW, &ticket, changes).await?;
    service.one_mail(HOME, "Your password was changed").await?;
    Ok(renewed)
}
