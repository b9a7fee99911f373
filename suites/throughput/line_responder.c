/* A trivial device for measuring generators: answers every line with one and the same reply. epoll, one thread.

   cc -O2 -o line_responder line_responder.c && ./line_responder REPLY
   prints its port; ends with its standard input */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count != 2) return 2;
    char reply[256], buffer[16384], answers[65536];
    size_t size = strlen(words[1]);
    if (size > 250) return 2;
    memcpy(reply, words[1], size);
    reply[size++] = '\n';
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
            size_t filled = 0;
            for (char *at = buffer; (at = memchr(at, '\n', buffer + got - at)); at++)
                if (filled + size <= sizeof answers) {
                    memcpy(answers + filled, reply, size);
                    filled += size;
                }
            if (filled && write(from, answers, filled) < 0) close(from);
        }
    }
}
