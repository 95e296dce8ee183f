"""A server whose clock is ahead: the operating system's answer is changed on its way into the process, so that the
binary is the one that is shipped, and has no switch for it."""

import datetime
import subprocess
from contextlib import contextmanager
from unittest import mock

SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t id, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(id, now);
    const char *ahead = getenv("TEST_CLOCK_AHEAD");
    if (answer == 0 && id == CLOCK_REALTIME && ahead) now->tv_sec += atol(ahead);
    return answer;
}
"""


def environment(folder, seconds):
    """The environment of a process whose clock is ahead by so many seconds."""
    source, library = folder / "clock.c", folder / "clock.so"
    source.write_text(SHIM)
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "TEST_CLOCK_AHEAD": str(seconds)}


@contextmanager
def signing_ahead(seconds):
    """boto3 signs with a time that is ahead as well."""
    import botocore.auth

    real = botocore.auth.get_current_datetime

    def later(*given, **more):
        return real(*given, **more) + datetime.timedelta(seconds=seconds)

    with mock.patch.object(botocore.auth, "get_current_datetime", later):
        yield
