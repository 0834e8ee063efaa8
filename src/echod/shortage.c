/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "shortage.h"

#include "common/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/resource.h>

/* Seconds without trouble after which an episode is over. */
#define QUIET 1.0

static _Atomic int workers_short;

static void
log_begin(int error)
{
	struct rlimit limit = { 0, 0 };

	switch (error) {
	case -EMFILE:
		getrlimit(RLIMIT_NOFILE, &limit);
		log_error("out of file descriptors: new connections wait until "
		    "others close; raise LimitNOFILE= of the service, or "
		    "`ulimit -n`, above %llu",
		    (unsigned long long)limit.rlim_cur);
		break;
	case -ENFILE:
		log_error("this machine is out of file descriptors: new "
		    "connections wait; raise the sysctl fs.file-max");
		break;
	case -ENOMEM:
	case -ENOBUFS:
		log_error("connections can't be accepted, and wait: %s; free "
		    "memory, or raise MemoryMax= of the service",
		    aw_strerror(error));
		break;
	default:
		log_error("connections can't be accepted, and wait: %s; if "
		    "somebody else has shut the socket down, restart echod "
		    "and echod.socket", aw_strerror(error));
	}
}

static void
end_episode(void *arg)
{
	struct shortage *shortage = arg;

	shortage->quiet = NULL;
	shortage->counted = false;
	if (atomic_fetch_sub(&workers_short, 1) == 1)
		log_notice("connections are accepted again");
}

static void
cancel_end(struct shortage *shortage)
{
	if (shortage->quiet != NULL)
		aw_handle_cancel(shortage->quiet);
	shortage->quiet = NULL;
}

static void
begin_episode(struct shortage *shortage, int error)
{
	cancel_end(shortage);
	shortage->failing++;
	if (shortage->counted)
		return;
	shortage->counted = true;
	if (atomic_fetch_add(&workers_short, 1) == 0)
		log_begin(error);
}

void
shortage_accept_error(aw_server *server, int error, void *arg)
{
	struct shortage *shortage = arg;

	(void)server;
	if (error != 0) {
		begin_episode(shortage, error);
		return;
	}
	if (shortage->failing > 0 && --shortage->failing > 0)
		return;
	/* No memory for that: then it is not over either. */
	cancel_end(shortage);
	if (shortage->counted)
		shortage->quiet = aw_loop_call_later(shortage->loop, QUIET,
		    end_episode, shortage);
}

void
shortage_clear(struct shortage *shortage)
{
	cancel_end(shortage);
	if (shortage->counted)
		atomic_fetch_sub(&workers_short, 1);
	shortage->counted = false;
	shortage->failing = 0;
}
