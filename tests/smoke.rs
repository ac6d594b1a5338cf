//! Smoke.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]
use backstop::*;
#[tokio::test]
async fn smoke() {
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc="
        .parse()
        .unwrap();
    let accounts = Accounts::builder(MemoryStore::new(), key)
        .audit(|e| println!("{e:?}"))
        .build()
        .unwrap();
    let p = "Mira-2-lakes";
    let r = accounts
        .register(
            "42".parse().unwrap(),
            "alice".parse().unwrap(),
            NewPassword::typed_twice(p, p).unwrap(),
            &Client::new(),
        )
        .await
        .unwrap();
    println!("{r:?}");
    let s = accounts
        .sign_in(
            &"ALICE".parse().unwrap(),
            &Password::new(p).unwrap(),
            &Client::new(),
        )
        .await
        .unwrap();
    let SignIn::Accepted(s) = s else {
        panic!("{s:?}")
    };
    let SessionStatus::Live(sess) = accounts.session(s.token()).await.unwrap() else {
        panic!()
    };
    let t = accounts.settings(&sess).unwrap();
    let Prove::Accepted(t) = accounts
        .prove(&t, Proof::CurrentPassword(Password::new(p).unwrap()))
        .await
        .unwrap()
    else {
        panic!()
    };
    let n = "Orla-5-rivers";
    let Apply::Applied(s2) = accounts
        .apply(
            &t,
            Changes::new().password(NewPassword::typed_twice(n, n).unwrap()),
        )
        .await
        .unwrap()
    else {
        panic!()
    };
    assert!(matches!(
        accounts.session(s.token()).await.unwrap(),
        SessionStatus::Ended
    ));
    assert!(matches!(
        accounts.session(s2.token()).await.unwrap(),
        SessionStatus::Live(_)
    ));
    let s = accounts
        .sign_in(
            &"bob".parse().unwrap(),
            &Password::new(p).unwrap(),
            &Client::new(),
        )
        .await
        .unwrap();
    println!("{s:?}");
}
