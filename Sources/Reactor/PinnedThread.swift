import CShims
import Glibc

/// A thread of the operating system that runs one function, on one processor if asked: the body of a core.
///
/// Plain pthreads: a core blocks in its ring, which no executor of a language runtime may do.
public struct PinnedThread: ~Copyable {
    /// Why a thread did not start.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        /// The errno value.
        public var errno: Int32
        /// What did not work.
        public var description: String
    }

    private let thread: pthread_t

    /// What the new thread finds.
    private final class Start {
        let name: String
        let cpu: CPU?
        let body: @Sendable () -> Void

        init(name: String, cpu: CPU?, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.cpu = cpu
            self.body = body
        }
    }

    /// Starts `body` on a thread called `name` (15 bytes are kept), bound to `cpu` if one is given.
    ///
    /// The binding happens before `body` runs, so that memory it touches first is near. A processor that this
    /// process may not use leaves the thread unbound; ask `Affinity.allowedCPUs` beforehand.
    public init(name: String, cpu: CPU? = nil, body: @escaping @Sendable () -> Void) throws(Failure) {
        let start = unsafe Unmanaged.passRetained(Start(name: name, cpu: cpu, body: body))
        var thread = pthread_t()
        let failed = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                unsafe coronet_name_this_thread(start.name)
                if let cpu = start.cpu { Affinity.pinThisThread(to: cpu) }
                start.body()
                return nil
            }, start.toOpaque())
        guard failed == 0 else {
            unsafe start.release()
            throw Failure(errno: failed, description: "thread \(name) did not start: \(errorName(failed))")
        }
        self.thread = thread
    }

    /// Waits until `body` has returned.
    public consuming func join() {
        pthread_join(thread, nil)
    }
}
