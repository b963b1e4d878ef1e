import Testing

@Suite struct StringTests {
    @Test func getAndSet() throws {
        try expect(
            #"""
            > GET k
            $-1
            > SET k v
            +OK
            > GET k
            $1 v
            > SET k w NX
            $-1
            > GET k
            $1 v
            > SET n w XX
            $-1
            > SET n w NX
            +OK
            > GET n
            $1 w
            > SET k x GET
            $1 v
            > SET m x GET
            $-1
            > GET m
            $1 x
            > SET m y NX GET
            $1 x
            > SET q y XX GET
            $-1
            > SET k 1 NX XX
            -ERR syntax error
            > SET k 1 XX NX
            -ERR syntax error
            > SET k 1 FOO
            -ERR syntax error
            > SET k 1 EX
            -ERR syntax error
            > SET k 1 PX abc
            -ERR value is not an integer or out of range
            > SET k 1 EX 0
            -ERR invalid expire time in 'set' command
            > SET k 1 EX -5
            -ERR invalid expire time in 'set' command
            > SET k 1 PX 9223372036854775807
            -ERR invalid expire time in 'set' command
            > SET k 1 EX 9223372036854775
            -ERR invalid expire time in 'set' command
            > SET k 1 EX 9223372036854776
            -ERR invalid expire time in 'set' command
            > SET k 1 EX 10 PX 10
            -ERR syntax error
            > SET k 1 EX 10 KEEPTTL
            -ERR syntax error
            > SET k 1 PERSIST
            -ERR syntax error
            > SET k 1 EX 10 EX 20
            +OK
            > SET k 1 PXAT 9223372036854775807
            +OK
            > SET k 1 nx gEt ex 100
            $1 1
            > GET
            -ERR wrong number of arguments for 'get' command
            > GET a b
            -ERR wrong number of arguments for 'get' command
            > SET a
            -ERR wrong number of arguments for 'set' command
            > SET "" ""
            +OK
            > GET ""
            $0
            > STRLEN ""
            :0
            > SET "a\x00b" "c\x0d\x0ad"
            +OK
            > GET "a\x00b"
            $4 c d
            > SETNX k 5
            :0
            > SETNX z 5
            :1
            > GET z
            $1 5
            > SETEX k 0 v
            -ERR invalid expire time in 'setex' command
            > SETEX k abc v
            -ERR value is not an integer or out of range
            > SETEX k -1 v
            -ERR invalid expire time in 'setex' command
            > SETEX k 10 v
            +OK
            > PSETEX k 0 v
            -ERR invalid expire time in 'psetex' command
            > PSETEX k 9223372036854775807 v
            -ERR invalid expire time in 'psetex' command
            > PSETEX k 10000 v
            +OK
            > GETSET k new
            $1 v
            > GETSET nokey new
            $-1
            > GETDEL nokey
            $3 new
            > GETDEL k
            $3 new
            > GET k
            $-1
            > GETDEL nokey2
            $-1
            """#)
    }

    @Test func getex() throws {
        try expect(
            #"""
            > GETEX k
            $-1
            > SET k v
            +OK
            > GETEX k
            $1 v
            > GETEX k EX 0
            -ERR invalid expire time in 'getex' command
            > GETEX k EX 100
            $1 v
            > GETEX k PERSIST
            $1 v
            > TTL k
            :-1
            > GETEX k KEEPTTL
            -ERR syntax error
            > GETEX k NX
            -ERR syntax error
            > GETEX k EX
            -ERR syntax error
            > GETEX k EX 10 PERSIST
            -ERR syntax error
            > GETEX k PERSIST EX 10
            -ERR syntax error
            > GETEX k EX abc
            -ERR value is not an integer or out of range
            > GETEX nokey EX abc
            $-1
            > GETEX nokey EX 0
            $-1
            > GETEX nokey FOO
            -ERR syntax error
            > GETEX k EXAT 1
            $1 v
            > GET k
            $-1
            > EXISTS k
            :0
            """#)
    }

    @Test func manyKeys() throws {
        try expect(
            #"""
            > MSET a 1 b 2 a 3
            +OK
            > MGET a b c a
            *4 $1 3 $1 2 $-1 $1 3
            > MSET a
            -ERR wrong number of arguments for 'mset' command
            > MSET a 1 b
            -ERR wrong number of arguments for 'mset' command
            > MSETNX a 1 b
            -ERR wrong number of arguments for 'msetnx' command
            > MSETNX c 1 a 2
            :0
            > EXISTS c
            :0
            > MSETNX c 1 d 2
            :1
            > MGET c d
            *2 $1 1 $1 2
            > MSETNX e 1 e 2
            :1
            > GET e
            $1 2
            > MGET
            -ERR wrong number of arguments for 'mget' command
            > MSET
            -ERR wrong number of arguments for 'mset' command
            """#)
    }

    @Test func runsOfBytes() throws {
        try expect(
            #"""
            > APPEND k ab
            :2
            > APPEND k cd
            :4
            > GET k
            $4 abcd
            > OBJECT ENCODING k
            $3 raw
            > STRLEN k
            :4
            > STRLEN nokey
            :0
            > APPEND n 5
            :1
            > OBJECT ENCODING n
            $3 int
            > APPEND n ""
            :1
            > OBJECT ENCODING n
            $3 raw
            > SETRANGE k 1 XY
            :4
            > GET k
            $4 aXYd
            > SETRANGE k 6 z
            :7
            > GET k
            $7 aXYd\x00\x00z
            > SETRANGE k -1 a
            -ERR offset is out of range
            > SETRANGE k abc a
            -ERR value is not an integer or out of range
            > SETRANGE k 0 ""
            :7
            > SETRANGE nokey 5 ""
            :0
            > EXISTS nokey
            :0
            > SETRANGE nokey 3 a
            :4
            > GET nokey
            $4 \x00\x00\x00a
            > SETRANGE k 536870911 ab
            -ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > SETRANGE nokey2 9223372036854775807 a
            -ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > SETRANGE nokey2 9223372036854775807 ""
            :0
            > SETRANGE nokey2 536870912 a
            -ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > EXISTS nokey2
            :0
            > SET s "This is a string"
            +OK
            > GETRANGE s 0 3
            $4 This
            > GETRANGE s -3 -1
            $3 ing
            > GETRANGE s 0 -1
            $16 This is a string
            > GETRANGE s 10 100
            $6 string
            > GETRANGE s 5 3
            $0
            > GETRANGE s -3 -5
            $0
            > GETRANGE s -100 2
            $3 Thi
            > GETRANGE s 20 30
            $0
            > GETRANGE s a 1
            -ERR value is not an integer or out of range
            > GETRANGE s 1 b
            -ERR value is not an integer or out of range
            > GETRANGE nokey3 a 1
            -ERR value is not an integer or out of range
            > GETRANGE nokey3 0 1
            $0
            > GETRANGE s -9223372036854775808 9223372036854775807
            $16 This is a string
            > SUBSTR s 2 5
            $4 is i
            """#)
    }

    @Test func encodings() throws {
        try expect(
            #"""
            > SET k 123
            +OK
            > OBJECT ENCODING k
            $3 int
            > SET k 0123
            +OK
            > OBJECT ENCODING k
            $6 embstr
            > SET k -5
            +OK
            > OBJECT ENCODING k
            $3 int
            > SET k 9223372036854775807
            +OK
            > OBJECT ENCODING k
            $3 int
            > SET k 9223372036854775808
            +OK
            > OBJECT ENCODING k
            $6 embstr
            > SET k aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            +OK
            > OBJECT ENCODING k
            $6 embstr
            > SET k aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            +OK
            > OBJECT ENCODING k
            $3 raw
            > SET k 12
            +OK
            > SETRANGE k 0 3
            :2
            > OBJECT ENCODING k
            $3 raw
            > GETSET k 5
            $2 32
            > OBJECT ENCODING k
            $3 int
            > SETBIT k 1 0
            :0
            > OBJECT ENCODING k
            $3 raw
            > SET k 5
            +OK
            > BITOP OR j k
            :1
            > OBJECT ENCODING j
            $3 raw
            > COPY j i
            :1
            > OBJECT ENCODING i
            $3 raw
            > RENAME k kk
            +OK
            > OBJECT ENCODING kk
            $3 int
            > MSETNX a 5 b x
            :1
            > OBJECT ENCODING a
            $3 int
            > OBJECT ENCODING b
            $6 embstr
            > SET f 3.0
            +OK
            > INCRBYFLOAT f 1
            $1 4
            > OBJECT ENCODING f
            $6 embstr
            > INCR f
            :5
            > OBJECT ENCODING f
            $3 int
            > OBJECT ENCODING nokey
            $-1
            > OBJECT REFCOUNT a
            :2147483647
            > OBJECT REFCOUNT b
            :1
            > OBJECT REFCOUNT nokey
            $-1
            > OBJECT FREQ a
            -ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.
            > OBJECT FREQ nokey
            $-1
            > OBJECT IDLETIME b
            :0
            > OBJECT IDLETIME nokey
            $-1
            > OBJECT foo a
            -ERR unknown subcommand 'foo'. Try OBJECT HELP.
            > OBJECT ENCODING
            -ERR wrong number of arguments for 'object|encoding' command
            > OBJECT
            -ERR wrong number of arguments for 'object' command
            """#)
    }
}
