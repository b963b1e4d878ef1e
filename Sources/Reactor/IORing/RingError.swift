import CShims
import Glibc

/// Why a ring cannot be had, and what the operator can do about it.
public struct RingError: Error, CustomStringConvertible, Equatable, Sendable {
    /// What is in the way.
    public var cause: String
    /// What removes it.
    public var remedy: String

    /// Cause and remedy in one line.
    public var description: String { "\(cause); \(remedy)" }

    init(cause: String, remedy: String) {
        self.cause = cause
        self.remedy = remedy
    }

    static func noMemory(bytes: Int, errno: Int32) -> RingError {
        RingError(
            cause: "\(bytes) bytes of receive buffers cannot be mapped (\(errorName(errno)))",
            remedy: "lower the number of receive buffers or raise the memory limit of this process")
    }

    /// The kernel is recent enough by its number, yet lacks something: another implementation, or a cut-down one.
    static func missing(_ what: String) -> RingError {
        RingError(
            cause: "this kernel's io_uring lacks \(what)",
            remedy:
                "run on a standard Linux 6.1 or newer (sandboxes such as gVisor implement a part of io_uring)"
        )
    }

    static func kernelTooOld(_ machine: MachineFacts) -> RingError? {
        guard let version = machine.version, version < (6, 1) else { return nil }
        return RingError(
            cause:
                "Linux \(machine.release) is too old: its io_uring lacks deferred task runs and multishot receives",
            remedy: "run Linux 6.1 or newer")
    }

    /// What an errno of io_uring_setup means on this machine.
    static func setupFailed(_ errno: Int32, _ machine: MachineFacts) -> RingError {
        switch errno {
        case EPERM where machine.ioUringDisabled == 2:
            return RingError(
                cause: "io_uring is switched off on this machine (kernel.io_uring_disabled = 2)",
                remedy: "as root: sysctl -w kernel.io_uring_disabled=0")
        case EPERM where machine.ioUringDisabled == 1:
            return RingError(
                cause: "io_uring is reserved for privileged users and a group (kernel.io_uring_disabled = 1)",
                remedy: "add this user to the group in kernel.io_uring_group, or as root: "
                    + "sysctl -w kernel.io_uring_disabled=0")
        case EPERM where machine.seccompFilter, EACCES where machine.seccompFilter,
            ENOSYS where machine.seccompFilter:
            return RingError(
                cause:
                    "a seccomp filter forbids io_uring (\(errorName(errno))), as container runtimes do by default",
                remedy:
                    "allow io_uring_setup, io_uring_enter and io_uring_register in the container's seccomp "
                    + "profile (for a trial: docker run --security-opt seccomp=unconfined)")
        case EPERM, EACCES:
            return RingError(
                cause: "a security policy forbids io_uring (\(errorName(errno)))",
                remedy: "look for a denial in the audit log and allow io_uring for this program")
        case ENOSYS:
            return RingError(
                cause: "this kernel (\(machine.release)) has been built without io_uring",
                remedy: "run a kernel with CONFIG_IO_URING=y")
        case ENOMEM:
            return RingError(
                cause: "the kernel has no memory for the ring's queues",
                remedy: "raise the locked-memory limit (ulimit -l) or the memory limit of this container")
        case EMFILE, ENFILE:
            return RingError(
                cause: "no file descriptor is left for the ring (\(errorName(errno)))",
                remedy: "raise the limit of open files (ulimit -n)")
        case EINVAL:
            return missing("every way of setting up that we know")
        default:
            return RingError(
                cause: "io_uring_setup failed (\(errorName(errno)))",
                remedy: "run on a standard Linux 6.1 or newer")
        }
    }
}

/// What a message about a missing ring needs to know of the machine.
struct MachineFacts {
    var release: String
    /// kernel.io_uring_disabled, if there is such a setting.
    var ioUringDisabled: Int?
    /// Whether this process runs under a seccomp filter.
    var seccompFilter: Bool

    /// Major and minor number of the kernel.
    var version: (Int, Int)? {
        let numbers = release.split(separator: ".", maxSplits: 2)
        guard numbers.count >= 2, let major = Int(numbers[0]) else { return nil }
        guard let minor = Int(numbers[1].prefix { $0.isNumber }) else { return nil }
        return (major, minor)
    }

    static func read() -> MachineFacts {
        var name = utsname()
        unsafe uname(&name)
        let release = unsafe withUnsafeBytes(of: &name.release) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let disabled = smallFile("/proc/sys/kernel/io_uring_disabled").flatMap { text in
            Int(text.prefix { $0.isNumber })
        }
        let filtered = smallFile("/proc/self/status")?.contains("Seccomp:\t2") ?? false
        return MachineFacts(release: release, ioUringDisabled: disabled, seccompFilter: filtered)
    }
}

/// The first 4 KiB of a file of the kernel's, `nil` if it cannot be read.
func smallFile(_ path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { _ = close(descriptor) }
    let text = unsafe String(unsafeUninitializedCapacity: 4096) { bytes in
        max(0, unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count))
    }
    return text.isEmpty ? nil : text
}

/// An errno value in words, for messages only.
public func errorName(_ errno: Int32) -> String {
    guard let text = unsafe strerror(errno) else { return "error \(errno)" }
    return unsafe String(cString: text)
}
