import Logging

/// The node as a program: what `coronet node` hands over to once the configuration is read.
public enum NodeProgram {
    /// What `--version`, the banner and INFO say.
    public static let version = "0.1.0"

    /// Runs the node until it is told to stop; returns the process's exit status.
    ///
    /// - Parameters:
    ///   - settings: What the engine reads.
    ///   - store: The same as text, for CONFIG.
    ///   - sink: Where the log goes; cores take their loggers from it.
    public static func run(_ settings: Settings, store: SettingsStore, sink: LogSink) -> Int32 {
        sink.logger().critical("the cores are not wired up yet")
        return 1
    }
}
