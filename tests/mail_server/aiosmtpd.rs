//! A mail server that shares no code with ours: aiosmtpd, in a Python of its own.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};

const PYTHON: &str = "BACKSTOP_TEST_AIOSMTPD";

pub(crate) struct Aiosmtpd {
    child: Child,
    lines: BufReader<ChildStdout>,
    port: u16,
}

/// One mail, as Python's `email` package reads it.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) sender: String,
    pub(crate) recipients: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Aiosmtpd {
    /// `arguments`: those of `aiosmtpd.py`.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let Some(python) = env::var_os(PYTHON) else {
            panic!(
                "{PYTHON} is not set. Run .ci/test, which sets it, or name a Python that has \
                 aiosmtpd: `python3 -m venv target/aiosmtpd && target/aiosmtpd/bin/pip install \
                 aiosmtpd==1.4.6 && export {PYTHON}=$PWD/target/aiosmtpd/bin/python`"
            );
        };
        let mut child = Command::new(&python)
            .args(["-W", "ignore", "-c", include_str!("aiosmtpd.py")])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{PYTHON}, {}: {error}", python.display()));
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        lines.read_line(&mut port).unwrap();
        let port = port
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("aiosmtpd did not start; is it installed for {python:?}?"));
        Self { child, lines, port }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The next mail. It was printed before the client was told that it is taken.
    pub(crate) fn next(&mut self) -> Read {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        let mut fields = line.trim().split(' ').map(unhex);
        let mut field = || fields.next().unwrap();
        Read {
            sender: field(),
            recipients: field(),
            from: field(),
            to: field(),
            subject: field(),
            id: field(),
            text: field().replace("\r\n", "\n"),
            html: field().replace("\r\n", "\n"),
        }
    }
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn unhex(digits: &str) -> String {
    let bytes = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    String::from_utf8(bytes).unwrap()
}
