/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is in force: the defaults, then the file, then the command line.
 */
#ifndef ECHOD_CONFIGURATION_H
#define ECHOD_CONFIGURATION_H

#include "arguments.h"
#include "settings_table.h"

/* The listener of --listen, and the one that is there if there is no other. */
#define COMMAND_LINE_LISTENER "command-line"
#define DEFAULT_LISTENER "default"

/*
 * Reads and checks everything, and has no other effect.  Returns the settings,
 * for the caller to settings_free, or NULL after every error was reported.
 */
struct settings *config_load(const struct arguments *arguments,
    settings_report *report, void *arg);

/* Whether a listener is the one that nobody asked for. */
bool config_is_default(const struct settings_section *section);

/* The values of the i-th listener. */
const struct listener_settings *config_listener(
    const struct settings *settings, size_t i);

#endif
