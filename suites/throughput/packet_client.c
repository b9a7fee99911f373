/* The reference that the load generator is measured against: many connections, one packet of RFC 1006 outstanding on each, replies read
   up to their length and not looked at. epoll, one thread, no allocation in the loop.

   cc -O2 -o packet_client packet_client.c && ./packet_client PORT CONNECTIONS SECONDS FILE
   FILE holds the packet that is sent; prints: replies, seconds, CPU seconds */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(struct timespec at) { return at.tv_sec + at.tv_nsec / 1e9; }

int main(int count, char **words) {
    if (count != 5) return 2;
    int connections = atoi(words[2]), polls = epoll_create1(0);
    double length = atof(words[3]);
    static unsigned char packet[65536], buffer[65536];
    FILE *file = fopen(words[4], "rb");
    if (!file) return 2;
    size_t size = fread(packet, 1, sizeof packet, file);
    fclose(file);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int number = 0, one = 1; number < connections; number++) {
        int made = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(made, (struct sockaddr *)&address, sizeof address)) return 3;
        setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = made};
        epoll_ctl(polls, EPOLL_CTL_ADD, made, &event);
        if (write(made, packet, size) != (ssize_t)size) return 4;
    }
    struct timespec began, now;
    clock_gettime(CLOCK_MONOTONIC, &began);
    now = began;
    long replies = 0;
    struct epoll_event ready[1024];
    while (seconds_of(now) - seconds_of(began) < length) {
        int found = epoll_wait(polls, ready, 1024, 50);
        for (int index = 0; index < found; index++) {
            ssize_t got = read(ready[index].data.fd, buffer, sizeof buffer);
            if (got < 4) return 5;
            if (buffer[0] != 3 || got != (buffer[2] << 8) + buffer[3]) return 6; /* the responder writes whole packets */
            replies++;
            if (write(ready[index].data.fd, packet, size) != (ssize_t)size) return 4;
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    printf("%ld %.6f %.6f\n", replies, seconds_of(now) - seconds_of(began), cpu);
    return 0;
}
