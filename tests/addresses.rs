//! E-mail addresses, mailed codes, and the page that links open.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use backstop::{
    Accounts, BuildError, EmailAddress, MailedCode, MemorySender, MemoryStore, NameError,
    SecurityCode, ServiceKey,
};

#[test]
fn b06_an_address_has_no_line_breaks_and_an_end() {
    for refused in [
        "alice@shop.example\r\nBcc: mallory@shop.example",
        "alice@shop.example\nX",
        "alice\0@shop.example",
        "al\u{85}ice@shop.example",
        "alice@shop.example\u{7f}",
        "Alice <alice@shop.example>",
        "alice@[192.0.2.1]",
        "alice@localhost",
        "alice",
        "@shop.example",
        "",
    ] {
        assert!(refused.parse::<EmailAddress>().is_err(), "{refused:?}");
    }
    let longest = |local: usize| format!("{}@{}.example", "a".repeat(64), "b.".repeat(local));
    let long = longest(90).replace("..", ".");
    assert!(long.len() <= 254);
    assert!(long.parse::<EmailAddress>().is_ok(), "{}", long.len());
    let longer = longest(120).replace("..", ".");
    assert!(longer.len() > 254);
    let refused = longer.parse::<EmailAddress>();
    assert!(matches!(refused, Err(NameError::TooLong)));
}

#[test]
fn b05_the_typed_form_is_kept_and_the_domain_does_not_tell_two_apart() {
    let typed: EmailAddress = "Alice@SHOP.Example".parse().unwrap();
    assert_eq!(typed.as_str(), "Alice@SHOP.Example");
    assert_eq!(typed, "Alice@shop.example".parse().unwrap());
    // Whose local parts are one is the business of who owns the domain.
    assert_ne!(typed, "alice@shop.example".parse().unwrap());
    assert!(!format!("{typed:?}").contains("Alice"));
}

#[test]
fn s04_a_code_has_eight_digits_however_they_are_typed() {
    for typed in ["12345678", " 1234 5678 ", "1234-5678", "１２３４５６７８"] {
        let code: MailedCode = typed.parse().unwrap();
        assert_eq!(code.expose(), "12345678");
    }
    let huge = "1".repeat(1 << 20);
    for refused in ["", "1234567", "123456789", "1234567a", huge.as_str()] {
        assert!(refused.parse::<MailedCode>().is_err());
    }
    assert!(huge.parse::<SecurityCode>().is_err());
}

fn key() -> ServiceKey {
    ServiceKey::new(*b"a service key of tests, 32 bytes").unwrap()
}

#[test]
fn g10_links_need_a_configured_https_page() {
    let builder = || Accounts::builder(MemoryStore::new(), MemorySender::new(), key());
    assert!(matches!(builder().build(), Err(BuildError::LinkBase)));
    assert!(builder().danger_codes_without_links().build().is_ok());
    for good in [
        "https://shop.example/recover",
        "https://shop.example:8443/recover?lang=sv",
        "http://localhost:3000/recover",
        "http://127.0.0.1/recover",
        "http://[::1]:80/",
    ] {
        assert!(builder().link_base(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "shop.example/recover",
        "http://shop.example/recover",
        "http://localhost.shop.example/",
        "http://127.0.0.1.shop.example/",
        "https:///recover",
        "https://user@shop.example/",
        "https://shop.example/#recover",
        "https://shop.example/re cover",
        "https://shop.example/\r\nX",
        "javascript:alert(1)",
    ] {
        assert!(builder().link_base(bad).is_err(), "{bad}");
    }
}
