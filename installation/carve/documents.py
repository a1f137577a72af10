"""JSON documents against their schema, with one line for whoever wrote them. Pure."""

from __future__ import annotations

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from installation.vocabulary import UglyError

T = TypeVar("T")


def checked_document(schema: type[T], document: object, where: str, what: str) -> T:
    """Return the document as `schema`, a pydantic dataclass.

    Raises:
        UglyError: one line naming `where`, what it is not (`what`), and the first wrong key.
    """
    try:
        return TypeAdapter(schema).validate_python(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the document"
        raise UglyError(f"{where}: not a {what}: {key}: {first['msg']}") from None
