/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * "echo-load merge": one report of what several processes, on as many machines,
 * have done at the same time.
 */
#ifndef LOAD_MERGE_H
#define LOAD_MERGE_H

/*
 * The program, with argv[0] the word "merge".  Returns the exit status, one of
 * result.h.
 */
int merge_main(int argc, char **argv);

#endif
