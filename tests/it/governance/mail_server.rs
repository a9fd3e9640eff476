//! A mail server for tests: real sockets, one thread for each connection, and a will of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::pki_types::PrivateKeyDer;

/// How a server answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Will {
    /// Answers to recipients that contain a text: `550 no such user`.
    pub(crate) to: Vec<(&'static str, &'static str)>,
    /// The answer to a whole mail, in place of `250`; the empty one closes the connection without an answer.
    pub(crate) mail: Option<&'static str>,
    /// Offers STARTTLS, and a login after it.
    pub(crate) tls: bool,
    /// Never answers a whole mail.
    pub(crate) stuck: bool,
    /// Says goodbye after one mail for each connection.
    pub(crate) one_each: bool,
}

/// A mail server on this machine.
pub(crate) struct MailServer {
    pub(crate) port: u16,
    /// The certificate of its authority, as PEM.
    pub(crate) authority: String,
    heard: Arc<Mutex<Heard>>,
}

/// What a server has heard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    /// The mails, as they were sent.
    pub(crate) mails: Vec<String>,
    /// Every command outside of mails, and whether it came through TLS.
    pub(crate) commands: Vec<(bool, String)>,
    /// How many connections there were.
    pub(crate) connections: usize,
}

impl MailServer {
    pub(crate) fn start(will: Will) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (config, authority) = certificate();
        let server = Self {
            port,
            authority,
            heard: Arc::clone(&heard),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (will, heard, config) = (will.clone(), Arc::clone(&heard), config.clone());
                heard.lock().unwrap().connections += 1;
                std::thread::spawn(move || {
                    // The other side may hang up at any time.
                    let _ = converse(stream, &will, &heard, config);
                });
            }
        });
        server
    }

    pub(crate) fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }

    /// Returns the `Message-ID` of every mail, in order of arrival.
    pub(crate) fn ids(&self) -> Vec<String> {
        let id = |mail: &String| {
            let line = mail.lines().find(|line| line.starts_with("Message-ID:"));
            line.unwrap().to_owned()
        };
        self.heard().mails.iter().map(id).collect()
    }
}

/// Returns a server's certificate for this machine, and its authority.
fn certificate() -> (Arc<rustls::ServerConfig>, String) {
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    let authority_certificate = authority.self_signed(&key).unwrap();
    let issuer = rcgen::Issuer::new(authority, key);
    let own = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = rcgen::CertificateParams::new(names)
        .unwrap()
        .signed_by(&own, &issuer)
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(own.serialize_der()).unwrap(),
        )
        .unwrap();
    (Arc::new(config), authority_certificate.pem())
}

fn converse(
    mut stream: TcpStream,
    will: &Will,
    heard: &Mutex<Heard>,
    config: Arc<rustls::ServerConfig>,
) -> std::io::Result<()> {
    stream.write_all(b"220 test\r\n")?;
    if !session(&mut stream, will, heard, false)? {
        return Ok(());
    }
    let tls = rustls::ServerConnection::new(config).unwrap();
    let mut stream = rustls::StreamOwned::new(tls, stream);
    session(&mut stream, will, heard, true).map(|_| ())
}

/// Answers commands; returns true for one that wants TLS from now on.
fn session(
    stream: &mut (impl Read + Write),
    will: &Will,
    heard: &Mutex<Heard>,
    encrypted: bool,
) -> std::io::Result<bool> {
    // One byte a time, so that nothing is read that belongs to TLS.
    let mut stream = BufReader::with_capacity(1, stream);
    let mut mails = 0;
    loop {
        let Some(line) = line(&mut stream)? else {
            return Ok(false);
        };
        let command = line.to_ascii_uppercase();
        heard
            .lock()
            .unwrap()
            .commands
            .push((encrypted, line.clone()));
        let answer = if command.starts_with("EHLO") {
            match (will.tls, encrypted) {
                (true, false) => "250-test\r\n250 STARTTLS",
                (true, true) => "250-test\r\n250 AUTH PLAIN LOGIN",
                (false, _) => "250 test",
            }
        } else if command == "STARTTLS" {
            stream.get_mut().write_all(b"220 go\r\n")?;
            return Ok(true);
        } else if command.starts_with("AUTH") {
            "235 welcome"
        } else if will.one_each && mails > 0 && command.starts_with("MAIL") {
            stream.get_mut().write_all(b"421 enough\r\n")?;
            return Ok(false);
        } else if command.starts_with("RCPT") {
            let mut refused = will.to.iter().filter(|(part, _)| line.contains(part));
            refused.next().map_or("250 ok", |(_, answer)| answer)
        } else if command == "DATA" {
            stream.get_mut().write_all(b"354 go\r\n")?;
            let mut mail = String::new();
            while let Some(text) = self::line(&mut stream)? {
                if text == "." {
                    break;
                }
                mail.push_str(&text);
                mail.push('\n');
            }
            heard.lock().unwrap().mails.push(mail);
            mails += 1;
            if will.stuck {
                loop {
                    std::thread::park();
                }
            }
            match will.mail {
                Some("") => return Ok(false),
                answer => answer.unwrap_or("250 taken"),
            }
        } else if command == "QUIT" {
            stream.get_mut().write_all(b"221 bye\r\n")?;
            return Ok(false);
        } else {
            "250 ok"
        };
        stream.get_mut().write_all(answer.as_bytes())?;
        stream.get_mut().write_all(b"\r\n")?;
        stream.get_mut().flush()?;
    }
}

fn line(stream: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    match stream.read_line(&mut line)? {
        0 => Ok(None),
        _ => Ok(Some(line.trim_end().to_owned())),
    }
}
