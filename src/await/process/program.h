/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Where a program may be.
 */
#ifndef AWAIT_PROCESS_PROGRAM_H
#define AWAIT_PROCESS_PROGRAM_H

/*
 * The paths to try for a program, in one piece of memory, which the caller
 * frees; NULL ends them.  One without a slash is looked for in the PATH of
 * env.  NULL if memory is short.
 */
char **aw_program_paths(const char *program, char *const *env);

#endif
