"""The environment, read once: every setting of every process, with its meaning and default."""

import re
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from backend.elsewhere import servers_elsewhere
from backend.errors import InvalidSettings
from backend.secret_files import SecretFiles, is_secret

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)


class Settings(BaseSettings):
    """What the environment decides. Names are upper case with the prefix ``RR_``, but for ``DATABASE_URL``."""

    model_config = SettingsConfigDict(env_prefix="RR_", extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: str | None = Field(
        None, validation_alias="DATABASE_URL", repr=False, description="PostgreSQL to use; none: the embedded one"
    )
    data_dir: Path = Field(Path(".data"), description="where the embedded PostgreSQL keeps its files")
    pg_bin: Path | None = Field(None, description="PostgreSQL programs for the embedded one; none: those of its wheel")
    environment: Literal["production", "staging", "demo"] = Field("production", description="what the banner says")
    auth: Literal["oidc", "proxy", "demo"] = Field("oidc", description="who says who an actor is")
    demo_role: str = Field("dc-expert", description="the demo identity that the API acts as, only with RR_AUTH=demo")
    demo_forced: bool = Field(
        False, description="RR_AUTH=demo is meant although the database is on another machine: anybody may write there"
    )

    read_without_login: bool = Field(False, description="who is not signed in may read the pages")
    oidc_issuer: str | None = Field(None, description="issuer of logins and tokens, exactly as these name it")
    oidc_metadata_url: str | None = Field(
        None, description="the provider's discovery document; none: `.well-known/openid-configuration` of the issuer"
    )
    oidc_client_id: str | None = Field(None, description="client id of the pages at the provider")
    oidc_client_secret: SecretStr | None = Field(None, description="client secret of the pages at the provider")
    oidc_redirect_url: str | None = Field(
        None, description="address of the registry that the provider sends back to, ending in `/oauth2callback`"
    )
    oidc_scope: str = Field("openid email profile", description="scope that a login asks for")
    oidc_user_claims: str = Field(
        "cern_upn,sub", description="claims that may hold the user id; the first that is there counts"
    )
    oidc_name_claim: str = Field("name", description="claim with the name of a person")
    oidc_email_claim: str = Field("email", description="claim with the e-mail address of a person")
    oidc_role_claims: str = Field(
        "cern_roles,groups", description="claims that list e-groups; with dots, claims within claims"
    )
    cookie_secret: SecretStr | None = Field(
        None, min_length=32, description="signs the cookie of a login; 32 random characters or more"
    )
    login_seconds: int | None = Field(
        None, ge=60, description="how long a login of the pages lasts; none: as long as its ID token"
    )
    roles_max_age_seconds: int = Field(
        43_200, ge=60, description="what a login says of e-groups is not believed for longer"
    )

    oidc_audiences: str = Field(
        "", description="audiences of the access tokens that the API believes, with commas; none: the client id"
    )
    oidc_algorithms: str = Field(
        "RS256,ES256", description="algorithms that access tokens may be signed with; of key pairs alone"
    )
    oidc_timeout_seconds: float = Field(5.0, gt=0, description="how long the provider may take for its keys")
    proxy_networks: str = Field(
        "", description="networks of the trusted proxy, as `10.1.0.0/16` with commas, only with RR_AUTH=proxy"
    )
    proxy_secret: SecretStr | None = Field(
        None, min_length=32, description="what the trusted proxy shows with every request; 32 random characters or more"
    )
    proxy_secret_header: str = Field("X-RR-Proxy-Secret", description="header in which it shows that")
    proxy_user_header: str = Field("X-Forwarded-User", description="header with the user id")
    proxy_name_header: str = Field("", description="header with the name of a person; none: the user id alone")
    proxy_email_header: str = Field("X-Forwarded-Email", description="header with the e-mail address of a person")
    proxy_groups_header: str = Field("X-Forwarded-Groups", description="header with the e-groups, with commas")
    personal_token_days: int = Field(180, ge=1, le=3_650, description="how long a personal token may be good at most")
    personal_token_login_days: float = Field(
        30.0, gt=0, description="a personal token works for so long after its owner's last login"
    )

    api_origins: str = Field(
        "",
        description="origins of pages elsewhere that may ask the API, as `https://dqm.cern.ch` with commas; none: none",
    )
    api_body_bytes: int = Field(16 * 2**20, ge=1_024, description="what a request to the API may carry at most")
    api_requests_per_second: float = Field(
        100.0, gt=0, description="requests that the API answers to one person, token or address, on average"
    )
    api_burst: int = Field(1_000, ge=1, description="how many of them at once, after a pause")
    api_access_log: bool = Field(True, description="the API writes a line of JSON for every request, on standard error")

    oms_url: str = Field("https://cmsoms.cern.ch/agg/api/v1", description="the OMS API")
    oms_token_url: str | None = Field(None, description="token endpoint for OMS; none: OMS is asked without a token")
    oms_audience: str = Field("cmsoms-prod", description="audience of the OMS token")
    oms_client_id: str | None = Field(None, description="client id for the OMS token")
    oms_client_secret: SecretStr | None = Field(None, description="client secret for the OMS token")
    oms_token_exchange: bool = Field(
        False, description="the token is exchanged for one of the audience, in a second step"
    )
    oms_timeout_seconds: float = Field(30.0, gt=0, description="how long OMS may take for one answer")
    oms_first_run: int = Field(0, ge=0, description="runs below this number are not ingested")

    dqm_gui_url: str = Field("https://cmsweb.cern.ch/dqm/offline", description="the DQM GUI")
    dqm_gui_api: Literal["legacy", "v1"] = Field("legacy", description="which listing the DQM GUI serves")
    dqm_gui_certificate: Path | None = Field(None, description="X.509 certificate shown to the DQM GUI, PEM")
    dqm_gui_key: Path | None = Field(None, description="private key of that certificate; none: in the same file")
    dqm_gui_timeout_seconds: float = Field(60.0, gt=0, description="how long the DQM GUI may take for its listing")

    ingest_every_seconds: int = Field(30, ge=1, description="pause between two looks at OMS")
    sweep_every_seconds: int = Field(3600, ge=1, description="pause between two sweeps of OMS by run number")
    dqm_gui_every_seconds: int = Field(300, ge=1, description="pause between two looks at the DQM GUI")
    housekeeping_every_seconds: int = Field(3600, ge=1, description="pause between two rounds of housekeeping")
    self_check_every_seconds: int = Field(
        600, ge=1, description="pause between two self-checks of what stands against the log"
    )
    self_check_runs: int = Field(
        10, ge=1, description="how many runs a self-check folds anew, and as many again that changed lately"
    )
    tasks_every_seconds: float = Field(1.0, gt=0, description="pause between two looks for tasks that wait")
    batch_task_datasets: int = Field(
        1_000,
        ge=1,
        description="for so many datasets or more, what a page is asked to do with them is left to the worker",
    )
    worker_silence_seconds: float = Field(
        30.0, ge=1, description="a worker that has said nothing for so long is taken for dead"
    )
    job_history_days: float = Field(14.0, gt=0, description="how long is kept what jobs and tasks did")
    worker_name: str | None = Field(None, description="name of this worker in the job table; none: host and process")

    @field_validator("api_origins")
    @classmethod
    def _origins_are_named(cls, said: str) -> str:
        """Every origin is one, and none stands for all."""
        for origin in _with_commas(said):
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r:.80} is no origin such as https://dqm.cern.ch")
        return said

    @property
    def api_origins_listed(self) -> tuple[str, ...]:
        """The origins of pages elsewhere that may ask the API."""
        return _with_commas(self.api_origins)

    @model_validator(mode="after")
    def _demo_is_of_this_machine(self) -> Self:
        """Where anybody can choose who they are, nothing is at stake."""
        if self.auth == "demo" and not self.demo_forced and (elsewhere := servers_elsewhere(self.database_url or "")):
            raise ValueError(
                f"DATABASE_URL points to {', '.join(elsewhere)}, and with RR_AUTH=demo anybody may write there as"
                " anybody; set RR_AUTH=oidc, or RR_DEMO_FORCED=true if this is meant"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said in code, in the environment, in files that the environment names; in this order."""
        return init_settings, env_settings, SecretFiles(settings_cls)


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises
    ------
    InvalidSettings
        If a variable cannot be; the sentence names it, and its value unless that is secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            raise InvalidSettings(f"The settings contradict each other: {first['ctx']['error']}.") from error
        name = "_".join(map(str, first["loc"])).upper()
        value = "so" if _is_secret(name) else repr(first["input"])
        raise InvalidSettings(f"The setting {name} cannot be {value}: {first['msg']}.") from error


def _is_secret(name: str) -> bool:
    """Whether nobody may read its value: the URL of a database holds a password."""
    field = Settings.model_fields.get(name.removeprefix("RR_").lower())
    return field is None or is_secret(field)


def _with_commas(said: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in said.split(",") if part.strip())
