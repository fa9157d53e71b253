"""The requests that nobody may make: each says who it claims to be, and how. ``test_api_forged.py`` makes them."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from backend.access.egroups import EXPERTS
from backend.settings import Settings
from tests.identity import by_hand, part64, rsa, signed, with_public_key_as_secret

API = "run-registry-api"
COOKIE_SECRET = "the-cookie-secret-of-the-tests-0123456789"
PROXY_SECRET = "the-proxy-secret-of-the-tests-0123456789"
MOREAU = {"sub": "lmoreau", "cern_upn": "lmoreau", "name": "L. Moreau", "cern_roles": [EXPERTS]}
ATTACKER = rsa("attacker")
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class World:
    """What an attacker may know or have: the provider's public key, old tokens, and even the cookie of an expert."""

    issuer: str
    key: RSAKey
    """The provider's key pair; only with it are the tokens made that are right but for one thing."""
    personal: dict[str, str]
    """Personal tokens by what is wrong with each; ``good`` is right."""

    def token(self, key: Any = None, *, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """An access token of the expert, right but for what is changed."""
        return signed(self.claims(**changed), key or self.key, **{"kid": self.key.kid} | (header or {}))

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Its claims; ``None`` leaves one out."""
        now = int(time.time())
        good = {"iss": self.issuer, "aud": API, "typ": "Bearer", "iat": now, "exp": now + 600, **MOREAU}
        return {name: value for name, value in (good | changed).items() if value is not None}

    def public(self, key: Any) -> dict[str, Any]:
        """The public half of a key."""
        return {name: value for name, value in key.as_dict(private=False).items() if name in ("kty", "n", "e")}


@dataclass(frozen=True)
class Forgery:
    """A request that claims to be somebody; ``status`` is what it is answered with."""

    name: str
    headers: Callable[[World], Headers]
    settings: dict[str, Any] = field(default_factory=dict)
    query: Callable[[World], str] = lambda _: ""
    body: dict[str, Any] = field(default_factory=dict)
    status: int = 401


def shown(name: str, make: Callable[[World], str], *, scheme: str = "Bearer", status: int = 401) -> Forgery:
    return Forgery(name, lambda world: [("Authorization", f"{scheme} {make(world)}".strip())], status=status)


def bare(name: str, *headers: tuple[str, str], **more: Any) -> Forgery:
    return Forgery(name, lambda _: list(headers), **more)


def now() -> int:
    return int(time.time())


def _altered(world: World, **changed: Any) -> str:
    head, _, signature = world.token(cern_roles=[]).split(".")
    return ".".join((head, part64(json.dumps(world.claims(**changed)).encode()), signature))


def _headed(world: World, **header: Any) -> str:
    _, payload, signature = world.token().split(".")
    return ".".join((part64(json.dumps({"kid": world.key.kid, **header}).encode()), payload, signature))


def _times_and_names() -> list[Forgery]:
    """Tokens that the provider itself signed, and that are not for this registry, or not now."""
    return [
        shown("expired", lambda w: w.token(iat=now() - 900, exp=now() - 60)),
        shown("expired a second ago", lambda w: w.token(iat=now() - 900, exp=now() - 1)),
        shown("replayed after a day", lambda w: w.token(iat=now() - 86_400, exp=now() - 85_800)),
        shown("roles of last week", lambda w: w.token(iat=now() - 600_000, exp=now() + 600)),
        shown("not yet valid", lambda w: w.token(nbf=now() + 120)),
        shown("made tomorrow", lambda w: w.token(iat=now() + 86_400, exp=now() + 90_000)),
        shown("without an end", lambda w: w.token(exp=None)),
        shown("without a beginning", lambda w: w.token(iat=None)),
        shown("ends never", lambda w: w.token(exp=float("inf"))),
        shown("ends at no number", lambda w: w.token(exp=float("nan"))),
        shown("wrong audience", lambda w: w.token(aud="account")),
        shown("audience of OMS", lambda w: w.token(aud=["cmsoms-prod", "account"])),
        shown("no audience", lambda w: w.token(aud=None)),
        shown("audience that begins alike", lambda w: w.token(aud=f"{API}-dev")),
        shown("wrong issuer", lambda w: w.token(iss="https://auth.example.org/realms/other")),
        shown("issuer with a slash", lambda w: w.token(iss=f"{w.issuer}/")),
        shown("no issuer", lambda w: w.token(iss=None)),
        shown("no subject", lambda w: w.token(sub=None)),
        shown("ID token", lambda w: w.token(typ="ID")),
        shown("refresh token", lambda w: w.token(typ="Refresh")),
        shown("logout token", lambda w: w.token(header={"typ": "logout+jwt"})),
        shown("user who would be two", lambda w: w.token(cern_upn="x (lmoreau)")),
        shown("user of several lines", lambda w: w.token(cern_upn="lmoreau\nadmin")),
    ]


def _signatures() -> list[Forgery]:
    """Tokens that the provider did not sign."""
    return [
        shown("signed by a stranger", lambda w: w.token(ATTACKER)),
        shown("unknown key", lambda w: w.token(ATTACKER, header={"kid": "key-99"})),
        shown("no key named", lambda w: w.token(header={"kid": None})),
        shown("key named by a path", lambda w: w.token(ATTACKER, header={"kid": "../../dev/null"})),
        shown("key named by SQL", lambda w: w.token(ATTACKER, header={"kid": "' UNION SELECT 'secret"})),
        shown("alg none", lambda w: by_hand({"alg": "none", "kid": w.key.kid}, w.claims())),
        shown("alg None", lambda w: by_hand({"alg": "None", "kid": w.key.kid}, w.claims())),
        shown("alg NONE with a signature", lambda w: by_hand({"alg": "NONE", "kid": w.key.kid}, w.claims(), b"x")),
        shown("no alg", lambda w: by_hand({"kid": w.key.kid}, w.claims())),
        shown("HS256 with the public key", lambda w: with_public_key_as_secret(w.claims(), w.key)),
        shown("HS256 with the modulus", lambda w: w.token(OctKey.import_key(str(w.public(w.key)["n"])))),
        shown("HS256 with a guess", lambda w: w.token(OctKey.import_key("secret-secret-secret"))),
        shown("RS512, which is not wanted", lambda w: w.token(header={"alg": "RS512"})),
        shown(
            "key in the token", lambda w: w.token(ATTACKER, header={"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}})
        ),
        shown("keys elsewhere", lambda w: w.token(ATTACKER, header={"jku": "https://evil.example.org/certs"})),
        shown("certificate elsewhere", lambda w: w.token(ATTACKER, header={"x5u": "https://evil.example.org/c"})),
        shown("payload altered", _altered),
        shown("e-groups altered", lambda w: _altered(w, cern_roles=[EXPERTS, "cms-dqm-oncall"])),
        shown("header altered", lambda w: _headed(w, alg="none")),
        shown("signature cut", lambda w: w.token()[:-8]),
        shown("signature taken off", lambda w: w.token().rpartition(".")[0] + "."),
        shown(
            "signature of another token", lambda w: w.token().rpartition(".")[0] + "." + w.token(jti="2").split(".")[2]
        ),
        shown("extension that is critical", lambda w: _headed(w, alg="RS256", crit=["exp"], exp=1)),
        shown("five parts", lambda w: f"{w.token()}.x.y"),
        shown("JSON form", lambda w: part64(json.dumps({"payload": w.token().split(".")[1]}).encode())),
    ]


def _personal() -> list[Forgery]:
    """Personal tokens that are no more, never were, or are not for writing."""
    return [
        shown("revoked", lambda w: w.personal["revoked"]),
        shown("token that expired", lambda w: w.personal["expired"]),
        shown("owner who did not sign in", lambda w: w.personal["forgotten"]),
        shown("guessed", lambda _: "rr_" + "0123456789abcdef" * 4),
        shown("cut", lambda w: w.personal["good"][:-1]),
        shown("longer", lambda w: w.personal["good"] + "0"),
        shown("in capitals", lambda w: w.personal["good"].upper()),
        shown("what the database holds", lambda w: w.personal["digest"]),
        shown("wildcard", lambda _: "rr_" + "%" * 64),
        shown("twice", lambda w: f"{w.personal['good']} {w.personal['good']}"),
        shown("as a password", lambda w: base64.b64encode(f"x:{w.personal['good']}".encode()).decode(), scheme="Basic"),
        shown("without its scheme", lambda w: w.personal["good"], scheme=""),
        shown("of another scheme", lambda w: w.personal["good"], scheme="Token"),
        Forgery("in another header", lambda w: [("X-Authorization", f"Bearer {w.personal['good']}")]),
        Forgery("as an API key", lambda w: [("X-Api-Key", w.personal["good"])]),
        Forgery("in a cookie", lambda w: [("Cookie", f"Authorization=Bearer {w.personal['good']}")]),
        Forgery(
            "with a second", lambda w: [("Authorization", f"Bearer {w.personal[name]}") for name in ("good", "revoked")]
        ),
        shown("that only reads", lambda w: w.personal["reads"], status=403),
        shown("whose scope is narrow", lambda w: w.personal["narrow"], status=403),
        shown("whose owner has no rights any more", lambda w: w.personal["left"], status=403),
    ]


def _cookie(world: World) -> str:
    """What the browser of an expert who is logged in keeps, signed as the pages sign it."""
    said = {"is_logged_in": True, "provider": "default", **world.claims()}
    return create_signed_value(COOKIE_SECRET, "_streamlit_user", json.dumps(said)).decode()


def _headers() -> list[Forgery]:
    """Headers, cookies and queries that only claim something, among them those that the original believed."""
    experts = ("egroups", EXPERTS)
    return [
        bare("nobody"),
        bare("auto@auto", ("email", "auto@auto")),
        bare("auto@auto of somewhere", ("email", "auto@auto.cern.ch"), experts),
        bare("api@api, as the client says", ("email", "api@api")),
        bare(
            "headers of the original", ("id", "1"), ("email", "lmoreau@cern.ch"), experts, ("displayname", "L. Moreau")
        ),
        bare("headers of a proxy", ("X-Forwarded-User", "lmoreau"), ("X-Forwarded-Groups", EXPERTS)),
        bare(
            "headers of another proxy",
            ("Remote-User", "lmoreau"),
            ("X-Remote-User", "lmoreau"),
            ("X-Auth-Request-User", "lmoreau"),
        ),
        bare("mark of the gate", ("X-Forwarded-User", "lmoreau"), ("X-RR-Proxy-Believed", "1")),
        bare("cookie that is none", ("Cookie", "_streamlit_user=lmoreau; session=lmoreau; rr_browser=1")),
        Forgery("cookie of a login", lambda w: [("Cookie", f"_streamlit_user={_cookie(w)}")]),
        bare("personal token in the address", query=lambda w: f"access_token={w.personal['good']}"),
        bare("access token in the address", query=lambda w: f"access_token={w.token()}"),
        bare("path in the query", query=lambda _: "x=/manual_run_edit/1/stop_reason"),
        bare(
            "author in the body",
            body={"created_by": "L. Moreau", "email": "auto@auto", "egroups": EXPERTS, "actor": "admin"},
        ),
        bare("another method", ("X-HTTP-Method-Override", "GET"), ("X-Original-URL", "/health")),
        bare(
            "from this machine, it says",
            ("X-Forwarded-For", "127.0.0.1"),
            ("X-Real-IP", "127.0.0.1"),
            ("Host", "localhost"),
        ),
    ]


def _ambient() -> list[Forgery]:
    """Where a proxy or the demo says who it is: from elsewhere, without the secret, or by a page of another site."""
    outside = {"auth": "proxy", "proxy_networks": "10.0.0.0/8", "proxy_secret": SecretStr(PROXY_SECRET)}
    inside = outside | {"proxy_networks": "127.0.0.0/8"}
    demo = {"auth": "demo", "demo_role": "admin"}
    user, groups, secret = (
        ("X-Forwarded-User", "lmoreau"),
        ("X-Forwarded-Groups", EXPERTS),
        ("X-RR-Proxy-Secret", PROXY_SECRET),
    )
    elsewhere = ("Origin", "https://evil.example.org")
    return [
        bare("proxy from outside with the secret", user, groups, secret, settings=outside),
        *(
            bare(
                f"{name} from outside, it says inside",
                user,
                groups,
                secret,
                ("X-Forwarded-For", said),
                settings=outside,
            )
            for name, said in (("proxy", "10.0.0.1"), ("proxy with a port", "192.0.2.7, 10.0.0.1:443"))
        ),
        bare("proxy without the secret", user, groups, settings=inside),
        bare("proxy with another secret", user, groups, ("X-RR-Proxy-Secret", "x" * 40), settings=inside),
        bare("proxy with two secrets", user, groups, secret, secret, settings=inside),
        bare("proxy with two users", user, ("X-Forwarded-User", "akeller"), groups, secret, settings=inside),
        bare("proxy that names nobody", groups, secret, settings=inside),
        bare("mark of the gate again", user, groups, ("X-RR-Proxy-Believed", "0" * 64), settings=inside),
        bare("proxy, by a page elsewhere", user, groups, secret, elsewhere, settings=inside),
        bare(
            "proxy, by a page elsewhere, told by the browser",
            user,
            groups,
            secret,
            ("Sec-Fetch-Site", "cross-site"),
            settings=inside,
        ),
        bare("proxy of a registry without one", user, groups, secret),
        bare("demo, by another name of this machine", ("Host", "evil.example.org"), settings=demo),
        bare("demo, by a page elsewhere", elsewhere, settings=demo),
        bare("demo, by a page elsewhere, told by the browser", ("Sec-Fetch-Site", "cross-site"), settings=demo),
        bare("demo, passed on", ("X-Forwarded-For", "192.0.2.7"), settings=demo),
        bare("demo, with a bad token", ("Authorization", "Bearer rr_x"), settings=demo),
        bare("demo of a visitor", settings=demo | {"demo_role": "visitor"}, status=403),
    ]


FORGERIES = [*_times_and_names(), *_signatures(), *_personal(), *_headers(), *_ambient()]
KINDS = {
    "tokens that the provider signed, not for here or not now": _times_and_names,
    "tokens that the provider did not sign": _signatures,
    "personal tokens that are no more, or not for writing": _personal,
    "headers, cookies and queries that only claim": _headers,
    "proxy and demo from elsewhere": _ambient,
}


def settings_for(world: World, forgery: Forgery) -> Settings:
    """The settings of the registry that it is made to: by default one that believes the provider, read by anybody."""
    said: dict[str, Any] = {
        "oidc_issuer": world.issuer,
        "oidc_audiences": API,
        "cookie_secret": SecretStr(COOKIE_SECRET),
        "api_access_log": True,
        "read_without_login": True,
    }
    return Settings(**said | forgery.settings)
