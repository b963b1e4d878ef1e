// The C the house stands on: what Swift cannot call by itself, and nothing more.
//
// Every shim below is a static inline of a few lines without a decision of its own. Above each stands why it
// exists and when it may go. Everything else of liburing, libnuma and the C library is called from Swift
// directly: this header only makes those names visible.
#pragma once

#include "ring.h"
#include "cpu.h"
#include "numa_shims.h"
#include "sockets.h"
