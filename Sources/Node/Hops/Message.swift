/// What cores say to each other. A message hands over what it names: the sender does not touch it again until it
/// comes back.
enum Message {
    /// Execute these for me.
    case requests(HopBatch)
    /// They are executed; the replies are inside.
    case replies(HopBatch)
    /// A step of a multi-shard call.
    case ordering(OrderingStep, MultiCall)
    /// Do something beside the data path, then send it back.
    case control(ControlCall)
    case controlDone(ControlCall)
    /// Lines for the recipient's monitors.
    case monitorLines(MonitorMail)
    /// They are shown: the sender may fill the mail again.
    case monitorLinesShown(MonitorMail)
}

/// The steps of a multi-shard call, in the order of its life (see `MultiCall`).
enum OrderingStep {
    case order
    case lock
    case arrived
    case store
    case stored
    case apply
    case done
}
