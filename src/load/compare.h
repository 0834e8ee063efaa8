/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * "echo-load compare": whether runs differ by more than runs differ anyhow.
 */
#ifndef LOAD_COMPARE_H
#define LOAD_COMPARE_H

/*
 * The program, with argv[0] the word "compare".  Returns the exit status, one
 * of result.h.
 */
int compare_main(int argc, char **argv);

#endif
