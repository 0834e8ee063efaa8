#!/bin/bash
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# usage: in-virtual-machine.sh [-t SECONDS] -k FOLDER COMMAND [ARGUMENT...]
#
# Runs the command as root under one of Debian's kernels in a virtual machine,
# and exits with the command's status: 77 if this machine lacks what it takes,
# 124 if it took longer than SECONDS (120), 125 if the virtual machine ended
# before the command.
#
# The command has the files, the environment and the working folder that there
# are here, but a /dev, /proc, /run and /sys of its own, two processors, 512 MB
# of memory, and no network but what it makes.  The kernel loads its modules as
# it needs them.  What the command writes is gone afterwards.
#
# The kernel is not installed: its package is downloaded and unpacked in FOLDER,
# where it stays for the next time.  Without KVM all is some 20 times slower.
#
# Needs root, an x86-64 Debian, and its packages busybox-static, kmod and
# qemu-system-x86.

# shellcheck disable=SC2317 # functions are called by traps
set -eu

package=linux-image-cloud-amd64
files_daemon=/usr/lib/qemu/virtiofsd
# How to get at this machine's files; with them come the other modules.
first_modules="virtio_pci virtiofs overlay"

lacking()
{
	echo "in-virtual-machine.sh: $*" >&2
	exit 77
}

limit=120 kernel=
while getopts t:k: option; do
	case $option in
	t) limit=$OPTARG ;;
	k) kernel=$(realpath -m "$OPTARG") ;;
	*)
		kernel=
		break
		;;
	esac
done
shift $((OPTIND - 1))
if [ $# = 0 ] || [ -z "$kernel" ]; then
	sed -n 's/^# usage/usage/p' "$0" >&2
	exit 2
fi
[ "$(uname -m)" = x86_64 ] || lacking "this needs an x86-64"
[ "$(id -u)" = 0 ] || lacking "this needs root"
for tool in apt-get busybox depmod qemu-system-x86_64 $files_daemon; do
	command -v "$tool" >/dev/null || lacking "$tool is not installed"
done
ldd "$(command -v busybox)" >/dev/null 2>&1 && lacking "busybox isn't static"

# What runs in the background goes with this script, however it ends.
work=$(mktemp -d /var/tmp/in-virtual-machine.XXXXXX)
started=
clean_up()
{
	trap '' HUP INT TERM
	for process in $started; do
		kill "$process" 2>/dev/null || :
		wait "$process" 2>/dev/null || :
	done
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 143' HUP INT TERM

# ---- the kernel

# download [OPTION...]: the package into the folder new, with apt's options.
download()
{
	name=$(apt-cache "$@" depends $package |
	    sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p' | head -n 1)
	[ -n "$name" ] && (cd "$new" && apt-get "$@" -q download "$name")
}

# This machine's lists of packages may be absent or too old; they are not ours
# to renew, so then there are others.
download_somehow()
{
	download && return
	set -- -o Dir::State::Lists="$new/lists" -o Dir::Cache="$new/cache"
	apt-get "$@" -q update && download "$@"
}

fetch_kernel()
{
	new=$kernel.new
	rm -rf "$new"
	mkdir -p "$new/lists/partial" "$new/cache"
	download_somehow >"$work/apt" 2>&1 || {
		tail -n 5 "$work/apt" >&2
		rm -rf "$new"
		lacking "no package $package can be downloaded"
	}
	dpkg-deb -x "$new"/linux-image-*.deb "$new"
	depmod -b "$new" "$(ls "$new/lib/modules")"
	rm -rf "$new/lists" "$new/cache" "$new"/*.deb
	mv "$new" "$kernel"
}

[ -d "$kernel" ] || fetch_kernel
version=$(ls "$kernel/lib/modules")

# ---- what runs in the virtual machine

# The first program makes this machine's files the virtual machine's own; but
# what is in the folder results is written through.
mkdir -p "$work/results" "$work/first/bin" "$work/first/files" \
    "$work/first/root" "$work/first/tmp"
cp "$(command -v busybox)" "$work/first/bin/busybox"
cat >"$work/first/init" <<END
#!/bin/busybox sh
set -e
for module in /*.ko; do busybox insmod "\$module"; done
busybox mount -t virtiofs files /files
busybox mount -t tmpfs -o mode=755 tmpfs /tmp
busybox mkdir /tmp/upper /tmp/work
busybox mount -t overlay overlay /root \
    -o lowerdir=/files,upperdir=/tmp/upper,workdir=/tmp/work
busybox mkdir -p /root/lib/modules
busybox mount --bind "/files$kernel/lib/modules" /root/lib/modules
busybox mount --bind "/files$work/results" "/root$work/results"
busybox mount -t devtmpfs devtmpfs /root/dev
busybox mount -t proc proc /root/proc
busybox mount -t sysfs sysfs /root/sys
busybox mount -t tmpfs -o mode=755 tmpfs /root/run
exec busybox switch_root /root /bin/bash "$work/second"
END
chmod +x "$work/first/init"

# Numbered in the order in which they are to be loaded.
number=10
for module in $first_modules; do
	modprobe -d "$kernel" -S "$version" --show-depends "$module"
done >"$work/modules"
awk '$1 == "insmod" && !seen[$2]++ { print $2 }' "$work/modules" |
    while read -r file; do
	cp "$file" "$work/first/$number.ko"
	number=$((number + 1))
done
(cd "$work/first" && find . | busybox cpio -o -H newc) >"$work/first.cpio" \
    2>"$work/messages"

# The second has the command run, and the machine switched off.
{
	export -p
	printf 'cd %q\n' "$PWD"
	printf '%q ' "$@"
	echo ">$work/results/log 2>&1"
	echo "echo \$? >$work/results/status"
	echo "echo b >/proc/sysrq-trigger"
} >"$work/second"

# ---- the virtual machine

# machine SECONDS OPTION...: status 124 if it is not switched off in time.
machine()
{
	seconds=$1
	shift
	exec setpriv --pdeathsig TERM timeout -k 5 "$seconds" \
	    qemu-system-x86_64 -nodefaults -no-user-config -display none \
	    -no-reboot -cpu max -kernel "$kernel/boot/vmlinuz-$version" "$@" \
	    </dev/null >>"$work/messages" 2>&1
}

# There may be a /dev/kvm that is of no use to this kernel, so it is tried:
# without files, the kernel gives up at once.
accelerator=tcg
if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
	machine 10 -machine pc,accel=kvm -m 512 -append panic=-1 &
	started=$!
	wait "$started" && accelerator=kvm
fi

setpriv --pdeathsig TERM $files_daemon -f -o source=/ -o sandbox=chroot \
    -o cache=always --socket-path="$work/files" >>"$work/messages" 2>&1 &
started=$!
timeout 10 sh -c "until [ -S '$work/files' ]; do sleep 0.02; done" || {
	cat "$work/messages" >&2
	lacking "$files_daemon can't share the files"
}

status=0
machine "$limit" -machine pc,memory-backend=memory,accel=$accelerator \
    -smp 2 -m 512 -object memory-backend-memfd,id=memory,size=512M \
    -chardev socket,id=files,path="$work/files" \
    -device vhost-user-fs-pci,chardev=files,tag=files \
    -serial file:"$work/console" -initrd "$work/first.cpio" -append \
    "console=ttyS0 quiet panic=-1 mitigations=off cryptomgr.notests" &
started="$! $started"
wait $! || status=$?
started=${started#* }

[ ! -e "$work/results/log" ] || cat "$work/results/log"
if [ "$status" = 124 ]; then
	echo "in-virtual-machine.sh: not done within $limit s" >&2
	exit 124
fi
if [ ! -s "$work/results/status" ]; then
	echo "in-virtual-machine.sh: it ended too early (status $status):" >&2
	tail -n 20 "$work/messages" "$work/console" >&2
	exit 125
fi
read -r status <"$work/results/status"
exit "$status"
