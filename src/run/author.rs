//! Who silences are signed by: a person whom the others can call, or nobody until it is asked.

use super::Env;
use crate::text::Plain;

/// Logins that several people share, which say nothing of who sits there.
const SHARED: [&str; 20] = [
    "root",
    "admin",
    "administrator",
    "ubuntu",
    "ec2-user",
    "centos",
    "debian",
    "fedora",
    "rocky",
    "almalinux",
    "core",
    "opc",
    "azureuser",
    "vagrant",
    "user",
    "oncall",
    "on-call",
    "ops",
    "sre",
    "deploy",
];

/// What was said on purpose counts as it is; a login only if it is a person's. `configured` is that of the config.
pub fn author(configured: Option<&str>, demo: bool, env: Env) -> Option<Plain> {
    let said = |name: &str| env(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let login = |name: &str| said(name).filter(|login| !is_shared(login));
    let author = said("A360_AUTHOR").or_else(|| configured.map(str::to_owned));
    let author = match author {
        // Nobody reads the silences of a demo, and it is the same wherever it is shown.
        None if demo => Some("demo".to_owned()),
        None => ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(login),
        author => author,
    };
    author.map(Plain::from)
}

fn is_shared(login: &str) -> bool {
    SHARED.iter().any(|shared| shared.eq_ignore_ascii_case(login))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With variables such as `USER=ada A360_AUTHOR=mara`.
    fn found(variables: &str, configured: Option<&str>, demo: bool) -> Option<String> {
        let pairs: Vec<(&str, &str)> = variables.split(',').filter_map(|pair| pair.split_once('=')).collect();
        let env = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        author(configured, demo, &env).map(|author| author.to_string())
    }

    #[test]
    fn what_was_said_on_purpose_wins() {
        let all = "A360_AUTHOR= mara ,SUDO_USER=ada,USER=root,LOGNAME=eve";
        assert_eq!(found(all, Some("jonas"), false).as_deref(), Some("mara"));
        assert_eq!(found("A360_AUTHOR= ,SUDO_USER=ada", Some("jonas"), false).as_deref(), Some("jonas"));
        assert_eq!(found("A360_AUTHOR=oncall,USER=ada", None, false).as_deref(), Some("oncall"));
        assert_eq!(found("USER=ada", Some("root"), false).as_deref(), Some("root"));
    }

    #[test]
    fn a_login_counts_if_it_is_a_persons() {
        for (variables, expected) in [
            ("SUDO_USER=ada,USER=root", Some("ada")),
            ("SUDO_USER=ubuntu,USER=root", None),
            ("SUDO_USER=,USER=ada,LOGNAME=eve", Some("ada")),
            ("USER=Admin,LOGNAME=eve", Some("eve")),
            ("USER=ec2-user,LOGNAME=ec2-user", None),
            ("USER=rootless", Some("rootless")),
            ("", None),
        ] {
            assert_eq!(found(variables, None, false).as_deref(), expected, "{variables}");
        }
    }

    #[test]
    fn the_demo_has_its_own_unless_told() {
        assert_eq!(found("USER=ada", None, true).as_deref(), Some("demo"));
        assert_eq!(found("A360_AUTHOR=mara", None, true).as_deref(), Some("mara"));
        assert_eq!(found("", Some("jonas"), true).as_deref(), Some("jonas"));
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(found("USER=a\u{1b}[2J\u{202e}b", None, false).as_deref(), Some("a^[[2J<U+202E>b"));
    }
}
