"""The address at which a login begins; where it leads back to is in it: ``/login?next=/run?run=325057``."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.user_info import generate_login_redirect_url

from backend.settings import settings
from dashboard.login.middleware import remember
from dashboard.login.paths import FIRST_PAGE, LOGIN, own_path


async def begin(request: Request) -> Response:
    """Send the browser to the provider, by the way that ``st.login`` takes."""
    response = RedirectResponse(generate_login_redirect_url("default"), status_code=302)
    remember(response, own_path(request.query_params.get("next", FIRST_PAGE)), settings())
    return response


LOGIN_ROUTE = Route(LOGIN, begin)
