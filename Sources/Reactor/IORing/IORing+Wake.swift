import CShims
import Glibc

extension IORing {
    /// Makes the turn of another core end.
    ///
    /// A message from ring to ring, in the batch that is submitted anyhow: no system call of its own. Its success
    /// is reported there, not here. It fails when the peer has gone (it needs no waking) or when the peer's
    /// completion queue is overrun (it is awake).
    public mutating func wake(_ peer: WakeHandle) {
        counters.wakesSent &+= 1
        let entry = unsafe nextSubmission()
        let message = Self.token(.wake, slot: .max, generation: 0)
        unsafe io_uring_prep_msg_ring(entry, peer.rawValue, 0, message, 0)
        unsafe entry.pointee.flags |= UInt8(1 << IOSQE_CQE_SKIP_SUCCESS_BIT)
        unsafe entry.pointee.user_data = Self.token(.wakeFailed, slot: .max, generation: 0)
    }
}
