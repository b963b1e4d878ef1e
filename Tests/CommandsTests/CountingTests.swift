import Testing

@Suite struct CountingTests {
    @Test func counting() throws {
        try expect(
            #"""
            > INCR n
            :1
            > INCR n
            :2
            > DECR n
            :1
            > INCRBY n 41
            :42
            > DECRBY n 2
            :40
            > GET n
            $2 40
            > OBJECT ENCODING n
            $3 int
            > SET n 9223372036854775807
            +OK
            > INCR n
            -ERR increment or decrement would overflow
            > GET n
            $19 9223372036854775807
            > INCRBY n 1
            -ERR increment or decrement would overflow
            > DECRBY n -1
            -ERR increment or decrement would overflow
            > DECRBY n -9223372036854775808
            -ERR decrement would overflow
            > INCRBY n -9223372036854775808
            :-1
            > SET n -9223372036854775808
            +OK
            > DECR n
            -ERR increment or decrement would overflow
            > DECRBY n 1
            -ERR increment or decrement would overflow
            > SET n abc
            +OK
            > INCR n
            -ERR value is not an integer or out of range
            > SET n " 1"
            +OK
            > INCR n
            -ERR value is not an integer or out of range
            > SET n 01
            +OK
            > INCR n
            -ERR value is not an integer or out of range
            > SET n ""
            +OK
            > INCR n
            -ERR value is not an integer or out of range
            > INCRBY m abc
            -ERR value is not an integer or out of range
            > INCRBY m 9223372036854775808
            -ERR value is not an integer or out of range
            > INCRBY m 1.5
            -ERR value is not an integer or out of range
            > DECRBY m ""
            -ERR value is not an integer or out of range
            > EXISTS m
            :0
            > SET x 10
            +OK
            > APPEND x 0
            :3
            > INCR x
            :101
            > OBJECT ENCODING x
            $3 int
            > SET t 1 EX 1000
            +OK
            > INCR t
            :2
            > TTL t
            :1000
            """#)
    }

    @Test func countingInDecimals() throws {
        try expect(
            #"""
            > INCRBYFLOAT n 10.5
            $4 10.5
            > INCRBYFLOAT n 0.1
            $4 10.6
            > GET n
            $4 10.6
            > OBJECT ENCODING n
            $6 embstr
            > INCRBYFLOAT n -5.0e2
            $22 -489.39999999999999999
            > INCRBYFLOAT n abc
            -ERR value is not a valid float
            > INCRBYFLOAT n nan
            -ERR value is not a valid float
            > INCRBYFLOAT n inf
            -ERR increment would produce NaN or Infinity
            > INCRBYFLOAT n -inf
            -ERR increment would produce NaN or Infinity
            > GET n
            $22 -489.39999999999999999
            > SET n 3
            +OK
            > INCRBYFLOAT n 1
            $1 4
            > OBJECT ENCODING n
            $6 embstr
            > SET n abc
            +OK
            > INCRBYFLOAT n 1
            -ERR value is not a valid float
            > INCRBYFLOAT n abc
            -ERR value is not a valid float
            > SET n 1.7976931348623157e308
            +OK
            > INCRBYFLOAT m2 1e4933
            -ERR value is not a valid float
            > INCRBYFLOAT p 3.0e3
            $4 3000
            > INCRBYFLOAT q 0.00000000000000001
            $19 0.00000000000000001
            > INCRBYFLOAT r 1e-30
            $1 0
            > INCRBYFLOAT s " 1"
            -ERR value is not a valid float
            > INCRBYFLOAT s ""
            -ERR value is not a valid float
            > INCRBYFLOAT s 0x10
            $2 16
            > INCRBYFLOAT u 17179869184.25
            $14 17179869184.25
            """#)
    }
}
