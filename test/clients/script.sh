# SPDX-License-Identifier: MIT
# A little of everything that shells do, for busybox and dash.
echo start
for i in 3 1 2; do echo $i; done | sort -r | tr '\n' ' '; echo
x=$(echo hello | sed s/l/L/g); echo $x
mkdir -p /tmp/d/e; echo data > /tmp/d/f; cat /tmp/d/f
ln -s f /tmp/d/l; readlink /tmp/d/l; cat /tmp/d/l
ls -l /tmp/d/l | cut -c1-10
(sleep 0.01; exit 3) & wait $!; echo rc $?
trap 'echo got USR1' USR1; kill -USR1 $$
sh -c 'kill -9 $$'; echo rc $?
test -t 1 && echo tty || echo no tty
find /tmp/d | sort
seq 1 100000 | head -n 2
true | false; echo $?
cat << END
here $((6 * 7))
END
rm -r /tmp/d
