// The least a load generator can do over TCP: 50 connections in turn, one send of a pipeline and what it takes to receive
// the answers. Reads no clock, parses nothing, draws no key. Built and run by perf/generators.
//
//     least PORT PIPELINE BATCHES
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { connections = 50, answer_bytes = 5 + 64 + 2 };  // $64\r\n, the value, \r\n

static int connected(int port) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror("connect");
        exit(1);
    }
    return descriptor;
}

int main(int count, char **words) {
    if (count != 4) return 2;
    int pipeline = atoi(words[2]), batches = atoi(words[3]), length = 0, sockets[connections];
    long wanted = (long)pipeline * answer_bytes;
    char *request = malloc((size_t)pipeline * 64);
    static char answers[1 << 20];
    for (int index = 0; index < pipeline; index++)
        length += sprintf(request + length, "*2\r\n$3\r\nGET\r\n$16\r\nkey:%012d\r\n", index);
    for (int index = 0; index < connections; index++) {
        sockets[index] = connected(atoi(words[1]));
        if (send(sockets[index], request, (size_t)length, 0) != length) return 1;
    }
    for (int batch = 1; batch <= batches; batch++) {
        for (int index = 0; index < connections; index++) {
            for (long got = 0; got < wanted;) {
                ssize_t taken = recv(sockets[index], answers, sizeof(answers), 0);
                if (taken <= 0) return 1;
                got += taken;
            }
            if (batch < batches && send(sockets[index], request, (size_t)length, 0) != length) return 1;
        }
    }
    return 0;
}
