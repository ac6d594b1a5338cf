//! Four users of another system, each with a hash of another scheme: they are imported, sign in
//! with the password they always had, and have an Argon2id hash from then on.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/stage.rs"]
mod stage;

use backstop::{
    AccountId, Accounts, Client, Import, ImportedAccount, MemorySender, Password, ServiceKey,
    SignIn, SqliteStore, hash::LegacyCost, store::AccountStore,
};

use stage::{Scratch, Told, check, say, seen};

/// Name, password, and the hash that the other system has of it.
const USERS: [(&str, &str, &str); 4] = [
    (
        "amber",
        "Amber-42-orchards",
        "$2b$12$MiraMiraMiraMiraMiraMOQLb.C2k4cu8CSKnq7FSypdce5uPJmAq",
    ),
    (
        "birch",
        "Birch-23-rivers",
        "$scrypt$ln=15,r=8,p=1$c2l4dGVlbiBieXRlcyBvaw$FmXDbmNob6hJIq+rCjEEapCP8bjr6JagdNAojY0IHsQ",
    ),
    (
        "cedar",
        "Cedar-31-meadows",
        "$pbkdf2-sha256$600000$c2l4dGVlbiBieXRlcyBvaw$EvXcQ/N.ugkGVNtGRHKoJ1893v5WEXc502Yq6LGi2ps",
    ),
    (
        "dogwood",
        "Dogwood-58-valleys",
        "$pbkdf2-sha512$210000$c2l4dGVlbiBieXRlcyBvaw$LIdOFZhKNjJf4jy.XzZnwFoE4LlXUk/B6Q5dbG6CcTHbwCsC1h4mlfICr0ufPhCqi3y9yreI/rMut5LD0Iib3g",
    ),
];

#[tokio::main]
async fn main() -> Told {
    let scratch = Scratch::new("import-legacy-hashes")?;
    let store = SqliteStore::open(scratch.0.join("accounts.db")).await?;
    // A service reads its key from its environment: `openssl rand -base64 32`.
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
    // A quarter of the users each: names that nobody has take as long as these do.
    let accounts = Accounts::builder(store.clone(), MemorySender::new(), key)
        .link_base("https://shop.example/recover")?
        .stored_hashes(LegacyCost::bcrypt(12)?, 250)
        .stored_hashes(LegacyCost::scrypt(15, 8, 1)?, 250)
        .stored_hashes(LegacyCost::pbkdf2_sha256(600_000)?, 250)
        .stored_hashes(LegacyCost::pbkdf2_sha512(210_000)?, 250)
        .build()?;
    println!("\nThe import\n");
    for (name, _password, hash) in USERS {
        let account = ImportedAccount::new(id(name)?, name.parse()?, hash.parse()?);
        let answer = accounts.import(account, &Client::new()).await?;
        check(answer == Import::Imported, "a new account")?;
        say(name, &scheme(&store, name).await?);
    }
    println!("\nEach signs in for the first time\n");
    for (name, password, _hash) in USERS {
        sign_in(&accounts, name, "Somebody-9-else", false).await?;
        let before = scheme(&store, name).await?;
        check(before != "argon2id", "a miss that replaces nothing")?;
        sign_in(&accounts, name, password, true).await?;
        let after = scheme(&store, name).await?;
        let says = format!("Welcome back. Your hash: {before}, and from now on {after}.");
        seen(name, &says, after == "argon2id")?;
    }
    println!("\nAnd again\n");
    for (name, password, _hash) in USERS {
        sign_in(&accounts, name, password, true).await?;
        say(name, "Welcome back.");
    }
    sign_in(&accounts, "nobody", "Somebody-9-else", false).await
}

async fn sign_in(accounts: &Accounts, name: &str, typed: &str, is_right: bool) -> Told {
    let (name, typed) = (name.parse()?, Password::new(typed)?);
    let answer = accounts.sign_in(&name, &typed, &Client::new()).await?;
    let as_told = match answer {
        SignIn::Accepted(_) => is_right,
        SignIn::Denied { .. } => !is_right,
        _ => false,
    };
    check(as_told, "the answer that the password deserves")
}

/// The host's own key of the user.
fn id(name: &str) -> Told<AccountId> {
    Ok(format!("user {name}").parse()?)
}

/// The scheme of the hash that is in the database, as its text begins.
async fn scheme(store: &SqliteStore, name: &str) -> Told<String> {
    let stored = store.load(&id(name)?).await?.ok_or("nobody is there")?;
    let record = String::from_utf8_lossy(&stored.value.to_bytes()).into_owned();
    let scheme = ["argon2id", "2b", "scrypt", "pbkdf2-sha256", "pbkdf2-sha512"]
        .into_iter()
        .find(|scheme| record.contains(&format!("${scheme}$")))
        .ok_or("no hash is there")?;
    Ok(scheme.replace("2b", "bcrypt"))
}
