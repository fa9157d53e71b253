"""What stands between the network and the routes: numbers, limits, a line in the log and figures for each request."""

from fastapi import FastAPI

from backend.api.asked import settings_of_app
from backend.api.edge.access_log import AccessLog
from backend.api.edge.body_limit import BodyLimit
from backend.api.edge.compressed import Compressed
from backend.api.edge.cors import Cors
from backend.api.edge.faults import Faults
from backend.api.edge.measured import Measured
from backend.api.edge.rate_limit import RateLimit
from backend.api.edge.request_ids import RequestIds
from backend.guard import ANSWERS, Guard
from backend.identity.proxy import ProxyGate


def put_before(app: FastAPI) -> None:
    """Put all of it before the routes of an app. What is told first stands innermost.

    The gate of the proxy is outermost: nothing else sees a header that somebody made up.
    """
    app.add_middleware(Faults)
    app.add_middleware(Compressed)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimit)
    app.add_middleware(Cors)
    app.add_middleware(Guard, policy=ANSWERS)
    app.add_middleware(Measured)
    app.add_middleware(AccessLog)
    app.add_middleware(RequestIds)
    app.add_middleware(ProxyGate, settings_of=lambda scope: settings_of_app(scope["app"]))
