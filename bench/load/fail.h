#ifndef FAIL_H
#define FAIL_H

/* Writes the reason to stderr and exits with 1. A measurement that is not whole is no measurement. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
