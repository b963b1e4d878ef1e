import Logging

/// Coronet's side of swift-log. The handler is a small value around a shared sink; a core's logger carries the
/// metadata `core`.
public struct NodeLogHandler: LogHandler {
    private let sink: LogSink
    private var ownLevel: Logger.Level?
    /// Printed with every line; `core` first.
    public var metadata: Logger.Metadata = [:]

    /// A handler that writes to the sink, at the sink's level.
    public init(_ sink: LogSink) { self.sink = sink }

    /// The sink's level, unless this logger was given one of its own.
    public var logLevel: Logger.Level {
        get { ownLevel ?? NodeLogHandler.level(for: sink.level) }
        set { ownLevel = newValue }
    }

    /// One entry of the metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Redis's level names in swift-log's terms: verbose is info, debug is everything.
    static func level(for level: Settings.LogLevel) -> Logger.Level {
        switch level {
        case .debug: .trace
        case .verbose: .info
        case .notice: .notice
        case .warning: .warning
        }
    }

    /// Formats the line and queues it.
    public func log(event: LogEvent) {
        var metadata = metadata
        if let given = event.metadata { metadata.merge(given) { _, given in given } }
        sink.append(
            LogLine(
                millis: LogSink.wallClockMillis(), level: event.level, message: event.message.description,
                metadata: metadata))
    }
}

extension LogSink {
    /// A logger that writes here.
    ///
    /// - Parameter core: The core whose logger it is; nil outside of the cores.
    public func logger(core: Int? = nil) -> Logger {
        var logger = Logger(label: "coronet") { _ in NodeLogHandler(self) }
        if let core { logger[metadataKey: "core"] = "\(core)" }
        return logger
    }
}
