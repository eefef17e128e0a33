"""plotly.js for the browser, straight out of the installed plotly package: no CDN, nothing vendored.

So the drawing library always matches the plotly.py that built the figure, and a page without internet
draws. Gradio serves the file at `/gradio_api/file=...` below whatever root path a proxy gave it, which
only the page itself knows: the script asks for it there.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import gradio as gr
import plotly

SCRIPT = Path(plotly.__file__).resolve().parent / "package_data" / "plotly.min.js"

gr.set_static_paths([SCRIPT])

HEAD = """<script>
window.seqdemoPlotly = window.seqdemoPlotly || new Promise(function (resolve, reject) {
  var settings = window.gradio_config || {};
  var root = new URL(settings.root || ".", document.baseURI).pathname.replace(/[/]+$/, "");
  var script = document.createElement("script");
  script.src = root + (settings.api_prefix || "/gradio_api") + "/file=" + PATH;
  script.onload = function () { resolve(window.Plotly); };
  script.onerror = function () { reject(new Error("plotly.js was not served: " + script.src)); };
  document.head.appendChild(script);
});
window.seqdemoPlotly.catch(function () {});
</script>""".replace("PATH", json.dumps(quote(SCRIPT.as_posix())).replace("<", "\\u003c"))
"""Goes into `launch(head=HEAD)` to start loading early; the views carry it too, so that is a choice."""
