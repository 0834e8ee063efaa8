/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * echo-load: loads an echo server and measures it.
 */
#include <errno.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <await.h>

#include "common/standard.h"
#include "compare.h"
#include "limits.h"
#include "merge.h"
#include "outputs.h"
#include "repeat.h"
#include "search.h"
#include "verdict.h"

/* What is at hand between two runs. */
struct program {
	const struct load_options *options;
	struct outputs *outputs;
	struct load_runs runs;
	struct load_search search;
	char error[1024];
};

static int
complain(const char *text, int status)
{
	fprintf(stderr, "echo-load: %s\n", text);
	return status;
}

static const struct run_events *
begin_run(size_t run, size_t runs, const struct load_options *options,
    void *arg)
{
	struct program *program = arg;

	return outputs_begin(program->outputs, run, runs, options);
}

/* What a run has come to by itself; the report comes after the last. */
static void
end_run(const struct load_result *result, void *arg)
{
	struct program *program = arg;

	outputs_pause(program->outputs);
	if (result->search != NULL && !program->options->quiet)
		search_print_trial(stderr, result->search);
	if (result->difference.found)
		complain(result->difference.text, 0);
	if (result->status == LOAD_FAILED || result->status == LOAD_WRONG)
		for (size_t i = 0; i < result->error_kinds; i++)
			complain(result->errors[i].text, 0);
}

/* The run that confirms what was found is the only one that is reported. */
static int
find_max(struct program *program, const struct repeat_hooks *hooks)
{
	struct load_result *result;
	int err;

	err = search_find_max(program->options, run_load, hooks,
	    &program->search, &result, program->error,
	    sizeof(program->error));
	if (err < 0)
		return err;
	program->runs.results[0] = result;
	program->runs.count = 1;
	return 0;
}

/* Why --strict ends with LOAD_SUSPECT: the first run that does. */
static void
tell_suspect(const struct load_runs *runs)
{
	char subject[32] = "the run", line[VERDICT_LINE_SIZE];
	size_t i = 0;

	while (runs->results[i]->status != LOAD_SUSPECT)
		i++;
	if (runs->count > 1)
		snprintf(subject, sizeof(subject), "run %zu", i + 1);
	complain(verdict_line(&runs->results[i]->verdict, subject, line,
	    sizeof(line)), 0);
}

/* The reports of what was run, also if a later run could not be made. */
static int
report(struct program *program)
{
	const struct load_result *results[REPEAT_MOST];
	char error[512];
	int status;

	for (size_t i = 0; i < program->runs.count; i++)
		results[i] = program->runs.results[i];
	if (outputs_finish(program->outputs, results, program->runs.count,
	    error, sizeof(error)) < 0)
		return complain(error, LOAD_FAILED);
	status = repeat_status(&program->runs);
	if (status == LOAD_SUSPECT)
		tell_suspect(&program->runs);
	return status;
}

static int
run_and_report(struct program *program)
{
	const struct repeat_hooks hooks = {
		.begin = begin_run,
		.end = end_run,
		.arg = program,
	};
	int err, status;

	if (program->options->find_max.count > 0)
		err = find_max(program, &hooks);
	else
		err = repeat_runs(program->options, run_load, &hooks,
		    &program->runs, program->error, sizeof(program->error));
	outputs_pause(program->outputs);
	if (err < 0)
		complain(program->error, 0);
	if (program->runs.count == 0)
		return LOAD_FAILED;
	status = report(program);
	return err < 0 && status != LOAD_WRONG ? LOAD_FAILED : status;
}

static int
run(const struct load_options *options)
{
	struct program *program = calloc(1, sizeof(*program));
	int err, status;

	if (program == NULL)
		return complain(strerror(ENOMEM), LOAD_FAILED);
	program->options = options;
	err = limits_foresee(options, program->error, sizeof(program->error));
	if (err == 0)
		err = outputs_open(options, &program->outputs, program->error,
		    sizeof(program->error));
	if (err < 0) {
		status = complain(program->error, outputs_status(err));
		goto free_program;
	}
	status = run_and_report(program);
	load_runs_clear(&program->runs);
	outputs_free(program->outputs);

free_program:
	free(program);
	return status;
}

static int
print_information(const struct load_options *options)
{
	if (options->help)
		load_options_help(stdout);
	else
		printf("echo-load %s\nlibawait %s, jansson %s, OpenSSL %s\n",
		    PACKAGE_VERSION, aw_version(), jansson_version_str(),
		    OpenSSL_version(OPENSSL_VERSION_STRING));
	return standard_flush("echo-load") < 0 ? LOAD_FAILED : LOAD_GOOD;
}

static int
run_main(int argc, char **argv)
{
	struct load_options options;
	char error[512];
	int status;

	if (load_options_read(&options, argc, argv, error,
	    sizeof(error)) < 0) {
		fprintf(stderr, "echo-load: %s\nTry 'echo-load --help'.\n",
		    error);
		return LOAD_USAGE;
	}
	if (options.help || options.version)
		status = print_information(&options);
	else
		status = run(&options);
	load_options_free(&options);
	return status;
}

/* The first word, if it is a command, and what does it. */
static const struct command {
	const char *name;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "run", run_main },
	{ "merge", merge_main },
	{ "compare", compare_main },
};

int
main(int argc, char **argv)
{
	if (standard_open() < 0)
		return LOAD_FAILED;
	/* A reader of the report that goes away is an error like others. */
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; argc > 1 &&
	    i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].main(argc - 1, argv + 1);
	return run_main(argc, argv);
}
