//! What a piece of the screen is FOR. Views name roles, only theme files name colours.

/// One row a role: the name in Rust, the name in a theme file, what it is for.
macro_rules! roles {
    ($($role:ident $name:literal $what:literal;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Role {
            $(#[doc = $what] $role,)+
        }

        impl Role {
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$role),+];

            /// Its name in a theme file.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$role => $name,)+
                }
            }
        }
    };
}

roles! {
    Text "text" "Ordinary text.";
    Dim "dim" "What may be overlooked: hints, labels, what is silenced.";
    Strong "strong" "The number that answers, now.";
    Title "title" "The name of a panel, the heads of columns.";
    Accent "accent" "What can be opened or is in hand: links, the active filter, the critical path.";
    Rule "rule" "Lines that only separate. May be faint: nothing is lost with them.";
    Ok "ok" "Up, healthy, resolved.";
    Warning "warning" "The severity, and the log level WARN.";
    Critical "critical" "The severity, and the log level ERROR.";
    Pending "pending" "Will fire unless it ends.";
    Info "info" "The severity, and the log level INFO.";
    Stale "stale" "Still shown, no longer fresh: old, late or partial data and its age.";
    Failed "failed" "A source or a question that gets no answer.";
    Selected "selected" "The row under the cursor: laid over the finished row, last.";
    Header "header" "The first line of the screen.";
    Production "production" "The name of a production context. Loud.";
    Demo "demo" "The badge that says that nothing here is real.";
    Tab "tab" "A view that can be gone to.";
    TabActive "tab-active" "The view that is open.";
    Key "key" "A key in the footer or in the help.";
    Axis "axis" "The axes of a chart and their ticks.";
    Limit "limit" "The line that must not be crossed.";
    Crosshair "crosshair" "The moment that all charts share.";
    Mark "mark" "A moment on a chart: now, a restart, a deploy, a firing window.";
    Match "match" "What the search found.";
    Prompt "prompt" "Where the user types.";
    Overlay "overlay" "What lies over the view: help, picker, question.";
}
