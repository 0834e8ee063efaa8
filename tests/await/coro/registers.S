/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
	.text
	.globl	registers_switch
	.globl	registers_entry

#if defined(__x86_64__)
	.type	registers_switch, @function
registers_switch:
	endbr64
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushq	%rdx
	movq	(%rdx), %rbx
	movq	8(%rdx), %rbp
	movq	16(%rdx), %r12
	movq	24(%rdx), %r13
	movq	32(%rdx), %r14
	movq	40(%rdx), %r15
	call	*%rcx
	popq	%rdx
	movq	%rbx, (%rdx)
	movq	%rbp, 8(%rdx)
	movq	%r12, 16(%rdx)
	movq	%r13, 24(%rdx)
	movq	%r14, 32(%rdx)
	movq	%r15, 40(%rdx)
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
	.size	registers_switch, . - registers_switch

	.type	registers_entry, @function
registers_entry:
	endbr64
	movq	%rsp, (%rdi)
	jmp	*8(%rdi)
	.size	registers_entry, . - registers_entry

#elif defined(__aarch64__)
	.type	registers_switch, %function
registers_switch:
	sub	sp, sp, #176
	stp	x19, x20, [sp, #0]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	str	x2, [sp, #160]
	ldp	x19, x20, [x2, #0]
	ldp	x21, x22, [x2, #16]
	ldp	x23, x24, [x2, #32]
	ldp	x25, x26, [x2, #48]
	ldp	x27, x28, [x2, #64]
	ldp	d8, d9, [x2, #80]
	ldp	d10, d11, [x2, #96]
	ldp	d12, d13, [x2, #112]
	ldp	d14, d15, [x2, #128]
	blr	x3
	ldr	x2, [sp, #160]
	stp	x19, x20, [x2, #0]
	stp	x21, x22, [x2, #16]
	stp	x23, x24, [x2, #32]
	stp	x25, x26, [x2, #48]
	stp	x27, x28, [x2, #64]
	stp	d8, d9, [x2, #80]
	stp	d10, d11, [x2, #96]
	stp	d12, d13, [x2, #112]
	stp	d14, d15, [x2, #128]
	ldp	x19, x20, [sp, #0]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	d8, d9, [sp, #96]
	ldp	d10, d11, [sp, #112]
	ldp	d12, d13, [sp, #128]
	ldp	d14, d15, [sp, #144]
	add	sp, sp, #176
	ret
	.size	registers_switch, . - registers_switch

	.type	registers_entry, %function
registers_entry:
	mov	x9, sp
	str	x9, [x0]
	ldr	x9, [x0, #8]
	br	x9
	.size	registers_entry, . - registers_entry
#endif

	.section .note.GNU-stack, "", %progbits
