#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"

enum { READ_SIZE = 256 * 1024, EVENTS = 512, PORTS_PER_ADDRESS = 20000 };

/* The key and its answer from RFC 6455 section 1.3: a benchmark needs no nonce. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

struct totals totals;
bool watched_is_ready;

static int epoll;
static bool leaving, acknowledges_at_once;
static char last_odd_text[400];
static struct listener listener;

void connections_start(const struct listener *user, bool quick_ack)
{
    listener = *user;
    acknowledges_at_once = quick_ack;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        fail("epoll: %s", strerror(errno));
}

static void watch(int action, struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(epoll, action, connection->socket, &event))
        fail("epoll_ctl: %s", strerror(errno));
}

void connections_watch(int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event))
        fail("epoll_ctl: %s", strerror(errno));
}

/* An address has some 28,000 ports to connect from; 127.0.0.1, 127.0.0.2, ... have as many each. */
static void bind_to_source(const struct connection *connection)
{
    int next = connection->number / PORTS_PER_ADDRESS;
    if (!next)
        return;
    int yes = 1;
    struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)next)};
    setsockopt(connection->socket, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind(connection->socket, (struct sockaddr *)&source, sizeof source))
        fail("bind: %s", strerror(errno));
}

static void queue_upgrade(struct connection *connection, const struct target *target)
{
    char path[1024], request[2048];
    const char *place = strstr(target->path, "%d");
    if (place)
        snprintf(path, sizeof path, "%.*s%d%s", (int)(place - target->path), target->path, connection->number,
                 place + 2);
    else
        snprintf(path, sizeof path, "%s", target->path);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n\r\n",
                          path, target->host, target->port);
    bytes_append(&connection->to_write, request, (size_t)length);
}

void connection_open(struct connection *connection, int number, const struct target *target)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)target->port)};
    if (inet_pton(AF_INET, target->host, &address.sin_addr) != 1)
        fail("%s is not an IPv4 address", target->host);
    int yes = 1;
    *connection = (struct connection){.number = number, .state = CONNECTING, .started_ns = now_ns()};
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->socket < 0)
        fail("connection %d: %s", number, strerror(errno));
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    bind_to_source(connection);
    queue_upgrade(connection, target);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        fail("connection %d: %s", number, strerror(errno));
    connection->waits_to_write = true;
    watch(EPOLL_CTL_ADD, connection, EPOLLIN | EPOLLOUT);
}

static void lost(struct connection *connection, const char *how)
{
    if (!leaving)
        fail("connection %d was lost: %s%s%s", connection->number, how, *last_odd_text ? "; before that: " : "",
             last_odd_text);
    if (connection->state != CLOSED) {
        connection->state = CLOSED;
        close(connection->socket);
        totals.closed++;
    }
}

void connection_queue(struct connection *connection, enum opcode opcode, const char *payload, size_t length)
{
    frame_append(&connection->to_write, opcode, true, payload, length);
}

void connection_flush(struct connection *connection)
{
    struct bytes *rest = &connection->to_write;
    if (rest->length) {
        ssize_t sent = send(connection->socket, rest->at, rest->length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            lost(connection, strerror(errno));
            return;
        }
        if (sent > 0)
            bytes_drop_first(rest, (size_t)sent);
    }
    if (connection->waits_to_write != (rest->length > 0)) {
        connection->waits_to_write = rest->length > 0;
        watch(EPOLL_CTL_MOD, connection, connection->waits_to_write ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
}

static void be_closed(struct connection *connection, const struct frame *frame)
{
    char how[200] = "closed without a code";
    if (frame->length >= 2)
        snprintf(how, sizeof how, "closed with %d %.*s",
                 (unsigned char)frame->payload[0] << 8 | (unsigned char)frame->payload[1], (int)frame->length - 2,
                 frame->payload + 2);
    lost(connection, how);
}

static void handle(struct connection *connection, const struct frame *frame, int64_t now)
{
    switch (frame->opcode) {
    case TEXT:
    case BINARY:
        if (!connection->greeted) {
            connection->greeted = true;
            totals.greeted++;
            listener.on_ready(connection, true, now);
        }
        listener.on_text(connection, frame->payload, frame->length, now);
        break;
    case PING:
        connection_queue(connection, PONG, frame->payload, frame->length);
        connection_flush(connection);
        break;
    case CLOSE:
        be_closed(connection, frame);
        break;
    case PONG:
        break;
    }
}

/* Returns the bytes of the answer to the upgrade, 0 if it is not whole yet. */
static size_t read_upgrade(struct connection *connection, char *from, size_t available, int64_t now)
{
    char *end = memmem(from, available, "\r\n\r\n", 4);
    if (!end)
        return 0;
    size_t length = (size_t)(end - from) + 4;
    if (strncmp(from, "HTTP/1.1 101", 12) || !memmem(from, length, ACCEPT, sizeof ACCEPT - 1))
        fail("connection %d was not upgraded: %.*s", connection->number, (int)length, from);
    connection->state = OPEN;
    totals.opened++;
    listener.on_ready(connection, false, now);
    return length;
}

static void receive(struct connection *connection)
{
    static struct bytes all;
    all.length = 0;
    bytes_append(&all, connection->read.at, connection->read.length);
    bytes_reserve(&all, READ_SIZE);
    ssize_t got = recv(connection->socket, all.at + all.length, READ_SIZE, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        lost(connection, got ? strerror(errno) : "the server ended it without a close frame");
        return;
    }
    /* The kernel goes back to waiting by itself, so it is told after each read. */
    if (acknowledges_at_once)
        setsockopt(connection->socket, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
    all.length += (size_t)got;
    totals.bytes_read += (uint64_t)got;

    int64_t now = now_ns();
    size_t used = 0, size = 0;
    struct frame frame;
    if (connection->state == UPGRADING)
        used = read_upgrade(connection, all.at, all.length, now);
    while (connection->state == OPEN && (size = frame_read(all.at + used, all.length - used, false, &frame))) {
        handle(connection, &frame, now);
        used += size;
    }
    connection->read.length = 0;
    bytes_append(&connection->read, all.at + used, all.length - used);
    listener.on_read_done();
}

static void finish_connecting(struct connection *connection)
{
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(connection->socket, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error)
        fail("connection %d: %s", connection->number, strerror(error));
    connection->state = UPGRADING;
}

void connections_turn(int timeout_ms)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, timeout_ms);
    for (int index = 0; index < count; index++) {
        struct connection *connection = events[index].data.ptr;
        if (!connection) {
            watched_is_ready = true;
            continue;
        }
        if (connection->state == CONNECTING)
            finish_connecting(connection);
        if (connection->state != CLOSED && events[index].events & EPOLLOUT)
            connection_flush(connection);
        if (connection->state != CLOSED && events[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            receive(connection);
    }
}

void connections_remember(const char *text, size_t length)
{
    snprintf(last_odd_text, sizeof last_odd_text, "%.*s", (int)length, text);
}

void connection_say_goodbye(struct connection *connection)
{
    leaving = true;
    connection_queue(connection, CLOSE, "\x03\xe8", 2);
    connection_flush(connection);
}
