"""A proxy that has logged somebody in: passes everything on, sockets too, with the headers that say who it is."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

_END = b"\r\n\r\n"


@contextmanager
def login_proxy(port: int, headers: Mapping[str, str]) -> Iterator[str]:
    """Stands before what listens on that port of this machine; gives its own address.

    Each connection carries one request, so that every request is given the headers.
    """
    added = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, port, added), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def _serve(listening: socket.socket, port: int, added: bytes) -> None:
    while True:
        try:
            browser, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_pass_on, args=(browser, port, added), daemon=True).start()


def _pass_on(browser: socket.socket, port: int, added: bytes) -> None:
    with browser, socket.create_connection(("127.0.0.1", port)) as server, suppress(OSError):
        asked = b""
        while _END not in asked:
            if not (chunk := browser.recv(65_536)):
                return
            asked += chunk
        line, _, rest = asked.partition(b"\r\n")
        close = b"" if b"upgrade: websocket" in asked.lower() else b"Connection: close\r\n"
        server.sendall(line + b"\r\n" + added + close + rest)
        threading.Thread(target=_copy, args=(browser, server), daemon=True).start()
        _copy(server, browser)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65_536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
