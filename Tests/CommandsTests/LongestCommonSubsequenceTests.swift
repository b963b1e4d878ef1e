import Testing

@Suite struct LongestCommonSubsequenceTests {
    @Test func longestCommonSubsequence() throws {
        try expect(
            #"""
            > MSET a ohmytext b mynewtext
            +OK
            > LCS a b
            $6 mytext
            > LCS a b LEN
            :6
            > LCS a b IDX
            *4 $7 matches *2 *2 *2 :4 :7 *2 :5 :8 *2 *2 :2 :3 *2 :0 :1 $3 len :6
            > LCS a b IDX MINMATCHLEN 4
            *4 $7 matches *1 *2 *2 :4 :7 *2 :5 :8 $3 len :6
            > LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN
            *4 $7 matches *1 *3 *2 :4 :7 *2 :5 :8 :4 $3 len :6
            > LCS a b WITHMATCHLEN
            $6 mytext
            > LCS a b IDX LEN
            -ERR If you want both the length and indexes, please just use IDX.
            > LCS a b MINMATCHLEN
            -ERR syntax error
            > LCS a b MINMATCHLEN abc
            -ERR value is not an integer or out of range
            > LCS a b IDX MINMATCHLEN -5
            *4 $7 matches *2 *2 *2 :4 :7 *2 :5 :8 *2 *2 :2 :3 *2 :0 :1 $3 len :6
            > LCS a b FOO
            -ERR syntax error
            > LCS a nokey
            $0
            > LCS nokey nokey2 LEN
            :0
            > LCS nokey b IDX
            *4 $7 matches *0 $3 len :0
            > LCS a a IDX WITHMATCHLEN
            *4 $7 matches *1 *3 *2 :0 :7 *2 :0 :7 :8 $3 len :8
            > LCS a
            -ERR wrong number of arguments for 'lcs' command
            """#)
    }

    @Test func longestCommonSubsequenceInRESP3() throws {
        try expect(
            #"""
            > MSET a ohmytext b mynewtext
            +OK
            > LCS a b IDX WITHMATCHLEN
            %2 $7 matches *2 *3 *2 :4 :7 *2 :5 :8 :4 *3 *2 :2 :3 *2 :0 :1 :2 $3 len :6
            > GET nokey
            _
            > MGET a nokey
            *2 $8 ohmytext _
            """#, .v3)
    }
}
