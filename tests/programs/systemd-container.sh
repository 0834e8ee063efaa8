#!/bin/bash
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: systemd-container.sh [-t SECONDS] [-r ROOT] [-l LAYER]
#     SCRIPT [ARGUMENT...]
#
# Boots systemd as process 1 of a container, runs the script there as root, and
# exits with the script's status: 124 if it took longer than SECONDS (120), 125
# if systemd did not boot.
#
# The container sees this machine's files, or those of another Debian in the
# folder ROOT, with those of the folder LAYER over them, but none of its enabled
# units, and a /tmp, /run and /dev of its own.  Its network is a loopback
# interface.  What it writes is gone afterwards.
#
# Needs root, and Debian's systemd and systemd-container.

# shellcheck disable=SC2317 # functions are called by traps and by a child
set -eu

usage()
{
	sed -n -e 's/^# usage/usage/p' -e 's/^#\(     SCRIPT\)/\1/p' "$0" >&2
	exit 2
}

limit=120
layer=
lower=/
while getopts t:r:l: option; do
	case $option in
	t) limit=$OPTARG ;;
	r) lower=$(realpath "$OPTARG") ;;
	l) layer=$(realpath "$OPTARG") ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || usage

# A bare chroot has no control groups, without which systemd does not boot.  In
# a mount namespace of our own they can be had.
if [ ! -e /sys/fs/cgroup/cgroup.procs ] &&
    [ -z "$(ls -A /sys/fs/cgroup 2>/dev/null)" ] &&
    [ -z "${ECHOD_TEST_CGROUP-}" ]; then
	export ECHOD_TEST_CGROUP=mounted
	# shellcheck disable=SC2016 # the inner shell expands it
	exec unshare -m --propagation private sh -c \
	    'mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"' sh \
	    bash "$0" -t "$limit" -r "$lower" ${layer:+-l "$layer"} "$@"
fi

name=echod-test-$$
work=$(mktemp -d "/var/tmp/$name.XXXXXX")
shared=$work/shared
mkdir "$shared" "$work/mount"
cp "$1" "$shared/script"
shift
printf '#!/bin/sh\nexec /bin/sh /run/test/script%s\n' \
    "$([ $# = 0 ] || printf ' %q' "$@")" >"$shared/run"
: >"$shared/log"

# ---- cgroups
# One below ours in each hierarchy.  Where the controllers are those of cgroup
# version 1, the container must be told to make them writable.

cgroups=()
controllers_v1=

find_cgroups()
{
	local controllers path folder

	while IFS=: read -r _ controllers path; do
		case $controllers in
		'')
			folder=/sys/fs/cgroup/unified
			[ -e $folder/cgroup.controllers ] ||
			    folder=/sys/fs/cgroup
			;;
		cpuset)
			continue # unusable until its processors are set
			;;
		name=*)
			folder=/sys/fs/cgroup/${controllers#name=}
			;;
		*)
			folder=/sys/fs/cgroup/$controllers
			controllers_v1="$controllers_v1 $controllers"
			;;
		esac
		[ ! -e "$folder$path/cgroup.procs" ] ||
		    cgroups+=("${folder%/}${path%/}/$name")
	done </proc/self/cgroup
}

# ---- the end

container=

clean_up()
{
	local cgroup

	for cgroup in "${cgroups[@]}"; do
		[ -d "$cgroup" ] || continue
		find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null ||
		    :
	done
	rmdir "/run/systemd/nspawn/propagate/$name" 2>/dev/null || :
	rm -f "/run/systemd/nspawn/locks/"*"$name"* 2>/dev/null || :
	rm -rf --one-file-system "$work"
}

stop()
{
	trap '' HUP INT TERM
	if [ -n "$container" ]; then
		kill "$container" 2>/dev/null || :
		wait "$container" || :
	fi
	exit 143
}

# ---- the container

# The unit that runs the script; the container ends with it.
write_unit()
{
	cat <<-'END'
	[Unit]
	Description=Script of systemd-container.sh
	After=multi-user.target
	SuccessAction=exit
	FailureAction=exit

	[Service]
	Type=exec
	ExecStart=/bin/sh /run/test/run
	ExecStopPost=/bin/sh -c 'echo "$EXIT_CODE $EXIT_STATUS" >/run/test/status'
	WorkingDirectory=/root
	Environment=HOME=/root LANG=C.UTF-8 SYSTEMD_PAGER=cat SYSTEMD_COLORS=0
	StandardOutput=append:/run/test/log
	StandardError=append:/run/test/log
	TimeoutStopSec=10
	END
}

# Runs in a mount namespace of its own, with which its mounts go.
boot()
{
	local root=$work/mount/root units

	mount -t tmpfs -o mode=755 "$name" "$work/mount"
	mkdir "$work/mount/upper" "$work/mount/work" "$root"
	mount -t overlay "$name" "$root" -o "lowerdir=$lower" \
	    -o "upperdir=$work/mount/upper,workdir=$work/mount/work"
	[ -z "$layer" ] || cp -a "$layer/." "$root"
	rm -rf "$root"/etc/systemd/system "$root"/var/log/journal \
	    "$root"/etc/machine-id "$root"/.dockerenv
	units=$root/etc/systemd/system
	mkdir -p "$units/multi-user.target.wants" \
	    "$root"/etc/systemd/{journald,system}.conf.d
	tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
	printf '[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n' \
	    >"$root/etc/systemd/journald.conf.d/test.conf"
	printf '[Manager]\nDefaultTimeoutStartSec=20\n' \
	    >"$root/etc/systemd/system.conf.d/test.conf"
	ln -s multi-user.target "$units/default.target"
	ln -s /dev/null "$units/getty.target"
	write_unit >"$units/test.service"
	ln -s ../test.service "$units/multi-user.target.wants/test.service"
	exec systemd-nspawn --quiet --directory="$root" --machine="$name" \
	    --register=no --keep-unit --private-network --link-journal=no \
	    --resolv-conf=off --timezone=off --console=pipe \
	    --kill-signal=SIGRTMIN+3 --capability=CAP_IPC_LOCK \
	    --bind="$shared:/run/test" -- /bin/sh -c "
		for controller in $controllers_v1; do
			mount -o remount,bind,rw \
			    /sys/fs/cgroup/\$controller 2>/dev/null
		done
		exec /lib/systemd/systemd"
}

# Becomes the container, which goes if this script does.
enter()
{
	local cgroup

	for cgroup in "${cgroups[@]}"; do
		echo $BASHPID >"$cgroup/cgroup.procs"
	done
	export name work shared lower layer controllers_v1
	export -f boot write_unit
	# nspawn's own system call filter would hide those of the units.
	SYSTEMD_SECCOMP=0 exec setpriv --pdeathsig TERM \
	    timeout -k 15 "$limit" unshare -m --propagation private \
	    bash -euc boot
}

trap clean_up EXIT
trap stop HUP INT TERM
find_cgroups
for cgroup in "${cgroups[@]}"; do
	mkdir "$cgroup"
done
status=0
enter </dev/null >"$work/console" 2>&1 &
container=$!
wait "$container" || status=$?
container=

cat "$shared/log"
if [ "$status" = 124 ]; then
	echo "systemd-container.sh: not done within $limit s" >&2
	exit 124
fi
if [ ! -e "$shared/status" ]; then
	echo "systemd-container.sh: systemd did not boot (status $status):" >&2
	tail -n 20 "$work/console" >&2
	exit 125
fi
read -r how status <"$shared/status"
if [ "$how" != exited ]; then
	echo "systemd-container.sh: the script was $how by $status" >&2
	exit 255
fi
exit "$status"
