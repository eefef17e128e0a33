"""The table of corpora and word vectors: where text comes from, its parts, its licence, its labels.

To add one, add a line here; `seqdemo.training.reading` says how its files are laid out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Corpus:
    """A named set of splits, and what a card says about it."""

    name: str
    title: str  # as a card prints it
    licence: str
    train: str  # name of a split
    dev: str = ""  # "" where the corpus is for training only
    tests: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # of a classification corpus; its files hold their numbers, or these words:
    codes: tuple[str, ...] = ()  # what stands in the files for each label
    language: str = "en"  # of a classification corpus
    languages: tuple[str, ...] = ()  # of a parallel corpus
    domain: str = ""  # what kind of text it is, after "trained on"
    weights_note: str = ""  # what the licence means for weights learnt from it, as a card prints it
    ngram_floor: float | None = None  # accuracy of a bag of n-grams on the first test: tests/benchmarks/ngram_floor.py
    home: str = ""  # the folder, where it is not called like the corpus
    layout: str = "lines"  # of a parallel corpus: "lines" or "dictionary"
    written: str = ""  # the language of its sentences, where nobody translated them: training/synthetic.py

    @property
    def folder(self) -> str:
        """Where its files lie, below the data folder."""
        return self.home or self.name


CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus(
            "sst2",
            "Stanford Sentiment Treebank, two classes (Socher et al. 2013), trained on the phrases of GLUE's SST-2",
            "no explicit licence; distributed for research",
            train="train_phrases",
            dev="dev",
            tests=("test",),
            labels=("negative", "positive"),
            domain="sentences and phrases from English film reviews",
            weights_note="Nobody has granted more than research use of the text, so use weights learnt from it for "
            "research and teaching, and name the treebank.",
            ngram_floor=0.838,
        ),
        Corpus(
            "trec",
            "TREC questions, six types of answer (Li and Roth 2002)",
            "no explicit licence; distributed for research",
            train="train",
            dev="dev",
            tests=("test",),
            labels=("abbreviation", "description", "entity", "human", "location", "number"),
            codes=("ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"),
            domain="short English questions about facts",
            weights_note="Nobody has granted more than research use of the text, so use weights learnt from it for "
            "research and teaching, and name the TREC question set.",
            ngram_floor=0.892,
        ),
        Corpus(
            "chnsenticorp",
            "ChnSentiCorp, reviews of hotels, laptops and books (Tan Songbo), without what is also in its test",
            "no explicit licence",
            train="train",
            dev="dev",
            tests=("test",),
            labels=("negative", "positive"),
            language="zh",
            domain="Chinese reviews of hotels, laptops and books",
            weights_note="Nobody has granted more than research use of the reviews, so use weights learnt from them "
            "for research and teaching, and name ChnSentiCorp.",
            ngram_floor=0.872,
        ),
        Corpus(
            "online_shopping",
            "online_shopping_10_cats, product reviews of ten kinds (ChineseNlpCorpus)",
            "no explicit licence",
            train="train",
            dev="dev",
            tests=("test",),
            labels=("negative", "positive"),
            language="zh",
            domain="Chinese reviews of purchases",
            weights_note="Name ChineseNlpCorpus, and use weights learnt from its reviews for research and teaching "
            "alone.",
            ngram_floor=0.937,
        ),
        Corpus(
            "waimai",
            "waimai_10k, reviews of food deliveries (ChineseNlpCorpus)",
            "no explicit licence",
            train="train",
            dev="dev",
            tests=("test",),
            labels=("negative", "positive"),
            language="zh",
            domain="Chinese reviews of food deliveries",
            weights_note="",
            ngram_floor=0.893,
        ),
        Corpus(
            "tnews",
            "TNEWS, titles of Toutiao news in 15 classes (CLUE benchmark, Xu et al. 2020), without the titles that are "
            "also in its test",
            "CLUE benchmark; for research",
            train="train",
            dev="dev",
            tests=("test",),
            labels=(
                "story",
                "culture",
                "entertainment",
                "sports",
                "finance",
                "house",
                "car",
                "education",
                "technology",
                "military",
                "travel",
                "world",
                "stock",
                "agriculture",
                "games",
            ),
            codes=(
                "news_story",
                "news_culture",
                "news_entertainment",
                "news_sports",
                "news_finance",
                "news_house",
                "news_car",
                "news_edu",
                "news_tech",
                "news_military",
                "news_travel",
                "news_world",
                "news_stock",
                "news_agriculture",
                "news_game",
            ),
            language="zh",
            domain="titles of Chinese news",
            weights_note="Its makers offer it for research, so use weights learnt from it for research and teaching, "
            "and name the CLUE benchmark.",
            ngram_floor=0.532,
        ),
        Corpus(
            "multi30k",
            "Multi30k image captions (Elliott et al. 2016, 2017)",
            "for non-commercial research and education; images' captions by Flickr30k annotators and translators",
            train="train",
            dev="val",
            tests=("test_2016_flickr", "test_2017_flickr", "test_2017_mscoco"),
            languages=("en", "de"),
            domain="captions of photographs: short, present-tense descriptions of what can be seen",
            weights_note="The makers allow non-commercial research and education, so use weights learnt from it for "
            "nothing else, and name Multi30k and Flickr30k.",
        ),
        Corpus(
            "tatoeba-en-de",
            "Tatoeba, everyday sentences in English and German (tatoeba.org and its contributors)",
            "CC BY 2.0 FR",
            train="train",
            dev="dev",
            tests=("test",),
            languages=("en", "de"),
            domain="short everyday sentences",
            weights_note="Name Tatoeba and its contributors.",
        ),
        Corpus(
            "tatoeba-en-zh",
            "Tatoeba, everyday sentences in English and Chinese (tatoeba.org and its contributors)",
            "CC BY 2.0 FR",
            train="train",
            dev="dev",
            tests=("test",),
            languages=("en", "zh"),
            domain="short everyday sentences",
            weights_note="Name Tatoeba and its contributors.",
        ),
        Corpus(
            "news-en-zh",
            "News and their translations, tests of the WMT conferences of 2018 to 2022 that are not used as tests here",
            "released by WMT for research",
            train="train.en-zh",
            languages=("en", "zh"),
            domain="news",
            weights_note="WMT releases its texts for research.",
            home="wmt-news",
        ),
        Corpus(
            "cedict",
            "CC-CEDICT, a Chinese-English dictionary (MDBG and contributors)",
            "CC BY-SA 4.0",
            train="cedict",
            languages=("zh", "en"),
            domain="dictionary entries",
            weights_note="Name CC-CEDICT.",
            home="cc-cedict",
            layout="dictionary",
        ),
        *(
            Corpus(
                name,
                f"{language} captions of the Multi30k images that nobody translated (task 2 of Elliott et al. 2016)",
                "for non-commercial research and education",
                train="train_task2",
                languages=("en", "de"),
                written=written,
                domain="captions of photographs",
                weights_note="",
                home="multi30k",
            )
            for name, written, language in (("captions", "de", "German"), ("captions-en", "en", "English"))
        ),
    )
}


@dataclass(frozen=True)
class Vectors:
    """Word vectors learnt by others from far more text: vectors/NAME.vocab.txt.gz and vectors/NAME.f16.npy."""

    name: str
    title: str  # as a card prints it
    licence: str
    member: str = ""  # the file inside the archive that its makers publish; "" where there is no download
    archive: str = ""  # where that is
    of: tuple[str, ...] = ()  # rows whose vectors stand side by side in these, each in as many columns


VECTORS = {
    vectors.name: vectors
    for vectors in (
        Vectors(
            "glove6b-50d",
            "GloVe 6B, 50 dimensions (Pennington et al. 2014)",
            "PDDL 1.0",
            "glove.6B.50d.txt",
            "https://nlp.stanford.edu/data/glove.6B.zip",  # 862 MB
        ),
        Vectors(
            "tencent-char-zh-200d",
            "Tencent AI Lab embeddings of Chinese characters, 200 dimensions (Song et al. 2018)",
            "CC BY 3.0",
        ),
        Vectors(
            "synonyms-zh-100d",
            "word2vec vectors of Chinese words, 100 dimensions, learnt from Chinese Wikipedia "
            "(Synonyms 3.8.0, Wang and Hu 2018)",
            "MIT",
            "synonyms-3.8.0/synonyms/data/words.vector",
            "https://files.pythonhosted.org/packages/b5/3b/"
            "002451d4ac5e2b56fa4b866e02e9f4d4d4963e5527856757e5aeb99faee0/synonyms-3.8.0.tar.gz",  # 54 MB
        ),
        Vectors(
            "words-and-signs-zh",
            "word2vec vectors of Chinese words, learnt from Chinese Wikipedia (Synonyms 3.8.0, Wang and Hu 2018), and "
            "beside them Tencent AI Lab embeddings of their characters (Song et al. 2018)",
            "MIT, and CC BY 3.0",
            of=("synonyms-zh-100d", "tencent-char-zh-200d"),
        ),
    )
}


def parts_of(vectors: Vectors) -> tuple[Vectors, ...]:
    """The rows that hold the vectors of a row: itself, or those that stand side by side in it."""
    return tuple(VECTORS[name] for name in vectors.of) or (vectors,)


def corpora_of(recipe: Mapping[str, Any]) -> tuple[Corpus, ...]:
    """The corpora of a recipe, as config.json holds one: its home first."""
    return tuple(CORPORA[name] for name in (recipe["corpus"], *recipe.get("also", ())))


def parts_to_test(corpora: Sequence[Corpus]) -> dict[str, tuple[Corpus, str]]:
    """Name in scores.json -> corpus and split; those of the home corpus, the first, go by the split alone."""
    return {
        split if corpus is corpora[0] else f"{corpus.name}/{split}": (corpus, split)
        for corpus in corpora
        for split in corpus.tests
    }
