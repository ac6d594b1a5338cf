//! An OpenID provider on a port of this machine: discovery, keys, a page that lets its users in, and
//! ID tokens for codes.

use std::{
    collections::HashMap,
    io::Error,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use openidconnect::{
    AccessToken, Audience, AuthUrl, EmptyAdditionalClaims, EmptyAdditionalProviderMetadata,
    IssuerUrl, JsonWebKeyId, JsonWebKeySetUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    PrivateSigningKey, ResponseTypes, StandardClaims, SubjectIdentifier, TokenUrl,
    core::{
        CoreEdDsaPrivateSigningKey, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKeySet,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreSubjectIdentifierType,
    },
    url::{Url, form_urlencoded},
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

use crate::{stage::Told, wire};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What is wrong with the next token.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Wrong {
    Nothing,
    /// It is from yesterday.
    Expired,
    /// Somebody else has signed it.
    Forged,
    /// It answers another request: one that was caught elsewhere.
    Replayed,
}

pub(crate) struct Provider {
    pub(crate) issuer: IssuerUrl,
    key: CoreEdDsaPrivateSigningKey,
    others: CoreEdDsaPrivateSigningKey,
    /// What each code was given for: the fields of the request, and who asked.
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
    wrong: Mutex<Wrong>,
}

impl Provider {
    pub(crate) async fn open() -> Told<Arc<Self>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let provider = Arc::new(Self {
            issuer: IssuerUrl::new(format!("http://{}", listener.local_addr()?))?,
            key: new_key()?,
            others: new_key()?,
            codes: Mutex::default(),
            wrong: Mutex::new(Wrong::Nothing),
        });
        let serving = Arc::clone(&provider);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _their_loss = serving.serve(stream).await;
            }
        });
        Ok(provider)
    }

    pub(crate) fn next_is(&self, wrong: Wrong) {
        *self.wrong.lock().unwrap_or_else(PoisonError::into_inner) = wrong;
    }

    async fn serve(&self, mut stream: TcpStream) -> Result<(), Error> {
        let (head, body) = wire::receive(&mut stream).await?;
        let target = head.split(' ').nth(1).unwrap_or_default();
        let url = self.issuer.url().join(target).map_err(Error::other)?;
        let answer = match url.path() {
            "/.well-known/openid-configuration" => self.metadata().map(json),
            "/keys" => self.keys().map(json),
            "/authorize" => self.authorize(&url, wire::field(&head, "cookie")),
            "/token" => self.token(&body).map(json),
            _ => Err("not found".into()),
        };
        let answer = answer.unwrap_or_else(|error| {
            println!("  (the provider says no: {error})");
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_owned()
        });
        stream.write_all(answer.as_bytes()).await
    }

    fn metadata(&self) -> Told<String> {
        let at = |path: &str| self.issuer.url().join(path).map(String::from);
        let metadata = CoreProviderMetadata::new(
            self.issuer.clone(),
            AuthUrl::new(at("authorize")?)?,
            JsonWebKeySetUrl::new(at("keys")?)?,
            vec![ResponseTypes::new(vec![CoreResponseType::Code])],
            vec![CoreSubjectIdentifierType::Public],
            vec![CoreJwsSigningAlgorithm::EdDsa],
            EmptyAdditionalProviderMetadata {},
        )
        .set_token_endpoint(Some(TokenUrl::new(at("token")?)?));
        Ok(serde_json::to_string(&metadata)?)
    }

    fn keys(&self) -> Told<String> {
        let keys = vec![self.key.as_verification_key()];
        Ok(serde_json::to_string(&CoreJsonWebKeySet::new(keys))?)
    }

    /// The browser is known by its cookie: its user is sent back with a code.
    fn authorize(&self, url: &Url, cookie: Option<&str>) -> Told<String> {
        let mut asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        asked.insert("sub".to_owned(), cookie.ok_or("who are you?")?.to_owned());
        let mut back = Url::parse(asked.get("redirect_uri").ok_or("back where?")?)?;
        let code = Nonce::new_random().secret().clone();
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", asked.get("state").ok_or("no state")?);
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.insert(code, asked);
        Ok(format!(
            "HTTP/1.1 302 Found\r\nLocation: {back}\r\nContent-Length: 0\r\n\r\n"
        ))
    }

    /// A code and the verifier of whoever asked for it (RFC 7636) yield an ID token, once.
    fn token(&self, body: &[u8]) -> Told<String> {
        let form: HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        let code = form.get("code").ok_or("no code")?;
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = codes.remove(code).ok_or("a code that was not given")?;
        let verifier =
            PkceCodeVerifier::new(form.get("code_verifier").ok_or("no verifier")?.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        if asked.get("code_challenge").map(String::as_str) != Some(challenge.as_str()) {
            return Err("the code was given to somebody else".into());
        }
        let token = self.id_token(&asked)?;
        Ok(format!(
            r#"{{"access_token":"none","token_type":"Bearer","expires_in":300,"id_token":"{token}"}}"#
        ))
    }

    fn id_token(&self, asked: &HashMap<String, String>) -> Told<String> {
        let of = |name: &str| asked.get(name).cloned().ok_or("a field is missing");
        let wrong = *self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let age = if wrong == Wrong::Expired {
            24 * HOUR
        } else {
            Duration::ZERO
        };
        let nonce = match wrong {
            Wrong::Replayed => Nonce::new_random(),
            _ => Nonce::new(of("nonce")?),
        };
        let key = if wrong == Wrong::Forged {
            &self.others
        } else {
            &self.key
        };
        let issued = now().checked_sub(age).ok_or("no such time")?;
        let ends = issued.checked_add(HOUR).ok_or("no such time")?;
        let claims = CoreIdTokenClaims::new(
            self.issuer.clone(),
            vec![Audience::new(of("client_id")?)],
            ends.into(),
            issued.into(),
            StandardClaims::new(SubjectIdentifier::new(of("sub")?)),
            EmptyAdditionalClaims {},
        )
        .set_nonce(Some(nonce));
        let access = AccessToken::new("none".to_owned());
        let algorithm = CoreJwsSigningAlgorithm::EdDsa;
        let token = CoreIdToken::new(claims, key, algorithm, Some(&access), None)?;
        Ok(token.to_string())
    }
}

/// An Ed25519 key (RFC 8037) of this run. Both have one name: a forger chooses that freely.
fn new_key() -> Told<CoreEdDsaPrivateSigningKey> {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519)?;
    let name = Some(JsonWebKeyId::new("2026".to_owned()));
    Ok(CoreEdDsaPrivateSigningKey::from_ed25519_pem(
        &pair.serialize_pem(),
        name,
    )?)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the provider has a clock of its own"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

fn json(body: String) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}
