//! Audit events as a subscriber of the crate tracing sees them.
#![cfg(feature = "tracing")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    collections::BTreeMap,
    fmt::{Debug, Write as _},
    sync::{Arc, Mutex},
};

use backstop::{
    Apply, Builder, Challenge, Changes, Client, Proof, Recover, SecurityCode,
    account::Page,
    audit::{TARGET, to_tracing},
};
use support::{
    ALICE, ANSWER, NEW, OLD, WRONG, World, account_id, answer, days, email, hours, login, mail,
    password, probe::Fault, question, typed_twice,
};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::DefaultGuard,
};

/// One line of the log.
#[derive(Clone, Debug)]
struct Line {
    level: Level,
    target: &'static str,
    fields: BTreeMap<&'static str, String>,
}

impl Line {
    fn get(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }
}

/// Keeps what it is told, as the layer of a log does.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Line>>>);

impl Log {
    /// For as long as the guard is there, and on this thread.
    fn begin() -> (Self, DefaultGuard) {
        let log = Self::default();
        let guard = tracing::subscriber::set_default(log.clone());
        (log, guard)
    }

    /// The lines of the library's; others log too.
    fn lines(&self) -> Vec<Line> {
        let lines = self.0.lock().unwrap();
        let ours = lines.iter().filter(|line| line.target == TARGET);
        ours.cloned().collect()
    }

    fn last(&self) -> Line {
        self.lines().pop().unwrap()
    }
}

impl Subscriber for Log {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line {
            level: *event.metadata().level(),
            target: event.metadata().target(),
            fields: BTreeMap::new(),
        };
        event.record(&mut line);
        self.0.lock().unwrap().push(line);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

fn traced(builder: Builder) -> Builder {
    builder.audit(to_tracing)
}

fn client() -> Client {
    Client::new().human(true).label("Firefox, Uppsala")
}

#[tokio::test]
async fn o02_o01_a_sign_in_says_who_what_when_and_where() {
    let (log, _guard) = Log::begin();
    let world = World::with(traced);
    world.register("42", "alice", OLD).await;
    let (name, right) = (login("alice"), password(OLD));
    world.clock.advance(hours(9));
    let answer = world.accounts.sign_in(&name, &right, &client()).await;
    let Ok(backstop::SignIn::Accepted(signed_in)) = answer else {
        panic!("{answer:?}");
    };
    let line = log.last();
    assert_eq!((line.level, line.target), (Level::INFO, "backstop::audit"));
    let mut session = String::new();
    for byte in signed_in.session().as_bytes() {
        write!(session, "{byte:02x}").unwrap();
    }
    let tag = line.get("name").to_owned();
    assert_eq!(tag.len(), 16);
    let expected = BTreeMap::from([
        ("account", "42".to_owned()),
        ("at", "2026-01-01T09:00:00.000Z".to_owned()),
        ("event", "authn_login_success".to_owned()),
        ("label", "Firefox, Uppsala".to_owned()),
        ("method", "current_password".to_owned()),
        ("name", tag.clone()),
        ("outcome", "accepted".to_owned()),
        ("session", session),
        ("verb", "sign_in".to_owned()),
    ]);
    assert_eq!(line.fields, expected);
    // The same name has the same tag.
    let _denied = world.try_sign_in("ALICE", WRONG).await;
    assert_eq!(log.last().get("name"), tag);
}

/// One line for each audit event, and a word of the vocabulary where there is one.
#[tokio::test]
async fn o01_o02_every_kind_of_event_has_its_words_and_level() {
    let (log, _guard) = Log::begin();
    let world = World::with(traced);
    let (signed_in, _code) = world.alice().await;
    let mut seen = Vec::new();
    let mut told = |step: &str| {
        let line = log.last();
        let words = ["verb", "outcome", "event", "method", "changes", "reason"];
        let words = words.map(|field| line.get(field).to_owned());
        seen.push(format!("{step}: {} {}", line.level, words.join(" ")));
    };
    let _live = world.session(&signed_in).await;
    told("live session");
    let _denied = world.try_sign_in("alice", WRONG).await;
    told("wrong password");
    let _denied = world.try_sign_in("nobody", WRONG).await;
    told("unknown name");
    for _ in 0..5 {
        let _denied = world.try_sign_in("alice", WRONG).await;
    }
    told("locked");
    let _not_human = world.accounts.recover(&login("alice"), &Client::new());
    told("not human");
    let ticket = world.recover("alice");
    told("recovery");
    let wrong: SecurityCode = "0000-0000-0000-0000-0000-0000-000".parse().unwrap();
    let _denied = world.offer(&ticket, Proof::SecurityCode(wrong)).await;
    told("wrong security code");
    let _unproven = world.apply(&ticket, NEW).await;
    told("unproven");
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let code = || mail::code(&letter);
    let proven = world.accepted(&ticket, Proof::SecurityEmail(code())).await;
    told("mailed code");
    let _unmet = world.apply(&proven, "weak").await;
    told("weak password");
    world.recovered(&proven, NEW).await;
    told("new password");
    let _ended = world.apply(&proven, OLD).await;
    told("spent ticket");
    let _ended = world.accounts.session(signed_in.token()).await;
    told("ended session");
    world.clock.advance(days(4));
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&signed_in).await;
    let proven = world.proven(&ticket, NEW).await;
    let changes = Changes::new().hint(question(), answer(ANSWER));
    let signed_in = world.applied(&proven, changes).await;
    told("another hint");
    let ticket = world.settings(&signed_in).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    told("mail");
    let _post = world.post().await;
    told("courier");
    world.store.fail(0, &[Fault::Before]);
    let _failed = world.try_sign_in("alice", NEW).await;
    told("broken store");
    assert_eq!(
        seen,
        [
            "live session: DEBUG session accepted    ",
            "wrong password: WARN sign_in denied authn_login_fail current_password  wrong_password",
            "unknown name: WARN sign_in denied authn_login_fail current_password  unknown_name",
            "locked: WARN sign_in locked authn_login_lock current_password  ",
            "not human: WARN recover not_human    ",
            "recovery: INFO recover accepted    ",
            "wrong security code: WARN prove denied authn_login_fail security_code  wrong_code",
            "unproven: WARN apply unproven sequence_fail  password ",
            "mailed code: INFO prove accepted  security_email  ",
            "weak password: INFO apply unmet authn_password_change_fail  password ",
            "new password: INFO apply accepted authn_password_change  password ",
            "spent ticket: WARN apply ended authn_token_reuse  password ",
            "ended session: INFO session ended session_use_after_expire   ",
            "another hint: INFO apply accepted user_updated  hint ",
            "mail: INFO challenge accepted  security_email  ",
            "courier: DEBUG deliver accepted    ",
            "broken store: ERROR sign_in failed  current_password  ",
        ]
    );
    assert_eq!(log.last().get("failure"), "store");
    let lines = log.lines();
    let created = lines
        .iter()
        .find(|line| line.get("event") == "user_created");
    assert_eq!(created.unwrap().get("verb"), "register");
    let locked = lines.iter().find(|line| line.get("outcome") == "locked");
    assert!(locked.unwrap().get("until").starts_with("2026-01-05T"));
    let denied = lines.iter().find(|line| line.get("outcome") == "denied");
    assert_eq!(denied.unwrap().get("left"), "4");
    let unmet = lines.iter().find(|line| line.get("outcome") == "unmet");
    assert!(unmet.unwrap().get("rules").parse::<u32>().unwrap() > 0);
}

#[cfg(feature = "totp")]
#[tokio::test]
async fn o01_o02_a_code_that_is_used_twice_is_a_token_that_is_reused() {
    use backstop::SignIn;
    use support::factor;

    let (log, _guard) = Log::begin();
    let world = World::with(traced);
    let (signed_in, _code) = world.alice().await;
    let (_signed_in, enrolled) = factor::enrol(&world, &signed_in).await;
    assert_eq!(log.last().get("changes"), "enrol_second_factor");
    world.clock.advance(hours(1));
    let at_factor = async || match world.sign_in("alice", OLD).await {
        SignIn::SecondFactor(ticket) => ticket,
        other => panic!("{other:?}"),
    };
    let ticket = at_factor().await;
    assert_eq!(log.last().get("outcome"), "second_factor");
    let shown = factor::shown(&world, &enrolled);
    let _signed_in = world.accounts.second_factor(&ticket, &shown).await;
    let line = log.last();
    assert_eq!(line.get("event"), "authn_login_success");
    assert_eq!(line.get("method"), "second_factor");
    let ticket = at_factor().await;
    let _denied = world.accounts.second_factor(&ticket, &shown).await;
    let line = log.last();
    assert_eq!(
        (line.level, line.get("reason")),
        (Level::WARN, "spent_code")
    );
    assert_eq!(line.get("event"), "authn_token_reuse");
}

/// Nothing that could end a line, or make it look like another one, gets into a field.
#[tokio::test]
async fn o04_fields_cannot_forge_a_line() {
    let (log, _guard) = Log::begin();
    let world = World::with(traced);
    let hidden = "\u{e0041}\u{180e}";
    let forged = "\n2026-01-01 INFO\r\u{1b}[31m\u{85}\u{2028}\u{202e}txt\u{200b}\"=";
    let client = Client::new()
        .human(true)
        .label(&format!("{forged}{hidden}"));
    let id = "4\u{2029}2\u{2066}";
    let name = login("alice");
    let registered = world
        .accounts
        .register(
            account_id(id),
            "alice".parse().unwrap(),
            typed_twice(OLD),
            &client,
        )
        .await;
    assert!(matches!(registered, Ok(backstop::Register::Registered(_))));
    let _denied = world
        .accounts
        .sign_in(&name, &password(WRONG), &client)
        .await;
    assert!(matches!(
        world.accounts.recover(&name, &client),
        Ok(Recover::Started(_))
    ));
    // A name that was typed into the log is a tag in it.
    let typed = "alice\u{202e}\u{2066}".parse::<backstop::LoginName>();
    assert!(typed.is_err());
    let lines = log.lines();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0].get("account"), "4\\u{2029}2\\u{2066}");
    let label = "2026-01-01 INFO[31m\\u{2028}\\u{202e}txt\\u{200b}\"=\\u{e0041}\\u{180e}";
    for line in &lines {
        assert_eq!(line.get("label"), label);
        for value in line.fields.values() {
            let is_plain = |c: char| c == ' ' || c.is_ascii_graphic();
            assert!(value.chars().all(is_plain), "{value:?}");
        }
    }
}

/// Also where a host puts a label of its own into the event.
#[tokio::test]
async fn o04_controls_are_escaped_in_what_a_host_puts_in() {
    let (log, _guard) = Log::begin();
    let world = World::with(|builder| {
        builder.audit(|event| {
            let mut event = event.clone();
            event.label = Some("one\ntwo\r\u{1b}[31m\u{0}\u{85}".to_owned());
            to_tracing(&event);
        })
    });
    let _denied = world.try_sign_in("alice", WRONG).await;
    let label = "one\\u{a}two\\u{d}\\u{1b}[31m\\u{0}\\u{85}";
    assert_eq!(log.last().get("label"), label);
}

/// Neither what is typed, nor what is mailed, nor what lies in a cookie; no address as it is.
#[tokio::test]
async fn o03_secrets_and_addresses_are_in_no_field() {
    let (log, _guard) = Log::begin();
    let world = World::with(traced);
    let (signed_in, code) = world.alice().await;
    let ticket = world.recover("alice");
    let _denied = world
        .offer(&ticket, Proof::HintQuestion(answer("Bo Ek")))
        .await;
    let typed_into_the_name = world.try_sign_in(WRONG, OLD).await;
    assert!(typed_into_the_name.is_ok());
    let (ticket, letter) = world.recover_by_mail(ALICE).await;
    let mailed = mail::code(&letter);
    let mailed_text = mailed.expose().to_owned();
    let proven = world.accepted(&ticket, Proof::SecurityEmail(mailed)).await;
    let proven_text = proven.expose().to_owned();
    world.recovered(&proven, NEW).await;
    let own = Client::new().label("phone of bo.ek@shop.example");
    let registered = world
        .accounts
        .register(
            account_id("bo.ek@shop.example"),
            "bo".parse().unwrap(),
            typed_twice(OLD),
            &own,
        )
        .await;
    let Ok(backstop::Register::Registered(bo)) = registered else {
        panic!("{registered:?}");
    };
    let line = log.last();
    assert_eq!(line.get("account"), "b***@shop.example");
    assert_eq!(line.get("label"), "phone of b***@shop.example");
    let ticket = world.settings(&bo).await;
    let ticket = world.proven(&ticket, OLD).await;
    let to = Challenge::NewEmail(email("new.bo@shop.example"));
    let _sent = world.challenge(&ticket, to).await;
    let answered: Apply = world.apply(&ticket, "weak-password").await;
    assert!(matches!(answered, Apply::Unmet { .. }));
    let secrets = [
        OLD,
        NEW,
        WRONG,
        ANSWER,
        "Bo Ek",
        "weak-password",
        ALICE,
        "alice",
        "bo.ek",
        "new.bo",
        &code.expose(),
        &mailed_text,
        &proven_text,
        signed_in.token().expose(),
        signed_in.device().expose(),
        bo.token().expose(),
    ];
    let lines = log.lines();
    assert!(lines.len() > 30, "{}", lines.len());
    for line in lines {
        for (field, value) in &line.fields {
            for secret in secrets {
                let value = value.to_lowercase();
                assert!(!value.contains(&secret.to_lowercase()), "{field}: {value}");
            }
        }
    }
}

/// Managing another account, disabling it, and what is asked for in a session that has ended: who did
/// it to whom, in the words of the vocabulary.
#[tokio::test]
async fn o01_o02_l05_a_line_says_who_acts_on_whom() {
    let (log, _guard) = Log::begin();
    let world = World::with(traced);
    let boss = world.register("7", "boss", OLD).await;
    let session = world.session(&boss).await;
    let mut seen = Vec::new();
    let mut told = |step: &str| {
        let line = log.last();
        let words = ["verb", "outcome", "event", "actor", "account"];
        let words = words.map(|field| line.get(field).to_owned());
        seen.push(format!("{step}: {} {}", line.level, words.join(" ")));
    };
    let accounts = &world.accounts;
    let register = async || {
        let (id, name) = (account_id("42"), "alice".parse().unwrap());
        let (new, client) = (typed_twice(OLD), client());
        let registered = accounts.register_sub_account(&session, id, name, new, &client);
        registered.await.unwrap()
    };
    let _registered = register().await;
    told("new");
    let manage = async |id: &str| accounts.manage(&session, &account_id(id)).await;
    let _foreign = manage("8").await;
    told("foreign");
    let Ok(backstop::Manage::Started(ticket)) = manage("42").await else {
        panic!("not started");
    };
    told("started");
    let proof = Proof::Manager(password(OLD));
    let ticket = world.accepted(&ticket, proof).await;
    told("proven");
    let disable = Changes::new().disable();
    let managed = accounts.apply(&ticket, disable).await;
    assert!(matches!(managed, Ok(Apply::Managed)));
    told("disabled");
    let _enabled = accounts.enable(&account_id("42")).await;
    told("enabled");
    let _unknown = accounts.disable(&account_id("43")).await;
    told("nobody");
    let _boss = world.change(&boss, OLD, NEW).await;
    let _ended = register().await;
    told("register later");
    let _ended = manage("42").await;
    told("manage later");
    let _ended = accounts.activity(&session, Page::new()).await;
    told("activity later");
    let _ended = accounts.export(&session).await;
    told("export later");
    let swedish = backstop::Locale::Swedish;
    let _ended = accounts.set_language(&session, swedish).await;
    told("language later");
    assert_eq!(
        seen,
        [
            "new: INFO register_sub_account accepted user_created 7 42",
            "foreign: WARN manage unproven authz_fail 7 8",
            "started: INFO manage accepted  7 42",
            "proven: INFO prove accepted  7 42",
            "disabled: INFO apply accepted user_updated 7 42",
            "enabled: INFO enable accepted user_updated  42",
            "nobody: WARN disable ended   43",
            "register later: INFO register_sub_account ended session_use_after_expire 7 ",
            "manage later: INFO manage ended session_use_after_expire 7 42",
            "activity later: INFO activity ended session_use_after_expire  7",
            "export later: INFO export ended session_use_after_expire  7",
            "language later: INFO set_language ended session_use_after_expire  7",
        ]
    );
}
