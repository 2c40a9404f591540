"""An engine for tests of the client: speaks the protocol and does as it is told, without any library.

Cells are commands: `echo TEXT`, `sleep`, `deaf` (sleeps through an interrupt), `die CODE`, `noise`, `progress`,
`huge N`, `import SECONDS` (works without a beat, as the loading of a library does, and cannot be interrupted).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from typing import Any

queue: list[dict[str, Any]] = []
arrived = threading.Condition()
running: list[int | None] = [None]
beating = threading.Event()
writing = threading.RLock()


def say(**message: Any) -> None:
    with writing:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def read() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        with arrived:
            if "drop" in message:
                waiting = [request for request in queue if request["id"] == message["drop"]]
                for request in waiting:
                    queue.remove(request)
                    say(kind="stopped", id=request["id"])
                if running[0] == message["drop"]:
                    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            else:
                queue.append(message)
                arrived.notify()
    os._exit(0)


def beat() -> None:
    while beating.wait():
        say(kind="beat", importing=not beating.is_set())  # an import may have begun since
        time.sleep(0.1)


def do(code: str, number: int) -> None:
    word, _, rest = code.partition(" ")
    if word == "sleep":
        time.sleep(60)
    elif word == "deaf":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        time.sleep(60)
    elif word == "import":
        beating.clear()
        say(kind="beat", importing=True)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        end = time.monotonic() + float(rest)
        while time.monotonic() < end:
            pass
        beating.set()
    elif word == "die":
        os._exit(int(rest))
    elif word == "noise":
        sys.stdout.write("no json\n[1, 2]\n{\n")
    elif word == "progress":
        say(kind="progress", id=number, what="map", done=3, total=10)
    elif word == "huge":
        rest = "x" * int(rest)
    say(kind="result", id=number, result={"output": rest, "failed": False, "cut": 0}, seconds=0.001)


def main() -> None:
    if "--dead" in sys.argv:
        sys.exit(3)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins with it ignored
    threading.Thread(target=read, daemon=True).start()
    threading.Thread(target=beat, daemon=True).start()
    beating.set()
    say(kind="phase", phase="importing torch")
    if "--slow" not in sys.argv:
        say(kind="ready")
    while True:
        with arrived:
            while not queue:
                arrived.wait()
            request = queue.pop(0)
        try:  # an interrupt may come with the very first word
            running[0] = request["id"]
            say(kind="started", id=request["id"])
            do(request.get("code", ""), request["id"])
        except KeyboardInterrupt:
            say(kind="stopped", id=request["id"])
        running[0] = None


if __name__ == "__main__":
    main()
