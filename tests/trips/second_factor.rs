//! A second factor at sign-in.
#![expect(clippy::panic, reason = "a test fails by panicking")]

use backstop::{Changes, Proof};

use super::{Counter, Table};
use crate::support::{OLD, days};

pub async fn second_factor<C: Counter>(table: &mut Table<C>) {
    use crate::support::factor::{app, backup, both_proofs, issued, shown};
    use backstop::SignIn;
    let world = table.world(|builder| builder).await;
    let (alice, _) = world.alice().await;
    let ticket = both_proofs(&world, &alice, OLD).await;
    table.skip(&world);
    let factor = issued(&world, &ticket).await;
    table.row(&world, "`issue_second_factor`", 0);
    let first = app(&world, &factor, 0);
    let changes = Changes::new().second_factor(first.clone());
    let _alice = world.applied(&ticket, changes).await;
    table.row(&world, "`apply` with a second factor", 0);
    let sign_in = async || match world.sign_in("alice", OLD).await {
        SignIn::SecondFactor(ticket) => ticket,
        other => panic!("{other:?}"),
    };
    let ticket = sign_in().await;
    table.row(&world, "`sign_in`, right, a second factor is asked for", 2);
    let spent = backstop::SecondFactor::Totp(first);
    let _denied = world.accounts.second_factor(&ticket, &spent).await.unwrap();
    table.row(&world, "`second_factor`, wrong", 0);
    world.clock.advance(days(1));
    let ticket = sign_in().await;
    table.skip(&world);
    for (typed, verb) in [
        (shown(&world, &factor), "a code of the app"),
        (backup(&factor, 0), "a backup code"),
    ] {
        let answer = world.accounts.second_factor(&ticket, &typed).await;
        assert!(matches!(answer, Ok(SignIn::Accepted(_))));
        table.row(&world, &format!("`second_factor`, {verb}"), 0);
    }
    let alice = match world
        .accounts
        .second_factor(&ticket, &backup(&factor, 1))
        .await
    {
        Ok(SignIn::Accepted(signed_in)) => signed_in,
        other => panic!("{other:?}"),
    };
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, OLD).await;
    let proof = Proof::SecondFactor(backup(&factor, 2));
    table.skip(&world);
    let ticket = world.accepted(&ticket, proof).await;
    table.row(&world, "`prove` the second factor, a backup code", 0);
    let _issued = world.accounts.issue_backup_codes(&ticket).await.unwrap();
    table.row(&world, "`issue_backup_codes`", 0);
}
