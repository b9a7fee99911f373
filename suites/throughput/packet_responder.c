/* A trivial device for measuring generators: answers every packet of RFC 1006 with one and the same reply, in which a number of nine digits
   goes up. What a packet holds is not looked at. epoll, one thread.

   cc -O2 -o packet_responder packet_responder.c && ./packet_responder FILE PLACE
   FILE holds the reply with its header, PLACE says where its number begins; prints its port; ends with its standard input */
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
    static char reply[65536], buffer[65536], answers[1 << 20];
    FILE *file = fopen(words[1], "rb");
    if (!file) return 2;
    size_t size = fread(reply, 1, sizeof reply, file), place = strtoul(words[2], 0, 10);
    fclose(file);
    if (place + 9 > size) return 2;
    unsigned long number = 100000000;
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
            /* Generators that wait for each reply send whole packets. */
            for (ssize_t at = 0; at + 4 <= got;) {
                size_t packet = ((unsigned char)buffer[at + 2] << 8) + (unsigned char)buffer[at + 3];
                if (packet < 4) break;
                at += packet;
                if (filled + size > sizeof answers) break;
                char digits[16];
                snprintf(digits, sizeof digits, "%09lu", number++ % 900000000 + 100000000);
                memcpy(reply + place, digits, 9);
                memcpy(answers + filled, reply, size);
                filled += size;
            }
            if (filled && write(from, answers, filled) < 0) close(from);
        }
    }
}
