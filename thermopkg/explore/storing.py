"""How is a reduced model kept? One small file of numbers and their names, read without a mesh and without trust."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import CaseError, Fault
from thermopkg.explore.reduced import Asked, Ended, Quadratic, Range, ReducedModel
from thermopkg.explore.terms import Weights

VERSION = 2  # of the file
KIND = "thermopkg reduced model"
LARGEST = 1 << 28  # bytes of one array; a model has a few kB


def save(model: ReducedModel, path: Path) -> None:
    """Write a model.

    Raises
    ------
    OSError : the file cannot be written
    """
    asked = [
        {
            "name": one.name,
            "unit": one.unit,
            "definition": one.definition,
            "first": one.first.tolist(),
            "second": None if one.second is None else one.second.tolist(),
            "against": one.against.tolist(),
            "per_watt": one.per_watt,
        }
        for one in model.asked
    ]
    header = {
        "kind": KIND,
        "version": VERSION,
        "title": model.title,
        "fingerprint": model.fingerprint,
        "ranges": [asdict(one) for one in model.ranges],
        "names": model.names,
        "asked": asked,
        "n_cells": model.n_cells,
        "ended": model.ended,
    }
    arrays = {
        "factors": model.weights.factors,
        "stretches": model.weights.stretches,
        "factor": model.weights.factor,
        "stretch": model.weights.stretch,
        "power": model.weights.power,
        "fields": model.fields,
        "loads": model.loads,
        "own": model.fluxes.own,
        "cross": model.fluxes.cross,
        "base": model.fluxes.base,
        "powers": model.powers,
        "snapshots": model.snapshots,
        "added": model.added,
    }
    with path.open("wb") as file:  # by its name NumPy would give the file another ending
        np.savez_compressed(file, allow_pickle=False, header=np.array(json.dumps(header)), **arrays)


def load(path: Path) -> ReducedModel:
    """Read a model that `save` wrote.

    Raises
    ------
    CaseError : there is no such file, or it is no model, or one of another version
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            if any(info.file_size > LARGEST for info in file.zip.infolist()):
                raise ValueError("an array of a size that no model has")
            found: dict[str, Any] = {name: file[name] for name in file.files}
        header = json.loads(str(found.pop("header")))
        if header["kind"] != KIND:
            raise ValueError("another kind of file")
        if header["version"] != VERSION:
            told = f"is of version {header['version']}; this program reads version {VERSION}: make the model again"
            raise CaseError([Fault("", told)], path)
        return _checked(_model(header, found))
    except FileNotFoundError:
        raise CaseError([Fault("", "there is no such file")], path) from None
    except OSError as error:
        raise CaseError([Fault("", f"cannot be read: {error.strerror or error}")], path) from None
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, IndexError, zipfile.BadZipFile) as error:
        raise CaseError([Fault("", "is no stored model, or a damaged one: make the model again")], path) from error


def _model(header: Mapping[str, Any], arrays: Mapping[str, Any]) -> ReducedModel:
    def vector(values: list[float]) -> FloatArray:
        return np.array(values, float)

    weights = ("factors", "stretches", "factor", "stretch", "power")
    return ReducedModel(
        title=header["title"],
        fingerprint=header["fingerprint"],
        ranges=tuple(Range(**one) for one in header["ranges"]),
        weights=Weights(*(arrays[name] for name in weights)),
        fields=arrays["fields"],
        loads=arrays["loads"],
        fluxes=Quadratic(arrays["own"], arrays["cross"], arrays["base"]),
        names=tuple(header["names"]),
        powers=arrays["powers"],
        asked=tuple(
            Asked(
                **{
                    **one,
                    "first": vector(one["first"]),
                    "second": None if one["second"] is None else vector(one["second"]),
                    "against": vector(one["against"]),
                }
            )
            for one in header["asked"]
        ),
        n_cells=header["n_cells"],
        snapshots=arrays["snapshots"],
        added=arrays["added"],
        ended=header["ended"],
    )


def _checked(model: ReducedModel) -> ReducedModel:
    """The model, whose arrays fit each other; ValueError where they do not."""
    n_terms, r, n, p = len(model.weights.factor), model.fields.shape[1], len(model.names), len(model.ranges)
    moves = model.fluxes.own.shape[1]
    wanted = (
        ((n_terms, r, r), model.fields),
        ((r, n), model.loads),
        ((n_terms, moves, moves), model.fluxes.own),
        ((n_terms, moves, n), model.fluxes.cross),
        ((n_terms, n, n), model.fluxes.base),
        ((n, p + 1), model.powers),
    )
    if model.ended not in get_args(Ended):
        raise ValueError("an end that no model comes to")
    for shape, array in wanted:
        if array.shape != shape or not np.isfinite(array).all():
            raise ValueError("arrays that do not fit each other")
    return model
