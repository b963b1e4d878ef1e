import Reactor

extension GeneratorCore where Ring: ~Copyable {
    /// Lends a lane's batch to the ring until its send is over. Nothing is written to it before: a lane is filled again
    /// only when it is free.
    mutating func send(_ lane: Int) {
        guard state.lanes[lane].isSending else { return }
        unsafe ring.send(state.lanes[lane].socket, state.lanes[lane].output.unsafeBytes, isAwaited: false)
    }
}
