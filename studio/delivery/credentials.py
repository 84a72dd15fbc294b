"""Content Credentials (C2PA): a finished file signed with a person's own certificate, last of all, and read again.

The certificate chain and the private key are files. Where they are is said by film.toml or by the environment; what
is in the key's file is in no value that is shown, no message and no log. Nothing is fetched: no time stamp, no trust
list, no revocation. c2pa-python does the signing; it is the extra `[c2pa]`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from studio.delivery.xmp import carried
from studio.errors import BadInput, Damaged, NotFound, StudioError
from studio.log import Settings
from studio.media.files import scratch, sync_file

CERTIFICATE, KEY = "STUDIO_C2PA_CERTIFICATE", "STUDIO_C2PA_KEY"
ASSERTION = "org.circletake.takes"  # which takes the film is made of, by their hashes
_OFFLINE: dict[str, dict[str, Any]] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}


@dataclass(frozen=True)
class Signing:
    """A certificate chain and its key, ready to sign. Its repr tells nothing of the key."""

    algorithm: str  # es256, es384, es512, ps256, ed25519
    chain: bytes = field(repr=False)  # PEM, the signer's own certificate first
    key: bytes = field(repr=False)  # PEM, PKCS #8


@dataclass(frozen=True)
class Ingredient:
    """A file that went into the one that is signed."""

    title: str  # "07A-003"
    path: Path
    sha256: str
    model: str = ""  # "runway gen4.5", where it is known


@dataclass(frozen=True)
class Credential:
    """What a file's Content Credentials say."""

    state: str  # "Valid": unchanged since it was signed; "Trusted": and by somebody trusted; "Invalid"
    signer: str = ""
    title: str = ""
    source_type: str = ""  # the last word of IPTC's digital source type
    ingredients: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()  # C2PA's own codes

    @property
    def said(self) -> str:
        """In a sentence."""
        by = f" by {self.signer}" if self.signer else ""
        made_of = f", made of {len(self.ingredients)} named parts" if self.ingredients else ""
        match self.state:
            case "Trusted":
                return f"signed{by}, whom you trust, and unchanged since{made_of}"
            case "Valid":
                return f"signed{by} and unchanged since{made_of}; nobody vouches here for who that is"
        return (
            f"the credential is broken ({', '.join(self.failures) or self.state}): the file was changed after signing"
        )


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("c2pa") is not None


def signing_for(settings: Settings, folder: Path, environ: Mapping[str, str]) -> Signing | None:
    """What to sign with, as film.toml or the environment says; None where neither names a certificate.

    Everything that can be wrong with it is said here, before hours of rendering: BadInput or NotFound.
    """
    chosen = {
        "certificate": environ.get(CERTIFICATE) or settings.credentials.get("certificate", ""),
        "key": environ.get(KEY) or settings.credentials.get("key", ""),
    }
    if not any(chosen.values()):
        return None
    for what, variable in (("certificate", CERTIFICATE), ("key", KEY)):
        if not chosen[what]:
            raise BadInput(
                f"Content Credentials need a certificate and its key, and no {what} is named: set {variable}, or "
                f"credentials.{what} in film.toml, to the path of its PEM file"
            )
    if not installed():
        raise BadInput("a certificate is set and c2pa-python is not installed: pip install 'circletake[c2pa]'")
    return _signing(_file(chosen["certificate"], "certificate", folder), _file(chosen["key"], "key", folder))


def _file(name: str, what: str, folder: Path) -> bytes:
    if "-----" in name or "\n" in name:
        raise BadInput(f"the {what} for signing is given by its path, not by what is in it: write the path of its file")
    path = Path(name).expanduser()
    try:
        return (path if path.is_absolute() else folder / path).read_bytes()
    except OSError as problem:
        raise NotFound(
            f"the {what} for signing cannot be read from {path.name} ({(problem.strerror or '').lower()}): see that "
            "its path is right"
        ) from None


def _signing(chain: bytes, key: bytes) -> Signing:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    try:
        own = x509.load_pem_x509_certificates(chain)[0]
    except (ValueError, IndexError):
        raise BadInput("the certificate for signing holds no certificate: write the path of its chain as PEM") from None
    try:
        private = serialization.load_pem_private_key(key, password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm):  # their messages may quote the file
        raise BadInput(
            "the key for signing is no private key, or has a password: write the path of a plain PEM"
        ) from None
    match private:
        case ec.EllipticCurvePrivateKey(curve=curve) if curve.key_size in (256, 384, 521):
            algorithm = {256: "es256", 384: "es384", 521: "es512"}[curve.key_size]
        case ed25519.Ed25519PrivateKey():
            algorithm = "ed25519"
        case rsa.RSAPrivateKey():
            algorithm = "ps256"
        case _:
            raise BadInput("the key for signing is of a kind that C2PA does not take: use ES256, Ed25519 or RSA")
    plain = serialization.PublicFormat.SubjectPublicKeyInfo
    same = [k.public_bytes(serialization.Encoding.DER, plain) for k in (own.public_key(), private.public_key())]
    if same[0] != same[1]:
        raise BadInput("the certificate for signing is not that of the key: the signer's own comes first in its chain")
    if own.not_valid_after_utc < datetime.now(UTC):
        raise BadInput(f"the certificate for signing ended on {own.not_valid_after_utc:%Y-%m-%d}: get a new one")
    pkcs8 = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Signing(algorithm, chain, pkcs8)


def sign(
    path: Path, signing: Signing, *, title: str, source_type: str, made_of: Sequence[Ingredient] = ()
) -> Credential:
    """Sign a finished file in its place: nothing may be written into it afterwards. `source_type` is IPTC's address.

    Raises BadInput for a file that has been signed already, StudioError where c2pa refuses, and Damaged where the
    signed file does not read back as valid; then the file stays as it was.
    """
    import c2pa

    if carried(path).credentials:
        raise BadInput(f"{path.name} is signed already: sign the file as it was rendered")
    mime = mime_of(path)
    with scratch(path) as signed:
        try:
            info = c2pa.C2paSignerInfo(
                alg=signing.algorithm.encode(), sign_cert=signing.chain, private_key=signing.key, ta_url=None
            )
            with (
                c2pa.Signer.from_info(info) as signer,
                c2pa.Context.from_dict(_OFFLINE) as context,
                c2pa.Builder(_manifest(title, mime, source_type, made_of), context=context) as builder,
            ):
                for part in _readable(made_of):
                    facts = {"title": part.path.name, "label": part.title, "relationship": "componentOf"}
                    with part.path.open("rb") as clip:
                        builder.add_ingredient(facts, mime_of(part.path), clip)
                with path.open("rb") as plain, signed.open("w+b") as to:
                    builder.sign(signer, mime, plain, to)
        except c2pa.C2paError as problem:
            raise StudioError(f"{title} could not be signed: {_first_line(problem)}") from None
        found = read(signed, mime=mime)
        if found is None or found.state == "Invalid":
            raise Damaged(
                f"{title} did not come out of signing as a valid file: {found.said if found else 'no credential'}"
            )
        sync_file(signed)
        signed.replace(path)
    return found


def _manifest(title: str, mime: str, source_type: str, made_of: Sequence[Ingredient]) -> dict[str, Any]:
    actions: list[dict[str, Any]] = [{"action": "c2pa.created", "digitalSourceType": source_type}]
    if made_of:
        placed = [part.title for part in _readable(made_of)]
        actions += [{"action": "c2pa.placed", "parameters": {"ingredientIds": placed}}] if placed else []
    assertions: list[dict[str, Any]] = [{"label": "c2pa.actions.v2", "data": {"actions": actions}}]
    if made_of:
        # a take without credentials of its own is named by its hash here, and nowhere else
        takes = [{"take": part.title, "sha256": part.sha256, "model": part.model} for part in made_of]
        assertions.append({"label": ASSERTION, "data": {"takes": takes}})
    return {
        "claim_generator_info": [{"name": "Circletake"}],
        "title": title,
        "format": mime,
        "assertions": assertions,
    }


def _readable(made_of: Sequence[Ingredient]) -> list[Ingredient]:
    """Those whose files C2PA knows; WebM it does not, and such a take is named by its hash alone."""
    return [part for part in made_of if mime_of(part.path) != "video/webm"]


def read(path: Path, *, anchors: str = "", mime: str = "") -> Credential | None:
    """What a file's credentials say, checked against its bytes; None where it has none.

    `anchors` are certificates in PEM whose signatures you trust. Raises BadInput without the extra.
    """
    if not installed():
        raise BadInput("Content Credentials are read by c2pa-python: pip install 'circletake[c2pa]'")
    import c2pa

    settings: dict[str, Any] = {**_OFFLINE, "verify": {**_OFFLINE["verify"], "verify_trust": bool(anchors)}}
    if anchors:
        settings["trust"] = {"user_anchors": anchors}
    try:
        with (
            path.open("rb") as file,
            c2pa.Context.from_dict(settings) as context,
            c2pa.Reader(mime or mime_of(path), file, context=context) as reader,
        ):
            said: dict[str, Any] = json.loads(reader.json())
    except c2pa.C2paError.ManifestNotFound:
        return None
    except c2pa.C2paError as problem:
        return Credential("Invalid", failures=(_first_line(problem),))
    own = said["manifests"][said["active_manifest"]]
    actions = [
        action
        for each in own.get("assertions", ())
        if each["label"].startswith("c2pa.actions")
        for action in each["data"].get("actions", ())
    ]
    kinds = [str(action["digitalSourceType"]) for action in actions if action.get("digitalSourceType")]
    signer = own.get("signature_info", {})
    failed = said.get("validation_results", {}).get("activeManifest", {}).get("failure", ())
    return Credential(
        state=str(said["validation_state"]),
        signer=str(signer.get("common_name") or signer.get("issuer") or ""),
        title=str(own.get("title") or ""),
        source_type=kinds[0].rsplit("/", 1)[-1] if kinds else "",
        ingredients=tuple(str(each.get("title") or "") for each in own.get("ingredients", ())),
        failures=tuple(str(each["code"]) for each in failed),
    )


def mime_of(path: Path) -> str:
    """What C2PA calls a file's kind, by its brand: a file that is not named yet has no suffix that says it."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm"
    return "video/quicktime" if head[8:12] == b"qt  " or head[4:8] != b"ftyp" else "video/mp4"


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or ["no reason given"])[0][:200]
