//! The published answers of the schemes, and what is not taken.

use super::{schemes::MAX_SALT, *};
use crate::{
    error::Error,
    hash::{
        HashMix, ImportError, ImportedHash, Match, PasswordHash, StoredCost,
        tests::{cheap, keys, owner},
    },
    record::RecordError,
    secret::Password,
    service_key::ServiceKey,
};

/// The tag of a hash with these parameters, in hexadecimal digits; `tag` says how long it is.
fn computed(params: &str, salt: &[u8], tag: usize, typed: &str) -> String {
    use base64ct::{Base64Unpadded, Encoding};
    let encode = Base64Unpadded::encode_string;
    let text = format!("{params}${}${}", encode(salt), encode(&vec![0; tag]));
    let (computation, mut tag) = parse(&text).unwrap();
    computation.run(typed, &mut tag).unwrap();
    tag.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 7914 §12. The fourth answer takes 1 GiB: it is refused instead.
#[test]
fn scrypt_gives_the_answers_of_rfc_7914() {
    assert_eq!(
        computed("$scrypt$ln=4,r=1,p=1", b"", 64, ""),
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
         fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
    );
    assert_eq!(
        computed("$scrypt$ln=10,r=8,p=16", b"NaCl", 64, "password"),
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
         2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    );
    assert_eq!(
        computed(
            "$scrypt$ln=14,r=8,p=1",
            b"SodiumChloride",
            64,
            "pleaseletmein"
        ),
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2\
         d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    );
    let fourth =
        "$scrypt$ln=20,r=8,p=1$U29kaXVtQ2hsb3JpZGU$IQHLm2pRGq6trcwJ/4Gpi8+XmfV0h+OjfMmkN6ygg+E";
    assert_eq!(parse(fourth).err(), Some(RecordError::TooCostly));
}

/// RFC 7914 §11.
#[test]
fn pbkdf2_with_sha_256_gives_the_answers_of_rfc_7914() {
    assert_eq!(
        computed("$pbkdf2-sha256$1", b"salt", 64, "passwd"),
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
         49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
    );
    assert_eq!(
        computed("$pbkdf2-sha256$i=80000", b"NaCl", 64, "Password"),
        "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56\
         a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"
    );
}

/// There are none in an RFC. These inputs are those of RFC 6070; Python's hashlib, over OpenSSL,
/// answers so.
#[test]
fn pbkdf2_with_sha_512_gives_the_answers_of_openssl() {
    assert_eq!(
        computed("$pbkdf2-sha512$1", b"salt", 64, "password"),
        "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252\
         c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce"
    );
    assert_eq!(
        computed("$pbkdf2-sha512$4096", b"salt", 64, "password"),
        "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5\
         143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5"
    );
}

fn is_right(text: &str, typed: &str) -> bool {
    let (computation, tag) = parse(text).unwrap();
    let mut computed = vec![0; tag.len()];
    computation.run(typed, &mut computed).unwrap();
    computed == tag
}

/// Those of jBCrypt and of crypt_blowfish, the last one with what lies beyond the 72nd byte.
#[test]
fn bcrypt_gives_the_published_answers() {
    for (text, typed) in [
        (
            "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.",
            "",
        ),
        (
            "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
            "a",
        ),
        (
            "$2a$08$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz.",
            "abcdefghijklmnopqrstuvwxyz",
        ),
        (
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "U*U",
        ),
        (
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
            "U*U*",
        ),
        (
            "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a",
            "U*U*U",
        ),
        (
            "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\
             chars after 72 are ignored",
        ),
    ] {
        for name in ["$2a$", "$2b$", "$2y$"] {
            let text = text.replace("$2a$", name);
            assert!(is_right(&text, typed), "{text}");
            assert!(!is_right(&text, &format!("x{typed}")), "{text}");
        }
    }
}

/// Whatever a foreign system left in the four spare bits after a salt of 16 bytes.
#[test]
fn the_spare_bits_of_a_bcrypt_salt_do_not_count() {
    for spare in ['.', '/', 'A', 'B', 'M', 'N'] {
        let text = format!("$2a$05$CCCCCCCCCCCCCCCCCCCCC{spare}E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        assert!(is_right(&text, "U*U"), "{text}");
    }
}

/// A03: as C's `crypt` compares, up to the 72nd byte; its own answers.
#[test]
fn a03_bcrypt_compares_72_bytes_as_the_old_system_did() {
    let of_72 = "$2b$04$MiraMiraMiraMiraMiraMOU/YZSlW5MGcUfGgP1jeQzQ8YrioQxhS";
    let of_71 = "$2b$04$MiraMiraMiraMiraMiraMOUE2nKSpdUp684AQ9v5AFueBDTo3qSZW";
    for len in [72, 73, 80, 1024] {
        assert!(is_right(of_72, &"a".repeat(len)), "{len}");
    }
    assert!(!is_right(of_72, &"a".repeat(71)));
    assert!(is_right(of_71, &"a".repeat(71)));
    assert!(!is_right(of_71, &"a".repeat(72)));
    // The cut is made in bytes, in the middle of a letter too.
    let letters = "a".repeat(71) + "\u{e5}";
    assert!(!is_right(of_72, &letters));
    // And a password with a zero byte, which ends it for C, cannot be typed here.
    assert!(Password::new("Mira\0lakes").is_err());
}

const SALT: &str = "YSBzYWx0IG9mIDE2IGIuLg";
const TAG: &str = "gOxAQZOQn3u1OJUUZS4p+mkBtZjSubwLEgq9aMPsat4";

#[test]
fn what_asks_for_too_much_is_refused_before_anything_is_computed() {
    let bcrypt =
        |cost: &str| format!("$2b${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    let long_tag = "A".repeat(86);
    for text in [
        bcrypt("14"),
        bcrypt("31"),
        bcrypt("99"),
        // 4 GiB, and numbers that overflow.
        format!("$scrypt$ln=22,r=8,p=1${SALT}${TAG}"),
        format!("$scrypt$ln=63,r=8,p=1${SALT}${TAG}"),
        format!("$scrypt$ln=64,r=1,p=1${SALT}${TAG}"),
        format!("$scrypt$ln=256,r=1,p=1${SALT}${TAG}"),
        format!("$scrypt$ln=1,r=4294967295,p=4294967295${SALT}${TAG}"),
        format!("$scrypt$ln=1,r=4294967296,p=1${SALT}${TAG}"),
        format!("$scrypt$ln=17,r=8,p=3${SALT}${TAG}"),
        format!("$pbkdf2-sha256$1500001${SALT}${TAG}"),
        format!("$pbkdf2-sha256$4294967295${SALT}${TAG}"),
        format!("$pbkdf2-sha256$99999999999${SALT}${TAG}"),
        format!("pbkdf2_sha256$1500001$salt${TAG}="),
        format!("$pbkdf2-sha512$1000001${SALT}${TAG}"),
        // Twice the length of the digest is twice the work.
        format!("$pbkdf2-sha256$750001${SALT}${long_tag}"),
    ] {
        assert_eq!(parse(&text).err(), Some(RecordError::TooCostly), "{text}");
        let imported = text.parse::<ImportedHash>();
        assert_eq!(imported.err(), Some(ImportError::TooCostly), "{text}");
        // Nor is it computed if it is in the store already, rightly bound.
        let account = "42".parse().unwrap();
        let hash = ImportedHash { text };
        let stored = PasswordHash::import(hash, owner(&account), &keys()).unwrap();
        let comparison = stored.comparison(owner(&account), &keys());
        assert!(matches!(
            comparison.err(),
            Some(Error::Record(RecordError::TooCostly))
        ));
    }
}

#[test]
fn the_most_that_is_allowed_is_taken() {
    for text in [
        "$2b$13$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        format!("$scrypt$ln=18,r=8,p=1${SALT}${TAG}"),
        format!("$scrypt$ln=17,r=8,p=2${SALT}${TAG}"),
        format!("$pbkdf2-sha256$1500000${SALT}${TAG}"),
        format!("$pbkdf2-sha512$1000000${SALT}${TAG}"),
    ] {
        assert!(text.parse::<ImportedHash>().is_ok(), "{text}");
    }
}

#[test]
fn what_is_not_such_a_hash_is_malformed() {
    let long_salt = "A".repeat((MAX_SALT + 1) * 4 / 3 + 1);
    for text in [
        "$2b$".to_owned(),
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "$2b$5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe".to_owned(),
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW".to_owned(),
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC+E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        "$2b$05$CCCCCCCCCCCCCCCCCCCC\u{e5}.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe".to_owned(),
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW$".to_owned(),
        format!("$scrypt$ln=0,r=8,p=1${SALT}${TAG}"),
        format!("$scrypt$ln=4,r=0,p=1${SALT}${TAG}"),
        format!("$scrypt$ln=4,r=8,p=0${SALT}${TAG}"),
        format!("$scrypt$ln=+4,r=8,p=1${SALT}${TAG}"),
        format!("$scrypt$r=8,ln=4,p=1${SALT}${TAG}"),
        format!("$scrypt$ln=4,r=8${SALT}${TAG}"),
        format!("$scrypt$ln=4,r=8,p=1,x=1${SALT}${TAG}"),
        format!("$scrypt$ln=4,r=8,p=1${SALT}$"),
        format!("$scrypt$ln=4,r=8,p=1${SALT}"),
        format!("$scrypt$ln=4,r=8,p=1${long_salt}${TAG}"),
        format!("$pbkdf2-sha256$0${SALT}${TAG}"),
        format!("$pbkdf2-sha256$01000${SALT}${TAG}"),
        format!("$pbkdf2-sha256$-1${SALT}${TAG}"),
        format!("$pbkdf2-sha256$i=1000,l=20${SALT}${TAG}"),
        format!("$pbkdf2-sha256$1000${SALT}$dG9vIHNob3J0"),
        format!("$pbkdf2-sha256$1000${SALT}${TAG}{TAG}{TAG}"),
        format!("$pbkdf2-sha1$1000${SALT}${TAG}"),
        format!("pbkdf2_sha256$1000$salt${TAG}"),
        format!("$scrypt${}", "$".repeat(1000)),
        format!("$2b$05${}", "C".repeat(100_000)),
    ] {
        let imported = text.parse::<ImportedHash>();
        assert_eq!(imported.err(), Some(ImportError::Malformed), "{text}");
    }
}

/// X40: each declared scheme has its share, and a decoy makes the work of its kind.
#[test]
fn x40_decoys_do_the_work_of_every_declared_scheme() {
    let schemes = [
        (LegacyCost::bcrypt(4).unwrap(), "$2b$04$", 60),
        (
            LegacyCost::scrypt(4, 8, 1).unwrap(),
            "$scrypt$ln=4,r=8,p=1$",
            87,
        ),
        (
            LegacyCost::pbkdf2_sha256(30).unwrap(),
            "$pbkdf2-sha256$30$",
            84,
        ),
        (
            LegacyCost::pbkdf2_sha512(20).unwrap(),
            "$pbkdf2-sha512$20$",
            127,
        ),
    ];
    let mix = HashMix {
        own: cheap(),
        others: schemes.map(|(cost, ..)| (cost.into(), 200)).to_vec(),
    };
    let nobody = "unknown".parse().unwrap();
    let decoys: Vec<PasswordHash> = (0..2000_u32)
        .map(|name| PasswordHash::decoy(&name.to_le_bytes(), owner(&nobody), &mix, &keys()))
        .map(Result::unwrap)
        .collect();
    let typed = Password::new("Mira-2-lakes").unwrap();
    for (cost, begins, len) in schemes {
        let drawn = decoys.iter().filter(|decoy| decoy.text.starts_with(begins));
        let drawn: Vec<_> = drawn.collect();
        assert!(
            (330..470).contains(&drawn.len()),
            "{begins}: {}",
            drawn.len()
        );
        let (computation, _tag) = parse(&drawn[0].text).unwrap();
        assert_eq!(computation.cost(), cost);
        assert_eq!(drawn[0].text.len(), len, "{begins}");
        // It is bound, as an imported one is, and is compared to the end.
        let comparison = drawn[0].comparison(owner(&nobody), &keys()).unwrap();
        assert_eq!(comparison.blocks(), 0);
        assert_eq!(comparison.run(&typed, &mut []).unwrap(), Match::Wrong);
    }
    let own = decoys
        .iter()
        .filter(|decoy| decoy.text.starts_with("$argon2id$"));
    assert!((330..470).contains(&own.count()));
}

/// Memory decides whether a comparison runs alone among the large ones.
#[test]
fn scrypt_says_how_much_memory_it_takes() {
    let kib = |log_n, r, p| LegacyCost::scrypt(log_n, r, p).unwrap().memory_kib();
    assert_eq!(kib(14, 8, 1), 16_384 + 1);
    assert_eq!(kib(13, 8, 10), 8192 + 10);
    assert_eq!(kib(18, 8, 1), 262_144 + 1);
    assert_eq!(kib(1, 1, 262_144), 1 + 32_768);
    assert_eq!(LegacyCost::bcrypt(13).unwrap().memory_kib(), 0);
    let dearest = StoredCost::from(LegacyCost::pbkdf2_sha512(1_000_000).unwrap());
    assert!(matches!(dearest, StoredCost::Legacy(cost) if cost.memory_kib() == 0));
}

/// X45: bound to its account and to the key, whatever is copied or made up.
#[test]
fn x45_a_legacy_hash_copied_or_made_up_does_not_verify() {
    let (alice, bob) = ("42".parse().unwrap(), "43".parse().unwrap());
    let text = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    let hash = PasswordHash::import(text.parse().unwrap(), owner(&alice), &keys()).unwrap();
    let typed = Password::new("U*U").unwrap();
    let comparison = hash.comparison(owner(&alice), &keys()).unwrap();
    assert_eq!(comparison.run(&typed, &mut []).unwrap(), Match::Right);
    let is_damaged = |hash: &PasswordHash, account| {
        let refused = hash.comparison(owner(account), &keys()).err();
        matches!(refused, Some(Error::Record(RecordError::Damaged)))
    };
    assert!(is_damaged(&hash, &bob));
    let unbound = PasswordHash {
        binding: None,
        ..hash.clone()
    };
    assert!(is_damaged(&unbound, &alice));
    let cheaper = PasswordHash {
        text: text.replace("$05$", "$04$"),
        ..hash.clone()
    };
    assert!(is_damaged(&cheaper, &alice));
    let other = ServiceKey::new(*b"a newer service key, 32 bytes...").unwrap();
    let refused = hash.comparison(owner(&alice), &other).err();
    assert!(matches!(refused, Some(Error::UnknownKey)));
}

/// Whatever is cut off, inserted or put in the place of another character: read or refused.
#[test]
fn no_text_makes_the_reader_panic() {
    let texts = [
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
        format!("$scrypt$ln=4,r=8,p=1${SALT}${TAG}"),
        format!("$pbkdf2-sha256$1000${SALT}${TAG}"),
        format!("$pbkdf2-sha512$i=1000,l=32${SALT}${TAG}"),
        format!("pbkdf2_sha256$1000$salt${TAG}="),
    ];
    for text in &texts {
        assert!(parse(text).is_ok(), "{text}");
        for at in 0..text.len() {
            let (head, tail) = text.split_at(at);
            let _read_or_refused = parse(head);
            for other in [
                "",
                "$",
                ",",
                "=",
                "\0",
                "9",
                ".",
                "+",
                "\u{e5}",
                "\u{1f98a}",
            ] {
                let _read_or_refused = parse(&format!("{head}{other}{tail}"));
                let _read_or_refused = parse(&format!("{head}{other}{}", &tail[1..]));
            }
        }
    }
}
