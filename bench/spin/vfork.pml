/* SPDX-License-Identifier: MIT
 * A parent that stops in report_clone of a vfork, its child, and a controller that lets the parent
 * go when the child is dead.
 */
byte holder;
bool stop;
bool traced;
bool child_runs;
bool child_done;   /* the completion that the parent waits for */
bool zombie;

inline take() { atomic { holder == 0 -> holder = _pid + 1 } }
inline give() { holder = 0 }

active proctype parent() {
    take(); stop = true; give();
    child_runs = true;
    take();
    if
    :: stop -> traced = true; give(); !traced
    :: else -> give()
    fi;
    child_done;
    skip;
    take(); give()
}

active proctype child() {
    byte ops = 2;
    child_runs;
    do
    :: ops > 0 -> ops--
    :: else -> break
    od;
    take(); child_done = true; give();
    take(); zombie = true; give()
}

active proctype controller() {
    traced;
    zombie;
    take();
    stop = false;
    if
    :: traced -> traced = false
    :: else
    fi;
    give()
}
