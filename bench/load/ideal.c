/* The least that a broadcast can cost: a process that does nothing but read frames and write each batch of them to
 * every client, with one write. What the load generator reaches with it is its own limit. */
#define _GNU_SOURCE
#include "ideal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "frame.h"

enum { READ_SIZE = 64 * 1024, EVENTS = 512, BACKLOG = 1024 };

struct client {
    int socket;
    bool upgraded;
    struct bytes read;
};

static struct client **clients;
static int client_count;
static struct bytes batch;

static void pin(int place)
{
    cpu_set_t allowed, one;
    sched_getaffinity(0, sizeof allowed, &allowed);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed) && place-- == 0)
            CPU_SET(cpu, &one);
    if (CPU_COUNT(&one))
        sched_setaffinity(0, sizeof one, &one);
}

static void write_all(int socket, const char *from, size_t length)
{
    while (length) {
        ssize_t sent = send(socket, from, length, MSG_NOSIGNAL);
        if (sent < 0)
            exit(0);
        from += sent;
        length -= (size_t)sent;
    }
}

static void upgrade(struct client *client)
{
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    if (!memmem(client->read.at, client->read.length, "\r\n\r\n", 4))
        return;
    client->upgraded = true;
    client->read.length = 0;
    clients = realloc(clients, (size_t)(client_count + 1) * sizeof(struct client *));
    clients[client_count++] = client;
    write_all(client->socket, answer, sizeof answer - 1);
}

static void collect(struct client *client)
{
    size_t used = 0, size = 0;
    struct frame frame;
    while ((size = frame_read(client->read.at + used, client->read.length - used, true, &frame))) {
        used += size;
        if (frame.opcode == CLOSE)
            exit(0);
        frame_append(&batch, frame.opcode, false, frame.payload, frame.length);
    }
    bytes_drop_first(&client->read, used);
}

static void receive(struct client *client)
{
    bytes_reserve(&client->read, READ_SIZE);
    ssize_t got = recv(client->socket, client->read.at + client->read.length, READ_SIZE, 0);
    if (got <= 0)
        exit(0);
    client->read.length += (size_t)got;
    if (client->upgraded)
        collect(client);
    else
        upgrade(client);
}

static void add(int epoll, int socket, struct client *client)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event))
        fail("epoll_ctl: %s", strerror(errno));
}

static void accept_client(int epoll, int listener)
{
    int yes = 1;
    struct client *client = calloc(1, sizeof *client);
    client->socket = accept(listener, NULL, NULL);
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    add(epoll, client->socket, client);
}

static _Noreturn void serve(int listener)
{
    struct epoll_event events[EVENTS];
    int epoll = epoll_create1(0);
    add(epoll, listener, NULL);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int index = 0; index < count; index++) {
            if (events[index].data.ptr)
                receive(events[index].data.ptr);
            else
                accept_client(epoll, listener);
        }
        for (int index = 0; index < client_count && batch.length; index++)
            write_all(clients[index]->socket, batch.at, batch.length);
        batch.length = 0;
    }
}

int ideal_server_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, BACKLOG))
        fail("listen: %s", strerror(errno));
    getsockname(listener, (struct sockaddr *)&address, &size);
    pid_t child = fork();
    if (child < 0)
        fail("fork: %s", strerror(errno));
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pin(1);
        serve(listener);
    }
    pin(0);
    close(listener);
    return ntohs(address.sin_port);
}
