/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Cells: that they are apart, where they lie, and that their memory goes back.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/cells.h"
#include "fail.h"
#include "unit.h"

#define LINE 64
#define MOST (AW_CELL_LINES * LINE)
/* Seven slabs of the largest cells. */
#define MANY 105

static struct aw_cells cells;

static void *
get(size_t size)
{
	void *cell = aw_cell_get(&cells, size);

	ck_assert_ptr_nonnull(cell);
	return cell;
}

static bool
is_mapped(const void *address)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	unsigned char in_memory;

	return mincore((void *)((uintptr_t)address / page * page), page,
	    &in_memory) == 0;
}

START_TEST(cells_of_all_sizes_are_apart_and_keep_what_is_in_them)
{
	static unsigned char *all[AW_CELL_LINES][3];
	static unsigned char expected[MOST];
	size_t lines, i;

	for (lines = 1; lines <= AW_CELL_LINES; lines++)
		for (i = 0; i < 3; i++) {
			all[lines - 1][i] = get(lines * LINE - i);
			ck_assert_uint_eq((uintptr_t)all[lines - 1][i] % LINE,
			    0);
			memset(all[lines - 1][i], (int)(lines + 70 * i),
			    lines * LINE);
		}
	for (lines = 1; lines <= AW_CELL_LINES; lines++)
		for (i = 0; i < 3; i++) {
			memset(expected, (int)(lines + 70 * i), lines * LINE);
			ck_assert_mem_eq(all[lines - 1][i], expected,
			    lines * LINE);
		}
	aw_cells_free(&cells);
}
END_TEST

START_TEST(cells_of_one_size_lie_side_by_side)
{
	char *first = get(300), *second = get(300);

	ck_assert_ptr_eq(second, first + 5 * LINE);
	aw_cells_free(&cells);
}
END_TEST

START_TEST(the_last_cell_that_came_back_is_the_next)
{
	void *first = get(100), *second = get(100);

	aw_cell_put(&cells, first);
	aw_cell_put(&cells, second);
	ck_assert_ptr_eq(get(100), second);
	ck_assert_ptr_eq(get(100), first);
	aw_cells_free(&cells);
}
END_TEST

START_TEST(there_are_no_cells_of_nothing_and_none_too_large)
{
	ck_assert_ptr_null(aw_cell_get(&cells, 0));
	ck_assert_ptr_null(aw_cell_get(&cells, MOST + 1));
	aw_cell_put(&cells, get(MOST));
	aw_cells_free(&cells);
}
END_TEST

START_TEST(a_slab_goes_back_with_its_last_cell_but_for_one_of_each_size)
{
	static void *all[MANY];
	unsigned mapped = 0;
	size_t i;

	for (i = 0; i < MANY; i++)
		memset(all[i] = get(MOST), 1, MOST);
	for (i = 0; i < MANY; i++)
		aw_cell_put(&cells, all[i]);
	for (i = 0; i < MANY; i++)
		mapped += is_mapped(all[i]);
	/* As many as lie in a slab of 64 KiB behind its head. */
	ck_assert_uint_eq(mapped, 15);
	aw_cells_free(&cells);
	for (i = 0; i < MANY; i++)
		ck_assert(!is_mapped(all[i]));
}
END_TEST

START_TEST(a_full_slab_that_gets_a_cell_back_hands_it_out_again)
{
	static void *all[15];
	size_t i;

	for (i = 0; i < 15; i++)
		all[i] = get(MOST);
	/* It needs another slab. */
	fail_call("mmap", 1, 1, ENOMEM);
	ck_assert_ptr_null(aw_cell_get(&cells, MOST));
	ck_assert(fail_stop());
	aw_cell_put(&cells, all[7]);
	ck_assert_ptr_eq(get(MOST), all[7]);
	aw_cells_free(&cells);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		cells_of_all_sizes_are_apart_and_keep_what_is_in_them,
		cells_of_one_size_lie_side_by_side,
		the_last_cell_that_came_back_is_the_next,
		there_are_no_cells_of_nothing_and_none_too_large,
		a_slab_goes_back_with_its_last_cell_but_for_one_of_each_size,
		a_full_slab_that_gets_a_cell_back_hands_it_out_again,
	};

	return UNIT_RUN("cells", tests);
}
