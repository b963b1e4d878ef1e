import Testing

@Suite struct ExpiryTests {
    @Test func expire() throws {
        try expect(
            #"""
            > EXPIRE nokey 10
            :0
            > EXPIRE nokey abc
            -ERR value is not an integer or out of range
            > EXPIRE nokey 10 FOO
            -ERR Unsupported option FOO
            > SET k v
            +OK
            > TTL k
            :-1
            > PTTL k
            :-1
            > EXPIRETIME k
            :-1
            > PEXPIRETIME k
            :-1
            > TTL nokey
            :-2
            > PTTL nokey
            :-2
            > EXPIRETIME nokey
            :-2
            > PEXPIRETIME nokey
            :-2
            > PERSIST k
            :0
            > PERSIST nokey
            :0
            > EXPIRE k 1000
            :1
            > TTL k
            :1000
            > EXPIRE k 500 GT
            :0
            > EXPIRE k 2000 GT
            :1
            > TTL k
            :2000
            > EXPIRE k 3000 LT
            :0
            > EXPIRE k 100 LT
            :1
            > TTL k
            :100
            > EXPIRE k 10 NX
            :0
            > EXPIRE k 50 XX
            :1
            > PERSIST k
            :1
            > TTL k
            :-1
            > EXPIRE k 10 XX
            :0
            > EXPIRE k 10 GT
            :0
            > EXPIRE k 100 LT
            :1
            > PERSIST k
            :1
            > EXPIRE k 100 NX
            :1
            > EXPIRE k 10 NX XX
            -ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE k 10 NX GT
            -ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE k 10 LT NX
            -ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE k 10 GT LT
            -ERR GT and LT options at the same time are not compatible
            > EXPIRE k 10 XX GT
            :0
            > EXPIRE k abc
            -ERR value is not an integer or out of range
            > EXPIRE k
            -ERR wrong number of arguments for 'expire' command
            > EXPIRE k 10 FOO
            -ERR Unsupported option FOO
            > EXPIRE k abc FOO
            -ERR Unsupported option FOO
            > EXPIRE k abc NX XX
            -ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE k 9223372036854775807
            -ERR invalid expire time in 'expire' command
            > EXPIRE k -9223372036854775808
            -ERR invalid expire time in 'expire' command
            > EXPIRE k 9223372036854775
            -ERR invalid expire time in 'expire' command
            > EXPIRE k 9223372036854776
            -ERR invalid expire time in 'expire' command
            > PEXPIRE k 9223372036854775807
            -ERR invalid expire time in 'pexpire' command
            > PEXPIREAT k 9223372036854775807
            :1
            > PEXPIRETIME k
            :9223372036854775807
            > EXPIRETIME k
            :9223372036854776
            > EXPIREAT k 33177117420
            :1
            > PEXPIRETIME k
            :33177117420000
            > EXPIRETIME k
            :33177117420
            > PEXPIREAT k 33177117420500
            :1
            > EXPIRETIME k
            :33177117421
            > PEXPIREAT k 33177117420499
            :1
            > EXPIRETIME k
            :33177117420
            > EXPIREAT k 9223372036854776
            -ERR invalid expire time in 'expireat' command
            > EXPIRE k -1
            :1
            > EXISTS k
            :0
            > SET k v
            +OK
            > EXPIREAT k 1
            :1
            > EXISTS k
            :0
            > SET k v
            +OK
            > PEXPIREAT k 0
            :1
            > EXISTS k
            :0
            > SET k v
            +OK
            > PEXPIRE k -9223372036854775808
            :1
            > EXISTS k
            :0
            > SET k v EX 100
            +OK
            > SET k w KEEPTTL
            +OK
            > TTL k
            :100
            > SET k w
            +OK
            > TTL k
            :-1
            > SET k v EX 100
            +OK
            > APPEND k x
            :2
            > TTL k
            :100
            > GETSET k y
            $2 vx
            > TTL k
            :-1
            > SET k v EXAT 33177117420
            +OK
            > EXPIRETIME k
            :33177117420
            > SET k v PXAT 33177117420500
            +OK
            > PEXPIRETIME k
            :33177117420500
            > MSET k 1
            +OK
            > TTL k
            :-1
            """#)
    }
}
