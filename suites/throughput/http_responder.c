/* A trivial device for measuring generators over HTTP: answers every request with one reply, in which a number of ten digits goes up.
   epoll, one thread. The reply is changing so that no generator can know it by its bytes.

   cc -O2 -o http_responder http_responder.c && ./http_responder FILE OFFSET
   FILE has the whole response, OFFSET is where the number stands, -1 for none; prints its port; ends with its standard input */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count != 3) return 2;
    static char reply[65536], buffer[65536], digits[16];
    FILE *file = fopen(words[1], "rb");
    if (!file) return 2;
    size_t size = fread(reply, 1, sizeof reply, file);
    fclose(file);
    long place = atol(words[2]), number = 0;
    if (place >= 0 && (size_t)place + 10 <= size) {
        memcpy(digits, reply + place, 10);
        number = atol(digits);
    } else
        place = -1;
    int listening = socket(AF_INET, SOCK_STREAM, 0), polls = epoll_create1(0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 1024)) return 3;
    getsockname(listening, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listening}, ready[1024];
    epoll_ctl(polls, EPOLL_CTL_ADD, listening, &event);
    event.data.fd = 0;
    epoll_ctl(polls, EPOLL_CTL_ADD, 0, &event);
    for (;;) {
        int found = epoll_wait(polls, ready, 1024, -1);
        for (int index = 0; index < found; index++) {
            int from = ready[index].data.fd;
            if (from == 0) return 0;
            if (from == listening) {
                int made = accept(listening, 0, 0);
                setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                event.data.fd = made;
                epoll_ctl(polls, EPOLL_CTL_ADD, made, &event);
                continue;
            }
            ssize_t got = read(from, buffer, sizeof buffer);
            if (got <= 0) {
                close(from);
                continue;
            }
            for (char *at = buffer; (at = memmem(at, buffer + got - at, "\r\n\r\n", 4)); at += 4) {
                if (place >= 0) {
                    number = number < 1999999999 ? number + 1 : 1800000000;
                    for (long left = number, digit = 9; digit >= 0; digit--, left /= 10) reply[place + digit] = '0' + left % 10;
                }
                if (write(from, reply, size) != (ssize_t)size) close(from);
            }
        }
    }
}
