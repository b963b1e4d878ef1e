// Sockets: options and addresses that sit behind casts or C arrays.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
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
/// Makes the address of a path, which the caller has found short enough for `coronet_unix_path_limit`. Its length.
static inline socklen_t coronet_unix_address(const char *path, struct sockaddr_storage *storage) {
    struct sockaddr_un *address = (struct sockaddr_un *)storage;
    memset(storage, 0, sizeof(*storage));
    address->sun_family = AF_UNIX;
    strncpy(address->sun_path, path, sizeof(address->sun_path) - 1);
    return sizeof(*address);
}

/// Binds to the path of a Unix socket, which is short enough as well.
static inline int coronet_bind_unix(int fd, const char *path) {
    struct sockaddr_storage address;
    socklen_t length = coronet_unix_address(path, &address);
    return bind(fd, (const struct sockaddr *)&address, length);
}

// Why: the same array, and an address whose length counts, since an abstract one may not end at a zero.
/// Sends a datagram to a Unix address: a path, or a zero and a name. The bytes sent, or -1 and errno.
static inline long coronet_send_to_unix(
    int fd, const unsigned char *name, size_t name_size, const unsigned char *bytes, size_t size) {
    struct sockaddr_un address = {0};
    address.sun_family = AF_UNIX;
    if (name_size > sizeof(address.sun_path)) name_size = sizeof(address.sun_path);
    memcpy(address.sun_path, name, name_size);
    return sendto(
        fd, bytes, size, MSG_NOSIGNAL, (const struct sockaddr *)&address,
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name_size));
}

/// The longest path that fits, in bytes.
static inline size_t coronet_unix_path_limit(void) {
    return sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
}

// Why: an address's text hides behind sockaddr casts for three families, which read worse in Swift. One spelling.
/// Writes an address as text, "ip:port", "[ip]:port" or a path. The bytes written, 0 if there is none.
static inline int coronet_address_text(const struct sockaddr_storage *address, char *text, long size) {
    char host[INET6_ADDRSTRLEN];
    int count = 0;
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *ip = (const struct sockaddr_in *)address;
        inet_ntop(AF_INET, &ip->sin_addr, host, sizeof(host));
        count = snprintf(text, (size_t)size, "%s:%d", host, ntohs(ip->sin_port));
    } else if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *ip = (const struct sockaddr_in6 *)address;
        inet_ntop(AF_INET6, &ip->sin6_addr, host, sizeof(host));
        count = snprintf(text, (size_t)size, "[%s]:%d", host, ntohs(ip->sin6_port));
    } else if (address->ss_family == AF_UNIX) {
        count = snprintf(text, (size_t)size, "%s", ((const struct sockaddr_un *)address)->sun_path);
    }
    return count < 0 ? 0 : count >= size ? (int)size - 1 : count;
}

/// The other end of a connected socket, as text.
static inline int coronet_peer_address(int fd, char *text, long size) {
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    memset(&address, 0, sizeof(address));
    if (getpeername(fd, (struct sockaddr *)&address, &length) != 0) return 0;
    return coronet_address_text(&address, text, size);
}

/// This end of a socket, as text.
static inline int coronet_local_address(int fd, char *text, long size) {
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    memset(&address, 0, sizeof(address));
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) return 0;
    return coronet_address_text(&address, text, size);
}

/// Whether the other end is this machine: 127.0.0.0/8, ::1 (also mapped), or a Unix socket.
static inline int coronet_peer_is_loopback(int fd) {
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    if (getpeername(fd, (struct sockaddr *)&address, &length) != 0) return 0;
    if (address.ss_family == AF_UNIX) return 1;
    if (address.ss_family == AF_INET)
        return (ntohl(((struct sockaddr_in *)&address)->sin_addr.s_addr) >> 24) == 127;
    if (address.ss_family != AF_INET6) return 0;
    const struct in6_addr *ip = &((struct sockaddr_in6 *)&address)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(ip) || (IN6_IS_ADDR_V4MAPPED(ip) && ip->s6_addr[12] == 127);
}
