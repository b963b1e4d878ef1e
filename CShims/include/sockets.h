// Sockets: option names and address helpers that sit behind casts or macros.
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// Why: setsockopt with an int needs a pointer, a size and a cast for each of a dozen options. One spelling
// for Swift; goes if Swift's C import offers it.
/// Sets an integer option. 0, or an errno value.
static inline int coronet_set_socket_option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof(value)) == 0 ? 0 : errno;
}

// Why: getsockopt, the same.
/// Reads an integer option, -1 if it cannot be read.
static inline int coronet_socket_option(int fd, int level, int name) {
    int value = 0;
    socklen_t size = sizeof(value);
    return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

// Why: sockaddr_un.sun_path is a C array, a 108-element tuple in Swift.
/// Fills a Unix socket address. 0, or ENAMETOOLONG.
static inline int coronet_unix_address(struct sockaddr_un *address, const char *path) {
    size_t length = strlen(path);
    memset(address, 0, sizeof(*address));
    if (length >= sizeof(address->sun_path)) return ENAMETOOLONG;
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length + 1);
    return 0;
}

// Why: with GNU extensions glibc declares the address argument of bind, connect, accept and getsockname as a
// transparent union, which Swift cannot pass. All four go when Swift imports it.

/// Binds to an address. 0, or an errno value.
static inline int coronet_bind(int fd, const struct sockaddr *address, socklen_t size) {
    return bind(fd, address, size) == 0 ? 0 : errno;
}

/// Binds to a Unix socket address. 0, or an errno value.
static inline int coronet_bind_unix(int fd, const struct sockaddr_un *address) {
    return bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ? 0 : errno;
}

/// Connects to an address. 0, or an errno value.
static inline int coronet_connect(int fd, const struct sockaddr *address, socklen_t size) {
    return connect(fd, address, size) == 0 ? 0 : errno;
}

/// Accepts a connection whose address nobody asks for. A descriptor, or -1.
static inline int coronet_accept(int fd) { return accept(fd, NULL, NULL); }

/// The port that a TCP socket is bound to, 0 if there is none.
static inline unsigned short coronet_local_port(int fd) {
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return 0;
    if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&address)->sin_port);
    if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return 0;
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
