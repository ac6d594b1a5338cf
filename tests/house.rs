//! The rules of the house, read off the files: who imports whom, how long a file is, and that the
//! README tells of what is there.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Modules that are plain values: they import each other and nothing else of ours.
const VALUES: &[&str] = &[
    "account",
    "address",
    "audit",
    "client",
    "clock",
    "email",
    "error",
    "hash",
    "hint",
    "identity",
    "locale",
    "manual",
    "message",
    "name",
    "phone",
    "record",
    "secret",
    "service_key",
    "session",
    "support",
    "weakness",
];

/// What else a module may import, beside itself and the values.
const LAYERS: &[(&str, &[&str])] = &[
    ("breach_filter", &[]),
    ("policy", &[]),
    ("hasher", &[]),
    ("sender", &[]),
    ("store", &[]),
    ("flow", &["policy"]),
    (
        "accounts",
        &[
            "breach_filter",
            "policy",
            "flow",
            "hasher",
            "sender",
            "store",
        ],
    ),
    (
        "conformance",
        &["accounts", "hasher", "policy", "sender", "store"],
    ),
];

/// Events and texts name what is to be changed; an error of a store is part of the library's; what
/// is given to a verb is public, wherever it stands.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("audit", "policy::Change"),
    ("conformance", "flow::change::{Changes,Proof}"),
    ("error", "store::StoreError"),
    ("locale", "policy::Change"),
];

const LONGEST_FILE: usize = 500;

/// What a test must be named after: the rows of the specification (S), of the book of attacks (X) and
/// of the standards (A to O, with how many there are of each), in two digits.
const ROWS: &[(char, u8)] = &[
    ('a', 12),
    ('b', 6),
    ('c', 6),
    ('d', 9),
    ('e', 4),
    ('f', 3),
    ('g', 17),
    ('h', 7),
    ('i', 6),
    ('j', 5),
    ('k', 10),
    ('l', 6),
    ('m', 5),
    ('n', 4),
    ('o', 8),
    ('s', 22),
    ('x', 46),
];

/// There is none of this number.
const UNUSED: &[&str] = &["g11"];

#[test]
fn layers_import_downward_only() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in rust_files(&root().join("src")) {
        let module = module_of(&file);
        if module == "lib" {
            continue;
        }
        if !is_listed(&module) {
            wrong.push(format!(
                "{}: give `{module}` a layer in this test",
                file.display()
            ));
        }
        for import in imports(&fs::read_to_string(&file).unwrap()) {
            seen += 1;
            if !is_allowed(&module, &import) {
                wrong.push(format!("{}: imports crate::{import}", file.display()));
            }
        }
    }
    assert!(
        seen > 50,
        "only {seen} imports were found: the reading of them is broken"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_import_rule_refuses_what_it_should() {
    let source = "//! See [`Accounts`](crate::accounts::Accounts).\n\
                  use crate::{\n    account::{Account, Method},\n    flow::change::Flow,\n};\n\
                  fn f() { crate::policy::allows() }\n";
    assert_eq!(
        imports(source),
        [
            "account::{Account,Method}",
            "flow::change::Flow",
            "policy::allows"
        ]
    );
    assert!(is_allowed("flow", "policy::Policy"));
    assert!(is_allowed("accounts", "store::Add"));
    assert!(is_allowed("error", "store::StoreError"));
    for (module, import) in [
        ("account", "policy::Policy"),
        ("account", "store::StoreError"),
        ("error", "store::Add"),
        ("policy", "flow::budget::LEASE"),
        ("flow", "accounts::Accounts"),
        ("flow", "hasher::Seat"),
        ("flow", "store::Add"),
        ("store", "policy::Policy"),
        ("hasher", "store::Add"),
        ("store", "Accounts"),
    ] {
        assert!(!is_allowed(module, import), "{module} imports {import}");
    }
}

/// Clippy forbids its import; a path in an expression it does not see.
#[test]
fn o06_the_clock_alone_names_the_systems_random_source() {
    for file in rust_files(&root().join("src")) {
        let names_it = fs::read_to_string(&file).unwrap().contains("getrandom");
        assert_eq!(names_it, module_of(&file) == "clock", "{}", file.display());
    }
}

#[test]
fn files_are_short() {
    for file in rust_files(&root().join("src")) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{} has {lines} lines; {LONGEST_FILE} at most",
            file.display()
        );
    }
}

/// What a user of the library can rely on is a row, and a row is a test.
#[test]
fn each_row_has_a_test_that_is_named_after_it() {
    let mut files = rust_files(&root().join("tests"));
    files.extend(rust_files(&root().join("src")));
    let mut named = BTreeSet::new();
    for file in files {
        named.extend(rows_in(&fs::read_to_string(&file).unwrap()));
    }
    let rows = rows();
    let missing: Vec<&str> = rows
        .iter()
        .map(String::as_str)
        .filter(|row| !named.contains(*row))
        .collect();
    assert!(missing.is_empty(), "no test carries {missing:?}");
    let unknown: Vec<_> = named.difference(&rows).collect();
    assert!(unknown.is_empty(), "no row is {unknown:?}");
}

#[test]
fn rows_are_read_off_the_names_of_tests() {
    let source =
        "fn x11_g04_a_code_of_8_digits_b2() {}\n// fn l06_not_this()\n    async fn s22_it<S>() {";
    assert_eq!(rows_in(source), ["x11", "g04", "s22"]);
    assert_eq!(
        rows().len(),
        12 + 6 + 6 + 9 + 4 + 3 + 16 + 7 + 6 + 5 + 10 + 6 + 5 + 4 + 8 + 22 + 46
    );
}

/// Each secret lies in memory that is wiped, or is made of one that does.
#[test]
fn o08_secrets_lie_in_memory_that_is_wiped() {
    let mut wiped = vec!["Zeroizing".to_owned()];
    let mut open: Vec<(String, String)> = Vec::new();
    for file in rust_files(&root().join("src/secret")) {
        let source = fs::read_to_string(&file).unwrap();
        for part in source.split("\npub struct ").skip(1) {
            let name: String = part.chars().take_while(|c| c.is_alphanumeric()).collect();
            let ends = if part[name.len()..].starts_with('(') {
                ";"
            } else {
                "\n}"
            };
            let fields = part.split(ends).next().unwrap().to_owned();
            if !name.ends_with("Error") {
                open.push((name, fields));
            }
        }
    }
    assert!(open.len() >= 8, "{open:?}");
    // A secret may be made of another one that comes later.
    while let Some(at) = open.iter().position(|(_, fields)| {
        wiped.iter().any(|kind| {
            fields.contains(&format!("{kind}<"))
                || fields.contains(&format!("{kind})"))
                || fields.contains(&format!(": {kind},"))
        })
    }) {
        wiped.push(open.remove(at).0);
    }
    assert!(open.is_empty(), "not wiped: {open:?}");
}

#[test]
fn readme_names_every_example() {
    let readme = read("README.md");
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let name = entry.unwrap().file_name();
        let path = format!("examples/{}", name.to_str().unwrap());
        assert!(readme.contains(&path), "README lacks {path}");
    }
}

/// As the README says of it.
#[test]
fn the_store_of_the_example_is_one_short_file() {
    let lines = read("examples/custom_store/store.rs").lines().count();
    assert!(lines < 150, "{lines} lines");
    // Beside it lies only what proves and shows it.
    let folder = fs::read_dir(root().join("examples/custom_store")).unwrap();
    let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["main.rs", "store.rs"]);
    assert!(!read("examples/custom_store/store.rs").contains("crate::"));
}

/// The README shows the authority table as the code has it.
#[test]
fn l06_readme_shows_the_authority_table() {
    assert!(read("README.md").contains(&read("src/policy/authority/authority.md")));
    assert!(read("src/policy/authority/authority.md").lines().count() > 5);
}

#[test]
fn the_check_runs_the_commands_of_the_readme() {
    let (readme, check) = (read("README.md"), read(".ci/run"));
    let commands: Vec<&str> = readme
        .split("```sh\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .flat_map(str::lines)
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert_eq!(commands.len(), 2, "one for the main job, one for the tests");
    for command in commands {
        assert!(
            check.lines().any(|line| line == command),
            ".ci/run lacks: {command}"
        );
    }
}

/// Every row, in lower case.
fn rows() -> BTreeSet<String> {
    ROWS.iter()
        .flat_map(|(letter, last)| (1..=*last).map(move |number| format!("{letter}{number:02}")))
        .filter(|row| !UNUSED.contains(&row.as_str()))
        .collect()
}

/// The rows in the names of functions.
fn rows_in(source: &str) -> Vec<String> {
    let is_row = |part: &&str| {
        let mut chars = part.chars();
        part.len() == 3
            && chars
                .next()
                .is_some_and(|c| ROWS.iter().any(|(letter, _)| *letter == c))
            && chars.all(|c| c.is_ascii_digit())
    };
    let code = source.lines().map(|line| line.split("//").next().unwrap());
    code.filter_map(|line| line.split_once("fn "))
        .map(|(_, name)| {
            name.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap()
        })
        .flat_map(|name| name.split('_').filter(is_row))
        .map(str::to_owned)
        .collect()
}

fn is_listed(module: &str) -> bool {
    VALUES.contains(&module) || LAYERS.iter().any(|(layer, _)| *layer == module)
}

fn is_allowed(module: &str, import: &str) -> bool {
    let imported = import.split(':').next().unwrap();
    imported == module
        || VALUES.contains(&imported)
        || EXCEPTIONS.contains(&(module, import))
        || LAYERS
            .iter()
            .any(|(layer, others)| *layer == module && others.contains(&imported))
}

/// What comes after each `crate::` outside comments, one entry for each item of an outer group.
fn imports(source: &str) -> Vec<String> {
    let lines: Vec<&str> = source
        .lines()
        .map(|line| line.split("//").next().unwrap())
        .collect();
    let code = lines.join(" ");
    code.split("crate::").skip(1).flat_map(items).collect()
}

/// The items of one group, or the one path.
fn items(after: &str) -> Vec<String> {
    let (group, path) = match after.strip_prefix('{') {
        Some(group) => (1, group),
        None => (0, after),
    };
    let mut items = vec![String::new()];
    let mut depth = group;
    for c in path.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        let ends = depth < group || (group == 0 && depth == 0 && !is_of_path(c));
        if ends {
            break;
        } else if c == ',' && depth == group {
            items.push(String::new());
        } else if c != ' ' {
            items.last_mut().unwrap().push(c);
        }
    }
    items.retain(|item| !item.is_empty());
    items
}

fn is_of_path(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}')
}

/// The top-level module that a file belongs to.
fn module_of(file: &Path) -> String {
    let inside = file.strip_prefix(root().join("src")).unwrap();
    let first = inside.iter().next().unwrap();
    Path::new(first)
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned()
}

/// All Rust files below a folder, in order.
fn rust_files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(path);
        }
    }
    files
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
