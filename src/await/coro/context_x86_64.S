/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The context switch for x86-64 (System V ABI): rbx, rbp, r12 to r15, rsp, the
 * control bits of MXCSR and the x87 control word are a function's to preserve.
 */
	.text

/*
 * void aw_context_switch_asm(struct aw_context *from, struct aw_context *to)
 *
 * It goes on by a jump, not by ret: the processor's stack of return addresses
 * belongs to the other context, and a ret would be predicted wrongly.
 */
	.globl	aw_context_switch_asm
	.hidden	aw_context_switch_asm
	.type	aw_context_switch_asm, @function
	.p2align 6
aw_context_switch_asm:
	.cfi_startproc
	endbr64
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbx, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r12, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r13, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r14, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r15, 0
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	movl	(%rsp), %eax
	movzwl	4(%rsp), %edx

	movq	%rsp, (%rdi)
	movq	(%rsi), %rsp

	/*
	 * Loading the control words is slow, and they hardly ever differ.  The
	 * low six bits of MXCSR are status, which floating point sets as it
	 * goes and which is not preserved across calls.
	 */
	xorl	(%rsp), %eax
	testl	$0xffc0, %eax
	jne	1f
	cmpw	4(%rsp), %dx
	jne	1f
	.cfi_remember_state
2:	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore r15
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore r14
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore r13
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore r12
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbx
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbp
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	.cfi_register rip, rcx
	notrack jmp *%rcx

	.cfi_restore_state
1:	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	jmp	2b
	.cfi_endproc
	.size	aw_context_switch_asm, . - aw_context_switch_asm

/*
 * The first thing that a new context runs: rbx is its entry, r12 its argument.
 * The return address is undefined for unwinders, so backtraces end here.
 */
	.globl	aw_context_trampoline
	.hidden	aw_context_trampoline
	.type	aw_context_trampoline, @function
	.p2align 4
aw_context_trampoline:
	.cfi_startproc
	.cfi_undefined rip
	endbr64
	movq	%r12, %rdi
	xorl	%ebp, %ebp
	call	*%rbx
	ud2
	.cfi_endproc
	.size	aw_context_trampoline, . - aw_context_trampoline

	.section .note.GNU-stack, "", @progbits

/* Indirect branch tracking is kept (IBT); the shadow stack is not claimed. */
	.section .note.gnu.property, "a"
	.p2align 3
	.long	4
	.long	16
	.long	5
	.asciz	"GNU"
	.long	0xc0000002
	.long	4
	.long	1
	.long	0
