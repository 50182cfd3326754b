"""`shapewise serve`: run the language server."""

from __future__ import annotations

import os
import signal
import sys
from typing import Protocol

from .lsp import ShapewiseServer

_GRACE_SECONDS = 2.0
"""How long an analysis that has been asked to end is waited for."""


class Arguments(Protocol):
    """What the command line gives.

    tcp: None for stdio, else `PORT` or `HOST:PORT` to wait for one editor on.
    python: the learner's interpreter, None to look for one.
    """

    tcp: str | None
    python: str | None


def run(args: Arguments) -> int:
    """Serve until the editor leaves: 0 when it said goodbye, 1 when it just went, 2 on bad use."""
    return serve(ShapewiseServer(python=args.python), args.tcp)


def serve(server: ShapewiseServer, tcp: str | None = None) -> int:
    """Run a server on stdio, or for one editor on a TCP address.

    Ends the process by force if an analysis does not let go of its thread.
    """
    try:
        if tcp is None:
            _serve_stdio(server)
        else:
            host, port = _address(tcp)
            print(f"shapewise serve: waiting for an editor on {host}:{port}", file=sys.stderr)
            server.start_tcp(host, port)
    except ValueError:
        print(f"shapewise serve: {tcp!r} is no port and no HOST:PORT", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"shapewise serve: {error}", file=sys.stderr)
        return 2
    except (SystemExit, KeyboardInterrupt):
        pass
    finally:
        server.close()
    status = 0 if server.said_goodbye else 1
    if not server.scheduler.idle(_GRACE_SECONDS):
        sys.stderr.flush()
        os._exit(status)
    return status


def _serve_stdio(server: ShapewiseServer) -> None:
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    # Whatever prints must not end up between two messages.
    sys.stdout = sys.stderr

    def stop(signum: int, _frame: object) -> None:
        # Not an exception: pygls would then wait for the thread that reads stdin.
        server.close()
        os._exit(128 + signum)

    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, stop)
    if stdin.isatty():
        print("shapewise serve speaks to an editor on stdin and stdout.", file=sys.stderr)
    server.start_io(stdin, stdout)


def _address(tcp: str) -> tuple[str, int]:
    host, _, port = tcp.rpartition(":")
    number = int(port)
    if not 0 < number < 65536:
        raise ValueError(tcp)
    return host or "127.0.0.1", number
