"""How does a file become a case? Read, merged, validated, with every fault of it in one error."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from thermopkg.case.case import (
    MOST_PARTS,
    Case,
    UnsoundCase,
    environment_findings,
    layer_findings,
    study_findings,
)
from thermopkg.case.contact import contact_findings, pair_of_table
from thermopkg.case.environment import Environment
from thermopkg.case.files import Json, Merged, Source, read_merged
from thermopkg.case.material import library
from thermopkg.case.mesh_case import MeshCase, mesh_findings
from thermopkg.case.model import Finding
from thermopkg.case.parts import AnyPart, Part
from thermopkg.case.relations import outline_of_table, relation_findings
from thermopkg.case.study import Study
from thermopkg.case.trace import transient_findings_of_table
from thermopkg.case.wording import finding, leaves_nothing
from thermopkg.errors import CaseError, Fault

MOST_FAULTS = 200  # told at once; who has more has fed in something else than a case
HAS_MESH = "is a mesh of its own, which `run`, `check-case` and `regress` take; this asks for parts"
PARTS: TypeAdapter[tuple[Part, ...]] = TypeAdapter(tuple[AnyPart, ...])

Context = dict[str, Collection[str]]


def load(path: Path | str, claims: Collection[str] | None = None, overrides: Json | None = None) -> Case:
    """Read a case file and everything that it extends.

    Parameters
    ----------
    claims : names of the claims that may be asked for; any name passes where it is None
    overrides : merged over the file as if a further file extended it

    Raises
    ------
    CaseError : with every fault of the file, each with its dotted path
    """
    return _validated(read_merged(Path(path), overrides), str(path), claims)


def load_any(path: Path | str, claims: Collection[str] | None = None, overrides: Json | None = None) -> Case | MeshCase:
    """Read a case file, be it of parts or of a mesh of somebody else's; as `load`.

    Raises
    ------
    CaseError : with every fault of the file, each with its dotted path
    """
    merged = read_merged(Path(path), overrides)
    if "mesh" in merged.document:
        return _validated_mesh(merged, str(path))
    return _validated(merged, str(path), claims)


def _validated_mesh(merged: Merged, source: str) -> MeshCase:
    document = merged.document
    if "part" in document:
        both = Fault("part", "does not go with [mesh]: a case has parts, or brings its mesh")
        raise CaseError([both], source)
    own = document.get("materials")
    context = {"material": [*library(), *(own if isinstance(own, dict) else ())]}
    try:
        case = MeshCase.model_validate(document, context=context)
        findings = list(mesh_findings(case))
    except ValidationError as error:
        findings = [finding(item, document, MeshCase) for item in error.errors(include_url=False)]
    if findings:
        raise CaseError(list(dict.fromkeys(merged.fault(found) for found in findings)), source)
    return case


def from_document(document: Json, source: str = "case", claims: Collection[str] | None = None) -> Case:
    """Validate a case given as plain data, as it stands in TOML.

    Raises
    ------
    CaseError : with every fault
    """
    return _validated(Merged(document, (Source(document),)), source, claims)


def _validated(merged: Merged, source: str, claims: Collection[str] | None) -> Case:
    if "mesh" in merged.document:
        raise CaseError([Fault("mesh", HAS_MESH)], source)
    context = _known_names(merged.document, claims)
    told = {found.place for found in merged.findings}
    try:
        case = Case.model_validate(merged.document, context=context)
        if not told:
            return case
        findings = []
    except UnsoundCase as error:
        findings = list(error.findings)
    except ValidationError as error:
        findings = [
            finding(item, merged.document) for item in error.errors(include_url=False) if not leaves_nothing(item)
        ]
        findings += _findings_across(merged.document, findings, context)
    findings = [*(found for found in findings if found.place not in told), *merged.findings]
    faults = list(dict.fromkeys(merged.fault(found) for found in findings))
    if len(faults) > MOST_FAULTS:
        faults = [*faults[:MOST_FAULTS], Fault("", f"and {len(faults) - MOST_FAULTS:,} more faults")]
    raise CaseError(faults, source)


def _known_names(document: Json, claims: Collection[str] | None) -> Context:
    """What names in the document may point to."""
    parts, own = document.get("part"), document.get("materials")
    tables = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    known: Context = {
        "part": [part["name"] for part in tables if isinstance(part.get("name"), str)],
        "material": [*library(), *(own if isinstance(own, dict) else ())],
    }
    return known if claims is None else {**known, "claim": claims}


def _findings_across(document: Json, findings: Collection[Finding], context: Context) -> Iterator[Finding]:
    """What the checks across models find in a document of which some models have faults of their own."""
    faulty = {found.place[0] if found.place else None for found in findings}
    tables: Any = document.get("part")
    if isinstance(tables, list) and len(tables) <= MOST_PARTS:
        yield from relation_findings([outline_of_table(table) for table in tables])
    # a faulty study asks for nothing, so that what follows from its metrics keeps quiet
    study = Study(metrics=()) if "study" in faulty else Study.model_validate(document.get("study", {}), context=context)
    parts = None
    if "part" not in faulty:
        parts = PARTS.validate_python(tables, context=context)
        yield from layer_findings(parts)
        yield from study_findings(study, parts)
    yield from transient_findings_of_table(document.get("transient"), parts)
    contacts = document.get("contact")
    if isinstance(contacts, list):
        yield from contact_findings([pair_of_table(table) for table in contacts], context["part"])
    if "environment" not in faulty:
        environment = Environment.model_validate(document["environment"], context=context)
        yield from environment_findings(environment, study, context["part"])
