"""Rights that came with a later version: the page says what is new for whom, and they are adopted in one act."""

from sqlalchemy import Engine

from backend.access import Action, demo_actor
from backend.access.egroups import ON_CALL
from backend.certify.adopting import differences_of_rights
from backend.certify.taking_back import take_back
from backend.configuration import ensure_defaults, rights
from backend.db import transaction
from backend.queries import latest_change
from backend.record import Act, ConfigurationSaid, record
from models.vocabulary import ActKind, ConfigurationKind
from tests.pages import open_page, speaking_to, told


def test_new_default_rights_are_named_and_adopted_in_one_act_that_can_be_undone(engine: Engine) -> None:
    with transaction(engine) as session:
        said = ConfigurationSaid(ConfigurationKind.PERMISSION.value, ON_CALL, {"grants": ["undo", "dcs_bits"]})
        record(session, Act("setup", "an earlier version", ActKind.SETUP, configurations=(said,)))
    ensure_defaults(engine)
    with speaking_to(engine.url.render_as_string(hide_password=False).replace("+psycopg", "")):
        app = open_page("settings", role="dc-expert", tab="Permissions")
        assert app.button(key="rights-adopt").disabled
        bar = next(h.proto.body for h in app.get("html") if "New since" in h.proto.body)
        assert "task.reclassify" in bar and ON_CALL in bar and "undo<" not in bar
        assert app.expander[0].label == "1 e-group differs from what a fresh registry starts with"
        app = open_page("settings", role="admin", tab="Permissions")
        app.button(key="rights-adopt").click().run()
        assert not app.exception
        assert told(app) == "The new default rights are adopted"
        assert "rights-adopt" not in {button.key for button in app.button}
    with transaction(engine) as session:
        assert (ON_CALL, Action.TASK_RECLASSIFY, None) in rights(session)
        assert (ON_CALL, Action.DCS_BITS, None) in rights(session)
        assert [d.new for d in differences_of_rights(session)] == [()]
        take_back(session, demo_actor("admin"), latest_change(session).change_set)
        assert (ON_CALL, Action.TASK_RECLASSIFY, None) not in rights(session)
