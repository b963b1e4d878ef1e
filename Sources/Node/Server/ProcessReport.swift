import Glibc

// Every `unsafe` in this file fills a struct or an array of ours during one system call.

/// What the kernel says of this process and its machine. Asked when somebody wants to know; any thread may ask.
enum ProcessReport {
    /// Processor time in microseconds.
    struct CPUTime: Sendable, Equatable {
        var system: Int64 = 0
        var user: Int64 = 0

        static func + (a: CPUTime, b: CPUTime) -> CPUTime {
            CPUTime(system: a.system + b.system, user: a.user + b.user)
        }

        init(system: Int64 = 0, user: Int64 = 0) {
            self.system = system
            self.user = user
        }

        fileprivate init(_ usage: rusage) {
            system = Int64(usage.ru_stime.tv_sec) * 1_000_000 + Int64(usage.ru_stime.tv_usec)
            user = Int64(usage.ru_utime.tv_sec) * 1_000_000 + Int64(usage.ru_utime.tv_usec)
        }
    }

    /// Of all threads since the start.
    static var processTime: CPUTime { time(of: Int32(RUSAGE_SELF.rawValue)) }

    /// Of programs that this one started and waited for: there are none, and the kernel confirms it.
    static var childrenTime: CPUTime { time(of: Int32(RUSAGE_CHILDREN.rawValue)) }

    /// Of the thread that asks: RUSAGE_THREAD, which the headers show to GNU programs only.
    static var threadTime: CPUTime { time(of: 1) }

    private static func time(of who: Int32) -> CPUTime {
        var usage = rusage()
        unsafe getrusage(who, &usage)
        return CPUTime(usage)
    }

    static var processID: Int32 { getpid() }

    /// Bytes of memory in RAM: the second number of /proc/self/statm, in pages.
    static var residentBytes: Int {
        guard case .success(let bytes) = ConfigFiles.system.read("/proc/self/statm") else { return 0 }
        let words = bytes.split(separator: UInt8(ascii: " "))
        guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self)) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// `Linux 6.18.44 x86_64`.
    static let system: String = {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return "Linux" }
        return [text(name.sysname), text(name.release), text(name.machine)].joined(separator: " ")
    }()

    /// A fixed array of C, up to its zero.
    private static func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The path of the running program.
    static let executable: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        return String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// Lets this process open so many files. Returns how many it may open, which is less if the system says no.
    static func raiseDescriptorLimit(to wanted: UInt) -> UInt {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        unsafe getrlimit(resource, &limit)
        if limit.rlim_cur >= wanted { return limit.rlim_cur }
        let before = limit
        limit.rlim_cur = wanted
        limit.rlim_max = max(limit.rlim_max, wanted)
        if unsafe setrlimit(resource, &limit) == 0 { return wanted }
        // The hard limit stands: take what it leaves.
        limit = before
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(resource, &limit)
        return limit.rlim_max
    }

    /// Descriptors that a node needs besides those of its clients: rings, listeners, logs, files.
    static func descriptorsReserved(coreCount: Int) -> UInt { 64 + UInt(coreCount) * 8 }

    /// Works in another folder from now on. Nil, or the operating system's words.
    static func enterFolder(_ path: String) -> String? {
        unsafe chdir(path) == 0 ? nil : ConfigFiles.Refusal.last().text
    }
}
