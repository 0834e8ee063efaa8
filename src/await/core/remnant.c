/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/remnant.h"

void
aw_remnants_close(aw_loop *loop)
{
	struct aw_remnant *remnant;
	void (*close)(struct aw_remnant *);

	/* The end of one may be the end of others, so none is kept in mind. */
	while ((remnant = LIST_FIRST(&loop->remnants)) != NULL) {
		close = remnant->close;
		aw_remnant_remove(remnant);
		close(remnant);
	}
}
