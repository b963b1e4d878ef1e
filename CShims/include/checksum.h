// The checksum of snapshot files, sixteen bytes a step.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Bytes that have been folded, and the sixteen whose sum, from 0, is theirs.
struct coronet_folded {
    size_t count;
    uint64_t low, high;
};

// Why: the carry-less multiplication has no spelling in Swift. Goes when it gets one. Compiled in CShims.c, which may use
// instructions that not every processor has.
/// Folds all but less than sixteen bytes of the message, which goes on from `sum` (CRC-64, Jones's polynomial, reflected).
/// A count of 0: the processor cannot, or there is too little.
struct coronet_folded coronet_crc64_fold(const void *bytes, size_t count, uint64_t sum);
