import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from adcheck.model import Status
from adcheck.report import render
from tests.reports import HESSIAN as ROW
from tests.reports import HOSTILE, SAMPLES, graded, hostile, lost, passed, right

SCHEMA: Any = json.loads(files("adcheck.report").joinpath("report.schema.json").read_text("utf-8"))


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object type in a schema."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def records(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every object in a document, maps of free names left out."""
    if isinstance(value, dict):
        if path[-1:] not in (("layers",), ("inputs",)):
            yield path
        for key, inner in value.items():
            yield from records(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from records(inner, (*path, index))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def load(text: str) -> Any:
    return json.loads(text, parse_constant=pytest.fail)


@pytest.mark.parametrize("name", SAMPLES)
def test_validates_against_the_schema_that_ships(name: str) -> None:
    Draft202012Validator(SCHEMA).validate(load(render(SAMPLES[name](), "json")))


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_object_of_the_schema_is_closed() -> None:
    records_ = [schema for schema in objects(SCHEMA) if "properties" in schema]
    assert len(records_) == 10
    for schema in records_:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
    maps = [schema for schema in objects(SCHEMA) if "properties" not in schema]
    assert [schema["additionalProperties"] for schema in maps] == [{"type": "string"}] * 2


def test_no_key_can_be_added_or_left_out() -> None:
    document = load(render(lost(), "json"))
    validator = Draft202012Validator(SCHEMA)
    for path in records(document):
        extra = load(render(lost(), "json"))
        at(extra, path)["surprise"] = 1
        with pytest.raises(ValidationError):
            validator.validate(extra)
        for key in at(document, path):
            short = load(render(lost(), "json"))
            del at(short, path)[key]
            with pytest.raises(ValidationError):
                validator.validate(short)


def test_the_schema_knows_every_status() -> None:
    assert SCHEMA["$defs"]["status"]["enum"] == [status.value for status in Status]


@pytest.mark.parametrize("name", ["right", "lost", "unreadable", "hostile"])
def test_whole_output(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"report/{name}.json", render(SAMPLES[name](), "json"))


def test_numbers_are_rounded_and_never_negative_zero() -> None:
    third = replace(passed(ROW), points=1 / 3, seconds=-0.0)
    document = load(render(replace(right(), assignments=graded(third)), "json"))
    item = document["assignments"][0]["items"][0]
    assert (item["points"], document["score"], document["seconds"]) == (0.3333, 0.3333, 12.346)
    assert str(item["seconds"]) == "0.0"


def test_numbers_that_are_not_finite_are_strings() -> None:
    document = load(render(hostile(), "json"))
    assert document["seconds"] == "inf"
    assert document["assignments"][0]["items"][0]["seconds"] == "nan"


def test_hostile_text_is_kept_and_cannot_steer_a_terminal() -> None:
    text = render(hostile(), "json")
    assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 for c in text)
    assert "\u202e" not in text
    text.encode("utf-8")
    message = load(text)["problems"][0]["message"]
    assert message == HOSTILE.replace("\udc80", "\\udc80")


def test_hostile_text_is_kept_and_is_no_command_to_a_ci() -> None:
    path = "::error::x ##[error]y ###vso[task.x]z ##\n::a.py"
    text = render(replace(right(), path=path), "json")
    assert not re.search(r"##\w*\[", text)
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    assert load(text)["submission"]["path"] == path


def test_text_beyond_ascii_stays_readable() -> None:
    text = render(replace(right(), path="домашка.ipynb"), "json")
    assert '"path": "домашка.ipynb"' in text
    assert text.endswith("}\n")
