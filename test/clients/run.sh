#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Builds unmodified programs (strace, dash, busybox) from Debian and runs each natively and as a
# guest; what they print must be the same but for numbers that differ from run to run. It needs the
# network, root for chroot, musl-gcc and some minutes, and so runs only where that is asked for:
#
#     UTSIM_CLIENTS=1 test/clients/run.sh build/release/utsim [FOLDER]
#
# With UTSIM_CLIENTS=gdbserver it builds gdbserver, too.
if [ -z "$UTSIM_CLIENTS" ]; then
    echo "UTSIM_CLIENTS is not set: skipped"
    exit 0
fi
set -e
utsim=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=${2:-$(mktemp -d)}
mkdir -p "$work/root/"{bin,tmp} "$work/host/"{dev/pts,proc}
cd "$work"
cc="musl-gcc -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu"

# --- sources -----------------------------------------------------------------------------------
fetch() {
    local options=(-qq -o "Dir::Etc::sourcelist=$work/sources" -o "Dir::Etc::sourceparts=-"
        -o "Dir::State::lists=$work/lists")
    mkdir -p lists/partial
    local main="http://deb.debian.org/debian bookworm main"
    printf 'deb-src %s\ndeb %s\n' "$main" "$main" > sources
    apt-get "${options[@]}" update
    apt-get "${options[@]}" source --download-only strace dash
    apt-get "${options[@]}" download busybox-static
    tar xf strace_*.orig.tar.xz
    tar xf dash_*.orig.tar.gz
    dpkg-deb -x busybox-static*.deb busybox
}

make_static() {
    (cd "$1"-*/ && { [ -x configure ] || ./autogen.sh; } &&
        ./configure CC="$cc" CFLAGS=-O1 LDFLAGS=-static "${@:2}" && make) > "$1.log" 2>&1
    cp "$1"-*/src/"$1" root/bin/
}

if [ ! -x root/bin/strace ]; then
    fetch
    cp busybox/bin/busybox root/bin/
    applets="sh ls sort tr sed cat mkdir ln cut readlink sleep find seq head true false rm stty tty"
    for name in $applets; do
        ln -sf busybox root/bin/$name
    done
    make_static dash --enable-static
    make_static strace --enable-bundled=yes --enable-mpers=no --disable-gcc-Werror
fi
for name in target typist watched; do
    $cc -O1 -static -no-pie -fno-pie -w -o root/bin/$name "$here/$name.c"
done
cp "$here/script.sh" root/script.sh

# gdbserver has to be linked statically, which takes some minutes more.
make_gdbserver() {
    apt-get -qq -o "Dir::Etc::sourcelist=$work/sources" -o "Dir::Etc::sourceparts=-" \
        -o "Dir::State::lists=$work/lists" source --download-only gdb
    tar xf gdb_*.orig.tar.xz
    mkdir -p gdb-build
    (cd gdb-build && ../gdb-*/configure --disable-gdb --disable-inprocess-agent --disable-nls \
        --disable-sim --disable-ld --disable-gas --disable-binutils --disable-gprof \
        LDFLAGS=-static CFLAGS=-O1 CXXFLAGS=-O1 && make all-gdbserver) > gdbserver.log 2>&1
    cp gdb-build/gdbserver/gdbserver root/bin/
}
[ "$UTSIM_CLIENTS" != gdbserver ] || [ -x root/bin/gdbserver ] || make_gdbserver

# --- runs --------------------------------------------------------------------------------------
# Without pids, addresses and times, and sorted, since several processes print in any order.
plain() {
    sed -E 's,^root/,/,; s/\[pid +[0-9]+\] //; s/^[0-9:.]+ +//; s/0x[0-9a-f]+/ADDRESS/g
        s/\(1<[^>]*>/(1<OUTPUT>/; s/[0-9]{3,}/N/g; s/<[0-9.]+>//; s/ +=/ =/
        s/[0-9]+ vars/vars/; s/ +/ /g' | sort
}

failed=0
compare() {
    local name=$1 program=$2
    chroot host "${@:2}" > native.txt 2>&1 < /dev/null || true
    "$utsim" exec --root=root --as="$program" --semantics=linux-now \
        "root$program" "${@:3}" > guest.txt 2>&1 < /dev/null || true
    plain < native.txt > native.plain
    plain < guest.txt > guest.plain
    if cmp -s native.plain guest.plain; then
        echo "same: $name"
    else
        echo "DIFFERENT: $name"
        diff native.plain guest.plain | head -20
        failed=1
    fi
}

# The host's devices and /proc are mounted into a copy: a guest is given the files of its root.
cp -a root/. host/
[ -c host/dev/null ] || mknod host/dev/null c 1 3
mount -t proc proc host/proc
mount -t devpts devpts host/dev/pts -o ptmxmode=666
ln -sf pts/ptmx host/dev/ptmx
trap 'umount host/proc host/dev/pts' EXIT
export PATH=/bin:$PATH
compare "busybox sh" /bin/busybox sh /script.sh
compare "dash" /bin/dash /script.sh
# Each process's lines in a file of its own, since nobody knows how those of several mix.
lines() {
    echo "strace -ff -o /tmp/lines $1; cat /tmp/lines.*; rm /tmp/lines.*"
}
compare "strace -ff" /bin/busybox sh -c "$(lines '-e trace=process,signal,write target')"
compare "strace -v -y" /bin/busybox sh -c "$(lines '-v -y -e trace=desc,signal target')"
shell="sh -c 'echo a | cat; target'"
compare "strace of a shell" /bin/busybox sh -c "$(lines "-e trace=execve,pipe $shell")"
compare "strace -e inject" /bin/strace -f -e trace=write -e inject=write:error=EIO /bin/target
compare "strace -c" /bin/strace -qq -c -f -U name,calls /bin/target

# An interactive shell, and what is typed at it.
n=$'\n'
typed=(@ "PATH=/bin; PS1='\$ '$n" "sleep 100$n" $'\032' "jobs$n" "fg$n" $'\003' "echo rc \$?$n"
    "sleep 50 &$n" "jobs; kill %1; wait$n" "cat$n" "typed$n" $'\004' "stty size; tty$n" "exit 3$n")
compare "busybox sh -i" /bin/typist /bin/busybox sh -i "${typed[@]}"
compare "dash -i" /bin/typist /bin/dash -i "${typed[@]}"

# What a debugger says to gdbserver, and what it is told: a breakpoint, a watchpoint that is hit
# twice, the values that were written, the end. (Natively it depends on the machine.)
if [ -x root/bin/gdbserver ]; then
    python3 "$here/packets.py" root/bin/watched > packets
    told=$("$utsim" exec --root=root --as=/bin/gdbserver --semantics=linux-now root/bin/gdbserver \
        --once --no-startup-with-shell - /bin/watched < packets 2> gdbserver.talk |
        grep -a -o -E 'T05swbreak|T05watch|[$](31|40)[0*]|W5' | tr -d '\n')
    case $told in
        T05swbreak*T05watch\$31*T05watch\$40*W5) echo "same: gdbserver" ;;
        *) echo "DIFFERENT: gdbserver: $told"; failed=1 ;;
    esac
fi
exit $failed
