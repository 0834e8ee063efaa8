/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "daemon.h"

#include "admin.h"
#include "capacity.h"
#include "common/log.h"
#include "confinement.h"
#include "drain_delay.h"
#include "generation.h"
#include "notify.h"
#include "phase.h"
#include "pidfile.h"
#include "privileges.h"
#include "process.h"
#include "reload.h"
#include "sandbox.h"
#include "settings_table.h"
#include "supervisor.h"
#include "tls.h"
#include "worker.h"

#include <await.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define ERROR_SIZE 1024
/* Seconds that the last lines of the log may take. */
#define LOG_PATIENCE 2

struct daemon {
	struct reload reload; /* has the generation in force */
	aw_handle *rotation; /* of the keys of TLS tickets */
	struct limits *limits;
	struct pidfile pidfile;
	struct supervisor supervisor;
	struct admin admin;
	struct drain_delay delay;
	aw_loop *loop;
	aw_future *finished; /* no worker is left */
	struct worker *workers;
	size_t worker_count;
	size_t running;      /* that have been started, and will end */
	size_t started;
	size_t ended;
	bool stopping;
	bool failed;
};

/* ----------------------------------------------------------------- stopping */

static void
stop(struct daemon *daemon)
{
	daemon->stopping = true;
	drain_delay_cancel(&daemon->delay);
	daemon->supervisor.stopping = true;
	phase_set(PHASE_DRAINING);
	notify_stopping();
	listeners_remove_paths(&daemon->reload.generation->listeners);
	/* Otherwise a worker may be about to duplicate them. */
	if (daemon->started == daemon->running)
		reload_stop(&daemon->reload);
	for (size_t i = 0; i < daemon->running; i++)
		worker_stop(&daemon->workers[i]);
}

static void
drain(void *arg)
{
	log_notice("stopping: connections may finish; another signal drops "
	    "them");
	stop(arg);
}

static void
on_stop_signal(void *arg)
{
	struct daemon *daemon = arg;
	double seconds = daemon->reload.generation->global->drain_delay;

	if (daemon->stopping) {
		for (size_t i = 0; i < daemon->running; i++)
			worker_abort(&daemon->workers[i]);
		return;
	}
	if (drain_delay_cancel(&daemon->delay) || !drain_delay_begin(
	    &daemon->delay, daemon->loop, seconds, drain, daemon))
		drain(daemon);
}

/* ------------------------------------------------------------------ reload */

static void
on_hangup(void *arg)
{
	struct daemon *daemon = arg;

	if (daemon->started == daemon->worker_count)
		reload_begin(&daemon->reload);
	else
		daemon->reload.again = true;
}

static void
on_prepared(struct worker *worker, int error, void *arg)
{
	struct daemon *daemon = arg;

	(void)worker;
	reload_prepared(&daemon->reload, error);
}

static void
on_committed(struct worker *worker, void *arg)
{
	struct daemon *daemon = arg;

	(void)worker;
	reload_committed(&daemon->reload);
}

static void on_rotation(void *arg);

static void
start_rotation(struct daemon *daemon)
{
	double seconds = tls_rotation(&daemon->reload.generation->listeners);

	/* Without memory for it, the next connection sees to the keys. */
	daemon->rotation = seconds > 0 ? aw_loop_call_later(daemon->loop,
	    seconds, on_rotation, daemon) : NULL;
}

static void
stop_rotation(struct daemon *daemon)
{
	if (daemon->rotation != NULL)
		aw_handle_cancel(daemon->rotation);
	daemon->rotation = NULL;
}

static void
on_reopen(void *arg)
{
	(void)arg;
	log_reopen();
}

static void
on_rotation(void *arg)
{
	struct daemon *daemon = arg;

	tls_rotate(&daemon->reload.generation->listeners);
	start_rotation(daemon);
}

/* What the main thread does by itself goes by the new settings, too. */
static void
on_reloaded(void *arg)
{
	struct daemon *daemon = arg;

	daemon->supervisor.address_count = listeners_address_count(
	    &daemon->reload.generation->listeners);
	capacity_apply(daemon->limits, daemon->reload.generation);
	stop_rotation(daemon);
	start_rotation(daemon);
	admin_show(&daemon->admin, daemon->reload.generation);
}

/* ------------------------------------------------------------- the workers */

static void
all_started(struct daemon *daemon)
{
	const struct listeners *listeners =
	    &daemon->reload.generation->listeners;

	if (daemon->stopping) {
		reload_stop(&daemon->reload);
		return;
	}
	listeners_adjust(listeners);
	listeners_log(listeners, NULL);
	listeners_store(listeners, NULL);
	log_notice("ready");
	notify_ready();
	if (phase_get() == PHASE_STARTING)
		phase_set(PHASE_SERVING);
	daemon->supervisor.loop = daemon->loop;
	daemon->supervisor.workers = daemon->workers;
	daemon->supervisor.worker_count = daemon->worker_count;
	daemon->supervisor.address_count = listeners_address_count(listeners);
	supervisor_start(&daemon->supervisor);
	if (daemon->reload.again) {
		daemon->reload.again = false;
		reload_begin(&daemon->reload);
	}
}

static void
on_worker_started(struct worker *worker, int error, void *arg)
{
	struct daemon *daemon = arg;

	daemon->started++;
	if (error < 0) {
		log_error("worker %zu can't start: %s", worker->index,
		    aw_strerror(error));
		daemon->failed = true;
	}
	if (daemon->failed && !daemon->stopping)
		stop(daemon);
	if (daemon->started == daemon->running)
		all_started(daemon);
}

static void
on_worker_ended(struct worker *worker, void *arg)
{
	struct daemon *daemon = arg;

	worker_join(worker);
	if (++daemon->ended == daemon->running)
		aw_future_set_result(daemon->finished, 0);
}

static int
start_workers(struct daemon *daemon)
{
	sigset_t all, old;
	int err = 0;

	/* Signals are for the main thread; threads inherit the mask. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (size_t i = 0; i < daemon->worker_count && err == 0; i++) {
		struct worker *worker = &daemon->workers[i];

		worker->index = i;
		worker->alone = daemon->worker_count == 1;
		worker->generation = daemon->reload.generation;
		worker->limits = daemon->limits;
		worker->main_loop = daemon->loop;
		worker->events.started = on_worker_started;
		worker->events.prepared = on_prepared;
		worker->events.committed = on_committed;
		worker->events.ended = on_worker_ended;
		worker->events.arg = daemon;
		err = worker_start(worker);
		if (err == 0)
			daemon->running++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

/* ------------------------------------------------------------ the main task */

/*
 * Holds the signals back while there are no handlers for them but a pidfile,
 * sockets to remove, and lines of the log to write.
 */
static void
hold_signals(int how)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(how, &signals, NULL);
}

static int
add_signal_handlers(struct daemon *daemon)
{
	int err;

	err = aw_loop_add_signal_handler(daemon->loop, SIGTERM, on_stop_signal,
	    daemon);
	if (err == 0)
		err = aw_loop_add_signal_handler(daemon->loop, SIGINT,
		    on_stop_signal, daemon);
	if (err == 0)
		err = aw_loop_add_signal_handler(daemon->loop, SIGHUP,
		    on_hangup, daemon);
	if (err == 0)
		err = aw_loop_add_signal_handler(daemon->loop, SIGUSR1,
		    on_reopen, daemon);
	hold_signals(SIG_UNBLOCK);
	return err;
}

static void
log_losses(void)
{
	uint64_t lost = log_lost();

	if (lost > 0)
		log_warning("lines that the log could not take, in all: %"
		    PRIu64, lost);
}

static int
serve(void *arg)
{
	struct daemon *daemon = arg;
	int err;

	err = add_signal_handlers(daemon);
	if (err == 0)
		err = start_workers(daemon);
	if (err < 0) {
		log_error("the workers can't start: %s", aw_strerror(err));
		daemon->failed = true;
		stop(daemon);
	}
	if (daemon->running == 0)
		return err;
	start_rotation(daemon);
	admin_start(&daemon->admin, daemon->loop, daemon->workers,
	    daemon->worker_count, &daemon->reload);
	err = aw_await(daemon->finished);
	supervisor_stop(&daemon->supervisor);
	stop_rotation(daemon);
	admin_stop(&daemon->admin);
	tls_log_statistics(&daemon->reload.generation->listeners);
	log_losses();
	log_notice("stopped");
	return daemon->failed ? -EIO : err;
}

static int
run_loop(struct daemon *daemon)
{
	aw_task *task;
	int err = -ENOMEM;

	daemon->workers = calloc(daemon->worker_count,
	    sizeof(*daemon->workers));
	daemon->reload.workers = daemon->workers;
	daemon->limits = limits_new();
	daemon->loop = aw_loop_new(NULL);
	if (daemon->loop == NULL)
		err = -errno;
	else
		daemon->finished = aw_loop_create_future(daemon->loop);
	if (daemon->workers == NULL || daemon->finished == NULL ||
	    daemon->limits == NULL) {
		log_error("the main loop can't start: %s", aw_strerror(err));
		goto out;
	}
	capacity_apply(daemon->limits, daemon->reload.generation);
	task = aw_loop_create_task(daemon->loop, serve, daemon, "main");
	err = aw_loop_run_until_complete(daemon->loop, task);
	aw_future_unref(task);
	/* One that comes late would end it before the log is written. */
	hold_signals(SIG_BLOCK);
out:
	aw_future_unref(daemon->finished);
	if (daemon->loop != NULL)
		aw_loop_close(daemon->loop);
	limits_free(daemon->limits);
	free(daemon->workers);
	return err;
}

/* ----------------------------------------------------------- start and end */

static int
write_pidfile(struct daemon *daemon)
{
	const char *path = daemon->reload.generation->global->pidfile;
	char error[ERROR_SIZE];
	int err;

	bool raised;

	if (path == NULL)
		return 0;
	raised = privileges_raise();
	err = pidfile_write(&daemon->pidfile, path, error, sizeof(error));
	if (raised)
		privileges_restore();
	if (err < 0)
		log_error("%s", error);
	return err;
}

static void
prepare_reload(struct daemon *daemon, const struct arguments *arguments)
{
	daemon->reload.arguments = arguments;
	daemon->reload.worker_count = daemon->worker_count;
	daemon->reload.done = on_reloaded;
	daemon->reload.arg = daemon;
}

/* The target stays as long as the log, which a reload leaves as it is. */
static int
open_log(const struct global_settings *global, const char *target)
{
	const struct log_options options = {
		.target = target,
		.format = (enum log_format)global->log_format,
		.buffer = global->log_buffer,
		.program = "echod",
		.denied = "or not in the folder that was there at the start "
		    "(sandbox)",
	};
	int err;

	log_set_level((enum log_level)global->log_level);
	err = log_open(&options);
	if (err < 0)
		log_error("log: %s can't be opened: %s", target,
		    aw_strerror(err));
	return err;
}

static int
run(const struct arguments *arguments, struct settings *settings)
{
	const struct global_settings *global = settings->global;
	struct daemon daemon = { .loop = NULL };
	int err;

	daemon.worker_count = global->workers > 0 ? (size_t)global->workers :
	    process_processors();
	prepare_reload(&daemon, arguments);
	daemon.reload.generation = generation_new(settings,
	    daemon.worker_count, NULL);
	if (daemon.reload.generation == NULL)
		return EXIT_FAILURE;
	hold_signals(SIG_BLOCK);
	err = write_pidfile(&daemon);
	if (err == 0)
		err = confinement_finish(daemon.reload.generation->settings);
	if (err == 0)
		err = run_loop(&daemon);
	pidfile_remove(&daemon.pidfile);
	reload_close(&daemon.reload);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
daemon_run(const struct arguments *arguments, struct settings *settings)
{
	const struct global_settings *global = settings->global;
	char *target = strdup(global->log);
	int status = EXIT_FAILURE;

	signal(SIGPIPE, SIG_IGN);
	process_raise_limits();
	if (target == NULL || confinement_begin(settings) < 0 ||
	    open_log(global, target) < 0) {
		settings_free(settings);
	} else {
		status = run(arguments, settings);
		log_close(LOG_PATIENCE);
	}
	sandbox_clear();
	free(target);
	return status;
}
