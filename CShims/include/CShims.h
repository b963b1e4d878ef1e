// The C the house stands on: what Swift cannot call by itself, and nothing more.
//
// Every shim below is a static inline of a few lines without a decision of its own. Above each stands why it
// exists and when it may go. Everything else of liburing, libnuma and the C library is called from Swift
// directly: this header only makes those names visible.
#pragma once

// First of all: it settles which extensions the C library shows. liburing.h asks for the GNU ones, under which
// a few structures of the C library get other member names than Swift's Glibc module saw, and no Swift file
// could import both. What needs GNU extensions is compiled in CShims.c.
#include <features.h>

#include "ring.h"
#include "cpu.h"
#include "numa_shims.h"
#include "sockets.h"
#include "cycles.h"
#include "checksum.h"

// The strings of snapshot files: Debian's liblzf, called directly.
#include <liblzf/lzf.h>
