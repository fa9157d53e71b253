"""A small database as the original leaves it, and hands to fill it."""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

TABLES = """
    CREATE TABLE "Version" (atomic_version int PRIMARY KEY, "by" text, comment text, "createdAt" timestamptz);
    CREATE TABLE "Event" (version int PRIMARY KEY, atomic_version int);
    CREATE TABLE "RunEvent" (version int PRIMARY KEY, run_number int, oms_metadata jsonb, rr_metadata jsonb,
        deleted bool, manual_change bool);
    CREATE TABLE "DatasetEvent" (version int PRIMARY KEY, run_number int, name text, dataset_metadata jsonb,
        datasets_in_gui jsonb, deleted bool);
    CREATE TABLE "JSONBDeduplication" (id int PRIMARY KEY, jsonb jsonb, unique_hash text);
    CREATE TABLE "LumisectionEvent" (version int PRIMARY KEY, run_number int, name text, lumisection_metadata_id int,
        manual_change bool);
    CREATE TABLE "LumisectionEventAssignation" (version int, lumisection_number int,
        PRIMARY KEY (version, lumisection_number));
    CREATE TABLE "OMSLumisectionEvent" (version int PRIMARY KEY, run_number int, name text,
        lumisection_metadata_id int);
    CREATE TABLE "OMSLumisectionEventAssignation" (version int, lumisection_number int,
        PRIMARY KEY (version, lumisection_number));
    CREATE TABLE "Cycle" (id_cycle int PRIMARY KEY, cycle_name text, cycle_attributes jsonb, deadline timestamptz,
        deleted bool);
    CREATE TABLE "CycleDataset" (id_cycle int, run_number int, name text);
    CREATE TABLE "GeneratedJson" (id int PRIMARY KEY, dataset_name_filter text, tags text, created_by text,
        official bool, runregistry_version bigint, json_logic jsonb, generated_json jsonb, deleted bool);
    CREATE TABLE "Settings" (id int PRIMARY KEY, metadata jsonb, "CCL_id" int, "CPCL_id" int, "DAL_id" int,
        "PL_id" int);
    CREATE TABLE "ClassClassifier" (id int PRIMARY KEY, class text, classifier jsonb, priority int, enabled bool);
    CREATE TABLE "ClassClassifierEntries" ("CCL_id" int, id int);
    CREATE TABLE "Workspace" (id int PRIMARY KEY, workspace text, online_or_offline text);
    CREATE TABLE "WorkspaceColumn" (id int PRIMARY KEY, id_workspace int, name text);
    CREATE TABLE "ComponentClassifier" (id int PRIMARY KEY, status text, component int, classifier jsonb, priority int,
        enabled bool);
    CREATE TABLE "ComponentClassifierEntries" ("CPCL_id" int, id int);
    CREATE TABLE "DatasetsAccepted" (id int PRIMARY KEY, name text, regexp text, enabled bool, class text,
        run_from int, run_to int);
    CREATE TABLE "DatasetsAcceptedEntries" ("DAL_id" int, id int);
    CREATE TABLE "Permission" (id int PRIMARY KEY, egroup text, routes jsonb);
    CREATE TABLE "PermissionEntries" ("PL_id" int, id int);
"""
WITHOUT_HISTORY = """
    INSERT INTO "Cycle" VALUES
        (7, 'Week 14', '{"global_state": "pending", "tracker_state": "completed", "owner": 1}', '2024-04-08Z', false),
        (9, 'Mistake', '{"global_state": "pending"}', '2024-04-08Z', true);
    INSERT INTO "CycleDataset" VALUES (7, 379001, '/PromptReco/Collisions2024A/DQM'), (7, 1, '/Gone/X/DQM');
    INSERT INTO "GeneratedJson" VALUES
        (42, '/PromptReco/%', 'weekly,gold', 'dc@cern.ch', true, 12, '{"==": [1, 1]}', '{"379001": [[1, 6]]}', false),
        (43, '/PromptReco/%', '', 'dc@cern.ch', false, 12, '{"==": [1, 1]}', '{"379001": "all"}', false);
    INSERT INTO "Settings" VALUES (1, '{}', 1, 1, 1, 1), (2, '{"by": "expert@cern.ch"}', 2, 1, 1, 1);
    INSERT INTO "ClassClassifier" VALUES (1, 'Old', '{"==": [{"var": "stable_beam"}, true]}', 1, true),
        (2, 'Collisions24', '{"==": [{"var": "stable_beam"}, true]}', 2, true), (3, 'Broken', '"{oops"', 3, true),
        (4, 'Off', '{"==": [{"var": "stable_beam"}, false]}', 4, false);
    INSERT INTO "ClassClassifierEntries" VALUES (1, 1), (2, 2), (2, 3), (2, 4);
    INSERT INTO "Workspace" VALUES (1, 'tracker', 'online');
    INSERT INTO "WorkspaceColumn" VALUES (5, 1, 'strip');
    INSERT INTO "ComponentClassifier" VALUES
        (1, 'EXCLUDED', 5, to_jsonb('{"==": [{"var": "tracker_included"}, null]}'::text), 1, true);
    INSERT INTO "ComponentClassifierEntries" VALUES (1, 1);
    INSERT INTO "DatasetsAccepted" VALUES
        (1, '/PromptReco/Collisions2024A/DQM', '/ZeroBias/Run2024A.*', true, 'Collisions24', NULL, 379139);
    INSERT INTO "DatasetsAcceptedEntries" VALUES (1, 1);
    INSERT INTO "Permission" VALUES (1, 'experts', '[".*"]');
    INSERT INTO "PermissionEntries" VALUES (1, 1);
"""
"""What the original keeps beside its events: it knows how these stand, not how they came about."""
AUTO = "auto@auto"


class Original:
    """The tables of the original in an empty database; each method adds what one call of its programs adds."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection, self._version, self._words = connection, 0, 0
        connection.execute(TABLES)
        connection.execute(WITHOUT_HISTORY)

    def act(self, number: int, *, by: str, comment: str) -> int:
        """An act under its number, at as many minutes past midnight."""
        self._connection.execute(
            """INSERT INTO "Version" VALUES (%s, %s, %s, timestamptz '2024-04-01Z' + %s * interval '1 minute')""",
            [number, by, comment, number],
        )
        return number

    def run(
        self, act: int, run: int, *, oms: Mapping[str, Any] | None = None, is_manual: bool = False, **rr: Any
    ) -> None:
        """Attributes of a run."""
        self._add(act, "RunEvent", [run, Jsonb(oms or {}), Jsonb(rr), False, is_manual])

    def dataset(
        self, act: int, run: int, name: str, *, gui: Iterable[str] = (), is_hidden: bool = False, **said: Any
    ) -> None:
        """Attributes of a dataset."""
        self._add(act, "DatasetEvent", [run, name, Jsonb(said), Jsonb(list(gui)), is_hidden])

    def flags(
        self,
        act: int,
        run: int,
        name: str,
        lumis: Iterable[int],
        *,
        is_manual: bool = False,
        **triplets: tuple[str, ...],
    ) -> None:
        """Triplets (status, comment, cause) of components, whose names have ``_`` for the hyphen."""
        said = {
            component.replace("_", "-"): dict(zip(("status", "comment", "cause"), (*triplet, "", ""), strict=False))
            for component, triplet in triplets.items()
        }
        version = self._add(act, "LumisectionEvent", [run, name, self._word(said), is_manual])
        self._assign("LumisectionEventAssignation", version, lumis)

    def bits(self, act: int, run: int, name: str, lumis: Iterable[int], **said: Any) -> None:
        """What OMS says of lumisections."""
        version = self._add(act, "OMSLumisectionEvent", [run, name, self._word(said)])
        self._assign("OMSLumisectionEventAssignation", version, lumis)

    def _add(self, act: int, table: str, values: list[Any]) -> int:
        self._version += 1
        self._connection.execute('INSERT INTO "Event" VALUES (%s, %s)', [self._version, act])
        marks = ", ".join(["%s"] * (len(values) + 1))
        self._connection.execute(f'INSERT INTO "{table}" VALUES ({marks})', [self._version, *values])
        return self._version

    def _word(self, said: Mapping[str, Any]) -> int:
        self._words += 1
        self._connection.execute('INSERT INTO "JSONBDeduplication" VALUES (%s, %s, %s)', [self._words, Jsonb(said), ""])
        return self._words

    def _assign(self, table: str, version: int, lumis: Iterable[int]) -> None:
        self._connection.cursor().executemany(f'INSERT INTO "{table}" VALUES (%s, %s)', [(version, n) for n in lumis])


PROMPT = "/PromptReco/Collisions2024A/DQM"
RUN, STRANGE = 379001, 379002


def telling_original(connection: psycopg.Connection[Any]) -> Original:
    """Two runs in which everything happens that an import could get wrong."""
    made = Original(connection)
    act, bits = made.act, {"cms_active": True, "tob_ready": True, "prescale_index": 3, "prescale_name": "2e34"}
    act(1, by=AUTO, comment="create run 379001")
    made.run(
        1, RUN, oms={"fill_number": 9400, "energy": 6800, "start_time": "2024-04-01T00:00:00Z", "hlt_key": "/cdaq/a",
             "end_time": "2024-02-31T00:00:00Z", "components": ["DT", 5], "recorded_lumi": 5.0},
        state="OPEN", significant=True, stop_reason="", **{"class": "Collisions24"},
    )  # fmt: skip
    made.dataset(1, RUN, "online")
    for lumi in range(1, 11):
        if lumi != 7:  # OMS does not know it
            made.bits(1, RUN, "online", [lumi], recorded=0.1 * lumi, delivered=0.2 * lumi, **bits)
    made.flags(1, RUN, "online", range(1, 11), tracker_strip=("GOOD",), dt_dt=("NO VALUE FOUND",))
    made.flags(1, RUN, "online", range(1, 5), csc_csc=("GOOD",))
    made.flags(1, RUN, "online", range(3, 9), csc_csc=("BAD",))
    made.flags(1, RUN, "online", [5, 6], csc_csc=("GOOD",))  # of what one act says twice the later holds
    act(3, by="shifter@cern.ch", comment="strip tripped")  # 2 was burnt by a rolled back transaction
    made.flags(3, RUN, "online", [4, 5, 8], is_manual=True, tracker_strip=("BAD", "tripped", "power"))
    act(4, by=AUTO, comment="update run 379001")
    made.run(4, RUN, oms={"energy": 6799, "hlt_key": 17}, **{"class": "Commissioning24"})
    made.flags(4, RUN, "online", range(1, 11), tracker_strip=("EXCLUDED",), dt_dt=("GOOD",))
    act(5, by="shifter@cern.ch", comment="class")
    made.run(5, RUN, is_manual=True, **{"class": "Cosmics24"}, mood="sunny")
    act(6, by=AUTO, comment="update run 379001 again")
    made.run(6, RUN, **{"class": "Collisions24"})
    act(7, by="shifter@cern.ch", comment="sign off")
    made.run(7, RUN, is_manual=True, state="SIGNOFF")
    act(8, by=AUTO, comment="dataset creation")
    made.dataset(8, RUN, PROMPT, global_state="waiting dqm gui", tracker_state="waiting dqm gui", appeared_in=[])
    made.flags(8, RUN, PROMPT, range(1, 11), tracker_strip=("GOOD",))
    made.bits(8, RUN, PROMPT, [1, 2, 3, 4, 5, 6, 8, 9, 10], **bits)
    act(9, by=AUTO, comment="new dataset appeared pinging gui")
    made.dataset(9, RUN, PROMPT, gui=["/ZeroBias/Run2024A/DQMIO"], global_state="OPEN", tracker_state="OPEN")
    act(10, by="dc@cern.ch", comment="hide")
    made.dataset(10, RUN, PROMPT, is_hidden=True)
    act(11, by="dc@cern.ch", comment="bits as seen in the elog")
    made.dataset(11, RUN, PROMPT)
    made.bits(11, RUN, PROMPT, [2, 3], tob_ready=False)
    act(12, by="dc@cern.ch", comment="certify")
    made.dataset(12, RUN, PROMPT, tracker_state="COMPLETED", muon_state="on holiday")
    act(13, by=AUTO, comment="signed off once more")
    made.dataset(13, RUN, PROMPT, global_state="waiting dqm gui", tracker_state="waiting dqm gui")
    act(14, by=AUTO, comment="OMS has revised 379001")
    made.run(14, RUN, oms={"fill_number": 9401})
    made.bits(14, RUN, "online", [3, 4], tob_ready=None, prescale_index=None)
    made.bits(14, RUN, "online", [11], cms_active=True, weather="fine")
    act(15, by="shifter@cern.ch", comment="odd things")
    made.run(15, STRANGE, is_manual=True, state="OPEN")
    made.flags(15, STRANGE, "online", [0, 1, 2], is_manual=True, tracker_strip=("PURPLE", "odd"), foo_bar=("GOOD",))
    return made
