"""Content Credentials: signed last, with a certificate of one's own, and broken by any other byte."""

from __future__ import annotations

import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

import studio
from studio.delivery import credentials, xmp
from studio.delivery.credentials import CERTIFICATE, KEY
from studio.delivery.provenance import COMPOSITE, TRAINED, VOCABULARY, mark, marker
from studio.errors import BadInput, NotFound, StudioError
from studio.log import Settings, read_settings, write_settings
from tests.delivery.marking import exiftool, finished, make_film, source_of

USES = dict.fromkeys(
    ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
    False,
)


class Authority:
    """A root of our own, and the certificates that it signs, as files of one folder."""

    def __init__(self, folder):
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        root = self._begun("Test root", self.key.public_key(), 30)
        root = root.add_extension(x509.BasicConstraints(True, None), True)
        root = root.add_extension(
            x509.KeyUsage(digital_signature=False, key_cert_sign=True, crl_sign=True, **USES), True
        )
        self.root = root.sign(self.key, hashes.SHA256())
        self.anchors = folder / "root.pem"
        self.anchors.write_bytes(self.root.public_bytes(Encoding.PEM))

    def issue(self, name, days=30, for_signing=True, encryption=None):
        """Paths of a chain and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = self._begun(name, key.public_key(), days).add_extension(x509.BasicConstraints(False, None), True)
        if for_signing:
            use = x509.KeyUsage(digital_signature=True, key_cert_sign=False, crl_sign=False, **USES)
            leaf = leaf.add_extension(use, True)
            leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
        chain, secret = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        pem = leaf.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM) + self.root.public_bytes(Encoding.PEM)
        chain.write_bytes(pem)
        secret.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, encryption or NoEncryption())
        )
        return chain, secret

    def _begun(self, name, key, days):
        def named(text):
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named("Test root"))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False)
        )


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def signer(authority):
    chain, key = authority.issue("Ada Films")
    return {CERTIFICATE: str(chain), KEY: str(key)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_film(tmp_path_factory.mktemp("credentials") / "film")


@pytest.fixture
def film(made, tmp_path):
    shutil.copytree(made, tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        film.as_("ada")
        yield film


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return finished(tmp_path_factory.mktemp("plain") / "plain.mp4")


def marked(film, plain, environ, name="film.mp4", **how):
    path = shutil.copyfile(plain, film.folder / name)
    return path, mark(path, film.cut().value, film.log, film.settings, environ=environ, **how)


def test_a_signed_film_names_its_takes_and_keeps_its_xmp(film, plain, signer, authority, require):
    require("exiftool")
    path, said = marked(film, plain, signer)
    assert said.credential.state == "Valid"
    found = credentials.read(path)
    assert (found.state, found.signer, found.source_type) == ("Valid", "Ada Films", COMPOSITE)
    assert found.ingredients == ("01A-001.mp4", "01B-001.mp4", "02A-001.mp4", "02B-001.mp4")
    assert credentials.read(path, anchors=authority.anchors.read_text()).state == "Trusted"
    assert exiftool(path)["XMP:XMP-iptcExt:DigitalSourceType"] == VOCABULARY + COMPOSITE
    told = repr(film.cut().provenance(path))
    assert "signed by Ada Films and unchanged since, made of 4 named parts; nobody vouches here for who that is" in told
    assert "whom you trust" in repr(film.cut().provenance(path, trust=authority.anchors))


def test_a_flipped_byte_breaks_the_credential(film, plain, signer):
    path, _ = marked(film, plain, signer)
    content = bytearray(path.read_bytes())
    for place in (content.find(b"mdat") + 500, content.find(b"Endlose F"), content.find(xmp.XMP_BOX) + 300):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert credentials.read(path).state == "Invalid"
        assert "the credential is broken" in repr(film.cut().provenance(path))
    path.write_bytes(content)
    assert credentials.read(path).state == "Valid"


def test_nothing_is_written_into_a_file_that_is_signed(film, plain, signer):
    path, _ = marked(film, plain, signer)
    before = path.read_bytes()
    with pytest.raises(BadInput, match="is signed: XMP is written before"):
        xmp.append(path, {"dc:title": "later"})
    with pytest.raises(BadInput, match="is signed already"):
        credentials.sign(path, credentials.signing_for(film.settings, film.folder, signer), title="", source_type="")
    again = mark(path, film.cut().value, film.log, film.settings, environ=signer)
    assert "is left as it came" in again.notes[0]
    assert path.read_bytes() == before


def test_what_a_signed_take_loses_is_said_and_a_signed_film_carries_it(film, plain, signer):
    take = film.folder / "media/takes/01A-001.mp4"
    mark(take, film.cut().value, film.log, film.settings, take=source_of(film, "01A-001"), environ=signer)
    assert credentials.read(take).source_type == TRAINED
    assert "01A-001 came with Content Credentials and XMP" in repr(film.cut().provenance())
    _, unsigned = marked(film, plain, {})
    assert any("01A-001 came with Content Credentials, which are lost here" in note for note in unsigned.notes)
    path, signed = marked(film, plain, signer, "signed.mp4")
    assert any("stand in the film's own" in note for note in signed.notes)
    assert credentials.read(path).state == "Valid"
    copy, said = marked(film, take, signer, "copy.mp4", take=source_of(film, "01A-001"))
    assert "left as it came" in said.notes[0]
    assert copy.read_bytes() == take.read_bytes()


def test_the_paths_may_stand_in_film_toml_and_the_environment_comes_first(film, signer, authority):
    write_settings(
        film.folder,
        Settings(**{**vars(film.settings), "credentials": {"certificate": signer[CERTIFICATE], "key": signer[KEY]}}),
        replace=True,
    )
    settings = read_settings(film.folder)
    first = credentials.signing_for(settings, film.folder, {})
    assert first.algorithm == "es256"
    chain, key = authority.issue("Somebody else")
    other = credentials.signing_for(settings, film.folder, {CERTIFICATE: str(chain), KEY: str(key)})
    assert other.chain != first.chain
    assert credentials.signing_for(film.settings, film.folder, {}) is None


def test_the_key_is_shown_nowhere(film, plain, signer):
    secret = Path(signer[KEY]).read_text().splitlines()[1]
    signing = credentials.signing_for(film.settings, film.folder, signer)
    path, said = marked(film, plain, signer)
    assert secret not in repr(signing) + repr(said) + repr(film.cut().provenance(path))
    assert secret.encode() not in path.read_bytes()
    assert signer[KEY].encode() not in path.read_bytes()
    toml = film.folder / "film.toml"
    toml.write_text(toml.read_text() + f'\n[credentials]\nkey = """{Path(signer[KEY]).read_text()}"""\n')
    with pytest.raises(BadInput, match=r"credentials\.key in film\.toml is not a path") as told:
        read_settings(film.folder)
    assert secret not in str(told.value)
    with pytest.raises(BadInput, match="given by its path") as told:
        credentials.signing_for(film.settings, film.folder, {**signer, KEY: Path(signer[KEY]).read_text()})
    assert secret not in str(told.value)


def test_a_certificate_that_is_no_good_is_told_before_anything_is_rendered(film, signer, authority, tmp_path):
    _, other = authority.issue("Other")
    old, old_key = authority.issue("Old", days=-1)
    _, locked = authority.issue("Locked", encryption=BestAvailableEncryption(b"word"))
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    wrong = [
        ({**signer, KEY: ""}, "no key is named"),
        ({**signer, CERTIFICATE: ""}, "no certificate is named"),
        ({**signer, KEY: str(tmp_path / "gone.key")}, r"cannot be read from gone\.key"),
        ({**signer, KEY: str(other)}, "is not that of the key"),
        ({**signer, KEY: str(locked)}, "has a password"),
        ({**signer, KEY: str(empty)}, "is no private key"),
        ({**signer, CERTIFICATE: str(empty)}, "holds no certificate"),
        ({CERTIFICATE: str(old), KEY: str(old_key)}, "ended on"),
    ]
    for environ, sentence in wrong:
        with pytest.raises((BadInput, NotFound), match=sentence):
            marker(film.cut().value, film.log, film.settings, environ=environ)


def test_a_certificate_that_c2pa_refuses_leaves_the_file_as_it_was(film, plain, authority):
    chain, key = authority.issue("Web server", for_signing=False)
    signing = credentials.signing_for(film.settings, film.folder, {CERTIFICATE: str(chain), KEY: str(key)})
    path = shutil.copyfile(plain, film.folder / "film.mp4")
    with pytest.raises(StudioError, match="could not be signed"):
        credentials.sign(path, signing, title="film", source_type=VOCABULARY + COMPOSITE)
    assert path.read_bytes() == plain.read_bytes()
    assert not list(film.folder.glob("*.partial"))


def test_without_the_extra_one_sentence_says_how_to_get_it(film, plain, signer, monkeypatch):
    path, _ = marked(film, plain, signer)
    monkeypatch.setitem(__import__("sys").modules, "c2pa", None)  # as where it is not installed
    with pytest.raises(BadInput, match=r"pip install 'circletake\[c2pa\]'"):
        marker(film.cut().value, film.log, film.settings, environ=signer)
    assert "it has Content Credentials; to check them: pip install" in repr(film.cut().provenance(path))
    assert film.cut().provenance(path).source_type == COMPOSITE
    _, said = marked(film, plain, {}, "unsigned.mp4")
    assert said.credential is None


def test_a_webm_take_is_named_by_its_hash(film, plain, signer, tmp_path):
    webm = tmp_path / "take.webm"
    webm.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(60))
    path = shutil.copyfile(plain, film.folder / "film.mp4")
    signing = credentials.signing_for(film.settings, film.folder, signer)
    part = credentials.Ingredient("01A-001", webm, "0" * 64)
    found = credentials.sign(path, signing, title="film", source_type=VOCABULARY + COMPOSITE, made_of=[part])
    assert (found.state, found.ingredients) == ("Valid", ())
    assert b"0" * 64 in path.read_bytes()
    assert stat.S_ISREG(path.stat().st_mode)


def test_a_film_is_rendered_signed_and_a_bad_certificate_stops_it_before_the_first_frame(film, signer, monkeypatch):
    monkeypatch.setenv(CERTIFICATE, signer[CERTIFICATE])
    monkeypatch.setenv(KEY, str(film.folder / "gone.key"))
    with pytest.raises(NotFound, match=r"gone\.key"):
        film.cut().render(film.folder / "film.mp4")
    assert not (film.folder / "cache" / "chunks").exists()
    monkeypatch.setenv(KEY, signer[KEY])
    path = film.cut().render(film.folder / "film.mp4")
    found = credentials.read(path)
    assert (found.state, len(found.ingredients)) == ("Valid", 4)
    assert {check.what: check.state for check in film.cut().disclosure().checklist}[
        "The film is signed with Content Credentials"
    ] == "done"
