//! The carrier that writes every message as a file: text messages as JSON, e-mails as they would be sent.

use integrations::Refused;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use storage::outbox::Message;

/// The outbox folder: `sms/<id>.json` and `email/<id>.eml`. Writing a message again writes the same file.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// This folder, made with the first message where there is none.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Writes one message.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn write(&self, message: Message) -> Result<(), Refused> {
        let root = self.root.clone();
        let written = tokio::task::spawn_blocking(move || keep(&root, &message)).await;
        written.map_err(|why| Refused::Later(format!("writing a message broke: {why}")))?
    }
}

#[derive(Serialize)]
struct TextMessage<'a> {
    id: String,
    to: &'a str,
    kind: &'a str,
    created_at: String,
    text: &'a str,
}

fn keep(root: &Path, message: &Message) -> Result<(), Refused> {
    let (folder, ending, text) = match message.channel.as_str() {
        "sms" => ("sms", "json", text_message(message)?),
        "email" => ("email", "eml", letter(message)),
        _ => return Err(Refused::Never("no channel of that name".to_owned())),
    };
    write(&root.join(folder), &message.id.to_string(), ending, text.as_bytes())
        .map_err(|why| Refused::Later(format!("writing to the outbox folder failed: {why}")))
}

fn text_message(message: &Message) -> Result<String, Refused> {
    let text = TextMessage {
        id: message.id.to_string(),
        to: &message.recipient,
        kind: &message.kind,
        created_at: format!("{}+07:00", message.created_at.local()),
        text: &message.body,
    };
    serde_json::to_string_pretty(&text)
        .map_err(|why| Refused::Never(format!("a message cannot be written down: {why}")))
}

/// Headers in UTF-8, as RFC 6532 has them; nothing in a value can begin a header of its own.
fn letter(message: &Message) -> String {
    let date = message.created_at.local().strftime("%a, %d %b %Y %H:%M:%S +0700");
    let headers = [
        ("Message-ID", format!("<{}@motcua.invalid>", message.id)),
        ("Date", date.to_string()),
        ("To", one_line(&message.recipient)),
        ("Subject", one_line(&message.subject)),
        ("MIME-Version", "1.0".to_owned()),
        ("Content-Type", "text/plain; charset=utf-8".to_owned()),
        ("Content-Transfer-Encoding", "8bit".to_owned()),
    ];
    let mut letter: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    letter.push_str("\r\n");
    for line in message.body.lines() {
        letter.push_str(line);
        letter.push_str("\r\n");
    }
    letter
}

fn one_line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

/// Whole or not at all: first beside its place, then moved there, both on the disk before we say so.
fn write(folder: &Path, name: &str, ending: &str, bytes: &[u8]) -> std::io::Result<()> {
    make_private(folder)?;
    let aside = folder.join(format!(".{name}.part"));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&aside, folder.join(format!("{name}.{ending}")))?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Nobody else on the machine may look into the folder.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}
