"""What the projections shall hold after an act: old words and new ones through the folds."""

from backend.projections.datasets import is_there
from backend.projections.luminosity import fold_luminosity
from backend.projections.picture import DatasetWords, Picture, draw_datasets
from backend.projections.runs import run_row
from backend.projections.segments import spread
from backend.projections.undone import Undo, Undone
from backend.record.act import Act
from backend.record.loading import Loaded, LoadedDataset
from backend.record.numbering import PENDING, Numbered
from backend.record.reach import Reach
from models.vocabulary import ActKind


def draw(act: Act, *, reach: Reach, loaded: Loaded, numbered: Numbered) -> Picture:
    """The rows that the projections shall hold for everything the act reaches."""
    undone = loaded.undone
    if act.undoes is not None:
        undone = Undone.of((*undone.undos, Undo(PENDING, act.undoes, act.scope)))
    picture = Picture()
    touch = {"last_change": PENDING, "changed_by": act.by}
    known = dict(loaded.known)
    for run in sorted(reach.runs):
        changes = loaded.runs.get(run, []) + [c for c in numbered.runs if c.of == run]
        row = run_row(run, changes, undone)
        if row is None:
            picture.gone_runs.append(run)
            known[run] = []
        else:
            picture.runs.append(row | touch)
            known[run] = row["known"]
    if act.kind is not ActKind.PROPOSAL:
        _draw_datasets(picture, act, reach=reach, loaded=loaded, numbered=numbered, undone=undone, known=known)
    _draw_luminosities(picture, reach, loaded=loaded, numbered=numbered, undone=undone)
    return picture


def _draw_datasets(
    picture: Picture,
    act: Act,
    *,
    reach: Reach,
    loaded: Loaded,
    numbered: Numbered,
    undone: Undone,
    known: dict[int, list[int]],
) -> None:
    datasets = []
    taken_back = {}
    for id_ in reach.datasets:
        key, taken_back[id_] = reach.keys[id_], undone.acts("datasets", id_)
        before = loaded.datasets.get(id_, LoadedDataset())
        said = before.changes + [c for c in numbered.datasets if c.of == id_]
        if id_ not in reach.new and not is_there(reach.created[id_], taken_back[id_], said):
            picture.gone_datasets.append(id_)
            continue
        datasets.append(
            DatasetWords(
                id=id_,
                run_number=key.run_number,
                name=key.name,
                run_known=known.get(key.run_number, []),
                changes=[c for c in said if c.change_set not in taken_back[id_]],
                touched=None if id_ in reach.whole else reach.columns[id_],
                old_counts=before.counts,
                old_bits=before.bits,
                old_notes=before.notes,
                last_change=PENDING,
                changed_by=act.by,
            )
        )
    standing = [w for w in loaded.words if w.change_set not in taken_back[w.word.dataset]] + numbered.words
    standing = [w for w in standing if w.word.dataset not in picture.gone_datasets]
    noted = {w.word.change: (w.cause, w.comment) for w in standing if w.cause or w.comment}
    draw_datasets(picture, datasets, words=spread([w.word for w in standing]), noted=noted)


def _draw_luminosities(picture: Picture, reach: Reach, *, loaded: Loaded, numbered: Numbered, undone: Undone) -> None:
    for run, source in sorted(reach.luminosities):
        taken_back = undone.acts("runs", run)
        words = [w for act, r, s, w in loaded.luminosities if (r, s) == (run, source) and act not in taken_back]
        words += [w for r, s, w in numbered.luminosities if (r, s) == (run, source)]
        if not words:
            picture.gone_luminosities.append((run, source))
            continue
        delivered, recorded = fold_luminosity(words)
        picture.luminosities.append(
            {
                "run_number": run,
                "source": source,
                "delivered": delivered,
                "recorded": recorded,
                "last_change": PENDING,
            }
        )
