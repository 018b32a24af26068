//! Checks whether a shell command of the user's can run, without running it.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::failure::Failure;
use super::hook_call::shell;
use super::shell_words::simple_commands;

/// Programs whose first argument without a dash is a script.
const INTERPRETERS: [&str; 12] = [
    "bash", "dash", "ksh", "node", "perl", "php", "python", "python3", "Rscript", "ruby", "sh",
    "zsh",
];
/// First words after which nothing more is checked: they begin a compound command of the shell, or they change what the
/// following words mean.
const LAST_CHECKED: [&str; 17] = [
    "!", "(", "case", "for", "function", "if", "until", "while", "{", "[[", "cd", ".", "source",
    "eval", "export", "alias", "set",
];
/// First words that are followed by the program.
const PREFIXES: [&str; 2] = ["exec", "command"];

/// Fails if the shell cannot parse the command of `--on-change`, or if a program or script that it names cannot run.
pub(super) fn check_hook(command: &str) -> Result<(), Failure> {
    if cfg!(windows) {
        return Ok(());
    }
    check_syntax(command).and_then(|()| check_programs(command)).map_err(|why| {
        Failure::usage(anyhow::anyhow!(
            "the command of --on-change (`on_change` in section [run]) cannot run: {why}; change the command, or install what it needs"
        ))
    })
}

/// Lets the shell parse the command without running it.
fn check_syntax(command: &str) -> Result<(), String> {
    let (shell, option) = shell();
    let parsed = Command::new(shell)
        .args(["-n", option, command])
        .stdin(Stdio::null())
        .output();
    match parsed {
        Err(e) => Err(format!("cannot start `{shell}`: {e}")),
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// Looks for the first word of every simple command.
fn check_programs(command: &str) -> Result<(), String> {
    // The lines of a here document are no commands.
    if command.contains("<<") {
        return Ok(());
    }
    for words in simple_commands(command) {
        let is_prefix = |word: &&String| PREFIXES.contains(&word.as_str());
        let words = &words[words.iter().take_while(is_prefix).count()..];
        let Some((program, arguments)) = words.split_first() else {
            continue;
        };
        if program.starts_with('-') {
            // An option of `exec` or `command` stands before the program, which may have a value: `exec -a name`.
            continue;
        }
        let is_function = arguments.first().is_some_and(|word| word == "(");
        if is_function || LAST_CHECKED.contains(&program.as_str()) {
            return Ok(());
        }
        check_program(program)?;
        let name = program.rsplit('/').next().unwrap_or(program);
        // After an option, the next word can be a program text (-c, -e) or a module (-m).
        let script = arguments.first().filter(|word| !word.starts_with('-'));
        if let (true, Some(script)) = (INTERPRETERS.contains(&name), script) {
            std::fs::File::open(script).map_err(|e| format!("`{script}`: {}", reason(&e)))?;
        }
    }
    Ok(())
}

fn check_program(program: &str) -> Result<(), String> {
    if program.contains('/') {
        return check_file(Path::new(program));
    }
    // Built-in commands of the shell count.
    let (shell, option) = shell();
    let found = Command::new(shell)
        .args([option, "command -v -- \"$1\"", "sh", program])
        .stdin(Stdio::null())
        .output();
    match found {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(format!("there is no program `{program}` in PATH")),
    }
}

/// Fails if a file cannot be executed, or if its first line names an interpreter that does not exist.
fn check_file(file: &Path) -> Result<(), String> {
    use io::Read as _;
    let shown = file.display();
    let metadata = std::fs::metadata(file).map_err(|e| format!("`{shown}`: {}", reason(&e)))?;
    if metadata.is_dir() {
        return Err(format!("`{shown}` is a directory"));
    }
    if !is_executable(file) {
        return Err(format!(
            "`{shown}` is not executable (`chmod +x` changes that)"
        ));
    }
    // A program need not be readable.
    let mut start = Vec::new();
    let read = std::fs::File::open(file).and_then(|f| f.take(256).read_to_end(&mut start));
    let start = String::from_utf8_lossy(&start);
    let line = start.lines().next().and_then(|l| l.strip_prefix("#!"));
    let interpreter = line.and_then(|line| line.split_whitespace().next());
    match (read, interpreter) {
        (Ok(_), Some(interpreter)) if !Path::new(interpreter).exists() => Err(format!(
            "the first line of `{shown}` names `{interpreter}`, which does not exist"
        )),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|m| m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn fault(command: &str) -> String {
        let fault = check_hook(command).err();
        fault.map(|f| f.line()).unwrap_or_default()
    }

    #[test]
    fn a_command_that_cannot_run_is_found_without_running_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (plain, broken) = (path("plain.sh"), path("broken"));
        std::fs::write(&plain, "#!/bin/sh\n").unwrap();
        std::fs::write(&broken, "#!/no/interpreter -x\n").unwrap();
        let chmod = Command::new("chmod").args(["+x", &broken]).status();
        assert!(chmod.unwrap().success());
        for (command, words) in [
            ("no-such-program-1 x".to_owned(), "no-such-program-1"),
            ("cat | no-such-program-1".to_owned(), "no-such-program-1"),
            (
                "A=1 B='x y' no-such-program-1 2>&1".to_owned(),
                "no-such-program-1",
            ),
            (
                "cat > log.txt; \"no-such program\"".to_owned(),
                "no-such program",
            ),
            ("exec no-such-program-1".to_owned(), "no-such-program-1"),
            ("true && /no/such/file".to_owned(), "no such file"),
            (plain.clone(), "not executable"),
            (broken, "/no/interpreter"),
            (path(""), "is a directory"),
            (format!("sh {}", path("gone.sh")), "gone.sh"),
            ("if true; then".to_owned(), "cannot run"),
            ("echo 'open".to_owned(), "cannot run"),
        ] {
            let fault = fault(&command);
            assert!(fault.contains(words), "{command}: {fault}");
            assert!(fault.contains("--on-change"), "{fault}");
        }
        for command in [
            "cat >> announced.jsonl".to_owned(),
            "touch called; exec sleep 60".to_owned(),
            "exit 7".to_owned(),
            format!("sh {plain} 2>>err.log"),
            "sh -c 'no matter what'".to_owned(),
            "$HOOK --x".to_owned(),
            "if true; then no-such-program-1; fi".to_owned(),
            "f() { cat; }; f".to_owned(),
            "cd / && ./no-such-program-1".to_owned(),
            "cat <<X\nno words\nX\n".to_owned(),
            "cat >/dev/null # no-such-program-1".to_owned(),
            "command -v cat >/dev/null && cat > /dev/null".to_owned(),
            "command -v no-such-program-1 || cat".to_owned(),
            "command -p cat".to_owned(),
            "exec -a foo cat".to_owned(),
            "PATH=/opt/x/bin no-such-program-1".to_owned(),
            "PATH=/opt/x/bin:$PATH; no-such-program-1 x".to_owned(),
            "env PATH=/opt/x/bin no-such-program-1".to_owned(),
            "export PATH=/opt/x/bin; no-such-program-1".to_owned(),
            "test -n \"$(cat)\" && printf '%s|%s;' a b".to_owned(),
        ] {
            assert_eq!(fault(&command), "", "{command}");
        }
    }
}
