/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* The settings file: what is in it is checked by the table. */
#include "settings.h"

#include "settings_load.h"
#include "settings_text.h"
#include "suggest.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_SIZE SETTINGS_MESSAGE_SIZE

struct file {
	struct settings *settings;
	const char *path;
	settings_report *report;
	void *report_arg;
	int err;
	struct settings_entries entries;
};

/* entry is NULL if it is about the file as a whole. */
static void __attribute__((format(printf, 3, 4)))
report(struct file *file, const struct settings_entry *entry,
    const char *format, ...)
{
	char text[MESSAGE_SIZE], message[MESSAGE_SIZE + 512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	/* An error is one line, whatever stands in the file. */
	for (char *byte = text; *byte != '\0'; byte++)
		if (iscntrl((unsigned char)*byte))
			*byte = '?';
	if (entry != NULL)
		snprintf(message, sizeof(message), "%s:%d: %s", entry->path,
		    entry->line, text);
	else
		snprintf(message, sizeof(message), "%s: %s", file->path, text);
	file->report(message, file->report_arg);
	if (file->err == 0)
		file->err = -EINVAL;
}

static const struct settings_entry *
find_twin(const struct file *file, const struct settings_entry *entry)
{
	const struct settings_entry *other;

	for (other = file->entries.items; other < entry; other++) {
		if (other->begins != entry->begins || other->follows ||
		    other->problem ||
		    strcmp(other->name, entry->name) != 0)
			continue;
		if (entry->begins ? strcmp(other->value, entry->value) == 0 :
		    other->section == entry->section)
			return other;
	}
	return NULL;
}

/* "line 12", or "x.conf:12" where that is another file than the entry's. */
static const char *
place(const struct settings_entry *twin, const struct settings_entry *entry,
    char *buffer, size_t size)
{
	if (strcmp(twin->path, entry->path) == 0)
		snprintf(buffer, size, "line %d", twin->line);
	else
		snprintf(buffer, size, "%s:%d", twin->path, twin->line);
	return buffer;
}

/* Returns whether what stands in the section can be checked. */
static bool
enter_section(struct file *file, const struct settings_entry *entry)
{
	const char *kind = file->settings->table->section;
	const struct settings_entry *twin = find_twin(file, entry);
	char error[MESSAGE_SIZE], origin[MESSAGE_SIZE];
	const char *const kinds[] = { kind, NULL };

	if (strcmp(entry->name, kind) != 0) {
		const char *near = suggest(entry->name, kinds);

		if (near != NULL)
			report(file, entry, "unknown section '%s'; did "
			    "you mean '%s'?", entry->name, near);
		else
			report(file, entry, "unknown section '%s'; "
			    "expected '%s'", entry->name, kind);
		return false;
	}
	if (twin != NULL)
		report(file, entry, "%s \"%s\" is there twice; "
		    "the other is in %s", kind, entry->value, place(twin, entry,
		    origin, sizeof(origin)));
	snprintf(origin, sizeof(origin), "%s:%d", entry->path, entry->line);
	if (settings_add_section(file->settings, entry->value, origin, error,
	    sizeof(error)) == 0)
		return true;
	report(file, entry, "%s", error);
	return false;
}

/* Gathers the texts of a list, wherever they stand. */
static size_t
gather(const struct settings_entries *entries,
    const struct settings_entry *entry, const char **texts)
{
	const struct settings_entry *other, *end;
	size_t count = 0;

	texts[count++] = entry->value;
	end = entries->items + entries->count;
	for (other = entry + 1; other < end; other++)
		if (other->follows && other->section == entry->section &&
		    strcmp(other->name, entry->name) == 0)
			texts[count++] = other->value;
	return count;
}

static void
set_value(struct file *file, const struct settings_section *section,
    const struct settings_entry *entry)
{
	const struct settings_entry *twin = find_twin(file, entry);
	char error[MESSAGE_SIZE], where[MESSAGE_SIZE];
	const char **texts;

	texts = calloc(file->entries.count, sizeof(*texts));
	if (texts == NULL) {
		report(file, NULL, "out of memory");
		return;
	}
	if (settings_set(file->settings, section, entry->name, texts,
	    gather(&file->entries, entry, texts), error, sizeof(error)) < 0)
		report(file, entry, "%s", error);
	else if (twin != NULL)
		report(file, entry, "'%s' is set twice; %s has it first",
		    entry->name, place(twin, entry, where, sizeof(where)));
	else
		settings_note_line(file->settings, section, entry->name,
		    entry->path, entry->line);
	free(texts);
}

static void
check(struct file *file)
{
	struct settings *settings = file->settings;
	bool ours = true;

	for (size_t i = 0; i < file->entries.count; i++) {
		const struct settings_entry *entry = &file->entries.items[i];

		if (entry->problem)
			report(file, entry, "%s", entry->value);
		else if (entry->begins)
			ours = enter_section(file, entry);
		else if (entry->follows)
			continue;
		else if (entry->section == 0)
			set_value(file, NULL, entry);
		else if (ours)
			set_value(file, &settings->sections[
			    settings->section_count - 1], entry);
	}
}

int
settings_read_file(struct settings *settings, const char *path,
    settings_report *report_to, void *arg)
{
	struct file file = {
		.settings = settings,
		.path = path,
		.report = report_to,
		.report_arg = arg,
	};
	int err;

	err = settings_load(settings->table, path, &file.entries);
	if (err == 0)
		check(&file);
	else if (err == -ENOMEM)
		report(&file, NULL, "out of memory");
	else
		report(&file, NULL, "cannot be read: %s",
		    settings_text_strerror(err));
	string_list_clear(&settings->files);
	settings->files = file.entries.paths;
	file.entries.paths = (struct string_list){ .count = 0 };
	settings_entries_clear(&file.entries);
	return err < 0 ? err : file.err;
}
