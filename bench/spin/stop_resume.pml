/* SPDX-License-Identifier: MIT
 * One task, two engines that want to hear of it, and a controller for each that stops the task and
 * lets it go CYCLES times. A step is what the simulator calls one: taking a lock, letting it go,
 * setting a thread flag, giving up the CPU.
 */
#ifndef CYCLES
#define CYCLES 1
#endif

byte holder;      /* utrace->lock: 0, or 1 + who has it */
bool stop[2];     /* ENGINE_STOP */
bool wants[2];    /* what the engine will answer */
bool report;      /* utrace->resume: somebody asked for a report */
bool notify;      /* TIF_NOTIFY_RESUME */
bool traced;      /* TASK_TRACED */
byte reporting;   /* 0, or 1 + the engine whose callback runs */

inline take() { atomic { holder == 0 -> holder = _pid + 1 } }
inline give() { holder = 0 }

active proctype task() {
    byte i;
    byte ops = 2;
    bool any;
end_idle:
    do
    :: notify -> break
    :: !notify && ops > 0 -> ops--
    od;
    notify = false;
    take(); report = false; give();
    any = false;
    i = 0;
    do
    :: i < 2 ->
        reporting = i + 1;
        if
        :: wants[i] ->
            any = true;
            take(); stop[i] = true; give()
        :: else ->
            take(); stop[i] = false; give()
        fi;
        reporting = 0;
        i++
    :: else -> break
    od;
    if
    :: any ->
        take();
        if
        :: stop[0] || stop[1] -> traced = true; give(); !traced
        :: else -> give()
        fi
    :: else
    fi;
    goto end_idle
}

proctype controller(byte e) {
    byte n;
    do
    :: n < CYCLES ->
        wants[e] = true;
        take();
        stop[e] = true;
        if
        :: !traced -> report = true; notify = true
        :: else
        fi;
        give();
        wants[e] = false;
        take();
        stop[e] = false;
        if
        :: traced && !stop[1 - e] -> traced = false
        :: else
        fi;
        give();
        n++
    :: else -> break
    od
}

init { atomic { run controller(0); run controller(1) } }
