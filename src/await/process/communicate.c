/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * All of a process's input and output at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "process/process.h"

/* Reads one of the outputs to its end: a task of its own. */
static int
collect(void *arg)
{
	struct aw_collected *part = arg;
	aw_process *process = part->process;
	ssize_t n;

	/* Not before it runs: a task that is cancelled at once never does. */
	process->users++;
	n = aw_reader_read_all(*part->reader, process->output_limit,
	    &part->data);
	if (n >= 0)
		part->size = (size_t)n;
	aw_process_release(process);
	return n < 0 ? (int)n : 0;
}

/* Reads both outputs; what has been read of one stays for another call. */
static int
collect_all(aw_process *process)
{
	struct aw_collected *part;
	aw_group *group;
	int err;

	err = aw_group_enter(&group);
	if (err < 0)
		return err;
	for (part = process->collected; part < process->collected + 2 &&
	    err == 0; part++)
		if (*part->reader != NULL && part->data == NULL)
			err = aw_group_create_task(group, collect, part,
			    "communicate", NULL);
	err = aw_group_exit(group, err);
	aw_group_free(group);
	return err;
}

static void
hand_out(aw_process *process, aw_process_output *output)
{
	struct aw_collected *parts = process->collected;

	output->stdout_data = parts[0].data;
	output->stdout_size = parts[0].size;
	output->stderr_data = parts[1].data;
	output->stderr_size = parts[1].size;
	parts[0].data = parts[1].data = NULL;
	parts[0].size = parts[1].size = 0;
}

int
aw_process_communicate(aw_process *process, const void *input, size_t size,
    aw_process_output *output)
{
	int err;

	memset(output, 0, sizeof(*output));
	if (aw_task_current() == NULL)
		return AW_ENOTASK;
	if (size > 0 && process->stdin_writer == NULL)
		return -EINVAL;
	if (process->stdin_writer != NULL) {
		/* What it does not take now goes on beside the rest. */
		aw_writer_write(process->stdin_writer, input, size);
		aw_writer_close(process->stdin_writer);
	}
	err = collect_all(process);
	if (err == 0)
		err = aw_process_wait(process, NULL);
	if (err == 0)
		hand_out(process, output);
	return err;
}

void
aw_process_output_free(aw_process_output *output)
{
	if (output == NULL)
		return;
	free(output->stdout_data);
	free(output->stderr_data);
	memset(output, 0, sizeof(*output));
}
