/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The context switch for aarch64 (AAPCS64): x19 to x30, sp and the low halves
 * of v8 to v15 are a function's to preserve.
 */
	.text

/* void aw_context_switch_asm(struct aw_context *from, struct aw_context *to) */
	.globl	aw_context_switch_asm
	.hidden	aw_context_switch_asm
	.type	aw_context_switch_asm, %function
	.p2align 6
aw_context_switch_asm:
	.cfi_startproc
	hint	#34			/* bti c */
	sub	sp, sp, #160
	.cfi_adjust_cfa_offset 160
	stp	x19, x20, [sp, #0]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	.cfi_rel_offset x19, 0
	.cfi_rel_offset x20, 8
	.cfi_rel_offset x21, 16
	.cfi_rel_offset x22, 24
	.cfi_rel_offset x23, 32
	.cfi_rel_offset x24, 40
	.cfi_rel_offset x25, 48
	.cfi_rel_offset x26, 56
	.cfi_rel_offset x27, 64
	.cfi_rel_offset x28, 72
	.cfi_rel_offset x29, 80
	.cfi_rel_offset x30, 88
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]

	mov	x9, sp
	str	x9, [x0]
	ldr	x9, [x1]
	mov	sp, x9

	ldp	d8, d9, [sp, #96]
	ldp	d10, d11, [sp, #112]
	ldp	d12, d13, [sp, #128]
	ldp	d14, d15, [sp, #144]
	ldp	x19, x20, [sp, #0]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	.cfi_restore x19
	.cfi_restore x20
	.cfi_restore x21
	.cfi_restore x22
	.cfi_restore x23
	.cfi_restore x24
	.cfi_restore x25
	.cfi_restore x26
	.cfi_restore x27
	.cfi_restore x28
	.cfi_restore x29
	.cfi_restore x30
	add	sp, sp, #160
	.cfi_adjust_cfa_offset -160
	ret
	.cfi_endproc
	.size	aw_context_switch_asm, . - aw_context_switch_asm

/*
 * The first thing that a new context runs: x19 is its entry, x20 its argument.
 * The return address is undefined for unwinders, so backtraces end here.
 */
	.globl	aw_context_trampoline
	.hidden	aw_context_trampoline
	.type	aw_context_trampoline, %function
	.p2align 4
aw_context_trampoline:
	.cfi_startproc
	.cfi_undefined x30
	hint	#36			/* bti j */
	mov	x0, x20
	mov	x29, #0
	mov	x30, #0
	blr	x19
	brk	#1
	.cfi_endproc
	.size	aw_context_trampoline, . - aw_context_trampoline

	.section .note.GNU-stack, "", %progbits
