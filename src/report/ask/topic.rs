//! What the questions of a report are about.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Requests,
    Errors,
    ErrorsByEndpoint,
    Latency,
    Buckets,
    Memory,
    Cpu,
    MemoryRatio,
    Up,
    Started,
    /// The highest values, where `Memory` and its like are averages.
    MemoryPeak,
    CpuPeak,
    MemoryRatioPeak,
    /// Whether any target answered, where `Up` is an average of each.
    AnyUp,
    HostCpu,
    HostMemory,
    HostDisk,
    HostInodes,
    Alerts,
    Held,
    Fired,
    /// Error types and requests, counted by the server.
    LogTallies,
    /// How many lines there are.
    LogVolume,
    /// The newest lines of one part of the period, by its number.
    LogLines(u8),
    /// Some of the newest traces of one part of the period, by its number; of those that fail; of slow ones.
    Traces(u8),
    TracesFailing(u8),
    TracesSlow(u8),
    /// Who carries a finding, by its number; and its log lines.
    Carriers(u8),
    FoundLines(u8),
}

impl Topic {
    /// As the config names the question.
    pub fn word(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Errors => "errors",
            Self::ErrorsByEndpoint => "errors_by_endpoint",
            Self::Latency => "latency",
            Self::Buckets => "buckets",
            Self::Memory | Self::MemoryPeak => "memory",
            Self::Cpu | Self::CpuPeak => "cpu",
            Self::MemoryRatio | Self::MemoryRatioPeak => "memory_ratio",
            Self::Up | Self::AnyUp => "up",
            Self::Started => "started",
            Self::HostCpu => "hosts.cpu",
            Self::HostMemory => "hosts.memory",
            Self::HostDisk => "hosts.disk",
            Self::HostInodes => "hosts.inodes",
            Self::Alerts => "alerts",
            Self::Held => "alerts.held",
            Self::Fired => "alerts.fired",
            Self::LogTallies => "logs.tallies",
            Self::LogVolume => "logs.volume",
            Self::LogLines(_) => "logs.lines",
            Self::Traces(_) => "traces.newest",
            Self::TracesFailing(_) => "traces.failing",
            Self::TracesSlow(_) => "traces.slow",
            Self::Carriers(_) => "insights.carriers",
            Self::FoundLines(_) => "insights.lines",
        }
    }

    /// Asked in parts: whoever counts questions counts the first of them only.
    pub fn is_further_part(self) -> bool {
        self != self.whole()
    }

    /// Of what is asked in parts the first part: all of them are one question.
    pub fn whole(self) -> Self {
        match self {
            Self::MemoryPeak => Self::Memory,
            Self::CpuPeak => Self::Cpu,
            Self::MemoryRatioPeak => Self::MemoryRatio,
            Self::AnyUp => Self::Up,
            Self::LogLines(_) => Self::LogLines(0),
            Self::Traces(_) => Self::Traces(0),
            Self::TracesFailing(_) => Self::TracesFailing(0),
            Self::TracesSlow(_) => Self::TracesSlow(0),
            Self::Carriers(_) => Self::Carriers(0),
            Self::FoundLines(_) => Self::FoundLines(0),
            other => other,
        }
    }
}
