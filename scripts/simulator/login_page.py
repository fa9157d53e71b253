"""The login page of the simulated identity provider: who of the demo one is, one button each."""

from html import escape

from scripts.simulator.accounts import ACCOUNTS, Account

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Simulated single sign-on</title>
<meta name="color-scheme" content="light dark"><style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }}
form {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .5rem }}
button {{ font: inherit; text-align: left; padding: .5rem .75rem; border: 1px solid GrayText; border-radius: 6px;
  background: Field; color: FieldText; cursor: pointer }}
small {{ display: block; color: GrayText }}
</style></head><body><h1>Simulated single sign-on</h1>
<p>No password: whoever sits at this machine chooses who they are for <b>{client}</b>.</p>
<form method="post">{buttons}</form></body></html>"""


def login_page(client: str) -> str:
    """The page, whose form is sent back to the address that it came from."""
    return _PAGE.format(client=escape(client), buttons="".join(map(_button, ACCOUNTS.values())))


def _button(account: Account) -> str:
    return (
        f'<button name="user" value="{escape(account.user_id)}" id="{escape(account.role)}">{escape(account.name)}'
        f"<small>{escape(account.role)}</small></button>"
    )
