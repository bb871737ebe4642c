#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

enum { MAX_SENDERS = 16 };

struct options options = {
    .target = {"127.0.0.1", 8000, "/"},
    .connections = 200,
    .in_flight = 16,
    .concurrency = 32,
    .size = 250,
    .rate = 10,
    .warm_up = 1,
    .seconds = 3,
    .settle = 0.3,
    .timeout = 10,
};

void usage(void)
{
    fail("load broadcast|inbound|paced|connect|idle|selftest [options]\n"
         "  --host 127.0.0.1 --port 8000 --path /  the server; %%d in the path becomes the connection's number\n"
         "  --connections 200 --concurrency 32     how many, and how many handshakes at a time\n"
         "  --first-frame                          a connection counts when its first text is here, not with the 101\n"
         "  --in-flight 16 --senders N             broadcast: messages on their way (inbound: of each connection)\n"
         "  --rate 10                              paced: messages/s\n"
         "  --size 250                             bytes of a message\n"
         "  --settle 0.3 --warm-up 1 --seconds 3   of silence before the first message, unmeasured, measured\n"
         "  --timeout 10                           seconds without progress that are a failure\n"
         "  --same-order                           every connection must get the messages in one order\n"
         "  --quick-ack                            TCP_QUICKACK: for a server without TCP_NODELAY");
}

void options_read(int count, char **arguments)
{
    static const struct option known[] = {
        {"host", 1, 0, 'h'},        {"port", 1, 0, 'p'},       {"path", 1, 0, 'u'},
        {"connections", 1, 0, 'n'}, {"concurrency", 1, 0, 'c'}, {"in-flight", 1, 0, 'w'},
        {"senders", 1, 0, 'P'},     {"rate", 1, 0, 'r'},       {"size", 1, 0, 'b'},
        {"warm-up", 1, 0, 'W'},     {"seconds", 1, 0, 's'},    {"settle", 1, 0, 'S'},
        {"timeout", 1, 0, 't'},     {"first-frame", 0, 0, 'f'}, {"same-order", 0, 0, 'o'},
        {"quick-ack", 0, 0, 'q'},   {0}};
    for (int option; (option = getopt_long(count, arguments, "", known, NULL)) != -1;)
        switch (option) {
        case 'h': options.target.host = optarg; break;
        case 'p': options.target.port = atoi(optarg); break;
        case 'u': options.target.path = optarg; break;
        case 'n': options.connections = atoi(optarg); break;
        case 'c': options.concurrency = atoi(optarg); break;
        case 'w': options.in_flight = atoi(optarg); break;
        case 'P': options.senders = atoi(optarg); break;
        case 'r': options.rate = atof(optarg); break;
        case 'b': options.size = (size_t)atol(optarg); break;
        case 'W': options.warm_up = atof(optarg); break;
        case 's': options.seconds = atof(optarg); break;
        case 'S': options.settle = atof(optarg); break;
        case 't': options.timeout = atof(optarg); break;
        case 'f': options.first_frame = true; break;
        case 'o': options.same_order = true; break;
        case 'q': options.quick_ack = true; break;
        default: usage();
        }
    if (optind != count - 1)
        usage();
    options.mode = arguments[optind];
    if (options.connections < 1 || options.in_flight < 1 || options.concurrency < 1 || options.rate <= 0)
        usage();
    if (options.senders < 1)
        options.senders = options.in_flight < MAX_SENDERS ? options.in_flight : MAX_SENDERS;
    if (options.senders > options.connections)
        options.senders = options.connections;
}

bool is_mode(const char *name)
{
    return strcmp(options.mode, name) == 0;
}
