import Testing

@Suite struct BitmapTests {
    @Test func singleBits() throws {
        try expect(
            #"""
            > SETBIT k 7 1
            :0
            > GET k
            $1 \x01
            > SETBIT k 7 0
            :1
            > GETBIT k 7
            :0
            > GETBIT k 0
            :0
            > GETBIT k 100
            :0
            > GETBIT nokey 5
            :0
            > SETBIT k 20 1
            :0
            > STRLEN k
            :3
            > SETBIT k -1 1
            -ERR bit offset is not an integer or out of range
            > SETBIT k abc 1
            -ERR bit offset is not an integer or out of range
            > SETBIT k 4294967296 1
            -ERR bit offset is not an integer or out of range
            > SETBIT k 4294967295000 1
            -ERR bit offset is not an integer or out of range
            > SETBIT k 0 2
            -ERR bit is not an integer or out of range
            > SETBIT k 0 abc
            -ERR bit is not an integer or out of range
            > SETBIT k 0 -1
            -ERR bit is not an integer or out of range
            > GETBIT k -1
            -ERR bit offset is not an integer or out of range
            > GETBIT k 4294967296
            -ERR bit offset is not an integer or out of range
            > GETBIT k 9223372036854775808
            -ERR bit offset is not an integer or out of range
            > GETBIT k
            -ERR wrong number of arguments for 'getbit' command
            > SETBIT n 5 0
            :0
            > GET n
            $1 \x00
            > SETBIT k #1 1
            -ERR bit offset is not an integer or out of range
            """#)
    }

    @Test func countingOnes() throws {
        try expect(
            #"""
            > SET k foobar
            +OK
            > BITCOUNT k
            :26
            > BITCOUNT k 0 0
            :4
            > BITCOUNT k 1 1
            :6
            > BITCOUNT k 0 -1
            :26
            > BITCOUNT k -2 -1
            :7
            > BITCOUNT k -1 -2
            :0
            > BITCOUNT k 5 30 BIT
            :17
            > BITCOUNT k 5 30 bit
            :17
            > BITCOUNT k 1 1 BYTE
            :6
            > BITCOUNT k 0 5 FOO
            -ERR syntax error
            > BITCOUNT k -1 -5 FOO
            :0
            > BITCOUNT k 0
            -ERR syntax error
            > BITCOUNT k a 1
            -ERR value is not an integer or out of range
            > BITCOUNT k 0 b
            -ERR value is not an integer or out of range
            > BITCOUNT nokey a b c d
            :0
            > BITCOUNT nokey
            :0
            > BITCOUNT k 0 1 BIT 5
            -ERR syntax error
            > BITCOUNT k 100 200
            :0
            > BITCOUNT k -100 -50
            :4
            > BITCOUNT k -9223372036854775808 9223372036854775807 BIT
            :26
            > SET e ""
            +OK
            > BITCOUNT e
            :0
            > BITCOUNT e 0 0
            :0
            """#)
    }

    @Test func findingABit() throws {
        try expect(
            #"""
            > SET k "\xff\xf0\x00"
            +OK
            > BITPOS k 0
            :12
            > BITPOS k 1
            :0
            > BITPOS k 1 2
            :-1
            > BITPOS k 0 0 0
            :-1
            > BITPOS k 1 0 -1 BIT
            :0
            > BITPOS k 0 3 10 BIT
            :-1
            > BITPOS k 0 12 12 BIT
            :12
            > BITPOS k 1 13 20 BIT
            :-1
            > BITPOS k 2
            -ERR The bit argument must be 1 or 0.
            > BITPOS k abc
            -ERR value is not an integer or out of range
            > BITPOS nokey 0
            :0
            > BITPOS nokey 1
            :-1
            > BITPOS nokey 1 abc
            :-1
            > BITPOS k 1 abc
            -ERR value is not an integer or out of range
            > BITPOS k 1 0 abc
            -ERR value is not an integer or out of range
            > BITPOS k 1 0 1 FOO
            -ERR syntax error
            > BITPOS k 1 abc 1 FOO
            -ERR value is not an integer or out of range
            > BITPOS k 1 0 1 BIT 5
            -ERR syntax error
            > SET f "\xff\xff\xff"
            +OK
            > BITPOS f 0
            :24
            > BITPOS f 0 0
            :24
            > BITPOS f 0 0 -1
            :-1
            > BITPOS f 0 5
            :-1
            > BITPOS k 0 -5 -11
            :-1
            > BITPOS f 1 -1 -2
            :-1
            > SET e ""
            +OK
            > BITPOS e 0
            :-1
            > BITPOS e 1
            :-1
            > BITPOS e 0 0 -1
            :-1
            > SET long "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
            +OK
            > BITPOS long 1
            :159
            > BITPOS long 1 1 -1
            :159
            """#)
    }

    @Test func combining() throws {
        try expect(
            #"""
            > SET a "\xff\x0f"
            +OK
            > SET b "\x0f"
            +OK
            > BITOP AND d a b
            :2
            > GET d
            $2 \x0f\x00
            > BITOP OR d a b
            :2
            > GET d
            $2 \xff\x0f
            > BITOP XOR d a b
            :2
            > GET d
            $2 \xf0\x0f
            > BITOP NOT d a
            :2
            > GET d
            $2 \x00\xf0
            > BITOP NOT d a b
            -ERR BITOP NOT must be called with a single source key.
            > BITOP FOO d a
            -ERR syntax error
            > BITOP AND d nokey
            :0
            > EXISTS d
            :0
            > BITOP AND d a nokey
            :2
            > GET d
            $2 \x00\x00
            > BITOP NOT d nokey
            :0
            > BITOP or d a a
            :2
            > BITOP AND d
            -ERR wrong number of arguments for 'bitop' command
            > SET d 1 EX 100
            +OK
            > BITOP OR d a b
            :2
            > TTL d
            :-1
            """#)
    }

    @Test func fields() throws {
        try expect(
            #"""
            > BITFIELD k SET u8 0 200 GET u8 0 INCRBY u8 0 100
            *3 :0 :200 :44
            > BITFIELD k OVERFLOW SAT INCRBY u8 0 1000 OVERFLOW FAIL INCRBY u8 0 1 INCRBY i8 8 127
            *3 :255 $-1 :127
            > BITFIELD k GET i8 0 GET u4 0 GET u4 4 GET i4 #1
            *4 :-1 :15 :15 :-1
            > BITFIELD k INCRBY i64 0 9223372036854775807
            *1 :9187061764859101183
            > BITFIELD k INCRBY i64 0 9223372036854775807
            *1 :-36310271995674626
            > BITFIELD k OVERFLOW SAT INCRBY i64 0 -9223372036854775808 INCRBY i64 0 -9223372036854775808
            *2 :-9223372036854775808 :-9223372036854775808
            > BITFIELD k OVERFLOW FAIL SET u8 0 256 SET u8 0 -1 SET i8 0 128
            *3 $-1 $-1 $-1
            > BITFIELD k OVERFLOW SAT SET u8 0 256 GET u8 0 SET u8 0 -1 GET u8 0 SET i8 0 -129 GET i8 0
            *6 :128 :255 :255 :255 :-1 :-128
            > BITFIELD k SET u8 0 300 GET u8 0 SET i5 3 -17 GET i5 3
            *4 :128 :44 :12 :15
            > BITFIELD k SET u63 1 9223372036854775807 GET u63 1 INCRBY u63 1 1
            *3 :3386706919782612992 :9223372036854775807 :0
            > BITFIELD k GET u64 0
            -ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
            > BITFIELD k GET i65 0
            -ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
            > BITFIELD k GET u0 0
            -ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
            > BITFIELD k GET i64 0 GET i1 0 GET u1 0
            *3 :0 :0 :0
            > BITFIELD k GET x8 0
            -ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
            > BITFIELD k GET "" 0
            -ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
            > BITFIELD k GET u 0
            -ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.
            > BITFIELD k GET u8 -1
            -ERR bit offset is not an integer or out of range
            > BITFIELD k GET u8 abc
            -ERR bit offset is not an integer or out of range
            > BITFIELD k GET u8 #
            -ERR bit offset is not an integer or out of range
            > BITFIELD k GET u8 #-1
            -ERR bit offset is not an integer or out of range
            > BITFIELD k GET u8 4294967296
            -ERR bit offset is not an integer or out of range
            > BITFIELD k SET u8 0 abc
            -ERR value is not an integer or out of range
            > BITFIELD k SET u8 0 9223372036854775808
            -ERR value is not an integer or out of range
            > BITFIELD k OVERFLOW FOO
            -ERR Invalid OVERFLOW type specified
            > BITFIELD k OVERFLOW
            -ERR syntax error
            > BITFIELD k GET u8
            -ERR syntax error
            > BITFIELD k FOO u8 0
            -ERR syntax error
            > BITFIELD k
            *0
            > BITFIELD nokey GET u8 0
            *1 :0
            > EXISTS nokey
            :0
            > BITFIELD new INCRBY u2 100 1
            *1 :1
            > STRLEN new
            :13
            > BITFIELD n2 OVERFLOW FAIL SET u1 0 5
            *1 $-1
            > STRLEN n2
            :1
            > BITFIELD_RO k GET u8 0
            *1 :0
            > BITFIELD_RO k SET u8 0 1
            -ERR BITFIELD_RO only supports the GET subcommand
            > BITFIELD_RO nokey GET u8 0
            *1 :0
            > SET num 10
            +OK
            > BITFIELD num GET u8 0
            *1 :49
            > OBJECT ENCODING num
            $3 int
            > BITFIELD num INCRBY u8 0 1
            *1 :50
            > OBJECT ENCODING num
            $3 raw
            """#)
    }

    /// The room above a far too small number does not fit 64 bits, and redis-server takes it for too large.
    @Test func saturatingFromFarBelow() throws {
        try expect(
            #"""
            > BITFIELD a OVERFLOW SAT SET i32 0 -9223372036854775808 GET i32 0
            *2 :0 :2147483647
            > BITFIELD b OVERFLOW SAT SET i32 0 -9223372034707292161 GET i32 0
            *2 :0 :2147483647
            > BITFIELD c OVERFLOW SAT SET i32 0 -9223372034707292160 GET i32 0
            *2 :0 :-2147483648
            > BITFIELD d OVERFLOW SAT SET i63 0 -4611686018427387905 GET i63 0
            *2 :0 :4611686018427387903
            > BITFIELD e OVERFLOW SAT SET i1 0 -9223372036854775808 GET i1 0 SET i1 0 -9223372036854775807 GET i1 0
            *4 :0 :0 :0 :-1
            > BITFIELD f OVERFLOW SAT INCRBY i32 0 -9223372036854775808 SET i64 0 -9223372036854775808
            *2 :-2147483648 :-9223372036854775808
            """#)
    }

    @Test func fieldsInRESP3() throws {
        try expect(
            #"""
            > BITFIELD k OVERFLOW FAIL SET u8 0 256 GET u8 0
            *2 _ :0
            """#, .v3)
    }
}
