"""What a release consists of, as a CycloneDX bill of materials (https://cyclonedx.org, 1.6)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Protocol

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL


class Named(Protocol):
    """A release: its version, commit and time."""

    @property
    def version(self) -> str: ...
    @property
    def commit(self) -> str: ...
    @property
    def epoch_s(self) -> int: ...


def bill_of_materials(release: Named, wheel: Path, libraries: str, house: Path) -> str:
    """The JSON: the wheel, the libraries of a lock's text, what browsers get, models and fonts.

    Two calls with the same give the same: the serial number follows from the wheel.
    """
    whole = hashlib.sha256(wheel.read_bytes()).hexdigest()
    program = Component(
        name="uglynet",
        version=release.version,
        type=ComponentType.APPLICATION,
        bom_ref="uglynet",
        purl=PackageURL("pypi", None, "uglynet", release.version),
        licenses=[DisjunctiveLicense(id="MIT")],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=whole)],
    )
    parts = [*_libraries(libraries), *_for_browsers(house), *_models(house), *_fonts(house)]
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, f"{release.commit} {whole}"),
        metadata=BomMetaData(
            component=program, timestamp=datetime.fromtimestamp(release.epoch_s, timezone.utc)
        ),
        components=parts,
    )
    bom.register_dependency(program, parts)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _libraries(lock: str) -> Iterator[Component]:
    """Python's, and both of ONNX Runtime's: a version for each version of Python that asks it."""
    seen = set(re.findall(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", lock, re.M))
    for name, version in sorted(seen):
        purl = PackageURL("pypi", None, name, version)
        yield Component(name=name, version=version, purl=purl, bom_ref=purl.to_string())


def _for_browsers(house: Path) -> Iterator[Component]:
    """What the page to play at home gives to phones: npm's lockfile, with its hashes."""
    lock = json.loads((house / "installation/door/package-lock.json").read_text(encoding="utf-8"))
    for path, about in sorted(lock["packages"].items()):
        if not path:
            continue
        scope, _, name = path.split("node_modules/")[-1].rpartition("/")
        purl = PackageURL("npm", scope or None, name, about["version"])
        kind, _, digest = about["integrity"].partition("-")
        assert kind == "sha512", path
        yield Component(
            name=name,
            group=scope or None,
            version=about["version"],
            purl=purl,
            bom_ref=purl.to_string(),
            hashes=[HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())],
        )


def _models(house: Path) -> Iterator[Component]:
    for path in sorted((house / "models").rglob("*.onnx")):
        if "training" not in path.relative_to(house).parts:
            yield _file(path, house, ComponentType.MACHINE_LEARNING_MODEL)


def _fonts(house: Path) -> Iterator[Component]:
    for path in sorted((house / "installation/show/fonts").glob("*.ttf")):
        yield _file(path, house, ComponentType.FILE)


def _file(path: Path, house: Path, kind: ComponentType) -> Component:
    digest, name = hashlib.sha256(path.read_bytes()).hexdigest(), str(path.relative_to(house))
    content = HashType(alg=HashAlgorithm.SHA_256, content=digest)
    return Component(name=name, type=kind, bom_ref=name, hashes=[content])
