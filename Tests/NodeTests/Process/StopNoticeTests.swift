import Glibc
import Testing

@testable import Node

@Suite struct StopNoticeTests {
    private func isReadable(_ descriptor: Int32) -> Bool {
        var asked = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&asked, 1, 0) == 1
    }

    @Test func everyoneSeesItForGood() {
        let notice = StopNotice()
        #expect(!notice.isPosted)
        #expect(!isReadable(notice.descriptor))
        notice.post()
        notice.post()
        #expect(notice.isPosted)
        #expect(isReadable(notice.descriptor))
        #expect(isReadable(notice.descriptor), "stays so")
    }
}
