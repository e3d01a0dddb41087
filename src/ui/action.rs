//! What a user can do: one row an action. Keys, footer, `?` help, the `:` palette and the config's names all come
//! from this table.

use super::view::ViewId;

/// Everything a key or the palette can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    Overview,
    Alerts,
    LogLines,
    TraceList,
    Silences,
    Rules,
    NextView,
    PreviousView,
    Down,
    Up,
    Top,
    Bottom,
    PageDown,
    PageUp,
    Open,
    Back,
    FullScreen,
    Time,
    Scope,
    Pause,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    PanLeft,
    PanRight,
    CrosshairLeft,
    CrosshairRight,
    CrosshairFarLeft,
    CrosshairFarRight,
    HistoryBack,
    HistoryForward,
    Find,
    FindNext,
    FindPrevious,
    Copy,
    CopyCommand,
    Group,
    Order,
    Quiet,
    Edit,
    Acknowledge,
    Silence,
    Expire,
    Extend,
    Links,
    Metrics,
    Logs,
    Traces,
    Include,
    Exclude,
    Select,
    Wrap,
    Around,
    Patterns,
    Services,
    Fold,
    FoldAll,
    Critical,
    SelfTimes,
    Hide,
    Shorter,
    NextError,
    Why,
    Report,
    Context,
    Palette,
    Help,
    Redraw,
    Suspend,
    Quit,
}

/// One action: how the config calls it, its keys, and its words.
#[derive(Debug)]
pub struct Row {
    pub action: Action,
    /// In the config: `[keys] full-screen = ["f"]`.
    pub name: &'static str,
    pub keys: &'static [&'static str],
    /// One line for `?` and the palette.
    pub help: &'static str,
    /// One or two words for the footer; none for what every terminal user knows.
    pub label: Option<&'static str>,
}

const fn row(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    help: &'static str,
    label: Option<&'static str>,
) -> Row {
    Row { action, name, keys, help, label }
}

/// In the order of use: the footer offers from the top what works here and now.
pub const TABLE: &[Row] = &[
    row(Action::Down, "down", &["j", "down"], "next panel or line", Some("next")),
    row(Action::Up, "up", &["k", "up"], "previous panel or line", None),
    row(Action::Open, "open", &["enter"], "open what is selected", Some("open")),
    row(Action::Back, "back", &["esc", "backspace"], "close, or take back crosshair or filter", Some("back")),
    row(Action::FindNext, "find-next", &["n"], "next match", Some("next match")),
    row(Action::FindPrevious, "find-previous", &["N"], "previous match", None),
    row(Action::Acknowledge, "acknowledge", &["a"], "quiet for 15m: it is worked on", Some("ack")),
    row(Action::Silence, "silence", &["S"], "silence the alert, or change the silence", Some("silence")),
    row(Action::Include, "include", &["i"], "of logs: only with this value, or this pattern", Some("only")),
    row(Action::Exclude, "exclude", &["x"], "of logs: without this value, or this pattern", Some("without")),
    row(Action::Expire, "expire", &["x"], "end the silence", Some("end silence")),
    row(Action::Extend, "extend", &["E"], "one hour more for the silence", Some("extend")),
    row(Action::NextError, "next-error", &["E", "!"], "of a trace: the next span that failed", Some("next error")),
    row(Action::Fold, "fold", &["space"], "of a trace: fold what a span caused, or unfold it", Some("fold")),
    row(Action::FoldAll, "fold-all", &["z"], "of a trace: fold all, one level, or nothing", Some("all")),
    row(Action::Critical, "critical", &["K"], "of a trace: what held up the whole, or not", Some("critical path")),
    row(Action::SelfTimes, "self-times", &["d"], "of a trace: where the time was spent", Some("self time")),
    row(Action::Metrics, "metrics", &["M"], "metrics of the alert, or of the trace's time", Some("metrics")),
    row(Action::Links, "links", &["o"], "copy a link of the alert: runbook, graph, others", Some("links")),
    row(Action::Group, "group", &["b"], "group the alerts by a label", Some("group")),
    row(Action::Quiet, "quiet", &["v"], "what is quiet too; the level of logs; failing traces", Some("quiet too")),
    row(Action::Edit, "edit", &["e"], "edit the filter of alerts, or what is sought", Some("filter")),
    row(Action::Services, "services", &["b"], "of traces: choose the service", Some("service")),
    row(Action::Order, "order", &["O"], "order the alerts within their groups, or the traces", Some("order")),
    row(Action::Around, "around", &["C"], "the lines around this one", Some("around")),
    row(Action::Patterns, "patterns", &["P"], "what the lines say, ranked by what is new", Some("patterns")),
    row(Action::Select, "select", &["z"], "select a window on the volume of logs, to zoom in", Some("select")),
    row(Action::Wrap, "wrap", &["w"], "wrap long lines, or not", Some("wrap")),
    row(Action::Hide, "hide", &["H"], "of a trace: hide what does not fit the find", Some("hide others")),
    row(Action::Shorter, "shorter", &["%"], "of a trace: hide short spans: 1, 5, 10 %, none", Some("hide short")),
    row(Action::Logs, "logs", &["L"], "from an alert or a trace to its logs", None),
    row(Action::Traces, "traces", &["T"], "to the traces of the alert, the line or the range", None),
    row(Action::Why, "why", &["W"], "why: what stands out at the crosshair, or as the alert began", Some("why")),
    row(Action::Time, "time", &["t"], "choose the time range", Some("time")),
    row(Action::Scope, "scope", &["s"], "choose the service scope", Some("scope")),
    row(Action::Find, "find", &["/"], "find in what is shown", Some("find")),
    row(Action::Pause, "pause", &["p"], "pause, or resume live", Some("pause")),
    row(Action::Copy, "copy", &["y"], "copy what the cursor is on", Some("copy")),
    row(Action::ZoomIn, "zoom-in", &["+", "="], "zoom in, around the crosshair if there is one", Some("zoom")),
    row(Action::ZoomOut, "zoom-out", &["-"], "zoom out", None),
    row(Action::CrosshairLeft, "crosshair-left", &[","], "move the crosshair to the left", Some("crosshair")),
    row(Action::CrosshairRight, "crosshair-right", &["."], "move the crosshair to the right", None),
    row(Action::CrosshairFarLeft, "crosshair-far-left", &["<"], "move the crosshair far to the left", None),
    row(Action::CrosshairFarRight, "crosshair-far-right", &[">"], "move the crosshair far to the right", None),
    row(Action::PanLeft, "pan-left", &["h", "left"], "earlier; of logs: to the left; of a trace: fold", Some("pan")),
    row(Action::PanRight, "pan-right", &["l", "right"], "later; of logs: to the right; of a trace: unfold", None),
    row(Action::ZoomReset, "zoom-reset", &["0"], "back to the live range of the config", Some("reset")),
    row(Action::HistoryBack, "history-back", &["["], "back to the view before", None),
    row(Action::HistoryForward, "history-forward", &["]"], "forward again", None),
    row(Action::FullScreen, "full-screen", &["f"], "this panel on the whole screen", Some("full")),
    row(Action::CopyCommand, "copy-command", &["Y"], "copy a command line that reopens this view", None),
    row(Action::Report, "report", &["r"], "write a report of what is shown", None),
    row(Action::Context, "context", &["c"], "choose the context", Some("context")),
    row(Action::Top, "top", &["g", "home"], "first", None),
    row(Action::Bottom, "bottom", &["G", "end"], "last", None),
    row(Action::PageDown, "page-down", &["ctrl-d", "pagedown"], "half a page down", None),
    row(Action::PageUp, "page-up", &["ctrl-u", "pageup"], "half a page up", None),
    row(Action::Overview, "overview", &["1"], "the overview: is it healthy?", None),
    row(Action::Alerts, "alerts", &["2"], "the alerts: what fires, who knows?", None),
    row(Action::LogLines, "log-lines", &["3"], "the logs: what does it say?", None),
    row(Action::TraceList, "trace-list", &["4"], "the traces: where is the time?", None),
    row(Action::Silences, "silences", &[], "all silences: whose, until when, what they hit", None),
    row(Action::Rules, "rules", &[], "all rules: do they work, are they quick enough", None),
    row(Action::NextView, "next-view", &["tab"], "next view", None),
    row(Action::PreviousView, "previous-view", &["shift-tab"], "previous view", None),
    row(Action::Palette, "palette", &[":"], "command palette", None),
    row(Action::Help, "help", &["?", "f1"], "this help", None),
    row(Action::Redraw, "redraw", &["ctrl-l"], "draw the whole screen anew", None),
    row(Action::Suspend, "suspend", &["ctrl-z"], "suspend to the shell (fg comes back)", None),
    row(Action::Quit, "quit", &["q", "ctrl-c"], "quit", None),
];

impl Action {
    /// Whether the view of this tab knows it. One key may do one thing in the one and another in the other.
    pub fn is_known_in(self, tab: ViewId) -> bool {
        let (in_logs, in_traces) = (tab == ViewId::Logs, tab == ViewId::Traces);
        match self {
            Self::Include | Self::Exclude | Self::Select | Self::Around | Self::Patterns => in_logs,
            Self::Wrap => in_logs || in_traces,
            Self::Fold | Self::FoldAll | Self::Critical | Self::SelfTimes => in_traces,
            Self::Hide | Self::Shorter | Self::NextError | Self::Services => in_traces,
            Self::Acknowledge | Self::Silence | Self::Expire | Self::Extend => !in_logs && !in_traces,
            Self::Links | Self::Group => !in_logs && !in_traces,
            Self::Metrics | Self::Logs | Self::Order => !in_logs,
            _ => true,
        }
    }

    /// The row of the table; every action has one, which a test holds.
    pub fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.action == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_action_and_name_has_one_row() {
        let actions: BTreeSet<_> = TABLE.iter().map(|row| row.action).collect();
        let names: BTreeSet<_> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!((actions.len(), names.len()), (TABLE.len(), TABLE.len()));
        assert!(Action::Quit.row().is_some());
    }
}
