//! Registering, signing in, and what is changed out of a session.

use backstop::{
    Apply, Changes, Client, Identity, Import, ImportedAccount, Proof, SignIn, account::Page,
};

use super::{Counter, Table};
use crate::support::{self, NEW, OLD, WRONG, days};

/// Any hash: nobody signs in with it.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
                    c2l4dGVlbiBieXRlIHNsdA$CzBVep/E6Q4zWH2ix+wRNluApcrvFDleg6jN8hc8YYY";

pub async fn issue<C: Counter>(table: &mut Table<C>) {
    let world = table.world(|builder| builder).await;
    let signed_in = world.register("42", "alice", OLD).await;
    table.row(&world, "`register`, `import`", 0);
    let (id, name) = (support::account_id("8"), "carol".parse().unwrap());
    let carol = ImportedAccount::new(id, name, HASH.parse().unwrap());
    let imported = world.accounts.import(carol, &Client::new()).await;
    assert!(matches!(imported, Ok(Import::Imported)), "{imported:?}");
    table.same(&world, "`import`");
    let identity = || Identity::verified("https://accounts.example", "bob").unwrap();
    let (id, name) = (support::account_id("7"), "bob".parse().unwrap());
    let (bob, client) = (identity(), Client::new());
    let registered = world.accounts.register_linked(id, name, bob, &client).await;
    table.row(&world, "`register_linked`", 0);
    let _bob = world.accounts.sign_in_linked(&identity(), &client).await;
    table.row(&world, "`sign_in_linked`", 0);
    if let Ok(backstop::Register::Registered(bob)) = registered {
        let ticket = world.settings(&bob).await;
        table.skip(&world);
        let proof = Proof::LinkedIdentity(identity());
        let _ticket = world.accepted(&ticket, proof).await;
        table.row(&world, "`prove` a linked identity", 0);
    }
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    table.skip(&world);
    let _issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    table.row(&world, "`issue_security_code`", 0);
    world.clock.advance(days(1));
    let _purged = world.accounts.purge().await.unwrap();
    table.row(&world, "`purge`", 0);
    // What was noted of the sign-ins above.
    let _written = world.post().await;
    table.skip(&world);
    let _nothing = world.post().await;
    table.row(&world, "`deliver_due` with nothing due", 0);
}

pub async fn sign_in<C: Counter>(table: &mut Table<C>) {
    let world = table.world(|builder| builder).await;
    let _alice = world.alice().await;
    table.skip(&world);
    let signed_in = world.signed_in("alice", OLD).await;
    table.row(&world, "`sign_in`, right", 2);
    for (name, verb) in [("alice", "wrong"), ("nobody", "unknown name")] {
        let _denied = world.sign_in(name, WRONG).await;
        table.row(&world, &format!("`sign_in`, {verb}"), 2);
    }
    for _miss in 0..5 {
        let _denied = world.sign_in("alice", WRONG).await;
    }
    table.skip(&world);
    let waiting = world.sign_in("alice", OLD).await;
    assert!(matches!(waiting, SignIn::Locked { .. }), "{waiting:?}");
    table.row(&world, "`sign_in`, locked", 2);
    let session = world.session(&signed_in).await;
    table.row(&world, "`session`", 0);
    let swedish = backstop::Locale::Swedish;
    assert!(
        world
            .accounts
            .set_language(&session, swedish)
            .await
            .unwrap()
    );
    table.row(&world, "`set_language`", 0);
    let ticket = world.accounts.settings(&session).unwrap();
    let accounts = &world.accounts;
    let _methods = (accounts.methods(), accounts.questions());
    let _recovery = world.recover("alice");
    table.row(&world, "`settings`, `recover`, `methods`", 0);
    let ticket = world.proven(&ticket, OLD).await;
    table.row(&world, "`prove` the current password", 0);
    let changed = world
        .applied(&ticket, Changes::new().password(support::typed_twice(NEW)))
        .await;
    table.row(&world, "`apply`", 0);
    let session = world.session(&changed).await;
    table.skip(&world);
    let _page = world
        .accounts
        .activity(&session, Page::new())
        .await
        .unwrap();
    table.row(&world, "`activity`, `export`", 0);
    let _export = world.accounts.export(&session).await.unwrap();
    table.same(&world, "`export`");
    let _void = world.accounts.report_compromise(&session).await.unwrap();
    table.row(&world, "`report_compromise`", 0);
}

pub async fn managing<C: Counter>(table: &mut Table<C>) {
    let world = table.world(|builder| builder).await;
    let boss = world.register("7", "boss", OLD).await;
    let session = world.session(&boss).await;
    let (id, accounts) = (support::account_id("42"), &world.accounts);
    let (name, new) = ("alice".parse().unwrap(), support::typed_twice(OLD));
    let client = Client::new();
    table.skip(&world);
    let _registered = accounts
        .register_sub_account(&session, id.clone(), name, new, &client)
        .await
        .unwrap();
    table.row(&world, "`register_sub_account`", 0);
    let manage = accounts.manage(&session, &id).await.unwrap();
    table.row(&world, "`manage`", 0);
    if let backstop::Manage::Started(ticket) = manage {
        let proof = Proof::Manager(support::password(OLD));
        let ticket = world.accepted(&ticket, proof).await;
        table.row(&world, "`prove` the manager's password", 0);
        let changes = Changes::new().no_manager();
        let _managed = accounts.apply(&ticket, changes).await.unwrap();
        table.row(&world, "`apply` as a manager", 0);
    }
    let _disabled = accounts.disable(&id).await.unwrap();
    table.row(&world, "`disable`, `enable`", 0);
    let _enabled = accounts.enable(&id).await.unwrap();
    table.same(&world, "`enable`");
}

/// What else is changed out of a session, and the end of an account.
pub async fn changing<C: Counter>(table: &mut Table<C>) {
    let world = table.world(|builder| builder).await;
    let _boss = world.register("7", "boss", OLD).await;
    let mut alice = world.register("42", "alice", OLD).await;
    let identity = Identity::verified("https://accounts.example", "alice").unwrap();
    let unlinked = Changes::new().unlink("https://accounts.example", "alice");
    for (changes, verb) in [
        (Changes::new().link(identity), "a linked identity"),
        (unlinked, "one linked identity less"),
        (
            Changes::new().user_name("alicia".parse().unwrap()),
            "a user name",
        ),
        (
            Changes::new().manager(support::account_id("7")),
            "a manager",
        ),
    ] {
        let ticket = world.settings(&alice).await;
        let ticket = world.proven(&ticket, OLD).await;
        table.skip(&world);
        alice = world.applied(&ticket, changes).await;
        table.row(&world, &format!("`apply` with {verb}"), 0);
    }
    let ticket = world.settings(&alice).await;
    table.skip(&world);
    let unproven = world
        .accounts
        .apply(&ticket, Changes::new().no_manager())
        .await;
    assert!(matches!(unproven, Ok(Apply::Unproven)), "{unproven:?}");
    table.row(&world, "`apply`, unproven", 0);
    let ticket = world.proven(&ticket, OLD).await;
    table.skip(&world);
    let deleted = world.accounts.apply(&ticket, Changes::new().delete()).await;
    assert!(matches!(deleted, Ok(Apply::Deleted)), "{deleted:?}");
    table.row(&world, "`apply` with the end of the account", 0);
    let _nobody = world.post().await;
    table.row(&world, "`deliver_due`, one account removed", 0);
    assert!(!world.is_live(alice.token()).await);
    table.row(&world, "`session`, ended", 0);
}
