//! Secrets are fetched where they are kept when they are first needed, and go nowhere but into a request.
//!
//! An error names the place and the mend, never the value; the output of a command is not shown either.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

use crate::model::endpoint::Secret;
use crate::model::fault::FetchError;
use crate::text::Plain;

/// A password manager may need a moment; longer means that it waits for a person.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// A pipe that nobody writes to, or a share that is gone.
const FILE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than any token, and short enough for a file that was named by mistake.
const MAX_BYTES: u64 = 64 * 1024;

/// Where a secret comes from, for an error. The arguments of a command may be secrets themselves.
pub fn place(secret: &Secret) -> String {
    match secret {
        Secret::Env(name) => format!("environment variable {name}"),
        Secret::File(path) => format!("file {}", path.display()),
        Secret::Command(words) => format!("command {}", words.first().map_or("(empty)", String::as_str)),
    }
}

/// Fetches a secret now.
pub async fn resolve(secret: &Secret) -> Result<String, FetchError> {
    let found = match secret {
        Secret::Env(name) => environment(name),
        Secret::File(path) => file(path.clone(), FILE_TIMEOUT).await,
        Secret::Command(words) => command(words, COMMAND_TIMEOUT).await,
    };
    let value = found.and_then(|value| if value.is_empty() { Err("is empty".to_owned()) } else { Ok(value) });
    value.map_err(|why| FetchError::Unauthorized(Plain::from(format!("{} {why}", place(secret)))))
}

fn environment(name: &str) -> Result<String, String> {
    let value = std::env::var_os(name).ok_or("is not set")?;
    value.into_string().map_err(|_| "is not UTF-8 text".to_owned())
}

async fn file(path: PathBuf, limit: Duration) -> Result<String, String> {
    let read = tokio::task::spawn_blocking(move || {
        use std::io::Read;
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    let read = timeout(limit, read).await.map_err(|_| format!("gave nothing within {} s", limit.as_secs_f32()))?;
    let bytes = read.map_err(|_| "could not be read")?;
    let text = text(bytes.map_err(|error: std::io::Error| format!("cannot be read: {}", error.kind()))?)?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

async fn command(words: &[String], limit: Duration) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("names no program")?;
    // Away from the terminal: it belongs to the screen, and nobody can answer a prompt there.
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("cannot be started: {}", error.kind()))?;
    let output = child.stdout.take().ok_or("has no output")?;
    let run = async {
        let mut bytes = Vec::new();
        output.take(MAX_BYTES + 1).read_to_end(&mut bytes).await.map_err(|_| "could not be read")?;
        let printed = text(bytes)?;
        let status = child.wait().await.map_err(|_| "could not be waited for")?;
        if !status.success() {
            return Err(format!("failed ({status}); run it by hand to see why"));
        }
        Ok(printed.lines().next().unwrap_or_default().to_owned())
    };
    timeout(limit, run).await.map_err(|_| format!("did not end within {} s", limit.as_secs_f32()))?
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err("is too long for a secret".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    async fn why(secret: Secret) -> String {
        resolve(&secret).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn a_file_loses_its_trailing_newline_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, " pass word \r\n\n").unwrap();
        assert_eq!(resolve(&Secret::File(path.clone())).await.unwrap(), " pass word ");
        std::fs::write(&path, "\n").unwrap();
        assert!(why(Secret::File(path.clone())).await.ends_with("token is empty"));
        std::fs::write(&path, vec![b'x'; 70_000]).unwrap();
        assert!(why(Secret::File(path)).await.ends_with("is too long for a secret"));
    }

    #[tokio::test]
    async fn a_command_gives_its_first_line() {
        assert_eq!(resolve(&Secret::Command(words("echo s3cret; echo more"))).await.unwrap(), "s3cret");
    }

    #[tokio::test]
    async fn errors_name_the_place_and_never_the_value() {
        let missing = why(Secret::Env("A360_TEST_NOT_SET".to_owned())).await;
        assert_eq!(missing, "not signed in: environment variable A360_TEST_NOT_SET is not set");
        let missing = why(Secret::File("/no/such/file".into())).await;
        assert_eq!(missing, "not signed in: file /no/such/file cannot be read: entity not found");
        let failed = why(Secret::Command(words("echo s3cret; echo s3cret >&2; exit 3"))).await;
        assert!(failed.contains("command sh failed (exit status: 3)") && !failed.contains("s3cret"), "{failed}");
        let absent = why(Secret::Command(vec!["/no/such/program".to_owned(), "s3cret".to_owned()])).await;
        assert!(absent.contains("cannot be started") && !absent.contains("s3cret"), "{absent}");
        assert!(why(Secret::Command(vec![])).await.contains("names no program"));
    }

    #[tokio::test]
    async fn a_pipe_that_nobody_writes_to_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let waits = file(pipe.clone(), Duration::from_millis(50)).await;
        assert!(waits.unwrap_err().contains("gave nothing within"));
        // Lets the thread that still waits go.
        drop(std::fs::OpenOptions::new().write(true).open(pipe));
    }

    #[tokio::test]
    async fn a_command_that_waits_or_floods_is_given_up() {
        let waits = command(&words("sleep 60"), Duration::from_millis(50)).await;
        assert!(waits.unwrap_err().contains("did not end"));
        let floods = command(&words("yes"), Duration::from_secs(60)).await;
        assert_eq!(floods.unwrap_err(), "is too long for a secret");
    }
}
