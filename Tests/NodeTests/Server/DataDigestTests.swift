import Testing

@testable import Node

/// The digests of DEBUG DIGEST. Expected values are redis-server 7.0.15's, and FIPS 180's for SHA-1.
struct DataDigestTests {
    private func hexadecimal(_ text: String) -> String {
        SHA1.digest(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func knownDigests() {
        #expect(hexadecimal("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(hexadecimal("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hexadecimal("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
        for length in [55, 56, 63, 64, 65, 119, 120] {
            #expect(hexadecimal(String(repeating: "a", count: length)).utf8.count == 40)
        }
    }

    @Test func aValueIsDigestedAsRedisDoes() {
        var digest = DataDigest()
        digest.mixValue(Array("v".utf8), isExpiring: false)
        #expect(digest.text == "d79ee9fe5d5ad902d7f6620efc3b07b75ddd742f")
        var number = DataDigest()
        number.mixValue(Array("12345".utf8), isExpiring: false)
        #expect(number.text == "e1cf90774e995ae03de66e8109dc5cb9d9c2dc83")
    }

    @Test func shardsAddUpInAnyOrder() {
        func sum(_ keys: [String]) -> DataDigest {
            var digest = DataDigest()
            for key in keys { digest.addKey(Array(key.utf8), [1, 2], isExpiring: key == "b") }
            return digest
        }
        var parts = sum(["c"])
        parts.combine(sum(["b", "a"]))
        #expect(parts == sum(["a", "b", "c"]))
        #expect(DataDigest.ofDatabases([parts, nil]) != DataDigest.ofDatabases([nil, parts]))
        #expect(DataDigest.ofDatabases([nil, nil]).text == String(repeating: "0", count: 40))
    }
}
