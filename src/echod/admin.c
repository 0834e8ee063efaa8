/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "admin.h"

#include "admin_http.h"
#include "common/descriptor_table.h"
#include "common/log.h"
#include "patient_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* --------------------------------------------------------------- the thread */

/* The sockets, and by what it is ended. */
static void
leave_descriptors(struct admin *admin)
{
	int *keep = calloc(admin->count + 1, sizeof(*keep));

	if (keep == NULL)
		return;
	memcpy(keep, admin->fds, admin->count * sizeof(*keep));
	keep[admin->count] = admin->stop;
	admin->shared = descriptor_table_leave(keep, admin->count + 1) < 0;
	free(keep);
}

static struct event_base *
new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config != NULL && event_config_set_flag(config,
	    EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV) == 0)
		base = event_base_new_with_config(config);
	if (config != NULL)
		event_config_free(config);
	return base;
}

static void
on_stop(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

static void
close_sockets(const struct admin *admin)
{
	for (size_t i = 0; i < admin->count; i++)
		close(admin->fds[i]);
}

/* Says whether it serves, and does until it is to stop. */
static void
serve(struct admin *admin, struct event_base *base)
{
	struct event *stop = event_new(base, admin->stop, EV_READ, on_stop,
	    base);
	struct admin_http *http = NULL;

	if (stop != NULL && event_add(stop, NULL) == 0)
		http = admin_http_new(base, &admin->observed, admin->fds,
		    admin->count);
	else
		close_sockets(admin);
	admin->error = http != NULL ? 0 : -ENOMEM;
	sem_post(&admin->ready);
	patient_memory_begin();
	if (http != NULL)
		event_base_dispatch(base);
	admin_http_free(http);
	if (stop != NULL)
		event_free(stop);
	/* What it has freed ends in one more turn. */
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void *
thread_main(void *arg)
{
	struct admin *admin = arg;
	struct event_base *base;

	pthread_setname_np(pthread_self(), "admin");
	admin->started = true;
	leave_descriptors(admin);
	base = new_base();
	if (base != NULL) {
		serve(admin, base);
		event_base_free(base);
		return NULL;
	}
	close_sockets(admin);
	admin->error = -ENOMEM;
	sem_post(&admin->ready);
	return NULL;
}

/* -------------------------------------------------- what begins and ends it */

/*
 * The thread has duplicates, which it closes.  Where it has a table of its own,
 * they have to be closed in ours as well.
 */
static int
duplicate(struct admin *admin)
{
	int *fds = admin_sockets_fds(&admin->sockets, &admin->count);
	size_t i;

	if (fds == NULL)
		return -ENOMEM;
	for (i = 0; i < admin->count; i++) {
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
		if (fds[i] < 0)
			goto failed;
	}
	admin->fds = fds;
	return 0;
failed:
	while (i > 0)
		close(fds[--i]);
	free(fds);
	return -errno;
}

static int
start_thread(struct admin *admin)
{
	sigset_t all, old;
	int err;

	/* Signals are for the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = -pthread_create(&admin->thread, NULL, thread_main, admin);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err < 0)
		return err;
	while (sem_wait(&admin->ready) < 0)
		continue;
	if (admin->error < 0)
		pthread_join(admin->thread, NULL);
	return admin->error;
}

static int
run(struct admin *admin)
{
	int err;

	sem_init(&admin->ready, 0, 0);
	admin->shared = true;
	admin->started = false;
	err = admin->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (err < 0) {
		err = -errno;
		goto no_eventfd;
	}
	err = duplicate(admin);
	if (err < 0)
		goto no_duplicates;
	err = start_thread(admin);
	if (!admin->shared || !admin->started)
		close_sockets(admin);
	free(admin->fds);
	if (err == 0) {
		admin->running = true;
		return 0;
	}
no_duplicates:
	close(admin->stop);
no_eventfd:
	sem_destroy(&admin->ready);
	return err;
}

static void
end(struct admin *admin)
{
	if (!admin->running)
		return;
	eventfd_write(admin->stop, 1);
	pthread_join(admin->thread, NULL);
	close(admin->stop);
	sem_destroy(&admin->ready);
	admin->running = false;
}

/* ----------------------------------------------------------------- its life */

static void
log_failure(const char *what, int err)
{
	log_error("admin: %s: %s; there are no status page and no metrics",
	    what, aw_strerror(err));
}

static void
serve_on(struct admin *admin, const struct admin_sockets *sockets)
{
	int err;

	if (admin_sockets_same(&admin->sockets, sockets))
		return;
	end(admin);
	admin_sockets_close(&admin->sockets);
	err = admin_sockets_copy(&admin->sockets, sockets);
	if (err == 0 && admin->sockets.listener.address_count > 0)
		err = run(admin);
	if (err == 0) {
		admin_sockets_log(&admin->sockets);
		return;
	}
	log_failure("its thread can't start", err);
	/* The next reload tries again. */
	admin_sockets_close(&admin->sockets);
}

void
admin_show(struct admin *admin, const struct generation *generation)
{
	int err;

	err = observed_show(&admin->observed, &generation->listeners);
	if (err < 0) {
		log_failure("what is new can't be shown", err);
		return;
	}
	serve_on(admin, &generation->admin);
	if (!admin->running || admin->pulse.task != NULL)
		return;
	err = pulse_start(&admin->pulse, PULSE_SECOND, admin->loop,
	    admin->workers, admin->observed.worker_count);
	if (err < 0)
		log_warning("admin: the loops' latency is not measured: %s",
		    aw_strerror(err));
}

void
admin_start(struct admin *admin, aw_loop *loop, struct worker *workers,
    size_t worker_count, const struct reload *reload)
{
	memset(admin, 0, sizeof(*admin));
	observed_init(&admin->observed);
	admin->loop = loop;
	admin->workers = workers;
	admin->observed.workers = workers;
	admin->observed.worker_count = worker_count;
	admin->observed.reload = reload;
	admin->observed.pulse = &admin->pulse;
	admin_show(admin, reload->generation);
}

void
admin_stop(struct admin *admin)
{
	pulse_stop(&admin->pulse);
	end(admin);
	admin_sockets_close(&admin->sockets);
	observed_clear(&admin->observed);
}
