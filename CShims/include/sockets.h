// Sockets: options and addresses that sit behind casts or C arrays.
#pragma once

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

// Why: an integer option needs a pointer to a copy and its size, for each of a dozen options: one spelling for
// Swift. Goes if the C library offers it.
/// Sets an integer option. Whether it worked.
static inline int coronet_set_socket_option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

/// Reads an integer option, -1 if it cannot be read.
static inline int coronet_socket_option(int fd, int level, int name) {
    int value = 0;
    socklen_t size = sizeof(value);
    return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

// Why: sockaddr_un.sun_path is a C array, which Swift sees as a tuple of 108. Goes when it is imported as an
// InlineArray.
/// Binds to the path of a Unix socket, which the caller has found short enough for `coronet_unix_path_limit`.
static inline int coronet_bind_unix(int fd, const char *path) {
    struct sockaddr_un address = {0};
    address.sun_family = AF_UNIX;
    strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
    return bind(fd, (const struct sockaddr *)&address, sizeof(address));
}

/// The longest path that fits, in bytes.
static inline size_t coronet_unix_path_limit(void) {
    return sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
}
