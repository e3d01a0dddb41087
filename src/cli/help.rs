//! Help for somebody who was woken up.

pub const ABOUT: &str = "The on-call console: what is broken, since when, for whom, and why.

Without flags it opens the console on the config's first context. Inside, ? is help and q quits.";

pub const EXAMPLES: &str = "\
Examples:
  a360                                        open the console
  a360 --demo                                 look around without any server
  a360 --context prod --range 6h              production, the last six hours
  a360 --prometheus http://10.0.0.7:9090      a quick look at another server
  a360 --from 02:40 --to 03:10                what happened in that half hour
  a360 --report                               the last hour as text
  a360 --report daily --format markdown --output report.md
  a360 schedule run                           the reports of the config, each at its time
  a360 config check --connect                 why does it not reach my servers?

Exit codes:
  0 calm   1 something fires at or above --fail-on   2 something could not be asked
  3 could not be sent   64 wrong flag or config

Environment:
  A360_CONFIG   the config file, where --config names none
  A360_AUTHOR   who silences are signed by, before the config's `author`, SUDO_USER and USER";

pub const COMPLETIONS: &str = "\
Examples:
  a360 completions bash > ~/.local/share/bash-completion/completions/a360
  a360 completions zsh  > ~/.zfunc/_a360
  a360 completions fish > ~/.config/fish/completions/a360.fish";

pub const SCHEDULE: &str = "\
Examples:
  a360 schedule run                           in a container, or as a service
  a360 schedule run --once --only morning     from a timer or a crontab, see `a360 schedule print`

Exit codes:
  0 told to end, or with --once: calm   1 to 3 with --once: as of a report, the worst
  3 another runner is at work   64 wrong flag, config or folder";
