# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# ECHOD_MISSING(WHAT, DEBIAN-PACKAGE)
# Remembers that something needed was not found.
AC_DEFUN([ECHOD_MISSING], [
    missing="$missing
  $1"
    AS_CASE([" $missing_packages "], [*" $2 "*], [],
	[missing_packages="${missing_packages:+$missing_packages }$2"])
])

# ECHOD_NEED_PROGRAM(WHAT, DEBIAN-PACKAGE, CANDIDATES)
AC_DEFUN([ECHOD_NEED_PROGRAM], [
    AC_MSG_CHECKING([for $1])
    needed=
    for candidate in $3; do
	AS_IF([command -v "$candidate" >/dev/null 2>&1],
	    [needed=$candidate; break])
    done
    AC_MSG_RESULT([${needed:-no}])
    AS_IF([test -z "$needed"], [ECHOD_MISSING([$1], [$2])])
])

# ECHOD_NEED_LIBRARY(VARIABLE, MODULE >= VERSION, DEBIAN-PACKAGE, [IF-FOUND])
AC_DEFUN([ECHOD_NEED_LIBRARY], [
    PKG_CHECK_MODULES([$1], [$2], [m4_default([$4], [:])],
	[ECHOD_MISSING([$2], [$3])])
])

# ECHOD_REPORT_MISSING
# Ends with one message that names all that is missing.
AC_DEFUN([ECHOD_REPORT_MISSING], [
    AS_IF([test -n "$missing"], [AC_MSG_ERROR([these are missing:
$missing

On Debian: apt install $missing_packages])])
])

# ECHOD_PKG_VERSION(VARIABLE, MODULE)
AC_DEFUN([ECHOD_PKG_VERSION], [$1=`$PKG_CONFIG --modversion $2 2>/dev/null`])

# ECHOD_WARNINGS
# Sets WARNING_CFLAGS; --enable-werror turns warnings into errors.
AC_DEFUN([ECHOD_WARNINGS], [
    AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
	[], [enable_werror=no])
    WARNING_CFLAGS="-Wall -Wextra -Wshadow -Wstrict-prototypes"
    WARNING_CFLAGS="$WARNING_CFLAGS -Wmissing-prototypes"
    AS_IF([test "$enable_werror" = yes],
	[WARNING_CFLAGS="$WARNING_CFLAGS -Werror"])
    AC_SUBST([WARNING_CFLAGS])
])

# ECHOD_SANITIZERS
# Sets SANITIZER_CFLAGS from --with-sanitizers=LIST.
AC_DEFUN([ECHOD_SANITIZERS], [
    AC_ARG_WITH([sanitizers], [AS_HELP_STRING([--with-sanitizers=LIST],
	[build with the compiler's sanitizers, such as
	address,undefined or thread])],
	[], [with_sanitizers=])
    AS_CASE([$with_sanitizers],
	[no], [with_sanitizers=],
	[yes], [AC_MSG_ERROR([--with-sanitizers needs a list, such as
--with-sanitizers=address,undefined or --with-sanitizers=thread])])
    SANITIZER_CFLAGS=
    AS_IF([test -n "$with_sanitizers"], [
	SANITIZER_CFLAGS="-fsanitize=$with_sanitizers -fno-omit-frame-pointer"
	AS_CASE([,$with_sanitizers,], [*,undefined,*],
	    [SANITIZER_CFLAGS="$SANITIZER_CFLAGS -fno-sanitize-recover=undefined"])
	AC_MSG_CHECKING([whether $CC links with $SANITIZER_CFLAGS])
	saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS $SANITIZER_CFLAGS"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])], [
	    AC_MSG_RESULT([no])
	    AC_MSG_ERROR([$CC can't build with --with-sanitizers=$with_sanitizers])])
	CFLAGS=$saved_CFLAGS
    ])
    AC_SUBST([SANITIZER_CFLAGS])
    AM_CONDITIONAL([SANITIZERS], [test -n "$with_sanitizers"])
])

# ECHOD_CONTEXT
# Chooses how tasks are switched: assembly where there is some for the
# processor, otherwise ucontext.
AC_DEFUN([ECHOD_CONTEXT], [
    AC_ARG_WITH([context], [AS_HELP_STRING([--with-context=asm|ucontext],
	[how tasks are switched (default: asm on x86-64 and aarch64)])],
	[], [with_context=auto])
    AC_MSG_CHECKING([how to switch between tasks])
    context_cpu=
    AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#if !defined(__x86_64__) || defined(__ILP32__)
#error other processor
#endif
]])], [context_cpu=x86_64])
    AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#if !defined(__aarch64__) || defined(__ILP32__)
#error other processor
#endif
]])], [context_cpu=aarch64])
    AS_CASE([$with_context,$context_cpu],
	[ucontext,*|auto,], [context=ucontext],
	[asm,], [AC_MSG_ERROR([--with-context=asm is for x86-64 and aarch64;
use --with-context=ucontext on this processor])],
	[asm,*|auto,*], [context=asm],
	[AC_MSG_ERROR([--with-context is asm or ucontext, not '$with_context'])])
    AS_IF([test $context = ucontext], [
	context_cpu=
	AC_DEFINE([AW_CONTEXT_UCONTEXT], [1],
	    [Tasks are switched by ucontext rather than by assembly.])])
    AC_MSG_RESULT([$context${context_cpu:+ ($context_cpu)}])
    AM_CONDITIONAL([AW_CONTEXT_UCONTEXT], [test $context = ucontext])
    AM_CONDITIONAL([AW_CONTEXT_X86_64], [test "$context_cpu" = x86_64])
    AM_CONDITIONAL([AW_CONTEXT_AARCH64], [test "$context_cpu" = aarch64])
])
