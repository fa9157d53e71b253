"""Who has an account at the simulated identity provider: the people of the demo, and one in none of its e-groups."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.access import DEMO_ROLES

EVERYBODYS_GROUPS = ("cern-users", "cms-members")


@dataclass(frozen=True, slots=True)
class Account:
    """One account: what its tokens say of who it is."""

    user_id: str
    name: str
    role: str
    egroups: tuple[str, ...]

    def claims(self, *, more_groups: int = 0) -> dict[str, object]:
        """The claims of every token of this account, in so many more groups that mean nothing to the registry."""
        more = [f"cms-some-group-with-a-long-name-{number:04d}" for number in range(more_groups)]
        return {
            "sub": self.user_id,
            "cern_upn": self.user_id,
            "preferred_username": self.user_id,
            "name": self.name,
            "email": f"{self.user_id}@example.org",
            "cern_roles": list(self.egroups),
            "groups": [*EVERYBODYS_GROUPS, *more],
        }


def _account(role: str, name: str, egroups: tuple[str, ...] = ()) -> Account:
    user_id = "".join(sign for sign in name.lower() if sign.isalnum())
    return Account(user_id, name, role, egroups)


ACCOUNTS: Mapping[str, Account] = {
    account.user_id: account
    for account in (
        *(_account(role, p.name, tuple(sorted(p.egroups))) for role, p in DEMO_ROLES.items() if p.is_verified),
        _account("member", "R. Silva"),
    )
}
"""User id → account, in the order in which the login page lists them."""


def account_of(role: str) -> Account:
    """The account of who plays that role in the demo."""
    return next(account for account in ACCOUNTS.values() if account.role == role)


def account_of_client(client: str) -> Account:
    """The account as which a program acts by itself; a client named like a role of the demo has its e-groups."""
    egroups = next((account.egroups for account in ACCOUNTS.values() if account.role == client), ())
    return Account(f"service-account-{client}", "", "client", egroups)
