#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a debugger would say to gdbserver about watched.c, in the order of a session.

`packets.py PROGRAM` writes packets of the remote protocol: a breakpoint that is hit and goes, a
step, a watchpoint that is hit twice and goes, registers, memory, and on to the end.
"""

import subprocess
import sys


def address(program, symbol):
    names = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout
    for line in names.splitlines():
        if line.split()[-1] == symbol:
            return line.split()[0].lstrip("0")
    sys.exit(f"{program} has no {symbol}")


def packet(text):
    return f"${text}#{sum(text.encode()) % 256:02x}"


def main():
    program = sys.argv[1]
    reached = address(program, "reached")
    watched = address(program, "watched")
    go_on = "vCont;c"
    session = [
        "qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+", "!", "Hgp0.0", "?",
        f"Z0,{reached},1", go_on, f"z0,{reached},1",
        "vCont;s", "g",
        f"Z2,{watched},8", go_on, f"m{watched},8", go_on, f"m{watched},8", f"z2,{watched},8",
        go_on,
    ]
    # Each answer is acknowledged, as if it had been read.
    sys.stdout.write("".join(packet(text) + "+" for text in session))


main()
