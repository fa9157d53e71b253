"""Every answer carries the security headers, of pages and API; and no page elsewhere opens a socket."""

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.api import app as api
from backend.guard import ANSWERS, Guard
from dashboard.page_policy import page_policy


def _page(request: Request) -> Response:
    return Response("a page", headers={"Referrer-Policy": "origin"} if "own" in request.query_params else None)


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("in")


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", _page), WebSocketRoute("/stream", _socket)]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, policy=page_policy())])
    return TestClient(app, "http://registry.example:8501")


def test_an_answer_carries_the_headers_and_keeps_its_own(client: TestClient) -> None:
    told = client.get("/").headers
    assert "default-src 'none'; " in told["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in told["Content-Security-Policy"]
    assert "unsafe-eval" not in told["Content-Security-Policy"]
    assert "script-src 'self' 'sha256-" in told["Content-Security-Policy"]
    assert (told["X-Content-Type-Options"], told["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert "Strict-Transport-Security" not in told
    assert client.get("/?own").headers.get_list("Referrer-Policy") == ["origin"]
    assert "X-Frame-Options" in client.get("/not-there").headers


def test_behind_tls_the_browser_is_told_to_stay_there(client: TestClient) -> None:
    assert "Strict-Transport-Security" in client.get("/", headers={"X-Forwarded-Proto": "https"}).headers
    assert "Strict-Transport-Security" in client.get("https://registry.example/").headers


def test_the_api_answers_with_a_policy_that_allows_nothing() -> None:
    told = TestClient(api).get("/not-there").headers
    assert told["Content-Security-Policy"] == "; ".join(f"{name} {value}" for name, value in ANSWERS.items())


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://registry.example:9999", "http://["])
def test_a_page_elsewhere_opens_no_socket(client: TestClient, origin: str) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/stream", headers={"Origin": origin}):
        pass


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://registry.example:8501"}])
def test_the_own_page_and_a_program_do(client: TestClient, headers: dict[str, str]) -> None:
    with client.websocket_connect("ws://registry.example:8501/stream", headers=headers) as socket:
        assert socket.receive_text() == "in"
