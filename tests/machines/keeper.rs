//! Whoever ends the processes of a test that was itself killed.

use std::{
    io::Write,
    process::{Child, ChildStdin, Command, Stdio},
};

/// It hears the id of each process, and knows by the end of its input that the test is gone.
const KEEPER: &str = r#"
trap '' INT TERM
all=
while read -r process; do all="$all $process"; done
for process in $all; do
    arguments=/proc/$process/cmdline
    if [ -r "$arguments" ] && tr '\0' ' ' <"$arguments" | grep -q -e "$1"; then
        kill -9 "$process"
    fi
done
"#;

pub(crate) struct Keeper {
    shell: Child,
    ids: Option<ChildStdin>,
}

impl Keeper {
    /// `mark`: what stands in the arguments of the processes, and of no others.
    pub(crate) fn of(mark: &str) -> Self {
        let mut shell = Command::new("sh")
            .args(["-c", KEEPER, "sh", mark])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let ids = shell.stdin.take();
        Self { shell, ids }
    }

    pub(crate) fn keep(&mut self, process: &Child) {
        writeln!(self.ids.as_mut().unwrap(), "{}", process.id()).unwrap();
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.ids.take());
        let _reaped = self.shell.wait();
    }
}
