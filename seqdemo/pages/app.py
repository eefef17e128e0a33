"""The whole page: a header with the language switch, and a tab each for classify, translate, lessons and about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from seqdemo.bench.visits import Bench
from seqdemo.components import drawing, library
from seqdemo.components.message_view import MessageView, message_payload
from seqdemo.components.order import HEAD as ORDER
from seqdemo.components.order import WAITS, answered
from seqdemo.locales import LANGUAGES, choose_language
from seqdemo.pages.about import about
from seqdemo.pages.classify import build_classify
from seqdemo.pages.endpoints import add_endpoints
from seqdemo.pages.examples import shown_tasks
from seqdemo.pages.lessons import build_lessons
from seqdemo.pages.link import HEAD
from seqdemo.pages.own import VisitLab, who_asks
from seqdemo.pages.quiet import hushed
from seqdemo.pages.train import build_train
from seqdemo.pages.translate import build_translate
from seqdemo.pages.typed import HEAD as TYPED
from seqdemo.pages.typed import TELL, read_choices, remember, restore
from seqdemo.pages.words import Drawn, Use, Words, say
from seqdemo.problems import CheckpointProblem
from seqdemo.protocols import Explains, Lab
from seqdemo.serving.light import light_visits
from seqdemo.serving.outside import app_settings

STYLES = tuple(sorted((Path(__file__).resolve().parent.parent.parent / "assets" / "style").glob("*.css")))
# Gradio narrows a style sheet's rules for paper to a box that its footer is outside of; the head stays whole.
NO_FOOTER = "<style>@media print { footer { display: none !important; } }</style>"
# Screen readers choose a voice by the document's language.
TELL_BROWSER = "(language) => { document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'; return language; }"


def build_page(lab: Lab, language: str = "auto", bench: Bench | None = None) -> gr.Blocks:
    """The app over a lab, with a tab for what it can do. language: "auto" (the browser's), "en" or "zh".

    bench: where visitors train networks of their own; None: they cannot.
    """
    visits = None if bench is None else VisitLab(lab, bench)
    own: dict[str, Callable[[], tuple[str, ...]]] = {
        kind: (lambda: ()) if visits is None else partial(visits.examples, kind)
        for kind in ("classifier", "translator")
    }
    asked: Lab = lab if visits is None else visits
    first = "en" if language == "auto" else language
    words = Words()
    page = gr.Blocks(title="seqdemo", analytics_enabled=False)
    with page:
        add_endpoints(lab)  # first: a later event of the same function name gets a number, not these
        with gr.Row(elem_classes="header"):
            keys: dict[str, Any] = {"value": "page.title"}
            words.add(gr.Markdown(elem_classes="title", **say(first, keys)), **keys)
            keys = {"label": "page.language"}
            choices = [(name, code) for code, name in LANGUAGES.items()]
            chosen = gr.Radio(
                choices, value=first, elem_id="language", container=False, min_width=160, **say(first, keys)
            )
            words.add(chosen, **keys)
        message = MessageView(elem_id="link-message")
        kept = gr.Textbox(visible=False)  # choices that the browser kept while the page was loaded anew
        drawn: list[Drawn] = []
        asking: dict[str, Drawn] = {}  # the tabs with a text box
        with gr.Tabs() as tabs:
            if shown_tasks(lab.tasks()):
                keys = {"label": "page.tab.classify"}
                with words.add(gr.Tab(id="classify", elem_id="tab-classify", **say(first, keys)), **keys):
                    asking["classify"] = build_classify(asked, words, chosen, first, own["classifier"])
            if lab.pairs():
                keys = {"label": "page.tab.translate"}
                with words.add(gr.Tab(id="translate", elem_id="tab-translate", **say(first, keys)), **keys):
                    asking["translate"] = build_translate(asked, words, chosen, first, own["translator"])
            drawn += asking.values()
            keys = {"label": "page.tab.lessons"}
            with words.add(gr.Tab(id="lessons", elem_id="tab-lessons", **say(first, keys)), **keys):
                drawn.append(build_lessons(lab, words, chosen, first))
            if bench is not None:
                keys = {"label": "page.tab.train"}
                with words.add(gr.Tab(id="train", elem_id="tab-train", **say(first, keys)), **keys):
                    train = build_train(bench, words, chosen, first)
                drawn.append(train.drawn)
                for tab, button in (("classify", train.classify), ("translate", train.translate)):
                    _lead(tab, button, asking[tab].use if tab in asking else None, tabs, chosen)
                page.unload(lambda: bench.leave(who_asks()))  # the tab is closed or loaded anew: all of it is gone
            keys = {"label": "page.tab.about"}
            with words.add(gr.Tab(id="about", elem_id="tab-about", **say(first, keys)), **keys):
                papers = gr.Markdown(about(lab, first), elem_id="about")

        def speak(language: str, *shown: tuple[Any, ...]) -> list[Any]:
            """Everything that is on show, in another language; what the visitor typed and chose stays."""
            language = language if language in LANGUAGES else "en"
            said = [*words.updates(language), about(lab, language)]
            for part, asked in zip(drawn, shown, strict=True):
                said += part.render(*asked, language)
            return said

        def greet(request: gr.Request, kept: str, *shown: tuple[Any, ...]) -> list[Any]:
            """At load: what a link or a page that was left asks for; without them, the browser's language."""
            link, notices = read_choices(kept, dict(request.query_params), lab)
            wanted = choose_language(request.headers.get("accept-language", "")) if language == "auto" else first
            wanted = link.lang or wanted
            if wanted == first and not link.asks and not notices:
                return [gr.skip()] * len(greeted)
            followed = [part.follow(link, one) for part, one in zip(drawn, shown, strict=True)]
            said = speak(wanted, *(one for one, _, _ in followed))
            for part, (_, _, text) in zip(drawn, followed, strict=True):
                if part.text is None:
                    continue
                place = next(number for number, output in enumerate(outputs) if output is part.text)
                said[place] = {**said[place], "value": text}
            return [
                wanted,
                message_payload(notices=notices, language=wanted),
                gr.update(selected=link.tab) if link.tab else gr.skip(),
                *said,
                *(update for _, updates, _ in followed for update in updates),
                *(one for one, _, _ in followed),
            ]

        outputs = [*words.components, papers, *(output for part in drawn for output in part.outputs)]
        on_show = [part.shown for part in drawn]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        said = {"js": WAITS, "trigger_mode": "always_last", "concurrency_limit": 4, **quiet}
        chosen.input(speak, [chosen, *on_show], outputs, **said)
        chosen.change(None, chosen, None, js=TELL_BROWSER, api_visibility="private")
        controls = [control for part in drawn for control in part.controls]
        greeted = [chosen, message, tabs, *outputs, *controls, *on_show]
        loaded = page.load(greet, [kept, *on_show], greeted, js=TELL, concurrency_limit=4, **quiet)
        names = {"classify": ("task", "models"), "translate": ("pair", "translators", "beam")}
        fields = {
            name: one for tab, part in asking.items() for name, one in zip(names[tab], part.controls, strict=True)
        }
        remember({"lang": chosen, **fields})
        restore(loaded, asking, message)
        page.load(None, chosen, None, js=TELL_BROWSER, api_visibility="private")
    return light_visits(hushed(page))


def _lead(tab: str, button: Any, use: Use | None, tabs: Any, language: Any) -> None:
    """Where a button of the training page leads: to this tab, which shows what was trained."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    if use is None:
        return
    shown = answered(button.click(use.values, language, use.outputs, **quiet).then(**use.asked), tab)
    shown.then(lambda: gr.update(selected=tab), None, tabs, **quiet)


def launch_settings(lab: Explains | None = None, problems: Sequence[CheckpointProblem] = ()) -> dict[str, Any]:
    """What every launch of the page needs, whoever launches it (the command, a test, a picture script).

    lab, problems: what /health names (seqdemo/serving/outside.py).
    """
    settings = app_settings(lab, problems)
    return {
        "app_kwargs": settings | {"routes": [*settings["routes"], *library.routes(), *drawing.routes()]},
        "enable_monitoring": False,  # Gradio's own dashboard; ours is /metrics
        "max_file_size": 1,  # byte: the doors refuse uploads first; a table to train on comes with an event
        "css_paths": list(STYLES),
        "head": HEAD + TYPED + ORDER + NO_FOOTER,
        "theme": _theme(),
        "run_history": False,  # else every text goes to the browser's storage and stays on shared machines
        "ssr_mode": False,
        "show_error": False,
        "footer_links": ["api"],
    }


def _theme() -> gr.themes.Base:
    """Origin with solid blue buttons: its own orange on pale orange is too faint to read on a projector."""
    theme = gr.themes.Origin(primary_hue="blue")
    solid = {"button_primary_background_fill": "*primary_700", "button_primary_background_fill_hover": "*primary_800"}
    dark = {f"{name}_dark": value for name, value in solid.items()}
    text = {"button_primary_text_color": "white", "button_primary_text_color_dark": "white"}
    return theme.set(**solid, **dark, **text)
