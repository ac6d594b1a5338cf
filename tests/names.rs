//! Login names and account ids, by syntax alone.

mod support;

use backstop::{
    AccountId, Client, LoginName, NameError, Register, SignIn, UserName,
    name::{KeyKind, MAX_LOGIN_NAME_BYTES, MAX_USER_NAME_LEN},
};
use support::{NEW, OLD, World, account_id, login, typed_twice};

fn user_name(text: &str) -> Result<UserName, NameError> {
    text.parse()
}

/// B03: UsernameCaseMapped, with examples in the manner of RFC 8265 §3.5.
#[test]
fn b03_username_case_mapped() {
    for (one, other) in [
        ("Alice", "alice"),
        ("Ａｌｉｃｅ", "alice"),
        ("A\u{30a}sa", "åsa"),
        ("ΠΑΥΛΟΣ", "παυλοσ"),
        ("Иван", "иван"),
    ] {
        assert_eq!(user_name(one).unwrap(), user_name(other).unwrap(), "{one}");
    }
    for refused in [
        "",
        " ",
        "a b",
        "al\u{0}ice",
        "al\u{200b}ice",
        "☃",
        "a\tb",
        "henry\u{2163}",
    ] {
        assert!(user_name(refused).is_err(), "{refused:?}");
    }
}

#[test]
fn b03_the_canonical_form_is_stable() {
    for name in ["Alice", "Ａｌｉｃｅ", "Åsa", "ΠΑΥΛΟΣ", "Straße", "Иван"] {
        let once = user_name(name).unwrap();
        let shown = once.as_str().to_owned();
        assert_eq!(user_name(&shown).unwrap(), once, "{name}");
    }
}

/// X42: nobody's user name can be somebody else's address or number.
#[test]
fn x42_the_kind_of_a_login_name_is_plain_from_its_syntax() {
    let kinds = [
        ("alice", KeyKind::Login),
        ("alice7", KeyKind::Login),
        ("alice@shop.example", KeyKind::Email),
        ("+46 70-123 45 67", KeyKind::Phone),
        ("0701234567", KeyKind::Phone),
        ("070-1234567", KeyKind::Phone),
        ("(070) 123.45.67", KeyKind::Phone),
        ("1.2.3.4.5", KeyKind::Phone),
        ("７０-１２３４５", KeyKind::Phone),
        ("alice-7.2", KeyKind::Login),
    ];
    for (typed, kind) in kinds {
        assert_eq!(login(typed).kind(), kind, "{typed}");
    }
    for refused in [
        "alice@shop.example",
        "+46701234567",
        "12345678",
        "070-1234567",
        "46.70-123",
        "1.2.3.4.5",
        "1-2",
        "-",
        "٠١-٢٣",
        "１２３４５６７",
        "٠١٢٣٤٥٦",
        "＋alice",
        "a＠b",
    ] {
        assert!(user_name(refused).is_err(), "{refused}");
    }
}

#[test]
fn a_character_that_names_do_not_have_is_no_mix_of_scripts() {
    for name in ["alice!", "a&b", "$$$", "<script>"] {
        assert_eq!(user_name(name).err(), Some(NameError::Malformed), "{name}");
    }
}

#[test]
fn login_names_of_any_kind_are_canonical() {
    assert_eq!(login("070-123 45 67"), login("0701234567"));
    assert_eq!(login("alice@SHOP.example"), login(" alice@shop.example"));
    assert_ne!(login("Alice@shop.example"), login("alice@shop.example"));
    assert_eq!(login("+46 70-123 45 67"), login("+46701234567"));
    for refused in [
        "",
        "@",
        "a@",
        "@b.example",
        "a@b",
        "A <a@b.example>",
        "+",
        "+12ab",
        "a@b.example\r\nBcc: c@d.example",
    ] {
        assert!(refused.parse::<LoginName>().is_err(), "{refused:?}");
    }
}

#[test]
fn names_are_bounded_before_any_work() {
    let long = "a".repeat(MAX_USER_NAME_LEN + 1);
    assert_eq!(user_name(&long).err(), Some(NameError::TooLong));
    assert!(user_name(long.get(1..).unwrap()).is_ok());
    let huge = "a".repeat(1 << 20);
    assert_eq!(huge.parse::<LoginName>().err(), Some(NameError::TooLong));
    let edge = "a".repeat(MAX_LOGIN_NAME_BYTES + 1);
    assert_eq!(edge.parse::<LoginName>().err(), Some(NameError::TooLong));
}

#[test]
fn account_ids_are_the_hosts_own() {
    for good in [
        "42",
        "018f3f1e-7b1a-7c3e-9d50-0123456789ab",
        "användare 7",
        &"x".repeat(128),
    ] {
        assert_eq!(account_id(good).as_str(), good);
    }
    for refused in ["", "a\nb", "\u{0}", &"x".repeat(129)] {
        assert!(refused.parse::<AccountId>().is_err(), "{refused:?}");
    }
}

/// X32: one script in a name, and look-alikes are one name.
#[tokio::test]
async fn x32_names_that_look_or_fold_alike_are_one() {
    // Latin with Cyrillic letters.
    assert_eq!(
        user_name("р\u{430}ypal").err(),
        Some(NameError::MixedScripts)
    );
    let world = World::new();
    world.register("42", "scope", OLD).await;
    // All Cyrillic, looks like "scope".
    for (id, name, kind) in [
        ("43", "ѕсоре", KeyKind::Skeleton),
        ("44", "SCOPE", KeyKind::Login),
        ("45", "ｓｃｏｐｅ", KeyKind::Login),
    ] {
        let answer = world
            .accounts
            .register(
                account_id(id),
                user_name(name).unwrap(),
                typed_twice(NEW),
                &Client::new(),
            )
            .await
            .unwrap();
        assert!(
            matches!(answer, Register::Taken(taken) if taken == kind),
            "{name}: {answer:?}"
        );
    }
    // As they are shown, in the case that was typed.
    for (id, name, other) in [
        ("50", "PayPal", "PayPaI"),
        ("51", "Bill", "BiII"),
        ("52", "Alice0", "AliceO"),
    ] {
        world.register(id, name, OLD).await;
        let answer = world
            .accounts
            .register(
                account_id("53"),
                user_name(other).unwrap(),
                typed_twice(NEW),
                &Client::new(),
            )
            .await
            .unwrap();
        assert!(
            matches!(answer, Register::Taken(KeyKind::Skeleton)),
            "{other}: {answer:?}"
        );
    }
    // A look-alike is taken, but it is not the name.
    assert!(matches!(
        world.sign_in("ѕсоре", OLD).await,
        SignIn::Denied { .. }
    ));
}
