"""Ways out: the pages of other systems about the same run (addresses of original-frontend.md §3.1 and §4.1)."""

_OMS = "https://cmsoms.cern.ch/cms/runs/report?cms_run={run}"
_GUI = "https://cmsweb.cern.ch/dqm/online/start?runnr={run};sampletype=online_data;workspace=Summary"
_HDQM = "https://cms-hdqm.web.cern.ch/?runs={run}"


def links_of_run(run_number: int) -> tuple[tuple[str, str], ...]:
    """(label, address) of each system that knows the run."""
    return tuple(
        (label, pattern.format(run=run_number))
        for label, pattern in (("OMS", _OMS), ("DQM GUI", _GUI), ("HDQM", _HDQM))
    )
