/* SPDX-License-Identifier: MIT
 * One task that reports a system call to two engines; a controller asks one of them for a report,
 * detaches it and waits until no callback of it can run any more.
 */
byte holder;
bool detached;    /* marked: &utrace_detached_ops */
bool listed[2];
bool notify;
bool done;
byte reporting;

inline take() { atomic { holder == 0 -> holder = _pid + 1 } }
inline give() { holder = 0 }

inline round() {
    i = 0;
    do
    :: i < 2 ->
        if
        :: listed[i] ->
            reporting = i + 1;
            if
            :: i == 0 && detached -> skip
            :: else -> called[i] = called[i] + 1; skip
            fi;
            take(); reporting = 0; give()
        :: else
        fi;
        i++
    :: else -> break
    od;
    if
    :: detached && listed[0] -> take(); listed[0] = false; give()
    :: else
    fi
}

active proctype task() {
    byte i;
    byte called[2];
    byte ops = 3;
    listed[0] = true;
    listed[1] = true;
    do
    :: ops > 0 ->
        ops--;
        if
        :: notify -> notify = false; round()
        :: else
        fi;
        if
        :: ops == 1 -> round()
        :: else
        fi
    :: else -> break
    od;
    round();
    take(); done = true; give()
}

active proctype controller() {
    take(); notify = true; give();
    take();
    detached = true;
    if
    :: !done -> notify = true
    :: else
    fi;
    give();
    do
    :: reporting == 1 -> skip
    :: else -> break
    od
}
