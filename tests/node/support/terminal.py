"""Runs a command on a new terminal; what is typed comes by standard input."""

import os
import pty
import select
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
typing = [0]
while True:
    ready, _, _ = select.select([terminal, *typing], [], [])
    if 0 in ready:
        data = os.read(0, 4096)
        if data:
            os.write(terminal, data)
        else:
            typing = []
    if terminal in ready:
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        os.write(1, data)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
