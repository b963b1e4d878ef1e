import Testing

@Suite struct KeyTests {
    @Test func existence() throws {
        try expect(
            #"""
            > EXISTS a
            :0
            > SET a 1
            +OK
            > EXISTS a
            :1
            > EXISTS a a b
            :2
            > TOUCH a b a
            :2
            > TYPE a
            +string
            > TYPE b
            +none
            > DEL a b
            :1
            > DEL a
            :0
            > MSET a 1 b 2 c 3
            +OK
            > UNLINK a b x
            :2
            > DEL c c
            :1
            > DBSIZE
            :0
            > EXISTS
            -ERR wrong number of arguments for 'exists' command
            > DEL
            -ERR wrong number of arguments for 'del' command
            > RANDOMKEY
            $-1
            > SET only 1
            +OK
            > RANDOMKEY
            $4 only
            """#)
    }

    @Test func renaming() throws {
        try expect(
            #"""
            > RENAME a b
            -ERR no such key
            > RENAME a a
            -ERR no such key
            > SET a 1 EX 1000
            +OK
            > RENAME a a
            +OK
            > RENAMENX a a
            :0
            > RENAME a b
            +OK
            > TTL b
            :1000
            > EXISTS a
            :0
            > SET a 2
            +OK
            > RENAMENX a b
            :0
            > RENAMENX a c
            :1
            > RENAMENX nokey x
            -ERR no such key
            > SET t 1 EX 100
            +OK
            > RENAME c t
            +OK
            > TTL t
            :-1
            > GET t
            $1 2
            > RENAME a
            -ERR wrong number of arguments for 'rename' command
            """#)
    }

    @Test func copying() throws {
        try expect(
            #"""
            > COPY a b
            :0
            > SET a 1 EX 1000
            +OK
            > COPY a b
            :1
            > TTL b
            :1000
            > COPY a b
            :0
            > COPY a b REPLACE
            :1
            > COPY a a
            -ERR source and destination objects are the same
            > COPY a a DB 0
            -ERR source and destination objects are the same
            > COPY a a DB 1
            :1
            > COPY a a DB 1
            :0
            > COPY a a DB 1 REPLACE
            :1
            > COPY a b DB 16
            -ERR DB index is out of range
            > COPY a b DB -1
            -ERR DB index is out of range
            > COPY a b DB abc
            -ERR value is not an integer or out of range
            > COPY a b DB 99999999999
            -ERR value is out of range, value must between -2147483648 and 2147483647
            > COPY a b DB 9223372036854775808
            -ERR value is not an integer or out of range
            > COPY a b DB
            -ERR syntax error
            > COPY a b FOO
            -ERR syntax error
            > COPY nokey b DB 99
            -ERR DB index is out of range
            > COPY a
            -ERR wrong number of arguments for 'copy' command
            """#)
    }

    @Test func moving() throws {
        try expect(
            #"""
            > MOVE a 1
            :0
            > SET a 1 EX 1000
            +OK
            > MOVE a 0
            -ERR source and destination objects are the same
            > MOVE a 16
            -ERR DB index is out of range
            > MOVE a -1
            -ERR DB index is out of range
            > MOVE a abc
            -ERR value is not an integer or out of range
            > MOVE a 99999999999
            -ERR value is out of range, value must between -2147483648 and 2147483647
            > MOVE a 1
            :1
            > EXISTS a
            :0
            > SET a 2
            +OK
            > MOVE a 1
            :0
            > GET a
            $1 2
            > SWAPDB 0 1
            +OK
            > GET a
            $1 1
            > TTL a
            :1000
            > SWAPDB 0 0
            +OK
            > SWAPDB 0 16
            -ERR DB index is out of range
            > SWAPDB -1 0
            -ERR DB index is out of range
            > SWAPDB a 0
            -ERR invalid first DB index
            > SWAPDB 0 a
            -ERR invalid second DB index
            > SWAPDB 0 99999999999
            -ERR invalid second DB index
            > SWAPDB 99999999999 a
            -ERR invalid first DB index
            """#)
    }

    @Test func patterns() throws {
        try expect(
            #"""
            > SET one 1
            +OK
            > KEYS *
            *1 $3 one
            > KEYS o*e
            *1 $3 one
            > KEYS O*
            *0
            > KEYS [m-p]n?
            *1 $3 one
            > KEYS ""
            *0
            > KEYS x*
            *0
            > SET "" e
            +OK
            > KEYS ""
            *1 $0
            > KEYS
            -ERR wrong number of arguments for 'keys' command
            """#)
    }

    @Test func walking() throws {
        try expect(
            #"""
            > SCAN 0
            *2 $1 0 *0
            > SET one 1
            +OK
            > SCAN 0
            *2 $1 0 *1 $3 one
            > SCAN 0 COUNT 10 MATCH o* TYPE string
            *2 $1 0 *1 $3 one
            > SCAN 0 MATCH x*
            *2 $1 0 *0
            > SCAN 0 TYPE list
            *2 $1 0 *0
            > SCAN 0 TYPE STRING
            *2 $1 0 *1 $3 one
            > SCAN 0 COUNT 0
            -ERR syntax error
            > SCAN 0 COUNT -1
            -ERR syntax error
            > SCAN 0 COUNT abc
            -ERR value is not an integer or out of range
            > SCAN 0 COUNT 9223372036854775807
            *2 $1 0 *1 $3 one
            > SCAN 0 COUNT 9223372036854775808
            -ERR value is not an integer or out of range
            > SCAN 0 COUNT
            -ERR syntax error
            > SCAN 0 FOO 1
            -ERR syntax error
            > SCAN abc
            -ERR invalid cursor
            > SCAN 1abc
            -ERR invalid cursor
            > SCAN ""
            *2 $1 0 *1 $3 one
            > SCAN " 1"
            -ERR invalid cursor
            > SCAN 18446744073709551616
            -ERR invalid cursor
            > SCAN
            -ERR wrong number of arguments for 'scan' command
            """#)
    }

    @Test func flushing() throws {
        try expect(
            #"""
            > SET a 1
            +OK
            > FLUSHDB FOO
            -ERR syntax error
            > FLUSHDB SYNC ASYNC
            -ERR syntax error
            > EXISTS a
            :1
            > FLUSHDB SYNC
            +OK
            > EXISTS a
            :0
            > SET a 1
            +OK
            > FLUSHALL ASYNC
            +OK
            > EXISTS a
            :0
            > FLUSHALL foo
            -ERR syntax error
            > FLUSHALL
            +OK
            > DBSIZE
            :0
            """#)
    }
}
