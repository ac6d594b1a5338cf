//! The service on a free port over a file of its own, and a browser that visits it.

use std::path::PathBuf;

use backstop::{MailedCode, MemorySender, ServiceKey, hash::HashCost};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    Told, serve, settings,
    wire::{self, Request},
};

const OLD: &str = "Quiet-17-lanterns";
const NEW: &str = "Amber-42-orchards";
const LAST: &str = "Silver-88-meadows";

pub(crate) async fn run() -> Told {
    let scratch = Scratch::new()?;
    let store = format!("sqlite:{}", scratch.0.join("accounts.db").display());
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
    let mails = MemorySender::new();
    let builder = settings::over(&store, mails.clone(), key).await?;
    let accounts = builder.hash_cost(HashCost::DEFAULT).build()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let browser = Browser {
        host: listener.local_addr()?.to_string(),
        mails,
    };
    let (end, ended) = oneshot::channel::<()>();
    let service = serve(accounts, listener, async {
        let _dropped = ended.await;
    });
    let visit = async {
        let visited = browser.visit().await;
        drop(end);
        visited
    };
    let (served, visited) = tokio::join!(service, visit);
    served.and(visited)
}

struct Browser {
    host: String,
    mails: MemorySender,
}

impl Browser {
    async fn visit(&self) -> Told {
        let form = json!({ "name": "alice", "password": OLD, "again": OLD });
        let cookie = self.post("/register", None, form.clone(), 200).await?;
        self.post("/register", None, form, 409).await?;
        let paper = self.security_code(&field(&cookie, "session")?).await?;

        let wrong = json!({ "name": "alice", "password": "Quiet-17-lantern" });
        self.post("/sign-in", None, wrong, 401).await?;
        let right = json!({ "name": "alice", "password": OLD });
        let cookie = self.post("/sign-in", None, right, 200).await?;
        let session = self.email(&field(&cookie, "session")?).await?;

        self.by_code(&session).await?;
        self.by_security_code(&paper).await
    }

    /// Out of a session: the password first, then what it is needed for.
    async fn settings(&self, session: &str, password: &str) -> Told<String> {
        let begun = self
            .post("/settings", Some(session), json!({}), 200)
            .await?;
        let ticket = field(&begun, "ticket")?;
        self.prove(&ticket, json!({ "current_password": password }))
            .await
    }

    async fn security_code(&self, session: &str) -> Told<String> {
        let ticket = self.settings(session, OLD).await?;
        let step = json!({ "ticket": ticket });
        let issued = self.post("/issue-security-code", None, step, 200).await?;
        let paper = field(&issued, "security_code")?;
        let typed_back = json!({ "ticket": ticket, "security_code": paper });
        self.post("/apply", None, typed_back, 200).await?;
        Ok(paper)
    }

    async fn email(&self, session: &str) -> Told<String> {
        let ticket = self.settings(session, OLD).await?;
        let new = json!({ "new_email": "alice@shop.example" });
        let asked = json!({ "ticket": ticket, "challenge": new });
        self.post("/challenge", None, asked, 200).await?;
        let code = self.mailed_code().await?;
        let ticket = self.prove(&ticket, json!({ "new_email": code })).await?;
        let change = json!({ "ticket": ticket, "email": true });
        let applied = self.post("/apply", None, change, 200).await?;
        field(&applied, "session")
    }

    /// A new password ends the sessions of before.
    async fn by_code(&self, session: &str) -> Told {
        let ticket = self.recover().await?;
        let asked = json!({ "ticket": ticket, "challenge": "security_email" });
        self.post("/challenge", None, asked, 200).await?;
        let code = self.mailed_code().await?;
        let ticket = self
            .prove(&ticket, json!({ "security_email": code }))
            .await?;
        let change = json!({ "ticket": ticket, "password": [NEW, NEW] });
        self.post("/apply", None, change.clone(), 200).await?;
        self.post("/apply", None, change, 410).await?;
        self.heard("/session", Some(session), None, 401).await?;
        let right = json!({ "name": "alice@shop.example", "password": NEW });
        self.post("/sign-in", None, right, 200).await?;
        Ok(())
    }

    async fn by_security_code(&self, paper: &str) -> Told {
        let ticket = self.recover().await?;
        let ticket = self
            .prove(&ticket, json!({ "security_code": paper }))
            .await?;
        let weak = json!({ "ticket": ticket, "password": ["password", "password"] });
        self.post("/apply", None, weak, 422).await?;
        let change = json!({ "ticket": ticket, "password": [LAST, LAST] });
        self.post("/apply", None, change, 200).await?;
        Ok(())
    }

    async fn recover(&self) -> Told<String> {
        let name = json!({ "name": "alice" });
        field(&self.post("/recover", None, name, 200).await?, "ticket")
    }

    async fn prove(&self, ticket: &str, proof: Value) -> Told<String> {
        let offered = json!({ "ticket": ticket, "proof": proof });
        let proved = self.post("/prove", None, offered, 200).await?;
        field(&proved, "ticket")
    }

    /// The courier sends it in its own time.
    async fn mailed_code(&self) -> Told<String> {
        for _ in 0..500 {
            for mail in self.mails.take() {
                println!("  -> a mail to {}: {}", mail.to().as_str(), mail.subject());
                let code = mail.text().lines().find_map(|line| line.parse().ok());
                if let Some(code) = code {
                    let code: MailedCode = code;
                    return Ok(code.expose().to_owned());
                }
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        Err("no mail within 10 s".into())
    }

    async fn post(
        &self,
        path: &str,
        session: Option<&str>,
        body: Value,
        expected: u16,
    ) -> Told<Value> {
        self.heard(path, session, Some(body), expected).await
    }

    /// Prints what is answered, and fails unless it is what was expected.
    async fn heard(
        &self,
        path: &str,
        session: Option<&str>,
        body: Option<Value>,
        expected: u16,
    ) -> Told<Value> {
        let (status, heard) = wire::send(Request {
            host: &self.host,
            path,
            agent: "Firefox, Uppsala",
            session,
            body: body.as_ref(),
        })
        .await?;
        let (answer, says) = (field(&heard, "answer")?, field(&heard, "says")?);
        println!(
            "  {path:<22} {status} {answer:<11} {}",
            says.replace('\n', " ")
        );
        if status == expected {
            Ok(heard)
        } else {
            Err(format!("expected {expected}").into())
        }
    }
}

fn field(heard: &Value, name: &str) -> Told<String> {
    let value = heard[name].as_str();
    Ok(value
        .ok_or_else(|| format!("no {name} in {heard}"))?
        .to_owned())
}

/// A folder for the database file; it goes when the demonstration ends, however that is.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Told<Self> {
        let name = format!("backstop-host-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _left_to_the_system = std::fs::remove_dir_all(&self.0);
    }
}
