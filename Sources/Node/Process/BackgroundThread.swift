import Glibc

/// A thread without a core's duties: it may block.
enum BackgroundThread {
    /// Runs the body on a thread of its own. The thread blocks all signals that the main thread blocked before.
    static func start(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        // Safe: the box is retained here and released once, by the one thread that gets its address.
        let code = unsafe pthread_create(
            &thread, nil,
            { address in
                guard let address = unsafe address else { return nil }
                unsafe Unmanaged<Box>.fromOpaque(address).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        precondition(code == 0, "a node needs one thread more than it has cores; the system gives none (error \(code))")
        pthread_detach(thread)
    }
}
