/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/executor.h"
#include "core/task.h"
#include "net/resolve.h"

struct resolution {
	struct aw_job job;
	struct task *task; /* who waits, or NULL if it gave up */
	bool finished;
	int error;         /* of getaddrinfo */
	int system_error;  /* errno with EAI_SYSTEM */
	struct addrinfo hints;
	struct addrinfo *list;
	char port[8];
	char host[];
};

static void
free_resolution(struct resolution *resolution)
{
	if (resolution->list != NULL)
		freeaddrinfo(resolution->list);
	free(resolution);
}

static void
look_up(struct resolution *resolution, int more_flags)
{
	struct addrinfo hints = resolution->hints;

	hints.ai_flags |= more_flags;
	resolution->error = getaddrinfo(
	    resolution->host[0] != '\0' ? resolution->host : NULL,
	    resolution->port, &hints, &resolution->list);
	resolution->system_error = errno;
}

static struct resolution *
of_job(struct aw_job *job)
{
	return aw_container_of(job, struct resolution, job);
}

static void
work(struct aw_job *job)
{
	look_up(of_job(job), 0);
}

static void
done(struct aw_job *job)
{
	struct resolution *resolution = of_job(job);

	if (resolution->task == NULL) {
		free_resolution(resolution);
		return;
	}
	resolution->finished = true;
	aw_task_wake(resolution->task, 0);
}

static void
drop(struct aw_job *job)
{
	free_resolution(of_job(job));
}

/* On the loop's stack, as getaddrinfo needs 10 KiB of it. */
static void
try_digits(void *arg)
{
	struct resolution *resolution = arg;

	look_up(resolution,
	    resolution->host[0] != '\0' ? AI_NUMERICHOST : 0);
}

static struct resolution *
new_resolution(const char *host, uint16_t port, int flags)
{
	size_t length = host != NULL ? strlen(host) : 0;
	struct resolution *resolution;

	resolution = calloc(1, sizeof(*resolution) + length + 1);
	if (resolution == NULL)
		return NULL;
	if (length > 0)
		memcpy(resolution->host, host, length);
	snprintf(resolution->port, sizeof(resolution->port), "%u", port);
	resolution->hints.ai_family = AF_UNSPEC;
	resolution->hints.ai_socktype = SOCK_STREAM;
	resolution->hints.ai_flags = flags | AI_NUMERICSERV;
	return resolution;
}

/* The result of a look-up that is over; takes the list out of it. */
static int
conclude(struct resolution *resolution, struct addrinfo **list)
{
	switch (resolution->error) {
	case 0:
		*list = resolution->list;
		resolution->list = NULL;
		return 0;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_SYSTEM:
		return -resolution->system_error;
	default:
		aw_set_error_text("%s: %s", resolution->host,
		    gai_strerror(resolution->error));
		return AW_EDNS;
	}
}

/* Has a thread look up; on an error the resolution is freed, or will be. */
static int
wait_for_thread(struct resolution *resolution)
{
	int err;

	resolution->job.work = work;
	resolution->job.done = done;
	resolution->job.drop = drop;
	err = aw_executor_submit(resolution->task->future.loop,
	    &resolution->job);
	if (err == 0) {
		err = aw_task_park(resolution->task, "a name to resolve");
		if (err < 0 && !resolution->finished) {
			/* The thread has it still, and frees it when done. */
			resolution->task = NULL;
			return err;
		}
	}
	if (err < 0)
		free_resolution(resolution);
	return err;
}

int
aw_resolve(const char *host, uint16_t port, int flags, struct addrinfo **list)
{
	struct task *task = aw_task_current();
	struct resolution *resolution;
	int err;

	if (task == NULL)
		return AW_ENOTASK;
	resolution = new_resolution(host, port, flags);
	if (resolution == NULL)
		return -ENOMEM;
	resolution->task = task;
	aw_loop_call(try_digits, resolution);
	if (resolution->error == EAI_NONAME && resolution->host[0] != '\0') {
		err = wait_for_thread(resolution);
		if (err < 0)
			return err;
	}
	err = conclude(resolution, list);
	free_resolution(resolution);
	return err;
}
