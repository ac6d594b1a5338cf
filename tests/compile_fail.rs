//! What a user of the library could try, and what the compiler says to it.
//!
//! The messages are those of one compiler version; `TRYBUILD=overwrite` writes them anew.

#[test]
fn c05_a12_f02_o06_misuse_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// The compiler names the random sources of every crate, and sqlx for PostgreSQL brings more of them.
#[cfg(not(feature = "postgres"))]
#[test]
fn o06_random_values_are_not_weak() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/entropy/*.rs");
}
