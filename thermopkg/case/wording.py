"""How does a fault of validation read? The place as the file has it, what was got, and what is allowed."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from thermopkg.case.case import Case
from thermopkg.case.model import Finding, Model, Place, closest
from thermopkg.case.parts import KINDS
from thermopkg.units import quote

NAMES_A_KEY = {
    "missing",
    "extra_forbidden",
    "union_tag_invalid",
    "union_tag_not_found",
}  # that the file may lack


def finding(item: ErrorDetails, document: dict[str, Any], model: type[Model] = Case) -> Finding:
    """One of validation's errors, in the words of a case; `model` is that of the document."""
    steps = (*item["loc"], "kind") if item["type"] in {"union_tag_invalid", "union_tag_not_found"} else item["loc"]
    place = _place(steps, document, keep_last=item["type"] in NAMES_A_KEY)
    return Finding(place, _message(item, place, document, model))


def leaves_nothing(item: ErrorDetails) -> bool:
    """Whether a list is called too short only because every entry of it is faulty, which is told of each already."""
    if item["type"] != "too_short" or not isinstance(item["input"], list):
        return False
    return len(item["input"]) >= int(item["ctx"]["min_length"])


def _place(steps: Place, document: dict[str, Any], keep_last: bool) -> Place:
    """The path as the file has it: validation also names the alternative it took, and the file has no such key."""
    place: list[int | str] = []
    node: Any = document
    for i, step in enumerate(steps):
        inside = step in node if isinstance(node, dict) else isinstance(node, list) and step in range(len(node))
        if inside:
            place.append(step)
            node = node[step]
        elif keep_last and i == len(steps) - 1 and isinstance(node, dict | list):
            place.append(step)
    return tuple(place)


def _message(item: ErrorDetails, place: Place, document: dict[str, Any], model: type[Model]) -> str:
    got, context = item["input"], item.get("ctx", {})
    match item["type"]:
        case "missing" if place and isinstance(place[-1], int):
            return f"missing: {place[-1]} given, one more is wanted"
        case "missing":
            return "missing"
        case "extra_forbidden":
            return _unknown_key(place, document, model)
        case "union_tag_invalid":
            kind = context["tag"]
            return f"{quote(kind)} is no kind of part{closest(kind, KINDS) or '; known: ' + ', '.join(KINDS)}"
        case "union_tag_not_found":
            return f"missing; one of {', '.join(KINDS)}"
        case "literal_error":
            return f"{quote(got)} is not allowed; write {context['expected'].replace('True', 'true')}"
        case "value_error":
            return str(context["error"])
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return f"{quote(got)} is not a whole number"
        case "float_type" | "float_parsing":
            return f"{quote(got)} is not a number"
        case "finite_number":
            return f"{quote(got)} is not a finite number"
        case "string_type":
            return f"{quote(got)} is not text; put it in quotes"
        case "tuple_type" | "list_type":
            return f"{quote(got)} is not a list"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{quote(got)} is not a table of keys and values"
        case "greater_than_equal":
            return f"must be at least {context['ge']:g}, got {quote(got)}"
        case "less_than_equal":
            return f"must be at most {context['le']:g}, got {quote(got)}"
        case "too_short" if context["actual_length"]:
            return f"has {context['actual_length']} entry; at least {context['min_length']} are wanted"
        case "too_short" | "string_too_short":
            return "is empty"
        case "too_long" | "string_too_long" if isinstance(got, str):
            return f"has {len(got)} characters; {context['max_length']} are the most"
        case "too_long":
            return f"has {context['actual_length'] or 'more'} entries; {context['max_length']} are the most"
        case _:
            return item["msg"]


def _unknown_key(place: Place, document: dict[str, Any], model: type[Model]) -> str:
    known = _known_keys(place[:-1], document, model)
    return f"unknown key{closest(str(place[-1]), known) or '; known here: ' + ', '.join(known)}"


def _known_keys(place: Place, document: dict[str, Any], model: type[Model]) -> list[str]:
    """The keys that the model at a place takes."""
    models: list[type[BaseModel]] = [model]
    node: Any = document
    for step in place:
        node = node[step]
        if isinstance(step, str) and (inner := [m for model in models for m in _models_of(model, step)]):
            models = inner
        kind = node.get("kind") if isinstance(node, dict) else None
        if isinstance(kind, str) and kind in KINDS:
            models = [KINDS[kind]]
    keys = dict.fromkeys(field.alias or name for model in models for name, field in model.model_fields.items())
    return list(keys) if place or model is not Case else [*keys, "extends", "without", "package"]


def _models_of(model: type[BaseModel], key: str) -> list[type[BaseModel]]:
    for name, found in model.model_fields.items():
        if key in (name, found.alias):
            return list(_models_in(found.annotation))
    return []


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
