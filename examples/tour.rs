//! Everything the library does today, on real parts: an SQLite file, Argon2 at its default cost,
//! and a clock that the tour turns forward by itself.
//!
//! It prints what users would see, and fails when anything is answered otherwise than told here.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to its reader"
)]

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use backstop::{
    Accounts, Advice, Apply, Changes, Client, NewPassword, Password, Proof, Prove, Register,
    ServiceKey, Session, SessionStatus, SessionToken, SignIn, SignedIn, SqliteStore, Ticket,
    audit::{Event, Outcome, Reason, Verb},
    name::KeyKind,
    policy::Unmet,
};
use time::{
    OffsetDateTime,
    macros::{datetime, format_description},
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const FIRST_PASSWORD: &str = "Quiet-17-lanterns";
const SECOND_PASSWORD: &str = "Amber-42-orchards";

type Told<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    match tour().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe tour did not go as told: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn tour() -> Told {
    let scratch = Scratch::new()?;
    let clock = Clock::default();
    let log = Log::default();
    let database = scratch.0.join("accounts.db");
    let accounts = service(&database, &clock, &log).await?;

    chapter(&clock, "Alice registers");
    password_refusals(&accounts).await?;
    let phone = registration(&accounts).await?;

    chapter(&clock, "Alice signs in at her laptop");
    let laptop = sign_in(&accounts).await?;

    chapter(&clock, "A stranger guesses at her name");
    guessing(&accounts, &clock).await?;

    chapter(&clock, "Somebody at her unlocked laptop guesses, too");
    let ticket = guessing_in_settings(&accounts, &clock, laptop.token()).await?;

    clock.advance(DAY + MINUTE);
    drop(accounts);
    let accounts = service(&database, &clock, &log).await?;
    chapter(&clock, "The next day, after a restart: a new password");
    let renewed = change(&accounts, laptop.token(), &ticket).await?;
    sessions_after(&accounts, [&phone, &laptop], &renewed).await?;
    new_password_signs_in(&accounts).await?;

    clock.advance(400 * DAY);
    chapter(&clock, "More than a year later");
    advice(&accounts, &renewed).await?;

    chapter(&clock, "What the service's own log says of it");
    audit(&log)
}

/// The service: what a host writes, and a clock and a log of our own.
async fn service(database: &Path, clock: &Clock, log: &Log) -> Told<Accounts> {
    // A service reads its key from its environment: `openssl rand -base64 32`.
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
    let (clock, log) = (clock.clone(), log.clone());
    Ok(Accounts::builder(SqliteStore::open(database).await?, key)
        .clock(move || clock.now())
        .audit(move |event| log.push(event))
        .build()?)
}

async fn password_refusals(accounts: &Accounts) -> Told {
    let guessable = "It is too easy to guess: strength 1 of 4, at least 2 is needed.";
    let name = "It must not contain your name, not even backwards.";
    for (typed, expected) in [
        ("Lan-17s", "It has 7 characters; 8 are needed."),
        (
            "Quiet-17-lanterns-glow",
            "It has 22 characters; at most 20 fit.",
        ),
        ("quiet-17-lanterns", "It needs an upper-case letter."),
        ("QUIET-17-LANTERNS", "It needs a lower-case letter."),
        ("Quiet-red-lanterns", "It needs a digit."),
        (
            "Quiet17lanterns",
            "It needs a special character, such as - or !.",
        ),
        ("Alice-17-lanterns", name),
        ("Lanterns-17-ecilA", name),
        (
            "P@ssw0rd!",
            "Many people use this password. Choose another.",
        ),
        ("Asdfghjkl-1", guessable),
    ] {
        let Register::Unmet(rules) = register(accounts, "42", "alice", typed_twice(typed)?).await?
        else {
            return Err(format!("{typed} was not refused").into());
        };
        say_unmet(typed, &rules, expected)?;
    }

    let mismatch = NewPassword::typed_twice(FIRST_PASSWORD, "Quiet-17-lantern");
    say("two that differ", &capital(refused(mismatch)?));
    let control = NewPassword::typed_twice("Quiet\t17-lanterns", "Quiet\t17-lanterns");
    say("one with a tab", &capital(refused(control)?));
    Ok(())
}

async fn registration(accounts: &Accounts) -> Told<SignedIn> {
    let password = typed_twice(FIRST_PASSWORD)?;
    let Register::Registered(phone) = register(accounts, "42", "alice", password).await? else {
        return Err("a good password was refused".into());
    };
    say(FIRST_PASSWORD, "Welcome, alice. You are signed in.");

    println!("\n  Others want a name like hers:");
    for (name, kind, told) in [
        ("Alice", KeyKind::Login, "This name is taken."),
        (
            "a1ice",
            KeyKind::Skeleton,
            "This name looks like one that is taken.",
        ),
    ] {
        let password = typed_twice(FIRST_PASSWORD)?;
        let answer = register(accounts, "43", name, password).await?;
        check(
            matches!(answer, Register::Taken(taken) if taken == kind),
            name,
        )?;
        say(name, told);
    }
    Ok(phone)
}

async fn sign_in(accounts: &Accounts) -> Told<SignedIn> {
    let SignIn::Accepted(laptop) = try_password(accounts, "ALICE", FIRST_PASSWORD).await? else {
        return Err("the right password was not accepted".into());
    };
    check(laptop.advice().is_none(), "no advice for a new password")?;
    let session = live(accounts, laptop.token()).await?;
    check(session.user_name() == "alice", "the session's name")?;
    say("ALICE and her password", "You are signed in as alice.");
    Ok(laptop)
}

async fn guessing(accounts: &Accounts, clock: &Clock) -> Told {
    for free in (0..5).rev() {
        let answer = try_password(accounts, "alice", "Alice-rules-1").await?;
        check(
            matches!(answer, SignIn::Denied { left } if left == free),
            "a miss",
        )?;
        let left = match free {
            0 => "From now on each try has to wait.".to_owned(),
            1 => "1 more before you have to wait.".to_owned(),
            _ => format!("{free} more before you have to wait."),
        };
        say(
            &format!("guess {}", 5 - free),
            &format!("Wrong name or password. {left}"),
        );
    }
    for (guess, delay) in [(6, 1), (7, 2), (8, 4), (9, 8)] {
        let delay = delay * SECOND;
        let answer = try_password(accounts, "alice", FIRST_PASSWORD).await?;
        let SignIn::Locked { until } = answer else {
            return Err("a try before its time was made".into());
        };
        check(until == clock.now() + delay, "the delay doubles")?;
        let told = format!("Too many tries. Try again in {} s.", delay.as_secs());
        say(&format!("guess {guess}, too early"), &told);
        clock.advance(delay);
        if guess < 9 {
            let answer = try_password(accounts, "alice", "Alice-rules-1").await?;
            check(
                matches!(answer, SignIn::Denied { left: 0 }),
                "a miss after a delay",
            )?;
            say(
                &format!("guess {guess}, in time"),
                "Wrong name or password.",
            );
        }
    }
    let answer = try_password(accounts, "alice", FIRST_PASSWORD).await?;
    check(
        matches!(answer, SignIn::Accepted(_)),
        "the owner after a delay",
    )?;
    say("Alice, a moment later", "You are signed in as alice.");
    let answer = try_password(accounts, "nobody", "Alice-rules-1").await?;
    check(
        matches!(answer, SignIn::Denied { left: 4 }),
        "an unknown name",
    )?;
    say(
        "a name nobody has",
        "Wrong name or password. 4 more before you have to wait.",
    );
    Ok(())
}

/// Method 1 asks for the current password: 3 misses in 24 hours lock it.
async fn guessing_in_settings(
    accounts: &Accounts,
    clock: &Clock,
    token: &SessionToken,
) -> Told<Ticket> {
    let ticket = accounts.settings(&live(accounts, token).await?)?;
    for free in (0..3).rev() {
        let answer = accounts
            .prove(&ticket, current_password("Alice-rules-1")?)
            .await?;
        check(
            matches!(answer, Prove::Denied { left } if left == free),
            "a miss",
        )?;
        let told = format!("This is not your current password. Tries left: {free}.");
        say(&format!("guess {}", 3 - free), &told);
    }
    let answer = accounts
        .prove(&ticket, current_password(FIRST_PASSWORD)?)
        .await?;
    let Prove::Locked { until } = answer else {
        return Err("a fourth try in 24 hours was made".into());
    };
    check(until == clock.now() + DAY, "the lock lasts 24 hours")?;
    let told = format!(
        "Changing the password is locked until {}.",
        day_and_time(until)?
    );
    say("even the right one", &told);
    clock.advance(MINUTE);
    let answer = try_password(accounts, "alice", FIRST_PASSWORD).await?;
    check(
        matches!(answer, SignIn::Accepted(_)),
        "sign-in has a budget of its own",
    )?;
    say("signing in meanwhile", "You are signed in as alice.");
    Ok(ticket)
}

/// Changes the password out of the laptop's session.
async fn change(accounts: &Accounts, token: &SessionToken, old: &Ticket) -> Told<SignedIn> {
    let answer = accounts
        .prove(old, current_password(FIRST_PASSWORD)?)
        .await?;
    check(matches!(answer, Prove::Expired), "a ticket of yesterday")?;
    say(
        "yesterday's page",
        "This page has expired. Open the settings again.",
    );

    let ticket = accounts.settings(&live(accounts, token).await?)?;
    let early = Changes::new().password(typed_twice(SECOND_PASSWORD)?);
    let answer = accounts.apply(&ticket, early).await?;
    check(
        matches!(answer, Apply::Unproven),
        "a change without a proof",
    )?;
    say("no current password", "Type your current password first.");

    let answer = accounts
        .prove(&ticket, current_password(FIRST_PASSWORD)?)
        .await?;
    let Prove::Accepted(ticket) = answer else {
        return Err("the current password was not accepted after the lock".into());
    };
    say("the current password", "Right. Now choose a new one.");

    let answer = accounts
        .apply(&ticket, Changes::new().password(typed_twice("Hello2026")?))
        .await?;
    let Apply::Unmet(rules) = answer else {
        return Err("a bad new password was not refused".into());
    };
    let expected = "Many people use this password. Choose another.";
    say_unmet("Hello2026", &rules, expected)?;

    let changes = Changes::new().password(typed_twice(SECOND_PASSWORD)?);
    let Apply::Applied(renewed) = accounts.apply(&ticket, changes).await? else {
        return Err("a good new password was refused".into());
    };
    say(SECOND_PASSWORD, "Your password is changed.");
    Ok(renewed)
}

async fn sessions_after(accounts: &Accounts, old: [&SignedIn; 2], renewed: &SignedIn) -> Told {
    for (device, session) in ["phone, signed in before", "laptop, old session"]
        .iter()
        .zip(old)
    {
        ended(accounts, session.token()).await?;
        say(device, "You are signed out. Sign in again.");
    }
    live(accounts, renewed.token()).await?;
    say("laptop, new session", "You are signed in as alice.");
    Ok(())
}

async fn new_password_signs_in(accounts: &Accounts) -> Told {
    let answer = try_password(accounts, "alice", SECOND_PASSWORD).await?;
    check(matches!(answer, SignIn::Accepted(_)), "the new password")?;
    say("phone, new password", "You are signed in as alice.");
    let answer = try_password(accounts, "alice", FIRST_PASSWORD).await?;
    check(matches!(answer, SignIn::Denied { .. }), "the old password")?;
    say("the old password", "Wrong name or password.");
    Ok(())
}

async fn advice(accounts: &Accounts, renewed: &SignedIn) -> Told {
    ended(accounts, renewed.token()).await?;
    say("the session of then", "You are signed out. Sign in again.");
    let answer = try_password(accounts, "alice", SECOND_PASSWORD).await?;
    let SignIn::Accepted(signed_in) = answer else {
        return Err("an old password expired".into());
    };
    let Some(Advice::ChangePassword { set_at }) = signed_in.advice() else {
        return Err("there was no advice".into());
    };
    say("phone, same password", "You are signed in as alice.");
    let told = format!(
        "Your password is of {}: think of a new one.",
        day_and_time(set_at)?
    );
    say("", &told);
    let purged = accounts.purge().await?;
    check(purged > 0, "counters of last year are purged")?;
    say(
        "the service tidies up",
        &format!("Expired records deleted: {purged}."),
    );
    Ok(())
}

fn audit(log: &Log) -> Told {
    let events = log.events();
    let told = [
        Outcome::Unmet { rules: 1 },
        Outcome::Taken(KeyKind::Skeleton),
        Outcome::Denied {
            reason: Reason::WrongPassword,
            left: 4,
        },
        Outcome::Denied {
            reason: Reason::UnknownName,
            left: 4,
        },
    ];
    let mut shown = Vec::new();
    for outcome in told {
        let found = events.iter().find(|event| event.outcome == outcome);
        shown.push(found.ok_or("an event is missing in the log")?);
    }
    let done =
        |verb| move |event: &&Event| event.verb == verb && event.outcome == Outcome::Accepted;
    shown.extend(events.iter().filter(done(Verb::Apply)));
    for event in shown {
        let name = event.name.map_or("-".to_owned(), |tag| tag.to_string());
        println!(
            "  {}  {:<9} name {name:<16}  {}",
            day_and_time(event.at)?,
            verb(event.verb),
            outcome(event.outcome),
        );
    }
    println!(
        "\n  {} events in all. None holds a name, a password or a token.",
        events.len()
    );
    Ok(())
}

// What a host's pages do with the answers.

async fn register(
    accounts: &Accounts,
    id: &str,
    name: &str,
    password: NewPassword,
) -> Told<Register> {
    let client = Client::new().label("Safari, Uppsala");
    Ok(accounts
        .register(id.parse()?, name.parse()?, password, &client)
        .await?)
}

async fn try_password(accounts: &Accounts, name: &str, typed: &str) -> Told<SignIn> {
    let client = Client::new().label("Firefox, Uppsala");
    Ok(accounts
        .sign_in(&name.parse()?, &Password::new(typed)?, &client)
        .await?)
}

fn current_password(typed: &str) -> Told<Proof> {
    Ok(Proof::CurrentPassword(Password::new(typed)?))
}

fn typed_twice(typed: &str) -> Told<NewPassword> {
    Ok(NewPassword::typed_twice(typed, typed)?)
}

async fn live(accounts: &Accounts, token: &SessionToken) -> Told<Session> {
    // What a cookie brings back is text.
    match accounts.session(&token.expose().parse()?).await? {
        SessionStatus::Live(session) => Ok(session),
        SessionStatus::Ended => Err("a session ended too early".into()),
    }
}

async fn ended(accounts: &Accounts, token: &SessionToken) -> Told {
    match accounts.session(token).await? {
        SessionStatus::Live(_) => Err("an old session is still alive".into()),
        SessionStatus::Ended => Ok(()),
    }
}

fn sentence(rule: &Unmet) -> String {
    match rule {
        Unmet::Common => "Many people use this password. Choose another.".to_owned(),
        Unmet::Guessable { score, min, .. } => {
            format!("It is too easy to guess: strength {score} of 4, at least {min} is needed.")
        }
        Unmet::Name => "It must not contain your name, not even backwards.".to_owned(),
        Unmet::NoDigit => "It needs a digit.".to_owned(),
        Unmet::NoLowercase => "It needs a lower-case letter.".to_owned(),
        Unmet::NoSpecial => "It needs a special character, such as - or !.".to_owned(),
        Unmet::NoUppercase => "It needs an upper-case letter.".to_owned(),
        Unmet::TooLong { max, len } => format!("It has {len} characters; at most {max} fit."),
        Unmet::TooShort { min, len } => format!("It has {len} characters; {min} are needed."),
        _ => "It does not meet the rules.".to_owned(),
    }
}

const fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Apply => "change",
        Verb::Register => "register",
        Verb::SignIn => "sign in",
        _ => "other",
    }
}

fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Accepted => "done".to_owned(),
        Outcome::Denied { reason, left } => {
            let reason = match reason {
                Reason::UnknownName => "no such account",
                Reason::WrongPassword => "wrong password",
                _ => "wrong proof",
            };
            format!("denied, {reason}, {left} free misses left")
        }
        Outcome::Taken(_) => "refused, the name or a look-alike is taken".to_owned(),
        Outcome::Unmet { rules } => format!("refused, unmet password rules: {rules}"),
        _ => "other".to_owned(),
    }
}

// What the tour itself needs.

fn check(as_told: bool, what: &str) -> Told {
    if as_told {
        Ok(())
    } else {
        Err(format!("unexpected answer at: {what}").into())
    }
}

fn refused(parsed: Result<NewPassword, backstop::PasswordError>) -> Told<String> {
    match parsed {
        Ok(_) => Err("two fields that cannot be one password were accepted".into()),
        Err(refusal) => Ok(refusal.to_string()),
    }
}

fn chapter(clock: &Clock, title: &str) {
    let now = clock.now();
    println!(
        "\n{} {:02}:{:02}  {title}\n",
        now.date(),
        now.hour(),
        now.minute()
    );
}

/// One line for each rule; the expected one must be among them.
fn say_unmet(typed: &str, rules: &[Unmet], expected: &str) -> Told {
    let sentences: Vec<String> = rules.iter().map(sentence).collect();
    for (number, told) in sentences.iter().enumerate() {
        say(if number == 0 { typed } else { "" }, told);
    }
    check(sentences.iter().any(|told| told == expected), typed)
}

fn say(did: &str, told: &str) {
    println!("  {did:<24}{told}");
}

fn capital(sentence: String) -> String {
    let mut letters = sentence.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .chain(['.'])
        .collect()
}

fn day_and_time(at: OffsetDateTime) -> Told<String> {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    Ok(at.format(format)?)
}

/// Time that only moves when the tour says so.
#[derive(Clone, Default)]
struct Clock {
    seconds: Arc<AtomicU64>,
}

impl Clock {
    fn now(&self) -> OffsetDateTime {
        datetime!(2026-03-02 09:00 UTC) + Duration::from_secs(self.seconds.load(Ordering::SeqCst))
    }

    fn advance(&self, by: Duration) {
        self.seconds.fetch_add(by.as_secs(), Ordering::SeqCst);
    }
}

/// The service's own log, where strangers do not read.
#[derive(Clone, Default)]
struct Log {
    events: Arc<Mutex<Vec<Event>>>,
}

impl Log {
    fn push(&self, event: &Event) {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event.clone());
    }

    fn events(&self) -> Vec<Event> {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// A folder for the database file; it goes when the tour ends, however that is.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Told<Self> {
        let folder = std::env::temp_dir().join(format!("backstop-tour-{}", std::process::id()));
        fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _left_to_the_system = fs::remove_dir_all(&self.0);
    }
}
