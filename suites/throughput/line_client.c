/* The reference that the load generator is measured against: many connections, one line outstanding on each, replies read up to
   their line feed and not looked at. epoll, one thread, no allocation in the loop.

   cc -O2 -o line_client line_client.c && ./line_client PORT CONNECTIONS SECONDS LINE
   prints: replies, seconds, CPU seconds */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    size_t size = strlen(words[4]);
    char *line = malloc(size + 1), buffer[16384];
    memcpy(line, words[4], size);
    line[size++] = '\n';
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int number = 0, one = 1; number < connections; number++) {
        int made = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(made, (struct sockaddr *)&address, sizeof address)) return 3;
        setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = made};
        epoll_ctl(polls, EPOLL_CTL_ADD, made, &event);
        if (write(made, line, size) != (ssize_t)size) return 4;
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
            if (got <= 0) return 5;
            if (!memchr(buffer, '\n', got)) continue;
            replies++;
            if (write(ready[index].data.fd, line, size) != (ssize_t)size) return 4;
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    printf("%ld %.6f %.6f\n", replies, seconds_of(now) - seconds_of(began), cpu);
    return 0;
}
