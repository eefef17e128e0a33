"""A page at rest costs nothing: thirty laptops of a class run on battery.

Gradio counts the time of each status at every frame, and never stops where the status is taken away while it counts, as
that of its own start always is: about 3 % of a processor for every open page (Gradio 6.31). We show none of these
clocks, so they tick once a second. They are known by their text; should Gradio change it, a test says so.
"""

from __future__ import annotations

HEAD = b"<head>"
REST = rb"""<script>
(function () {
  var frame = window.requestAnimationFrame.bind(window);
  var clock = /^\(\) ?=> ?\{[^{}]{0,40}\(performance\.now\(\)-[^{}]{0,20}\/1e3\)[^{}]{0,20}\}$/;
  window.requestAnimationFrame = function (draw) {
    return clock.test(Function.prototype.toString.call(draw)) ? setTimeout(draw, 1000) : frame(draw);
  };
})();
</script>"""


def resting(page: bytes) -> bytes:
    """The page with the script in front of all of Gradio's, which takes the browser's function when it is loaded.

    >>> resting(b"<html><head><title>").startswith(b"<html><head><script>"), resting(b"{}")
    (True, b'{}')
    """
    return page.replace(HEAD, HEAD + REST, 1)
